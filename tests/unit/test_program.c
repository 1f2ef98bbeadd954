#include "analyzers/program/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* a small project in a folder of its own: files are pairs of path and text */
struct fixture {
	char root[64];
	struct arena arena;
	struct fs fs;
	struct context ctx;
	struct project *project;
	struct program *p;
	struct prog_app_input apps[4];
	size_t n_apps;
};

static void write_file(const char *root, const char *path, const char *text)
{
	char full[512];
	snprintf(full, sizeof full, "%s/%s", root, path);
	for (char *s = full + strlen(root) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		mkdir(full, 0777);
		*s = '/';
	}
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void add_app(struct fixture *x, const char *entry, const char *framework)
{
	struct project_entries *es = arena_new(&x->arena, struct project_entries);
	struct project_entry *e = arena_new(&x->arena, struct project_entry);
	e->path = str_from(entry);
	es->entries = e;
	es->n = 1;
	es->framework = framework;
	x->apps[x->n_apps++].entries = es;
}

static void begin(struct fixture *x, const char *const *files)
{
	*x = (struct fixture){0};
	strcpy(x->root, "/tmp/test_program.XXXXXX");
	assert_non_null(mkdtemp(x->root));
	for (; *files; files += 2)
		write_file(x->root, files[0], files[1]);
	arena_init(&x->arena);
	assert_null(fs_init(&x->fs, &x->arena, x->root).text);
	x->ctx = (struct context){.arena = &x->arena, .fs = &x->fs, .cpus = 4, .pm2_major = 7, .threads = 2};
	x->project = project_new(&x->ctx);
}

static void link_apps(struct fixture *x)
{
	x->p = program_build(&x->ctx, x->project, x->apps, x->n_apps);
}

static void open_project(struct fixture *x, const char *const *files)
{
	begin(x, files);
	add_app(x, files[0], NULL);
	link_apps(x);
}

static void close_project(struct fixture *x)
{
	char command[128];
	program_free(x->p);
	project_free(x->project);
	fs_release(&x->fs);
	arena_release(&x->arena);
	snprintf(command, sizeof command, "rm -rf '%s'", x->root);
	assert_int_equal(system(command), 0);
}

#define FILES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct prog_cell *cell(const struct fixture *x, const char *name)
{
	for (size_t i = 0; i < x->p->n_cells; i++)
		if (str_is(x->p->cells[i].name, name))
			return &x->p->cells[i];
	fail_msg("no cell %s", name);
	return NULL;
}

/* phases in which the cell is accessed so, over all apps */
static uint32_t phases_of(const struct fixture *x, const char *name, enum access_op op)
{
	const struct prog_cell *c = cell(x, name);
	uint32_t phases = 0;
	for (size_t i = 0; i < c->n_accesses; i++)
		for (uint32_t app = 0; app < x->p->n_apps; app++)
			if (c->accesses[i].op == op)
				phases |= prog_phases(x->p, app, c->accesses[i].fn);
	return phases;
}

static size_t count(const struct fixture *x, const char *name, enum access_op op)
{
	const struct prog_cell *c = cell(x, name);
	size_t n = 0;
	for (size_t i = 0; i < c->n_accesses; i++)
		n += c->accesses[i].op == op;
	return n;
}

static prog_id function(const struct fixture *x, const char *name)
{
	for (prog_id i = 0; i < x->p->n_fns; i++)
		if (!strcmp(prog_fn_name(x->p, i), name))
			return i;
	fail_msg("no function %s", name);
	return 0;
}

static uint32_t phases(const struct fixture *x, const char *name)
{
	return prog_phases(x->p, 0, function(x, name));
}

static const struct prog_call *call(const struct fixture *x, const char *text)
{
	for (size_t i = 0; i < x->p->n_calls; i++)
		if (str_starts(js_text(x->p->files[x->p->calls[i].file].js, x->p->calls[i].node), str_from(text)))
			return &x->p->calls[i];
	fail_msg("no call %s", text);
	return NULL;
}

static prog_id file_at(const struct fixture *x, const char *path)
{
	for (prog_id i = 0; i < x->p->n_files; i++)
		if (str_is(x->p->files[i].source->path, path))
			return i;
	return PROG_NONE;
}

static bool has_file(const struct fixture *x, const char *path)
{
	return file_at(x, path) != PROG_NONE;
}

/* ---- files ---- */

static void follows_imports_of_all_forms(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.js", "import './side.js'; import a from './a.js'; export * from './star.js';\n"
					  "const b = require('./b'); import('./dyn.js'); a(); b();",
			       "side.js", "", "a.js", "export default () => {}", "star.js", "export const s = 1",
			       "b/index.js", "module.exports = () => {}", "dyn.js", "", "other.js", ""));
	assert_int_equal(x.p->n_files, 6);
	assert_true(has_file(&x, "b/index.js"));
	assert_false(has_file(&x, "other.js"));
	assert_int_equal(x.p->apps[0].n_files, 6);
	close_project(&x);
}

static void does_not_load_what_typescript_elides(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", "import { A } from './types'; import type { B } from './more'; import { c } from './value';\n"
					  "import { Svc } from './svc';\n"
					  "function D() { return (t: any) => t }\n"
					  "@D() class X { constructor(private s: Svc) {} }\n"
					  "const a: A = c as B; new X(a as any);",
			       "types.ts", "export interface A {}", "more.ts", "export type B = 1", "value.ts",
			       "export const c = 1", "svc.ts", "export class Svc {}"));
	assert_false(has_file(&x, "types.ts"));
	assert_false(has_file(&x, "more.ts"));
	assert_true(has_file(&x, "value.ts"));
	assert_true(has_file(&x, "svc.ts"));
	close_project(&x);
}

static void loads_a_folder_file_by_file(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.js", "const fs = require('fs'), path = require('path'), dir = path.join(__dirname, 'routes');\n"
					  "fs.readdirSync(dir).forEach(f => require(path.join(dir, f))(app));",
			       "routes/a.js", "module.exports = app => { app.get('/a', (req, res) => res.end()) }",
			       "routes/a.test.js", "", "routes/b.js", "module.exports = () => {}"));
	assert_true(has_file(&x, "routes/a.js"));
	assert_true(has_file(&x, "routes/b.js"));
	assert_false(has_file(&x, "routes/a.test.js"));
	assert_int_equal(prog_phases(x.p, 0, x.p->files[file_at(&x, "routes/a.js")].first_fn + 1), PHASE_LOAD);
	close_project(&x);
}

static void says_what_it_cannot_resolve(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.js", "require(process.env.PLUGIN); require('./nowhere');"));
	assert_int_equal(x.p->files[0].n_unresolved, 2);
	assert_string_equal(x.p->files[0].unresolved[0].why, "computed specifier");
	close_project(&x);
}

static void survives_cycles_empty_and_broken_files(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.js", "import { b } from './b.js'; export const a = b; import './empty.js'; import './broken.js';",
			       "b.js", "import { a } from './main.js'; export * from './main.js'; export const b = a;", "empty.js",
			       "", "broken.js", "function ( { ] class"));
	assert_int_equal(x.p->n_files, 4);
	close_project(&x);
}

static void a_missing_entry_is_said(void **state)
{
	struct fixture x;
	(void)state;
	begin(&x, FILES("other.js", ""));
	add_app(&x, "nowhere.js", NULL);
	link_apps(&x);
	assert_int_equal(x.p->files[0].n_unresolved, 1);
	close_project(&x);
}

static void each_app_has_its_own_reach(void **state)
{
	struct fixture x;
	(void)state;
	begin(&x, FILES("api.js", "require('./shared')", "worker.js", "require('./shared'); require('./jobs')", "shared.js", "",
			"jobs.js", ""));
	add_app(&x, "api.js", NULL);
	add_app(&x, "worker.js", NULL);
	link_apps(&x);
	assert_int_equal(x.p->files[file_at(&x, "shared.js")].apps, 3);
	assert_int_equal(x.p->files[file_at(&x, "jobs.js")].apps, 2);
	assert_true(prog_loads(x.p, 1, file_at(&x, "jobs.js")));
	assert_false(prog_loads(x.p, 0, file_at(&x, "jobs.js")));
	close_project(&x);
}

/* ---- entities ---- */

static void names_packages_the_same_in_both_module_systems(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.mjs", "import express, { Router } from 'express'; import * as cron from 'node-cron';\n"
					   "import './c.cjs'; express(); Router(); cron.schedule('x', f); function f() {}",
			       "c.cjs", "const e = require('express'); const { schedule } = require('node-cron');\n"
					"e(1); new e.Router(2); schedule('y', () => {}); require('fs').promises.writeFile('a');"));
	assert_true(entity_is(&call(&x, "express()")->callee, "express", "default"));
	assert_true(entity_is(&call(&x, "e(1)")->callee, "express", "default"));
	assert_true(entity_is(&call(&x, "Router()")->callee, "express", "Router"));
	assert_true(entity_is(&call(&x, "new e.Router(2)")->callee, "express", "Router"));
	assert_true(entity_is(&call(&x, "cron.schedule")->callee, "node-cron", "schedule"));
	assert_true(entity_is(&call(&x, "schedule('y'")->callee, "node-cron", "schedule"));
	assert_true(entity_is(&call(&x, "require('fs').promises.writeFile")->callee, "fs", "promises.writeFile"));
	close_project(&x);
}

static void follows_reexports_aliases_and_factories_to_the_maker(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", "import { db as store } from './index'; import { connect } from './redis';\n"
					  "const c = connect(); async function go() { await store.query('x'); c.set('a', 1); }\n"
					  "go();",
			       "index.ts", "export { db } from './db'; export * from './redis';", "db.ts",
			       "import { Pool } from 'pg'; let pool: Pool | undefined; export const db = new Pool();", "redis.ts",
			       "import Redis from 'ioredis'; let client: Redis | null = null;\n"
			       "export function connect() { if (!client) { client = new Redis(); } return client; }"));
	const struct entity *q = &call(&x, "store.query")->callee, *r = &call(&x, "c.set")->callee;
	assert_int_equal(q->kind, ENT_PACKAGE_INSTANCE);
	assert_true(str_is(q->module, "pg") && str_is(q->path, "Pool") && str_is(q->members, "query"));
	assert_int_equal(r->kind, ENT_PACKAGE_INSTANCE);
	assert_true(str_is(r->module, "ioredis") && str_is(r->members, "set"));
	close_project(&x);
}

static void understands_compiled_typescript(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.js", "\"use strict\"; var __importDefault = (this && this.__importDefault) || function (m) { return m };\n"
					  "Object.defineProperty(exports, \"__esModule\", { value: true });\n"
					  "exports.users = exports.app = void 0;\n"
					  "const express_1 = __importDefault(require(\"express\")); const svc_1 = require(\"./svc\");\n"
					  "const app = (0, express_1.default)(); exports.app = app;\n"
					  "app.get('/a', (req, res) => { (0, svc_1.save)(req.body); });",
			       "svc.js", "\"use strict\"; exports.save = void 0; const seen = new Map();\n"
					 "function save(x) { seen.set(x.id, x); } exports.save = save;"));
	assert_int_equal(phases_of(&x, "seen", ACCESS_ADD), PHASE_REQUEST);
	close_project(&x);
}

/* ---- state, Express and socket.io by hand ---- */

static void rooms_of_socket_io(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const { Server } = require('socket.io'); const io = new Server(3000); const rooms = {};\n"
					    "io.on('connection', socket => { const mine = new Map();\n"
					    "  socket.on('join', id => { rooms[id] = []; rooms[id].push(socket.id); mine.set(id, 1); });\n"
					    "  socket.on('leave', leave); function leave(id) { delete rooms[id]; } });"));
	assert_int_equal(phases_of(&x, "rooms", ACCESS_ADD), PHASE_SOCKET);
	assert_int_equal(phases_of(&x, "rooms", ACCESS_REMOVE), PHASE_SOCKET);
	assert_int_equal(phases_of(&x, "rooms", ACCESS_INNER), PHASE_SOCKET);
	assert_int_equal(cell(&x, "rooms")->life, LIFE_PROCESS);
	assert_int_equal(cell(&x, "mine")->life, LIFE_CONNECTION);
	close_project(&x);
}

static void state_behind_an_exported_instance(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); const m = require('./manager');\n"
					    "app.post('/x', (req, res) => m.add(req.body)); app.get('/x', m.get);",
			       "manager.js", "class Manager { constructor() { this.items = new Map(); this.get = this.get.bind(this); }\n"
					     "add(x) { this.items.set(x.id, x); } get(id) { return this.items.get(id); }\n"
					     "drop(id) { this.items.delete(id); } }\n"
					     "module.exports = new Manager();"));
	const struct prog_cell *c = cell(&x, "items");
	assert_int_equal(c->life, LIFE_PROCESS);
	assert_int_equal(c->shape, SHAPE_MAP);
	assert_int_equal(phases_of(&x, "items", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(phases_of(&x, "items", ACCESS_KEY_READ), PHASE_REQUEST);
	assert_int_equal(phases_of(&x, "items", ACCESS_REMOVE), 0);
	close_project(&x);
}

static void handlers_by_reference_and_through_wrappers(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); app.use('/api', require('./routes').default || require('./routes'));",
			       "routes.js", "const { Router } = require('express'); const ctrl = require('./ctrl'); const wrap = require('./wrap');\n"
					    "const r = Router(); r.post('/x', ctrl.create); r.get('/x', wrap(ctrl.list)); r.put('/x', [ctrl.check], wrap(async function put() { }));\n"
					    "module.exports = r;",
			       "ctrl.js", "const create = async (req, res) => {}; function list() {} function check() {} function unused() {}\n"
					  "module.exports = { create, list, check, unused };",
			       "wrap.js", "module.exports = fn => function wrapped(req, res, next) { return Promise.resolve(fn(req, res)).catch(next); }"));
	assert_int_equal(phases(&x, "create"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "list"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "check"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "put"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "wrapped"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "unused"), 0);
	close_project(&x);
}

static void a_factory_returns_handlers_that_share_a_map(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); const { limit } = require('./limit'); app.use(limit({ max: 5 }));",
			       "limit.js", "exports.limit = function limit(o) { const hits = new Map(); const local = [];\n"
					   "local.forEach(x => x); return (req, res, next) => { hits.set(req.ip, (hits.get(req.ip) || 0) + 1); next(); } }"));
	assert_int_equal(cell(&x, "hits")->kind, CELL_CLOSURE);
	assert_int_equal(cell(&x, "hits")->life, LIFE_PROCESS);
	assert_int_equal(phases_of(&x, "hits", ACCESS_ADD), PHASE_REQUEST);
	for (size_t i = 0; i < x.p->n_cells; i++)
		assert_false(str_is(x.p->cells[i].name, "local"));
	close_project(&x);
}

static void object_literals_and_prototypes_are_services(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); const svc = require('./svc'); const { Jobs } = require('./jobs'); const jobs = new Jobs();\n"
					    "app.get('/a', (q, s) => { svc.create(q.body); jobs.push(q.body); svc.store[q.id] = 1; });",
			       "svc.js", "const svc = { store: {}, create(x) { this.save(x); }, save(x) { svc.list.push(x); }, list: [] }; module.exports = svc;",
			       "jobs.js", "function Jobs() { this.all = {}; } Jobs.prototype.push = function (j) { this.all[j.id] = j; }; exports.Jobs = Jobs;"));
	assert_int_equal(phases_of(&x, "svc", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(count(&x, "svc", ACCESS_ADD), 2);
	assert_int_equal(phases_of(&x, "all", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(cell(&x, "all")->life, LIFE_PROCESS);
	close_project(&x);
}

static void state_is_followed_across_modules_and_aliases(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.mjs", "import express from 'express'; import { sessions, count as n } from './store.mjs'; import * as ns from './store.mjs';\n"
					     "const app = express(); const again = sessions; function put(map, k) { map.set(k, 1); }\n"
					     "app.get('/a', (req) => { again.set(req.id, 1); ns.sessions.delete(1); put(sessions, 2); ns.bump(); });",
			       "store.mjs", "export const sessions = new Map(); export let count = 0; export function bump() { count++; }"));
	assert_int_equal(count(&x, "sessions", ACCESS_ADD), 2);
	assert_int_equal(count(&x, "sessions", ACCESS_REMOVE), 1);
	assert_int_equal(phases_of(&x, "sessions", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(phases_of(&x, "count", ACCESS_UPDATE), PHASE_REQUEST);
	assert_true(cell(&x, "sessions")->exported);
	close_project(&x);
}

static void a_copied_number_is_another_variable(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const LIMIT = 5; const app = require('express')(); function f(n) { n++; return n; }\n"
					    "app.get('/a', () => { let left = LIMIT; left--; f(LIMIT); });"));
	assert_int_equal(count(&x, "LIMIT", ACCESS_UPDATE), 0);
	assert_true(cell(&x, "LIMIT")->is_const_data);
	close_project(&x);
}

static void state_hung_on_globals_and_the_app(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); global.online = new Set(); app.locals.users = {};\n"
					    "app.get('/a', (req) => { global.online.add(req.id); app.locals.users[req.id] = 1; });"));
	assert_int_equal(cell(&x, "globalThis.online")->kind, CELL_GLOBAL);
	assert_int_equal(phases_of(&x, "globalThis.online", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(phases_of(&x, "app.locals.users", ACCESS_ADD), PHASE_REQUEST);
	close_project(&x);
}

static void lives_follow_where_a_class_is_made(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); const { Server } = require('ws'); const wss = new Server({ port: 1 });\n"
					    "class Req { constructor() { this.a = []; } add(x) { this.a.push(x); } } class Con { list = []; }\n"
					    "class Room { people = []; } class One { static it; data = {}; static get() { return One.it ?? (One.it = new One()); } }\n"
					    "const rooms = new Map();\n"
					    "app.get('/a', (q) => { const r = new Req(); r.add(q); rooms.set(q.id, new Room()); One.get().data[q.id] = 1; });\n"
					    "wss.on('connection', ws => { const c = new Con(); ws.on('message', m => c.list.push(m)); });"));
	assert_int_equal(cell(&x, "a")->life, LIFE_REQUEST);
	assert_int_equal(cell(&x, "list")->life, LIFE_CONNECTION);
	assert_int_equal(cell(&x, "people")->life, LIFE_UNKNOWN);
	assert_int_equal(cell(&x, "data")->life, LIFE_PROCESS);
	close_project(&x);
}

/* ---- phases ---- */

static void other_frameworks_register_too(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const fastify = require('fastify')(); const Koa = require('koa'); const KR = require('@koa/router'); const { Worker } = require('bullmq');\n"
					    "const cron = require('node-cron'); const EventEmitter = require('events'); const bus = new EventEmitter();\n"
					    "fastify.register(plugin); async function plugin(f) { f.get('/p', onP); } function onP() {}\n"
					    "fastify.route({ method: 'GET', url: '/r', handler: onR }); function onR() {}\n"
					    "const k = new Koa(); k.use(async function mw(ctx) {}); const r = new KR(); r.get('/k', onK); function onK() {}\n"
					    "new Worker('q', async function job() {}); cron.schedule('* * * * *', tick); function tick() {}\n"
					    "bus.on('x', onX); function onX() {} process.on('SIGTERM', stop); function stop() {}\n"
					    "setInterval(beat, 1000); function beat() { later(); } function later() {} fastify.listen({}, function up() {});\n"
					    "fastify.post('/t', function post(req) { setTimeout(function soon() {}, 5); });"));
	assert_int_equal(phases(&x, "onP"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "onR"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "mw"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "onK"), PHASE_REQUEST);
	assert_int_equal(phases(&x, "job"), PHASE_MESSAGE);
	assert_int_equal(phases(&x, "tick"), PHASE_TIMER);
	assert_int_equal(phases(&x, "onX"), PHASE_EVENT);
	assert_int_equal(phases(&x, "stop"), PHASE_SHUTDOWN);
	assert_int_equal(phases(&x, "later"), PHASE_TIMER);
	assert_int_equal(phases(&x, "up"), PHASE_BOOT);
	assert_int_equal(phases(&x, "soon"), PHASE_REQUEST);
	close_project(&x);
}

static void wrappers_of_the_project_register_for_their_callers(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const { every, on } = require('./lib'); every('* * * * *', () => work()); on('x', got); function work() {} function got() {}\n"
					    "const jobs = [{ when: '* * * * *', run: first }, { when: '1 * * * *', run: second }]; function first() {} function second() {}\n"
					    "for (const j of jobs) every(j.when, j.run);",
			       "lib.js", "const cron = require('node-cron'); const bus = new (require('events'))();\n"
					 "exports.every = (when, fn) => cron.schedule(when, fn); exports.on = function (e, h) { bus.on(e, h); }"));
	assert_int_equal(phases(&x, "work"), PHASE_TIMER);
	assert_int_equal(phases(&x, "got"), PHASE_EVENT);
	assert_int_equal(phases(&x, "first"), PHASE_TIMER);
	assert_int_equal(phases(&x, "second"), PHASE_TIMER);
	close_project(&x);
}

static void app_and_io_are_handed_to_other_modules(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); const io = new (require('socket.io').Server)(app); const state = {};\n"
					    "require('./routes')(app); require('./sockets')(io, state);",
			       "routes.js", "module.exports = (a) => { require('./deeper').mount(a); };", "deeper.js",
			       "exports.mount = function (srv) { srv.get('/d', deep); }; function deep() {}", "sockets.js",
			       "module.exports = function (io, s) { io.on('connection', c => { c.on('put', (k) => { s[k] = 1; }); }); }"));
	assert_int_equal(phases(&x, "deep"), PHASE_REQUEST);
	assert_int_equal(phases_of(&x, "state", ACCESS_ADD), PHASE_SOCKET);
	close_project(&x);
}

static void a_path_leads_from_a_root_to_a_function(void **state)
{
	struct fixture x;
	const struct prog_root *root = NULL;
	prog_id path[8];
	(void)state;
	open_project(&x, FILES("server.js", "const app = require('express')(); app.get('/a', a); function a() { b(); } function b() { c(); } function c() {}"));
	assert_int_equal(prog_path_to(x.p, 0, function(&x, "c"), PHASE_RUNTIME, &root, path, 8), 3);
	assert_true(str_is(root->label, "GET /a"));
	assert_int_equal(path[0], function(&x, "a"));
	assert_int_equal(path[2], function(&x, "c"));
	assert_int_equal(prog_path_to(x.p, 0, function(&x, "c"), PHASE_SOCKET, &root, path, 8), 0);
	close_project(&x);
}

static void effects_gather_over_calls(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("server.js", "const { Pool } = require('pg'); const pool = new Pool(); const mail = require('nodemailer').createTransport({});\n"
					    "async function job() { await rows(); await send(); } function rows() { return pool.query('SELECT 1'); }\n"
					    "function send() { return mail.sendMail({}); } function wipe() { return pool.query(`DELETE FROM x WHERE a < now()`); }\n"
					    "setInterval(job, 1000); setInterval(wipe, 1);"));
	assert_int_equal(x.p->fns[function(&x, "job")].effects_all & (EFFECT_DB_READ | EFFECT_MAIL), EFFECT_DB_READ | EFFECT_MAIL);
	assert_int_equal(x.p->fns[function(&x, "rows")].effects, EFFECT_DB_READ);
	assert_true(x.p->fns[function(&x, "wipe")].effects & EFFECT_DB_DELETE);
	close_project(&x);
}

/* ---- NestJS ---- */

#define NEST_MAIN "import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module';\n"                 \
		  "async function bootstrap() { const app = await NestFactory.create(AppModule); await app.listen(3000); } bootstrap();"
#define NEST_MODULE "import { Module } from '@nestjs/common'; import { A } from './a.service'; import { C } from './c.controller';\n" \
		    "@Module({ imports: [], controllers: [C], providers: [A, { provide: 'TOKEN', useClass: A }] }) export class AppModule {}"

static void state_of_a_nest_singleton(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", NEST_MAIN, "app.module.ts", NEST_MODULE, "a.service.ts",
			       "import { Injectable } from '@nestjs/common'; @Injectable() export class A { private m = new Map<string, number>();\n"
			       "put(k: string) { this.m.set(k, 1); } onModuleInit() { this.m.clear(); } never() { this.m.delete('x'); } }",
			       "c.controller.ts",
			       "import { Controller, Post } from '@nestjs/common'; import { A } from './a.service';\n"
			       "@Controller('things') export class C { constructor(private readonly a: A) {} @Post(':id') create() { this.a.put('x'); } }",
			       "unused.ts", ""));
	assert_int_equal(cell(&x, "m")->life, LIFE_PROCESS);
	assert_int_equal(phases_of(&x, "m", ACCESS_ADD), PHASE_REQUEST);
	assert_int_equal(prog_phases(x.p, 0, function(&x, "A.never")), 0);
	assert_int_equal(prog_phases(x.p, 0, function(&x, "A.onModuleInit")), PHASE_BOOT);
	const struct prog_root *root = NULL;
	prog_id path[8];
	assert_true(prog_path_to(x.p, 0, function(&x, "A.put"), PHASE_REQUEST, &root, path, 8) == 2);
	assert_true(str_is(root->label, "POST /things/:id"));
	close_project(&x);
}

static void request_scope_bubbles_up(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", NEST_MAIN, "app.module.ts", NEST_MODULE, "a.service.ts",
			       "import { Injectable, Scope } from '@nestjs/common'; @Injectable({ scope: Scope.REQUEST }) export class A { mine = []; }",
			       "c.controller.ts",
			       "import { Controller, Get } from '@nestjs/common'; import { A } from './a.service';\n"
			       "@Controller() export class C { seen = {}; constructor(private a: A) {} @Get() go() { this.seen[1] = 1; } }"));
	assert_int_equal(cell(&x, "mine")->life, LIFE_REQUEST);
	assert_int_equal(cell(&x, "seen")->life, LIFE_REQUEST);
	close_project(&x);
}

static void what_no_module_provides_is_dead(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", NEST_MAIN, "app.module.ts", NEST_MODULE, "a.service.ts",
			       "import { Injectable } from '@nestjs/common'; import { Cron } from '@nestjs/schedule';\n"
			       "@Injectable() export class A { @Cron('* * * * *') tick() {} }\n"
			       "@Injectable() export class Forgotten { @Cron('* * * * *') tock() {} }",
			       "c.controller.ts", "import { Controller } from '@nestjs/common'; @Controller() export class C {}"));
	assert_int_equal(phases(&x, "A.tick"), PHASE_TIMER);
	assert_int_equal(phases(&x, "Forgotten.tock"), 0);
	close_project(&x);
}

static void decorators_of_the_project_are_expanded(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", NEST_MAIN, "app.module.ts", NEST_MODULE, "a.service.ts",
			       "import { Injectable, applyDecorators } from '@nestjs/common'; import { Cron } from '@nestjs/schedule'; import { Every } from './every';\n"
			       "@Injectable() export class A { @Every('1 * * * *') tick() {} }",
			       "every.ts",
			       "import { applyDecorators } from '@nestjs/common'; import { Cron } from '@nestjs/schedule';\n"
			       "export const Every = (when: string) => applyDecorators(Cron(when));",
			       "c.controller.ts", "import { Controller } from '@nestjs/common'; @Controller() export class C {}"));
	assert_int_equal(phases(&x, "A.tick"), PHASE_TIMER);
	close_project(&x);
}

static void repositories_and_tokens_are_injected(void **state)
{
	struct fixture x;
	(void)state;
	open_project(&x, FILES("main.ts", NEST_MAIN, "app.module.ts", NEST_MODULE, "a.service.ts",
			       "import { Injectable } from '@nestjs/common'; import { Repository } from 'typeorm'; import { InjectRepository } from '@nestjs/typeorm'; import { Order } from './order';\n"
			       "@Injectable() export class A { constructor(@InjectRepository(Order) private orders: Repository<Order>) {} run() { return this.orders.save({}); } }",
			       "order.ts", "export class Order { id: number }", "c.controller.ts",
			       "import { Controller, Get, Inject } from '@nestjs/common'; import { Runner } from './runner';\n"
			       "@Controller() export class C { constructor(@Inject('TOKEN') private r: Runner) {} @Get() go() { this.r.run(); } }",
			       "runner.ts", "export interface Runner { run(): void }"));
	const struct entity *e = &call(&x, "this.orders.save")->callee;
	assert_int_equal(e->kind, ENT_PACKAGE_INSTANCE);
	assert_true(str_is(e->module, "typeorm") && str_is(e->path, "Repository") && str_is(e->members, "save"));
	assert_true(str_is(e->type_arg, "Order") && e->type_node);
	assert_int_equal(phases(&x, "A.run"), PHASE_REQUEST);
	close_project(&x);
}

/* ---- options and guards ---- */

static void options_are_followed(void **state)
{
	struct fixture x;
	prog_id file;
	js_node node;
	bool open;
	(void)state;
	open_project(&x, FILES("main.js", "const lib = require('lib'); const o = require('./opts'); lib.a(o.session); lib.b({ useFactory: () => ({ store: 1 }) }); lib.c({ ...process.env });",
			       "opts.js", "const base = { store: 's' }; exports.session = { ...base, secret: 'x' };"));
	const struct prog_call *a = call(&x, "lib.a"), *b = call(&x, "lib.b"), *c = call(&x, "lib.c");
	assert_true(prog_option(x.p, a->file, js_kid(x.p->files[a->file].js, a->node, 0), "store", &file, &node, &open));
	assert_true(str_is(x.p->files[file].source->path, "opts.js"));
	assert_false(prog_option(x.p, a->file, js_kid(x.p->files[a->file].js, a->node, 0), "nothing", &file, &node, &open));
	assert_false(open);
	assert_true(prog_option(x.p, b->file, js_kid(x.p->files[b->file].js, b->node, 0), "store", &file, &node, &open));
	assert_false(prog_option(x.p, c->file, js_kid(x.p->files[c->file].js, c->node, 0), "store", &file, &node, &open));
	assert_true(open);
	close_project(&x);
}

static enum guard_answer guard(struct fixture *x, const char *text, struct eco_app *model)
{
	const struct prog_call *c = call(x, text);
	return prog_guard(x->p, 0, model, c->file, c->node).answer;
}

static void guards_follow_the_truth_table(void **state)
{
	struct fixture x;
	const struct env_var env[] = {{STR("RUN_CRON"), STR("true")}};
	struct eco_app cluster = {.exec_mode = EXEC_CLUSTER, .processes = 2, .env = env, .n_env = 1};
	struct eco_app fork = {.exec_mode = EXEC_FORK, .processes = 1};
	(void)state;
	open_project(&x, FILES("main.js", "const cluster = require('cluster'); const { leader, isLeader } = require('./leader'); const i = process.env.NODE_APP_INSTANCE;\n"
					  "if (i === '0') a(); if (i === 0) b(); if (!i) c(); if (cluster.isPrimary) d(); if (leader) e(); if (isLeader()) f();\n"
					  "if (Number(i) === 0) g(); if (process.env.RUN_CRON === 'true') h(); if (process.env.OTHER) k(); l();\n"
					  "function start() { if (i !== '0') return; m(); } start();\n"
					  "function job() { n(); } if (leader) setInterval(job, 10); i === '0' && o();\n"
					  "function a(){} function b(){} function c(){} function d(){} function e(){} function f(){} function g(){} function h(){} function k(){} function l(){} function m(){} function n(){} function o(){}",
			       "leader.js", "exports.leader = process.env.NODE_APP_INSTANCE === '0'; exports.isLeader = () => process.env.NODE_APP_INSTANCE === '0';"));
	assert_int_equal(guard(&x, "a()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "b()", &cluster), GUARD_NEVER);
	assert_int_equal(guard(&x, "c()", &cluster), GUARD_NEVER);
	assert_int_equal(guard(&x, "d()", &cluster), GUARD_NEVER);
	assert_int_equal(guard(&x, "d()", &fork), GUARD_ALWAYS);
	assert_int_equal(guard(&x, "e()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "f()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "g()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "h()", &cluster), GUARD_ALWAYS);
	assert_int_equal(guard(&x, "h()", &fork), GUARD_UNKNOWN);
	assert_int_equal(guard(&x, "k()", &cluster), GUARD_UNKNOWN);
	assert_int_equal(guard(&x, "l()", &cluster), GUARD_NONE);
	assert_int_equal(guard(&x, "m()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "n()", &cluster), GUARD_ONE);
	assert_int_equal(guard(&x, "o()", &cluster), GUARD_ONE);
	close_project(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_imports_of_all_forms),
	    cmocka_unit_test(does_not_load_what_typescript_elides),
	    cmocka_unit_test(loads_a_folder_file_by_file),
	    cmocka_unit_test(says_what_it_cannot_resolve),
	    cmocka_unit_test(survives_cycles_empty_and_broken_files),
	    cmocka_unit_test(a_missing_entry_is_said),
	    cmocka_unit_test(each_app_has_its_own_reach),
	    cmocka_unit_test(names_packages_the_same_in_both_module_systems),
	    cmocka_unit_test(follows_reexports_aliases_and_factories_to_the_maker),
	    cmocka_unit_test(understands_compiled_typescript),
	    cmocka_unit_test(rooms_of_socket_io),
	    cmocka_unit_test(state_behind_an_exported_instance),
	    cmocka_unit_test(handlers_by_reference_and_through_wrappers),
	    cmocka_unit_test(a_factory_returns_handlers_that_share_a_map),
	    cmocka_unit_test(object_literals_and_prototypes_are_services),
	    cmocka_unit_test(state_is_followed_across_modules_and_aliases),
	    cmocka_unit_test(a_copied_number_is_another_variable),
	    cmocka_unit_test(state_hung_on_globals_and_the_app),
	    cmocka_unit_test(lives_follow_where_a_class_is_made),
	    cmocka_unit_test(other_frameworks_register_too),
	    cmocka_unit_test(wrappers_of_the_project_register_for_their_callers),
	    cmocka_unit_test(app_and_io_are_handed_to_other_modules),
	    cmocka_unit_test(a_path_leads_from_a_root_to_a_function),
	    cmocka_unit_test(effects_gather_over_calls),
	    cmocka_unit_test(state_of_a_nest_singleton),
	    cmocka_unit_test(request_scope_bubbles_up),
	    cmocka_unit_test(what_no_module_provides_is_dead),
	    cmocka_unit_test(decorators_of_the_project_are_expanded),
	    cmocka_unit_test(repositories_and_tokens_are_injected),
	    cmocka_unit_test(options_are_followed),
	    cmocka_unit_test(guards_follow_the_truth_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
