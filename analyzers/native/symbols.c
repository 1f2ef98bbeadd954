#include "analyzers/native/lower.h"

#include <stdlib.h>
#include "base/fs.h"

/* Where things lie, whose code it is, and one symbol for all declarations of a
 * function or variable. */

enum { MAX_NAME_PARTS = 16 };

/* ---- text and places ---- */

struct str take(struct lowering *l, CXString s)
{
	const char *c = clang_getCString(s);
	struct str out = arena_str(l->t->arena, c ? str_from(c) : STR(""));
	clang_disposeString(s);
	return out;
}

static bool is_vendor(struct str folder)
{
	static const char *const dirs[] = {"node_modules", "deps", "dep", "vendor", "third_party", "third-party",
					   "thirdparty", "3rdparty", "external", "hidapi"};
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (str_is(folder, dirs[i]))
			return true;
	return false;
}

static size_t part_end(struct str path, size_t at)
{
	while (at < path.len && path.ptr[at] != '/')
		at++;
	return at;
}

struct str vendored_base(struct str path)
{
	size_t base = 0;
	for (size_t i = 0, j; (j = part_end(path, i)) < path.len; i = j + 1) {
		struct str part = str_sub(path, i, j);
		if (!is_vendor(part))
			continue;
		base = j + 1;
		if (!str_is(part, "node_modules"))
			continue;
		size_t end = part_end(path, base);
		if (path.ptr[base] == '@' && end < path.len)
			end = part_end(path, end + 1);
		base = end < path.len ? end + 1 : base;
	}
	return str_sub(path, 0, base);
}

static uint32_t file_index(struct tree *t, struct str path)
{
	uint32_t known = map_get(&t->file_index, path);
	if (known != MAP_NONE)
		return known;
	struct str copy = arena_str(t->arena, path);
	map_put(&t->file_index, copy, (uint32_t)t->files.len);
	vec_push(&t->files, copy);
	return (uint32_t)t->files.len - 1;
}

static void look_at_file(struct lowering *l, CXFile file)
{
	if (file == l->last_file)
		return;
	struct tree *t = l->t;
	struct str path = take(l, clang_getFileName(file));
	path = path_join(t->arena, path.len && path.ptr[0] == '/' ? STR("") : t->root, path);
	bool inside = str_starts(path, t->root) && path.len > t->root.len &&
		      (path.ptr[t->root.len] == '/' || str_is(t->root, "/"));
	l->last_file = file;
	if (inside)
		path = str_sub(path, t->root.len + !str_is(t->root, "/"), path.len);
	l->last_project = inside && str_eq(vendored_base(path), l->base);
	l->last_index = inside ? file_index(t, path) : NONE;
}

bool is_project_file(struct lowering *l, CXFile file)
{
	look_at_file(l, file);
	return l->last_project;
}

bool in_project(struct lowering *l, CXCursor c)
{
	CXFile file;
	clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL, NULL, NULL);
	return file && is_project_file(l, file);
}

struct where where_of(struct lowering *l, CXSourceRange range)
{
	struct where w = {.file = NONE};
	CXFile file, end_file;
	unsigned line, column, start, end;
	clang_getFileLocation(clang_getRangeStart(range), &file, &line, &column, &start);
	clang_getFileLocation(clang_getRangeEnd(range), &end_file, NULL, NULL, &end);
	if (!file)
		return w;
	look_at_file(l, file);
	w = (struct where){l->last_index, start, end, line, column};
	if (end_file != file || end < start)
		w.end = start;
	return w;
}

/* ---- symbols ---- */

bool is_function(enum CXCursorKind k)
{
	return k == CXCursor_FunctionDecl || k == CXCursor_CXXMethod || k == CXCursor_Constructor ||
	       k == CXCursor_Destructor || k == CXCursor_ConversionFunction ||
	       k == CXCursor_FunctionTemplate;
}

bool is_class(enum CXCursorKind k)
{
	return k == CXCursor_StructDecl || k == CXCursor_ClassDecl || k == CXCursor_UnionDecl ||
	       k == CXCursor_ClassTemplate || k == CXCursor_ClassTemplatePartialSpecialization;
}

/* the standard library's version namespaces say nothing */
static bool is_silent_namespace(CXCursor c, struct str name)
{
	return clang_getCursorKind(c) == CXCursor_Namespace &&
	       (name.len == 0 || str_is(name, "__cxx11") || str_is(name, "__1") ||
		str_is(name, "_V2") || clang_Cursor_isInlineNamespace(c));
}

static struct str qualified_name(struct lowering *l, CXCursor c)
{
	struct str parts[MAX_NAME_PARTS];
	size_t n = 0;
	while (n < MAX_NAME_PARTS && !clang_Cursor_isNull(c) &&
	       !clang_isTranslationUnit(clang_getCursorKind(c)) &&
	       !clang_isInvalid(clang_getCursorKind(c))) {
		struct str name = take(l, clang_getCursorSpelling(c));
		bool function = n > 0 && is_function(clang_getCursorKind(c));
		if (!function && name.len && !is_silent_namespace(c, name))
			parts[n++] = name;
		c = clang_getCursorSemanticParent(c);
	}
	struct str out = n ? parts[n - 1] : STR("");
	for (size_t i = n - (n > 0); i-- > 0;)
		out = str_from(arena_printf(l->t->arena, STR_FMT "::" STR_FMT, STR_ARG(out),
					    STR_ARG(parts[i])));
	return out;
}

static bool is_immutable(CXType type)
{
	for (;;) {
		CXType element = clang_getArrayElementType(type);
		if (element.kind == CXType_Invalid)
			break;
		type = clang_getCanonicalType(element);
	}
	return clang_isConstQualifiedType(type);
}

static void describe_type(struct lowering *l, CXCursor c, struct symbol *s)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(c));
	s->type = take(l, clang_getTypeSpelling(type));
	s->is_const = is_immutable(type);
	s->reference = type.kind == CXType_LValueReference || type.kind == CXType_RValueReference;
	s->pointer = type.kind == CXType_Pointer;
	if (s->reference || s->pointer)
		s->to_const = clang_isConstQualifiedType(clang_getPointeeType(type));
	s->atomic = str_starts(s->type, STR("std::atomic")) || str_starts(s->type, STR("_Atomic")) ||
		    str_starts(s->type, STR("struct std::atomic"));
}

bool is_js_type(struct str type)
{
	return str_find(type, STR("napi_callback_info")) != (size_t)-1 ||
	       str_find(type, STR("CallbackInfo")) != (size_t)-1 ||
	       str_find(type, STR("PropertyCallbackInfo")) != (size_t)-1 ||
	       str_find(type, STR("NAN_METHOD_ARGS_TYPE")) != (size_t)-1;
}

static void describe_function(struct lowering *l, CXCursor c, struct symbol *s)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(c));
	s->type = take(l, clang_getTypeSpelling(type));
	s->constructor = clang_getCursorKind(c) == CXCursor_Constructor;
	s->destructor = clang_getCursorKind(c) == CXCursor_Destructor;
	s->const_method = clang_CXXMethod_isConst(c) != 0;
	int n = clang_getNumArgTypes(type);
	for (int i = 0; i < n && i < 64; i++) {
		CXType arg = clang_getCanonicalType(clang_getArgType(type, (unsigned)i));
		if ((arg.kind == CXType_LValueReference || arg.kind == CXType_Pointer) &&
		    !clang_isConstQualifiedType(clang_getPointeeType(arg)))
			s->mutable_params |= UINT64_C(1) << i;
	}
	s->takes_js = is_js_type(s->type);
}

static void describe_overrides(struct lowering *l, CXCursor c, uint32_t sym)
{
	CXCursor *over = NULL;
	unsigned n = 0;
	clang_getOverriddenCursors(c, &over, &n);
	uint32_t *list = arena_array(l->t->arena, uint32_t, n);
	size_t kept = 0;
	bool foreign = false;
	for (unsigned i = 0; i < n; i++) {
		if (in_project(l, over[i]))
			list[kept++] = symbol_of(l, over[i]);
		else
			foreign = true;
	}
	if (over)
		clang_disposeOverriddenCursors(over);
	struct symbol *s = tree_symbol(l->t, sym);
	s->overrides = list;
	s->n_overrides = kept;
	s->overrides_foreign = foreign;
}

static enum symbol_kind kind_of(CXCursor c, CXCursor parent)
{
	enum CXCursorKind k = clang_getCursorKind(c), pk = clang_getCursorKind(parent);
	if (is_function(k))
		return SYM_FUNCTION;
	if (k == CXCursor_ParmDecl)
		return SYM_PARAM;
	if (k == CXCursor_FieldDecl)
		return SYM_FIELD;
	if (k != CXCursor_VarDecl)
		return SYM_OTHER;
	bool local = is_function(pk) || pk == CXCursor_LambdaExpr;
	if (!local)
		return SYM_GLOBAL;
	return clang_Cursor_hasVarDeclGlobalStorage(c) == 1 ? SYM_STATIC_LOCAL : SYM_LOCAL;
}

static struct str key_of(struct lowering *l, CXCursor c, enum symbol_kind kind)
{
	if (kind == SYM_LOCAL || kind == SYM_PARAM || kind == SYM_STATIC_LOCAL) {
		CXFile file;
		unsigned offset;
		clang_getExpansionLocation(clang_getCursorLocation(c), &file, NULL, NULL, &offset);
		struct str path = file ? take(l, clang_getFileName(file)) : STR("");
		struct str name = take(l, clang_getCursorSpelling(c));
		return str_from(arena_printf(l->t->arena, "%u:" STR_FMT ":" STR_FMT, offset,
					     STR_ARG(name), STR_ARG(path)));
	}
	return take(l, clang_getCursorUSR(c));
}

static void grow_slots(struct lowering *l)
{
	size_t cap = l->cap_slots ? l->cap_slots * 2 : 4096;
	struct cursor_slot *slots = xcalloc(cap, sizeof *slots);
	for (size_t i = 0; i < cap; i++)
		slots[i].sym = NONE;
	for (size_t i = 0; i < l->cap_slots; i++) {
		if (l->slots[i].sym == NONE)
			continue;
		size_t at = clang_hashCursor(l->slots[i].cursor) & (cap - 1);
		while (slots[at].sym != NONE)
			at = (at + 1) & (cap - 1);
		slots[at] = l->slots[i];
	}
	free(l->slots);
	l->slots = slots;
	l->cap_slots = cap;
}

static struct cursor_slot *slot_of(struct lowering *l, CXCursor c)
{
	if (l->n_slots * 2 >= l->cap_slots)
		grow_slots(l);
	size_t at = clang_hashCursor(c) & (l->cap_slots - 1);
	while (l->slots[at].sym != NONE && !clang_equalCursors(l->slots[at].cursor, c))
		at = (at + 1) & (l->cap_slots - 1);
	return &l->slots[at];
}

static uint32_t new_symbol(struct lowering *l, CXCursor c, struct str key)
{
	struct tree *t = l->t;
	CXCursor parent = clang_getCursorSemanticParent(c);
	struct symbol s = {.fn = NONE, .node = NONE, .owner = STR("")};
	s.kind = (uint8_t)kind_of(c, parent);
	s.name = take(l, clang_getCursorSpelling(c));
	s.project = in_project(l, c);
	s.at = where_of(l, clang_getCursorExtent(c));
	s.external = clang_getCursorLinkage(c) == CXLinkage_External;
	/* a name with overloads is no declaration: asking for its TLS kind reads what is not there */
	s.thread_local_ = clang_getCursorKind(c) == CXCursor_VarDecl &&
			  clang_getCursorTLSKind(c) != CXTLS_None;
	s.qualified = s.kind == SYM_LOCAL || s.kind == SYM_PARAM ? s.name : qualified_name(l, c);
	if (is_class(clang_getCursorKind(parent)))
		s.owner = qualified_name(l, parent);
	if (s.kind == SYM_FUNCTION)
		describe_function(l, c, &s);
	else
		describe_type(l, c, &s);
	uint32_t sym = (uint32_t)t->symbols.len;
	vec_push(&t->symbols, s);
	if (key.len)
		map_put(&t->by_key, key, sym);
	if (clang_getCursorKind(c) == CXCursor_CXXMethod)
		describe_overrides(l, c, sym);
	return sym;
}

uint32_t symbol_of(struct lowering *l, CXCursor c)
{
	if (clang_Cursor_isNull(c) || clang_isInvalid(clang_getCursorKind(c)))
		return NONE;
	if (in_project(l, c)) {
		CXCursor pattern = clang_getSpecializedCursorTemplate(c);
		if (!clang_Cursor_isNull(pattern))
			c = pattern;
	}
	struct cursor_slot *slot = slot_of(l, c);
	if (slot->sym != NONE)
		return slot->sym;
	struct str key = key_of(l, c, kind_of(c, clang_getCursorSemanticParent(c)));
	uint32_t sym = key.len ? map_get(&l->t->by_key, key) : MAP_NONE;
	if (sym == MAP_NONE)
		sym = new_symbol(l, c, key);
	slot = slot_of(l, c); /* making the symbol may have grown the table */
	if (slot->sym == NONE) {
		*slot = (struct cursor_slot){c, sym};
		l->n_slots++;
	}
	return sym;
}
