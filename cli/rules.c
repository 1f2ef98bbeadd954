#include <string.h>
#include <cjson/cJSON.h>
#include "base/err.h"
#include "cli/cli.h"
#include "cli/export.h"
#include "cli/paint.h"

/* The list of all rules. */

static const char *consequence_word(enum consequence c)
{
	static const char *const words[] = {
	    [CONSEQUENCE_NONE] = "none",
	    [CONSEQUENCE_WARN] = "warn",
	    [CONSEQUENCE_FORK_RECOMMENDED] = "fork-recommended",
	    [CONSEQUENCE_FORK_ONLY] = "fork-only",
	};
	return words[c];
}

static void put_text(struct cli *cli, const struct cards *cards, struct buf *out)
{
	struct paint p = {out, cli_use_color(cli->settings, cli->out), cli_use_utf8(cli->settings),
			  cli_width(cli->out)};
	unsigned widest = 0;
	for (size_t i = 0; i < cards->len; i++)
		widest = cards->ptr[i].id.len > widest ? (unsigned)cards->ptr[i].id.len : widest;
	for (enum family f = 0; f < N_FAMILIES; f++) {
		bool any = false;
		for (size_t i = 0; i < cards->len; i++) {
			const struct card *c = &cards->ptr[i];
			if (c->family != f)
				continue;
			if (!any) {
				if (out->len)
					buf_addc(out, '\n');
				paint_cstr(&p, STYLE_BOLD, family_name(f));
				buf_addc(out, '\n');
			}
			any = true;
			paint_blanks(&p, 2);
			paint_text(&p, STYLE_PLAIN, c->id);
			paint_blanks(&p, widest - (unsigned)c->id.len + 2);
			paint_printf(&p, c->severity == SEVERITY_HIGH ? STYLE_RED : STYLE_PLAIN,
				     "%-8s", severity_name(c->severity));
			paint_wrapped(&p, STYLE_PLAIN, str_from(c->title.in[cli->lang]),
				      widest + 12, widest + 12);
		}
	}
}

static void put_field(cJSON *o, const char *key, const char *value)
{
	if (!cJSON_AddStringToObject(o, key, value))
		BUG("cJSON is out of memory");
}

static void put_json(const struct cards *cards, enum lang lang, struct buf *out)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < cards->len; i++) {
		const struct card *c = &cards->ptr[i];
		cJSON *o = cJSON_CreateObject();
		put_field(o, "id", c->id.ptr);
		put_field(o, "family", family_name(c->family));
		put_field(o, "severity", severity_name(c->severity));
		put_field(o, "consequence", consequence_word(c->consequence));
		put_field(o, "title", c->title.in[lang]);
		put_field(o, "rationale", c->rationale.in[lang]);
		cJSON_AddItemToArray(list, o);
	}
	export_json(out, list);
}

static int run(struct cli *cli)
{
	const struct settings *o = cli->settings;
	const char *format = o->outputs.len ? o->outputs.ptr[0].format : NULL;
	bool json = format && strcmp(format, "json") == 0;
	if (format && !json && strcmp(format, "text") != 0)
		return cli_error(cli, "rules: --format is text or json");
	struct arena a;
	struct buf out = {0};
	arena_init(&a);
	struct cards cards = cards_load(&a);
	if (json)
		put_json(&cards, o->lang == LANG_CHOICE_ZH ? LANG_ZH : LANG_EN, &out);
	else
		put_text(cli, &cards, &out);
	if (out.len)
		fwrite(out.ptr, 1, out.len, cli->out);
	buf_release(&out);
	arena_release(&a);
	return EXIT_CLEAN;
}

static const struct option list_format[] = {
    {"format", 'f', OPT_FORMAT, 0, "FORMAT", NULL, "text (default) or json"},
};
static const struct option_table list_options = {"What comes out", list_format, 1};
static const struct option_table *const tables[] = {&list_options};

const struct command command_rules = {
    .name = "rules",
    .args = "",
    .summary = "List all rules.",
    .tables = tables,
    .n_tables = 1,
    .run = run,
};
