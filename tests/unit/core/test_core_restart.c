/* The core over restarts, clocks that are wrong and contents that change; and the property behind it all: the
 * same input gives the same alarms, however it is cut and however often the agent starts anew. */
#include "core/state.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- clocks, starts and moves ---- */

static const char two_assets[] = "version: 1\nassets:\n"
                                 "  - {asset: a, class: x, devices: [a1]}\n"
                                 "  - {asset: b, class: x, devices: [b1]}\n";
static const char silence[] = "pack: test\nversion: 1\nrules:\n"
                              "  - {alert: Silent, silent_for: 30m}\n"
                              "  - {alert: Warm, expr: temperature > 8.0, for: 20m}\n";

static void deadlines_of_one_moment_fire_in_the_same_order_after_a_restart(void **state)
{
    (void)state;
    world *w = world_create(silence, two_assets, T0);
    /* the timer of a was early once: the warm reading moved its deadline, then it was cold again */
    world_report(w, "a1", "temperature", 20, AT(1));
    world_report(w, "a1", "temperature", 5, AT(2));
    world_report(w, "b1", "temperature", 5, AT(2));
    w->core_time = AT(60); /* one turn sees both deadlines */
    w->utc = AT(60);
    world_step(w, NULL, 0);
    assert_int_equal(world_count(w, "Silent"), 2);
    world_restart(w, false);
    assert_int_equal(otr_core_open_alarms(w->core), 2);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_count(w, "Silent"), 2);
    world_free(w);
}

static void a_duration_that_was_broken_off_takes_no_old_gap_along(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: Both, expr: door && temperature > 8.0, for: 11m, gap: hold}\n",
                            assignments, T0);
    world_report(w, "t1", "temperature", 9, AT(0));
    world_report_flag(w, "t1", "door", true, AT(5));
    world_report_flag(w, "t1", "door", true,
                      AT(17)); /* temperature has gone silent at 15: the duration stands */
    world_report_flag(w, "t1", "door", false, AT(20));
    world_report(w, "t1", "temperature", 9, AT(300));
    world_report_flag(w, "t1", "door", true, AT(300));
    world_report(w, "t1", "temperature", 9, AT(305));
    world_restart(w, false);
    world_report(w, "t1", "temperature", 9, AT(311));
    assert_int_equal(world_count(w, "Both"), 1);
    assert_int_equal(world_get(w, "Both", 0)->onset, AT(300));
    assert_int_equal(world_get(w, "Both", 0)->raised, AT(311));
    world_free(w);
}

/* What a condition that is over has left is no state: a start that lacks it has the same. */
static void a_duration_that_is_over_leaves_nothing_in_the_state(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: Mean, expr: 'temperature.avg(\"10m\") > 8.0', for: 20m}\n",
                            assignments, T0);
    world_report(w, "t1", "temperature", 20, AT(0));
    world_report(w, "t1", "temperature", 20, AT(1));
    for (int minute = 2; minute < 10; minute++)
        world_report(w, "t1", "temperature", 1, AT(minute));
    world_sleep(w, OTR_HOUR);
    world_snapshot(w);
    world_report(w, "t1", "temperature", 5, AT(80));
    assert_null(world_replay(w));
    world_free(w);
}

static void our_own_downtime_is_not_counted(void **state)
{
    (void)state;
    world *w = world_create(silence, "version: 1\nassets: [{asset: a, class: x, devices: [a1]}]\n", T0);
    world_report(w, "a1", "temperature", 20, AT(0));
    world_report(w, "a1", "temperature", 20, AT(1));
    w->core_time += 2 * OTR_HOUR;
    w->utc += 2 * OTR_HOUR;
    world_restart(w, true);
    world_report(w, "a1", "temperature", 5, AT(122));
    assert_int_equal(world_count(w, "Warm"), 0);
    world_report(w, "a1", "temperature", 20, AT(123));
    w->core_time += 2 * OTR_HOUR;
    w->utc += 2 * OTR_HOUR;
    world_restart(w, true);
    for (int m = 250; m <= 270; m += 5)
        world_report(w, "a1", "temperature", 20, AT(m));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->onset, AT(123));
    assert_int_equal(world_get(w, "Warm", 0)->raised, AT(270));
    world_free(w);
}

static void a_wrong_clock_does_not_silence_a_device_for_good(void **state)
{
    (void)state;
    world *w = start();
    w->synced = false; /* nothing says that this stamp is wrong */
    otr_reading wrong = world_number("shock", 9, T0 + 365 * OTR_DAY);
    world_upload(w, "t1", &wrong, 1);
    assert_int_equal(world_count(w, "Drop"), 0);
    w->synced = true;
    world_report(w, "t1", "shock", 9, AT(1));
    assert_int_equal(world_count(w, "Drop"), 1);
    /* UTC is set back by a day: what follows is not late */
    world_report(w, "t1", "shock", 1, AT(2));
    world_sleep(w, OTR_MINUTE);
    w->utc -= OTR_DAY;
    otr_reading after = world_number("shock", 9, w->utc);
    world_upload(w, "t1", &after, 1);
    assert_int_equal(world_count(w, "Drop"), 2);
    world_free(w);
}

/* What a rule over the past says is another thing once UTC is set back. It is looked at with the next reading
 * of the asset, of whatever metric: neither a start nor another rule's deadline decides when. */
static void a_rule_over_the_past_is_looked_at_when_the_clock_went_back(void **state)
{
    (void)state;
    for (int starts = 0; starts < 2; starts++) {
        world *w = world_create("pack: test\nversion: 1\nrules:\n"
                                "  - {alert: Fresh, expr: shock.age() < duration(\"5m\")}\n"
                                "  - {alert: Mean, expr: temperature.avg(\"1h\") > 8.0}\n",
                                assignments, T0);
        world_report(w, "t1", "shock", 1, AT(0));
        world_report(w, "t1", "temperature", 5, AT(1));
        world_sleep(w, 10 * OTR_MINUTE);
        assert_int_equal(world_count(w, "Fresh"), 1);
        assert_int_equal(otr_core_open_alarms(w->core), 0);
        w->utc -= OTR_DAY;
        otr_time back = w->utc;
        otr_reading after = world_number("temperature", 5, back);
        world_upload(w, "t1", &after, 1);
        world_snapshot(w);
        if (starts > 0)
            world_restart(w, false);
        world_step(w, NULL, 0);
        assert_int_equal(world_count(w, "Fresh"), 2);
        assert_int_equal(world_get(w, "Fresh", 1)->onset, back);
        world_free(w);
    }
}

static void readings_that_wait_for_the_clock_are_a_sign_of_life(void **state)
{
    (void)state;
    world *w = start();
    w->synced = false;
    for (int m = 0; m < 60; m++) {
        otr_reading reading = world_number("temperature", 5, 0);
        reading.stamp = OTR_STAMP_RELATIVE;
        w->core_time += OTR_MINUTE;
        world_upload(w, "t1", &reading, 1);
    }
    assert_int_equal(world_count(w, "Silent"), 0);
    world_free(w);
}

/* A start from a snapshot takes no date for a time of the gateway's own. */
static void a_dated_reading_that_waits_for_the_clock_keeps_its_date_over_a_start(void **state)
{
    (void)state;
    for (int starts = 0; starts < 2; starts++) {
        world *w = start();
        w->synced = false;
        otr_reading reading = world_number("shock", 9, T0 + OTR_DAY);
        world_upload(w, "t1", &reading, 1);
        world_snapshot(w);
        if (starts > 0)
            world_restart(w, true);
        w->synced = true;
        w->utc = T0 + OTR_DAY + OTR_HOUR;
        world_step(w, NULL, 0);
        assert_int_equal(world_count(w, "Drop"), 1);
        assert_int_equal(world_get(w, "Drop", 0)->onset, T0 + OTR_DAY);
        world_free(w);
    }
}

static void a_device_brings_no_values_to_its_next_asset(void **state)
{
    (void)state;
    world *w = world_create("pack: test\nversion: 1\nrules:\n"
                            "  - {alert: DoorWarm, expr: door && temperature > 8.0}\n",
                            "version: 1\nassets:\n  - {asset: a, class: x, devices: [t1]}\n", T0);
    world_report(w, "t1", "temperature", 30, AT(1));
    world_activate(w, "assignments", "version: 1\nassets:\n  - {asset: b, class: x, devices: [t1]}\n");
    world_report_flag(w, "t1", "door", true, AT(2));
    assert_int_equal(world_count(w, "DoorWarm"), 0);
    world_report(w, "t1", "temperature", 30, AT(3));
    assert_int_equal(world_count(w, "DoorWarm"), 1);
    world_free(w);
}

static void contents_of_one_step_change_together(void **state)
{
    (void)state;
    static const char before[] =
        "pack: test\nversion: 1\nrules:\n  - {alert: Warm, expr: temperature > 8.0}\n";
    static const char after[] = "pack: test\nversion: 2\nrules:\n"
                                "  - {alert: Warm, match: asset.zone == \"cold\", expr: temperature > 8.0}\n";
    static const char zoned[] = "version: 1\nassets:\n  - {asset: a, class: x, zone: cold, devices: [t1]}\n";
    world *w = world_create(before, "version: 1\nassets:\n  - {asset: a, class: x, devices: [t1]}\n", T0);
    world_report(w, "t1", "temperature", 30, AT(1));
    otr_input both[] = {
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("pack/test"), OTR_STR("p2"), otr_str_of(after)}},
        {.kind = OTR_INPUT_CONTENT, .content = {OTR_STR("assignments"), OTR_STR("a2"), otr_str_of(zoned)}},
    };
    world_step(w, both, 2);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->ended, OTR_TIME_NONE);
    world_free(w);
}

static void two_probes_of_one_asset_do_not_hide_each_other(void **state)
{
    (void)state;
    world *w =
        world_create(silence, "version: 1\nassets: [{asset: a, class: x, devices: [front, rear]}]\n", T0);
    for (int m = 0; m < 60; m += 2) {
        world_report(w, "front", "temperature", 30, AT(m));
        world_report(w, "rear", "temperature", 5, AT(m + 1));
    }
    assert_int_equal(world_count(w, "Warm"), 1);
    world_free(w);
}

static void an_open_alarm_that_nobody_owns_is_ended_as_withdrawn(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "shock", 9, AT(1));
    assert_int_equal(world_get(w, "Drop", 0)->ended, OTR_TIME_NONE);
    w->pack = "pack: test\nversion: 9\nrules:\n  - {alert: Other, expr: shock > 100.0}\n";
    world_restart(w, true);
    assert_int_equal(world_get(w, "Drop", 0)->state, OTR_ALARM_WITHDRAWN);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "withdrawn"), 1);
    world_restart(w, true);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "withdrawn"), 1);
    world_free(w);
}

/* ---- the same input gives the same alarms, however it is cut ---- */

typedef struct stream {
    otr_reading readings[400];
    size_t count;
} stream;

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void make_stream(stream *s, unsigned seed)
{
    otr_time at = T0 - 10 * OTR_DAY;
    double temperature = 6;
    for (s->count = 0; s->count < 400; s->count++) {
        unsigned kind = random_next(&seed) % 10;
        at += (random_next(&seed) % 100 == 0 ? 45 : 1 + random_next(&seed) % 9) * OTR_MINUTE;
        temperature += (double)(random_next(&seed) % 300) / 100 - 1.5;
        if (temperature > 12 || temperature < 2)
            temperature = 6;
        s->readings[s->count] = kind == 0 ? world_number("shock", random_next(&seed) % 6, at)
                                          : world_number("temperature", temperature, at);
    }
}

static bool is_same(const world_alarm *x, const world_alarm *y, bool same_ids)
{
    return strcmp(x->rule, y->rule) == 0 && x->onset == y->onset && x->raised == y->raised &&
           x->ended == y->ended && (!same_ids || otr_id_equal(x->id, y->id));
}

/* In whichever order they are told: a backlog's in that of their ends. */
static void assert_same_alarms(const world *a, const world *b, bool same_ids, unsigned seed)
{
    if (a->alarm_count != b->alarm_count)
        fail_msg("seed %u: %zu alarms against %zu", seed, a->alarm_count, b->alarm_count);
    for (size_t i = 0; i < a->alarm_count; i++) {
        const world_alarm *x = &a->alarms[i];
        size_t j = 0;
        while (j < b->alarm_count && !is_same(x, &b->alarms[j], same_ids))
            j++;
        if (j == b->alarm_count)
            fail_msg("seed %u: %s raised %lld is not in both", seed, x->rule, (long long)x->raised);
    }
}

static void batches_and_restarts_at_every_boundary_give_the_same_alarms(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 25; seed++) {
        stream s;
        make_stream(&s, seed);
        world *one = start();
        world *cut = start();
        world *restarted = start();
        world_upload(one, "t1", s.readings, s.count);
        unsigned dice = seed;
        for (size_t i = 0; i < s.count;) {
            size_t n = 1 + random_next(&dice) % 20;
            n = n > s.count - i ? s.count - i : n;
            world_upload(cut, "t1", s.readings + i, n);
            world_upload(restarted, "t1", s.readings + i, n);
            if (random_next(&dice) % 5 == 0)
                world_snapshot(restarted);
            world_restart(restarted, false);
            i += n;
        }
        assert_true(one->alarm_count > 5);
        assert_same_alarms(one, cut, false, seed);
        assert_same_alarms(cut, restarted, true, seed);
        assert_int_equal(cut->event_count, restarted->event_count);
        for (size_t i = 0; i < cut->event_count; i++)
            assert_true(otr_id_equal(cut->events[i].event, restarted->events[i].event));
        world_free(one);
        world_free(cut);
        world_free(restarted);
    }
}

/* A live device and its backlog: what the timers decide on time, the batch decides from the stamps. */
static void a_backlog_decides_as_the_live_stream_would_have(void **state)
{
    (void)state;
    for (unsigned seed = 100; seed <= 110; seed++) {
        stream s;
        make_stream(&s, seed);
        otr_time shift = T0 - s.readings[0].at_us + OTR_MINUTE;
        world *live = start();
        world *batch = start();
        for (size_t i = 0; i < s.count; i++) {
            s.readings[i].at_us += shift;
            otr_reading *r = &s.readings[i];
            world_report(live, "t1", r->metric.data, r->number, r->at_us);
        }
        batch->utc = live->utc;
        batch->core_time = live->core_time;
        world_upload(batch, "t1", s.readings, s.count);
        size_t compared = 0;
        for (size_t i = 0; i < live->alarm_count; i++) {
            const world_alarm *x = &live->alarms[i];
            if (strcmp(x->rule, "Silent") == 0)
                continue; /* by arrival time on one side, by event time on the other */
            bool found = false;
            for (size_t j = 0; j < batch->alarm_count && !found; j++)
                found = strcmp(x->rule, batch->alarms[j].rule) == 0 && x->onset == batch->alarms[j].onset &&
                        x->raised == batch->alarms[j].raised && x->ended == batch->alarms[j].ended;
            if (!found)
                fail_msg("seed %u: %s raised %lld only live", seed, x->rule, (long long)x->raised);
            compared++;
        }
        assert_true(compared > 3);
        assert_int_equal(live->alarm_count - world_count(live, "Silent"),
                         batch->alarm_count - world_count(batch, "Silent"));
        world_free(live);
        world_free(batch);
    }
}

/* The door speaks in the moment at which the duration is over, and the alarm is raised; then, under the same
 * stamp, it is cold: it was not warm for so long. */
static void uploads_of_one_moment_decide_the_same_in_one_step_and_in_two(void **state)
{
    (void)state;
    for (int steps = 1; steps <= 2; steps++) {
        world *w = world_create("pack: test\nversion: 1\nrules:\n"
                                "  - {alert: Warm, expr: temperature > 8.0, for: 10m}\n",
                                assignments, T0);
        otr_reading door = world_number("door", 1, AT(-50));
        otr_reading cold = world_number("temperature", 5, AT(-50));
        otr_input inputs[] = {
            {.kind = OTR_INPUT_READINGS, .upload = {{OTR_STR("t1"), &door, 1}, 0}},
            {.kind = OTR_INPUT_READINGS, .upload = {{OTR_STR("t1"), &cold, 1}, 0}},
        };
        world_report(w, "t1", "temperature", 9, AT(-60));
        world_step(w, inputs, steps == 1 ? 2 : 1);
        if (steps == 2)
            world_step(w, inputs + 1, 1);
        assert_int_equal(world_count(w, "Warm"), 1);
        assert_int_equal(world_get(w, "Warm", 0)->raised, AT(-50));
        assert_int_equal(world_get(w, "Warm", 0)->state, OTR_ALARM_RETRACTED);
        world_free(w);
    }
}

static void a_damaged_snapshot_is_refused(void **state)
{
    (void)state;
    world *w = start();
    for (int m = 0; m <= 10; m += 5)
        world_report(w, "t1", "temperature", 9.0, AT(m));
    world_snapshot(w);
    for (size_t size = 0; size < w->snapshot.size; size++) {
        otr_core *core;
        otr_error error;
        otr_core_config config = {
            .group = OTR_STR("g"), .gateway = OTR_STR("w"), .next_seq = 1, .next_outbox_seq = 1};
        assert_int_equal(otr_core_create(&config, &core), OTR_OK);
        for (size_t i = 0, d = 0, m = 0; i < w->name_count; i++) {
            otr_row_name row = {w->names[i].space,
                                (uint32_t)(w->names[i].space == OTR_NAME_DEVICE ? d++ : m++),
                                otr_str_of(w->names[i].name)};
            assert_int_equal(otr_core_load_name(core, &row), OTR_OK);
        }
        assert_int_equal(otr_core_load_snapshot(core, (otr_bytes){w->snapshot.data, size}, &error),
                         OTR_CORRUPT);
        otr_core_free(core);
    }
    world_free(w);
}

/* Values of each kind that wait for the first clock: a snapshot has them as they are. */
static void what_waits_for_a_clock_is_in_the_snapshot(void **state)
{
    (void)state;
    world *w =
        world_create("pack: p\nversion: 1\nrules: [{alert: Broken, expr: fault.contains(\"E\") && door}]\n",
                     "version: 1\nassets: [{asset: a, class: x, devices: [d]}]\n", 1700000000 * OTR_SECOND);
    otr_reading all[] = {
        {.metric = OTR_STR("fault"), .kind = OTR_KIND_TEXT, .text = OTR_STR("E18")},
        {.metric = OTR_STR("location"),
         .kind = OTR_KIND_LOCATION,
         .location = {.latitude = 48.5, .longitude = 11}},
        {.metric = OTR_STR("door"), .kind = OTR_KIND_BOOL, .flag = true},
        {.metric = OTR_STR("temperature"), .kind = OTR_KIND_NUMBER, .number = 7.5},
    };
    w->synced = false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        all[i].stamp = OTR_STAMP_RELATIVE;
    world_upload(w, "d", all, sizeof all / sizeof all[0]);
    assert_int_equal(w->core->waiting_count, 4);
    world_snapshot(w);
    assert_null(world_replay(w));
    world_restart(w, false);
    assert_int_equal(w->core->waiting_count, 4);
    assert_int_equal(world_count(w, "Broken"), 0);
    w->synced = true;
    world_report(w, "d", "temperature", 8, w->utc + OTR_SECOND);
    assert_int_equal(w->core->waiting_count, 0);
    assert_int_equal(world_count(w, "Broken"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_of_one_moment_fire_in_the_same_order_after_a_restart),
        cmocka_unit_test(a_duration_that_was_broken_off_takes_no_old_gap_along),
        cmocka_unit_test(a_duration_that_is_over_leaves_nothing_in_the_state),
        cmocka_unit_test(our_own_downtime_is_not_counted),
        cmocka_unit_test(a_wrong_clock_does_not_silence_a_device_for_good),
        cmocka_unit_test(a_rule_over_the_past_is_looked_at_when_the_clock_went_back),
        cmocka_unit_test(readings_that_wait_for_the_clock_are_a_sign_of_life),
        cmocka_unit_test(a_device_brings_no_values_to_its_next_asset),
        cmocka_unit_test(contents_of_one_step_change_together),
        cmocka_unit_test(two_probes_of_one_asset_do_not_hide_each_other),
        cmocka_unit_test(an_open_alarm_that_nobody_owns_is_ended_as_withdrawn),
        cmocka_unit_test(batches_and_restarts_at_every_boundary_give_the_same_alarms),
        cmocka_unit_test(a_backlog_decides_as_the_live_stream_would_have),
        cmocka_unit_test(uploads_of_one_moment_decide_the_same_in_one_step_and_in_two),
        cmocka_unit_test(a_dated_reading_that_waits_for_the_clock_keeps_its_date_over_a_start),
        cmocka_unit_test(a_damaged_snapshot_is_refused),
        cmocka_unit_test(what_waits_for_a_clock_is_in_the_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
