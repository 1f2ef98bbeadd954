/* How a property is written into a config: like its neighbours. */
#include "planner/edit_internal.h"

#include "base/buf.h"

const struct val_prop *edit_find(const struct value *raw, const struct wish *w)
{
	const struct val_prop *p = val_prop(raw->u.obj, str_from(w->key));
	for (size_t i = 0; !p && i < 2 && w->aliases[i]; i++)
		p = val_prop(raw->u.obj, str_from(w->aliases[i]));
	return p;
}

/* ---- style ---- */

struct style {
	struct str text;
	const char *eol;
	char quote;        /* of string values */
	char key_quote;    /* 0: keys stand bare */
};

static bool in_object(const struct val_prop *p, struct place object)
{
	return p->at.source && p->at.source == object.source && p->at.span.start >= object.span.start && p->at.span.end <= object.span.end && !p->from_spread;
}

static struct style style_of(const struct eco_config *config, const struct value *raw, struct place object)
{
	struct style s = {.text = object.source->text, .quote = 0};
	s.eol = str_find(s.text, STR("\r\n")) != (size_t)-1 ? "\r\n" : "\n";
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		if (!in_object(p, object))
			continue;
		char first = p->key_at.source ? s.text.ptr[p->key_at.span.start] : 0;
		if (first == '"' || first == '\'')
			s.key_quote = first;
		struct span v = p->value->origin ? p->value->origin->at.span : (struct span){0, 0};
		char q = v.end > v.start && p->value->origin->at.source == object.source ? s.text.ptr[v.start] : 0;
		if (!s.quote && p->value->kind == VAL_STRING && (q == '"' || q == '\''))
			s.quote = q;
	}
	if (!s.quote)
		s.quote = config->format == ECO_JSON || s.key_quote == '"' ? '"' : '\'';
	return s;
}

static void add_value(struct buf *b, const struct wish *w, char quote)
{
	if (w->quoted && quote)
		buf_addc(b, quote);
	buf_add(b, w->text);
	if (w->quoted && quote)
		buf_addc(b, quote);
}

static void push(edit_list *edits, const struct source *source, uint32_t start, uint32_t end, struct str text)
{
	vec_push(edits, (struct eco_edit){source, {start, end}, text});
}

static struct str take(struct arena *a, struct buf *b)
{
	struct str s = arena_str(a, buf_str(b));
	buf_release(b);
	return s;
}

/* ---- replacing ---- */

static const char *replace(struct arena *a, const struct eco_config *config, const struct value *raw, struct place at, const struct wish *w, edit_list *edits)
{
	struct buf b = {0};
	char quote = 0;
	if (config->format != ECO_YAML) {
		char old = at.source->text.ptr[at.span.start];
		quote = old == '"' || old == '\'' ? old : style_of(config, raw, raw->u.obj->at.source ? raw->u.obj->at : at).quote;
	}
	add_value(&b, w, quote);
	push(edits, at.source, at.span.start, at.span.end, take(a, &b));
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* behind blanks and comments */
static uint32_t skip_comments(struct str text, uint32_t at, uint32_t end)
{
	for (;;) {
		while (at < end && is_space(text.ptr[at]))
			at++;
		if (at + 1 >= end || text.ptr[at] != '/')
			return at;
		uint32_t i = at + 2;
		if (text.ptr[at + 1] == '/')
			while (i < end && text.ptr[i] != '\n')
				i++;
		else if (text.ptr[at + 1] == '*') {
			while (i + 1 < end && !(text.ptr[i] == '*' && text.ptr[i + 1] == '/'))
				i++;
			i += 2;
		} else
			return at;
		if (i >= end)
			return at;
		at = i;
	}
}

/* the value's own text inside "key: value" */
static struct place written_value(const struct eco_config *config, const struct val_prop *p)
{
	const struct source *s = p->at.source;
	uint32_t at = p->key_at.span.end, end = p->at.span.end;
	while (at < end && (s->text.ptr[at] == ' ' || s->text.ptr[at] == '\t' || s->text.ptr[at] == ':' || s->text.ptr[at] == ']'))
		at++;
	if (config->format != ECO_YAML)
		at = skip_comments(s->text, at, end);
	while (at < end && is_space(s->text.ptr[at]))
		at++;
	return (struct place){s, {at, end}};
}

/* ---- inserting ---- */

static const struct val_prop *last_written(const struct value *raw, struct place object)
{
	const struct val_prop *last = NULL;
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		if (in_object(p, object) && (!last || p->at.span.start > last->at.span.start))
			last = p;
	}
	return last;
}

/* end of the last thing in the literal: a spread may stand behind the last property */
static uint32_t end_of_members(const struct value *raw, struct place object, const struct val_prop *last)
{
	const struct origin *o = raw->origin;
	uint32_t end = last ? last->at.span.end : object.span.start + 1;
	if (!o || !o->file || js_kind(o->file, o->node) != JS_OBJECT || js_at(o->file, o->node)->span.start != object.span.start)
		return end;
	uint32_t n = js_at(o->file, o->node)->n_kids;
	return n ? js_at(o->file, js_kid(o->file, o->node, n - 1))->span.end : end;
}

/* start of the line that holds `at`, and its indent */
static uint32_t line_start(struct str text, uint32_t at)
{
	while (at && text.ptr[at - 1] != '\n' && text.ptr[at - 1] != '\r')
		at--;
	return at;
}

static struct str indent_at(struct str text, uint32_t at)
{
	uint32_t from = line_start(text, at), to = from;
	while (to < at && (text.ptr[to] == ' ' || text.ptr[to] == '\t'))
		to++;
	return to == at ? str_sub(text, from, to) : (struct str){0}; /* ptr NULL: something stands before it */
}

static uint32_t skip_blanks(struct str text, uint32_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

/* after a comma and a comment on the same line */
static uint32_t end_of_line_content(struct str text, uint32_t at, bool *comma)
{
	uint32_t i = skip_blanks(text, at);
	*comma = i < text.len && text.ptr[i] == ',';
	if (*comma)
		at = ++i;
	for (;;) {
		i = skip_blanks(text, i);
		if (i + 1 < text.len && text.ptr[i] == '/' && text.ptr[i + 1] == '/') {
			while (i < text.len && text.ptr[i] != '\n' && text.ptr[i] != '\r')
				i++;
			return i;
		}
		if (i + 1 < text.len && text.ptr[i] == '/' && text.ptr[i + 1] == '*') {
			uint32_t end = i + 2;
			while (end + 1 < text.len && !(text.ptr[end] == '*' && text.ptr[end + 1] == '/') && text.ptr[end] != '\n')
				end++;
			if (end + 1 < text.len && text.ptr[end] == '*') {
				at = i = end + 2;
				continue;
			}
		}
		return at;
	}
}

/* a comma on a later line belongs to the last member too */
static bool comma_follows(struct str text, uint32_t at, uint32_t end)
{
	for (uint32_t i = at; i < end; i++) {
		if (text.ptr[i] == ',')
			return true;
		if (text.ptr[i] == '/' && i + 1 < end && text.ptr[i + 1] == '/')
			while (i < end && text.ptr[i] != '\n')
				i++;
		else if (text.ptr[i] == '/' && i + 1 < end && text.ptr[i + 1] == '*')
			while (i + 1 < end && !(text.ptr[i] == '*' && text.ptr[i + 1] == '/'))
				i++;
	}
	return false;
}

static void add_members(struct buf *b, const struct style *s, const struct wish *w, size_t n, const char *between)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(b, between);
		if (s->key_quote)
			buf_addc(b, s->key_quote);
		buf_adds(b, w[i].key);
		if (s->key_quote)
			buf_addc(b, s->key_quote);
		buf_adds(b, ": ");
		add_value(b, &w[i], s->quote);
	}
}

static const char *insert_braced(struct arena *a, const struct eco_config *config, const struct value *raw, struct place object,
				 const struct wish *w, size_t n, edit_list *edits)
{
	struct style s = style_of(config, raw, object);
	const struct val_prop *last = last_written(raw, object);
	uint32_t end = end_of_members(raw, object, last), close = object.span.end - 1;
	struct str indent = last ? indent_at(s.text, last->at.span.start) : (struct str){0};
	struct buf b = {0};
	bool comma = false;
	if (!indent.ptr) { /* all on one line */
		comma = comma_follows(s.text, end, close);
		if (last || end > object.span.start + 1)
			buf_adds(&b, comma ? " " : ", ");
		else
			buf_addc(&b, ' ');
		add_members(&b, &s, w, n, ", ");
		uint32_t at = end;
		if (comma) {
			while (s.text.ptr[at] != ',')
				at++;
			at++;
		}
		push(edits, object.source, at, at, take(a, &b));
		return NULL;
	}
	uint32_t at = end_of_line_content(s.text, end, &comma);
	if (!comma && comma_follows(s.text, end, close))
		return "the comma after the last property stands on a line of its own";
	char *between = arena_printf(a, ",%s" STR_FMT, s.eol, STR_ARG(indent));
	buf_printf(&b, "%s" STR_FMT, s.eol, STR_ARG(indent));
	add_members(&b, &s, w, n, between);
	if (comma)
		buf_addc(&b, ',');
	if (!comma && at > end) {
		push(edits, object.source, end, end, STR(","));
		push(edits, object.source, at, at, take(a, &b));
	} else if (!comma) {
		struct str members = take(a, &b);
		push(edits, object.source, end, end, str_from(arena_printf(a, "," STR_FMT, STR_ARG(members))));
	} else {
		push(edits, object.source, at, at, take(a, &b));
	}
	return NULL;
}

/* a block mapping: new lines behind the line of a scalar property, as deep as its key */
static const char *insert_block(struct arena *a, const struct value *raw, struct place object, const struct wish *w, size_t n, edit_list *edits)
{
	struct str text = object.source->text;
	const char *eol = str_find(text, STR("\r\n")) != (size_t)-1 ? "\r\n" : "\n";
	const struct val_prop *after = NULL;
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		bool scalar = p->value->kind == VAL_STRING || p->value->kind == VAL_NUMBER || p->value->kind == VAL_BOOL;
		if (!scalar || !in_object(p, object))
			continue;
		bool one_line = line_start(text, p->at.span.start) == line_start(text, p->at.span.end);
		if (one_line && (!after || str_is(p->key, "script")))
			after = p;
	}
	if (!after)
		return "no property with a plain value is there to stand behind";
	uint32_t start = line_start(text, after->key_at.span.start), column = after->key_at.span.start - start;
	uint32_t at = after->at.span.end;
	while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
		at++;
	struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%*s%s: " STR_FMT, eol, (int)column, "", w[i].key, STR_ARG(w[i].text));
	push(edits, object.source, at, at, take(a, &b));
	return NULL;
}

const char *edit_insert(struct arena *a, const struct eco_config *config, const struct value *raw, const struct wish *w, size_t n,
			edit_list *edits)
{
	struct place object = raw->u.obj->at;
	if (!object.source || object.span.end <= object.span.start + 1)
		return "the app is not written as an object of its own";
	if (object.source != config->source)
		return "the app is written in another file";
	if (object.source->text.ptr[object.span.start] == '{' && object.source->text.ptr[object.span.end - 1] == '}')
		return insert_braced(a, config, raw, object, w, n, edits);
	if (config->format == ECO_YAML)
		return insert_block(a, raw, object, w, n, edits);
	return "the app is not written as an object of its own";
}

const char *edit_origin(struct arena *a, const struct eco_config *config, const struct value *raw, const struct wish *w, edit_list *edits)
{
	const struct val_prop *p = edit_find(raw, w);
	const struct origin *o = p ? p->value->origin : NULL;
	if (!o || o->kind != ORIGIN_LITERAL || o->at.source != config->source || o->at.span.end <= o->at.span.start)
		return "no literal gives its value";
	if (edit_used_elsewhere(o))
		return "the constant that gives its value is used for something else too";
	return replace(a, config, raw, o->at, w, edits);
}

const char *edit_property(struct arena *a, const struct eco_config *config, const struct value *raw, const struct wish *w, edit_list *edits)
{
	const struct val_prop *p = edit_find(raw, w);
	if (!p || p->from_spread) /* an override behind the spread */
		return edit_insert(a, config, raw, w, 1, edits);
	const struct origin *o = p->value->origin;
	if (!p->at.source || p->at.source != config->source)
		return "it is written in another file";
	/* one branch of a condition: only this scenario's literal */
	if (!w->whole && o && o->conditional && o->kind == ORIGIN_LITERAL && o->at.source == config->source && o->at.span.start >= p->at.span.start &&
	    o->at.span.end <= p->at.span.end)
		return replace(a, config, raw, o->at, w, edits);
	if (p->key_at.source && p->key_at.span.start == p->at.span.start && p->key_at.span.end == p->at.span.end) { /* shorthand */
		struct buf b = {0};
		buf_adds(&b, ": ");
		add_value(&b, w, style_of(config, raw, raw->u.obj->at).quote);
		push(edits, p->at.source, p->at.span.end, p->at.span.end, take(a, &b));
		return NULL;
	}
	return replace(a, config, raw, written_value(config, p), w, edits);
}
