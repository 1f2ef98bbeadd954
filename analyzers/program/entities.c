#include "analyzers/program/resolve_private.h"

/* Entities are kept once and named by number: a node's answer is four bytes. */

struct entity entity_none(void)
{
	struct entity e;
	memset(&e, 0, sizeof e);
	e.module = e.path = e.members = e.type_arg = STR("");
	e.file = e.fn = e.cell = e.type_file = PROG_NONE;
	return e;
}

bool entity_same(const struct entity *a, const struct entity *b)
{
	return a->kind == b->kind && a->file == b->file && a->node == b->node && a->fn == b->fn &&
	       a->cell == b->cell && a->index == b->index && a->type_file == b->type_file &&
	       a->type_node == b->type_node && str_eq(a->module, b->module) &&
	       str_eq(a->path, b->path) && str_eq(a->members, b->members) &&
	       str_eq(a->type_arg, b->type_arg);
}

static uint64_t hash_entity(const struct entity *e)
{
	uint64_t h = (uint64_t)e->kind * 31 + e->file;
	h = h * 1000003 + e->node;
	h = h * 1000003 + e->fn;
	h = h * 1000003 + e->cell + e->index;
	h = h * 1000003 + str_hash(e->path);
	h = h * 1000003 + str_hash(e->module) + str_hash(e->members);
	return h ^ (h >> 29);
}

static void grow_slots(struct prog_private *pr)
{
	size_t cap = pr->cap_entities ? pr->cap_entities * 2 : 1024;
	uint32_t *slots = xcalloc(cap, sizeof *slots);
	for (size_t i = 0; i < pr->entities.len; i++) {
		size_t k = hash_entity(&pr->entities.ptr[i]) & (cap - 1);
		while (slots[k])
			k = (k + 1) & (cap - 1);
		slots[k] = (uint32_t)i + 1;
	}
	vec_free_(pr->entity_slots);
	pr->entity_slots = slots;
	pr->cap_entities = cap;
}

uint32_t entity_keep(struct prog_private *pr, const struct entity *e)
{
	if (pr->entities.len * 2 >= pr->cap_entities)
		grow_slots(pr);
	size_t k = hash_entity(e) & (pr->cap_entities - 1);
	while (pr->entity_slots[k]) {
		uint32_t i = pr->entity_slots[k] - 1;
		if (entity_same(&pr->entities.ptr[i], e))
			return i;
		k = (k + 1) & (pr->cap_entities - 1);
	}
	vec_push(&pr->entities, *e);
	pr->entity_slots[k] = (uint32_t)pr->entities.len;
	return (uint32_t)pr->entities.len - 1;
}

void entities_forget(struct program *p)
{
	for (prog_id i = 0; i < p->n_files; i++)
		memset(priv(p)->files[i].entity, 0, prog_js(p, i)->n_nodes * sizeof(uint32_t));
}

struct str entity_last(const struct entity *e)
{
	struct str s = e->kind == ENT_PACKAGE || e->kind == ENT_GLOBAL ? e->path : e->members;
	if (e->kind == ENT_GLOBAL && !s.len)
		s = e->module;
	size_t dot = str_rfind_char(s, '.');
	return dot == (size_t)-1 ? s : str_sub(s, dot + 1, s.len);
}

bool entity_is(const struct entity *e, const char *module, const char *path)
{
	if (e->kind != ENT_PACKAGE && e->kind != ENT_PACKAGE_INSTANCE)
		return false;
	return str_is(e->module, module) && (!path || str_is(e->path, path));
}

struct entity entity_make(enum ent_kind kind)
{
	struct entity e = entity_none();
	e.kind = kind;
	return e;
}

struct entity entity_value(prog_id file, js_node n)
{
	struct entity e = entity_make(ENT_VALUE);
	e.file = file;
	e.node = n;
	return e;
}

struct entity entity_function(const struct program *p, prog_id file, js_node n)
{
	struct entity e = entity_make(ENT_FUNCTION);
	e.file = file;
	e.node = n;
	e.fn = fn_id(p, file, js_at(prog_js(p, file), n)->fn);
	return e;
}

struct entity entity_class(prog_id file, js_node n)
{
	struct entity e = entity_make(ENT_CLASS);
	e.file = file;
	e.node = n;
	return e;
}

struct entity entity_instance(prog_id file, js_node n)
{
	struct entity e = entity_class(file, n);
	e.kind = ENT_INSTANCE;
	return e;
}

struct entity entity_of_cell(prog_id cell)
{
	struct entity e = entity_make(ENT_CELL);
	e.cell = cell;
	return e;
}

bool entity_is_known(const struct entity *e)
{
	return e->kind != ENT_UNKNOWN && e->kind != ENT_VALUE;
}

struct str entity_dotted(const struct program *p, struct str path, struct str name)
{
	if (path.len + name.len > MAX_ENTITY_PATH)
		return path;
	return path.len ? prog_internf(p, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(name))
			: prog_intern(p, name);
}
