#include "cli/format.h"

const struct format *const formats[] = {
    &format_text,   &format_concise, &format_json,       &format_jsonl,    &format_sarif,
    &format_github, &format_gitlab,  &format_junit,     &format_checkstyle, &format_markdown};
const size_t n_formats = sizeof formats / sizeof *formats;

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < n_formats; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
