/* A CSV recording from anybody: the first byte picks one of several maps, the rest is the file. Every row
 * must hold what the sender relies on. */
#include "feed_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TAIL                                                                                                 \
    "absent: ['', NA]\n"                                                                                     \
    "metrics: {temperature: {column: 2}, location: {latitude: 3, longitude: 4}, door: {column: 2, is: x}, "  \
    "fault: "                                                                                                \
    "{column: 4}}\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const maps[] = {
        "format: csv\ndevice: d\ntime: {column: 1, format: epoch_s}\n" TAIL,
        "format: csv\nseparator: ';'\ndecimal: ','\ntrailing: true\ncomment: '#'\ndevice: {column: 2, "
        "prefix: m-}\n"
        "time: {column: 1, format: rfc3339, zone: '+02:00'}\n" TAIL,
        "format: csv\nseparator: ' '\nheader: false\ncells: 4\nskip: 1\ndevice: {column: 3}\n"
        "time: {column: 1, format: index, step: 5s}\n" TAIL,
        "format: csv\nseparator: \"\\t\"\nheader: false\ncells: 5\ndevice: d\ntime: {column: 5, format: "
        "elapsed_s}\n" TAIL,
    };
    if (size > 0)
        read_rows(maps[data[0] % 4], data + 1, size - 1);
    return 0;
}
