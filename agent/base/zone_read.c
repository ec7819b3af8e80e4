/*
 * TZif to a zone: header, 32-bit block, and from version 2 on a second header, the 64-bit block and the rule
 * between two newlines. Every count is checked against the bytes that are there before anything is allocated.
 */
#include "base/zone_inside.h"

#include "base/limits.h"

#include <stdlib.h>

enum {
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    OFFSET_MAX_S = 26 * 3600, /* RFC 9636: from -25 h to 26 h */
    TYPES_MAX = 256,
};

typedef struct block {
    uint32_t ut_count, standard_count, leap_count, time_count, type_count, name_bytes;
    size_t width; /* of a time: 4 or 8 bytes */
    const uint8_t *times;
    const uint8_t *indexes;
    const uint8_t *types;
    const uint8_t *names;
    size_t size;
} block;

static otr_status refuse(otr_error *error, const char *why)
{
    return otr_fail(error, OTR_INVALID, "no time zone file: %s", why);
}

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_time(const block *b, uint32_t i)
{
    const uint8_t *at = b->times + i * b->width;
    if (b->width == 4)
        return (int32_t)read_u32(at);
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

/* Where the lists of the block stand; false when they do not fit into the bytes. */
static bool find_block(otr_bytes bytes, size_t width, block *out)
{
    if (bytes.size < HEADER_BYTES || memcmp(bytes.data, "TZif", 4) != 0)
        return false;
    const uint8_t *counts = bytes.data + 20;
    *out = (block){
        .ut_count = read_u32(counts),
        .standard_count = read_u32(counts + 4),
        .leap_count = read_u32(counts + 8),
        .time_count = read_u32(counts + 12),
        .type_count = read_u32(counts + 16),
        .name_bytes = read_u32(counts + 20),
        .width = width,
    };
    uint64_t size = HEADER_BYTES + (uint64_t)out->time_count * (width + 1) +
                    (uint64_t)out->type_count * TYPE_BYTES + out->name_bytes +
                    (uint64_t)out->leap_count * (width + 4) + out->standard_count + out->ut_count;
    if (size > bytes.size)
        return false;
    out->times = bytes.data + HEADER_BYTES;
    out->indexes = out->times + out->time_count * width;
    out->types = out->indexes + out->time_count;
    out->names = out->types + (size_t)out->type_count * TYPE_BYTES;
    out->size = (size_t)size;
    return true;
}

static const char *check_types(const block *b)
{
    if (b->type_count == 0 || b->type_count > TYPES_MAX)
        return "it has no local time, or more than 256";
    if (b->name_bytes == 0 || b->name_bytes > TYPES_MAX || b->names[b->name_bytes - 1] != '\0')
        return "its names do not end";
    for (uint32_t i = 0; i < b->type_count; i++) {
        const uint8_t *type = b->types + (size_t)i * TYPE_BYTES;
        int32_t offset_s = (int32_t)read_u32(type);
        if (offset_s <= -OFFSET_MAX_S || offset_s >= OFFSET_MAX_S)
            return "an offset is more than 26 hours";
        if (type[4] > 1 || type[5] >= b->name_bytes)
            return "a local time is neither standard nor summer, or has no name";
    }
    return NULL;
}

static const char *check(const block *b)
{
    if (b->leap_count > 0)
        return "it counts leap seconds";
    if ((b->standard_count != 0 && b->standard_count != b->type_count) ||
        (b->ut_count != 0 && b->ut_count != b->type_count))
        return "its indicators are not as many as its local times";
    const char *wrong = check_types(b);
    for (uint32_t i = 0; i < b->time_count && wrong == NULL; i++) {
        if (b->indexes[i] >= b->type_count)
            wrong = "a transition leads to no local time";
        else if (i > 0 && read_time(b, i) <= read_time(b, i - 1))
            wrong = "its transitions are not in order";
    }
    return wrong;
}

/* Behind the 64-bit block; an empty rule is none. */
static const char *read_rule(otr_bytes rest, otr_zone_rule *out, bool *has_rule)
{
    const uint8_t *end = rest.size > 1 ? memchr(rest.data + 1, '\n', rest.size - 1) : NULL;
    *has_rule = false;
    if (end == NULL || rest.data[0] != '\n')
        return "its rule does not stand between two newlines";
    if (end != rest.data + rest.size - 1)
        return "it goes on behind its end";
    otr_str text = {(const char *)rest.data + 1, rest.size - 2};
    *has_rule = text.size > 0;
    return text.size > 0 ? otr_zone_rule_parse(text, out) : NULL;
}

static otr_zone *build(const block *b, const otr_zone_rule *rule, bool has_rule)
{
    uint32_t old = 0; /* transitions of before 1970 */
    while (old < b->time_count && read_time(b, old) < 0)
        old++;
    uint32_t count = b->time_count - old;
    size_t bytes = sizeof(otr_zone) + count * sizeof(int64_t) + b->type_count * sizeof(otr_zone_type) +
                   count + b->name_bytes;
    otr_zone *zone = malloc(bytes);
    if (zone == NULL)
        return NULL;
    *zone = (otr_zone){.bytes = bytes, .count = count, .rule = *rule, .has_rule = has_rule};
    zone->first = old > 0 ? b->indexes[old - 1] : 0;
    zone->at_s = (int64_t *)(zone + 1);
    zone->types = (otr_zone_type *)(zone->at_s + count);
    zone->to = (uint8_t *)(zone->types + b->type_count);
    for (uint32_t i = 0; i < count; i++) {
        zone->at_s[i] = read_time(b, old + i);
        zone->to[i] = b->indexes[old + i];
    }
    for (uint32_t i = 0; i < b->type_count; i++) {
        const uint8_t *type = b->types + (size_t)i * TYPE_BYTES;
        zone->types[i] = (otr_zone_type){(int32_t)read_u32(type), type[5]};
    }
    zone->names = memcpy(zone->to + count, b->names, b->name_bytes);
    return zone;
}

otr_status otr_zone_load(otr_bytes tzif, otr_zone **out, otr_error *error)
{
    block b;
    otr_zone_rule rule = {.summer = false};
    bool has_rule = false;
    *out = NULL;
    if (tzif.size > OTR_LIMIT_ZONE_BYTES)
        return otr_fail(error, OTR_LIMIT, "a time zone file of more than %d bytes", OTR_LIMIT_ZONE_BYTES);
    if (!find_block(tzif, 4, &b))
        return refuse(error, "it does not begin with TZif, or ends too early");
    uint8_t version = tzif.data[4];
    if (version != 0 && (version < '2' || version > '4'))
        return refuse(error, "its version is none of 1 to 4");
    const char *wrong = NULL;
    if (version == 0) {
        if (b.size != tzif.size)
            wrong = "it goes on behind its end";
    } else {
        otr_bytes second = {tzif.data + b.size, tzif.size - b.size};
        if (!find_block(second, 8, &b) || second.data[4] != version)
            return refuse(error, "its second part does not begin with TZif, or ends too early");
        wrong = read_rule((otr_bytes){second.data + b.size, second.size - b.size}, &rule, &has_rule);
    }
    if (wrong == NULL)
        wrong = check(&b);
    if (wrong != NULL)
        return refuse(error, wrong);
    *out = build(&b, &rule, has_rule);
    return *out != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

void otr_zone_free(otr_zone *zone)
{
    free(zone);
}
