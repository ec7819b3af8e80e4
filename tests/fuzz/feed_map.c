/* A map from anybody; one that is accepted must be usable on a small recording. */
#include "tools/outrider/feed/feed_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_feed_map map;
    otr_error error = {0};
    if (otr_feed_map_load((otr_str){(const char *)data, size}, &map, &error) != OTR_OK) {
        OTR_ASSERT(error.status != OTR_OK && error.text[0] != '\0');
        return 0;
    }
    otr_feed_source source;
    otr_feed_row row;
    otr_feed_step step = OTR_FEED_ROW;
    otr_feed_source_start(&source, &map, OTR_STR("a,b,c\n1500000000,2,3\n{\"a\":1500000000,\"b\":\"2\"}\n"));
    while (step == OTR_FEED_ROW || step == OTR_FEED_REFUSED)
        step = otr_feed_source_next(&source, &row, &error);
    otr_feed_source_done(&source);
    otr_feed_map_done(&map);
    return 0;
}
