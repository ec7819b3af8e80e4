/* An explanation from any bytes: what reads back is written the same way again, and has a unit whatever its
 * name is. */
#include "core/rule/explanation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_reader reader;
    otr_explained entry;
    otr_explained again;
    if (!otr_explanation_open((otr_str){(const char *)data, size}, &reader))
        return 0;
    while (otr_explanation_next(&reader, &entry)) {
        otr_buffer body = {0};
        otr_reader second;
        OTR_ASSERT(otr_explanation_unit(entry.name) != NULL);
        otr_explanation_add(&body, entry.name, &entry.value, entry.at);
        OTR_ASSERT(otr_explanation_open(otr_buffer_text(&body), &second) &&
                   otr_explanation_next(&second, &again));
        OTR_ASSERT(otr_str_equal(entry.name, again.name) && entry.at == again.at &&
                   entry.value.type == again.value.type && otr_reader_left(&second) == 0);
        if (entry.value.type == OTR_TYPE_STRING)
            OTR_ASSERT(otr_str_equal(entry.value.text, again.value.text));
        otr_buffer_done(&body);
    }
    return 0;
}
