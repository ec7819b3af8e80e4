/* Two cases that the desk finds to be one trouble. */
#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/conversation.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Hot, expr: temperature > 8, labels: {category: cold, priority: medium},\n"
    "     notify: {to: customer, message: m, on: [raised, cleared], cooldown: 0s, news: 4h},\n"
    "     ticket: {queue: cold, verify: 2h}}\n"
    "  - {alert: Moist, expr: humidity > 80, labels: {category: air, priority: high},\n"
    "     notify: {to: [customer, shipper], message: m, on: [raised, cleared], cooldown: 0s, news: 4h},\n"
    "     ticket: {queue: air, verify: 1h}}\n"
    "messages: {m: {en: {raised: '{{ rule }}', cleared: over}}}\n"
    "remedies: {gift: {at_most: 1, roles: [operator], texts: {en: a gift}}}\n"
    "promises: {a: {en: a}, b: {en: b}, c: {en: c}, d: {en: d}, e: {en: e}}\n";
static const char assignments[] =
    "version: 1\n"
    "customers: [{customer: c, locale: en, zone: UTC}, {customer: s, locale: en, zone: UTC}]\n"
    "assets:\n"
    "  - {asset: box, class: x, devices: [d], customer: c, contacts: {shipper: s}}\n"
    "  - {asset: other, class: x, devices: [e], customer: c}\n";
#define START ((otr_time)1700000000 * OTR_SECOND)
enum { COLD, AIR };

static otr_refusal act(world *w, size_t ticket, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", ticket)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

static otr_refusal merge(world *w, size_t ticket, size_t into)
{
    otr_id other = world_event_get(w, OTR_SERVICE_TICKET, "opened", into)->entity;
    return act(w, ticket, (otr_desk_act){.action = OTR_DESK_MERGED, .into = other, .text = OTR_STR("lid")});
}

/* The box is warm, then moist: two cases. */
static world *two(void)
{
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    world_report(w, "d", "humidity", 90, START + 2 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    return w;
}

static size_t told(const world *w, const char *what)
{
    return world_events(w, OTR_SERVICE_NOTIFICATION, what);
}

static size_t said(const otr_case *one, const char *what)
{
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&one->desk.said));
    otr_remark remark;
    otr_time last = OTR_TIME_NONE;
    size_t count = 0;
    while (otr_conversation_next(&reader, &remark)) {
        assert_true(remark.at >= last);
        last = remark.at;
        count += otr_str_is(remark.what, what);
    }
    return count;
}

static void what_is_merged_goes_on_in_one_ticket(void **state)
{
    (void)state;
    world *w = two();
    assert_int_equal(act(w, AIR, (otr_desk_act){.action = OTR_DESK_NOTE, .text = OTR_STR("looked")}), 0);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "merged"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 0);
    const otr_case *cold = &w->core->cases[0];
    const otr_case *air = &w->core->cases[1];
    assert_int_equal(air->state, OTR_CASE_CLOSED);
    assert_int_equal(cold->open_alarms, 2);
    assert_int_equal(cold->alarm_count, 2);
    assert_int_equal(cold->priority, OTR_PRIORITY_HIGH);
    assert_int_equal(cold->dossier.alarm_count, 2);
    assert_int_equal(said(cold, "note"), 1);
    assert_int_equal(said(cold, "merged"), 1);
    const world_event *last = world_event_get(w, OTR_SERVICE_TICKET, "updated", 0);
    assert_true(otr_id_equal(last->entity, otr_ticket_of(cold->id)));
    assert_null(world_replay(w));
    world_snapshot(w);
    world_restart(w, false);
    world_report(w, "d", "humidity", 50, w->utc + OTR_MINUTE);
    assert_int_equal(w->core->cases[0].state, OTR_CASE_OPEN);
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    assert_int_equal(w->core->cases[0].state, OTR_CASE_VERIFYING);
    world_sleep(w, OTR_HOUR);
    world_report(w, "d", "humidity", 90, w->utc + OTR_MINUTE); /* the trouble that was merged is back */
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    assert_int_equal(w->core->cases[0].open_alarms, 1);
    world_report(w, "d", "humidity", 50, w->utc + OTR_MINUTE);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_int_equal(w->core->service.marks[OTR_MARK_MERGED], 1);
    assert_int_equal(w->core->service.marks[OTR_MARK_CLOSED], 1);
    world_free(w);
}

static void who_was_told_of_both_hears_nothing_twice(void **state)
{
    (void)state;
    world *w = two();
    assert_int_equal(told(w, "raised"), 3);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_ACCEPTED);
    size_t before = w->event_count;
    otr_desk_act promise = {
        .action = OTR_DESK_PROMISED, .what = OTR_STR("callback"), .by = w->utc + 10 * OTR_HOUR};
    assert_int_equal(act(w, COLD, promise), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(told(w, "promised"), 2); /* once to each, though one knew of the merged one alone */
    world_sleep(w, 9 * OTR_HOUR);
    size_t news = 0;
    for (size_t i = before; i < w->event_count; i++)
        news += w->events[i].kind == OTR_SERVICE_NOTIFICATION && strcmp(w->events[i].what, "updated") == 0;
    assert_true(news <= 2);
    assert_int_equal(act(w, COLD, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = OTR_STR("done")}), 0);
    assert_int_equal(told(w, "resolved"), 2);
    world_free(w);
}

static void what_was_promised_and_used_goes_along(void **state)
{
    (void)state;
    world *w = two();
    otr_time now = w->utc;
    otr_desk_act promise = {
        .action = OTR_DESK_PROMISED, .what = OTR_STR("callback"), .by = now + 5 * OTR_HOUR};
    assert_int_equal(act(w, COLD, promise), OTR_REFUSAL_ACCEPTED);
    promise.by = now + 3 * OTR_HOUR;
    assert_int_equal(act(w, AIR, promise), OTR_REFUSAL_ACCEPTED);
    promise.what = OTR_STR("visit");
    assert_int_equal(act(w, AIR, promise), OTR_REFUSAL_ACCEPTED);
    otr_desk_act gift = {.action = OTR_DESK_REMEDY, .what = OTR_STR("gift")};
    assert_int_equal(act(w, AIR, gift), OTR_REFUSAL_ACCEPTED);
    otr_desk_act asked = {.action = OTR_DESK_HAD_TO_ASK, .fields = OTR_STR("lot")};
    assert_int_equal(act(w, AIR, asked), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_ACCEPTED);
    const otr_desk *desk = &w->core->cases[0].desk;
    assert_int_equal(desk->promise_count, 2);
    assert_true(desk->promises[0].by == now + 3 * OTR_HOUR);
    assert_int_equal(w->core->service.marks[OTR_MARK_PROMISE_DROPPED], 0);
    assert_int_equal(act(w, COLD, gift), OTR_REFUSAL_USED_UP);
    assert_int_equal(act(w, COLD, asked), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->service.marks[OTR_MARK_HAD_TO_ASK], 1);
    world_sleep(w, 4 * OTR_HOUR);
    assert_int_equal(w->core->service.marks[OTR_MARK_PROMISE_MISSED], 2);
    assert_null(world_replay(w));
    world_free(w);
}

static void a_customer_who_asks_has_asked_in_the_one_that_goes_on(void **state)
{
    (void)state;
    world *w = two();
    otr_command help = {
        .kind = OTR_COMMAND_CUSTOMER,
        .until = OTR_TIME_NONE,
        .customer = {.action = OTR_CUSTOMER_HELP,
                     .notification = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 1)->entity,
                     .from = OTR_TIME_NONE,
                     .to = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, help).refusal, OTR_REFUSAL_ACCEPTED);
    assert_true(w->core->cases[1].asked);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_ACCEPTED);
    assert_true(w->core->cases[0].asked);
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    world_report(w, "d", "humidity", 50, w->utc + OTR_MINUTE);
    world_sleep(w, 6 * OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 0);
    help.customer.action = OTR_CUSTOMER_NOT_SOLVED; /* of the merged one: it is asked in the other */
    assert_int_equal(world_command(w, help).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    assert_int_equal(said(&w->core->cases[0], "not-solved"), 1);
    world_free(w);
}

static void only_what_is_one_trouble_of_one_customer_is_merged(void **state)
{
    (void)state;
    world *w = two();
    world_report(w, "e", "temperature", 9, w->utc);
    assert_int_equal(merge(w, COLD, COLD), OTR_REFUSAL_SAME_CASE);
    assert_int_equal(merge(w, COLD, 2), OTR_REFUSAL_NOT_OF_ONE);
    otr_desk_act nothing = {.action = OTR_DESK_MERGED, .into = {{7}}};
    assert_int_equal(act(w, COLD, nothing), OTR_REFUSAL_NO_CASE);
    char word[] = "a";
    otr_desk_act promise = {.action = OTR_DESK_PROMISED, .what = {word, 1}, .by = w->utc + OTR_HOUR};
    for (int i = 0; i < OTR_LIMIT_CASE_PROMISES; i++, word[0]++)
        assert_int_equal(act(w, COLD, promise), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, AIR, promise), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_PROMISES_FULL);
    assert_int_equal(act(w, AIR, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = OTR_STR("done")}), 0);
    assert_int_equal(merge(w, AIR, COLD), OTR_REFUSAL_IS_RESOLVED);
    assert_int_equal(merge(w, COLD, AIR), OTR_REFUSAL_IS_RESOLVED);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "merged"), 0);
    assert_int_equal(w->core->cases[0].open_alarms, 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_merged_goes_on_in_one_ticket),
        cmocka_unit_test(who_was_told_of_both_hears_nothing_twice),
        cmocka_unit_test(what_was_promised_and_used_goes_along),
        cmocka_unit_test(a_customer_who_asks_has_asked_in_the_one_that_goes_on),
        cmocka_unit_test(only_what_is_one_trouble_of_one_customer_is_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
