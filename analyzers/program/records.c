#include "analyzers/program/records.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/records_private.h"

static void look_at_held(struct search *s)
{
	const struct held *h = s->held;
	for (size_t i = 0; i < h->n; i++) {
		const struct held_name *name = &h->names[i];
		for (uint32_t k = 0; k < name->b->n_refs; k++) {
			js_node ref = s->js->lists[name->b->refs + k];
			if (start_of(s->js, ref) < js_at(s->js, h->call->node)->span.end)
				continue;
			record_look_at_change(s, name, ref);
			record_look_at_state(s, name, ref);
			record_look_at_computed(s, name, ref);
			record_look_at_guard(s, name, ref);
			record_look_at_count(s, name, ref);
			if (!h->counts)
				record_look_at_insert(s, name, ref);
		}
	}
	if (h->n == 0 && h->direct) {
		record_look_at_count(s, NULL, h->call->node);
		record_look_at_insert(s, NULL, h->direct);
		record_look_at_computed(s, NULL, h->direct);
	}
	record_look_at_claim(s);
}

/* card.balance -= sum; card.save(), with a card that is handed in: whoever read it, it was before
 */
static void look_at_parameter(struct search *s, const struct js_binding *b)
{
	const struct js_file *js = s->js;
	struct store_call handed = {PROG_NONE, b->decl, start_of(js, b->decl), 0, PROG_NONE};
	struct held held = {.file = s->file, .call = &handed, .read = PROG_NONE, .n = 1};
	held.names[0] = (struct held_name){.b = b, .field = STR("")};
	s->held = &held;
	s->home = b->fn;
	for (uint32_t k = 0; k < b->n_refs; k++) {
		js_node ref = js->lists[b->refs + k], m = js_at(js, ref)->parent,
			up = js_at(js, m)->parent;
		bool changes = js_kind(js, up) == JS_UPDATE ||
			       (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == m);
		if (js_kind(js, m) != JS_MEMBER || js_at(js, m)->a != ref || !changes)
			continue;
		size_t before = s->out->len;
		record_look_at_change(s, &held.names[0], ref);
		if (s->out->len > before && s->out->ptr[before].change != RECORD_COMPUTED)
			s->out->len = before;
	}
}

static void look_at_parameters(struct search *s)
{
	for (uint32_t i = 0; i < s->js->n_bindings; i++)
		if (s->js->bindings[i].kind == JSB_PARAM && !s->js->bindings[i].pattern &&
		    s->js->bindings[i].n_refs > 1)
			look_at_parameter(s, &s->js->bindings[i]);
}

/* a state that is checked matters when something is done that must not be done twice */
static bool is_idle_state(const struct record_flow *f)
{
	return f->change == RECORD_STATE && !f->moves_value && !f->transition &&
	       !(f->effects & (EFFECT_PAYMENT | EFFECT_MAIL | EFFECT_HTTP_SEND | EFFECT_QUEUE_ADD |
			       EFFECT_DB_WRITE));
}

static void finish(struct program *p, flow_list *list)
{
	/* a number that is changed behind a check of a state, and the state: one section, one
	 * remedy */
	for (size_t i = 0; i < list->len; i++)
		for (size_t k = 0; k < list->len && list->ptr[i].change == RECORD_STATE; k++) {
			struct record_flow *o = &list->ptr[k];
			if (o->change != RECORD_COMPUTED || o->file != list->ptr[i].file ||
			    o->fn != list->ptr[i].fn || o->decide < list->ptr[i].decide)
				continue;
			o->gate = list->ptr[i].decide;
			list->ptr[i].joined = true;
		}
	struct record_flow *copy = arena_array(priv(p)->arena, struct record_flow, list->len);
	size_t n = 0;
	for (size_t i = 0; i < list->len; i++)
		if (!is_idle_state(&list->ptr[i]) && !list->ptr[i].joined)
			copy[n++] = list->ptr[i];
	priv(p)->flows = copy;
	priv(p)->n_flows = n;
}

void link_records(struct program *p)
{
	struct stores stores;
	struct uniques uniques;
	flow_list list = {0};
	stores_init(&stores, p);
	uniques_init(&uniques, p);
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct file_stores *f = &stores.files[file];
		for (size_t i = 0; i < f->n; i++) {
			struct held held;
			if (f->ptr[i].read == PROG_NONE)
				continue;
			held_find(&held, &stores, file, &f->ptr[i]);
			struct search s = {p,
					   &stores,
					   &uniques,
					   file,
					   prog_js(p, file),
					   &held,
					   store_read_model(p, &f->ptr[i]),
					   js_at(prog_js(p, file), f->ptr[i].node)->fn,
					   &list};
			look_at_held(&s);
		}
		struct search s = {p,	 &stores, &uniques, file, prog_js(p, file),
				   NULL, STR(""), 0,	    &list};
		look_at_parameters(&s);
	}
	finish(p, &list);
	vec_release(&list);
	uniques_release(&uniques);
	stores_release(&stores);
}

struct record_flows prog_record_flows(const struct program *p)
{
	return (struct record_flows){priv(p)->flows, priv(p)->n_flows};
}
