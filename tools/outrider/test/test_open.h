/* A pack's test file from disk, with what it names, which is beside it. */
#ifndef OTR_TOOLS_TEST_OPEN_H
#define OTR_TOOLS_TEST_OPEN_H

#include "tools/outrider/test/test_setup.h"

typedef struct otr_test_opened {
    otr_arena memory;
    otr_str folder;
    otr_test_file file;
    otr_test_setup setup;
    const char *refused; /* after a failure: the path of the file at fault */
} otr_test_opened;

/* Zero-initialise *out; otr_test_opened_done frees it, also after a failure. */
otr_status otr_test_open(const char *path, otr_test_opened *out, otr_error *error);
void otr_test_opened_done(otr_test_opened *opened);

#endif
