#ifndef CLI_PAINT_H
#define CLI_PAINT_H
/* Text for a terminal: display width, wrapping, colour, source lines with a
 * caret. Untrusted text always passes through here, which escapes what could
 * steer a terminal. */
#include "base/buf.h"
#include "base/source.h"

enum paint_style { STYLE_PLAIN, STYLE_BOLD, STYLE_RED, STYLE_YELLOW, STYLE_BLUE, STYLE_GREEN, STYLE_DIM };

struct paint {
	struct buf *out;
	bool color, utf8;
	unsigned width;
};

/* columns that the text takes once escaped; a tab is one blank here */
unsigned text_width(struct str s);
/* escaped: control bytes and invalid UTF-8 as \xNN, tabs and line ends as blanks */
void paint_text(struct paint *p, enum paint_style style, struct str s);
static inline void paint_cstr(struct paint *p, enum paint_style style, const char *s)
{
	paint_text(p, style, str_from(s));
}
void paint_printf(struct paint *p, enum paint_style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* what follows until paint_link_end leads to the URL, which holds printing ASCII only; NULL: nowhere */
void paint_link(struct paint *p, const char *url);
void paint_link_end(struct paint *p, const char *url);
void paint_blanks(struct paint *p, unsigned n);
/* Continues in `column` and breaks lines at blanks or between wide characters, indented by `indent`; ends the line. */
void paint_wrapped(struct paint *p, enum paint_style style, struct str s, unsigned column,
		   unsigned indent);
/* The line that `at` begins on, tabs expanded, clipped around the span, and below it carets with a label.
 * gutter: columns for the line number. */
void paint_frame(struct paint *p, struct place at, unsigned gutter, enum paint_style style,
		 const char *label);

#endif
