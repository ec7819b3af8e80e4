/* How much is on the line unproven: what it carried in a second of late, on a line that carries so many bytes
 * a second and acknowledges what has come through; and nothing that an earlier line was. */
#include "telemetry_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { SLOW = 5000, FAST = 50000, READINGS = 400 };
#define TICK (20 * OTR_MS)

static gateway g;
static double carried; /* of line.sent */
static int bunched;    /* acknowledgements come together, every so many ticks */

/* Readings of d1, all different, that nobody hears yet. */
static void report_to_nobody(int uploads)
{
    for (int i = 0; i < uploads; i++) {
        otr_buffer text = {0};
        otr_buffer_add_format(&text, "[");
        for (int k = 0; k < READINGS; k++)
            otr_buffer_add_format(&text, "%s{\"n\":\"d1/temperature\",\"v\":%d.5,\"t\":%d}", k > 0 ? "," : "",
                                  i * READINGS + k, 1600000000 + i * READINGS + k);
        otr_buffer_add_format(&text, "]");
        otr_buffer_add_u8(&text, 0);
        assert_int_equal(gateway_upload(&g, "d1", i, (const char *)text.data, (uint64_t)i), OTR_OK);
        otr_buffer_done(&text);
        gateway_rest(&g);
        if (line.connected)
            line_lose();
    }
}

static void connect(void)
{
    carried = (double)line.sent; /* nothing of what comes now */
    line_connect(&g);
}

/* The line works for so long; the most that was unproven meanwhile. */
static size_t carry(int rate, otr_time span)
{
    size_t most = 0;
    for (otr_time passed = 0; passed < span; passed += TICK) {
        carried += (double)rate * (double)TICK / (double)OTR_SECOND;
        carried = carried < (double)line.sent ? carried : (double)line.sent;
        g.mono += TICK;
        size_t through = 0;
        bool comes = bunched == 0 || passed / TICK % bunched == 0;
        while (comes && through < line.token_count && (double)line.token_at[through] <= carried)
            otr_telemetry_published(line.telemetry, line.tokens[through++], OTR_OK);
        line.token_count -= through;
        memmove(line.tokens, line.tokens + through, line.token_count * sizeof *line.tokens);
        memmove(line.token_at, line.token_at + through, line.token_count * sizeof *line.token_at);
        gateway_turn(&g, 0);
        (void)gateway_commit(&g, GATEWAY_DONE);
        otr_telemetry_view view = otr_telemetry_look(line.telemetry);
        most = view.unproven > most ? view.unproven : most;
    }
    return most;
}

static void check_rate(int rate)
{
    double measured = otr_telemetry_look(line.telemetry).rate;
    if (measured < rate * 0.7 || measured > rate * 1.4)
        fail_msg("%.0f bytes a second are measured, of %d", measured, rate);
}

static int set_up(void **state)
{
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_prove(&g);
    line_lose();
    report_to_nobody(40);
    bunched = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    line_finish(&g);
    return 0;
}

static void the_window_follows_the_rate_up_and_down(void **state)
{
    (void)state;
    connect();
    assert_true(carry(SLOW, OTR_SECOND) <= SLOW);
    (void)carry(SLOW, 5 * OTR_SECOND);
    check_rate(SLOW);
    size_t before = line.count;
    assert_true(carry(SLOW, 5 * OTR_SECOND) <= SLOW);
    assert_true(line.count - before >= 5 * 2); /* messages, of which two fit a second */
    size_t most = carry(FAST, 2 * OTR_SECOND);
    check_rate(FAST);
    assert_in_range(most, FAST / 2, FAST);
    (void)carry(SLOW, 20 * OTR_SECOND); /* a second of the fast one takes ten */
    check_rate(SLOW);
    assert_true(carry(SLOW, 2 * OTR_SECOND) <= SLOW);
    assert_true(otr_telemetry_look(line.telemetry).backlog >
                0); /* there was something to tell all the time */
}

static void a_new_connection_does_not_rely_on_the_rate_of_the_last(void **state)
{
    (void)state;
    connect();
    (void)carry(FAST, 2 * OTR_SECOND);
    check_rate(FAST);
    line_lose();
    connect();
    assert_true(carry(SLOW, 3 * OTR_SECOND) <= SLOW);
    assert_true(otr_telemetry_look(line.telemetry).backlog > 0);
}

/* As mobile networks have it: nothing for half a second, and then all at once. */
static void acknowledgements_in_bunches_are_no_faster_line(void **state)
{
    (void)state;
    connect();
    bunched = (int)(OTR_SECOND / 2 / TICK);
    assert_true(carry(SLOW, 20 * OTR_SECOND) <= 2 * SLOW);
    check_rate(SLOW);
    assert_true(otr_telemetry_look(line.telemetry).backlog > 0);
}

/* An alarm is handed to the broker, which has not acknowledged it. */
static size_t raise_an_alarm(void)
{
    size_t from = g.published_count;
    assert_int_equal(gateway_send(&g, "d2", 1, 9.0, 1000), OTR_OK);
    gateway_turn(&g, TICK);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, 0);
    assert_true(g.published_count > from);
    return from;
}

static void nothing_is_told_while_an_alarm_is_on_the_line(void **state)
{
    (void)state;
    connect();
    otr_driver_link_up(g.driver, 20);
    (void)carry(FAST, 2 * OTR_SECOND);
    size_t from = raise_an_alarm();
    size_t before = line.count;
    (void)carry(FAST, OTR_SECOND);
    assert_int_equal(line.count, before);
    for (size_t i = from; i < g.published_count; i++)
        otr_driver_published(g.driver, g.published[i].token, OTR_OK);
    (void)carry(FAST, TICK);
    assert_true(line.count > before);
}

/* A status event, as views and figures of the day, is of the class that waits for all others. */
static void telemetry_goes_beside_what_is_bulk(void **state)
{
    (void)state;
    connect();
    otr_driver_link_up(g.driver, 20);
    (void)carry(FAST, 2 * OTR_SECOND);
    size_t from = g.published_count;
    otr_driver_report(g.driver, OTR_STR("reload"), OTR_STR("all is taken"));
    gateway_turn(&g, TICK);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, 0);
    assert_int_equal(g.published_count, from + 1);
    size_t before = line.count;
    (void)carry(FAST, OTR_SECOND);
    assert_true(line.count > before + 1);
    assert_int_equal(g.published_count, from + 1);
    (void)raise_an_alarm(); /* behind it on the line, and before telemetry all the same */
    before = line.count;
    (void)carry(FAST, OTR_SECOND);
    assert_int_equal(line.count, before);
}

static void a_broker_that_is_silent_holds_the_telemetry_up_for_two_seconds_once(void **state)
{
    (void)state;
    connect();
    otr_driver_link_up(g.driver, 20);
    (void)carry(FAST, 2 * OTR_SECOND);
    (void)raise_an_alarm();
    size_t before = line.count;
    (void)carry(FAST, 2 * OTR_SECOND - 2 * TICK);
    assert_int_equal(line.count, before);
    assert_in_range(otr_driver_wait(g.driver), 1, 2 * TICK); /* and it sleeps meanwhile */
    (void)carry(FAST, 3 * TICK);
    assert_true(line.count > before);
    before = line.count;
    assert_int_equal(gateway_send(&g, "d2", 2, 1.0, 1001), OTR_OK); /* it has cleared, which waits as well */
    (void)carry(FAST, OTR_SECOND);
    assert_true(line.count > before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_window_follows_the_rate_up_and_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_told_while_an_alarm_is_on_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(telemetry_goes_beside_what_is_bulk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broker_that_is_silent_holds_the_telemetry_up_for_two_seconds_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_connection_does_not_rely_on_the_rate_of_the_last, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(acknowledgements_in_bunches_are_no_faster_line, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
