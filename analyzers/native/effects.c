#include "analyzers/native/facts.h"

#include <fcntl.h>
#include <strings.h>

/* What calls into foreign code do to the world outside of this process. */

enum { LINUX_TMPFILE = 020200000 }; /* O_TMPFILE */

struct known_call {
	const char *name;
	uint32_t effects;
};

static const struct known_call known[] = {
    {"accept", EFFECT_BLOCK | EFFECT_ACCEPT},
    {"accept4", EFFECT_BLOCK | EFFECT_ACCEPT},
    {"poll", EFFECT_BLOCK},
    {"ppoll", EFFECT_BLOCK},
    {"select", EFFECT_BLOCK},
    {"pselect", EFFECT_BLOCK},
    {"epoll_wait", EFFECT_BLOCK},
    {"epoll_pwait", EFFECT_BLOCK},
    {"kevent", EFFECT_BLOCK},
    {"recv", EFFECT_BLOCK},
    {"recvfrom", EFFECT_BLOCK},
    {"recvmsg", EFFECT_BLOCK},
    {"pause", EFFECT_BLOCK},
    {"sigwait", EFFECT_BLOCK},
    {"sigsuspend", EFFECT_BLOCK},
    {"sigwaitinfo", EFFECT_BLOCK},
    {"mq_receive", EFFECT_BLOCK},
    {"msgrcv", EFFECT_BLOCK},
    {"sem_wait", EFFECT_BLOCK},
    {"pthread_cond_wait", EFFECT_BLOCK},
    {"std::condition_variable::wait", EFFECT_BLOCK},
    {"std::condition_variable::wait_for", EFFECT_BLOCK | EFFECT_SLEEP},
    {"pthread_cond_timedwait", EFFECT_BLOCK | EFFECT_SLEEP},
    {"sleep", EFFECT_BLOCK | EFFECT_SLEEP},
    {"usleep", EFFECT_BLOCK | EFFECT_SLEEP},
    {"nanosleep", EFFECT_BLOCK | EFFECT_SLEEP},
    {"clock_nanosleep", EFFECT_BLOCK | EFFECT_SLEEP},
    {"std::this_thread::sleep_for", EFFECT_BLOCK | EFFECT_SLEEP},
    {"std::this_thread::sleep_until", EFFECT_BLOCK | EFFECT_SLEEP},
    {"rename", EFFECT_FILE | EFFECT_RENAME},
    {"renameat", EFFECT_FILE | EFFECT_RENAME},
    {"std::filesystem::rename", EFFECT_FILE | EFFECT_RENAME},
    {"unlink", EFFECT_FILE},
    {"remove", EFFECT_FILE},
    {"creat", EFFECT_FILE},
    {"truncate", EFFECT_FILE},
    {"std::filesystem::remove", EFFECT_FILE},
    {"PQexec", EFFECT_DB},
    {"PQexecParams", EFFECT_DB},
    {"PQexecPrepared", EFFECT_DB},
    {"mysql_query", EFFECT_DB},
    {"mysql_real_query", EFFECT_DB},
    {"sqlite3_exec", EFFECT_DB},
    {"sqlite3_prepare", EFFECT_DB},
    {"sqlite3_prepare_v2", EFFECT_DB},
    {"sqlite3_prepare_v3", EFFECT_DB},
    {"redisCommand", EFFECT_DB},
    {"mongoc_collection_insert_one", EFFECT_DB},
    {"mongoc_collection_update_one", EFFECT_DB},
    {"send", EFFECT_SEND},
    {"sendto", EFFECT_SEND},
    {"sendmsg", EFFECT_SEND},
    {"SSL_write", EFFECT_SEND},
    {"uv_write", EFFECT_SEND},
    {"uv_try_write", EFFECT_SEND},
    {"uv_udp_send", EFFECT_SEND},
    {"lws_write", EFFECT_SEND},
    {"bufferevent_write", EFFECT_SEND},
    {"curl_easy_perform", EFFECT_HTTP},
    {"mosquitto_publish", EFFECT_HTTP},
    {"rd_kafka_produce", EFFECT_HTTP},
    {"rd_kafka_producev", EFFECT_HTTP},
    {"amqp_basic_publish", EFFECT_HTTP},
    {"MQTTClient_publishMessage", EFFECT_HTTP},
    {"system", EFFECT_EXEC},
    {"std::system", EFFECT_EXEC},
    {"popen", EFFECT_EXEC},
    {"posix_spawn", EFFECT_EXEC},
    {"posix_spawnp", EFFECT_EXEC},
    {"execv", EFFECT_EXEC},
    {"execve", EFFECT_EXEC},
    {"execvp", EFFECT_EXEC},
    {"execl", EFFECT_EXEC},
    {"execlp", EFFECT_EXEC},
    {"uv_spawn", EFFECT_EXEC},
    {"ioctl", EFFECT_DEVICE},
    {"tcsetattr", EFFECT_DEVICE},
    {"libusb_bulk_transfer", EFFECT_DEVICE},
    {"libusb_control_transfer", EFFECT_DEVICE},
    {"libusb_interrupt_transfer", EFFECT_DEVICE},
    {"hid_write", EFFECT_DEVICE},
    {"modbus_write_register", EFFECT_DEVICE},
    {"flock", EFFECT_FLOCK},
    {"lockf", EFFECT_FLOCK},
    {"sem_open", EFFECT_FLOCK},
};

static bool starts_with_word(struct str text, const char *word)
{
	text = str_trim(text);
	return text.len >= strlen(word) && strncasecmp(text.ptr, word, strlen(word)) == 0;
}

static struct str literal_arg(const struct facts *f, uint32_t call, size_t i)
{
	uint32_t arg = call_arg(f->t, call, i);
	if (arg == NONE || tree_node(f->t, arg)->kind != NODE_STRING)
		return (struct str){0};
	return tree_node(f->t, arg)->text;
}

static uint32_t effects_of_sql(struct str sql)
{
	if (!sql.ptr)
		return EFFECT_DB;
	if (starts_with_word(sql, "select") || starts_with_word(sql, "pragma") ||
	    starts_with_word(sql, "begin") || starts_with_word(sql, "create table if") ||
	    starts_with_word(sql, "get "))
		return 0;
	return starts_with_word(sql, "delete") ? EFFECT_DB_PURGE : EFFECT_DB;
}

static bool writes_by_mode(struct str mode)
{
	return mode.len && (mode.ptr[0] == 'w' || mode.ptr[0] == 'a' ||
			    memchr(mode.ptr, '+', mode.len));
}

static int64_t literal_flags(const struct facts *f, uint32_t node)
{
	int64_t flags = 0;
	for (uint32_t n = node; n != NONE; n = tree_next(f->t, n, node))
		if (tree_node(f->t, n)->kind == NODE_INT)
			flags |= tree_node(f->t, n)->value;
	return flags;
}

static bool is_named_by_system(const struct facts *f, uint32_t var)
{
	struct list refs = var == NONE ? (struct list){NULL, 0} : facts_refs(f, var);
	for (size_t i = 0; i < refs.len; i++) {
		uint32_t call = enclosing(f->t, refs.ptr[i], NODE_CALL);
		if (call != NONE && (call_is(f->t, call, "mkstemp") || call_is(f->t, call, "mkdtemp")))
			return true;
	}
	return false;
}

/* a file that no other process has: its own scratch, a name with its number in it */
static bool is_own_file(const struct facts *f, uint32_t call)
{
	uint32_t path = call_arg(f->t, call, 0);
	if (path == NONE)
		return false;
	return value_of(f, path).flags & (VALUE_PID | VALUE_INSTANCE | VALUE_RANDOM) ||
	       is_named_by_system(f, variable_of(f, path));
}

static uint32_t effects_by_name(const struct facts *f, uint32_t call)
{
	struct str name = call_name(f->t, call);
	if (str_is(name, "fopen") || str_is(name, "freopen"))
		return writes_by_mode(literal_arg(f, call, 1)) ? EFFECT_FILE : 0;
	if (str_is(name, "open") || str_is(name, "open64")) {
		uint32_t flags = call_arg(f->t, call, 1);
		int64_t how = flags == NONE ? 0 : literal_flags(f, flags);
		bool nameless = (how & LINUX_TMPFILE) == LINUX_TMPFILE;
		return how & (O_WRONLY | O_RDWR | O_CREAT) && !nameless ? EFFECT_FILE : 0;
	}
	if (str_is(name, "fcntl")) {
		uint32_t command = call_arg(f->t, call, 1);
		int64_t c = command == NONE ? 0 : literal_flags(f, command);
		return c == F_SETLK || c == F_SETLKW ? EFFECT_FLOCK : 0;
	}
	if (str_starts(name, STR("std::basic_ofstream::basic_ofstream")) ||
	    str_starts(name, STR("std::basic_ofstream::open")))
		return call_n_args(f->t, call) ? EFFECT_FILE : 0;
	if (str_is(name, "getenv") || str_is(name, "std::getenv")) {
		struct str var = literal_arg(f, call, 0);
		return str_is(var, "NODE_APP_INSTANCE") || str_is(var, "pm_id") ? EFFECT_LEADER : 0;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_is(name, known[i].name))
			continue;
		uint32_t e = known[i].effects;
		return e & EFFECT_DB ? effects_of_sql(literal_arg(f, call, 1)) : e;
	}
	return 0;
}

uint32_t effects_of_call(const struct facts *f, uint32_t call)
{
	uint32_t e = effects_by_name(f, call);
	return e & EFFECT_FILE && is_own_file(f, call) ? 0 : e;
}

uint32_t effects_below(const struct facts *f, uint32_t node)
{
	uint32_t all = 0;
	for (uint32_t n = node; n != NONE; n = tree_next(f->t, n, node)) {
		const struct node *x = tree_node(f->t, n);
		if (x->kind != NODE_CALL)
			continue;
		all |= effects_of_call(f, n);
		if (x->sym != NONE)
			all |= f->effects[x->sym];
	}
	return all;
}

void effects_build(struct facts *f)
{
	struct tree *t = f->t;
	for (size_t i = 0; i < f->calls.len; i++) {
		uint32_t fn = tree_node(t, f->calls.ptr[i])->fn;
		if (fn != NONE)
			f->effects[fn] |= effects_of_call(f, f->calls.ptr[i]);
	}
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < f->calls.len; i++) {
			const struct node *x = tree_node(t, f->calls.ptr[i]);
			if (x->fn == NONE || x->sym == NONE)
				continue;
			uint32_t all = f->effects[x->fn] | f->effects[x->sym];
			changed |= all != f->effects[x->fn];
			f->effects[x->fn] = all;
		}
	}
}
