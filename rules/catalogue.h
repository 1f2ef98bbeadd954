#ifndef RULES_CATALOGUE_H
#define RULES_CATALOGUE_H
/* What packages hold or do once in each process, as rows of data: which export
 * is used, which options make it a hazard or keep it in a shared store. Read
 * from rules/catalogue/ (embedded) and from a user's own YAML of the same form.
 * rules/catalogue/rows.c matches the rows against a program. All memory lives
 * in the arena that the catalogue was loaded with. */
#include "base/err.h"
#include "rules/card.h"

enum cat_use_kind {
	USE_CALL,      /* "default", "Name", "Name.forRoot": called or constructed */
	USE_MEMBER,    /* "Name#launch": called on an instance; "*#launch" of whatever class */
	USE_DECORATOR, /* "@Name" */
	USE_PLUGIN     /* "plugin default": given to register(), use() or the like; options are the next argument */
};

struct cat_use {
	enum cat_use_kind kind;
	struct str module; /* written before the use as "package:Name#x"; ptr NULL: the row's packages */
	struct str path, member;
};

/* A condition on an option. Names are dotted; "#0" is the first argument itself. */
struct cat_option {
	struct str name;
	/* the values that count, as text; "any": present and not false, null or undefined; "absent"; "sqlite*": begins
	 * with; "!x": anything known but x; "string", "object": of that type; "package:Path": made by that package, or
	 * one element of the list is */
	const struct str *values;
	size_t n_values;
};

enum cat_when { WHEN_ANY, WHEN_START, WHEN_SERVE };

/* only where the callback given (or else the function around: EFFECTS_SHARED) writes to what other processes share */
enum cat_effects { EFFECTS_ANY, EFFECTS_SHARED, EFFECTS_CALLBACK };

struct cat_row {
	struct str name;              /* for the tests: "express-session", or as written */
	const struct str *packages;   /* "drizzle-orm" followed by a slash and a star: all below it */
	size_t n_packages;
	const struct cat_use *uses;
	size_t n_uses;
	int options;                  /* index of the argument with options; -1: the last one; -2: there is none */
	const struct str *absent;     /* any of these present, and no memory implementation, mitigates */
	size_t n_absent;
	const struct str *memory;     /* implementations that live in memory all the same: "package", "package:Path" or, where it is so only
					 without that option, "package:Path!option" */
	size_t n_memory;
	const struct cat_option *present; /* each must hold */
	size_t n_present;
	const struct cat_option *unless;  /* one that holds mitigates */
	size_t n_unless;
	const struct str *spare;      /* a use under one of these option names is only a spare for a shared store */
	size_t n_spare;
	const struct cat_use *elsewhere; /* one of these calls, with this option, mitigates too */
	size_t n_elsewhere;
	struct str elsewhere_option;
	enum cat_when when;           /* phases of the function that holds the call */
	enum cat_effects effects;
	const struct cat_use *raise;  /* used at run time too: the severity below */
	size_t n_raise;
	enum severity raised;
	const char *raised_message[2]; /* by enum lang, or NULL */
	const char *card;             /* NULL: nothing is wrong with it; only the strength is said */
	enum severity severity;
	enum confidence confidence;
	int consequence;              /* enum consequence, or -1: follows from severity and card */
	bool fallback;                /* a stand-in: behind a condition it is only what is taken where nothing else is set */
	bool replicas;                /* harmless among processes of one host */
	const char *message[2];       /* {symbol}, {package}; {n} is left for the planner */
	const char *strength;         /* said where a shared store was found ({store}), or where there is no card */
	const struct card_text *remedy; /* NULL: the card's */
};

struct cat_link { /* a package of a row */
	struct str package;
	uint32_t row;
};

struct catalogue {
	const struct cat_row *rows;
	size_t n;
	const struct cat_link *links; /* sorted by package, then row */
	size_t n_links;
};

/* every row of the embedded files, then those of the user's texts; an err names file and line */
struct cat_text {
	const char *path;
	struct str text;
};
struct err catalogue_load(struct arena *a, const struct cat_text *more, size_t n_more, struct catalogue *out);
/* the same into cards->catalogue, and each row must name a card that there is; on an err the old catalogue stays */
struct err cards_add_rows(struct arena *a, struct cards *cards, const struct cat_text *more, size_t n);

/* The rows that know a package: links[*first] up to links[first + n - 1], returns n. A package with a star is found
 * for each module below it. */
size_t catalogue_rows_of(const struct catalogue *c, struct str module, size_t *first);

#endif
