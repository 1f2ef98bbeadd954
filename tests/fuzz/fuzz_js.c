/* Parse, walk and refuse any bytes. The first byte chooses the language. Checked besides crashes:
 * children lie inside the run of numbers of their parent and name it, bindings and references
 * belong together. */
#include <stddef.h>
#include <stdint.h>
#include "analyzers/javascript/ast.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool check(void *ctx, js_node n)
{
	const struct js_file *f = ctx;
	const struct js_node_data *d = js_at(f, n);
	struct js_iter it = js_iter(f, n);
	if (d->span.start > d->span.end || d->span.end > f->source->text.len)
		BUG("span of node %u", n);
	if (d->fn >= f->n_functions || d->kind >= JS_N_KINDS)
		BUG("node %u", n);
	for (js_node kid; (kid = js_next(&it));)
		if (kid <= n || kid >= d->end || f->nodes[kid].parent != n)
			BUG("child %u of node %u", kid, n);
	return true;
}

static void check_bindings(const struct js_file *f)
{
	for (uint32_t i = 0; i < f->n_bindings; i++) {
		const struct js_binding *b = &f->bindings[i];
		if (f->binding_of[b->decl] != i)
			BUG("binding %u", i);
		for (uint32_t j = 0; j < b->n_refs; j++)
			if (f->binding_of[f->lists[b->refs + j]] != i)
				BUG("reference %u of binding %u", j, i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct arena a;
	arena_init(&a);
	struct str text = arena_str(&a, (struct str){(const char *)data + 1, size - 1});
	struct source *source = source_new(&a, STR("x"), text);
	struct js_file *f = js_parse(&a, source, (enum js_language)(data[0] % 3));
	js_walk(f, 1, check, f);
	check_bindings(f);
	uint32_t n;
	js_refused_by_node(&a, f, data[0] & 4, &n);
	for (js_node i = 1; i < f->n_nodes; i++) {
		js_path(&a, f, i);
		js_import_is_elided(f, i);
	}
	js_file_release(f);
	arena_release(&a);
	return 0;
}
