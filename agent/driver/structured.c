#include "driver/structured.h"

#include "codec/cloudevent.h"

otr_status otr_structured_build(otr_arena *arena, const otr_publication *in, otr_publication *out)
{
    *out = *in;
    out->content_type = OTR_STR("");
    out->properties = NULL;
    out->property_count = 0;
    if (in->property_count == 0 || in->payload.size == 0)
        return OTR_OK;
    otr_attribute attributes[OTR_CLOUDEVENT_ATTRIBUTES_MAX];
    OTR_ASSERT(in->property_count <= OTR_CLOUDEVENT_ATTRIBUTES_MAX);
    for (size_t i = 0; i < in->property_count; i++)
        attributes[i] = (otr_attribute){in->properties[i].name, in->properties[i].value};
    otr_buffer whole = {0};
    otr_status status =
        otr_cloudevent_write(&whole, attributes, in->property_count, in->content_type, in->payload);
    otr_str copy = otr_arena_copy(arena, otr_buffer_text(&whole));
    otr_buffer_done(&whole);
    if (status == OTR_OK && copy.data == NULL)
        status = OTR_MEMORY;
    out->payload = (otr_bytes){(const uint8_t *)copy.data, copy.size};
    return status;
}
