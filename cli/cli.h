#ifndef CLI_CLI_H
#define CLI_CLI_H
/* What every command is given, and the table of commands. A command returns
 * the exit status; it never calls exit. */
#include <stdio.h>
#include "cli/options.h"
#include "rules/card.h"

#define CLUSTERLINT_VERSION "0.1.0"

enum exit_status { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

struct cli {
	FILE *out, *err;
	const struct settings *settings;
	enum lang lang;       /* for people */
};

struct command {
	const char *name, *args, *summary;
	const struct option_table *const *tables; /* beside the global ones */
	size_t n_tables;
	int (*run)(struct cli *cli);
};

extern const struct command command_check, command_plan, command_fix, command_report, command_explain, command_rules,
    command_baseline, command_init, command_docs;
extern const struct command *const commands[]; /* all of them, in the order of --help */
extern const size_t n_commands;

/* variable of the process environment, NULL where unset or empty */
const char *cli_getenv(const char *name);
/* whether frames may be drawn with more than ASCII */
bool cli_use_utf8(const struct settings *s);
/* --lang, else the locale */
enum lang cli_lang(const struct settings *s);
/* whether to colour what goes to f */
bool cli_use_color(const struct settings *s, FILE *f);
/* whether what goes to f may hold links for terminals (OSC 8) */
bool cli_use_links(const struct settings *s, FILE *f);
unsigned cli_width(FILE *f);
/* Prints "clusterlint: ..." with the control bytes of untrusted text escaped. Returns EXIT_TROUBLE. */
int cli_error(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
