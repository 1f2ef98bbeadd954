#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/arena.h"
#include "rules/phrases.h"

const char *cli_getenv(const char *name)
{
	const char *s = getenv(name);
	return s && *s ? s : NULL;
}

/* POSIX: LC_ALL, then the category, then LANG */
static const char *locale_of(const char *category)
{
	const char *s = cli_getenv("LC_ALL");
	if (!s)
		s = cli_getenv(category);
	if (!s)
		s = cli_getenv("LANG");
	return s ? s : "C";
}

bool cli_use_utf8(const struct settings *o)
{
	if (o->ascii)
		return false;
	const char *s = locale_of("LC_CTYPE");
	return strstr(s, "UTF-8") || strstr(s, "utf8") || strstr(s, "utf-8") || strstr(s, "UTF8");
}

enum lang cli_lang(const struct settings *s)
{
	if (s->lang != LANG_CHOICE_AUTO)
		return s->lang == LANG_CHOICE_ZH ? LANG_ZH : LANG_EN;
	return strncmp(locale_of("LC_MESSAGES"), "zh", 2) == 0 ? LANG_ZH : LANG_EN;
}

static bool is_off(const char *s)
{
	return strcmp(s, "0") == 0 || strcmp(s, "false") == 0;
}

/* --color, NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, a terminal: the first
 * that says something decides */
bool cli_use_color(const struct settings *s, FILE *f)
{
	if (s->color != COLOR_AUTO)
		return s->color == COLOR_ALWAYS;
	if (cli_getenv("NO_COLOR"))
		return false;
	const char *force = getenv("FORCE_COLOR");
	if (force)
		return !is_off(force);
	force = cli_getenv("CLICOLOR_FORCE");
	if (force && !is_off(force))
		return true;
	const char *soft = cli_getenv("CLICOLOR"), *term = cli_getenv("TERM");
	if ((soft && is_off(soft)) || (term && strcmp(term, "dumb") == 0))
		return false;
	return isatty(fileno(f));
}

/* terminals that are known to make links; others may show the bytes */
static bool terminal_links(void)
{
	static const char *const programs[] = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"};
	static const char *const terms[] = {"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour"};
	static const char *const others[] = {"WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "KITTY_WINDOW_ID"};
	const char *vte = cli_getenv("VTE_VERSION"), *program = cli_getenv("TERM_PROGRAM"), *term = cli_getenv("TERM");
	if (vte && strtoul(vte, NULL, 10) >= 5000)
		return true;
	for (size_t i = 0; program && i < sizeof programs / sizeof *programs; i++)
		if (strcmp(program, programs[i]) == 0)
			return true;
	for (size_t i = 0; term && i < sizeof terms / sizeof *terms; i++)
		if (strncmp(term, terms[i], strlen(terms[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (cli_getenv(others[i]))
			return true;
	return false;
}

/* --hyperlinks, NO_HYPERLINKS, FORCE_HYPERLINK, then what the terminal is: the first that says
 * something decides */
bool cli_use_links(const struct settings *s, FILE *f)
{
	if (s->hyperlinks != COLOR_AUTO)
		return s->hyperlinks == COLOR_ALWAYS;
	if (cli_getenv("NO_HYPERLINKS"))
		return false;
	const char *force = getenv("FORCE_HYPERLINK");
	if (force)
		return !is_off(force);
	const char *term = cli_getenv("TERM");
	if (!isatty(fileno(f)) || !term || strcmp(term, "dumb") == 0 || cli_getenv("CI"))
		return false;
	return terminal_links();
}

unsigned cli_width(FILE *f)
{
	enum { DEFAULT = 100, LEAST = 40, MOST = 1000 };
	const char *columns = cli_getenv("COLUMNS");
	unsigned long n = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize w;
	if (!n && isatty(fileno(f)) && ioctl(fileno(f), TIOCGWINSZ, &w) == 0)
		n = w.ws_col;
	if (!n)
		return DEFAULT;
	return n < LEAST ? LEAST : n > MOST ? MOST : (unsigned)n;
}

static void put_escaped(const char *text, FILE *f)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f)
			fprintf(f, "\\x%02x", *p);
		else
			fputc(*p, f);
}

int cli_error(const struct cli *cli, const char *fmt, ...)
{
	struct arena a;
	va_list ap;
	arena_init(&a);
	va_start(ap, fmt);
	const char *text = arena_vprintf(&a, fmt, ap);
	va_end(ap);
	if (cli->lang == LANG_ZH)
		text = phrase_zh(&a, text);
	fputs(cli->lang == LANG_ZH ? "clusterlint：" : "clusterlint: ", cli->err);
	put_escaped(text, cli->err);
	fputc('\n', cli->err);
	arena_release(&a);
	return EXIT_TROUBLE;
}
