#include "codec/service.h"
#include "daemon/daemon.h"

static const otr_str offline = {"offline", 7};

otr_status otr_farewell_build(otr_arena *arena, const otr_config *config, otr_time utc, otr_publication *out)
{
    otr_buffer seed = {0};
    otr_buffer_add_format(&seed, "%s/%s/offline/%lld", config->gateway.group.data, config->gateway.name.data,
                          (long long)utc);
    otr_service_event event = {
        .kind = OTR_SERVICE_STATUS,
        .what = offline,
        .event = otr_hash128(0, 0, seed.data, seed.size),
        .revision = 1,
        .decided = utc,
        .onset = OTR_TIME_NONE,
        .raised = OTR_TIME_NONE,
        .ended = OTR_TIME_NONE,
        .coverage_percent = -1,
        .expires = OTR_TIME_NEVER,
    };
    event.entity = otr_hash128(0, 1, seed.data, seed.size);
    bool failed = seed.failed;
    otr_buffer_done(&seed);

    otr_payload payload = (otr_payload)config->mqtt.payload;
    otr_buffer bytes = {0};
    otr_attribute attributes[OTR_ATTRIBUTES_MAX];
    size_t count =
        otr_service_attributes(arena, &event, config->gateway.group, config->gateway.name, attributes);
    otr_property *properties = otr_arena_array(arena, OTR_ATTRIBUTES_MAX, sizeof *properties);
    otr_str topic = otr_topic_build(arena, config->gateway.group, config->gateway.name, OTR_STR("status"));
    otr_status status = otr_service_encode(&bytes, payload, &event, NULL);
    otr_str body = status == OTR_OK ? otr_arena_copy(arena, otr_buffer_text(&bytes)) : (otr_str){NULL, 0};
    otr_buffer_done(&bytes);
    if (failed || status != OTR_OK || body.data == NULL || topic.data == NULL || properties == NULL ||
        count == 0)
        return OTR_MEMORY;
    for (size_t i = 0; i < count; i++)
        properties[i] = (otr_property){attributes[i].name, attributes[i].value};
    *out = (otr_publication){
        .topic = topic,
        .content_type = otr_str_of(otr_service_content_type(payload)),
        .payload = {(const uint8_t *)body.data, body.size},
        .properties = properties,
        .property_count = count,
        .qos = 1,
        .retain = true,
    };
    return OTR_OK;
}
