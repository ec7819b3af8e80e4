/* tools/outrider/replay_spans, _pairs and _tally: figures against what is counted by hand or by sorting. */
#include "tools/outrider/replay/replay_tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define AT(minutes) ((minutes)*OTR_MINUTE)

static int ascending(const void *a, const void *b)
{
    const otr_time *left = a;
    const otr_time *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void the_median_of_many_spans_is_right_within_2_percent(void **state)
{
    (void)state;
    static otr_time sorted[5000];
    static otr_replay_spans spans;
    uint64_t random = 99;
    for (size_t count = 1; count <= 5000; count += count < 40 ? 1 : 331) {
        otr_time total = 0;
        spans = (otr_replay_spans){0};
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            sorted[i] = (otr_time)exp2((double)(random >> 40) / (1 << 24) * 45); /* to over a year */
            otr_replay_spans_add(&spans, sorted[i]);
            total += sorted[i];
        }
        qsort(sorted, count, sizeof *sorted, ascending);
        size_t middle = (count - 1) / 2;
        double exact = (double)sorted[middle];
        double median = (double)otr_replay_spans_median(&spans);
        if (fabs(median - exact) > exact * 0.02 + 1)
            fail_msg("of %zu: %f instead of %f", count, median, exact);
        assert_true(spans.total == total && spans.longest == sorted[count - 1] &&
                    spans.shortest == sorted[0]);
    }
}

static void one_span_and_none_are_exact(void **state)
{
    (void)state;
    static otr_replay_spans spans;
    assert_int_equal(otr_replay_spans_median(&spans), 0);
    otr_replay_spans_add(&spans, 1234567891);
    assert_int_equal(otr_replay_spans_median(&spans), 1234567891);
    spans = (otr_replay_spans){0};
    otr_replay_spans_add(&spans, -5);
    assert_int_equal(otr_replay_spans_median(&spans), 0);
    otr_replay_spans_add(&spans, INT64_MAX);
    otr_replay_spans_add(&spans, INT64_MAX);
    assert_true(spans.total == OTR_TIME_NEVER);
}

static void alarms_meet_when_their_times_do(void **state)
{
    (void)state;
    static otr_replay_pairs pairs;
    static const struct {
        otr_time here[2], there[2]; /* onset, end in minutes */
        bool met;
    } rows[] = {
        {{0, 10}, {0, 10}, true},   {{0, 10}, {5, 15}, true},   {{5, 15}, {0, 10}, true},
        {{0, 20}, {5, 6}, true},    {{5, 6}, {0, 20}, true},    {{0, 10}, {10, 12}, true},
        {{0, 10}, {11, 12}, false}, {{11, 12}, {0, 10}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const otr_time *both[2] = {rows[i].here, rows[i].there};
        for (otr_time minute = 0; minute <= 30; minute++)
            for (unsigned side = 0; side < 2; side++) {
                if (both[side][0] == minute)
                    otr_replay_pairs_begin(&pairs, side, OTR_STR("R"), OTR_STR("a"), AT(minute));
                if (both[side][1] == minute)
                    otr_replay_pairs_end(&pairs, side, OTR_STR("R"), OTR_STR("a"), AT(both[side][0]),
                                         AT(both[side][0]), AT(minute));
            }
        otr_replay_pairs_finish(&pairs);
        assert_int_equal(pairs.both[0], rows[i].met);
        assert_int_equal(pairs.both[1], rows[i].met);
        assert_int_equal(pairs.only[0], !rows[i].met);
        assert_int_equal(pairs.only[1], !rows[i].met);
        otr_replay_pairs_done(&pairs);
    }
}

static void other_assets_and_rules_do_not_meet(void **state)
{
    (void)state;
    otr_replay_pairs pairs = {0};
    otr_replay_pairs_begin(&pairs, 0, OTR_STR("R"), OTR_STR("a"), 0);
    otr_replay_pairs_begin(&pairs, 1, OTR_STR("R"), OTR_STR("b"), 0);
    otr_replay_pairs_begin(&pairs, 1, OTR_STR("S"), OTR_STR("a"), 0);
    otr_replay_pairs_end(&pairs, 0, OTR_STR("R"), OTR_STR("a"), 0, 0, AT(1));
    otr_replay_pairs_end(&pairs, 1, OTR_STR("R"), OTR_STR("b"), 0, 0, AT(1));
    otr_replay_pairs_end(&pairs, 1, OTR_STR("S"), OTR_STR("a"), 0, 0, AT(1));
    otr_replay_pairs_finish(&pairs);
    assert_int_equal(pairs.only[0], 1);
    assert_int_equal(pairs.only[1], 2);
    assert_int_equal(pairs.single_count[1], 2);
    assert_true(otr_str_is(otr_names_get(&pairs.names, pairs.singles[0][0].name), "R a"));
    otr_replay_pairs_done(&pairs);
}

static void many_alarms_are_counted_and_the_first_are_kept(void **state)
{
    (void)state;
    otr_replay_pairs pairs = {0};
    for (otr_time i = 0; i < 1000; i++) {
        otr_replay_pairs_begin(&pairs, 0, OTR_STR("R"), OTR_STR("a"), AT(10 * i));
        otr_replay_pairs_end(&pairs, 0, OTR_STR("R"), OTR_STR("a"), AT(10 * i), AT(10 * i), AT(10 * i + 5));
        if (i % 2 != 0)
            continue;
        otr_replay_pairs_begin(&pairs, 1, OTR_STR("R"), OTR_STR("a"), AT(10 * i + 1));
        otr_replay_pairs_end(&pairs, 1, OTR_STR("R"), OTR_STR("a"), AT(10 * i + 1), AT(10 * i + 1),
                             AT(10 * i + 6));
    }
    otr_replay_pairs_finish(&pairs);
    assert_int_equal(pairs.both[0], 500);
    assert_int_equal(pairs.both[1], 500);
    assert_int_equal(pairs.only[0], 500);
    assert_int_equal(pairs.only[1], 0);
    assert_int_equal(pairs.single_count[0], OTR_REPLAY_SHOWN);
    assert_int_equal(pairs.singles[0][1].onset, AT(30));
    otr_replay_pairs_done(&pairs);
}

static otr_service_event alarm_event(uint8_t id, const char *rule, const char *asset, otr_time onset,
                                     otr_time ended)
{
    return (otr_service_event){.kind = OTR_SERVICE_ALARM,
                               .what = ended == OTR_TIME_NONE ? OTR_STR("raised") : OTR_STR("cleared"),
                               .entity = {{id}},
                               .revision = ended == OTR_TIME_NONE ? 1 : 2,
                               .decided = ended == OTR_TIME_NONE ? onset + AT(1) : ended,
                               .onset = onset,
                               .raised = onset + AT(1),
                               .ended = ended,
                               .pack = OTR_STR("p"),
                               .rule = otr_str_of(rule),
                               .priority = OTR_STR("high"),
                               .asset = otr_str_of(asset),
                               .coverage_percent = ended == OTR_TIME_NONE ? 100 : 50};
}

static void tell(otr_replay_tally *tally, otr_service_event event)
{
    otr_replay_tally_event(tally, &event);
}

static void a_tally_counts_spans_coverage_and_who_was_told(void **state)
{
    (void)state;
    otr_replay_tally tally;
    otr_replay_tally_init(&tally, 0, AT(960));
    otr_replay_tally_rule(&tally, OTR_STR("p"), OTR_STR("Quiet"));
    tell(&tally, alarm_event(1, "R", "a", AT(0), OTR_TIME_NONE));
    tell(&tally, alarm_event(2, "R", "b", AT(5), OTR_TIME_NONE));
    tell(&tally, alarm_event(1, "R", "a", AT(0), AT(10)));
    otr_service_event retraction = alarm_event(1, "R", "a", AT(0), AT(10));
    retraction.what = OTR_STR("retracted");
    tell(&tally, retraction);
    tell(&tally, alarm_event(3, "R", "a", AT(100), OTR_TIME_NONE));
    tell(&tally, alarm_event(3, "R", "a", AT(100), AT(101))); /* over when it was known */
    for (otr_time i = 0; i < 3; i++)
        tell(&tally, (otr_service_event){.kind = OTR_SERVICE_NOTIFICATION,
                                         .pack = OTR_STR("p"),
                                         .rule = OTR_STR("R"),
                                         .to = i == 0 ? OTR_STR("c1") : OTR_STR("c2"),
                                         .decided = i * 13 * OTR_HOUR});
    tell(&tally, (otr_service_event){.kind = OTR_SERVICE_TICKET,
                                     .what = OTR_STR("opened"),
                                     .pack = OTR_STR("p"),
                                     .rule = OTR_STR("R")});
    tell(&tally, (otr_service_event){.kind = OTR_SERVICE_TICKET, .what = OTR_STR("updated")});
    otr_replay_tally_finish(&tally, AT(960));
    assert_false(tally.failed);
    assert_int_equal(tally.rule_names.count, 2);
    const otr_replay_rule *rule = &tally.rules[1];
    assert_true(otr_str_is(rule->pack, "p") && otr_str_is(rule->name, "R"));
    assert_int_equal(tally.rules[0].spans.count, 0);
    assert_int_equal(rule->spans.count, 3);
    assert_int_equal(rule->spans.total, AT(10 + 955 + 1));
    assert_int_equal(rule->spans.longest, AT(955));
    assert_int_equal(rule->open, 1);
    assert_int_equal(rule->historical, 1);
    assert_int_equal(rule->retracted, 1);
    assert_true(rule->covered_us == (double)AT(5) + (double)AT(955) + (double)AT(1) / 2);
    assert_int_equal(rule->notices, 3);
    assert_int_equal(tally.customers.count, 2);
    assert_int_equal(tally.day_notices_max, 2);
    assert_int_equal(tally.tickets, 1);
    otr_replay_tally_done(&tally);
}

static void late_readings_move_an_onset_and_tell_history(void **state)
{
    (void)state;
    static otr_replay_pairs pairs;
    otr_replay_tally tally;
    otr_replay_tally_init(&tally, 0, AT(960));
    tally.pairs = &pairs;
    tell(&tally, alarm_event(1, "R", "a", AT(10), OTR_TIME_NONE));
    otr_service_event corrected = alarm_event(1, "R", "a", AT(4), OTR_TIME_NONE);
    corrected.what = OTR_STR("corrected");
    corrected.revision = 2;
    tell(&tally, corrected);
    otr_service_event history = alarm_event(2, "R", "a", AT(1), AT(2)); /* while the first is open */
    history.what = OTR_STR("historical");
    history.decided = AT(30);
    tell(&tally, history);
    tell(&tally, alarm_event(1, "R", "a", AT(4), AT(40)));
    otr_replay_tally_finish(&tally, AT(960));
    otr_replay_pairs_finish(&pairs);
    assert_int_equal(tally.rules[0].spans.count, 2);
    assert_int_equal(tally.rules[0].spans.total, AT(36 + 1));
    assert_int_equal(tally.rules[0].historical, 1);
    assert_int_equal(pairs.only[0], 2);
    assert_int_equal(pairs.singles[0][0].onset, AT(4));
    assert_int_equal(pairs.singles[0][0].ended, AT(40));
    otr_replay_tally_done(&tally);
    otr_replay_pairs_done(&pairs);
}

static bool is_drawn(const otr_replay_line *line, size_t column)
{
    return (line->cells[column / 8] & (1U << (column % 8))) != 0;
}

static void time_lines_have_a_column_a_minute_here(void **state)
{
    (void)state;
    otr_replay_tally tally;
    otr_replay_tally_init(&tally, AT(0), AT(OTR_REPLAY_COLUMNS));
    tell(&tally, alarm_event(1, "R", "a", AT(-50), OTR_TIME_NONE)); /* begins before the picture */
    tell(&tally, alarm_event(1, "R", "a", AT(-50), AT(2)));
    tell(&tally, alarm_event(2, "R", "a", AT(7), OTR_TIME_NONE));
    tell(&tally, alarm_event(2, "R", "a", AT(7), AT(7) + 1)); /* shorter than a column */
    tell(&tally, alarm_event(3, "R", "b", AT(900), OTR_TIME_NONE));
    otr_replay_tally_finish(&tally, AT(2000)); /* ends behind it */
    const otr_replay_line *line = &tally.lines[0];
    assert_true(otr_str_is(line->asset, "a"));
    assert_true(is_drawn(line, 0) && is_drawn(line, 2) && !is_drawn(line, 3) && is_drawn(line, 7));
    assert_false(is_drawn(line, 6) || is_drawn(line, 8));
    assert_true(is_drawn(&tally.lines[1], 900) && is_drawn(&tally.lines[1], OTR_REPLAY_COLUMNS - 1));
    assert_false(is_drawn(&tally.lines[1], 899));
    otr_replay_tally_done(&tally);
}

static void lines_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    otr_replay_tally tally;
    char asset[16];
    otr_replay_tally_init(&tally, 0, AT(10));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < OTR_REPLAY_LINES_MAX + 30; i++) {
            (void)snprintf(asset, sizeof asset, "a%d", i);
            tell(&tally, alarm_event(1, "R", asset, AT(1), OTR_TIME_NONE));
            tell(&tally, alarm_event(1, "R", asset, AT(1), AT(2)));
        }
    assert_int_equal(tally.lines_left_out, 30);
    assert_int_equal(tally.rules[0].spans.count, 2 * (OTR_REPLAY_LINES_MAX + 30));
    otr_replay_tally_done(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_of_many_spans_is_right_within_2_percent),
        cmocka_unit_test(one_span_and_none_are_exact),
        cmocka_unit_test(alarms_meet_when_their_times_do),
        cmocka_unit_test(other_assets_and_rules_do_not_meet),
        cmocka_unit_test(many_alarms_are_counted_and_the_first_are_kept),
        cmocka_unit_test(a_tally_counts_spans_coverage_and_who_was_told),
        cmocka_unit_test(late_readings_move_an_onset_and_tell_history),
        cmocka_unit_test(time_lines_have_a_column_a_minute_here),
        cmocka_unit_test(lines_beyond_the_limit_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
