// Copies of what lives elsewhere: judged by how they are filled and who clears them.
//// D13 read-through with a time limit, nobody invalidates: cache-in-memory low
// plain
const c = new Map<string, { v: any; until: number }>();
app.get('/u/:id', async (req, res) => {
  const hit = c.get(req.params.id);
  if (hit && hit.until > Date.now()) return res.json(hit.v);
  const v = (await db.query('SELECT * FROM u WHERE id=$1', [req.params.id])).rows[0];
  c.set(req.params.id, { v, until: Date.now() + 60000 });
  res.json(v);
});
// across
import { article } from './articles';
app.get('/a/:slug', async (req, res) => res.json(await article(req.params.slug)));
// file articles.ts
const kept: Record<string, any> = {};
export async function article(slug: string) {
  if (kept[slug]) return kept[slug];
  const row = await prisma.article.findUnique({ where: { slug } });
  kept[slug] = row;
  setTimeout(() => { delete kept[slug]; }, 30000);
  return row;
}
// alias
@Injectable()
export class Names {
  private readonly names = new Map<number, { name: string; at: number }>();
  constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {}
  async of(id: number) {
    const m = this.names, got = m.get(id);
    if (got && Date.now() - got.at < 5000) return got.name;
    const row = await this.repo.findOne({ where: { id } });
    m.set(id, { name: row.name, at: Date.now() });
    return row.name;
  }
}
@Controller()
export class N { constructor(private readonly names: Names) {} @Get('n/:id') n(@Param('id') id: number) { return this.names.of(id); } }
//// D14 read-through, deleted by a write handler: cache-invalidated-locally medium
// plain
const cache = new Map<string, any>();
app.get('/u/:id', async (req, res) => {
  if (!cache.has(req.params.id)) cache.set(req.params.id, (await db.query('SELECT * FROM u WHERE id=$1', [req.params.id])).rows[0]);
  res.json(cache.get(req.params.id));
});
app.put('/u/:id', async (req, res) => { await db.query('UPDATE u SET name=$2 WHERE id=$1', [req.params.id, req.body.name]); cache.delete(req.params.id); res.end(); });
// across
import { load, forget } from './pages';
app.get('/p/:id', async (req, res) => res.json(await load(req.params.id)));
app.put('/p/:id', async (req, res) => { await prisma.page.update({ where: { id: req.params.id }, data: { text: req.body.text } }); forget(req.params.id); res.end(); });
// file pages.ts
const held: Record<string, any> = {};
export async function load(id: string) { let p = held[id]; if (!p) { p = await prisma.page.findUnique({ where: { id } }); held[id] = p; } return p; }
export function forget(id: string) { delete held[id]; }
// alias
@Injectable()
export class Kept { private readonly m = new Map<string, any>(); get(k: string) { return this.m.get(k); } set(k: string, v: any) { this.m.set(k, v); } drop(k: string) { this.m.delete(k); } }
@Controller('items')
export class Items {
  constructor(private readonly kept: Kept, @InjectRepository(Object) private readonly repo: Repository<any>) {}
  @Get(':id') async get(@Param('id') id: string) { let v = this.kept.get(id); if (!v) { v = await this.repo.findOneBy({ id }); this.kept.set(id, v); } return v; }
  @Put(':id') async put(@Param('id') id: string, @Body() b: any) { await this.repo.update(id, { title: b.title }); this.kept.drop(id); }
}
//// D15 the same with permissions: cache-invalidated-locally medium
// plain
const perm = new Map<string, string[]>();
app.use(async (req, res, next) => {
  const u = req.headers.user as string;
  let p = perm.get(u);
  if (!p) { p = (await db.query('SELECT p FROM perm WHERE u=$1', [u])).rows; perm.set(u, p); }
  if (!p.length) return res.status(403).end();
  next();
});
app.put('/role/:u', async (req, res) => { await db.query('UPDATE perm SET p=$2 WHERE u=$1', [req.params.u, req.body.p]); perm.delete(req.params.u); res.end(); });
// across
import { rolesOf } from './roles';
app.get('/me', async (req, res) => res.json(await rolesOf(String(req.query.u))));
// file roles.ts
export const roles = new Map<string, any>();
export async function rolesOf(u: string) { if (roles.has(u)) return roles.get(u); const r = await prisma.role.findMany({ where: { u } }); roles.set(u, r); return r; }
// file admin.ts
import { roles as granted } from './roles';
router.post('/grant', async (req, res) => { await prisma.role.create({ data: { u: req.body.u, name: req.body.name } }); granted.delete(req.body.u); res.end(); });
// alias
@Injectable()
export class Access {
  private readonly by = new Map<string, any>();
  constructor(private readonly source: DataSource) {}
  async can(u: string) { const b = this.by; if (!b.has(u)) b.set(u, await this.source.query('SELECT p FROM p WHERE u=$1', [u])); return b.get(u); }
  async revoke(u: string) { await this.source.query('DELETE FROM p WHERE u=$1', [u]); this.by.delete(u); }
}
@Controller()
export class Acl { constructor(private readonly access: Access) {} @Get('can') can(@Query('u') u: string) { return this.access.can(u); } @Delete('can/:u') no(@Param('u') u: string) { return this.access.revoke(u); } }
//// D16 read-through for ever, the entity is changed elsewhere in the app: entity-cache-for-life medium
// plain
const names = new Map<string, string>();
app.get('/name/:id', async (req, res) => {
  let n = names.get(req.params.id);
  if (!n) { n = (await prisma.user.findUnique({ where: { id: req.params.id } })).name; names.set(req.params.id, n); }
  res.json(n);
});
app.put('/name/:id', async (req, res) => { await prisma.user.update({ where: { id: req.params.id }, data: { name: req.body.name } }); res.end(); });
// across
import { titleOf } from './titles';
app.get('/t/:id', async (req, res) => res.json(await titleOf(req.params.id)));
app.put('/t/:id', async (req, res) => { await prisma.book.update({ where: { id: req.params.id }, data: { title: req.body.title } }); res.end(); });
// file titles.ts
const kept: Record<string, any> = {};
export async function titleOf(id: string) { if (!kept[id]) kept[id] = await prisma.book.findUnique({ where: { id } }); return kept[id]; }
// alias
@Entity() export class City { @PrimaryColumn() id: number; @Column() name: string; }
@Injectable()
export class Cities {
  private readonly m = new Map<number, City>();
  constructor(@InjectRepository(City) private readonly repo: Repository<City>) {}
  async one(id: number) { const k = this.m; let c = k.get(id); if (!c) { c = await this.repo.findOneBy({ id }); k.set(id, c); } return c; }
  rename(id: number, name: string) { return this.repo.update(id, { name }); }
}
@Controller()
export class C { constructor(private readonly cities: Cities) {} @Get(':id') one(@Param('id') id: number) { return this.cities.one(id); } @Put(':id') re(@Param('id') id: number, @Body() b: any) { return this.cities.rename(id, b.name); } }
//// D17 reloaded by its own timer: silent
// plain
let words: string[] = [];
setInterval(async () => { words = (await db.query('SELECT w FROM words')).rows; }, 60000);
app.get('/has/:w', (req, res) => res.json(words.includes(req.params.w)));
// across
import { rates } from './rates';
app.get('/rate/:c', (req, res) => res.json(rates.get(req.params.c)));
// file rates.ts
export const rates = new Map<string, number>();
async function reload() { const { data } = await axios.get('https://rates.example/all'); rates.clear(); for (const [k, v] of Object.entries(data)) rates.set(k, v as number); }
reload();
setInterval(reload, 60000);
// alias
@Injectable()
export class Banned implements OnModuleInit {
  private list = new Set<string>();
  constructor(private readonly source: DataSource) {}
  onModuleInit() { return this.refresh(); }
  @Interval(30000) async refresh() { const rows = await this.source.query('SELECT ip FROM banned'); this.list = new Set(rows.map((r: any) => r.ip)); }
  has(ip: string) { return this.list.has(ip); }
}
@Controller()
export class B { constructor(private readonly banned: Banned) {} @Get('b') b(@Query('ip') ip: string) { return this.banned.has(ip); } }
//// D18 cleared by a message that all processes get: silent
// plain
import Redis from 'ioredis';
const sub = new Redis(process.env.REDIS_URL), cache = new Map<string, any>();
sub.subscribe('changed');
sub.on('message', () => cache.clear());
app.get('/u/:id', async (req, res) => { const k = req.params.id; if (!cache.has(k)) cache.set(k, await db.query('SELECT * FROM u WHERE id=$1', [k])); res.json(cache.get(k)); });
// across
import { flags } from './flags';
import './listen';
app.get('/f/:k', async (req, res) => { const k = req.params.k; flags[k] ??= await db.query('SELECT * FROM f WHERE k=$1', [k]); res.json(flags[k]); });
// file flags.ts
export const flags: Record<string, any> = {};
// file listen.ts
import { createClient } from 'redis';
import { flags } from './flags';
const c = createClient();
c.connect().then(() => c.subscribe('flags', (name) => { delete flags[name]; }));
// alias
import Redis from 'ioredis';
@Injectable()
export class Local {
  private readonly m = new Map<string, any>();
  constructor(private readonly source: DataSource) { const s = new Redis(process.env.REDIS_URL); s.subscribe('drop'); s.on('message', (_c, k) => this.drop(k)); }
  private drop(k: string) { this.m.delete(k); }
  async get(k: string) { const m = this.m; if (!m.has(k)) m.set(k, await this.source.query('SELECT 1 WHERE k=$1', [k])); return m.get(k); }
}
@Controller()
export class G { constructor(private readonly local: Local) {} @Get('g') g(@Query('k') k: string) { return this.local.get(k); } }
//// D19 in-flight promises: silent
// plain
const p = new Map<string, Promise<any>>();
const load = (k: string) => db.query('SELECT * FROM t WHERE k=$1', [k]);
app.get('/t/:k', async (req, res) => {
  const k = req.params.k;
  if (!p.has(k)) p.set(k, load(k).finally(() => p.delete(k)));
  res.json(await p.get(k));
});
// across
import { once } from './once';
app.get('/q/:k', async (req, res) => res.json(await once(req.params.k, () => axios.get(`https://x.example/${req.params.k}`))));
// file once.ts
const flights: Record<string, Promise<any>> = {};
export function once(k: string, f: () => Promise<any>) { if (flights[k]) return flights[k]; const x = f().finally(() => { delete flights[k]; }); flights[k] = x; return x; }
// alias
@Injectable()
export class Flights { private readonly m = new Map<string, Promise<any>>(); run(k: string, f: () => Promise<any>) { const m = this.m; const e = m.get(k); if (e) return e; const x = f().finally(() => m.delete(k)); m.set(k, x); return x; } }
@Controller()
export class Q { constructor(private readonly fl: Flights, private readonly source: DataSource) {} @Get('q') q(@Query('k') k: string) { return this.fl.run(k, () => this.source.query('SELECT $1', [k])); } }
//// D20 access token of another system: silent
// plain
let token = '', exp = 0;
async function auth() { if (Date.now() < exp) return token; const { data } = await axios.post('https://id.example/token', { grant: 'client' }); token = data.access_token; exp = Date.now() + data.expires_in * 1000; return token; }
app.get('/x', async (_q, res) => res.json((await axios.get('https://api.example', { headers: { a: await auth() } })).data));
// across
import { bearer } from './bearer';
app.get('/y', async (_q, res) => res.json((await fetch('https://api.example', { headers: { a: await bearer() } })).status));
// file bearer.ts
const held: { value?: string; until: number } = { until: 0 };
export async function bearer() { if (!held.value || held.until < Date.now()) { const r = await (await fetch('https://id.example/token', { method: 'POST' })).json(); held.value = r.token; held.until = Date.now() + 3600e3; } return held.value; }
// alias
@Injectable()
export class Login { private token: string | null = null; private until = 0; async get() { if (this.token && Date.now() < this.until) return this.token; const r = await axios.post('https://id.example/login', {}); this.token = r.data.token; this.until = Date.now() + 60000; return this.token; } }
@Controller()
export class Z { constructor(private readonly login: Login) {} @Get('z') async z() { return (await axios.get('https://api.example', { headers: { t: await this.login.get() } })).data; } }
//// D70 table loaded at boot, written through by own handlers: cache-invalidated-locally medium | state-in-memory high
// plain
let items: any[] = [];
db.query('SELECT * FROM items').then((r) => { items = r.rows; });
app.get('/items', (_q, res) => res.json(items));
app.post('/items', async (req, res) => { await db.query('INSERT INTO items VALUES ($1)', [req.body.name]); items.push(req.body); res.end(); });
// across
import { byCode, add } from './coupons';
app.get('/c/:code', (req, res) => res.json(byCode(req.params.code)));
app.post('/c', async (req, res) => { await add(req.body); res.end(); });
// file coupons.ts
const all = new Map<string, any>();
export async function init() { for (const c of await prisma.coupon.findMany()) all.set(c.code, c); }
export const byCode = (c: string) => all.get(c);
export async function add(c: any) { await prisma.coupon.create({ data: c }); all.set(c.code, c); }
init();
// alias
@Injectable()
export class Shops implements OnModuleInit {
  private items: any[] = [];
  constructor(@InjectRepository(Object) private readonly repo: Repository<any>) {}
  async onModuleInit() { this.items = await this.repo.find(); }
  async add(s: any) { await this.repo.save(s); const l = this.items; l.push(s); }
  list() { return this.items; }
}
@Controller()
export class S { constructor(private readonly shops: Shops) {} @Get('s') s() { return this.shops.list(); } @Post('s') add(@Body() b: any) { return this.shops.add(b); } }
//// D74 verified tokens: cache-in-memory low | library-cache-in-memory low | silent
// plain
const ok = new Map<string, any>();
app.use((req, res, next) => { const t = req.headers.authorization; let p = ok.get(t); if (!p) { p = jwt.verify(t, process.env.KEY); ok.set(t, p); } (req as any).user = p; next(); });
app.get('/me', (req, res) => res.json((req as any).user));
// across
import { who } from './who';
app.get('/who', async (req, res) => res.json(await who(String(req.headers.authorization))));
// file who.ts
import LRU from 'lru-cache';
import * as jose from 'jose';
const parsed = new LRU<string, any>({ max: 500 });
export async function who(t: string) { if (parsed.has(t)) return parsed.get(t); const r = await jose.jwtVerify(t, new TextEncoder().encode(process.env.KEY)); parsed.set(t, r.payload); return r.payload; }
// alias
@Injectable()
export class Tokens { private readonly good = new Map<string, any>(); check(t: string) { const g = this.good; if (g.has(t)) return g.get(t); const p = jwt.verify(t, process.env.KEY); g.set(t, p); return p; } }
@Controller()
export class T { constructor(private readonly tokens: Tokens) {} @Get('t') t(@Headers('authorization') h: string) { return this.tokens.check(h); } }
//// D71 maintenance mode toggled by a request: setting-in-memory high
// plain
let down = false;
app.post('/down', (req, res) => { down = req.body.on; res.end(); });
app.get('/w', (_q, res) => { if (down) return res.status(503).end(); res.end(); });
// across
import { state } from './state';
app.use((_q, res, next) => { if (state.closed) return res.status(503).end(); next(); });
// file state.ts
export const state = { closed: false };
// file switch.ts
import { state as s } from './state';
router.post('/close', (_q, res) => { s.closed = true; res.end(); });
router.post('/open', (_q, res) => { s.closed = false; res.end(); });
// alias
@Injectable()
export class Mode { private off = false; toggle() { this.off = !this.off; } isOff() { return this.off; } }
@Controller()
export class Ops { constructor(private readonly mode: Mode) {} @Post('toggle') t() { this.mode.toggle(); } }
@Controller()
export class Shop { constructor(private readonly m: Mode) {} @Get('buy') buy() { if (this.m.isOff()) throw new HttpException('down', 503); return 1; } }
//// D63 last value of a feed that every process reads: silent
// plain
import WebSocket from 'ws';
const latest = new Map<string, any>();
const feed = new WebSocket('wss://feed.example');
feed.on('message', (d) => { const t = JSON.parse(String(d)); latest.set(t.sym, t); });
app.get('/price/:s', (req, res) => res.json(latest.get(req.params.s)));
// across
import { last } from './last';
import './feed';
app.get('/last', (_q, res) => res.json(last.value));
// file last.ts
export const last: any = { value: null };
// file feed.ts
import WebSocket from 'ws';
import { last } from './last';
const w = new WebSocket('wss://feed.example');
w.onmessage = (e) => { last.value = JSON.parse(String(e.data)); };
// alias
import WebSocket from 'ws';
@Injectable()
export class Ticks implements OnModuleInit { private readonly by = new Map<string, any>(); onModuleInit() { const s = new WebSocket('wss://t.example'); s.on('message', (d) => this.put(JSON.parse(String(d)))); } private put(t: any) { this.by.set(t.s, t); } get(s: string) { return this.by.get(s); } }
@Controller()
export class P { constructor(private readonly ticks: Ticks) {} @Get('p') p(@Query('s') s: string) { return this.ticks.get(s); } }
//// D64 last value that one process gets: state-in-memory high
// plain
const latest = new Map<string, any>();
app.post('/tick', (req, res) => { latest.set(req.body.s, req.body); res.end(); });
app.get('/price/:s', (req, res) => res.json(latest.get(req.params.s)));
// across
import { positions } from './positions';
app.get('/where/:car', (req, res) => res.json(positions[req.params.car]));
// file positions.ts
export const positions: Record<string, any> = {};
// file worker.ts
import { Worker } from 'bullmq';
import { positions as p } from './positions';
new Worker('gps', async (job) => { p[job.data.car] = job.data; }, { connection: { host: 'r' } });
// alias
@Injectable()
export class Latest { private readonly m = new Map<string, any>(); put(k: string, v: any) { this.m.set(k, v); } get(k: string) { return this.m.get(k); } }
@Controller('tick')
export class In { constructor(private readonly latest: Latest) {} @Post() t(@Body() b: any) { this.latest.put(b.s, b); } }
@Controller('price')
export class Out { constructor(private readonly l: Latest) {} @Get(':s') p(@Param('s') s: string) { return this.l.get(s); } }
