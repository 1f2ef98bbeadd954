#ifndef CLI_TEXT_H
#define CLI_TEXT_H
/* What the parts of the text format share. */
#include "cli/format.h"
#include "cli/paint.h"
#include "rules/phrases.h"

struct text {
	struct paint p;
	const struct format_options *o;
	struct arena arena; /* for words put together; of one document */
};

/* a macro, so that the compiler still checks both texts as formats */
#define say(t, en, zh) ((t)->o->lang == LANG_ZH ? (zh) : (en))
/* zh may be NULL: then the phrases know it, or it stays English */
static inline const char *either(struct text *t, const char *en, const char *zh)
{
	if (t->o->lang != LANG_ZH)
		return en;
	return zh ? zh : phrase_zh(&t->arena, en);
}

/* path as one would type it in the shell's folder */
const char *text_path(struct text *t, struct str path);
/* "src/a.ts:3:7" */
const char *text_place(struct text *t, struct place at);
/* the same on the page, a link where terminals show links */
void text_put_place(struct text *t, struct place at);
const char *text_level(struct text *t, enum level l);
enum paint_style text_level_style(enum level l);
/* how often each rule fired */
void text_statistics(struct text *t, const struct run_report *r);
/* the part about processes: before and after, with reasons */
void text_plan(struct text *t, const struct config_report *c);

#endif
