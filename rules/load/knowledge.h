/*
 * Knowledge: what staff should know of fault codes, rules, products and lots, and which queue a ticket goes
 * to. A file of its own, rules/KNOWLEDGE.md, checked whole or refused whole; immutable once loaded. Several
 * files are asked in the order of their names.
 */
#ifndef OTR_RULES_KNOWLEDGE_H
#define OTR_RULES_KNOWLEDGE_H

#include "base/arena.h"
#include "base/status.h"
#include "rules/load/problem.h"

/* What an entry or a route is about; an empty text says nothing of it. */
typedef struct otr_knowledge_subject {
    otr_str code; /* P0301, P03xx, SPN110/FMI0, SPN110, FMI0, E18: each x at its end is any one character */
    otr_str pack; /* of rule */
    otr_str rule; /* PACK/RULE */
    otr_str class;
    otr_str model;
    otr_str lot_from; /* in byte order, ends included */
    otr_str lot_to;
} otr_knowledge_subject;

typedef struct otr_knowledge_entry {
    otr_knowledge_subject subject;
    otr_str title; /* a few words: "Cylinder 1 misfires" */
    otr_str cause; /* what it most likely is */
    otr_str advice;
    otr_str known_problem;
    otr_str trouble;         /* a slug: alarms of one asset that have the same are one case */
    otr_str queue;           /* a slug */
    const otr_str *remedies; /* slugs */
    size_t remedy_count;
} otr_knowledge_entry;

typedef struct otr_route_line {
    int line;
    int column;
    otr_knowledge_subject subject;
    otr_str category;
    otr_str language; /* of the customer: "de" is also de-AT */
    otr_str region;   /* the asset's own field */
    double weight;    /* of the customer, at least; 0: any */
    otr_str queue;
    otr_str assignee; /* may be empty */
} otr_route_line;

typedef struct otr_knowledge {
    otr_arena memory; /* owns everything below */
    otr_str name;
    int64_t version;
    const otr_knowledge_entry *entries; /* in the order of the file */
    size_t entry_count;
    const otr_knowledge_entry **by_code; /* those with a code that ends in no x, by code, then in order */
    size_t by_code_count;
    const otr_knowledge_entry **others; /* in order */
    size_t other_count;
    const otr_route_line *routes; /* in order: the first that fits counts */
    size_t route_count;
    const otr_problem *problems; /* in order: the first that fits counts */
    size_t problem_count;
} otr_knowledge;

/* Whether the file says of itself that it is one: a line begins with "knowledge:". */
bool otr_knowledge_claims(otr_str yaml);
/* On failure *out is NULL and *error has line, column and reason. */
otr_status otr_knowledge_load(otr_str yaml, otr_knowledge **out, otr_error *error);
void otr_knowledge_free(otr_knowledge *knowledge);

/* What an alarm is about, as far as it is known. */
typedef struct otr_knowledge_case {
    otr_str code; /* one fault code as reported; empty: none */
    otr_str pack;
    otr_str rule;
    otr_str category;
    otr_str class;
    otr_str model;
    otr_str lot;
    otr_str language;
    otr_str region;
    double weight;
} otr_knowledge_case;

/*
 * How well an entry fits: 0 not at all; a code counts more the less of it is left open, then a lot, then a
 * model, then a class. Of an entry without a code the rule must fit, of one with a code both where it has
 * both.
 */
unsigned otr_knowledge_fit(const otr_knowledge_subject *subject, const otr_knowledge_case *of);
/* The entry of one file that fits best, the first of those that fit equally; NULL with *fit 0. */
const otr_knowledge_entry *otr_knowledge_find(const otr_knowledge *knowledge, const otr_knowledge_case *of,
                                              unsigned *fit);
/* Whether the line's code is that code, or stands for it. */
bool otr_knowledge_code_fits(otr_str pattern, otr_str code);

bool otr_route_fits(const otr_route_line *line, const otr_knowledge_case *of);
/* A line of the file that comes before it and takes all that it could; NULL: it can be reached. */
const otr_route_line *otr_route_shadow(const otr_knowledge *knowledge, const otr_route_line *line);

/* Reads fault codes one after another: what blanks, commas or semicolons separate. False at the end. */
bool otr_fault_code_next(otr_str *text, otr_str *code);
/* Splits SPN110/FMI0 into SPN110 and FMI0; false for any other code. */
bool otr_fault_code_split(otr_str code, otr_str *spn, otr_str *fmi);

#endif
