#include "tests/unit/codec/random_message.h"

#include "base/hash.h"
#include "base/metric.h"

#include <math.h>
#include <stdio.h>

uint64_t random_next(uint64_t *seed)
{
    *seed += 1;
    return otr_hash64(*seed, 7, "random", 6);
}

static uint64_t below(uint64_t *seed, uint64_t count)
{
    return random_next(seed) % count;
}

static double random_number(uint64_t *seed)
{
    double value = 0;
    uint64_t bits = random_next(seed);
    switch (below(seed, 5)) {
    case 0:
        return (double)(int64_t)below(seed, 200) - 100;
    case 1:
        return ((double)below(seed, 20000) - 10000) / 100;
    case 2:
        return (double)(float)((double)below(seed, 1000) / 64);
    case 3:
        return (double)(int64_t)bits;
    default:
        memcpy(&value, &bits, sizeof value);
        return isfinite(value) ? value : -0.0;
    }
}

static otr_str random_text(otr_arena *arena, uint64_t *seed)
{
    static const char *const pieces[] = {"P0143", "\"", "\\", "\n", "\x01", "\xc3\xa4", "\xf0\x9f\x9a\x9a",
                                         " ",     "/",  "x"};
    char text[64] = "";
    size_t count = below(seed, 12);
    for (size_t i = 0; i < count; i++)
        (void)sprintf(text + strlen(text), "%s", pieces[below(seed, 10)]);
    return otr_arena_copy(arena, otr_str_of(text));
}

static otr_time random_time(uint64_t *seed, bool plain, otr_time near)
{
    switch (below(seed, 6)) {
    case 0:
        return near + 60 * OTR_SECOND;
    case 1:
        return near - (otr_time)below(seed, 3600) * OTR_SECOND;
    case 2:
        return near + (otr_time)below(seed, 1000000);
    case 3:
        return (otr_time)(268435456 + below(seed, (uint64_t)1 << 33)) * OTR_SECOND +
               (otr_time)below(seed, 1000000);
    case 4:
        return plain ? near : (otr_time)below(seed, 268435456) * OTR_SECOND - 5;
    default:
        return near;
    }
}

static void random_metric(otr_arena *arena, uint64_t *seed, otr_reading *r)
{
    size_t known = 0;
    const otr_metric *list = otr_metric_list(&known);
    const otr_metric *metric = &list[below(seed, known)];
    char name[32];
    if (below(seed, 3) > 0) {
        r->metric = otr_str_of(metric->name);
        r->kind = (uint8_t)metric->kind;
        r->unit = otr_str_of(metric->unit);
        return;
    }
    static const char *const units[] = {"", "V", "Cel", "widgets", "/", "dBW", "g"};
    (void)snprintf(name, sizeof name, "own_%d", (int)below(seed, 4));
    r->metric = otr_arena_copy(arena, otr_str_of(name));
    r->kind = (uint8_t)(OTR_KIND_NUMBER + below(seed, 3));
    r->unit = otr_str_of(units[below(seed, 7)]);
}

static void random_value(otr_arena *arena, uint64_t *seed, otr_reading *r)
{
    switch ((otr_kind)r->kind) {
    case OTR_KIND_NUMBER:
        r->number = random_number(seed);
        return;
    case OTR_KIND_BOOL:
        r->flag = below(seed, 2) == 1;
        break;
    case OTR_KIND_TEXT:
        r->text = random_text(arena, seed);
        break;
    default:
        r->location.latitude = (double)below(seed, 1800001) / 1e4 - 90;
        r->location.longitude = (double)below(seed, 3600001) / 1e4 - 180;
        break;
    }
    r->unit = OTR_STR("");
}

otr_message random_message(otr_arena *arena, uint64_t *seed, bool plain)
{
    static const char *const devices[] = {"probe-7", "4711", "urn:dev:mac:0024befffe804ff1", "a.b_c"};
    size_t count = 1 + below(seed, below(seed, 10) == 0 ? 300 : 12);
    otr_message message = {.device = otr_str_of(devices[below(seed, 4)]),
                           .readings = otr_arena_array(arena, count, sizeof(otr_reading)),
                           .count = count};
    otr_time at = 1714521600123457;
    for (size_t i = 0; i < count; i++) {
        otr_reading *r = &message.readings[i];
        size_t repeat = i >= 3 ? below(seed, 4) : 0; /* a walk through a few metrics is what devices do */
        if (repeat > 0) {
            r->metric = message.readings[i - repeat].metric;
            r->kind = message.readings[i - repeat].kind;
            r->unit = message.readings[i - repeat].unit;
        } else {
            random_metric(arena, seed, r);
        }
        random_value(arena, seed, r);
        at = random_time(seed, plain, at);
        r->at_us = at;
        if (below(seed, 8) == 0) {
            r->stamp = OTR_STAMP_RELATIVE;
            r->at_us = (otr_time)below(seed, 400000000000000) - 200000000000000;
        } else if (plain && r->at_us < 268435456 * OTR_SECOND) {
            at = r->at_us = 268435456 * OTR_SECOND;
        }
        r->quality = !plain && below(seed, 5) == 0 ? OTR_QUALITY_BAD : OTR_QUALITY_GOOD;
    }
    return message;
}
