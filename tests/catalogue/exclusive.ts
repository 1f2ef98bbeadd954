// Cases of rules/catalogue/exclusive.yaml; see sessions.ts for the form.

// bad telegraf
import { Telegraf } from 'telegraf';
class Support {
  private readonly bot = new Telegraf(process.env.TOKEN);
  async start() { await this.bot.launch({ dropPendingUpdates: true }); }
}
new Support().start();
// good telegraf
import { Telegraf } from 'telegraf';
import express from 'express';
const bot = new Telegraf(process.env.TOKEN);
express().use(bot.webhookCallback('/telegram'));

// bad nestjs-telegraf
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TelegrafModule } from 'nestjs-telegraf';
@Module({ imports: [TelegrafModule.forRootAsync({ useFactory: () => ({ token: process.env.TOKEN }) })] })
class AppModule {}
NestFactory.create(AppModule);
// good nestjs-telegraf
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TelegrafModule } from 'nestjs-telegraf';
@Module({ imports: [TelegrafModule.forRoot({ token: 'x', launchOptions: { webhook: { domain: 'x', port: 1 } } })] })
class AppModule {}
NestFactory.create(AppModule);

// bad node-telegram-bot-api
const TelegramBot = require('node-telegram-bot-api');
const bot = new TelegramBot(process.env.TOKEN, { polling: true });
bot.on('message', (m) => bot.sendMessage(m.chat.id, 'hi'));
// good node-telegram-bot-api
const TelegramBot = require('node-telegram-bot-api');
const bot = new TelegramBot(process.env.TOKEN);
bot.sendMessage(1, 'deployed');
// bad node-telegram-bot-api startPolling
const TelegramBot = require('node-telegram-bot-api');
const bot = new TelegramBot(process.env.TOKEN);
bot.startPolling();
// good node-telegram-bot-api startPolling
const TelegramBot = require('node-telegram-bot-api');
const bot = new TelegramBot(process.env.TOKEN);
require('express')().post('/hook', (req, res) => { bot.processUpdate(req.body); res.end(); });

// bad grammy
import { Bot } from 'grammy';
const bot = new Bot(process.env.TOKEN!);
bot.start();
// good grammy
import { Bot, webhookCallback } from 'grammy';
import express from 'express';
const bot = new Bot(process.env.TOKEN!);
express().use(webhookCallback(bot, 'express'));
// bad @grammyjs/runner
import { Bot } from 'grammy';
import { run } from '@grammyjs/runner';
run(new Bot(process.env.TOKEN!));
// good @grammyjs/runner
import { Bot } from 'grammy';
import { sequentialize } from '@grammyjs/runner';
new Bot(process.env.TOKEN!).use(sequentialize((ctx) => String(ctx.chat)));

// bad telegram
const { TelegramClient } = require('telegram');
const client = new TelegramClient('session', 1, 'hash', {});
client.connect();
// good telegram
const { Api } = require('telegram');
module.exports = Api;

// bad discord.js
import { Client } from 'discord.js';
class Bot extends Client {}
const bot = new Bot({ intents: [] });
bot.login(process.env.TOKEN);
// good discord.js
import { REST, Routes } from 'discord.js';
new REST().put(Routes.applicationCommands('1'), { body: [] });

// bad eris
const Eris = require('eris');
const bot = new Eris(process.env.TOKEN);
bot.connect();
// good eris
const Eris = require('eris');
module.exports = Eris.Constants;

// bad discordx
import { Client } from 'discordx';
const client = new Client({ intents: [] });
client.login(process.env.TOKEN!);
// good discordx
import { Discord } from 'discordx';
@Discord()
class Commands {}
export { Commands };

// bad necord
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NecordModule } from 'necord';
@Module({ imports: [NecordModule.forRoot({ token: process.env.TOKEN, intents: [] })] })
class AppModule {}
NestFactory.createApplicationContext(AppModule);
// good necord
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Module({ imports: [] })
class AppModule {}
NestFactory.create(AppModule);

// bad tmi.js
const tmi = require('tmi.js');
const client = new tmi.Client({ channels: ['x'] });
client.connect();
// good tmi.js
const tmi = require('tmi.js');
module.exports = (options) => new tmi.Client(options);

// bad matrix-bot-sdk
import { MatrixClient } from 'matrix-bot-sdk';
const client = new MatrixClient('https://m', 'token');
client.start();
// good matrix-bot-sdk
import { MatrixClient } from 'matrix-bot-sdk';
const client = new MatrixClient('https://m', 'token');
client.sendText('!room', 'deployed');

// bad mineflayer
const mineflayer = require('mineflayer');
const bot = mineflayer.createBot({ username: 'x' });
bot.chat('hi');
// good mineflayer
const SteamUser = require('steam-user');
module.exports = SteamUser.EPersonaState;

// bad whatsapp-web.js
const { Client, LocalAuth } = require('whatsapp-web.js');
const client = new Client({ authStrategy: new LocalAuth() });
client.initialize();
// good whatsapp-web.js
const { MessageMedia } = require('whatsapp-web.js');
module.exports = MessageMedia;

// bad @whiskeysockets/baileys
const { default: makeWASocket } = require('@whiskeysockets/baileys');
async function connect() {
  const sock = makeWASocket({ auth: {} });
  sock.ev.on('creds.update', () => {});
}
connect();
// good @whiskeysockets/baileys
const { proto } = require('@whiskeysockets/baileys');
module.exports = proto;

// bad venom-bot
const venom = require('venom-bot');
venom.create({ session: 'sales' }).then((client) => client.onMessage(() => {}));
// good venom-bot
require('express')().listen(3000);

// bad serialport
import { SerialPort } from 'serialport';
const port = new SerialPort({ path: '/dev/ttyUSB0', baudRate: 9600 });
port.write('x');
// good serialport
import { SerialPort } from 'serialport';
SerialPort.list();
// bad @serialport/stream
const { SerialPortStream } = require('@serialport/stream');
const port = new SerialPortStream({ path: '/dev/ttyUSB0' });
port.write('x');
// good @serialport/stream
const { SerialPortMock } = require('serialport');
module.exports = SerialPortMock;

// bad modbus-serial
const ModbusRTU = require('modbus-serial');
const client = new ModbusRTU();
client.connectRTUBuffered('/dev/ttyUSB0', { baudRate: 9600 });
// good modbus-serial
const ModbusRTU = require('modbus-serial');
const client = new ModbusRTU();
client.connectTCP('10.0.0.1', { port: 502 });

// bad johnny-five
const { Board } = require('johnny-five');
const board = new Board();
board.on('ready', () => {});
// good johnny-five
require('express')().listen(3000);

// bad node-hid
const HID = require('node-hid');
const device = new HID.HID(1, 2);
device.on('data', () => {});
// good node-hid
const HID = require('node-hid');
module.exports = HID.devices();

// bad puppeteer with a profile
import puppeteer from 'puppeteer';
export const browser = puppeteer.launch({ userDataDir: './profile' });
// good puppeteer with a profile
import puppeteer from 'puppeteer';
export const browser = puppeteer.launch({ headless: true });

// bad node-ssdp
const { Server } = require('node-ssdp');
const server = new Server();
server.start();
// good node-ssdp
const { Client } = require('node-ssdp');
new Client().search('ssdp:all');

// bad bonjour
const bonjour = require('bonjour')();
bonjour.publish({ name: 'x', type: 'http', port: 3000 });
// good bonjour
const bonjour = require('bonjour')();
bonjour.find({ type: 'http' });

// bad ethers NonceManager
import { NonceManager, Wallet } from 'ethers';
export const signer = new NonceManager(new Wallet('0x1'));
// good ethers NonceManager
import { Wallet } from 'ethers';
export const signer = new Wallet('0x1');
