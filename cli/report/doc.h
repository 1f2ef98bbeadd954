#ifndef CLI_REPORT_DOC_H
#define CLI_REPORT_DOC_H
/* The report as a list of blocks, built once and then written as Markdown or as
 * HTML. Texts are valid UTF-8; what comes from the user's files passes through
 * doc_user first, and how words are set is told by marks that user text cannot
 * hold: MARK_CODE "x" MARK_END. All memory lives in the document's arena. */
#include "base/vec.h"
#include "cli/format.h"

#define MARK_CODE "\001"
#define MARK_STRONG "\002"
#define MARK_END "\003"

enum tone { TONE_NONE, TONE_LOW, TONE_MEDIUM, TONE_HIGH, TONE_UNKNOWN };

struct doc_cell {
	const char *text;
	enum tone tone;
};

struct doc_step {              /* of an evidence chain */
	const char *role, *message;
	const char *where;     /* "src/a.ts:14"; NULL: no place */
	const char *code;      /* excerpt; NULL: none */
	uint32_t line;         /* of its first line */
};

struct doc_app {               /* of the map and the bars */
	const char *name, *about;
	uint32_t before, after; /* processes; 0: unknown */
	enum tone tone, tone_after;
	const char *risk, *risk_after; /* the words */
	uint32_t uses;         /* bit per store of the map */
};

enum block_kind {
	BLOCK_HEADING,   /* level, text, id */
	BLOCK_PARAGRAPH, /* text, tone */
	BLOCK_LIST, BLOCK_NUMBERED, BLOCK_CHECKLIST, /* cells */
	BLOCK_TABLE,     /* cells by row, the first row is the head; columns; text: what the table shows */
	BLOCK_CODE,      /* text, lang */
	BLOCK_TIMELINE,  /* cells by row of two columns, the first row is the head; a left cell alone (right NULL) is the outcome */
	BLOCK_CHAIN,     /* steps */
	BLOCK_BARS,      /* apps; text: caption; heads: words for before and after */
	BLOCK_MAP        /* apps, stores; text: caption */
};

struct block {
	enum block_kind kind;
	int level;
	const char *text, *id, *lang;
	enum tone tone;
	size_t columns;
	struct doc_cell *cells;
	size_t n_cells;
	struct doc_step *steps;
	size_t n_steps;
	struct doc_app *apps;
	size_t n_apps;
	const char *const *stores; /* of the map */
	size_t n_stores;
	const char *heads[4];      /* BLOCK_BARS: now, planned; BLOCK_MAP: app, uses, risk */
};

struct doc {
	const struct format_options *o;
	struct arena arena;
	struct {
		struct block *ptr;
		size_t len, cap;
	} blocks;
	uint32_t n_ids;
};

void doc_init(struct doc *d, const struct format_options *o);
void doc_release(struct doc *d);

/* user text made harmless: valid UTF-8, one line, neither marks nor characters that turn the direction of text */
const char *doc_user(struct doc *d, struct str s);
/* the same for source text, which keeps its lines and tabs */
const char *doc_source(struct doc *d, struct str s);
/* doc_user, set as code */
const char *doc_code(struct doc *d, struct str s);

void doc_heading(struct doc *d, int level, const char *text);
void doc_paragraph(struct doc *d, const char *text);
void doc_list(struct doc *d, enum block_kind kind, const struct doc_cell *cells, size_t n);
void doc_table(struct doc *d, enum block_kind kind, const char *caption, size_t columns, const struct doc_cell *cells,
	       size_t n);
void doc_listing(struct doc *d, const char *lang, const char *text);

void doc_markdown(const struct doc *d, struct buf *out);
void doc_html(const struct doc *d, struct buf *out);
extern const char html_style[];

#endif
