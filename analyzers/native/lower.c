#include "analyzers/native/lower.h"

#include "analyzers/native/spelling.h"

/* From libclang to our tree. Works with every version since 12:
 * newer ones have calls for what is done by hand here (operators), but one
 * path for all versions gives the same answer everywhere. */

enum { MAX_NODES = 3000000, MAX_DEPTH = 1200 };

struct visit {
	struct lowering *l;
	uint32_t parent;
};

static void lower(struct lowering *l, CXCursor c, uint32_t parent);

/* ---- nodes ---- */

static uint32_t add_node(struct lowering *l, enum node_kind kind, CXCursor c, uint32_t parent)
{
	struct tree *t = l->t;
	uint32_t id = (uint32_t)t->nodes.len;
	struct node n = {.kind = (uint8_t)kind, .parent = parent, .first = NONE, .last = NONE,
			 .next = NONE, .sym = NONE, .fn = l->fn};
	n.at = where_of(l, clang_getCursorExtent(c));
	vec_push(&t->nodes, n);
	if (parent != NONE) {
		struct node *p = &t->nodes.ptr[parent];
		if (p->last == NONE)
			p->first = id;
		else
			t->nodes.ptr[p->last].next = id;
		t->nodes.ptr[parent].last = id;
	}
	return id;
}

static enum CXChildVisitResult visit_child(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct visit *v = data;
	lower(v->l, c, v->parent);
	return CXChildVisit_Continue;
}

static void lower_children(struct lowering *l, CXCursor c, uint32_t parent)
{
	struct visit v = {l, parent};
	clang_visitChildren(c, visit_child, &v);
}

/* Lowers so that exactly one child is added: arguments are found by their index. */
static void lower_one(struct lowering *l, CXCursor c, uint32_t parent)
{
	struct tree *t = l->t;
	uint32_t before = t->nodes.ptr[parent].last;
	lower(l, c, parent);
	uint32_t after = t->nodes.ptr[parent].last;
	uint32_t first = before == NONE ? t->nodes.ptr[parent].first : t->nodes.ptr[before].next;
	if (after == before) {
		add_node(l, NODE_OTHER, c, parent);
		return;
	}
	if (first == after)
		return;
	if (before == NONE)
		t->nodes.ptr[parent].first = t->nodes.ptr[parent].last = NONE;
	else
		t->nodes.ptr[before].next = NONE, t->nodes.ptr[parent].last = before;
	uint32_t group = add_node(l, NODE_OTHER, c, parent);
	t->nodes.ptr[group].first = first;
	t->nodes.ptr[group].last = after;
	for (uint32_t n = first; n != NONE; n = t->nodes.ptr[n].next)
		t->nodes.ptr[n].parent = group;
}

static bool is_skipped(enum CXCursorKind k)
{
	return k == CXCursor_TypeRef || k == CXCursor_TemplateRef || k == CXCursor_NamespaceRef ||
	       k == CXCursor_MemberRef || k == CXCursor_LabelRef || clang_isAttribute(k);
}

static enum CXChildVisitResult first_expression(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (is_skipped(clang_getCursorKind(c)))
		return CXChildVisit_Continue;
	*(CXCursor *)data = c;
	return CXChildVisit_Break;
}

static void lower_call(struct lowering *l, CXCursor c, uint32_t parent)
{
	CXCursor target = clang_getCursorReferenced(c);
	uint32_t call = add_node(l, NODE_CALL, c, parent);
	uint32_t sym = symbol_of(l, target);
	struct str name = take(l, clang_getCursorSpelling(c));
	l->t->nodes.ptr[call].sym = sym;
	l->t->nodes.ptr[call].text = name;
	bool operator_ = str_starts(name, STR("operator")) && name.len > 8 &&
			 !((name.ptr[8] >= 'a' && name.ptr[8] <= 'z') || name.ptr[8] == '_');
	bool constructor = clang_getCursorKind(target) == CXCursor_Constructor;
	int n = clang_Cursor_getNumArguments(c);
	CXCursor first = clang_getNullCursor();
	clang_visitChildren(c, first_expression, &first);
	bool explicit_call = false; /* x.operator=(y) */
	if (operator_ && n >= 0 && !clang_Cursor_isNull(first) &&
	    clang_getCursorKind(first) == CXCursor_MemberRefExpr)
		explicit_call = clang_equalCursors(clang_getCursorReferenced(first), target);
	if (!constructor && (!operator_ || explicit_call) && !clang_Cursor_isNull(first)) {
		l->t->nodes.ptr[call].has_callee = true;
		lower_one(l, first, call);
	}
	if (n < 0) {
		lower_children(l, c, call);
		return;
	}
	for (int i = 0; i < n; i++)
		lower_one(l, clang_Cursor_getArgument(c, (unsigned)i), call);
}

static void lower_reference(struct lowering *l, CXCursor c, uint32_t parent, bool member)
{
	CXCursor target = clang_getCursorReferenced(c);
	enum CXCursorKind k = clang_getCursorKind(target);
	if (k == CXCursor_EnumConstantDecl) {
		uint32_t n = add_node(l, NODE_INT, c, parent);
		l->t->nodes.ptr[n].value = clang_getEnumConstantDeclValue(target);
		l->t->nodes.ptr[n].text = take(l, clang_getCursorSpelling(c));
		return;
	}
	uint32_t sym = symbol_of(l, target);
	/* a static member written as this->x is a variable like any other */
	if (sym != NONE && tree_symbol(l->t, sym)->kind == SYM_GLOBAL)
		member = false;
	uint32_t n = add_node(l, member ? NODE_MEMBER : NODE_REF, c, parent);
	l->t->nodes.ptr[n].sym = sym;
	l->t->nodes.ptr[n].text = take(l, clang_getCursorSpelling(c));
	if (member)
		lower_children(l, c, n);
}

static void lower_literal(struct lowering *l, CXCursor c, uint32_t parent)
{
	bool string = clang_getCursorKind(c) == CXCursor_StringLiteral;
	uint32_t n = add_node(l, string ? NODE_STRING : NODE_INT, c, parent);
	l->t->nodes.ptr[n].text = string ? string_value(l, c) : STR("");
	CXEvalResult r = string ? NULL : clang_Cursor_Evaluate(c);
	if (!r)
		return;
	if (clang_EvalResult_getKind(r) == CXEval_Int)
		l->t->nodes.ptr[n].value = clang_EvalResult_getAsLongLong(r);
	clang_EvalResult_dispose(r);
}

static void lower_loop(struct lowering *l, CXCursor c, uint32_t parent)
{
	enum CXCursorKind k = clang_getCursorKind(c);
	uint32_t loop = add_node(l, NODE_LOOP, c, parent);
	lower_children(l, c, loop);
	struct tree *t = l->t;
	const struct node *n = tree_node(t, loop);
	if (k == CXCursor_ForStmt)
		t->nodes.ptr[loop].infinite = n->first == n->last;
	else if (n->first != NONE) {
		const struct node *cond = tree_node(t, k == CXCursor_DoStmt ? n->last : n->first);
		t->nodes.ptr[loop].infinite = cond->kind == NODE_INT && cond->value;
	}
}

static void lower_var(struct lowering *l, CXCursor c, uint32_t parent)
{
	uint32_t sym = symbol_of(l, c);
	if (sym == NONE)
		return;
	CXCursor init = clang_Cursor_getVarDeclInitializer(c);
	bool definition = clang_isCursorDefinition(c) != 0;
	struct symbol *s = tree_symbol(l->t, sym);
	if (s->kind == SYM_GLOBAL && (s->node != NONE || !definition))
		return; /* seen in another unit, or declared only */
	uint32_t n = add_node(l, NODE_VAR, c, s->kind == SYM_GLOBAL ? NONE : parent);
	l->t->nodes.ptr[n].sym = sym;
	if (definition) {
		s->node = n;
		s->at = l->t->nodes.ptr[n].at;
	}
	s->fn = l->fn;
	if (!clang_Cursor_isNull(init))
		lower_one(l, init, n);
}

struct params {
	struct lowering *l;
	uint32_t fn;
	VEC(uint32_t) list;
};

static enum CXChildVisitResult visit_param(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct params *p = data;
	if (clang_getCursorKind(c) != CXCursor_ParmDecl)
		return CXChildVisit_Continue;
	uint32_t sym = symbol_of(p->l, c);
	if (sym == NONE)
		return CXChildVisit_Continue;
	struct symbol *s = tree_symbol(p->l->t, sym);
	s->fn = p->fn;
	s->param_index = (uint32_t)p->list.len;
	if (is_js_type(s->type))
		tree_symbol(p->l->t, p->fn)->takes_js = true;
	vec_push(&p->list, sym);
	return CXChildVisit_Continue;
}

static void lower_params(struct lowering *l, CXCursor c, uint32_t fn)
{
	struct params p = {.l = l, .fn = fn};
	clang_visitChildren(c, visit_param, &p);
	uint32_t *list = arena_array(l->t->arena, uint32_t, p.list.len);
	if (p.list.len)
		memcpy(list, p.list.ptr, p.list.len * sizeof *list);
	tree_symbol(l->t, fn)->params = list;
	tree_symbol(l->t, fn)->n_params = p.list.len;
	vec_release(&p.list);
}

static void lower_function(struct lowering *l, CXCursor c)
{
	uint32_t sym = symbol_of(l, c);
	if (sym == NONE || !clang_isCursorDefinition(c) || !in_project(l, c) ||
	    tree_symbol(l->t, sym)->node != NONE)
		return;
	uint32_t outer = l->fn;
	l->fn = sym;
	uint32_t n = add_node(l, NODE_FUNCTION, c, NONE);
	l->t->nodes.ptr[n].sym = sym;
	struct symbol *s = tree_symbol(l->t, sym);
	s->node = n;
	s->at = l->t->nodes.ptr[n].at;
	s->project = true;
	lower_params(l, c, sym);
	lower_children(l, c, n);
	l->fn = outer;
}

static void lower_lambda(struct lowering *l, CXCursor c, uint32_t parent)
{
	struct tree *t = l->t;
	uint32_t n = add_node(l, NODE_LAMBDA, c, parent), outer = l->fn;
	struct symbol s = {.kind = SYM_FUNCTION, .project = true, .fn = outer, .node = n,
			   .name = STR("a lambda"), .qualified = STR("a lambda"), .type = STR(""),
			   .owner = outer == NONE ? STR("") : tree_symbol(t, outer)->owner};
	s.at = tree_node(t, n)->at;
	uint32_t sym = (uint32_t)t->symbols.len;
	vec_push(&t->symbols, s);
	t->nodes.ptr[n].sym = sym;
	l->fn = sym;
	lower_params(l, c, sym);
	lower_children(l, c, n);
	l->fn = outer;
}

static void lower_simple(struct lowering *l, CXCursor c, uint32_t parent, enum node_kind kind,
			 uint8_t op)
{
	uint32_t n = add_node(l, kind, c, parent);
	l->t->nodes.ptr[n].op = op;
	if (kind == NODE_INIT_LIST || kind == NODE_NEW)
		l->t->nodes.ptr[n].text =
		    take(l, clang_getTypeSpelling(clang_getCanonicalType(clang_getCursorType(c))));
	lower_children(l, c, n);
}

/* Casts, parentheses, temporaries: what is inside counts. */
static bool is_transparent(enum CXCursorKind k)
{
	switch (k) {
	case CXCursor_ParenExpr: case CXCursor_UnexposedExpr: case CXCursor_CStyleCastExpr:
	case CXCursor_CXXStaticCastExpr: case CXCursor_CXXReinterpretCastExpr:
	case CXCursor_CXXConstCastExpr: case CXCursor_CXXDynamicCastExpr:
	case CXCursor_CXXFunctionalCastExpr: case CXCursor_DeclStmt: case CXCursor_UnexposedStmt:
	case CXCursor_StmtExpr:
		return true;
	default:
		return false;
	}
}

static void lower_binary(struct lowering *l, CXCursor c, uint32_t parent)
{
	uint8_t op = binary_operator(l, c);
	bool statement = parent != NONE && tree_node(l->t, parent)->kind == NODE_BLOCK;
	/* in a macro's body the operator cannot be read; a whole statement can only be an assignment */
	if (op == '=' || (op == OP_UNKNOWN && statement))
		lower_simple(l, c, parent, NODE_ASSIGN, '=');
	else
		lower_simple(l, c, parent, NODE_BINARY, op);
}

static void lower_expression(struct lowering *l, CXCursor c, uint32_t parent)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_CallExpr:
		lower_call(l, c, parent);
		return;
	case CXCursor_DeclRefExpr:
		lower_reference(l, c, parent, false);
		return;
	case CXCursor_MemberRefExpr:
		lower_reference(l, c, parent, true);
		return;
	case CXCursor_IntegerLiteral: case CXCursor_CharacterLiteral: case CXCursor_StringLiteral:
	case CXCursor_CXXBoolLiteralExpr: case CXCursor_CXXNullPtrLiteralExpr:
	case CXCursor_GNUNullExpr:
		lower_literal(l, c, parent);
		return;
	case CXCursor_BinaryOperator:
		lower_binary(l, c, parent);
		return;
	case CXCursor_CompoundAssignOperator:
		lower_simple(l, c, parent, NODE_ASSIGN, compound_operator(l, c));
		return;
	case CXCursor_UnaryOperator:
		lower_simple(l, c, parent, NODE_UNARY, unary_operator(l, c));
		return;
	case CXCursor_ArraySubscriptExpr:
		lower_simple(l, c, parent, NODE_INDEX, 0);
		return;
	case CXCursor_ConditionalOperator:
		lower_simple(l, c, parent, NODE_CONDITIONAL, 0);
		return;
	case CXCursor_InitListExpr:
		lower_simple(l, c, parent, NODE_INIT_LIST, 0);
		return;
	case CXCursor_CXXNewExpr:
		lower_simple(l, c, parent, NODE_NEW, 0);
		return;
	case CXCursor_CXXDeleteExpr:
		lower_simple(l, c, parent, NODE_DELETE, 0);
		return;
	case CXCursor_LambdaExpr:
		lower_lambda(l, c, parent);
		return;
	default:
		lower_simple(l, c, parent, NODE_OTHER, 0);
	}
}

static void lower_statement(struct lowering *l, CXCursor c, uint32_t parent)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_CompoundStmt:
		lower_simple(l, c, parent, NODE_BLOCK, 0);
		return;
	case CXCursor_IfStmt:
		lower_simple(l, c, parent, NODE_IF, 0);
		return;
	case CXCursor_ForStmt: case CXCursor_WhileStmt: case CXCursor_DoStmt:
		lower_loop(l, c, parent);
		return;
	case CXCursor_CXXForRangeStmt:
		lower_simple(l, c, parent, NODE_RANGE_LOOP, 0);
		return;
	case CXCursor_ReturnStmt:
		lower_simple(l, c, parent, NODE_RETURN, 0);
		return;
	default:
		lower_simple(l, c, parent, NODE_OTHER, 0);
	}
}

static void lower_declaration(struct lowering *l, CXCursor c, uint32_t parent)
{
	enum CXCursorKind k = clang_getCursorKind(c);
	if (is_function(k))
		lower_function(l, c);
	else if (k == CXCursor_VarDecl)
		lower_var(l, c, parent);
	else if (k == CXCursor_FieldDecl)
		symbol_of(l, c);
	else if (is_class(k) || k == CXCursor_Namespace || k == CXCursor_LinkageSpec ||
		 k == CXCursor_UnexposedDecl)
		lower_children(l, c, NONE);
}

static enum CXChildVisitResult first_of_all(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	*(CXCursor *)data = c;
	return CXChildVisit_Break;
}

/* .field = value in an initialiser: a node with the field's name around the value */
static bool lower_designated(struct lowering *l, CXCursor c, uint32_t parent)
{
	CXCursor field = clang_getNullCursor();
	if (parent == NONE || tree_node(l->t, parent)->kind != NODE_INIT_LIST)
		return false;
	clang_visitChildren(c, first_of_all, &field);
	if (clang_getCursorKind(field) != CXCursor_MemberRef)
		return false;
	uint32_t n = add_node(l, NODE_OTHER, c, parent);
	l->t->nodes.ptr[n].text = take(l, clang_getCursorSpelling(field));
	lower_children(l, c, n);
	return true;
}

static void lower(struct lowering *l, CXCursor c, uint32_t parent)
{
	enum CXCursorKind k = clang_getCursorKind(c);
	if (is_skipped(k) || l->t->over_limit)
		return;
	if (l->t->nodes.len >= MAX_NODES) {
		l->t->over_limit = true;
		return;
	}
	if (++l->depth < MAX_DEPTH) {
		if (k == CXCursor_UnexposedExpr && lower_designated(l, c, parent)) {
			l->depth--;
			return;
		}
		if (is_transparent(k))
			lower_children(l, c, parent);
		else if (clang_isExpression(k))
			lower_expression(l, c, parent);
		else if (clang_isStatement(k))
			lower_statement(l, c, parent);
		else if (clang_isDeclaration(k))
			lower_declaration(l, c, parent);
	}
	l->depth--;
}

void lower_top(struct lowering *l, CXCursor c)
{
	if (in_project(l, c))
		lower_declaration(l, c, NONE);
}
