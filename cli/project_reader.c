#include "cli/project_reader.h"

#include <stdlib.h>
#include <string.h>
#include "cli/session.h"

struct keys {
	const struct key *ptr;
	size_t len;
};

void reader_wrong(struct reader *r, const yaml_node_t *n, const char *what)
{
	cli_error(r->cli, "%s:%zu:%zu: %s", r->shown, n->start_mark.line + 1,
		  n->start_mark.column + 1, what);
	r->bad = true;
}

void reader_unknown(struct reader *r, const yaml_node_t *n, const char *what, const char *word,
		    const char *const *words, size_t n_words)
{
	const char *near = nearest_word(word, words, n_words);
	reader_wrong(r, n, near ? arena_printf(&r->s->arena, "there is no %s '%s'; did you mean '%s'?", what, word, near)
			 : arena_printf(&r->s->arena, "there is no %s '%s'", what, word));
}

const yaml_node_t *reader_node(struct reader *r, int id)
{
	return yaml_document_get_node(&r->doc, id);
}

const char *reader_text(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SCALAR_NODE)
		return NULL;
	return arena_cstr(&r->s->arena,
			  (struct str){(const char *)n->data.scalar.value, n->data.scalar.length});
}

const char *reader_need_text(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	if (!s || !*s) {
		reader_wrong(r, n, "a text belongs here");
		return NULL;
	}
	return s;
}

bool reader_bool(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	if (s && (strcmp(s, "true") == 0 || strcmp(s, "false") == 0))
		return *s == 't';
	reader_wrong(r, n, "true or false belongs here");
	return false;
}

uint32_t reader_number(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	char *end = NULL;
	unsigned long x = s ? strtoul(s, &end, 10) : 0;
	if (!s || *s < '0' || *s > '9' || *end || x < 1 || x > 1000000) {
		reader_wrong(r, n, "a number from 1 to 1000000 belongs here");
		return 0;
	}
	return (uint32_t)x;
}

uint64_t reader_size(struct reader *r, const yaml_node_t *n)
{
	const char *s = reader_text(r, n);
	uint64_t x = 0;
	if (!s || !parse_size(s, &x))
		reader_wrong(r, n, "a size like 512M or 16G belongs here");
	return x;
}

int reader_choice(struct reader *r, const yaml_node_t *n, const char *const *words,
		       size_t n_words, const char *what)
{
	const char *s = reader_text(r, n);
	for (size_t i = 0; s && i < n_words; i++)
		if (strcmp(words[i], s) == 0)
			return (int)i;
	if (s)
		reader_unknown(r, n, what, s, words, n_words);
	else
		reader_wrong(r, n, arena_printf(&r->s->arena, "a %s belongs here", what));
	return -1;
}

void reader_each_pair(struct reader *r, const yaml_node_t *n,
		      void (*read)(struct reader *r, const yaml_node_t *key,
				   const yaml_node_t *value, void *arg),
		      void *arg)
{
	if (n->type != YAML_MAPPING_NODE) {
		reader_wrong(r, n, "keys with values belong here");
		return;
	}
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		if (reader_text(r, reader_node(r, p->key)))
			read(r, reader_node(r, p->key), reader_node(r, p->value), arg);
		else
			reader_wrong(r, reader_node(r, p->key), "a key is a text");
}

static void read_key(struct reader *r, const yaml_node_t *k, const yaml_node_t *v, void *arg)
{
	const struct keys *keys = arg;
	const char *name = reader_text(r, k);
	VEC(const char *) words = {0};
	const struct key *found = NULL;
	for (size_t i = 0; i < keys->len; i++) {
		vec_push(&words, keys->ptr[i].name);
		if (strcmp(keys->ptr[i].name, name) == 0)
			found = &keys->ptr[i];
	}
	if (found)
		found->read(r, v);
	else
		reader_unknown(r, k, "key", name, words.ptr, words.len);
	vec_release(&words);
}

void reader_keys(struct reader *r, const yaml_node_t *n, const struct key *keys, size_t len)
{
	struct keys k = {keys, len};
	reader_each_pair(r, n, read_key, &k);
}
