#include "story.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) add(char text[STORY_TEXT_BYTES], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, STORY_TEXT_BYTES - used, format, arguments);
    va_end(arguments);
}

#define PICK(pool) pool[choose(from, sizeof(pool) / sizeof((pool)[0]))]

static void add_rule(story *s, choices *from, int number, story_kind kind)
{
    static const char *const conditions[] = {
        "temperature > 8.0",
        "temperature > 8.0",
        "temperature > asset.limit.temperature_max && door",
        "humidity > 60.0 || temperature > 9.0",
        "door",
        "shock > 3.0",
        "temperature.avg(\"20m\") > 7.5",
        "temperature.max(\"30m\") - temperature.min(\"30m\") > 3.0",
        "temperature.time_above(8.0, \"1h\") > duration(\"12m\")",
        "door && door.age() < duration(\"3m\")",
        "shock.count(\"40m\") > 1",
    };
    static const char *const spans[] = {"0s", "1m", "4m", "10m", "15m"};
    static const char *const gaps[] = {"hold", "reset", "unknown"};
    add(s->pack, "  - alert: Rule%d\n", number);
    if (chance(from, 6) && kind == STORY_WHOLE) {
        add(s->pack, "    silent_for: %s\n", choose(from, 2) == 0 ? "20m" : "35m");
        return;
    }
    uint32_t condition = choose(from, sizeof conditions / sizeof conditions[0]);
    add(s->pack, "    expr: '%s'\n", conditions[condition]);
    if (choose(from, 3) > 0)
        add(s->pack, "    for: %s\n", PICK(spans));
    if (choose(from, 2) == 1)
        add(s->pack, "    keep_firing_for: %s\n", PICK(spans));
    if (condition < 2 && choose(from, 2) == 1)
        add(s->pack, "    clear: temperature < 7.0\n");
    add(s->pack, "    gap: %s\n", PICK(gaps));
    if (choose(from, 2) == 1)
        add(s->pack, "    labels: {category: %s}\n", choose(from, 2) == 0 ? "climate" : "handling");
}

static void make_texts(story *s, choices *from, story_kind kind)
{
    static const char *const valid[] = {"expected_interval: 5m", "valid_for: 10m", "valid_for: 30m",
                                        "min: -60"};
    s->pack[0] = '\0';
    s->assignments[0] = '\0';
    add(s->pack, "pack: test\nversion: 1\nrules:\n");
    for (int i = 0, count = 2 + (int)choose(from, 4); i < count; i++)
        add_rule(s, from, i, kind);
    add(s->assignments, "version: 1\nprofiles:\n  some:\n    metrics:\n");
    add(s->assignments, "      temperature: {%s}\n      door: {%s}\n", PICK(valid), valid[choose(from, 3)]);
    add(s->assignments,
        "assets:\n"
        "  - {asset: box, class: parcel, devices: [t1, t2], profile: some, limit: {temperature_max: 8.5}}\n"
        "  - {asset: bag, class: parcel, devices: [t3], profile: some, limit: {temperature_max: 7.5}}\n");
}

static void add_reading(story_upload *upload, const char *metric, otr_kind kind, double number, otr_time at)
{
    upload->readings[upload->count++] =
        (otr_reading){.metric = otr_str_of(metric), .at_us = at, .stamp = OTR_STAMP_ABSOLUTE, .kind = kind};
    if (kind == OTR_KIND_BOOL)
        upload->readings[upload->count - 1].flag = number > 0;
    else
        upload->readings[upload->count - 1].number = number;
}

/* Temperatures wander, doors open and close, now and then nothing is heard for long. */
static void make_uploads(story *s, choices *from, otr_time at, story_kind kind)
{
    static const char *const devices[] = {"t1", "t1", "t2", "t3"};
    double temperature = 6;
    for (s->count = 0; s->count < STORY_UPLOADS; s->count++) {
        story_upload *upload = &s->uploads[s->count];
        *upload = (story_upload){.device = PICK(devices)};
        uint32_t what = choose(from, 8);
        temperature += (double)choose(from, 61) / 20 - 1.5;
        if (temperature > 12 || temperature < 2)
            temperature = 7;
        if (what == 0)
            add_reading(upload, "shock", OTR_KIND_NUMBER, (double)choose(from, 6), at);
        if (what == 1 || what == 2)
            add_reading(upload, "door", OTR_KIND_BOOL, (double)choose(from, 2), at);
        if (what == 3)
            add_reading(upload, "humidity", OTR_KIND_NUMBER, 40 + (double)choose(from, 40), at);
        if (what >= 2)
            add_reading(upload, "temperature", OTR_KIND_NUMBER, temperature, at);
        otr_time minutes = chance(from, 20) ? 25 + choose(from, 60) : choose(from, 6);
        at += minutes * OTR_MINUTE;
        at += (otr_time)choose(from, 2) * 30 * OTR_SECOND;
        if (kind == STORY_PLAIN || chance(from, 4))
            at += 1 + (otr_time)choose(from, 256) * 997; /* and so no two under one stamp */
    }
}

void story_make(story *s, uint64_t seed, otr_time start, story_kind kind)
{
    choices from = choices_of_seed(seed);
    s->seed = seed;
    make_texts(s, &from, kind);
    make_uploads(s, &from, start, kind);
}

void story_print(const story *s)
{
    (void)fprintf(stderr, "OUTRIDER_SEED=%" PRIu64 "\n%s%s", s->seed, s->pack, s->assignments);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->uploads[i].count; k++) {
            const otr_reading *reading = &s->uploads[i].readings[k];
            char at[OTR_TIME_TEXT_BYTES];
            (void)otr_time_format(reading->at_us, at);
            (void)fprintf(stderr, "%s %s %s %g\n", at, s->uploads[i].device, reading->metric.data,
                          reading->kind == OTR_KIND_BOOL ? (double)reading->flag : reading->number);
        }
}
