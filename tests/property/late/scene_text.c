#include "scene.h"

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) add(char text[SCENE_TEXT_BYTES], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, SCENE_TEXT_BYTES - used, format, arguments);
    va_end(arguments);
}

#define PICK(pool) pool[roll(from, (uint32_t)(sizeof(pool) / sizeof((pool)[0])))]

static void add_rule(scene *s, dice *from, int number)
{
    static const char *const conditions[] = {
        "temperature > 8.0",
        "temperature > 8.0",
        "temperature > asset.limit.temperature_max && door",
        "humidity > 60.0 || temperature > 9.0",
        "door",
        "temperature - first.temperature > 2.0",
        "temperature.avg(\"20m\") > 7.5",
        "temperature.max(\"30m\") - temperature.min(\"30m\") > 3.0",
        "temperature.time_above(8.0, \"1h\") > duration(\"12m\")",
        "temperature.time_above(8.0) > duration(\"25m\")",
        "temperature.longest_above(8.0, \"2h\") > duration(\"9m\")",
        "door && door.age() < duration(\"7m\")",
        "door.changed(\"12m\")",
        "humidity.count(\"40m\") > 4",
        "temperature.median(\"30m\") > 7.5",
        "temperature.mkt(\"1h\") > 8.0",
        "temperature.stddev(\"30m\") > 1.5",
        "temperature.predict(\"10m\", \"30m\") > 9.0",
        "first.temperature.rate(\"20m\") > 0.001",
    };
    static const char *const of_journeys[] = {
        "location.progress() > 0.5",
        "location.at_stop()",
        "location.stop() == 1 && location.overstay() > duration(\"5m\")",
        "location.off_route() > 2000.0",
        "location.stopped() > duration(\"12m\")",
        "location.arrival() - location.arrival_error() > timestamp(\"2023-11-15T00:00:00Z\")",
        "location.inside(\"yard\") || location.distance(\"yard\") < 300.0",
        "location.dwell(\"yard\") > duration(\"9m\")",
    };
    static const char *const spans[] = {"0s", "1m", "4m", "10m", "15m"};
    static const char *const gaps[] = {"hold", "reset", "unknown"};
    static const char *const lateness[] = {"2m", "5m", "20m"};
    uint32_t condition = roll(from, sizeof conditions / sizeof conditions[0]);
    const char *text = conditions[condition];
    if (s->journey && roll(from, 3) > 0) {
        condition = sizeof conditions / sizeof conditions[0];
        text = PICK(of_journeys);
    }
    add(s->pack, "  - alert: Rule%d\n    expr: '%s'\n", number, text);
    if (roll(from, 3) > 0)
        add(s->pack, "    for: %s\n", PICK(spans));
    if (roll(from, 2) == 1)
        add(s->pack, "    keep_firing_for: %s\n", PICK(spans));
    if (condition < 2 && roll(from, 2) == 1)
        add(s->pack, "    clear: temperature < 7.0\n");
    if (roll(from, 4) == 0 && !s->journey)
        add(s->pack, "    lateness: %s\n", PICK(lateness));
    add(s->pack, "    gap: %s\n", PICK(gaps));
    add(s->pack, "    labels: {category: %s}\n", roll(from, 2) == 0 ? "climate" : "handling");
    if (roll(from, 2) == 0)
        add(s->pack, "    ticket: {queue: desk, evidence: [temperature], last: 1h}\n");
}

void scene_texts(scene *s, dice *from)
{
    static const char *const valid[] = {"expected_interval: 5m", "valid_for: 10m", "valid_for: 30m",
                                        "min: -60"};
    static const char *const devices[SCENE_DEVICES] = {"{device: t1, role: first}", "t2", "t3"};
    s->pack[0] = '\0';
    s->assignments[0] = '\0';
    add(s->pack, "pack: test\nversion: 1\nrules:\n");
    for (int i = 0, count = 1 + (int)roll(from, 4); i < count; i++)
        add_rule(s, from, i);
    uint32_t device_count = 1 + (roll(from, 2) == 0 ? 0 : roll(from, SCENE_DEVICES));
    OTR_ASSERT(device_count <= SCENE_DEVICES);
    s->device_count = device_count;
    add(s->assignments, "version: 1\nprofiles:\n  some:\n    metrics:\n");
    add(s->assignments, "      temperature: {%s}\n      door: {%s}\n", PICK(valid), PICK(valid));
    if (s->journey)
        add(s->assignments, "      location: {%s}\n", PICK(valid));
    add(s->assignments, "assets:\n  - asset: box\n    class: parcel\n    profile: some\n"
                        "    limit: {temperature_max: 8.5}\n"
                        "    devices: [");
    for (uint32_t i = 0; i < device_count; i++)
        add(s->assignments, "%s%s", i > 0 ? ", " : "", devices[i]);
    add(s->assignments, "]\n");
    if (s->journey)
        add(s->assignments,
            "    route: {origin: {name: a, latitude: 53, longitude: 10}, corridor_km: 2, stops: [\n"
            "      {name: yard, dwell: 5m, dwell_max: 10m, polygon: {type: Polygon, coordinates: [[\n"
            "        [9.99, 53.09], [10.01, 53.09], [10.01, 53.11], [9.99, 53.11], [9.99, 53.09]]]}}],\n"
            "      destination: {name: b, latitude: 53.3, longitude: 10}}\n");
}
