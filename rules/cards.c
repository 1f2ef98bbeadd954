#include "rules/card.h"

#include <stdlib.h>
#include <yaml.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "rules/catalogue.h"
#include "rules/embedded.h"

/* A file below rules/ that is no card (the package catalogue) has no `id`. One
 * file may hold several cards as YAML documents. */
struct reader {
	struct arena *arena;
	const char *path;
	yaml_document_t *doc;
};

static const char *const family_names[N_FAMILIES] = {
    [FAMILY_MEMORY_STATE] = "memory-state",
    [FAMILY_SCHEDULE] = "schedule",
    [FAMILY_LOCAL_FILE] = "local-file",
    [FAMILY_SOCKET] = "socket",
    [FAMILY_RACE] = "race",
    [FAMILY_EXCLUSIVE] = "exclusive",
    [FAMILY_STARTUP] = "startup",
    [FAMILY_NATIVE] = "native",
    [FAMILY_CONFIG] = "config",
    [FAMILY_TOOL] = "tool",
};
static const char *const severity_names[] = {
    [SEVERITY_LOW] = "low", [SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high"};
static const char *const confidence_names[] = {[CONFIDENCE_POSSIBLE] = "possible",
					       [CONFIDENCE_LIKELY] = "likely",
					       [CONFIDENCE_CERTAIN] = "certain"};
static const char *const consequence_names[] = {[CONSEQUENCE_NONE] = "none",
						[CONSEQUENCE_WARN] = "warn",
						[CONSEQUENCE_FORK_RECOMMENDED] = "fork-recommended",
						[CONSEQUENCE_FORK_ONLY] = "fork-only"};

const char *family_name(enum family f)
{
	return family_names[f];
}

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

const char *confidence_name(enum confidence c)
{
	return confidence_names[c];
}

static const yaml_node_t *get(const struct reader *r, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		yaml_node_t *k = yaml_document_get_node(r->doc, p->key);
		if (k->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)k->data.scalar.value, key) == 0)
			return yaml_document_get_node(r->doc, p->value);
	}
	return NULL;
}

static const char *text(const struct reader *r, const yaml_node_t *map, const char *key)
{
	const yaml_node_t *n = get(r, map, key);
	if (!n || n->type != YAML_SCALAR_NODE)
		return NULL;
	return arena_cstr(r->arena,
			  (struct str){(const char *)n->data.scalar.value, n->data.scalar.length});
}

static const char *needed(const struct reader *r, const yaml_node_t *map, const char *key)
{
	const char *s = text(r, map, key);
	if (!s)
		BUG("%s: no text '%s'", r->path, key);
	return s;
}

static struct card_text both(const struct reader *r, const yaml_node_t *node, const char *what)
{
	if (!node)
		BUG("%s: no '%s'", r->path, what);
	return (struct card_text){{needed(r, node, "en"), needed(r, node, "zh")}};
}

static unsigned word(const struct reader *r, const yaml_node_t *map, const char *key,
		     const char *const *names, size_t n)
{
	const char *s = needed(r, map, key);
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], s) == 0)
			return (unsigned)i;
	BUG("%s: %s: '%s' is not known", r->path, key, s);
}

#define WORD(r, map, key, names) word(r, map, key, names, sizeof(names) / sizeof(*(names)))

static void read_remedies(const struct reader *r, const yaml_node_t *map, struct card *card)
{
	const yaml_node_t *list = get(r, map, "remedy");
	if (!list || list->type != YAML_SEQUENCE_NODE)
		BUG("%s: no list 'remedy'", r->path);
	size_t n = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
	struct card_text *out = arena_array(r->arena, struct card_text, n);
	for (size_t i = 0; i < n; i++)
		out[i] = both(r, yaml_document_get_node(r->doc, list->data.sequence.items.start[i]),
			      "remedy");
	card->remedies = out;
	card->n_remedies = n;
}

static struct card read_card(const struct reader *r, const yaml_node_t *map)
{
	struct card card = {
	    .id = str_from(needed(r, map, "id")),
	    .family = WORD(r, map, "family", family_names),
	    .severity = WORD(r, map, "severity", severity_names),
	    .consequence = WORD(r, map, "consequence", consequence_names),
	    .title = both(r, get(r, map, "title"), "title"),
	    .rationale = both(r, get(r, map, "rationale"), "rationale"),
	    .scenario = both(r, get(r, map, "scenario"), "scenario"),
	    .bad = text(r, map, "bad"),
	    .good = text(r, map, "good"),
	    .example_file = text(r, map, "example_file"),
	    .message_zh = text(r, map, "message_zh"),
	};
	read_remedies(r, map, &card);
	return card;
}

typedef VEC(struct card) card_vec;

static void read_file(struct arena *a, const struct embedded_file *file, card_vec *out)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	if (!yaml_parser_initialize(&parser))
		BUG("libyaml cannot be initialised");
	yaml_parser_set_input_string(&parser, (const unsigned char *)file->text, file->len);
	for (;;) {
		if (!yaml_parser_load(&parser, &doc))
			BUG("%s:%zu: %s", file->path, parser.problem_mark.line + 1, parser.problem);
		const yaml_node_t *root = yaml_document_get_root_node(&doc);
		if (!root)
			break;
		struct reader r = {a, file->path, &doc};
		if (get(&r, root, "id"))
			vec_push(out, read_card(&r, root));
		yaml_document_delete(&doc);
	}
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
}

/* tables of facts are long, and not worth parsing only to see that they are no cards */
static bool holds_cards(const struct embedded_file *f)
{
	struct str text = {f->text, f->len};
	return str_starts(text, STR("id:")) || str_find(text, STR("\nid:")) != (size_t)-1;
}

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct card *)a)->id, ((const struct card *)b)->id);
}

/* rows must name cards that there are */
static struct err check_rows(struct arena *a, const struct cards *cards, const struct catalogue *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->rows[i].card && !cards_find(cards, str_from(c->rows[i].card)))
			return (struct err){arena_printf(a, "the catalogue's row " STR_FMT " names no rule that there is: %s", STR_ARG(c->rows[i].name), c->rows[i].card)};
	return (struct err){NULL};
}

struct err cards_add_rows(struct arena *a, struct cards *cards, const struct cat_text *more, size_t n)
{
	struct catalogue *c = arena_new(a, struct catalogue);
	struct err err = catalogue_load(a, more, n, c);
	if (!err.text)
		err = check_rows(a, cards, c);
	if (!err.text)
		cards->catalogue = c;
	return err;
}

struct cards cards_load(struct arena *a)
{
	card_vec v = {0};
	for (size_t i = 0; i < n_embedded_files; i++)
		if (holds_cards(&embedded_files[i]))
			read_file(a, &embedded_files[i], &v);
	struct card *all = arena_array(a, struct card, v.len);
	if (v.len) {
		qsort(v.ptr, v.len, sizeof *v.ptr, by_id);
		memcpy(all, v.ptr, v.len * sizeof *all);
	}
	struct cards cards = {all, v.len, NULL};
	vec_release(&v);
	for (size_t i = 1; i < cards.len; i++)
		if (str_eq(all[i - 1].id, all[i].id))
			BUG("two rule cards are called " STR_FMT, STR_ARG(all[i].id));
	struct err err = cards_add_rows(a, &cards, NULL, 0);
	if (err.text)
		BUG("%s", err.text);
	return cards;
}

const struct card *cards_find(const struct cards *c, struct str id)
{
	size_t lo = 0, hi = c->len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = str_cmp(c->ptr[mid].id, id);
		if (order == 0)
			return &c->ptr[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const char *card_fill(struct arena *a, const char *text, struct str symbol)
{
	static const struct str hole = {"{symbol}", 8};
	struct buf b = {0};
	struct str rest = str_from(text);
	for (size_t at; (at = str_find(rest, hole)) != (size_t)-1;) {
		buf_add(&b, str_sub(rest, 0, at));
		buf_add(&b, symbol);
		rest = str_sub(rest, at + hole.len, rest.len);
	}
	buf_add(&b, rest);
	const char *out = arena_cstr(a, buf_str(&b));
	buf_release(&b);
	return out;
}
