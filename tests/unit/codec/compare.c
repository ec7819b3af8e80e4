#include "tests/unit/codec/compare.h"

#include "codec/service_fields.h"

bool same_reading(const otr_reading *a, const otr_reading *b)
{
    if (!otr_str_equal(a->metric, b->metric) || !otr_str_equal(a->unit, b->unit) || a->at_us != b->at_us ||
        a->stamp != b->stamp || a->kind != b->kind || a->quality != b->quality)
        return false;
    switch ((otr_kind)a->kind) {
    case OTR_KIND_NUMBER:
        return a->number == b->number;
    case OTR_KIND_BOOL:
        return a->flag == b->flag;
    case OTR_KIND_TEXT:
        return otr_str_equal(a->text, b->text);
    case OTR_KIND_LOCATION:
        return a->location.latitude == b->location.latitude && a->location.longitude == b->location.longitude;
    case OTR_KIND_ANY:
        break;
    }
    return false;
}

bool same_message(const otr_message *a, const otr_message *b, size_t *at)
{
    *at = SIZE_MAX;
    if (a->count != b->count || !otr_str_equal(a->device, b->device))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same_reading(&a->readings[i], &b->readings[i])) {
            *at = i;
            return false;
        }
    }
    return true;
}

const char *different_field(const otr_service_event *a, const otr_service_event *b)
{
    if (a->kind != b->kind)
        return "kind";
    if (a->coverage_percent != b->coverage_percent)
        return "coverage_percent";
#define TEXT(name)                                                                                           \
    if (!otr_str_equal(a->name, b->name))                                                                    \
        return #name;
#define ID(name)                                                                                             \
    if (!otr_id_equal(a->name, b->name))                                                                     \
        return #name;
#define PLAIN(name, ...)                                                                                     \
    if (a->name != b->name)                                                                                  \
        return #name;
    OTR_SERVICE_FIELDS(TEXT, ID, PLAIN, PLAIN)
#undef TEXT
#undef ID
#undef PLAIN
    if (a->figures.size != b->figures.size ||
        (a->figures.size > 0 && memcmp(a->figures.data, b->figures.data, a->figures.size) != 0))
        return "figures";
    if (a->ticket.size != b->ticket.size ||
        (a->ticket.size > 0 && memcmp(a->ticket.data, b->ticket.data, a->ticket.size) != 0))
        return "ticket";
    if (a->evidence_count != b->evidence_count)
        return "evidence_count";
    for (size_t i = 0; i < a->evidence_count; i++)
        if (!otr_str_equal(a->evidence[i].metric, b->evidence[i].metric) ||
            !otr_str_equal(a->evidence[i].unit, b->evidence[i].unit) ||
            !otr_str_equal(a->evidence[i].value, b->evidence[i].value) ||
            a->evidence[i].at != b->evidence[i].at)
            return "evidence";
    if (a->fact_count != b->fact_count)
        return "fact_count";
    for (size_t i = 0; i < a->fact_count; i++)
        if (!otr_str_equal(a->facts[i].name, b->facts[i].name) ||
            !otr_str_equal(a->facts[i].value, b->facts[i].value))
            return "facts";
    if (a->action_count != b->action_count)
        return "action_count";
    for (size_t i = 0; i < a->action_count; i++)
        if (!otr_str_equal(a->actions[i].name, b->actions[i].name) ||
            !otr_str_equal(a->actions[i].token, b->actions[i].token))
            return "actions";
    return NULL;
}
