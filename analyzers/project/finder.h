#ifndef ANALYZERS_PROJECT_FINDER_H
#define ANALYZERS_PROJECT_FINDER_H
/* From what PM2 starts (script, args, interpreter, cwd) to source files: plain files, build
 * outputs, package scripts and launchers, as deep as they nest. Private to entry*.c: entries.c
 * begins and ends the search, entry_commands.c follows command lines, entry_files.c finds the
 * source of a path, entry_frameworks.c what a framework loads by itself. What is found lives in
 * the project's arena. */
#include "analyzers/project/internal.h"

enum { MAX_COMMANDS = 16 }; /* of one line */

struct finder {
	struct project *p;
	const struct project_command *command;
	struct project_entries *out;
	VEC(struct project_entry) entries;
	VEC(struct env_var) env;
	struct str wanted; /* the last path that was looked for in vain */
};

/* ---- entries.c ---- */
void finder_add(struct finder *f, struct str path, enum entry_certainty certainty, const char *why);
void finder_launcher(struct finder *f, const char *name); /* the first one gives the name */
void finder_not_node(struct finder *f, const char *why);
bool str_one_of(struct str s, const char *const *list, size_t n);
#define ONE_OF(s, ...)                                                                             \
	str_one_of((s), (const char *const[]){__VA_ARGS__},                                        \
		   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- entry_files.c ---- */
/* adds the source behind the path; false where there is none, which is then f->wanted */
bool enter_file(struct finder *f, struct str dir, struct str written);
/* a path of another machine: by --map, or its longest suffix that exists here */
bool map_absolute(struct finder *f, struct str path, struct str *out);

/* ---- entry_commands.c ---- */
bool is_launcher(struct str tool);
bool is_other_language(struct str tool);
/* the index of the first word that is neither a flag nor the value of one */
bool first_plain(const struct str *words, size_t n, size_t *at);
void run_words(struct finder *f, struct str dir, const struct str *words, size_t n, int depth);
void run_text(struct finder *f, struct str dir, struct str text, int depth); /* a shell line */

/* ---- entry_frameworks.c ---- */
bool is_framework_command(struct str tool);
/* next start, nuxt preview; false: the tool starts no framework */
bool run_framework(struct finder *f, struct str dir, struct str tool, const struct str *words,
		   size_t n);
/* server.js of next's standalone output and the like: false where the path is none */
bool enter_standalone(struct finder *f, struct str path);
/* a custom server of a framework still loads the framework's folders */
void add_custom_server(struct finder *f);

#endif
