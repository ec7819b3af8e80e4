/* What a reader has yet to hear of the desk, as it folds; and remedies: evidence, limits, commands, over a
 * new start. What people read is in tests/scenario/told.test.yaml. */
#include "base/limits.h"
#include "core/command/device_command.h"
#include "core/notice/told.h"
#include "fridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- folding ---- */

enum { CALL = 1, ICE = 2, CODE = 3 };

static otr_told_item item(otr_notice_what what, uint32_t name, otr_time by, otr_time before)
{
    return (otr_told_item){.what = (uint8_t)what, .name = name, .by = by, .before = before};
}

#define ITEM(what, name, by, before) item(OTR_NOTICE_##what, (name), (by), (before))
#define FOLD(...)                                                                                            \
    fold(list, (otr_told_item[]){__VA_ARGS__}, sizeof((otr_told_item[]){__VA_ARGS__}) / sizeof(otr_told_item))

static uint32_t fold(otr_told_item *list, const otr_told_item *items, size_t count)
{
    uint32_t kept = 0;
    for (size_t i = 0; i < count; i++)
        otr_told_fold(list, &kept, &items[i]);
    return kept;
}

static void expect(const otr_told_item *list, uint32_t at, otr_notice_what what, uint32_t name, otr_time by)
{
    assert_int_equal(list[at].what, what);
    assert_int_equal(list[at].name, name);
    assert_int_equal(list[at].by, by);
}

static void a_promise_that_was_moved_unheard_is_one_with_its_last_time(void **state)
{
    (void)state;
    otr_told_item list[OTR_LIMIT_NOTICE_DESK];
    assert_int_equal(FOLD(ITEM(PROMISED, CALL, 10, 0), ITEM(PROMISED, ICE, 50, 0), ITEM(MOVED, CALL, 20, 10)),
                     2);
    expect(list, 0, OTR_NOTICE_PROMISED, ICE, 50);
    expect(list, 1, OTR_NOTICE_PROMISED, CALL, 20);
    /* who has heard of it hears of the first and the last time */
    assert_int_equal(FOLD(ITEM(MOVED, CALL, 20, 10), ITEM(MOVED, CALL, 30, 20)), 1);
    expect(list, 0, OTR_NOTICE_MOVED, CALL, 30);
    assert_int_equal(list[0].before, 10);
}

static void what_is_missed_is_missed_at_the_time_that_the_reader_knew(void **state)
{
    (void)state;
    otr_told_item list[OTR_LIMIT_NOTICE_DESK];
    assert_int_equal(FOLD(ITEM(MOVED, CALL, 20, 10), ITEM(MISSED, CALL, 20, 0)), 1);
    expect(list, 0, OTR_NOTICE_MISSED, CALL, 10);
    assert_int_equal(FOLD(ITEM(PROMISED, CALL, 20, 0), ITEM(MISSED, CALL, 20, 0)), 1);
    expect(list, 0, OTR_NOTICE_MISSED, CALL, 20);
    assert_int_equal(FOLD(ITEM(MISSED, CALL, 20, 0), ITEM(OWED, CALL, 0, 0)), 1);
    expect(list, 0, OTR_NOTICE_MISSED, CALL, 20);
}

static void what_is_kept_or_resolved_was_not_promised(void **state)
{
    (void)state;
    otr_told_item list[OTR_LIMIT_NOTICE_DESK];
    assert_int_equal(FOLD(ITEM(PROMISED, CALL, 20, 0), ITEM(PROMISED, ICE, 9, 0), ITEM(KEPT, CALL, 0, 0)), 2);
    expect(list, 0, OTR_NOTICE_PROMISED, ICE, 9);
    expect(list, 1, OTR_NOTICE_KEPT, CALL, 0);
    assert_int_equal(FOLD(ITEM(PROMISED, CALL, 20, 0), ITEM(REMEDY, ICE, 0, 0), ITEM(MISSED, ICE, 9, 0),
                          ITEM(RESOLVED, CODE, 0, 0)),
                     2);
    expect(list, 0, OTR_NOTICE_REMEDY, ICE, 0);
    expect(list, 1, OTR_NOTICE_RESOLVED, CODE, 0);
}

static void a_resolution_that_is_taken_back_unheard_is_nothing(void **state)
{
    (void)state;
    otr_told_item list[OTR_LIMIT_NOTICE_DESK];
    assert_int_equal(FOLD(ITEM(RESOLVED, CODE, 0, 0), ITEM(REOPENED, OTR_NONE, 0, 0)), 0);
    assert_int_equal(FOLD(ITEM(REOPENED, OTR_NONE, 0, 0), ITEM(REOPENED, OTR_NONE, 0, 0)), 1);
    assert_int_equal(FOLD(ITEM(REOPENED, OTR_NONE, 0, 0), ITEM(RESOLVED, CODE, 0, 0)), 1);
    expect(list, 0, OTR_NOTICE_RESOLVED, CODE, 0);
}

static void the_oldest_gives_way_and_the_gravest_leads(void **state)
{
    (void)state;
    otr_told_item list[OTR_LIMIT_NOTICE_DESK];
    uint32_t count = 0;
    for (uint32_t i = 0; i < OTR_LIMIT_NOTICE_DESK + 2; i++) {
        otr_told_item one = item(OTR_NOTICE_PROMISED, i, 10 + i, 0);
        otr_told_fold(list, &count, &one);
    }
    assert_int_equal(count, OTR_LIMIT_NOTICE_DESK);
    expect(list, 0, OTR_NOTICE_PROMISED, 2, 12);
    otr_told_item missed = item(OTR_NOTICE_MISSED, 5, 15, 0);
    otr_told_fold(list, &count, &missed);
    otr_told_item kept = item(OTR_NOTICE_KEPT, 6, 0, 0);
    otr_told_fold(list, &count, &kept);
    assert_int_equal(otr_told_lead(list, count), OTR_NOTICE_MISSED);
    otr_told_fold_dismiss(list, &count);
    assert_int_equal(count, 0);
}

/* ---- remedies ---- */

static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    notify: {to: customer, message: warm, on: [raised, cleared], cooldown: 0s}\n"
                           "    ticket: {queue: cold, evidence: [temperature]}\n"
                           "messages: {warm: {en: {raised: warm, cleared: cool}}}\n"
                           "remedies:\n"
                           "  boost: {at_most: 9, do: {command: boost_cooling, value: true, at_most: 2 per "
                           "1d}, texts: {en: cooled}}\n"
                           "  claim: {claim: true, texts: {en: claimed}}\n"
                           "  gift: {at_most: 2, texts: {en: a gift}}\n";

static otr_refusal act(world *w, otr_desk_action action, const char *what)
{
    otr_desk_act desk = {.action = action,
                         .role = OTR_ROLE_DESK,
                         .ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity,
                         .what = otr_str_of(what),
                         .by = OTR_TIME_NONE};
    otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .desk = desk};
    return world_command(w, command).refusal;
}

static world *warm(void)
{
    world *w = world_create(pack, fridge, T0);
    world_report(w, "f1", "temperature", 9.0, AT(1));
    return w;
}

static void see_claim(void *context, const otr_service_event *event)
{
    if (event->kind == OTR_SERVICE_TICKET && otr_str_is(event->what, "claim"))
        *(size_t *)context = event->evidence_count;
}

static void a_claim_has_its_evidence_enclosed_though_the_alarm_is_over(void **state)
{
    (void)state;
    size_t evidence = 0;
    world *w = warm();
    world_report(w, "f1", "temperature", 5.0, AT(5));
    w->see = see_claim;
    w->see_context = &evidence;
    assert_int_equal(act(w, OTR_DESK_REMEDY, "claim"), OTR_REFUSAL_ACCEPTED);
    assert_string_equal(world_event_get(w, OTR_SERVICE_TICKET, "claim", 0)->queue, "claims");
    assert_true(evidence > 0);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "remedy"), 1);
    world_free(w);
}

static void how_often_a_remedy_was_used_outlives_a_new_start(void **state)
{
    (void)state;
    world *w = warm();
    assert_int_equal(act(w, OTR_DESK_REMEDY, "gift"), OTR_REFUSAL_ACCEPTED);
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "gift"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "gift"), OTR_REFUSAL_USED_UP);
    world_restart(w, true);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "gift"), OTR_REFUSAL_USED_UP);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "remedy"), 2);
    world_free(w);
}

static void a_command_that_staff_ask_for_goes_on_when_the_alarm_has_ended(void **state)
{
    (void)state;
    otr_device_command_item items[OTR_LIMIT_DEVICE_COMMANDS_OPEN];
    world *w = warm();
    assert_int_equal(act(w, OTR_DESK_REMEDY, "boost"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "boost"), OTR_REFUSAL_COMMAND_HELD); /* it is still open */
    expect_said(w, "held (another boost_cooling is still open)");
    world_snapshot(w);
    world_restart(w, false);
    assert_int_equal(waiting(w), 1);
    world_report(w, "f1", "temperature", 5.0, AT(3));
    assert_int_equal(said(w, "cancelled"), 0);
    assert_int_equal(fetch(w, "f1", items), 1);
    confirm(w, "f1", items[0].id);
    assert_int_equal(said(w, "done"), 1);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "boost"), OTR_REFUSAL_NO_OPEN_ALARM);
    world_report(w, "f1", "temperature", 9.0, AT(5));
    assert_int_equal(act(w, OTR_DESK_REMEDY, "boost"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(fetch(w, "f1", items), 1);
    confirm(w, "f1", items[0].id);
    assert_int_equal(act(w, OTR_DESK_REMEDY, "boost"), OTR_REFUSAL_COMMAND_HELD); /* its rate */
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "remedy"), 2);
    world_free(w);
}

/* ---- confirmed ---- */

static otr_refusal answer(world *w, otr_customer_action action)
{
    otr_command command = {
        .kind = OTR_COMMAND_CUSTOMER,
        .until = OTR_TIME_NONE,
        .customer = {.action = action,
                     .notification = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->entity,
                     .from = OTR_TIME_NONE,
                     .to = OTR_TIME_NONE}};
    return world_command(w, command).refusal;
}

static void a_resolution_is_confirmed_once_and_each_may_be_denied(void **state)
{
    (void)state;
    world *w = warm();
    world_report(w, "f1", "temperature", 5.0, AT(5));
    assert_int_equal(act(w, OTR_DESK_RESOLVED, "fixed"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(answer(w, OTR_CUSTOMER_SOLVED), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(answer(w, OTR_CUSTOMER_SOLVED), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->service.marks[OTR_MARK_CONFIRMED], 1);
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(answer(w, OTR_CUSTOMER_NOT_SOLVED), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(answer(w, OTR_CUSTOMER_NOT_SOLVED), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(w->core->service.marks[OTR_MARK_REOPENED_CUSTOMER], i);
        world_sleep(w, OTR_HOUR);
        assert_int_equal(act(w, OTR_DESK_RESOLVED, "fixed"), OTR_REFUSAL_ACCEPTED);
    }
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_that_was_moved_unheard_is_one_with_its_last_time),
        cmocka_unit_test(what_is_missed_is_missed_at_the_time_that_the_reader_knew),
        cmocka_unit_test(what_is_kept_or_resolved_was_not_promised),
        cmocka_unit_test(a_resolution_that_is_taken_back_unheard_is_nothing),
        cmocka_unit_test(the_oldest_gives_way_and_the_gravest_leads),
        cmocka_unit_test(a_claim_has_its_evidence_enclosed_though_the_alarm_is_over),
        cmocka_unit_test(how_often_a_remedy_was_used_outlives_a_new_start),
        cmocka_unit_test(a_command_that_staff_ask_for_goes_on_when_the_alarm_has_ended),
        cmocka_unit_test(a_resolution_is_confirmed_once_and_each_may_be_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
