/* What a ticket encloses, in protobuf: proto/ticket.proto. */
#include "codec/protobuf.h"
#include "codec/ticket_fields.h"
#include "proto/ticket.pb-c.h"

#include <math.h>

typedef Outrider__V1__Ticket wire_ticket;
typedef Outrider__V1__CaseAlarm wire_alarms;
typedef Outrider__V1__Known wire_known;
typedef Outrider__V1__Remark wire_said;
typedef Outrider__V1__Similar wire_similar;
typedef Outrider__V1__Series wire_series;

#define CASE_OF(prefix, name) OUTRIDER__V1__##prefix##__##name
#define CASE(prefix, name) CASE_OF(prefix, name)

/* ---- out ---- */

static bool put_text(otr_arena *arena, otr_str from, char **to)
{
    *to = otr_protobuf_text(arena, from);
    return *to != NULL;
}

static bool put_id(const otr_id *from, ProtobufCBinaryData *to)
{
    if (!otr_id_is_zero(*from))
        *to = (ProtobufCBinaryData){.data = (uint8_t *)from->bytes, .len = sizeof from->bytes};
    return true;
}

#define TEXT(name) ok = ok && put_text(arena, from->name, &to->name);
#define ID(name) ok = ok && put_id(&from->name, &to->name);
#define COUNT(name) to->name = from->name;
#define TIME(name, NAME)                                                                                     \
    if (from->name != OTR_TIME_NONE) {                                                                       \
        to->name##_at_case = CASE(PREFIX, NAME##_AT_##NAME##_US);                                            \
        to->name##_us = from->name;                                                                          \
    }
#define NUMBER(name, NAME)                                                                                   \
    if (isfinite(from->name)) {                                                                              \
        to->name##_is_case = CASE(PREFIX, NAME##_IS_##NAME);                                                 \
        to->name = from->name;                                                                               \
    }

#define PREFIX CASE_ALARM
static bool put_alarms(otr_arena *arena, const otr_ticket_alarm *from, wire_alarms *to)
{
    bool ok = true;
    outrider__v1__case_alarm__init(to);
    OTR_TICKET_ALARM(TEXT, ID, COUNT, TIME, NUMBER)
    return ok;
}
#undef PREFIX

#define PREFIX KNOWN
static bool put_known(otr_arena *arena, const otr_ticket_known *from, wire_known *to)
{
    bool ok = true;
    outrider__v1__known__init(to);
    OTR_TICKET_KNOWN(TEXT, ID, COUNT, TIME, NUMBER)
    return ok;
}
#undef PREFIX

#define PREFIX REMARK
static bool put_said(otr_arena *arena, const otr_ticket_remark *from, wire_said *to)
{
    bool ok = true;
    outrider__v1__remark__init(to);
    OTR_TICKET_REMARK(TEXT, ID, COUNT, TIME, NUMBER)
    return ok;
}
#undef PREFIX

#define PREFIX SIMILAR
static bool put_similar(otr_arena *arena, const otr_ticket_similar *from, wire_similar *to)
{
    bool ok = true;
    outrider__v1__similar__init(to);
    OTR_TICKET_SIMILAR(TEXT, ID, COUNT, TIME, NUMBER)
    return ok;
}
#undef PREFIX

#define PREFIX SERIES
static bool put_series(otr_arena *arena, const otr_ticket_series *from, wire_series *to)
{
    bool ok = true;
    outrider__v1__series__init(to);
    OTR_TICKET_SERIES(TEXT, ID, COUNT, TIME, NUMBER)
    to->point_us = (int64_t *)from->times;
    to->point = (double *)from->values;
    to->n_point_us = from->count;
    to->n_point = from->count;
    return ok;
}
#undef PREFIX
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
#undef NUMBER

otr_status otr_ticket_encode(otr_buffer *out, const otr_ticket *ticket, otr_error *error)
{
    otr_arena memory = {0};
    otr_arena *arena = &memory;
    wire_ticket wire;
    bool ok = true;
    outrider__v1__ticket__init(&wire);
#define RECORD(list, count, type, fields)                                                                    \
    wire.list = otr_arena_array(arena, ticket->count + 1, sizeof(void *));                                   \
    wire_##list *list = otr_arena_array(arena, ticket->count + 1, sizeof *list);                             \
    ok = ok && wire.list != NULL && list != NULL;                                                            \
    for (size_t i = 0; ok && i < ticket->count; i++) {                                                       \
        ok = put_##list(arena, &ticket->list[i], &list[i]);                                                  \
        wire.list[wire.n_##list++] = &list[i];                                                               \
    }
    OTR_TICKET_LISTS(RECORD)
#undef RECORD
    otr_status status =
        ok ? otr_protobuf_pack(out, &wire.base, error) : otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&memory);
    return status;
}

/* ---- in ---- */

static otr_status take_number(double from, const char *name, double *to, otr_error *error)
{
    *to = from;
    return isfinite(from) ? OTR_OK : otr_fail(error, OTR_INVALID, "%s is not finite", name);
}

#define TEXT(name)                                                                                           \
    if (status == OTR_OK)                                                                                    \
        status = otr_protobuf_take_text(from->name, #name, &to->name, error);
#define ID(name)                                                                                             \
    if (status == OTR_OK)                                                                                    \
        status = otr_protobuf_take_id(&from->name, #name, &to->name, error);
#define COUNT(name) to->name = from->name;
#define TIME(name, NAME)                                                                                     \
    to->name = from->name##_at_case == CASE(PREFIX, NAME##_AT_##NAME##_US) ? from->name##_us : OTR_TIME_NONE;
#define NUMBER(name, NAME)                                                                                   \
    to->name = (double)NAN;                                                                                  \
    if (status == OTR_OK && from->name##_is_case == CASE(PREFIX, NAME##_IS_##NAME))                          \
        status = take_number(from->name, #name, &to->name, error);

#define PREFIX CASE_ALARM
static otr_status take_alarms(const wire_alarms *from, otr_ticket_alarm *to, otr_error *error)
{
    otr_status status = OTR_OK;
    OTR_TICKET_ALARM(TEXT, ID, COUNT, TIME, NUMBER)
    return status;
}
#undef PREFIX

#define PREFIX KNOWN
static otr_status take_known(const wire_known *from, otr_ticket_known *to, otr_error *error)
{
    otr_status status = OTR_OK;
    OTR_TICKET_KNOWN(TEXT, ID, COUNT, TIME, NUMBER)
    return status;
}
#undef PREFIX

#define PREFIX REMARK
static otr_status take_said(const wire_said *from, otr_ticket_remark *to, otr_error *error)
{
    otr_status status = OTR_OK;
    OTR_TICKET_REMARK(TEXT, ID, COUNT, TIME, NUMBER)
    return status;
}
#undef PREFIX

#define PREFIX SIMILAR
static otr_status take_similar(const wire_similar *from, otr_ticket_similar *to, otr_error *error)
{
    otr_status status = OTR_OK;
    OTR_TICKET_SIMILAR(TEXT, ID, COUNT, TIME, NUMBER)
    return status;
}
#undef PREFIX

#define PREFIX SERIES
static otr_status take_series(const wire_series *from, otr_ticket_series *to, otr_error *error)
{
    otr_status status = OTR_OK;
    OTR_TICKET_SERIES(TEXT, ID, COUNT, TIME, NUMBER)
    if (status == OTR_OK && from->n_point_us != from->n_point)
        return otr_fail(error, OTR_INVALID, "%zu times of %zu points", from->n_point_us, from->n_point);
    double value;
    for (size_t i = 0; i < from->n_point && status == OTR_OK; i++)
        status = take_number(from->point[i], "point", &value, error);
    to->times = from->point_us;
    to->values = from->point;
    to->count = from->n_point;
    return status;
}
#undef PREFIX
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
#undef NUMBER

otr_status otr_ticket_decode(otr_arena *arena, otr_bytes bytes, otr_ticket *out, otr_error *error)
{
    ProtobufCMessage *base = NULL;
    *out = (otr_ticket){0};
    otr_status status = otr_protobuf_unpack(arena, &outrider__v1__ticket__descriptor, bytes, &base, error);
    if (status != OTR_OK)
        return status;
    const wire_ticket *from = (const wire_ticket *)base;
#define RECORD(records, counter, type, fields)                                                               \
    if (status == OTR_OK) {                                                                                  \
        type *to = otr_arena_array(arena, from->n_##records + 1, sizeof *to);                                \
        if (to == NULL)                                                                                      \
            return otr_fail(error, OTR_MEMORY, "out of memory");                                             \
        for (size_t i = 0; status == OTR_OK && i < from->n_##records; i++)                                   \
            status = take_##records(from->records[i], &to[i], error);                                        \
        out->records = to;                                                                                   \
        out->counter = from->n_##records;                                                                    \
    }
    OTR_TICKET_LISTS(RECORD)
#undef RECORD
    return status;
}
