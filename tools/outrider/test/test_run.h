/* Runs one test of a pack on a bench of its own, and compares what came with what was expected. */
#ifndef OTR_TOOLS_TEST_RUN_H
#define OTR_TOOLS_TEST_RUN_H

#include "base/buffer.h"
#include "tools/outrider/test/test_setup.h"

/* What came of a test, in the order of decision. Zero-initialise; its memory is an arena. */
typedef struct otr_test_outcome {
    otr_arena memory;
    otr_time start;
    otr_test_records came[OTR_TEST_SORTS];
    int refused_line;        /* of the first command that was refused; 0: none was */
    const char *refused_why; /* a constant, or in memory */
    bool failed;             /* memory is out */
} otr_test_outcome;

/* MEMORY, or what the core says. otr_test_outcome_done frees it in any case. */
otr_status otr_test_run(const otr_test_file *file, const otr_test_setup *setup, const otr_test_case *test,
                        otr_test_outcome *out);
void otr_test_outcome_done(otr_test_outcome *outcome);
/* Where a bench tells what it decides. */
otr_workbench_listener otr_test_outcome_listener(otr_test_outcome *outcome);

/* How many expectations were not met, came unasked included; each is explained in *report, for people. */
size_t otr_test_compare(const otr_test_case *test, const otr_test_outcome *outcome, otr_buffer *report);

#endif
