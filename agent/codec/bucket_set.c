#include "codec/bucket_set.h"

#include <stdlib.h>

static int compare_names(const otr_bucket_entry *entry, const char *group, const char *gateway)
{
    int order = strcmp(entry->group, group);
    return order != 0 ? order : strcmp(entry->gateway, gateway);
}

/* The entry's place, or where it would be. */
static size_t place_of(const otr_bucket_set *set, const otr_bucket *bucket, bool *found)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const otr_bucket_entry *entry = &set->list[middle];
        int order = compare_names(entry, bucket->group, bucket->gateway);
        if (order == 0 && entry->day != bucket->day)
            order = entry->day < bucket->day ? -1 : 1;
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = false;
    return low;
}

static otr_status decode(const otr_bucket_entry *entry, otr_bucket *out, otr_error *error)
{
    return otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, otr_buffer_bytes(&entry->bytes), out, error);
}

static otr_status fill(otr_bucket_entry *entry, const otr_bucket *bucket, otr_error *error)
{
    otr_buffer bytes = {0};
    otr_status status = otr_bucket_encode(&bytes, OTR_PAYLOAD_PROTOBUF, bucket, error);
    if (status != OTR_OK) {
        otr_buffer_done(&bytes);
        return status;
    }
    otr_buffer_done(&entry->bytes);
    memcpy(entry->group, bucket->group, sizeof entry->group);
    memcpy(entry->gateway, bucket->gateway, sizeof entry->gateway);
    entry->day = bucket->day;
    entry->revision = bucket->revision;
    entry->closed = bucket->closed;
    entry->bytes = bytes;
    return OTR_OK;
}

static otr_status replace(otr_bucket_entry *entry, const otr_bucket *bucket, otr_error *error)
{
    otr_bucket old;
    otr_status status = decode(entry, &old, error);
    if (status == OTR_OK && otr_bucket_replaces(bucket, &old))
        status = fill(entry, bucket, error);
    otr_bucket_done(&old);
    return status;
}

otr_status otr_bucket_set_take(otr_bucket_set *set, const otr_bucket *bucket, otr_error *error)
{
    bool found;
    size_t at = place_of(set, bucket, &found);
    if (found)
        return replace(&set->list[at], bucket, error);
    if (set->count >= OTR_LIMIT_BUCKETS)
        return otr_fail(error, OTR_LIMIT, "more than %d gateways' days", OTR_LIMIT_BUCKETS);
    if (set->count == set->capacity) {
        size_t capacity = set->capacity == 0 ? 64 : set->capacity * 2;
        otr_bucket_entry *list = realloc(set->list, capacity * sizeof *list);
        if (list == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
        set->list = list;
        set->capacity = capacity;
    }
    otr_bucket_entry entry = {.revision = 0};
    otr_status status = fill(&entry, bucket, error);
    if (status != OTR_OK)
        return status;
    memmove(&set->list[at + 1], &set->list[at], (set->count - at) * sizeof *set->list);
    set->list[at] = entry;
    set->count++;
    return OTR_OK;
}

static otr_status add(const otr_bucket_entry *entry, otr_bucket *into, otr_error *error)
{
    otr_bucket bucket;
    otr_status status = decode(entry, &bucket, error);
    if (status == OTR_OK)
        status = otr_bucket_merge(into, &bucket, error);
    otr_bucket_done(&bucket);
    return status;
}

otr_status otr_bucket_set_sum(const otr_bucket_set *set, int32_t first, int32_t last, otr_bucket *into,
                              otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < set->count; i++)
        if (set->list[i].day >= first && set->list[i].day <= last)
            status = add(&set->list[i], into, error);
    return status;
}

otr_status otr_bucket_set_newest(const otr_bucket_set *set, int32_t first, otr_bucket *into, otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; status == OTR_OK && i < set->count; i++) {
        const otr_bucket_entry *entry = &set->list[i];
        bool newest =
            i + 1 == set->count || compare_names(&set->list[i + 1], entry->group, entry->gateway) != 0;
        if (newest && entry->day >= first)
            status = add(entry, into, error);
    }
    return status;
}

void otr_bucket_set_done(otr_bucket_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        otr_buffer_done(&set->list[i].bytes);
    free(set->list);
    *set = (otr_bucket_set){0};
}
