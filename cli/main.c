#include <signal.h>
#include <string.h>
#include "cli/cli.h"

enum { MAX_COMMANDS = 16 };

static const struct option_table *const only_global[] = {&global_options};

static int print_version(FILE *out)
{
	fputs("clusterlint " CLUSTERLINT_VERSION
	      " (for PM2 and Node.js; another tool of this name lints "
	      "Kubernetes clusters)\n",
	      out);
	return EXIT_CLEAN;
}

static int print_help(FILE *out)
{
	fputs("clusterlint says which apps of a PM2 config may run as several processes and which "
	      "must "
	      "not,\nand proves it from their sources.\n\nUsage: clusterlint [OPTIONS] COMMAND "
	      "[ARGUMENTS]\n\nCommands:\n",
	      out);
	for (size_t i = 0; i < n_commands; i++)
		fprintf(out, "  %-10s %-12s %s\n", commands[i]->name, commands[i]->args,
			commands[i]->summary);
	options_help(only_global, 1, out);
	fputs("\nclusterlint COMMAND --help shows the options of a command.\n"
	      "Exit status: 0 nothing found, 1 findings, 2 trouble.\n",
	      out);
	return EXIT_CLEAN;
}

enum { MAX_TABLES = 8 };

static size_t tables_of(const struct command *c, const struct option_table **out)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_tables; i++)
		out[n++] = c->tables[i];
	out[n++] = &global_options;
	return n;
}

static int print_command_help(const struct command *c, FILE *out)
{
	const struct option_table *tables[MAX_TABLES];
	fprintf(out, "Usage: clusterlint %s [OPTIONS] %s\n\n%s\n", c->name, c->args, c->summary);
	options_help(tables, tables_of(c, tables), out);
	return EXIT_CLEAN;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int unknown_command(const char *name, const struct settings *s)
{
	const char *names[MAX_COMMANDS];
	for (size_t i = 0; i < n_commands; i++)
		names[i] = commands[i]->name;
	struct cli cli = {.err = stderr, .lang = cli_lang(s)};
	const char *near = nearest_word(name, names, n_commands);
	if (near)
		return cli_error(&cli, "unknown command '%s'; did you mean '%s'?", name, near);
	if (strchr(name, '.') || strchr(name, '/'))
		return cli_error(&cli,
				 "unknown command '%s'; to look at a config: clusterlint check %s",
				 name, name);
	return cli_error(&cli, "unknown command '%s'; see clusterlint --help", name);
}

static int run_command(const struct command *c, int argc, char **argv, struct settings *s)
{
	const struct option_table *tables[MAX_TABLES];
	size_t n = tables_of(c, tables);
	if (options_parse(tables, n, argc, argv, false, s, stderr) < 0)
		return EXIT_TROUBLE;
	if (s->help)
		return print_command_help(c, stdout);
	if (s->version)
		return print_version(stdout);
	struct cli cli = {stdout, stderr, s, cli_lang(s)};
	return c->run(&cli);
}

static int run(int argc, char **argv, struct settings *s)
{
	int at = options_parse(only_global, 1, argc - 1, argv + 1, true, s, stderr);
	if (at < 0)
		return EXIT_TROUBLE;
	if (s->version)
		return print_version(stdout);
	if (at == argc - 1) {
		print_help(s->help ? stdout : stderr);
		return s->help ? EXIT_CLEAN : EXIT_TROUBLE;
	}
	const char *name = argv[at + 1];
	if (strcmp(name, "help") == 0)
		return print_help(stdout);
	const struct command *c = find_command(name);
	if (!c)
		return unknown_command(name, s);
	return run_command(c, argc - at - 2, argv + at + 2, s);
}

int main(int argc, char **argv)
{
	struct settings s = {0};
	/* a reader that went away ends us without a word, also where our parent ignores the signal
	 */
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of the write, which cleans up */
	int status = run(argc, argv, &s);
	settings_release(&s);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("clusterlint: standard output");
		return EXIT_TROUBLE;
	}
	return status;
}
