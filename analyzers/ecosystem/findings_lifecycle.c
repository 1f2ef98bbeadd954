#include "analyzers/ecosystem/internal.h"

#include "analyzers/ecosystem/cron.h"

/* Restarts, reloads, timers and watching. */

struct look {
	struct finding_vec *f;
	const struct eco_app *app;
	const struct app_detail *d;
};

static const char *number_text(struct look *l, double n)
{
	return val_number_text(l->f->arena, n);
}

static double number(const struct look *l, enum schema_id key, double otherwise)
{
	const struct value *v = l->d->v.field[key];
	return v && v->kind == VAL_NUMBER ? v->u.num : otherwise;
}

/* ---- cron_restart ---- */

static void cron_hangs(struct look *l, const struct cron *c, struct place at, struct str pattern)
{
	report(l->f, "cron-restart-hangs-pm2", l->app, at,
	       "nothing matches the {2} field of '{1}': pm2's daemon searches for ever, no pm2 command answers and every cluster app "
	       "of the host stops taking connections; a step is written '*/5'",
	       text_c(l->f, pattern), cron_field_names[c->empty_field], NULL);
}

static void cron_oddities(struct look *l, const struct cron *c, struct place at)
{
	if (c->never)
		report(l->f, "cron-restart-never-fires", l->app, at, "no day of any year matches this, so pm2 never restarts the app: correct it",
		       NULL);
	if (c->asked_field >= 0)
		report(l->f, "cron-restart-question-mark", l->app, at,
		       "for pm2 '?' is no wildcard but the {1} at which its daemon reads the pattern, so each start of the app gives another "
		       "schedule: write '*'",
		       cron_field_names[c->asked_field], NULL);
	if (c->day_and_weekday)
		report(l->f, "cron-restart-day-and-weekday", l->app, at,
		       "pm2 restarts only where day and weekday both match, unlike crontab, where either is enough: restrict one of them",
		       NULL);
	if (c->off_by_one)
		report(l->f, "cron-restart-off-by-one", l->app, at,
		       "pm2 counts the start of 'n/step' from 0 in the day and month fields, one later than written: list the values", NULL);
	if (c->seconds)
		report(l->f, "cron-restart-seconds", l->app, at, "with six fields the first one is seconds: leave it out if minutes are meant",
		       NULL);
}

static void rule_of_cron(struct look *l)
{
	const struct val_prop *from = l->d->v.from[KEY_CRON_RESTART];
	const struct value *v = l->d->v.field[KEY_CRON_RESTART];
	bool known;
	if (!v || v->kind != VAL_STRING || !from)
		return;
	if (val_to_number(v, &known) == 0)
		return;
	struct place at = at_value(l->d, KEY_CRON_RESTART);
	struct cron c = cron_read(v->u.str);
	if (!c.valid) { /* under cron_restart it was refused before it came here */
		report(l->f, "cron-alias-crashes-pm2", l->app, at,
		       "pm2 does not check '{1}', and this pattern makes its daemon crash ({2}): all apps of the host are restarted and "
		       "'pm2 start' hangs; correct it, and call it cron_restart",
		       text_c(l->f, from->key), c.why, NULL);
		return;
	}
	if (c.hangs) {
		cron_hangs(l, &c, at, v->u.str);
		return;
	}
	cron_oddities(l, &c, at);
	if (l->app->processes > 1)
		report(l->f, "cron-restart-all-at-once", l->app, at,
		       "all {1} instances are restarted in the same second, so connections are refused at each tick: call 'pm2 reload' from "
		       "a cron job instead",
		       number_text(l, l->app->processes), NULL);
}

/* ---- restarts and stops ---- */

static void rule_of_restart_delay(struct look *l)
{
	double delay = number(l, KEY_RESTART_DELAY, 0), up = number(l, KEY_MIN_UPTIME, 1000);
	const struct val_prop *max = l->d->v.from[KEY_MAX_RESTARTS];
	double backoff = number(l, KEY_EXP_BACKOFF, 0);
	if (max && l->d->v.field[KEY_MAX_RESTARTS] && delay >= up && delay > 0 && !(backoff > 0))
		report_also(report(l->f, "restart-limit-never-reached", l->app, max->at,
				   "with 'restart_delay: {1}' not below min_uptime ({2}) pm2 never counts to max_restarts and restarts a broken "
				   "app for ever: raise min_uptime above it",
				   number_text(l, delay), number_text(l, up), NULL),
			    l->d->v.from[KEY_RESTART_DELAY]->at, "the delay");
	if (delay > 0 && backoff > 0)
		report_also(report(l->f, "restart-delay-ignored", l->app, l->d->v.from[KEY_RESTART_DELAY]->at,
				   "'exp_backoff_restart_delay' replaces 'restart_delay': keep one of them", NULL),
			    l->d->v.from[KEY_EXP_BACKOFF]->at, "this wins");
}

/* a job that runs once and at its hours is right to say so */
static void rule_of_autorestart(struct look *l)
{
	const struct value *v = l->d->v.field[KEY_AUTORESTART];
	if (!v || v->kind != VAL_BOOL || v->u.b || l->app->exec_mode != EXEC_CLUSTER || l->app->processes < 2 ||
	    l->d->v.field[KEY_CRON_RESTART])
		return;
	report(l->f, "autorestart-off-in-cluster", l->app, at_value(l->d, KEY_AUTORESTART),
	       "a worker that ends is never replaced, and the other {1} go on as if nothing had happened: remove 'autorestart: false'",
	       number_text(l, l->app->processes - 1), NULL);
}

static void rule_of_shutdown(struct look *l)
{
	const struct value *message = l->d->v.field[KEY_SHUTDOWN_MESSAGE];
	if (message && truth_of(message) == TRUE && l->app->exec_mode == EXEC_CLUSTER)
		report(l->f, "shutdown-message-not-on-reload", l->app, at_value(l->d, KEY_SHUTDOWN_MESSAGE),
		       "'pm2 reload' sends SIGINT to the old worker, not the message 'shutdown': handle both", NULL);
	bool deaf = l->app->shell_script || str_is(l->app->interpreter, "none") || str_is(l->app->interpreter, "bash") ||
		    str_starts(l->app->interpreter, STR("python")) || str_is(l->app->interpreter, "ruby") ||
		    str_is(l->app->interpreter, "php") || str_is(l->app->interpreter, "perl");
	if (l->app->wait_ready && deaf && l->app->exec_mode == EXEC_FORK)
		report(l->f, "wait-ready-without-ipc", l->app, at_value(l->d, KEY_WAIT_READY),
		       "'{1}' cannot send 'ready' to pm2, so each start waits {2} ms in vain: remove wait_ready",
		       text_c(l->f, l->app->interpreter), number_text(l, l->app->listen_timeout), NULL);
}

/* ---- watch ---- */

static bool ignores(const struct value *list, struct str path)
{
	if (!list || list->kind != VAL_ARRAY)
		return list && list->kind == VAL_UNKNOWN;
	if (str_starts(path, STR("./")))
		path = str_sub(path, 2, path.len);
	size_t slash = str_find(path, STR("/"));
	struct str first = slash == (size_t)-1 ? path : str_sub(path, 0, slash);
	for (uint32_t i = 0; i < list->u.arr->n; i++) {
		const struct value *v = list->u.arr->items[i];
		if (!v || v->kind != VAL_STRING || str_find(v->u.str, STR("*")) != (size_t)-1 ||
		    str_find(v->u.str, first) != (size_t)-1)
			return true; /* patterns are given the benefit of the doubt */
	}
	return list->u.arr->open;
}

static void rule_of_own_logs(struct look *l)
{
	static const enum schema_id files[] = {KEY_OUT_FILE, KEY_ERROR_FILE, KEY_LOG_FILE, KEY_PID_FILE};
	const struct value *watch = l->d->v.field[KEY_WATCH];
	if (!watch || watch->kind != VAL_BOOL || l->d->v.field[KEY_WATCH_OPTIONS])
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const struct value *v = l->d->v.field[files[i]];
		if (!v || v->kind != VAL_STRING || !v->u.str.len || strchr("/~.$", v->u.str.ptr[0]) != NULL) {
			bool here = v && v->kind == VAL_STRING && str_starts(v->u.str, STR("./")) && v->u.str.len > 2 && v->u.str.ptr[2] != '.';
			if (!here)
				continue;
		}
		if (str_is(v->u.str, "NULL") || ignores(l->d->v.field[KEY_IGNORE_WATCH], v->u.str))
			continue;
		report_also(report(l->f, "watch-sees-own-logs", l->app, at_value(l->d, KEY_WATCH),
				   "pm2 watches the folder into which it writes '{1}', so each line restarts the app without end: name the file in "
				   "ignore_watch, or write logs elsewhere",
				   text_c(l->f, v->u.str), NULL),
			    at_value(l->d, files[i]), "written in the watched folder");
		return;
	}
}

static bool says_production(const struct look *l)
{
	for (size_t i = 0; i < l->app->n_env; i++)
		if (str_is(l->app->env[i].name, "NODE_ENV") && str_is(l->app->env[i].value, "production"))
			return true;
	return false;
}

static void rule_of_watch(struct look *l)
{
	if (!l->app->watch)
		return;
	const struct value *ignored = l->d->v.field[KEY_IGNORE_WATCH], *watch = l->d->v.field[KEY_WATCH];
	if (says_production(l))
		report(l->f, "watch-in-production", l->app, at_value(l->d, KEY_WATCH),
		       "in production each changed file restarts all instances of the app at once: switch 'watch' off there", NULL);
	else if (l->app->exec_mode == EXEC_CLUSTER && l->app->processes > 1)
		report(l->f, "watch-in-cluster", l->app, at_value(l->d, KEY_WATCH),
		       "each of the {1} instances watches all files, and a changed file restarts all of them at once: watch one "
		       "instance in fork mode",
		       number_text(l, l->app->processes), NULL);
	bool whole = watch && watch->kind == VAL_BOOL;
	bool replaced = whole && ignored && ignored->kind == VAL_ARRAY && !ignored->u.arr->open && !ignores(ignored, STR("node_modules"));
	if (replaced)
		report(l->f, "ignore-watch-replaces-default", l->app, at_value(l->d, KEY_IGNORE_WATCH),
		       "this list replaces pm2's own, so node_modules and .git are watched: add 'node_modules' and '.git'", NULL);
	double delay = number(l, KEY_WATCH_DELAY, 0);
	if (delay > 0 && delay < 100)
		report(l->f, "watch-delay-in-milliseconds", l->app, at_value(l->d, KEY_WATCH_DELAY),
		       "in a file, 'watch_delay: {1}' is milliseconds: write {2} if seconds are meant", number_text(l, delay),
		       number_text(l, delay * 1000), NULL);
	rule_of_own_logs(l);
}

void rules_of_lifecycle(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	struct look l = {f, app, d};
	rule_of_cron(&l);
	rule_of_restart_delay(&l);
	rule_of_autorestart(&l);
	rule_of_shutdown(&l);
	rule_of_watch(&l);
}
