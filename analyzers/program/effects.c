#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/effects_table.h"
#include "analyzers/program/roots.h"

/* What a body does to the world, by what it calls; then over the call graph. */

/* the verb of an SQL text */
static uint32_t sql_effects(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	js_node n = js_kind(f, c->node) == JS_CALL && js_at(f, c->node)->n_kids ? js_kid(f, c->node, 0) : 0;
	prog_id file = c->file;
	if (js_kind(f, c->node) == JS_TAGGED)
		n = js_at(f, c->node)->b;
	if (n && js_kind(f, n) == JS_OBJECT)
		return EFFECT_DB_READ | EFFECT_DB_WRITE;
	if (n && js_kind(f, n) != JS_STRING && js_kind(f, n) != JS_TEMPLATE && js_kind(f, n) != JS_BINARY &&
	    !prog_deref(p, &file, &n))
		return EFFECT_DB_READ | EFFECT_DB_WRITE;
	f = prog_js(p, file);
	for (unsigned i = 0; n && i < 8 && js_kind(f, n) == JS_BINARY; i++)
		n = js_at(f, n)->a;
	if (n && js_kind(f, n) == JS_TEMPLATE && js_at(f, n)->n_kids)
		n = js_kid(f, n, 0);
	if (!n || js_kind(f, n) != JS_STRING)
		return EFFECT_DB_READ | EFFECT_DB_WRITE;
	struct str text = str_trim(js_str(f, n));
	char verb[8] = "";
	for (size_t i = 0; i < 6 && i < text.len; i++)
		verb[i] = (char)(text.ptr[i] & ~0x20);
	if (!strcmp(verb, "DELETE"))
		return EFFECT_DB_DELETE;
	if (!strncmp(verb, "SELECT", 6) || !strncmp(verb, "WITH", 4) || !strncmp(verb, "SHOW", 4))
		return str_find(text, STR("pg_advisory")) != (size_t)-1 || str_find(text, STR("GET_LOCK")) != (size_t)-1
			   ? EFFECT_LOCK | EFFECT_DB_READ : EFFECT_DB_READ;
	return EFFECT_DB_WRITE;
}

static enum vocabulary vocabulary_of(struct str module)
{
	for (size_t i = 0; i < n_vocabulary_packages; i++) {
		struct str name = str_from(vocabulary_packages[i].module);
		bool prefix = name.len && name.ptr[name.len - 1] == '*';
		if (prefix ? str_starts(module, str_sub(name, 0, name.len - 1)) : str_eq(module, name))
			return vocabulary_packages[i].vocabulary;
	}
	return VOC_NONE;
}

static uint32_t word_effects(enum vocabulary v, struct str name)
{
	for (size_t i = 0; v != VOC_NONE && i < n_vocabulary_words; i++) {
		const struct vocabulary_word *w = &vocabulary_words[i];
		if (w->vocabulary == v && (w->name[0] == '*' || str_is(name, w->name)))
			return w->effects;
	}
	return 0;
}

static bool has_option(const struct program *p, const struct prog_call *c, const char *text)
{
	const struct js_file *f = prog_js(p, c->file);
	for (uint32_t i = 0; js_kind(f, c->node) == JS_CALL && i < js_at(f, c->node)->n_kids; i++) {
		js_node n = js_kid(f, c->node, i);
		if (js_kind(f, n) == JS_STRING && str_is(js_str(f, n), text))
			return true;
		for (uint32_t k = 0; js_kind(f, n) == JS_OBJECT && k < js_at(f, n)->n_kids; k++)
			if (str_is(js_key(f, js_kid(f, n, k)), text))
				return true;
	}
	return false;
}

static bool is_get_request(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	if (js_kind(f, c->node) != JS_CALL)
		return false;
	for (uint32_t i = 0; i < js_at(f, c->node)->n_kids; i++) {
		prog_id file;
		js_node arg = js_kid(f, c->node, i), v;
		bool open = false;
		struct entity e = prog_resolve(p, c->file, arg);
		bool is_text = e.kind == ENT_VALUE && e.node && js_kind(prog_js(p, e.file), e.node) != JS_OBJECT;
		if (is_text || (i == 0 && js_kind(f, arg) != JS_OBJECT && e.kind != ENT_VALUE && e.kind != ENT_CELL))
			continue; /* the address */
		if (prog_option(p, c->file, arg, "method", &file, &v, &open)) {
			f = prog_js(p, file);
			return js_kind(f, v) == JS_STRING && list_has("GET|get|HEAD|head", js_str(f, v));
		}
		if (open && i > 0)
			return false; /* options that cannot be seen */
	}
	return true;
}

/* a method of an object that nobody knows may do anything; but these names are those of plain data, promises, requests
 * and responses, and mean nothing else in practice */
static bool is_harmless_name(struct str name)
{
	return list_has("map|filter|forEach|push|pop|shift|unshift|slice|splice|join|split|trim|includes|indexOf|has|get|set|toString|"
			"replace|reduce|some|every|find|findIndex|concat|keys|values|entries|sort|reverse|flat|toFixed|toLowerCase|"
			"toUpperCase|startsWith|endsWith|match|test|substring|substr|padStart|padEnd|charAt|charCodeAt|then|catch|"
			"finally|json|status|send|end|setHeader|header|next|on|once|toISOString|getTime|add|delete|clear|at|flatMap|"
			"format|toJSON|toObject|isArray|call|apply|bind|resolve|reject|log|error|warn|info|debug|type|cookie|"
			"redirect|render|parse|stringify|digest|equals|text|getHours|getDate|getMonth|getFullYear|valueOf|"
			"localeCompare|repeat|fill|sendStatus|unref|ref|exec|hasOwnProperty|subscribe|pipe|use|listen|"
			/* live connections, which belong to this process */
			"ping|pong|terminate|write|postMessage|kill|abort",
			name);
}

/* methods of query builders and models that are called nothing else: a model that comes from a container, a context or
 * another run-time place is known by them */
static uint32_t model_effects(struct str name)
{
	if (list_has("findUnique|findUniqueOrThrow|findFirst|findFirstOrThrow|findMany|findById|findByPk|findOneBy|findOneByOrFail|"
		     "findOneOrFail|countDocuments|estimatedDocumentCount|findAndCountAll|findAndCount|findAll|findOne",
		     name))
		return EFFECT_DB_READ;
	if (list_has("findOneAndUpdate|findByIdAndUpdate|findOneAndReplace|insertMany|insertOne|updateOne|updateMany|createMany|"
		     "bulkCreate|bulkWrite|upsert|findOrCreate|replaceOne",
		     name))
		return EFFECT_DB_WRITE;
	if (list_has("deleteOne|deleteMany|findOneAndDelete|findByIdAndDelete|findByIdAndRemove", name))
		return EFFECT_DB_DELETE;
	return 0;
}

/* strapi.db.query(uid).update(..), strapi.entityService.create(uid, ..), strapi.service(uid).update(..): the global of that
 * name, or what its factories hand in under it */
static uint32_t strapi_effects(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	js_node n = js_kind(f, c->node) == JS_CALL ? js_at(f, c->node)->a : 0;
	struct str last = js_kind(f, n) == JS_MEMBER ? js_str(f, n) : STR("");
	bool store = false;
	while (js_kind(f, n) == JS_MEMBER || js_kind(f, n) == JS_CALL) {
		store |= js_kind(f, n) == JS_MEMBER && list_has("query|entityService|documents|service", js_str(f, n)) &&
			 !str_eq(js_str(f, n), last);
		n = js_at(f, n)->a;
	}
	if (!store || js_kind(f, n) != JS_IDENT || !str_is(js_str(f, n), "strapi"))
		return 0;
	const struct js_binding *b = js_binding_of(f, n);
	return !b || b->kind == JSB_PARAM ? word_effects(VOC_DATABASE, last) : 0;
}

static uint32_t package_effects(const struct program *p, const struct prog_call *c)
{
	const struct entity *e = &c->callee;
	struct str last = entity_last(e);
	enum vocabulary v = vocabulary_of(e->module);
	uint32_t effects = word_effects(v, last);
	if (js_kind(prog_js(p, c->file), c->node) == JS_NEW)
		return effects & (EFFECT_SPAWN | EFFECT_LOG);
	if (str_is(e->module, "socket.io-client")) /* a message to another server */
		return list_has("emit|send|emitWithAck", last) ? EFFECT_MAIL : 0;
	/* runs the query that the call before it has made */
	if (str_is(last, "exec") && list_has("mongoose|@nestjs/mongoose|@typegoose/typegoose", e->module))
		return 0;
	if ((v == VOC_SQL || v == VOC_DATABASE) &&
	    (!last.len || list_has("query|execute|run|exec|raw|none|any|unsafe|result|default|$queryRawUnsafe|$executeRawUnsafe|"
				   "$queryRaw|$executeRaw",
				   last)))
		return sql_effects(p, c);
	/* makes an object; only save() writes it */
	if (str_is(e->module, "typeorm") && str_is(last, "create"))
		return 0;
	if (v == VOC_HTTP && (!last.len || list_has("default|request|fetch|axios|got", last)))
		return is_get_request(p, c) ? EFFECT_HTTP_GET : EFFECT_HTTP_SEND;
	if (v == VOC_REDIS && str_is(last, "set") && has_option(p, c, "NX"))
		return EFFECT_SHARED_WRITE | EFFECT_LOCK;
	return effects;
}

static uint32_t call_effects(const struct program *p, const struct prog_call *c)
{
	const struct entity *e = &c->callee;
	if (c->target != PROG_NONE || js_kind(prog_js(p, c->file), c->node) == JS_DECORATOR)
		return 0;
	switch (e->kind) {
	case ENT_PACKAGE:
	case ENT_PACKAGE_INSTANCE:
		return package_effects(p, c);
	case ENT_GLOBAL:
		if (str_is(e->module, "fetch") && !e->path.len)
			return is_get_request(p, c) ? EFFECT_HTTP_GET : EFFECT_HTTP_SEND;
		if (str_is(e->module, "strapi"))
			return strapi_effects(p, c);
		return str_is(e->module, "console") ? EFFECT_LOG : 0;
	case ENT_UNKNOWN:
	case ENT_PARAM:
	case ENT_INSTANCE:
		if (e->kind == ENT_PARAM && !e->members.len)
			return 0; /* a callback: what callers pass is in the call graph */
		if (strapi_effects(p, c))
			return strapi_effects(p, c);
		if (model_effects(entity_last(e)))
			return model_effects(entity_last(e));
		return is_harmless_name(entity_last(e)) ? 0 : EFFECT_UNKNOWN;
	case ENT_CELL: /* const task = require(process.env.TASK); task.run() */
		return !e->members.len || e->cell == PROG_NONE || p->cells[e->cell].shape != SHAPE_UNKNOWN ||
				       p->cells[e->cell].kind == CELL_CLOSURE || is_harmless_name(entity_last(e))
			   ? 0 : model_effects(entity_last(e)) ? model_effects(entity_last(e)) : EFFECT_UNKNOWN;
	case ENT_VALUE: /* what a call of a global gives */
		return strapi_effects(p, c) ? strapi_effects(p, c) : model_effects(entity_last(e));
	default:
		return 0;
	}
}

/* the text of the call's first argument, also of a constant that it names */
static struct str first_text(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	prog_id file = c->file;
	js_node n = js_kind(f, c->node) == JS_TAGGED ? js_at(f, c->node)->b
		    : js_kind(f, c->node) == JS_CALL && js_at(f, c->node)->n_kids ? js_kid(f, c->node, 0) : 0;
	enum js_kind k = js_kind(f, n);
	if (n && (k == JS_IDENT || k == JS_MEMBER) && !prog_deref(p, &file, &n))
		return STR("");
	return n ? js_text(prog_js(p, file), n) : STR("");
}

static bool has_any(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_find(text, str_from(*words)) != (size_t)-1)
			return true;
	return false;
}

/* find({ state: 'new' }) and set state in one statement: the next one does not find the row any more */
static bool changes_what_it_finds(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	js_node filter = js_kind(f, c->node) == JS_CALL && js_at(f, c->node)->n_kids > 1 ? js_kid(f, c->node, 0) : 0;
	if (js_kind(f, filter) != JS_OBJECT || !list_has("findOneAndUpdate|findAndModify", entity_last(&c->callee)))
		return false;
	js_node change = js_kid(f, c->node, 1);
	for (uint32_t i = 0; i < js_at(f, filter)->n_kids; i++) {
		struct str key = js_key(f, js_kid(f, filter, i));
		for (uint32_t k = 0; key.len && js_kind(f, change) == JS_OBJECT && k < js_at(f, change)->n_kids; k++) {
			js_node set = js_kid(f, change, k), inner = js_at(f, set)->b;
			if (str_eq(js_key(f, set), key))
				return true;
			for (uint32_t m = 0; js_kind(f, inner) == JS_OBJECT && m < js_at(f, inner)->n_kids; m++)
				if (str_eq(js_key(f, js_kid(f, inner, m)), key))
					return true;
		}
	}
	return false;
}

/* what kind of write it is: one that adds each time, or one that leaves the same rows when it is done again; a claim */
static uint32_t write_effects(const struct program *p, const struct prog_call *c)
{
	static const char *const upserts[] = {"ON CONFLICT", "on conflict", "ON DUPLICATE", "on duplicate", "REPLACE INTO", "INSERT OR REPLACE", NULL};
	static const char *const claims[] = {"SKIP LOCKED", "skip locked", NULL};
	static const char *const counts[] = {"increment", "$inc", "decrement", "+ 1", "+1", NULL};
	struct str text = first_text(p, c), whole = js_text(prog_js(p, c->file), c->node);
	if (has_any(text, claims) || changes_what_it_finds(p, c))
		return EFFECT_CLAIM | EFFECT_DB_ANEW;
	bool upsert = has_any(text, upserts) || list_has("upsert|findOrCreate|updateOrCreate|firstOrCreate|replaceOne", entity_last(&c->callee));
	return upsert && !has_any(whole, counts) ? 0 : EFFECT_DB_ANEW;
}

uint32_t prog_call_effects(const struct program *p, const struct prog_call *call)
{
	uint32_t effects = call_effects(p, call);
	return effects & EFFECT_DB_WRITE ? effects | write_effects(p, call) : effects;
}

uint32_t prog_call_reaches(const struct program *p, const struct prog_call *call)
{
	return call->target != PROG_NONE ? p->fns[call->target].effects_all : prog_call_effects(p, call);
}

static void own_effects(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (size_t i = 0; i < p->n_calls; i++)
		pr->fns[p->calls[i].fn].effects |= prog_call_effects(p, &p->calls[i]);
	for (size_t i = 0; i < p->n_cells; i++) {
		const struct prog_cell *c = &p->cells[i];
		for (size_t k = 0; k < c->n_accesses && c->life == LIFE_PROCESS; k++) {
			enum access_op op = c->accesses[k].op;
			if (op == ACCESS_ASSIGN || op == ACCESS_UPDATE || op == ACCESS_ADD || op == ACCESS_REMOVE ||
			    op == ACCESS_INNER)
				pr->fns[c->accesses[k].fn].effects |= EFFECT_LOCAL_WRITE;
		}
	}
}

void link_effects(struct program *p)
{
	struct prog_private *pr = priv(p);
	id_vec queue = {0};
	own_effects(p);
	for (prog_id i = 0; i < p->n_fns; i++) {
		pr->fns[i].effects_all = pr->fns[i].effects;
		if (pr->fns[i].effects)
			vec_push(&queue, i);
	}
	while (queue.len) {
		prog_id fn = queue.ptr[--queue.len];
		for (size_t i = 0; i < pr->fns[fn].n_callers; i++) {
			prog_id caller = pr->fns[fn].callers[i];
			uint32_t now = pr->fns[caller].effects_all | pr->fns[fn].effects_all;
			if (now == pr->fns[caller].effects_all)
				continue;
			pr->fns[caller].effects_all = now;
			vec_push(&queue, caller);
		}
	}
	vec_release(&queue);
}
