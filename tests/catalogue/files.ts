// Cases of rules/catalogue/files.yaml; see sessions.ts for the form.

// bad lowdb
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
export const db = new Low(new JSONFile('db.json'), {});
// good lowdb
import { Low, Memory } from 'lowdb';
export const scratch = () => new Low(new Memory(), {});

// bad node-json-db
const { JsonDB, Config } = require('node-json-db');
module.exports = new JsonDB(new Config('data', true));
// good node-json-db
const { Config } = require('node-json-db');
module.exports = Config;

// bad nedb
const Datastore = require('nedb');
module.exports = new Datastore({ filename: 'users.db', autoload: true });
// good nedb
const { MongoClient } = require('mongodb');
module.exports = new MongoClient('mongodb://x');

// bad nedb-promises
const Datastore = require('nedb-promises');
module.exports = Datastore.create('users.db');
// good nedb-promises
module.exports = require('mongodb');

// bad lokijs
const Loki = require('lokijs');
module.exports = new Loki('data.json', { autosave: true });
// good lokijs
module.exports = require('mongodb');

// bad better-sqlite3 in memory
import Database from 'better-sqlite3';
export const db = new Database(':memory:');
// good better-sqlite3 in memory
import Database from 'better-sqlite3';
export const db = new Database('data.db');
// bad sqlite3 in memory
const sqlite3 = require('sqlite3').verbose();
const { Database } = require('sqlite3');
module.exports = new Database(':memory:');
// good sqlite3 in memory
const { Database } = require('sqlite3');
module.exports = new Database('data.db');
// bad Sequelize with SQLite in memory
const { Sequelize } = require('sequelize');
module.exports = new Sequelize({ dialect: 'sqlite' });
// good Sequelize with SQLite in memory
const { Sequelize } = require('sequelize');
module.exports = new Sequelize({ dialect: 'sqlite', storage: 'data.db' });

// bad LevelDB
import { Level } from 'level';
export const db = new Level('./data');
// good LevelDB
import { MemoryLevel } from 'memory-level';
export const make = () => new MemoryLevel();

// bad DuckDB
import { DuckDBInstance } from '@duckdb/node-api';
export const db = DuckDBInstance.create('facts.duckdb');
// good DuckDB
import { DuckDBInstance } from '@duckdb/node-api';
export const db = DuckDBInstance.create('facts.duckdb', { access_mode: 'READ_ONLY' });

// bad @electric-sql/pglite
import { PGlite } from '@electric-sql/pglite';
export const db = new PGlite('./pgdata');
// good @electric-sql/pglite
import { Pool } from 'pg';
export const db = new Pool();

// bad flat-cache
const flatCache = require('flat-cache');
module.exports = flatCache.load('cache1');
// good flat-cache
module.exports = {};

// bad stand-ins for a server
import RedisMock from 'ioredis-mock';
export const redis = new RedisMock();
// good stand-ins for a server
import RedisMock from 'ioredis-mock';
import Redis from 'ioredis';
export const redis = process.env.NODE_ENV === 'test' ? new RedisMock() : new Redis();

// bad winston-daily-rotate-file
const DailyRotateFile = require('winston-daily-rotate-file');
module.exports = new DailyRotateFile({ filename: 'x-%DATE%.log', maxSize: '20m' });
// good winston-daily-rotate-file
const DailyRotateFile = require('winston-daily-rotate-file');
module.exports = new DailyRotateFile({ filename: 'x-%DATE%.log' });
// bad winston file with maxsize
const winston = require('winston');
module.exports = winston.createLogger({ transports: [new winston.transports.File({ filename: 'x.log', maxsize: 1000 })] });
// good winston file with maxsize
const winston = require('winston');
module.exports = winston.createLogger({ transports: [new winston.transports.File({ filename: 'x.log' })] });
// bad rotating-file-stream
import { createStream } from 'rotating-file-stream';
export const stream = createStream('access.log', { size: '10M' });
// good rotating-file-stream
export const stream = process.stdout;

// bad log4js
const log4js = require('log4js');
log4js.configure({ appenders: {}, categories: {} });
// good log4js
const log4js = require('log4js');
log4js.configure({ appenders: {}, categories: {}, pm2: true });

// bad i18n
const i18n = require('i18n');
i18n.configure({ locales: ['en'], directory: __dirname + '/locales' });
// good i18n
const i18n = require('i18n');
i18n.configure({ staticCatalog: { en: {} } });

// bad @tus/server
import { Server } from '@tus/server';
import { FileStore } from '@tus/file-store';
export const server = new Server({ path: '/files', datastore: new FileStore({ directory: './files' }) });
// good @tus/server
import { Server } from '@tus/server';
import { S3Store } from '@tus/s3-store';
import { RedisLocker } from './locker';
export const server = new Server({ path: '/files', datastore: new S3Store({}), locker: new RedisLocker() });

// strength object storage
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import express from 'express';
const s3 = new S3Client({});
express().put('/x', async (req, res) => { await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k' })); res.end(); });
