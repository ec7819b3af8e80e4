/*
 * The tree of an expression as the reference knows it: made at random, written down as text for the product,
 * and evaluated by walking it. Everything lives in the arena of its case.
 */
#ifndef OTR_REFERENCE_TREE_H
#define OTR_REFERENCE_TREE_H

#include "base/arena.h"
#include "base/status.h"
#include "choices.h"
#include "rules/cel/value.h"
#include "uses.h"

typedef enum ref_kind {
    REF_LITERAL,   /* value */
    REF_NAME,      /* text, perhaps with dots; a first dot makes it absolute */
    REF_SELECT,    /* child.text */
    REF_INDEX,     /* child[child] */
    REF_UNARY,     /* text child */
    REF_BINARY,    /* child text child */
    REF_CONDITION, /* child ? child : child */
    REF_LIST,
    REF_MAP,    /* key, value, key, value, ... */
    REF_CALL,   /* text(children) */
    REF_MEMBER, /* child.text(other children) */
    REF_HAS,    /* has(child), which is a NAME with a dot or a SELECT */
    REF_MACRO,  /* child.text(variables, other children) */
    REF_USE,    /* text, which is the use with that number */
} ref_kind;

enum { REF_CHILDREN = 8, REF_TEXT_BYTES = 4096 };

typedef struct ref_node {
    ref_kind kind;
    const char *text;
    const char *variables[2]; /* the second is NULL for one variable */
    otr_value value;
    int use;
    int count;
    struct ref_node *children[REF_CHILDREN];
} ref_node;

/* A name that expressions may use. letter: the kind of its value, see generate.c. */
typedef struct ref_binding {
    const char *name;
    int letter;
    otr_type insists; /* of metrics in the catalogue: any other type is refused where it is read */
    otr_status status;
    otr_value value;
} ref_binding;

enum { REF_BINDINGS = 32 };

/* open: names are those of the bindings, looked for in the container first. Else they are metrics and
 * fields. */
typedef struct ref_world {
    bool open;
    const char *container;
    ref_binding bindings[REF_BINDINGS];
    int count;
    ref_binding uses[REF_USES];
} ref_world;

void ref_world_make(ref_world *world, choices *from, bool open);
/* wild: operands of any type come everywhere. letter: of the outcome. */
ref_node *ref_generate(otr_arena *arena, choices *from, const ref_world *world, bool wild, int letter);
/* A literal, or the call that makes one; NULL for letters that have none. */
ref_node *ref_literal(otr_arena *arena, choices *from, int letter);
ref_node *ref_node_new(otr_arena *arena, ref_kind kind, const char *text);
void ref_adopt(ref_node *parent, ref_node *child);
/* False when the text does not fit. Parentheses beyond those needed, blanks and ways to write a literal are
 * by chance. */
bool ref_spell(const ref_node *root, choices *from, char out[REF_TEXT_BYTES]);

#endif
