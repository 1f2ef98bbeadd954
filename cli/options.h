#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H
/* Command lines: tables that describe themselves. They read argv into a struct
 * settings and print --help; the unit test looks at every table. Texts in the
 * settings are borrowed from argv. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/vec.h"

enum option_kind {
	OPT_BOOL,    /* bool */
	OPT_TEXT,    /* const char * */
	OPT_LIST,    /* struct option_list */
	OPT_NUMBER,  /* uint32_t, at least 1 */
	OPT_SIZE,    /* uint64_t: 512M, 16G, 1073741824 */
	OPT_CHOICE,  /* int: index into choices, counted from 0 */
	OPT_FORMAT,  /* begins an output of this format */
	OPT_OUTPUT   /* gives the output begun last its file */
};

struct option {
	const char *name; /* without dashes */
	char letter;      /* 0: none */
	enum option_kind kind;
	size_t offset;    /* in struct settings */
	const char *arg;  /* "N", "FILE"; NULL for OPT_BOOL */
	const char *const *choices; /* NULL-terminated, for OPT_CHOICE; for OPT_FORMAT where not all formats fit */
	const char *help;
};

struct option_table {
	const char *title; /* of its part of --help */
	const struct option *ptr;
	size_t len;
};

struct option_list {
	const char **ptr;
	size_t len, cap;
};

struct output {
	const char *format, *file; /* NULL: not told */
};

enum fail_on { FAIL_ON_PROJECT, FAIL_ON_ERROR, FAIL_ON_WARNING, FAIL_ON_NOTE, FAIL_ON_NEVER };
enum lang_choice { LANG_CHOICE_AUTO, LANG_CHOICE_EN, LANG_CHOICE_ZH };
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct settings {
	/* for every command */
	bool help, version, quiet, ascii;
	int lang;   /* enum lang_choice */
	int color, hyperlinks; /* enum color_choice */
	/* what the analysis assumes */
	const char *target; /* pm2, replicas, or a name from the settings */
	uint32_t cpus;      /* 0: this host's */
	uint64_t memory;    /* 0: this host's */
	struct option_list env, env_files, map;
	bool inherit_env, no_inline, native_deps;
	const char *scenario, *root, *pm2_cwd, *settings;
	uint32_t pm2_version, threads; /* 0: not told */
	/* what comes out */
	int fail_on; /* enum fail_on */
	struct {
		struct output *ptr;
		size_t len, cap;
	} outputs;
	/* fix */
	bool write_back, check_only, unsafe, fix_plan;
	struct option_list only;
	/* plan */
	struct option_list what_if, rss;
	const char *max_connections; /* NULL: not told */
	/* which findings count */
	const char *baseline, *since;
	bool staged, accept_new;
	const char *action;
	bool show_config, show_files, dump_graph, recursive, statistics;
	struct option_list rules;
	/* the rest of the command line */
	struct option_list args;
};

void settings_release(struct settings *s);

/* Reads argv[0..argc). stop_at_word: ends at the first argument that is no
 * option. Returns how many arguments were read, or -1 after having printed what
 * is wrong (and the nearest option there is) to err. */
int options_parse(const struct option_table *const *tables, size_t n, int argc, char **argv,
		  bool stop_at_word, struct settings *s, FILE *err);
void options_help(const struct option_table *const *tables, size_t n, FILE *out);

/* "512M", "16G", "16GB", "1.5GiB" in powers of 1024; false where it is no size */
bool parse_size(const char *text, uint64_t *out);

/* the nearest of n words, or NULL where none is near */
const char *nearest_word(const char *word, const char *const *words, size_t n);

extern const struct option_table global_options, analysis_options, output_options, report_options, fix_options,
    gate_options, plan_options, limit_options, baseline_options, init_options;

#endif
