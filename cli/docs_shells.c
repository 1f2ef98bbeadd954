#include "cli/docs.h"

#include "cli/format.h"

/* Completions. All words in them are our own: names of commands, options,
 * formats and rules. */

enum { MAX_TABLES = 8 };

static size_t tables_of(const struct command *c, const struct option_table **out)
{
	size_t n = 0;
	for (size_t i = 0; c && i < c->n_tables; i++)
		out[n++] = c->tables[i];
	out[n++] = &global_options;
	return n;
}

typedef void option_fn(struct buf *out, const struct command *c, const struct option *o);

/* c NULL: the options before any command */
static void each_option(struct buf *out, const struct command *c, option_fn *fn)
{
	const struct option_table *tables[MAX_TABLES];
	size_t n = tables_of(c, tables);
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < tables[t]->len; i++)
			fn(out, c, &tables[t]->ptr[i]);
}

/* the words that an option takes, or false where they are free */
static bool add_words(struct buf *out, const struct option *o)
{
	if (o->kind == OPT_FORMAT && !o->choices)
		for (size_t i = 0; i < n_formats; i++)
			buf_printf(out, "%s%s", i ? " " : "", formats[i]->name);
	else if (o->kind == OPT_CHOICE || o->kind == OPT_FORMAT)
		for (size_t i = 0; o->choices[i]; i++)
			buf_printf(out, "%s%s", i ? " " : "", o->choices[i]);
	else
		return false;
	return true;
}

static bool takes_path(const struct option *o)
{
	return o->arg && (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0);
}

static void add_rules(struct buf *out, const struct cards *cards)
{
	for (size_t i = 0; i < cards->len; i++)
		buf_printf(out, "%s" STR_FMT, i ? " " : "", STR_ARG(cards->ptr[i].id));
}

/* what stands where a word that is no option belongs */
static const char *words_of(const struct command *c)
{
	if (strncmp(c->args, "RULE", 4) == 0)
		return "rules";
	if (strncmp(c->args, "update", 6) == 0)
		return "update";
	if (strcmp(c->name, "docs") == 0)
		return "docs";
	return strstr(c->args, "CONFIG") ? "files" : "";
}

static const char docs_words[] = "rules man-rules man-settings bash zsh fish";

/* ---- bash ---- */

static void bash_word(struct buf *out, const struct command *c, const struct option *o)
{
	(void)c;
	if (o->letter)
		buf_printf(out, "-%c ", o->letter);
	buf_printf(out, "--%s ", o->name);
}

static void bash_value(struct buf *out, const struct command *c, const struct option *o)
{
	struct buf words = {0};
	(void)c;
	if (o->kind == OPT_BOOL)
		return;
	buf_adds(out, "\t");
	if (c)
		buf_printf(out, "%s:", c->name);
	else
		buf_adds(out, "*:");
	buf_printf(out, "--%s", o->name);
	if (o->letter)
		buf_printf(out, "|%s:-%c", c ? c->name : "*", o->letter);
	if (add_words(&words, o))
		buf_printf(out, ") COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n",
			   words.ptr);
	else if (takes_path(o))
		buf_adds(out, ") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "
			      "\"$cur\")); return ;;\n");
	else
		buf_adds(out, ") return ;;\n");
	buf_release(&words);
}

static void bash_words(struct buf *out, const struct command *c, const struct cards *cards)
{
	const char *kind = words_of(c);
	buf_printf(out, "\t%s:-*) COMPREPLY=($(compgen -W \"", c->name);
	each_option(out, c, bash_word);
	buf_printf(out, "\" -- \"$cur\")) ;;\n\t%s:*) ", c->name);
	if (strcmp(kind, "files") == 0) {
		buf_adds(
		    out,
		    "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n");
		return;
	}
	buf_adds(out, "COMPREPLY=($(compgen -W \"");
	if (strcmp(kind, "rules") == 0)
		add_rules(out, cards);
	else
		buf_adds(out, strcmp(kind, "docs") == 0 ? docs_words : kind);
	buf_adds(out, "\" -- \"$cur\")) ;;\n");
}

void docs_bash(const struct cards *cards, struct buf *out)
{
	buf_adds(out,
		 "# bash completion for clusterlint; made from its option tables\n"
		 "_clusterlint() {\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= i\n"
		 "\tCOMPREPLY=()\n"
		 "\t[[ $cur == = ]] && cur= # bash parts words at '='\n"
		 "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
		 "\t[[ ${COMP_WORDS[COMP_CWORD]} == = ]] && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		 "\t\tcase ${COMP_WORDS[i]} in\n\t\t");
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(out, "%s%s", i ? "|" : "", commands[i]->name);
	buf_adds(out, ") cmd=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tcase $cmd:$prev in\n");
	for (size_t i = 0; i < n_commands; i++)
		each_option(out, commands[i], bash_value);
	each_option(out, NULL, bash_value);
	buf_adds(out, "\tesac\n\tcase $cmd:$cur in\n\t:-*) COMPREPLY=($(compgen -W \"");
	each_option(out, NULL, bash_word);
	buf_adds(out, "\" -- \"$cur\")) ;;\n\t:*) COMPREPLY=($(compgen -W \"");
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(out, "%s ", commands[i]->name);
	buf_adds(out, "\" -- \"$cur\")) ;;\n");
	for (size_t i = 0; i < n_commands; i++)
		bash_words(out, commands[i], cards);
	buf_adds(out, "\tesac\n}\ncomplete -F _clusterlint clusterlint\n");
}

/* ---- zsh ---- */

/* a help text inside [...] of a spec inside single quotes */
static void zsh_help(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else if (strchr("[]:\\", *s))
			buf_printf(out, "\\%c", *s);
		else
			buf_addc(out, *s);
	}
}

static void zsh_spec(struct buf *out, const struct option *o, bool is_letter)
{
	struct buf words = {0};
	bool again = o->kind == OPT_LIST || o->kind == OPT_FORMAT || o->kind == OPT_OUTPUT;
	buf_printf(out, "\t\t'%s", again ? "*" : "");
	if (is_letter)
		buf_printf(out, "-%c", o->letter);
	else
		buf_printf(out, "--%s", o->name);
	buf_adds(out, o->kind == OPT_BOOL ? "[" : is_letter ? "+[" : "=[");
	zsh_help(out, o->help);
	buf_addc(out, ']');
	if (o->kind != OPT_BOOL) {
		buf_printf(out, ":%s:", o->arg);
		if (add_words(&words, o))
			buf_printf(out, "(%s)", words.ptr);
		else if (takes_path(o))
			buf_adds(out, "_files");
	}
	buf_adds(out, "' \\\n");
	buf_release(&words);
}

static void zsh_option(struct buf *out, const struct command *c, const struct option *o)
{
	(void)c;
	if (o->letter)
		zsh_spec(out, o, true);
	zsh_spec(out, o, false);
}

static void zsh_command(struct buf *out, const struct command *c, const struct cards *cards)
{
	const char *kind = words_of(c);
	buf_printf(out, "\t%s)\n\t\t_arguments -s -S \\\n", c->name);
	each_option(out, c, zsh_option);
	buf_adds(out, "\t\t'*:");
	if (strcmp(kind, "rules") == 0) {
		buf_adds(out, "rule:(");
		add_rules(out, cards);
		buf_adds(out, ")'");
	} else if (strcmp(kind, "files") == 0) {
		buf_adds(out, "config:_files'");
	} else {
		buf_printf(out, "word:(%s)'", strcmp(kind, "docs") == 0 ? docs_words : kind);
	}
	buf_adds(out, " ;;\n");
}

void docs_zsh(const struct cards *cards, struct buf *out)
{
	buf_adds(
	    out,
	    "#compdef clusterlint\n# made from clusterlint's option tables\n"
	    "_clusterlint() {\n\tlocal curcontext=$curcontext state line\n\t_arguments -C -S \\\n");
	each_option(out, NULL, zsh_option);
	buf_adds(out, "\t\t'1:command:->command' \\\n\t\t'*::argument:->argument'\n"
		      "\tcase $state in\n\tcommand)\n\t\tlocal -a commands=(\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_printf(out, "\t\t\t'%s:", commands[i]->name);
		zsh_help(out, commands[i]->summary);
		buf_adds(out, "'\n");
	}
	buf_adds(
	    out,
	    "\t\t)\n\t\t_describe command commands\n\t\treturn ;;\n\tesac\n\tcase $line[1] in\n");
	for (size_t i = 0; i < n_commands; i++)
		zsh_command(out, commands[i], cards);
	buf_adds(out,
		 "\tesac\n}\nif [[ $funcstack[1] = _clusterlint ]]; then\n\t_clusterlint \"$@\"\n"
		 "else\n\tcompdef _clusterlint clusterlint\nfi\n");
}

/* ---- fish ---- */

static void fish_quote(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s; s++) {
		if (strchr("'\\", *s))
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

static void fish_option(struct buf *out, const struct command *c, const struct option *o)
{
	struct buf words = {0};
	if (c)
		buf_printf(out, "complete -c clusterlint -n '__fish_seen_subcommand_from %s'",
			   c->name);
	else
		buf_adds(out, "complete -c clusterlint -n '__fish_use_subcommand'");
	if (o->letter)
		buf_printf(out, " -s %c", o->letter);
	buf_printf(out, " -l %s", o->name);
	if (o->kind != OPT_BOOL) {
		if (add_words(&words, o))
			buf_printf(out, " -x -a '%s'", words.ptr);
		else
			buf_adds(out, takes_path(o) ? " -r -F" : " -x");
	}
	buf_adds(out, " -d ");
	fish_quote(out, o->help);
	buf_addc(out, '\n');
	buf_release(&words);
}

void docs_fish(const struct cards *cards, struct buf *out)
{
	buf_adds(out, "# fish completion for clusterlint; made from its option tables\n"
		      "complete -c clusterlint -f\n");
	each_option(out, NULL, fish_option);
	for (size_t i = 0; i < n_commands; i++) {
		const struct command *c = commands[i];
		const char *kind = words_of(c);
		buf_printf(out, "complete -c clusterlint -n '__fish_use_subcommand' -a %s -d ",
			   c->name);
		fish_quote(out, c->summary);
		buf_addc(out, '\n');
		each_option(out, c, fish_option);
		if (!*kind)
			continue;
		buf_printf(out, "complete -c clusterlint -n '__fish_seen_subcommand_from %s'",
			   c->name);
		if (strcmp(kind, "files") == 0) {
			buf_adds(out, " -F\n");
			continue;
		}
		buf_adds(out, " -a '");
		if (strcmp(kind, "rules") == 0)
			add_rules(out, cards);
		else
			buf_adds(out, strcmp(kind, "docs") == 0 ? docs_words : kind);
		buf_adds(out, "'\n");
	}
}
