#include "cli/project_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "cli/project_reader.h"
#include "cli/session.h"

static const char file_name[] = ".clusterlint.yml";

static void read_document(struct reader *r)
{
	const yaml_node_t *top = yaml_document_get_root_node(&r->doc);
	if (!top || (top->type == YAML_SCALAR_NODE && !top->data.scalar.length))
		return; /* an empty file settles nothing */
	project_keys_read(r, top);
}

static bool read_one(struct reader *r, const char *path)
{
	struct str text;
	yaml_parser_t parser;
	r->path = path;
	struct str below;
	r->shown = fs_join(&r->s->fs, &r->s->arena, STR(""), str_from(path), &below)
		       ? arena_cstr(&r->s->arena, below)
		       : path;
	errno = 0;
	if (!session_read_text(&r->s->arena, path, &text)) {
		cli_error(r->cli, "%s: %s", r->shown, strerror(errno));
		return false;
	}
	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
	if (yaml_parser_load(&parser, &r->doc)) {
		r->out->policy.file = r->shown;
		vec_push(&r->files, path);
		read_document(r);
		yaml_document_delete(&r->doc);
	} else {
		cli_error(r->cli, "%s:%zu:%zu: %s", r->shown, parser.problem_mark.line + 1,
			  parser.problem_mark.column + 1,
			  parser.problem ? parser.problem : "is no YAML");
		r->bad = true;
	}
	yaml_parser_delete(&parser);
	return !r->bad;
}

/* whether the file says `root: true`: it must be known before those above it are read */
static bool ends_the_search(struct reader *r, const char *path)
{
	struct project_file scratch = {0};
	struct reader probe = {.s = r->s, .cli = r->cli, .out = &scratch};
	struct str text;
	yaml_parser_t parser;
	bool root = false;
	if (!session_read_text(&r->s->arena, path, &text) || !yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
	if (yaml_parser_load(&parser, &probe.doc)) {
		const yaml_node_t *top = yaml_document_get_root_node(&probe.doc);
		for (yaml_node_pair_t *p = top && top->type == YAML_MAPPING_NODE
					       ? top->data.mapping.pairs.start
					       : NULL;
		     p && p < top->data.mapping.pairs.top; p++) {
			const char *k = reader_text(&probe, reader_node(&probe, p->key));
			const char *v = reader_text(&probe, reader_node(&probe, p->value));
			root = root || (k && v && !strcmp(k, "root") && !strcmp(v, "true"));
		}
		yaml_document_delete(&probe.doc);
	}
	yaml_parser_delete(&parser);
	return root;
}

/* innermost first */
static size_t find_files(struct reader *r, const char *dir, const char **out, size_t max)
{
	struct arena *a = &r->s->arena;
	char *at = arena_cstr(a, str_from(dir));
	size_t n = 0;
	for (;;) {
		const char *path = arena_printf(a, "%s/%s", strcmp(at, "/") ? at : "", file_name);
		if (access(path, F_OK) == 0 && n < max) {
			out[n++] = path;
			if (ends_the_search(r, path))
				break;
		}
		char *slash = strrchr(at, '/');
		if (str_is(r->s->fs.root, at) || !slash || slash == at)
			break;
		*slash = '\0';
	}
	return n;
}

#define KEEP(r, list, type, field, count)                                                          \
	do {                                                                                       \
		type *copy_ = arena_array(&(r)->s->arena, type, (r)->list.len);                    \
		for (size_t i_ = 0; i_ < (r)->list.len; i_++)                                      \
			copy_[i_] = (r)->list.ptr[i_];                                             \
		field = copy_;                                                                     \
		count = (r)->list.len;                                                             \
		vec_release(&(r)->list);                                                           \
	} while (0)

bool project_file_read(struct session *s, struct cli *cli, const char *dir,
		       struct project_file *out)
{
	enum { MOST = 64 };
	const char *paths[MOST];
	*out = (struct project_file){.policy.file = file_name};
	struct reader r = {.s = s, .cli = cli, .out = out};
	size_t n = 1;
	paths[0] = cli->settings->settings;
	if (!paths[0])
		n = find_files(&r, dir, paths, MOST);
	bool ok = true;
	while (n > 0 && ok)
		ok = read_one(&r, paths[--n]);
	KEEP(&r, rules, struct rule_policy, out->policy.rules, out->policy.n_rules);
	KEEP(&r, apps, struct app_policy, out->policy.apps, out->policy.n_apps);
	KEEP(&r, select, struct str, out->policy.select, out->policy.n_select);
	KEEP(&r, ignore, struct str, out->policy.ignore, out->policy.n_ignore);
	KEEP(&r, targets, struct named_target, out->targets, out->n_targets);
	KEEP(&r, rows, struct row_file, out->rows, out->n_rows);
	KEEP(&r, files, const char *, out->files, out->n_files);
	return ok;
}
