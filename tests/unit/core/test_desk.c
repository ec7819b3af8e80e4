/* What the desk answers to its tickets, and what the gateway makes of it by itself. */
#include "base/limits.h"
#include "core/case/conversation.h"
#include "core/state.h"
#include "core/view/view.h"
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
                           "    ticket: {queue: cold, verify: 2h}\n"
                           "promises: {a: {en: a}, b: {en: b}, c: {en: c}, d: {en: d}, e: {en: e}}\n";
static const char assignments[] = "version: 1\n"
                                  "assets:\n"
                                  "  - {asset: box, class: x, devices: [d]}\n"
                                  "  - {asset: other, class: x, devices: [e]}\n";
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
    given.ticket = otr_id_is_zero(given.ticket) ? world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity
                                                : given.ticket;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

static void keep_view(void *context, const otr_case_view *one)
{
    *(otr_case_view *)context = *one;
}

static otr_case_view view(const world *w)
{
    otr_case_view out = {.state = OTR_CASE_CLOSED};
    otr_core_cases(w->core, keep_view, &out);
    return out;
}

static uint64_t marked(const world *w, otr_service_mark mark)
{
    return w->core->service.marks[mark];
}

/* ---- acts ---- */

static void an_act_reads_back_from_the_journal_as_it_was(void **state)
{
    (void)state;
    static const otr_desk_act acts[] = {
        {.action = OTR_DESK_RECEIVED, .by = OTR_TIME_NONE, .revision = 7},
        {.action = OTR_DESK_TRANSFERRED,
         .role = OTR_ROLE_DESK,
         .to = {"lee", 3},
         .queue = {"b", 1},
         .by = OTR_TIME_NONE},
        {.action = OTR_DESK_PROMISED,
         .role = OTR_ROLE_RELAY,
         .what = {"call", 4},
         .by = START,
         .text = {"soon", 4}},
        {.action = OTR_DESK_HAD_TO_ASK, .fields = {"lot,serial", 10}, .by = OTR_TIME_NONE}};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim")};
        otr_command back;
        otr_buffer bytes = {0};
        command.id.bytes[0] = 1;
        command.desk = acts[i];
        command.desk.ticket.bytes[3] = 9;
        otr_command_encode(&bytes, &command);
        for (size_t cut = 0; cut < bytes.size; cut++) {
            otr_reader less = otr_reader_of((otr_bytes){bytes.data, cut});
            assert_false(otr_command_decode(&less, &back) && otr_reader_left(&less) == 0 &&
                         cut == bytes.size);
        }
        otr_reader reader = otr_reader_of(otr_buffer_bytes(&bytes));
        assert_true(otr_command_decode(&reader, &back));
        assert_int_equal(otr_reader_left(&reader), 0);
        assert_int_equal(back.desk.action, acts[i].action);
        assert_int_equal(back.desk.role, acts[i].role);
        assert_true(otr_id_equal(back.desk.ticket, command.desk.ticket));
        assert_true(otr_str_equal(back.desk.to, acts[i].to) && otr_str_equal(back.desk.queue, acts[i].queue));
        assert_true(otr_str_equal(back.desk.what, acts[i].what) &&
                    otr_str_equal(back.desk.text, acts[i].text));
        assert_true(otr_str_equal(back.desk.fields, acts[i].fields) && otr_str_equal(back.who, command.who));
        assert_true(back.desk.by == acts[i].by && back.desk.revision == acts[i].revision);
        otr_buffer_done(&bytes);
    }
}

static void an_act_names_what_it_must_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        otr_desk_act act;
        const char *says;
    } wrong[] = {
        {{.action = OTR_DESK_NOTE, .by = OTR_TIME_NONE}, "note needs \"text\""},
        {{.action = OTR_DESK_PROMISED, .what = {"call", 4}, .by = OTR_TIME_NONE}, "promised needs \"by\""},
        {{.action = OTR_DESK_ACKNOWLEDGED, .by = START}, "acknowledged takes no \"by\""},
        {{.action = OTR_DESK_RESOLVED, .what = {"Not a word", 10}, .by = OTR_TIME_NONE}, "small letters"},
        {{.action = OTR_DESK_NOTE, .text = {"\xff", 1}, .by = OTR_TIME_NONE}, "UTF-8"},
        {{.action = (otr_desk_action)0, .by = OTR_TIME_NONE}, "no act of the desk"},
        {{.action = OTR_DESK_KEPT, .role = (otr_role)OTR_ROLE_COUNT, .by = OTR_TIME_NONE},
         "no act of the desk, or no role"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        otr_error error = {.text = ""};
        otr_desk_act given = wrong[i].act;
        given.ticket.bytes[0] = 1;
        assert_int_not_equal(otr_desk_act_check(&given, &error), OTR_OK);
        if (strstr(error.text, wrong[i].says) == NULL)
            fail_msg("%s", error.text);
    }
    char text[OTR_LIMIT_DESK_TEXT_BYTES + 1];
    memset(text, 'x', sizeof text);
    otr_desk_act given = {.action = OTR_DESK_NOTE, .by = OTR_TIME_NONE, .text = {text, sizeof text}};
    given.ticket.bytes[0] = 1;
    assert_int_equal(otr_desk_act_check(&given, NULL), OTR_LIMIT);
    given.text.size--;
    assert_int_equal(otr_desk_act_check(&given, NULL), OTR_OK);
}

static void a_ticket_that_is_not_there_is_refused(void **state)
{
    (void)state;
    world *w = hot();
    otr_desk_act wrong = {.action = OTR_DESK_ACKNOWLEDGED};
    wrong.ticket.bytes[5] = 5;
    assert_int_equal(act(w, wrong), OTR_REFUSAL_NO_CASE);
    wrong.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->case_id;
    assert_int_equal(act(w, wrong), OTR_REFUSAL_ACCEPTED); /* its case's id will do */
    assert_int_equal(view(w).stage, OTR_STAGE_ACKNOWLEDGED);
    world_free(w);
}

static void the_same_act_again_has_its_effect_once(void **state)
{
    (void)state;
    world *w = hot();
    otr_command command = {
        .kind = OTR_COMMAND_DESK,
        .until = OTR_TIME_NONE,
        .desk = {.action = OTR_DESK_TRANSFERRED, .queue = OTR_STR("b"), .by = OTR_TIME_NONE}};
    command.id.bytes[0] = 77;
    command.desk.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity;
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(view(w).transfers, 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "transferred"), 1);
    world_free(w);
}

/* ---- received ---- */

static void a_ticket_is_sent_again_until_it_is_received(void **state)
{
    (void)state;
    world *w = hot();
    world_sleep(w, 9 * OTR_MINUTE);
    assert_int_equal(w->resent, 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(w->resent, 1);
    world_sleep(w, 20 * OTR_MINUTE);
    assert_int_equal(w->resent, 2);
    world_restart(w, true);
    world_sleep(w, 40 * OTR_MINUTE);
    assert_int_equal(w->resent, 3);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RECEIVED}), OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 5 * OTR_DAY);
    assert_int_equal(w->resent, 3);
    assert_true(view(w).received);
    world_free(w);
}

static void where_nobody_is_it_is_sent_each_day_while_the_case_is_open(void **state)
{
    (void)state;
    world *w = hot();
    world_sleep(w, 2 * OTR_DAY);
    assert_int_equal(w->resent, OTR_LIMIT_TICKET_RESENDS);
    world_snapshot(w);
    world_restart(w, false);
    world_sleep(w, 4 * OTR_DAY);
    assert_int_equal(w->resent, OTR_LIMIT_TICKET_RESENDS + 4);
    assert_int_equal(marked(w, OTR_MARK_RESENT), OTR_LIMIT_TICKET_RESENDS + 4);
    world_report(w, "d", "temperature", 5, w->utc);
    assert_int_equal(w->resent, OTR_LIMIT_TICKET_RESENDS + 4); /* the new revision goes to nobody as well */
    world_sleep(w, OTR_HOUR);
    assert_int_equal(w->resent, OTR_LIMIT_TICKET_RESENDS + 4);
    world_sleep(w, 30 * OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_int_equal(w->resent, 2 * OTR_LIMIT_TICKET_RESENDS + 4); /* that it has closed is tried anew */
    world_free(w);
}

static void tickets_that_nobody_has_received_are_counted(void **state)
{
    (void)state;
    world *w = hot();
    world_report(w, "e", "temperature", 9, w->utc);
    assert_int_equal(otr_core_unreceived_tickets(w->core), 0);
    world_sleep(w, 11 * OTR_MINUTE);
    assert_int_equal(otr_core_unreceived_tickets(w->core), 2);
    world_snapshot(w);
    world_restart(w, false);
    assert_int_equal(otr_core_unreceived_tickets(w->core), 2);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RECEIVED}), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(otr_core_unreceived_tickets(w->core), 1);
    world_report(w, "e", "temperature", 5, w->utc + OTR_MINUTE);
    world_sleep(w, 3 * OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_int_equal(otr_core_unreceived_tickets(w->core), 0);
    world_free(w);
}

static void what_was_received_is_what_was_sent_up_to_that_revision(void **state)
{
    (void)state;
    world *w = hot();
    otr_time now = w->utc;
    world_report(w, "d", "temperature", 5, now + OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    uint32_t first = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->revision;
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RECEIVED, .revision = first}),
                     OTR_REFUSAL_ACCEPTED);
    assert_false(view(w).received);
    world_sleep(w, 11 * OTR_MINUTE);
    assert_int_equal(w->resent, 1);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ACKNOWLEDGED}), OTR_REFUSAL_ACCEPTED);
    assert_true(view(w).received); /* who works on it has it */
    world_free(w);
}

/* ---- promises ---- */

static void a_promise_outlives_restarts_and_goes_up_when_it_is_missed(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++) {
        world *w = hot();
        otr_desk_act promise = {
            .action = OTR_DESK_PROMISED, .what = OTR_STR("callback"), .by = w->utc + 3 * OTR_HOUR};
        assert_int_equal(act(w, promise), OTR_REFUSAL_ACCEPTED);
        if (how == 1)
            world_snapshot(w);
        if (how > 0)
            world_restart(w, true);
        world_sleep(w, 2 * OTR_HOUR + 29 * OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "reminded"), 0);
        world_sleep(w, 2 * OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "reminded"), 1);
        if (how > 0)
            world_restart(w, true);
        world_sleep(w, 30 * OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "escalated"), 1);
        assert_int_equal(marked(w, OTR_MARK_PROMISE_MISSED), 1);
        assert_true(view(w).missed);
        assert_int_equal(view(w).priority, OTR_PRIORITY_HIGH);
        world_sleep(w, OTR_DAY);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "escalated"), 1);
        world_free(w);
    }
}

static void a_promise_is_in_utc_wherever_that_moves(void **state)
{
    (void)state;
    world *w = hot();
    otr_desk_act promise = {
        .action = OTR_DESK_PROMISED, .what = OTR_STR("callback"), .by = w->utc + 3 * OTR_HOUR};
    assert_int_equal(act(w, promise), OTR_REFUSAL_ACCEPTED);
    w->utc += 4 * OTR_HOUR; /* the clock was wrong */
    world_report(w, "e", "temperature", 5, w->utc);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "reminded"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "escalated"), 1);
    world_free(w);
}

static void a_case_has_so_many_promises(void **state)
{
    (void)state;
    world *w = hot();
    char word[] = "a";
    for (int i = 0; i < OTR_LIMIT_CASE_PROMISES; i++, word[0]++)
        assert_int_equal(
            act(w, (otr_desk_act){.action = OTR_DESK_PROMISED, .what = {word, 1}, .by = w->utc + OTR_HOUR}),
            OTR_REFUSAL_ACCEPTED);
    otr_desk_act more = {.action = OTR_DESK_PROMISED, .what = {word, 1}, .by = w->utc + OTR_HOUR};
    assert_int_equal(act(w, more), OTR_REFUSAL_PROMISES_FULL);
    more.what = OTR_STR("a");
    assert_int_equal(act(w, more), OTR_REFUSAL_ACCEPTED); /* a new time for the same */
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = OTR_STR("done")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(marked(w, OTR_MARK_PROMISE_DROPPED), OTR_LIMIT_CASE_PROMISES);
    world_sleep(w, 90 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "escalated"), 0);
    world_free(w);
}

/* ---- how it ends ---- */

static void a_resolved_case_is_verified_as_long_as_its_rule_says(void **state)
{
    (void)state;
    world *w = hot();
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = OTR_STR("done")}),
                     OTR_REFUSAL_ACCEPTED);
    world_restart(w, true);
    world_sleep(w, 2 * OTR_HOUR - OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 0);
    world_sleep(w, 2 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    assert_int_equal(view(w).state, OTR_CASE_CLOSED);
    world_free(w);
}

static void a_closed_case_is_kept_for_a_week(void **state)
{
    (void)state;
    world *w = hot();
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    world_sleep(w, 6 * OTR_DAY);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ACKNOWLEDGED}), OTR_REFUSAL_CASE_CLOSED);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOTE, .text = OTR_STR("late")}),
                     OTR_REFUSAL_ACCEPTED);
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ACKNOWLEDGED}), OTR_REFUSAL_CASE_CLOSED);
    world_sleep(w, 2 * OTR_DAY);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ACKNOWLEDGED}), OTR_REFUSAL_NO_CASE);
    world_report(w, "d", "temperature", 9, w->utc);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    world_free(w);
}

static otr_id closed_one(world *w, size_t number)
{
    world_report(w, "d", "temperature", 9, w->utc + OTR_MINUTE);
    world_report(w, "d", "temperature", 5, w->utc + OTR_MINUTE);
    otr_desk_act done = {.action = OTR_DESK_NOT_NEEDED};
    done.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", number)->entity;
    assert_int_equal(act(w, done), OTR_REFUSAL_ACCEPTED);
    world_sleep(w, OTR_SECOND);
    return done.ticket;
}

static void the_oldest_closed_case_gives_way_at_the_limit(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    otr_desk_act first = {.action = OTR_DESK_NOTE, .ticket = closed_one(w, 0), .text = OTR_STR("x")};
    otr_desk_act second = {.action = OTR_DESK_NOTE, .ticket = closed_one(w, 1), .text = OTR_STR("x")};
    assert_int_equal(w->core->cases_kept, 2);
    w->core->cases_kept = OTR_LIMIT_CASES_KEPT; /* as if there were that many */
    assert_int_equal(act(w, first), OTR_REFUSAL_ACCEPTED);
    (void)closed_one(w, 2);
    assert_int_equal(w->core->cases_kept, OTR_LIMIT_CASES_KEPT);
    assert_int_equal(act(w, first), OTR_REFUSAL_NO_CASE);
    assert_int_equal(act(w, second), OTR_REFUSAL_ACCEPTED);
    world_free(w);
}

/* ---- what was said ---- */

static void the_newest_of_a_long_conversation_is_in_the_case(void **state)
{
    (void)state;
    world *w = hot();
    char text[OTR_LIMIT_DESK_TEXT_BYTES];
    memset(text, 'y', sizeof text);
    for (int i = 0; i < 20; i++) {
        text[0] = (char)('a' + i);
        assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_NOTE, .text = {text, 400}}),
                         OTR_REFUSAL_ACCEPTED);
    }
    otr_case *one = otr_desk_find(w->core, world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->case_id);
    assert_non_null(one);
    assert_true(one->desk.said.size <= OTR_LIMIT_CASE_SAID_BYTES);
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&one->desk.said));
    otr_remark remark = {.at = 0};
    int count = 0;
    while (otr_conversation_next(&reader, &remark)) {
        if (!otr_str_is(remark.what, "note") || !otr_str_is(remark.who, "op"))
            fail_msg("%.*s by %.*s", OTR_STR_ARG(remark.what), OTR_STR_ARG(remark.who));
        assert_int_equal(remark.text.size, 400);
        count++;
    }
    assert_int_equal(otr_reader_left(&reader), 0);
    assert_true(count >= 5 && count < 20);
    assert_int_equal(remark.text.data[0], 'a' + 19);
    world_free(w);
}

static void figures_and_cases_are_the_same_after_a_snapshot(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ASSIGNED, .to = OTR_STR("lee")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_WRONG_QUEUE, .queue = OTR_STR("b")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_WRONG_QUEUE, .queue = OTR_STR("c")}),
                     OTR_REFUSAL_ACCEPTED);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_HAD_TO_ASK, .fields = OTR_STR("lot")}),
                     OTR_REFUSAL_ACCEPTED);
    otr_service_counts before = w->core->service;
    otr_buffer first = {0};
    otr_buffer second = {0};
    otr_desk_write(w->core, &first);
    world_snapshot(w);
    world_restart(w, false);
    otr_desk_write(w->core, &second);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    assert_memory_equal(&before, &w->core->service, sizeof before);
    assert_int_equal(marked(w, OTR_MARK_WRONG_QUEUE), 1);
    assert_int_equal(marked(w, OTR_MARK_TRANSFERRED), 2);
    assert_true(otr_str_is(view(w).queue, "c"));
    otr_buffer_done(&first);
    otr_buffer_done(&second);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_reads_back_from_the_journal_as_it_was),
        cmocka_unit_test(an_act_names_what_it_must_and_nothing_else),
        cmocka_unit_test(a_ticket_that_is_not_there_is_refused),
        cmocka_unit_test(the_same_act_again_has_its_effect_once),
        cmocka_unit_test(a_ticket_is_sent_again_until_it_is_received),
        cmocka_unit_test(where_nobody_is_it_is_sent_each_day_while_the_case_is_open),
        cmocka_unit_test(tickets_that_nobody_has_received_are_counted),
        cmocka_unit_test(what_was_received_is_what_was_sent_up_to_that_revision),
        cmocka_unit_test(a_promise_outlives_restarts_and_goes_up_when_it_is_missed),
        cmocka_unit_test(a_promise_is_in_utc_wherever_that_moves),
        cmocka_unit_test(a_case_has_so_many_promises),
        cmocka_unit_test(a_resolved_case_is_verified_as_long_as_its_rule_says),
        cmocka_unit_test(a_closed_case_is_kept_for_a_week),
        cmocka_unit_test(the_oldest_closed_case_gives_way_at_the_limit),
        cmocka_unit_test(the_newest_of_a_long_conversation_is_in_the_case),
        cmocka_unit_test(figures_and_cases_are_the_same_after_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
