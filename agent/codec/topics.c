#include "codec/service.h"

#include "base/date.h"

#include <stdio.h>

enum { TOPIC_NAME_BYTES = 64 };

bool otr_topic_name_ok(otr_str text)
{
    if (text.size == 0 || text.size > TOPIC_NAME_BYTES || !otr_str_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = (uint8_t)text.data[i];
        if (c < 0x20 || c == 0x7F || c == '/' || c == '+' || c == '#')
            return false;
        if (c == 0xC2 && (uint8_t)text.data[i + 1] < 0xA0) /* U+0080 to U+009F are controls as well */
            return false;
    }
    return true;
}

static char *put(char *at, otr_str text)
{
    if (text.size > 0)
        memcpy(at, text.data, text.size);
    return at + text.size;
}

otr_str otr_topic_build(otr_arena *arena, otr_str group, otr_str gateway, otr_str kind)
{
    otr_str root = OTR_STR("outrider/v1/");
    size_t size = root.size + group.size + 1 + gateway.size + 1 + kind.size;
    char *topic = otr_arena_alloc(arena, size + 1);
    if (topic == NULL)
        return (otr_str){NULL, 0};
    char *at = put(topic, root);
    at = put(at, group);
    *at++ = '/';
    at = put(at, gateway);
    *at++ = '/';
    at = put(at, kind);
    *at = '\0';
    return (otr_str){topic, size};
}

otr_str otr_topic_tail(otr_arena *arena, otr_str group, otr_str gateway, otr_str kind, otr_str tail)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = otr_arena_alloc(arena, kind.size + 1 + tail.size * 3);
    if (text == NULL)
        return (otr_str){NULL, 0};
    char *at = put(text, kind);
    *at++ = '/';
    for (size_t i = 0; i < tail.size; i++) {
        uint8_t c = (uint8_t)tail.data[i];
        bool control =
            c < 0x20 || c == 0x7F || (c == 0xC2 && i + 1 < tail.size && (uint8_t)tail.data[i + 1] < 0xA0);
        bool second = c < 0xA0 && i > 0 && (uint8_t)tail.data[i - 1] == 0xC2; /* of U+0080 to U+009F */
        if (!control && !second && strchr("/+#%", c) == NULL) {
            *at++ = (char)c;
            continue;
        }
        *at++ = '%';
        *at++ = digits[c >> 4];
        *at++ = digits[c & 15];
    }
    return otr_topic_build(arena, group, gateway, (otr_str){text, (size_t)(at - text)});
}

otr_str otr_topic_event(otr_arena *arena, otr_str group, otr_str gateway, const otr_service_event *event)
{
    otr_str kind = otr_str_of(otr_service_kind_text(event->kind));
    otr_date date = otr_date_of(otr_date_divide(event->onset, OTR_DAY));
    char day[32];
    switch (event->kind) {
    case OTR_SERVICE_VIEW:
        return otr_topic_tail(arena, group, gateway, kind, event->asset);
    case OTR_SERVICE_CUSTOMER:
        return otr_topic_tail(arena, group, gateway, kind, event->to);
    case OTR_SERVICE_FIGURES:
        (void)snprintf(day, sizeof day, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
        return otr_topic_tail(arena, group, gateway, kind, otr_str_of(day));
    default:
        return otr_topic_build(arena, group, gateway, kind);
    }
}

/* The text up to the next '/', which *rest then lies behind; the whole rest when there is none. */
static otr_str segment(otr_str *rest)
{
    const char *slash = rest->size > 0 ? memchr(rest->data, '/', rest->size) : NULL;
    otr_str head = *rest;
    if (slash == NULL) {
        *rest = (otr_str){NULL, 0};
        return head;
    }
    head.size = (size_t)(slash - rest->data);
    *rest = (otr_str){slash + 1, rest->size - head.size - 1};
    return head;
}

bool otr_topic_parse(otr_str topic, otr_topic *out)
{
    otr_str rest = topic;
    if (!otr_str_is(segment(&rest), "outrider") || !otr_str_is(segment(&rest), "v1"))
        return false;
    out->group = segment(&rest);
    out->gateway = segment(&rest);
    out->kind = segment(&rest);
    return rest.data == NULL && otr_topic_name_ok(out->group) && otr_topic_name_ok(out->gateway) &&
           otr_topic_name_ok(out->kind);
}
