/*
 * Names and types. CEL's checker with the numbers relaxed: int, uint and double may be compared with each
 * other, but arithmetic over two of them is refused with a hint. DYN is what only the run will tell.
 */
#ifndef OTR_RULES_CHECK_H
#define OTR_RULES_CHECK_H

#include "rules/ast.h"
#include "rules/source.h"

typedef struct otr_checker {
    otr_source *source;
    otr_arena *scratch; /* the tree's */
    otr_arena *arena;   /* the symbols' */
    otr_symbols *symbols;
    otr_scope scope;
} otr_checker;

/*
 * Gives every node its type, resolves names to symbols and folds what is constant. False after a failure,
 * recorded in the source.
 */
bool otr_check(otr_checker *checker, otr_node *root, otr_type wanted);

/* The parts, each in a file of its own; the children are checked already where there is no _tree in the name.
 */
bool otr_check_tree(otr_checker *checker, otr_node *node);
bool otr_check_name(otr_checker *checker, otr_node *node);
bool otr_check_call_tree(otr_checker *checker, otr_node *node);
bool otr_check_operator(otr_checker *checker, otr_node *node);
/* Records a failure at the byte; returns false so that a caller can return it. */
bool otr_check_fail(otr_checker *checker, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Replaces the node by a literal where its value is already known, or by the branch taken. */
void otr_fold(otr_node *node);

#endif
