#include "analyzers/ecosystem/internal.h"

#include <math.h>
#include "analyzers/ecosystem/cron.h"

/* PM2's verifyConfs (lib/Common.js) and validateJSON (lib/tools/Config.js), in their
 * order, on a shallow copy of the app. What follows a refusal or a crash is
 * worked out all the same, as if the bad value had not been there: the rules
 * want to name every mistake, and the model says what would have been. */

const struct value value_undefined = {.kind = VAL_UNDEFINED};

enum truth truth_of(const struct value *v)
{
	bool known;
	bool yes = val_truthy(v, &known);
	return !known ? MAYBE : yes ? TRUE : FALSE;
}

struct place written_place(const struct value *v)
{
	if (!v || !v->origin || v->origin->kind == ORIGIN_DEFAULTED)
		return (struct place){0};
	return v->origin->at;
}

const struct val_prop *prop_of(const struct value *object, const char *key)
{
	return object && object->kind == VAL_OBJECT ? val_prop(object->u.obj, str_from(key)) : NULL;
}

const struct value *prop_value(struct arena *a, const struct value *object, const char *key)
{
	if (!object)
		return &value_undefined;
	if (object->kind == VAL_UNKNOWN)
		return object;
	const struct val_prop *p = prop_of(object, key);
	if (p)
		return p->value;
	if (object->kind == VAL_OBJECT && object->u.obj->open)
		return val_unknown(a, "comes through a spread that cannot be decided", object->u.obj->at);
	return &value_undefined;
}

struct verifier {
	const struct context *ctx;
	struct arena *a;
	struct verified *out;
	trouble_vec troubles;
};

static struct value *open_copy(struct arena *a, const struct value *raw)
{
	struct value *work = val_object_new(a, raw->origin);
	if (raw->kind == VAL_UNKNOWN)
		work->u.obj->open = true;
	if (raw->kind != VAL_OBJECT)
		return work;
	for (uint32_t i = 0; i < raw->u.obj->n; i++)
		*val_set(a, work->u.obj, raw->u.obj->props[i].key, raw->u.obj->props[i].value) = raw->u.obj->props[i];
	work->u.obj->open = raw->u.obj->open;
	work->u.obj->at = raw->u.obj->at;
	return work;
}

static const struct value *get(struct verifier *v, const char *key)
{
	return prop_value(v->a, v->out->work, key);
}

/* Also over the place where it was written: PM2 made the new value out of the old one. */
static void put(struct verifier *v, const char *key, const struct value *value)
{
	struct value *copy = arena_new(v->a, struct value);
	*copy = *value;
	val_set(v->a, v->out->work->u.obj, str_from(key), copy);
}

static void put_text(struct verifier *v, const char *key, struct str text, const struct origin *o)
{
	put(v, key, val_string(v->a, text, o));
}

static void trouble(struct verifier *v, enum fault fault, enum schema_id key, const struct value *value,
		    const struct val_prop *prop)
{
	vec_push(&v->troubles, (struct trouble){fault, key, value, prop, NULL});
	if (v->out->verdict == ECO_STARTS && fault != CRASH_ENV)
		v->out->verdict = fault >= CRASH_VALUE ? ECO_CRASHES : ECO_REJECTED;
}

static void crash(struct verifier *v, enum schema_id key)
{
	const char *name = schema_keys[key].name;
	trouble(v, CRASH_VALUE, key, get(v, name), prop_of(v->out->work, name));
	put(v, name, &value_undefined);
}

static void long_exec_mode(struct verifier *v)
{
	const struct value *mode = get(v, "exec_mode");
	if (truth_of(mode) != TRUE)
		return;
	if (mode->kind != VAL_STRING) {
		crash(v, KEY_EXEC_MODE); /* .replace is no function */
		return;
	}
	if (str_is(mode->u.str, "fork"))
		put_text(v, "exec_mode", STR("fork_mode"), mode->origin);
	else if (str_is(mode->u.str, "cluster"))
		put_text(v, "exec_mode", STR("cluster_mode"), mode->origin);
}

static void script_from(struct verifier *v, const char *key)
{
	const struct value *other = get(v, key);
	if (truth_of(get(v, "script")) != FALSE || !prop_of(v->out->work, key) || truth_of(other) == FALSE)
		return;
	put(v, "script", other);
	put(v, key, &value_undefined);
}

/* Node's path.basename without the last extension; a leading dot begins none */
static struct str name_of_script(struct str script)
{
	while (script.len > 1 && script.ptr[script.len - 1] == '/')
		script.len--;
	size_t slash = str_rfind_char(script, '/');
	if (slash != (size_t)-1)
		script = str_sub(script, slash + 1, script.len);
	size_t dot = str_rfind_char(script, '.');
	return dot != (size_t)-1 && dot > 0 ? str_sub(script, 0, dot) : script;
}

static void derive_name(struct verifier *v)
{
	const struct value *name = get(v, "name"), *script = get(v, "script");
	if (truth_of(name) != FALSE || truth_of(script) == FALSE)
		return;
	if (script->kind == VAL_UNKNOWN) {
		put(v, "name", script);
		return;
	}
	if (script->kind != VAL_STRING) {
		crash(v, KEY_SCRIPT); /* path.basename throws */
		return;
	}
	put_text(v, "name", name_of_script(script->u.str), script->origin);
}

/* x == 1 and the like, for the kinds that occur: v == num */
static bool loosely(const struct value *v, double num)
{
	bool known;
	if (is_nothing(v) || v->kind == VAL_OBJECT || v->kind == VAL_FUNCTION)
		return false;
	double n = val_to_number(v, &known);
	return known && n == num;
}

static void shell_script(struct verifier *v)
{
	const struct value *script = get(v, "script");
	if (truth_of(script) != TRUE)
		return;
	if (script->kind == VAL_STRING && str_find(script->u.str, STR(" ")) != (size_t)-1) {
		struct value *args = val_array_new(v->a, script->origin);
		val_push(v->a, args->u.arr, val_string(v->a, STR("-c"), script->origin));
		val_push(v->a, args->u.arr, val_string(v->a, script->u.str, script->origin));
		put(v, "args", args);
		put_text(v, "script", STR("bash"), script->origin);
		v->out->shell_script = true;
	} else if (script->kind != VAL_STRING && script->kind != VAL_ARRAY) {
		crash(v, KEY_SCRIPT); /* .indexOf is no function */
	}
}

static void count_instances(struct verifier *v)
{
	const struct value *n = get(v, "instances");
	const struct value *only = n->kind == VAL_ARRAY && n->u.arr->n == 1 && !n->u.arr->open ? n->u.arr->items[0] : n;
	if (only && only->kind == VAL_STRING && str_is(only->u.str, "max")) {
		put(v, "instances", val_number(v->a, 0, n->origin));
	} else if (n->kind == VAL_STRING) {
		double num = val_parse_int(n->u.str, 0);
		put(v, "instances", val_number(v->a, isnan(num) ? 0 : num, n->origin));
	}
}

static void merge_logs_by_default(struct verifier *v)
{
	const struct value *mode = get(v, "exec_mode");
	bool cluster = mode->kind == VAL_STRING && str_is(mode->u.str, "cluster_mode");
	if (!cluster && truth_of(get(v, "instances")) == FALSE && get(v, "merge_logs")->kind == VAL_UNDEFINED)
		put(v, "merge_logs", val_bool(v->a, true, NULL));
}

/* 0 and "0" switch it off, and whatever JavaScript takes for equal to them */
static void check_cron(struct verifier *v)
{
	const struct value *cron = get(v, "cron_restart");
	if (truth_of(cron) != TRUE || loosely(cron, 0))
		return;
	if (cron->kind == VAL_OBJECT && str_is(str_from(cron->u.obj->class_name), "Date"))
		return; /* croner takes dates; the schema will not */
	struct cron c = {.why = "it is no text"};
	if (cron->kind == VAL_STRING)
		c = cron_read(cron->u.str);
	if (c.valid)
		return;
	trouble(v, REFUSED_CRON, KEY_CRON_RESTART, cron, prop_of(v->out->raw, "cron_restart"));
	v->troubles.ptr[v->troubles.len - 1].why = c.why;
	put(v, "cron_restart", &value_undefined);
}

static void pre_normalise(struct verifier *v)
{
	long_exec_mode(v);
	script_from(v, "cmd");
	script_from(v, "command");
	if (truth_of(get(v, "env")) == FALSE)
		put(v, "env", val_object_new(v->a, NULL));
	derive_name(v);
	if (loosely(get(v, "execute_command"), 1)) {
		put_text(v, "exec_mode", STR("fork"), NULL);
		put(v, "execute_command", &value_undefined);
	}
	put_text(v, "username", STR("user"), NULL);
	shell_script(v);
	if (truth_of(get(v, "time")) == TRUE)
		put_text(v, "log_date_format", STR("YYYY-MM-DDTHH:mm:ss"), NULL);
	if (loosely(get(v, "automation"), 0))
		put(v, "pmx", val_bool(v->a, false, NULL));
	if (truth_of(get(v, "disable_trace")) == TRUE) {
		put(v, "trace", val_bool(v->a, false, NULL));
		put(v, "disable_trace", &value_undefined);
	}
	count_instances(v);
	merge_logs_by_default(v);
	check_cron(v);
}

/* The canonical name, then while it is falsy each alias: a falsy value that is
 * not found again under an alias is lost. */
static const struct value *pick(struct verifier *v, enum schema_id key, const struct val_prop **from)
{
	const struct schema_key *k = &schema_keys[key];
	const struct val_prop *p = prop_of(v->out->work, k->name);
	const struct value *value = p ? p->value : &value_undefined;
	bool present = p != NULL;
	*from = p;
	for (const char *const *alias = k->aliases; *alias; alias++) {
		if (truth_of(value) != FALSE)
			break;
		p = prop_of(v->out->work, *alias);
		value = p ? p->value : &value_undefined;
		present |= p != NULL;
		*from = p ? p : *from;
	}
	return present ? value : get(v, k->name);
}

static void validate_key(struct verifier *v, enum schema_id key)
{
	static const enum fault faults[] = {
		[FAULT_TYPE] = REFUSED_TYPE, [FAULT_PATTERN] = REFUSED_PATTERN, [FAULT_MIN] = REFUSED_MIN};
	const struct val_prop *from;
	const struct value *value = pick(v, key, &from);
	struct schema_result r = {FAULT_NONE, NULL};
	if (!is_nothing(value))
		r = schema_accept(v->a, key, value, v->ctx->pm2_major);
	if (r.fault)
		trouble(v, faults[r.fault], key, value, from);
	v->out->from[key] = from && v->out->raw->kind == VAL_OBJECT ? val_prop(v->out->raw->u.obj, from->key) : NULL;
	if (key == KEY_SCRIPT && from && !v->out->from[key])
		v->out->from[key] = prop_of(v->out->raw, truth_of(prop_value(v->a, v->out->raw, "cmd")) == FALSE ? "command" : "cmd");
	v->out->field[key] = r.value ? r.value : schema_default_of(v->a, key);
}

static void validate(struct verifier *v)
{
	for (unsigned key = 0; key < N_SCHEMA_KEYS; key++)
		validate_key(v, (enum schema_id)key);
	const struct val_object *o = v->out->work->u.obj;
	for (uint32_t i = 0; i < o->n; i++) {
		enum js_type type = schema_type(o->props[i].value);
		if (schema_is_env_block(o->props[i].key) &&
		    !(type & (TYPE_OBJECT | TYPE_STRING | TYPE_UNDEFINED | TYPE_UNKNOWN)))
			trouble(v, REFUSED_ENV, KEY_ENV, o->props[i].value, &o->props[i]);
	}
	const struct value *env = v->out->field[KEY_ENV];
	if (env && env->kind == VAL_STRING && env->u.str.len)
		trouble(v, CRASH_ENV, KEY_ENV, env, v->out->from[KEY_ENV]);
}

struct verified verify_app(const struct context *ctx, const struct value *raw)
{
	struct verified out = {.raw = raw, .verdict = ECO_STARTS};
	struct verifier v = {.ctx = ctx, .a = ctx->arena, .out = &out};
	out.work = open_copy(v.a, raw);
	if (is_nothing(raw))
		trouble(&v, CRASH_ENTRY, KEY_SCRIPT, raw, NULL);
	pre_normalise(&v);
	validate(&v);
	out.troubles = arena_array(v.a, struct trouble, v.troubles.len);
	out.n_troubles = v.troubles.len;
	if (v.troubles.len)
		memcpy(out.troubles, v.troubles.ptr, v.troubles.len * sizeof *out.troubles);
	vec_release(&v.troubles);
	return out;
}
