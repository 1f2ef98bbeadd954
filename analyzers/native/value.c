#include "analyzers/native/facts.h"

/* Values of arguments, as far as the code tells them: constants, through
 * variables and parameters, and where the unknown rest comes from (environment,
 * process id, command line, JavaScript). */

enum { MAX_STEPS = 6 };

static struct value eval(const struct facts *f, uint32_t node, int depth);

static struct value unknown(unsigned flags)
{
	return (struct value){.flags = flags};
}

static struct value text_of(struct str s)
{
	return (struct value){.has_text = true, .text = s};
}

/* one text from several parts; what is not known stands as a star */
static struct value join(const struct facts *f, struct value a, struct value b)
{
	struct value v = {.has_text = a.has_text || b.has_text, .flags = a.flags | b.flags};
	if (a.has_num && b.has_num && !v.has_text)
		v.has_num = true, v.num = a.num + b.num;
	if (v.has_text)
		v.text = str_from(arena_printf(f->t->arena, STR_FMT STR_FMT,
					       STR_ARG(a.has_text ? a.text : STR("*")),
					       STR_ARG(b.has_text ? b.text : STR("*"))));
	return v;
}

static bool names(struct str s, const char *a, const char *b)
{
	return str_is(s, a) || (b && str_is(s, b));
}

static struct value of_environment(const struct facts *f, uint32_t call)
{
	uint32_t arg = call_arg(f->t, call, 0);
	struct str name = arg != NONE ? tree_node(f->t, arg)->text : STR("");
	bool instance = str_is(name, "NODE_APP_INSTANCE") || str_is(name, "INSTANCE_ID") ||
			str_is(name, "pm_id");
	return unknown(VALUE_ENV | (instance ? VALUE_INSTANCE : 0));
}

/* snprintf and its like: literal parts of the format, then the arguments */
static struct value of_format(const struct facts *f, uint32_t call, size_t format, int depth)
{
	struct value v = eval(f, call_arg(f->t, call, format), depth);
	size_t n = call_n_args(f->t, call);
	bool fills = v.has_text && str_find(v.text, STR("%")) != (size_t)-1;
	for (size_t i = format + 1; i < n; i++) {
		struct value arg = eval(f, call_arg(f->t, call, i), depth);
		v.flags |= arg.flags;
		size_t at = v.has_text ? str_find(v.text, STR("%s")) : (size_t)-1;
		if (at != (size_t)-1)
			v.text = str_from(arena_printf(
			    f->t->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(v.text, 0, at)),
			    STR_ARG(arg.has_text ? arg.text : STR("*")),
			    STR_ARG(str_sub(v.text, at + 2, v.text.len))));
		else if (fills && !arg.has_num && !arg.flags)
			v.flags |= VALUE_UNKNOWN;
	}
	return v;
}

/* what a function of the project returns, where it returns in one place */
static struct value of_project_call(const struct facts *f, uint32_t fn, int depth)
{
	uint32_t body = tree_symbol(f->t, fn)->node, found = NONE;
	for (uint32_t n = body; n != NONE; n = tree_next(f->t, n, body)) {
		if (tree_node(f->t, n)->kind != NODE_RETURN || tree_node(f->t, n)->fn != fn)
			continue;
		if (found != NONE)
			return unknown(VALUE_UNKNOWN);
		found = n;
	}
	if (found == NONE || tree_node(f->t, found)->first == NONE)
		return unknown(VALUE_UNKNOWN);
	return eval(f, tree_node(f->t, found)->first, depth);
}

static struct value of_call(const struct facts *f, uint32_t call, int depth)
{
	struct tree *t = f->t;
	struct str name = call_name(t, call), last = tree_node(t, call)->text;
	if (names(name, "getenv", "std::getenv") || str_is(name, "secure_getenv"))
		return of_environment(f, call);
	if (names(name, "getpid", "uv_os_getpid"))
		return unknown(VALUE_PID);
	if (names(name, "rand", "std::rand") || names(name, "random", "getrandom") ||
	    str_starts(name, STR("std::random_device")))
		return unknown(VALUE_RANDOM);
	if (names(name, "time", "std::time") || str_find(name, STR("clock::now")) != (size_t)-1)
		return unknown(VALUE_TIME);
	if (str_is(last, "operator+") || str_is(last, "operator/")) {
		struct value a = eval(f, call_arg(t, call, 0), depth);
		struct value b = eval(f, call_arg(t, call, 1), depth);
		if (str_is(last, "operator/"))
			a = join(f, a, text_of(STR("/")));
		return join(f, a, b);
	}
	if (names(last, "c_str", "data") || names(last, "string", "str") || str_is(last, "get"))
		return eval(f, call_object(t, call), depth);
	uint32_t sym = tree_node(t, call)->sym;
	if (sym != NONE && tree_symbol(t, sym)->node != NONE &&
	    tree_symbol(t, sym)->kind == SYM_FUNCTION && !tree_symbol(t, sym)->constructor)
		return of_project_call(f, sym, depth);
	if (str_starts(name, STR("Napi::")) || str_starts(name, STR("v8::")) ||
	    str_starts(name, STR("Nan::")))
		return unknown(VALUE_JS | VALUE_UNKNOWN);
	/* conversions: std::string("x"), htons(80), atoi(s), std::to_string(n) */
	if (call_n_args(t, call) == 0)
		return unknown(VALUE_UNKNOWN);
	struct value v = eval(f, call_arg(t, call, 0), depth);
	for (size_t i = 1; i < call_n_args(t, call); i++)
		v.flags |= eval(f, call_arg(t, call, i), depth).flags & ~(unsigned)VALUE_UNKNOWN;
	return v;
}

/* every call must give the same value, else it is the callers' argument */
static struct value of_parameter(const struct facts *f, uint32_t sym, int depth)
{
	const struct symbol *s = tree_symbol(f->t, sym);
	if (s->fn == NONE || str_is(tree_symbol(f->t, s->fn)->qualified, "main"))
		return unknown(VALUE_ARG);
	if (tree_symbol(f->t, s->fn)->takes_js)
		return unknown(VALUE_JS | VALUE_UNKNOWN);
	struct list calls = facts_calls(f, s->fn);
	struct value first = unknown(VALUE_UNKNOWN);
	for (size_t i = 0; i < calls.len; i++) {
		uint32_t arg = call_arg(f->t, calls.ptr[i], s->param_index);
		struct value v = arg == NONE ? unknown(VALUE_UNKNOWN) : eval(f, arg, depth);
		bool same = v.has_text == first.has_text && v.has_num == first.has_num &&
			    (!v.has_num || v.num == first.num) &&
			    (!v.has_text || str_eq(v.text, first.text));
		if (i == 0)
			first = v;
		else if (!same)
			return unknown(first.flags | v.flags | VALUE_UNKNOWN);
	}
	return first;
}

static struct str callee_of(const struct facts *f, uint32_t arg, size_t want, uint32_t *call)
{
	uint32_t p = tree_node(f->t, arg)->parent;
	while (p != NONE && (tree_node(f->t, p)->kind == NODE_UNARY ||
			     tree_node(f->t, p)->kind == NODE_MEMBER)) {
		arg = p;
		p = tree_node(f->t, p)->parent;
	}
	if (p == NONE || tree_node(f->t, p)->kind != NODE_CALL ||
	    call_arg_index(f->t, p, arg) != want)
		return STR("");
	*call = p;
	return call_name(f->t, p);
}

/* what reference `ref` puts into its variable: x = v, snprintf(x, n, ...), strcpy(x, s), x += v */
static bool put_by(const struct facts *f, uint32_t ref, int depth, struct value *v)
{
	uint32_t call = NONE, p = tree_node(f->t, ref)->parent;
	struct str name = callee_of(f, ref, 0, &call);
	if (names(name, "snprintf", "std::snprintf"))
		*v = of_format(f, call, 2, depth);
	else if (names(name, "sprintf", "asprintf") || str_is(name, "std::sprintf"))
		*v = of_format(f, call, 1, depth);
	else if (names(name, "strcpy", "strncpy") || names(name, "std::strcpy", "std::strncpy") ||
		 names(name, "strlcpy", "memcpy"))
		*v = eval(f, call_arg(f->t, call, 1), depth);
	else if (names(name, "strcat", "strncat") || str_is(tree_node(f->t, call == NONE ? ref : call)->text, "operator+="))
		*v = join(f, text_of(STR("")), eval(f, call_arg(f->t, call, 1), depth));
	else if (call != NONE && str_is(tree_node(f->t, call)->text, "operator="))
		*v = eval(f, call_arg(f->t, call, 1), depth);
	else if (p != NONE && tree_node(f->t, p)->kind == NODE_ASSIGN && tree_node(f->t, p)->first == ref)
		*v = eval(f, nth_child(f->t, p, 1), depth);
	else
		return false;
	return true;
}

static struct value of_variable(const struct facts *f, uint32_t sym, int depth)
{
	const struct symbol *s = tree_symbol(f->t, sym);
	struct value v = unknown(0);
	bool set = false;
	if (s->node != NONE && tree_node(f->t, s->node)->first != NONE) {
		v = eval(f, tree_node(f->t, s->node)->first, depth);
		set = v.has_text || v.has_num || v.flags;
	}
	struct list refs = facts_refs(f, sym);
	for (size_t i = 0; i < refs.len && i < 64; i++) {
		struct value put;
		if (!put_by(f, refs.ptr[i], depth, &put))
			continue;
		if (!set || (!v.has_text && !v.has_num)) {
			put.flags |= v.flags;
			v = put;
		}
		v.flags |= put.flags;
		set = true;
	}
	if (!set)
		v.flags |= VALUE_UNKNOWN;
	return v;
}

static struct value eval(const struct facts *f, uint32_t node, int depth)
{
	if (node == NONE || depth > MAX_STEPS)
		return unknown(VALUE_UNKNOWN);
	struct tree *t = f->t;
	const struct node *n = tree_node(t, node);
	switch (n->kind) {
	case NODE_STRING:
		return text_of(n->text);
	case NODE_INT:
		return (struct value){.has_num = true, .num = n->value};
	case NODE_CALL:
		return of_call(f, node, depth + 1);
	case NODE_REF: case NODE_MEMBER: {
		if (n->sym == NONE)
			return unknown(VALUE_UNKNOWN);
		uint8_t kind = tree_symbol(t, n->sym)->kind;
		if (kind == SYM_PARAM)
			return of_parameter(f, n->sym, depth + 1);
		if (kind == SYM_LOCAL || kind == SYM_GLOBAL || kind == SYM_STATIC_LOCAL ||
		    kind == SYM_FIELD)
			return of_variable(f, n->sym, depth + 1);
		return unknown(VALUE_UNKNOWN);
	}
	case NODE_CONDITIONAL: {
		struct value a = eval(f, nth_child(t, node, 1), depth + 1);
		struct value b = eval(f, nth_child(t, node, 2), depth + 1);
		struct value v = b.has_text || b.has_num ? b : a;
		v.flags = a.flags | b.flags;
		return v;
	}
	case NODE_BINARY: {
		struct value a = eval(f, nth_child(t, node, 0), depth + 1);
		struct value b = eval(f, nth_child(t, node, 1), depth + 1);
		struct value v = {.flags = a.flags | b.flags, .has_num = a.has_num && b.has_num};
		v.num = n->op == '|' ? a.num | b.num : n->op == '+' ? a.num + b.num : a.num;
		v.has_num = v.has_num && (n->op == '|' || n->op == '+');
		return v;
	}
	default: {
		struct value v = {0};
		for (uint32_t c = n->first; c != NONE; c = tree_node(t, c)->next) {
			struct value x = eval(f, c, depth + 1);
			v.flags |= x.flags;
			if (c == n->first && n->next == NONE)
				v.has_num = x.has_num, v.num = x.num, v.has_text = x.has_text,
				v.text = x.text;
		}
		if (n->kind == NODE_UNARY && n->op == '-' && v.has_num)
			v.num = -v.num;
		return v;
	}
	}
}

struct value value_of(const struct facts *f, uint32_t node)
{
	return eval(f, node, 0);
}

struct value value_of_arg(const struct facts *f, uint32_t call, size_t i)
{
	return eval(f, call_arg(f->t, call, i), 0);
}

uint32_t variable_of(const struct facts *f, uint32_t node)
{
	while (node != NONE) {
		const struct node *n = tree_node(f->t, node);
		if (n->kind == NODE_REF)
			return n->sym;
		if (n->kind == NODE_MEMBER && n->first == NONE)
			return n->sym;
		if (n->kind != NODE_UNARY && n->kind != NODE_MEMBER && n->kind != NODE_INDEX &&
		    n->kind != NODE_OTHER)
			return NONE;
		node = n->first;
	}
	return NONE;
}

/* { .name = value } where the variable is declared */
static uint32_t designated(const struct facts *f, uint32_t var, const char *name)
{
	uint32_t at = var == NONE ? NONE : tree_symbol(f->t, var)->node;
	uint32_t init = at == NONE ? NONE : tree_node(f->t, at)->first;
	if (init == NONE || tree_node(f->t, init)->kind != NODE_INIT_LIST)
		return NONE;
	for (uint32_t c = tree_node(f->t, init)->first; c != NONE; c = tree_node(f->t, c)->next)
		if (tree_node(f->t, c)->kind == NODE_OTHER && tree_node(f->t, c)->text.ptr &&
		    str_is(tree_node(f->t, c)->text, name))
			return c;
	return NONE;
}

struct value value_of_field(const struct facts *f, uint32_t var, const char *name, uint32_t *node)
{
	struct list refs = facts_refs(f, var);
	for (size_t i = 0; i < refs.len; i++) {
		uint32_t p = tree_node(f->t, refs.ptr[i])->parent;
		if (p == NONE || tree_node(f->t, p)->kind != NODE_MEMBER ||
		    !str_is(tree_node(f->t, p)->text, name))
			continue;
		struct value v;
		if (!put_by(f, p, 0, &v))
			continue;
		if (node)
			*node = p;
		return v;
	}
	uint32_t in_list = designated(f, var, name);
	if (in_list != NONE && tree_node(f->t, in_list)->first != NONE) {
		if (node)
			*node = in_list;
		return value_of(f, tree_node(f->t, in_list)->first);
	}
	return unknown(0);
}
