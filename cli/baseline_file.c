#include "cli/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>
#include "base/buf.h"
#include "base/err.h"

enum { SCHEMA = 1 };

struct reading {
	struct session *s;
	struct cli *cli;
	const char *file;
};

static bool refuse(const struct reading *r, const char *what)
{
	cli_error(r->cli, "--baseline: %s: %s", r->file, what);
	return false;
}

static int level_of(const char *name)
{
	for (int l = LEVEL_NOTE; name && l <= LEVEL_ERROR; l++)
		if (strcmp(level_name((enum level)l), name) == 0)
			return l;
	return -1;
}

static struct str text_of(struct arena *a, const cJSON *o, const char *key)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
	return s ? arena_str(a, str_from(s)) : (struct str){NULL, 0};
}

static bool read_entry(const struct reading *r, const cJSON *o, struct baseline_entry *e)
{
	struct arena *a = &r->s->arena;
	*e = (struct baseline_entry){
	    .fingerprint = text_of(a, o, "fingerprint"),
	    .rule = text_of(a, o, "rule"),
	    .app = text_of(a, o, "app"),
	    .config = text_of(a, o, "config"),
	    .level = level_of(text_of(a, o, "level").ptr),
	};
	if (!e->fingerprint.len || !e->rule.ptr || !e->app.ptr || !e->config.ptr || e->level < 0)
		return false;
	e->orphan = fs_kind(&r->s->fs, e->config) != FS_FILE;
	return true;
}

static bool read_entries(const struct reading *r, const cJSON *doc, struct baseline *out)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "entries"), *item;
	const cJSON *schema = cJSON_GetObjectItemCaseSensitive(doc, "schema_version");
	if (!cJSON_IsArray(list) || !cJSON_IsNumber(schema))
		return refuse(r, "is no baseline; clusterlint baseline update makes one");
	if (schema->valueint != SCHEMA)
		return refuse(r, "was written by a newer clusterlint");
	struct baseline_entry *e =
	    arena_array(&r->s->arena, struct baseline_entry, (size_t)cJSON_GetArraySize(list));
	cJSON_ArrayForEach(item, list) if (!read_entry(r, item, &e[out->len++])) return refuse(
	    r, "holds an entry that is not complete; clusterlint baseline "
	       "update writes them");
	out->ptr = e;
	return true;
}

bool baseline_read(struct session *s, struct cli *cli, const char *file, struct baseline *out)
{
	struct reading r = {s, cli, file};
	struct str text;
	*out = (struct baseline){0};
	errno = 0;
	if (!session_read_text(&s->arena, file, &text))
		return refuse(&r, errno == ENOENT
				      ? "no such file; clusterlint baseline update makes "
					"it"
				      : strerror(errno));
	cJSON *doc = cJSON_ParseWithLength(text.ptr, text.len);
	bool ok = doc ? read_entries(&r, doc, out) : refuse(&r, "is no JSON");
	cJSON_Delete(doc);
	return ok;
}

const struct baseline_entry *baseline_find(const struct baseline *b, const struct finding *f,
					   struct str config)
{
	for (size_t i = 0; i < b->len; i++)
		if (str_is(b->ptr[i].fingerprint, f->fingerprint) &&
		    (b->ptr[i].orphan || str_eq(b->ptr[i].config, config)))
			return &b->ptr[i];
	return NULL;
}

/* ---- writing ---- */

static int by_rule(const void *pa, const void *pb)
{
	const struct baseline_entry *a = pa, *b = pb;
	int c = str_cmp(a->config, b->config);
	if (!c)
		c = str_cmp(a->rule, b->rule);
	if (!c)
		c = str_cmp(a->app, b->app);
	return c ? c : str_cmp(a->fingerprint, b->fingerprint);
}

static void put(cJSON *o, const char *key, const char *value)
{
	if (!cJSON_AddStringToObject(o, key, value))
		BUG("cJSON is out of memory");
}

static void print_entry(struct arena *a, const struct baseline_entry *e, struct buf *out)
{
	cJSON *o = cJSON_CreateObject();
	put(o, "rule", arena_cstr(a, e->rule));
	put(o, "app", arena_cstr(a, e->app));
	put(o, "level", level_name((enum level)e->level));
	put(o, "config", arena_cstr(a, e->config));
	put(o, "fingerprint", arena_cstr(a, e->fingerprint));
	char *text = cJSON_PrintUnformatted(o);
	if (!text)
		BUG("cJSON is out of memory");
	buf_printf(out, "    %s", text);
	free(text);
	cJSON_Delete(o);
}

struct str baseline_print(struct arena *a, struct baseline_entry *entries, size_t n)
{
	struct buf b = {0};
	if (n)
		qsort(entries, n, sizeof *entries, by_rule);
	buf_printf(&b, "{\n  \"schema_version\": %d,\n  \"entries\": [", SCHEMA);
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, i ? ",\n" : "\n");
		print_entry(a, &entries[i], &b);
	}
	buf_adds(&b, n ? "\n  ]\n}\n" : "]\n}\n");
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}
