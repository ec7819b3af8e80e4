/* How the desk ends a case: once, whoever has the ticket by then, and with what was promised. */
#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/conversation.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Hot\n"
                           "    expr: temperature > 8\n"
                           "    labels: {category: cold}\n"
                           "    notify: {to: customer, message: m, on: [raised, cleared], cooldown: 0s}\n"
                           "    ticket: {queue: cold, verify: 2h}\n"
                           "messages: {m: {en: {raised: hot, cleared: cool}}}\n"
                           "remedies: {claim: {claim: true, texts: {en: claimed}}}\n"
                           "resolutions: {repacked: {en: packed anew}, swapped: {en: another one}}\n"
                           "promises: {ice: {en: fresh ice}}\n";
static const char assignments[] = "version: 1\n"
                                  "customers: [{customer: c, locale: en, zone: UTC}]\n"
                                  "assets: [{asset: box, class: x, devices: [d], customer: c}]\n";
#define START ((otr_time)1700000000 * OTR_SECOND)

static world *hot(void)
{
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    return w;
}

static otr_refusal act(world *w, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

static otr_refusal resolve(world *w, const char *code)
{
    return act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = otr_str_of(code)});
}

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

static uint64_t marked(const world *w, otr_service_mark mark)
{
    return w->core->service.marks[mark];
}

static size_t told(const world *w, const char *what)
{
    return world_events(w, OTR_SERVICE_NOTIFICATION, what);
}

/* ---- once ---- */

static void the_same_resolution_again_changes_nothing(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_ACCEPTED);
    otr_time resolved = w->core->cases[0].desk.resolved;
    uint16_t acts = w->core->cases[0].desk.acts;
    world_sleep(w, OTR_HOUR);
    world_restart(w, false);
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_SAME_RESOLUTION);
    assert_int_equal(marked(w, OTR_MARK_RESOLVED), 1);
    assert_int_equal(told(w, "resolved"), 1);
    assert_int_equal(w->core->cases[0].desk.acts, acts);
    assert_true(w->core->cases[0].desk.resolved == resolved);
    assert_true(otr_timers_get(&w->core->case_timers, 0) == resolved + 2 * OTR_HOUR);
    world_free(w);
}

static void another_code_corrects_it_and_is_told_where_it_reads_differently(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(resolve(w, "swapped"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(told(w, "resolved"), 2);
    assert_int_equal(resolve(w, "other"), OTR_REFUSAL_ACCEPTED); /* the agent's own words */
    assert_int_equal(told(w, "resolved"), 3);
    char without[sizeof pack]; /* one that lists none takes any code, and has no words of its own */
    const char *resolutions = strstr(pack, "resolutions: ");
    assert_non_null(resolutions);
    (void)snprintf(without, sizeof without, "%.*s", (int)(resolutions - pack), pack);
    world_activate(w, "pack/test", without);
    assert_int_equal(resolve(w, "fixed"), OTR_REFUSAL_ACCEPTED); /* which reads the same */
    assert_int_equal(told(w, "resolved"), 3);
    assert_int_equal(marked(w, OTR_MARK_RESOLVED), 1);
    assert_string_equal(world_event_get(w, OTR_SERVICE_NOTIFICATION, "resolved", 1)->line, "another one");
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOT_NEEDED}), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_NOT_NEEDED), 0);
    assert_true(otr_case_is_dismissed(w->core, &w->core->cases[0]));
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    world_free(w);
}

static void what_the_desk_had_to_ask_for_counts_once_a_case_by_field(void **state)
{
    (void)state;
    world *w = hot();
    otr_desk_act asked = {.action = OTR_DESK_HAD_TO_ASK, .fields = OTR_STR("lot, asset.serial,lot")};
    assert_int_equal(act(w, asked), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_HAD_TO_ASK), 2);
    world_snapshot(w);
    world_restart(w, false);
    asked.fields = OTR_STR("asset.serial");
    assert_int_equal(act(w, asked), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_HAD_TO_ASK), 2);
    asked.fields = OTR_STR("model");
    assert_int_equal(act(w, asked), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_HAD_TO_ASK), 3);
    assert_int_equal(marked(w, OTR_MARK_INCOMPLETE), 1);
    world_free(w);
}

/* ---- whoever has it ---- */

/* Resolved, handed on, and then the symptom comes back. */
static void hand_on_and_return(otr_desk_act ends, otr_desk_act hands_on)
{
    world *w = hot();
    assert_int_equal(act(w, ends), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, hands_on), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->cases[0].desk.stage, OTR_STAGE_RESOLVED);
    bool dismissed = ends.action == OTR_DESK_NOT_NEEDED;
    if (!dismissed) {
        world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
        assert_int_equal(w->core->cases[0].state, OTR_CASE_VERIFYING);
        world_report(w, "d", "temperature", 9, w->utc + OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "reopened"), 1);
        assert_int_equal(marked(w, OTR_MARK_REOPENED_SYMPTOM), 1);
        assert_false(otr_desk_is_resolved(&w->core->cases[0].desk));
    } else {
        world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
        world_sleep(w, OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    }
    world_free(w);
}

static void what_is_resolved_stays_so_when_others_get_it_and_reopens_there(void **state)
{
    (void)state;
    const otr_desk_act ends[] = {{.action = OTR_DESK_RESOLVED, .what = {"repacked", 8}},
                                 {.action = OTR_DESK_NOT_NEEDED}};
    const otr_desk_act ways[] = {{.action = OTR_DESK_TRANSFERRED, .queue = {"b", 1}},
                                 {.action = OTR_DESK_WRONG_QUEUE, .queue = {"b", 1}},
                                 {.action = OTR_DESK_REMEDY, .role = OTR_ROLE_DESK, .what = {"claim", 5}}};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 3; k++)
            hand_on_and_return(ends[i], ways[k]);
}

static void what_has_closed_goes_to_no_other_queue(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOT_NEEDED}), OTR_REFUSAL_ACCEPTED);
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    world_sleep(w, OTR_MINUTE);
    otr_desk_act wrong = {.action = OTR_DESK_WRONG_QUEUE, .queue = OTR_STR("b")};
    assert_int_equal(act(w, wrong), OTR_REFUSAL_CASE_CLOSED);
    assert_int_equal(marked(w, OTR_MARK_WRONG_QUEUE), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "transferred"), 0);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_WRONG_QUEUE}), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_WRONG_QUEUE), 1);
    world_free(w);
}

static void who_may_only_look_does_nothing(void **state)
{
    (void)state;
    world *w = hot();
    otr_desk_act looks = {.action = OTR_DESK_ACKNOWLEDGED, .role = OTR_ROLE_VIEWER};
    assert_int_equal(act(w, looks), OTR_REFUSAL_NOT_THEIRS);
    looks.action = OTR_DESK_RECEIVED;
    assert_int_equal(act(w, looks), OTR_REFUSAL_NOT_THEIRS);
    assert_int_equal(w->core->cases[0].desk.received, 0);
    assert_int_equal(w->core->cases[0].desk.acts, 0);
    world_free(w);
}

/* ---- what was promised ---- */

static void promise(world *w, const char *what)
{
    otr_desk_act given = {.action = OTR_DESK_PROMISED, .what = otr_str_of(what), .by = w->utc + 5 * OTR_HOUR};
    assert_int_equal(act(w, given), OTR_REFUSAL_ACCEPTED);
}

static void expect_refused(world *w, otr_refusal refusal, const char *said)
{
    otr_buffer text = {0};
    otr_command_say_refusal(&w->result, &text);
    otr_buffer_add_u8(&text, '\0');
    assert_int_equal(w->result.refusal, refusal);
    assert_string_equal((const char *)text.data, said);
    otr_buffer_done(&text);
}

static void a_code_that_nobody_has_words_for_is_refused_with_those_that_there_are(void **state)
{
    (void)state;
    world *w = hot();
    otr_desk_act free = {.action = OTR_DESK_PROMISED, .what = OTR_STR("xyzzy"), .by = w->utc + OTR_HOUR};
    (void)act(w, free);
    expect_refused(w, OTR_REFUSAL_NO_WORDS,
                   "nobody has words for that promise, which its customer reads; known: ice, callback, "
                   "replacement, visit, refund");
    (void)resolve(w, "repackd");
    expect_refused(w, OTR_REFUSAL_NO_CODE,
                   "no pack of this case lists such a resolution; known: repacked, swapped, other");
    (void)act(w, (otr_desk_act){.action = OTR_DESK_REMEDY, .role = OTR_ROLE_DESK, .what = OTR_STR("clam")});
    expect_refused(w, OTR_REFUSAL_NO_REMEDY, "no pack of this case lists such a remedy; known: claim");
    assert_int_equal(told(w, "promised") + told(w, "resolved") + told(w, "remedy"), 0);
    promise(w, "ice");
    world_sleep(w, OTR_HOUR);
    assert_non_null(strstr(world_event_get(w, OTR_SERVICE_NOTIFICATION, "promised", 0)->text, "fresh ice"));
    world_free(w);
}

/* The pack that had the words may go before the promise is kept. */
static void what_has_lost_its_words_is_not_told_raw(void **state)
{
    (void)state;
    world *w = hot();
    promise(w, "ice");
    char without[sizeof pack];
    const char *promises = strstr(pack, "promises: ");
    assert_non_null(promises);
    (void)snprintf(without, sizeof without, "%.*s", (int)(promises - pack), pack);
    world_activate(w, "pack/test", without);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_KEPT, .what = OTR_STR("ice")}),
                     OTR_REFUSAL_ACCEPTED);
    world_sleep(w, OTR_HOUR);
    assert_non_null(strstr(world_event_get(w, OTR_SERVICE_NOTIFICATION, "kept", 0)->text,
                           "the service that we agreed on"));
    world_free(w);
}

static void what_was_promised_and_not_done_is_dropped_and_not_kept(void **state)
{
    (void)state;
    world *w = hot();
    promise(w, "callback");
    promise(w, "visit");
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_KEPT, .what = OTR_STR("visit")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_PROMISE_KEPT), 1);
    assert_int_equal(marked(w, OTR_MARK_PROMISE_DROPPED), 1);
    assert_int_equal(told(w, "resolved"), 1);
    world_sleep(w, OTR_DAY);
    assert_int_equal(marked(w, OTR_MARK_PROMISE_MISSED), 0);
    world_free(w);
}

static void who_waits_for_a_promise_hears_that_nothing_is_to_be_done(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        world *w = hot();
        promise(w, "callback");
        if (how == 1)
            world_snapshot(w);
        world_restart(w, false);
        assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOT_NEEDED}), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(told(w, "resolved"), 1);
        assert_int_equal(marked(w, OTR_MARK_PROMISE_DROPPED), 1);
        assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOT_NEEDED}), OTR_REFUSAL_SAME_RESOLUTION);
        assert_int_equal(told(w, "resolved"), 1);
        world_free(w);
    }
    world *w = hot();
    promise(w, "callback");
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_KEPT, .what = OTR_STR("callback")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOT_NEEDED}), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(told(w, "resolved"), 0); /* nobody waits */
    world_free(w);
}

/* ---- and the customer ---- */

static void at_first_contact_is_what_no_customer_reopens(void **state)
{
    (void)state;
    world *w = hot();
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_true(otr_desk_rates_first_contact(&w->core->desk_device.rates) == 1);
    world_snapshot(w);
    world_restart(w, false);
    assert_int_equal(answer(w, OTR_CUSTOMER_NOT_SOLVED), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "reopened"), 1);
    assert_true(otr_desk_rates_first_contact(&w->core->desk_device.rates) == 0);
    const otr_bucket_cell *all = otr_bucket_find(&w->core->figures.bucket, OTR_BY_TOTAL, OTR_STR(""));
    assert_int_equal(all->counts[OTR_COUNT_FIRST_CONTACT_LOST], 1);
    assert_int_equal(resolve(w, "repacked"), OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 2);
    assert_true(otr_desk_rates_first_contact(&w->core->desk_device.rates) == 0);
    world_free(w);
}

static void who_asks_while_it_goes_on_waits_a_week_from_its_end(void **state)
{
    (void)state;
    for (int restarts = 0; restarts < 2; restarts++) {
        world *w = hot();
        assert_int_equal(answer(w, OTR_CUSTOMER_HELP), OTR_REFUSAL_ACCEPTED);
        world_sleep(w, 8 * OTR_DAY);
        assert_int_equal(w->core->cases[0].state, OTR_CASE_OPEN);
        world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
        if (restarts > 0) {
            world_snapshot(w);
            world_restart(w, false);
        }
        world_sleep(w, (OTR_LIMIT_CASE_KEPT_DAYS - 1) * OTR_DAY);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 0);
        world_sleep(w, 2 * OTR_DAY);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
        world_free(w);
    }
}

/* The text of the last remark of that kind. */
static void expect_said(const world *w, const char *what, const char *text)
{
    otr_reader said = otr_reader_of(otr_buffer_bytes(&w->core->cases[0].desk.said));
    otr_remark remark;
    otr_str found = {NULL, 0};
    while (otr_conversation_next(&said, &remark))
        if (otr_str_is(remark.what, what))
            found = remark.text;
    if (!otr_str_is(found, text))
        fail_msg("\"%.*s\" and not \"%s\"", OTR_STR_ARG(found), text);
}

static otr_refusal call_me(world *w, otr_time from, otr_time to)
{
    otr_command command = {
        .kind = OTR_COMMAND_CUSTOMER,
        .until = OTR_TIME_NONE,
        .customer = {.action = OTR_CUSTOMER_CALL_ME,
                     .notification = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->entity,
                     .from = from,
                     .to = to}};
    return world_command(w, command).refusal;
}

static void when_to_call_is_in_the_ticket_as_the_customers_clock_shows_it(void **state)
{
    (void)state;
    otr_time at = START + OTR_HOUR; /* 2023-11-14 23:13:20 UTC */
    world *w = hot();
    assert_int_equal(call_me(w, at, at + OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "call-me", "from 2023-11-14 23:13 UTC to 2023-11-15 00:13 UTC");
    /* said anew, the newest counts; the same once more changes nothing */
    uint32_t revision = w->core->cases[0].revision;
    assert_int_equal(call_me(w, at, at + OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->cases[0].revision, revision);
    assert_int_equal(call_me(w, at + 2 * OTR_HOUR, OTR_TIME_NONE), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "call-me", "from 2023-11-15 01:13 UTC");
    assert_int_equal(w->core->cases[0].revision, revision + 1);
    assert_int_equal(call_me(w, at, at + OTR_HOUR), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "call-me", "from 2023-11-14 23:13 UTC to 2023-11-15 00:13 UTC");
    assert_null(world_replay(w));
    world_free(w);
    w = hot();
    assert_int_equal(call_me(w, OTR_TIME_NONE, OTR_TIME_NONE), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "call-me", "");
    world_free(w);
    static const char in_berlin[] = "version: 1\n"
                                    "customers: [{customer: c, locale: en, zone: Europe/Berlin}]\n"
                                    "assets: [{asset: box, class: x, devices: [d], customer: c}]\n";
    w = world_create(pack, in_berlin, START);
    world_zone(w, "Europe/Berlin");
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    assert_int_equal(call_me(w, at, OTR_TIME_NONE), OTR_REFUSAL_ACCEPTED);
    expect_said(w, "call-me", "from 2023-11-15 00:13 CET");
    assert_null(world_replay(w));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_resolution_again_changes_nothing),
        cmocka_unit_test(another_code_corrects_it_and_is_told_where_it_reads_differently),
        cmocka_unit_test(what_the_desk_had_to_ask_for_counts_once_a_case_by_field),
        cmocka_unit_test(what_is_resolved_stays_so_when_others_get_it_and_reopens_there),
        cmocka_unit_test(what_has_closed_goes_to_no_other_queue),
        cmocka_unit_test(who_may_only_look_does_nothing),
        cmocka_unit_test(a_code_that_nobody_has_words_for_is_refused_with_those_that_there_are),
        cmocka_unit_test(what_has_lost_its_words_is_not_told_raw),
        cmocka_unit_test(what_was_promised_and_not_done_is_dropped_and_not_kept),
        cmocka_unit_test(who_waits_for_a_promise_hears_that_nothing_is_to_be_done),
        cmocka_unit_test(at_first_contact_is_what_no_customer_reopens),
        cmocka_unit_test(when_to_call_is_in_the_ticket_as_the_customers_clock_shows_it),
        cmocka_unit_test(who_asks_while_it_goes_on_waits_a_week_from_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
