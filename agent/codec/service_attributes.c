/*
 * CloudEvents 1.0.2 attributes of a service event; in binary mode over MQTT 5 each is a user property under
 * its plain name. severity*, correlationid and expirytime are extensions of the same project.
 */
#include "codec/service.h"

#include <stdio.h>

/* OpenTelemetry's numbers, which the severity extension takes over. */
static const struct {
    const char *priority;
    const char *text;
    const char *number;
} severities[] = {
    {"low", "INFO", "9"}, {"medium", "WARN", "13"}, {"high", "ERROR", "17"}, {"critical", "FATAL", "21"}};
enum { SEVERITIES = sizeof severities / sizeof severities[0] };

typedef struct attributes {
    otr_arena *arena;
    otr_attribute *list;
    size_t count;
    bool failed;
} attributes;

/* Without a value the attribute is left out: CloudEvents knows no empty ones. */
static void add(attributes *a, const char *name, otr_str value)
{
    if (value.size == 0 || a->failed)
        return;
    OTR_ASSERT(a->count < OTR_ATTRIBUTES_MAX);
    otr_str copy = otr_arena_copy(a->arena, value);
    a->failed = copy.data == NULL;
    a->list[a->count++] = (otr_attribute){otr_str_of(name), copy};
}

static void add_id(attributes *a, const char *name, otr_id id)
{
    char text[OTR_ID_TEXT_BYTES];
    otr_id_format(id, text);
    add(a, name, otr_id_is_zero(id) ? OTR_STR("") : otr_str_of(text));
}

/* RFC 3986 section 3.3, the characters that a path segment may hold as they are. */
static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

static char *add_segment(char *at, otr_str text)
{
    *at++ = '/';
    for (size_t i = 0; i < text.size; i++) {
        if (unreserved(text.data[i]))
            *at++ = text.data[i];
        else
            at += sprintf(at, "%%%02X", (unsigned)(uint8_t)text.data[i]);
    }
    return at;
}

static void add_source(attributes *a, otr_str group, otr_str gateway)
{
    char *text = otr_arena_alloc(a->arena, sizeof "/outrider//" + 3 * (group.size + gateway.size));
    if (text == NULL) {
        a->failed = true;
        return;
    }
    char *at = add_segment(text, OTR_STR("outrider"));
    at = add_segment(at, group);
    at = add_segment(at, gateway);
    add(a, "source", (otr_str){text, (size_t)(at - text)});
}

static void add_type(attributes *a, const otr_service_event *event)
{
    char text[128];
    otr_str what = event->what;
    int size = snprintf(text, sizeof text, "io.outrider.%s%s%.*s", otr_service_kind_text(event->kind),
                        what.size > 0 ? "." : "", what.size < 64 ? (int)what.size : 64,
                        what.data != NULL ? what.data : "");
    add(a, "type", (otr_str){text, (size_t)size});
}

/* CloudEvents section 3.1: attribute strings are Unicode without control characters. */
static bool string_ok(otr_str text)
{
    if (!otr_str_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = (uint8_t)text.data[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && (uint8_t)text.data[i + 1] < 0xA0))
            return false;
    }
    return true;
}

static void add_time(attributes *a, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    size_t size = at != OTR_TIME_NONE && at != OTR_TIME_NEVER ? otr_time_format(at, text) : 0;
    if (size > 1)
        add(a, name, (otr_str){text, size});
}

static void add_severity(attributes *a, otr_str priority)
{
    for (int i = 0; i < SEVERITIES; i++) {
        if (otr_str_is(priority, severities[i].priority)) {
            add(a, "severitytext", otr_str_of(severities[i].text));
            add(a, "severitynumber", otr_str_of(severities[i].number));
        }
    }
}

size_t otr_service_attributes(otr_arena *arena, const otr_service_event *event, otr_str group,
                              otr_str gateway, otr_attribute out[OTR_ATTRIBUTES_MAX])
{
    attributes a = {.arena = arena, .list = out};
    otr_str subject = event->asset.size > 0 ? event->asset : event->device;
    add(&a, "specversion", OTR_STR("1.0"));
    add_id(&a, "id", event->event);
    add_source(&a, group, gateway);
    add_type(&a, event);
    add(&a, "subject", string_ok(subject) ? subject : OTR_STR(""));
    add_time(&a, "time", event->decided);
    add(&a, "dataschema", OTR_STR("outrider:service/v1"));
    add_severity(&a, event->priority);
    add_id(&a, "correlationid", event->case_id);
    add_time(&a, "expirytime", event->expires);
    return a.failed ? 0 : a.count;
}
