#include "tests/fuzz/codec_bucket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bucket(OTR_PAYLOAD_JSON, (otr_bytes){data, size});
    return 0;
}
