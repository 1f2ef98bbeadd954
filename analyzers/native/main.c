/* clusterlint-native: reads one request on stdin, parses C and C++ sources with
 * libclang, answers on stdout. Started by clusterlint alone; the format of both
 * is described in analyzers/project/native_run.h. Before each unit a line
 * {"unit":N} is written, before several that are parsed as one {"together":N},
 * so that whoever waits knows on which one it stopped. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>
#include "analyzers/native/report.h"

enum { MAX_REQUEST = 16 * 1024 * 1024, MAX_UNITS = 2000, MAX_ARGS = 2000 };

static bool read_request(struct buf *in)
{
	char chunk[65536];
	for (;;) {
		ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_add(in, (struct str){chunk, (size_t)n});
		if (in->len > MAX_REQUEST)
			return false;
	}
}

static double number(const cJSON *object, const char *key, double otherwise)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsNumber(v) && v->valuedouble > 0 && v->valuedouble < 1e9 ? v->valuedouble
									       : otherwise;
}

static void limit(int what, rlim_t value)
{
	struct rlimit now;
	if (getrlimit(what, &now) != 0 || (now.rlim_cur != RLIM_INFINITY && now.rlim_cur <= value))
		return;
	now.rlim_cur = value;
	setrlimit(what, &now);
}

/* the address sanitizer maps terabytes for its shadow, so no bound on addresses lets it start */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { BOUND_MEMORY = 0 };
#else
enum { BOUND_MEMORY = 1 };
#endif

static void set_limits(const cJSON *limits)
{
	if (BOUND_MEMORY)
		limit(RLIMIT_AS, (rlim_t)(number(limits, "memory_mb", 3072) * 1024 * 1024));
	limit(RLIMIT_CPU, (rlim_t)number(limits, "cpu_seconds", 120));
	limit(RLIMIT_CORE, 0);
}

static bool read_unit(struct arena *a, const cJSON *json, struct unit_request *u)
{
	const cJSON *path = cJSON_GetObjectItemCaseSensitive(json, "path");
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(json, "args"), *arg;
	if (!cJSON_IsString(path) || !cJSON_IsArray(args) || cJSON_GetArraySize(args) > MAX_ARGS)
		return false;
	const char **list = arena_array(a, const char *, (size_t)cJSON_GetArraySize(args));
	*u = (struct unit_request){.path = str_from(path->valuestring), .args = list};
	cJSON_ArrayForEach(arg, args)
	{
		if (!cJSON_IsString(arg))
			return false;
		list[u->n_args++] = arg->valuestring;
	}
	return true;
}

/* A unit that takes too long ends the helper: whoever waits sees by which one. Processor time, not the
 * clock's, so that a busy machine gives the same answer. */
static void allow_seconds(double seconds)
{
	struct itimerval t = {.it_value = {.tv_sec = (time_t)seconds}};
	setitimer(ITIMER_PROF, &t, NULL);
}

/* says to whoever waits what is looked at now, and for how long that may take */
static void announce(const char *what, size_t number, double seconds)
{
	printf("{\"%s\":%zu}\n", what, number);
	fflush(stdout);
	allow_seconds(seconds);
}

static void parse_all(struct tree *t, const struct unit_request *units, size_t n, bool apart,
		      double seconds)
{
	bool *alone = arena_array(t->arena, bool, n);
	for (size_t i = 0, same; i < n; i += same) {
		same = apart ? 1 : tree_units_alike(&units[i], n - i);
		alone[i] = same == 1;
		if (same > 1) {
			announce("together", i, seconds);
			tree_add_together(t, &units[i], same, &alone[i]);
		}
		for (size_t k = i; k < i + same; k++) {
			if (!alone[k])
				continue;
			announce("unit", k, seconds);
			tree_add_unit(t, &units[k]);
		}
	}
	allow_seconds(seconds);
}

static bool parse_units(struct tree *t, const cJSON *request)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(request, "units"), *unit;
	double seconds = number(cJSON_GetObjectItemCaseSensitive(request, "limits"), "unit_seconds", 20);
	bool apart = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(request, "apart"));
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > MAX_UNITS)
		return false;
	struct unit_request *units =
	    arena_array(t->arena, struct unit_request, (size_t)cJSON_GetArraySize(list));
	size_t n = 0;
	cJSON_ArrayForEach(unit, list)
		if (!read_unit(t->arena, unit, &units[n++]))
			return false;
	parse_all(t, units, n, apart, seconds);
	return true;
}

static void check_all(struct report *r)
{
	check_state(r);
	check_identity(r);
	check_files(r);
	check_sockets(r);
	check_schedule(r);
	check_exclusive(r);
}

static int answer(const cJSON *request)
{
	const cJSON *root = cJSON_GetObjectItemCaseSensitive(request, "root");
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(request, "kind");
	if (number(request, "clusterlint_native", 0) != 1 || !cJSON_IsString(root) ||
	    root->valuestring[0] != '/' || !cJSON_IsString(kind))
		return 2;
	set_limits(cJSON_GetObjectItemCaseSensitive(request, "limits"));
	if (chdir(root->valuestring) != 0)
		return 2;
	struct arena arena;
	struct tree tree;
	struct facts facts;
	struct buf out = {0};
	int status = 2;
	arena_init(&arena);
	tree_init(&tree, &arena, str_from(root->valuestring));
	if (parse_units(&tree, request)) {
		facts_build(&facts, &tree, strcmp(kind->valuestring, "binary") == 0);
		struct report report = {.f = &facts};
		check_all(&report);
		report_write(&report, &out);
		report_release(&report);
		facts_release(&facts);
		status = fwrite(out.ptr, 1, out.len, stdout) == out.len && fflush(stdout) == 0 ? 0 : 2;
	}
	buf_release(&out);
	tree_release(&tree);
	arena_release(&arena);
	return status;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		fputs("clusterlint-native is started by clusterlint and takes no arguments\n", stderr);
		return 2;
	}
	struct buf in = {0};
	cJSON *request = read_request(&in) && in.len ? cJSON_ParseWithLength(in.ptr, in.len) : NULL;
	int status = cJSON_IsObject(request) ? answer(request) : 2;
	if (status != 0)
		fputs("clusterlint-native: the request could not be understood\n", stderr);
	cJSON_Delete(request);
	buf_release(&in);
	return status;
}
