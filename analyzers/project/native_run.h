#ifndef ANALYZERS_PROJECT_NATIVE_RUN_H
#define ANALYZERS_PROJECT_NATIVE_RUN_H
/* Starts clusterlint-native, our helper for C and C++, for one target and reads
 * what it found. The helper lies beside the program or in ../libexec/clusterlint;
 * PATH is never searched. All memory lives in ctx->arena. A helper that is not
 * built, crashes or takes too long costs its units and gives a note, no more.
 *
 * Format 1. Request, one JSON document on the helper's stdin:
 *   {"clusterlint_native": 1, "root": "/abs", "kind": "addon" | "binary",
 *    "apart": bool, "limits": {"unit_seconds": n, "cpu_seconds": n, "memory_mb": n},
 *    "units": [{"path": "src/a.cc", "args": ["-Iinclude"]}]}
 * "apart": no two units are parsed as one. Answer, lines of JSON: {"unit": index} before a unit is
 * parsed, {"together": index of the first} before several are parsed as one, then
 *   {"clusterlint_native": 1, "parser": "...", "entry_found": bool, "truncated": bool,
 *    "units": [{"path", "why", "status": "parsed" | "partial" | "failed", "errors": n,
 *               "missing": ["x.h"], "stubbed": ["node_api.h"]}],
 *    "hazards": [{"rule", "pattern": "N01", "family", "severity", "confidence",
 *                 "mitigation": "none" | "weak" | "full", "also_single_process": bool, "symbol",
 *                 "message", "at": PLACE, "evidence": [{"role", "message", "at": PLACE}],
 *                 "remedies": ["one-process"]}]}
 *   PLACE = {"path", "start", "end", "line", "column"}: bytes, half open; line and column in bytes from 1.
 * "stubbed" are headers of Node that are not installed and were stood in for. */
#include "analyzers/project/native_sources.h"

enum native_status { NATIVE_PARSED, NATIVE_PARTIAL, NATIVE_FAILED };
enum native_severity { NATIVE_LOW, NATIVE_MEDIUM, NATIVE_HIGH };
enum native_confidence { NATIVE_POSSIBLE, NATIVE_LIKELY, NATIVE_CERTAIN };
enum native_role {
	NATIVE_DECLARED, NATIVE_WRITTEN, NATIVE_READ, NATIVE_REACHED, NATIVE_GUARD, NATIVE_MITIGATION
};
enum native_mitigation { NATIVE_UNMITIGATED, NATIVE_WEAK, NATIVE_FULL };

struct native_place {
	struct str path;
	struct span span;
	uint32_t line, column;
};

struct native_evidence {
	enum native_role role;
	const char *message;
	struct native_place at;
};

struct native_hazard {
	const char *rule, *pattern, *family; /* "native-counter-id", "N02", "memory-state" */
	enum native_severity severity;
	enum native_confidence confidence;
	enum native_mitigation mitigation;
	bool also_single_process;
	struct str symbol;
	const char *message; /* "{n}" stands for the number of processes */
	struct native_place at;
	const struct native_evidence *evidence;
	size_t n_evidence;
	const char *const *remedies; /* ids; native_remedy() has the words */
	size_t n_remedies;
};

struct native_unit_result {
	struct str path;
	enum native_status status;
	const char *why;      /* FAILED: in words */
	uint32_t errors;
	const char *const *missing, *const *stubbed;
	size_t n_missing, n_stubbed;
};

struct native_result {
	bool looked_at;       /* some unit was parsed */
	const struct native_hazard *hazards; /* in the helper's order: place, rule */
	size_t n_hazards;
	const struct native_unit_result *units;
	size_t n_units;
	const char *const *notes; /* what was not looked at, and how to get it */
	size_t n_notes;
	const char *stand_ins; /* a note: Node's own headers were stood in for; or NULL */
};

struct native_limits {
	uint32_t unit_seconds, cpu_seconds, memory_mb; /* 0: 20, 120, 3072 */
};

/* program: path of the running program's own file ("/usr/local/bin/clusterlint"), from the cli */
const struct native_result *native_run(const struct context *ctx, const char *program,
				       const struct native_target *target,
				       const struct native_limits *limits);
/* the words of a remedy, NULL for an id that is not known */
const char *native_remedy(const char *id);
/* reads an answer, for native_run and its tests; false: not in the format, `out` is untouched */
bool native_read_answer(struct arena *a, struct str json, struct native_result *out);

#endif
