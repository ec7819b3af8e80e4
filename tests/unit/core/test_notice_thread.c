/* What follows the first word: what belongs to it, its end, promised news, repeating until somebody answers,
 * floods; and the same after a restart at any step. */
#include "core/notice/notice_thread.h"
#include "core/state.h"
#include "notice_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void what_comes_together_is_told_by_the_highest(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 25, AT(1));
    assert_int_equal(notice_told(w, "raised"), 1);
    assert_string_equal(notice_get(w, "raised", 0)->rule, "Hot");
    assert_int_equal(world_notices(w, OTR_NOTICE_GATHERED, "Warm", "grouped"), 1);
    world_free(w);
}

static void a_further_alarm_of_the_case_is_told_only_when_it_is_worse(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(1));
    world_report(w, "e1", "temperature", 25, AT(5));
    assert_int_equal(notice_told(w, "raised"), 2);
    assert_true(otr_id_equal(notice_get(w, "raised", 0)->entity, notice_get(w, "raised", 1)->entity));
    assert_int_equal(notice_get(w, "raised", 1)->revision, 2);
    world_free(w);
}

static void an_open_trouble_has_news_by_what_was_promised(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(0));
    assert_true(notice_get(w, "raised", 0)->next_by == AT(6 * 60));
    world_sleep(w, 6 * OTR_HOUR - OTR_MINUTE);
    assert_int_equal(notice_told(w, "updated"), 0);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(notice_told(w, "updated"), 1);
    assert_true(notice_get(w, "updated", 0)->next_by == AT(18 * 60));
    world_sleep(w, 12 * OTR_HOUR);
    assert_int_equal(notice_told(w, "updated"), 2);
    assert_true(notice_get(w, "updated", 1)->next_by == AT(42 * 60)); /* a day at most */
    world_report(w, "e1", "temperature", 5, AT(37 * 60));
    world_sleep(w, 72 * OTR_HOUR);
    assert_int_equal(notice_told(w, "updated"), 2);
    assert_int_equal(notice_told(w, "cleared"), 1);
    world_free(w);
}

/* 6 hours after 18:00 are in the night. */
static void nothing_is_promised_for_the_night(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, AT(10 * 60));
    assert_true(notice_get(w, "raised", 0)->next_by == AT(23 * 60));
    world_free(w);
}

static void what_is_critical_is_repeated_and_told_to_others_until_somebody_answers(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "noise", 90, AT(0));
    world_sleep(w, 29 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "repeated"), 1);
    assert_int_equal(notice_told(w, "escalated"), 0);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(notice_told(w, "escalated"), 1);
    assert_string_equal(notice_get(w, "escalated", 0)->to, "d");
    world_sleep(w, 30 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "escalated"), 2);
    assert_string_equal(notice_get(w, "escalated", 1)->to, "staff.duty");
    size_t repeated = notice_told(w, "repeated");
    otr_command ack = {.kind = OTR_COMMAND_ACKNOWLEDGE, .asset = OTR_STR("box"), .rule = OTR_STR("Loud")};
    assert_int_equal(world_command(w, ack).refusal, OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(notice_told(w, "repeated"), repeated);
    world_free(w);
}

/* Everything that is remembered goes on and is critical: the oldest makes room for who is told next. */
static void who_is_told_next_hears_the_same_where_there_is_no_room(void **state)
{
    (void)state;
    world *w = notice_start();
    otr_core *core = w->core;
    world_report(w, "t1", "noise", 90, AT(0));
    uint32_t contact = otr_ledger_find(core, OTR_STR("c"));
    while (core->notices.count < OTR_LIMIT_NOTICES) {
        otr_id alarm = {{(uint8_t)core->notices.count, (uint8_t)(core->notices.count >> 8), 1}};
        otr_notice *thread = otr_thread_make(core, alarm, contact, otr_core_label(core, OTR_STR("bag")));
        assert_non_null(thread);
        thread->alarm_count = 1;
        thread->alarms[0] = (otr_notice_alarm){.id = alarm, .priority = OTR_PRIORITY_CRITICAL, .open = true};
    }
    world_sleep(w, 30 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "escalated"), 1);
    assert_string_equal(world_notice_get(w, OTR_NOTICE_TOLD, "Loud", NULL)->contact, "d");
    uint32_t number = otr_thread_of_contact(core, otr_ledger_find(core, OTR_STR("d")));
    assert_true(otr_str_is(otr_names_get(&core->labels, core->notices.list[number].category), "sound"));
    assert_false(otr_id_is_zero(core->notices.list[number].case_id));
    world_free(w);
}

static void nobody_is_called_for_ever(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "noise", 90, AT(0));
    world_sleep(w, 8 * OTR_HOUR);
    for (size_t i = 0, own = 0; i < w->event_count; i++) {
        own += w->events[i].kind == OTR_SERVICE_NOTIFICATION && strcmp(w->events[i].to, "e") == 0 &&
               strcmp(w->events[i].what, "repeated") == 0;
        assert_true(own <= OTR_LIMIT_NOTICE_REPEATS);
    }
    assert_true(notice_told(w, "repeated") >= OTR_LIMIT_NOTICE_REPEATS);
    world_free(w);
}

/* The new version of the rule calls nobody: neither what the old one had planned, nor all at once. */
static void a_rule_that_repeats_no_more_calls_nobody(void **state)
{
    (void)state;
    char changed[sizeof notice_pack + 64];
    const char *at = strstr(notice_pack, "message: loud,");
    (void)snprintf(changed, sizeof changed, "%.*srepeat: 0s, escalate: 0s, %s", (int)(at - notice_pack),
                   notice_pack, at);
    world *w = notice_start();
    world_report(w, "t1", "noise", 90, AT(0));
    assert_int_equal(notice_told(w, "raised"), 1);
    world_activate(w, "pack/test", changed);
    assert_true(world_get(w, "Loud", 0)->ended == OTR_TIME_NONE);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(notice_told(w, "repeated"), 0);
    assert_int_equal(notice_told(w, "escalated"), 0);
    world_free(w);
}

/* What was told was forgotten before the assignment ended: then the contact is as well. */
static void nothing_is_left_of_who_is_nobody_any_more(void **state)
{
    (void)state;
    world *w = notice_start();
    world_activate(w, "assignment/b9",
                   "version: 1\nassignment: {version: 1}\ncustomers: [{customer: z}]\n"
                   "assets: [{asset: b9, class: x, customer: z, devices: [z1]}]\n");
    world_report(w, "z1", "temperature", 9, AT(1));
    world_report(w, "z1", "temperature", 5, AT(2));
    assert_string_equal(notice_get(w, "cleared", 0)->to, "z");
    world_sleep(w, (OTR_LIMIT_NOTICE_DAYS + 1) * OTR_DAY);
    assert_int_not_equal(otr_ledger_find(w->core, OTR_STR("z")), OTR_NONE);
    otr_command end = {.kind = OTR_COMMAND_UNASSIGN, .asset = OTR_STR("b9"), .until = OTR_TIME_NONE};
    assert_int_equal(world_command(w, end).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(otr_ledger_find(w->core, OTR_STR("z")), OTR_NONE);
    world_restart(w, true);
    assert_int_equal(otr_ledger_find(w->core, OTR_STR("z")), OTR_NONE);
    world_free(w);
}

static void answer(world *w, otr_customer_action action, const char *category)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = action,
                                        .notification = notice_get(w, "raised", 0)->entity,
                                        .category = otr_str_of(category),
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

static void an_answer_ends_the_calling_and_is_confirmed(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "noise", 90, AT(0));
    answer(w, OTR_CUSTOMER_KNOWN, "");
    assert_int_equal(notice_told(w, "answer"), 1);
    world_sleep(w, 50 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "repeated") + notice_told(w, "escalated"), 0);
    world_free(w);
}

static void who_asks_for_help_gets_a_ticket(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(0));
    answer(w, OTR_CUSTOMER_HELP, "");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    world_free(w);
}

static void what_is_stopped_is_silent_until_it_is_resumed(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(0));
    answer(w, OTR_CUSTOMER_STOP, "cold");
    world_report(w, "e1", "temperature", 5, AT(1));
    assert_int_equal(notice_told(w, "cleared"), 0);
    world_report(w, "e2", "temperature", 9, AT(2));
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Warm", "opted-out"), 2);
    answer(w, OTR_CUSTOMER_RESUME, "cold");
    world_report(w, "e3", "temperature", 9, AT(3));
    assert_int_equal(notice_told(w, "raised"), 2);
    world_free(w);
}

static void what_was_never_stopped_leaves_nothing_behind(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "t1", "temperature", 9, AT(1));
    answer(w, OTR_CUSTOMER_STOP, "cold");
    answer(w, OTR_CUSTOMER_RESUME, "a word of the reader's own");
    otr_command stop = {.kind = OTR_COMMAND_CUSTOMER,
                        .customer = {.action = OTR_CUSTOMER_STOP,
                                     .notification = notice_get(w, "raised", 0)->entity,
                                     .category = OTR_STR("a word of the reader's own"),
                                     .from = OTR_TIME_NONE,
                                     .to = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, stop).refusal, OTR_REFUSAL_NO_CATEGORY);
    assert_int_equal(otr_names_find(&w->core->labels, OTR_STR("a word of the reader's own")), OTR_NAME_NONE);
    assert_int_equal(w->core->ledgers.list[otr_ledger_find(w->core, OTR_STR("c"))].stop_count, 1);
    answer(w, OTR_CUSTOMER_RESUME, "cold");
    assert_int_equal(w->core->ledgers.list[otr_ledger_find(w->core, OTR_STR("c"))].stop_count, 0);
    world_free(w);
}

static void stopping_everything_leaves_what_is_critical(void **state)
{
    (void)state;
    world *w = notice_start();
    world_report(w, "e1", "temperature", 9, AT(0));
    answer(w, OTR_CUSTOMER_STOP, "");
    world_report(w, "e2", "temperature", 9, AT(1));
    world_report(w, "e3", "noise", 90, AT(2));
    assert_int_equal(notice_told(w, "raised"), 2);
    world_free(w);
}

static void many_things_at_once_are_one_message_and_the_rest_a_digest(void **state)
{
    (void)state;
    world *w = notice_start();
    const char *devices[] = {"e1", "e2", "e3", "e4", "e5", "e6", "e7"};
    for (int i = 0; i < 5; i++)
        world_report(w, devices[i], "temperature", 9, AT(i));
    assert_int_equal(notice_told(w, "raised"), 5);
    world_report(w, "e6", "temperature", 9, AT(5));
    assert_int_equal(notice_told(w, "raised"), 5);
    assert_int_equal(notice_told(w, "flood"), 1);
    world_report(w, "e7", "temperature", 9, AT(6));
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "flood"), 1);
    world_sleep(w, 28 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "digest"), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(notice_told(w, "digest"), 1);
    world_free(w);
}

static void a_slow_succession_is_no_flood(void **state)
{
    (void)state;
    world *w = notice_start();
    const char *devices[] = {"e1", "e2", "e3", "e4", "e5", "e6", "e7"};
    for (int i = 0; i < 7; i++)
        world_report(w, devices[i], "temperature", 9, AT(3 * i));
    assert_int_equal(notice_told(w, "raised"), 7);
    assert_int_equal(notice_told(w, "flood"), 0);
    world_free(w);
}

/* A day with something of everything; restart: the step before which the agent is killed. */
static world *live(int restart, bool boot, bool snapshot)
{
    world *w = notice_start();
    const struct {
        const char *device;
        const char *metric;
        double number;
        int minute;
    } steps[] = {{"t1", "humidity", 95, 1},     {"t1", "temperature", 9, 5},    {"e1", "noise", 90, 10},
                 {"t1", "humidity", 50, 60},    {"t1", "temperature", 25, 80},  {"e1", "noise", 10, 100},
                 {"t1", "temperature", 5, 200}, {"e2", "temperature", 9, 210},  {"e2", "temperature", 5, 212},
                 {"e2", "temperature", 9, 214}, {"t1", "temperature", 9, 900},  {"t1", "noise", 90, 910},
                 {"t1", "humidity", 95, 920},   {"t1", "temperature", 5, 1500}, {"t1", "humidity", 50, 1600},
                 {"e3", "humidity", 95, 1700},  {"e3", "humidity", 50, 3400},   {"t1", "noise", 1, 3500}};
    for (int i = 0; i < (int)(sizeof steps / sizeof steps[0]); i++) {
        if (i == restart && snapshot)
            world_snapshot(w);
        if (i == restart)
            world_restart(w, boot);
        world_report(w, steps[i].device, steps[i].metric, steps[i].number, AT(steps[i].minute));
    }
    world_sleep(w, 3 * OTR_DAY);
    return w;
}

static void a_restart_at_any_step_decides_the_same(void **state)
{
    (void)state;
    world *whole = live(-1, false, false);
    assert_true(whole->notice_count > 30);
    for (int restart = 0; restart < 18; restart++) {
        for (int how = 0; how < 2; how++) {
            world *w = live(restart, false, how == 1);
            assert_int_equal(w->notice_count, whole->notice_count);
            for (size_t i = 0; i < w->notice_count; i++) {
                const world_notice *a = &w->notices[i];
                const world_notice *b = &whole->notices[i];
                if (!otr_id_equal(a->id, b->id) || a->revision != b->revision || a->state != b->state ||
                    a->decided != b->decided || a->due != b->due || strcmp(a->reason, b->reason) != 0)
                    fail_msg("killed before step %d: row %zu: %s %s %s", restart, i, a->rule, a->what,
                             a->reason);
            }
            world_free(w);
        }
    }
    world_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_together_is_told_by_the_highest),
        cmocka_unit_test(a_further_alarm_of_the_case_is_told_only_when_it_is_worse),
        cmocka_unit_test(an_open_trouble_has_news_by_what_was_promised),
        cmocka_unit_test(nothing_is_promised_for_the_night),
        cmocka_unit_test(what_is_critical_is_repeated_and_told_to_others_until_somebody_answers),
        cmocka_unit_test(who_is_told_next_hears_the_same_where_there_is_no_room),
        cmocka_unit_test(nobody_is_called_for_ever),
        cmocka_unit_test(a_rule_that_repeats_no_more_calls_nobody),
        cmocka_unit_test(nothing_is_left_of_who_is_nobody_any_more),
        cmocka_unit_test(an_answer_ends_the_calling_and_is_confirmed),
        cmocka_unit_test(who_asks_for_help_gets_a_ticket),
        cmocka_unit_test(what_is_stopped_is_silent_until_it_is_resumed),
        cmocka_unit_test(what_was_never_stopped_leaves_nothing_behind),
        cmocka_unit_test(stopping_everything_leaves_what_is_critical),
        cmocka_unit_test(many_things_at_once_are_one_message_and_the_rest_a_digest),
        cmocka_unit_test(a_slow_succession_is_no_flood),
        cmocka_unit_test(a_restart_at_any_step_decides_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
