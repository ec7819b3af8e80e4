/* Operators' commands through the driver: answered when they are committed and not before, once, and the same
 * after a commit that failed, that failed but is there, and after a restart. */
#include "gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static otr_status send_command(gateway *g, uint8_t id, otr_command_kind kind, otr_time span, uint64_t handle)
{
    otr_error error;
    otr_command command = {.id = {{id}},
                           .kind = kind,
                           .rule = OTR_STR("Drop"),
                           .asset = OTR_STR("a1"),
                           .until = OTR_TIME_NONE,
                           .span = span,
                           .who = OTR_STR("op")};
    return otr_driver_command(g->driver, &command, handle, &error);
}

static void an_answer_waits_for_the_commit(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    assert_int_equal(send_command(&g, 1, OTR_COMMAND_SHELVE, OTR_HOUR, 7), OTR_OK);
    gateway_turn(&g, 0);
    assert_int_equal(g.command_count, 0);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(g.command_count, 1);
    assert_int_equal(g.commands[0].handle, 7);
    assert_int_equal(g.commands[0].result.refusal, OTR_REFUSAL_ACCEPTED);
    gateway_close(&g);
}

static void a_refusal_is_an_answer_too_and_each_gets_its_own(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    assert_int_equal(send_command(&g, 1, OTR_COMMAND_ACKNOWLEDGE, 0, 7), OTR_OK);
    assert_int_equal(send_command(&g, 2, OTR_COMMAND_OUT_OF_SERVICE, 0, 8), OTR_OK);
    assert_int_equal(send_command(&g, 3, OTR_COMMAND_SHELVE, 0, 9), OTR_INVALID);
    gateway_rest(&g);
    assert_int_equal(g.command_count, 2);
    assert_int_equal(g.commands[0].handle, 7);
    assert_int_equal(g.commands[0].result.refusal, OTR_REFUSAL_NONE_STANDS);
    assert_int_equal(g.commands[1].handle, 8);
    assert_int_equal(g.commands[1].result.refusal, OTR_REFUSAL_ACCEPTED);
    gateway_close(&g);
}

static void a_command_survives_a_commit_that_fails(void **state)
{
    static const gateway_end ends[] = {GATEWAY_FAILED, GATEWAY_FAILED_BUT_THERE};
    (void)state;
    for (int i = 0; i < 2; i++) {
        gateway g;
        gateway_open(&g);
        assert_int_equal(send_command(&g, 1, OTR_COMMAND_OUT_OF_SERVICE, 0, 7), OTR_OK);
        gateway_turn(&g, 0);
        assert_true(gateway_commit(&g, ends[i]));
        assert_int_equal(g.command_count, 0);
        for (int turns = 0; turns < 20; turns++) {
            gateway_turn(&g, OTR_SECOND);
            (void)gateway_commit(&g, GATEWAY_DONE);
        }
        /* taken twice it would be refused: it is out of service already */
        assert_int_equal(g.command_count, 1);
        assert_int_equal(g.commands[0].handle, 7);
        assert_int_equal(g.commands[0].result.refusal, OTR_REFUSAL_ACCEPTED);
        assert_int_equal(otr_driver_alarm_figures(g.driver).out_of_service, 1);
        gateway_close(&g);
    }
}

static void a_command_sent_again_after_a_restart_is_answered_as_before(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    assert_int_equal(send_command(&g, 1, OTR_COMMAND_OUT_OF_SERVICE, 0, 7), OTR_OK);
    gateway_rest(&g);
    gateway_restart(&g);
    gateway_rest(&g);
    assert_int_equal(otr_driver_alarm_figures(g.driver).out_of_service, 1);
    assert_int_equal(send_command(&g, 1, OTR_COMMAND_OUT_OF_SERVICE, 0, 8), OTR_OK);
    assert_int_equal(send_command(&g, 2, OTR_COMMAND_OUT_OF_SERVICE, 0, 9), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.command_count, 3);
    assert_int_equal(g.commands[1].result.refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(g.commands[2].result.refusal, OTR_REFUSAL_OUT_OF_SERVICE);
    gateway_close(&g);
}

static void too_many_commands_are_pushed_back(void **state)
{
    gateway g;
    (void)state;
    gateway_open(&g);
    for (uint8_t i = 0; i < 64; i++)
        assert_int_equal(send_command(&g, (uint8_t)(i + 1), OTR_COMMAND_ACKNOWLEDGE, 0, i), OTR_OK);
    assert_int_equal(send_command(&g, 99, OTR_COMMAND_ACKNOWLEDGE, 0, 99), OTR_FULL);
    gateway_close(&g);
}

static void a_civil_time_that_comes_by_a_step_of_utc_wakes_the_driver(void **state)
{
    gateway g;
    otr_error error;
    (void)state;
    gateway_open(&g);
    otr_command command = {.id = {{1}},
                           .kind = OTR_COMMAND_SHELVE,
                           .rule = OTR_STR("Drop"),
                           .asset = OTR_STR("a1"),
                           .until = GATEWAY_UTC + OTR_DAY};
    assert_int_equal(otr_driver_command(g.driver, &command, 7, &error), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(otr_driver_alarm_figures(g.driver).shelved, 1);
    assert_true(otr_driver_wait(g.driver) > OTR_HOUR);
    g.utc_step = 2 * OTR_DAY;
    assert_true(otr_driver_wait(g.driver) == 0);
    gateway_rest(&g);
    assert_int_equal(otr_driver_alarm_figures(g.driver).shelved, 0);
    gateway_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_waits_for_the_commit),
        cmocka_unit_test(a_refusal_is_an_answer_too_and_each_gets_its_own),
        cmocka_unit_test(a_command_survives_a_commit_that_fails),
        cmocka_unit_test(a_command_sent_again_after_a_restart_is_answered_as_before),
        cmocka_unit_test(too_many_commands_are_pushed_back),
        cmocka_unit_test(a_civil_time_that_comes_by_a_step_of_utc_wakes_the_driver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
