#include "cli/project_reader.h"

#include <stdlib.h>
#include <string.h>
#include "cli/session.h"

/* ---- rules ---- */

/* a rule or a family; false after having told */
static bool is_rule(struct reader *r, const yaml_node_t *n, const char *name)
{
	const struct cards *cards = &r->s->cards;
	VEC(const char *) words = {0};
	bool known = cards_find(cards, str_from(name)) != NULL;
	for (enum family f = 0; f < N_FAMILIES && !known; f++) {
		vec_push(&words, family_name(f));
		known = strcmp(name, family_name(f)) == 0;
	}
	for (size_t i = 0; i < cards->len && !known; i++)
		vec_push(&words, cards->ptr[i].id.ptr);
	if (!known)
		reader_unknown(r, n, "rule or family", name, words.ptr, words.len);
	vec_release(&words);
	return known;
}

static const char *const rule_levels[] = {
    [RULE_OFF - 1] = "off",
    [RULE_NOTE - 1] = "note",
    [RULE_WARNING - 1] = "warning",
    [RULE_ERROR - 1] = "error",
};

const char *rule_level_name(enum rule_level level)
{
	return level == RULE_AS_IS ? "as-is" : rule_levels[level - 1];
}

static void rule_level(struct reader *r, const yaml_node_t *n)
{
	int level = reader_choice(r, n, rule_levels, 4, "level");
	r->rules.ptr[r->rules.len - 1].level = (enum rule_level)(level + 1);
}

static void rule_fails(struct reader *r, const yaml_node_t *n)
{
	r->rules.ptr[r->rules.len - 1].tolerated = !reader_bool(r, n);
}

static void read_rule(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	static const struct key keys[] = {{"level", rule_level}, {"fails", rule_fails}};
	const char *name = reader_text(r, k);
	(void)arg;
	if (!is_rule(r, k, name))
		return;
	vec_push(&r->rules, (struct rule_policy){.name = str_from(name)});
	if (v->type == YAML_SCALAR_NODE)
		rule_level(r, v);
	else
		READ_KEYS(r, v, keys);
}

static void key_rules(struct reader *r, const yaml_node_t *n)
{
	if (n->type == YAML_SEQUENCE_NODE) {
		reader_wrong(r, n, "rules or families with their levels belong here; files with rows belong below "
			    "'catalogue'");
		return;
	}
	reader_each_pair(r, n, read_rule, NULL);
}

static void key_select(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE) {
		reader_wrong(r, n, "a list of rules or families belongs here");
		return;
	}
	vec_clear(&r->select); /* an inner file selects anew */
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *name = reader_need_text(r, reader_node(r, *i));
		if (name && is_rule(r, reader_node(r, *i), name))
			vec_push(&r->select, str_from(name));
	}
}

static void key_ignore(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE) {
		reader_wrong(r, n, "a list of rules or families belongs here");
		return;
	}
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *name = reader_need_text(r, reader_node(r, *i));
		if (name && is_rule(r, reader_node(r, *i), name))
			vec_push(&r->ignore, str_from(name));
	}
}

/* ---- apps ---- */

static struct app_policy *last_app(struct reader *r)
{
	return &r->apps.ptr[r->apps.len - 1];
}

static void app_pin(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	if (!s || !*s || !strcmp(s, "true") || !strcmp(s, "false"))
		reader_wrong(r, n, "the reason why this app must stay alone belongs here");
	last_app(r)->pin = s;
}

static void app_rss(struct reader *r, const yaml_node_t *n)
{
	last_app(r)->rss = reader_size(r, n);
}

static void app_weight(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	char *end = NULL;
	double x = s ? strtod(s, &end) : 0;
	if (!s || *end || !(x > 0 && x <= 100))
		reader_wrong(r, n, "a number above 0 and up to 100 belongs here");
	last_app(r)->weight = x;
}

static void app_pool(struct reader *r, const yaml_node_t *n)
{
	last_app(r)->pool = reader_number(r, n);
}

/* what an outer file says of the same app stays where this one is silent */
static void inherit(struct reader *r, const char *name)
{
	struct app_policy fresh = {0};
	for (size_t i = 0; i < r->apps.len; i++)
		if (str_is(r->apps.ptr[i].name, name))
			fresh = r->apps.ptr[i];
	fresh.name = str_from(name);
	vec_push(&r->apps, fresh);
}

static void read_app(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	static const struct key keys[] = {
	    {"pin", app_pin}, {"rss", app_rss}, {"weight", app_weight}, {"pool", app_pool}};
	(void)arg;
	inherit(r, reader_text(r, k));
	READ_KEYS(r, v, keys);
}

static void key_apps(struct reader *r, const yaml_node_t *n)
{
	reader_each_pair(r, n, read_app, NULL);
}

/* ---- targets ---- */

static struct named_target *last_target(struct reader *r)
{
	return &r->targets.ptr[r->targets.len - 1];
}

static void target_kind(struct reader *r, const yaml_node_t *n)
{
	static const char *const kinds[] = {"pm2", "replicas"};
	last_target(r)->replicas = reader_choice(r, n, kinds, 2, "kind") == 1;
}

static void target_cpus(struct reader *r, const yaml_node_t *n)
{
	last_target(r)->cpus = reader_number(r, n);
}

static void target_memory(struct reader *r, const yaml_node_t *n)
{
	last_target(r)->memory = reader_size(r, n);
}

static void read_target(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	static const struct key keys[] = {
	    {"kind", target_kind}, {"cpus", target_cpus}, {"memory", target_memory}};
	(void)arg;
	vec_push(&r->targets, (struct named_target){.name = str_from(reader_text(r, k))});
	READ_KEYS(r, v, keys);
}

static void key_targets(struct reader *r, const yaml_node_t *n)
{
	reader_each_pair(r, n, read_target, NULL);
}

static void key_target(struct reader *r, const yaml_node_t *n)
{
	r->out->target = reader_need_text(r, n);
}

/* ---- the rest ---- */

static void key_root(struct reader *r, const yaml_node_t *n)
{
	r->is_root = reader_bool(r, n);
}

static void key_fail_on(struct reader *r, const yaml_node_t *n)
{
	static const char *const levels[] = {"error", "warning", "note", "never"};
	r->out->policy.fail_on = FAIL_ON_ERROR + reader_choice(r, n, levels, 4, "level");
}

static void key_no_inline(struct reader *r, const yaml_node_t *n)
{
	r->out->no_inline = reader_bool(r, n);
}

static void key_max_connections(struct reader *r, const yaml_node_t *n)
{
	r->out->policy.max_connections = reader_number(r, n);
}

/* a path beside the file that names it, NULL after having told */
static const char *read_path(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_need_text(r, n);
	const char *slash = strrchr(r->path, '/');
	if (s && *s != '/' && slash)
		s = arena_printf(&r->s->arena, "%.*s/%s", (int)(slash - r->path), r->path, s);
	return s;
}

static void key_baseline(struct reader *r, const yaml_node_t *n)
{
	const char *s = read_path(r, n);
	if (s)
		r->out->baseline = s;
}

static void key_catalogue(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE) {
		reader_wrong(r, n, "a list of files belongs here");
		return;
	}
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *s = read_path(r, reader_node(r, *i));
		if (s)
			vec_push(&r->rows, (struct row_file){s, r->shown});
	}
}

static const struct key top_keys[] = {
    {"root", key_root},
    {"fail-on", key_fail_on},
    {"select", key_select},
    {"ignore", key_ignore},
    {"rules", key_rules},
    {"apps", key_apps},
    {"target", key_target},
    {"targets", key_targets},
    {"max-connections", key_max_connections},
    {"baseline", key_baseline},
    {"catalogue", key_catalogue},
    {"no-inline", key_no_inline},
};

const struct project_key project_keys[] = {
    {"root", "true", "do not look for settings in the folders above"},
    {"fail-on", "LEVEL", "error, warning, note or never: from which level on a run fails"},
    {"select", "[NAME...]", "tell of these rules and families alone; verdicts look at all of them"},
    {"ignore", "[NAME...]", "do not tell of these rules and families; verdicts look at them"},
    {"rules", "{NAME: LEVEL}",
     "off, note, warning or error for a rule or family, or {level: LEVEL, fails: false}; what is "
     "off is an accepted risk"},
    {"apps", "{NAME: {...}}",
     "pin: REASON (stays one process), rss: SIZE (of one process), weight: NUMBER (times the "
     "instances of the policy), pool: N (database connections of one process)"},
    {"target", "NAME", "the machine that is planned for: pm2, replicas or one of targets"},
    {"targets", "{NAME: {...}}", "machines by name: kind: pm2 or replicas, cpus: N, memory: SIZE"},
    {"max-connections", "N", "what the database allows; needs pool of the apps"},
    {"baseline", "FILE", "known findings, as with --baseline"},
    {"catalogue", "[FILE...]",
     "rows for packages that clusterlint does not know, as with --rules; relative to the settings"},
    {"no-inline", "true", "ignore comments that accept findings"},
};
const size_t n_project_keys = sizeof project_keys / sizeof *project_keys;

void project_keys_read(struct reader *r, const yaml_node_t *top)
{
	READ_KEYS(r, top, top_keys);
}
