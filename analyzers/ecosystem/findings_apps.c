#include "analyzers/ecosystem/internal.h"

/* Names, log files and ports: what one app's instances, or several apps, share without wanting to. */

/* ---- files of one app ---- */

static const struct value *log_path(const struct app_detail *d, enum schema_id key)
{
	const struct value *v = d->v.field[key];
	if (!v || v->kind != VAL_STRING || !v->u.str.len || str_is(v->u.str, "/dev/null") || str_is(v->u.str, "NULL"))
		return NULL;
	return v;
}

/* "app-2024.log": PM2 takes the digits for a process id and puts its own there */
static bool ends_in_digits(struct str path)
{
	if (!str_ends(path, STR(".log")))
		return false;
	size_t end = path.len - 4, i = end;
	while (i > 0 && path.ptr[i - 1] >= '0' && path.ptr[i - 1] <= '9')
		i--;
	return i < end && i > 0 && path.ptr[i - 1] == '-';
}

static void rules_of_logs(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	static const enum schema_id logs[] = {KEY_OUT_FILE, KEY_ERROR_FILE, KEY_LOG_FILE};
	const struct value *merge = d->v.field[KEY_MERGE_LOGS];
	bool merged = merge && truth_of(merge) != FALSE;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		const struct value *v = log_path(d, logs[i]);
		if (!v)
			continue;
		const char *path = text_c(f, v->u.str);
		if (app->processes > 1 && !merged && !str_ends(v->u.str, STR(".log")))
			report(f, "log-shared-by-instances", app, at_value(d, logs[i]),
			       "all {2} instances write into '{1}', since pm2 adds a number only before '.log': end its name with .log", path,
			       val_number_text(f->arena, app->processes), NULL);
		if (ends_in_digits(v->u.str) && !merged)
			report(f, "log-name-digits-replaced", app, at_value(d, logs[i]),
			       "pm2 replaces the digits at the end of '{1}' with the number of the process: put them elsewhere in the name", path,
			       NULL);
	}
	const struct value *pid = log_path(d, KEY_PID_FILE);
	if (pid && app->processes > 1 && !str_ends(pid->u.str, STR(".pid")))
		report(f, "pid-file-shared-by-instances", app, at_value(d, KEY_PID_FILE),
		       "each instance overwrites '{1}', since pm2 adds a number only before '.pid': end its name with .pid",
		       text_c(f, pid->u.str), NULL);
}

/* ---- names ---- */

static void rule_of_selecting_name(struct finding_vec *f, const struct eco_app *app)
{
	struct str n = app->name;
	if (!n.len || !app->name_at.source || (app->script_at.source && place_cmp(app->name_at, app->script_at) == 0))
		return;
	bool digits = true, odd = str_find(n, STR(",")) != (size_t)-1, blank = str_find(n, STR(" ")) != (size_t)-1;
	for (size_t i = 0; i < n.len; i++)
		digits &= n.ptr[i] >= '0' && n.ptr[i] <= '9';
	bool regex = n.len > 1 && n.ptr[0] == '/' && n.ptr[n.len - 1] == '/';
	if (blank && !odd && !regex) { /* --only is split at blanks; other commands take it in quotes */
		report(f, "name-not-for-only", app, app->name_at,
		       "'--only' takes '{1}' for several names, starts nothing and says nothing: rename the app without blanks",
		       text_c(f, n), NULL);
		return;
	}
	if (!digits && !regex && !odd && !str_is(n, "all"))
		return;
	report(f, "name-selects-others", app, app->name_at,
	       "pm2 does not take '{1}' for the name of one app, but for {2}: rename it", text_c(f, n),
	       digits ? "a process number" : regex ? "a pattern" : odd ? "a list of names" : "all apps", NULL);
}

static struct str as_file_name(struct arena *a, struct str name)
{
	struct str out = arena_str(a, name);
	char *s = arena_cstr(a, name);
	for (size_t i = 0; i < out.len; i++) {
		char c = s[i];
		bool kept = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '-' || c == '\\';
		if (!kept)
			s[i] = '-';
	}
	out.ptr = s;
	return out;
}

static struct place name_place(const struct eco_app *app)
{
	return app->name_at.source ? app->name_at : app->script_at.source ? app->script_at : app->at;
}

static bool logs_by_name(const struct app_detail *d)
{
	return !d->v.field[KEY_OUT_FILE] || !d->v.field[KEY_ERROR_FILE];
}

static void compare_names(struct finding_vec *f, const struct eco_app *a, const struct app_detail *da, const struct eco_app *b,
			  const struct app_detail *db)
{
	if (!a->name.len || !b->name.len)
		return;
	if (str_eq(a->name, b->name))
		report_also(report(f, "duplicate-name", b, name_place(b),
				   "two apps are named '{1}': pm2 takes them for one group, each further start of the file adds copies, and the "
				   "last one's env goes to all; give them different names",
				   text_c(f, b->name), NULL),
			    name_place(a), "the other one");
	else if (logs_by_name(da) && logs_by_name(db) &&
		 str_eq(as_file_name(f->arena, a->name), as_file_name(f->arena, b->name)))
		report_also(report(f, "names-share-log-files", b, name_place(b),
				   "'{1}' and '{2}' become one file name for pm2, so their logs and pids are mixed: rename one of them",
				   text_c(f, a->name), text_c(f, b->name), NULL),
			    name_place(a), "the other one");
}

/* ---- ports ---- */

static struct place port_place(const struct app_detail *d, const struct eco_app *app)
{
	const struct val_prop *p = prop_of(d->v.field[KEY_ENV], "PORT");
	const struct val_prop *port = d->v.from[KEY_PORT];
	return port ? port->at : p ? p->at : app->at;
}

enum hosts { HOSTS_SAME, HOSTS_APART, HOSTS_OVERLAP };

static bool is_every_address(struct str s)
{
	return str_is(s, "0.0.0.0") || str_is(s, "::") || str_is(s, "[::]");
}

/* Two addresses of a machine have ports of their own, but the one that stands for all of them takes each one's. */
static enum hosts compare_hosts(const struct eco_app *a, const struct eco_app *b)
{
	static const char *const names[] = {"HOST", "HOSTNAME", "BIND_ADDRESS", "LISTEN_HOST"};
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		struct str x = {0}, y = {0};
		for (size_t i = 0; i < a->n_env; i++)
			x = str_is(a->env[i].name, names[n]) ? a->env[i].value : x;
		for (size_t i = 0; i < b->n_env; i++)
			y = str_is(b->env[i].name, names[n]) ? b->env[i].value : y;
		if (x.ptr && y.ptr && !str_eq(x, y))
			return is_every_address(x) || is_every_address(y) ? HOSTS_OVERLAP : HOSTS_APART;
	}
	return HOSTS_SAME;
}

/* 'api' of 'api-staging', nothing of 'dev' */
static struct str without_environment(struct str name)
{
	static const char *const words[] = {"production", "prod", "prd", "development", "dev", "staging", "stage", "stg",
					    "test", "testing", "qa", "uat", "local", "preview"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str word = str_from(words[i]);
		if (!str_ends(name, word))
			continue;
		if (name.len == word.len)
			return (struct str){name.ptr, 0};
		if (strchr("-_.:@ ", name.ptr[name.len - word.len - 1]) != NULL)
			return (struct str){name.ptr, name.len - word.len - 1};
	}
	return name;
}

/* 'prod' and 'dev' in one file are one app in two environments: each host starts its own with --only */
static bool are_alternatives(const struct eco_app *a, const struct eco_app *b)
{
	struct str x = without_environment(a->name), y = without_environment(b->name);
	return (x.len != a->name.len || y.len != b->name.len) && str_eq(x, y);
}

static void compare_ports(struct finding_vec *f, const struct eco_app *a, const struct app_detail *da, const struct eco_app *b,
			  const struct app_detail *db)
{
	bool any = str_is(a->port, "0"); /* a free one for each process, but for workers of one primary */
	enum hosts hosts = compare_hosts(a, b);
	/* the primary keeps a socket for each address, and cannot open the second one */
	bool workers = a->exec_mode == EXEC_CLUSTER && b->exec_mode == EXEC_CLUSTER && hosts == HOSTS_SAME;
	if (!a->port.len || !str_eq(a->port, b->port) || (any && !workers) || hosts == HOSTS_APART)
		return;
	struct place at = port_place(db, b), other = port_place(da, a);
	if (place_cmp(at, other) == 0)
		return; /* one env object for all: some of them need no port */
	const char *port = text_c(f, b->port);
	struct eco_finding *x;
	if (workers)
		x = report(f, "same-port-mixes-apps", b, at,
			   "'{1}' and '{2}' listen on port {3} in cluster mode: without any error, connections go to the one and the other "
			   "in turn; give each its own port",
			   text_c(f, a->name), text_c(f, b->name), port, NULL);
	else
		x = report(f, "same-port", b, at,
			   "'{1}' and '{2}' have the same port {3}: the second one to listen ends with EADDRINUSE; give each its own port",
			   text_c(f, a->name), text_c(f, b->name), port, NULL);
	report_also(x, other, "the same port");
	if (are_alternatives(a, b))
		x->level = ECO_LEVEL_NOTE;
}

static void compare_logs(struct finding_vec *f, const struct eco_app *a, const struct app_detail *da, const struct eco_app *b,
			 const struct app_detail *db)
{
	static const enum schema_id logs[] = {KEY_OUT_FILE, KEY_ERROR_FILE, KEY_LOG_FILE, KEY_PID_FILE};
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		const struct value *x = log_path(da, logs[i]), *y = log_path(db, logs[i]);
		if (!x || !y || !str_eq(x->u.str, y->u.str) || (x->u.str.ptr[0] != '/' && !str_eq(a->cwd, b->cwd)))
			continue;
		struct eco_finding *shared =
			report(f, "log-shared-by-apps", b, at_value(db, logs[i]),
			       "'{1}' and '{2}' write into the same '{3}': give each a file of its own", text_c(f, a->name),
			       text_c(f, b->name), text_c(f, x->u.str), NULL);
		report_also(shared, at_value(da, logs[i]), "the other one");
		if (are_alternatives(a, b))
			shared->level = ECO_LEVEL_NOTE;
		return;
	}
}

void rules_across_apps(struct finding_vec *f)
{
	const struct scenario_detail *s = f->scenario;
	for (size_t i = 0; i < s->n_apps; i++) {
		if (s->apps[i].raw->kind != VAL_OBJECT)
			continue;
		rules_of_logs(f, &s->apps[i], &s->details[i]);
		rule_of_selecting_name(f, &s->apps[i]);
		for (size_t k = 0; k < i; k++) {
			if (s->apps[k].raw->kind != VAL_OBJECT)
				continue;
			compare_names(f, &s->apps[k], &s->details[k], &s->apps[i], &s->details[i]);
			compare_ports(f, &s->apps[k], &s->details[k], &s->apps[i], &s->details[i]);
			compare_logs(f, &s->apps[k], &s->details[k], &s->apps[i], &s->details[i]);
		}
	}
}
