#ifndef CLI_PROJECT_READER_H
#define CLI_PROJECT_READER_H
/* Reads the values of .clusterlint.yml and tells, with their places, which are wrong. What is read
 * lives in the session's arena; the lists of a reader are project_file.c's to release. Included by
 * project_file.c, project_keys.c and project_reader.c alone. */
#include <yaml.h>
#include "cli/project_file.h"

struct reader {
	struct session *s;
	struct cli *cli;
	const char *path; /* absolute */
	const char *shown;
	yaml_document_t doc;
	bool bad, is_root;
	struct project_file *out;
	VEC(struct rule_policy) rules;
	VEC(struct app_policy) apps;
	VEC(struct str) select, ignore;
	VEC(struct named_target) targets;
	VEC(struct row_file) rows;
	VEC(const char *) files;
};

/* what one file says, per key */
typedef void read_fn(struct reader *r, const yaml_node_t *n);
struct key {
	const char *name;
	read_fn *read;
};

/* line and column before `what`; the file is bad */
void reader_wrong(struct reader *r, const yaml_node_t *n, const char *what);
/* with the nearest of the words */
void reader_unknown(struct reader *r, const yaml_node_t *n, const char *what, const char *word,
		    const char *const *words, size_t n_words);
const yaml_node_t *reader_node(struct reader *r, int id);
const char *reader_text(struct reader *r, const yaml_node_t *n); /* NULL where it is no scalar */

/* these tell what they miss */
const char *reader_need_text(struct reader *r, const yaml_node_t *n); /* or NULL */
bool reader_bool(struct reader *r, const yaml_node_t *n);
uint32_t reader_number(struct reader *r, const yaml_node_t *n);
uint64_t reader_size(struct reader *r, const yaml_node_t *n);
/* index of the word, or -1 */
int reader_choice(struct reader *r, const yaml_node_t *n, const char *const *words, size_t n_words,
		  const char *what);
void reader_each_pair(struct reader *r, const yaml_node_t *n,
		      void (*read)(struct reader *r, const yaml_node_t *key,
				   const yaml_node_t *value, void *arg),
		      void *arg);
/* a fixed set of keys, whose functions write to r->out and the lists */
void reader_keys(struct reader *r, const yaml_node_t *n, const struct key *keys, size_t len);
#define READ_KEYS(r, n, keys) reader_keys(r, n, keys, sizeof(keys) / sizeof *(keys))

/* project_keys.c: all that a file may say */
void project_keys_read(struct reader *r, const yaml_node_t *top);

#endif
