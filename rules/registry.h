#ifndef RULES_REGISTRY_H
#define RULES_REGISTRY_H
/* All check functions. A rule names its function check_<name> in
 * rules/<family>/<rule>.c and adds one line to rules/registry.inc. */
#include "rules/hazard.h"

#define CHECK(name) check_fn check_##name;
#include "rules/registry.inc"
#undef CHECK

struct rule_check {
	const char *name;
	check_fn *run;
};
extern const struct rule_check rules_all[];
extern const size_t n_rules_all;

#endif
