#include "analyzers/program/roots.h"

#define WEB "express|express-promise-router|router|polka|restify|hono|koa|@koa/router|koa-router|fastify|find-my-way|h3|" \
	    "uWebSockets.js|elysia|hyper-express|connect|express-ws|koa-websocket|@hono/node-server|itty-router|0http|tinyhttp|" \
	    "@tinyhttp/app|@nestjs/core|@nestjs/platform-express|@nestjs/platform-fastify|itty-router|koa-joi-router"
#define VERBS "get|post|put|patch|delete|del|all|head|options|opts|search|any|GET|POST|PUT|PATCH|DELETE"
#define LISTEN "on|once|addListener|prependListener|addEventListener|onAny"
#define SERVER "createServer()|createSecureServer()|Server"
#define STOP "SIGTERM|SIGINT|SIGHUP|SIGQUIT|SIGUSR2|exit|beforeExit"
#define MIDDLEWARE "multer|express-rate-limit|cors|http-proxy-middleware|express-session|express-validator|csurf|helmet|" \
		   "express-basic-auth|express-jwt|jwks-rsa|celebrate|express-fileupload|morgan|compression|express-slow-down|" \
		   "koa-session|koa-body|koa-bodyparser|koa-jwt|@koa/cors|koa-ratelimit|@fastify/rate-limit|express-http-proxy"
#define GRAPHQL "@apollo/server|apollo-server|apollo-server-express|apollo-server-koa|apollo-server-fastify|graphql-yoga|" \
		"mercurius|@graphql-tools/schema|graphql-tools|express-graphql|graphql-http|graphql|@as-integrations/fastify|" \
		"@apollo/subgraph"
#define BOTS "telegraf|grammy|node-telegram-bot-api|discord.js|discord.js-commando|@slack/bolt|whatsapp-web.js|mineflayer|" \
	     "tmi.js|dank-twitch-irc|@kararty/dank-twitch-irc|@mastondzn/dank-twitch-irc|@twurple/chat|irc-framework|irc|@whiskeysockets/baileys|eris|oicq|icqq|wechaty|@line/bot-sdk|viber-bot|tmi|oceanic.js"

const struct reg_row reg_rows[] = {
    /* timers */
    {"", "setInterval", NULL, NULL, PHASE_TIMER, REG_INHERIT, 0, 0, "setInterval", NULL},
    {"", "setTimeout", NULL, NULL, PHASE_TIMER, REG_INHERIT, 0, 0, "setTimeout", NULL},
    {"node-cron", "schedule|createTask", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 1, "cron '%0'", NULL},
    {"cron", "CronJob|from", NULL, NULL, PHASE_TIMER, REG_ALWAYS, ROW_OPTIONS, 0, "cron '%0'", NULL},
    {"node-schedule", "scheduleJob|Job", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0, "cron '%0'", NULL},
    {"croner", "Cron|default|schedule", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0, "cron '%0'", NULL},
    {"toad-scheduler", "Task|AsyncTask", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0, "task '%0'", NULL},
    {"later|@breejs/later", "setInterval|setTimeout", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0, "schedule", NULL},
    {"rrule-scheduler|cron-job-manager|cronosjs|node-cron-tz|set-interval-async|set-interval-async/dynamic|"
     "set-interval-async/fixed|easy-cron|cron-schedule|tinycron|node-crontab|crontab",
     "*", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0, "schedule '%0'", NULL},
    /* jobs and messages */
    {"bull|bee-queue|kue|bull-arena", "process", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 0, "queue job", NULL},
    {"bull|bullmq|bee-queue|kue", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "queue event '%0'", NULL},
    {"bullmq", "Worker", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 1, "job of queue '%0'", NULL},
    {"agenda|@hokify/agenda", "define", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 1, "agenda job '%0'", NULL},
    {"pg-boss", "work|subscribe|onComplete", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 1, "job of queue '%0'", NULL},
    {"kafkajs|@confluentinc/kafka-javascript", "run", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, ROW_OPTIONS, 0,
     "kafka message", NULL},
    {"node-rdkafka|kafka-node|sqs-consumer|nsqjs|@aws-sdk/client-sqs|@google-cloud/pubsub|rhea|@azure/service-bus|"
     "@azure/event-hubs",
     "on|once|create|subscribe|processMessages|Consumer", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, ROW_OPTIONS, 0,
     "message", NULL},
    {"amqplib|amqplib/callback_api|amqp-connection-manager|amqp-ts|rascal", "consume|subscribe", NULL, NULL,
     PHASE_MESSAGE, REG_ALWAYS, 0, 0, "message of queue '%0'", NULL},
    {"graphile-worker|rsmq-worker|rsmq|node-resque|better-queue|sidequest", "*", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS,
     ROW_OPTIONS, 0, "job", NULL},
    {"moleculer", "createService", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "service action", NULL},
    {"seneca", "add", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 1, "seneca action", NULL},
    {"nats|ts-nats|stan|node-nats-streaming|mqtt|redis|ioredis|async-mqtt|redis-smq|paho-mqtt|aedes", "*", NULL, NULL,
     PHASE_EVENT, REG_INHERIT, 0, 0, "%n '%0'", NULL},
    /* sockets */
    {"socket.io|ws|sockjs|primus|engine.io|uws|websocket|isomorphic-ws|socket.io-redis|@socket.io/cluster-adapter", LISTEN,
     "connection|connect|request", NULL, PHASE_SOCKET, REG_ALWAYS, 0, 1, "socket event '%0'", "*"},
    {"socket.io", LISTEN, NULL, "Socket", PHASE_SOCKET, REG_ALWAYS, 0, 0, "socket event '%0'", NULL},
    {"socket.io", "use", NULL, NULL, PHASE_SOCKET, REG_ALWAYS, 0, 0, "socket middleware", "socket.io#Socket"},
    {"socket.io", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "event '%0'", NULL},
    {"ws|sockjs|primus|websocket|engine.io|isomorphic-ws", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0,
     "socket event '%0'", NULL},
    {"ws", "handleUpgrade", NULL, NULL, PHASE_SOCKET, REG_ALWAYS, 0, 0, "socket upgrade", "ws#WebSocket"},
    {WEB, "ws", NULL, NULL, PHASE_SOCKET, REG_ALWAYS, ROW_OPTIONS, 0, "socket %0", "ws#WebSocket"},
    {"graphql-ws|graphql-ws/lib/use/ws|graphql-ws/use/ws|subscriptions-transport-ws|y-websocket|peer|ws-wrapper|colyseus|"
     "@hocuspocus/server|@colyseus/core",
     "*", NULL, NULL, PHASE_SOCKET, REG_ALWAYS, ROW_OPTIONS, 0, "socket", NULL},
    {"net|tls", "createServer|Server", NULL, NULL, PHASE_SOCKET, REG_ALWAYS, 0, 0, "tcp connection", "net#Socket"},
    {"net|tls|http|https|http2", LISTEN, "connection|secureConnection|upgrade|connect|session|stream", SERVER,
     PHASE_SOCKET, REG_ALWAYS, 0, 1, "%0", "net#Socket"},
    {"http|https|http2", LISTEN, "request|checkContinue", SERVER, PHASE_REQUEST, REG_ALWAYS, 0, 1, "%0", NULL},
    {"http|https|http2", "createServer|createSecureServer|Server", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0,
     "http request", NULL},
    {"http|https|http2", LISTEN, "listening|error|close", SERVER, PHASE_BOOT, REG_ALWAYS, 0, 1, "server event '%0'", NULL},
    {"http|https|http2|net|tls", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "event '%0'", NULL},
    {"http|https|http2|net|tls|" WEB "|@hapi/hapi|hapi|socket.io|ws", "listen|start|ready|onReady|prepare|after", NULL,
     NULL, PHASE_BOOT, REG_ALWAYS, 0, 0, "%n", NULL},
    {"dgram", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "udp %0", NULL},
    /* routes */
    {"fastify", "addHook", "onReady|onListen|onRegister|onRoute", NULL, PHASE_BOOT, REG_ALWAYS, 0, 1, "hook %0", NULL},
    {"fastify", "addHook", "onClose|preClose", NULL, PHASE_SHUTDOWN, REG_ALWAYS, 0, 1, "hook %0", NULL},
    {"fastify", "register", NULL, NULL, PHASE_BOOT, REG_ALWAYS, 0, 0, "plugin", "fastify#default()"},
    {"fastify|fastify-plugin", "default|fp|fastifyPlugin", NULL, NULL, PHASE_BOOT, REG_ALWAYS, 0, 0, "plugin",
     "fastify#default()"},
    {"fastify", "route|addHook|decorate|decorateRequest|decorateReply|setErrorHandler|setNotFoundHandler|"
		"addContentTypeParser|setValidatorCompiler",
     NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "%n %0", NULL},
    {WEB, VERBS, NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "%N %0", NULL},
    {WEB, "use|param|apply|route|onError|notFound|engine|onRequest|onBeforeHandle|derive", NULL, NULL, PHASE_REQUEST,
     REG_ALWAYS, ROW_OPTIONS, 0, "middleware", NULL},
    {WEB, LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0, "event '%0'", NULL},
    {"h3|nitropack|nuxt", "eventHandler|defineEventHandler|fromNodeMiddleware", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0,
     "handler", NULL},
    {"@nestjs/common", "apply", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0, "middleware", NULL},
    {"@nestjs/common", "createParamDecorator", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0, "parameter decorator", NULL},
    {"@hapi/hapi|hapi", "route|ext|method|scheme|strategy|decoder|bind", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS,
     0, "route", NULL},
    {"@hapi/hapi|hapi", "register", NULL, NULL, PHASE_BOOT, REG_ALWAYS, ROW_OPTIONS, 0, "plugin", "@hapi/hapi#Server"},
    {MIDDLEWARE, "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "middleware", NULL},
    {"passport", "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_PREFIX, 0, "passport", NULL},
    {GRAPHQL, "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "resolver", NULL},
    {"@trpc/server", "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "procedure", NULL},
    {"@strapi/strapi", "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "strapi %n", NULL},
    {"@feathersjs/", "use|hooks|service", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS | ROW_PREFIX, 0, "service",
     NULL},
    {"@grpc/grpc-js|grpc", "addService", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_OPTIONS, 0, "grpc method", NULL},
    {"http-proxy", LISTEN, NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 1, "proxy event '%0'", NULL},
    /* bots */
    {BOTS, "*", NULL, NULL, PHASE_EVENT, REG_BOTH, ROW_OPTIONS, 0, "%n %0", NULL},
    /* events */
    {"", "process.on|process.once|process.addListener|process.prependListener", STOP, NULL, PHASE_SHUTDOWN, REG_ALWAYS, 0,
     1, "signal %0", NULL},
    {"", "process.on|process.once|process.addListener", NULL, NULL, PHASE_EVENT, REG_ALWAYS, 0, 1, "process '%0'", NULL},
    {"@godaddy/terminus|lightship|http-graceful-shutdown|node-graceful-shutdown|close-with-grace|async-exit-hook|exit-hook|"
     "death|signal-exit|http-terminator|stoppable|node-cleanup",
     "*", NULL, NULL, PHASE_SHUTDOWN, REG_ALWAYS, ROW_OPTIONS, 0, "shutdown", NULL},
    {"events|eventemitter2|eventemitter3|mitt|emittery|tiny-typed-emitter|typed-emitter|@nestjs/event-emitter",
     LISTEN "|onAny|prependOnceListener", NULL, NULL, PHASE_EVENT, REG_BOTH, 0, 1, "event '%0'", NULL},
    {"fs|chokidar|node-watch|gaze", "watch|watchFile|on|default", NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0,
     "file watcher", NULL},
    {"mongoose", "pre|post|method|static|on|once|watch", NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "mongoose %n '%0'",
     NULL},
    {"mongoose", "get|set|virtual|default|Schema|model", NULL, NULL, PHASE_EVENT, REG_INHERIT, ROW_OPTIONS, 0, "schema",
     NULL},
    {"sequelize|sequelize-typescript", "addHook|beforeCreate|afterCreate|beforeUpdate|afterUpdate|beforeSave|afterSave",
     NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0, "model hook", NULL},
    {"pg|mysql|mysql2|mongodb|pg-listen|pg-pubsub|mariadb|better-sqlite3", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0,
     1, "event '%0'", NULL},
    {"cluster|worker_threads|child_process", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "message", NULL},
    {"rxjs", "subscribe", NULL, NULL, PHASE_EVENT, REG_INHERIT, ROW_OPTIONS, 0, "subscription", NULL},
    /* dynamic modules of Nest, whoever wrote them */
    {"*", "forRoot|forRootAsync|register|registerAsync|registerQueue|registerQueueAsync|registerAs|forFeature|forFeatureAsync",
     NULL, NULL, PHASE_BOOT, REG_ALWAYS, ROW_OPTIONS, 0, "%n", NULL},
    /* objects that nobody knows: by shape */
    {"?", VERBS, NULL, NULL, PHASE_REQUEST, REG_ALWAYS, ROW_ROUTE, 1, "%N %0", NULL},
    {"?", "use", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0, "middleware", NULL},
    {"?", LISTEN, "connection", NULL, PHASE_SOCKET, REG_ALWAYS, 0, 1, "socket event '%0'", NULL},
    {"?", LISTEN, NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 1, "event '%0'", NULL},
    {"?", "consume", NULL, NULL, PHASE_MESSAGE, REG_ALWAYS, 0, 1, "message of '%0'", NULL},
    {"?", "subscribe", NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0, "subscription '%0'", NULL},
    {"?", "listen", NULL, NULL, PHASE_BOOT, REG_ALWAYS, 0, 0, "listen", NULL},
};
const size_t n_reg_rows = sizeof reg_rows / sizeof *reg_rows;

#define NEST_WEB "@nestjs/common|routing-controllers|@tsed/common|@tsed/schema|@midwayjs/core|@midwayjs/decorator|tsoa|" \
		 "@loopback/rest|inversify-express-utils|@decorators/express|@foal/core|ts-express-decorators|@overnightjs/core|" \
		 "@inversifyjs/http-core|fastify-decorators|@decorators/koa|koa-swagger-decorator|amala|@nestjs/swagger"

const struct deco_row deco_rows[] = {
    {NEST_WEB, "Get|Post|Put|Patch|Delete|All|Head|Options|Search|get|post|put|patch|del|httpGet|httpPost|httpPut|httpPatch|"
	       "httpDelete|Del|GET|POST|PUT|DELETE|request|operation",
     NULL, PHASE_REQUEST, "%N %0"},
    {NEST_WEB, "Sse", NULL, PHASE_REQUEST, "SSE %0"},
    {"@nestjs/graphql|type-graphql", "Query|Mutation|ResolveField|ResolveProperty|FieldResolver|ResolveReference|Subscription",
     NULL, PHASE_REQUEST, "graphql %n"},
    {"@nestjs/websockets|socket-controllers|@tsed/socketio", "SubscribeMessage|OnMessage|OnConnect|OnDisconnect|Input", NULL,
     PHASE_SOCKET, "socket event '%0'"},
    {"@nestjs/websockets", "WebSocketGateway", "handleConnection|handleDisconnect", PHASE_SOCKET, "socket %n"},
    {"@nestjs/websockets", "WebSocketGateway", "afterInit", PHASE_BOOT, "afterInit"},
    {"", "Cron|Interval|Timeout", NULL, PHASE_TIMER, "@%n %0"},
    {"@nestjs/bull|nestjs-bullmq", "Process", NULL, PHASE_MESSAGE, "queue job %0"},
    {"@nestjs/bullmq|@nestjs/bull", "Processor", "process", PHASE_MESSAGE, "job of queue '%0'"},
    {"@nestjs/bull|@nestjs/bullmq",
     "OnQueueActive|OnQueueCompleted|OnQueueFailed|OnQueueError|OnQueueWaiting|OnQueueProgress|OnQueueStalled|OnQueueEvent|"
     "OnWorkerEvent|OnGlobalQueueCompleted|OnGlobalQueueFailed|OnGlobalQueueError|OnQueueDrained|OnQueuePaused|"
     "OnQueueRemoved|OnQueueCleaned|OnQueueResumed|OnGlobalQueueActive|OnGlobalQueueProgress|OnGlobalQueueStalled",
     NULL, PHASE_EVENT, "queue event %n"},
    {"@nestjs/microservices", "MessagePattern|EventPattern|GrpcMethod|GrpcStreamMethod|GrpcStreamCall", NULL, PHASE_MESSAGE,
     "message '%0'"},
    {"", "OnEvent", NULL, PHASE_EVENT, "event '%0'"},
    {"@nestjs/cqrs", "CommandHandler|QueryHandler", "execute", PHASE_EVENT, "command"},
    {"@nestjs/cqrs", "EventsHandler", "handle", PHASE_EVENT, "event"},
    {"@nestjs/cqrs", "Saga", NULL, PHASE_EVENT, "saga"},
    {"", "RabbitSubscribe|RabbitRPC|SqsMessageHandler|KafkaListener|NatsSubscribe|RedisSubscribe|Subscribe", NULL,
     PHASE_MESSAGE, "message %0"},
    {"nestjs-telegraf|necord|@discord-nestjs/core|discordx|@grammyjs/nestjs|@sapphire/decorators",
     "Start|Help|Command|Hears|On|Once|Action|SlashCommand|Slash|Button|Context|Modal|StringSelect|WizardStep|Settings|"
     "SimpleCommand|ButtonComponent|Handler|InlineQuery|Subcommand|TextCommand|ModalComponent|SceneEnter|SceneLeave|"
     "Cashtag|Email|Hashtag|Mention|Phone|TextLink|TextMention|Url|Next|Use",
     NULL, PHASE_EVENT, "bot %n %0"},
    {"@nestjs/common", "Catch", "catch", PHASE_REQUEST, "exception filter"},
    {"class-validator", "ValidatorConstraint", "validate", PHASE_REQUEST, "validator"},
    {"typeorm", "EventSubscriber",
     "afterInsert|beforeInsert|afterUpdate|beforeUpdate|afterRemove|beforeRemove|afterLoad|afterTransactionCommit",
     PHASE_EVENT, "entity event %n"},
    {"typeorm|@mikro-orm/core|sequelize-typescript",
     "AfterInsert|BeforeInsert|AfterUpdate|BeforeUpdate|AfterLoad|BeforeRemove|AfterRemove|BeforeCreate|AfterCreate", NULL,
     PHASE_EVENT, "entity event %n"},
    {"inversify|tsyringe|typedi", "postConstruct", NULL, PHASE_BOOT, "%n"},
    {"routing-controllers", "Middleware|Interceptor", "use|intercept|error", PHASE_REQUEST, "middleware"},
};
const size_t n_deco_rows = sizeof deco_rows / sizeof *deco_rows;

const struct hook_row hook_rows[] = {
    {"onModuleInit|onApplicationBootstrap", NULL, PHASE_BOOT, "%n", true},
    {"onModuleDestroy|beforeApplicationShutdown|onApplicationShutdown", NULL, PHASE_SHUTDOWN, "%n", true},
    {"configure", NULL, PHASE_BOOT, "%n", true},
    {"canActivate|intercept|transform|use|resolveCache", NULL, PHASE_REQUEST, "%n", true},
    {"handleRequest|getRequest|throwThrottlingException|getTracker|shouldSkip", NULL, PHASE_REQUEST, "%n", true},
    {"createTypeOrmOptions|createMongooseOptions|createSharedConfiguration|createCacheOptions|createThrottlerOptions|"
     "createJwtOptions|createMulterOptions|createGqlOptions|createClientOptions|createHttpOptions|createSequelizeOptions",
     NULL, PHASE_BOOT, "%n", true},
    {"createIOServer|create|bindClientConnect", "IoAdapter", PHASE_BOOT, "%n", false},
    {"validate", "PassportStrategy()", PHASE_REQUEST, "passport strategy", false},
    {"process", "WorkerHost", PHASE_MESSAGE, "queue job", false},
    {"onCreate|onAuth|onJoin|onLeave|onDispose|onMessage", "Room", PHASE_SOCKET, "room %n", false},
};
const size_t n_hook_rows = sizeof hook_rows / sizeof *hook_rows;

bool list_has(const char *list, struct str word)
{
	/* asked of every call for many lists: one pass, no search for the end of each word */
	for (const char *s = list; *s; s += *s == '|') {
		size_t i = 0;
		while (i < word.len && s[i] && s[i] == word.ptr[i] && s[i] != '|')
			i++;
		s += i;
		if (i == word.len && (!*s || *s == '|'))
			return true;
		while (*s && *s != '|')
			s++;
	}
	return false;
}

static bool ends_with_one(const char *list, struct str path)
{
	for (const char *s = list; *s;) {
		size_t n = strcspn(s, "|");
		if (str_ends(path, (struct str){s, n}))
			return true;
		s += n + (s[n] == '|');
	}
	return false;
}

static bool module_matches(const struct reg_row *row, const struct entity *e)
{
	if (row->module[0] == '?')
		return e->kind == ENT_UNKNOWN || e->kind == ENT_PARAM ||
		       (e->kind == ENT_INSTANCE && e->members.len) || e->kind == ENT_CELL;
	if (!row->module[0])
		return e->kind == ENT_GLOBAL;
	if (e->kind != ENT_PACKAGE && e->kind != ENT_PACKAGE_INSTANCE)
		return false;
	if (row->module[0] == '*')
		return true;
	if (row->flags & ROW_PREFIX)
		return str_starts(e->module, str_from(row->module));
	return list_has(row->module, e->module);
}

static struct str called(const struct entity *e)
{
	struct str s = e->kind == ENT_PACKAGE ? e->path : e->members;
	size_t dot = str_rfind_char(s, '.');
	return dot == (size_t)-1 ? s : str_sub(s, dot + 1, s.len);
}

static bool name_matches(const struct reg_row *row, const struct entity *e)
{
	if (row->names[0] == '*')
		return true;
	if (e->kind != ENT_GLOBAL)
		return list_has(row->names, called(e));
	if (!e->path.len)
		return list_has(row->names, e->module);
	if (str_is(e->module, "process")) {
		char text[64] = "process.";
		if (e->path.len > 40)
			return false;
		memcpy(text + 8, e->path.ptr, e->path.len);
		return list_has(row->names, (struct str){text, 8 + e->path.len});
	}
	return false;
}

static bool is_at_once_name(struct str name)
{
	return list_has("map|filter|forEach|reduce|some|every|find|findIndex|sort|flatMap|then|catch|finally|replace|each", name);
}

const struct reg_row *reg_row_of(const struct entity *callee, struct str event, bool is_path)
{
	if (callee->kind == ENT_PACKAGE_INSTANCE && is_at_once_name(called(callee)))
		return NULL;
	for (size_t i = 0; i < n_reg_rows; i++) {
		const struct reg_row *row = &reg_rows[i];
		if (!module_matches(row, callee) || !name_matches(row, callee))
			continue;
		if (row->event && !list_has(row->event, event))
			continue;
		if (row->maker && !ends_with_one(row->maker, callee->path))
			continue;
		if ((row->flags & ROW_ROUTE) && !is_path)
			continue;
		return row;
	}
	return NULL;
}

bool calls_back_at_once(const struct entity *callee)
{
	return (callee->kind == ENT_PACKAGE_INSTANCE && is_at_once_name(called(callee))) || list_has("lodash|lodash-es|underscore|ramda|async|bluebird|p-map|p-limit|p-queue|p-retry|async-retry|retry|p-all|"
			"p-series|fs|path|util|crypto|zlib|stream|dns|child_process|http|https|url|os|readline|fs-extra|zod|joi|"
			"@hapi/joi|yup|class-transformer|class-validator|glob|fast-glob|globby|rimraf|mkdirp|bcrypt|bcryptjs|"
			"jsonwebtoken|axios|got|superagent|request|node-fetch|undici|mongodb|pg|mysql|mysql2|knex|sequelize|"
			"typeorm|@prisma/client|prisma|objection|mikro-orm|@mikro-orm/core|drizzle-orm|moment|dayjs|date-fns|uuid|"
			"winston|pino|log4js|async-lock|async-mutex|redlock|rxjs|rxjs/operators|immer|reselect|sharp|xml2js|"
			"csv-parse|cheerio|neverthrow|fp-ts|tslib|reflect-metadata|typescript|perf_hooks|async_hooks|worker_threads|"
			"assert|buffer|string_decoder|bottleneck|cls-hooked|nestjs-cls|opossum|cockatiel|fastq|dataloader|jsdom|"
			"puppeteer|playwright|nodemailer|lru-cache|cache-manager|memoizee|mongoose|ioredis|redis|@nestjs/common",
			callee->module);
}
