/*
 * One expression in, its outcome as text out, against a host with fixed values. The forms of an outcome:
 *   int 3 | uint 3 | double 0.5 | bool true | null | string abc | bytes 00ff | list [int 1, int 2] | map
 * {string a = int 1} | type int | duration 1500000 | timestamp 2024-...Z refused LINE:COLUMN reason     the
 * compiler does not take it error LINE:COLUMN reason       it has no value when run; "unknown" and "not
 * found" stand in place of error
 */
#ifndef OTR_TEST_EVALUATE_H
#define OTR_TEST_EVALUATE_H

#include "rules/cel/expression.h"

enum { OUTCOME_BYTES = 512, ROOM_BYTES = 16384 };

typedef struct row {
    const char *text;
    const char *outcome; /* of a failure the beginning suffices */
} row;

void evaluate(otr_str text, char outcome[OUTCOME_BYTES]);
/* Fails the test with the rows that differ. */
void expect_rows(const row *rows, size_t count);
#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* A host whose context is the symbols. */
otr_host fixed_host(otr_symbols *symbols);

#endif
