#include "cli/format.h"

const struct format *const formats[] = {
    &format_text,   &format_concise, &format_json,       &format_jsonl,    &format_sarif,
    &format_github, &format_gitlab,  &format_junit,     &format_checkstyle, &format_markdown};
const size_t n_formats = sizeof formats / sizeof *formats;

static const struct format *const report_formats[] = {&format_report_markdown, &format_report_html};

struct format_list formats_of(enum view view)
{
	if (view == VIEW_REPORT)
		return (struct format_list){report_formats, sizeof report_formats / sizeof *report_formats};
	return (struct format_list){formats, n_formats};
}

const struct format *format_find(enum view view, const char *name)
{
	struct format_list list = formats_of(view);
	if (!name)
		return list.ptr[0];
	for (size_t i = 0; i < list.len; i++)
		if (strcmp(list.ptr[i]->name, name) == 0)
			return list.ptr[i];
	return NULL;
}
