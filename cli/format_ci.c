/* What CI services read: GitHub's workflow commands, GitLab's code quality. */
#include <cjson/cJSON.h>
#include "cli/export.h"

/* Untrusted text must not begin a command of its own: line ends are data here. */
static void add_data(struct buf *out, const char *s, bool property)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '%')
			buf_adds(out, "%25");
		else if (c == '\r')
			buf_adds(out, "%0D");
		else if (c == '\n')
			buf_adds(out, "%0A");
		else if (property && c == ':')
			buf_adds(out, "%3A");
		else if (property && c == ',')
			buf_adds(out, "%2C");
		else if (c < 0x20 || c == 0x7f)
			buf_addc(out, ' ');
		else
			buf_addc(out, (char)c);
	}
}

static const char *command_of(enum level level)
{
	return level == LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "notice";
}

static void write_github(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	struct export_list list = export_findings(&a, r, true);
	for (size_t i = 0; i < list.len; i++) {
		const struct finding *f = list.ptr[i];
		struct position from = export_position(f->at);
		struct position to = f->at.source ? source_position(f->at.source, f->at.span.end) : from;
		buf_printf(out, "::%s file=", command_of(f->level));
		add_data(out, export_path(&a, f, list.config[i]), true);
		buf_printf(out, ",line=%u,endLine=%u,col=%u", from.line, to.line, from.column);
		if (to.line == from.line) /* GitHub takes endColumn on one line only */
			buf_printf(out, ",endColumn=%u", to.column);
		buf_adds(out, ",title=");
		add_data(out, arena_printf(&a, "clusterlint " STR_FMT, STR_ARG(f->rule)), true);
		buf_adds(out, "::");
		if (f->app.len) {
			add_data(out, export_utf8(&a, f->app), false);
			buf_adds(out, ": ");
		}
		add_data(out, export_utf8(&a, str_from(export_message(o, f))), false);
		buf_addc(out, '\n');
	}
	arena_release(&a);
}

const struct format format_github = {"github", "workflow commands that GitHub shows in a pull request", false, write_github};

static const char *gitlab_severity(enum level level)
{
	return level == LEVEL_ERROR ? "major" : level == LEVEL_WARNING ? "minor" : "info";
}

static void write_gitlab(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	struct export_list list = export_findings(&a, r, false);
	cJSON *doc = cJSON_CreateArray();
	for (size_t i = 0; i < list.len; i++) {
		const struct finding *f = list.ptr[i];
		cJSON *item = cJSON_CreateObject(), *location = cJSON_CreateObject(), *lines = cJSON_CreateObject();
		const char *message = export_utf8(&a, str_from(export_message(o, f)));
		if (f->app.len)
			message = arena_printf(&a, "%s: %s", export_utf8(&a, f->app), message);
		cJSON_AddStringToObject(item, "description", message);
		cJSON_AddStringToObject(item, "check_name", export_utf8(&a, f->rule));
		cJSON_AddStringToObject(item, "fingerprint", f->fingerprint);
		cJSON_AddStringToObject(item, "severity", gitlab_severity(f->level));
		cJSON_AddStringToObject(location, "path", export_path(&a, f, list.config[i]));
		cJSON_AddNumberToObject(lines, "begin", export_position(f->at).line);
		cJSON_AddItemToObject(location, "lines", lines);
		cJSON_AddItemToObject(item, "location", location);
		cJSON_AddItemToArray(doc, item);
	}
	export_json(out, doc);
	arena_release(&a);
}

const struct format format_gitlab = {"gitlab", "GitLab code quality report", false, write_gitlab};
