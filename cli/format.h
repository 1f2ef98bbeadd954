#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H
/* One output format: turns a report into the bytes of a document. A format has
 * a file of its own and a line in cli/formats.c; the exit status never depends
 * on it. Texts for people honour color, utf8 and width; machine formats do not. */
#include "base/buf.h"
#include "base/context.h"
#include "planner/plan.h"

enum view { VIEW_CHECK, VIEW_PLAN, VIEW_REPORT };

struct format_options {
	enum view view;
	enum lang lang;
	bool color, utf8, statistics;
	const char *link_root; /* URL of the project root for links of a terminal; NULL: no links */
	unsigned width;
	const struct context *ctx;
	struct str work_dir; /* below the root: texts show paths from there; ptr NULL: from the root */
	const char *version;
};

struct format {
	const char *name, *summary;
	bool for_people;
	void (*write)(const struct run_report *r, const struct format_options *o, struct buf *out);
};

extern const struct format format_text, format_concise, format_json, format_jsonl, format_sarif, format_github,
    format_gitlab, format_junit, format_checkstyle, format_markdown, format_report_markdown, format_report_html;
extern const struct format *const formats[]; /* of check and plan */
extern const size_t n_formats;

struct format_list {
	const struct format *const *ptr; /* the first is the one that nobody has to name */
	size_t len;
};
struct format_list formats_of(enum view view);
const struct format *format_find(enum view view, const char *name); /* NULL: none; name NULL: the first */

#endif
