/* driver/telemetry and what comes late: more than the queue holds, the backlog of a device that is silent,
 * and what is dated in the future. */
#include "base/limits.h"
#include "driver/telemetry_inside.h"
#include "telemetry_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { READINGS = 60, LONG_AGO = -90000, DAY = 86400 };

static void commit_all(gateway *g)
{
    g->answer_count = 0;
    gateway_turn(g, OTR_MS);
    gateway_turn(g, OTR_SECOND); /* it lingers no longer */
    while (gateway_commit(g, GATEWAY_DONE))
        gateway_turn(g, 0);
}

/* So many readings of d1 in one upload, a second apart, all different from the one before. */
static void report_many(gateway *g, int number)
{
    char senml[READINGS * 48];
    size_t size = 0;
    for (int i = 0; i < READINGS; i++)
        size += (size_t)snprintf(senml + size, sizeof senml - size,
                                 "%s\"n\":\"shock\",\"u\":\"g\",\"v\":%.1f,\"t\":%lld}",
                                 i == 0 ? "[{\"bn\":\"d1/\"," : ",{", i % 20 / 10.0,
                                 (long long)(GATEWAY_UTC / OTR_SECOND + number + i));
    (void)snprintf(senml + size, sizeof senml - size, "]");
    assert_int_equal(gateway_upload(g, "d1", number, senml, (uint64_t)number), OTR_OK);
}

/* Of the values of a device that were told as they came, the last one since that message. */
static double last_live(const char *device, size_t from)
{
    double last = -1.0;
    for (size_t i = from; i < line.count; i++)
        if (strcmp(line.list[i].device, device) == 0 && line.list[i].historical == 0)
            last = line.list[i].last;
    return last;
}

static void prove_all(gateway *g)
{
    for (int i = 0; i < 2000 && otr_telemetry_look(line.telemetry).backlog > 0; i++) {
        gateway_turn(g, OTR_SECOND);
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        (void)gateway_commit(g, GATEWAY_DONE);
    }
    assert_int_equal(otr_telemetry_look(line.telemetry).backlog, 0);
}

static void the_newest_is_told_as_it_is_though_the_queue_was_full(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO - 1, 0.1);
    assert_int_equal(gateway_send(&g, "d2", LONG_AGO - 1, 0.1, 1), OTR_OK);
    commit_all(&g);
    line.room = 0; /* the line stands still until the queue is full */
    const int reports = OTR_LIMIT_TELEMETRY_QUEUE / READINGS / 15;
    for (int i = 0; i < reports; i++) {
        report_many(&g, LONG_AGO + i * READINGS);
        commit_all(&g);
    }
    assert_int_equal(gateway_send(&g, "d1", -20, 2.7, 1), OTR_OK);
    assert_int_equal(gateway_send(&g, "d2", -10, 2.3, 1), OTR_OK);
    commit_all(&g);
    assert_true(otr_telemetry_counted(line.telemetry)->values < (uint64_t)(reports * READINGS));
    line.room = -1;
    size_t from = line.count;
    prove_all(&g);
    assert_true(last_live("d1", from) > 2.6);
    assert_true(last_live("d2", from) > 2.2);
    from = line.count;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(line.count, from); /* once */
    line_finish(&g);
}

/* The values between wait in the journal alone: the host does not know that it is as before again. */
static void what_is_as_it_was_is_told_again_when_something_else_waits(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO - 1, 0.1);
    line.room = 0;
    const otr_telemetry_counters *counters = otr_telemetry_counted(line.telemetry);
    for (int i = 0; line.telemetry->live.bytes < OTR_LIMIT_TELEMETRY_QUEUE; i++) {
        report_many(&g, LONG_AGO + i * READINGS);
        commit_all(&g);
    }
    assert_int_equal(gateway_send(&g, "d1", -30, 2.7, 1), OTR_OK);
    commit_all(&g);
    line.room = 40;
    for (int i = 0; line.room > 0; i++) {
        assert_true(i < 100);
        gateway_turn(&g, OTR_SECOND);
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    uint64_t unchanged = counters->unchanged;
    uint64_t values = counters->values;
    assert_int_equal(gateway_send(&g, "d1", -20, (READINGS - 1) % 20 / 10.0, 1), OTR_OK);
    commit_all(&g);
    assert_int_equal(counters->unchanged, unchanged);
    assert_int_equal(counters->values, values + 1);
    line_finish(&g);
}

/* Newest first, and some of it as it was later: all that says something new is told. */
static void a_backlog_out_of_order_is_whole(void **state)
{
    static const struct {
        int at;
        double shock;
    } reports[] = {{3, 0.6}, {2, 0.5}, {1, 0.5}, {4, 0.5}, {5, 0.5}};
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO, 0.4);
    line_prove(&g);
    line_lose();
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        line_report(&g, LONG_AGO + reports[i].at, reports[i].shock);
    line_report(&g, LONG_AGO + 9, 0.4);
    size_t from = line.count;
    line_connect(&g);
    prove_all(&g);
    assert_int_equal(line_values_since(from, &historical), 5); /* the one of 5 s is as that of 4 s */
    assert_int_equal(historical, 5);
    line_finish(&g);
}

/* The queue of the backlog holds a part of it at most, and one upload. */
static void assert_part(void)
{
    assert_true(line.telemetry->past.bytes <= OTR_LIMIT_TELEMETRY_PART + READINGS * 32);
}

static void a_large_commit_is_told_in_parts_and_goes_on_within_it(void **state)
{
    enum { UPLOADS = 1200 };
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO - 1, 0.5);
    line_prove(&g);
    line_lose();
    for (int i = 0; i < UPLOADS; i++)
        report_many(&g, LONG_AGO + i * READINGS);
    commit_all(&g);
    line_connect(&g);
    for (int i = 0; otr_telemetry_look(line.telemetry).backlog > UPLOADS / 2; i++) {
        assert_true(i < 2000);
        line.room = 20;
        gateway_turn(&g, OTR_SECOND);
        assert_part();
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    uint64_t left = otr_telemetry_look(line.telemetry).backlog;
    assert_true(left > 0);
    line.room = -1;
    line_lose();
    gateway_turn(&g, 20 * OTR_SECOND);
    gateway_rest(&g); /* the cursor is kept within the commit's row */
    gateway_restart(&g);
    size_t from = line.count;
    line_connect(&g);
    prove_all(&g);
    size_t again = line_values_since(from, &historical);
    assert_true(again >= (left - 3) * READINGS && again <= (left + 3) * READINGS);
    line_finish(&g);
}

static size_t count_of(const char *kind, const char *device, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < line.count; i++)
        count += strcmp(line.list[i].kind, kind) == 0 && strcmp(line.list[i].device, device) == 0;
    return count;
}

static void a_silent_device_is_born_once_for_its_backlog_and_dies_after_it(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line.device_timeout = OTR_MINUTE;
    gateway_restart(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO - 1, 0.1);
    line_lose();
    for (int i = 0; i < 30; i++) {
        report_many(&g, LONG_AGO + i * READINGS);
        commit_all(&g);
        if (line.connected)
            line_lose();
    }
    g.mono += OTR_HOUR; /* it says no more */
    size_t from = line.count;
    line_connect(&g);
    line.room = 0;
    for (int i = 0; i < 60; i++) { /* a slow line: ten minutes */
        line.room = 2;
        gateway_turn(&g, 10 * OTR_SECOND);
        for (size_t t = 0; t < line.token_count; t++)
            otr_telemetry_published(line.telemetry, line.tokens[t], OTR_OK);
        line.token_count = 0;
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    assert_int_equal(otr_telemetry_look(line.telemetry).backlog, 0);
    assert_true(line_values_since(from, &historical) >= 30 * READINGS - 20);
    assert_int_equal(count_of("DBIRTH", "d1", from), 1);
    assert_int_equal(count_of("DDEATH", "d1", from), 1);
    assert_string_equal(line.list[line.count - 1].kind, "DDEATH");
    assert_true(line.list[from + 1].stale);
    line.room = -1;
    from = line.count;
    line_report(&g, 3600, 1.5); /* it is back */
    assert_int_equal(count_of("DBIRTH", "d1", from), 1);
    assert_false(line.list[from].stale);
    line_finish(&g);
}

static void a_device_back_during_its_backlog_is_born_as_it_is(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line.device_timeout = OTR_MINUTE;
    gateway_restart(&g);
    line_connect(&g);
    line_report(&g, LONG_AGO - 1, 0.1);
    line_lose();
    for (int i = 0; i < 10; i++) {
        report_many(&g, LONG_AGO + i * READINGS);
        commit_all(&g);
    }
    g.mono += OTR_HOUR;
    size_t from = line.count;
    line_connect(&g);
    line.room = 0;
    gateway_turn(&g, OTR_SECOND);
    assert_true(line.list[from + 1].stale);
    line.room = -1;
    line_report(&g, 3600, 1.5);
    prove_all(&g);
    assert_int_equal(count_of("DBIRTH", "d1", from), 2);
    gateway_turn(&g, 20 * OTR_SECOND);
    assert_int_equal(count_of("DDEATH", "d1", from), 0);
    line_finish(&g);
}

/* One value of d1. */
static void report_level(gateway *g, int number, const char *value)
{
    char senml[160];
    (void)snprintf(senml, sizeof senml, "[{\"bn\":\"d1/\",\"n\":\"level\",%s,\"t\":%lld}]", value,
                   (long long)(GATEWAY_UTC / OTR_SECOND + number));
    assert_int_equal(gateway_upload(g, "d1", number, senml, (uint64_t)number), OTR_OK);
    gateway_turn(g, OTR_SECOND);
    gateway_rest(g);
}

static void what_is_dated_in_the_future_is_told_whatever_its_kind(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    report_level(&g, 1, "\"v\":3");
    size_t from = line.count;
    report_level(&g, 10 * DAY, "\"vb\":true"); /* a number so far */
    assert_int_equal(count_of("DBIRTH", "d1", from), 1);
    assert_int_equal(line_values_since(from, &historical), 1);
    assert_int_equal(historical, 1);
    from = line.count;
    report_level(&g, 2, "\"v\":4"); /* what is dated well takes the place, told as it came */
    assert_int_equal(count_of("DBIRTH", "d1", from), 1);
    report_level(&g, 3, "\"v\":5");
    assert_true(last_live("d1", from) > 4.9);
    from = line.count;
    report_level(&g, 11 * DAY, "\"v\":6");
    report_level(&g, 4, "\"v\":7");
    assert_int_equal(count_of("DBIRTH", "d1", from), 0);
    assert_int_equal(line_values_since(from, &historical), 2);
    assert_int_equal(historical, 1);
    assert_int_equal(otr_telemetry_counted(line.telemetry)->misfits, 0);
    line_finish(&g);
}

static void of_a_metric_nothing_but_a_future_may_be_known(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    report_level(&g, 10 * DAY, "\"v\":3");
    assert_int_equal(count_of("DBIRTH", "d1", 0), 1);
    assert_int_equal(line_values_since(0, &historical), 1);
    assert_int_equal(historical, 1);
    report_level(&g, 1, "\"v\":4");
    assert_true(last_live("d1", 0) > 3.9);
    line_finish(&g);
}

/* What a birth says may be older than what hosts were told last: it holds for no later time. */
static void after_a_birth_the_next_value_is_told_as_before_or_not(void **state)
{
    gateway g;
    size_t historical;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_report(&g, 1, 0.5);
    line_prove(&g);
    gateway_rest(&g);
    line_lose();
    line_connect(&g);
    size_t from = line.count;
    line_report(&g, 2, 0.5);
    assert_int_equal(line_values_since(from, &historical), 1);
    assert_int_equal(historical, 0);
    line_report(&g, 3, 0.5);
    assert_int_equal(line_values_since(from, &historical), 1);
    line_finish(&g);
}

/* A device without a clock, and a gateway that does not know the time yet. */
static void what_comes_before_the_clock_is_known_is_dated_when_it_is(void **state)
{
    gateway g;
    (void)state;
    line_begin(&g);
    line_connect(&g);
    line_lose();
    g.unsynced = true;
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(
        gateway_upload(&g, "d1", 1, "[{\"bn\":\"d1/\",\"n\":\"shock\",\"u\":\"g\",\"v\":1.5}]", 1), OTR_OK);
    otr_time then = GATEWAY_UTC + g.mono;
    gateway_rest(&g);
    assert_false(line.connected);
    g.unsynced = false;
    size_t from = line.count;
    line_connect(&g);
    assert_int_equal(count_of("DBIRTH", "d1", from), 1);
    otr_time dated = line.list[from + 1].dated;
    assert_true(dated >= then && dated <= then + 2 * OTR_SECOND); /* it is taken at the next turn */
    line_finish(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_is_told_as_it_is_though_the_queue_was_full),
        cmocka_unit_test(what_is_as_it_was_is_told_again_when_something_else_waits),
        cmocka_unit_test(a_backlog_out_of_order_is_whole),
        cmocka_unit_test(a_large_commit_is_told_in_parts_and_goes_on_within_it),
        cmocka_unit_test(a_silent_device_is_born_once_for_its_backlog_and_dies_after_it),
        cmocka_unit_test(a_device_back_during_its_backlog_is_born_as_it_is),
        cmocka_unit_test(what_is_dated_in_the_future_is_told_whatever_its_kind),
        cmocka_unit_test(of_a_metric_nothing_but_a_future_may_be_known),
        cmocka_unit_test(after_a_birth_the_next_value_is_told_as_before_or_not),
        cmocka_unit_test(what_comes_before_the_clock_is_known_is_dated_when_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
