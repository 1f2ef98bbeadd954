#include "analyzers/native/lower.h"

#include <stdlib.h>
#include "analyzers/native/stubs.h"
#include "base/fs.h"

/* One unit alone, or several as one. Node's and V8's headers cost a second or two
 * for each unit that includes them, many times what the addon's own lines cost:
 * together they are read once. Units that do not bear that (two static functions
 * of one name, a using directive that makes a name ambiguous) are told by the
 * parser's errors and parsed alone. */

enum { MAX_TOGETHER = 32 };

/* ---- parsing ---- */

static bool missing_header(struct str text, struct str *name)
{
	/* 'x.h' file not found */
	size_t end = str_find(text, STR("' file not found"));
	if (end == (size_t)-1 || text.len == 0 || text.ptr[0] != '\'')
		return false;
	*name = str_sub(text, 1, end);
	return true;
}

static void note_missing(struct tree *t, struct unit_state *u, struct str name)
{
	for (size_t i = 0; i < u->missing.len; i++)
		if (str_eq(u->missing.ptr[i], name))
			return;
	vec_push(&u->missing, arena_str(t->arena, name));
}

static const char *parse_error(enum CXErrorCode code)
{
	return code == CXError_Crashed		  ? "the parser crashed on it"
	       : code == CXError_InvalidArguments ? "its compile arguments were refused"
						  : "it could not be parsed";
}

/* `extra`: one more file in memory, or NULL */
static CXTranslationUnit parse(CXIndex index, struct arena *a, const char *path,
			       const struct unit_request *u, const struct CXUnsavedFile *extra,
			       enum CXErrorCode *code)
{
	/* errors are expected; Node's headers have stand-ins, looked for last */
	static const char *const fixed[] = {"-ferror-limit=0", "-w", "-idirafter", STUB_DIR};
	enum { N_FIXED = sizeof fixed / sizeof *fixed };
	const char **args = arena_array(a, const char *, u->n_args + N_FIXED);
	for (size_t i = 0; i < u->n_args; i++)
		args[i] = u->args[i];
	for (size_t i = 0; i < N_FIXED; i++)
		args[u->n_args + i] = fixed[i];
	struct CXUnsavedFile files[MAX_STUBS + 1];
	unsigned n = 0;
	for (; n < n_stubs; n++)
		files[n] = (struct CXUnsavedFile){stub_list[n].path, stub_list[n].text,
						  strlen(stub_list[n].text)};
	if (extra)
		files[n++] = *extra;
	CXTranslationUnit tu = NULL;
	*code = clang_parseTranslationUnit2(index, path, args, (int)(u->n_args + N_FIXED), files, n,
					    CXTranslationUnit_KeepGoing, &tu);
	return tu;
}

/* ---- alone ---- */

static void read_diagnostics(struct lowering *l, struct unit_state *u)
{
	unsigned n = clang_getNumDiagnostics(l->tu);
	struct str name;
	for (unsigned i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(l->tu, i);
		if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
			u->errors++;
			if (missing_header(take(l, clang_getDiagnosticSpelling(d)), &name))
				note_missing(l->t, u, name);
		}
		clang_disposeDiagnostic(d);
	}
}

struct inclusions {
	struct lowering *l;
	struct unit_state *u;
};

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned n, CXClientData data)
{
	(void)stack;
	struct inclusions *in = data;
	struct str path = take(in->l, clang_getFileName(file));
	if (n == 1 && stub_is(path))
		vec_push(&in->u->stubbed, path_base(path));
}

static enum CXChildVisitResult visit_top(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	lower_top(data, c);
	return CXChildVisit_Continue;
}

void tree_add_unit(struct tree *t, const struct unit_request *u)
{
	struct unit_state state = {.path = u->path};
	struct lowering l = {.t = t, .fn = NONE, .base = vendored_base(u->path)};
	enum CXErrorCode code;
	CXIndex index = clang_createIndex(0, 0);
	char *path = arena_printf(t->arena, STR_FMT "/" STR_FMT, STR_ARG(t->root), STR_ARG(u->path));
	l.tu = parse(index, t->arena, path, u, NULL, &code);
	if (!l.tu) {
		state.failed = true;
		state.why = parse_error(code);
	} else {
		struct inclusions in = {&l, &state};
		read_diagnostics(&l, &state);
		clang_getInclusions(l.tu, visit_inclusion, &in);
		clang_visitChildren(clang_getTranslationUnitCursor(l.tu), visit_top, &l);
		clang_disposeTranslationUnit(l.tu);
	}
	free(l.slots);
	clang_disposeIndex(index);
	vec_push(&t->units, state);
}

/* ---- together ---- */

struct member_file {
	CXFile file;
	struct str path;
	uint32_t unit;       /* the one through which it came first */
	bool stub, project;
	struct str text;
};

struct together {
	struct lowering l;
	const struct unit_request *units;
	size_t n;
	bool *alone;
	struct unit_state *states;
	VEC(struct member_file) files;
	VEC(struct str) missing;
	size_t last; /* file looked up last */
};

static bool is_cxx(const struct unit_request *u)
{
	return !str_is(path_ext(u->path), ".c");
}

static bool are_alike(const struct unit_request *a, const struct unit_request *b)
{
	if (!is_cxx(a) || !is_cxx(b) || a->n_args != b->n_args ||
	    !str_eq(vendored_base(a->path), vendored_base(b->path)))
		return false;
	for (size_t i = 0; i < a->n_args; i++)
		if (strcmp(a->args[i], b->args[i]) != 0)
			return false;
	return true;
}

size_t tree_units_alike(const struct unit_request *u, size_t n)
{
	size_t same = n > 0;
	while (same < n && same < MAX_TOGETHER && are_alike(&u[0], &u[same]))
		same++;
	return same;
}

static uint32_t unit_at(const struct together *x, struct str path)
{
	const struct str root = x->l.t->root;
	for (uint32_t i = 0; i < x->n; i++)
		if (path.len == root.len + 1 + x->units[i].path.len && str_starts(path, root) &&
		    str_ends(path, x->units[i].path))
			return i;
	return NONE;
}

static void visit_member(CXFile file, CXSourceLocation *stack, unsigned n, CXClientData data)
{
	struct together *x = data;
	if (n == 0)
		return; /* the file that holds them together */
	struct member_file f = {.file = file, .path = take(&x->l, clang_getFileName(file))};
	CXFile unit = file;
	if (n > 1)
		clang_getFileLocation(stack[n - 2], &unit, NULL, NULL, NULL);
	f.unit = unit ? unit_at(x, take(&x->l, clang_getFileName(unit))) : NONE;
	f.stub = stub_is(f.path);
	f.project = is_project_file(&x->l, file);
	size_t len = 0;
	const char *text = f.project ? clang_getFileContents(x->l.tu, file, &len) : NULL;
	f.text = text ? (struct str){text, len} : STR("");
	vec_push(&x->files, f);
}

static uint32_t unit_of(struct together *x, CXSourceLocation at)
{
	CXFile file = NULL;
	clang_getExpansionLocation(at, &file, NULL, NULL, NULL);
	if (x->last < x->files.len && x->files.ptr[x->last].file == file)
		return x->files.ptr[x->last].unit;
	for (size_t i = 0; file && i < x->files.len; i++)
		if (x->files.ptr[i].file == file) {
			x->last = i;
			return x->files.ptr[i].unit;
		}
	return NONE;
}

/* errors that only come from lying beside another unit */
static bool is_clash(struct str text)
{
	static const char *const words[] = {"redefinition", "redeclar", "ambiguous", "conflicting",
					    "follows non-static"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_find(text, str_from(words[i])) != (size_t)-1)
			return true;
	return false;
}

static void read_errors(struct together *x)
{
	struct lowering *l = &x->l;
	unsigned n = clang_getNumDiagnostics(l->tu);
	struct str name;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < n; i++) {
			CXDiagnostic d = clang_getDiagnostic(l->tu, i);
			bool error = clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error;
			struct str text = error ? take(l, clang_getDiagnosticSpelling(d)) : STR("");
			uint32_t unit = error ? unit_of(x, clang_getDiagnosticLocation(d)) : NONE;
			clang_disposeDiagnostic(d);
			if (!error)
				continue;
			bool header = missing_header(text, &name);
			if (pass == 0 && header) /* what lacks a header has more errors after it */
				vec_push(&x->missing, name);
			if (pass == 0 || unit == NONE)
				continue;
			x->states[unit].errors++;
			x->alone[unit] |= !header && (x->missing.len == 0 || is_clash(text));
		}
}

/* the next #include at or after *i: what it names */
static bool next_include(struct str text, size_t *i, struct str *name)
{
	while (*i < text.len) {
		size_t j = *i, end;
		for (end = j; end < text.len && text.ptr[end] != '\n'; end++)
			;
		struct str line = str_trim(str_sub(text, j, end));
		*i = end + 1;
		if (!line.len || line.ptr[0] != '#')
			continue;
		line = str_trim(str_sub(line, 1, line.len));
		if (!str_starts(line, STR("include")))
			continue;
		line = str_trim(str_sub(line, 7, line.len));
		if (line.len < 3 || (line.ptr[0] != '"' && line.ptr[0] != '<'))
			continue;
		size_t to = 1;
		while (to < line.len && line.ptr[to] != '"' && line.ptr[to] != '>')
			to++;
		*name = str_sub(line, 1, to);
		return true;
	}
	return false;
}

static struct str without_dots(struct str name)
{
	while (str_starts(name, STR("../")) || str_starts(name, STR("./")))
		name = str_sub(name, name.ptr[1] == '.' ? 3 : 2, name.len);
	return name;
}

/* A header that was read through another unit is not read again for this one, so what
 * its text asks for tells what it would lack alone. */
static void follow(struct together *x, size_t file, struct unit_state *u, bool *seen)
{
	struct str name;
	seen[file] = true;
	for (size_t i = 0; next_include(x->files.ptr[file].text, &i, &name);) {
		for (size_t k = 0; k < x->missing.len; k++)
			if (str_eq(x->missing.ptr[k], name))
				note_missing(x->l.t, u, name);
		for (size_t k = 0; k < x->files.len; k++) {
			const struct member_file *f = &x->files.ptr[k];
			bool direct = unit_at(x, x->files.ptr[file].path) != NONE;
			if (seen[k] || !str_ends(f->path, without_dots(name)))
				continue;
			if (f->stub && direct)
				vec_push(&u->stubbed, path_base(f->path));
			if (f->stub)
				seen[k] = true;
			else if (f->project)
				follow(x, k, u, seen);
		}
	}
}

static void attribute_headers(struct together *x)
{
	bool *seen = arena_array(x->l.t->arena, bool, x->files.len);
	for (size_t i = 0; i < x->files.len; i++) {
		uint32_t unit = unit_at(x, x->files.ptr[i].path);
		memset(seen, 0, x->files.len * sizeof *seen);
		if (unit != NONE)
			follow(x, i, &x->states[unit], seen);
	}
}

static enum CXChildVisitResult visit_of_many(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct together *x = data;
	uint32_t unit = unit_of(x, clang_getCursorLocation(c));
	if (unit != NONE && !x->alone[unit])
		lower_top(&x->l, c);
	return CXChildVisit_Continue;
}

static const char *text_of_all(const struct together *x)
{
	struct tree *t = x->l.t;
	const char *text = "";
	for (size_t i = 0; i < x->n; i++)
		text = arena_printf(t->arena, "%s#include \"" STR_FMT "/" STR_FMT "\"\n", text,
				    STR_ARG(t->root), STR_ARG(x->units[i].path));
	return text;
}

static void keep_states(struct together *x)
{
	for (size_t i = 0; i < x->n; i++) {
		if (!x->alone[i]) {
			vec_push(&x->l.t->units, x->states[i]);
			continue;
		}
		vec_release(&x->states[i].missing);
		vec_release(&x->states[i].stubbed);
	}
}

void tree_add_together(struct tree *t, const struct unit_request *u, size_t n, bool *alone)
{
	struct together x = {.units = u, .n = n, .alone = alone};
	x.l = (struct lowering){.t = t, .fn = NONE, .base = vendored_base(u[0].path)};
	x.states = arena_array(t->arena, struct unit_state, n);
	for (size_t i = 0; i < n; i++)
		x.states[i].path = u[i].path, alone[i] = false;
	const char *text = text_of_all(&x);
	char *path = arena_printf(t->arena, STR_FMT "/all-units-together.cc", STR_ARG(t->root));
	struct CXUnsavedFile all = {path, text, strlen(text)};
	enum CXErrorCode code;
	CXIndex index = clang_createIndex(0, 0);
	x.l.tu = parse(index, t->arena, path, u, &all, &code);
	if (x.l.tu) {
		clang_getInclusions(x.l.tu, visit_member, &x);
		read_errors(&x);
		attribute_headers(&x);
		clang_visitChildren(clang_getTranslationUnitCursor(x.l.tu), visit_of_many, &x);
		clang_disposeTranslationUnit(x.l.tu);
	}
	for (size_t i = 0; i < n; i++)
		alone[i] |= !x.l.tu;
	keep_states(&x);
	free(x.l.slots);
	vec_release(&x.files);
	vec_release(&x.missing);
	clang_disposeIndex(index);
}

const char *tree_parser_version(struct arena *a)
{
	CXString s = clang_getClangVersion();
	const char *out = arena_cstr(a, str_from(clang_getCString(s)));
	clang_disposeString(s);
	return out;
}
