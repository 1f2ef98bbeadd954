#include "analyzers/ecosystem/internal.h"

/* How package.json, Dockerfiles and deploy.*.post-deploy start the config, and what gets lost on that way. */

struct command {
	struct place at;   /* the file's name for the config, in the command */
	struct str text;   /* from 'pm2' to the end of the command */
	bool in_container;
	bool with_env;     /* --env */
	bool with_count;   /* -i */
	bool again;        /* restart, reload and the like: of what runs already */
};

typedef VEC(struct command) command_vec;

/* ---- finding them ---- */

static bool ends_command(char c)
{
	return c == '\n' || c == ';' || c == '&' || c == '|' || c == '\0';
}

static bool is_word_end(char c)
{
	return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ',' || c == ']' || c == '=' || ends_command(c);
}

/* the option stands in the text as a word of its own, perhaps with "=value" or, a short one, with its number */
static bool has_option(struct str text, const char *option)
{
	struct str o = str_from(option);
	for (size_t i = 1; i + o.len <= text.len; i++) {
		if (!is_word_end(text.ptr[i - 1]) || memcmp(text.ptr + i, o.ptr, o.len) != 0)
			continue;
		char after = i + o.len < text.len ? text.ptr[i + o.len] : '\0';
		if (is_word_end(after) || (o.len == 2 && after >= '0' && after <= '9'))
			return true;
	}
	return false;
}

/* The command around the config's name: back to "pm2", forward to its end. In a Dockerfile its words may be quoted. */
static bool command_around(struct str text, size_t at, size_t len, bool quotes_end, struct str *out)
{
	size_t start = at, end = at + len;
	if (end < text.len && !is_word_end(text.ptr[end]))
		return false;
	while (start > 0 && !ends_command(text.ptr[start - 1]) && !(quotes_end && text.ptr[start - 1] == '"'))
		start--;
	while (end < text.len && !ends_command(text.ptr[end]) && !(quotes_end && text.ptr[end] == '"'))
		end++;
	struct str command = str_sub(text, start, end);
	size_t pm2 = str_find(command, STR("pm2"));
	if (pm2 == (size_t)-1 || start + pm2 >= at)
		return false;
	*out = str_sub(command, pm2, command.len);
	return true;
}

static void look_at_text(struct finding_vec *f, command_vec *out, const struct source *s, struct span within, bool quotes_end, bool container)
{
	struct str name = path_base(f->file->path), text = str_sub(s->text, 0, within.end);
	for (size_t i = within.start; i + name.len <= text.len; i++) {
		struct command c = {.at = {s, {(uint32_t)i, (uint32_t)(i + name.len)}}, .in_container = container};
		if (memcmp(text.ptr + i, name.ptr, name.len) != 0 || !command_around(text, i, name.len, quotes_end, &c.text))
			continue;
		c.with_env = has_option(c.text, "--env");
		c.with_count = has_option(c.text, "-i") || has_option(c.text, "--instances");
		c.again = str_find(c.text, STR("restart")) != (size_t)-1 || str_find(c.text, STR("reload")) != (size_t)-1 ||
			  str_find(c.text, STR("startOr")) != (size_t)-1 || str_find(c.text, STR("Reload")) != (size_t)-1;
		bool stops = str_find(c.text, STR(" stop")) != (size_t)-1 || str_find(c.text, STR(" delete")) != (size_t)-1 ||
			     str_find(c.text, STR(" del ")) != (size_t)-1 || str_find(c.text, STR(" deploy")) != (size_t)-1;
		if (!stops)
			vec_push(out, c);
	}
}

static void look_at_file(struct finding_vec *f, command_vec *out, struct str dir, const char *name, bool quotes_end, bool container)
{
	struct str path, text;
	if (!fs_join(f->ctx->fs, f->arena, dir, str_from(name), &path) || fs_kind(f->ctx->fs, path) != FS_FILE ||
	    fs_read(f->ctx->fs, f->arena, path, &text).text)
		return;
	const struct source *s = source_new(f->arena, path, text);
	look_at_text(f, out, s, (struct span){0, (uint32_t)text.len}, quotes_end, container);
}

static void look_at_folder(struct finding_vec *f, command_vec *out, struct str dir)
{
	look_at_file(f, out, dir, "package.json", true, false);
	look_at_file(f, out, dir, "Dockerfile", false, true);
}

/* post-deploy: PM2 runs it on the host */
static void look_at_deploy(struct finding_vec *f, command_vec *out)
{
	const struct value *deploy = f->scenario->top.deploy;
	for (uint32_t i = 0; deploy && deploy->kind == VAL_OBJECT && i < deploy->u.obj->n; i++) {
		const struct val_prop *p = prop_of(deploy->u.obj->props[i].value, "post-deploy");
		struct place at = p ? written_place(p->value) : (struct place){0};
		if (at.source == f->file->source && p->value->kind == VAL_STRING)
			look_at_text(f, out, at.source, at.span, true, false);
	}
}

/* ---- what is wrong with them ---- */

/* env_production that would change something, of the first app that has one */
static const struct val_prop *production_block(const struct finding_vec *f, const struct eco_app **app)
{
	for (size_t i = 0; i < f->scenario->n_apps; i++) {
		const struct value *raw = f->scenario->apps[i].raw;
		const struct val_prop *block = prop_of(raw, "env_production");
		const struct value *env = prop_of(raw, "env") ? prop_of(raw, "env")->value : NULL;
		if (!block || block->value->kind != VAL_OBJECT)
			continue;
		for (uint32_t k = 0; k < block->value->u.obj->n; k++) {
			const struct val_prop *p = &block->value->u.obj->props[k];
			const struct val_prop *base = env && env->kind == VAL_OBJECT ? val_prop(env->u.obj, p->key) : NULL;
			if (base && val_equal_deep(base->value, p->value))
				continue;
			*app = &f->scenario->apps[i];
			return block;
		}
	}
	return NULL;
}

static void rule_of_env_option(struct finding_vec *f, const command_vec *commands)
{
	const struct eco_app *app = NULL;
	const struct val_prop *block = production_block(f, &app);
	const struct command *without = NULL, *again = NULL;
	bool any = false;
	for (size_t i = 0; i < commands->len; i++) {
		const struct command *c = &commands->ptr[i];
		any |= c->with_env;
		if (!c->with_env && c->again)
			again = again ? again : c;
		if (!c->with_env)
			without = without ? without : c;
	}
	const struct command *c = any ? again : without; /* 'start' without --env may be the developer's */
	if (!block || !c)
		return;
	struct eco_finding *x =
		report(f, "env-block-never-chosen", app, at_key(block),
		       "'{1}' does not say '--env production', so pm2 takes 'env' and not this block: add it",
		       text_c(f, str_trim(c->text)), NULL);
	report_also(x, c->at, "started here");
	if (!any && !c->in_container && c->at.source != f->file->source)
		x->level = ECO_LEVEL_NOTE; /* perhaps somebody types the command on the host */
}

static void rule_of_count_option(struct finding_vec *f, const command_vec *commands)
{
	for (size_t i = 0; i < commands->len; i++)
		if (commands->ptr[i].with_count) {
			report(f, "instances-option-ignored", NULL, commands->ptr[i].at,
			       "with a config file pm2 ignores '-i' on its command line: write 'instances' into '{1}'", text_c(f, f->file->path), NULL);
			return;
		}
}

static void rule_of_container(struct finding_vec *f, const command_vec *commands)
{
	const struct command *c = NULL;
	for (size_t i = 0; i < commands->len && !c; i++)
		c = commands->ptr[i].in_container ? &commands->ptr[i] : NULL;
	for (size_t i = 0; c && i < f->scenario->n_apps; i++) {
		const struct eco_app *app = &f->scenario->apps[i];
		if (!app->instances_value || !app->instances_known || app->crashes_daemon || app->instances > 0)
			continue;
		report_also(report(f, "cpus-of-host-in-container", app, app->instances_at,
				   "in a container pm2 counts the CPUs of the host, not those that the container may use: on a host with 64 of them "
				   "it starts {1} processes; write a number, or take it from a variable",
				   val_number_text(f->arena, 64 + app->instances), NULL),
			    c->at, "started in a container here");
	}
}

void rules_of_start(struct finding_vec *f)
{
	command_vec commands = {0};
	if (f->file->format == ECO_NOT_A_CONFIG)
		return;
	look_at_folder(f, &commands, f->file->dir);
	if (f->file->dir.len)
		look_at_folder(f, &commands, STR(""));
	look_at_deploy(f, &commands);
	rule_of_env_option(f, &commands);
	rule_of_count_option(f, &commands);
	rule_of_container(f, &commands);
	vec_release(&commands);
}
