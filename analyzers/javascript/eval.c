#include "analyzers/javascript/eval_internal.h"

#include <stdlib.h>

enum {
	DEFAULT_STEPS = 2000000,
	DEFAULT_BYTES = 64 << 20,
	DEFAULT_DEPTH = 256,
	MAX_NATIVE = 1600 /* nested eval and exec: keeps our own stack below 2 MiB */
};

struct place place_of(const struct frame *fr, js_node n)
{
	return (struct place){fr->f->source, js_at(fr->f, n)->span};
}

struct value *stop(struct interp *ip, struct place at, const char *fmt, ...)
{
	if (ip->abrupt == ABRUPT_STOPPED)
		return NULL;
	va_list ap;
	va_start(ap, fmt);
	ip->trouble = arena_vprintf(ip->arena, fmt, ap);
	va_end(ap);
	ip->trouble_at = at;
	ip->abrupt = ABRUPT_STOPPED;
	return NULL;
}

bool step(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	if (++ip->steps > ip->max_steps)
		stop(ip, place_of(fr, n),
		     "evaluation stopped after %llu steps: a loop that does not end?",
		     (unsigned long long)ip->max_steps);
	else if (ip->arena->bytes - ip->bytes_start > ip->max_bytes)
		stop(ip, place_of(fr, n), "evaluation stopped after %llu MiB of memory",
		     (unsigned long long)(ip->max_bytes >> 20));
	else if (ip->native > MAX_NATIVE)
		stop(ip, place_of(fr, n), "evaluation stopped: nested too deeply");
	return ip->abrupt == ABRUPT_NONE;
}

bool charge(struct interp *ip, size_t bytes)
{
	size_t used = ip->arena->bytes - ip->bytes_start;
	ip->steps += bytes / 64;
	if (used <= ip->max_bytes && bytes <= ip->max_bytes - used)
		return true;
	struct place nowhere = {0};
	stop(ip, ip->frame && ip->frame->f ? place_of(ip->frame, 1) : nowhere,
	     "evaluation stopped after %llu MiB of memory",
	     (unsigned long long)(ip->max_bytes >> 20));
	return false;
}

const struct origin *origin_new(struct frame *fr, js_node n, int kind, const struct origin *via)
{
	struct origin *o = arena_new(fr->ip->arena, struct origin);
	o->at = place_of(fr, n);
	o->file = fr->f;
	o->node = n;
	o->kind = kind;
	o->via = via;
	return o;
}

struct value *unknown(struct frame *fr, js_node n, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct value *v =
	    val_new(fr->ip->arena, VAL_UNKNOWN, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
	v->u.unknown.reason = arena_vprintf(fr->ip->arena, fmt, ap);
	v->u.unknown.at = place_of(fr, n);
	va_end(ap);
	return v;
}

struct value *spread_unknown(struct interp *ip, const struct value *v)
{
	struct value *copy = arena_new(ip->arena, struct value);
	*copy = *v;
	copy->env = NULL;
	return copy;
}

struct value *throw_error(struct frame *fr, js_node n, const char *class_name, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str message = str_from(arena_vprintf(fr->ip->arena, fmt, ap));
	va_end(ap);
	fr->ip->thrown = error_new(fr, n, class_name, message);
	fr->ip->abrupt = ABRUPT_THROWN;
	return NULL;
}

/* the same value, as seen through the reference at n */
struct value *with_via(struct frame *fr, js_node n, struct value *v)
{
	struct interp *ip = fr->ip;
	struct value *copy = arena_new(ip->arena, struct value);
	struct origin *o = arena_new(ip->arena, struct origin);
	*copy = *v;
	if (v->origin)
		*o = *v->origin;
	else
		*o = (struct origin){
		    .at = place_of(fr, n), .file = fr->f, .node = n, .kind = ORIGIN_COMPUTED};
	o->via = origin_new(fr, n, ORIGIN_COMPUTED, v->origin ? v->origin->via : NULL);
	copy->origin = o;
	return copy;
}

struct value *with_choice(const struct js_file *f, struct interp *ip, js_node by, struct value *v)
{
	if (!v || !v->origin || (v->origin->conditional && v->origin->chosen_by == by))
		return v;
	struct value *copy = arena_new(ip->arena, struct value);
	struct origin *o = arena_new(ip->arena, struct origin);
	*copy = *v;
	*o = *v->origin;
	o->conditional = true;
	o->chosen_by = f == o->file ? by : 0;
	copy->origin = o;
	return copy;
}

struct value *boolean(struct frame *fr, js_node n, bool b)
{
	return val_bool(fr->ip->arena, b, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
}

struct value *number(struct frame *fr, js_node n, double num)
{
	return val_number(fr->ip->arena, num, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
}

struct value *string(struct frame *fr, js_node n, struct str s)
{
	return val_string(fr->ip->arena, s, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
}

/* ---- running ---- */

static void interp_init(struct interp *ip, struct arena *a, const struct eval_options *o)
{
	*ip = (struct interp){.arena = a, .o = o};
	ip->fs = o->ctx ? o->ctx->fs : NULL;
	ip->max_steps = o->max_steps ? o->max_steps : DEFAULT_STEPS;
	ip->max_bytes = o->max_bytes ? o->max_bytes : DEFAULT_BYTES;
	ip->max_depth = o->max_depth ? o->max_depth : DEFAULT_DEPTH;
	ip->bytes_start = a->bytes;
	ip->modules_end = &ip->modules;
	ip->undefined = val_new(a, VAL_UNDEFINED, NULL);
	ip->globals = arena_new(a, struct val_object);
}

static void interp_release(struct interp *ip)
{
	vec_release(&ip->tests);
	vec_release(&ip->reads);
	vec_release(&ip->files);
	vec_release(&ip->namespaces);
	vec_release(&ip->lazy);
	vec_release(&ip->lazy);
}

#define KEEP(ip, list, type, n_out)                                                                \
	((n_out) = (uint32_t)(list).len,                                                           \
	 (type *)memcpy(arena_array((ip)->arena, type, (list).len + 1),                            \
			(list).len ? (const void *)(list).ptr : "", (list).len * sizeof(type)))

static void finish(struct interp *ip, struct eval_result *r)
{
	if (ip->abrupt == ABRUPT_THROWN)
		r->thrown = ip->thrown;
	if (ip->abrupt == ABRUPT_STOPPED) {
		r->trouble = ip->trouble;
		r->trouble_at = ip->trouble_at;
	}
	r->exits = ip->exits;
	r->reads_argv = ip->reads_argv;
	r->env_tests = KEEP(ip, ip->tests, struct env_test, r->n_env_tests);
	r->env_reads = KEEP(ip, ip->reads, struct str, r->n_env_reads);
	r->files = KEEP(ip, ip->files, const struct source *, r->n_files);
	interp_release(ip);
}

/* a file that does not parse whole is not guessed at */
static bool broken(const struct js_file *f, struct eval_result *r)
{
	if (!f->n_troubles)
		return false;
	r->trouble = f->troubles[0].message;
	r->trouble_at = (struct place){f->source, f->troubles[0].span};
	return true;
}

struct eval_result *eval_module(struct arena *a, const struct js_file *f, bool as_esm,
				const struct eval_options *o)
{
	struct eval_result *r = arena_new(a, struct eval_result);
	struct interp ip;
	interp_init(&ip, a, o);
	r->esm = as_esm;
	r->exports = ip.undefined;
	vec_push(&ip.files, f->source);
	if (!broken(f, r)) {
		struct module *m = module_new(&ip, o->path, f, as_esm);
		if (module_run(&ip, m) || ip.abrupt == ABRUPT_EXITED)
			r->exports = module_value(&ip, m);
	}
	finish(&ip, r);
	return r;
}

/* from the text in parentheses back to the text */
static void shift(struct span *s, uint32_t end)
{
	s->start -= s->start > 0;
	s->end -= s->end > 0;
	s->start = s->start > end ? end : s->start;
	s->end = s->end > end ? end : s->end;
}

struct js_file *eval_parse_json(struct arena *a, const struct source *source)
{
	size_t len = source->text.len;
	char *text = arena_alloc(a, len + 4);
	struct str wrapped = {text, len + 3};
	text[0] = '(';
	if (len)
		memcpy(text + 1, source->text.ptr, len);
	memcpy(text + 1 + len, "\n)", 2);
	struct js_file *f = js_parse(a, source_new(a, source->path, wrapped), JS_LANG_JS);
	uint32_t end = (uint32_t)len;
	for (uint32_t i = 0; i < f->n_nodes; i++)
		shift(&f->nodes[i].span, end);
	for (uint32_t i = 0; i < f->n_troubles; i++)
		shift(&f->troubles[i].span, end);
	for (uint32_t i = 0; i < f->n_comments; i++)
		shift(&f->comments[i].span, end);
	f->source = source;
	return f;
}

/* the one expression of the text, or 0 */
static js_node only_expression(const struct js_file *f)
{
	js_node found = 0;
	for (uint32_t i = 0; i < js_at(f, 1)->n_kids; i++) {
		js_node kid = js_kid(f, 1, i);
		if (js_kind(f, kid) == JS_EMPTY)
			continue;
		if (found || js_kind(f, kid) != JS_EXPR_STMT)
			return 0;
		found = js_at(f, kid)->a;
	}
	return found;
}

struct eval_result *eval_json(struct arena *a, const struct js_file *f,
			      const struct eval_options *o)
{
	struct eval_result *r = arena_new(a, struct eval_result);
	struct interp ip;
	interp_init(&ip, a, o);
	r->exports = ip.undefined;
	vec_push(&ip.files, f->source);
	js_node n = only_expression(f);
	if (!broken(f, r) && !n) {
		r->trouble = "syntax error: not one value";
		r->trouble_at = (struct place){f->source, {0, (uint32_t)f->source->text.len}};
	} else if (n && !r->trouble) {
		struct module *m = module_new(&ip, o->path, f, false);
		struct frame fr = {.ip = &ip, .mod = m, .f = f, .this_ = ip.undefined};
		m->json = ip.undefined; /* no require, no module */
		fr.scope = m->scope = scope_new(&fr, NULL, 1);
		ip.frame = &fr;
		struct value *v = eval(&fr, n);
		if (v)
			r->exports = v;
	}
	finish(&ip, r);
	return r;
}

struct value *eval_expression(struct arena *a, const struct js_file *f, js_node n,
			      const struct eval_bind *bind, const struct eval_options *o)
{
	static const struct eval_bind nothing = {0};
	struct interp ip;
	interp_init(&ip, a, o);
	ip.bind = bind ? bind : &nothing;
	struct module *m = module_new(&ip, o->path, f, f->is_module);
	struct frame fr = {.ip = &ip, .mod = m, .f = f, .this_ = ip.undefined};
	m->started = m->finished = true;
	ip.frame = &fr;
	fr.this_ = unknown(&fr, n, "'this' is set at run time");
	struct value *v = eval(&fr, n);
	if (!v && ip.abrupt == ABRUPT_THROWN)
		v = unknown(&fr, n, "throws here");
	if (!v)
		v = val_unknown(a, ip.trouble ? ip.trouble : "leaves the program",
				place_of(&fr, n));
	interp_release(&ip);
	return v;
}
