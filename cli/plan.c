#include "cli/analyse.h"

/* A plan is an answer, no judgement: it ends with 0 unless there was trouble. A
 * question (--what-if) is judged like check. */
static int run(struct cli *cli)
{
	if (cli->settings->what_if.len)
		return cli_analyse(cli, VIEW_CHECK);
	int status = cli_analyse(cli, VIEW_PLAN);
	return status == EXIT_FINDINGS ? EXIT_CLEAN : status;
}

static const struct option_table *const tables[] = {&plan_options, &limit_options, &output_options, &analysis_options};

const struct command command_plan = {
    .name = "plan",
    .args = "[CONFIG...]",
    .summary = "Say how many processes each app should run, in which mode, and why.",
    .tables = tables,
    .n_tables = 4,
    .run = run,
};
