#include "analyzers/project/native_run.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/vec.h"

enum { MAX_ANSWER = 64 * 1024 * 1024, MAX_TRIES = 4 };

struct run {
	const struct context *ctx;
	struct arena *a;
	const struct native_target *target;
	struct native_limits limits;
	bool *skip;             /* by unit: the helper stopped on it */
	const char **why;
	uint32_t *sent;         /* index in the request -> unit */
	size_t n_sent;
	bool apart;             /* units are not to be parsed as one: that failed */
	VEC(const char *) notes;
};

/* what one helper did */
struct try {
	struct buf out;
	int status;   /* of waitpid */
	bool too_long;
	bool no_start;
};

/* ---- finding it ---- */

static const char *helper_path(struct arena *a, const char *program)
{
	static const char *const places[] = {"clusterlint-native",
					     "../libexec/clusterlint/clusterlint-native"};
	struct str dir = path_dir(str_from(program));
	for (size_t i = 0; program[0] == '/' && i < sizeof places / sizeof *places; i++) {
		const char *path = arena_printf(a, STR_FMT "/%s", STR_ARG(dir), places[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

/* ---- the request ---- */

static cJSON *unit_json(const struct native_unit *u, struct arena *a)
{
	cJSON *unit = cJSON_CreateObject();
	cJSON_AddStringToObject(unit, "path", arena_cstr(a, u->path));
	cJSON *args = cJSON_AddArrayToObject(unit, "args");
	for (size_t i = 0; i < u->n_args; i++)
		cJSON_AddItemToArray(args, cJSON_CreateString(u->args[i]));
	return unit;
}

static char *request_text(struct run *r)
{
	cJSON *doc = cJSON_CreateObject();
	cJSON_AddNumberToObject(doc, "clusterlint_native", 1);
	cJSON_AddStringToObject(doc, "root", arena_cstr(r->a, r->ctx->fs->root));
	cJSON_AddStringToObject(doc, "kind", r->target->binary ? "binary" : "addon");
	cJSON_AddBoolToObject(doc, "apart", r->apart);
	cJSON *limits = cJSON_AddObjectToObject(doc, "limits");
	cJSON_AddNumberToObject(limits, "unit_seconds", r->limits.unit_seconds);
	cJSON_AddNumberToObject(limits, "cpu_seconds", r->limits.cpu_seconds);
	cJSON_AddNumberToObject(limits, "memory_mb", r->limits.memory_mb);
	cJSON *units = cJSON_AddArrayToObject(doc, "units");
	r->n_sent = 0;
	for (uint32_t i = 0; i < r->target->n_units; i++) {
		if (r->skip[i])
			continue;
		r->sent[r->n_sent++] = i;
		cJSON_AddItemToArray(units, unit_json(&r->target->units[i], r->a));
	}
	char *text = cJSON_PrintUnformatted(doc);
	cJSON_Delete(doc);
	return text;
}

/* ---- one try ---- */

static pid_t start(const char *helper, int in, int out)
{
	static char *const no_environment[] = {NULL};
	char *argv[] = {(char[]){"clusterlint-native"}, NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, helper, &actions, NULL, argv, no_environment) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* writes the request and reads the answer side by side: neither pipe may fill up */
static void talk(struct try *t, int in, int out, const char *request, int64_t until)
{
	size_t len = strlen(request), done = 0;
	char chunk[65536];
	for (;;) {
		struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = in, .events = POLLOUT}};
		int64_t left = until - now_ms();
		if (left <= 0 || t->out.len > MAX_ANSWER) {
			t->too_long = true;
			break;
		}
		if (poll(fds, in >= 0 ? 2 : 1, (int)left) < 0 && errno != EINTR)
			break;
		if (in >= 0 && fds[1].revents) {
			ssize_t n = write(in, request + done, len - done);
			done += n > 0 ? (size_t)n : 0;
			if (done == len || (n < 0 && errno != EAGAIN && errno != EINTR)) {
				close(in);
				in = -1;
			}
		}
		if (fds[0].revents) {
			ssize_t n = read(out, chunk, sizeof chunk);
			if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
				break;
			if (n > 0)
				buf_add(&t->out, (struct str){chunk, (size_t)n});
		}
	}
	if (in >= 0)
		close(in);
}

static void ask(struct run *r, const char *helper, struct try *t)
{
	int in[2], out[2];
	if (pipe(in) != 0) {
		t->no_start = true;
		return;
	}
	if (pipe(out) != 0) {
		close(in[0]), close(in[1]);
		t->no_start = true;
		return;
	}
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	fcntl(out[0], F_SETFD, FD_CLOEXEC);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	char *request = request_text(r);
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGPIPE, &ignore, &before);
	pid_t pid = start(helper, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	if (pid < 0) {
		t->no_start = true;
		close(in[1]);
	} else {
		talk(t, in[1], out[0], request, now_ms() + (int64_t)r->limits.cpu_seconds * 2000);
		if (t->too_long)
			kill(pid, SIGKILL);
		while (waitpid(pid, &t->status, 0) < 0 && errno == EINTR)
			;
	}
	sigaction(SIGPIPE, &before, NULL);
	close(out[0]);
	free(request);
}

/* the last line, and the unit that the helper was at */
static struct str last_line(const struct buf *out, uint32_t *unit)
{
	struct str all = str_trim((struct str){out->ptr, out->len});
	size_t at = str_rfind_char(all, '\n');
	struct str line = at == (size_t)-1 ? all : str_sub(all, at + 1, all.len);
	char number[16] = {0};
	*unit = UINT32_MAX;
	if (str_starts(line, STR("{\"unit\":")) && line.len < 24) {
		memcpy(number, line.ptr + 8, line.len - 9 < 15 ? line.len - 9 : 15);
		*unit = (uint32_t)strtoul(number, NULL, 10);
	}
	return line;
}

static const char *why_ended(const struct run *r, const struct try *t)
{
	if (t->too_long)
		return "parsing all units took too long";
	if (WIFSIGNALED(t->status) && WTERMSIG(t->status) == SIGPROF)
		return arena_printf(r->a, "it took more than %u seconds of processor time", r->limits.unit_seconds);
	if (WIFSIGNALED(t->status) && WTERMSIG(t->status) == SIGXCPU)
		return "the time for all units was used up";
	return "the parser crashed on it, or ran out of memory";
}

/* ---- the result ---- */

static void add_note(struct run *r, const char *note)
{
	vec_push(&r->notes, note);
}

static void note_units(struct run *r, struct native_result *result)
{
	size_t partial = 0, failed = 0;
	const char *header = NULL, *file = NULL;
	bool of_node = false;
	for (size_t i = 0; i < result->n_units; i++) {
		const struct native_unit_result *u = &result->units[i];
		partial += u->status == NATIVE_PARTIAL;
		failed += u->status == NATIVE_FAILED;
		if (!header && u->n_missing)
			header = u->missing[0];
		of_node |= u->n_stubbed > 0;
		if (!file && u->status == NATIVE_FAILED)
			file = arena_printf(r->a, STR_FMT ": %s", STR_ARG(u->path), u->why);
	}
	if (partial && header)
		add_note(r, arena_printf(r->a, "'%s' was not found: %zu of %zu native sources were only "
					       "understood in part",
					 header, partial, result->n_units));
	else if (partial && of_node)
		result->stand_ins =
		    arena_printf(r->a, "the headers of Node or node-addon-api are not installed: %zu "
				       "native source%s read with stand-ins for them",
				 partial, partial == 1 ? " was" : "s were");
	else if (partial)
		add_note(r, arena_printf(r->a, "%zu of %zu native sources have errors, so they were only "
					       "understood in part",
					 partial, result->n_units));
	if (failed)
		add_note(r, arena_printf(r->a, "%zu of %zu native sources were not looked at (%s)", failed,
					 result->n_units, file));
}

/* units that the helper stopped on are told beside those that it answered for */
static void add_skipped(struct run *r, struct native_result *result)
{
	size_t n = 0;
	struct native_unit_result *all =
	    arena_array(r->a, struct native_unit_result, result->n_units + r->target->n_units);
	for (size_t i = 0; i < result->n_units; i++)
		all[n++] = result->units[i];
	for (size_t i = 0; i < r->target->n_units; i++)
		if (r->skip[i])
			all[n++] = (struct native_unit_result){.path = r->target->units[i].path,
							       .status = NATIVE_FAILED,
							       .why = r->why[i]};
	result->units = all;
	result->n_units = n;
}

static void run_all(struct run *r, const char *helper, struct native_result *result)
{
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		struct try t = {0};
		uint32_t at;
		ask(r, helper, &t);
		struct str line = last_line(&t.out, &at);
		bool good = !t.no_start && !t.too_long && WIFEXITED(t.status) &&
			    WEXITSTATUS(t.status) == 0 && native_read_answer(r->a, line, result);
		const char *why = t.no_start ? "clusterlint-native could not be started" : why_ended(r, &t);
		bool together = str_starts(line, STR("{\"together\":"));
		buf_release(&t.out);
		if (good)
			return;
		if (together && !t.too_long && !r->apart) {
			r->apart = true;
			tries--;
			continue;
		}
		if (at >= r->n_sent || t.too_long || tries + 1 == MAX_TRIES) {
			for (size_t i = 0; i < r->target->n_units; i++)
				if (!r->skip[i])
					r->skip[i] = true, r->why[i] = why;
			return;
		}
		r->why[r->sent[at]] = why;
		r->skip[r->sent[at]] = true;
	}
}

const struct native_result *native_run(const struct context *ctx, const char *program,
				       const struct native_target *target,
				       const struct native_limits *limits)
{
	struct run r = {.ctx = ctx, .a = ctx->arena, .target = target};
	struct native_result *result = arena_new(r.a, struct native_result);
	const char *helper = helper_path(r.a, program);
	r.limits = limits ? *limits : (struct native_limits){0};
	if (!r.limits.unit_seconds)
		r.limits.unit_seconds = 20;
	if (!r.limits.cpu_seconds)
		r.limits.cpu_seconds = 120;
	if (!r.limits.memory_mb)
		r.limits.memory_mb = 3072;
	for (size_t i = 0; i < target->n_notes; i++)
		add_note(&r, target->notes[i]);
	r.skip = arena_array(r.a, bool, target->n_units);
	r.why = arena_array(r.a, const char *, target->n_units);
	r.sent = arena_array(r.a, uint32_t, target->n_units);
	if (!helper) {
		struct str what = target->name.len ? target->name : target->described_in;
		add_note(&r, arena_printf(r.a, "%zu native source%s of '" STR_FMT "' %s not looked at: "
					       "clusterlint-native is not built (install libclang, on Debian "
					       "libclang-dev, and run make)",
					  target->n_units, target->n_units == 1 ? "" : "s", STR_ARG(what),
					  target->n_units == 1 ? "was" : "were"));
	} else if (target->n_units) {
		run_all(&r, helper, result);
		for (size_t i = 0; i < result->n_notes; i++)
			add_note(&r, result->notes[i]);
		add_skipped(&r, result);
		note_units(&r, result);
	}
	const char **notes = arena_array(r.a, const char *, r.notes.len);
	for (size_t i = 0; i < r.notes.len; i++)
		notes[i] = r.notes.ptr[i];
	result->notes = notes;
	result->n_notes = r.notes.len;
	vec_release(&r.notes);
	return result;
}
