#ifndef RULES_EVIDENCE_ZH_H
#define RULES_EVIDENCE_ZH_H
/* Chinese for what rules say of a piece of evidence, looked up by the English
 * format. Both take the same arguments in the same order; a test compares the
 * table with the sources. */

/* NULL: not in the table */
const char *evidence_zh(const char *format) __attribute__((format_arg(1)));

#endif
