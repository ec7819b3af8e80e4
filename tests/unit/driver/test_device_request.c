/* Devices that fetch and confirm commands: answered when it is committed and not before, pushed back when a
 * commit fails, hinted to with the answer to an upload, and the same after a restart. */
#include "gateway.h"

#include "base/limits.h"
#include "codec/readings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char pack[] =
    "pack: test\nversion: 2\nrules:\n  - alert: Drop\n    expr: shock > 3.0\n"
    "    notify: {to: staff, message: drop, on: [raised]}\n"
    "    do: {command: lock, value: true, at_most: 3 per 1d, wait: 10m, shadow: false}\n"
    "messages:\n  drop:\n    en:\n      raised: dropped\n";
static const char assignments[] = "version: 1\nprofiles: {box: {commands: {lock: {kind: bool}}}}\n"
                                  "assets:\n  - {asset: a1, class: x, devices: [d1], profile: box}\n";

static gateway g;

static int set_up(void **state)
{
    (void)state;
    gateway_open(&g);
    gateway_activate(&g, pack, assignments);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gateway_close(&g);
    return 0;
}

static otr_status fetch(uint64_t handle)
{
    otr_error error;
    otr_device_request request = {.device = OTR_STR("d1"), .format = OTR_FORMAT_SENML_JSON, .handle = handle};
    return otr_driver_fetch(g.driver, &request, &error);
}

static otr_status confirm(const char *device, const char *id, uint64_t handle)
{
    otr_error error;
    otr_device_request request = {.device = otr_str_of(device), .done = otr_str_of(id), .handle = handle};
    return otr_driver_confirm(g.driver, &request, &error);
}

/* An alarm whose command waits. */
static void drop(void)
{
    assert_int_equal(gateway_send(&g, "d1", (int)(g.mono / OTR_SECOND), 4, 10), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(otr_driver_open_commands(g.driver), 1);
}

/* The id in what was delivered last. */
static const char *delivered_id(void)
{
    static char id[33];
    const char *at = strstr(g.delivered.text, "\"id\":\"");
    assert_non_null(at);
    (void)snprintf(id, sizeof id, "%.32s", at + 6);
    return id;
}

static void a_device_without_commands_is_answered_at_once_and_leaves_no_trace(void **state)
{
    (void)state;
    uint64_t commits = otr_driver_counters(g.driver)->commits;
    assert_int_equal(fetch(5), OTR_OK);
    assert_int_equal(g.deliveries, 1);
    assert_int_equal(g.delivered.handle, 5);
    assert_string_equal(g.delivered.text, "[]");
    gateway_rest(&g);
    assert_int_equal(otr_driver_counters(g.driver)->commits, commits);
}

static void the_answer_to_an_upload_says_that_commands_wait(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 9), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 9, OTR_ANSWER_KEPT), 1);
    drop();
    assert_int_equal(gateway_answered(&g, 10, OTR_ANSWER_KEPT_MORE), 1); /* the upload that raised it */
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 11), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 11, OTR_ANSWER_KEPT), 1); /* another device */
}

static void commands_are_delivered_when_it_is_committed_and_not_before(void **state)
{
    (void)state;
    drop();
    assert_int_equal(fetch(20), OTR_OK);
    gateway_turn(&g, 0);
    assert_non_null(g.commit);
    assert_int_equal(g.deliveries, 0);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(g.deliveries, 1);
    assert_int_equal(g.delivered.handle, 20);
    assert_int_equal(g.delivered.format, OTR_FORMAT_SENML_JSON);
    assert_non_null(strstr(g.delivered.text, "\"bn\":\"d1/\",\"n\":\"lock\",\"vb\":true"));
}

static void a_confirmation_is_answered_when_it_is_committed(void **state)
{
    (void)state;
    drop();
    assert_int_equal(fetch(20), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(confirm("d1", delivered_id(), 21), OTR_OK);
    gateway_turn(&g, 0);
    assert_int_equal(gateway_answered(&g, 21, OTR_ANSWER_KEPT), 0);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(gateway_answered(&g, 21, OTR_ANSWER_KEPT), 1);
    assert_int_equal(otr_driver_counters(g.driver)->commands_done, 1);
    /* said again, it is as before */
    assert_int_equal(confirm("d1", delivered_id(), 22), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 22, OTR_ANSWER_KEPT), 1);
    assert_int_equal(otr_driver_counters(g.driver)->commands_done, 1);
}

static void what_no_device_was_given_it_cannot_confirm(void **state)
{
    (void)state;
    drop();
    assert_int_equal(confirm("d1", "00000000000000000000000000000000", 21), OTR_NOT_FOUND);
    assert_int_equal(confirm("d1", "0", 21), OTR_INVALID);
    assert_int_equal(fetch(20), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(confirm("d2", delivered_id(), 21), OTR_NOT_FOUND);
    assert_int_equal(confirm("d9", delivered_id(), 21), OTR_NOT_FOUND);
}

static void a_commit_that_fails_pushes_back_and_gives_the_command_again(void **state)
{
    (void)state;
    drop();
    assert_int_equal(fetch(20), OTR_OK);
    gateway_turn(&g, 0);
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    assert_int_equal(gateway_answered(&g, 20, OTR_ANSWER_FULL), 1);
    assert_int_equal(g.deliveries, 0);
    gateway_rest(&g);
    assert_int_equal(fetch(21), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.deliveries, 1);
    assert_non_null(strstr(g.delivered.text, "\"lock\""));
}

static void after_a_restart_the_same_command_is_there(void **state)
{
    (void)state;
    drop();
    assert_int_equal(fetch(20), OTR_OK);
    gateway_rest(&g);
    char before[sizeof g.delivered.text];
    memcpy(before, g.delivered.text, sizeof before);
    gateway_restart(&g); /* without a stop: no snapshot has the alarm */
    assert_int_equal(fetch(21), OTR_OK);
    gateway_rest(&g);
    assert_string_equal(g.delivered.text, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_device_without_commands_is_answered_at_once_and_leaves_no_trace,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_answer_to_an_upload_says_that_commands_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(commands_are_delivered_when_it_is_committed_and_not_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_confirmation_is_answered_when_it_is_committed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_device_was_given_it_cannot_confirm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_commit_that_fails_pushes_back_and_gives_the_command_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(after_a_restart_the_same_command_is_there, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
