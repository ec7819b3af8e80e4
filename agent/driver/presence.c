#include "driver/presence.h"

#include "codec/service.h"

#include <stdio.h>

otr_status otr_presence_build(otr_arena *arena, const otr_presence *presence, otr_publication *out)
{
    otr_payload form = presence->json_payload ? OTR_PAYLOAD_JSON : OTR_PAYLOAD_PROTOBUF;
    otr_service_event event = {
        .kind = OTR_SERVICE_STATUS,
        .what = presence->what,
        .revision = 1,
        .decided = presence->utc,
        .onset = OTR_TIME_NONE,
        .raised = OTR_TIME_NONE,
        .ended = OTR_TIME_NONE,
        .expires = OTR_TIME_NEVER,
        .next_by = OTR_TIME_NONE,
        .coverage_percent = -1,
        .text = OTR_STR("outrider " OTR_VERSION),
    };
    char unreceived[24];
    (void)snprintf(unreceived, sizeof unreceived, "%zu", presence->unreceived);
    const otr_fact fact = {OTR_STR("tickets_unreceived"), otr_str_of(unreceived)};
    event.facts = &fact;
    event.fact_count = presence->unreceived > 0 ? 1 : 0;
    event.entity =
        otr_hash128((uint64_t)presence->utc, presence->nonce, presence->gateway.data, presence->gateway.size);
    event.event = otr_hash128('e', 1, event.entity.bytes, sizeof event.entity.bytes);
    otr_buffer payload = {0};
    otr_status status = otr_service_encode(&payload, form, &event, NULL);
    otr_str copy = otr_arena_copy(arena, otr_buffer_text(&payload));
    otr_buffer_done(&payload);
    otr_attribute *attributes = otr_arena_array(arena, OTR_ATTRIBUTES_MAX, sizeof *attributes);
    otr_property *properties = otr_arena_array(arena, OTR_ATTRIBUTES_MAX, sizeof *properties);
    otr_str topic = otr_topic_build(arena, presence->group, presence->gateway, OTR_STR("status"));
    if (status != OTR_OK || copy.data == NULL || attributes == NULL || properties == NULL ||
        topic.data == NULL)
        return status != OTR_OK ? status : OTR_MEMORY;
    size_t count = otr_service_attributes(arena, &event, presence->group, presence->gateway, attributes);
    for (size_t i = 0; i < count; i++)
        properties[i] = (otr_property){attributes[i].name, attributes[i].value};
    *out = (otr_publication){
        .topic = topic,
        .content_type = otr_str_of(otr_service_content_type(form)),
        .payload = {(const uint8_t *)copy.data, copy.size},
        .properties = properties,
        .property_count = count,
        .qos = 1,
        .retain = true,
    };
    return OTR_OK;
}
