/* How fast a device may send: a minute's worth at once, its rate after, and nobody for another's haste. */
#include "driver/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static otr_pace *pace;

static int set_up(void **state)
{
    (void)state;
    pace = calloc(1, sizeof *pace);
    pace->rate = 120;
    return pace == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(pace);
    return 0;
}

static unsigned taken(const char *device, unsigned count, otr_time now)
{
    unsigned ok = 0;
    for (unsigned i = 0; i < count; i++)
        ok += otr_pace_take(pace, otr_str_of(device), now) == OTR_PACE_OK;
    return ok;
}

static void a_minutes_worth_is_taken_at_once_and_then_as_many_as_the_rate_says(void **state)
{
    (void)state;
    assert_int_equal(taken("d1", 200, 0), 120);
    assert_int_equal(taken("d1", 10, OTR_SECOND / 2 - 1), 0);
    assert_int_equal(taken("d1", 10, OTR_SECOND), 2);
    assert_int_equal(taken("d1", 10, 2 * OTR_SECOND), 2);
    assert_int_equal(taken("d1", 200, OTR_HOUR), 120);
}

static void one_that_keeps_to_the_rate_is_never_told_to_wait(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(taken("d1", 1, i * (OTR_SECOND / 2)), 1);
}

static void its_haste_costs_no_other_device_anything(void **state)
{
    (void)state;
    assert_int_equal(taken("d1", 100000, 0), 120);
    assert_int_equal(taken("d2", 120, 0), 120);
}

static void it_is_told_once_until_it_has_rested(void **state)
{
    (void)state;
    assert_int_equal(taken("d1", 120, 0), 120);
    assert_int_equal(otr_pace_take(pace, OTR_STR("d1"), 0), OTR_PACE_TOO_FAST_NEWLY);
    assert_int_equal(otr_pace_take(pace, OTR_STR("d1"), 0), OTR_PACE_TOO_FAST);
    assert_int_equal(taken("d1", 2, OTR_SECOND), 2);
    assert_int_equal(otr_pace_take(pace, OTR_STR("d1"), OTR_SECOND), OTR_PACE_TOO_FAST);
    assert_int_equal(taken("d1", 120, OTR_HOUR), 120);
    assert_int_equal(otr_pace_take(pace, OTR_STR("d1"), OTR_HOUR), OTR_PACE_TOO_FAST_NEWLY);
}

static void beyond_what_can_be_remembered_a_device_is_let_through(void **state)
{
    char name[16];
    (void)state;
    pace->rate = 60;
    for (int device = 0; device < 8 * OTR_LIMIT_PACED_DEVICES; device++) {
        snprintf(name, sizeof name, "d%d", device);
        assert_int_equal(taken(name, 60, 0), 60);
    }
    assert_int_equal(taken("d0", 1, 0), 0); /* who was there first keeps its place */
    assert_int_equal(taken("new", 1, OTR_HOUR), 1);
}

static void without_a_rate_as_many_are_taken_as_come(void **state)
{
    (void)state;
    pace->rate = 0;
    assert_int_equal(taken("d1", 100000, 0), 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_minutes_worth_is_taken_at_once_and_then_as_many_as_the_rate_says),
        TEST(one_that_keeps_to_the_rate_is_never_told_to_wait),
        TEST(its_haste_costs_no_other_device_anything),
        TEST(it_is_told_once_until_it_has_rested),
        TEST(beyond_what_can_be_remembered_a_device_is_let_through),
        TEST(without_a_rate_as_many_are_taken_as_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
