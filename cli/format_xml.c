/* XML reports: JUnit (one suite a config, one case an app) and Checkstyle. */
#include "cli/export.h"

static const char xml_head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

static bool belongs(const struct export_list *l, size_t i, const struct config_report *c, struct str app)
{
	return l->config[i] == c && str_eq(l->ptr[i]->app, app);
}

static void write_case(struct buf *out, struct arena *a, const struct format_options *o, const struct export_list *l,
		       const struct config_report *c, struct str app)
{
	const char *name = app.len ? export_utf8(a, app) : "config";
	buf_printf(out, "    <testcase classname=\"%s\" name=\"%s\">\n", export_xml(a, export_utf8(a, c->config->source->path)), export_xml(a, name));
	for (size_t i = 0; i < l->len; i++) {
		const struct finding *f = l->ptr[i];
		if (!belongs(l, i, c, app) || f->level == LEVEL_NOTE)
			continue;
		struct position at = export_position(f->at);
		buf_printf(out, "      <failure type=\"%s\" message=\"%s\">%s:%u:%u</failure>\n", level_name(f->level),
			   export_xml(a, arena_printf(a, STR_FMT ": %s", STR_ARG(f->rule), export_message(o, f))),
			   export_xml(a, export_path(a, f, c)), at.line, at.column);
	}
	buf_adds(out, "    </testcase>\n");
}

static unsigned failures(const struct export_list *l, const struct config_report *c)
{
	unsigned n = 0;
	for (size_t i = 0; i < l->len; i++)
		n += l->config[i] == c && l->ptr[i]->level != LEVEL_NOTE;
	return n;
}

static bool first_of_name(const struct config_report *c, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (str_eq(c->apps[i].model->name, c->apps[k].model->name))
			return false;
	return true;
}

static void write_junit(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	struct export_list list = export_findings(&a, r, false);
	buf_adds(out, xml_head);
	buf_adds(out, "<testsuites name=\"clusterlint\">\n");
	for (size_t i = 0; i < r->n_configs; i++) {
		const struct config_report *c = &r->configs[i];
		unsigned cases = 1;
		for (size_t k = 0; k < c->n_apps; k++)
			cases += first_of_name(c, k);
		buf_printf(out, "  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\">\n", export_xml(&a, export_utf8(&a, c->config->source->path)), cases, failures(&list, c));
		write_case(out, &a, o, &list, c, STR(""));
		for (size_t k = 0; k < c->n_apps; k++)
			if (first_of_name(c, k) && c->apps[k].model->name.len)
				write_case(out, &a, o, &list, c, c->apps[k].model->name);
		buf_adds(out, "  </testsuite>\n");
	}
	buf_adds(out, "</testsuites>\n");
	arena_release(&a);
}

const struct format format_junit = {"junit", "JUnit XML: one case for each app", false, write_junit};

static void write_checkstyle(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	struct export_list list = export_findings(&a, r, false);
	bool *told = arena_array(&a, bool, list.len);
	buf_adds(out, xml_head);
	buf_adds(out, "<checkstyle version=\"4.3\">\n");
	for (size_t i = 0; i < list.len; i++) {
		if (told[i])
			continue;
		const char *path = export_path(&a, list.ptr[i], list.config[i]);
		buf_printf(out, "  <file name=\"%s\">\n", export_xml(&a, path));
		for (size_t k = i; k < list.len; k++) {
			const struct finding *f = list.ptr[k];
			if (told[k] || strcmp(export_path(&a, f, list.config[k]), path) != 0)
				continue;
			struct position at = export_position(f->at);
			told[k] = true;
			buf_printf(out, "    <error line=\"%u\" column=\"%u\" severity=\"%s\" message=\"%s\" source=\"clusterlint." STR_FMT "\"/>\n", at.line, at.column,
				   f->level == LEVEL_NOTE ? "info" : level_name(f->level), export_xml(&a, export_message(o, f)), STR_ARG(f->rule));
		}
		buf_adds(out, "  </file>\n");
	}
	buf_adds(out, "</checkstyle>\n");
	arena_release(&a);
}

const struct format format_checkstyle = {"checkstyle", "Checkstyle XML", false, write_checkstyle};
