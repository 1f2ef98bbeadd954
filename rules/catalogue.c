#include "rules/catalogue.h"

#include <stdlib.h>
#include <yaml.h>
#include "base/vec.h"
#include "rules/embedded.h"

/* The words of a card's messages, shared by the rows that name the card. */
struct words {
	struct str card;
	const char *message[2];
	const char *strength;
};

typedef VEC(struct cat_row) row_vec;

struct reader {
	struct arena *arena;
	const char *path;
	yaml_document_t *doc;
	struct err err; /* the first trouble */
	VEC(struct words) words;
	row_vec *rows;
};

static const char *const severities[] = {"low", "medium", "high"};
static const char *const confidences[] = {"possible", "likely", "certain"};
static const char *const consequences[] = {"none", "warn", "fork-recommended", "fork-only"};
static const char *const whens[] = {"any", "start", "serve"};
static const char *const effects[] = {"any", "shared", "callback"};

static void trouble(struct reader *r, const yaml_node_t *n, const char *what, const char *detail)
{
	if (!r->err.text)
		r->err.text = arena_printf(r->arena, "%s:%zu: %s%s%s", r->path, n ? n->start_mark.line + 1 : 1, what,
					   detail ? " " : "", detail ? detail : "");
}

static const yaml_node_t *get(const struct reader *r, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *k = yaml_document_get_node(r->doc, p->key);
		if (k->type == YAML_SCALAR_NODE && strcmp((const char *)k->data.scalar.value, key) == 0)
			return yaml_document_get_node(r->doc, p->value);
	}
	return NULL;
}

static struct str scalar(struct reader *r, const yaml_node_t *n)
{
	if (!n || n->type != YAML_SCALAR_NODE)
		return (struct str){NULL, 0};
	return arena_str(r->arena, (struct str){(const char *)n->data.scalar.value, n->data.scalar.length});
}

static struct str text(struct reader *r, const yaml_node_t *map, const char *key)
{
	return scalar(r, get(r, map, key));
}

/* a list of scalars, or one scalar alone */
static const struct str *list(struct reader *r, const yaml_node_t *n, size_t *len)
{
	*len = 0;
	if (!n)
		return NULL;
	if (n->type == YAML_SCALAR_NODE) {
		struct str *one = arena_array(r->arena, struct str, 1);
		*one = scalar(r, n);
		*len = 1;
		return one;
	}
	if (n->type != YAML_SEQUENCE_NODE) {
		trouble(r, n, "a word or a list of words is wanted here", NULL);
		return NULL;
	}
	size_t max = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	struct str *out = arena_array(r->arena, struct str, max + 1);
	for (size_t i = 0; i < max; i++) {
		const yaml_node_t *item = yaml_document_get_node(r->doc, n->data.sequence.items.start[i]);
		out[*len] = scalar(r, item);
		if (out[*len].ptr)
			(*len)++;
		else
			trouble(r, item, "a word is wanted here", NULL);
	}
	return out;
}

static int word(struct reader *r, const yaml_node_t *map, const char *key, const char *const *names, size_t n,
		int otherwise)
{
	const yaml_node_t *node = get(r, map, key);
	struct str s = scalar(r, node);
	if (!node)
		return otherwise;
	for (size_t i = 0; i < n; i++)
		if (s.ptr && str_is(s, names[i]))
			return (int)i;
	trouble(r, node, "no such word for", key);
	return otherwise;
}

#define WORD(r, map, key, names, otherwise) word(r, map, key, names, sizeof(names) / sizeof(*(names)), otherwise)

static void both(struct reader *r, const yaml_node_t *map, const char *out[2])
{
	struct str en = text(r, map, "en"), zh = text(r, map, "zh");
	out[LANG_EN] = en.ptr;
	out[LANG_ZH] = zh.ptr;
	if (map && !en.ptr)
		trouble(r, map, "no text 'en'", NULL);
}

/* "package:Name.forRoot", "Name#launch", "@Name", "plugin default" */
static struct cat_use read_use(struct str s)
{
	struct cat_use use = {.kind = USE_CALL};
	if (str_starts(s, STR("plugin "))) {
		use.kind = USE_PLUGIN;
		s = str_trim(str_sub(s, 7, s.len));
	} else if (str_starts(s, STR("@")) && str_find(s, STR(":")) == (size_t)-1 && str_find(s, STR("/")) == (size_t)-1) {
		use.kind = USE_DECORATOR;
		s = str_sub(s, 1, s.len);
	}
	size_t colon = str_find(s, STR(":"));
	if (colon != (size_t)-1) {
		use.module = str_sub(s, 0, colon);
		s = str_sub(s, colon + 1, s.len);
	}
	size_t hash = str_find(s, STR("#"));
	if (hash != (size_t)-1) {
		use.kind = USE_MEMBER;
		use.member = str_sub(s, hash + 1, s.len);
		s = str_sub(s, 0, hash);
	}
	use.path = s;
	return use;
}

static const struct cat_use *uses(struct reader *r, const yaml_node_t *n, size_t *len)
{
	const struct str *texts = list(r, n, len);
	struct cat_use *out = arena_array(r->arena, struct cat_use, *len + 1);
	for (size_t i = 0; i < *len; i++)
		out[i] = read_use(texts[i]);
	return out;
}

static const struct cat_option *conditions(struct reader *r, const yaml_node_t *map, size_t *len)
{
	*len = 0;
	if (!map)
		return NULL;
	if (map->type != YAML_MAPPING_NODE) {
		trouble(r, map, "option names with their values are wanted here", NULL);
		return NULL;
	}
	size_t n = (size_t)(map->data.mapping.pairs.top - map->data.mapping.pairs.start);
	struct cat_option *out = arena_array(r->arena, struct cat_option, n + 1);
	for (size_t i = 0; i < n; i++) {
		const yaml_node_pair_t *p = &map->data.mapping.pairs.start[i];
		out[i].name = scalar(r, yaml_document_get_node(r->doc, p->key));
		out[i].values = list(r, yaml_document_get_node(r->doc, p->value), &out[i].n_values);
	}
	*len = n;
	return out;
}

static void take_words(struct reader *r, struct cat_row *row)
{
	for (size_t i = 0; i < r->words.len; i++) {
		const struct words *w = &r->words.ptr[i];
		if (!str_is(w->card, row->card))
			continue;
		for (int lang = 0; lang < 2; lang++)
			if (!row->message[lang])
				row->message[lang] = w->message[lang];
		if (!row->strength)
			row->strength = w->strength;
	}
}

static const struct card_text *read_remedy(struct reader *r, const yaml_node_t *n)
{
	if (!n)
		return NULL;
	struct card_text *t = arena_new(r->arena, struct card_text);
	both(r, n, t->in);
	return t;
}

static int read_options_index(struct reader *r, const yaml_node_t *map)
{
	const yaml_node_t *n = get(r, map, "options");
	struct str s = scalar(r, n);
	if (!n)
		return 0;
	if (s.ptr && str_is(s, "none"))
		return -2;
	if (s.ptr && str_is(s, "last"))
		return -1;
	if (s.len == 1 && s.ptr[0] >= '0' && s.ptr[0] <= '9')
		return s.ptr[0] - '0';
	trouble(r, n, "options: is the number of an argument, 'last' or 'none'", NULL);
	return 0;
}

static void check_keys(struct reader *r, const yaml_node_t *map)
{
	static const char *const known[] = {"name", "package", "use", "options", "absent", "memory", "present", "unless",
					    "when", "effects", "raise", "spare", "elsewhere", "card", "severity", "confidence", "consequence",
					    "replicas", "fallback", "message", "strength", "remedy"};
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *k = yaml_document_get_node(r->doc, p->key);
		bool found = false;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			found |= k->type == YAML_SCALAR_NODE && strcmp((const char *)k->data.scalar.value, known[i]) == 0;
		if (!found)
			trouble(r, k, "a row has no such key", k->type == YAML_SCALAR_NODE ? (const char *)k->data.scalar.value : NULL);
	}
}

static void read_raise(struct reader *r, const yaml_node_t *n, struct cat_row *row)
{
	row->raise = uses(r, get(r, n, "use"), &row->n_raise);
	row->raised = (enum severity)WORD(r, n, "severity", severities, SEVERITY_MEDIUM);
	both(r, get(r, n, "message"), row->raised_message);
}

static void read_row(struct reader *r, const yaml_node_t *map)
{
	struct cat_row row = {0};
	if (map->type != YAML_MAPPING_NODE) {
		trouble(r, map, "a row is wanted here", NULL);
		return;
	}
	check_keys(r, map);
	row.packages = list(r, get(r, map, "package"), &row.n_packages);
	row.uses = uses(r, get(r, map, "use"), &row.n_uses);
	row.options = read_options_index(r, map);
	row.absent = list(r, get(r, map, "absent"), &row.n_absent);
	row.memory = list(r, get(r, map, "memory"), &row.n_memory);
	row.present = conditions(r, get(r, map, "present"), &row.n_present);
	row.unless = conditions(r, get(r, map, "unless"), &row.n_unless);
	row.when = (enum cat_when)WORD(r, map, "when", whens, WHEN_ANY);
	row.effects = (enum cat_effects)WORD(r, map, "effects", effects, EFFECTS_ANY);
	row.spare = list(r, get(r, map, "spare"), &row.n_spare);
	row.elsewhere = uses(r, get(r, get(r, map, "elsewhere"), "use"), &row.n_elsewhere);
	row.elsewhere_option = text(r, get(r, map, "elsewhere"), "option");
	if (get(r, map, "raise"))
		read_raise(r, get(r, map, "raise"), &row);
	row.card = text(r, map, "card").ptr;
	row.severity = (enum severity)WORD(r, map, "severity", severities, SEVERITY_MEDIUM);
	row.confidence = (enum confidence)WORD(r, map, "confidence", confidences, CONFIDENCE_LIKELY);
	row.consequence = WORD(r, map, "consequence", consequences, -1);
	row.fallback = text(r, map, "fallback").ptr && str_is(text(r, map, "fallback"), "true");
	row.replicas = text(r, map, "replicas").ptr && str_is(text(r, map, "replicas"), "true");
	both(r, get(r, map, "message"), row.message);
	row.strength = text(r, map, "strength").ptr;
	row.remedy = read_remedy(r, get(r, map, "remedy"));
	row.name = text(r, map, "name");
	if (!row.n_packages || !row.n_uses || !(row.card || row.strength)) {
		trouble(r, map, "a row needs 'package', 'use', and 'card' or 'strength'", NULL);
		return;
	}
	if (!row.name.ptr)
		row.name = row.packages[0];
	if (row.card)
		take_words(r, &row);
	if (row.card && !row.message[LANG_EN])
		trouble(r, map, "neither the row nor its card has a message", NULL);
	vec_push(r->rows, row);
}

static void read_words(struct reader *r, const yaml_node_t *map)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *value = yaml_document_get_node(r->doc, p->value);
		struct words w = {.card = scalar(r, yaml_document_get_node(r->doc, p->key))};
		both(r, value, w.message);
		w.strength = text(r, value, "strength").ptr;
		if (w.card.ptr)
			vec_push(&r->words, w);
	}
}

static struct err read_text(struct arena *a, const char *path, struct str content, row_vec *rows)
{
	struct reader r = {.arena = a, .path = path, .rows = rows};
	yaml_parser_t parser;
	yaml_document_t doc;
	if (!yaml_parser_initialize(&parser))
		BUG("libyaml cannot be initialised");
	yaml_parser_set_input_string(&parser, (const unsigned char *)content.ptr, content.len);
	if (!yaml_parser_load(&parser, &doc)) {
		r.err.text = arena_printf(a, "%s:%zu: %s", path, parser.problem_mark.line + 1, parser.problem);
		yaml_parser_delete(&parser);
		return r.err;
	}
	r.doc = &doc;
	const yaml_node_t *root = yaml_document_get_root_node(&doc);
	const yaml_node_t *all = get(&r, root, "rows");
	read_words(&r, get(&r, root, "cards"));
	if (!all || all->type != YAML_SEQUENCE_NODE)
		trouble(&r, root, "no list 'rows'", NULL);
	else
		for (yaml_node_item_t *i = all->data.sequence.items.start; i < all->data.sequence.items.top; i++)
			read_row(&r, yaml_document_get_node(&doc, *i));
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	vec_release(&r.words);
	return r.err;
}

static int by_package(const void *pa, const void *pb)
{
	const struct cat_link *a = pa, *b = pb;
	int c = str_cmp(a->package, b->package);
	return c ? c : a->row < b->row ? -1 : a->row > b->row;
}

static void index_rows(struct arena *a, struct catalogue *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += c->rows[i].n_packages;
	struct cat_link *links = arena_array(a, struct cat_link, n + 1);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->rows[i].n_packages; k++)
			links[c->n_links++] = (struct cat_link){c->rows[i].packages[k], (uint32_t)i};
	qsort(links, c->n_links, sizeof *links, by_package);
	c->links = links;
}

struct err catalogue_load(struct arena *a, const struct cat_text *more, size_t n_more, struct catalogue *out)
{
	row_vec rows = {0};
	struct err err = {0};
	for (size_t i = 0; i < n_embedded_files && !err.text; i++) {
		const struct embedded_file *file = &embedded_files[i];
		if (str_starts(str_from(file->path), STR("rules/catalogue/")))
			err = read_text(a, file->path, (struct str){file->text, file->len}, &rows);
	}
	for (size_t i = 0; i < n_more && !err.text; i++)
		err = read_text(a, more[i].path, more[i].text, &rows);
	struct cat_row *all = arena_array(a, struct cat_row, rows.len + 1);
	if (rows.len)
		memcpy(all, rows.ptr, rows.len * sizeof *all);
	*out = (struct catalogue){.rows = all, .n = rows.len};
	vec_release(&rows);
	index_rows(a, out);
	return err;
}

static size_t lower_bound(const struct catalogue *c, struct str package)
{
	size_t lo = 0, hi = c->n_links;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (str_cmp(c->links[mid].package, package) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t rows_of(const struct catalogue *c, struct str package, size_t *first)
{
	size_t n = 0;
	*first = lower_bound(c, package);
	while (*first + n < c->n_links && str_eq(c->links[*first + n].package, package))
		n++;
	return n;
}

size_t catalogue_rows_of(const struct catalogue *c, struct str module, size_t *first)
{
	char star[128];
	size_t n = rows_of(c, module, first);
	while (!n) {
		size_t slash = str_rfind_char(module, '/');
		if (slash == (size_t)-1 || slash + 2 > sizeof star)
			return 0;
		module = str_sub(module, 0, slash);
		memcpy(star, module.ptr, module.len);
		memcpy(star + module.len, "/*", 2);
		n = rows_of(c, (struct str){star, module.len + 2}, first);
	}
	return n;
}
