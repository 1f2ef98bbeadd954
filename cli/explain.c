#include <string.h>
#include "cli/cli.h"
#include "cli/paint.h"

/* A rule's page, from its card. */

static const char *word(enum lang lang, const char *en, const char *zh)
{
	return lang == LANG_ZH ? zh : en;
}

static void put_section(struct paint *p, const char *title, const char *text)
{
	buf_addc(p->out, '\n');
	paint_cstr(p, STYLE_BOLD, title);
	buf_addc(p->out, '\n');
	paint_blanks(p, 2);
	paint_wrapped(p, STYLE_PLAIN, str_from(text), 2, 2);
}

static void put_example(struct paint *p, const char *title, const char *file, const char *code)
{
	if (!code)
		return;
	buf_addc(p->out, '\n');
	paint_cstr(p, STYLE_BOLD, title);
	if (file)
		paint_printf(p, STYLE_DIM, " (%s)", file);
	buf_addc(p->out, '\n');
	while (*code) {
		size_t n = strcspn(code, "\n");
		if (n)
			paint_cstr(p, STYLE_PLAIN, "    ");
		paint_text(p, STYLE_PLAIN, (struct str){code, n});
		buf_addc(p->out, '\n');
		code += n + (code[n] == '\n');
	}
}

static void put_remedies(struct paint *p, const struct card *c, enum lang lang)
{
	buf_addc(p->out, '\n');
	paint_cstr(p, STYLE_BOLD, word(lang, "What to do", "处理办法"));
	buf_addc(p->out, '\n');
	for (size_t i = 0; i < c->n_remedies; i++) {
		paint_printf(p, STYLE_PLAIN, "  %zu. ", i + 1);
		paint_wrapped(p, STYLE_PLAIN, str_from(c->remedies[i].in[lang]), 5, 5);
	}
}

static void put_accepting(struct paint *p, struct arena *a, const struct card *c, enum lang lang)
{
	put_section(p, word(lang, "To accept it", "如何接受"),
		    word(lang,
			 "Above or behind the line, with a reason that the report shows and, if wished, a last day (# in YAML):",
			 "写在该行上方或行尾，附上会显示在报告中的理由，可加最后期限（YAML 中用 #）："));
	paint_printf(p, STYLE_PLAIN, "    // clusterlint-ignore " STR_FMT " -- %s until 2027-01-31", STR_ARG(c->id),
		     word(lang, "reason", "理由"));
	buf_addc(p->out, '\n');
	paint_cstr(p, STYLE_PLAIN, "  ");
	const char *whole = word(lang, "or for the whole project, in .clusterlint.yml", "或在 .clusterlint.yml 中对整个项目");
	paint_wrapped(p, STYLE_PLAIN,
		      str_from(arena_printf(a, "%s%srules: {" STR_FMT ": off}", whole, lang == LANG_ZH ? "：" : ": ",
					    STR_ARG(c->id))),
		      2, 2);
}

static const char *consequence_text(enum lang lang, enum consequence c)
{
	switch (c) {
	case CONSEQUENCE_FORK_ONLY:
		return word(lang, "the app must stay one process", "应用必须保持单进程");
	case CONSEQUENCE_FORK_RECOMMENDED:
		return word(lang, "the app should stay one process", "应用最好保持单进程");
	case CONSEQUENCE_WARN:
		return word(lang, "several processes are possible, with this loss",
			    "可以多进程运行，但要接受这一损失");
	default:
		return word(lang, "none", "无");
	}
}

static void put_card(struct paint *p, struct arena *a, const struct card *c, enum lang lang)
{
	paint_text(p, STYLE_BOLD, c->id);
	paint_cstr(p, STYLE_PLAIN, ": ");
	paint_wrapped(p, STYLE_PLAIN, str_from(c->title.in[lang]), (unsigned)c->id.len + 2, 2);
	paint_cstr(p, STYLE_DIM, word(lang, "family ", "类别 "));
	paint_cstr(p, STYLE_DIM, family_name(c->family));
	paint_cstr(p, STYLE_DIM, word(lang, ", severity ", "，严重度 "));
	paint_cstr(p, STYLE_DIM, severity_name(c->severity));
	buf_addc(p->out, '\n');
	put_section(p, word(lang, "Why", "原因"), c->rationale.in[lang]);
	put_section(p, word(lang, "What happens", "会发生什么"),
		    card_fill(a, c->scenario.in[lang], STR("NAME")));
	if (c->family != FAMILY_CONFIG && c->family != FAMILY_TOOL)
		put_section(p, word(lang, "What follows", "后果"),
			    consequence_text(lang, c->consequence));
	put_remedies(p, c, lang);
	put_example(p, word(lang, "Reported", "会报告"), c->example_file, c->bad);
	put_example(p, word(lang, "Not reported", "不报告"), c->example_file, c->good);
	if (c->family != FAMILY_TOOL)
		put_accepting(p, a, c, lang);
}

static int unknown_rule(struct cli *cli, const struct cards *cards, const char *id)
{
	VEC(const char *) names = {0};
	for (size_t i = 0; i < cards->len; i++)
		vec_push(&names, cards->ptr[i].id.ptr);
	const char *near = nearest_word(id, names.ptr, names.len);
	vec_release(&names);
	if (near)
		return cli_error(cli, "there is no rule '%s'; did you mean '%s'?", id, near);
	return cli_error(cli, "there is no rule '%s'; clusterlint rules lists them", id);
}

static int explain(struct cli *cli, struct arena *a)
{
	struct buf out = {0};
	struct paint p = {&out, cli_use_color(cli->settings, cli->out), cli_use_utf8(cli->settings),
			  cli_width(cli->out)};
	struct cards cards = cards_load(a);
	int status = EXIT_CLEAN;
	for (size_t i = 0; i < cli->settings->args.len; i++) {
		const char *id = cli->settings->args.ptr[i];
		const struct card *c = cards_find(&cards, str_from(id));
		if (!c) {
			status = unknown_rule(cli, &cards, id);
			continue;
		}
		if (out.len)
			buf_addc(&out, '\n');
		put_card(&p, a, c, cli->lang);
	}
	if (out.len)
		fwrite(out.ptr, 1, out.len, cli->out);
	buf_release(&out);
	return status;
}

static int run(struct cli *cli)
{
	struct arena a;
	if (cli->settings->args.len == 0)
		return cli_error(cli,
				 "explain what? give a rule: clusterlint explain RULE; clusterlint "
				 "rules lists them");
	arena_init(&a);
	int status = explain(cli, &a);
	arena_release(&a);
	return status;
}

const struct command command_explain = {
    .name = "explain",
    .args = "RULE...",
    .summary = "Show a rule's page: what breaks, why, what to do, examples.",
    .run = run,
};
