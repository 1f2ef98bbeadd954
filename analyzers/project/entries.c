#include "analyzers/project/finder.h"

void finder_add(struct finder *f, struct str path, enum entry_certainty certainty, const char *why)
{
	for (size_t i = 0; i < f->entries.len; i++)
		if (str_eq(f->entries.ptr[i].path, path))
			return;
	vec_push(&f->entries, (struct project_entry){path, certainty, why});
}

void finder_launcher(struct finder *f, const char *name)
{
	if (!f->out->wrapper)
		f->out->wrapper_name = name;
	f->out->wrapper = true;
}

void finder_not_node(struct finder *f, const char *why)
{
	f->out->not_node = true;
	f->out->not_node_why = why;
}

bool str_one_of(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, list[i]))
			return true;
	return false;
}

/* PM2 resolves cwd against the shell's folder; nobody knows it. The config's folder first, then the
 * root. */
static struct str find_cwd(struct finder *f)
{
	struct project *p = f->p;
	const struct project_command *c = f->command;
	struct str base = path_dir(c->config_path), dir, other;
	if (p->ctx->pm2_cwd.ptr)
		base = p->ctx->pm2_cwd;
	if (c->cwd.len == 0 || !c->cwd.ptr)
		return base;
	if (c->cwd.ptr[0] == '/') {
		if (map_absolute(f, c->cwd, &dir)) {
			if (fs_kind(p->ctx->fs, dir) == FS_FILE)
				dir = path_dir(dir);
			return dir;
		}
		f->out->cwd_note =
		    arena_printf(p->a,
				 "cwd '" STR_FMT
				 "' is not on this machine; looked in the config's folder instead",
				 STR_ARG(c->cwd));
		return base;
	}
	bool in_config =
	    fs_join(p->ctx->fs, p->a, base, c->cwd, &dir) && fs_kind(p->ctx->fs, dir) == FS_DIR;
	bool in_root = fs_join(p->ctx->fs, p->a, STR(""), c->cwd, &other) &&
		       fs_kind(p->ctx->fs, other) == FS_DIR;
	if (p->ctx->pm2_cwd.ptr || (in_config && (!in_root || str_eq(dir, other))))
		return in_config ? dir : base;
	if (in_config) {
		f->out->cwd_note = arena_printf(
		    p->a,
		    "cwd '" STR_FMT "' exists from the config's folder and from the project root; "
				    "PM2 takes the folder where it is called",
		    STR_ARG(c->cwd));
		return dir;
	}
	return in_root ? other : base;
}

static bool is_launcher_name(struct str script)
{
	struct str tool = path_base(script);
	return is_launcher(tool) || is_framework_command(tool) || is_other_language(tool);
}

/* a start script: its commands, as far as they are plain */
static void run_shell_script(struct finder *f, struct str dir)
{
	struct fs *fs = f->p->ctx->fs;
	struct str path, text;
	if (fs_join(fs, f->p->a, dir, f->command->script, &path) && fs_kind(fs, path) == FS_FILE &&
	    !fs_read(fs, f->p->a, path, &text).text) {
		finder_launcher(f, "bash");
		run_text(f, dir, text, 0);
	}
	if (f->entries.len == 0)
		finder_not_node(f, "runs a shell script");
}

static void run_main(struct finder *f, struct str dir)
{
	const struct project_command *c = f->command;
	struct str interp = path_base(c->interpreter);
	if (c->shell_script && !c->n_args) {
		finder_launcher(f, "bash -c");
		run_text(f, dir, c->script, 0);
		return;
	}
	if (ONE_OF(interp, "python", "python3", "ruby", "php", "perl", "java", "go", "dotnet",
		   "deno")) {
		finder_not_node(f, arena_printf(f->p->a, "runs " STR_FMT, STR_ARG(interp)));
		return;
	}
	VEC(struct str) words = {0};
	bool by_name =
	    is_launcher_name(c->script) || str_find(c->script, STR("node_modules/")) != (size_t)-1;
	if (!by_name && interp.len && !ONE_OF(interp, "node", "nodejs", "none", "bash", "sh"))
		vec_push(&words, interp);
	if (!by_name && words.len == 0)
		vec_push(&words, STR("node"));
	for (size_t i = 0; !by_name && i < c->n_node_args; i++)
		vec_push(&words, c->node_args[i]);
	if (ONE_OF(interp, "bash", "sh") && !by_name) {
		run_shell_script(f, dir);
	} else {
		vec_push(&words, c->script);
		for (size_t i = 0; i < c->n_args; i++)
			vec_push(&words, c->args[i]);
		run_words(f, dir, words.ptr, words.len, 0);
	}
	vec_release(&words);
}

static void *copy_out(struct arena *a, const void *ptr, size_t size, size_t n)
{
	void *out = arena_alloc_array(a, size, n);
	if (n)
		memcpy(out, ptr, size * n);
	return out;
}

struct project_entries *project_find_entries(struct project *p, const struct project_command *c)
{
	struct project_entries *out = arena_new(p->a, struct project_entries);
	struct finder f = {.p = p, .command = c, .out = out};
	out->cwd = find_cwd(&f);
	run_main(&f, out->cwd);
	if (f.entries.len == 0 && !out->not_node && !out->static_server && out->cwd.len &&
	    !out->wrapper)
		enter_file(&f, STR(""),
			   c->script); /* started from the root, cwd for the files only */
	add_custom_server(&f);
	if (f.entries.len == 0 && !out->not_node && str_is(c->interpreter, "none")) {
		struct str path;
		finder_not_node(&f, "runs a binary");
		if (fs_join(p->ctx->fs, p->a, out->cwd, c->script, &path))
			out->native_dir = path_dir(path);
	}
	if (f.entries.len == 0 && !out->not_node && !out->static_server)
		out->problem =
		    arena_printf(p->a, "no source found for '" STR_FMT "' in '" STR_FMT "'",
				 STR_ARG(f.wanted.ptr ? f.wanted : c->script),
				 STR_ARG(out->cwd.len ? out->cwd : STR(".")));
	out->entries = copy_out(p->a, f.entries.ptr, sizeof *f.entries.ptr, f.entries.len);
	out->n = f.entries.len;
	out->env = copy_out(p->a, f.env.ptr, sizeof *f.env.ptr, f.env.len);
	out->n_env = f.env.len;
	vec_release(&f.entries);
	vec_release(&f.env);
	return out;
}
