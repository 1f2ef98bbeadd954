// Cases of rules/catalogue/events.yaml; see sessions.ts for the form.

// bad graphql-subscriptions
import { PubSub } from 'graphql-subscriptions';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Module({ providers: [{ provide: 'PUB_SUB', useValue: new PubSub() }] })
class AppModule {}
NestFactory.create(AppModule);
// good graphql-subscriptions
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Module({ providers: [{ provide: 'PUB_SUB', useValue: new RedisPubSub() }] })
class AppModule {}
NestFactory.create(AppModule);

// bad graphql-yoga
import { createPubSub } from 'graphql-yoga';
export const pubSub = createPubSub();
// good graphql-yoga
import { createPubSub } from 'graphql-yoga';
import { createRedisEventTarget } from '@graphql-yoga/redis-event-target';
export const pubSub = createPubSub({ eventTarget: createRedisEventTarget({}) });

// bad mercurius with subscription true
const app = require('fastify')();
app.register(require('mercurius'), { schema: '', subscription: true });
// good mercurius with subscription true
const app = require('fastify')();
app.register(require('mercurius'), { schema: '' });
// bad mercurius with subscription options
const app = require('fastify')();
app.register(require('mercurius'), { schema: '', subscription: { onConnect: () => true } });
// good mercurius with subscription options
const app = require('fastify')();
const emitter = require('mqemitter-redis')({});
app.register(require('mercurius'), { schema: '', subscription: { emitter } });

// bad Nest over Redis pub/sub
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.connectMicroservice({ transport: Transport.REDIS, options: { host: 'redis' } });
  await app.startAllMicroservices();
}
bootstrap();
// good Nest over Redis pub/sub
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.connectMicroservice({ transport: Transport.RMQ, options: { queue: 'orders' } });
}
bootstrap();
// bad Nest microservice over Redis pub/sub
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
NestFactory.createMicroservice(AppModule, { transport: Transport.REDIS });
// good Nest microservice over Redis pub/sub
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
NestFactory.createMicroservice(AppModule, { transport: Transport.TCP });
// bad Nest over NATS
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.connectMicroservice({ transport: Transport.NATS, options: { servers: ['nats://x'] } });
}
bootstrap();
// good Nest over NATS
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.connectMicroservice({ transport: Transport.NATS, options: { servers: ['nats://x'], queue: 'orders' } });
}
bootstrap();
// bad Nest microservice over NATS
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
NestFactory.createMicroservice(AppModule, { transport: Transport.NATS });
// good Nest microservice over NATS
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
class AppModule {}
NestFactory.createMicroservice(AppModule, { transport: Transport.NATS, options: { queue: 'orders' } });

// bad @golevelup/nestjs-rabbitmq
import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
class Invoice {}
@Injectable()
class Invoices {
  constructor(@InjectRepository(Invoice) private readonly repo: Repository<Invoice>) {}
  @RabbitSubscribe({ exchange: 'orders', routingKey: 'paid' })
  async onPaid(order) { await this.repo.save(order); }
}
@Module({ providers: [Invoices] })
class AppModule {}
NestFactory.create(AppModule);
// good @golevelup/nestjs-rabbitmq
import { RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
class Invoice {}
@Injectable()
class Invoices {
  constructor(@InjectRepository(Invoice) private readonly repo: Repository<Invoice>) {}
  @RabbitSubscribe({ exchange: 'orders', routingKey: 'paid', queue: 'invoices' })
  async onPaid(order) { await this.repo.save(order); }
}
@Module({ providers: [Invoices] })
class AppModule {}
NestFactory.create(AppModule);

// bad BullMQ queue events
const { QueueEvents } = require('bullmq');
const { Pool } = require('pg');
const events = new QueueEvents('mail'), pool = new Pool();
events.on('completed', async ({ jobId }) => { await pool.query('INSERT INTO done VALUES ($1)', [jobId]); });
// good BullMQ queue events
const { QueueEvents } = require('bullmq');
const events = new QueueEvents('mail');
events.on('completed', ({ jobId }) => console.log(jobId));

// bad Nest queue events
import { OnGlobalQueueCompleted, Processor } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Repository } from 'typeorm';
@Processor('mail')
class MailProcessor {
  constructor(private readonly repo: Repository<any>) {}
  @OnGlobalQueueCompleted()
  async done(id) { await this.repo.save({ id }); }
}
@Module({ providers: [MailProcessor] })
class AppModule {}
NestFactory.create(AppModule);
// good Nest queue events
import { OnQueueCompleted, Processor } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Repository } from 'typeorm';
@Processor('mail')
class MailProcessor {
  constructor(private readonly repo: Repository<any>) {}
  @OnQueueCompleted()
  async done(id) { await this.repo.save({ id }); }
}
@Module({ providers: [MailProcessor] })
class AppModule {}
NestFactory.create(AppModule);

// bad ioredis messages
import Redis from 'ioredis';
import { Pool } from 'pg';
const sub = new Redis(), pool = new Pool();
sub.subscribe('orders');
sub.on('message', async (channel, text) => { await pool.query('INSERT INTO log VALUES ($1)', [text]); });
// good ioredis messages
import Redis from 'ioredis';
const sub = new Redis();
let settings = {};
sub.subscribe('settings');
sub.on('message', (channel, text) => { settings = JSON.parse(text); });

// bad redis messages
const { createClient } = require('redis');
const { Pool } = require('pg');
const pool = new Pool(), sub = createClient();
sub.subscribe('orders', async (text) => { await pool.query('INSERT INTO log VALUES ($1)', [text]); });
// good redis messages
const { createClient } = require('redis');
const sub = createClient();
let settings = {};
sub.subscribe('settings', (text) => { settings = JSON.parse(text); });

// bad mqtt messages
const mqtt = require('mqtt');
const { Pool } = require('pg');
const pool = new Pool(), client = mqtt.connect('mqtt://x');
client.subscribe('meters/+');
client.on('message', async (topic, data) => { await pool.query('INSERT INTO readings VALUES ($1)', [data]); });
// good mqtt messages
const mqtt = require('mqtt');
const client = mqtt.connect('mqtt://x');
client.on('message', (topic, data) => console.log(topic));

// bad PostgreSQL notifications
const { Client, Pool } = require('pg');
const client = new Client(), pool = new Pool();
client.query('LISTEN orders');
client.on('notification', async (m) => { await pool.query('INSERT INTO log VALUES ($1)', [m.payload]); });
// good PostgreSQL notifications
const { Client } = require('pg');
const client = new Client();
client.query('LISTEN settings');
client.on('notification', (m) => console.log(m.payload));

// bad mqtt clientId
import mqtt from 'mqtt';
const name = 'gateway';
export const client = mqtt.connect('mqtt://x', { clientId: `${name}-main`, clean: false });
// good mqtt clientId
import mqtt from 'mqtt';
export const client = mqtt.connect('mqtt://x', { clientId: `gateway-${process.pid}` });

// bad moleculer nodeID
const { ServiceBroker } = require('moleculer');
const broker = new ServiceBroker({ nodeID: 'api' });
broker.start();
// good moleculer nodeID
const { ServiceBroker } = require('moleculer');
const broker = new ServiceBroker({ transporter: 'redis://x' });
broker.start();

// bad kafkajs transactionalId
const { Kafka } = require('kafkajs');
module.exports = new Kafka({ brokers: [] }).producer({ transactionalId: 'payments' });
// good kafkajs transactionalId
const { Kafka } = require('kafkajs');
module.exports = new Kafka({ brokers: [] }).producer({ transactionalId: `payments-${process.pid}` });
// bad kafkajs groupInstanceId
const { Kafka } = require('kafkajs');
module.exports = new Kafka({ brokers: [] }).consumer({ groupId: 'g', groupInstanceId: 'one' });
// good kafkajs groupInstanceId
const { Kafka } = require('kafkajs');
module.exports = new Kafka({ brokers: [] }).consumer({ groupId: 'g' });

// strength events over Redis
import { RedisPubSub } from 'graphql-redis-subscriptions';
export const pubsub = new RedisPubSub({});

// bad events of a chain with viem
import { createPublicClient, http, parseAbi } from 'viem';
import { Pool } from 'pg';
const pool = new Pool();
const chain = createPublicClient({ transport: http() });
const abi = parseAbi(['event Paid(uint256 id)']);
async function book(log: any) {
  await pool.query('INSERT INTO payments VALUES ($1)', [log.args.id]);
}
chain.watchContractEvent({ address: '0x1', abi, eventName: 'Paid', onLogs: (logs) => logs.forEach(book) });
// good events of a chain with viem
import { createPublicClient, http } from 'viem';
const chain = createPublicClient({ transport: http() });
let block = 0n;
chain.watchBlockNumber({ onBlockNumber: (n) => { block = n; } });

// bad events of a chain with ethers
const { ethers } = require('ethers');
const { Pool } = require('pg');
const pool = new Pool();
const provider = new ethers.WebSocketProvider(process.env.WSS);
const token = new ethers.Contract('0x1', [], provider);
token.on('Transfer', async (from, to, value) => { await pool.query('INSERT INTO transfers VALUES ($1)', [value]); });
// good events of a chain with ethers
const { ethers } = require('ethers');
const provider = new ethers.WebSocketProvider(process.env.WSS);
provider.on('block', (n) => console.log(n));

// bad events of a chain with web3
const Web3 = require('web3');
const { Pool } = require('pg');
const pool = new Pool();
const web3 = new Web3(process.env.WSS);
web3.eth.subscribe('logs', {}, async (error, log) => { await pool.query('INSERT INTO logs VALUES ($1)', [log.data]); });
// good events of a chain with web3
const Web3 = require('web3');
const web3 = new Web3(process.env.WSS);
web3.eth.subscribe('newBlockHeaders', (error, header) => console.log(header.number));

// bad events of Solana
import { Connection, PublicKey } from '@solana/web3.js';
import { Pool } from 'pg';
const pool = new Pool();
const connection = new Connection('https://x');
connection.onLogs(new PublicKey('x'), async (logs) => { await pool.query('INSERT INTO sales VALUES ($1)', [logs.signature]); });
// good events of Solana
import { Connection, PublicKey } from '@solana/web3.js';
const connection = new Connection('https://x');
connection.onLogs(new PublicKey('x'), (logs) => console.log(logs.signature));
