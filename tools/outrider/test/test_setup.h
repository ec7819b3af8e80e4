/*
 * The packs and assignments of a test file, loaded and checked, and the file checked against them: a device
 * that is in no assignment, a metric that no rule reads or a rule that is in no pack would make a test that
 * shows nothing.
 */
#ifndef OTR_TOOLS_TEST_SETUP_H
#define OTR_TOOLS_TEST_SETUP_H

#include "base/limits.h"
#include "core/asset/assignment.h"
#include "tools/outrider/test/test_file.h"
#include "tools/outrider/test/workbench.h"

/* How the bytes of a path in the test file are read; they outlive the setup. The path is relative to the test
 * file. */
typedef struct otr_test_loader {
    void *context;
    otr_status (*load)(void *context, otr_str path, otr_str *bytes, otr_error *error);
    /* The data of a time zone, which outlives the setup too; *error stands at its place. NULL: there is none.
     */
    otr_status (*zone)(void *context, const otr_zone_use *use, otr_workbench_content *out, otr_error *error);
} otr_test_loader;

typedef struct otr_test_content {
    otr_str path; /* as in the test file; empty: the assignments that stand in it */
    otr_workbench_content content;
} otr_test_content;

typedef struct otr_test_setup {
    otr_arena memory;
    otr_test_content *contents; /* first those of the start, then those that steps activate */
    size_t count;
    size_t first_count;                           /* of the start */
    otr_workbench_content zones[OTR_LIMIT_ZONES]; /* of all assignments; active from the start */
    size_t zone_count;
    otr_str refused; /* after a failure: the path at fault; empty: the test file itself */
} otr_test_setup;

/* Zero-initialise *out; otr_test_setup_done frees it, also after a failure. */
otr_status otr_test_setup_load(const otr_test_file *file, const otr_test_loader *loader, otr_test_setup *out,
                               otr_error *error);
void otr_test_setup_done(otr_test_setup *setup);
/* The content of a path that a step names. */
const otr_workbench_content *otr_test_setup_get(const otr_test_setup *setup, otr_str path);

#endif
