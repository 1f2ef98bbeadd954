#include "analyzers/project/internal.h"

#include <stdlib.h>

/* tsconfig.json and friends hold comments and trailing commas; cJSON wants
 * neither. Strings are left alone; everything else keeps its length. */
static void make_strict(char *s, size_t n)
{
	bool in_string = false;
	for (size_t i = 0; i < n; i++) {
		if (in_string) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				in_string = false;
		} else if (s[i] == '"') {
			in_string = true;
		} else if (s[i] == '/' && i + 1 < n && s[i + 1] == '/') {
			while (i < n && s[i] != '\n')
				s[i++] = ' ';
		} else if (s[i] == '/' && i + 1 < n && s[i + 1] == '*') {
			while (i < n && !(s[i] == '*' && i + 1 < n && s[i + 1] == '/'))
				s[i++] = ' ';
			if (i + 1 < n)
				s[i] = s[i + 1] = ' ';
		}
	}
	in_string = false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' && (i == 0 || s[i - 1] != '\\'))
			in_string = !in_string;
		if (in_string || s[i] != ',')
			continue;
		size_t j = i + 1;
		while (j < n && (s[j] == ' ' || s[j] == '\t' || s[j] == '\r' || s[j] == '\n'))
			j++;
		if (j < n && (s[j] == '}' || s[j] == ']'))
			s[i] = ' ';
	}
}

cJSON *project_json(struct project *p, struct str path)
{
	struct str text;
	if (fs_kind(p->ctx->fs, path) != FS_FILE || fs_read(p->ctx->fs, p->a, path, &text).text)
		return NULL;
	uint32_t bom = source_bom(text);
	char *copy = arena_cstr(p->a, str_sub(text, bom, text.len));
	make_strict(copy, text.len - bom);
	cJSON *json = cJSON_Parse(copy);
	if (json)
		vec_push(&p->documents, json);
	return json;
}

struct str json_str(const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(v) ? str_from(v->valuestring) : (struct str){0};
}

static struct str or_empty(struct str s)
{
	return s.ptr ? s : STR("");
}

const struct manifest *project_manifest(struct project *p, struct str dir)
{
	uint32_t known = map_get(&p->manifests_by_dir, dir);
	if (known == ABSENT)
		return NULL;
	if (known != MAP_NONE)
		return p->manifests.ptr[known];
	struct str key = arena_str(p->a, dir);
	cJSON *json = project_json(p, path_join(p->a, dir, STR("package.json")));
	if (!cJSON_IsObject(json)) {
		map_put(&p->manifests_by_dir, key, ABSENT);
		return NULL;
	}
	struct manifest *m = arena_new(p->a, struct manifest);
	m->json = json;
	m->pkg.dir = key;
	m->pkg.name = or_empty(json_str(json, "name"));
	m->pkg.version = or_empty(json_str(json, "version"));
	m->pkg.type = or_empty(json_str(json, "type"));
	map_put(&p->manifests_by_dir, key, (uint32_t)p->manifests.len);
	vec_push(&p->manifests, m);
	return m;
}

const struct manifest *project_manifest_above(struct project *p, struct str dir)
{
	for (;;) {
		const struct manifest *m = project_manifest(p, dir);
		if (m || dir.len == 0)
			return m;
		dir = path_dir(dir);
	}
}

const struct project_package *project_package_of(struct project *p, struct str path)
{
	const struct manifest *m = project_manifest_above(p, path_dir(path));
	return m ? &m->pkg : NULL;
}

static struct str dependency_of(const cJSON *json, const char *name)
{
	static const char *const kinds[] = {"dependencies", "devDependencies",
					    "optionalDependencies", "peerDependencies"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct str v = json_str(cJSON_GetObjectItemCaseSensitive(json, kinds[i]), name);
		if (v.ptr)
			return v;
	}
	return (struct str){0};
}

struct str project_dependency(struct project *p, struct str path, struct str name)
{
	const char *cname = arena_cstr(p->a, name);
	struct str dir = path_dir(path);
	for (;;) {
		const struct manifest *m = project_manifest(p, dir);
		struct str v = m ? dependency_of(m->json, cname) : (struct str){0};
		if (v.ptr || dir.len == 0)
			return v;
		dir = path_dir(dir);
	}
}

/* "^7.0.4" -> 7; "latest", "*", URLs -> 0 */
static uint32_t first_number(struct str range)
{
	size_t i = 0;
	while (i < range.len && strchr("^~>=v ", range.ptr[i]))
		i++;
	uint32_t n = 0;
	size_t digits = i;
	for (; i < range.len && range.ptr[i] >= '0' && range.ptr[i] <= '9' && i < digits + 4; i++)
		n = n * 10 + (uint32_t)(range.ptr[i] - '0');
	return n;
}

uint32_t project_pm2_major(struct project *p, struct str config_path)
{
	uint32_t major = first_number(project_dependency(p, config_path, STR("pm2")));
	return major >= 1 && major < 100 ? major : 0;
}

struct project *project_new(const struct context *ctx)
{
	struct project *p = arena_new(ctx->arena, struct project);
	p->ctx = ctx;
	p->a = ctx->arena;
	return p;
}

void project_free(struct project *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->documents.len; i++)
		cJSON_Delete(p->documents.ptr[i]);
	vec_release(&p->documents);
	vec_release(&p->manifests);
	vec_release(&p->tsconfigs);
	vec_release(&p->workspaces);
	map_release(&p->manifests_by_dir);
	map_release(&p->tsconfigs_by_path);
	map_release(&p->tsconfigs_above);
	map_release(&p->workspaces_by_dir);
}
