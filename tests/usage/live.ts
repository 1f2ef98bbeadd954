// Sockets, open responses, replies that are waited for, children, timers that are kept.
//// D38 state of one connection used by its own handlers: silent
// plain
const view = new Map<any, any>();
wss.on('connection', (ws) => { view.set(ws, { page: 1 }); ws.on('message', (m) => { const v = view.get(ws); v.page = Number(m); ws.send(String(v.page)); }); ws.on('close', () => view.delete(ws)); });
// across
import { Server } from 'socket.io';
import { setup } from './setup';
const io = new Server(3000, { transports: ['websocket'] });
io.on('connection', setup);
// file setup.ts
import type { Socket } from 'socket.io';
const opts: Record<string, any> = {};
export function setup(s: Socket) { opts[s.id] = { lang: 'en' }; s.on('lang', (l) => { opts[s.id].lang = l; }); s.on('hello', () => s.emit('hello', opts[s.id].lang)); s.on('disconnect', () => { delete opts[s.id]; }); }
// alias
@Injectable()
export class Views { private readonly m = new Map<string, any>(); set(id: string, v: any) { this.m.set(id, v); } get(id: string) { return this.m.get(id); } drop(id: string) { this.m.delete(id); } }
@WebSocketGateway({ transports: ['websocket'] })
export class Gate { constructor(private readonly views: Views) {} handleDisconnect(client: Socket) { this.views.drop(client.id); } @SubscribeMessage('set') set(client: Socket, v: any) { this.views.set(client.id, v); } @SubscribeMessage('get') get(client: Socket) { return this.views.get(client.id); } }
import type { Socket } from 'socket.io';
//// D39 sockets held for a count or heartbeat: silent
// plain
const all = new Set<any>();
wss.on('connection', (ws) => { all.add(ws); ws.on('close', () => all.delete(ws)); console.log(all.size); });
setInterval(() => { for (const s of all) s.ping(); }, 30000);
// across
import { join } from './members';
import { WebSocketServer } from 'ws';
new WebSocketServer({ port: 9000 }).on('connection', join);
// file members.ts
const members = new Map<any, number>();
export function join(ws: any) { members.set(ws, Date.now()); ws.on('pong', () => members.set(ws, Date.now())); ws.on('close', () => members.delete(ws)); }
setInterval(() => { for (const [ws, at] of members) { if (Date.now() - at > 60000) ws.terminate(); else ws.ping(); } }, 10000);
// alias
import type { Socket } from 'socket.io';
@WebSocketGateway({ transports: ['websocket'] })
export class Beat { private readonly open = new Map<string, Socket>(); handleConnection(c: Socket) { const o = this.open; o.set(c.id, c); console.log(o.size); } handleDisconnect(c: Socket) { this.open.delete(c.id); } @SubscribeMessage('x') x() { return 1; } }
//// D40 sockets by user, pushed to from elsewhere: socket-registry-in-memory high
// plain
const users = new Map<string, any>();
wss.on('connection', (ws, req) => { users.set(String(req.headers.user), ws); ws.on('close', () => users.delete(String(req.headers.user))); });
app.post('/push/:u', (req, res) => { users.get(req.params.u)?.send(req.body.text); res.end(); });
// across
import { WebSocketServer } from 'ws';
import { online } from './online';
new WebSocketServer({ port: 9000 }).on('connection', (s, r) => { online[r.url.slice(1)] = s; });
// file online.ts
export const online: Record<string, any> = {};
// file notify.ts
import { online as o } from './online';
router.post('/notify/:u', (req, res) => { const s = o[req.params.u]; if (s) s.send(JSON.stringify(req.body)); res.end(); });
// alias
import type { WebSocket } from 'ws';
@Injectable()
export class Peers { private readonly m = new Map<string, WebSocket>(); add(u: string, s: WebSocket) { this.m.set(u, s); } say(u: string, t: string) { const m = this.m; m.get(u)?.send(t); } }
@WebSocketGateway({ transports: ['websocket'] })
export class G { constructor(private readonly peers: Peers) {} handleConnection(c: WebSocket, req: any) { this.peers.add(req.headers.user, c); } }
@Controller()
export class P { constructor(private readonly peers: Peers) {} @Post('say') say(@Body() b: any) { this.peers.say(b.u, b.t); } }
//// D41 open responses written to by other requests: open-responses-in-memory high
// plain
const clients = new Set<any>();
app.get('/events', (req, res) => { res.writeHead(200, { 'content-type': 'text/event-stream' }); clients.add(res); req.on('close', () => clients.delete(res)); });
app.post('/say', (req, res) => { for (const r of clients) r.write(`data: ${req.body.text}\n\n`); res.end(); });
// across
import { listeners } from './listeners';
app.get('/live', (_req, res) => { res.set('content-type', 'text/event-stream'); listeners.push(res); });
// file listeners.ts
export const listeners: any[] = [];
// file publish.ts
import { listeners as l } from './listeners';
router.post('/publish', (req, res) => { l.forEach((r) => r.write(`data: ${JSON.stringify(req.body)}\n\n`)); res.end(); });
// alias
import type { Response } from 'express';
@Injectable()
export class Streams { private readonly open = new Map<string, Response>(); add(u: string, r: Response) { this.open.set(u, r); } send(u: string, t: string) { const o = this.open; o.get(u)?.write(`data: ${t}\n\n`); } }
@Controller()
export class S { constructor(private readonly streams: Streams) {} @Get('s/:u') s(@Param('u') u: string, @Res() r: Response) { this.streams.add(u, r); } @Post('s/:u') p(@Param('u') u: string, @Body() b: any) { this.streams.send(u, b.t); } }
//// D42 open responses kept alive only: silent
// plain
const open = new Set<any>();
app.get('/e', (req, res) => { res.set('content-type', 'text/event-stream'); open.add(res); req.on('close', () => open.delete(res)); });
setInterval(() => { open.forEach((r) => r.write(':\n\n')); }, 15000);
// across
import { keep } from './keep';
app.get('/e', (req, res) => { keep(req, res); const t = setInterval(() => res.write('data: 1\n\n'), 1000); req.on('close', () => clearInterval(t)); });
// file keep.ts
const held: any[] = [];
export function keep(req: any, res: any) { held.push(res); req.on('close', () => held.splice(held.indexOf(res), 1)); }
setInterval(() => { for (const r of held) r.write(': ping\n\n'); }, 20000);
// alias
import type { Response } from 'express';
@Injectable()
export class Alive { private readonly s = new Set<Response>(); add(r: Response) { this.s.add(r); r.on('close', () => this.s.delete(r)); } @Interval(10000) ping() { const x = this.s; x.forEach((r) => r.write(':\n\n')); } }
@Controller()
export class E { constructor(private readonly alive: Alive) {} @Get('e') e(@Res() r: Response) { this.alive.add(r); } }
//// D43 subject that feeds clients: event-stream-in-memory high
// plain
const ev$ = new Subject<any>();
app.get('/e', (req, res) => { res.set('content-type', 'text/event-stream'); const s = ev$.subscribe((x) => res.write(`data: ${x}\n\n`)); req.on('close', () => s.unsubscribe()); });
app.post('/e', (req, res) => { ev$.next(req.body.text); res.end(); });
// across
import { bus } from './bus';
app.get('/e', (req, res) => { res.set('content-type', 'text/event-stream'); const f = (x: any) => res.write(`data: ${x}\n\n`); bus.on('news', f); req.on('close', () => bus.off('news', f)); });
// file bus.ts
import { EventEmitter } from 'events';
export const bus = new EventEmitter();
// file post.ts
import { bus as b } from './bus';
router.post('/news', (req, res) => { b.emit('news', req.body.text); res.end(); });
// alias
@Injectable()
export class Ev { private readonly ev$ = new Subject<any>(); next(n: any) { const e = this.ev$; e.next(n); } stream() { return this.ev$.asObservable(); } }
@Controller()
export class E { constructor(private readonly ev: Ev) {} @Sse('e') e() { return this.ev.stream(); } @Post('e') p(@Body() b: any) { this.ev.next({ data: b }); } }
//// D44 subject inside one service: silent
// plain
import { bufferTime } from 'rxjs/operators';
const in$ = new Subject<any>();
in$.pipe(bufferTime(500)).subscribe(async (l) => { if (l.length) await db.query('INSERT INTO x VALUES ($1)', [l]); });
app.post('/x', (req, res) => { in$.next(req.body); res.end(); });
// across
import { push } from './pipe';
app.post('/x', (req, res) => { push(req.body.line); res.end(); });
// file pipe.ts
import { Subject } from 'rxjs';
import { debounceTime } from 'rxjs/operators';
const lines = new Subject<string>();
lines.pipe(debounceTime(200)).subscribe((l) => console.log(l));
export const push = (l: string) => lines.next(l);
// alias
import { bufferCount } from 'rxjs/operators';
@Injectable()
export class Batch { private readonly s = new Subject<any>(); constructor(@InjectRepository(Object) repo: Repository<any>) { this.s.pipe(bufferCount(10)).subscribe((l) => repo.insert(l)); } add(x: any) { const s = this.s; s.next(x); } }
@Controller()
export class X { constructor(private readonly b: Batch) {} @Post('x') x(@Body() b: any) { this.b.add(b); } }
//// D45 reply that comes on the own connection: silent
// plain
import WebSocket from 'ws';
const up = new WebSocket('ws://engine.example'), pend = new Map<number, any>();
let id = 0;
up.on('message', (d) => { const m = JSON.parse(String(d)); pend.get(m.id)?.(m.result); pend.delete(m.id); });
const ask = (q: any) => new Promise((resolve) => { pend.set(++id, resolve); up.send(JSON.stringify({ id, q })); });
app.get('/ask', async (req, res) => res.json(await ask(req.query.q)));
// across
import { run } from './child';
app.post('/run', async (req, res) => res.json(await run(req.body)));
// file child.ts
import { fork } from 'child_process';
import { randomUUID } from 'crypto';
const kid = fork('./kid.js'), waiting: Record<string, (x: any) => void> = {};
kid.on('message', (m: any) => { const f = waiting[m.id]; delete waiting[m.id]; f(m.out); });
export function run(x: any) { return new Promise((done) => { const id = randomUUID(); waiting[id] = done; kid.send({ id, x }); }); }
// alias
import { Worker } from 'worker_threads';
@Injectable()
export class Pool { private readonly w = new Worker('./w.js'); private readonly open = new Map<string, any>(); constructor() { this.w.on('message', (m) => { const o = this.open; o.get(m.id)?.resolve(m.v); o.delete(m.id); }); } run(x: any) { const id = randomUUID(); return new Promise((resolve, reject) => { this.open.set(id, { resolve, reject }); this.w.postMessage({ id, x }); }); } }
@Controller()
export class R { constructor(private readonly pool: Pool) {} @Post('r') r(@Body() b: any) { return this.pool.run(b); } }
//// D46 reply that another request brings: pending-reply-in-memory high
// plain
const wait = new Map<string, any>();
app.get('/wait/:id', async (req, res) => { const v = await new Promise((resolve) => wait.set(req.params.id, { resolve })); res.json(v); });
app.post('/cb', (req, res) => { wait.get(req.body.id)?.resolve(req.body); res.end(); });
// across
import { answers } from './answers';
app.get('/poll/:k', async (req, res) => res.json(await new Promise((done) => { answers[req.params.k] = done; })));
// file answers.ts
export const answers: Record<string, (x: any) => void> = {};
// file callback.ts
import { answers as a } from './answers';
router.post('/answer/:k', (req, res) => { const f = a[req.params.k]; if (f) f(req.body); delete a[req.params.k]; res.end(); });
// alias
@Injectable()
export class Waiting { private readonly m = new Map<string, any>(); wait(id: string) { return new Promise((resolve, reject) => { this.m.set(id, { resolve, reject }); }); } done(id: string, v: any) { const m = this.m; m.get(id)?.resolve(v); m.delete(id); } }
@Controller()
export class W { constructor(private readonly w: Waiting) {} @Get('w/:id') w1(@Param('id') id: string) { return this.w.wait(id); } @Post('cb') cb(@Body() b: any) { this.w.done(b.id, b); } }
//// D47 child started by one request, stopped by another: process-handles-in-memory high
// plain
const running = new Map<string, any>();
app.post('/start/:id', (req, res) => { running.set(req.params.id, spawn('ffmpeg', ['-i', req.body.url])); res.end(); });
app.post('/stop/:id', (req, res) => { running.get(req.params.id)?.kill(); running.delete(req.params.id); res.end(); });
// across
import { begin, end } from './recorders';
app.post('/rec/:cam', (req, res) => { begin(req.params.cam); res.end(); });
app.delete('/rec/:cam', (req, res) => { end(req.params.cam); res.end(); });
// file recorders.ts
import { spawn, ChildProcess } from 'child_process';
const procs: Record<string, ChildProcess> = {};
export function begin(cam: string) { procs[cam] = spawn('rec', [cam]); }
export function end(cam: string) { procs[cam].kill('SIGINT'); delete procs[cam]; }
// alias
import puppeteer from 'puppeteer';
@Injectable()
export class Browsers { private readonly m = new Map<string, any>(); async open(id: string) { const b = await puppeteer.launch(); this.m.set(id, b); } async close(id: string) { const m = this.m; await m.get(id)?.close(); m.delete(id); } }
@Controller()
export class B { constructor(private readonly browsers: Browsers) {} @Post('b/:id') o(@Param('id') id: string) { return this.browsers.open(id); } @Delete('b/:id') c(@Param('id') id: string) { return this.browsers.close(id); } }
//// D48 child that the same request ends: silent
// plain
const live = new Map<string, any>();
app.post('/conv/:id', async (req, res) => { const c = spawn('conv', [req.body.name]); live.set(req.params.id, c); try { await new Promise((r) => c.on('exit', r)); } finally { live.delete(req.params.id); } res.end(); });
// across
import { convert } from './convert';
app.post('/c', async (req, res) => { await convert(req.body.name); res.end(); });
// file convert.ts
import { spawn } from 'child_process';
const jobs = new Set<any>();
export async function convert(n: string) { const p = spawn('c', [n]); jobs.add(p); try { await new Promise((r) => p.once('close', r)); } finally { jobs.delete(p); } }
process.on('exit', () => { for (const j of jobs) j.kill(); });
// alias
@Injectable()
export class Conv { private readonly m = new Map<string, any>(); async run(id: string) { const m = this.m; const c = spawn('x', [id]); m.set(id, c); try { await new Promise((r) => c.on('exit', r)); } finally { m.delete(id); } } }
@Controller()
export class C { constructor(private readonly conv: Conv) {} @Post('c/:id') c(@Param('id') id: string) { return this.conv.run(id); } }
//// D49 timers that other requests cancel: timer-handles-in-memory high
// plain
const expiry = new Map<string, any>();
app.post('/order/:id', (req, res) => { expiry.set(req.params.id, setTimeout(() => db.query('UPDATE o SET s=$1 WHERE id=$2', ['void', req.params.id]), 900)); res.end(); });
app.post('/pay/:id', (req, res) => { clearTimeout(expiry.get(req.params.id)); expiry.delete(req.params.id); res.end(); });
// across
import { plan, cancel } from './auctions';
app.post('/bid/:id', (req, res) => { cancel(req.params.id); plan(req.params.id); res.end(); });
app.delete('/bid/:id', (req, res) => { cancel(req.params.id); res.end(); });
// file auctions.ts
const ends: Record<string, NodeJS.Timeout> = {};
export function plan(id: string) { ends[id] = setTimeout(() => axios.post('http://x.example', { id }), 3000); }
export function cancel(id: string) { clearTimeout(ends[id]); delete ends[id]; }
// alias
@Injectable()
export class Later { private readonly t = new Map<string, any>(); start(id: string) { this.t.set(id, setTimeout(() => mailer.sendMail({ to: id }), 2000)); } stop(id: string) { const t = this.t; clearTimeout(t.get(id)); t.delete(id); } }
@Controller()
export class L { constructor(private readonly later: Later) {} @Post('l/:id') a(@Param('id') id: string) { this.later.start(id); } @Delete('l/:id') b(@Param('id') id: string) { this.later.stop(id); } }
//// D50 back-off timers of own upstream connections: silent
// plain
import WebSocket from 'ws';
const retry = new Map<string, any>();
function connect(h: string) { const w = new WebSocket(h); w.on('open', () => { clearTimeout(retry.get(h)); retry.delete(h); }); w.on('close', () => retry.set(h, setTimeout(() => connect(h), 1000))); }
['ws://a.example', 'ws://b.example'].forEach(connect);
app.get('/x', (_q, res) => res.end());
// across
import { open } from './upstream';
for (const u of (process.env.UP || '').split(',')) open(u);
app.get('/x', (_q, res) => res.end());
// file upstream.ts
import { connect as dial } from 'net';
const delays: Record<string, any> = {};
export function open(host: string) { const s = dial(80, host); s.on('connect', () => { clearTimeout(delays[host]); delete delays[host]; }); s.on('error', () => { delays[host] = setTimeout(() => open(host), 500); }); }
// alias
import WebSocket from 'ws';
@Injectable()
export class Link implements OnModuleInit { private timer: any = null; onModuleInit() { this.connect(); } private connect() { const w = new WebSocket('ws://x.example'); w.on('close', () => { const me = this; clearTimeout(me.timer); me.timer = setTimeout(() => me.connect(), 1000); }); } }
@Controller()
export class X { constructor(private readonly link: Link) {} @Get('x') x() { return 1; } }
//// D51 connections to devices that take one controller: process-handles-in-memory high | state-in-memory high
// plain: undecided a connection that is made by a package for a key looks like a client of a server (D08); only knowledge of the device tells
import { SerialPort } from 'serialport';
const conns = new Map<string, any>();
app.post('/open/:p', (req, res) => { conns.set(req.params.p, new SerialPort({ path: req.params.p, baudRate: 9600 })); res.end(); });
app.post('/write/:p', (req, res) => { conns.get(req.params.p).write(req.body.text); res.end(); });
// across
import { attach, run } from './devices';
app.post('/a/:s', async (req, res) => { await attach(req.params.s); res.end(); });
app.post('/r/:s', async (req, res) => res.json(await run(req.params.s, req.body.cmd)));
// file devices.ts
import { Adb } from '@devicefarmer/adbkit';
const client = Adb.createClient(), held: Record<string, any> = {};
export async function attach(s: string) { held[s] = client.getDevice(s); }
export const run = (s: string, c: string) => held[s].shell(c);
// alias: undecided as plain
import ModbusRTU from 'modbus-serial';
@Injectable()
export class Plcs { private readonly m = new Map<string, ModbusRTU>(); async open(h: string) { const c = new ModbusRTU(); await c.connectTCP(h, { port: 502 }); this.m.set(h, c); } read(h: string) { const m = this.m; return m.get(h).readHoldingRegisters(0, 1); } }
@Controller()
export class P { constructor(private readonly plcs: Plcs) {} @Post('p/:h') o(@Param('h') h: string) { return this.plcs.open(h); } @Get('p/:h') r(@Param('h') h: string) { return this.plcs.read(h); } }
//// D58 room with handlers of many clients: state-in-memory high
// plain
const rooms = new Map<string, any>();
wss.on('connection', (ws) => { ws.on('message', (d) => { const m = JSON.parse(String(d)); if (m.t === 'new') rooms.set(m.code, { board: [] }); else rooms.get(m.code).board[m.x] = 1; ws.send(JSON.stringify(rooms.get(m.code))); }); });
// across
import { WebSocketServer } from 'ws';
import { play } from './games';
new WebSocketServer({ port: 9001 }).on('connection', (s) => s.on('message', (d) => s.send(JSON.stringify(play(JSON.parse(String(d)))))));
// file games.ts
const games: Record<string, any> = {};
export function play(m: any) { if (m.create) games[m.code] = { moves: [] }; const g = games[m.code]; g.moves.push(m.move); return g; }
// alias
@Injectable()
export class Matches { private readonly m = new Map<string, any>(); join(code: string, who: string) { const r = this.m; if (!r.has(code)) r.set(code, { players: [] }); r.get(code).players.push(who); return r.get(code); } get(code: string) { return this.m.get(code); } }
@WebSocketGateway({ transports: ['websocket'] })
export class G { constructor(private readonly matches: Matches) {} @SubscribeMessage('join') join(@MessageBody() b: any) { return this.matches.join(b.code, b.who); } @SubscribeMessage('state') state(@MessageBody() b: any) { return this.matches.get(b.code); } }
