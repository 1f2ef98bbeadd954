#include "cli/docs.h"

#include <string.h>
#include "cli/project_file.h"

/* ---- Markdown ---- */

static const char *pick(enum lang lang, const char *en, const char *zh)
{
	return lang == LANG_ZH ? zh : en;
}

/* our own text: only what would be markup by accident is escaped */
static void md_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_<>[]|", *s))
			buf_addc(out, '\\');
		buf_addc(out, *s == '\n' ? ' ' : *s);
	}
	buf_adds(out, "\n\n");
}

static void md_example(struct buf *out, const char *title, const char *code)
{
	if (code)
		buf_printf(out, "**%s**\n\n~~~~\n%s%s~~~~\n\n", title, code,
			   *code && code[strlen(code) - 1] == '\n' ? "" : "\n");
}

static void md_card(struct buf *out, struct arena *a, const struct card *c, enum lang lang)
{
	buf_printf(out, "### " STR_FMT "\n\n**", STR_ARG(c->id));
	for (const char *s = c->title.in[lang]; *s; s++) {
		if (strchr("\\`*_<>[]|", *s))
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_printf(out, "** (%s)\n\n", severity_name(c->severity));
	md_text(out, c->rationale.in[lang]);
	md_text(out, card_fill(a, c->scenario.in[lang], STR("NAME")));
	for (size_t i = 0; i < c->n_remedies; i++) {
		buf_adds(out, "- ");
		md_text(out, c->remedies[i].in[lang]);
	}
	md_example(out, pick(lang, "Reported", "会报告"), c->bad);
	md_example(out, pick(lang, "Not reported", "不报告"), c->good);
	buf_printf(out, "%s\n\n    // clusterlint-ignore " STR_FMT " -- %s\n\n",
		   pick(lang, "To accept it:", "若要接受："), STR_ARG(c->id),
		   pick(lang, "reason", "理由"));
}

void docs_markdown(const struct cards *cards, enum lang lang, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	buf_printf(out, "# %s\n\n", pick(lang, "Rules of clusterlint", "clusterlint 的规则"));
	for (enum family f = 0; f < N_FAMILIES; f++) {
		bool any = false;
		for (size_t i = 0; i < cards->len; i++) {
			if (cards->ptr[i].family != f)
				continue;
			if (!any)
				buf_printf(out, "## %s\n\n", family_name(f));
			any = true;
			md_card(out, &a, &cards->ptr[i], lang);
		}
	}
	arena_release(&a);
}

/* ---- mdoc ---- */

/* one or more lines of text, each sentence on its own; no request by accident */
static void man_text(struct buf *out, const char *s)
{
	bool start = true;
	for (; *s; s++) {
		if (start && strchr(".'", *s))
			buf_adds(out, "\\&");
		start = false;
		if (*s == '\\') {
			buf_adds(out, "\\e");
		} else if (*s == '\n' || (*s == ' ' && s[1] && strchr(".?!", s[-1]))) {
			buf_addc(out, '\n');
			start = true;
		} else {
			buf_addc(out, *s);
		}
	}
	if (out->ptr[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static void man_head(struct buf *out, const char *title, const char *section, const char *name,
		     const char *what)
{
	buf_printf(out, ".Dd November 25, 2026\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", title,
		   section, name, what);
}

static void man_card(struct buf *out, struct arena *a, const struct card *c)
{
	buf_printf(out, ".It Cm " STR_FMT " Pq %s\n", STR_ARG(c->id), severity_name(c->severity));
	char *title = arena_printf(a, "%s.", c->title.in[LANG_EN]);
	if (*title >= 'a' && *title <= 'z')
		*title = (char)(*title & ~0x20);
	man_text(out, title);
	man_text(out, c->rationale.in[LANG_EN]);
	buf_adds(out, ".Pp\n");
	man_text(out, card_fill(a, c->scenario.in[LANG_EN], STR("NAME")));
	buf_adds(out, ".Bl -dash -compact\n");
	for (size_t i = 0; i < c->n_remedies; i++) {
		buf_adds(out, ".It\n");
		man_text(out, c->remedies[i].in[LANG_EN]);
	}
	buf_adds(out, ".El\n");
}

void docs_man_rules(const struct cards *cards, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	man_head(out, "CLUSTERLINT-RULES", "7", "clusterlint-rules",
		 "what clusterlint reports, and what to do");
	buf_adds(
	    out,
	    ".Sh DESCRIPTION\nEach rule has a name, a severity, what it means, a scenario, and "
	    "remedies.\n.Ql clusterlint explain Ar rule\nshows examples too.\n");
	for (enum family f = 0; f < N_FAMILIES; f++) {
		bool any = false;
		for (size_t i = 0; i < cards->len; i++) {
			if (cards->ptr[i].family != f)
				continue;
			if (!any)
				buf_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", family_name(f));
			any = true;
			man_card(out, &a, &cards->ptr[i]);
		}
		if (any)
			buf_adds(out, ".El\n");
	}
	buf_adds(out, ".Sh SEE ALSO\n.Xr clusterlint 1 ,\n.Xr clusterlint.yml 5\n");
	arena_release(&a);
}

void docs_man_settings(struct buf *out)
{
	man_head(out, "CLUSTERLINT.YML", "5", "clusterlint.yml",
		 "settings of a project for clusterlint");
	buf_adds(
	    out,
	    ".Sh DESCRIPTION\nFiles called\n.Pa .clusterlint.yml\nare looked for from the folder "
	    "of "
	    "each PM2 config up to the project's root.\nWhat an inner one says wins.\nA key, rule, "
	    "family or level that does not exist is an error, and the run ends with 2.\nThe "
	    "command line wins over the settings.\n.Pp\nThe keys are:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < n_project_keys; i++) {
		buf_printf(out, ".It Cm %s : Ar %s\n", project_keys[i].name, project_keys[i].value);
		buf_addc(out, (char)(*project_keys[i].help & ~0x20));
		man_text(out, project_keys[i].help + 1);
		buf_adds(out, "\\&.\n");
	}
	buf_adds(
	    out,
	    ".El\n.Pp\nTargets, the baseline and the rest that concerns a whole run are taken from "
	    "the settings of the first config.\n.Sh FILES\n.Bl -tag -width Ds\n.It Pa "
	    "share/clusterlint/clusterlint.schema.json\nA JSON schema for editors.\n.El\n"
	    ".Sh EXAMPLES\n.Bd -literal\nfail-on: warning\nrules:\n  cache-in-memory: note\n  "
	    "local-file: off\napps:\n  device-service:\n    pin: the USB devices can be opened "
	    "once\n  api:\n    rss: 300M\n    pool: 10\nmax-connections: 100\ntarget: production\n"
	    "targets:\n  production: {kind: pm2, cpus: 4, memory: 16G}\n.Ed\n.Sh SEE ALSO\n"
	    ".Xr clusterlint 1 ,\n.Xr clusterlint-rules 7\n");
}
