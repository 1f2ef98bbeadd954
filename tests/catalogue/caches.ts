// Cases of rules/catalogue/caches.yaml; see sessions.ts for the form.

// bad cache-manager createCache
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
export const cache = createCache({ stores: [new Keyv()] });
// good cache-manager createCache
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import KeyvRedis from '@keyv/redis';
export const cache = createCache({ stores: [new Keyv({ store: new KeyvRedis('redis://cache') })] });

// bad cache-manager caching('memory')
const { caching } = require('cache-manager');
module.exports = caching('memory', { ttl: 5000 });
// good cache-manager caching('memory')
const { caching } = require('cache-manager');
const { redisStore } = require('cache-manager-redis-yet');
module.exports = caching(redisStore, { ttl: 5000 });

// bad cache-manager caching({ .. })
const cacheManager = require('cache-manager');
module.exports = cacheManager.caching({ store: 'memory', ttl: 5 });
// good cache-manager caching({ .. })
const cacheManager = require('cache-manager');
const redisStore = require('cache-manager-ioredis');
module.exports = cacheManager.caching({ store: redisStore, ttl: 5 });

// bad CacheModule
import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Module({ imports: [CacheModule.register({ isGlobal: true })] })
class AppModule {}
NestFactory.create(AppModule);
// good CacheModule
import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createKeyv } from '@keyv/redis';
@Module({ imports: [CacheModule.registerAsync({ useFactory: async () => ({ stores: [createKeyv('redis://cache')] }) })] })
class AppModule {}
NestFactory.create(AppModule);

// bad apicache
const apicache = require('apicache');
require('express')().get('/list', apicache.middleware('5 minutes'), (req, res) => res.json([]));
// good apicache
const apicache = require('apicache');
const redis = require('redis');
const cache = apicache.options({ redisClient: redis.createClient() }).middleware;
require('express')().get('/list', apicache.middleware('5 minutes'), (req, res) => res.json([]));

// bad route-cache
const routeCache = require('route-cache');
require('express')().get('/list', routeCache.cacheSeconds(20), (req, res) => res.json([]));
// good route-cache
require('express')().get('/list', (req, res) => res.set('Cache-Control', 'max-age=20').json([]));

// bad dataloader
import DataLoader from 'dataloader';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
@Injectable()
class Loaders { users = new DataLoader(async (ids) => ids); }
@Module({ providers: [Loaders] })
class AppModule {}
NestFactory.create(AppModule);
// good dataloader
import DataLoader from 'dataloader';
export const batch = new DataLoader(async (ids) => ids, { cache: false });

// strength shared caches
import { createKeyv } from '@keyv/redis';
export const store = createKeyv('redis://cache');
