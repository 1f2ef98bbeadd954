// Cases of rules/catalogue/sockets.yaml; see sessions.ts for the form.

// bad better-sse
import { createChannel, createSession } from 'better-sse';
import express from 'express';
const news = createChannel();
express().get('/news', async (req, res) => { news.register(await createSession(req, res)); });
// good better-sse
import { createSession } from 'better-sse';
import express from 'express';
express().get('/time', async (req, res) => { (await createSession(req, res)).push(Date.now()); });

// bad express-sse
const SSE = require('express-sse');
const sse = new SSE();
require('express')().get('/stream', sse.init);
// good express-sse
require('express')().get('/stream', (req, res) => res.write('data: 1\n\n'));

// bad @adonisjs/transmit
import { defineConfig } from '@adonisjs/transmit';
export default defineConfig({ pingInterval: false, transport: null });
// good @adonisjs/transmit
import { defineConfig } from '@adonisjs/transmit';
import { redis } from '@adonisjs/transmit/transports';
export default defineConfig({ pingInterval: false, transport: { driver: redis({}) } });

// bad colyseus
import { Server } from 'colyseus';
const server = new Server({});
server.listen(3000);
// good colyseus
import { Server, RedisPresence, RedisDriver } from 'colyseus';
const server = new Server({ presence: new RedisPresence(), driver: new RedisDriver() });
server.listen(3000);

// bad peer
const { ExpressPeerServer } = require('peer');
const app = require('express')();
app.use('/peer', ExpressPeerServer(app.listen(3000), {}));
// good peer
const { Peer } = require('peerjs');
module.exports = new Peer();

// bad mediasoup
const mediasoup = require('mediasoup');
mediasoup.createWorker({}).then((worker) => worker.createRouter({}));
// good mediasoup
const mediasoup = require('mediasoup-client');
module.exports = new mediasoup.Device();

// bad node-media-server
const NodeMediaServer = require('node-media-server');
const server = new NodeMediaServer({ rtmp: { port: 1935 } });
server.run();
// good node-media-server
require('express')().listen(3000);

// bad @hocuspocus/server
import { Server } from '@hocuspocus/server';
export const server = Server.configure({ port: 1234 });
// good @hocuspocus/server
import { Server } from '@hocuspocus/server';
import { Logger } from '@hocuspocus/extension-logger';
import { Redis } from '@hocuspocus/extension-redis';
export const server = Server.configure({ port: 1234, extensions: [new Logger(), new Redis({ host: 'redis' })] });

// bad y-websocket server
const { setupWSConnection } = require('y-websocket/bin/utils');
const { WebSocketServer } = require('ws');
new WebSocketServer({ port: 1 }).on('connection', (ws, req) => setupWSConnection(ws, req));
// good y-websocket server
const { WebSocketServer } = require('ws');
new WebSocketServer({ port: 1 }).on('connection', (ws, req) => ws.send('hi'));

// bad sharedb
const ShareDB = require('sharedb');
const backend = new ShareDB();
backend.connect();
// good sharedb
const ShareDB = require('sharedb');
const backend = new ShareDB({ db: require('sharedb-mongo')('mongodb://x'), pubsub: require('sharedb-redis-pubsub')('redis://x') });
backend.connect();

// bad aedes
const aedes = require('aedes')();
require('net').createServer(aedes.handle).listen(1883);
// good aedes
const aedes = require('aedes')({ mq: require('mqemitter-redis')({}), persistence: require('aedes-persistence-redis')({}) });
require('net').createServer(aedes.handle).listen(1883);

// bad faye
const faye = require('faye');
const bayeux = new faye.NodeAdapter({ mount: '/faye' });
bayeux.attach(require('http').createServer());
// good faye
const faye = require('faye');
const bayeux = new faye.NodeAdapter({ mount: '/faye', engine: { type: require('faye-redis') } });
bayeux.attach(require('http').createServer());

// bad sockjs
const sockjs = require('sockjs');
const echo = sockjs.createServer();
echo.installHandlers(require('http').createServer(), { prefix: '/echo' });
// good sockjs
const SockJS = require('sockjs-client');
module.exports = new SockJS('http://x');

// bad ftp-srv
const FtpSrv = require('ftp-srv');
const server = new FtpSrv({ url: 'ftp://0.0.0.0:21' });
server.listen();
// good ftp-srv
const ftp = require('basic-ftp');
module.exports = new ftp.Client();

// bad @uppy/companion
const companion = require('@uppy/companion');
const { app } = companion.app({ secret: 'x', filePath: '/tmp' });
require('express')().use(app);
// good @uppy/companion
const companion = require('@uppy/companion');
const { app } = companion.app({ secret: 'x', filePath: '/tmp', redisUrl: 'redis://x' });
require('express')().use(app);
