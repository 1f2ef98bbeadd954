#ifndef PLANNER_EDIT_INTERNAL_H
#define PLANNER_EDIT_INTERNAL_H
/* Shared by edit.c (what to change, and the proof), edit_own.c (where an app's own words stand),
 * edit_uses.c (what else they mean) and edit_text.c (how they are written). */
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

/* where the words for an app are looked for, in the order in which they are tried */
enum edit_way {
	WAY_ORIGIN, /* the literal that gave the value, wherever it stands: a constant, an argument, a row of a table */
	WAY_BRANCH, /* the property, of a condition only the branch that this scenario takes */
	WAY_WHOLE,  /* the property as a whole */
	WAY_OWN,    /* the object that is the app's own, where a shared one is built around it */
	N_WAYS
};

/* Adds the edits that give the app object `raw` this property; NULL, or why it cannot be done.
 * value: what the property is now in this scenario, NULL where it is absent. */
const char *edit_property(struct arena *a, const struct eco_config *config, const struct value *raw,
			  const struct wish *w, edit_list *edits);
/* inserts several properties at once into the object literal or mapping */
const char *edit_insert(struct arena *a, const struct eco_config *config, const struct value *raw,
			const struct wish *w, size_t n, edit_list *edits);
/* replaces the literal that gave the property its value; why not, where no literal did */
const char *edit_origin(struct arena *a, const struct eco_config *config, const struct value *raw, const struct wish *w, edit_list *edits);
/* the app as if the object in which some of its properties are written were all of it: nth such object that is not
 * the app's literal itself; NULL: no more */
struct value *edit_own_object(struct arena *a, const struct eco_config *config, const struct value *raw, size_t nth);
/* the literal is a constant's, or in a constant's object, and something else than mode and number comes out of it */
bool edit_used_elsewhere(const struct origin *o);
const char *edit_mode(enum exec_mode mode);
/* why it was refused, and what to write by hand */
struct edit_refused edit_by_hand(struct arena *a, const struct config_report *report, const struct app_report *app, const char *why);
/* the property under its own name or an alias, or NULL */
const struct val_prop *edit_find(const struct value *raw, const struct wish *w);

#endif
