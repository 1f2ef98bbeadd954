#include "analyzers/program/records_private.h"

#include "analyzers/program/private.h"

/* Locks, transactions and catches around a read and a write. */

bool record_name_has(struct str name, const char *list)
{
	char low[64];
	size_t len = name.len < sizeof low ? name.len : sizeof low;
	for (size_t i = 0; i < len; i++)
		low[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32)
								  : name.ptr[i];
	while (*list) {
		size_t n = strcspn(list, "|");
		if (str_find((struct str){low, len}, (struct str){list, n}) != (size_t)-1)
			return true;
		list += n + (list[n] == '|');
	}
	return false;
}

static bool text_locks(struct str text)
{
	static const char *const marks[] = {
	    "pessimistic_write", "PESSIMISTIC_WRITE", "FOR UPDATE",	  "for update",
	    "forUpdate(",	 ".for('update')",    ".for(\"update\")", "LOCK.UPDATE",
	    "lock: true",	 "skipLocked",	      "Serializable",	  "SERIALIZABLE"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(text, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

js_node record_lock(const struct search *s, js_node read, js_node write)
{
	const struct file_stores *f = &s->stores->files[s->file];
	if (text_locks(js_text(s->js, read)) ||
	    (s->held->read != PROG_NONE &&
	     text_locks(js_text(prog_js(s->p, s->p->calls[s->held->read].file),
				s->p->calls[s->held->read].node))))
		return read;
	for (size_t i = 0; i < f->n && f->ptr[i].start < start_of(s->js, write); i++)
		if ((f->ptr[i].effects & EFFECT_LOCK) && f->ptr[i].node != read &&
		    (in_function(s->js, f->ptr[i].node, s->home) ||
		     prog_is_inside(s->js, write, f->ptr[i].node)))
			return f->ptr[i].node;
	/* transaction(async tx => .., { isolationLevel: 'Serializable' }) */
	for (js_node n = write; n; n = js_at(s->js, n)->parent)
		if (js_kind(s->js, n) == JS_CALL &&
		    record_name_has(store_method(s->js, n), "transaction") &&
		    (str_find(js_text(s->js, n), STR("Serializable")) != (size_t)-1 ||
		     str_find(js_text(s->js, n), STR("SERIALIZABLE")) != (size_t)-1))
			return n;
	return 0;
}

bool record_in_mongo_transaction(const struct search *s, js_node read, js_node write)
{
	struct str r = js_text(s->js, js_at(s->js, read)->parent), w = js_text(s->js, write);
	for (js_node n = read; js_kind(s->js, n) == JS_CALL || js_kind(s->js, n) == JS_MEMBER;
	     n = js_at(s->js, n)->parent)
		r = js_text(s->js, n);
	return str_find(r, STR("ession")) != (size_t)-1 && str_find(w, STR("ession")) != (size_t)-1;
}

bool record_handles_error(const struct js_file *js, js_node n)
{
	static const char *const marks[] = {
	    "23505",  "11000",	   "P2002",    "ER_DUP_ENTRY", "UniqueConstraint",
	    "unique", "duplicate", "Duplicate"};
	for (; n; n = js_at(js, n)->parent) {
		struct str text = js_kind(js, n) == JS_TRY && js_at(js, n)->b
				      ? js_text(js, js_at(js, n)->b)
				      : STR("");
		for (size_t i = 0; text.len && i < sizeof marks / sizeof *marks; i++)
			if (str_find(text, str_from(marks[i])) != (size_t)-1)
				return true;
	}
	return false;
}

/* in a try with a catch, or with .catch() behind it */
static bool is_caught(const struct js_file *js, js_node n)
{
	for (; n; n = js_at(js, n)->parent) {
		if (js_kind(js, n) == JS_TRY && js_at(js, n)->b)
			return true;
		if (js_kind(js, n) == JS_CALL && str_is(store_method(js, n), "catch"))
			return true;
	}
	return false;
}

/* or every call of the function does */
bool record_is_caught(const struct program *p, prog_id file, js_node n)
{
	prog_id fn = prog_fn_of(p, file, n);
	size_t calls = 0;
	if (is_caught(prog_js(p, file), n))
		return true;
	for (size_t i = 0; i < p->fns[fn].n_callers; i++) {
		const struct prog_fn *from = &p->fns[p->fns[fn].callers[i]];
		for (size_t k = 0; k < from->n_calls; k++) {
			const struct prog_call *c = &p->calls[from->calls[k]];
			if (c->target != fn)
				continue;
			if (!is_caught(prog_js(p, c->file), c->node))
				return false;
			calls++;
		}
	}
	return calls > 0;
}
