#include "analyzers/ecosystem/internal.h"

/* Keys that PM2 does not know, and values that it refuses, loses or takes for something else. */

struct look {
	struct finding_vec *f;
	const struct eco_app *app;
	const struct app_detail *d;
};

static const char *show(struct look *l, const struct value *v)
{
	return val_show(l->f->arena, v, 40);
}

/* people leave notes and data of their own in a config */
static bool is_remark(struct str key)
{
	static const char *const names[] = {"description", "comment", "comments", "note", "notes", "version", "author", "tags",
					    "id", "type", "group", "enabled", "disabled", "title", "url", "//"};
	if (key.len == 0 || strchr("_$#@/", key.ptr[0]) || str_starts(key, STR("x-")))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(key, names[i]))
			return true;
	return false;
}

static void unknown_key(struct look *l, const struct val_prop *p)
{
	const char *meant = schema_suggest(p->key);
	if (meant && !prop_of(l->d->v.raw, meant)) {
		struct eco_finding *x = report(l->f, "misspelled-key", l->app, at_key(p),
					       "pm2 does not know '{1}' and ignores it: '{2}' is what it knows", text_c(l->f, p->key), meant,
					       NULL);
		enum schema_id id = schema_find(str_from(meant), NULL);
		bool fits = !is_nothing(p->value) &&
			    (str_is(str_from(meant), "instances") ||
			     schema_accept(l->f->arena, id, p->value, l->f->ctx->pm2_major).fault == FAULT_NONE);
		x->fix = fits ? fix_key(l->f, p, meant, false) : NULL;
	} else if (!is_remark(p->key)) {
		report(l->f, "unknown-key", l->app, at_key(p),
		       "pm2 has no option '{1}' and ignores it without a word: remove it, or look for what does it",
		       text_c(l->f, p->key), NULL);
	}
}

static void env_block(struct look *l, const struct val_prop *p)
{
	if (p->value->kind != VAL_STRING)
		return;
	if (str_is(p->key, "env_file"))
		report(l->f, "env-file-ignored", l->app, at_key(p),
		       "pm2 has no 'env_file' and does not read '{1}': load it in the config with dotenv, or give "
		       "'node_args: \"--env-file={1}\"' (Node 20.6 or later)",
		       text_c(l->f, p->value->u.str), NULL);
	else
		report(l->f, "env-block-not-an-object", l->app, written_place(p->value),
		       "'{1}' must be an object: pm2 spreads this text letter by letter into variables named 0, 1, 2",
		       text_c(l->f, p->key), NULL);
}

static void each_key(struct look *l)
{
	const struct val_object *o = l->d->v.raw->u.obj;
	for (uint32_t i = 0; i < o->n; i++) {
		const struct val_prop *p = &o->props[i];
		bool known = schema_find(p->key, NULL) != N_SCHEMA_KEYS || str_is(p->key, "cmd") || str_is(p->key, "command");
		if (schema_is_env_block(p->key))
			env_block(l, p);
		else if (!known && p->value->kind != VAL_UNDEFINED)
			unknown_key(l, p);
	}
}

/* ---- what PM2 refuses ---- */

static const char *as_boolean(const struct value *v)
{
	static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {"false", "no", "off", "0"};
	if (v->kind == VAL_NUMBER && (v->u.num == 0 || v->u.num == 1))
		return v->u.num == 0 ? "false" : "true";
	for (size_t i = 0; v->kind == VAL_STRING && i < 4; i++) {
		if (str_is(v->u.str, yes[i]))
			return "true";
		if (str_is(v->u.str, no[i]))
			return "false";
	}
	return NULL;
}

static void refused_type(struct look *l, const struct trouble *t, const char *key)
{
	struct eco_finding *x =
		report(l->f, "wrong-type", l->app, written_place(t->value),
		       "'{1}' must be {2}, but is {3}: pm2 refuses the whole file and starts nothing", key,
		       schema_keys[t->key].expects, show(l, t->value), NULL);
	bool boolean = (schema_keys[t->key].types & ~(unsigned)TYPE_STRING) == TYPE_BOOL;
	const char *meant = boolean ? as_boolean(t->value) : NULL;
	if (t->key == KEY_NAME && t->value->kind == VAL_NUMBER)
		meant = quote_like(l->f, NULL, val_number_text(l->f->arena, t->value->u.num));
	if (t->key == KEY_NAME && l->f->file->format == ECO_YAML)
		meant = NULL;
	x->fix = meant ? fix_replace(l->f, t->value, meant, true) : NULL;
}

static void refused_mode(struct look *l, const struct trouble *t)
{
	struct str s = t->value->u.str;
	char word[16];
	size_t n = 0;
	for (; n < s.len && n < sizeof word - 1; n++)
		word[n] = s.ptr[n] == '-' ? '_' : s.ptr[n] >= 'A' && s.ptr[n] <= 'Z' ? (char)(s.ptr[n] + 32) : s.ptr[n];
	struct str plain = {word, n};
	struct eco_finding *x = report(l->f, "exec-mode-not-known", l->app, written_place(t->value),
				       "pm2 knows no exec_mode '{1}', refuses the whole file and starts nothing: write 'fork' or "
				       "'cluster', in lower case",
				       text_c(l->f, s), NULL);
	if (schema_matches(PATTERN_EXEC_MODE, plain))
		x->fix = fix_replace(l->f, t->value,
				     quote_like(l->f, t->value, str_starts(plain, STR("cluster")) ? "cluster" : "fork"), true);
}

/* "1.5G", "300MB", "512m": what PM2 would understand, or NULL */
static const char *memory_text(struct look *l, struct str s)
{
	double num = val_parse_float(s);
	size_t i = 0;
	while (i < s.len && strchr("0123456789. ", s.ptr[i]))
		i++;
	char unit = i < s.len ? s.ptr[i] & ~32 : 0;
	struct str rest = str_sub(s, i < s.len ? i + 1 : i, s.len);
	bool plain = rest.len == 0 || str_is(rest, "B") || str_is(rest, "b") || str_is(rest, "iB");
	if (!(num > 0) || !plain || !unit || !strchr("GMKT", unit))
		return NULL;
	if (unit == 'T') {
		num *= 1024;
		unit = 'G';
	}
	while (num != (double)(long)num && unit != 'K') {
		num *= 1024;
		unit = unit == 'G' ? 'M' : 'K';
	}
	return arena_printf(l->f->arena, "%ld%c", (long)num, unit);
}

static void refused_memory(struct look *l, const struct trouble *t)
{
	const char *better = memory_text(l, t->value->u.str);
	struct eco_finding *x = report(l->f, "memory-limit-unit", l->app, written_place(t->value),
				       "pm2 does not understand '{1}', refuses the whole file and starts nothing: a whole number with "
				       "K, M or G is needed, such as '{2}'",
				       text_c(l->f, t->value->u.str), better ? better : "300M", NULL);
	x->fix = better ? fix_replace(l->f, t->value, quote_like(l->f, t->value, better), true) : NULL;
}

static void refused(struct look *l, const struct trouble *t)
{
	const char *key = t->prop ? text_c(l->f, t->prop->key) : schema_keys[t->key].name;
	switch (t->fault) {
	case REFUSED_TYPE:
	case REFUSED_ENV:
		refused_type(l, t, key);
		break;
	case REFUSED_PATTERN:
		if (t->key == KEY_EXEC_MODE) {
			refused_mode(l, t);
			break;
		}
		if (t->key == KEY_MAX_MEMORY_RESTART) {
			refused_memory(l, t);
			break;
		}
		/* fall through */
	case REFUSED_MIN:
		report(l->f, "invalid-value", l->app, written_place(t->value),
		       "'{1}' must be {2}, and {3} is not: pm2 refuses the whole file and starts nothing", key,
		       schema_keys[t->key].expects, show(l, t->value), NULL);
		break;
	case REFUSED_CRON:
		report(l->f, "cron-restart-invalid", l->app, written_place(t->value),
		       "pm2 does not understand this pattern ({1}), refuses the whole file and starts nothing", t->why, NULL);
		break;
	case CRASH_VALUE:
	case CRASH_ENV:
		report(l->f, "value-crashes-pm2", l->app, written_place(t->value),
		       "'{1}' must be {2}, but is {3}: pm2 crashes with a stack trace and starts nothing", key,
		       t->key == KEY_EXEC_MODE ? "a text" : schema_keys[t->key].expects, show(l, t->value), NULL);
		break;
	case CRASH_ENTRY:
		break;
	}
}

/* ---- what PM2 loses or ignores ---- */

static void lost_falsy(struct look *l)
{
	static const struct {
		enum schema_id key;
		const char *uses, *instead;
	} lost[] = {
		{KEY_MAX_RESTARTS, "16", "autorestart: false"},
		{KEY_STOP_EXIT_CODES, "none", "stop_exit_codes: [0]"},
		{KEY_KILL_TIMEOUT, "1600", "kill_timeout: 1"},
		{KEY_LISTEN_TIMEOUT, "3000", "listen_timeout: 1"},
		{KEY_MIN_UPTIME, "1000", "min_uptime: 100"},
		{KEY_KILL_RETRY_TIME, "100", "kill_retry_time: 1"},
		{KEY_SOURCE_MAP, "true", "disable_source_map_support: true"},
	};
	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
		const struct val_prop *p = prop_of(l->d->v.raw, schema_keys[lost[i].key].name);
		const struct value *used = l->d->v.field[lost[i].key];
		if (!p || is_nothing(p->value) || truth_of(p->value) != FALSE)
			continue;
		if (used && !(used->origin && used->origin->kind == ORIGIN_DEFAULTED))
			continue;
		if (lost[i].key == KEY_SOURCE_MAP && prop_of(l->d->v.raw, "disable_source_map_support"))
			continue;
		report(l->f, "lost-falsy-value", l->app, p->at,
		       "pm2 takes '{1}: {2}' for not set and uses {3}: write '{4}'", text_c(l->f, p->key), show(l, p->value),
		       lost[i].uses, lost[i].instead, NULL);
	}
}

static void compare_names(struct look *l, enum schema_id key, const struct val_prop *winner, const char *name)
{
	const struct val_prop *p = prop_of(l->d->v.raw, name);
	if (!p || p == winner || is_nothing(p->value) || val_equal_deep(p->value, winner->value) ||
	    p->value->kind == VAL_UNKNOWN || winner->value->kind == VAL_UNKNOWN)
		return;
	(void)key;
	report_also(report(l->f, "conflicting-alias", l->app, at_key(p),
			   "'{1}' and '{2}' are two names of one option: pm2 takes '{2}' and ignores this one; keep one",
			   text_c(l->f, p->key), text_c(l->f, winner->key), NULL),
		    at_key(winner), "the one that counts");
}

static void conflicting_aliases(struct look *l)
{
	for (unsigned key = 0; key < N_SCHEMA_KEYS; key++) {
		const struct val_prop *winner = l->d->v.from[key];
		if (!winner || is_nothing(winner->value))
			continue;
		bool canonical = str_is(winner->key, schema_keys[key].name);
		if (!canonical)
			compare_names(l, (enum schema_id)key, winner, schema_keys[key].name);
		for (const char *const *alias = schema_keys[key].aliases; *alias; alias++)
			if (strcmp(*alias, schema_keys[key].name))
				compare_names(l, (enum schema_id)key, winner, *alias);
	}
}

static void without_effect(struct look *l)
{
	static const enum schema_id dead[] = {KEY_FORCE, KEY_WRITE, KEY_V8, KEY_EVENT_LOOP_INSPECTOR, KEY_USERNAME, KEY_NAME_PREFIX};
	const struct val_prop *filter = l->d->v.from[KEY_FILTER_ENV];
	for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
		const struct val_prop *p = prop_of(l->d->v.raw, schema_keys[dead[i]].name);
		if (p && truth_of(p->value) == TRUE)
			report(l->f, "option-without-effect", l->app, at_key(p),
			       "'{1}' does nothing in a config file: remove it", text_c(l->f, p->key), NULL);
	}
	if (filter && filter->value->kind == VAL_BOOL && filter->value->u.b)
		report(l->f, "option-without-effect", l->app, at_key(filter), "'{1}' does nothing in a config file: remove it",
		       "filter_env: true", NULL);
}

static void tracing(struct look *l)
{
	static const enum schema_id keys[] = {KEY_TRACE, KEY_DEEP_MONITORING};
	for (size_t i = 0; i < 2; i++) {
		const struct value *v = l->d->v.field[keys[i]];
		if (v && v->kind == VAL_BOOL && v->u.b && l->f->ctx->pm2_major >= 7)
			report(l->f, "tracing-installs-packages", l->app, at_key(l->d->v.from[keys[i]]),
			       "'{1}' makes each pm2 command run npm install inside pm2's own folder until it succeeds: install the "
			       "OpenTelemetry packages beforehand, or remove it",
			       schema_keys[keys[i]].name, NULL);
	}
}

static void boolean_as_text(struct look *l)
{
	const struct value *v = l->d->v.field[KEY_WATCH];
	const char *meant = v && v->kind == VAL_STRING ? as_boolean(v) : NULL;
	if (!meant)
		return;
	report(l->f, "boolean-as-text", l->app, at_value(l->d, KEY_WATCH),
	       "'{1}: {2}' is a text: pm2 watches a path of that name; write {3}", "watch", show(l, v), meant, NULL)
		->fix = fix_replace(l->f, v, meant, false);
}

static void time_and_format(struct look *l)
{
	const struct val_prop *format = prop_of(l->d->v.raw, "log_date_format"), *time = prop_of(l->d->v.raw, "time");
	if (!format || !time || truth_of(time->value) != TRUE || truth_of(format->value) != TRUE)
		return;
	if (format->value->kind == VAL_STRING && str_is(format->value->u.str, "YYYY-MM-DDTHH:mm:ss"))
		return;
	report_also(report(l->f, "time-overrides-log-format", l->app, at_key(format),
			   "'time: true' replaces this 'log_date_format': keep one of them", NULL),
		    time->at, "this wins");
}

/* YAML 1.1 and C read 010 as eight */
static void leading_zero(struct look *l)
{
	const struct value *raw = l->d->v.raw;
	for (uint32_t i = 0; l->f->file->format == ECO_YAML && i < raw->u.obj->n; i++) {
		const struct value *v = raw->u.obj->props[i].value;
		struct place at = written_place(v);
		if (v->kind != VAL_NUMBER || at.source != l->f->file->source)
			continue;
		struct str text = str_sub(at.source->text, at.span.start, at.span.end);
		if (text.len < 2 || text.ptr[0] != '0' || text.ptr[1] < '0' || text.ptr[1] > '9')
			continue;
		report(l->f, "yaml-leading-zero", l->app, at,
		       "pm2 reads '{1}' as {2}, for in its YAML a zero in front does not mean octal: write {2}", text_c(l->f, text),
		       val_number_text(l->f->arena, v->u.num), NULL)
			->fix = fix_replace(l->f, v, val_number_text(l->f->arena, v->u.num), false);
	}
}

static void without_script(struct look *l)
{
	if (!l->app->skipped || !l->d->skip_why || l->d->v.verdict != ECO_STARTS)
		return;
	if (!strcmp(l->d->skip_why, "no script"))
		report(l->f, "app-without-script", l->app, l->app->at,
		       "this app has no 'script': pm2 says 'No script path', skips it and ends with status 1", NULL);
	else if (!strcmp(l->d->skip_why, "no name"))
		report(l->f, "exec-without-name", l->app, at_key(l->d->v.from[KEY_SCRIPT]),
		       "with 'exec' and no 'name' pm2 fails with an inner error and skips the app: call it 'script'", NULL)
			->fix = fix_key(l->f, l->d->v.from[KEY_SCRIPT], "script", true);
}

void rules_of_keys(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	struct look l = {f, app, d};
	/* the whole value was taken for an app: what is said of the file is enough */
	bool whole = f->scenario->top.apps && f->scenario->top.n_apps == 1 && app->raw == f->scenario->top.value;
	if (whole && app->skipped && !prop_of(app->raw, "name"))
		return;
	each_key(&l);
	for (size_t i = 0; i < d->v.n_troubles; i++)
		refused(&l, &d->v.troubles[i]);
	lost_falsy(&l);
	conflicting_aliases(&l);
	without_effect(&l);
	tracing(&l);
	boolean_as_text(&l);
	time_and_format(&l);
	leading_zero(&l);
	without_script(&l);
}
