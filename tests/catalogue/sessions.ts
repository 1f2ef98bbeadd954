// Cases of rules/catalogue/sessions.yaml: "bad NAME" fires the row's card, "good NAME" does not,
// "strength NAME" only says a strength.

// bad express-session
import express from 'express';
import session from 'express-session';
const app = express();
app.use(session({ secret: process.env.SECRET, store: new session.MemoryStore() }));
// bad express-session
const session = require('express-session');
const MemoryStore = require('memorystore')(session);
const options = { secret: 'x', store: new MemoryStore({ checkPeriod: 1000 }) };
require('express')().use(session(options));
// good express-session
import session from 'express-session';
import { RedisStore } from 'connect-redis';
import { options } from './sessions-options';
import express from 'express';
express().use(session(options));
// file sessions-options.ts
import { RedisStore } from 'connect-redis';
export const options = { secret: 'x', store: new RedisStore({ client: null }) };

// bad koa-generic-session
const session = require('koa-generic-session');
require('koa')().use(session());
// good koa-generic-session
const session = require('koa-generic-session');
const redisStore = require('koa-redis');
require('koa')().use(session({ store: redisStore({}) }));

// bad @fastify/session
import fastify from 'fastify';
const app = fastify();
app.register(require('@fastify/session'), { secret: process.env.SECRET });
// good @fastify/session
import fastify from 'fastify';
import fastifySession from '@fastify/session';
import { RedisStore } from 'connect-redis';
const app = fastify();
app.register(fastifySession, { secret: process.env.SECRET, store: new RedisStore({}) });

// bad @hapi/yar with maxCookieSize 0
const Hapi = require('@hapi/hapi');
const server = Hapi.server();
server.register({ plugin: require('@hapi/yar'), options: { maxCookieSize: 0 } });
// good @hapi/yar with maxCookieSize 0
const Hapi = require('@hapi/hapi');
const server = Hapi.server();
server.register({ plugin: require('@hapi/yar'), options: { maxCookieSize: 0, cache: { cache: 'redis' } } });

// bad session-file-store
const session = require('express-session');
const FileStore = require('session-file-store')(session);
require('express')().use(session({ store: new FileStore({}) }));
// good session-file-store
const session = require('express-session');
const { RedisStore } = require('connect-redis');
require('express')().use(session({ store: new RedisStore({}) }));

// bad @adonisjs/session
import { defineConfig, stores } from '@adonisjs/session';
export default defineConfig({ store: 'memory', stores: {} });
// good @adonisjs/session
import { defineConfig, stores } from '@adonisjs/session';
export default defineConfig({ store: 'cookie', stores: {} });

// bad botbuilder
const { MemoryStorage, ConversationState } = require('botbuilder');
const state = new ConversationState(new MemoryStorage());
// good botbuilder
const { ConversationState } = require('botbuilder');
const { CosmosDbPartitionedStorage } = require('botbuilder-azure');
const state = new ConversationState(new CosmosDbPartitionedStorage({}));

// bad oidc-provider
import Provider from 'oidc-provider';
const provider = new Provider('https://id.example.com', { clients: [] });
provider.listen(3000);
// good oidc-provider
import Provider from 'oidc-provider';
import { RedisAdapter } from './adapter';
const provider = new Provider('https://id.example.com', { clients: [], adapter: RedisAdapter });
provider.listen(3000);

// bad @node-saml/node-saml
const { SAML } = require('@node-saml/node-saml');
module.exports = new SAML({ issuer: 'x', validateInResponseTo: 'always' });
// good @node-saml/node-saml
const { SAML } = require('@node-saml/node-saml');
const cacheProvider = require('./redis-cache');
module.exports = [new SAML({ issuer: 'x' }), new SAML({ validateInResponseTo: 'always', cacheProvider })];

// bad @slack/bolt
const { App } = require('@slack/bolt');
const app = new App({ signingSecret: 's', clientId: 'c', clientSecret: 'd', stateSecret: 'e' });
app.start(3000);
// good @slack/bolt
const { App } = require('@slack/bolt');
const app = new App({ signingSecret: 's', token: process.env.SLACK_TOKEN });
app.start(3000);

// strength signed cookies
const session = require('cookie-session');
require('express')().use(session({ keys: [process.env.KEY] }));
// strength signed tokens
const jwt = require('jsonwebtoken');
require('express')().get('/me', (req, res) => res.json(jwt.verify(req.headers.authorization, process.env.KEY)));
