/* What a device posts to /c: ids out, or a refusal; ids that come out are written as text and read the same.
 */
#include "codec/commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_id ids[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    otr_id again[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    size_t count = 0;
    size_t again_count = 0;
    otr_error error = {0};
    otr_status status = otr_commands_parse((otr_str){(const char *)data, size}, ids, &count, &error);
    OTR_ASSERT(count <= OTR_LIMIT_DEVICE_COMMANDS_OPEN);
    if (status != OTR_OK) {
        OTR_ASSERT(error.text[0] != '\0');
        return 0;
    }
    otr_buffer text = {0};
    for (size_t i = 0; i < count; i++) {
        char id[OTR_ID_TEXT_BYTES];
        otr_id_format(ids[i], id);
        otr_buffer_add_format(&text, "%s\n", id);
    }
    OTR_ASSERT(otr_commands_parse(otr_buffer_text(&text), again, &again_count, NULL) == OTR_OK);
    OTR_ASSERT(again_count == count && memcmp(ids, again, count * sizeof *ids) == 0);
    otr_buffer_done(&text);
    return 0;
}
