#include "codec/readings.h"
#include "tests/fuzz/codec_readings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_readings(OTR_FORMAT_READING, (otr_bytes){data, size});
    return 0;
}
