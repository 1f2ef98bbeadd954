#include "cli/analyse.h"

static int run(struct cli *cli)
{
	return cli_analyse(cli, VIEW_CHECK);
}

static const struct option_table *const tables[] = {&output_options, &gate_options, &analysis_options};

const struct command command_check = {
    .name = "check",
    .args = "[CONFIG...]",
    .summary = "Say what is wrong with the config and the code behind it, and prove it.",
    .tables = tables,
    .n_tables = 3,
    .run = run,
};
