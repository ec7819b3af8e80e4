/* Notices that come together: none is lost where the first of them joins what was told, what the reader
 * stopped or had already is in no digest, and what is held comes by when more was promised. */
#include "notice_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Hot is told of box; then Warm and a third of another case come in one input, Warm of the case that is told.
 */
static void who_joins_what_was_told_takes_nobody_along(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 25, AT(0));
    world_report(w, "e1", "temperature", 5, AT(1));
    world_report(w, "e1", "temperature", 9, AT(2));
    otr_reading both[2] = {world_number("temperature", 25, AT(3)), world_number("humidity", 95, AT(3))};
    world_sleep(w, OTR_MINUTE);
    world_upload(w, "e1", both, 2);
    assert_true(world_notices(w, OTR_NOTICE_TOLD, "Wet", NULL) +
                    world_notices(w, OTR_NOTICE_GATHERED, "Wet", NULL) +
                    world_notices(w, OTR_NOTICE_HELD, "Wet", NULL) >=
                1);
    world_free(w);
}

static void answer(world *w, otr_id notification, const char *category)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = OTR_CUSTOMER_STOP,
                                        .notification = notification,
                                        .category = otr_str_of(category),
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

/* The budget is two a day: what is beyond waits for the morning. */
static void spend_the_day(world *w)
{
    world_report(w, "t1", "humidity", 95, AT(0));
    world_report(w, "t1", "humidity", 50, AT(1));
    assert_int_equal(world_notices(w, OTR_NOTICE_TOLD, "Wet", NULL), 4); /* two of them to the desk */
}

static void what_was_stopped_while_it_waited_is_in_no_digest(void **state)
{
    (void)state;
    world *w = notice_start();
    spend_the_day(w);
    world_report_flag(w, "t1", "door", true, AT(2));
    world_report(w, "t1", "temperature", 9, AT(3));
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "budget-day"), 1);
    otr_id wet = {{0}};
    for (size_t i = 0; i < w->notice_count; i++)
        if (strcmp(w->notices[i].rule, "Wet") == 0 && strcmp(w->notices[i].contact, "c") == 0)
            wet = w->notices[i].id;
    answer(w, wet, "cold");
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Warm", "opted-out"), 1);
    assert_int_equal(world_notices(w, OTR_NOTICE_GATHERED, "Warm", "digest"), 0);
    world_free(w);
}

static void a_milestone_is_in_one_digest_once(void **state)
{
    (void)state;
    world *w = notice_start();
    spend_the_day(w);
    world_report_flag(w, "t1", "door", true, AT(2));
    world_report_flag(w, "t1", "door", false, AT(3));
    world_report_flag(w, "t1", "door", true, AT(120));
    world_report(w, "t1", "temperature", 9, AT(130));
    world_sleep(w, 3 * OTR_DAY);
    assert_true(world_notices(w, OTR_NOTICE_GATHERED, "Here", "digest") +
                    world_notices(w, OTR_NOTICE_TOLD, "Here", NULL) <=
                1);
    world_free(w);
}

/* Warm is told, and more is promised for the afternoon: with that the day's two are spent. */
static void what_is_held_comes_when_more_was_promised(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, AT(0));
    world_report(w, "t1", "temperature", 25, AT(30));
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Hot", "budget-day"), 1);
    world_sleep(w, 330 * OTR_MINUTE);
    assert_int_equal(world_notices(w, OTR_NOTICE_TOLD, "Hot", NULL), 1);
    assert_true(world_notice_get(w, OTR_NOTICE_TOLD, "Hot", NULL)->decided == AT(6 * 60));
    assert_string_equal(world_notice_get(w, OTR_NOTICE_TOLD, "Hot", NULL)->what, "raised");
    world_free(w);
}

/* Warm and Wet come together; Wet goes on alone, and is stopped. */
static void what_leads_later_is_not_told_to_who_has_stopped_it(void **state)
{
    (void)state;
    world *w = notice_start();
    otr_reading both[2] = {world_number("temperature", 25, AT(0)), world_number("humidity", 95, AT(0))};
    world_upload(w, "e1", both, 2);
    otr_id first = notice_get(w, "raised", 0)->entity;
    for (size_t i = 0; i < w->notice_count; i++)
        if (strcmp(w->notices[i].rule, "Hot") == 0 && strcmp(w->notices[i].contact, "e") == 0)
            first = w->notices[i].id;
    world_report(w, "e1", "temperature", 5, AT(10));
    answer(w, first, "wet");
    world_sleep(w, 2 * OTR_DAY);
    for (size_t i = 0; i < w->event_count; i++)
        assert_false(strcmp(w->events[i].to, "e") == 0 && strcmp(w->events[i].what, "updated") == 0 &&
                     strcmp(w->events[i].rule, "Wet") == 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_joins_what_was_told_takes_nobody_along),
        cmocka_unit_test(what_was_stopped_while_it_waited_is_in_no_digest),
        cmocka_unit_test(a_milestone_is_in_one_digest_once),
        cmocka_unit_test(what_is_held_comes_when_more_was_promised),
        cmocka_unit_test(what_leads_later_is_not_told_to_who_has_stopped_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
