/* What every file that is loaded whole or refused whole has to prove. */
#ifndef OTR_TESTS_LOADING_H
#define OTR_TESTS_LOADING_H

#include "base/status.h"
#include "base/str.h"

typedef struct test_loader {
    otr_status (*load)(otr_str yaml, void **made, otr_error *error);
    void (*release)(void *made);
} test_loader;

/* Defines `NAME`, the loader of one type by its two functions. */
#define TEST_LOADER(NAME, TYPE, LOAD, RELEASE)                                                               \
    static otr_status NAME##_load(otr_str yaml, void **made, otr_error *error)                               \
    {                                                                                                        \
        TYPE *one = NULL;                                                                                    \
        otr_status status = LOAD(yaml, &one, error);                                                         \
        *made = one;                                                                                         \
        return status;                                                                                       \
    }                                                                                                        \
    static void NAME##_release(void *made)                                                                   \
    {                                                                                                        \
        RELEASE(made);                                                                                       \
    }                                                                                                        \
    static const test_loader NAME = {NAME##_load, NAME##_release}

typedef struct test_refusal {
    const char *yaml;
    int line, column;
    const char *reason; /* a part of the error's text */
} test_refusal;

/* Each is refused at its place for its reason, and nothing is made; all that are not are printed. */
void test_refusals(const test_loader *loader, const test_refusal *rows, size_t count);
/* Each allocation fails once: told as such, with nothing made, and at least so many of them were there. */
void test_failing_allocations(const test_loader *loader, otr_str yaml, long least);

#endif
