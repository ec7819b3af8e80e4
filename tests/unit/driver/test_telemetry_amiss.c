/* driver/telemetry when something is amiss: another journal, a forgetting that was reported as failed, what
 * the link or the broker refuses, and a queue that is full. */
#include "base/limits.h"
#include "core/core.h"
#include "driver/internal.h"
#include "telemetry_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A core that knows a device and a metric by the numbers that d1 and shock have, and no value of it. */
static otr_core *other_core(otr_id incarnation, const char *device, const char *metric)
{
    otr_core_config config = {.group = OTR_STR("g"),
                              .gateway = OTR_STR("w"),
                              .incarnation = incarnation,
                              .next_seq = 1,
                              .next_outbox_seq = 1};
    otr_row_name names[] = {{OTR_NAME_DEVICE, 0, otr_str_of(device)},
                            {OTR_NAME_METRIC, 0, otr_str_of(metric)}};
    otr_core *core;
    assert_int_equal(otr_core_create(&config, &core), OTR_OK);
    assert_int_equal(otr_core_load_name(core, &names[0]), OTR_OK);
    assert_int_equal(otr_core_load_name(core, &names[1]), OTR_OK);
    assert_int_equal(otr_core_finish_load(core), OTR_OK);
    return core;
}

/* One value is told and another in the queue. */
static void begin_with_value(gateway *g)
{
    line_begin(g);
    line_connect(g);
    line_report(g, 1, 0.1);
    line.room = 0;
    line_report(g, 2, 0.2);
    line.room = -1;
    line.count = 0;
}

static void recovered(gateway *g, const otr_core *core, otr_id incarnation)
{
    assert_int_equal(otr_telemetry_recovered(line.telemetry, core, incarnation, 3, (otr_bytes){NULL, 0}),
                     OTR_OK);
    gateway_turn(g, OTR_SECOND);
}

static void assert_nothing_is_known(gateway *g)
{
    assert_int_equal(line.count, 1); /* births anew, at once */
    assert_string_equal(line.list[0].kind, "NBIRTH");
    line_lose();
    line.count = 0;
    line_connect(g);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.list[0].kind, "NBIRTH");
}

static void another_journal_s_devices_are_others(void **state)
{
    gateway g;
    otr_id incarnation = {{9, 9}};
    otr_core *core = other_core(incarnation, "stranger", "temperature");
    (void)state;
    begin_with_value(&g);
    recovered(&g, core, incarnation);
    assert_nothing_is_known(&g);
    line_finish(&g);
    otr_core_free(core);
}

/* As after a forgetting whose commit was there although it had failed. */
static void what_the_core_forgot_meanwhile_is_told_no_more(void **state)
{
    gateway g;
    (void)state;
    begin_with_value(&g);
    otr_core *core = other_core(g.driver->incarnation, "d1", "shock");
    recovered(&g, core, g.driver->incarnation);
    assert_nothing_is_known(&g);
    line_finish(&g);
    otr_core_free(core);
}

static void a_recovery_alone_begins_no_births(void **state)
{
    gateway g;
    (void)state;
    begin_with_value(&g);
    recovered(&g, g.driver->core, g.driver->incarnation);
    assert_int_equal(line.count, 1); /* what was in the queue */
    assert_string_equal(line.list[0].kind, "DDATA");
    line_lose();
    line.count = 0;
    line_connect(&g);
    assert_string_equal(line.list[1].kind, "DBIRTH");
    assert_int_equal(line.list[1].values, 1);
    line_finish(&g);
}

/* The broker is silent: what is told goes on until the window is full, and proofs are asked for so often. */
static void so_many_proofs_are_asked_for_at_once(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    line_prove(&g);
    for (int i = 2; i <= OTR_LIMIT_TELEMETRY_BARRIERS + 4; i++) {
        line_report(&g, i, i / 10.0);
        gateway_turn(&g, 6 * OTR_SECOND);
        assert_int_equal(line.token_count,
                         i - 1 < OTR_LIMIT_TELEMETRY_BARRIERS ? i - 1 : OTR_LIMIT_TELEMETRY_BARRIERS);
    }
    line_prove(&g); /* the first answer makes room for another one */
    gateway_turn(&g, 6 * OTR_SECOND);
    line_prove(&g);
    assert_int_equal(otr_telemetry_look(line.telemetry).backlog, 0);
    line_finish(&g);
}

static void after_a_refused_barrier_nothing_is_proven(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    line_prove(&g);
    for (int i = 2; i <= 4; i++)
        line_report(&g, i, i / 10.0);
    gateway_turn(&g, 6 * OTR_SECOND);
    assert_true(line.token_count > 0);
    for (size_t i = 0; i < line.token_count; i++)
        otr_telemetry_published(line.telemetry, line.tokens[i], OTR_INVALID);
    line.token_count = 0;
    line_report(&g, 5, 0.4); /* unchanged: no message, only what it covers */
    gateway_turn(&g, 40 * OTR_SECOND);
    line_report(&g, 6, 0.4);
    assert_true(otr_telemetry_look(line.telemetry).backlog >= 5);
    line_report(&g, 7, 0.9);
    line_prove(&g); /* another barrier says nothing of what was before the refused one */
    assert_true(otr_telemetry_look(line.telemetry).backlog >= 6);
    line_lose();
    size_t from = line.count;
    line_connect(&g);
    gateway_rest(&g);
    assert_int_equal(line_values_since(from, &historical), 4); /* those that differ */
    assert_int_equal(historical, 4);
    line_prove(&g);
    assert_int_equal(otr_telemetry_look(line.telemetry).backlog, 0);
    line_finish(&g);
}

static void without_its_birth_nothing_of_a_device_is_told(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line.refused = "/DBIRTH/";
    for (int i = 1; i <= 4; i++)
        line_report(&g, i, i / 10.0);
    assert_int_equal(line.count, 1); /* the node's birth */
    assert_int_equal(otr_telemetry_counted(line.telemetry)->refused, 1);
    assert_true(otr_telemetry_counted(line.telemetry)->withheld >= 3);
    line_lose();
    line_connect(&g);
    gateway_rest(&g);
    assert_int_equal(line.count, 2);
    assert_int_equal(otr_telemetry_counted(line.telemetry)->refused, 2);
    line_lose();
    line.refused = "/NBIRTH/";
    line_connect(&g);
    assert_true(line.left);
    assert_int_equal(line.count, 2);
    line_lose();
    line.refused = NULL;
    line_connect(&g);
    assert_string_equal(line.list[3].kind, "DBIRTH");
    line_finish(&g);
}

static void a_device_whose_next_birth_is_refused_dies(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    line.refused = "/DBIRTH/";
    size_t from = line.count;
    static const char more[] = "[{\"bn\":\"d1/\",\"n\":\"door\",\"vb\":true}]";
    assert_int_equal(gateway_upload(&g, "d1", 2, more, 2), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    gateway_rest(&g);
    line_report(&g, 3, 0.3);
    assert_int_equal(line.count, from + 1);
    assert_string_equal(line.list[from].kind, "DDEATH");
    assert_string_equal(line.list[from].device, "d1");
    line_finish(&g);
}

static void prove_all(gateway *g)
{
    for (int i = 0; i < 4 && otr_telemetry_look(line.telemetry).backlog > 0; i++)
        line_prove(g);
    assert_int_equal(otr_telemetry_look(line.telemetry).backlog, 0);
}

/* A node of a cluster that dies takes with it what it had acknowledged and not passed on. */
static void one_of_several_servers_proves_only_what_it_lives_on_after(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line.servers = 2;
    gateway_restart(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    prove_all(&g);
    line_report(&g, 2, 0.2);
    gateway_turn(&g, 6 * OTR_SECOND);
    assert_int_equal(line.token_count, 1);
    otr_telemetry_published(line.telemetry, line.tokens[0], OTR_OK);
    assert_true(otr_telemetry_look(line.telemetry).backlog > 0);
    size_t from = line.count;
    line_lose();
    line_connect(&g);
    gateway_turn(&g, OTR_SECOND);
    gateway_rest(&g);
    size_t again = 0;
    assert_true(line_values_since(from, &again) > 0);
    assert_true(again > 0);
    prove_all(&g);
    gateway_turn(&g, OTR_MINUTE); /* and then it is quiet */
    assert_int_equal(line.token_count, 0);
    from = line.count;
    line_lose();
    line_connect(&g);
    gateway_turn(&g, OTR_SECOND);
    gateway_rest(&g);
    assert_int_equal(line_values_since(from, &again), 0);
    line_finish(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_journal_s_devices_are_others),
        cmocka_unit_test(what_the_core_forgot_meanwhile_is_told_no_more),
        cmocka_unit_test(a_recovery_alone_begins_no_births),
        cmocka_unit_test(so_many_proofs_are_asked_for_at_once),
        cmocka_unit_test(after_a_refused_barrier_nothing_is_proven),
        cmocka_unit_test(one_of_several_servers_proves_only_what_it_lives_on_after),
        cmocka_unit_test(without_its_birth_nothing_of_a_device_is_told),
        cmocka_unit_test(a_device_whose_next_birth_is_refused_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
