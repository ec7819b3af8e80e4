/* What both payloads of a service event have in common: checks, limits and the choice between them. */
#include "codec/service.h"

#include "base/limits.h"
#include "codec/cloudevent.h"
#include "codec/service_fields.h"

static const char *const kinds[OTR_SERVICE_KINDS] = {"alarm", "notification", "ticket", "status",
                                                     "view",  "customer",     "figures"};

const char *otr_service_kind_text(otr_service_kind kind)
{
    OTR_ASSERT(kind >= 0 && kind < OTR_SERVICE_KINDS);
    return kinds[kind];
}

bool otr_service_kind_retained(otr_service_kind kind)
{
    return kind == OTR_SERVICE_VIEW || kind == OTR_SERVICE_CUSTOMER || kind == OTR_SERVICE_FIGURES;
}

const char *otr_service_content_type(otr_payload payload)
{
    return payload == OTR_PAYLOAD_JSON ? "application/json" : "application/protobuf";
}

otr_service_event otr_service_event_empty(void)
{
    return (otr_service_event){.decided = OTR_TIME_NONE,
                               .onset = OTR_TIME_NONE,
                               .raised = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .expires = OTR_TIME_NONE,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1};
}

static otr_status check_text(otr_str text, const char *name, otr_error *error)
{
    return otr_str_is_utf8(text) ? OTR_OK : otr_fail(error, OTR_INVALID, "%s is not UTF-8 without NUL", name);
}

static otr_status check(const otr_service_event *event, otr_error *error)
{
    otr_status status = OTR_OK;
    if (event->kind < 0 || event->kind >= OTR_SERVICE_KINDS)
        return otr_fail(error, OTR_INVALID, "no kind of service event");
    if (event->coverage_percent < -1 || event->coverage_percent > 100)
        return otr_fail(error, OTR_INVALID, "coverage_percent is %d", event->coverage_percent);
#define TEXT(name)                                                                                           \
    if (status == OTR_OK)                                                                                    \
        status = check_text(event->name, #name, error);
#define NOTHING(...)
    OTR_SERVICE_FIELDS(TEXT, NOTHING, NOTHING, NOTHING)
#undef TEXT
#undef NOTHING
    for (size_t i = 0; status == OTR_OK && i < event->fact_count; i++) {
        const otr_fact *fact = &event->facts[i];
        status = check_text(fact->name, "a fact's name", error);
        if (status == OTR_OK)
            status = check_text(fact->value, "a fact's value", error);
    }
    for (size_t i = 0; status == OTR_OK && i < event->action_count; i++) {
        status = check_text(event->actions[i].name, "an action's name", error);
        if (status == OTR_OK)
            status = check_text(event->actions[i].token, "an action's token", error);
    }
    for (size_t i = 0; status == OTR_OK && i < event->evidence_count; i++) {
        const otr_evidence *evidence = &event->evidence[i];
        status = check_text(evidence->metric, "an evidence's metric", error);
        if (status == OTR_OK)
            status = check_text(evidence->unit, "an evidence's unit", error);
        if (status == OTR_OK)
            status = check_text(evidence->value, "an evidence's value", error);
    }
    return status;
}

otr_status otr_service_encode(otr_buffer *out, otr_payload payload, const otr_service_event *event,
                              otr_error *error)
{
    size_t before = out->size;
    otr_status status = check(event, error);
    if (status == OTR_OK)
        status = payload == OTR_PAYLOAD_JSON ? otr_service_json_encode(out, event, error)
                                             : otr_service_pb_encode(out, event, error);
    if (status == OTR_OK && out->failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    if (status == OTR_OK && out->size - before > OTR_LIMIT_OUTBOX_PAYLOAD_BYTES)
        status = otr_fail(error, OTR_LIMIT, "a payload of %zu bytes is over the limit of %d",
                          out->size - before, OTR_LIMIT_OUTBOX_PAYLOAD_BYTES);
    if (status != OTR_OK)
        out->size = before;
    return status;
}

static otr_status decode(otr_arena *arena, otr_str content_type, otr_bytes payload, otr_service_event *out,
                         otr_error *error)
{
    const char *semicolon = content_type.size > 0 ? memchr(content_type.data, ';', content_type.size) : NULL;
    if (semicolon != NULL)
        content_type.size = (size_t)(semicolon - content_type.data);
    *out = otr_service_event_empty();
    if (payload.size > OTR_LIMIT_OUTBOX_PAYLOAD_BYTES)
        return otr_fail(error, OTR_LIMIT, "a payload of %zu bytes is over the limit of %d", payload.size,
                        OTR_LIMIT_OUTBOX_PAYLOAD_BYTES);
    if (otr_str_is(content_type, otr_service_content_type(OTR_PAYLOAD_JSON)))
        return otr_service_json_decode(arena, payload, out, error);
    if (otr_str_is(content_type, otr_service_content_type(OTR_PAYLOAD_PROTOBUF)))
        return otr_service_pb_decode(arena, payload, out, error);
    return otr_fail(error, OTR_INVALID, "content type %.*s is none of %s and %s",
                    content_type.size < 64 ? (int)content_type.size : 64,
                    content_type.data != NULL ? content_type.data : "",
                    otr_service_content_type(OTR_PAYLOAD_JSON),
                    otr_service_content_type(OTR_PAYLOAD_PROTOBUF));
}

static otr_status decode_whole(otr_arena *arena, otr_bytes payload, otr_service_event *out, otr_error *error)
{
    otr_cloudevent whole;
    *out = otr_service_event_empty();
    otr_status status = otr_cloudevent_read(arena, payload, &whole, error);
    return status == OTR_OK ? decode(arena, whole.content_type, whole.data, out, error) : status;
}

/* Sent whole, or with MQTT 5, whose properties a broker does not give to a subscriber with 3.1.1. No event in
 * protobuf begins with a brace. */
static otr_status decode_nameless(otr_arena *arena, otr_bytes payload, otr_service_event *out,
                                  otr_error *error)
{
    if (payload.size > 0 && payload.data[0] != '{')
        return decode(arena, otr_str_of(otr_service_content_type(OTR_PAYLOAD_PROTOBUF)), payload, out, error);
    otr_status status = decode_whole(arena, payload, out, error);
    if (status == OTR_INVALID &&
        decode(arena, otr_str_of(otr_service_content_type(OTR_PAYLOAD_JSON)), payload, out, NULL) == OTR_OK)
        status = OTR_OK;
    return status;
}

otr_status otr_service_decode(otr_arena *arena, otr_str content_type, otr_bytes payload,
                              otr_service_event *out, otr_error *error)
{
    if (content_type.size == 0)
        return decode_nameless(arena, payload, out, error);
    return otr_cloudevent_is_whole(content_type) ? decode_whole(arena, payload, out, error)
                                                 : decode(arena, content_type, payload, out, error);
}
