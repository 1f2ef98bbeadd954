#ifndef ANALYZERS_PROJECT_PROJECT_H
#define ANALYZERS_PROJECT_PROJECT_H
/* What a Node project's own files say: package.json, workspaces, tsconfig,
 * script command lines. Answers two questions: which source files does PM2's
 * `script` stand for, and which file does a specifier mean. Paths are relative
 * to the root. Manifests are read once per run; all memory lives in ctx->arena.
 * Not thread-safe: resolve between parallel phases. */
#include <stdbool.h>
#include "base/context.h"
#include "base/source.h"

struct project; /* opaque: caches of manifests, tsconfigs, workspaces */

struct project *project_new(const struct context *ctx);
void project_free(struct project *p);

/* ---- entries ---- */
enum entry_certainty { ENTRY_CERTAIN, ENTRY_LIKELY, ENTRY_GUESSED };

struct project_entry {
	struct str path;             /* of a source file */
	enum entry_certainty certainty;
	const char *why;             /* "dist/main.js is built from src/main.ts by backend/x/tsconfig.json" */
};

struct project_entries {
	const struct project_entry *entries;
	size_t n;
	bool wrapper;                /* npm, nest, next, cross-env ...: PM2 starts the launcher, the server is its child */
	const char *wrapper_name;
	const char *dev_server;      /* "nodemon", "nest start --watch", "next dev", ...: runs it again at each change; or NULL */
	const char *framework;       /* "next", "nuxt", "strapi", ... where the starter says so; else NULL */
	bool not_node;               /* python, a binary, a shell script: not looked at */
	const char *not_node_why;    /* "runs python" */
	struct str native_dir;       /* folder with the sources of a binary, or ptr NULL */
	const char *static_server;   /* "serve", "http-server": hands out files and keeps no state; not looked at */
	const char *problem;         /* nothing was found: what was tried, in words; NULL where n > 0 */
	struct str cwd;              /* the folder that PM2's cwd stands for here, relative to the root */
	const char *cwd_note;        /* the two ways to resolve cwd differ, or it was mapped; or NULL */
	const struct env_var *env;   /* set on the command line on the way: cross-env X=1, X=1 node ... */
	size_t n_env;
};

struct project_command {
	struct str config_path;      /* of the PM2 config */
	struct str script, cwd, interpreter;
	const struct str *args, *node_args;
	size_t n_args, n_node_args;
	bool shell_script;           /* script is a whole command line for bash -c */
};

struct project_entries *project_find_entries(struct project *p, const struct project_command *c);

/* ---- specifiers ---- */
enum resolve_kind {
	RESOLVE_FILE,     /* path: a source file of the project (workspace packages included) */
	RESOLVE_BUILTIN,  /* name: "fs" (without node:) */
	RESOLVE_PACKAGE,  /* name: "@nestjs/common", subpath "" or "dist/x" : a dependency, not looked into */
	RESOLVE_ASSET,    /* json, css, .node, ...: path */
	RESOLVE_MISSING   /* relative or aliased, but there is no such file */
};

struct resolution {
	enum resolve_kind kind;
	struct str path, name, subpath;
};

/* from: the importing file. require_style: CommonJS conditions, else import. */
struct resolution project_resolve(struct project *p, struct str from, struct str specifier,
				  bool require_style);

/* ---- manifests ---- */
struct project_package {
	struct str dir;      /* "" for the root */
	struct str name, version, type; /* "" where absent */
	bool is_workspace_member;
};
/* the nearest package.json at or above `path`, or NULL */
const struct project_package *project_package_of(struct project *p, struct str path);
/* the version range that the nearest package.json (or one above it) declares for a
 * dependency of any kind, ptr NULL where none does */
struct str project_dependency(struct project *p, struct str path, struct str name);
/* files matching a glob ("src/x/ * * / *.entity{.ts,.js}", dist mapped to sources), sorted */
size_t project_glob(struct project *p, struct str dir, struct str pattern, struct str **out);
/* PM2's major version that the project pins (package.json or lock file), 0 where none */
uint32_t project_pm2_major(struct project *p, struct str config_path);

#endif
