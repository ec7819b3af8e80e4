/*
 * driver/telemetry with the real driver and store, and a link in the test's hands: what is told after which
 * commit, what a proof moves, and what is told again when it does not come.
 */
#include "base/limits.h"
#include "codec/sparkplug.h"
#include "telemetry_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void births_come_first_and_seq_counts(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.list[0].kind, "NBIRTH");
    assert_true(line.list[0].has_seq && line.list[0].seq == 0);
    assert_int_equal(line.list[0].bdseq, line.will_bdseq);
    for (int i = 1; i < 300; i++) {
        line_report(&g, i, i % 20 / 10.0);
        if (i % 20 == 0)
            line_prove(&g); /* or the window would be full */
    }
    assert_string_equal(line.list[1].kind, "DBIRTH");
    assert_string_equal(line.list[1].device, "d1");
    assert_string_equal(line.list[2].kind, "DDATA");
    assert_int_equal(line.count, 300);
    for (size_t i = 0; i < line.count; i++)
        assert_int_equal(line.list[i].seq, i % 256);
    line_finish(&g);
}

static void a_bdseq_is_durable_before_it_is_used(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    int64_t first = line.will_bdseq;
    line_lose();
    for (int i = 0; i < 20 && g.commit == NULL; i++)
        gateway_turn(&g, OTR_SECOND);
    assert_non_null(g.commit);
    assert_true(g.commit->uplink.size > 0);
    gateway_turn(&g, OTR_SECOND);
    assert_false(line.connected);
    assert_true(gateway_commit(&g, GATEWAY_FAILED_BUT_THERE));
    line_connect(&g);
    assert_int_equal(line.will_bdseq, first + 1);
    gateway_restart(&g); /* as after a power cut */
    line_connect(&g);
    assert_int_equal(line.will_bdseq, first + 2);
    line_finish(&g);
}

static void what_is_proven_is_not_told_again_and_the_rest_is(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    for (int i = 1; i <= 10; i++)
        line_report(&g, i, i / 10.0);
    line_prove(&g);
    for (int i = 11; i <= 15; i++)
        line_report(&g, i, i / 10.0);
    line_lose();
    size_t from = line.count;
    for (int i = 16; i <= 20; i++)
        line_report(&g, i, i / 10.0);
    if (!line.connected)
        gateway_rest(&g);
    line_connect(&g);
    gateway_rest(&g);
    assert_int_equal(line_values_since(from, &historical), 10); /* 11 to 20 */
    assert_int_equal(historical, 10);
    from = line.count;
    gateway_turn(&g, 20 * OTR_SECOND);
    gateway_rest(&g);
    gateway_restart(&g); /* nothing was proven since 10 */
    line_connect(&g);
    gateway_rest(&g);
    assert_int_equal(line_values_since(from, &historical), 10);
    line_prove(&g);
    gateway_turn(&g, 20 * OTR_SECOND);
    gateway_rest(&g);
    from = line.count;
    gateway_restart(&g);
    line_connect(&g);
    gateway_rest(&g);
    assert_int_equal(line_values_since(from, &historical), 0);
    line_finish(&g);
}

static void a_value_told_to_a_lost_connection_alone_is_told_again(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line.deadband = 0.5;
    gateway_restart(&g);
    line_connect(&g);
    line_report(&g, 1, 1.0); /* its birth */
    line_report(&g, 2, 2.0);
    size_t from = line.count;
    line_report(&g, 3, 2.3); /* within the deadband */
    line_report(&g, 4, 1.8);
    assert_int_equal(line.count, from);
    line_lose();
    from = line.count;
    line_connect(&g);
    gateway_rest(&g);
    /* of 1.0, 2.0, 2.3, 1.8 those that differ: two, though none differed from what the lost one had heard */
    assert_int_equal(line_values_since(from, &historical), 2);
    assert_int_equal(historical, 2);
    line_finish(&g);
}

/* A stranger's is not, but that of an assignment, or of a device with a key. */
static void a_device_beyond_all_names_of_strangers_is_told_as_any(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    gateway_name_strangers(&g, OTR_LIMIT_DEVICES);
    line_connect(&g);
    assert_int_equal(gateway_send(&g, "keyed", 1, 0.5, 1), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_send(&g, "keyed", 2, 0.7, 2), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(line.count, 3);
    assert_string_equal(line.list[1].kind, "DBIRTH");
    assert_string_equal(line.list[1].device, "keyed");
    assert_string_equal(line.list[2].kind, "DDATA");
    assert_string_equal(line.list[2].device, "keyed");
    line_lose();
    line_connect(&g);
    assert_string_equal(line.list[4].kind, "DBIRTH");
    assert_string_equal(line.list[4].device, "keyed");
    line_finish(&g);
}

static void another_deadband_counts_from_the_next_value_on(void **state)
{
    gateway g;
    otr_deadband wide = {OTR_STR("shock"), 0.5};
    const otr_telemetry_config tuned = {.deadbands = &wide, .deadband_count = 1};
    const otr_telemetry_config plain = {.deadband_count = 0};
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 1.0); /* its birth */
    size_t from = line.count;
    line_report(&g, 2, 1.2);
    assert_int_equal(line.count, from + 1);
    assert_int_equal(otr_telemetry_tune(line.telemetry, &tuned, NULL), OTR_OK);
    line_report(&g, 3, 1.4);
    assert_int_equal(line.count, from + 1);
    assert_int_equal(otr_telemetry_tune(line.telemetry, &plain, NULL), OTR_OK);
    line_report(&g, 4, 1.5);
    assert_int_equal(line.count, from + 2);
    line_finish(&g);
}

static void what_is_not_proven_stays_below_the_window(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_prove(&g);
    line_lose();
    for (int i = 1; i <= 3000; i++) {
        assert_int_equal(gateway_send(&g, "d1", i, i % 20 / 10.0, (uint64_t)i), OTR_OK);
        if (i % 500 == 0) {
            gateway_turn(&g, OTR_SECOND);
            while (gateway_commit(&g, GATEWAY_DONE))
                gateway_turn(&g, 0);
        }
        if (line.connected)
            line_lose();
    }
    line_connect(&g);
    for (int i = 0; i < 50; i++)
        gateway_turn(&g, OTR_MS);
    otr_telemetry_view view = otr_telemetry_look(line.telemetry);
    assert_true(view.unproven < (4 << 10) + 2 * OTR_LIMIT_TELEMETRY_BYTES);
    assert_true(view.backlog > 2000);
    for (int i = 0; i < 200 && view.backlog > 0; i++) {
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        gateway_turn(&g, OTR_SECOND);
        (void)gateway_commit(&g, GATEWAY_DONE);
        view = otr_telemetry_look(line.telemetry);
    }
    assert_int_equal(view.backlog, 0);
    line_finish(&g);
}

static void a_full_link_delays_and_loses_nothing(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    line.room = 0;
    size_t from = line.count;
    for (int i = 2; i <= 9; i++)
        line_report(&g, i, i / 10.0);
    assert_int_equal(line.count, from);
    line.room = 3;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line.count, from + 3);
    line.room = -1;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line_values_since(from, &historical), 8);
    assert_int_equal(historical, 0);
    for (size_t i = 1; i < line.count; i++)
        assert_int_equal(line.list[i].seq, (line.list[i - 1].seq + 1) % 256);
    line_finish(&g);
}

static const uint8_t rebirth[] = {0x12, 0x18, 0x0a, 20,  'N', 'o', 'd', 'e', ' ', 'C', 'o', 'n',  't',
                                  'r',  'o',  'l',  '/', 'R', 'e', 'b', 'i', 'r', 't', 'h', 0x70, 1};

static void hosts_may_ask_for_births_now_and_then(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    size_t from = line.count;
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/NCMD/w"), (otr_bytes){rebirth, sizeof rebirth},
                           true);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(line.count, from); /* the broker had retained it */
    for (int i = 0; i < 20; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/NCMD/w"),
                               (otr_bytes){rebirth, sizeof rebirth}, false);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(line.count, from + 2);
    assert_string_equal(line.list[from].kind, "NBIRTH");
    assert_int_equal(line.list[from].seq, 0);
    assert_int_equal(line.list[from].bdseq, line.will_bdseq);
    assert_string_equal(line.list[from + 1].kind, "DBIRTH");
    for (int i = 0; i < 20; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/NCMD/w"),
                               (otr_bytes){rebirth, sizeof rebirth}, false);
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line.count, from + 2);
    gateway_turn(&g, OTR_LIMIT_TELEMETRY_REBIRTH_S * OTR_SECOND);
    assert_int_equal(line.count, from + 4);
    gateway_turn(&g, 30 * OTR_SECOND);
    assert_int_equal(line.count, from + 4);
    line_finish(&g);
}

static void say_state(const char *text)
{
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/STATE/scada"),
                           (otr_bytes){(const uint8_t *)text, strlen(text)}, false);
}

static void without_its_host_it_goes_from_server_to_server(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line.host = "scada";
    line.servers = 2;
    gateway_restart(&g);
    line_connect(&g);
    assert_int_equal(line.server, 0);
    assert_int_equal(line.count, 0);
    say_state("{\"online\":false,\"timestamp\":50}");
    assert_true(line.left);
    line_lose();
    line_connect(&g);
    assert_int_equal(line.server, 1);
    say_state("{\"online\":true,\"timestamp\":40}"); /* another server: the first word counts */
    gateway_turn(&g, OTR_MS);
    assert_int_equal(line.count, 1);
    assert_string_equal(line.list[0].kind, "NBIRTH");
    say_state("{\"online\":false,\"timestamp\":39}");
    assert_false(line.left);
    assert_int_equal(line.count, 1); /* nor is its death told */
    say_state("{\"online\":false,\"timestamp\":40}");
    assert_string_equal(line.list[1].kind, "NDEATH");
    assert_false(line.left); /* until the death is with the broker */
    otr_telemetry_published(line.telemetry, UINT64_MAX, OTR_OK);
    assert_true(line.left);
    line_lose();
    line_connect(&g);
    assert_int_equal(line.server, 0);
    line_finish(&g);
}

static void a_host_sets_a_value_by_name_or_by_alias(void **state)
{
    gateway g;
    otr_buffer out = {0};
    otr_sparkplug_metric metric = {.name = OTR_STR("set_point"),
                                   .at = OTR_TIME_NONE,
                                   .type = OTR_SPARKPLUG_DOUBLE,
                                   .quality = OTR_SPARKPLUG_GOOD,
                                   .number = 3.5};
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.1);
    otr_sparkplug_begin(&out, OTR_SECOND);
    otr_sparkplug_add(&out, &metric);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out), false);
    assert_string_equal(line.set, "d1 set_point 3.5");
    otr_buffer_clear(&out);
    metric = (otr_sparkplug_metric){.has_alias = true,
                                    .alias = 1,
                                    .at = OTR_TIME_NONE,
                                    .type = OTR_SPARKPLUG_BOOLEAN,
                                    .quality = OTR_SPARKPLUG_GOOD,
                                    .flag = true};
    otr_sparkplug_add(&out, &metric);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out), false);
    assert_string_equal(line.set, "d1 shock true");
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out), true);
    assert_int_equal(line.sets, 2); /* the broker would bring it at every connect */
    for (int i = 0; i < 100; i++)
        otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/d1"), otr_buffer_bytes(&out), false);
    assert_int_equal(line.sets, OTR_LIMIT_TELEMETRY_SETS_PER_S);
    otr_telemetry_received(line.telemetry, OTR_STR("spBv1.0/g/DCMD/w/unknown"), otr_buffer_bytes(&out),
                           false);
    assert_int_equal(line.sets, OTR_LIMIT_TELEMETRY_SETS_PER_S); /* nobody was born with that alias */
    otr_buffer_done(&out);
    line_finish(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(births_come_first_and_seq_counts),
        cmocka_unit_test(a_bdseq_is_durable_before_it_is_used),
        cmocka_unit_test(what_is_proven_is_not_told_again_and_the_rest_is),
        cmocka_unit_test(a_value_told_to_a_lost_connection_alone_is_told_again),
        cmocka_unit_test(a_device_beyond_all_names_of_strangers_is_told_as_any),
        cmocka_unit_test(another_deadband_counts_from_the_next_value_on),
        cmocka_unit_test(what_is_not_proven_stays_below_the_window),
        cmocka_unit_test(a_full_link_delays_and_loses_nothing),
        cmocka_unit_test(hosts_may_ask_for_births_now_and_then),
        cmocka_unit_test(a_host_sets_a_value_by_name_or_by_alias),
        cmocka_unit_test(without_its_host_it_goes_from_server_to_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
