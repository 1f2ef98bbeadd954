// Cases of rules/catalogue/startup.yaml; see sessions.ts for the form.

// bad TypeORM synchronize
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
@Module({ imports: [TypeOrmModule.forRoot({ type: 'postgres', synchronize: true })] })
class AppModule {}
NestFactory.create(AppModule);
// good TypeORM synchronize
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
const isDev = process.env.NODE_ENV !== 'production';
@Module({ imports: [TypeOrmModule.forRootAsync({ useFactory: () => ({ type: 'postgres', synchronize: isDev }) })] })
class AppModule {}
NestFactory.create(AppModule);
// bad TypeORM dropSchema
import { DataSource } from 'typeorm';
export const source = new DataSource({ type: 'postgres', dropSchema: true });
// good TypeORM dropSchema
import { DataSource } from 'typeorm';
export const source = new DataSource({ type: 'postgres', dropSchema: false });
// bad TypeORM migrationsRun
import { DataSource } from 'typeorm';
const options = { type: 'postgres', migrations: ['dist/migrations/*.js'], migrationsRun: true };
export const source = new DataSource(options);
// good TypeORM migrationsRun
import { DataSource } from 'typeorm';
export const source = new DataSource({ type: 'postgres', migrations: ['dist/migrations/*.js'] });
// bad TypeORM runMigrations
import { DataSource } from 'typeorm';
const source = new DataSource({ type: 'postgres' });
async function main() { await source.initialize(); await source.runMigrations(); }
main();
// good TypeORM runMigrations
import { DataSource } from 'typeorm';
const source = new DataSource({ type: 'postgres' });
async function main() { await source.initialize(); await source.showMigrations(); }
main();
// bad TypeORM synchronize()
import { DataSource } from 'typeorm';
const source = new DataSource({ type: 'postgres' });
source.initialize().then(() => source.synchronize());
// good TypeORM synchronize()
import { DataSource } from 'typeorm';
const source = new DataSource({ type: 'postgres' });
source.initialize();

// bad Sequelize sync with force
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
sequelize.sync({ force: true });
// good Sequelize sync with force
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
sequelize.authenticate();
// bad Sequelize sync with alter
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
const options = { alter: true };
sequelize.sync(options).then(() => require('express')().listen(3000));
// good Sequelize sync with alter
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
if (process.env.NODE_ENV === 'development') sequelize.sync({ alter: true });
// bad Sequelize sync
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
sequelize.sync();
// good Sequelize sync
const { Sequelize } = require('sequelize');
const sequelize = new Sequelize('postgres://x');
exports.reset = () => sequelize.sync();
// bad SequelizeModule synchronize
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SequelizeModule } from '@nestjs/sequelize';
@Module({ imports: [SequelizeModule.forRoot({ dialect: 'postgres', synchronize: true, sync: { alter: true } })] })
class AppModule {}
NestFactory.create(AppModule);
// good SequelizeModule synchronize
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SequelizeModule } from '@nestjs/sequelize';
@Module({ imports: [SequelizeModule.forRoot({ dialect: 'postgres', synchronize: false })] })
class AppModule {}
NestFactory.create(AppModule);

// bad umzug
const { Umzug } = require('umzug');
const umzug = new Umzug({ migrations: { glob: '*.js' } });
umzug.up();
// good umzug
const { Umzug } = require('umzug');
const umzug = new Umzug({ migrations: { glob: '*.js' } });
umzug.pending();

// bad MikroORM migrator
import { MikroORM } from '@mikro-orm/postgresql';
async function main() {
  const orm = await MikroORM.init({});
  await orm.getMigrator().up();
}
main();
// good MikroORM migrator
import { MikroORM } from '@mikro-orm/postgresql';
async function main() {
  const orm = await MikroORM.init({});
  await orm.connect();
}
main();

// bad Drizzle migrate
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
await migrate(drizzle('postgres://x'), { migrationsFolder: 'drizzle' });
// good Drizzle migrate
import { drizzle } from 'drizzle-orm/node-postgres';
export const db = drizzle('postgres://x');

// bad migrate-mongo
const { up } = require('migrate-mongo');
async function main(db, client) { await up(db, client); }
main();
// good migrate-mongo
const { status } = require('migrate-mongo');
async function main(db) { await status(db); }
main();

// bad knex
const knex = require('knex')({ client: 'pg' });
knex.migrate.latest().then(() => require('express')().listen(3000));
// good knex
const knex = require('knex')({ client: 'pg' });
knex.migrate.status();

// bad knex of redbean-node
const { R } = require('redbean-node');
R.knex.migrate.latest({ directory: 'migrations' }).then(() => require('express')().listen(3000));
// good knex of redbean-node
const { R } = require('redbean-node');
R.knex.migrate.currentVersion();

// bad node-pg-migrate
import runner from 'node-pg-migrate';
await runner({ dir: 'migrations', direction: 'up' });
// good node-pg-migrate
export {};

// bad Bull queues
const Queue = require('bull');
const queue = new Queue('mail');
queue.empty();
// good Bull queues
const Queue = require('bull');
const queue = new Queue('mail');
require('express')().delete('/queue', async (req, res) => { await queue.empty(); res.end(); });

// bad Redis flush
import Redis from 'ioredis';
const redis = new Redis();
redis.flushdb();
// good Redis flush
import Redis from 'ioredis';
const redis = new Redis();
redis.del('last-seen');

// bad throng
const throng = require('throng');
throng({ worker: () => require('express')().listen(3000) });
// good throng
require('express')().listen(3000);
