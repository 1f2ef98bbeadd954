#include "analyzers/ecosystem/internal.h"

/* Paths that PM2 takes more literally, or from another folder, than one thinks. */

static bool is_dir(const struct finding_vec *f, struct str base, struct str path)
{
	struct str out;
	return fs_join(f->ctx->fs, f->arena, base, path, &out) && fs_kind(f->ctx->fs, out) == FS_DIR;
}

static void rule_of_cwd(struct finding_vec *f, const struct eco_app *app)
{
	struct str cwd = app->cwd;
	if (!cwd.ptr || !cwd.len || cwd.ptr[0] == '/' || cwd.ptr[0] == '~' || cwd.ptr[0] == '$' || str_find(cwd, STR(":")) != (size_t)-1)
		return;
	struct str start = f->ctx->pm2_cwd.ptr ? f->ctx->pm2_cwd : f->file->dir;
	if (is_dir(f, start, cwd) || is_dir(f, f->file->dir, cwd))
		return; /* the usual way: pm2 is called in the config's folder */
	if (is_dir(f, STR(""), cwd))
		report(f, "relative-cwd", app, app->cwd_at,
		       "pm2 takes '{1}' from the folder where it is called, and only from the project root does it exist: write "
		       "path.join(__dirname, ...), or an absolute path",
		       text_c(f, cwd), NULL);
}

static void rule_of_expansion(struct finding_vec *f, const struct eco_app *app, struct str path, struct place at, const char *key)
{
	bool home = path.len && path.ptr[0] == '~' && (path.len == 1 || path.ptr[1] == '/');
	size_t dollar = path.ptr ? str_find(path, STR("$")) : (size_t)-1;
	bool variable = dollar != (size_t)-1 && dollar + 1 < path.len &&
			(path.ptr[dollar + 1] == '{' || (path.ptr[dollar + 1] >= 'A' && path.ptr[dollar + 1] <= 'Z'));
	if (!home && !variable)
		return;
	report(f, "path-not-expanded", app, at,
	       "pm2 expands neither ~ nor variables in '{1}', so '{2}' does not exist: write the whole path", key, text_c(f, path), NULL);
}

/* `${process.env.X}/dist` with X unset */
static void rule_of_undefined(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d, enum schema_id key)
{
	const struct value *v = d->v.field[key];
	if (!v || v->kind != VAL_STRING || !v->origin || v->origin->kind != ORIGIN_COMPUTED)
		return;
	struct str s = v->u.str;
	for (size_t i = 0, start = 0; i <= s.len; i++) {
		if (i < s.len && s.ptr[i] != '/' && s.ptr[i] != '-' && s.ptr[i] != '.')
			continue;
		if (str_is(str_sub(s, start, i), "undefined")) {
			report(f, "undefined-in-text", app, at_value(d, key),
			       "'{1}' becomes '{2}', because a variable in it is not set: give it a default", schema_keys[key].name,
			       text_c(f, s), NULL);
			return;
		}
		start = i + 1;
	}
}

void rules_of_paths(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	static const enum schema_id texts[] = {KEY_SCRIPT, KEY_CWD, KEY_NAME, KEY_OUT_FILE, KEY_ERROR_FILE, KEY_LOG_FILE};
	rule_of_cwd(f, app);
	rule_of_expansion(f, app, app->cwd, app->cwd_at, "cwd");
	if (!app->shell_script)
		rule_of_expansion(f, app, app->script, app->script_at, "script");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		rule_of_undefined(f, app, d, texts[i]);
}
