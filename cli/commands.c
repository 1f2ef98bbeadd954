#include "cli/cli.h"

const struct command *const commands[] = {
    &command_check, &command_plan,    &command_fix, &command_report,   &command_baseline,
    &command_init,  &command_explain, &command_rules, &command_docs,
};
const size_t n_commands = sizeof commands / sizeof *commands;
