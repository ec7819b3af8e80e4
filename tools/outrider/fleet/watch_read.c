/* From a received message to what is shown: topic, CloudEvents attributes, payload. */
#include "tools/outrider/fleet/watch.h"

#include "codec/cloudevent.h"

/* outrider/v1/GROUP/GATEWAY/KIND, and what may follow it: the open alarms are also retained one per topic. */
static bool split_topic(otr_str text, otr_topic *out, bool *below)
{
    otr_str levels[6];
    size_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= text.size && count < 6; i++)
        if (i == text.size || text.data[i] == '/') {
            levels[count++] = (otr_str){text.data + start, i - start};
            start = i + 1;
        }
    if (count < 5 || !otr_str_is(levels[0], "outrider") || !otr_str_is(levels[1], "v1"))
        return false;
    *out = (otr_topic){levels[2], levels[3], levels[4]};
    *below = count > 5;
    return true;
}

static bool wanted(const otr_watch_options *options, otr_str kind)
{
    for (int i = 0; i < OTR_SERVICE_KINDS; i++)
        if (otr_str_is(kind, otr_service_kind_text((otr_service_kind)i)))
            return options->kinds[i];
    return false;
}

static void take_attribute(otr_watch_item *out, otr_str name, otr_str value)
{
    if (otr_str_is(name, "id"))
        out->id = value;
    else if (otr_str_is(name, "type"))
        out->type = value;
    else if (otr_str_is(name, "source"))
        out->source = value;
    else if (otr_str_is(name, "time"))
        out->time = value;
}

bool otr_watch_read(otr_arena *arena, const otr_watch_options *options, const otr_mqtt_message *message,
                    otr_watch_item *out)
{
    *out = (otr_watch_item){.topic_text = message->topic, .retained = message->retained};
    bool below = false;
    if (!split_topic(message->topic, &out->topic, &below) || !wanted(options, out->topic.kind))
        return false;
    out->stands = below && (otr_str_is(out->topic.kind, "alarm") || otr_str_is(out->topic.kind, "ticket"));
    for (size_t i = 0; i < message->property_count; i++)
        take_attribute(out, message->properties[i].name, message->properties[i].value);
    otr_cloudevent whole;
    if (message->payload.size > 0 && otr_cloudevent_is_whole(message->content_type) &&
        otr_cloudevent_read(arena, message->payload, &whole, NULL) == OTR_OK)
        for (size_t i = 0; i < whole.attribute_count; i++)
            take_attribute(out, whole.attributes[i].name, whole.attributes[i].value);
    if (message->payload.size > 0)
        out->has_event = otr_service_decode(arena, message->content_type, message->payload, &out->event,
                                            &out->error) == OTR_OK;
    return true;
}
