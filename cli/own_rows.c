#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/session.h"
#include "rules/catalogue.h"

/* Files lie anywhere, so they are read without the root. What several configs
 * name is added once: a row says what a package does, for whichever app. */

struct own_rows {
	struct session *s;
	struct cli *cli;
	VEC(struct cat_text) texts;
	VEC(const char *) seen;
};

/* whether the file is new; a path that does not exist is, so that reading tells */
static bool is_new(struct own_rows *o, const char *path)
{
	char *real = realpath(path, NULL);
	if (!real)
		return true;
	bool found = false;
	for (size_t i = 0; i < o->seen.len && !found; i++)
		found = strcmp(o->seen.ptr[i], real) == 0;
	if (!found)
		vec_push(&o->seen, arena_cstr(&o->s->arena, str_from(real)));
	free(real);
	return !found;
}

static bool add(struct own_rows *o, const char *path, const char *named_by)
{
	struct str text;
	if (!is_new(o, path))
		return true;
	errno = 0;
	if (!session_read_text(&o->s->arena, path, &text)) {
		cli_error(o->cli, "%s: %s: %s", named_by, path, strerror(errno));
		return false;
	}
	vec_push(&o->texts, (struct cat_text){path, text});
	return true;
}

/* settings come with the project: they cannot make a run wait for a pipe */
static bool add_named(struct own_rows *o, const struct row_file *f)
{
	struct stat st;
	if (stat(f->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		cli_error(o->cli, "%s: catalogue: %s: is no file", f->named_in, f->path);
		return false;
	}
	return add(o, f->path, arena_printf(&o->s->arena, "%s: catalogue", f->named_in));
}

static bool add_all(struct own_rows *o, size_t n)
{
	const struct option_list *files = &o->cli->settings->rules;
	bool ok = true;
	for (size_t i = 0; i < files->len && ok; i++)
		ok = add(o, files->ptr[i], "--rules");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < o->s->projects[i].n_rows && ok; k++)
			ok = add_named(o, &o->s->projects[i].rows[k]);
	return ok;
}

bool session_rows(struct session *s, struct cli *cli, size_t n)
{
	struct own_rows o = {.s = s, .cli = cli};
	bool ok = add_all(&o, n);
	if (ok && o.texts.len) {
		struct err err = cards_add_rows(&s->arena, &s->cards, o.texts.ptr, o.texts.len);
		ok = !err.text;
		if (!ok)
			cli_error(cli, "%s", err.text);
	}
	vec_release(&o.texts);
	vec_release(&o.seen);
	return ok;
}
