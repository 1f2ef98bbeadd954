// Cases of rules/catalogue/limits.yaml; see sessions.ts for the form.

// bad express-rate-limit
import rateLimit from 'express-rate-limit';
import express from 'express';
export const apiLimiter = rateLimit({ windowMs: 1000, max: 5 });
express().use('/api', apiLimiter);
// good express-rate-limit
import rateLimit from 'express-rate-limit';
import RedisStore from 'rate-limit-redis';
import express from 'express';
const inTest = process.env.NODE_ENV === 'test';
express().use(rateLimit({ max: 5, store: inTest ? undefined : new RedisStore({}) }));

// bad express-slow-down
const slowDown = require('express-slow-down');
require('express')().use(slowDown({ delayAfter: 5 }));
// good express-slow-down
const slowDown = require('express-slow-down');
const { RedisStore } = require('rate-limit-redis');
require('express')().use(slowDown({ delayAfter: 5, store: new RedisStore({}) }));

// bad @nestjs/throttler
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
@Module({ imports: [ThrottlerModule.forRoot([{ ttl: 60000, limit: 10 }])] })
class AppModule {}
NestFactory.create(AppModule);
// bad @nestjs/throttler
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
@Module({ imports: [ThrottlerModule.forRootAsync({ useFactory: () => ({ throttlers: [{ ttl: 60000, limit: 10 }] }) })] })
class AppModule {}
NestFactory.create(AppModule);
// good @nestjs/throttler
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
@Module({ imports: [ThrottlerModule.forRootAsync({ useFactory: () => ({ throttlers: [], storage: new ThrottlerStorageRedisService() }) })] })
class AppModule {}
NestFactory.create(AppModule);

// bad @fastify/rate-limit
import Fastify from 'fastify';
import rateLimit from '@fastify/rate-limit';
const app = Fastify();
app.register(rateLimit, { max: 100 });
// good @fastify/rate-limit
import Fastify from 'fastify';
import rateLimit from '@fastify/rate-limit';
import Redis from 'ioredis';
const app = Fastify();
app.register(rateLimit, { max: 100, redis: new Redis() });
// bad @fastify/rate-limit with global false
const app = require('fastify')();
app.register(require('@fastify/rate-limit'), { global: false });
// good @fastify/rate-limit with global false
const app = require('fastify')();
const Redis = require('ioredis');
app.register(require('@fastify/rate-limit'), { global: false, redis: new Redis() });

// bad koa-ratelimit
const ratelimit = require('koa-ratelimit');
new (require('koa'))().use(ratelimit({ driver: 'memory', db: new Map(), max: 5 }));
// good koa-ratelimit
const ratelimit = require('koa-ratelimit');
const Redis = require('ioredis');
new (require('koa'))().use(ratelimit({ driver: 'redis', db: new Redis(), max: 5 }));

// bad koa2-ratelimit
const { RateLimit } = require('koa2-ratelimit');
new (require('koa'))().use(RateLimit.middleware({ max: 5 }));
// good koa2-ratelimit
const { RateLimit, Stores } = require('koa2-ratelimit');
new (require('koa'))().use(RateLimit.middleware({ max: 5, store: new Stores.Redis({}) }));
// good koa2-ratelimit
const { RateLimit, Stores } = require('koa2-ratelimit');
RateLimit.defaultOptions({ store: new Stores.Redis({}) });
new (require('koa'))().use(RateLimit.middleware({ max: 5 }));

// bad rate-limiter-flexible
import { RateLimiterMemory } from 'rate-limiter-flexible';
export const limiter = new RateLimiterMemory({ points: 5, duration: 1 });
// good rate-limiter-flexible
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import Redis from 'ioredis';
const spare = new RateLimiterMemory({ points: 5, duration: 1 });
export const limiter = new RateLimiterRedis({ storeClient: new Redis(), points: 5, insuranceLimiter: spare });

// bad express-brute
const ExpressBrute = require('express-brute');
const brute = new ExpressBrute(new ExpressBrute.MemoryStore());
require('express')().post('/login', brute.prevent, (req, res) => res.end());
// good express-brute
const ExpressBrute = require('express-brute');
const RedisStore = require('express-brute-redis');
const brute = new ExpressBrute(new RedisStore({}));
require('express')().post('/login', brute.prevent, (req, res) => res.end());

// bad graphql-rate-limit
const { createRateLimitRule } = require('graphql-rate-limit');
module.exports = createRateLimitRule({ identifyContext: (ctx) => ctx.id });
// good graphql-rate-limit
const { createRateLimitRule, RedisStore } = require('graphql-rate-limit');
module.exports = createRateLimitRule({ identifyContext: (ctx) => ctx.id, store: new RedisStore() });

// bad @adonisjs/limiter
import { defineConfig, stores } from '@adonisjs/limiter';
export default defineConfig({ default: 'memory', stores: { memory: stores.memory({}) } });
// good @adonisjs/limiter
import { defineConfig, stores } from '@adonisjs/limiter';
export default defineConfig({ default: 'redis', stores: { redis: stores.redis({}) } });

// bad limiter
const { RateLimiter } = require('limiter');
const limiter = new RateLimiter({ tokensPerInterval: 5, interval: 'minute' });
require('express')().post('/login', async (req, res) => res.json(await limiter.removeTokens(1)));
// good limiter
const { RateLimiterRedis } = require('rate-limiter-flexible');
const limiter = new RateLimiterRedis({ points: 5 });
require('express')().post('/login', async (req, res) => res.json(await limiter.consume(req.ip)));

// bad bottleneck
import Bottleneck from 'bottleneck';
class PartnerClient {
  private readonly limiter = new Bottleneck({ minTime: 100 });
  call(f) { return this.limiter.schedule(f); }
}
export const client = new PartnerClient();
// good bottleneck
import Bottleneck from 'bottleneck';
export const limiter = new Bottleneck({ datastore: 'redis', id: 'partner', minTime: 100 });

// bad p-throttle
import pThrottle from 'p-throttle';
export const throttle = pThrottle({ limit: 2, interval: 1000 });
// good p-throttle
import pThrottle from 'p-throttle';
import express from 'express';
express().get('/report', async (req, res) => {
  const throttle = pThrottle({ limit: 2, interval: 1000 });
  res.json(await throttle(() => 1)());
});

// strength @upstash/ratelimit
import { Ratelimit } from '@upstash/ratelimit';
export const limit = new Ratelimit({ redis: null, limiter: null });
// strength rate-limiter-flexible over a shared store
import { RateLimiterRedis } from 'rate-limiter-flexible';
export const limiter = new RateLimiterRedis({ points: 5 });
