#include "tests/fuzz/codec_service.h"

#include "base/limits.h"
#include "tests/unit/codec/compare.h"

static void check_payload(otr_payload payload, const otr_service_event *event, bool must)
{
    otr_arena arena = {0};
    otr_buffer bytes = {0};
    otr_error error;
    otr_service_event again;
    otr_status status = otr_service_encode(&bytes, payload, event, &error);
    OTR_ASSERT(status == OTR_OK || status == OTR_LIMIT || !must);
    if (status == OTR_OK) {
        otr_str type = otr_str_of(otr_service_content_type(payload));
        status = otr_service_decode(&arena, type, otr_buffer_bytes(&bytes), &again, &error);
        OTR_ASSERT(status == OTR_OK);
        OTR_ASSERT(different_field(event, &again) == NULL);
    }
    otr_arena_done(&arena);
    otr_buffer_done(&bytes);
}

static void check_attributes(otr_arena *arena, const otr_service_event *event)
{
    otr_attribute list[OTR_ATTRIBUTES_MAX];
    size_t count = otr_service_attributes(arena, event, event->queue, event->title, list);
    OTR_ASSERT(count > 0 && count <= OTR_ATTRIBUTES_MAX);
    for (size_t i = 0; i < count; i++)
        OTR_ASSERT(list[i].value.size > 0);
    otr_topic topic;
    otr_str text = otr_topic_build(arena, event->queue, event->title, OTR_STR("alarm"));
    if (otr_topic_name_ok(event->queue) && otr_topic_name_ok(event->title))
        OTR_ASSERT(otr_topic_parse(text, &topic) && otr_str_equal(topic.gateway, event->title));
    (void)otr_topic_parse(event->cause, &topic);
}

void fuzz_service(otr_payload payload, otr_bytes bytes)
{
    otr_arena arena = {0};
    otr_error error = {.status = OTR_OK};
    otr_service_event event;
    otr_str type = otr_str_of(otr_service_content_type(payload));
    otr_status status = otr_service_decode(&arena, type, bytes, &event, &error);
    OTR_ASSERT(status == error.status);
    if (status == OTR_OK) {
        check_payload(payload, &event, true);
        check_payload(OTR_PAYLOAD_PROTOBUF, &event, true);
        check_payload(OTR_PAYLOAD_JSON, &event, payload == OTR_PAYLOAD_JSON);
        check_attributes(&arena, &event);
    } else {
        OTR_ASSERT(error.text[0] != '\0');
    }
    otr_arena_done(&arena);
}
