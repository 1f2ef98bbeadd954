// State that a later request needs, counters, limits, allocators, queues, locks.
//// D21 kept under a user's key for a later request: state-in-memory high
// plain
const otp = new Map<string, string>();
app.post('/send', (req, res) => { otp.set(req.body.phone, '1234'); res.end(); });
app.post('/check', (req, res) => res.json(otp.get(req.body.phone) === req.body.code));
// across
import { carts } from './carts';
app.get('/cart/:u', (req, res) => res.json(carts[req.params.u] || []));
// file carts.ts
export const carts: Record<string, any> = {};
// file add.ts
import { carts as c } from './carts';
router.post('/cart/:u', (req, res) => { c[req.params.u] = req.body.items; res.end(); });
// alias
@Injectable()
export class Drafts { private readonly m = new Map<string, any>(); keep(u: string, d: any) { const x = this.m; x.set(u, d); } of(u: string) { return this.m.get(u); } }
@Controller('draft')
export class D { constructor(private readonly drafts: Drafts) {} @Put(':u') put(@Param('u') u: string, @Body() b: any) { this.drafts.keep(u, b); } @Get(':u') get(@Param('u') u: string) { return this.drafts.of(u); } }
//// D22 the same with security meaning: state-in-memory high
// plain
const resets = new Map<string, { mail: string }>();
app.post('/forgot', (req, res) => { const t = randomBytes(16).toString('hex'); resets.set(t, { mail: req.body.mail }); res.end(); });
app.post('/reset', (req, res) => { const r = resets.get(req.body.token); if (!r) return res.status(400).end(); resets.delete(req.body.token); res.json(r.mail); });
// across
import { issue, valid } from './captcha';
app.get('/captcha', (_q, res) => res.json(issue()));
app.post('/captcha', (req, res) => res.json(valid(req.body.id, req.body.text)));
// file captcha.ts
import { randomUUID } from 'crypto';
const open: Record<string, string> = {};
export function issue() { const id = randomUUID(); open[id] = Math.random().toString(36).slice(2); return id; }
export function valid(id: string, t: string) { const good = open[id] === t; delete open[id]; return good; }
// alias
@Injectable()
export class Refresh { private readonly tokens = new Map<string, string>(); add(t: string, u: string) { this.tokens.set(t, u); } user(t: string) { const m = this.tokens; return m.get(t); } }
@Controller()
export class Auth { constructor(private readonly r: Refresh) {} @Post('login') login(@Body() b: any) { const t = randomUUID(); this.r.add(t, b.user); return t; } @Post('refresh') refresh(@Body() b: any) { const u = this.r.user(b.token); if (!u) throw new HttpException('no', 401); return u; } }
//// D23 count per key against a threshold: limit-in-memory medium
// plain
const n = new Map<string, number>();
app.post('/login', (req, res) => { const c = (n.get(req.body.u) ?? 0) + 1; n.set(req.body.u, c); if (c > 5) return res.status(423).end(); res.end(); });
// across
import { failed } from './fails';
app.post('/pin', (req, res) => { if (failed(req.body.card)) return res.status(423).end(); res.end(); });
// file fails.ts
const times: Record<string, number> = {};
export function failed(card: string) { times[card] = (times[card] || 0) + 1; return times[card] >= 3; }
// alias
@Injectable()
export class Strikes { private readonly m = new Map<string, { n: number }>(); hit(u: string) { const k = this.m; const e = k.get(u) ?? { n: 0 }; e.n++; k.set(u, e); if (e.n >= 3) throw new HttpException('locked', 423); } }
@Controller()
export class Pin { constructor(private readonly strikes: Strikes) {} @Post('pin') pin(@Body() b: any) { this.strikes.hit(b.user); } }
//// D24 counters that are only shown: statistics-in-memory low
// plain
const stats = { hits: 0 };
app.get('/x', (_q, res) => { stats.hits++; res.end(); });
app.get('/stats', (_q, res) => res.json(stats));
// across
import { numbers, saw } from './numbers';
app.get('/y', (req, res) => { saw(req.path); res.end(); });
app.get('/numbers', (_q, res) => res.json(Object.fromEntries(numbers)));
// file numbers.ts
export const numbers = new Map<string, number>();
export function saw(p: string) { numbers.set(p, (numbers.get(p) || 0) + 1); }
// alias
@Injectable()
export class Tally { private served = 0; inc() { this.served += 1; } get() { return this.served; } }
@Controller()
export class Y { constructor(private readonly tally: Tally) {} @Get('y') y() { this.tally.inc(); } @Get('tally') t() { return this.tally.get(); } }
//// D25 health of upstreams and round robin: silent
// plain
const hosts = ['a', 'b', 'c'];
let rr = 0;
app.get('/p', async (_q, res) => { rr = (rr + 1) % hosts.length; res.json((await axios.get(`http://${hosts[rr]}`)).data); });
// across
import { breaker } from './breaker';
app.get('/q', async (_q, res) => res.json(await breaker.run(() => axios.get('http://up.example'))));
// file breaker.ts
class Breaker {
  private fails = 0; private openUntil = 0;
  async run(f: () => Promise<any>) {
    if (Date.now() < this.openUntil) throw new Error('open');
    try { const r = await f(); this.fails = 0; return r; } catch (e) { if (++this.fails > 5) this.openUntil = Date.now() + 10000; throw e; }
  }
}
export const breaker = new Breaker();
// alias
@Injectable()
export class Balancer { private readonly hosts = ['h1', 'h2']; private at = 0; next() { const me = this; const h = me.hosts[me.at++ % me.hosts.length]; return h; } }
@Controller()
export class G { constructor(private readonly b: Balancer) {} @Get('g') async g() { return (await axios.get(`http://${this.b.next()}`)).data; } }
//// D26 number that becomes part of a stored id: counter-in-memory high
// plain
let seq = 0;
app.post('/invoice', async (req, res) => { const no = 'INV-' + (++seq); await db.query('INSERT INTO inv VALUES ($1, $2)', [no, req.body.sum]); res.json(no); });
// across
import { orderNumber } from './order-number';
app.post('/order', async (req, res) => { const id = orderNumber(); await db.query('INSERT INTO o VALUES ($1, $2)', [id, req.body.sum]); res.json(id); });
// file order-number.ts
let last = 1000;
export function orderNumber() { last += 1; return `${new Date().getFullYear()}-${last}`; }
// alias
@Injectable()
export class Numbers { private n = 1; next() { const s = this; return s.n++; } }
@Controller()
export class Tickets { constructor(private readonly numbers: Numbers, private readonly source: DataSource) {} @Post('t') async t(@Body() b: any) { const id = this.numbers.next(); await this.source.query('INSERT INTO t VALUES ($1, $2)', [id, b.text]); return { id }; } }
//// D27 request number for logs or for the own connection: silent
// plain
let n = 0;
app.use((req, _res, next) => { console.log(`#${++n} ${req.path}`); next(); });
app.get('/x', (_q, res) => res.end());
// across
import { call } from './rpc';
app.get('/b', async (_q, res) => res.json(await call('eth_blockNumber')));
// file rpc.ts
let id = 0;
export async function call(method: string) { const r = await axios.post('http://node.example', { jsonrpc: '2.0', id: ++id, method }); return r.data.result; }
// alias
@Injectable()
export class Trace { private seq = 0; start(p: string) { const t = this; const no = ++t.seq; console.log(`[${no}] ${p}`); } }
@Controller()
export class X { constructor(private readonly trace: Trace) {} @Get('x') x() { this.trace.start('x'); return 1; } }
//// D28 allocator: allocator-in-memory high
// plain
const used = new Set<number>();
function free() { for (let p = 4000; p < 4100; p++) if (!used.has(p)) { used.add(p); return p; } throw new Error('none'); }
app.post('/room', (_q, res) => res.json(free()));
// across
import { reserve } from './slots';
app.post('/slot', (req, res) => res.json(reserve(req.body.who)));
app.delete('/slot/:n', (req, res) => { release(Number(req.params.n)); res.end(); });
import { release } from './slots';
// file slots.ts
const taken: Record<number, string> = {};
export function reserve(who: string) { let n = 1; while (taken[n]) n++; taken[n] = who; return n; }
export function release(n: number) { delete taken[n]; }
// alias
@Injectable()
export class Ports { private readonly busy = new Map<number, string>(); take(u: string) { const b = this.busy; const free = Array.from({ length: 50 }, (_x, i) => 7000 + i).find((p) => !b.has(p)); b.set(free, u); return free; } give(p: number) { this.busy.delete(p); } }
@Controller()
export class R { constructor(private readonly ports: Ports) {} @Post('r') r(@Body() b: any) { return this.ports.take(b.u); } @Delete('r/:p') d(@Param('p') p: number) { this.ports.give(p); } }
//// D29 allocator whose choice meets a unique constraint: mitigated allocator-in-memory
// plain: undecided the insert that fails and tries the next one is not joined to the set: said as if nobody caught it
const used = new Set<number>();
app.post('/seat', async (req, res) => {
  for (let s = 1; s < 100; s++) {
    if (used.has(s)) continue;
    used.add(s);
    try { await prisma.seat.create({ data: { number: s, who: req.body.who } }); return res.json(s); } catch (e: any) { if (e.code !== 'P2002') throw e; }
  }
  res.status(409).end();
});
// across: undecided as plain
import { seat } from './seat';
app.post('/s', async (req, res) => res.json(await seat(req.body.who)));
// file seat.ts
const gone: Record<number, boolean> = {};
export async function seat(who: string) { for (let n = 1; n < 50; n++) { if (gone[n]) continue; gone[n] = true; try { await db.query('INSERT INTO seat(n, who) VALUES ($1, $2)', [n, who]); return n; } catch (e: any) { if (e.code !== '23505') throw e; } } }
// alias: undecided as plain
@Injectable()
export class Seats { private readonly out = new Set<number>(); constructor(private readonly source: DataSource) {} async take(who: string) { const o = this.out; for (let n = 1; n < 9; n++) { if (o.has(n)) continue; o.add(n); try { await this.source.query('INSERT INTO s VALUES ($1, $2)', [n, who]); return n; } catch { continue; } } } }
@Controller()
export class St { constructor(private readonly seats: Seats) {} @Post('s') s(@Body() b: any) { return this.seats.take(b.who); } }
//// D30 in memory only where Redis is missing: allocator-in-memory medium
// plain
import Redis from 'ioredis';
const store = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : null;
const used = new Set<number>();
app.post('/p', async (_q, res) => {
  if (store) { for (let p = 1; p < 9; p++) if (await store.set(`p${p}`, '1', 'NX')) return res.json(p); }
  else { for (let p = 1; p < 9; p++) if (!used.has(p)) { used.add(p); return res.json(p); } }
  res.end();
});
// across
import { take } from './take';
app.post('/q', async (_q, res) => res.json(await take()));
// file take.ts
import { shared } from './shared';
const local: Record<number, boolean> = {};
export async function take() {
  if (shared) return shared.incr('n');
  for (let i = 0; i < 10; i++) if (!local[i]) { local[i] = true; return i; }
}
// file shared.ts
import Redis from 'ioredis';
export const shared = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : undefined;
// alias
import Redis from 'ioredis';
@Injectable()
export class Lines {
  private readonly busy = new Set<number>();
  private readonly redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : null;
  async take() { const b = this.busy; if (this.redis) return this.redis.incr('l'); for (let i = 0; i < 9; i++) if (!b.has(i)) { b.add(i); return i; } }
}
@Controller()
export class L { constructor(private readonly lines: Lines) {} @Post('l') l() { return this.lines.take(); } }
//// D31 queue: pushed by requests, drained by a loop: queue-in-memory medium
// plain
const jobs: any[] = [];
app.post('/job', (req, res) => { jobs.push(req.body); res.end(); });
setInterval(() => { const j = jobs.shift(); if (j) console.log(j.name); }, 100);
// across
import { enqueue } from './work';
app.post('/work', (req, res) => { enqueue(req.body); res.end(); });
// file work.ts
const waiting: any[] = [];
let busy = false;
export function enqueue(x: any) { waiting.push(x); if (!busy) drain(); }
async function drain() { busy = true; while (waiting.length) { const x = waiting.shift(); await new Promise((r) => setTimeout(r, x.ms)); } busy = false; }
// alias
@Injectable()
export class Jobs { private readonly list: any[] = []; add(j: any) { const l = this.list; l.push(j); } @Interval(1000) tick() { const l = this.list; while (l.length) { const j = l.shift(); console.log(j.id); } } }
@Controller()
export class J { constructor(private readonly jobs: Jobs) {} @Post('j') j(@Body() b: any) { this.jobs.add(b); } }
//// D32 write buffer flushed as a whole: silent
// plain
let buf: any[] = [];
async function flush() { const rows = buf; buf = []; for (const r of rows) await db.query('INSERT INTO hits VALUES ($1)', [r.path]); }
app.use((req, _res, next) => { buf.push({ path: req.path }); if (buf.length > 100) flush(); next(); });
process.on('SIGTERM', flush);
app.get('/x', (_q, res) => res.end());
// across
import { record } from './record';
app.get('/y', (req, res) => { record({ ip: req.ip }); res.end(); });
// file record.ts
const lines: any[] = [];
export function record(l: any) { lines.push(l); }
setInterval(async () => { const out = lines.splice(0); if (out.length) await prisma.visit.createMany({ data: out }); }, 5000);
process.once('SIGINT', async () => { await prisma.visit.createMany({ data: lines.splice(0) }); });
// alias
@Injectable()
export class Events implements OnModuleDestroy {
  private pending: any[] = [];
  constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {}
  add(e: any) { this.pending.push(e); if (this.pending.length >= 50) void this.flush(); }
  private async flush() { const me = this; const batch = me.pending; me.pending = []; await this.repo.insert(batch); }
  onModuleDestroy() { return this.flush(); }
}
@Controller()
export class E { constructor(private readonly events: Events) {} @Post('e') e(@Body() b: any) { this.events.add(b); } }
//// D33 dedupe set: dedupe-in-memory high
// plain
const seen = new Set<string>();
app.post('/webhook', async (req, res) => { if (seen.has(req.body.id)) return res.end(); seen.add(req.body.id); await db.query('UPDATE acc SET b = b + $1', [req.body.sum]); res.end(); });
// across
import { first } from './first';
app.post('/hook', async (req, res) => { if (!first(req.body.event)) return res.end(); await db.query('INSERT INTO pay VALUES ($1)', [req.body.sum]); res.end(); });
// file first.ts
const handled: Record<string, boolean> = {};
export function first(e: string) { if (handled[e]) return false; handled[e] = true; return true; }
// alias
@Injectable()
export class Once { private readonly ids = new Set<string>(); isNew(id: string) { const s = this.ids; if (s.has(id)) return false; s.add(id); return true; } }
@Controller()
export class Pay { constructor(private readonly once: Once, private readonly source: DataSource) {} @Post('p') async p(@Body() b: any) { if (!this.once.isNew(b.id)) return; await this.source.query('INSERT INTO p VALUES ($1)', [b.id]); } }
//// D34 warned once per key: silent
// plain
const warned = new Set<string>();
app.get('/old/:k', (req, res) => { if (!warned.has(req.params.k)) { console.warn('old', req.params.k); warned.add(req.params.k); } res.end(); });
// across
import { warnOnce } from './warn';
app.get('/w', (req, res) => { warnOnce(String(req.query.k)); res.end(); });
// file warn.ts
const told: Record<string, boolean> = {};
export function warnOnce(k: string) { if (told[k]) return; told[k] = true; logger.warn(`unknown key ${k}`); }
// alias
@Injectable()
export class Noise { private readonly s = new Set<string>(); say(k: string) { const x = this.s; if (x.has(k)) return; x.add(k); console.log('seen', k); } }
@Controller()
export class W { constructor(private readonly noise: Noise) {} @Get('w') w(@Query('k') k: string) { this.noise.say(k); return 1; } }
//// D35 told once, but customers see it: dedupe-in-memory high
// plain
const sent = new Set<string>();
app.post('/low', async (req, res) => { if (!sent.has(req.body.user)) { sent.add(req.body.user); await mailer.sendMail({ to: req.body.user, subject: 'low' }); } res.end(); });
// across
import { greet } from './greet';
app.post('/hi', async (req, res) => { await greet(req.body.mail); res.end(); });
// file greet.ts
const greeted: Record<string, boolean> = {};
export async function greet(m: string) { if (greeted[m]) return; greeted[m] = true; await mailer.sendMail({ to: m, subject: 'hi' }); }
// alias
@Injectable()
export class Alerts { private readonly done = new Set<string>(); async alert(u: string) { const d = this.done; if (d.has(u)) return; d.add(u); await mailer.sendMail({ to: u, subject: 'x' }); } }
@Controller()
export class A { constructor(private readonly alerts: Alerts) {} @Post('a') a(@Body() b: any) { return this.alerts.alert(b.u); } }
//// D36 lock in memory around a shared resource: library-lock-in-memory high
// plain
import { Mutex } from 'async-mutex';
const mutex = new Mutex();
app.post('/debit', async (req, res) => { await mutex.runExclusive(() => db.query('UPDATE a SET b = b - $1', [req.body.n])); res.end(); });
// across
import { guarded } from './guarded';
app.post('/buy', async (req, res) => { await guarded(() => db.query('UPDATE stock SET n = n - 1')); res.end(); });
// file guarded.ts
import AsyncLock from 'async-lock';
const lock = new AsyncLock();
export const guarded = (f: () => Promise<any>) => lock.acquire('stock', f);
// alias
import { Semaphore } from 'async-mutex';
@Injectable()
export class Gate { private readonly s = new Semaphore(1); run(f: () => Promise<any>) { const g = this.s; return g.runExclusive(f); } }
@Controller()
export class Buy { constructor(private readonly gate: Gate, private readonly source: DataSource) {} @Post('b') b(@Body() b: any) { return this.gate.run(() => this.source.query('UPDATE s SET n = n - $1', [b.n])); } }
//// D37 flag that keeps a job from overlapping itself: silent
// plain
let busy = false;
setInterval(async () => { if (busy) return; busy = true; try { await axios.get('http://x.example'); } finally { busy = false; } }, 1000);
app.get('/x', (_q, res) => res.end());
// across
import { poll } from './poll';
setInterval(poll, 5000);
app.get('/x', (_q, res) => res.end());
// file poll.ts
const s = { running: false };
export async function poll() { if (s.running) return; s.running = true; await new Promise((r) => setTimeout(r, 10)); s.running = false; }
// alias
@Injectable()
export class Sweep { private active = false; @Interval(1000) async tick() { const me = this; if (me.active) return; me.active = true; try { await new Promise((r) => setTimeout(r, 5)); } finally { me.active = false; } } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// D52 context of one request: silent
// plain
const ctx = new Map<string, number>();
app.use((req, res, next) => { const id = randomUUID(); ctx.set(id, Date.now()); res.on('finish', () => { console.log(Date.now() - ctx.get(id)); ctx.delete(id); }); next(); });
app.get('/x', (_q, res) => res.end());
// across: undecided the key leaves in a property of the request and comes back through it: who else may know it is not followed
import { enter, leave } from './scopes';
app.use((req: any, res, next) => { req.key = enter(); res.on('close', () => leave(req.key)); next(); });
app.get('/x', (_q, res) => res.end());
// file scopes.ts
const open: Record<string, number> = {};
let n = 0;
export function enter() { const k = `r${n++}`; open[k] = Date.now(); return k; }
export function leave(k: string) { console.log(Date.now() - open[k]); delete open[k]; }
// alias
import { tap } from 'rxjs/operators';
@Injectable()
export class Timing implements NestInterceptor { private readonly m = new Map<string, number>(); intercept(c: ExecutionContext, next: any) { const m = this.m, id = randomUUID(); m.set(id, Date.now()); return next.handle().pipe(tap(() => { console.log(m.get(id)); m.delete(id); })); } }
import { UseInterceptors } from '@nestjs/common';
@UseInterceptors(Timing)
@Controller()
export class X { @Get('x') x() { return 1; } }
//// D53 weak map by request or object: silent
// plain
const meta = new WeakMap<object, number>();
app.use((req, _res, next) => { meta.set(req, Date.now()); next(); });
app.get('/x', (req, res) => res.json(meta.get(req)));
// across
import { mark, of } from './marks';
app.get('/x', (req, res) => { mark(req); res.json(of(req)); });
// file marks.ts
const w = new WeakMap();
export const mark = (r: object) => w.set(r, Math.random());
export const of = (r: object) => w.get(r);
// alias
@Injectable()
export class Seen { private readonly s = new WeakSet<object>(); first(o: object) { const x = this.s; if (x.has(o)) return false; x.add(o); return true; } }
@Controller()
export class X { constructor(private readonly seen: Seen) {} @Get('x') x(@Req() r: any) { return this.seen.first(r); } }
//// D54 asynchronous local storage: silent
// plain
import { AsyncLocalStorage } from 'async_hooks';
const als = new AsyncLocalStorage<{ user: string }>();
app.use((req, _res, next) => als.run({ user: String(req.headers.u) }, next));
app.get('/x', (_q, res) => res.json(als.getStore().user));
// across
import { als } from './als';
app.use((req, _res, next) => als.run(new Map([['p', req.path]]), () => next()));
app.get('/x', (_q, res) => { als.getStore().set('k', 1); res.json(als.getStore().get('p')); });
// file als.ts
import { AsyncLocalStorage } from 'node:async_hooks';
export const als = new AsyncLocalStorage<Map<string, any>>();
// alias
import { AsyncLocalStorage } from 'async_hooks';
@Injectable()
export class Ctx { private readonly als = new AsyncLocalStorage<any>(); run(v: any, f: () => any) { return this.als.run(v, f); } set(k: string, v: any) { const s = this.als.getStore(); s[k] = v; } get(k: string) { return this.als.getStore()[k]; } }
@Controller()
export class X { constructor(private readonly ctx: Ctx) {} @Get('x') x(@Query('q') q: string) { return this.ctx.run({}, () => { this.ctx.set('q', q); return this.ctx.get('q'); }); } }
//// D55 rate limit behind middleware: limit-in-memory medium
// plain
const hits = new Map<string, { n: number; at: number }>();
app.use((req, res, next) => { const e = hits.get(req.ip) || { n: 0, at: Date.now() }; if (Date.now() - e.at > 60000) { e.n = 0; e.at = Date.now(); } e.n++; hits.set(req.ip, e); if (e.n > 100) return res.status(429).end(); next(); });
app.get('/x', (_q, res) => res.end());
// across
import { throttle } from './throttle';
app.get('/x', throttle, (_q, res) => res.end());
// file throttle.ts
const recent: Record<string, number[]> = {};
export function throttle(req: any, res: any, next: any) { const now = Date.now(); const list = (recent[req.ip] || []).filter((t) => now - t < 1000); list.push(now); recent[req.ip] = list; if (list.length > 10) return res.status(429).end(); next(); }
// alias
@Injectable()
export class Buckets { private readonly m = new Map<string, number>(); take(k: string) { const b = this.m; const left = b.get(k) ?? 10; if (left <= 0) return false; b.set(k, left - 1); return true; } }
@Injectable()
export class Limit implements CanActivate { constructor(private readonly b: Buckets) {} canActivate(c: ExecutionContext) { return this.b.take(c.switchToHttp().getRequest().ip); } }
@UseGuards(Limit)
@Controller()
export class X { @Get('x') x() { return 1; } }
//// D56 limit on calls that go out: outbound-limit-in-memory medium | limit-in-memory medium | rate-limit-store-in-memory medium
// plain
import Bottleneck from 'bottleneck';
const bucket = new Bottleneck({ maxConcurrent: 1, minTime: 200 });
app.get('/x', async (_q, res) => res.json(await bucket.schedule(() => axios.get('http://x.example').then((r) => r.data))));
// across
import { outgoing } from './outgoing';
app.get('/y', async (_q, res) => res.json(await outgoing('http://x.example')));
// file outgoing.ts
import { RateLimiter } from 'limiter';
const limiter = new RateLimiter({ tokensPerInterval: 5, interval: 'second' });
export async function outgoing(u: string) { await limiter.removeTokens(1); return (await axios.get(u)).data; }
// alias
import Bottleneck from 'bottleneck';
@Injectable()
export class Out { private readonly b = new Bottleneck({ minTime: 100 }); get(u: string) { const q = this.b; return q.schedule(() => axios.get(u)); } }
@Controller()
export class X { constructor(private readonly out: Out) {} @Get('x') async x() { return (await this.out.get('http://x.example')).data; } }
//// D57 session made at login, read by middleware: state-in-memory high
// plain
const sessions: Record<string, any> = {};
app.post('/login', (req, res) => { const t = randomUUID(); sessions[t] = { uid: req.body.u }; res.json(t); });
app.use((req, res, next) => { const s = sessions[req.headers.token as string]; if (!s) return res.status(401).end(); (req as any).user = s; next(); });
app.get('/me', (req, res) => res.json((req as any).user));
// across
import { known } from './tickets';
import { check } from './check';
app.get('/me', check, (req, res) => res.json((req as any).who));
app.post('/in', (req, res) => { const k = Math.random().toString(36); known.set(k, req.body.name); res.json(k); });
// file tickets.ts
export const known = new Map<string, string>();
// file check.ts
import { known as k } from './tickets';
export function check(req: any, res: any, next: any) { req.who = k.get(req.headers.ticket); if (!req.who) return res.status(401).end(); next(); }
// alias
@Injectable()
export class Sessions { private readonly m = new Map<string, any>(); start(u: string) { const id = randomUUID(); this.m.set(id, { u }); return id; } find(id: string) { return this.m.get(id); } }
@Injectable()
export class Signed implements CanActivate { constructor(private readonly s: Sessions) {} canActivate(c: ExecutionContext) { return !!this.s.find(c.switchToHttp().getRequest().headers.sid); } }
@Controller()
export class In { constructor(private readonly s: Sessions) {} @Post('in') in(@Body() b: any) { return this.s.start(b.user); } @UseGuards(Signed) @Get('me') me() { return 1; } }
//// D59 window over messages of a queue: state-in-memory high | limit-in-memory medium
// plain
import { Worker } from 'bullmq';
const agg = new Map<string, any[]>();
new Worker('clicks', async (job) => { const l = agg.get(job.data.user) || []; l.push(job.data); agg.set(job.data.user, l); if (l.length > 10) { await db.query('INSERT INTO burst VALUES ($1)', [job.data.user]); agg.delete(job.data.user); } }, { connection: { host: 'r' } });
// across
import amqp from 'amqplib';
import { collect } from './window';
async function main() { const c = await amqp.connect('amqp://r'); const ch = await c.createChannel(); await ch.consume('pay', (m) => { const x = JSON.parse(String(m.content)); if (collect(x.user, x.sum) > 1000) ch.sendToQueue('alarm', m.content); ch.ack(m); }); }
main();
// file window.ts
const sums: Record<string, number> = {};
export function collect(u: string, n: number) { sums[u] = (sums[u] || 0) + n; return sums[u]; }
// alias
@Injectable()
export class Windows { private readonly m = new Map<string, any[]>(); add(u: string, x: any) { const w = this.m; if (!w.has(u)) w.set(u, []); w.get(u).push(x); return w.get(u).length; } }
@Processor('q')
export class Q extends WorkerHost { constructor(private readonly w: Windows) { super(); } async process(job: any) { if (this.w.add(job.data.u, job.data) >= 3) await axios.post('http://x.example', job.data); } }
//// D60 workflow step between messages: state-in-memory high
// plain
import { Worker } from 'bullmq';
const flow = new Map<string, string>();
new Worker('orders', async (job) => { if (job.name === 'paid') flow.set(job.data.id, 'paid'); if (job.name === 'packed' && flow.get(job.data.id) === 'paid') await axios.post('http://ship.example', job.data); }, { connection: { host: 'r' } });
// across
import { Worker } from 'bullmq';
import { steps } from './steps';
import './second';
new Worker('a', async (job) => { steps[job.data.order] = job.data.step; }, { connection: { host: 'r' } });
// file steps.ts
export const steps: Record<string, string> = {};
// file second.ts
import { Worker } from 'bullmq';
import { steps as s } from './steps';
new Worker('b', async (job) => { if (s[job.data.order] !== 'ready') throw new Error('early'); await axios.post('http://x.example', job.data); }, { connection: { host: 'r' } });
// alias
@Injectable()
export class Saga { private readonly at = new Map<string, number>(); move(id: string, n: number) { this.at.set(id, n); } where(id: string) { const m = this.at; return m.get(id); } }
@Processor('one')
export class One extends WorkerHost { constructor(private readonly saga: Saga) { super(); } async process(job: any) { this.saga.move(job.data.id, 1); } }
@Processor('two')
export class Two extends WorkerHost { constructor(private readonly saga: Saga) { super(); } async process(job: any) { if (this.saga.where(job.data.id) === 1) await axios.post('http://x.example', job.data); } }
//// D61 parts collected over requests: state-in-memory high
// plain
const parts: Record<string, any[]> = {};
app.post('/part/:id', (req, res) => { (parts[req.params.id] ||= []).push(req.body.data); res.end(); });
app.post('/done/:id', (req, res) => { const all = parts[req.params.id]; delete parts[req.params.id]; res.json(all.join('')); });
// across
import { addChunk, join } from './chunks';
app.post('/chunk/:id', (req, res) => { addChunk(req.params.id, req.body.n, req.body.data); res.end(); });
app.post('/join/:id', (req, res) => res.json(join(req.params.id)));
// file chunks.ts
const up = new Map<string, string[]>();
export function addChunk(id: string, n: number, d: string) { const l = up.get(id) ?? []; l[n] = d; up.set(id, l); }
export function join(id: string) { const l = up.get(id); up.delete(id); return l.join(''); }
// alias
@Injectable()
export class Uploads { private readonly m = new Map<string, string[]>(); put(id: string, d: string) { const u = this.m; if (!u.has(id)) u.set(id, []); u.get(id).push(d); } end(id: string) { const l = this.m.get(id); this.m.delete(id); return l; } }
@Controller()
export class U { constructor(private readonly uploads: Uploads) {} @Post('u/:id') u(@Param('id') id: string, @Body() b: any) { this.uploads.put(id, b.d); } @Post('e/:id') e(@Param('id') id: string) { return this.uploads.end(id); } }
//// D62 progress that the client polls: state-in-memory high
// plain
const progress = new Map<string, number>();
app.post('/import', (req, res) => { const id = randomUUID(); progress.set(id, 0); (async () => { for (let i = 0; i < 100; i++) { await new Promise((r) => setTimeout(r, 10)); progress.set(id, i); } })(); res.json(id); });
app.get('/progress/:id', (req, res) => res.json(progress.get(req.params.id)));
// across
import { begin, state } from './exports';
app.post('/export', (req, res) => res.json(begin(req.body.rows)));
app.get('/export/:id', (req, res) => res.json(state(req.params.id)));
// file exports.ts
import { randomUUID } from 'crypto';
const runs: Record<string, { done: boolean }> = {};
export function begin(rows: any[]) { const id = randomUUID(); runs[id] = { done: false }; setTimeout(() => { runs[id].done = true; }, rows.length); return id; }
export const state = (id: string) => runs[id];
// alias
@Injectable()
export class Progress { private readonly m = new Map<string, string>(); set(k: string, v: string) { this.m.set(k, v); } get(k: string) { const x = this.m; return x.get(k); } }
@Controller('run')
export class Run { constructor(private readonly p: Progress) {} @Post() start(@Body() b: any) { this.p.set(b.name, 'started'); setTimeout(() => this.p.set(b.name, 'done'), 100); } @Get(':n') get(@Param('n') n: string) { return this.p.get(n); } }
//// D66 secret drawn at load: secret-made-at-start high
// plain
const KEY = randomBytes(32);
app.post('/login', (req, res) => res.json(jwt.sign({ u: req.body.u }, KEY)));
app.get('/me', (req, res) => res.json(jwt.verify(String(req.headers.t), KEY)));
// across
import { sign, check } from './sign';
app.post('/link', (req, res) => res.json(sign(req.body.path)));
app.get('/link', (req, res) => res.json(check(String(req.query.path), String(req.query.s))));
// file sign.ts
import { createHmac, randomBytes } from 'crypto';
const salt = randomBytes(16).toString('hex');
export const sign = (t: string) => createHmac('sha256', salt).update(t).digest('hex');
export const check = (t: string, s: string) => sign(t) === s;
// alias
@Injectable()
export class Keys { private readonly secret = randomBytes(32).toString('hex'); make(u: string) { const k = this.secret; return jwt.sign({ u }, k); } read(t: string) { return jwt.verify(t, this.secret); } }
@Controller()
export class K { constructor(private readonly keys: Keys) {} @Post('k') k(@Body() b: any) { return this.keys.make(b.u); } @Get('k') r(@Query('t') t: string) { return this.keys.read(t); } }
//// D69 number read from the database at boot, counted on in memory: counter-in-memory high
// plain
let next = 0;
db.query('SELECT max(no) AS m FROM inv').then((r) => { next = r.rows[0].m + 1; });
app.post('/inv', async (req, res) => { const no = next++; await db.query('INSERT INTO inv VALUES ($1, $2)', [no, req.body.sum]); res.json(no); });
// across
import { begin, number } from './numbers';
begin();
app.post('/o', async (_q, res) => { const n = number(); await db.query('INSERT INTO o VALUES ($1)', [n]); res.json({ n }); });
// file numbers.ts
let at = 0;
export async function begin() { at = (await db.query('SELECT max(n) m FROM o')).rows[0].m; }
export function number() { at += 1; return at; }
// alias
@Injectable()
export class Seq implements OnModuleInit { private n = 0; constructor(private readonly source: DataSource) {} async onModuleInit() { this.n = (await this.source.query('SELECT max(id) m FROM t'))[0].m; } take() { return ++this.n; } }
@Controller()
export class T { constructor(private readonly seq: Seq, private readonly source: DataSource) {} @Post('t') async t(@Body() b: any) { const id = this.seq.take(); await this.source.query('INSERT INTO t VALUES ($1, $2)', [id, b.x]); return { id }; } }
//// D72 cursor of a poller: schedule-in-every-process high
// plain
let lastId = 0;
setInterval(async () => { const { rows } = await db.query('SELECT * FROM outbox WHERE id > $1', [lastId]); for (const r of rows) { await axios.post('http://x.example', r); lastId = r.id; } }, 1000);
app.get('/x', (_q, res) => res.end());
// across
import { poll } from './poll';
setInterval(poll, 2000);
app.get('/x', (_q, res) => res.end());
// file poll.ts
const cursor = { since: new Date(0) };
export async function poll() { const rows = await prisma.order.findMany({ where: { at: { gt: cursor.since } } }); for (const r of rows) { await mailer.sendMail({ to: r.mail }); cursor.since = r.at; } }
// alias
@Injectable()
export class Poller { private since = 0; constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {} @Interval(1000) async tick() { const me = this; const rows = await this.repo.find(); for (const r of rows) if (r.id > me.since) { me.since = r.id; await mailer.sendMail({ to: r.mail }); } } }
@Controller()
export class X { @Get('x') x() { return 1; } }
//// D73 nonce issued and checked by different requests: state-in-memory high
// plain
const nonces = new Set<string>();
app.get('/nonce', (_q, res) => { const n = randomUUID(); nonces.add(n); res.json(n); });
app.post('/prove', (req, res) => { if (!nonces.delete(req.body.nonce)) return res.status(400).end(); res.end(); });
// across
import { challenge, take } from './challenge';
app.get('/c/:u', (req, res) => res.json(challenge(req.params.u)));
app.post('/c/:u', (req, res) => res.json(take(req.params.u) === req.body.answer));
// file challenge.ts
const asked: Record<string, string> = {};
export function challenge(u: string) { asked[u] = Math.random().toString(); return asked[u]; }
export function take(u: string) { const c = asked[u]; delete asked[u]; return c; }
// alias
@Injectable()
export class States { private readonly s = new Set<string>(); issue() { const x = randomUUID(); this.s.add(x); return x; } ok(x: string) { const s = this.s; if (!s.has(x)) return false; s.delete(x); return true; } }
@Controller()
export class O { constructor(private readonly states: States) {} @Get('go') go() { return this.states.issue(); } @Get('back') back(@Query('state') x: string) { if (!this.states.ok(x)) throw new HttpException('no', 400); return 1; } }
