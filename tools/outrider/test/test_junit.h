/* The results of pack tests in the form that build servers read (JUnit's XML). */
#ifndef OTR_TOOLS_TEST_JUNIT_H
#define OTR_TOOLS_TEST_JUNIT_H

#include "base/buffer.h"

/* Zero-initialise. Gathers test by test; otr_test_junit_done frees it. */
typedef struct otr_test_junit {
    otr_buffer suites; /* the suites that are finished */
    otr_buffer cases;  /* of the suite at hand */
    otr_buffer file;   /* its name */
    size_t tests;      /* of the suite at hand */
    size_t failures;
    size_t errors;
    size_t all_tests;
    size_t all_failures;
    size_t all_errors;
} otr_test_junit;

void otr_test_junit_suite(otr_test_junit *junit, const char *file);
/* failure: what went wrong, empty when nothing did. */
void otr_test_junit_case(otr_test_junit *junit, otr_str name, double seconds, otr_str failure);
/* The file could not be used at all. */
void otr_test_junit_error(otr_test_junit *junit, otr_str reason);
/* Ends the suite at hand. */
void otr_test_junit_end_suite(otr_test_junit *junit);
/* The whole document. MEMORY when some of it could not be kept. */
otr_status otr_test_junit_write(const otr_test_junit *junit, otr_buffer *out);
void otr_test_junit_done(otr_test_junit *junit);

#endif
