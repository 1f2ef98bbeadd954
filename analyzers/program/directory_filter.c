#include "analyzers/program/directory_filter.h"

static struct str method_of(const struct js_file *f, js_node call)
{
	return js_kind(f, call) == JS_CALL ? js_last_name(f, js_at(f, call)->a) : STR("");
}

static bool lists_folder(struct str method)
{
	return str_is(method, "readdirSync") || str_is(method, "readdir");
}

/* readdirSync(dir).sort().filter(fn), (await readdir(dir)).filter(fn): the callback of the filter around the listing */
static js_node filter_around(const struct js_file *f, js_node listing)
{
	for (js_node n = listing, up = js_at(f, n)->parent; up; n = up, up = js_at(f, up)->parent) {
		enum js_kind k = js_kind(f, up);
		if (k == JS_CALL && js_at(f, up)->a != n)
			return 0;
		if (k == JS_CALL && str_is(method_of(f, up), "filter") && js_at(f, up)->n_kids)
			return js_kid(f, up, 0);
		if (k != JS_CALL && k != JS_MEMBER && k != JS_AWAIT)
			return 0;
	}
	return 0;
}

/* all of the parts that are joined with && must hold; others ask for what we do not look at */
static void read_condition(const struct js_file *f, js_node n, struct directory_filter *out)
{
	const struct js_node_data *d = js_at(f, n);
	if (js_kind(f, n) == JS_LOGICAL && d->op == JS_OP_AND) {
		read_condition(f, d->a, out);
		read_condition(f, d->b, out);
		return;
	}
	if (js_kind(f, n) != JS_CALL || !d->n_kids || js_kind(f, js_kid(f, n, 0)) != JS_STRING ||
	    js_kind(f, d->a) != JS_MEMBER || js_kind(f, js_at(f, d->a)->a) != JS_IDENT)
		return;
	struct str method = method_of(f, n), text = js_str(f, js_kid(f, n, 0));
	if (str_is(method, "startsWith"))
		out->starts = text;
	else if (str_is(method, "endsWith"))
		out->ends = text;
	else if (str_is(method, "includes"))
		out->holds = text;
}

struct directory_filter directory_filter_of(const struct js_file *f)
{
	struct directory_filter none = {STR(""), STR(""), STR("")}, out = none;
	bool listed = false;
	for (js_node n = 1; n < f->n_nodes; n++) {
		if (js_kind(f, n) != JS_CALL || !lists_folder(method_of(f, n)))
			continue;
		if (listed)
			return none;
		listed = true;
		js_node fn = filter_around(f, n);
		js_node body = js_kind(f, fn) == JS_FUNCTION ? js_at(f, fn)->b : 0;
		if (js_kind(f, body) == JS_BLOCK && js_at(f, body)->n_kids == 1 &&
		    js_kind(f, js_kid(f, body, 0)) == JS_RETURN)
			body = js_at(f, js_kid(f, body, 0))->a;
		if (body && js_kind(f, body) != JS_BLOCK)
			read_condition(f, body, &out);
	}
	return out;
}

bool directory_filter_takes(const struct directory_filter *filter, struct str name)
{
	/* what ends with .js in the build is written in TypeScript here */
	bool script = str_is(filter->ends, ".js") || str_is(filter->ends, ".ts");
	return str_starts(name, filter->starts) && (script || str_ends(name, filter->ends)) &&
	       (!filter->holds.len || str_find(name, filter->holds) != (size_t)-1);
}
