/* The names that every program sees, and how a built-in function is found. */
#include "analyzers/javascript/eval_internal.h"

static const struct {
	const char *space;
	char sep;
	const struct builtin *table;
} spaces[] = {
    {"String", '#', builtins_string},	 {"String", '.', builtins_string},
    {"Array", '#', builtins_array},	 {"Array", '#', builtins_array_change},
    {"Array", '#', builtins_array_each}, {"Array", '.', builtins_array},
    {"Object", '#', builtins_object},	 {"Object", '.', builtins_object},
    {"Function", '#', builtins_object},	 {"Boolean", '#', builtins_number},
    {"Number", '#', builtins_number},	 {"Number", '.', builtins_number},
    {"Math", '.', builtins_number},	 {"JSON", '.', builtins_object},
    {"Map", '#', builtins_collection},	 {"Set", '#', builtins_collection},
    {"Error", '#', builtins_object},	 {"RegExp", '#', builtins_regexp},
    {"path", '.', builtins_path},	 {"url", '.', builtins_path},
    {"process", '.', builtins_node},	 {"os", '.', builtins_node},
    {"fs", '.', builtins_node},		 {"module", '.', builtins_node},
    {"require", '.', builtins_node},	 {"Date", '.', builtins_object},
    {"dotenv", '.', builtins_dotenv},
};

static const struct builtin *find_in(const struct builtin *table, const char *space, char sep,
				     struct str key)
{
	size_t n = strlen(space);
	for (const struct builtin *b = table; b->name; b++)
		if (strncmp(b->name, space, n) == 0 && b->name[n] == sep &&
		    str_is(key, b->name + n + 1))
			return b;
	return NULL;
}

const struct builtin *builtin_find(const char *space, char sep, struct str key)
{
	const struct builtin *b;
	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (spaces[i].sep == sep && strcmp(spaces[i].space, space) == 0)
			if ((b = find_in(spaces[i].table, space, sep, key)))
				return b;
	return NULL;
}

static struct value *do_nothing(struct interp *ip, struct call *c)
{
	(void)c;
	return ip->undefined;
}

static const struct builtin console_method = {.name = "console.log", .fn = do_nothing};

struct value *builtin_member(struct frame *fr, js_node n, const char *space, char sep,
			     struct str key)
{
	struct interp *ip = fr->ip;
	if (strcmp(space, "console") == 0)
		return builtin_value(ip, &console_method);
	const struct builtin *b = builtin_find(space, sep, key);
	if (!b)
		return NULL;
	if (!b->fn)
		return unknown(fr, n, "uses %s, which is not evaluated", b->name);
	if (b->flags & B_CONST) {
		struct call c = {.fr = fr, .node = n, .this_ = ip->undefined, .self = b};
		return b->fn(ip, &c);
	}
	return builtin_value(ip, b);
}

struct value *namespace_object(struct interp *ip, const char *space)
{
	bool bare = strcmp(space, "global") == 0;
	const char *class_name = bare ? space : arena_printf(ip->arena, "module:%s", space);
	for (size_t i = 0; i < ip->namespaces.len; i++)
		if (strcmp(ip->namespaces.ptr[i]->u.obj->class_name, class_name) == 0)
			return ip->namespaces.ptr[i];
	struct value *v = val_object_new(ip->arena, NULL);
	v->u.obj->class_name = class_name;
	vec_push(&ip->namespaces, v);
	return v;
}

bool is_node_builtin(struct str name)
{
	static const char *const names[] = {"assert",
					    "async_hooks",
					    "buffer",
					    "child_process",
					    "cluster",
					    "console",
					    "constants",
					    "crypto",
					    "dgram",
					    "diagnostics_channel",
					    "dns",
					    "domain",
					    "events",
					    "fs",
					    "http",
					    "http2",
					    "https",
					    "inspector",
					    "module",
					    "net",
					    "os",
					    "path",
					    "perf_hooks",
					    "process",
					    "punycode",
					    "querystring",
					    "readline",
					    "repl",
					    "stream",
					    "string_decoder",
					    "sys",
					    "timers",
					    "tls",
					    "trace_events",
					    "tty",
					    "url",
					    "util",
					    "v8",
					    "vm",
					    "wasi",
					    "worker_threads",
					    "zlib",
					    "fs/promises",
					    "path/posix",
					    "path/win32",
					    "stream/promises",
					    "timers/promises",
					    "util/types",
					    "dns/promises",
					    "assert/strict",
					    "readline/promises",
					    "test"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

static bool is_other_global(struct str name)
{
	static const char *const names[] = {"setTimeout",
					    "setInterval",
					    "setImmediate",
					    "clearTimeout",
					    "clearInterval",
					    "clearImmediate",
					    "queueMicrotask",
					    "structuredClone",
					    "fetch",
					    "Buffer",
					    "URLSearchParams",
					    "TextEncoder",
					    "TextDecoder",
					    "Promise",
					    "Symbol",
					    "Proxy",
					    "Reflect",
					    "WeakMap",
					    "WeakSet",
					    "WeakRef",
					    "Intl",
					    "BigInt",
					    "ArrayBuffer",
					    "SharedArrayBuffer",
					    "DataView",
					    "Int8Array",
					    "Uint8Array",
					    "Uint8ClampedArray",
					    "Int16Array",
					    "Uint16Array",
					    "Int32Array",
					    "Uint32Array",
					    "Float32Array",
					    "Float64Array",
					    "BigInt64Array",
					    "BigUint64Array",
					    "Function",
					    "eval",
					    "performance",
					    "crypto",
					    "WebAssembly",
					    "Atomics",
					    "AbortController",
					    "AbortSignal",
					    "Event",
					    "EventTarget",
					    "Headers",
					    "Request",
					    "Response",
					    "FormData",
					    "Blob",
					    "escape",
					    "unescape",
					    "navigator",
					    "Iterator",
					    "FinalizationRegistry",
					    "MessageChannel",
					    "MessagePort",
					    "BroadcastChannel",
					    "AggregateError",
					    "atob",
					    "btoa",
					    "decodeURIComponent",
					    "decodeURI",
					    "DOMException",
					    "File",
					    "ReadableStream",
					    "WritableStream",
					    "TransformStream",
					    "PerformanceObserver",
					    "CustomEvent",
					    "WebSocket"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* what node's wrapper gives a CommonJS module */
static struct value *module_local(struct frame *fr, js_node n, struct str name)
{
	struct interp *ip = fr->ip;
	struct module *m = fr->mod;
	if (m->esm || m->json || ip->bind)
		return NULL;
	if (str_is(name, "module")) {
		struct value *v = val_new(ip->arena, VAL_OBJECT, NULL);
		v->u.obj = m->module_object;
		return v;
	}
	if (str_is(name, "exports"))
		return m->exports;
	struct str path = str_is(name, "__filename") ? m->path : path_dir(m->path);
	if (str_is(name, "__filename") || str_is(name, "__dirname"))
		return val_string(ip->arena, path_absolute(ip, path),
				  origin_new(fr, n, ORIGIN_MACHINE, NULL));
	return NULL;
}

static struct value *arguments_object(struct frame *fr, js_node n)
{
	struct value *v = val_array_new(fr->ip->arena, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
	for (uint32_t i = 0; i < fr->n_args; i++)
		val_push(fr->ip->arena, v->u.arr, fr->args[i]);
	return v;
}

struct value *global_value(struct frame *fr, js_node n, struct str name)
{
	struct interp *ip = fr->ip;
	struct value *v = module_local(fr, n, name);
	if (v || (v = val_get(ip->globals, name)))
		return v;
	if (str_is(name, "undefined"))
		return val_new(ip->arena, VAL_UNDEFINED, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	if (str_is(name, "process"))
		return process_object(ip);
	if (str_is(name, "arguments") && fr->args)
		return arguments_object(fr, n);
	if (str_is(name, "globalThis") || str_is(name, "global"))
		return namespace_object(ip, "global");
	if (str_is(name, "console") || str_is(name, "Math") || str_is(name, "JSON"))
		return namespace_object(ip, arena_cstr(ip->arena, name));
	const struct builtin *b = NULL;
	static const struct builtin *const tables[] = {
	    builtins_object,	 builtins_number, builtins_string, builtins_array,
	    builtins_collection, builtins_regexp, builtins_path,   builtins_node};
	for (size_t i = 0; i < sizeof tables / sizeof *tables && !b; i++)
		for (const struct builtin *t = tables[i]; t->name; t++)
			if (str_is(name, t->name))
				b = t;
	if (b && strcmp(b->name, "require") == 0 && (fr->mod->esm || fr->mod->json) && !ip->bind)
		return NULL;
	if (b && b->flags & B_CONST) {
		struct call c = {.fr = fr, .node = n, .this_ = ip->undefined, .self = b};
		return b->fn(ip, &c);
	}
	if (b)
		return builtin_value(ip, b);
	if (ip->bind &&
	    (str_is(name, "module") || str_is(name, "exports") || str_starts(name, STR("__"))))
		return unknown(fr, n, "'" STR_FMT "' is set at run time", STR_ARG(name));
	if (is_other_global(name) || str_is(name, "arguments"))
		return unknown(fr, n, "uses " STR_FMT, STR_ARG(name));
	return NULL;
}

struct value *error_new(struct frame *fr, js_node n, const char *class_name, struct str message)
{
	struct interp *ip = fr->ip;
	struct value *v = val_object_new(ip->arena, origin_new(fr, n, ORIGIN_COMPUTED, NULL));
	v->u.obj->class_name = class_name;
	val_set(ip->arena, v->u.obj, STR("message"), string(fr, n, message));
	return v;
}

/* ---- arguments and results ---- */

struct value *arg(struct interp *ip, const struct call *c, uint32_t i)
{
	return i < c->n ? c->args[i] : ip->undefined;
}

bool arg_str(struct call *c, uint32_t i, struct str *out, struct value **odd)
{
	return to_str(c->fr, c->node, arg(c->fr->ip, c, i), out, odd);
}

bool arg_num(struct call *c, uint32_t i, double missing, double *out, struct value **odd)
{
	*odd = NULL;
	*out = missing;
	if (i >= c->n || c->args[i]->kind == VAL_UNDEFINED)
		return true;
	return to_num(c->fr, c->node, c->args[i], out, odd);
}

struct value *result_string(struct call *c, struct str s)
{
	return string(c->fr, c->node, s);
}

struct value *result_number(struct call *c, double num)
{
	return number(c->fr, c->node, num);
}

struct value *result_bool(struct call *c, bool b)
{
	return boolean(c->fr, c->node, b);
}

struct value *result_array(struct call *c)
{
	return val_array_new(c->fr->ip->arena, origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
}

struct value *result_object(struct call *c)
{
	return val_object_new(c->fr->ip->arena, origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
}
