/*
 * Names and types. CEL's checker with the numbers relaxed: int, uint and double may be compared with each
 * other, but arithmetic over two of them is refused with a hint. DYN is what only the run will tell.
 */
#ifndef OTR_RULES_CHECK_H
#define OTR_RULES_CHECK_H

#include "rules/cel/ast.h"
#include "rules/cel/functions.h"
#include "rules/cel/source.h"

/* A variable of a macro, while what the macro says of it is checked. */
typedef struct otr_local {
    const struct otr_local *outer;
    otr_str name;
    uint32_t number;
    otr_type type;
} otr_local;

typedef struct otr_checker {
    otr_source *source;
    otr_arena *scratch; /* the tree's */
    otr_arena *arena;   /* the symbols' */
    otr_symbols *symbols;
    otr_scope scope;
    const otr_environment *environment; /* NULL: the agent's names */
    const otr_local *locals;            /* innermost first */
    uint32_t local_count;               /* of the whole expression */
    /* With an environment: why the node at hand has no value. */
    char complaint[240];
    uint32_t complaint_at;
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
bool otr_check_name_open(otr_checker *checker, otr_node *node);
/* Whether the node is a name of a local variable, which it then becomes. */
bool otr_check_local(const otr_checker *checker, otr_node *node);
/* Turns the node into the symbol of this path, which is added when it is new. */
bool otr_check_symbol(otr_checker *checker, otr_node *node, otr_symbol_kind kind, otr_str path);
/* A call of HAS to TRANSFORM_MAP, with the right number of operands. */
bool otr_check_macro(otr_checker *checker, otr_node *node, const otr_function_entry *entry);
bool otr_check_call_tree(otr_checker *checker, otr_node *node);
/* Whether the call has as many operands as its function takes. */
bool otr_check_count(otr_checker *checker, const otr_node *node, const otr_function_entry *entry);
/* A call of a USE, whose children are not checked yet; the node becomes the use, which is added when it is
 * new. */
bool otr_check_use(otr_checker *checker, otr_node *node, const otr_function_entry *entry);
/* Fails with how a USE is called. */
bool otr_check_refuse_use(otr_checker *checker, uint32_t at, const otr_function_entry *entry);
bool otr_check_operator(otr_checker *checker, otr_node *node);
/* Gives the node its unit, once it has its type; refuses operands of two units. */
bool otr_check_unit(otr_checker *checker, otr_node *node);
/* Records a failure at the byte; returns false so that a caller can return it. With an environment it becomes
 * the complaint, and the innermost node a FAIL. */
bool otr_check_fail(otr_checker *checker, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Replaces the node by a literal where its value is already known, or by the branch taken. False when memory
 * is out, recorded in the source. */
bool otr_fold(otr_checker *checker, otr_node *node);

#endif
