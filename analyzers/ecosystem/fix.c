#include "analyzers/ecosystem/internal.h"

static const struct eco_fix *one_edit(struct finding_vec *f, struct span span, const char *text, bool safe)
{
	struct eco_edit *edit = arena_new(f->arena, struct eco_edit);
	struct eco_fix *fix = arena_new(f->arena, struct eco_fix);
	*edit = (struct eco_edit){f->file->source, span, str_from(text)};
	*fix = (struct eco_fix){safe, edit, 1};
	return fix;
}

/* a literal that other places refer to as well is not theirs to change */
const struct eco_fix *fix_replace(struct finding_vec *f, const struct value *literal, const char *text, bool safe)
{
	const struct origin *o = literal ? literal->origin : NULL;
	if (!o || o->kind != ORIGIN_LITERAL || o->at.source != f->file->source || o->at.span.start == o->at.span.end)
		return NULL;
	return one_edit(f, o->at.span, text, safe && !o->via);
}

const struct eco_fix *fix_key(struct finding_vec *f, const struct val_prop *prop, const char *name, bool safe)
{
	if (prop->key_at.source != f->file->source || prop->from_spread)
		return NULL;
	struct str old = str_sub(f->file->source->text, prop->key_at.span.start, prop->key_at.span.end);
	/* "key", 'key' or key: the quotes stay; shorthand and computed keys are left alone */
	if (old.len >= 2 && (old.ptr[0] == '"' || old.ptr[0] == '\'')) {
		struct span inside = {prop->key_at.span.start + 1, prop->key_at.span.end - 1};
		return str_eq(str_sub(old, 1, old.len - 1), prop->key) ? one_edit(f, inside, name, safe) : NULL;
	}
	bool shorthand = prop->at.span.end == prop->key_at.span.end;
	return str_eq(old, prop->key) && !shorthand ? one_edit(f, prop->key_at.span, name, safe) : NULL;
}

const struct eco_fix *fix_insert(struct finding_vec *f, uint32_t byte, const char *text, bool safe)
{
	return one_edit(f, (struct span){byte, byte}, text, safe);
}

const char *quote_like(struct finding_vec *f, const struct value *like, const char *text)
{
	char quote = f->file->format == ECO_JSON ? '"' : f->file->format == ECO_YAML ? 0 : '\'';
	if (like && like->origin && like->origin->at.source == f->file->source) {
		char first = f->file->source->text.ptr[like->origin->at.span.start];
		if (first == '"' || first == '\'')
			quote = first;
	}
	return quote ? arena_printf(f->arena, "%c%s%c", quote, text, quote) : text;
}

struct place at_key(const struct val_prop *prop)
{
	return !prop ? (struct place){0} : prop->key_at.source ? prop->key_at : prop->at;
}

struct place at_value(const struct app_detail *d, enum schema_id key)
{
	const struct val_prop *p = d->v.from[key];
	if (!p)
		return (struct place){0};
	struct place at = written_place(p->value);
	return at.source ? at : p->at;
}

const char *text_c(struct finding_vec *f, struct str s)
{
	return s.ptr ? arena_cstr(f->arena, s) : "?";
}
