#include "analyzers/project/finder.h"

enum {
	NEXT,
	NUXT,
	NITRO,
	STRAPI,
	EGG,
	SAILS,
	FEATHERS,
	DIRECTUS,
	REMIX,
	MEDUSA,
	MOLECULER,
	PROBOT
};

struct convention {
	const char *framework, *command, *package;
	const char *globs[12];
};

static const struct convention conventions[] = {
    [NEXT] = {"next",
	      "next",
	      "next",
	      {"{src/,}pages/api/**", "{src/,}app/**/route.{ts,js,tsx,jsx}",
	       "{src/,}app/**/{page,layout,actions}.{ts,tsx,js,jsx}", "{src/,}pages/**",
	       "{src/,}instrumentation.{ts,js}", "{src/,}middleware.{ts,js}",
	       "{src/,}proxy.{ts,js}"}},
    [NUXT] = {"nuxt", "nuxt", "nuxt", {"server/**"}},
    [NITRO] = {"nitro",
	       "nitro",
	       "nitropack",
	       {"{server/,}{api,routes,plugins,middleware,tasks}/**"}},
    [STRAPI] = {"strapi",
		"strapi",
		"@strapi/strapi",
		{"{src/,}api/**", "src/index.{js,ts}", "src/extensions/**", "src/plugins/**",
		 "src/middlewares/**", "src/policies/**", "config/**", "extensions/**"}},
    [EGG] = {"egg", "egg-scripts", "egg", {"app/**", "app.{js,ts}", "agent.{js,ts}", "config/**"}},
    [SAILS] = {"sails", "sails", "sails", {"api/**", "config/**"}},
    [FEATHERS] = {"feathers", "feathers", "@feathersjs/cli", {"src/index.{js,ts}"}},
    [DIRECTUS] = {"directus", "directus", "directus", {"extensions/**"}},
    [REMIX] = {"remix", "remix-serve", "@remix-run/serve", {"app/**"}},
    [MEDUSA] = {"medusa", "medusa", "@medusajs/medusa", {"src/**"}},
    [MOLECULER] = {"moleculer",
		   "moleculer-runner",
		   "moleculer",
		   {"services/**", "moleculer.config.{js,ts}"}},
    [PROBOT] = {"probot", "probot", "probot", {"index.{js,ts}", "src/index.{js,ts}"}},
};

static bool convention_excluded(struct str path)
{
	return str_find(path, STR(".test.")) != (size_t)-1 ||
	       str_find(path, STR(".spec.")) != (size_t)-1 ||
	       str_find(path, STR("__tests__/")) != (size_t)-1 ||
	       str_find(path, STR(".stories.")) != (size_t)-1;
}

static void enter_framework(struct finder *f, struct str dir, const struct convention *c)
{
	f->out->framework = c->framework;
	for (size_t i = 0; i < sizeof c->globs / sizeof *c->globs && c->globs[i]; i++) {
		struct str *files;
		size_t n = project_glob(f->p, dir, str_from(c->globs[i]), &files);
		for (size_t k = 0; k < n; k++)
			if (!convention_excluded(files[k]))
				finder_add(f, files[k], ENTRY_LIKELY,
					   arena_printf(f->p->a, "loaded by %s by convention",
							c->framework));
	}
}

/* output: 'standalone' of next writes server.js; nuxt and nitro write .output/server/index.mjs */
bool enter_standalone(struct finder *f, struct str path)
{
	static const struct {
		const char *ends, *package;
		size_t convention;
	} outputs[] = {{"server.js", "next", NEXT},
		       {".output/server/index.mjs", "nuxt", NUXT},
		       {".output/server/index.mjs", "nitropack", NITRO}};
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		if (!str_ends(path, str_from(outputs[i].ends)))
			continue;
		for (struct str dir = path_dir(path);; dir = path_dir(dir)) {
			const struct manifest *m = project_manifest(f->p, dir);
			if (m &&
			    project_dependency(f->p, path_join(f->p->a, dir, STR("package.json")),
					       str_from(outputs[i].package))
				.ptr) {
				size_t before = f->entries.len;
				enter_framework(f, dir, &conventions[outputs[i].convention]);
				return f->entries.len > before;
			}
			if (dir.len == 0)
				break;
		}
	}
	return false;
}

bool run_framework(struct finder *f, struct str dir, struct str tool, const struct str *words,
		   size_t n)
{
	for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++) {
		if (!str_is(tool, conventions[i].command))
			continue;
		size_t at;
		if (first_plain(words, n, &at) &&
		    ONE_OF(words[at], "build", "lint", "generate", "info"))
			return true;
		if (first_plain(words, n, &at) && ONE_OF(words[at], "dev", "develop"))
			f->out->dev_server = arena_printf(f->p->a, STR_FMT " " STR_FMT, STR_ARG(tool), STR_ARG(words[at]));
		finder_launcher(f, conventions[i].framework);
		struct str sub;
		if (first_plain(words, n, &at) && at + 1 < n && words[at + 1].ptr[0] != '-' &&
		    fs_join(f->p->ctx->fs, f->p->a, dir, words[at + 1], &sub) &&
		    fs_kind(f->p->ctx->fs, sub) == FS_DIR)
			dir = sub;
		enter_framework(f, dir, &conventions[i]);
		return true;
	}
	return false;
}

bool is_framework_command(struct str tool)
{
	for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
		if (str_is(tool, conventions[i].command))
			return true;
	return false;
}

/* a custom server of next or nuxt still loads the folders of the framework */
void add_custom_server(struct finder *f)
{
	if (f->out->framework || f->entries.len == 0 || f->entries.len > 3)
		return;
	struct str path = f->entries.ptr[0].path, text;
	if (fs_read(f->p->ctx->fs, f->p->a, path, &text).text)
		return;
	static const struct {
		const char *needle;
		size_t convention;
	} servers[] = {{"require('next')", NEXT},
		       {"require(\"next\")", NEXT},
		       {"from 'next'", NEXT},
		       {"from \"next\"", NEXT},
		       {"require('@strapi/strapi')", STRAPI},
		       {"require('strapi')", STRAPI},
		       {"require('sails')", SAILS}};
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
		if (str_find(text, str_from(servers[i].needle)) != (size_t)-1) {
			enter_framework(f, path_dir(path), &conventions[servers[i].convention]);
			return;
		}
}
