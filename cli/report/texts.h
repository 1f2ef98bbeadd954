#ifndef CLI_REPORT_TEXTS_H
#define CLI_REPORT_TEXTS_H
/* All that the report says by itself, in English and Chinese. {name} is filled
 * in by report_say; both languages hold the same names, which a test looks at. */
#include "cli/report/doc.h"

enum report_text {
#define TEXT(id, en, zh) id,
#include "cli/report/texts.inc"
#undef TEXT
	N_REPORT_TEXTS
};

extern const struct card_text report_texts[N_REPORT_TEXTS];

/* the text with each {name} replaced by its value: name, value, name, value, ..., NULL. Values are set as they are. */
const char *report_say(struct doc *d, enum report_text id, ...) __attribute__((sentinel));
/* the same for a template of the caller */
const char *report_fill(struct doc *d, const char *template_text, const char *const *names, const char *const *values,
			size_t n);

#endif
