#ifndef ANALYZERS_ECOSYSTEM_SCHEMA_H
#define ANALYZERS_ECOSYSTEM_SCHEMA_H
/* The keys that PM2 knows (lib/API/schema.json, the same in 5.4.3, 6.0.14 and
 * 7.0.4), what each accepts, and how PM2 turns what was written into what it
 * uses (lib/tools/Config.js). Results live in the given arena. */
#include "analyzers/javascript/value.h"

enum schema_id {
	KEY_SCRIPT, KEY_NAME, KEY_NAME_PREFIX, KEY_FILTER_ENV, KEY_NAMESPACE, KEY_INSTALL_URL, KEY_CWD, KEY_ARGS,
	KEY_INTERPRETER, KEY_NODE_ARGS, KEY_OUT_FILE, KEY_ERROR_FILE, KEY_LOG_FILE, KEY_DISABLE_LOGS, KEY_LOG_TYPE,
	KEY_LOG_DATE_FORMAT, KEY_TIME, KEY_ENV, KEY_MAX_MEMORY_RESTART, KEY_PID_FILE, KEY_RESTART_DELAY, KEY_EXP_BACKOFF,
	KEY_SOURCE_MAP, KEY_NO_SOURCE_MAP, KEY_WAIT_READY, KEY_INSTANCES, KEY_KILL_TIMEOUT, KEY_SHUTDOWN_MESSAGE,
	KEY_LISTEN_TIMEOUT, KEY_CRON_RESTART, KEY_MERGE_LOGS, KEY_VIZION, KEY_AUTOSTART, KEY_AUTORESTART,
	KEY_STOP_EXIT_CODES, KEY_WATCH_DELAY, KEY_WATCH, KEY_IGNORE_WATCH, KEY_WATCH_OPTIONS, KEY_MIN_UPTIME,
	KEY_MAX_RESTARTS, KEY_EXECUTE_COMMAND, KEY_EXEC_MODE, KEY_FORCE, KEY_APPEND_ENV, KEY_POST_UPDATE, KEY_TRACE,
	KEY_DISABLE_TRACE, KEY_V8, KEY_EVENT_LOOP_INSPECTOR, KEY_DEEP_MONITORING, KEY_INCREMENT_VAR, KEY_INSTANCE_VAR,
	KEY_PMX, KEY_AUTOMATION, KEY_TREEKILL, KEY_PORT, KEY_USERNAME, KEY_UID, KEY_GID, KEY_WINDOWS_HIDE,
	KEY_KILL_RETRY_TIME, KEY_WRITE, KEY_IO,
	N_SCHEMA_KEYS
};

/* what Object.prototype.toString tells apart */
enum js_type {
	TYPE_UNDEFINED = 1 << 0,
	TYPE_NULL = 1 << 1,
	TYPE_BOOL = 1 << 2,
	TYPE_NUMBER = 1 << 3,
	TYPE_STRING = 1 << 4,
	TYPE_ARRAY = 1 << 5,
	TYPE_OBJECT = 1 << 6,
	TYPE_OTHER = 1 << 7, /* Date, function, Map, ... */
	TYPE_UNKNOWN = 1 << 8
};

enum schema_default { DEFAULT_NONE, DEFAULT_TRUE, DEFAULT_100, DEFAULT_INSTANCE_VAR };
enum schema_pattern { PATTERN_NONE, PATTERN_MEMORY, PATTERN_TIME, PATTERN_EXEC_MODE };

struct schema_key {
	const char *name;
	const char *aliases[6]; /* in the order in which PM2 asks them; the camelCase form is last */
	unsigned types;         /* enum js_type */
	bool array_first;       /* a text is split at blanks */
	enum schema_default def;
	enum schema_pattern pattern;
	bool has_min;
	double min;
	const char *expects;    /* in words: "a number" */
};

extern const struct schema_key schema_keys[N_SCHEMA_KEYS];

/* id of a canonical name or alias, or N_SCHEMA_KEYS; `exact` (may be NULL): it is the canonical name */
enum schema_id schema_find(struct str key, bool *exact);
/* ^env_\S*$ */
bool schema_is_env_block(struct str key);
/* the known key that is meant by a misspelled one, or NULL */
const char *schema_suggest(struct str key);

enum js_type schema_type(const struct value *v);

enum schema_fault { FAULT_NONE, FAULT_TYPE, FAULT_PATTERN, FAULT_MIN };
struct schema_result {
	enum schema_fault fault;
	const struct value *value; /* converted; NULL: as if not set */
};
/* v is neither undefined nor null; pm2_major tells how texts are split */
struct schema_result schema_accept(struct arena *a, enum schema_id key, const struct value *v,
				   uint32_t pm2_major);
const struct value *schema_default_of(struct arena *a, enum schema_id key); /* or NULL */

/* pattern checks, for words about what was meant */
bool schema_matches(enum schema_pattern pattern, struct str text);

#endif
