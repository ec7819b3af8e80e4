/* Service events in protobuf: proto/service.proto. */
#include "base/limits.h"
#include "codec/bucket.h"
#include "codec/protobuf.h"
#include "codec/service_fields.h"
#include "codec/ticket.h"
#include "proto/service.pb-c.h"

typedef Outrider__V1__ServiceEvent wire_event;
typedef Outrider__V1__Evidence wire_evidence;
typedef Outrider__V1__Fact wire_fact;
typedef Outrider__V1__Action wire_action;

static bool put_text(otr_arena *arena, otr_str from, char **to)
{
    *to = otr_protobuf_text(arena, from);
    return *to != NULL;
}

static bool put_id(otr_arena *arena, const otr_id *from, ProtobufCBinaryData *to)
{
    if (otr_id_is_zero(*from))
        return true;
    to->data = otr_arena_alloc(arena, sizeof from->bytes);
    if (to->data == NULL)
        return false;
    memcpy(to->data, from->bytes, sizeof from->bytes);
    to->len = sizeof from->bytes;
    return true;
}

static bool put_evidence(otr_arena *arena, const otr_service_event *event, wire_event *to)
{
    to->evidence = otr_arena_array(arena, event->evidence_count + 1, sizeof(void *));
    wire_evidence *list = otr_arena_array(arena, event->evidence_count + 1, sizeof *list);
    if (to->evidence == NULL || list == NULL)
        return false;
    for (size_t i = 0; i < event->evidence_count; i++) {
        const otr_evidence *from = &event->evidence[i];
        outrider__v1__evidence__init(&list[i]);
        if (!put_text(arena, from->metric, &list[i].metric) || !put_text(arena, from->unit, &list[i].unit) ||
            !put_text(arena, from->value, &list[i].value))
            return false;
        if (from->at != OTR_TIME_NONE) {
            list[i].at_at_case = OUTRIDER__V1__EVIDENCE__AT_AT_AT_US;
            list[i].at_us = from->at;
        }
        to->evidence[to->n_evidence++] = &list[i];
    }
    return true;
}

static bool put_facts(otr_arena *arena, const otr_service_event *event, wire_event *to)
{
    to->facts = otr_arena_array(arena, event->fact_count + 1, sizeof(void *));
    wire_fact *list = otr_arena_array(arena, event->fact_count + 1, sizeof *list);
    if (to->facts == NULL || list == NULL)
        return false;
    for (size_t i = 0; i < event->fact_count; i++) {
        outrider__v1__fact__init(&list[i]);
        if (!put_text(arena, event->facts[i].name, &list[i].name) ||
            !put_text(arena, event->facts[i].value, &list[i].value))
            return false;
        to->facts[to->n_facts++] = &list[i];
    }
    return true;
}

static bool put_actions(otr_arena *arena, const otr_service_event *event, wire_event *to)
{
    to->actions = otr_arena_array(arena, event->action_count + 1, sizeof(void *));
    wire_action *list = otr_arena_array(arena, event->action_count + 1, sizeof *list);
    if (to->actions == NULL || list == NULL)
        return false;
    for (size_t i = 0; i < event->action_count; i++) {
        outrider__v1__action__init(&list[i]);
        if (!put_text(arena, event->actions[i].name, &list[i].name) ||
            !put_text(arena, event->actions[i].token, &list[i].token))
            return false;
        to->actions[to->n_actions++] = &list[i];
    }
    return true;
}

static bool put_all(otr_arena *arena, const otr_service_event *event, wire_event *to)
{
    to->kind = (Outrider__V1__ServiceKind)event->kind;
    if (event->coverage_percent >= 0) {
        to->coverage_case = OUTRIDER__V1__SERVICE_EVENT__COVERAGE_COVERAGE_PERCENT;
        to->coverage_percent = (uint32_t)event->coverage_percent;
    }
    to->figures.data = (uint8_t *)event->figures.data;
    to->figures.len = event->figures.size;
    to->ticket.data = (uint8_t *)event->ticket.data;
    to->ticket.len = event->ticket.size;
    bool ok = put_evidence(arena, event, to) && put_facts(arena, event, to) && put_actions(arena, event, to);
#define TEXT(name) ok = ok && put_text(arena, event->name, &to->name);
#define ID(name) ok = ok && put_id(arena, &event->name, &to->name);
#define COUNT(name) to->name = event->name;
#define TIME(name, NAME)                                                                                     \
    if (event->name != OTR_TIME_NONE) {                                                                      \
        to->name##_at_case = OUTRIDER__V1__SERVICE_EVENT__##NAME##_AT_##NAME##_US;                           \
        to->name##_us = event->name;                                                                         \
    }
    OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
    return ok;
}

otr_status otr_service_pb_encode(otr_buffer *out, const otr_service_event *event, otr_error *error)
{
    otr_arena arena = {0};
    wire_event wire;
    outrider__v1__service_event__init(&wire);
    otr_status status = put_all(&arena, event, &wire) ? otr_protobuf_pack(out, &wire.base, error)
                                                      : otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&arena);
    return status;
}

static otr_status take_evidence(otr_arena *arena, const wire_event *from, otr_service_event *out,
                                otr_error *error)
{
    otr_evidence *list = otr_arena_array(arena, from->n_evidence + 1, sizeof *list);
    if (list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < from->n_evidence; i++) {
        const wire_evidence *entry = from->evidence[i];
        otr_status status =
            otr_protobuf_take_text(entry->metric, "an evidence's metric", &list[i].metric, error);
        if (status == OTR_OK)
            status = otr_protobuf_take_text(entry->unit, "an evidence's unit", &list[i].unit, error);
        if (status == OTR_OK)
            status = otr_protobuf_take_text(entry->value, "an evidence's value", &list[i].value, error);
        if (status != OTR_OK)
            return status;
        list[i].at = entry->at_at_case == OUTRIDER__V1__EVIDENCE__AT_AT_AT_US ? entry->at_us : OTR_TIME_NONE;
    }
    out->evidence = list;
    out->evidence_count = from->n_evidence;
    return OTR_OK;
}

static otr_status take_facts(otr_arena *arena, const wire_event *from, otr_service_event *out,
                             otr_error *error)
{
    otr_fact *list = otr_arena_array(arena, from->n_facts + 1, sizeof *list);
    if (list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < from->n_facts; i++) {
        otr_status status =
            otr_protobuf_take_text(from->facts[i]->name, "a fact's name", &list[i].name, error);
        if (status == OTR_OK)
            status = otr_protobuf_take_text(from->facts[i]->value, "a fact's value", &list[i].value, error);
        if (status != OTR_OK)
            return status;
    }
    out->facts = list;
    out->fact_count = from->n_facts;
    return OTR_OK;
}

static otr_status take_actions(otr_arena *arena, const wire_event *from, otr_service_event *out,
                               otr_error *error)
{
    otr_action *list = otr_arena_array(arena, from->n_actions + 1, sizeof *list);
    if (list == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < from->n_actions; i++) {
        otr_status status =
            otr_protobuf_take_text(from->actions[i]->name, "an action's name", &list[i].name, error);
        if (status == OTR_OK)
            status =
                otr_protobuf_take_text(from->actions[i]->token, "an action's token", &list[i].token, error);
        if (status != OTR_OK)
            return status;
    }
    out->actions = list;
    out->action_count = from->n_actions;
    return OTR_OK;
}

otr_status otr_service_take_figures(otr_arena *arena, otr_payload payload, otr_bytes from,
                                    otr_service_event *out, otr_error *error)
{
    otr_bucket bucket;
    otr_buffer bytes = {0};
    if (from.size == 0)
        return OTR_OK;
    otr_status status = otr_bucket_decode(payload, from, &bucket, error);
    if (status == OTR_OK)
        status = otr_bucket_encode(&bytes, OTR_PAYLOAD_PROTOBUF, &bucket, error);
    if (status == OTR_OK) {
        otr_str copy = otr_arena_copy(arena, otr_buffer_text(&bytes));
        out->figures = (otr_bytes){(const uint8_t *)copy.data, copy.size};
        if (copy.data == NULL)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
    }
    otr_bucket_done(&bucket);
    otr_buffer_done(&bytes);
    return status;
}

otr_status otr_service_take_ticket(otr_arena *arena, otr_bytes from, otr_service_event *out, otr_error *error)
{
    otr_ticket ticket;
    otr_buffer bytes = {0};
    if (from.size == 0)
        return OTR_OK;
    otr_status status = otr_ticket_decode(arena, from, &ticket, error);
    if (status == OTR_OK)
        status = otr_ticket_encode(&bytes, &ticket, error);
    if (status == OTR_OK) {
        otr_str copy = otr_arena_copy(arena, otr_buffer_text(&bytes));
        out->ticket = (otr_bytes){(const uint8_t *)copy.data, copy.size};
        if (copy.data == NULL)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
    }
    otr_buffer_done(&bytes);
    return status;
}

static otr_status take_plain(const wire_event *from, otr_service_event *out, otr_error *error)
{
    otr_status status = OTR_OK;
#define TEXT(name)                                                                                           \
    if (status == OTR_OK)                                                                                    \
        status = otr_protobuf_take_text(from->name, #name, &out->name, error);
#define ID(name)                                                                                             \
    if (status == OTR_OK)                                                                                    \
        status = otr_protobuf_take_id(&from->name, #name, &out->name, error);
#define COUNT(name) out->name = from->name;
#define TIME(name, NAME)                                                                                     \
    if (from->name##_at_case == OUTRIDER__V1__SERVICE_EVENT__##NAME##_AT_##NAME##_US)                        \
        out->name = from->name##_us;
    OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
    return status;
}

otr_status otr_service_pb_decode(otr_arena *arena, otr_bytes payload, otr_service_event *out,
                                 otr_error *error)
{
    ProtobufCMessage *base = NULL;
    otr_status status =
        otr_protobuf_unpack(arena, &outrider__v1__service_event__descriptor, payload, &base, error);
    if (status != OTR_OK)
        return status;
    const wire_event *from = (const wire_event *)base;
    if ((int)from->kind < 0 || (int)from->kind >= OTR_SERVICE_KINDS)
        return otr_fail(error, OTR_INVALID, "kind %d is unknown", (int)from->kind);
    out->kind = (otr_service_kind)from->kind;
    if (from->coverage_case == OUTRIDER__V1__SERVICE_EVENT__COVERAGE_COVERAGE_PERCENT) {
        if (from->coverage_percent > 100)
            return otr_fail(error, OTR_INVALID, "coverage_percent is %u", from->coverage_percent);
        out->coverage_percent = (int)from->coverage_percent;
    }
    status = take_plain(from, out, error);
    if (status == OTR_OK)
        status = take_evidence(arena, from, out, error);
    if (status == OTR_OK)
        status = take_facts(arena, from, out, error);
    if (status == OTR_OK)
        status = take_actions(arena, from, out, error);
    if (status == OTR_OK)
        status = otr_service_take_figures(arena, OTR_PAYLOAD_PROTOBUF,
                                          (otr_bytes){from->figures.data, from->figures.len}, out, error);
    if (status == OTR_OK)
        status = otr_service_take_ticket(arena, (otr_bytes){from->ticket.data, from->ticket.len}, out, error);
    return status;
}
