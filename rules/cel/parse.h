/* Tokens to a tree: the whole grammar of CEL (langdef, "Syntax"). Macros are calls here. */
#ifndef OTR_RULES_PARSE_H
#define OTR_RULES_PARSE_H

#include "rules/cel/ast.h"
#include "rules/cel/source.h"

/*
 * Nesting (parentheses, arguments, unary operators, ternaries) is bounded by OTR_LIMIT_EXPRESSION_DEPTH. A
 * chain of operators leans to the left without nesting; the height of the whole tree is bounded by this, and
 * so is the recursion of every later stage.
 */
enum { OTR_NODE_HEIGHT_MAX = 256 };

/*
 * The tree, in the arena; its strings are views of the source or in the arena. *count is its number of nodes
 * at the most. NULL after a failure, recorded in the source.
 */
otr_node *otr_parse(otr_source *source, otr_arena *arena, uint32_t *count);

#endif
