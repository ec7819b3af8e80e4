/* How customers fare: in trouble, recovering and well by their cases, at risk by what they met; said once
 * each, a minute later; nothing of who is forgotten stays. */
#include "base/limits.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Hot\n"
                           "    expr: temperature > 8\n"
                           "    labels: {category: cold}\n"
                           "    ticket: {queue: cold, verify: 1h}\n"
                           "    notify: {to: customer, message: hot, on: [raised, cleared]}\n"
                           "  - alert: Flat\n"
                           "    expr: battery < 20\n"
                           "    labels: {category: device, priority: low}\n"
                           "    ticket: {queue: devices}\n"
                           "messages: {hot: {en: {raised: It is hot., cleared: Over.}}}\n";
static const char assignments[] = "version: 1\n"
                                  "customers:\n"
                                  "  - {customer: eve, persona: consignee, locale: en}\n"
                                  "assets:\n"
                                  "  - {asset: box, class: x, devices: [d], customer: eve}\n"
                                  "  - {asset: other, class: x, devices: [e]}\n";
#define START ((otr_time)1700000000 * OTR_SECOND)

static otr_refusal act(world *w, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

static otr_refusal answer(world *w, otr_customer_action action, size_t nth)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.action = action;
    for (size_t i = 0; i < w->notice_count; i++)
        if (w->notices[i].state == OTR_NOTICE_TOLD && strcmp(w->notices[i].what, "raised") == 0 && nth-- == 0)
            command.customer.notification = w->notices[i].id;
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    return world_command(w, command).refusal;
}

/* What was said last; the facts are in its text. */
static void expect(const world *w, size_t said, const char *state, const char *reason)
{
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, "updated"), said);
    const world_event *last = world_event_get(w, OTR_SERVICE_CUSTOMER, "updated", said - 1);
    assert_string_equal(last->to, "eve");
    if (strstr(last->text, state) == NULL || (reason != NULL && strstr(last->text, reason) == NULL) ||
        (reason == NULL && strstr(last->text, "reason") != NULL))
        fail_msg("said: %s", last->text);
    assert_non_null(
        strstr(last->text, strcmp(state, "well") == 0 ? "hold_promotions: false" : "hold_promotions: true"));
    assert_string_equal(last->asset, ""); /* no contents */
}

static void a_case_is_trouble_until_it_was_verified(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "e", "temperature", 9, START + OTR_MINUTE); /* nobody's */
    world_report(w, "d", "battery", 9, START + OTR_MINUTE);     /* no trouble of a customer */
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, NULL), 0);
    world_report(w, "d", "temperature", 9, START + 70 * OTR_MINUTE);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 1, "in trouble", NULL);
    assert_true(world_event_get(w, OTR_SERVICE_CUSTOMER, "updated", 0)->onset >= START + 70 * OTR_MINUTE);
    world_restart(w, true);
    world_report(w, "d", "temperature", 3, START + 80 * OTR_MINUTE);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 2, "recovering", NULL);
    world_sleep(w, 2 * OTR_HOUR);
    expect(w, 3, "well", NULL);
    assert_true(otr_id_equal(world_event_get(w, OTR_SERVICE_CUSTOMER, "updated", 2)->replaces,
                             world_event_get(w, OTR_SERVICE_CUSTOMER, "updated", 1)->event));
    world_report(w, "d", "battery", 90, w->core_time);
    world_sleep(w, 45 * OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, "cleared"), 1);
    assert_int_equal(otr_timers_next(&w->core->fares.timers) == OTR_TIME_NEVER, 1);
    world_free(w);
}

static void what_is_over_within_a_minute_is_not_said(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    world_report(w, "d", "temperature", 3, START + OTR_MINUTE + 5 * OTR_SECOND);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 1, "recovering", NULL);
    world_free(w);
}

static void a_missed_promise_is_a_risk_for_a_month(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    otr_time by = START + 2 * OTR_HOUR;
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_PROMISED, .what = {"callback", 8}, .by = by}), 0);
    world_sleep(w, 3 * OTR_HOUR);
    expect(w, 2, "at risk", "a promise was missed");
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_KEPT, .what = {"callback", 8}}), 0);
    world_report(w, "d", "temperature", 3, START + 3 * OTR_HOUR + 10 * OTR_MINUTE);
    world_sleep(w, 5 * OTR_DAY);
    expect(w, 2, "at risk", "a promise was missed");
    world_sleep(w, 26 * OTR_DAY);
    expect(w, 3, "well", NULL);
    world_free(w);
}

static void what_comes_back_and_what_is_not_heard_are_risks(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(answer(w, OTR_CUSTOMER_WRONG, 0), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 1, "in trouble", NULL);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = {"done", 4}}), 0);
    world_report(w, "d", "temperature", 3, START + 10 * OTR_MINUTE);
    world_report(w, "d", "temperature", 9, START + 20 * OTR_MINUTE);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, world_events(w, OTR_SERVICE_CUSTOMER, "updated"), "at risk", "a case was open again");
    world_report(w, "d", "temperature", 3, START + 100 * OTR_MINUTE);
    world_report(w, "d", "temperature", 9, START + 300 * OTR_MINUTE);
    world_report(w, "d", "temperature", 3, START + 310 * OTR_MINUTE);
    world_report(w, "d", "temperature", 9, START + 600 * OTR_MINUTE);
    assert_int_equal(answer(w, OTR_CUSTOMER_NOT_SOLVED, 1), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_null(strstr(world_event_get(w, OTR_SERVICE_CUSTOMER, "updated",
                                       world_events(w, OTR_SERVICE_CUSTOMER, "updated") - 1)
                           ->text,
                       "not solved"));
    assert_int_equal(answer(w, OTR_CUSTOMER_WRONG, 2), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, world_events(w, OTR_SERVICE_CUSTOMER, "updated"), "at risk", "not solved or wrong");
    world_free(w);
}

static void a_poor_score_is_a_risk_and_another_is_none(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    otr_question question = {.kind = OTR_QUESTION_NPS,
                             .customer = otr_core_label(w->core, OTR_STR("eve")),
                             .pack = otr_core_label(w->core, OTR_STR("p")),
                             .rule = otr_core_label(w->core, OTR_STR("Hot"))};
    otr_question_answered(w->core, &question, NULL, OTR_QUESTION_STEP_ASKED, 0, OTR_QUESTION_NO_REASON);
    otr_question_answered(w->core, &question, NULL, OTR_QUESTION_STEP_ANSWERED, 7, OTR_QUESTION_NO_REASON);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, NULL), 0);
    otr_question_answered(w->core, &question, NULL, OTR_QUESTION_STEP_ANSWERED, 6, OTR_QUESTION_NO_REASON);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 1, "at risk", "a poor score");
    world_free(w);
}

static void of_who_is_forgotten_it_is_cleared(void **state)
{
    (void)state;
    world *w = world_create(pack, "version: 1\nassets:\n  - {asset: other, class: x, devices: [e]}\n", START);
    static const char given[] = "version: 1\nassignment: {version: 1}\n"
                                "customers:\n  - {customer: eve, persona: consignee, locale: en}\n"
                                "assets:\n  - {asset: box, class: x, devices: [d], customer: eve}\n";
    world_activate(w, "assignment/box", given);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    world_sleep(w, 2 * OTR_MINUTE);
    expect(w, 1, "in trouble", NULL);
    otr_command command = {.kind = OTR_COMMAND_FORGET, .until = OTR_TIME_NONE, .asset = OTR_STR("eve")};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, "cleared"), 1);
    otr_buffer kept = {0};
    otr_fares_write(w->core, &kept);
    assert_null(memmem(kept.data, kept.size, "eve", 3));
    otr_buffer_done(&kept);
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_CUSTOMER, "updated"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_trouble_until_it_was_verified),
        cmocka_unit_test(what_is_over_within_a_minute_is_not_said),
        cmocka_unit_test(a_missed_promise_is_a_risk_for_a_month),
        cmocka_unit_test(what_comes_back_and_what_is_not_heard_are_risks),
        cmocka_unit_test(a_poor_score_is_a_risk_and_another_is_none),
        cmocka_unit_test(of_who_is_forgotten_it_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
