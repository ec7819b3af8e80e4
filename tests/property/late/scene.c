#include "scene.h"

#include <inttypes.h>
#include <stdio.h>

uint32_t roll(dice *from, uint32_t count)
{
    from->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = from->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((mixed ^ (mixed >> 31)) % count);
}

const char *scene_device(uint32_t number)
{
    static const char *const names[SCENE_DEVICES] = {"t1", "t2", "t3"};
    return names[number];
}

static void add_reading(scene_instant *instant, const char *metric, otr_kind kind, double number)
{
    otr_reading *reading = &instant->readings[instant->count++];
    *reading = (otr_reading){
        .metric = otr_str_of(metric), .at_us = instant->at, .stamp = OTR_STAMP_ABSOLUTE, .kind = kind};
    if (kind == OTR_KIND_BOOL)
        reading->flag = number > 0;
    else
        reading->number = number;
}

static void measure(scene_instant *instant, dice *from, double temperature)
{
    uint32_t what = roll(from, 8);
    if (what == 1 || what == 2)
        add_reading(instant, "door", OTR_KIND_BOOL, (double)roll(from, 2));
    if (what == 3 || what == 0)
        add_reading(instant, "humidity", OTR_KIND_NUMBER, 40 + (double)roll(from, 40));
    if (what >= 2)
        add_reading(instant, "temperature", OTR_KIND_NUMBER, temperature);
}

/* On its way to the north, standing at times, with fixes that scatter and some that stray. */
static void locate(scene_instant *instant, dice *from, double *north)
{
    static const double strays[] = {0, 0, 0, 0.0005, 0.002, 0.05};
    if (roll(from, 3) == 0)
        *north += (double)roll(from, 20) / 1000;
    if (*north > 0.31)
        *north = 0.31;
    double stray = strays[roll(from, 6)];
    otr_reading *reading = &instant->readings[instant->count++];
    *reading = (otr_reading){.metric = OTR_STR("location"),
                             .at_us = instant->at,
                             .stamp = OTR_STAMP_ABSOLUTE,
                             .kind = OTR_KIND_LOCATION};
    reading->location.latitude = 53 + *north + stray * ((double)roll(from, 21) / 10 - 1);
    reading->location.longitude = 10 + stray * ((double)roll(from, 21) / 10 - 1);
}

/* In the end each device says twice that all is well, so that everything ends, and in the same way. */
static void close_scene(scene *s, otr_time at)
{
    for (uint32_t i = 0; i < 2 * s->device_count; i++) {
        scene_instant *instant = &s->instants[s->count++];
        *instant = (scene_instant){.at = at + (otr_time)i * OTR_MINUTE, .device = i % s->device_count};
        add_reading(instant, "door", OTR_KIND_BOOL, 0);
        add_reading(instant, "humidity", OTR_KIND_NUMBER, 40);
        add_reading(instant, "temperature", OTR_KIND_NUMBER, 5);
    }
}

void scene_make(scene *s, uint64_t seed, size_t instants_max)
{
    dice from = {seed * UINT64_C(0xd1342543de82ef95) + 1};
    double temperature[SCENE_DEVICES] = {6, 7, 8};
    double north = 0;
    otr_time at = SCENE_START;
    s->seed = seed;
    s->journey = seed % 3 == 0;
    scene_texts(s, &from);
    size_t most = SCENE_INSTANTS - 2 * SCENE_DEVICES;
    if (instants_max < most)
        most = instants_max;
    for (s->count = 0; s->count < most; s->count++) {
        scene_instant *instant = &s->instants[s->count];
        *instant = (scene_instant){.at = at, .device = roll(&from, s->device_count)};
        double *value = &temperature[instant->device];
        *value += (double)roll(&from, 61) / 20 - 1.5;
        if (*value > 12 || *value < 3)
            *value = 7;
        measure(instant, &from, *value);
        if (s->journey && roll(&from, 2) == 0)
            locate(instant, &from, &north);
        at += (otr_time)(roll(&from, 25) == 0 ? 20 + roll(&from, 60) : roll(&from, 5)) * OTR_MINUTE;
        at += (otr_time)(1 + roll(&from, 2) * 30) * OTR_SECOND;
    }
    close_scene(s, at + 20 * OTR_MINUTE);
}

void scene_print(const scene *s)
{
    (void)fprintf(stderr, "OUTRIDER_SEED=%" PRIu64 "\n%s%s", s->seed, s->pack, s->assignments);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->instants[i].count; k++) {
            const otr_reading *reading = &s->instants[i].readings[k];
            char at[OTR_TIME_TEXT_BYTES];
            (void)otr_time_format(reading->at_us, at);
            (void)fprintf(stderr, "%3zu %s %s %s %g\n", i, at, scene_device(s->instants[i].device),
                          reading->metric.data,
                          reading->kind == OTR_KIND_BOOL ? (double)reading->flag : reading->number);
        }
}
