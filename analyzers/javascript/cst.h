#ifndef ANALYZERS_JAVASCRIPT_CST_H
#define ANALYZERS_JAVASCRIPT_CST_H
/* The parser's tree as one flat array in source order, in our own words, for
 * the lowering alone. Tokens that say nothing are left out; comments go to the
 * file. Node 0 is the program; the children of i are i + 1, then next of that,
 * up to next of i. Made by parse.c on the heap, freed there after lowering. */
#include <stdbool.h>
#include <stdint.h>
#include "analyzers/javascript/ast.h"

/* enumerator, name in the grammars */
#define CST_NAMED(X)                                                                               \
	X(PROGRAM, "program")                                                                      \
	X(BLOCK, "statement_block")                                                                \
	X(EXPR_STMT, "expression_statement")                                                       \
	X(LEXICAL, "lexical_declaration")                                                          \
	X(VAR, "variable_declaration")                                                             \
	X(DECLARATOR, "variable_declarator")                                                       \
	X(IF, "if_statement")                                                                      \
	X(ELSE, "else_clause")                                                                     \
	X(FOR, "for_statement")                                                                    \
	X(FOR_IN, "for_in_statement")                                                              \
	X(WHILE, "while_statement")                                                                \
	X(DO, "do_statement")                                                                      \
	X(SWITCH, "switch_statement")                                                              \
	X(SWITCH_BODY, "switch_body")                                                              \
	X(CASE, "switch_case")                                                                     \
	X(DEFAULT_CASE, "switch_default")                                                          \
	X(RETURN, "return_statement")                                                              \
	X(THROW, "throw_statement")                                                                \
	X(TRY, "try_statement")                                                                    \
	X(CATCH, "catch_clause")                                                                   \
	X(FINALLY, "finally_clause")                                                               \
	X(BREAK, "break_statement")                                                                \
	X(CONTINUE, "continue_statement")                                                          \
	X(LABELED, "labeled_statement")                                                            \
	X(EMPTY, "empty_statement")                                                                \
	X(DEBUGGER, "debugger_statement")                                                          \
	X(WITH, "with_statement")                                                                  \
	X(IMPORT_STMT, "import_statement")                                                         \
	X(IMPORT_CLAUSE, "import_clause")                                                          \
	X(NAMED_IMPORTS, "named_imports")                                                          \
	X(IMPORT_SPECIFIER, "import_specifier")                                                    \
	X(NAMESPACE_IMPORT, "namespace_import")                                                    \
	X(IMPORT_REQUIRE, "import_require_clause")                                                 \
	X(IMPORT_ALIAS, "import_alias")                                                            \
	X(EXPORT_STMT, "export_statement")                                                         \
	X(EXPORT_CLAUSE, "export_clause")                                                          \
	X(EXPORT_SPECIFIER, "export_specifier")                                                    \
	X(NAMESPACE_EXPORT, "namespace_export")                                                    \
	X(FUNCTION_DECL, "function_declaration")                                                   \
	X(GENERATOR_DECL, "generator_function_declaration")                                        \
	X(FUNCTION_SIGNATURE, "function_signature")                                                \
	X(FUNCTION_EXPR, "function_expression")                                                    \
	X(GENERATOR_EXPR, "generator_function")                                                    \
	X(ARROW, "arrow_function")                                                                 \
	X(PARAMETERS, "formal_parameters")                                                         \
	X(REQUIRED_PARAM, "required_parameter")                                                    \
	X(OPTIONAL_PARAM, "optional_parameter")                                                    \
	X(ACCESSIBILITY, "accessibility_modifier")                                                 \
	X(OVERRIDE_MODIFIER, "override_modifier")                                                  \
	X(CLASS_DECL, "class_declaration")                                                         \
	X(ABSTRACT_CLASS, "abstract_class_declaration")                                            \
	X(CLASS_EXPR, "class")                                                                     \
	X(CLASS_BODY, "class_body")                                                                \
	X(HERITAGE, "class_heritage")                                                              \
	X(EXTENDS, "extends_clause")                                                               \
	X(IMPLEMENTS, "implements_clause")                                                         \
	X(FIELD, "field_definition")                                                               \
	X(METHOD, "method_definition")                                                             \
	X(METHOD_SIGNATURE, "method_signature")                                                    \
	X(ABSTRACT_METHOD, "abstract_method_signature")                                            \
	X(STATIC_BLOCK, "class_static_block")                                                      \
	X(INDEX_SIGNATURE, "index_signature")                                                      \
	X(DECORATOR, "decorator")                                                                  \
	X(AMBIENT, "ambient_declaration")                                                          \
	X(INTERFACE, "interface_declaration")                                                      \
	X(TYPE_ALIAS, "type_alias_declaration")                                                    \
	X(ENUM, "enum_declaration")                                                                \
	X(ENUM_BODY, "enum_body")                                                                  \
	X(ENUM_ASSIGNMENT, "enum_assignment")                                                      \
	X(INTERNAL_MODULE, "internal_module")                                                      \
	X(MODULE, "module")                                                                        \
	X(NESTED_IDENTIFIER, "nested_identifier")                                                  \
	X(IDENTIFIER, "identifier")                                                                \
	X(UNDEFINED, "undefined")                                                                  \
	X(PROPERTY_IDENTIFIER, "property_identifier")                                              \
	X(PRIVATE_IDENTIFIER, "private_property_identifier")                                       \
	X(SHORTHAND, "shorthand_property_identifier")                                              \
	X(SHORTHAND_PATTERN, "shorthand_property_identifier_pattern")                              \
	X(STATEMENT_IDENTIFIER, "statement_identifier")                                            \
	X(COMPUTED, "computed_property_name")                                                      \
	X(THIS, "this")                                                                            \
	X(SUPER, "super")                                                                          \
	X(NUMBER, "number")                                                                        \
	X(STRING, "string")                                                                        \
	X(TEMPLATE, "template_string")                                                             \
	X(SUBSTITUTION, "template_substitution")                                                   \
	X(REGEX, "regex")                                                                          \
	X(TRUE, "true")                                                                            \
	X(FALSE, "false")                                                                          \
	X(NULL, "null")                                                                            \
	X(ARRAY, "array")                                                                          \
	X(OBJECT, "object")                                                                        \
	X(PAIR, "pair")                                                                            \
	X(SPREAD, "spread_element")                                                                \
	X(UNARY, "unary_expression")                                                               \
	X(UPDATE, "update_expression")                                                             \
	X(BINARY, "binary_expression")                                                             \
	X(ASSIGN, "assignment_expression")                                                         \
	X(AUGMENTED, "augmented_assignment_expression")                                            \
	X(TERNARY, "ternary_expression")                                                           \
	X(CALL, "call_expression")                                                                 \
	X(ARGUMENTS, "arguments")                                                                  \
	X(NEW, "new_expression")                                                                   \
	X(MEMBER, "member_expression")                                                             \
	X(SUBSCRIPT, "subscript_expression")                                                       \
	X(OPTIONAL_CHAIN, "optional_chain")                                                        \
	X(SEQUENCE, "sequence_expression")                                                         \
	X(AWAIT, "await_expression")                                                               \
	X(YIELD, "yield_expression")                                                               \
	X(IMPORT, "import")                                                                        \
	X(META, "meta_property")                                                                   \
	X(PAREN, "parenthesized_expression")                                                       \
	X(AS, "as_expression")                                                                     \
	X(SATISFIES, "satisfies_expression")                                                       \
	X(NON_NULL, "non_null_expression")                                                         \
	X(TYPE_ASSERTION, "type_assertion")                                                        \
	X(INSTANTIATION, "instantiation_expression")                                               \
	X(JSX_ELEMENT, "jsx_element")                                                              \
	X(JSX_SELF_CLOSING, "jsx_self_closing_element")                                            \
	X(JSX_OPENING, "jsx_opening_element")                                                      \
	X(JSX_CLOSING, "jsx_closing_element")                                                      \
	X(JSX_ATTRIBUTE, "jsx_attribute")                                                          \
	X(JSX_EXPRESSION, "jsx_expression")                                                        \
	X(JSX_NAMESPACE_NAME, "jsx_namespace_name")                                                \
	X(OBJECT_PATTERN, "object_pattern")                                                        \
	X(ARRAY_PATTERN, "array_pattern")                                                          \
	X(PAIR_PATTERN, "pair_pattern")                                                            \
	X(ASSIGNMENT_PATTERN, "assignment_pattern")                                                \
	X(OBJECT_ASSIGNMENT_PATTERN, "object_assignment_pattern")                                  \
	X(REST, "rest_pattern")                                                                    \
	X(TYPE_ANNOTATION, "type_annotation")                                                      \
	X(TYPE_ARGUMENTS, "type_arguments")                                                        \
	X(TYPE_IDENTIFIER, "type_identifier")                                                      \
	X(NESTED_TYPE, "nested_type_identifier")                                                   \
	X(GENERIC_TYPE, "generic_type")                                                            \
	X(PREDEFINED_TYPE, "predefined_type")                                                      \
	X(ARRAY_TYPE, "array_type")                                                                \
	X(READONLY_TYPE, "readonly_type")                                                          \
	X(PAREN_TYPE, "parenthesized_type")                                                        \
	X(UNION_TYPE, "union_type")                                                                \
	X(INTERSECTION_TYPE, "intersection_type")

/* enumerator, text, enum js_op */
#define CST_TOKENS(X)                                                                              \
	X(T_ADD, "+", ADD)                                                                         \
	X(T_SUB, "-", SUB)                                                                         \
	X(T_MUL, "*", MUL)                                                                         \
	X(T_DIV, "/", DIV)                                                                         \
	X(T_MOD, "%", MOD)                                                                         \
	X(T_EXP, "**", EXP)                                                                        \
	X(T_BITAND, "&", BITAND)                                                                   \
	X(T_BITOR, "|", BITOR)                                                                     \
	X(T_BITXOR, "^", BITXOR)                                                                   \
	X(T_SHL, "<<", SHL)                                                                        \
	X(T_SHR, ">>", SHR)                                                                        \
	X(T_USHR, ">>>", USHR)                                                                     \
	X(T_EQ, "==", EQ)                                                                          \
	X(T_NE, "!=", NE)                                                                          \
	X(T_SEQ, "===", SEQ)                                                                       \
	X(T_SNE, "!==", SNE)                                                                       \
	X(T_LT, "<", LT)                                                                           \
	X(T_LE, "<=", LE)                                                                          \
	X(T_GT, ">", GT)                                                                           \
	X(T_GE, ">=", GE)                                                                          \
	X(T_IN, "in", IN)                                                                          \
	X(T_INSTANCEOF, "instanceof", INSTANCEOF)                                                  \
	X(T_AND, "&&", AND)                                                                        \
	X(T_OR, "||", OR)                                                                          \
	X(T_NULLISH, "??", NULLISH)                                                                \
	X(T_NOT, "!", NOT)                                                                         \
	X(T_BITNOT, "~", BITNOT)                                                                   \
	X(T_TYPEOF, "typeof", TYPEOF)                                                              \
	X(T_VOID, "void", VOID)                                                                    \
	X(T_DELETE, "delete", DELETE)                                                              \
	X(T_INC, "++", ADD)                                                                        \
	X(T_DEC, "--", SUB)                                                                        \
	X(T_ASSIGN, "=", NONE)                                                                     \
	X(T_ADD_ASSIGN, "+=", ADD)                                                                 \
	X(T_SUB_ASSIGN, "-=", SUB)                                                                 \
	X(T_MUL_ASSIGN, "*=", MUL)                                                                 \
	X(T_DIV_ASSIGN, "/=", DIV)                                                                 \
	X(T_MOD_ASSIGN, "%=", MOD)                                                                 \
	X(T_EXP_ASSIGN, "**=", EXP)                                                                \
	X(T_BITAND_ASSIGN, "&=", BITAND)                                                           \
	X(T_BITOR_ASSIGN, "|=", BITOR)                                                             \
	X(T_BITXOR_ASSIGN, "^=", BITXOR)                                                           \
	X(T_SHL_ASSIGN, "<<=", SHL)                                                                \
	X(T_SHR_ASSIGN, ">>=", SHR)                                                                \
	X(T_USHR_ASSIGN, ">>>=", USHR)                                                             \
	X(T_AND_ASSIGN, "&&=", AND)                                                                \
	X(T_OR_ASSIGN, "||=", OR)                                                                  \
	X(T_NULLISH_ASSIGN, "?\?=", NULLISH)                                                       \
	X(T_OF, "of", NONE)                                                                        \
	X(T_COMMA, ",", NONE)                                                                      \
	X(T_QUESTION, "?", NONE)                                                                   \
	X(T_QUESTION_DOT, "?.", NONE)                                                              \
	X(T_VAR, "var", NONE)                                                                      \
	X(T_LET, "let", NONE)                                                                      \
	X(T_CONST, "const", NONE)                                                                  \
	X(T_AWAIT, "await", NONE)                                                                  \
	X(T_ASYNC, "async", NONE)                                                                  \
	X(T_STATIC, "static", NONE)                                                                \
	X(T_GET, "get", NONE)                                                                      \
	X(T_SET, "set", NONE)                                                                      \
	X(T_READONLY, "readonly", NONE)                                                            \
	X(T_DECLARE, "declare", NONE)                                                              \
	X(T_ABSTRACT, "abstract", NONE)                                                            \
	X(T_DEFAULT, "default", NONE)                                                              \
	X(T_TYPE, "type", NONE)                                                                    \
	X(T_AS, "as", NONE)                                                                        \
	X(T_NAMESPACE, "namespace", NONE)                                                          \
	X(T_GLOBAL, "global", NONE)                                                                \
	X(T_NEW, "new", NONE)                                                                      \
	X(T_USING, "using", NONE)

#define CST_FIELDS(X)                                                                              \
	X(ALIAS, "alias")                                                                          \
	X(ALTERNATIVE, "alternative")                                                              \
	X(ARGUMENT, "argument")                                                                    \
	X(ARGUMENTS, "arguments")                                                                  \
	X(BODY, "body")                                                                            \
	X(CONDITION, "condition")                                                                  \
	X(CONSEQUENCE, "consequence")                                                              \
	X(CONSTRUCTOR, "constructor")                                                              \
	X(DECLARATION, "declaration")                                                              \
	X(FINALIZER, "finalizer")                                                                  \
	X(FUNCTION, "function")                                                                    \
	X(HANDLER, "handler")                                                                      \
	X(INCREMENT, "increment")                                                                  \
	X(INDEX, "index")                                                                          \
	X(INITIALIZER, "initializer")                                                              \
	X(KEY, "key")                                                                              \
	X(KIND, "kind")                                                                            \
	X(LABEL, "label")                                                                          \
	X(LEFT, "left")                                                                            \
	X(MODULE, "module")                                                                        \
	X(NAME, "name")                                                                            \
	X(OBJECT, "object")                                                                        \
	X(OPEN_TAG, "open_tag")                                                                    \
	X(OPERATOR, "operator")                                                                    \
	X(PARAMETER, "parameter")                                                                  \
	X(PARAMETERS, "parameters")                                                                \
	X(PATTERN, "pattern")                                                                      \
	X(PROPERTY, "property")                                                                    \
	X(RETURN_TYPE, "return_type")                                                              \
	X(RIGHT, "right")                                                                          \
	X(SOURCE, "source")                                                                        \
	X(TYPE, "type")                                                                            \
	X(TYPE_ARGUMENTS, "type_arguments")                                                        \
	X(VALUE, "value")

enum cst_kind {
	C_OTHER,   /* named, but nothing that lowering asks for: types mostly */
	C_ERROR,   /* not understood */
	C_MISSING, /* named, put in by the parser where something was needed */
#define X(id, name) C_##id,
	CST_NAMED(X)
#undef X
#define X(id, text, op) C_##id,
	    CST_TOKENS(X)
#undef X
		C_N_KINDS
};

enum cst_field {
	F_NONE,
#define X(id, name) F_##id,
	CST_FIELDS(X)
#undef X
	    F_N_FIELDS
};

struct cst_node {
	uint8_t kind, field, op;
	uint32_t start, end; /* bytes */
	uint32_t next;	     /* the first node behind this subtree */
};

#endif
