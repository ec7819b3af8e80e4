#include "tests/fuzz/codec_service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_service(OTR_PAYLOAD_JSON, (otr_bytes){data, size});
    return 0;
}
