/* Any text as a config: as CommonJS, as an ES module, as JSON, and each of its
 * expressions alone. Small budgets, so that only what is wrong takes time. */
#include <stdint.h>

#include "analyzers/javascript/eval.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expressions(struct arena *a, const struct js_file *f, const struct eval_options *o)
{
	js_node step = f->n_nodes / 16 + 1;
	for (js_node n = 1; n < f->n_nodes; n += step) {
		enum js_kind kind = js_kind(f, n);
		if (kind >= JS_IDENT && kind <= JS_META)
			val_show(a, eval_expression(a, f, n, NULL, o), 100);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	static const struct env_var env[] = {{{"A", 1}, {"1", 1}}};
	if (size > 4096)
		return 0;
	arena_init(&a);
	struct context ctx = {.arena = &a, .cpus = 4, .memory_bytes = 1u << 30};
	struct eval_options o = {.ctx = &ctx,
				 .path = STR("a.config.js"),
				 .env = env,
				 .n_env = 1,
				 .max_steps = 20000,
				 .max_bytes = 4u << 20,
				 .max_depth = 32};
	const struct source *s =
	    source_new(&a, STR("a.config.js"), (struct str){(const char *)data, size});
	struct js_file *f = js_parse(&a, s, JS_LANG_JS);
	val_show(&a, eval_module(&a, f, false, &o)->exports, 200);
	val_show(&a, eval_module(&a, f, true, &o)->exports, 200);
	expressions(&a, f, &o);
	js_file_release(f);
	f = eval_parse_json(&a, s);
	val_show(&a, eval_json(&a, f, &o)->exports, 200);
	js_file_release(f);
	arena_release(&a);
	return 0;
}
