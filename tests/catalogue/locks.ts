// Cases of rules/catalogue/locks.yaml; see sessions.ts for the form.

// bad async-mutex
import { Mutex } from 'async-mutex';
import { Pool } from 'pg';
import express from 'express';
const mutex = new Mutex();
const pool = new Pool();
express().post('/debit', async (req, res) => {
  const release = await mutex.acquire();
  try { await pool.query('UPDATE accounts SET balance = 1'); } finally { release(); }
  res.end();
});
// good async-mutex
import { Mutex } from 'async-mutex';
import express from 'express';
const mutex = new Mutex();
let config;
express().get('/config', async (req, res) => {
  await mutex.runExclusive(async () => { config ??= await (await fetch('https://x/config')).json(); });
  res.json(config);
});

// bad async-lock
const AsyncLock = require('async-lock');
const { Pool } = require('pg');
const lock = new AsyncLock(), pool = new Pool();
require('express')().post('/debit', (req, res) => {
  lock.acquire(req.body.id, () => pool.query('UPDATE accounts SET balance = 1')).then(() => res.end());
});
// good async-lock
const AsyncLock = require('async-lock');
const lock = new AsyncLock();
require('express')().get('/sum', (req, res) => {
  lock.acquire('sum', () => 1 + 1).then((n) => res.json(n));
});

// bad await-lock
const AwaitLock = require('await-lock').default;
const { Pool } = require('pg');
const lock = new AwaitLock(), pool = new Pool();
require('express')().post('/debit', async (req, res) => {
  await lock.acquireAsync();
  try { await pool.query('UPDATE accounts SET balance = 1'); } finally { lock.release(); }
  res.end();
});
// good await-lock
const AwaitLock = require('await-lock').default;
const lock = new AwaitLock();
require('express')().get('/', async (req, res) => {
  await lock.acquireAsync();
  lock.release();
  res.end();
});

// bad p-queue
import PQueue from 'p-queue';
export const queue = new PQueue({ concurrency: 1 });
// good p-queue
import PQueue from 'p-queue';
import express from 'express';
express().post('/import', async (req, res) => {
  const queue = new PQueue({ concurrency: 4 });
  await Promise.all(req.body.map((row) => queue.add(() => row)));
  res.end();
});

// bad fastq
const queue = require('fastq').promise(async (job) => job, 1);
module.exports = queue;
// good fastq
const { Queue } = require('bullmq');
module.exports = new Queue('jobs');

// bad async
const async = require('async');
module.exports = async.queue(async (job) => job, 1);
// good async
const async = require('async');
module.exports = (list) => async.mapLimit(list, 4, async (x) => x);

// strength shared queues
const { Worker } = require('bullmq');
new Worker('jobs', async (job) => job.data);
// strength pg-boss
const PgBoss = require('pg-boss');
module.exports = new PgBoss('postgres://x');
// strength agenda
const Agenda = require('agenda');
module.exports = new Agenda({});
