/* Packs, assignments and uploads that the tests of late readings share. */
#ifndef OTR_TESTS_CORE_LATE_FIXTURE_H
#define OTR_TESTS_CORE_LATE_FIXTURE_H

#include "world.h"

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (otr_time)(minutes)*OTR_MINUTE)

typedef struct sample {
    int minute;
    double temperature;
} sample;

/* One rule Warm: temperature above 8 for 10 minutes, until it is below 7.5; more is put after its first
 * lines. */
const char *late_pack(const char *more);
/* An asset "box" with the devices, as YAML lists them; temperature is valid for 15 minutes. */
const char *late_assignments(const char *devices);
/* With device t1. */
world *late_start(const char *more);
/* One upload, when the clock is where it is. */
void late_send(world *w, const char *device, const sample *samples, size_t count);
/* One upload for each, from 5 minutes to 5 minutes, on time. */
void late_live(world *w, const char *device, int from, int to, double temperature);
/* Until whatever waits has settled. */
void late_settle(world *w);
/* The row's times, in minutes; ended 9999: open. Fails the test with what they are. */
void late_expect(const world_alarm *alarm, int onset, int raised, int ended);

#define SEND(w, ...)                                                                                         \
    late_send(w, "t1", (sample[]){__VA_ARGS__}, sizeof((sample[]){__VA_ARGS__}) / sizeof(sample))

enum { OPEN = 9999 };

#endif
