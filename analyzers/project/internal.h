#ifndef ANALYZERS_PROJECT_INTERNAL_H
#define ANALYZERS_PROJECT_INTERNAL_H
/* Shared inside analyzers/project: manifests as they are read once per run. */
#include <cjson/cJSON.h>
#include "analyzers/project/project.h"
#include "base/map.h"
#include "base/vec.h"

struct manifest { /* a package.json */
	struct project_package pkg;
	cJSON *json; /* owned by the project */
};

struct path_alias { /* "paths" of a tsconfig: pattern and its targets, relative to the root */
	struct str pattern;
	const struct str *targets;
	size_t n_targets;
};

struct tsconfig {
	struct str path, dir;
	struct str out_dir, root_dir, base_url; /* below the root; ptr NULL where absent */
	const struct path_alias *aliases;
	size_t n_aliases;
	const struct str *references; /* tsconfig files or folders */
	size_t n_references;
	bool composite;
};

struct member { /* of a workspace */
	struct str name, dir;
};

struct workspace {
	struct str root; /* folder that declares it */
	const struct member *members;
	size_t n;
};

struct project {
	const struct context *ctx;
	struct arena *a;
	struct map manifests_by_dir;  /* dir -> index, MAP_NONE - 1: there is none */
	VEC(struct manifest *) manifests;
	struct map tsconfigs_by_path;
	struct map tsconfigs_above;   /* dir -> index of the one that holds there */
	VEC(struct tsconfig *) tsconfigs;
	struct map workspaces_by_dir;
	VEC(struct workspace *) workspaces;
	VEC(cJSON *) documents;       /* released at the end */
};

#define ABSENT (MAP_NONE - 1)

/* manifest.c */
cJSON *project_json(struct project *p, struct str path); /* lenient: comments, trailing commas; NULL */
const struct manifest *project_manifest(struct project *p, struct str dir);      /* of exactly this folder */
const struct manifest *project_manifest_above(struct project *p, struct str path); /* nearest at or above a folder */
struct str json_str(const cJSON *object, const char *key); /* ptr NULL where it is no string */
/* workspace.c */
const struct workspace *project_workspace(struct project *p, struct str dir); /* declared exactly there, or NULL */
const struct member *project_member(struct project *p, struct str from_dir, struct str name);
/* tsconfig.c */
const struct tsconfig *project_tsconfig(struct project *p, struct str path);    /* of exactly this file */
const struct tsconfig *project_tsconfig_above(struct project *p, struct str dir);
/* the tsconfigs that may have built `output`, nearest first; returns how many */
size_t project_tsconfigs_for(struct project *p, struct str dir, const struct tsconfig **out, size_t cap);
/* files.c */
bool is_source_path(struct str path); /* by its extension; declaration files are none */
bool find_file(struct project *p, struct str path, bool from_typescript, struct str *out); /* with extensions and index */
/* a path inside a build output ("backend/a/dist/x.js") -> its source, or ptr NULL */
struct str source_of_output(struct project *p, struct str path);
/* the file of a package folder that `subpath` ("" or "x/y") names by exports, main or convention; false: none */
bool package_file(struct project *p, const struct manifest *m, struct str subpath, bool require_style, struct str *out);
/* shell.c */
struct words {
	struct str *ptr;
	size_t len, cap;
};
size_t split_command(struct arena *a, struct str text, struct words *commands, size_t cap);

#endif
