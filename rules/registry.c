#include "rules/registry.h"

const struct rule_check rules_all[] = {
#define CHECK(name) {#name, check_##name},
#include "rules/registry.inc"
#undef CHECK
};
const size_t n_rules_all = sizeof rules_all / sizeof rules_all[0];
