#include "tools/outrider/figures/figures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "codec/json.h"

/* ---- lists ---- */

/* Room for one more; false when memory is out. */
static bool grow(void **list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(*list, more * size);
    if (grown == NULL)
        return false;
    *list = grown;
    *capacity = more;
    return true;
}

/* Where it is, or would be: the first that is not less. order compares a list's entry with the key. */
static size_t place_of(const void *list, size_t count, size_t size, const void *key,
                       int (*order)(const void *entry, const void *key), bool *found)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order((const char *)list + middle * size, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < count && order((const char *)list + low * size, key) == 0;
    return low;
}

/* Moves the entries behind to make room; the caller fills it. */
static void make_room(void *list, size_t count, size_t size, size_t at)
{
    char *place = (char *)list + at * size;
    memmove(place + size, place, (count - at) * size);
}

static int order_gateway(const void *entry, const void *key)
{
    return strcmp(((const otr_figures_gateway *)entry)->name, key);
}

static int order_customer(const void *entry, const void *key)
{
    const otr_figures_customer *a = entry;
    const otr_figures_customer *b = key;
    int order = otr_str_compare(a->gateway, b->gateway);
    return order != 0 ? order : otr_str_compare(a->reference, b->reference);
}

static int order_case(const void *entry, const void *key)
{
    return memcmp(((const otr_figures_case *)entry)->id.bytes, ((const otr_id *)key)->bytes, sizeof(otr_id));
}

/* ---- taking ---- */

otr_figures_gateway *otr_figures_gateway_at(otr_figures *figures, otr_str group, otr_str gateway)
{
    char name[OTR_FIGURES_NAME_BYTES];
    bool found;
    (void)snprintf(name, sizeof name, "%.*s/%.*s", OTR_STR_ARG(group), OTR_STR_ARG(gateway));
    size_t at = place_of(figures->gateways, figures->gateway_count, sizeof *figures->gateways, name,
                         order_gateway, &found);
    if (found)
        return &figures->gateways[at];
    if (figures->gateway_count >= OTR_LIMIT_BUCKETS ||
        !grow((void **)&figures->gateways, figures->gateway_count, &figures->gateway_capacity,
              sizeof *figures->gateways))
        return NULL;
    make_room(figures->gateways, figures->gateway_count, sizeof *figures->gateways, at);
    figures->gateways[at] =
        (otr_figures_gateway){.oldest = OTR_FIGURES_DAY_NONE, .newest = OTR_FIGURES_DAY_NONE};
    memcpy(figures->gateways[at].name, name, sizeof name);
    figures->gateway_count++;
    return &figures->gateways[at];
}

static otr_status out_of_memory(otr_error *error)
{
    return otr_fail(error, OTR_MEMORY, "out of memory, or more than %d gateways", OTR_LIMIT_BUCKETS);
}

static otr_status take_bucket(otr_figures *figures, const otr_bucket *bucket, otr_error *error)
{
    if (otr_figures_gateway_at(figures, otr_str_of(bucket->group), otr_str_of(bucket->gateway)) == NULL)
        return out_of_memory(error);
    return otr_bucket_set_take(&figures->buckets, bucket, error);
}

static otr_status take_figures(otr_figures *figures, otr_str group, otr_str gateway,
                               const otr_service_event *event, otr_error *error)
{
    otr_bucket bucket = {.day = 0};
    if (event->figures.size == 0)
        return OTR_OK; /* cleared: too old to be kept */
    otr_status status = otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, event->figures, &bucket, error);
    if (status == OTR_OK && (!otr_str_is(group, bucket.group) || !otr_str_is(gateway, bucket.gateway)))
        status = otr_fail(error, OTR_INVALID, "figures of %s/%s on the topic of another", bucket.group,
                          bucket.gateway);
    if (status == OTR_OK)
        status = take_bucket(figures, &bucket, error);
    otr_bucket_done(&bucket);
    return status;
}

static otr_str fact_of(const otr_service_event *event, const char *name)
{
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, name))
            return event->facts[i].value;
    return OTR_STR("");
}

/* All facts of that name, in their order. */
static otr_str facts_of(otr_figures *figures, const otr_service_event *event, const char *name)
{
    otr_buffer text = {0};
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, name))
            otr_buffer_add_format(&text, "%s%.*s", text.size > 0 ? "; " : "",
                                  OTR_STR_ARG(event->facts[i].value));
    otr_str copy = otr_arena_copy(&figures->memory, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return copy;
}

static otr_status take_customer(otr_figures *figures, const otr_service_event *event, const char *gateway,
                                otr_error *error)
{
    otr_figures_customer one = {
        .gateway = otr_arena_copy(&figures->memory, otr_str_of(gateway)),
        .reference = otr_arena_copy(&figures->memory, event->to),
        .state = otr_arena_copy(&figures->memory, fact_of(event, "state")),
        .reason = facts_of(figures, event, "reason"),
        .hold = otr_str_is(fact_of(event, "hold_promotions"), "true"),
        .since = event->onset,
    };
    bool found;
    if (event->to.size == 0)
        return otr_fail(error, OTR_INVALID, "a customer without a reference");
    if (one.gateway.data == NULL || one.reference.data == NULL || one.state.data == NULL ||
        one.reason.data == NULL)
        return out_of_memory(error);
    size_t at =
        place_of(figures->customers, figures->customer_count, sizeof one, &one, order_customer, &found);
    if (otr_str_is(event->what, "cleared"))
        one.state.size = 0;
    if (!found) {
        if (!grow((void **)&figures->customers, figures->customer_count, &figures->customer_capacity,
                  sizeof one))
            return out_of_memory(error);
        make_room(figures->customers, figures->customer_count, sizeof one, at);
        figures->customer_count++;
    }
    figures->customers[at] = one;
    return OTR_OK;
}

static otr_status take_case(otr_figures *figures, const otr_service_event *event, otr_error *error)
{
    bool found;
    if (otr_id_is_zero(event->case_id))
        return OTR_OK;
    size_t at = place_of(figures->cases, figures->case_count, sizeof *figures->cases, &event->case_id,
                         order_case, &found);
    if (!found) {
        if (!grow((void **)&figures->cases, figures->case_count, &figures->case_capacity,
                  sizeof *figures->cases))
            return out_of_memory(error);
        make_room(figures->cases, figures->case_count, sizeof *figures->cases, at);
        figures->cases[at] = (otr_figures_case){.id = event->case_id, .onset = event->onset};
        figures->case_count++;
    }
    otr_figures_case *one = &figures->cases[at];
    char rule[256] = "";
    if (event->rule.size > 0)
        (void)snprintf(rule, sizeof rule, "%.*s/%.*s", OTR_STR_ARG(event->pack), OTR_STR_ARG(event->rule));
    const struct {
        otr_str *into;
        otr_str text;
    } texts[] = {{&one->rule, otr_str_of(rule)},
                 {&one->asset, event->asset},
                 {&one->category, event->category},
                 {&one->queue, event->queue},
                 {&one->cause, fact_of(event, "cause")}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].text.size == 0)
            continue;
        *texts[i].into = otr_arena_copy(&figures->memory, texts[i].text);
        if (texts[i].into->data == NULL)
            return out_of_memory(error);
    }
    return OTR_OK;
}

otr_status otr_figures_take(otr_figures *figures, otr_str group, otr_str gateway,
                            const otr_service_event *event, otr_error *error)
{
    const otr_figures_gateway *known = otr_figures_gateway_at(figures, group, gateway);
    if (known == NULL)
        return out_of_memory(error);
    switch (event->kind) {
    case OTR_SERVICE_FIGURES:
        return take_figures(figures, group, gateway, event, error);
    case OTR_SERVICE_CUSTOMER:
        return take_customer(figures, event, known->name, error);
    case OTR_SERVICE_ALARM:
    case OTR_SERVICE_TICKET:
        return take_case(figures, event, error);
    default:
        return OTR_OK;
    }
}

/* ---- a line of a file ---- */

static otr_status take_event(otr_figures *figures, const otr_figures_options *options, const json_t *root,
                             const char *data, otr_error *error)
{
    otr_arena arena = {0};
    otr_service_event event;
    otr_topic topic = {.group = otr_json_text(json_object_get(root, "group")),
                       .gateway = otr_json_text(json_object_get(root, "gateway"))};
    otr_status status = OTR_OK;
    if (!otr_topic_name_ok(topic.group) || !otr_topic_name_ok(topic.gateway))
        status = otr_fail(error, OTR_INVALID, "no group and gateway");
    if (status == OTR_OK)
        status = otr_service_decode(&arena, otr_str_of(otr_service_content_type(OTR_PAYLOAD_JSON)),
                                    (otr_bytes){(const uint8_t *)data, strlen(data)}, &event, error);
    if (status == OTR_OK && options->wants[event.kind])
        status = otr_figures_take(figures, topic.group, topic.gateway, &event, error);
    otr_arena_done(&arena);
    return status;
}

otr_status otr_figures_take_json(otr_figures *figures, const otr_figures_options *options, otr_bytes line,
                                 otr_error *error)
{
    json_t *root = otr_json_load(line, error);
    const json_t *data = json_object_get(root, "data");
    otr_status status = OTR_INVALID;
    if (root == NULL)
        return OTR_INVALID;
    if (json_object_get(root, "cells") != NULL || json_object_get(root, "day") != NULL) {
        otr_bucket bucket = {.day = 0};
        status = otr_bucket_decode(OTR_PAYLOAD_JSON, line, &bucket, error);
        if (status == OTR_OK)
            status = take_bucket(figures, &bucket, error);
        otr_bucket_done(&bucket);
    } else if (json_is_object(data)) {
        char *text = json_dumps(data, JSON_COMPACT);
        status = text != NULL ? take_event(figures, options, root, text, error) : out_of_memory(error);
        free(text);
    } else if (json_is_null(data)) {
        status = OTR_OK; /* what was not understood, or taken back */
    } else {
        (void)otr_fail(error, OTR_INVALID, "no bucket, and no line of outrider watch --json");
    }
    json_decref(root);
    return status;
}

/* ---- days ---- */

void otr_figures_settle(otr_figures *figures, const otr_figures_options *options, int32_t today)
{
    const otr_bucket_set *set = &figures->buckets;
    int32_t newest = OTR_FIGURES_DAY_NONE;
    for (size_t i = 0; i < set->count; i++)
        newest = set->list[i].day > newest ? set->list[i].day : newest;
    figures->last = options->until != OTR_FIGURES_DAY_NONE                     ? options->until
                    : options->files != NULL && newest != OTR_FIGURES_DAY_NONE ? newest
                                                                               : today;
    figures->first = figures->last - options->days + 1;
    figures->before_first = figures->first - options->before;
    for (size_t i = 0; i < set->count; i++) {
        const otr_bucket_entry *entry = &set->list[i];
        otr_figures_gateway *gateway =
            otr_figures_gateway_at(figures, otr_str_of(entry->group), otr_str_of(entry->gateway));
        if (gateway == NULL || entry->day > figures->last)
            continue; /* each was made when its bucket was taken */
        if (gateway->oldest == OTR_FIGURES_DAY_NONE)
            gateway->oldest = entry->day; /* the set is by day */
        gateway->newest = entry->day;
        gateway->present += entry->day >= figures->first;
        gateway->before += entry->day >= figures->before_first && entry->day < figures->first;
    }
}

void otr_figures_done(otr_figures *figures)
{
    otr_arena_done(&figures->memory);
    otr_bucket_set_done(&figures->buckets);
    free(figures->gateways);
    free(figures->customers);
    free(figures->cases);
    *figures = (otr_figures){.refused = 0};
}

void otr_figures_day_text(int32_t day, char out[16])
{
    otr_date date = otr_date_of(day);
    (void)snprintf(out, 16, "%04d-%02d-%02d", (int)(date.year % 10000), date.month % 100, date.day % 100);
}

bool otr_figures_day_parse(otr_str text, int32_t *out)
{
    char whole[32];
    otr_time time;
    if (text.size != 10)
        return false;
    (void)snprintf(whole, sizeof whole, "%.*sT00:00:00Z", OTR_STR_ARG(text));
    if (!otr_time_parse(otr_str_of(whole), &time))
        return false;
    *out = (int32_t)otr_date_divide(time, OTR_DAY);
    return true;
}
