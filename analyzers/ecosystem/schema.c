#include "analyzers/ecosystem/schema.h"

#include <math.h>
#include "analyzers/ecosystem/split.h"
#include "base/buf.h"

#define BOOL TYPE_BOOL
#define NUM  TYPE_NUMBER
#define TEXT TYPE_STRING
#define LIST TYPE_ARRAY
#define OBJ  TYPE_OBJECT

const struct schema_key schema_keys[N_SCHEMA_KEYS] = {
	[KEY_SCRIPT] = {"script", {"exec", "script"}, TEXT, .expects = "a text"},
	[KEY_NAME] = {"name", {"name"}, TEXT, .expects = "a text"},
	[KEY_NAME_PREFIX] = {"name_prefix", {"namePrefix"}, TEXT, .expects = "a text"},
	[KEY_FILTER_ENV] = {"filter_env", {"filterEnv"}, BOOL | LIST | TEXT, .expects = "a list of names"},
	[KEY_NAMESPACE] = {"namespace", {"namespace"}, TEXT, .expects = "a text"},
	[KEY_INSTALL_URL] = {"install_url", {"installUrl"}, TEXT, .expects = "a text"},
	[KEY_CWD] = {"cwd", {"cwd"}, TEXT, .expects = "a text"},
	[KEY_ARGS] = {"args", {"args"}, LIST | TEXT, .array_first = true, .expects = "a list or a text"},
	[KEY_INTERPRETER] = {"exec_interpreter", {"interpreter", "execInterpreter"}, TEXT, .expects = "a text"},
	[KEY_NODE_ARGS] = {"node_args", {"interpreter_args", "interpreterArgs", "nodeArgs"}, LIST | TEXT,
			   .array_first = true, .expects = "a list or a text"},
	[KEY_OUT_FILE] = {"out_file", {"out_log", "output", "out", "outFile"}, TEXT, .expects = "a text"},
	[KEY_ERROR_FILE] = {"error_file", {"err_log", "err_file", "err", "error", "errorFile"}, TEXT,
			    .expects = "a text"},
	[KEY_LOG_FILE] = {"log_file", {"log", "logFile"}, BOOL | TEXT, .expects = "true, false or a text"},
	[KEY_DISABLE_LOGS] = {"disable_logs", {"disableLogs"}, BOOL, .expects = "true or false"},
	[KEY_LOG_TYPE] = {"log_type", {"logType"}, TEXT, .expects = "a text"},
	[KEY_LOG_DATE_FORMAT] = {"log_date_format", {"logDateFormat"}, TEXT, .expects = "a text"},
	[KEY_TIME] = {"time", {"time"}, BOOL, .expects = "true or false"},
	[KEY_ENV] = {"env", {"env"}, OBJ | TEXT, .expects = "an object"},
	[KEY_MAX_MEMORY_RESTART] = {"max_memory_restart", {"maxMemoryRestart"}, TEXT | NUM,
				    .pattern = PATTERN_MEMORY, .expects = "a number with K, M or G"},
	[KEY_PID_FILE] = {"pid_file", {"pid", "pidFile"}, TEXT, .expects = "a text"},
	[KEY_RESTART_DELAY] = {"restart_delay", {"restartDelay"}, NUM, .expects = "a number of milliseconds"},
	[KEY_EXP_BACKOFF] = {"exp_backoff_restart_delay", {"expBackoffRestartDelay"}, NUM,
			     .expects = "a number of milliseconds"},
	[KEY_SOURCE_MAP] = {"source_map_support", {"sourceMapSupport"}, BOOL, .expects = "true or false"},
	[KEY_NO_SOURCE_MAP] = {"disable_source_map_support", {"disableSourceMapSupport"}, BOOL,
			       .expects = "true or false"},
	[KEY_WAIT_READY] = {"wait_ready", {"waitReady"}, BOOL, .expects = "true or false"},
	[KEY_INSTANCES] = {"instances", {"instances"}, NUM, .expects = "a number or 'max'"},
	[KEY_KILL_TIMEOUT] = {"kill_timeout", {"killTimeout"}, NUM, .expects = "a number of milliseconds"},
	[KEY_SHUTDOWN_MESSAGE] = {"shutdown_with_message", {"shutdownWithMessage"}, BOOL,
				  .expects = "true or false"},
	[KEY_LISTEN_TIMEOUT] = {"listen_timeout", {"listenTimeout"}, NUM, .expects = "a number of milliseconds"},
	[KEY_CRON_RESTART] = {"cron_restart", {"cron", "cronRestart"}, TEXT | NUM, .expects = "a cron pattern"},
	[KEY_MERGE_LOGS] = {"merge_logs", {"combine_logs", "mergeLogs"}, BOOL, .expects = "true or false"},
	[KEY_VIZION] = {"vizion", {"vizion"}, BOOL, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_AUTOSTART] = {"autostart", {"autostart"}, BOOL, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_AUTORESTART] = {"autorestart", {"autorestart"}, BOOL, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_STOP_EXIT_CODES] = {"stop_exit_codes", {"stopExitCodes"}, LIST | NUM, .array_first = true,
				 .expects = "a list of numbers"},
	[KEY_WATCH_DELAY] = {"watch_delay", {"watchDelay"}, NUM, .expects = "a number of milliseconds"},
	[KEY_WATCH] = {"watch", {"watch"}, BOOL | LIST | TEXT, .expects = "true, false or a list of paths"},
	[KEY_IGNORE_WATCH] = {"ignore_watch", {"ignoreWatch"}, LIST | TEXT, .array_first = true,
			      .expects = "a list of paths"},
	[KEY_WATCH_OPTIONS] = {"watch_options", {"watchOptions"}, OBJ, .expects = "an object"},
	[KEY_MIN_UPTIME] = {"min_uptime", {"minUptime"}, NUM | TEXT, .pattern = PATTERN_TIME, .has_min = true,
			    .min = 100, .expects = "a number of milliseconds, at least 100, or a number with s, m or h"},
	[KEY_MAX_RESTARTS] = {"max_restarts", {"maxRestarts"}, NUM, .has_min = true, .min = 0,
			      .expects = "a number, 0 or more"},
	[KEY_EXECUTE_COMMAND] = {"execute_command", {"executeCommand"}, BOOL, .expects = "true or false"},
	[KEY_EXEC_MODE] = {"exec_mode", {"execMode"}, TEXT, .pattern = PATTERN_EXEC_MODE,
			   .expects = "'fork' or 'cluster'"},
	[KEY_FORCE] = {"force", {"force"}, BOOL, .expects = "true or false"},
	[KEY_APPEND_ENV] = {"append_env_to_name", {"appendEnvToName"}, BOOL, .expects = "true or false"},
	[KEY_POST_UPDATE] = {"post_update", {"postUpdate"}, LIST, .expects = "a list"},
	[KEY_TRACE] = {"trace", {"trace"}, BOOL, .expects = "true or false"},
	[KEY_DISABLE_TRACE] = {"disable_trace", {"disableTrace"}, BOOL, .expects = "true or false"},
	[KEY_V8] = {"v8", {"v8"}, BOOL, .expects = "true or false"},
	[KEY_EVENT_LOOP_INSPECTOR] = {"event_loop_inspector", {"eventLoopInspector"}, BOOL,
				      .expects = "true or false"},
	[KEY_DEEP_MONITORING] = {"deep_monitoring", {"deepMonitoring"}, BOOL, .expects = "true or false"},
	[KEY_INCREMENT_VAR] = {"increment_var", {"incrementVar"}, TEXT, .expects = "a text"},
	[KEY_INSTANCE_VAR] = {"instance_var", {"instanceVar"}, TEXT, .def = DEFAULT_INSTANCE_VAR,
			      .expects = "a text"},
	[KEY_PMX] = {"pmx", {"pmx"}, BOOL | TEXT, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_AUTOMATION] = {"automation", {"automation"}, BOOL, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_TREEKILL] = {"treekill", {"treekill"}, BOOL, .def = DEFAULT_TRUE, .expects = "true or false"},
	[KEY_PORT] = {"port", {"port"}, NUM, .expects = "a number"},
	[KEY_USERNAME] = {"username", {"username"}, TEXT, .expects = "a text"},
	[KEY_UID] = {"uid", {"user", "uid"}, NUM | TEXT, .expects = "a number or a text"},
	[KEY_GID] = {"gid", {"gid"}, NUM | TEXT, .expects = "a number or a text"},
	[KEY_WINDOWS_HIDE] = {"windowsHide", {"windowsHide"}, BOOL, .def = DEFAULT_TRUE,
			      .expects = "true or false"},
	[KEY_KILL_RETRY_TIME] = {"kill_retry_time", {"killRetryTime"}, NUM, .def = DEFAULT_100,
				 .expects = "a number of milliseconds"},
	[KEY_WRITE] = {"write", {"write"}, BOOL, .expects = "true or false"},
	[KEY_IO] = {"io", {"io"}, OBJ, .expects = "an object"},
};

/* What people write for a key that PM2 does not have, where spelling alone does not lead there. */
static const struct {
	const char *written, *meant;
} meant_keys[] = {
	{"instance", "instances"},
	{"workers", "instances"},
	{"mode", "exec_mode"},
	{"environment", "env"},
	{"max_memory", "max_memory_restart"},
	{"log_path", "log_file"},
	{"watch_ignore", "ignore_watch"},
	{"ignored", "ignore_watch"},
	{"cron_pattern", "cron_restart"},
	{"script_args", "args"},
	{"interpreter_path", "interpreter"},
	{"autorestarts", "autorestart"},
};

enum schema_id schema_find(struct str key, bool *exact)
{
	if (exact)
		*exact = true;
	for (unsigned i = 0; i < N_SCHEMA_KEYS; i++)
		if (str_is(key, schema_keys[i].name))
			return (enum schema_id)i;
	if (exact)
		*exact = false;
	for (unsigned i = 0; i < N_SCHEMA_KEYS; i++)
		for (const char *const *alias = schema_keys[i].aliases; *alias; alias++)
			if (str_is(key, *alias))
				return (enum schema_id)i;
	return N_SCHEMA_KEYS;
}

bool schema_is_env_block(struct str key)
{
	if (!str_starts(key, STR("env_")))
		return false;
	for (size_t i = 0; i < key.len; i++)
		if (strchr(" \t\n\v\f\r", key.ptr[i]))
			return false;
	return true;
}

/* "max-memory-restart", "MaxMemoryRestart" and "max_memory_restart" are one word */
static struct str plain(struct str key, char *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < key.len && n < cap; i++) {
		char c = key.ptr[i];
		if (c == '_' || c == '-' || c == ' ')
			continue;
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct str){out, n};
}

static void nearest(struct str key, const char *name, unsigned *best, const char **found, const char *canonical)
{
	char a[64], b[64];
	struct str x = plain(key, a, sizeof a), y = plain(str_from(name), b, sizeof b);
	unsigned max = y.len < 4 ? 0 : y.len < 8 ? 1 : 2;
	unsigned d = str_distance(x, y, max);
	if (d <= max && d < *best) {
		*best = d;
		*found = canonical;
	}
}

const char *schema_suggest(struct str key)
{
	if (key.len > 48)
		return NULL;
	for (size_t i = 0; i < sizeof meant_keys / sizeof *meant_keys; i++)
		if (str_is(key, meant_keys[i].written))
			return meant_keys[i].meant;
	const char *found = NULL;
	unsigned best = 99;
	for (unsigned i = 0; i < N_SCHEMA_KEYS; i++) {
		nearest(key, schema_keys[i].name, &best, &found, schema_keys[i].name);
		for (const char *const *alias = schema_keys[i].aliases; *alias; alias++)
			nearest(key, *alias, &best, &found, *alias);
	}
	return found;
}

/* Object.prototype.toString says [object Object], which is what PM2 asks for: 'env: process.env' is usual */
static bool says_object(const char *class_name)
{
	return !class_name || str_starts(str_from(class_name), STR("module:")) || str_is(str_from(class_name), "process.env");
}

enum js_type schema_type(const struct value *v)
{
	switch (v->kind) {
	case VAL_UNDEFINED:
		return TYPE_UNDEFINED;
	case VAL_NULL:
		return TYPE_NULL;
	case VAL_BOOL:
		return TYPE_BOOL;
	case VAL_NUMBER:
		return TYPE_NUMBER;
	case VAL_STRING:
		return TYPE_STRING;
	case VAL_ARRAY:
		return TYPE_ARRAY;
	case VAL_OBJECT:
		return says_object(v->u.obj->class_name) ? TYPE_OBJECT : TYPE_OTHER;
	case VAL_UNKNOWN:
		return TYPE_UNKNOWN;
	default:
		return TYPE_OTHER;
	}
}

static bool is_date(const struct value *v)
{
	return v->kind == VAL_OBJECT && str_is(str_from(v->u.obj->class_name), "Date");
}

/* !isNaN(v), then parseFloat(v): PM2's way to a number */
static bool to_number(struct arena *a, const struct value *v, double *out)
{
	if (is_date(v)) {
		*out = NAN; /* parseFloat of "Wed Jan 01 2020 ..." */
		return true;
	}
	if (v->kind != VAL_NUMBER && v->kind != VAL_STRING && v->kind != VAL_ARRAY)
		return false;
	bool known;
	double num = val_to_number(v, &known);
	struct str text;
	if (!known || isnan(num) || !val_to_str(a, v, &text))
		return false;
	*out = v->kind == VAL_NUMBER ? num : val_parse_float(text);
	return true;
}

static bool digits_and_unit(struct str text, const char *units)
{
	size_t n = 0;
	while (n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '9')
		n++;
	return n && (n == text.len || (n + 1 == text.len && text.ptr[n] && strchr(units, text.ptr[n])));
}

bool schema_matches(enum schema_pattern pattern, struct str text)
{
	switch (pattern) {
	case PATTERN_NONE:
		return true;
	case PATTERN_MEMORY:
		return digits_and_unit(text, "GMK");
	case PATTERN_TIME:
		return digits_and_unit(text, "hms");
	case PATTERN_EXEC_MODE:
		return str_is(text, "fork") || str_is(text, "cluster") || str_is(text, "fork_mode") ||
		       str_is(text, "cluster_mode");
	}
	return false;
}

static double unit_of(char c)
{
	switch (c) {
	case 'G':
		return 1024.0 * 1024 * 1024;
	case 'M':
		return 1024.0 * 1024;
	case 'K':
		return 1024;
	case 'h':
		return 3600000;
	case 'm':
		return 60000;
	case 's':
		return 1000;
	default:
		return NAN;
	}
}

static const struct value *convert_text(struct arena *a, const struct schema_key *k, const struct value *v,
					uint32_t pm2_major)
{
	struct str text = v->u.str;
	if (k->array_first)
		return split_args(a, v, pm2_major);
	bool has_unit = k->pattern == PATTERN_MEMORY || k->pattern == PATTERN_TIME;
	if (has_unit && text.len >= 2)
		return val_number(a, val_parse_float(str_sub(text, 0, text.len - 1)) * unit_of(text.ptr[text.len - 1]),
				  v->origin);
	return v;
}

struct schema_result schema_accept(struct arena *a, enum schema_id key, const struct value *v, uint32_t pm2_major)
{
	const struct schema_key *k = &schema_keys[key];
	enum js_type type = schema_type(v);
	double num;
	if (type == TYPE_UNKNOWN)
		return (struct schema_result){FAULT_NONE, v};
	if (type != TYPE_BOOL && (k->types & TYPE_NUMBER) && to_number(a, v, &num)) {
		if (v->kind != VAL_NUMBER)
			v = val_number(a, num, v->origin);
		type = TYPE_NUMBER;
	}
	if (!(k->types & type))
		return (struct schema_result){FAULT_TYPE, NULL};
	if (type == TYPE_STRING && !schema_matches(k->pattern, v->u.str))
		return (struct schema_result){FAULT_PATTERN, NULL};
	if (type == TYPE_NUMBER && k->has_min && v->u.num < k->min)
		return (struct schema_result){FAULT_MIN, NULL};
	if (type == TYPE_STRING)
		v = convert_text(a, k, v, pm2_major);
	return (struct schema_result){FAULT_NONE, v};
}

const struct value *schema_default_of(struct arena *a, enum schema_id key)
{
	static const struct origin nobody = {.kind = ORIGIN_DEFAULTED};
	switch (schema_keys[key].def) {
	case DEFAULT_NONE:
		return NULL;
	case DEFAULT_TRUE:
		return val_bool(a, true, &nobody);
	case DEFAULT_100:
		return val_number(a, 100, &nobody);
	case DEFAULT_INSTANCE_VAR:
		return val_string(a, STR("NODE_APP_INSTANCE"), &nobody);
	}
	return NULL;
}
