/* What waits before it is told, and what is then no longer told: quiet hours, cooldown, budgets and their
 * digest, the clock that is not known yet. */
#include "notice_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NIGHT AT(900)    /* 23:00 in Berlin */
#define MORNING AT(1380) /* 07:00 */

static void a_trouble_of_the_night_is_told_when_the_quiet_ends(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, NIGHT);
    assert_int_equal(notice_told(w, "raised"), 0);
    assert_true(world_notice_get(w, OTR_NOTICE_HELD, "Warm", "quiet")->due == MORNING);
    world_report(w, "t1", "temperature", 10, MORNING - OTR_MINUTE);
    assert_int_equal(notice_told(w, "raised"), 0);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(notice_told(w, "raised"), 1);
    world_begins(notice_get(w, "raised", 0)->text, "warm 10"); /* as it is now */
    assert_true(notice_get(w, "raised", 0)->decided == MORNING);
    world_free(w);
}

static void what_is_over_by_then_is_not_told_and_neither_is_its_end(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, NIGHT);
    world_report(w, "t1", "temperature", 5, NIGHT + OTR_HOUR);
    world_sleep(w, 10 * OTR_HOUR);
    assert_int_equal(notice_told(w, "raised") + notice_told(w, "cleared"), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Warm", "stale"), 1);
    world_free(w);
}

static void an_end_in_the_night_waits_and_keeps_its_words(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, NIGHT - 2 * OTR_HOUR);
    world_report(w, "t1", "temperature", 5, NIGHT);
    assert_int_equal(notice_told(w, "raised"), 1);
    assert_int_equal(notice_told(w, "cleared"), 0);
    world_snapshot(w);
    world_restart(w, true);
    world_sleep(w, 8 * OTR_HOUR);
    assert_int_equal(notice_told(w, "cleared"), 1);
    world_begins(notice_get(w, "cleared", 0)->text, "cold again");
    world_begins(notice_get(w, "cleared", 0)->alone, "was warm");
    assert_true(otr_id_equal(notice_get(w, "cleared", 0)->replaces, notice_get(w, "raised", 0)->event));
    world_free(w);
}

static void what_is_critical_wakes_people(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "noise", 90, NIGHT);
    assert_int_equal(notice_told(w, "raised"), 1);
    world_report(w, "t1", "noise", 10, NIGHT + OTR_MINUTE);
    assert_int_equal(notice_told(w, "cleared"), 1);
    world_free(w);
}

static void the_same_again_within_the_cooldown_waits_for_its_end(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(1));
    world_report(w, "e1", "temperature", 5, AT(2));
    world_report(w, "e1", "temperature", 9, AT(3));
    assert_int_equal(notice_told(w, "raised"), 1);
    assert_true(world_notice_get(w, OTR_NOTICE_HELD, "Warm", "cooldown")->due == AT(61));
    world_sleep(w, 57 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "raised"), 1);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(notice_told(w, "raised"), 2);
    world_free(w);
}

/* Two a day: the begin, and the news that it promises. */
static void beyond_the_budget_is_told_in_the_morning_with_others(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "humidity", 95, AT(1));
    world_report(w, "t1", "humidity", 50, AT(2));
    assert_int_equal(notice_told(w, "raised") + notice_told(w, "cleared"), 4); /* and the desk */
    world_report(w, "t1", "temperature", 9, AT(70));
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "budget-day"), 1);
    assert_true(world_notice_get(w, OTR_NOTICE_HELD, "Warm", "budget-day")->due == MORNING);
    world_report(w, "t1", "humidity", 96, AT(71));
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Wet", "budget-day"), 1);
    world_sleep(w, 21 * OTR_HOUR);
    assert_int_equal(notice_told(w, "digest"), 0);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(notice_told(w, "digest"), 1);
    assert_string_equal(notice_get(w, "digest", 0)->text, "2 updates since yesterday 09:10: warm 9; wet.");
    assert_true(notice_get(w, "digest", 0)->decided == MORNING);
    assert_int_equal(world_notices(w, OTR_NOTICE_GATHERED, NULL, "digest"), 2);
    world_free(w);
}

static void a_digest_of_nothing_is_not_told(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "humidity", 95, AT(1));
    world_report(w, "t1", "humidity", 50, AT(2));
    world_report(w, "t1", "temperature", 9, AT(70));
    world_report(w, "t1", "temperature", 5, AT(71));
    world_sleep(w, 48 * OTR_HOUR);
    assert_int_equal(notice_told(w, "digest"), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Warm", "stale"), 1);
    world_free(w);
}

static void without_a_clock_only_what_is_critical_is_told(void **state)
{
    (void)state;
    world *w = notice_start();
    w->synced = false;
    world_step(w, &(otr_input){.kind = OTR_INPUT_BOOT}, 1);
    world_report(w, "e1", "temperature", 9, AT(1));
    world_report(w, "e2", "noise", 90, AT(2));
    assert_int_equal(notice_told(w, "raised"), 1);
    assert_string_equal(notice_get(w, "raised", 0)->rule, "Loud");
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "unsynced"), 1);
    w->synced = true;
    world_step(w, NULL, 0);
    assert_int_equal(notice_told(w, "raised"), 2);
    world_free(w);
}

static void a_milestone_is_told_once(void **state)
{
    (void)state;
    world *w = notice_start();
    for (int i = 0; i < 3; i++) {
        world_report_flag(w, "e1", "door", true, AT(1 + i * 200));
        world_report_flag(w, "e1", "door", false, AT(2 + i * 200));
    }
    assert_int_equal(notice_told(w, "raised"), 1);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Here", "once"), 2);
    world_free(w);
}

static void who_is_nobody_is_a_reason_and_who_is_told_twice_is_told_once(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e2", "humidity", 95, AT(1)); /* b2 has no shipper */
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Wet", "no-contact"), 1);
    assert_int_equal(notice_told(w, "raised"), 2);
    world_report(w, "e1", "humidity", 95, AT(2));
    assert_int_equal(notice_told(w, "raised"), 5);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trouble_of_the_night_is_told_when_the_quiet_ends),
        cmocka_unit_test(what_is_over_by_then_is_not_told_and_neither_is_its_end),
        cmocka_unit_test(an_end_in_the_night_waits_and_keeps_its_words),
        cmocka_unit_test(what_is_critical_wakes_people),
        cmocka_unit_test(the_same_again_within_the_cooldown_waits_for_its_end),
        cmocka_unit_test(beyond_the_budget_is_told_in_the_morning_with_others),
        cmocka_unit_test(a_digest_of_nothing_is_not_told),
        cmocka_unit_test(without_a_clock_only_what_is_critical_is_told),
        cmocka_unit_test(a_milestone_is_told_once),
        cmocka_unit_test(who_is_nobody_is_a_reason_and_who_is_told_twice_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
