/*
 * Bytes choose an expression and the values of its names; rules/ and the reference evaluator of
 * tests/reference must agree on what it means, with names checked beforehand and with names checked when it
 * runs.
 */
#include "difference.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char report[REF_REPORT_BYTES];
    if (size == 0)
        return 0;
    choices from = choices_of_bytes(data + 1, size - 1);
    if (ref_compare(&from, data[0] % 2 == 1, REF_BUG_NONE, report) == DIFFER) {
        (void)fprintf(stderr, "%s\n", report);
        abort();
    }
    return 0;
}
