/* A JSON recording from anybody. */
#include "feed_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_rows("format: json\nabsent: ['']\ndevice: {column: id}\ntime: {column: t, format: epoch_ms}\n"
              "metrics: {temperature: {column: a.b}, shock: {magnitude: [x, y, z]}, door: {column: d}, "
              "fault: {column: "
              "c}}\n",
              data, size);
    return 0;
}
