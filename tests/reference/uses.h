/*
 * Functions over the past of a metric, as the expressions of a closed world use them: some of each shape,
 * with the ways to write them and what the host must then be asked for. What the host answers is by chance;
 * what is shown is that the right question reaches it and that its answer arrives.
 */
#ifndef OTR_REFERENCE_USES_H
#define OTR_REFERENCE_USES_H

#include "rules/cel/expression.h"

enum { REF_USES = 13, REF_USE_SPELLINGS = 2 };

typedef struct ref_use {
    const char *spellings[REF_USE_SPELLINGS];
    int letter;    /* of the outcome, see generate.c */
    otr_type type; /* that the host must answer with; DYN: any */
    otr_function function;
    const char *metric;
    const char *place; /* "" where there is none */
    otr_time span;
    otr_time ahead;
    double limit;
    const char *limit_field; /* NULL: limit counts */
} ref_use;

extern const ref_use ref_uses[REF_USES];

/* The number of the one that the host is asked for, or -1. */
int ref_use_find(const otr_symbols *symbols, const otr_use *use);

#endif
