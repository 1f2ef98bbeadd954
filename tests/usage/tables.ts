// What is filled before the app serves, memos and singletons: no state. See tests/tools/usage-cases.mjs for the form.
//// D01 constant table: silent
// plain
const RATE = new Map([['eu', 20], ['uk', 10]]);
app.get('/rate/:region', (req, res) => res.json(RATE.get(req.params.region)));
// across
import { vat } from './vat';
app.get('/vat/:land', (req, res) => res.json(vat(req.params.land)));
// file vat.ts
import { PERCENT } from './percent';
export const vat = (land: string) => PERCENT[land] ?? PERCENT.other;
// file percent.ts
export const PERCENT: Record<string, number> = { de: 19, fr: 20, other: 0 };
// alias
@Injectable()
export class Fees { readonly byLand = new Map([['de', 3]]); }
@Controller()
export class Shop {
  constructor(private readonly fees: Fees) {}
  @Get('fee') fee(@Query('land') land: string) { const t = this.fees.byLand; return t.get(land); }
}
//// D02 readonly without mutation: silent
// plain
const KINDS = ['a', 'b'] as const;
app.get('/is/:k', (req, res) => res.json(KINDS.includes(req.params.k as any)));
// across
import { STEPS } from './steps';
app.get('/step/:n', (req, res) => res.json({ known: STEPS.order.indexOf(req.params.n) >= 0 }));
// file steps.ts
export const STEPS = Object.freeze({ order: ['cut', 'sew', 'pack'] });
// alias
@Injectable()
export class Words { private readonly stop: ReadonlySet<string> = new Set(['the', 'a']); isStop(w: string) { return this.stop.has(w); } }
@Controller()
export class Search { constructor(private readonly w: Words) {} @Get('s') s(@Query('q') q: string) { return q.split(' ').filter((x) => !this.w.isStop(x)); } }
//// D03 strategies filled at boot: silent
// plain
const drivers = new Map<string, any>();
drivers.set('ftp', { put(x: any) { return x; } });
drivers.set('http', { put(x: any) { return x; } });
app.post('/put', (req, res) => res.json(drivers.get(req.body.kind).put(req.body.file)));
// across
import { senders } from './senders';
import './by-letter';
app.post('/out', (req, res) => res.json(senders[req.body.way](req.body.text)));
// file senders.ts
export const senders: Record<string, (t: string) => string> = {};
// file by-letter.ts
import { senders } from './senders';
senders.letter = (t) => t.trim();
senders.fax = (t) => t.toUpperCase();
// alias
@Injectable()
export class Ftp { put(x: string) { return x; } }
@Injectable()
export class Disks implements OnModuleInit {
  private readonly drivers = new Map<string, Ftp>();
  constructor(private readonly ftp: Ftp) {}
  onModuleInit() { const d = this.drivers; d.set('ftp', this.ftp); }
  of(kind: string) { return this.drivers.get(kind); }
}
@Controller()
export class Files { constructor(private readonly disks: Disks) {} @Post('f') f(@Body() b: any) { return this.disks.of(b.kind).put(b.name); } }
//// D04 filled by decorators: silent
// plain
const META = new Map<string, any>();
function Table(opts: any) { return (target: any) => { META.set(target.name, opts); }; }
@Table({ rows: 3 })
class Grid {}
app.get('/meta/:name', (req, res) => res.json(META.get(req.params.name) || Grid.name));
// across
import { columnsOf } from './column';
import { Person } from './person';
app.get('/cols', (_req, res) => res.json(columnsOf(Person)));
// file column.ts
const cols: Record<string, string[]> = {};
export function Col() { return (proto: any, key: string) => { (cols[proto.constructor.name] ||= []).push(key); }; }
export const columnsOf = (c: any) => cols[c.name];
// file person.ts
import { Col } from './column';
export class Person { @Col() name: string; @Col() age: number; }
// alias
class Shelf { private m = new Map<string, any>(); add(k: string, v: any) { this.m.set(k, v); } get(k: string) { return this.m.get(k); } }
const shelf = new Shelf();
const On = (name: string) => (_t: any, key: string) => { const s = shelf; s.add(name, key); };
class Hooks { @On('paid') paid() { return 1; } }
app.post('/hook', (req, res) => res.json((new Hooks() as any)[shelf.get(req.body.name)]()));
//// D05 register() called at boot only: silent
// plain
class Notifier { private list: any[] = []; addChannel(c: any) { this.list.push(c); } all(t: string) { return this.list.map((c) => c.render(t)); } }
const notifier = new Notifier();
notifier.addChannel({ render: (t: string) => t });
app.post('/n', (req, res) => res.json(notifier.all(req.body.text)));
// across
import { install } from './parts';
import { checks, addCheck } from './checks';
install(addCheck);
app.get('/health', (_q, res) => res.json(checks.map((c) => c())));
// file checks.ts
export const checks: (() => boolean)[] = [];
export function addCheck(c: () => boolean) { checks.push(c); }
// file parts.ts
export function install(add: (c: () => boolean) => void) { add(() => true); add(() => process.uptime() > 1); }
// alias
@Injectable()
export class Bus { private readonly handlers: any[] = []; register(h: any) { this.handlers.push(h); } run(x: any) { for (const h of this.handlers) h.handle(x); } }
@Injectable()
export class Audit { constructor(bus: Bus) { bus.register(this); } handle(x: any) { console.log(x); } }
@Controller()
export class Api { constructor(private readonly bus: Bus) {} @Post('x') x(@Body() b: any) { this.bus.run(b); } }
//// D06 register() called by a request: state-in-memory high
// plain
const hooks: string[] = [];
app.post('/hooks', (req, res) => { hooks.push(req.body.url); res.end(); });
app.post('/event', async (req, res) => { for (const url of hooks) await axios.post(url, req.body); res.end(); });
// across
import { subscribers } from './subscribers';
app.post('/event', async (req, res) => { for (const url of Object.values(subscribers)) await axios.post(url, req.body); res.end(); });
// file subscribers.ts
export const subscribers: Record<string, string> = {};
// file admin.ts
import { subscribers as s } from './subscribers';
router.put('/tenants/:id', (req, res) => { s[req.params.id] = req.body.url; res.end(); });
// alias
@Injectable()
export class Outlets { private readonly urls: string[] = []; add(u: string) { this.urls.push(u); } list() { return this.urls; } }
@Controller()
export class Admin { constructor(private readonly outlets: Outlets) {} @Post('hooks') add(@Body() b: any) { this.outlets.add(b.url); } }
@Controller()
export class Events { constructor(private readonly o: Outlets) {} @Post('ev') async ev(@Body() b: any) { for (const u of this.o.list()) await axios.post(u, b); } }
//// D07 lazily built client: silent
// plain
import { Pool } from 'pg';
let pool: Pool;
const db = () => pool ??= new Pool();
app.get('/u', async (_q, res) => res.json(await db().query('SELECT 1')));
// across
import { mongo } from './mongo';
app.get('/m', async (_q, res) => res.json(await (await mongo()).db().collection('a').findOne({})));
// file mongo.ts
import { MongoClient } from 'mongodb';
let held: MongoClient | null = null;
export async function mongo() { if (held) return held; held = await new MongoClient(process.env.MONGO).connect(); return held; }
// alias
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
@Injectable()
export class Store { private s3: S3Client; client() { if (!this.s3) { this.s3 = new S3Client({}); } return this.s3; } }
@Controller()
export class Buckets { constructor(private readonly st: Store) {} @Get('b') b() { return this.st.client().send(new ListBucketsCommand({})); } }
//// D08 clients by region: silent
// plain
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
const clients = new Map<string, S3Client>();
app.get('/b/:region', async (req, res) => {
  let c = clients.get(req.params.region);
  if (!c) { c = new S3Client({ region: req.params.region }); clients.set(req.params.region, c); }
  res.json(await c.send(new ListBucketsCommand({})));
});
// across
import { poolOf } from './tenants';
app.get('/t/:tenant', async (req, res) => res.json(await poolOf(req.params.tenant).query('SELECT 1')));
// file tenants.ts
import { Pool } from 'pg';
const pools: Record<string, Pool> = {};
export function poolOf(t: string) { return (pools[t] = pools[t] || new Pool({ database: t })); }
// alias
@Injectable()
export class Tenants {
  private readonly sources = new Map<string, DataSource>();
  async get(name: string) {
    const m = this.sources;
    if (m.has(name)) return m.get(name);
    const ds = await new DataSource({ type: 'postgres', database: name }).initialize();
    m.set(name, ds);
    return ds;
  }
}
@Controller()
export class Rows { constructor(private readonly t: Tenants) {} @Get('r') async r(@Query('t') t: string) { return (await this.t.get(t)).query('SELECT 1'); } }
//// D09 memo of a pure function: silent
// plain
import Handlebars from 'handlebars';
const tpl = new Map<string, any>();
function compiled(src: string) { let t = tpl.get(src); if (!t) { t = Handlebars.compile(src); tpl.set(src, t); } return t; }
app.post('/render', (req, res) => res.send(compiled(req.body.src)(req.body.data)));
// across
import { money } from './money';
app.get('/m', (req, res) => res.send(money(Number(req.query.n), String(req.query.c))));
// file money.ts
const e: Record<string, Intl.NumberFormat> = {};
export function money(n: number, o: string) { const r = e[o] || (e[o] = new Intl.NumberFormat('en', { style: 'currency', currency: o })); return r.format(n); }
// alias
@Injectable()
export class Patterns {
  private readonly kept: Record<string, RegExp> = {};
  match(p: string, s: string) { const memo = this.kept; const re = memo[p] ||= new RegExp(p); return re.test(s); }
}
@Controller()
export class Finder { constructor(private readonly patterns: Patterns) {} @Get('f') f(@Query('p') p: string, @Query('s') s: string) { return this.patterns.match(p, s); } }
// alias2
const formats = new Map<string, any>();
const numberFormat = (o: string) => { let r = e2[o]; return r || (r = new Intl.NumberFormat(o), e2[o] = r), r; };
const e2: Record<string, any> = {};
app.get('/n/:l', (req, res) => res.send(numberFormat(req.params.l).format(3) + formats.size));
//// D10 memo of the package's own files: silent
// plain
const views: Record<string, string> = {};
app.get('/v/:name', (req, res) => { const n = req.params.name; views[n] ??= fs.readFileSync(`${__dirname}/views/${n}.html`, 'utf8'); res.send(views[n]); });
// across
import { words } from './i18n';
app.get('/hello', (req, res) => res.json(words(String(req.query.lang)).hello));
// file i18n.ts
import { readFileSync } from 'fs';
const langs = new Map<string, any>();
export function words(l: string) {
  if (!langs.has(l)) langs.set(l, JSON.parse(readFileSync(`./locales/${l}.json`, 'utf8')));
  return langs.get(l);
}
// alias
import { readFile } from 'fs/promises';
@Injectable()
export class Mails {
  private readonly bodies = new Map<string, string>();
  async body(n: string) { const kept = this.bodies; let b = kept.get(n); if (!b) { b = await readFile(`./mails/${n}.txt`, 'utf8'); kept.set(n, b); } return b; }
}
@Controller()
export class Preview { constructor(private readonly mails: Mails) {} @Get('p') p(@Query('n') n: string) { return this.mails.body(n); } }
//// D11 configuration built at load: silent
// plain
const cfg = { port: +process.env.PORT, name: 'x' };
cfg.name = process.env.NAME || 'y';
app.get('/cfg', (_q, res) => res.json(cfg));
// across
import { settings } from './settings';
app.get('/s', (_q, res) => res.json(settings.limits));
// file settings.ts
export const settings: any = { limits: {} };
for (const k of ['A', 'B']) settings.limits[k] = Number(process.env[`LIMIT_${k}`]);
// alias
@Injectable()
export class Conf { private readonly values: Record<string, string> = {}; constructor() { const v = this.values; v.url = process.env.URL; } get(k: string) { return this.values[k]; } }
@Controller()
export class Show { constructor(private readonly conf: Conf) {} @Get('c') c(@Query('k') k: string) { return this.conf.get(k); } }
//// D12 configuration changed by a request: setting-in-memory high
// plain
const LIMITS = { max: 10 };
app.patch('/limits', (req, res) => { LIMITS.max = req.body.max; res.end(); });
app.get('/use', (req, res) => { if (Number(req.query.n) > LIMITS.max) return res.status(400).end(); res.end(); });
// across
import { price } from './price';
app.get('/p', (_q, res) => res.json(price.current * 2));
// file price.ts
export const price = { current: 5 };
// file admin.ts
import { price as p } from './price';
router.post('/price', (req, res) => { p.current = Number(req.body.price); res.end(); });
// alias
@Injectable()
export class Knobs { private level = 'low'; set(l: string) { this.level = l; } get() { return this.level; } }
@Controller()
export class Admin { constructor(private readonly k: Knobs) {} @Patch('level') set(@Body() b: any) { this.k.set(b.level); } }
@Controller()
export class Use { constructor(private readonly knobs: Knobs) {} @Get('work') work() { return this.knobs.get() === 'high' ? 1 : 2; } }
//// D65 routing table that is computed: silent
// plain
const ring = ['a', 'b', 'c'].map((n, i) => ({ n, at: i * 100 }));
app.get('/node/:k', (req, res) => res.json(ring.find((x) => x.at >= req.params.k.length) || ring[0]));
// across
import { ring } from './ring';
app.get('/shard/:k', (req, res) => res.json(ring.of(req.params.k)));
// file ring.ts
class Ring { private points = new Map<number, string>(); constructor(nodes: string[]) { nodes.forEach((n, i) => this.points.set(i, n)); } of(k: string) { return this.points.get(k.length % this.points.size); } }
export const ring = new Ring(['n1', 'n2']);
// alias
@Injectable()
export class Variants { private readonly table: string[] = []; constructor() { for (let i = 0; i < 10; i++) this.table.push(i < 5 ? 'a' : 'b'); } of(u: string) { return this.table[u.length % 10]; } }
@Controller()
export class Ab { constructor(private readonly v: Variants) {} @Get('ab') ab(@Query('u') u: string) { return this.v.of(u); } }
//// D67 random instance id: silent
// plain
const me = randomUUID();
app.get('/who', (_q, res) => { console.log('served by', me); res.set('x-served-by', me).end(); });
// across
import { owner } from './owner';
app.post('/lock', async (_q, res) => { const ok = await redis.set('l:' + Date.now(), owner, 'PX', 5000, 'NX'); res.json(ok); });
// file owner.ts
import { randomBytes } from 'crypto';
export const owner = randomBytes(8).toString('hex');
// alias
@Injectable()
export class Identity { readonly id = randomUUID(); }
@Controller()
export class Who { constructor(private readonly identity: Identity) {} @Get('w') w() { const i = this.identity; console.log(i.id); return 'ok'; } }
//// D68 boot time: silent
// plain
const started = Date.now();
app.get('/up', (_q, res) => res.json({ up: Date.now() - started }));
// across
import { since } from './since';
app.get('/up', (_q, res) => res.json({ since: since.toISOString() }));
// file since.ts
export const since = new Date();
// alias
@Injectable()
export class Up { private readonly at = Date.now(); age() { return Date.now() - this.at; } }
@Controller()
export class Health { constructor(private readonly up: Up) {} @Get('h') h() { return this.up.age(); } }
//// D75 scratch emptied in the same tick: silent
// plain
const tmp: number[] = [];
function total(list: number[]) { tmp.length = 0; for (const n of list) tmp.push(n * 2); return tmp.reduce((a, b) => a + b, 0); }
app.post('/t', (req, res) => res.json(total(req.body)));
// across
import { encode } from './encode';
app.post('/e', (req, res) => res.json(encode(req.body.words)));
// file encode.ts
const scratch = new Map<string, number>();
export function encode(words: string[]) {
  scratch.clear();
  for (const w of words) scratch.set(w, (scratch.get(w) ?? 0) + 1);
  return [...scratch.entries()];
}
// alias
@Injectable()
export class Lines { private readonly buf: string[] = []; join(list: string[]) { const b = this.buf; b.length = 0; for (const x of list) b.push(x.trim()); return b.join(','); } }
@Controller()
export class Csv { constructor(private readonly lines: Lines) {} @Post('csv') csv(@Body() b: any) { return this.lines.join(b.list); } }
//// D76 double bound for tests only: silent
// plain
class MemoryUsers { private rows: any[] = []; add(u: any) { this.rows.push(u); } all() { return this.rows; } }
class SqlUsers { add(u: any) { return db.query('INSERT INTO u VALUES ($1)', [u.name]); } all() { return db.query('SELECT * FROM u'); } }
const users = process.env.NODE_ENV === 'test' ? new MemoryUsers() : new SqlUsers();
app.post('/u', async (req, res) => { await users.add(req.body); res.end(); });
app.get('/u', async (_q, res) => res.json(await users.all()));
// across
import { notes } from './notes';
app.post('/n', async (req, res) => { await notes.add(req.body); res.end(); });
app.get('/n', async (_q, res) => res.json(await notes.all()));
// file notes.ts
import { FakeNotes } from './fake';
import { Notes } from './real';
export const notes = process.env.NODE_ENV === 'test' ? new FakeNotes() : new Notes();
// file fake.ts
export class FakeNotes { private rows: any[] = []; async add(n: any) { this.rows.push(n); } async all() { return this.rows; } }
// file real.ts
export class Notes { add(n: any) { return db.query('INSERT INTO n VALUES ($1)', [n.text]); } all() { return db.query('SELECT * FROM n'); } }
// alias
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
class FakeThings { private rows: any[] = []; async add(n: any) { this.rows.push(n); } async all() { return this.rows; } }
class Things { add(n: any) { return db.query('INSERT INTO n VALUES ($1)', [n.text]); } all() { return db.query('SELECT * FROM n'); } }
@Controller('things')
export class Api { constructor(private readonly t: Things) {} @Post() add(@Body() b: any) { return this.t.add(b); } @Get() all() { return this.t.all(); } }
@Module({ controllers: [Api], providers: [{ provide: Things, useClass: process.env.NODE_ENV === 'test' ? FakeThings : Things }] })
class AppModule {}
NestFactory.create(AppModule).then((s) => s.listen(3000));
//// D77 database in memory: state-in-memory high
// plain
let todos: any[] = [];
app.post('/todos', (req, res) => { todos.push(req.body); res.end(); });
app.get('/todos', (_q, res) => res.json(todos));
app.delete('/todos/:id', (req, res) => { todos = todos.filter((t) => t.id !== req.params.id); res.end(); });
// across
import * as repo from './people';
app.post('/people', (req, res) => { repo.save(req.body); res.end(); });
app.get('/people/:id', (req, res) => res.json(repo.byId(req.params.id)));
// file people.ts
const rows = new Map<string, any>();
export function save(p: any) { rows.set(p.id, p); }
export function byId(id: string) { return rows.get(id); }
// alias
@Injectable()
export class InMemoryOrders { private readonly items: any[] = []; add(o: any) { this.items.push(o); return o; } find(id: string) { return this.items.find((o) => o.id === id); } }
@Controller('orders')
export class Orders { constructor(private readonly repo: InMemoryOrders) {} @Post() add(@Body() b: any) { return this.repo.add(b); } @Get(':id') get(@Param('id') id: string) { return this.repo.find(id); } }
//// D78 once flags: silent
// plain
let patched = false;
function patch() { if (!patched) { patched = true; Object.assign(JSON, { fast: 1 }); } }
app.get('/p', (_q, res) => { patch(); res.end(); });
// across
import { once } from './once';
app.get('/o', (_q, res) => { once(); res.end(); });
// file once.ts
const done = { warned: false };
export function once() { if (done.warned) return; done.warned = true; console.warn('deprecated'); }
// alias
@Injectable()
export class Setup { private ready = false; prepare() { const me = this; if (me.ready) return; me.ready = true; process.setMaxListeners(20); } }
@Controller()
export class A { constructor(private readonly setup: Setup) {} @Get('a') a() { this.setup.prepare(); return 1; } }
//// D79 metric objects: metrics-per-process medium
// plain
import { Counter, register } from 'prom-client';
const counters = new Map<string, Counter>();
function count(n: string) { if (!counters.has(n)) counters.set(n, new Counter({ name: n, help: n })); counters.get(n).inc(); }
app.get('/x', (_q, res) => { count('x'); res.end(); });
app.get('/metrics', async (_q, res) => res.end(await register.metrics()));
// across
import { hit } from './meters';
import { register } from 'prom-client';
app.get('/y', (_q, res) => { hit('y'); res.end(); });
app.get('/metrics', async (_q, res) => res.end(await register.metrics()));
// file meters.ts
import { Gauge } from 'prom-client';
const gauges: Record<string, Gauge> = {};
export function hit(n: string) { (gauges[n] ??= new Gauge({ name: n, help: n })).inc(); }
// alias
import { Histogram, register } from 'prom-client';
@Injectable()
export class Meters { private readonly h = new Map<string, Histogram>(); of(n: string) { const m = this.h; let x = m.get(n); if (!x) { x = new Histogram({ name: n, help: n }); m.set(n, x); } return x; } }
@Controller()
export class M { constructor(private readonly meters: Meters) {} @Get('z') z() { this.meters.of('z').observe(1); } @Get('metrics') metrics() { return register.metrics(); } }
//// D80 loggers and tokens by name: silent
// plain
import pino from 'pino';
const root = pino(), children = new Map<string, any>();
const log = (n: string) => { let c = children.get(n); if (!c) { c = root.child({ n }); children.set(n, c); } return c; };
app.get('/l/:n', (req, res) => { log(req.params.n).info('hi'); res.end(); });
// across
import { log } from './log';
app.get('/l', (req, res) => { log(req.path).info('x'); res.end(); });
// file log.ts
import winston from 'winston';
const made: Record<string, winston.Logger> = {};
export const log = (n: string) => made[n] || (made[n] = winston.createLogger({ defaultMeta: { n } }));
// alias
class Box { private tokens = new Map<any, any>(); get(k: any) { const t = this.tokens; if (!t.has(k)) t.set(k, new k()); return t.get(k); } }
class Svc { hi() { return 1; } }
const box = new Box();
app.get('/b', (_q, res) => res.json(box.get(Svc).hi()));
//// D81 nobody reads or nobody writes at run time: silent
// plain
const seen = new Map<string, any>();
app.post('/s', (req, res) => { seen.set(req.body.id, req.body); res.end(); });
export const getSeen = (id: string) => seen.get(id);
// across
import { read } from './dead';
app.get('/r/:id', (req, res) => res.json(read(req.params.id) ?? null));
// file dead.ts
const held: Record<string, any> = {};
export function read(id: string) { return held[id]; }
export function write(id: string, v: any) { held[id] = v; }
// alias
@Injectable()
export class Log { private readonly items: any[] = []; add(x: any) { this.items.push(x); } unused() { return this.items; } }
@Controller()
export class L { constructor(private readonly log: Log) {} @Post('l') l(@Body() b: any) { const g = this.log; g.add(b); } }
//// D82 exported object that only a module out of sight could write: silent
// plain
export const store: any = {};
app.get('/s/:k', (req, res) => res.json(store[req.params.k] ?? null));
// across
import { shared } from './shared';
app.get('/s', (_q, res) => res.json(shared.value ?? null));
// file shared.ts
export const shared: any = {};
// alias
@Injectable()
export class Shared { readonly bag: any = {}; }
@Controller()
export class S { constructor(private readonly shared: Shared) {} @Get('s') s(@Query('k') k: string) { return this.shared.bag[k]; } }
