/* The syntax tree of one expression. It lives in a scratch arena while the expression is compiled. */
#ifndef OTR_RULES_AST_H
#define OTR_RULES_AST_H

#include "rules/cel/operate.h"

typedef enum otr_node_kind {
    OTR_NODE_LITERAL,   /* value */
    OTR_NODE_NAME,      /* text; absolute: written with a leading dot */
    OTR_NODE_SELECT,    /* child.text */
    OTR_NODE_INDEX,     /* child[child] */
    OTR_NODE_CALL,      /* text(children), or member: child.text(other children) */
    OTR_NODE_LIST,      /* [children] */
    OTR_NODE_MAP,       /* {children}: key, value, key, value, ... */
    OTR_NODE_MESSAGE,   /* child{FIELD children}: the first child is the type's name */
    OTR_NODE_FIELD,     /* text: child, in a message */
    OTR_NODE_UNARY,     /* operator child */
    OTR_NODE_BINARY,    /* child operator child */
    OTR_NODE_CONDITION, /* child ? child : child */
    /* What the checker turns NAME, SELECT and CALL into: */
    OTR_NODE_SYMBOL,   /* symbol */
    OTR_NODE_LATITUDE, /* of the child, a location */
    OTR_NODE_LONGITUDE,
    OTR_NODE_LOCAL, /* symbol: the variable of a macro, by its number in the expression */
    OTR_NODE_HAS,   /* whether child.text is there */
    OTR_NODE_MACRO, /* over the first child; symbol: its first variable, pair: of two */
    OTR_NODE_USE,   /* symbol: number of the use */
    OTR_NODE_FAIL,  /* text: why it has no value; only in expressions that are checked when they run */
} otr_node_kind;

typedef struct otr_node {
    otr_node_kind kind;
    otr_operator op; /* of UNARY and BINARY */
    otr_type type;   /* set by the checker; DYN: known only at run time */
    bool absolute;
    bool member;
    bool pair;        /* of MACRO: two variables */
    uint8_t function; /* of CALL, set by the checker: its entry in functions.h */
    uint16_t height;  /* of the tree below, 1 for a leaf */
    uint32_t start;   /* byte offset of its first byte */
    uint32_t at;      /* of the byte that stands for it: the operator, the name called or selected */
    uint32_t symbol;
    uint32_t count;   /* of children */
    const char *unit; /* set by the checker: of a number, in the catalogue's spelling; NULL: any */
    otr_str text;
    otr_value value;
    struct otr_node *first; /* child */
    struct otr_node *last;
    struct otr_node *next; /* sibling */
} otr_node;

/* The whole tree as a number: what it says, not where; equal over all builds and machines. */
uint64_t otr_node_hash(const otr_node *root);

#endif
