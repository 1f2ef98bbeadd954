#include "cli/project_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>
#include "cli/session.h"

static const char file_name[] = ".clusterlint.yml";

struct reader {
	struct session *s;
	struct cli *cli;
	const char *path; /* absolute */
	const char *shown;
	yaml_document_t doc;
	bool bad, is_root;
	struct project_file *out;
	VEC(struct rule_policy) rules;
	VEC(struct app_policy) apps;
	VEC(struct str) select, ignore;
	VEC(struct named_target) targets;
	VEC(struct row_file) rows;
	VEC(const char *) files;
};

/* what one file says, per key */
typedef void read_fn(struct reader *r, const yaml_node_t *n);
struct key {
	const char *name;
	read_fn *read;
};

/* ---- telling ---- */

static void wrong(struct reader *r, const yaml_node_t *n, const char *what)
{
	cli_error(r->cli, "%s:%zu:%zu: %s", r->shown, n->start_mark.line + 1,
		  n->start_mark.column + 1, what);
	r->bad = true;
}

static void unknown(struct reader *r, const yaml_node_t *n, const char *what, const char *word,
		    const char *const *words, size_t n_words)
{
	const char *near = nearest_word(word, words, n_words);
	wrong(r, n, near ? arena_printf(&r->s->arena, "there is no %s '%s'; did you mean '%s'?", what, word, near)
			 : arena_printf(&r->s->arena, "there is no %s '%s'", what, word));
}

/* ---- values ---- */

static const yaml_node_t *node(struct reader *r, int id)
{
	return yaml_document_get_node(&r->doc, id);
}

static const char *text_of(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SCALAR_NODE)
		return NULL;
	return arena_cstr(&r->s->arena,
			  (struct str){(const char *)n->data.scalar.value, n->data.scalar.length});
}

static const char *need_text(struct reader *r, const yaml_node_t *n)
{
	const char *s = text_of(r, n);
	if (!s || !*s) {
		wrong(r, n, "a text belongs here");
		return NULL;
	}
	return s;
}

static bool read_bool(struct reader *r, const yaml_node_t *n)
{
	const char *s = text_of(r, n);
	if (s && (strcmp(s, "true") == 0 || strcmp(s, "false") == 0))
		return *s == 't';
	wrong(r, n, "true or false belongs here");
	return false;
}

static uint32_t read_number(struct reader *r, const yaml_node_t *n)
{
	const char *s = text_of(r, n);
	char *end = NULL;
	unsigned long x = s ? strtoul(s, &end, 10) : 0;
	if (!s || *s < '0' || *s > '9' || *end || x < 1 || x > 1000000) {
		wrong(r, n, "a number from 1 to 1000000 belongs here");
		return 0;
	}
	return (uint32_t)x;
}

static uint64_t read_size(struct reader *r, const yaml_node_t *n)
{
	const char *s = text_of(r, n);
	uint64_t x = 0;
	if (!s || !parse_size(s, &x))
		wrong(r, n, "a size like 512M or 16G belongs here");
	return x;
}

/* index of the word, or -1 after having told */
static int read_choice(struct reader *r, const yaml_node_t *n, const char *const *words,
		       size_t n_words, const char *what)
{
	const char *s = text_of(r, n);
	for (size_t i = 0; s && i < n_words; i++)
		if (strcmp(words[i], s) == 0)
			return (int)i;
	if (s)
		unknown(r, n, what, s, words, n_words);
	else
		wrong(r, n, arena_printf(&r->s->arena, "a %s belongs here", what));
	return -1;
}

static void each_pair(struct reader *r, const yaml_node_t *n,
		      void (*read)(struct reader *r, const yaml_node_t *key,
				   const yaml_node_t *value, void *arg),
		      void *arg)
{
	if (n->type != YAML_MAPPING_NODE) {
		wrong(r, n, "keys with values belong here");
		return;
	}
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		if (text_of(r, node(r, p->key)))
			read(r, node(r, p->key), node(r, p->value), arg);
		else
			wrong(r, node(r, p->key), "a key is a text");
}

/* a fixed set of keys; arg of readers is not needed: they write to r->out */
struct keys {
	const struct key *ptr;
	size_t len;
};

static void read_key(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	const struct keys *keys = arg;
	const char *name = text_of(r, k);
	VEC(const char *) words = {0};
	const struct key *found = NULL;
	for (size_t i = 0; i < keys->len; i++) {
		vec_push(&words, keys->ptr[i].name);
		if (strcmp(keys->ptr[i].name, name) == 0)
			found = &keys->ptr[i];
	}
	if (found)
		found->read(r, v);
	else
		unknown(r, k, "key", name, words.ptr, words.len);
	vec_release(&words);
}

static void read_keys(struct reader *r, const yaml_node_t *n, const struct key *keys, size_t len)
{
	struct keys k = {keys, len};
	each_pair(r, n, read_key, &k);
}
#define READ_KEYS(r, n, keys) read_keys(r, n, keys, sizeof(keys) / sizeof *(keys))

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
		unknown(r, n, "rule or family", name, words.ptr, words.len);
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
	int level = read_choice(r, n, rule_levels, 4, "level");
	r->rules.ptr[r->rules.len - 1].level = (enum rule_level)(level + 1);
}

static void rule_fails(struct reader *r, const yaml_node_t *n)
{
	r->rules.ptr[r->rules.len - 1].tolerated = !read_bool(r, n);
}

static void read_rule(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	static const struct key keys[] = {{"level", rule_level}, {"fails", rule_fails}};
	const char *name = text_of(r, k);
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
		wrong(r, n, "rules or families with their levels belong here; files with rows belong below "
			    "'catalogue'");
		return;
	}
	each_pair(r, n, read_rule, NULL);
}

static void key_select(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE) {
		wrong(r, n, "a list of rules or families belongs here");
		return;
	}
	vec_clear(&r->select); /* an inner file selects anew */
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *name = need_text(r, node(r, *i));
		if (name && is_rule(r, node(r, *i), name))
			vec_push(&r->select, str_from(name));
	}
}

static void key_ignore(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE) {
		wrong(r, n, "a list of rules or families belongs here");
		return;
	}
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *name = need_text(r, node(r, *i));
		if (name && is_rule(r, node(r, *i), name))
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
	const char *s = text_of(r, n);
	if (!s || !*s || !strcmp(s, "true") || !strcmp(s, "false"))
		wrong(r, n, "the reason why this app must stay alone belongs here");
	last_app(r)->pin = s;
}

static void app_rss(struct reader *r, const yaml_node_t *n)
{
	last_app(r)->rss = read_size(r, n);
}

static void app_weight(struct reader *r, const yaml_node_t *n)
{
	const char *s = text_of(r, n);
	char *end = NULL;
	double x = s ? strtod(s, &end) : 0;
	if (!s || *end || !(x > 0 && x <= 100))
		wrong(r, n, "a number above 0 and up to 100 belongs here");
	last_app(r)->weight = x;
}

static void app_pool(struct reader *r, const yaml_node_t *n)
{
	last_app(r)->pool = read_number(r, n);
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
	inherit(r, text_of(r, k));
	READ_KEYS(r, v, keys);
}

static void key_apps(struct reader *r, const yaml_node_t *n)
{
	each_pair(r, n, read_app, NULL);
}

/* ---- targets ---- */

static struct named_target *last_target(struct reader *r)
{
	return &r->targets.ptr[r->targets.len - 1];
}

static void target_kind(struct reader *r, const yaml_node_t *n)
{
	static const char *const kinds[] = {"pm2", "replicas"};
	last_target(r)->replicas = read_choice(r, n, kinds, 2, "kind") == 1;
}

static void target_cpus(struct reader *r, const yaml_node_t *n)
{
	last_target(r)->cpus = read_number(r, n);
}

static void target_memory(struct reader *r, const yaml_node_t *n)
{
	last_target(r)->memory = read_size(r, n);
}

static void read_target(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	static const struct key keys[] = {
	    {"kind", target_kind}, {"cpus", target_cpus}, {"memory", target_memory}};
	(void)arg;
	vec_push(&r->targets, (struct named_target){.name = str_from(text_of(r, k))});
	READ_KEYS(r, v, keys);
}

static void key_targets(struct reader *r, const yaml_node_t *n)
{
	each_pair(r, n, read_target, NULL);
}

static void key_target(struct reader *r, const yaml_node_t *n)
{
	r->out->target = need_text(r, n);
}

/* ---- the rest ---- */

static void key_root(struct reader *r, const yaml_node_t *n)
{
	r->is_root = read_bool(r, n);
}

static void key_fail_on(struct reader *r, const yaml_node_t *n)
{
	static const char *const levels[] = {"error", "warning", "note", "never"};
	r->out->policy.fail_on = FAIL_ON_ERROR + read_choice(r, n, levels, 4, "level");
}

static void key_no_inline(struct reader *r, const yaml_node_t *n)
{
	r->out->no_inline = read_bool(r, n);
}

static void key_max_connections(struct reader *r, const yaml_node_t *n)
{
	r->out->policy.max_connections = read_number(r, n);
}

/* a path beside the file that names it, NULL after having told */
static const char *read_path(struct reader *r, const yaml_node_t *n)
{
	const char *s = need_text(r, n);
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
		wrong(r, n, "a list of files belongs here");
		return;
	}
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++) {
		const char *s = read_path(r, node(r, *i));
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

/* ---- files ---- */

static void read_document(struct reader *r)
{
	const yaml_node_t *top = yaml_document_get_root_node(&r->doc);
	if (!top || (top->type == YAML_SCALAR_NODE && !top->data.scalar.length))
		return; /* an empty file settles nothing */
	READ_KEYS(r, top, top_keys);
}

static bool read_one(struct reader *r, const char *path)
{
	struct str text;
	yaml_parser_t parser;
	r->path = path;
	struct str below;
	r->shown = fs_join(&r->s->fs, &r->s->arena, STR(""), str_from(path), &below)
		       ? arena_cstr(&r->s->arena, below)
		       : path;
	errno = 0;
	if (!session_read_text(&r->s->arena, path, &text)) {
		cli_error(r->cli, "%s: %s", r->shown, strerror(errno));
		return false;
	}
	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
	if (yaml_parser_load(&parser, &r->doc)) {
		r->out->policy.file = r->shown;
		vec_push(&r->files, path);
		read_document(r);
		yaml_document_delete(&r->doc);
	} else {
		cli_error(r->cli, "%s:%zu:%zu: %s", r->shown, parser.problem_mark.line + 1,
			  parser.problem_mark.column + 1,
			  parser.problem ? parser.problem : "is no YAML");
		r->bad = true;
	}
	yaml_parser_delete(&parser);
	return !r->bad;
}

/* whether the file says `root: true`: it must be known before those above it are read */
static bool ends_the_search(struct reader *r, const char *path)
{
	struct project_file scratch = {0};
	struct reader probe = {.s = r->s, .cli = r->cli, .out = &scratch};
	struct str text;
	yaml_parser_t parser;
	bool root = false;
	if (!session_read_text(&r->s->arena, path, &text) || !yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
	if (yaml_parser_load(&parser, &probe.doc)) {
		const yaml_node_t *top = yaml_document_get_root_node(&probe.doc);
		for (yaml_node_pair_t *p = top && top->type == YAML_MAPPING_NODE
					       ? top->data.mapping.pairs.start
					       : NULL;
		     p && p < top->data.mapping.pairs.top; p++) {
			const char *k = text_of(&probe, node(&probe, p->key));
			const char *v = text_of(&probe, node(&probe, p->value));
			root = root || (k && v && !strcmp(k, "root") && !strcmp(v, "true"));
		}
		yaml_document_delete(&probe.doc);
	}
	yaml_parser_delete(&parser);
	return root;
}

/* innermost first */
static size_t find_files(struct reader *r, const char *dir, const char **out, size_t max)
{
	struct arena *a = &r->s->arena;
	char *at = arena_cstr(a, str_from(dir));
	size_t n = 0;
	for (;;) {
		const char *path = arena_printf(a, "%s/%s", strcmp(at, "/") ? at : "", file_name);
		if (access(path, F_OK) == 0 && n < max) {
			out[n++] = path;
			if (ends_the_search(r, path))
				break;
		}
		char *slash = strrchr(at, '/');
		if (str_is(r->s->fs.root, at) || !slash || slash == at)
			break;
		*slash = '\0';
	}
	return n;
}

#define KEEP(r, list, type, field, count)                                                          \
	do {                                                                                       \
		type *copy_ = arena_array(&(r)->s->arena, type, (r)->list.len);                    \
		for (size_t i_ = 0; i_ < (r)->list.len; i_++)                                      \
			copy_[i_] = (r)->list.ptr[i_];                                             \
		field = copy_;                                                                     \
		count = (r)->list.len;                                                             \
		vec_release(&(r)->list);                                                           \
	} while (0)

bool project_file_read(struct session *s, struct cli *cli, const char *dir,
		       struct project_file *out)
{
	enum { MOST = 64 };
	const char *paths[MOST];
	*out = (struct project_file){.policy.file = file_name};
	struct reader r = {.s = s, .cli = cli, .out = out};
	size_t n = 1;
	paths[0] = cli->settings->settings;
	if (!paths[0])
		n = find_files(&r, dir, paths, MOST);
	bool ok = true;
	while (n > 0 && ok)
		ok = read_one(&r, paths[--n]);
	KEEP(&r, rules, struct rule_policy, out->policy.rules, out->policy.n_rules);
	KEEP(&r, apps, struct app_policy, out->policy.apps, out->policy.n_apps);
	KEEP(&r, select, struct str, out->policy.select, out->policy.n_select);
	KEEP(&r, ignore, struct str, out->policy.ignore, out->policy.n_ignore);
	KEEP(&r, targets, struct named_target, out->targets, out->n_targets);
	KEEP(&r, rows, struct row_file, out->rows, out->n_rows);
	KEEP(&r, files, const char *, out->files, out->n_files);
	return ok;
}
