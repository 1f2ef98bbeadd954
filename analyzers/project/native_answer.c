#include "analyzers/project/native_run.h"

#include <cjson/cJSON.h>

/* The helper's answer is not trusted: every type and length is looked at. */

enum { MAX_HAZARDS = 20000, MAX_EVIDENCE = 64, MAX_NAMES = 4096, MAX_TEXT = 4096 };

struct reader {
	struct arena *a;
	bool bad;
};

static const char *text(struct reader *r, const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!cJSON_IsString(v) || strlen(v->valuestring) > MAX_TEXT) {
		r->bad = true;
		return "";
	}
	return arena_cstr(r->a, str_from(v->valuestring));
}

static uint32_t number(struct reader *r, const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!cJSON_IsNumber(v) || !(v->valuedouble >= 0 && v->valuedouble < 4294967295.0)) {
		r->bad = true;
		return 0;
	}
	return (uint32_t)v->valuedouble;
}

static bool flag(struct reader *r, const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	r->bad |= !cJSON_IsBool(v);
	return cJSON_IsTrue(v);
}

static int one_of(struct reader *r, const cJSON *object, const char *key, const char *const *words)
{
	const char *word = text(r, object, key);
	for (int i = 0; words[i]; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	r->bad = true;
	return 0;
}

static const cJSON *array(struct reader *r, const cJSON *object, const char *key, int max, size_t *n)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	int len = cJSON_IsArray(v) ? cJSON_GetArraySize(v) : -1;
	if (len < 0 || len > max) {
		r->bad = true;
		len = 0;
		v = NULL;
	}
	*n = (size_t)len;
	return v;
}

static const char *const *names(struct reader *r, const cJSON *object, const char *key, size_t *n)
{
	const cJSON *item, *list = array(r, object, key, MAX_NAMES, n);
	const char **out = arena_array(r->a, const char *, *n);
	size_t i = 0;
	cJSON_ArrayForEach(item, list)
	{
		bool good = cJSON_IsString(item) && strlen(item->valuestring) <= MAX_TEXT;
		r->bad |= !good;
		out[i++] = good ? arena_cstr(r->a, str_from(item->valuestring)) : "";
	}
	return out;
}

static struct native_place place(struct reader *r, const cJSON *object)
{
	const cJSON *at = cJSON_GetObjectItemCaseSensitive(object, "at");
	struct native_place p = {.path = str_from(text(r, at, "path"))};
	p.span = (struct span){number(r, at, "start"), number(r, at, "end")};
	p.line = number(r, at, "line");
	p.column = number(r, at, "column");
	/* it becomes a path below the root */
	r->bad |= p.span.end < p.span.start || (p.path.len && p.path.ptr[0] == '/') ||
		  str_is(p.path, "..") || str_starts(p.path, STR("../")) ||
		  str_find(p.path, STR("/../")) != (size_t)-1;
	return p;
}

static void read_hazard(struct reader *r, const cJSON *json, struct native_hazard *h)
{
	static const char *const severities[] = {"low", "medium", "high", NULL};
	static const char *const confidences[] = {"possible", "likely", "certain", NULL};
	static const char *const mitigations[] = {"none", "weak", "full", NULL};
	static const char *const roles[] = {"declared", "written", "read", "reached", "guard",
					    "mitigation", NULL};
	*h = (struct native_hazard){
	    .rule = text(r, json, "rule"),
	    .pattern = text(r, json, "pattern"),
	    .family = text(r, json, "family"),
	    .severity = (enum native_severity)one_of(r, json, "severity", severities),
	    .confidence = (enum native_confidence)one_of(r, json, "confidence", confidences),
	    .mitigation = (enum native_mitigation)one_of(r, json, "mitigation", mitigations),
	    .also_single_process = flag(r, json, "also_single_process"),
	    .symbol = str_from(text(r, json, "symbol")),
	    .message = text(r, json, "message"),
	    .at = place(r, json),
	};
	h->remedies = names(r, json, "remedies", &h->n_remedies);
	const cJSON *item, *list = array(r, json, "evidence", MAX_EVIDENCE, &h->n_evidence);
	struct native_evidence *e = arena_array(r->a, struct native_evidence, h->n_evidence);
	size_t i = 0;
	cJSON_ArrayForEach(item, list)
	{
		e[i].role = (enum native_role)one_of(r, item, "role", roles);
		e[i].message = text(r, item, "message");
		e[i++].at = place(r, item);
	}
	h->evidence = e;
}

static void read_unit(struct reader *r, const cJSON *json, struct native_unit_result *u)
{
	static const char *const statuses[] = {"parsed", "partial", "failed", NULL};
	u->path = str_from(text(r, json, "path"));
	u->why = text(r, json, "why");
	u->status = (enum native_status)one_of(r, json, "status", statuses);
	u->errors = number(r, json, "errors");
	u->missing = names(r, json, "missing", &u->n_missing);
	u->stubbed = names(r, json, "stubbed", &u->n_stubbed);
}

static void read_all(struct reader *r, const cJSON *json, struct native_result *out)
{
	const cJSON *item, *list = array(r, json, "hazards", MAX_HAZARDS, &out->n_hazards);
	struct native_hazard *h = arena_array(r->a, struct native_hazard, out->n_hazards);
	size_t i = 0;
	r->bad |= number(r, json, "clusterlint_native") != 1;
	cJSON_ArrayForEach(item, list)
		read_hazard(r, item, &h[i++]);
	out->hazards = h;
	list = array(r, json, "units", MAX_NAMES, &out->n_units);
	struct native_unit_result *u = arena_array(r->a, struct native_unit_result, out->n_units);
	i = 0;
	cJSON_ArrayForEach(item, list)
	{
		read_unit(r, item, &u[i]);
		out->looked_at |= u[i++].status != NATIVE_FAILED;
	}
	out->units = u;
	const char **notes = arena_array(r->a, const char *, 2);
	if (!flag(r, json, "entry_found") && out->looked_at)
		notes[out->n_notes++] = "no function that Node or the system calls was found in the native "
					"sources, so all of them were taken for entries";
	if (flag(r, json, "truncated"))
		notes[out->n_notes++] = "the native sources are too large, a part of them was not looked at";
	out->notes = notes;
}

bool native_read_answer(struct arena *a, struct str json, struct native_result *out)
{
	struct reader r = {.a = a};
	struct native_result result = {0};
	cJSON *doc = json.len ? cJSON_ParseWithLength(json.ptr, json.len) : NULL;
	if (!cJSON_IsObject(doc))
		r.bad = true;
	else
		read_all(&r, doc, &result);
	cJSON_Delete(doc);
	if (!r.bad)
		*out = result;
	return !r.bad;
}

const char *native_remedy(const char *id)
{
	static const char *const words[][2] = {
	    {"broker", "let the processes tell each other through a broker (Redis, NATS), or route by owner"},
	    {"claim-by-rename", "claim a file with an atomic rename() before it is worked on"},
	    {"database", "keep it in a database"},
	    {"database-lock", "take the lock in the database"},
	    {"database-sequence", "take numbers from a sequence of the database, or from INCR in Redis"},
	    {"divide-threads", "divide the number of threads by the number of instances"},
	    {"drop-pidfile", "drop the lock file, PM2 supervises the process; or put NODE_APP_INSTANCE into its name"},
	    {"flock", "take flock() or a fcntl() range lock around it"},
	    {"foreground", "stay in the foreground"},
	    {"getrandom", "seed from getrandom()"},
	    {"inference-server", "move the model into one server that all processes ask"},
	    {"instance-in-id", "put NODE_APP_INSTANCE into the number"},
	    {"instance-port", "add NODE_APP_INSTANCE to the port"},
	    {"instance-suffix", "put NODE_APP_INSTANCE or the process id into the name"},
	    {"leader-lock", "take a lock that all processes see, or run it in an app of its own with one instance"},
	    {"log-stdout", "write logs to stdout and leave rotation to PM2 or to syslog"},
	    {"message-queue", "use a message queue in place of the FIFO"},
	    {"mkstemp", "make the file with mkstemp()"},
	    {"one-daemon", "let one program own the device and ask it over a socket"},
	    {"one-process", "keep the app at one process with exec_mode 'fork' and instances 1"},
	    {"one-writer", "leave writing to one process"},
	    {"own-app", "make the other program an app of its own in PM2"},
	    {"packet-fanout", "join the sockets with PACKET_FANOUT, or capture in one process"},
	    {"pass-explicitly", "pass it with each call"},
	    {"random-device", "seed the engine from std::random_device"},
	    {"read-only-open", "open it read-only in all processes but one"},
	    {"reuseport", "set SO_REUSEPORT before bind() (UV_TCP_REUSEPORT in libuv)"},
	    {"reuseport-udp", "set SO_REUSEPORT in place of SO_REUSEADDR; one sender then stays with one process"},
	    {"setting-in-config", "read it from the environment or a store that all processes share"},
	    {"shared-mutex", "use a robust PTHREAD_PROCESS_SHARED mutex in shared memory"},
	    {"shared-store", "move the state into a store that all processes share (Redis, the database)"},
	    {"sqlite-wal", "set PRAGMA journal_mode=WAL and a busy_timeout"},
	    {"wrap-handle", "keep the handle in a JavaScript object and give no number away"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], id) == 0)
			return words[i][1];
	return NULL;
}
