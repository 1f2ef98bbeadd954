#include "analyzers/javascript/ast.h"

#include <stdlib.h>
#include <tree_sitter/api.h>
#include "analyzers/javascript/cst.h"
#include "analyzers/javascript/lower.h"
#include "base/err.h"

const TSLanguage *tree_sitter_javascript(void);
const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);

struct cst_name {
	const char *name;
	uint8_t kind, op;
};

static const struct cst_name named[] = {
#define X(id, name) {name, C_##id, 0},
    CST_NAMED(X)
#undef X
	{"public_field_definition", C_FIELD, 0},
    {"ERROR", C_ERROR, 0},
};

static const struct cst_name tokens[] = {
#define X(id, text, op) {text, C_##id, JS_OP_##op},
    CST_TOKENS(X)
#undef X
};

static const char *const field_names[F_N_FIELDS] = {
#define X(id, name) [F_##id] = name,
    CST_FIELDS(X)
#undef X
};

enum { DROPPED = 255, COMMENT = 254 };

/* What the numbers of one grammar mean to us. */
struct grammar {
	struct cst_name *symbols; /* [n_symbols] */
	uint32_t n_symbols;
	uint8_t *fields; /* [n_fields + 1] enum cst_field */
};

static const TSLanguage *language_of(enum js_language language)
{
	switch (language) {
	case JS_LANG_TS:
		return tree_sitter_typescript();
	case JS_LANG_TSX:
		return tree_sitter_tsx();
	default:
		return tree_sitter_javascript();
	}
}

static struct cst_name meaning(const struct map *names, const struct map *texts, const char *name,
			       TSSymbolType type)
{
	if (type == TSSymbolTypeAuxiliary)
		return (struct cst_name){name, DROPPED, 0};
	if (type == TSSymbolTypeAnonymous) {
		uint32_t i = map_get(texts, str_from(name));
		return i == MAP_NONE ? (struct cst_name){name, DROPPED, 0} : tokens[i];
	}
	if (strcmp(name, "comment") == 0 || strcmp(name, "html_comment") == 0)
		return (struct cst_name){name, COMMENT, 0};
	if (strcmp(name, "hash_bang_line") == 0)
		return (struct cst_name){name, DROPPED, 0};
	uint32_t i = map_get(names, str_from(name));
	return i == MAP_NONE ? (struct cst_name){name, C_OTHER, 0} : named[i];
}

static void grammar_init(struct grammar *g, const TSLanguage *language)
{
	struct map names = {0}, texts = {0};
	for (uint32_t i = 0; i < sizeof named / sizeof *named; i++)
		map_put(&names, str_from(named[i].name), i);
	for (uint32_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		map_put(&texts, str_from(tokens[i].name), i);
	g->n_symbols = ts_language_symbol_count(language);
	g->symbols = xcalloc(g->n_symbols, sizeof *g->symbols);
	for (uint32_t i = 0; i < g->n_symbols; i++)
		g->symbols[i] =
		    meaning(&names, &texts, ts_language_symbol_name(language, (TSSymbol)i),
			    ts_language_symbol_type(language, (TSSymbol)i));
	g->fields = xcalloc(ts_language_field_count(language) + 1, 1);
	for (uint8_t i = 1; i < F_N_FIELDS; i++)
		g->fields[ts_language_field_id_for_name(language, field_names[i],
							(uint32_t)strlen(field_names[i]))] = i;
	g->fields[0] = F_NONE; /* where names went that the grammar does not have */
	map_release(&names);
	map_release(&texts);
}

static void grammar_release(struct grammar *g)
{
	free(g->symbols);
	free(g->fields);
}

/* ---- the tree as an array ---- */

struct flatten {
	struct lower *l;
	const struct grammar *grammar;
	VEC(struct cst_node) nodes;
	struct {
		uint32_t *ptr; /* node, or NOT_KEPT */
		size_t len, cap;
	} open;
	uint32_t muted;	 /* open nodes whose children say nothing */
	uint32_t errors; /* open error nodes */
};

enum { NOT_KEPT = UINT32_MAX };

static struct cst_name meaning_of(const struct flatten *x, TSNode node)
{
	if (ts_node_is_error(node))
		return (struct cst_name){"ERROR", C_ERROR, 0};
	TSSymbol symbol = ts_node_symbol(node);
	if (symbol >= x->grammar->n_symbols)
		return (struct cst_name){"", DROPPED, 0};
	return x->grammar->symbols[symbol];
}

/* "export type *" is understood, the grammar is only older than it */
static bool is_known_gap(const struct flatten *x, struct span span)
{
	uint32_t parent = x->open.len ? x->open.ptr[x->open.len - 1] : NOT_KEPT;
	struct str text = {x->l->text + span.start, span.end - span.start};
	return parent != NOT_KEPT && x->nodes.ptr[parent].kind == C_EXPORT_STMT &&
	       str_eq(text, STR("type"));
}

/* A line that begins with "[" or "(" after a declaration without value: the language ends the
 * declaration there, the parser only by way of a missing semicolon. */
static bool is_line_end(const struct flatten *x, uint32_t at)
{
	struct str text = x->l->f->source->text;
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at < text.len && (text.ptr[at] == '\n' || text.ptr[at] == '\r');
}

static void note_trouble(struct flatten *x, TSNode node, uint8_t kind)
{
	struct span span = {ts_node_start_byte(node), ts_node_end_byte(node)};
	bool missing = ts_node_is_missing(node);
	if (missing && strcmp(ts_node_type(node), ";") == 0 && is_line_end(x, span.start))
		return;
	if (missing)
		vec_push(&x->l->troubles,
			 (struct js_trouble){
			     span, arena_printf(x->l->arena, "missing '%s'", ts_node_type(node))});
	else if (kind == C_ERROR && x->errors == 0 && !is_known_gap(x, span))
		vec_push(&x->l->troubles, (struct js_trouble){span, "syntax error"});
}

static bool has_inner_words(uint8_t kind)
{
	return kind != C_OTHER && kind != C_STRING && kind != C_REGEX && kind != C_INTERFACE &&
	       kind != C_TYPE_ALIAS;
}

/* Keeps the cursor's node where it matters; returns its number for the stack of open nodes. */
static uint32_t keep(struct flatten *x, TSTreeCursor *cursor, uint8_t *kind)
{
	TSNode node = ts_tree_cursor_current_node(cursor);
	struct cst_name m = meaning_of(x, node);
	uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
	*kind = m.kind;
	if (m.kind == C_ERROR || ts_node_is_missing(node))
		note_trouble(x, node, m.kind);
	if (m.kind == COMMENT)
		vec_push(&x->l->comments, (struct js_comment){{start, end}});
	if (m.kind == DROPPED || m.kind == COMMENT || x->muted)
		return NOT_KEPT;
	if (ts_node_is_missing(node)) {
		if (!ts_node_is_named(node))
			return NOT_KEPT;
		m.kind = C_MISSING;
	}
	TSFieldId field = ts_tree_cursor_current_field_id(cursor);
	vec_push(&x->nodes, (struct cst_node){.kind = m.kind,
					      .field = x->grammar->fields[field],
					      .op = m.op,
					      .start = start,
					      .end = end});
	return (uint32_t)x->nodes.len - 1;
}

static void leave(struct flatten *x)
{
	uint32_t n = x->open.ptr[--x->open.len];
	if (x->muted)
		x->muted--;
	if (n == NOT_KEPT)
		return;
	x->nodes.ptr[n].next = (uint32_t)x->nodes.len;
	if (x->nodes.ptr[n].kind == C_ERROR)
		x->errors--;
}

static void enter(struct flatten *x, uint32_t n, uint8_t kind)
{
	if (x->muted || n == NOT_KEPT || !has_inner_words(kind))
		x->muted++;
	if (n != NOT_KEPT && kind == C_ERROR)
		x->errors++;
	vec_push(&x->open, n);
}

static void flatten(struct flatten *x, TSTree *tree)
{
	TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
	bool down = true;
	do {
		if (down) {
			uint8_t kind;
			uint32_t n = keep(x, &cursor, &kind);
			enter(x, n, kind);
			if (ts_tree_cursor_goto_first_child(&cursor))
				continue;
		}
		leave(x);
		down = ts_tree_cursor_goto_next_sibling(&cursor);
		if (!down && !ts_tree_cursor_goto_parent(&cursor))
			break;
	} while (true);
	ts_tree_cursor_delete(&cursor);
}

/* The parser made no tree, or one whose root is an error: the program is that error. */
static void wrap_root(struct flatten *x, struct str text)
{
	if (x->nodes.len == 0) {
		vec_push(&x->nodes, (struct cst_node){
					.kind = C_PROGRAM, .end = (uint32_t)text.len, .next = 1});
		vec_push(&x->l->troubles,
			 (struct js_trouble){{0, (uint32_t)text.len}, "syntax error"});
	}
	x->nodes.ptr[0].kind = C_PROGRAM;
	x->nodes.ptr[0].start = 0;
	x->nodes.ptr[0].end = (uint32_t)text.len;
}

static void parse_into(struct flatten *x, struct str text, enum js_language language)
{
	const TSLanguage *ts = language_of(language);
	struct grammar grammar;
	grammar_init(&grammar, ts);
	x->grammar = &grammar;
	TSParser *parser = ts_parser_new();
	TSTree *tree = NULL;
	if (ts_parser_set_language(parser, ts))
		tree = ts_parser_parse_string(parser, NULL, text.ptr ? text.ptr : "",
					      (uint32_t)text.len);
	if (tree)
		flatten(x, tree);
	wrap_root(x, text);
	if (tree)
		ts_tree_delete(tree);
	ts_parser_delete(parser);
	grammar_release(&grammar);
}

/* ---- js_file ---- */

static void *settle(struct arena *a, const void *ptr, size_t size, size_t n)
{
	void *copy = arena_alloc_array(a, size, n ? n : 1);
	if (n)
		memcpy(copy, ptr, size * n);
	return copy;
}
#define SETTLE(a, vec) settle((a), (vec).ptr, sizeof *(vec).ptr, (vec).len)

/* room for the lists of references, which scope.c adds: at most one entry for each identifier */
static void settle_lists(struct lower *l)
{
	size_t n = l->lists.len;
	for (size_t i = 0; i < l->nodes.len; i++)
		n += l->nodes.ptr[i].kind == JS_IDENT;
	l->f->lists = arena_array(l->arena, uint32_t, n ? n : 1);
	if (l->lists.len)
		memcpy(l->f->lists, l->lists.ptr, l->lists.len * sizeof *l->lists.ptr);
	l->f->n_lists = (uint32_t)l->lists.len;
}

static void finish(struct lower *l)
{
	struct js_file *f = l->f;
	f->nodes = SETTLE(l->arena, l->nodes);
	f->n_nodes = (uint32_t)l->nodes.len;
	settle_lists(l);
	f->functions = SETTLE(l->arena, l->functions);
	f->n_functions = (uint32_t)l->functions.len;
	f->troubles = SETTLE(l->arena, l->troubles);
	f->n_troubles = (uint32_t)l->troubles.len;
	f->comments = SETTLE(l->arena, l->comments);
	f->n_comments = (uint32_t)l->comments.len;
	vec_release(&l->nodes);
	vec_release(&l->lists);
	vec_release(&l->stack);
	vec_release(&l->functions);
	vec_release(&l->troubles);
	vec_release(&l->comments);
	buf_release(&l->buf);
}

static int by_place(const void *x, const void *y)
{
	const struct js_trouble *a = x, *b = y;
	return a->span.start < b->span.start ? -1 : a->span.start > b->span.start;
}

struct js_file *js_parse(struct arena *a, const struct source *source, enum js_language language)
{
	struct js_file *f = arena_new(a, struct js_file);
	f->source = source;
	f->language = language;
	atoms_init(&f->atoms, a);
	struct lower l = {.arena = a, .f = f, .text = source->text.ptr ? source->text.ptr : ""};
	struct flatten x = {.l = &l};
	parse_into(&x, source->text, language);
	l.cst = x.nodes.ptr;
	lower_program(&l);
	if (l.troubles.len)
		qsort(l.troubles.ptr, l.troubles.len, sizeof *l.troubles.ptr, by_place);
	vec_release(&x.nodes);
	vec_release(&x.open);
	finish(&l);
	js_fill_parents(f);
	js_fill_scopes(a, f);
	atoms_settle(&f->atoms); /* a file that a config requires has nobody to release it */
	return f;
}

void js_file_release(struct js_file *f)
{
	if (f)
		atoms_release(&f->atoms);
}

enum js_language js_language_of(struct str path)
{
	if (str_ends(path, STR(".ts")) || str_ends(path, STR(".mts")) ||
	    str_ends(path, STR(".cts")))
		return JS_LANG_TS;
	return str_ends(path, STR(".tsx")) ? JS_LANG_TSX : JS_LANG_JS;
}
