/* A file of evidence from any bytes: it is whole or something is said of one of its lines, and whatever is
 * whole is so no more with a byte changed. */
#include "tools/outrider/evidence/evidence_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[OTR_PUBLIC_KEY_BYTES] = {1};
    otr_evidence_report report;
    otr_evidence_check((otr_bytes){data, size}, key, &report);
    OTR_ASSERT(!report.whole);
    otr_evidence_check((otr_bytes){data, size}, NULL, &report);
    OTR_ASSERT(report.whole == (report.wrong[0] == '\0'));
    OTR_ASSERT(report.line > 0 && report.line <= size + 1);
    if (!report.whole)
        return 0;
    uint8_t *other = malloc(size);
    if (other == NULL)
        return 0;
    memcpy(other, data, size);
    for (size_t at = 0; at < size; at += 1 + size / 16) {
        other[at] ^= 1;
        otr_evidence_check((otr_bytes){other, size}, NULL, &report);
        OTR_ASSERT(!report.whole);
        other[at] ^= 1;
    }
    free(other);
    return 0;
}
