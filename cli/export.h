#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H
/* What the machine formats share: the findings that count, in one order, and
 * texts made harmless for JSON, XML, Markdown and workflow commands. What these
 * functions return lives in the arena. */
#include "cli/format.h"

struct export_list {
	const struct finding **ptr;
	const struct config_report **config; /* of each finding */
	size_t len;
};

/* every finding of every config that is neither suppressed nor in the baseline; most severe first where
 * `by_level`, else by place */
struct export_list export_findings(struct arena *a, const struct run_report *r, bool by_level);
/* valid UTF-8 without NUL; what is none becomes U+FFFD */
const char *export_utf8(struct arena *a, struct str s);
/* also escaped for XML text and attributes; characters that XML 1.0 forbids become U+FFFD */
const char *export_xml(struct arena *a, const char *s);
/* inline Markdown: nothing of it can become markup or a link */
const char *export_markdown(struct arena *a, const char *s);
const char *export_message(const struct format_options *o, const struct finding *f);
/* the path as a URI reference: percent-encoded, forward slashes */
const char *export_uri(struct arena *a, struct str path);
/* path as one would type it in the shell's folder `here`, which is below the root; here.ptr NULL: from the root */
const char *export_typed_path(struct arena *a, struct str here, struct str path);
/* appends the document, indented and with a line end, and deletes it */
struct cJSON;
void export_json(struct buf *out, struct cJSON *doc);
/* 1 where there is no place */
struct position export_position(struct place at);
const char *export_path(struct arena *a, const struct finding *f, const struct config_report *c);

#endif
