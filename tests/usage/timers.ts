// Timers and schedules, judged by what their bodies do.
//// T01 own memory, logs, gauges: silent
// plain
const seen = new Map<string, number>();
setInterval(() => { for (const [k, t] of seen) if (Date.now() - t > 1000) seen.delete(k); console.log(process.memoryUsage().rss); }, 1000);
app.get('/x', (_q, res) => res.end());
// across
import { report } from './report';
setInterval(report, 10000);
app.get('/x', (_q, res) => res.end());
// file report.ts
import os from 'os';
let top = 0;
export function report() { top = Math.max(top, os.loadavg()[0]); logger.info({ top }); }
// alias
@Injectable()
export class Mem { private readonly old: number[] = []; note() { const o = this.old; o.push(process.uptime()); if (o.length > 10) o.shift(); } }
@Injectable()
export class Job { constructor(private readonly mem: Mem) {} @Interval(1000) run() { this.mem.note(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T02 own sockets and children: silent
// plain
setInterval(() => { wss.clients.forEach((c) => c.ping()); }, 30000);
wss.on('connection', (ws) => { ws.on('message', (m) => ws.send(String(m))); });
// across
import { beat } from './beat';
import { createConnection } from 'net';
const up = createConnection(1883, 'x.example');
setInterval(() => beat(up), 5000);
app.get('/x', (_q, res) => res.end());
// file beat.ts
export function beat(s: any) { s.write('ping\n'); }
// alias
import WebSocket from 'ws';
@Injectable()
export class Up { private readonly ws = new WebSocket('ws://x.example'); ping() { const w = this.ws; w.ping(); } }
@Injectable()
export class Beat { constructor(private readonly up: Up) {} @Interval(5000) go() { this.up.ping(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T03 reads into its own copy: silent
// plain
let cfg: any = {};
cron.schedule('* * * * *', async () => { cfg = (await db.query('SELECT * FROM cfg')).rows[0]; });
app.get('/cfg', (_q, res) => res.json(cfg));
// across
import { reload, list } from './list';
setInterval(reload, 60000);
app.get('/l', (_q, res) => res.json(list()));
// file list.ts
let all: any[] = [];
export async function reload() { all = await prisma.plan.findMany(); }
export const list = () => all;
// alias
@Injectable()
export class Flags { private v: any = {}; async load() { const r = await axios.get('http://flags.example'); this.v = r.data; } get() { return this.v; } }
@Injectable()
export class Job { constructor(private readonly f: Flags) {} @Cron('* * * * *') run() { return this.f.load(); } }
@Controller()
export class X { constructor(private readonly f: Flags) {} @Get('x') x() { return this.f.get(); } }
//// T04 token for this process: silent | schedule-in-every-process medium
// plain
let token = '';
const renew = async () => { token = (await axios.post('http://id.example/token', { id: process.env.ID })).data.token; };
setInterval(renew, 3600e3);
app.get('/x', async (_q, res) => res.json((await axios.get('http://x.example', { headers: { token } })).data));
// across
import { renew, key } from './key';
setInterval(renew, 1000e3);
app.get('/x', (_q, res) => res.json(key().length));
// file key.ts
const k = { value: '' };
export async function renew() { const r = await fetch('http://id.example/key', { method: 'POST' }); k.value = (await r.json()).key; }
export const key = () => k.value;
// alias
@Injectable()
export class Login { private t = ''; async renew() { const me = this; me.t = (await axios.post('http://id.example', {})).data; } get() { return this.t; } }
@Injectable()
export class Job { constructor(private readonly l: Login) {} @Interval(60000) run() { return this.l.renew(); } }
@Controller()
export class X { constructor(private readonly l: Login) {} @Get('x') async x() { return (await axios.get('http://x.example', { headers: { t: this.l.get() } })).data; } }
//// T05 self ping and health: silent
// plain
setInterval(() => { axios.get('http://localhost:3000/health').catch(() => {}); }, 60000);
app.get('/health', (_q, res) => res.end());
// across
import { ping } from './ping';
setInterval(ping, 1000);
app.get('/x', (_q, res) => res.end());
// file ping.ts
export async function ping() { await db.query('SELECT 1'); await redis.ping(); }
// alias
@Injectable()
export class Db { constructor(private readonly source: DataSource) {} async alive() { const s = this.source; await s.query('SELECT 1'); } }
@Injectable()
export class Job { constructor(private readonly d: Db) {} @Interval(1000) run() { return this.d.alive(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T06 conditional bulk delete: schedule-in-every-process medium
// plain
cron.schedule('0 * * * *', async () => { await db.query('DELETE FROM session WHERE expires < now()'); });
app.get('/x', (_q, res) => res.end());
// across
import { sweep } from './sweep';
setInterval(sweep, 60000);
app.get('/x', (_q, res) => res.end());
// file sweep.ts
export const sweep = () => prisma.otp.deleteMany({ where: { until: { lt: new Date() } } });
// alias
@Injectable()
export class Old { constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {} drop() { const r = this.repo; return r.delete({ done: true }); } }
@Injectable()
export class Job { constructor(private readonly old: Old) {} @Cron('0 0 * * *') run() { return this.old.drop(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T07 aggregate and upsert by a natural key: schedule-in-every-process medium | read-modify-write low, schedule-in-every-process medium
// plain
cron.schedule('0 0 * * *', async () => { const n = await prisma.visit.count(); const day = new Date().toISOString().slice(0, 10); await prisma.daily.upsert({ where: { day }, create: { day, n }, update: { n } }); });
app.get('/x', (_q, res) => res.end());
// across
import { roll } from './roll';
cron.schedule('0 0 * * *', roll);
app.get('/x', (_q, res) => res.end());
// file roll.ts
export async function roll() { await db.query('INSERT INTO daily(day, n) SELECT current_date, count(*) FROM v ON CONFLICT (day) DO UPDATE SET n = excluded.n'); }
// alias
@Injectable()
export class Daily { constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {} async roll() { const r = this.repo; await r.upsert({ day: new Date().toDateString(), n: await r.count() }, ['day']); } }
@Injectable()
export class Job { constructor(private readonly d: Daily) {} @Cron('0 0 * * *') run() { return this.d.roll(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T08 inserts rows: schedule-in-every-process high
// plain
cron.schedule('0 0 * * *', async () => { await db.query('INSERT INTO ledger(kind) VALUES ($1)', ['fee']); });
app.get('/x', (_q, res) => res.end());
// across
import { book } from './book';
setInterval(book, 60000);
app.get('/x', (_q, res) => res.end());
// file book.ts
export async function book() { await prisma.ledger.create({ data: { kind: 'fee' } }); }
// alias
@Injectable()
export class Ledger { constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {} add(k: string) { const r = this.repo; return r.insert({ k }); } }
@Injectable()
export class Job { constructor(private readonly l: Ledger) {} @Cron('0 0 * * *') run() { return this.l.add('fee'); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T09 mail and messages: schedule-in-every-process high
// plain
cron.schedule('0 9 * * *', async () => { await mailer.sendMail({ to: 'a@b.example', subject: 'daily' }); });
app.get('/x', (_q, res) => res.end());
// across
import { remind } from './remind';
cron.schedule('0 9 * * *', remind);
app.get('/x', (_q, res) => res.end());
// file remind.ts
import twilio from 'twilio';
const sms = twilio(process.env.SID, process.env.TOKEN);
export async function remind() { await sms.messages.create({ to: '+1', from: '+2', body: 'hi' }); }
// alias
@Injectable()
export class Mails { send(to: string) { const m = mailer; return m.sendMail({ to, subject: 'x' }); } }
@Injectable()
export class Job { constructor(private readonly mails: Mails) {} @Cron('0 9 * * *') async run() { await this.mails.send('a@b.example'); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T10 payment: schedule-in-every-process high
// plain
cron.schedule('0 3 * * *', async () => { await stripe.paymentIntents.create({ amount: 100, currency: 'eur' }); });
app.get('/x', (_q, res) => res.end());
// across
import { renewAll } from './renew';
cron.schedule('0 3 * * *', renewAll);
app.get('/x', (_q, res) => res.end());
// file renew.ts
export async function renewAll() { for (const s of await prisma.sub.findMany()) await stripe.charges.create({ amount: s.price, customer: s.customer }); }
// alias
@Injectable()
export class Billing { async charge(c: string) { const s = stripe; await s.invoices.pay(c); } }
@Injectable()
export class Job { constructor(private readonly b: Billing) {} @Cron('0 3 * * *') run() { return this.b.charge('in_1'); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T11 enqueues without a fixed id: schedule-in-every-process high
// plain
import { Queue } from 'bullmq';
const q = new Queue('mail', { connection: { host: 'r' } });
cron.schedule('0 9 * * *', async () => { await q.add('digest', {}); });
app.get('/x', (_q, res) => res.end());
// across
import { digest } from './digest';
setInterval(digest, 60000);
app.get('/x', (_q, res) => res.end());
// file digest.ts
import { Queue } from 'bullmq';
const work = new Queue('work', { connection: { host: 'r' } });
export const digest = () => work.add('d', { at: Date.now() });
// alias
import type { Queue } from 'bullmq';
@Injectable()
export class Work { constructor(@InjectQueue('w') private readonly q: Queue) {} put() { const q = this.q; return q.add('x', {}); } }
@Injectable()
export class Job { constructor(private readonly w: Work) {} @Cron('0 9 * * *') run() { return this.w.put(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T12 select, act, mark, without a claim: schedule-in-every-process high
// plain
setInterval(async () => { const { rows } = await db.query('SELECT * FROM outbox WHERE NOT done'); for (const r of rows) { await axios.post('http://x.example', r); await db.query('UPDATE outbox SET done = true WHERE id = $1', [r.id]); } }, 1000);
app.get('/x', (_q, res) => res.end());
// across
import { work } from './work';
setInterval(work, 1000);
app.get('/x', (_q, res) => res.end());
// file work.ts
export async function work() { for (const r of await prisma.task.findMany({ where: { done: false } })) { await mailer.sendMail({ to: r.mail }); await prisma.task.update({ where: { id: r.id }, data: { done: true } }); } }
// alias
@Injectable()
export class Tasks { constructor(private readonly source: DataSource) {} open() { return this.source.query('SELECT * FROM t WHERE NOT done'); } mark(id: number) { const s = this.source; return s.query('UPDATE t SET done = true WHERE id = $1', [id]); } }
@Injectable()
export class Job { constructor(private readonly t: Tasks) {} @Interval(1000) async run() { for (const r of await this.t.open()) { await mailer.sendMail({ to: r.mail }); await this.t.mark(r.id); } } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T13 claims first: silent | mitigated schedule-in-every-process
// plain
setInterval(async () => { const { rows } = await db.query('UPDATE outbox SET state = $1 WHERE id = (SELECT id FROM outbox WHERE state = $2 LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *', ['busy', 'new']); for (const r of rows) await axios.post('http://x.example', r); }, 1000);
app.get('/x', (_q, res) => res.end());
// across
import { Task } from './model';
import { once } from './once';
setInterval(once, 1000);
app.get('/x', async (_q, res) => res.json(await Task.countDocuments()));
// file model.ts
import mongoose from 'mongoose';
export const Task = mongoose.model('Task', new mongoose.Schema({ state: String, mail: String }));
// file once.ts
import { Task as T } from './model';
export async function once() { const t = await T.findOneAndUpdate({ state: 'new' }, { $set: { state: 'busy' } }); if (!t) return; await mailer.sendMail({ to: t.mail }); }
// alias
@Injectable()
export class Claims { constructor(private readonly source: DataSource) {} async next() { const s = this.source; const rows = await s.query('UPDATE t SET owner = 1 WHERE id IN (SELECT id FROM t WHERE owner IS NULL LIMIT 5 FOR UPDATE SKIP LOCKED) RETURNING *'); return rows; } }
@Injectable()
export class Job { constructor(private readonly c: Claims) {} @Interval(1000) async run() { for (const r of await this.c.next()) await mailer.sendMail({ to: r.mail }); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T14 calls another system that changes: schedule-in-every-process high
// plain
setInterval(async () => { await axios.post('http://crm.example/sync', { full: true }); }, 60000);
app.get('/x', (_q, res) => res.end());
// across
import { sync } from './sync';
cron.schedule('0 * * * *', sync);
app.get('/x', (_q, res) => res.end());
// file sync.ts
export async function sync() { await fetch('http://erp.example/orders', { method: 'POST', body: '{}' }); }
// alias
@Injectable()
export class Crm { push() { const a = axios; return a.put('http://crm.example/x', {}); } }
@Injectable()
export class Job { constructor(private readonly crm: Crm) {} @Interval(60000) run() { return this.crm.push(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T15 writes a file on a fixed path: file-overwritten medium, schedule-in-every-process high
// plain
cron.schedule('0 0 * * *', () => { fs.writeFileSync('./backup.json', JSON.stringify(process.memoryUsage())); });
app.get('/x', (_q, res) => res.end());
// across
import { dump } from './dump';
setInterval(dump, 60000);
app.get('/x', (_q, res) => res.end());
// file dump.ts
import { writeFile } from 'fs/promises';
export async function dump() { const { rows } = await db.query('SELECT * FROM t'); await writeFile('/data/dump.json', JSON.stringify(rows)); }
// alias
import { promises as fsp } from 'fs';
@Injectable()
export class Disk { write(t: string) { const f = fsp; return f.writeFile('/data/report.csv', t); } }
@Injectable()
export class Job { constructor(private readonly d: Disk) {} @Cron('0 0 * * *') run() { return this.d.write('a,b'); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T16 starts programs: schedule-in-every-process high
// plain
setInterval(() => { spawn('pg_dump', ['-f', '/tmp/x']); }, 3600e3);
app.get('/x', (_q, res) => res.end());
// across
import { restart } from './restart';
cron.schedule('0 4 * * *', restart);
app.get('/x', (_q, res) => res.end());
// file restart.ts
import { exec } from 'child_process';
export function restart() { exec('docker restart worker'); }
// alias
import { execFile } from 'node:child_process';
@Injectable()
export class Tools { run(n: string) { const x = execFile; x(n, []); } }
@Injectable()
export class Job { constructor(private readonly tools: Tools) {} @Cron('0 4 * * *') go() { this.tools.run('backup'); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T17 a callee that cannot be resolved: schedule-in-every-process medium
// plain
const task = require(process.env.TASK);
setInterval(() => task.run(), 1000);
app.get('/x', (_q, res) => res.end());
// across
import { tick } from './tick';
import { makePlugin } from './plugins';
setInterval(() => tick(makePlugin()), 1000);
app.get('/x', (_q, res) => res.end());
// file tick.ts
export function tick(p: any) { p.doIt(); }
// file plugins.ts
export const makePlugin = () => require(process.env.PLUGIN).make();
// alias
interface Doer { go(): Promise<void>; }
@Injectable()
export class Job { constructor(@Inject('DOER') private readonly d: Doer) {} @Interval(1000) async run() { const x = this.d; await x.go(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// T18 polls more often than once a second: silent
// plain
let n = 0;
setInterval(() => { n = process.hrtime()[1]; }, 50);
app.get('/x', (_q, res) => res.end());
// across
import { lag } from './lag';
setInterval(lag, 100);
app.get('/x', (_q, res) => res.end());
// file lag.ts
let last = Date.now();
export function lag() { const d = Date.now() - last; last = Date.now(); if (d > 1000) console.warn('lag', d); }
// alias
@Injectable()
export class Loop { private n = 0; step() { const me = this; me.n = Math.random(); } }
@Injectable()
export class Job { constructor(private readonly loop: Loop) {} @Interval(100) run() { this.loop.step(); } }
@Controller()
export class X { @Get('x') x() { return 1; } }
