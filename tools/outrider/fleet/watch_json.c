#include "tools/outrider/fleet/watch.h"

static void member(otr_buffer *out, const char *name, otr_str value)
{
    otr_buffer_add_format(out, "%s\"%s\":", out->data[out->size - 1] == '{' ? "" : ",", name);
    if (value.size > 0)
        otr_watch_add_string(out, value);
    else
        otr_buffer_add_format(out, "null");
}

void otr_watch_json(otr_buffer *out, const otr_watch_item *item)
{
    otr_buffer_add_u8(out, '{');
    if (out->failed)
        return;
    member(out, "topic", item->topic_text);
    member(out, "gateway", item->topic.gateway);
    member(out, "group", item->topic.group);
    member(out, "kind", item->topic.kind);
    member(out, "id", item->id);
    member(out, "type", item->type);
    member(out, "source", item->source);
    member(out, "time", item->time);
    otr_buffer_add_format(out, ",\"retained\":%s,\"data\":", item->retained ? "true" : "false");
    otr_buffer data = {0};
    otr_error error = item->error;
    if (item->has_event && otr_service_encode(&data, OTR_PAYLOAD_JSON, &item->event, &error) == OTR_OK)
        otr_watch_add_json(out, otr_buffer_text(&data));
    else
        otr_buffer_add_format(out, "null");
    if (error.status != OTR_OK)
        member(out, "error", otr_str_of(error.text));
    otr_buffer_done(&data);
    otr_buffer_add_format(out, "}\n");
}
