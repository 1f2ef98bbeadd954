#ifndef CLI_DOCS_H
#define CLI_DOCS_H
/* Documents that mirror tables: pages of rules from the cards, the settings'
 * manual from its keys, completions from the option tables. */
#include "base/buf.h"
#include "cli/cli.h"

void docs_markdown(const struct cards *cards, enum lang lang, struct buf *out);
void docs_man_rules(const struct cards *cards, struct buf *out);
void docs_man_settings(struct buf *out);
void docs_bash(const struct cards *cards, struct buf *out);
void docs_zsh(const struct cards *cards, struct buf *out);
void docs_fish(const struct cards *cards, struct buf *out);

#endif
