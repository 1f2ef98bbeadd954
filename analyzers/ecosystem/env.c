#include "analyzers/ecosystem/internal.h"

#include <math.h>
#include "base/buf.h"

/* Environment of an app's processes, from the file alone (Common.prepareAppConf and
 * mergeEnvironmentVariables): env < port < deploy.<name>.env < env_<name>. */
struct merger {
	const struct context *ctx;
	VEC(struct env_var) vars;
	VEC(bool) passed;
	bool open;
};

static void set(struct merger *m, struct str name, struct str value, bool passed)
{
	size_t i = 0;
	while (i < m->vars.len && !str_eq(m->vars.ptr[i].name, name))
		i++;
	if (i == m->vars.len) {
		vec_push(&m->vars, (struct env_var){.name = name});
		vec_push(&m->passed, false);
	}
	m->vars.ptr[i].value = value;
	m->passed.ptr[i] = passed;
}

static void drop(struct merger *m, struct str name)
{
	for (size_t i = 0; i < m->vars.len; i++)
		if (str_eq(m->vars.ptr[i].name, name)) {
			memmove(m->vars.ptr + i, m->vars.ptr + i + 1, (m->vars.len - i - 1) * sizeof *m->vars.ptr);
			memmove(m->passed.ptr + i, m->passed.ptr + i + 1, (m->passed.len - i - 1) * sizeof *m->passed.ptr);
			m->vars.len--;
			m->passed.len--;
			return;
		}
}

static void add_json(struct arena *a, struct buf *b, const struct value *v, int depth);

static void add_json_text(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		static const char escapes[] = "btnvfr"; /* 8 to 13; 11 has none */
		if (c == '"' || c == '\\')
			buf_addc(b, '\\');
		if (c >= 8 && c <= 13 && c != 11)
			buf_printf(b, "\\%c", escapes[c - 8]);
		else if (c < 32)
			buf_printf(b, "\\u%04x", c);
		else
			buf_addc(b, (char)c);
	}
	buf_addc(b, '"');
}

/* JSON.stringify leaves these out of objects and writes null for them in lists */
static bool left_out(const struct value *v)
{
	return !v || v->kind == VAL_UNDEFINED || v->kind == VAL_FUNCTION;
}

static void add_json_items(struct arena *a, struct buf *b, const struct value *v, int depth)
{
	bool any = false;
	if (v->kind == VAL_ARRAY) {
		for (uint32_t i = 0; i < v->u.arr->n; i++) {
			buf_adds(b, i ? "," : "");
			add_json(a, b, v->u.arr->items[i], depth + 1);
		}
		return;
	}
	for (uint32_t i = 0; i < v->u.obj->n; i++) {
		if (left_out(v->u.obj->props[i].value))
			continue;
		buf_adds(b, any ? "," : "");
		any = true;
		add_json_text(b, v->u.obj->props[i].key);
		buf_addc(b, ':');
		add_json(a, b, v->u.obj->props[i].value, depth + 1);
	}
}

static void add_json(struct arena *a, struct buf *b, const struct value *v, int depth)
{
	struct str text;
	if (left_out(v) || depth > 32 || (v->kind == VAL_NUMBER && !isfinite(v->u.num))) {
		buf_adds(b, "null");
	} else if (v->kind == VAL_STRING) {
		add_json_text(b, v->u.str);
	} else if (v->kind == VAL_ARRAY || v->kind == VAL_OBJECT) {
		buf_addc(b, v->kind == VAL_ARRAY ? '[' : '{');
		add_json_items(a, b, v, depth);
		buf_addc(b, v->kind == VAL_ARRAY ? ']' : '}');
	} else if (val_to_str(a, v, &text)) {
		buf_add(b, text);
	} else {
		buf_adds(b, "{}");
	}
}

static struct str json_of(struct arena *a, const struct value *v)
{
	struct buf b = {0};
	add_json(a, &b, v, 0);
	struct str text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* Objects of `env` become JSON text; those of the other blocks never reach the process. */
static void add_value(struct merger *m, struct str name, const struct value *v, bool stringify)
{
	struct str text;
	bool passed = v->origin && v->origin->kind == ORIGIN_ENV;
	switch (schema_type(v)) {
	case TYPE_UNDEFINED:
		drop(m, name);
		break;
	case TYPE_NULL:
		if (stringify)
			set(m, name, STR("null"), false);
		else
			drop(m, name);
		break;
	case TYPE_BOOL:
	case TYPE_NUMBER:
	case TYPE_STRING:
		if (val_to_str(m->ctx->arena, v, &text))
			set(m, name, text, passed);
		break;
	case TYPE_UNKNOWN:
		drop(m, name);
		m->open = true;
		break;
	default:
		if (stringify)
			set(m, name, json_of(m->ctx->arena, v), false);
		else
			drop(m, name);
		break;
	}
}

static void add_block(struct merger *m, const struct value *block, bool stringify)
{
	if (!block)
		return;
	if (block->kind == VAL_UNKNOWN)
		m->open = true;
	if (block->kind == VAL_STRING) /* spread letter by letter: {0: "p", 1: "r", ...} */
		for (size_t i = 0; i < block->u.str.len; i++)
			set(m, str_from(arena_printf(m->ctx->arena, "%zu", i)), str_sub(block->u.str, i, i + 1), false);
	if (block->kind != VAL_OBJECT)
		return;
	m->open |= block->u.obj->open;
	for (uint32_t i = 0; i < block->u.obj->n; i++)
		add_value(m, block->u.obj->props[i].key, block->u.obj->props[i].value, stringify);
}

static void add_chosen(struct merger *m, const struct verified *app, struct str block, const struct value *deploy)
{
	const struct val_prop *target =
		deploy && deploy->kind == VAL_OBJECT ? val_prop(deploy->u.obj, block) : NULL;
	const struct val_prop *env = target ? prop_of(target->value, "env") : NULL;
	if (env)
		add_block(m, env->value, false);
	const char *key = arena_printf(m->ctx->arena, "env_" STR_FMT, STR_ARG(block));
	const struct val_prop *p = prop_of(app->work, key);
	if (p)
		add_block(m, p->value, false);
	else if (app->work->u.obj->open)
		m->open = true;
}

struct merged_env merge_env(const struct context *ctx, const struct verified *app, struct str block,
			    const struct value *deploy)
{
	struct merger m = {.ctx = ctx};
	const struct value *env = app->field[KEY_ENV], *port = app->field[KEY_PORT];
	if (!env || env->kind != VAL_STRING)
		add_block(&m, env, true);
	if (port && truth_of(port) == TRUE)
		add_value(&m, STR("PORT"), port, true);
	if (block.ptr)
		add_chosen(&m, app, block, deploy);
	struct merged_env out = {.n = m.vars.len, .open = m.open};
	struct env_var *vars = arena_array(ctx->arena, struct env_var, m.vars.len);
	bool *passed = arena_array(ctx->arena, bool, m.vars.len);
	for (size_t i = 0; i < m.vars.len; i++) {
		vars[i] = m.vars.ptr[i];
		passed[i] = m.passed.ptr[i];
	}
	vec_release(&m.vars);
	vec_release(&m.passed);
	out.vars = vars;
	out.passed = passed;
	return out;
}
