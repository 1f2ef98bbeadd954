#include "cli/report/content.h"

/* What a remedy looks like with the library that the app uses already. The
 * forms are those of ioredis 5, redis 4 and 5, TypeORM 0.3, Prisma 5 and 6,
 * Mongoose 7 and 8, Sequelize 6, Knex 3, BullMQ 5, socket.io 4, multer 1 and 2.
 * {symbol} and {key} are the hazard's, {field} its last name. */

struct recipe {
	const char *rule;
	uint32_t needs; /* libraries, all of them */
	enum library library; /* the one that is named */
	const char *code;
};

#define BIT(l) (1u << (l))

/* of several for one rule the first that fits is shown */
static const struct recipe recipes[] = {
	{"allocator-in-memory", BIT(LIB_IOREDIS), LIB_IOREDIS,
	 "// instead of {symbol}: the first process to write the key owns it\n"
	 "for (const candidate of candidates) {\n"
	 "  const won = await redis.set(`{key}:${candidate}`, owner, 'EX', 3600, 'NX');\n"
	 "  if (won) return candidate; // renew it before 3600 s are over while it is in use\n"
	 "}\n"
	 "throw new Error('nothing is free');\n\n"
	 "// release only what is still one's own\n"
	 "await redis.eval(\n"
	 "  \"if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0\",\n"
	 "  1, `{key}:${candidate}`, owner,\n"
	 ");\n"},
	{"allocator-in-memory", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS,
	 "// instead of {symbol}: the first process to write the key owns it\n"
	 "for (const candidate of candidates) {\n"
	 "  const won = await redis.set(`{key}:${candidate}`, owner, { EX: 3600, NX: true });\n"
	 "  if (won) return candidate; // renew it before 3600 s are over while it is in use\n"
	 "}\n"
	 "throw new Error('nothing is free');\n\n"
	 "// release only what is still one's own\n"
	 "await redis.eval(\n"
	 "  \"if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0\",\n"
	 "  { keys: [`{key}:${candidate}`], arguments: [owner] },\n"
	 ");\n"},
	{"allocator-in-memory", BIT(LIB_TYPEORM), LIB_TYPEORM,
	 "// an entity with one row for each claim instead of {symbol}; the primary key lets one process win\n"
	 "for (const candidate of candidates) {\n"
	 "  const result = await claims\n"
	 "    .createQueryBuilder()\n"
	 "    .insert()\n"
	 "    .values({ candidate, owner })\n"
	 "    .orIgnore()\n"
	 "    .returning('*') // PostgreSQL: no row comes back where somebody else was first\n"
	 "    .execute();\n"
	 "  if (result.raw.length === 1) return candidate;\n"
	 "}\n"
	 "throw new Error('nothing is free');\n"},
	{"allocator-in-memory", BIT(LIB_PRISMA), LIB_PRISMA,
	 "// a model with @unique candidate instead of {symbol}\n"
	 "for (const candidate of candidates) {\n"
	 "  const { count } = await prisma.claim.createMany({ data: [{ candidate, owner }], skipDuplicates: true });\n"
	 "  if (count === 1) return candidate;\n"
	 "}\n"
	 "throw new Error('nothing is free');\n"},
	{"allocator-in-memory", BIT(LIB_MONGOOSE), LIB_MONGOOSE,
	 "// the candidate is the _id of a claim, which is unique: instead of {symbol}\n"
	 "for (const candidate of candidates) {\n"
	 "  try {\n"
	 "    await Claim.create({ _id: candidate, owner });\n"
	 "    return candidate;\n"
	 "  } catch (error) {\n"
	 "    if (error.code !== 11000) throw error; // taken: try the next one\n"
	 "  }\n"
	 "}\n"},
	{"counter-in-memory", BIT(LIB_IOREDIS), LIB_IOREDIS, "const number = await redis.incr('{key}'); // instead of {symbol}\n"},
	{"counter-in-memory", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS, "const number = await redis.incr('{key}'); // instead of {symbol}\n"},
	{"dedupe-in-memory", BIT(LIB_IOREDIS), LIB_IOREDIS,
	 "const first = await redis.set(`{key}:${id}`, '1', 'EX', 86400, 'NX'); // instead of {symbol}\n"
	 "if (!first) return; // handled before, by whichever process\n"},
	{"dedupe-in-memory", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS,
	 "const first = await redis.set(`{key}:${id}`, '1', { EX: 86400, NX: true }); // instead of {symbol}\n"
	 "if (!first) return; // handled before, by whichever process\n"},
	{"limit-in-memory", BIT(LIB_IOREDIS), LIB_IOREDIS,
	 "// instead of {symbol}: the window begins with the first count and ends by itself\n"
	 "const replies = await redis.multi().set(key, 0, 'EX', WINDOW_SECONDS, 'NX').incr(key).exec();\n"
	 "const count = Number(replies?.[1]?.[1]);\n"},
	{"limit-in-memory", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS,
	 "// instead of {symbol}: the window begins with the first count and ends by itself\n"
	 "const [, count] = await redis.multi().set(key, 0, { EX: WINDOW_SECONDS, NX: true }).incr(key).exec();\n"},
	{"state-in-memory", BIT(LIB_IOREDIS), LIB_IOREDIS,
	 "await redis.set(`{key}:${id}`, JSON.stringify(value), 'EX', 3600); // instead of a write to {symbol}\n"
	 "const text = await redis.get(`{key}:${id}`);                        // instead of a read\n"},
	{"state-in-memory", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS,
	 "await redis.set(`{key}:${id}`, JSON.stringify(value), { EX: 3600 }); // instead of a write to {symbol}\n"
	 "const text = await redis.get(`{key}:${id}`);                         // instead of a read\n"},
	{"schedule-in-every-process", BIT(LIB_BULLMQ), LIB_BULLMQ,
	 "// at start, in every process: the id is fixed, so there is one schedule; one worker gets each job\n"
	 "await queue.upsertJobScheduler('{key}', { every: EVERY_MS }, { name: '{key}' });\n"},
	{"schedule-in-every-process", BIT(LIB_IOREDIS), LIB_IOREDIS,
	 "// first lines of {symbol}; EVERY_MS is the period of its schedule\n"
	 "const tick = Math.round(Date.now() / EVERY_MS);\n"
	 "const won = await redis.set(`cron:{key}:${tick}`, '1', 'PX', EVERY_MS, 'NX');\n"
	 "if (!won) return; // never delete the key: it has to outlive the skew between the processes\n"},
	{"schedule-in-every-process", BIT(LIB_NODE_REDIS), LIB_NODE_REDIS,
	 "// first lines of {symbol}; EVERY_MS is the period of its schedule\n"
	 "const tick = Math.round(Date.now() / EVERY_MS);\n"
	 "const won = await redis.set(`cron:{key}:${tick}`, '1', { PX: EVERY_MS, NX: true });\n"
	 "if (!won) return; // never delete the key: it has to outlive the skew between the processes\n"},
	{"state-checked-then-set", BIT(LIB_TYPEORM), LIB_TYPEORM,
	 "// the old {field} is part of the condition, so that one request wins\n"
	 "const result = await repository.update({ id, {field}: before }, { {field}: after });\n"
	 "if (result.affected !== 1) return; // somebody else was first: nothing else may happen\n"},
	{"state-checked-then-set", BIT(LIB_PRISMA), LIB_PRISMA,
	 "// the old {field} is part of the condition, so that one request wins\n"
	 "const { count } = await prisma.model.updateMany({ where: { id, {field}: before }, data: { {field}: after } });\n"
	 "if (count !== 1) return; // somebody else was first: nothing else may happen\n"},
	{"state-checked-then-set", BIT(LIB_MONGOOSE), LIB_MONGOOSE,
	 "// the old {field} is part of the condition, so that one request wins\n"
	 "const changed = await Model.findOneAndUpdate({ _id: id, {field}: before }, { $set: { {field}: after } });\n"
	 "if (!changed) return; // somebody else was first: nothing else may happen\n"},
	{"state-checked-then-set", BIT(LIB_SEQUELIZE), LIB_SEQUELIZE,
	 "// the old {field} is part of the condition, so that one request wins\n"
	 "const [count] = await Model.update({ {field}: after }, { where: { id, {field}: before } });\n"
	 "if (count !== 1) return; // somebody else was first: nothing else may happen\n"},
	{"state-checked-then-set", BIT(LIB_KNEX), LIB_KNEX,
	 "// the old {field} is part of the condition, so that one request wins\n"
	 "const count = await knex('table').where({ id, {field}: before }).update({ {field}: after });\n"
	 "if (count !== 1) return; // somebody else was first: nothing else may happen\n"},
	{"read-modify-write", BIT(LIB_TYPEORM), LIB_TYPEORM,
	 "const result = await repository.decrement({ id, {field}: MoreThanOrEqual(n) }, '{field}', n);\n"
	 "if (result.affected !== 1) throw new Error('not enough left');\n"},
	{"read-modify-write", BIT(LIB_PRISMA), LIB_PRISMA,
	 "const { count } = await prisma.model.updateMany({\n"
	 "  where: { id, {field}: { gte: n } },\n"
	 "  data: { {field}: { decrement: n } },\n"
	 "});\n"
	 "if (count !== 1) throw new Error('not enough left');\n"},
	{"read-modify-write", BIT(LIB_MONGOOSE), LIB_MONGOOSE,
	 "const { modifiedCount } = await Model.updateOne({ _id: id, {field}: { $gte: n } }, { $inc: { {field}: -n } });\n"
	 "if (modifiedCount !== 1) throw new Error('not enough left');\n"},
	{"socket-registry-in-memory", BIT(LIB_NEST_SOCKETIO) | BIT(LIB_NEST), LIB_NEST_SOCKETIO,
	 "// npm install @socket.io/redis-adapter ioredis\n"
	 "export class RedisIoAdapter extends IoAdapter {\n"
	 "  private readonly pub = new Redis(process.env.REDIS_URL!);\n"
	 "  private readonly redis = createAdapter(this.pub, this.pub.duplicate());\n\n"
	 "  createIOServer(port: number, options?: ServerOptions) {\n"
	 "    // PM2 has no sticky sessions: long polling would change the process between two requests\n"
	 "    const server = super.createIOServer(port, { ...options, transports: ['websocket'] });\n"
	 "    server.adapter(this.redis);\n"
	 "    return server;\n"
	 "  }\n"
	 "}\n\n"
	 "app.useWebSocketAdapter(new RedisIoAdapter(app)); // in main.ts, before listen\n\n"
	 "// in the gateway, instead of {symbol}\n"
	 "client.join(`user:${userId}`);\n"
	 "this.server.to(`user:${userId}`).emit('notification', notification);\n"},
	{"socket-registry-in-memory", BIT(LIB_SOCKETIO), LIB_SOCKETIO,
	 "// npm install @socket.io/redis-adapter ioredis\n"
	 "const pub = new Redis(process.env.REDIS_URL);\n"
	 "const io = new Server(httpServer, {\n"
	 "  adapter: createAdapter(pub, pub.duplicate()),\n"
	 "  transports: ['websocket'], // PM2 has no sticky sessions\n"
	 "});\n\n"
	 "// instead of {symbol}\n"
	 "socket.join(`user:${userId}`);\n"
	 "io.to(`user:${userId}`).emit('notification', notification);\n"},
	{"socket-broadcast-without-adapter", BIT(LIB_SOCKETIO), LIB_SOCKETIO,
	 "// npm install @socket.io/redis-adapter ioredis\n"
	 "const pub = new Redis(process.env.REDIS_URL);\n"
	 "io.adapter(createAdapter(pub, pub.duplicate()));\n"},
	{"socket-registry-in-memory", BIT(LIB_WS) | BIT(LIB_IOREDIS), LIB_WS,
	 "// each process sends to its own connections; who has a message publishes it to all\n"
	 "await subscriber.subscribe('notifications');\n"
	 "subscriber.on('message', (_channel, text) => {\n"
	 "  const { userId, body } = JSON.parse(text);\n"
	 "  {symbol}.get(userId)?.send(JSON.stringify(body));\n"
	 "});\n"
	 "await redis.publish('notifications', JSON.stringify({ userId, body }));\n"},
	{"upload-left-on-disk", BIT(LIB_MULTER), LIB_MULTER,
	 "try {\n"
	 "  // what is done with file.path, the upload to object storage included\n"
	 "} finally {\n"
	 "  await fs.promises.rm(file.path, { force: true }); // after an error too\n"
	 "}\n"},
	{"session-store-in-memory", BIT(LIB_EXPRESS_SESSION) | BIT(LIB_NODE_REDIS), LIB_EXPRESS_SESSION,
	 "// npm install connect-redis\n"
	 "import { RedisStore } from 'connect-redis';\n"
	 "app.use(session({ store: new RedisStore({ client: redis }), secret, resave: false, saveUninitialized: false }));\n"},
};

/* a piece of a Redis key: letters, digits and . _ - of the symbol */
static const char *key_of(struct report *p, struct str s)
{
	char *out = arena_cstr(&p->d->arena, s);
	for (char *c = out; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
			*c = '-';
	return out;
}

static bool is_identifier(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	return *s && !(*s >= '0' && *s <= '9') && s[strspn(s, letters)] == '\0';
}

static const char *field_of(struct report *p, struct str symbol)
{
	size_t dot = str_rfind_char(symbol, '.');
	const char *field = arena_cstr(&p->d->arena, dot == (size_t)-1 ? symbol : str_sub(symbol, dot + 1, symbol.len));
	return is_identifier(field) ? field : "status";
}

void report_code(struct report *p, const struct report_app *app, const struct hazard *h)
{
	for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
		const struct recipe *r = &recipes[i];
		if (!str_is(h->card->id, r->rule) || (app->libraries & r->needs) != r->needs)
			continue;
		const char *names[] = {"symbol", "key", "field"};
		const char *values[] = {doc_user(p->d, h->symbol), key_of(p, h->symbol), field_of(p, h->symbol)};
		const char *library = doc_code(p->d, str_from(library_name(r->library)));
		doc_paragraph(p->d, report_say(p->d, T_CODE, "library", library, NULL));
		doc_listing(p->d, "ts", report_fill(p->d, r->code, names, values, 3));
		return;
	}
}
