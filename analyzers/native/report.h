#ifndef ANALYZERS_NATIVE_REPORT_H
#define ANALYZERS_NATIVE_REPORT_H
/* What the checks tell, collected, sorted and written as the helper's answer
 * (its format is described in analyzers/project/native_run.h). Memory is the
 * arena's; the arrays are released by report_release. */
#include "analyzers/native/facts.h"
#include "base/buf.h"

enum role { ROLE_DECLARED, ROLE_WRITTEN, ROLE_READ, ROLE_REACHED, ROLE_GUARD, ROLE_MITIGATION };
enum grade { POSSIBLE, LIKELY, CERTAIN };
enum weight { LOW, MEDIUM, HIGH };

struct rule {
	const char *id, *pattern, *family;
	uint8_t severity;
	const char *remedies; /* ids, comma between */
};

struct proof {
	uint8_t role;
	const char *message;
	struct where at;
};

struct hazard {
	const struct rule *rule;
	uint8_t severity, confidence;
	bool also_single_process;
	const char *mitigation; /* NULL, "weak", "full" */
	struct str symbol;
	const char *message;
	struct where at;
	VEC(struct proof) proofs;
};

struct report {
	const struct facts *f;
	VEC(struct hazard) hazards;
};

/* the hazard is filled in by the caller, valid until the next one begins */
struct hazard *report_begin(struct report *r, const struct rule *rule, struct where at,
			    struct str symbol, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void report_proof(struct report *r, struct hazard *h, enum role role, struct where at,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* the root from which `node` is reached */
void report_reached(struct report *r, struct hazard *h, uint32_t node);
void report_write(struct report *r, struct buf *out);
void report_release(struct report *r);

void check_state(struct report *r);
void check_identity(struct report *r);
void check_files(struct report *r);
void check_sockets(struct report *r);
void check_schedule(struct report *r);
void check_exclusive(struct report *r);

/* helpers that checks share */
static inline struct where node_at(const struct report *r, uint32_t node)
{
	return tree_node(r->f->t, node)->at;
}
static inline const char *node_fn(const struct report *r, uint32_t node)
{
	return fn_name(r->f, tree_node(r->f->t, node)->fn);
}
/* does any of the words occur in it, whatever the case? */
bool mentions(struct str text, const char *const *words);
#define MENTIONS(s, ...) mentions((s), (const char *const[]){__VA_ARGS__, NULL})
bool among(struct str text, const char *const *words);
#define AMONG(s, ...) among((s), (const char *const[]){__VA_ARGS__, NULL})

#endif
