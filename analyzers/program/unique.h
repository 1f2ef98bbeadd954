#ifndef ANALYZERS_PROGRAM_UNIQUE_H
#define ANALYZERS_PROGRAM_UNIQUE_H
/* Which fields the project's schemas, entities and tables declare as unique:
 * Mongoose and Sequelize options and indexes, TypeORM, MikroORM and Typegoose
 * decorators, Drizzle and Knex calls, CREATE TABLE texts, Prisma schemas. A check
 * before an insert is safe when such a constraint lies within what is looked for.
 * Heap memory is released by uniques_release. */
#include "analyzers/program/program.h"
#include "base/vec.h"

enum { UNIQUE_FIELDS = 6 };

struct unique {
	struct str model; /* "" where the declaration does not tell */
	struct str fields[UNIQUE_FIELDS];
	size_t n;
	prog_id file; /* PROG_NONE: no source */
	js_node at;
};

struct uniques {
	const struct program *p;
	VEC(struct unique) list;
};

void uniques_init(struct uniques *u, const struct program *p);
void uniques_release(struct uniques *u);
/* does a constraint on the model lie within the fields that the reading call asks for? */
bool uniques_cover(const struct uniques *u, struct str model, const struct prog_call *read,
		   prog_id *file, js_node *at);
/* is the field alone unique in the model? */
bool uniques_hold(const struct uniques *u, struct str model, struct str field, prog_id *file,
		  js_node *at);

#endif
