#ifndef PLANNER_EDIT_INTERNAL_H
#define PLANNER_EDIT_INTERNAL_H
/* Shared by edit.c (what to change, and the proof) and edit_text.c (how it is written). */
#include "base/vec.h"
#include "planner/edit.h"

typedef VEC(struct eco_edit) edit_list;

struct wish {              /* one property of one app */
	const char *key;   /* "exec_mode" or "instances" */
	const char *aliases[2]; /* other spellings that PM2 takes */
	struct str text;   /* the value without quotes */
	bool quoted;       /* a string */
	bool whole;        /* replace all of the value, not one branch of it */
};

/* Adds the edits that give the app object `raw` this property; NULL, or why it cannot be done.
 * value: what the property is now in this scenario, NULL where it is absent. */
const char *edit_property(struct arena *a, const struct eco_config *config, const struct value *raw,
			  const struct wish *w, edit_list *edits);
/* inserts several properties at once into the object literal or mapping */
const char *edit_insert(struct arena *a, const struct eco_config *config, const struct value *raw,
			const struct wish *w, size_t n, edit_list *edits);
/* the property under its own name or an alias, or NULL */
const struct val_prop *edit_find(const struct value *raw, const struct wish *w);

#endif
