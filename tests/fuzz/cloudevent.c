/* A whole CloudEvent is read or refused with a reason; what was read, written again and read, is the same. */
#include "codec/cloudevent.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(otr_arena *arena, const otr_cloudevent *event)
{
    otr_buffer out = {0};
    otr_cloudevent back;
    for (size_t i = 0; i < event->attribute_count; i++)
        if (otr_str_is(event->attributes[i].name, "severitynumber"))
            return; /* a number by its name: a text in its place would be none */
    json_t *value = otr_json_load(event->data, NULL);
    bool json = value != NULL;
    json_decref(value);
    if (!json && otr_str_is(event->content_type, otr_service_content_type(OTR_PAYLOAD_JSON)))
        return; /* it goes in as it is, and that is the writer's word */
    OTR_ASSERT(otr_cloudevent_write(&out, event->attributes, event->attribute_count, event->content_type,
                                    event->data) == OTR_OK);
    otr_bytes whole = otr_buffer_bytes(&out);
    if (otr_cloudevent_read(arena, whole, &back, NULL) == OTR_OK) {
        OTR_ASSERT(back.attribute_count == event->attribute_count && back.data.size == event->data.size);
        OTR_ASSERT(memcmp(back.data.data, event->data.data, back.data.size) == 0);
    }
    otr_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_arena arena = {0};
    otr_cloudevent event;
    otr_error error = {.status = OTR_OK};
    otr_status status = otr_cloudevent_read(&arena, (otr_bytes){data, size}, &event, &error);
    OTR_ASSERT(status == error.status);
    if (status == OTR_OK)
        write_again(&arena, &event);
    else
        OTR_ASSERT(error.text[0] != '\0');
    otr_arena_done(&arena);
    return 0;
}
