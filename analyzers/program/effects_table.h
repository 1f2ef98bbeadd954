#ifndef ANALYZERS_PROGRAM_EFFECTS_TABLE_H
#define ANALYZERS_PROGRAM_EFFECTS_TABLE_H
/* What the functions of packages do to the world, by package and by the last
 * name that is called. Only for effects.c. Names are the packages' own API. */
#include <stdint.h>
#include "analyzers/program/program.h"

/* the packages that share one vocabulary */
enum vocabulary {
	VOC_NONE, VOC_DATABASE, VOC_SQL, VOC_REDIS, VOC_HTTP, VOC_MAIL, VOC_PAYMENT, VOC_QUEUE, VOC_FILES, VOC_SPAWN,
	VOC_SOCKET, VOC_LOG, VOC_LOCK, VOC_OBJECTS, VOC_CHAIN
};

struct vocabulary_package {
	const char *module; /* a trailing * matches any rest */
	enum vocabulary vocabulary;
};

struct vocabulary_word {
	enum vocabulary vocabulary;
	const char *name;   /* "*": every other name */
	uint32_t effects;
};

extern const struct vocabulary_package vocabulary_packages[];
extern const size_t n_vocabulary_packages;
extern const struct vocabulary_word vocabulary_words[];
extern const size_t n_vocabulary_words;

#endif
