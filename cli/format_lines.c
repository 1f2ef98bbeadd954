/* One finding a line: for people's eyes and grep (concise), for jq (jsonl). */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include "base/err.h"
#include "cli/export.h"
#include "cli/text.h"

static void count_only(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct text t = {.p = {out, false, o->utf8, o->width}, .o = o};
	arena_init(&t.arena);
	text_statistics(&t, r);
	arena_release(&t.arena);
}

static void write_concise(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	if (o->statistics) {
		count_only(r, o, out);
		return;
	}
	arena_init(&a);
	struct export_list list = export_findings(&a, r, false);
	for (size_t i = 0; i < list.len; i++) {
		const struct finding *f = list.ptr[i];
		struct position at = export_position(f->at);
		const char *path = export_path(&a, f, list.config[i]), *message = export_message(o, f);
		struct buf line = {0};
		buf_printf(&line, "%s:%u:%u: %s: ", path, at.line, at.column, level_name(f->level));
		if (f->app.len)
			buf_printf(&line, "%s: ", export_utf8(&a, f->app));
		buf_printf(&line, "%s [" STR_FMT "]", export_utf8(&a, str_from(message)), STR_ARG(f->rule));
		for (size_t k = 0; k < line.len; k++) { /* control bytes of untrusted names */
			unsigned char c = (unsigned char)line.ptr[k];
			if (c < 0x20 || c == 0x7f)
				buf_printf(out, "\\x%02x", c);
			else
				buf_addc(out, (char)c);
		}
		buf_addc(out, '\n');
		buf_release(&line);
	}
	arena_release(&a);
}

const struct format format_concise = {"concise", "one line for each finding", true, write_concise};

static void write_jsonl(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct arena a;
	arena_init(&a);
	struct export_list list = export_findings(&a, r, false);
	for (size_t i = 0; i < list.len; i++) {
		const struct finding *f = list.ptr[i];
		struct position at = export_position(f->at);
		cJSON *line = cJSON_CreateObject();
		cJSON_AddStringToObject(line, "rule", export_utf8(&a, f->rule));
		cJSON_AddStringToObject(line, "level", level_name(f->level));
		cJSON_AddStringToObject(line, "confidence", confidence_name(f->confidence));
		cJSON_AddStringToObject(line, "app", export_utf8(&a, f->app));
		cJSON_AddStringToObject(line, "message", export_utf8(&a, str_from(export_message(o, f))));
		cJSON_AddStringToObject(line, "path", export_path(&a, f, list.config[i]));
		cJSON_AddNumberToObject(line, "line", at.line);
		cJSON_AddNumberToObject(line, "column", at.column);
		cJSON_AddStringToObject(line, "status", status_name(f->status));
		cJSON_AddStringToObject(line, "fingerprint", f->fingerprint);
		char *text = cJSON_PrintUnformatted(line);
		if (!text)
			BUG("cJSON is out of memory");
		buf_adds(out, text);
		buf_addc(out, '\n');
		free(text);
		cJSON_Delete(line);
	}
	arena_release(&a);
}

const struct format format_jsonl = {"jsonl", "one JSON object a line for each finding", false, write_jsonl};
