/* Any bytes as a config in each of its formats: loaded in all scenarios, with all rules. Checked
 * besides crashes: places lie inside their text, edits do not overlap the text's end. */
#include <stddef.h>
#include <stdint.h>
#include "analyzers/ecosystem/internal.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(struct place at)
{
	if (at.source && (at.span.start > at.span.end || at.span.end > at.source->text.len))
		BUG("place %u-%u of %zu", at.span.start, at.span.end, at.source->text.len);
}

static void check(const struct eco_config *c)
{
	for (size_t m = 0; m < c->n_models; m++)
		for (size_t i = 0; i < c->models[m].n_apps; i++) {
			const struct eco_app *app = &c->models[m].apps[i];
			check_place(app->at);
			check_place(app->name_at);
			check_place(app->script_at);
			check_place(app->exec_mode_at);
			check_place(app->instances_at);
		}
	for (size_t i = 0; i < c->n_findings; i++) {
		check_place(c->findings[i].at);
		check_place(c->findings[i].also_at);
		for (size_t k = 0; c->findings[i].fix && k < c->findings[i].fix->n_edits; k++)
			check_place((struct place){c->findings[i].fix->edits[k].source, c->findings[i].fix->edits[k].span});
	}
	check_place(c->why_not_at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"x.yml", "x.json", "x.config.js", "x.config.mjs"};
	if (!size)
		return 0;
	struct arena a;
	struct fs fs;
	arena_init(&a);
	if (fs_init(&fs, &a, "/nonexistent").text && fs_init(&fs, &a, "/var/empty").text &&
	    fs_init(&fs, &a, "tests/fuzz").text)
		return 0;
	struct context ctx = {.arena = &a, .fs = &fs, .cpus = 4, .pm2_major = 5 + data[0] / 4 % 3, .threads = 1};
	struct str text = arena_str(&a, (struct str){(const char *)data + 1, size - 1});
	check(eco_load_text(&ctx, str_from(names[data[0] % 4]), text, (struct str){0}));
	fs_release(&fs);
	arena_release(&a);
	return 0;
}
