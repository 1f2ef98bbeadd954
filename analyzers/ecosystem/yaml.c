#include "analyzers/ecosystem/internal.h"

#include "analyzers/ecosystem/yaml_reader.h"

struct directive {
	struct str args[3];
	int n;
};

static void yaml_directive(struct yaml_reader *r, const struct directive *d, bool *seen)
{
	struct str v = d->args[0];
	size_t dot = d->n == 1 ? str_find(v, STR(".")) : 0;
	bool digits = d->n == 1 && dot != (size_t)-1 && dot > 0 && dot + 1 < v.len;
	for (size_t i = 0; digits && i < v.len; i++)
		digits = i == dot || (v.ptr[i] >= '0' && v.ptr[i] <= '9');
	if (*seen || !digits || val_parse_int(v, 10) != 1)
		yaml_fail(r, "a %YAML directive that js-yaml refuses");
	*seen = true;
}

static void tag_directive(struct yaml_reader *r, const struct directive *d)
{
	if (d->n == 2)
		yaml_declare_handle(r, d->args[0], d->args[1]);
	else
		yaml_fail(r, "a %TAG directive that js-yaml refuses");
}

static struct str word(struct yaml_reader *r)
{
	size_t from = r->at.pos;
	while (peek(r) && !is_space(peek(r)))
		r->at.pos++;
	return yaml_since(r, from);
}

static void directive(struct yaml_reader *r, bool *yaml_seen)
{
	struct directive d = {0};
	r->at.pos++;
	struct str name = word(r);
	if (!name.len)
		yaml_fail(r, "a directive without a name");
	while (peek(r)) {
		yaml_skip_white(r);
		if (peek(r) == '#')
			yaml_skip_line(r);
		if (is_eol(peek(r)))
			break;
		struct str arg = word(r);
		if (d.n < 3)
			d.args[d.n++] = arg;
	}
	if (peek(r))
		yaml_line_break(r);
	if (str_is(name, "YAML"))
		yaml_directive(r, &d, yaml_seen);
	else if (str_is(name, "TAG"))
		tag_directive(r, &d);
}

static void document(struct yaml_reader *r, struct yaml_node *n)
{
	bool directives = false, yaml_seen = false;
	vec_clear(&r->anchors);
	vec_clear(&r->handles);
	while (peek(r)) {
		yaml_skip_space(r, true);
		if (r->at.line_indent > 0 || peek(r) != '%')
			break;
		directives = true;
		directive(r, &yaml_seen);
	}
	yaml_skip_space(r, true);
	if (r->at.line_indent == 0 && peek(r) == '-' && byte_at(r, r->at.pos + 1) == '-' &&
	    byte_at(r, r->at.pos + 2) == '-') {
		r->at.pos += 3;
		yaml_skip_space(r, true);
	} else if (directives) {
		yaml_fail(r, "'---' is needed after directives");
	}
	yaml_node(r, r->at.line_indent - 1, BLOCK_OUT, false, true, n);
	yaml_skip_space(r, true);
	if (yaml_at_separator(r)) {
		if (peek(r) == '.') {
			r->at.pos += 3;
			yaml_skip_space(r, true);
		}
	} else if (r->at.pos + 1 < r->text.len) {
		yaml_fail(r, "what follows does not belong to the value before it");
	}
}

static struct str prepared(struct yaml_reader *r)
{
	struct str text = str_sub(r->source->text, r->bom, r->source->text.len);
	if (text.len == 0 || is_eol((unsigned char)text.ptr[text.len - 1]))
		return text;
	char *copy = arena_alloc(r->arena, text.len + 2);
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\n';
	return (struct str){copy, text.len + 1};
}

struct yaml_result yaml_read(struct arena *a, const struct source *source, uint32_t pm2_major)
{
	struct yaml_reader r = {.arena = a,
				.source = source,
				.old = pm2_major < 7,
				.bom = source_bom(source->text),
				.at.tab = NO_TAB};
	struct yaml_result out = {0};
	struct yaml_node n = {0};
	int documents = 0;
	r.text = prepared(&r);
	const char *nul = r.text.len ? memchr(r.text.ptr, 0, r.text.len) : NULL;
	if (nul)
		yaml_fail_at(&r, (size_t)(nul - r.text.ptr), "a NUL byte");
	for (; peek(&r) == ' '; r.at.pos++)
		r.at.line_indent++;
	for (; !r.error && r.at.pos + 1 < r.text.len; documents++) {
		size_t before = r.at.pos;
		if (documents)
			yaml_fail(&r, "a second document begins; only one is allowed");
		document(&r, &n);
		if (r.at.pos == before)
			break;
	}
	if (r.error) {
		out.error = r.error;
		out.at = yaml_origin(&r, r.error_at, r.error_at + (r.error_at < r.text.len))->at;
	} else if (!documents) {
		out.value = &value_undefined;
	} else {
		out.value = n.value ? n.value : val_new(a, VAL_NULL, yaml_origin(&r, 0, 0));
	}
	vec_release(&r.anchors);
	vec_release(&r.handles);
	return out;
}
