/* Orders through the driver: committed with what they do or not at all, taken once whatever fails, and
 * refused ones journaled up to a rate. */
#include "base/limits.h"
#include "driver/order.h"
#include "gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static otr_order_note note_of(uint8_t key, uint8_t order, uint64_t counter)
{
    return (otr_order_note){.key = {{key}},
                            .order = {{order, key}},
                            .counter = counter,
                            .role = OTR_ROLE_ENGINEER,
                            .who = OTR_STR("kim"),
                            .verb = OTR_STR("out-of-service")};
}

static otr_order_fate look(gateway *g, const otr_order_note *note)
{
    const otr_order_seen *seen;
    return otr_driver_order_look(g->driver, note, &seen);
}

/* One that takes the rule out of service: twice it would be refused. */
static otr_status order(gateway *g, const otr_order_note *note, uint64_t handle)
{
    otr_error error;
    size_t begin = otr_driver_order_begin(g->driver);
    otr_command command = {.id = note->order,
                           .kind = OTR_COMMAND_OUT_OF_SERVICE,
                           .rule = OTR_STR("Drop"),
                           .asset = OTR_STR("a1"),
                           .until = OTR_TIME_NONE};
    assert_int_equal(otr_driver_command(g->driver, &command, handle, &error), OTR_OK);
    return otr_driver_order_end(g->driver, begin, note, handle + 1, &error);
}

static void an_order_is_answered_once_it_is_committed_with_what_it_did(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    otr_order_note note = note_of(1, 1, 10);
    const otr_order_seen *seen = NULL;
    assert_int_equal(look(&g, &note), OTR_ORDER_IS_NEW);
    assert_int_equal(order(&g, &note, 7), OTR_OK);
    assert_int_equal(look(&g, &note), OTR_ORDER_WAITS);
    gateway_turn(&g, 0);
    assert_int_equal(g.command_count, 0);
    assert_non_null(g.commit);
    assert_int_equal(g.commit->order_count, 1);
    assert_int_equal(g.commit->input_count, 2);
    assert_true(otr_str_is(g.commit->orders[0].outcome, "ok") && g.commit->orders[0].taken);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(g.command_count, 2);
    assert_int_equal(g.commands[0].handle, 7);
    assert_int_equal(g.commands[1].handle, 8);
    assert_int_equal(otr_driver_order_look(g.driver, &note, &seen), OTR_ORDER_IS_DONE);
    assert_true(seen->command && seen->refusal == OTR_REFUSAL_ACCEPTED);
    gateway_close(&g);
}

static void a_counter_is_used_once_by_its_key_also_after_a_restart(void **state)
{
    (void)state;
    for (int spoilt = 0; spoilt < 2; spoilt++) { /* from the snapshot, from the journal */
        gateway g;
        gateway_open(&g);
        otr_order_note first = note_of(1, 1, 10);
        assert_int_equal(order(&g, &first, 7), OTR_OK);
        const otr_order_note same = note_of(1, 2, 10);
        const otr_order_note lower = note_of(1, 3, 9);
        const otr_order_note higher = note_of(1, 4, 11);
        const otr_order_note other_key = note_of(2, 5, 1);
        for (int step = 0; step < 3; step++) {
            assert_int_equal(look(&g, &same), OTR_ORDER_IS_REPLAYED);
            assert_int_equal(look(&g, &lower), OTR_ORDER_IS_REPLAYED);
            assert_int_equal(look(&g, &higher), OTR_ORDER_IS_NEW);
            assert_int_equal(look(&g, &other_key), OTR_ORDER_IS_NEW);
            if (step == 0)
                gateway_rest(&g);
            if (step == 1 && !spoilt) {
                otr_driver_stop(g.driver); /* with a snapshot */
                gateway_rest(&g);
                assert_true(otr_driver_stopped(g.driver));
            }
            if (step == 1)
                (spoilt ? gateway_spoil_snapshots : gateway_restart)(&g);
        }
        const otr_order_seen *seen;
        assert_int_equal(otr_driver_order_look(g.driver, &first, &seen), OTR_ORDER_IS_DONE);
        assert_true(seen->command);
        gateway_close(&g);
    }
}

static void a_commit_that_fails_loses_no_order_and_does_none_twice(void **state)
{
    static const gateway_end ends[] = {GATEWAY_FAILED, GATEWAY_FAILED_BUT_THERE};
    (void)state;
    for (int i = 0; i < 2; i++) {
        gateway g;
        gateway_open(&g);
        otr_order_note note = note_of(1, 1, 10);
        assert_int_equal(order(&g, &note, 7), OTR_OK);
        gateway_turn(&g, 0);
        assert_true(gateway_commit(&g, ends[i]));
        assert_int_equal(g.command_count, 0);
        for (int turns = 0; turns < 20; turns++) {
            gateway_turn(&g, OTR_SECOND);
            (void)gateway_commit(&g, GATEWAY_DONE);
        }
        assert_int_equal(g.command_count, 2);
        assert_int_equal(g.commands[0].result.refusal, OTR_REFUSAL_ACCEPTED);
        assert_int_equal(g.commands[1].result.refusal, OTR_REFUSAL_ACCEPTED);
        assert_int_equal(look(&g, &note), OTR_ORDER_IS_DONE);
        assert_int_equal(otr_driver_alarm_figures(g.driver).out_of_service, 1);
        gateway_close(&g);
    }
}

static void an_order_that_cannot_be_noted_does_nothing(void **state)
{
    gateway g;
    otr_error error;
    (void)state;
    gateway_open(&g);
    otr_order_note note = note_of(1, 1, 10);
    note.who = OTR_STR("\xff");
    assert_int_equal(order(&g, &note, 7), OTR_INVALID);
    gateway_rest(&g);
    assert_int_equal(g.command_count, 0);
    assert_int_equal(otr_driver_alarm_figures(g.driver).out_of_service, 0);
    note = note_of(1, 1, 0); /* a counter is never 0 */
    assert_int_equal(otr_driver_order_end(g.driver, 0, &note, 7, &error), OTR_INVALID);
    gateway_close(&g);
}

static void what_was_answered_in_words_is_answered_again(void **state)
{
    gateway g;
    otr_error error;
    const otr_order_seen *seen;
    (void)state;
    gateway_open(&g);
    otr_order_note told = note_of(1, 1, 10);
    otr_order_note asked = note_of(1, 2, 11);
    told.ok = true;
    told.answer = OTR_STR("{\"ok\":true}");
    size_t begin = otr_driver_order_begin(g.driver);
    assert_int_equal(otr_driver_order_end(g.driver, begin, &told, 7, &error), OTR_OK);
    begin = otr_driver_order_begin(g.driver);
    assert_int_equal(otr_driver_order_end(g.driver, begin, &asked, 8, &error), OTR_OK);
    for (int step = 0; step < 2; step++) {
        step == 0 ? gateway_rest(&g) : gateway_restart(&g);
        assert_int_equal(otr_driver_order_look(g.driver, &told, &seen), OTR_ORDER_IS_DONE);
        assert_true(otr_str_is(seen->answer, "{\"ok\":true}") && seen->ok && !seen->again && !seen->command);
        assert_int_equal(otr_driver_order_look(g.driver, &asked, &seen), OTR_ORDER_IS_DONE);
        assert_true(seen->again);
    }
    gateway_close(&g);
}

static void what_is_refused_uses_no_counter_and_floods_no_journal(void **state)
{
    gateway g;
    otr_error error;
    unsigned journaled = 0;
    (void)state;
    gateway_open(&g);
    g.mono = 0; /* a clock that begins with the process */
    otr_order_note refused = {.refused = OTR_STR("forged")};
    for (unsigned i = 0; i < 1000; i++)
        if (otr_driver_may_refuse(g.driver)) {
            assert_int_equal(otr_driver_order_refuse(g.driver, &refused, 100 + i, &error), OTR_OK);
            journaled++;
        }
    assert_int_equal(journaled, OTR_LIMIT_ORDERS_REFUSED_AT_ONCE);
    gateway_turn(&g, 0);
    assert_int_equal(g.commit->order_count, OTR_LIMIT_ORDERS_REFUSED_AT_ONCE);
    assert_false(g.commit->orders[0].taken);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, OTR_SECOND);
    assert_true(otr_driver_may_refuse(g.driver));
    assert_int_equal(otr_driver_order_refuse(g.driver, &refused, 9, &error), OTR_OK);
    gateway_turn(&g, 0);
    assert_int_equal(g.commit->orders[0].more, 990);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(otr_driver_counters(g.driver)->orders_refused, 1001);
    otr_order_note note = note_of(1, 1, 1);
    assert_int_equal(look(&g, &note), OTR_ORDER_IS_NEW);
    gateway_close(&g);
}

static void so_many_wait_for_a_commit_and_so_many_keys_are_remembered(void **state)
{
    gateway g;
    otr_error error;
    (void)state;
    gateway_open(&g);
    unsigned key = 0;
    otr_order_note note = note_of(1, 0, 1);
    for (; key < OTR_LIMIT_ORDER_KEYS; key++) {
        if (key % OTR_LIMIT_ORDERS_WAITING == 0)
            gateway_rest(&g);
        g.command_count = 0;
        note.key.bytes[1] = note.order.bytes[2] = (uint8_t)key;
        note.order.bytes[3] = 1;
        note.key.bytes[2] = 1;
        assert_int_equal(look(&g, &note), OTR_ORDER_IS_NEW);
        size_t begin = otr_driver_order_begin(g.driver);
        assert_int_equal(otr_driver_order_end(g.driver, begin, &note, key, &error), OTR_OK);
    }
    note.order.bytes[4] = 1; /* another order: too many wait */
    note.counter = 2;
    assert_int_equal(look(&g, &note), OTR_ORDER_HAS_NO_ROOM);
    g.command_count = 0;
    gateway_rest(&g);
    assert_int_equal(look(&g, &note), OTR_ORDER_IS_NEW);
    note.key.bytes[5] = 9; /* another key */
    assert_int_equal(look(&g, &note), OTR_ORDER_HAS_NO_ROOM);
    gateway_close(&g);
}

static void so_many_are_looked_at_in_a_second(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    unsigned looked = 0;
    for (unsigned i = 0; i < 10000; i++)
        looked += otr_driver_may_order(g.driver);
    assert_int_equal(looked, OTR_LIMIT_ORDERS_AT_ONCE);
    gateway_turn(&g, OTR_SECOND);
    for (looked = 0; otr_driver_may_order(g.driver); looked++)
        ;
    assert_int_equal(looked, OTR_LIMIT_ORDERS_PER_S);
    gateway_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_answered_once_it_is_committed_with_what_it_did),
        cmocka_unit_test(a_counter_is_used_once_by_its_key_also_after_a_restart),
        cmocka_unit_test(a_commit_that_fails_loses_no_order_and_does_none_twice),
        cmocka_unit_test(an_order_that_cannot_be_noted_does_nothing),
        cmocka_unit_test(what_was_answered_in_words_is_answered_again),
        cmocka_unit_test(what_is_refused_uses_no_counter_and_floods_no_journal),
        cmocka_unit_test(so_many_wait_for_a_commit_and_so_many_keys_are_remembered),
        cmocka_unit_test(so_many_are_looked_at_in_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
