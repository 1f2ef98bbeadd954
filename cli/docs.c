/* docs: prints a document that is generated from the tables of the program. */
#include "cli/docs.h"

#include <string.h>
#include "base/vec.h"

static const char *const kinds[] = {"rules", "man-rules", "man-settings", "bash", "zsh", "fish"};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static void write_kind(size_t kind, const struct cards *cards, enum lang lang, struct buf *out)
{
	switch (kind) {
	case 0:
		docs_markdown(cards, lang, out);
		break;
	case 1:
		docs_man_rules(cards, out);
		break;
	case 2:
		docs_man_settings(out);
		break;
	case 3:
		docs_bash(cards, out);
		break;
	case 4:
		docs_zsh(cards, out);
		break;
	default:
		docs_fish(cards, out);
	}
}

static int run(struct cli *cli)
{
	const struct option_list *args = &cli->settings->args;
	size_t kind = 0;
	struct arena a;
	struct buf out = {0};
	while (args->len && kind < N_KINDS && strcmp(args->ptr[0], kinds[kind]) != 0)
		kind++;
	if (kind == N_KINDS || args->len > 1)
		return cli_error(cli,
				 "there is rules, man-rules, man-settings, bash, zsh and fish; one "
				 "at a time");
	arena_init(&a);
	struct cards cards = cards_load(&a);
	write_kind(kind, &cards, cli->lang, &out);
	fwrite(out.ptr, 1, out.len, cli->out);
	buf_release(&out);
	arena_release(&a);
	return EXIT_CLEAN;
}

const struct command command_docs = {
    .name = "docs",
    .args = "[WHAT]",
    .summary = "Print the rules as Markdown, a manual page or a shell's completions.",
    .run = run,
};
