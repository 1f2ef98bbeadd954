#ifndef RULES_CARD_H
#define RULES_CARD_H
/* A rule's card: all that is said about it, in English and Chinese, read from
 * rules/<family>/<rule>.yaml, which is embedded in the binary. */
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"

enum family {
	FAMILY_MEMORY_STATE, FAMILY_SCHEDULE, FAMILY_LOCAL_FILE, FAMILY_SOCKET, FAMILY_RACE,
	FAMILY_EXCLUSIVE, FAMILY_STARTUP, FAMILY_NATIVE, FAMILY_CONFIG,
	FAMILY_TOOL, /* about the run itself: bad suppressions, unreadable files */
	N_FAMILIES
};
enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
enum consequence { CONSEQUENCE_NONE, CONSEQUENCE_WARN, CONSEQUENCE_FORK_RECOMMENDED, CONSEQUENCE_FORK_ONLY };
enum lang { LANG_EN, LANG_ZH };

struct card_text {
	const char *in[2]; /* by enum lang */
};

struct card {
	struct str id;
	enum family family;
	enum severity severity;
	enum consequence consequence;
	struct card_text title, rationale, scenario;
	const struct card_text *remedies;
	size_t n_remedies;
	const char *bad, *good;     /* examples that the tests execute */
	const char *example_file;   /* the file they stand for */
	const char *message_zh;     /* translation of a finding's message, {1} {2} ... are its args; or NULL */
};

struct catalogue;

struct cards {
	const struct card *ptr; /* sorted by id */
	size_t len;
	const struct catalogue *catalogue; /* of packages: rules/catalogue.h */
};

/* all embedded cards; a card that cannot be read is a bug of ours */
struct cards cards_load(struct arena *a);
const struct card *cards_find(const struct cards *c, struct str id); /* or NULL */
/* the text with every {symbol} replaced */
const char *card_fill(struct arena *a, const char *text, struct str symbol);
const char *family_name(enum family f);     /* "memory-state" */
const char *severity_name(enum severity s);
const char *confidence_name(enum confidence c);

#endif
