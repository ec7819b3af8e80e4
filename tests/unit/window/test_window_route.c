/*
 * How a window follows a route: a straight way of 100 km to the north with a stop in the middle. Jitter at a
 * fence is one visit, how far it has come never shrinks and does not jump, the arrival follows the speed that
 * was measured, and what was never measured or planned is unknown. Standing still is told apart from one bad
 * fix. Whatever comes, the state is small and survives a restart at every fix.
 */
#include "base/geo.h"
#include "core/window/window.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const otr_time begin = 1700000000 * OTR_SECOND;
static const double degree_m = 6371008.8 * 3.14159265358979323846 / 180;

static const otr_geo_point straight_line[] = {{53, 10}, {53.45, 10}, {53.9, 10}};
static double straight_along[3];
static otr_route_stop straight_stops[3];

static otr_route straight(void)
{
    for (int i = 0; i < 3; i++) {
        straight_along[i] = (straight_line[i].latitude - 53) * degree_m;
        straight_stops[i] = (otr_route_stop){.area = {straight_line[i].latitude, 10, 500, NULL},
                                             .along_m = straight_along[i]};
    }
    straight_stops[1].dwell = 30 * OTR_MINUTE;
    straight_stops[1].dwell_max = OTR_HOUR;
    return (otr_route){.line = straight_line,
                       .along_m = straight_along,
                       .line_count = 3,
                       .stops = straight_stops,
                       .stop_count = 3,
                       .length_m = straight_along[2],
                       .corridor_m = 5000};
}

typedef struct journey {
    otr_route route;
    otr_window_shape shape;
    void *state;
    otr_time now;
} journey;

static journey start_with(otr_function function, double speed_mps)
{
    journey made = {.route = straight(), .now = begin};
    otr_use use = {.function = function};
    made.route.speed_mps = speed_mps;
    made.shape = otr_window_shape_of(&use, 0, NULL, 1);
    made.state = malloc(otr_window_bytes(&made.shape));
    assert_non_null(made.state);
    otr_window_init(&made.shape, made.state);
    return made;
}

static otr_value ask(journey *j, otr_function function)
{
    otr_use use = {.function = function};
    otr_value out = {.type = OTR_TYPE_NULL};
    j->shape.route = &j->route;
    otr_status status = otr_window_ask(&j->shape, j->state, &use, NULL, j->now, &out);
    assert_true(status == OTR_OK || status == OTR_UNKNOWN);
    if (status != OTR_OK)
        out.type = OTR_TYPE_NULL;
    return out;
}

/* What it knows goes through its bytes after every fix. */
static void restart(journey *j)
{
    size_t size = otr_window_bytes(&j->shape);
    void *again = malloc(size);
    otr_buffer written = {0};
    assert_non_null(again);
    otr_window_write(&j->shape, j->state, &written);
    otr_reader in = otr_reader_of(otr_buffer_bytes(&written));
    otr_window_read(&j->shape, again, &in);
    assert_false(in.failed);
    assert_memory_equal(again, j->state, size);
    free(j->state);
    j->state = again;
    otr_buffer_done(&written);
}

static void fix_at(journey *j, double latitude, double longitude)
{
    otr_window_reading reading = {.at = j->now,
                                  .value = {.type = OTR_TYPE_LOCATION, .location = {latitude, longitude}}};
    j->shape.route = &j->route;
    otr_window_add(&j->shape, j->state, &reading);
    restart(j);
}

static void go(journey *j, otr_time after, double latitude, double longitude)
{
    j->now += after;
    fix_at(j, latitude, longitude);
}

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.12g should be %.12g", is, should);
}

/* From here to there at an even speed. */
static void drive(journey *j, double from, double to, double mps)
{
    double step = mps * 60 / degree_m;
    for (double latitude = from + step; latitude < to; latitude += step)
        go(j, OTR_MINUTE, latitude, 10);
}

static void the_state_is_small(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_PROGRESS, 0);
    assert_true(otr_window_bytes(&j.shape) <= 104);
    free(j.state);
    j = start_with(OTR_FUNCTION_STOPPED, 0);
    assert_true(otr_window_bytes(&j.shape) <= 64);
    free(j.state);
}

static void jitter_at_a_fence_is_one_visit(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_STOP, 0);
    int changes = 0;
    bool was = false;
    fix_at(&j, 53, 10);
    drive(&j, 53, 53.44, 20);
    /* 440 m and 540 m, at both sides of the edge, then one stray of 5 km, then well outside for good */
    for (int i = 0; i < 60; i++) {
        go(&j, OTR_MINUTE, 53.45 - (i % 2 == 0 ? 440 : 540) / degree_m, i == 31 ? 10.08 : 10);
        bool at = ask(&j, OTR_FUNCTION_AT_STOP).flag;
        changes += at != was;
        was = at;
    }
    assert_int_equal(changes, 1);
    assert_true(was);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 1);
    go(&j, OTR_MINUTE, 53.45 + 660 / degree_m, 10);
    assert_true(ask(&j, OTR_FUNCTION_AT_STOP).flag);
    go(&j, OTR_MINUTE, 53.45 + 660 / degree_m, 10);
    assert_false(ask(&j, OTR_FUNCTION_AT_STOP).flag);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 1);
    free(j.state);
}

static void how_far_it_has_come_never_shrinks(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_PROGRESS, 0);
    double before = 0;
    uint32_t random = 7;
    fix_at(&j, 53, 10);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 0, 0);
    for (int i = 1; i < 400; i++) {
        random = random * 1664525 + 1013904223;
        double noise = ((double)(random >> 16) / 65536 - 0.5) * 300 / degree_m;
        go(&j, OTR_MINUTE, 53 + 0.002 * i + noise, 10 + noise);
        double now = ask(&j, OTR_FUNCTION_PROGRESS).number;
        assert_true(now >= before && now <= 1);
        before = now;
    }
    near(before, 0.002 * 399 / 0.9, 0.005);
    free(j.state);
}

static void one_fix_far_ahead_is_no_progress(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_PROGRESS, 0);
    fix_at(&j, 53, 10);
    drive(&j, 53, 53.1, 20);
    double before = ask(&j, OTR_FUNCTION_PROGRESS).number;
    go(&j, OTR_MINUTE, 53.8, 10);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, before, 0);
    /* After hours without a fix it may be there. */
    go(&j, 2 * OTR_HOUR, 53.8, 10);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 0.8 / 0.9, 1e-3);
    free(j.state);
}

static void a_stop_that_nobody_saw_was_not_visited(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_STOP, 0);
    fix_at(&j, 53, 10);
    drive(&j, 53, 53.3, 20);
    go(&j, OTR_HOUR, 53.6, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 0);
    assert_false(ask(&j, OTR_FUNCTION_AT_STOP).flag);
    drive(&j, 53.6, 53.899, 20);
    go(&j, OTR_MINUTE, 53.9, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 2);
    assert_false(ask(&j, OTR_FUNCTION_AT_STOP).flag); /* the destination is no stop on the way */
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 1, 0);
    assert_true(ask(&j, OTR_FUNCTION_ARRIVAL).time == j.now);
    near((double)ask(&j, OTR_FUNCTION_ARRIVAL_ERROR).time, 0, 0);
    free(j.state);
}

static void the_arrival_follows_the_speed_and_what_is_planned_at_stops(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_ARRIVAL, 0);
    fix_at(&j, 53, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_ARRIVAL).type, OTR_TYPE_NULL); /* nothing measured or planned */
    drive(&j, 53, 53.2, 20);
    double left_s = (1 - ask(&j, OTR_FUNCTION_PROGRESS).number) * j.route.length_m / 20 + 1800;
    near((double)(ask(&j, OTR_FUNCTION_ARRIVAL).time - j.now) / OTR_SECOND, left_s, left_s * 0.02);
    otr_time even = ask(&j, OTR_FUNCTION_ARRIVAL_ERROR).time;
    assert_true(even > 0 && even < OTR_HOUR);
    /* A rest for two hours beside the road moves it by two hours, not more: rest is no speed. */
    otr_time before = ask(&j, OTR_FUNCTION_ARRIVAL).time;
    for (int i = 0; i < 24; i++)
        go(&j, 5 * OTR_MINUTE, 53.1942, 10);
    near((double)(ask(&j, OTR_FUNCTION_ARRIVAL).time - before) / OTR_SECOND, 7200, 60);
    free(j.state);
}

static void uneven_speed_makes_the_arrival_less_sure_and_nearness_more(void **state)
{
    (void)state;
    otr_time errors[2];
    otr_time near_end[2];
    for (int uneven = 0; uneven < 2; uneven++) {
        journey j = start_with(OTR_FUNCTION_ARRIVAL, 0);
        double latitude = 53;
        fix_at(&j, 53, 10);
        for (int i = 0; latitude < 53.2; i++)
            go(&j, OTR_MINUTE, latitude += 0.01 * (uneven ? (i % 2 == 0 ? 1.6 : 0.4) : 1), 10);
        errors[uneven] = ask(&j, OTR_FUNCTION_ARRIVAL_ERROR).time;
        for (int i = 0; latitude < 53.85; i++)
            go(&j, OTR_MINUTE, latitude += 0.01 * (uneven ? (i % 2 == 0 ? 1.6 : 0.4) : 1), 10);
        near_end[uneven] = ask(&j, OTR_FUNCTION_ARRIVAL_ERROR).time;
        free(j.state);
    }
    assert_true(errors[1] > errors[0]);
    assert_true(near_end[0] < errors[0] && near_end[1] < errors[1]);
}

static void what_is_planned_counts_until_something_is_measured(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_ARRIVAL, 10);
    fix_at(&j, 53, 10);
    double planned_s = j.route.length_m / 10 + 1800;
    near((double)(ask(&j, OTR_FUNCTION_ARRIVAL).time - j.now) / OTR_SECOND, planned_s, 1);
    drive(&j, 53, 53.2, 20);
    assert_true(ask(&j, OTR_FUNCTION_ARRIVAL).time < begin + (otr_time)(planned_s * OTR_SECOND));
    free(j.state);
}

static void off_the_line_is_told_in_metres_and_no_progress(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_OFF_ROUTE, 0);
    fix_at(&j, 53, 10);
    near(ask(&j, OTR_FUNCTION_OFF_ROUTE).number, 0, 0);
    drive(&j, 53, 53.2, 20);
    near(ask(&j, OTR_FUNCTION_OFF_ROUTE).number, 0, 1);
    double before = ask(&j, OTR_FUNCTION_PROGRESS).number;
    for (int i = 1; i < 10; i++)
        go(&j, 5 * OTR_MINUTE, 53.2 + 0.01 * i, 10.2);
    near(ask(&j, OTR_FUNCTION_OFF_ROUTE).number, 0.2 * cos(53.29 * 3.14159265358979 / 180) * degree_m, 5);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, before, 0);
    go(&j, 5 * OTR_MINUTE, 53.4, 10);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 0.4 / 0.9, 1e-3);
    near(ask(&j, OTR_FUNCTION_OFF_ROUTE).number, 0, 1);
    free(j.state);
}

static void longer_at_a_stop_than_is_meant_grows_with_time(void **state)
{
    (void)state;
    static const otr_time spans[] = {10 * OTR_MINUTE};
    otr_use use = {.function = OTR_FUNCTION_OVERSTAY};
    journey j = start_with(OTR_FUNCTION_OVERSTAY, 0);
    fix_at(&j, 53.45, 10);
    j.now += OTR_HOUR;
    assert_true(ask(&j, OTR_FUNCTION_OVERSTAY).time == 0);
    otr_time next = otr_window_next(&j.shape, j.state, &use, NULL, spans, 1, j.now);
    assert_true(next == begin + OTR_HOUR + 10 * OTR_MINUTE);
    j.now = next;
    assert_true(ask(&j, OTR_FUNCTION_OVERSTAY).time == 10 * OTR_MINUTE);
    free(j.state);
}

static void a_round_comes_home_only_after_it_was_out(void **state)
{
    (void)state;
    static const otr_geo_point round_line[] = {{53, 10}, {53.45, 10}, {53, 10}};
    journey j = start_with(OTR_FUNCTION_STOP, 0);
    j.route.line = round_line;
    straight_along[2] = 2 * straight_along[1];
    j.route.length_m = straight_along[2];
    straight_stops[2].area.latitude = 53;
    straight_stops[2].along_m = straight_along[2];
    fix_at(&j, 53, 10);
    drive(&j, 53, 53.05, 20);
    go(&j, 5 * OTR_MINUTE, 53, 10); /* something was forgotten */
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 0);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 0.05 / 0.9, 1e-2);
    drive(&j, 53, 53.44, 20);
    go(&j, OTR_MINUTE, 53.45, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 1);
    for (double latitude = 53.44; latitude > 53.001; latitude -= 0.01)
        go(&j, OTR_MINUTE, latitude, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 1);
    go(&j, OTR_MINUTE, 53, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 2);
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 1, 0);
    free(j.state);
}

static void a_loop_without_stops_ends_where_it_began(void **state)
{
    (void)state;
    static const otr_geo_point loop_line[] = {{53, 10}, {53.4, 10}, {53.2, 10.5}, {53, 10}};
    double loop_along[4] = {0};
    otr_route_stop ends[2] = {{.area = {53, 10, 500, NULL}}, {.area = {53, 10, 500, NULL}}};
    journey j = start_with(OTR_FUNCTION_STOP, 0);
    for (int i = 1; i < 4; i++)
        loop_along[i] =
            loop_along[i - 1] + otr_geo_distance_m(loop_line[i - 1].latitude, loop_line[i - 1].longitude,
                                                   loop_line[i].latitude, loop_line[i].longitude);
    ends[1].along_m = loop_along[3];
    j.route = (otr_route){loop_line, loop_along, 4, ends, 2, loop_along[3], 5000, 0};
    fix_at(&j, 53, 10);
    assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, 0);
    for (int leg = 1; leg < 4; leg++)
        for (int i = 1; i <= 10; i++) {
            double share = i / 10.0;
            go(&j, 5 * OTR_MINUTE,
               loop_line[leg - 1].latitude + share * (loop_line[leg].latitude - loop_line[leg - 1].latitude),
               loop_line[leg - 1].longitude +
                   share * (loop_line[leg].longitude - loop_line[leg - 1].longitude));
            assert_int_equal(ask(&j, OTR_FUNCTION_STOP).integer, leg == 3 && i == 10);
        }
    near(ask(&j, OTR_FUNCTION_PROGRESS).number, 1, 0);
    free(j.state);
}

static void one_bad_fix_is_no_move_and_two_are(void **state)
{
    (void)state;
    journey j = start_with(OTR_FUNCTION_STOPPED, 0);
    fix_at(&j, 53, 10);
    go(&j, 10 * OTR_MINUTE, 53.0005, 10);
    assert_true(ask(&j, OTR_FUNCTION_STOPPED).time == 10 * OTR_MINUTE);
    go(&j, 10 * OTR_MINUTE, 53.01, 10);
    assert_true(ask(&j, OTR_FUNCTION_STOPPED).time == 0);
    go(&j, 10 * OTR_MINUTE, 53, 10);
    assert_true(ask(&j, OTR_FUNCTION_STOPPED).time == 30 * OTR_MINUTE);
    go(&j, 10 * OTR_MINUTE, 53.01, 10);
    go(&j, 10 * OTR_MINUTE, 53.01, 10);
    assert_true(ask(&j, OTR_FUNCTION_STOPPED).time == 10 * OTR_MINUTE);
    free(j.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_is_small),
        cmocka_unit_test(jitter_at_a_fence_is_one_visit),
        cmocka_unit_test(how_far_it_has_come_never_shrinks),
        cmocka_unit_test(one_fix_far_ahead_is_no_progress),
        cmocka_unit_test(a_stop_that_nobody_saw_was_not_visited),
        cmocka_unit_test(the_arrival_follows_the_speed_and_what_is_planned_at_stops),
        cmocka_unit_test(uneven_speed_makes_the_arrival_less_sure_and_nearness_more),
        cmocka_unit_test(what_is_planned_counts_until_something_is_measured),
        cmocka_unit_test(off_the_line_is_told_in_metres_and_no_progress),
        cmocka_unit_test(longer_at_a_stop_than_is_meant_grows_with_time),
        cmocka_unit_test(a_round_comes_home_only_after_it_was_out),
        cmocka_unit_test(a_loop_without_stops_ends_where_it_began),
        cmocka_unit_test(one_bad_fix_is_no_move_and_two_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
