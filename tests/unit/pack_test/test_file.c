/* tools/outrider/test_file: what a test file says becomes steps by time and expectations; what it may not say
 * is refused at its place. */
#include "tools/outrider/test/test_file.h"
#include "core/asset/assignment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#define START (INT64_C(1772352000) * OTR_SECOND) /* 2026-03-01T08:00:00Z */

static const char head[] = "packs: p.yaml\n"
                           "assignments: a.yaml\n"
                           "start: 2026-03-01T08:00:00Z\n"
                           "tests:\n"
                           "  - name: t\n"
                           "    given:\n";
static const char tail[] = "    expect: {none: true}\n";

/* A file with one test of these entries, from line 7 on. */
static otr_status load(const char *given, otr_test_file *file, otr_error *error)
{
    char text[4096];
    (void)snprintf(text, sizeof text, "%s%s%s", head, given, tail);
    *file = (otr_test_file){0};
    return otr_test_file_load(otr_str_of(text), file, error);
}

static const otr_test_case *load_case(const char *given, otr_test_file *file)
{
    otr_error error = {0};
    if (load(given, file, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    assert_int_equal(file->case_count, 1);
    return &file->cases[0];
}

static void readings_that_come_one_by_one_are_a_step_each(void **state)
{
    (void)state;
    otr_test_file file;
    const otr_test_case *test = load_case(
        "      - {device: d, from: 1m, every: 30s, reports: {temperature: \"1 + 1x2\", door: true}}\n",
        &file);
    assert_int_equal(test->step_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const otr_test_step *step = &test->steps[i];
        assert_int_equal(step->at, START + OTR_MINUTE + (otr_time)i * 30 * OTR_SECOND);
        assert_int_equal(step->count, 2);
        assert_int_equal(step->readings[0].at_us, step->at);
        assert_true(step->readings[0].number == 1.0 + (double)i);
        assert_int_equal(step->readings[1].kind, OTR_KIND_BOOL);
        assert_true(step->readings[1].flag);
    }
    assert_int_equal(test->until, START + 2 * OTR_MINUTE);
    otr_test_file_done(&file);
}

static void readings_that_are_received_later_are_one_step(void **state)
{
    (void)state;
    otr_test_file file;
    const otr_test_case *test =
        load_case("      - device: d\n"
                  "        received: 6h\n"
                  "        readings:\n"
                  "          - {at: 5h, reports: {temperature: 9}}\n"
                  "          - {from: 0, to: 2m, every: 1m, reports: {temperature: 5}}\n"
                  "      - {device: d, at: 1h, reports: {fault: \"E 1\"}}\n",
                  &file);
    assert_int_equal(test->step_count, 2);
    assert_int_equal(test->steps[0].at, START + OTR_HOUR); /* by time, not as written */
    assert_int_equal(test->steps[0].readings[0].kind, OTR_KIND_TEXT);
    assert_int_equal(test->steps[1].at, START + 6 * OTR_HOUR);
    assert_int_equal(test->steps[1].count, 4);
    assert_int_equal(test->steps[1].readings[0].at_us, START + 5 * OTR_HOUR); /* newest first, as sent */
    assert_int_equal(test->steps[1].readings[3].at_us, START + 2 * OTR_MINUTE);
    otr_test_file_done(&file);
}

static void lists_places_and_missing_values_are_taken(void **state)
{
    (void)state;
    otr_test_file file;
    const otr_test_case *test = load_case(
        "      - {device: d, from: 0, every: 1m, reports: {door: [true, _, false], temperature: \"1 _ 3\"}}\n"
        "      - {device: d, from: 1h, every: 1m, reports: {location: {latitude: 1 + 1x1, longitude: 2}}}\n"
        "      - {device: d, at: 2026-03-01T10:00:00+01:00, reports: {own_metric: E12}}\n",
        &file);
    assert_int_equal(test->step_count, 5); /* nothing was reported at 1m */
    assert_int_equal(test->steps[0].count, 2);
    assert_int_equal(test->steps[1].at, START + 2 * OTR_MINUTE);
    assert_int_equal(test->steps[3].readings[0].kind, OTR_KIND_TEXT);
    assert_int_equal(test->steps[2].at, START + OTR_HOUR);
    assert_true(test->steps[4].readings[0].location.latitude == 2.0);
    assert_true(test->steps[4].readings[0].location.longitude == 2.0);
    assert_int_equal(file.metric_count, 4);
    otr_test_file_done(&file);
}

static void assignments_in_the_file_keep_their_places(void **state)
{
    (void)state;
    static const char text[] = "packs: p.yaml\n"
                               "assignments: # of this test\n"
                               "  version: 1\n"
                               "  assets:\n"
                               "    - {asset: a, class: c, devices: [d]}\n"
                               "    - {asset: b, class: c, devices: [d]}\n"
                               "start: 2026-03-01T08:00:00Z\n"
                               "tests: [{name: t, given: [], expect: {none: true}}]\n";
    otr_test_file file = {0};
    otr_error error = {0};
    otr_assignments *assignments;
    assert_int_equal(otr_test_file_load(otr_str_of(text), &file, &error), OTR_OK);
    assert_int_equal(otr_assignments_load(file.assignments, &assignments, &error), OTR_INVALID);
    assert_int_equal(error.line, 6); /* a device has one asset */
    assert_int_equal(error.column, 38);
    otr_test_file_done(&file);
}

static void assignments_may_stand_on_one_line_or_at_the_end(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "packs: p.yaml\n"
        "assignments: {version: 1, assets: [{asset: a, class: c, devices: [d]}]}\n"
        "start: 2026-03-01T08:00:00Z\n"
        "tests: [{name: t, given: [], expect: {none: true}}]\n",
        "packs: p.yaml\n"
        "start: 2026-03-01T08:00:00Z\n"
        "tests: [{name: t, given: [], expect: {none: true}}]\n"
        "assignments:\n"
        "    version: 1\n"
        "    assets: [{asset: a, class: c, devices: [d]}]\n",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_test_file file = {0};
        otr_error error = {0};
        otr_assignments *assignments;
        assert_int_equal(otr_test_file_load(otr_str_of(rows[i]), &file, &error), OTR_OK);
        assert_int_equal(otr_assignments_load(file.assignments, &assignments, &error), OTR_OK);
        assert_int_equal(assignments->asset_count, 1);
        otr_assignments_free(assignments);
        otr_test_file_done(&file);
    }
}

static void a_restart_stands_where_the_agent_is_back(void **state)
{
    (void)state;
    otr_test_file file;
    const otr_test_case *test = load_case("      - {restart: 10m, off_for: 5m}\n"
                                          "      - {activate: other.yaml, at: 1h}\n"
                                          "      - {assign: more.yaml, at: 1h}\n",
                                          &file);
    assert_int_equal(test->step_count, 3);
    assert_int_equal(test->steps[0].kind, OTR_TEST_RESTART);
    assert_int_equal(test->steps[0].off_from, START + 10 * OTR_MINUTE);
    assert_int_equal(test->steps[0].at, START + 15 * OTR_MINUTE);
    assert_int_equal(test->steps[1].kind, OTR_TEST_ACTIVATE);
    assert_false(test->steps[1].assignments);
    assert_true(test->steps[2].assignments);
    otr_test_file_done(&file);
}

/* The file is refused at the place that ^ marks, with the word in the reason. */
static void expect_refusal(const char *before, const char *marked, const char *after, const char *word)
{
    char text[4096];
    otr_test_file file = {0};
    otr_error error = {0};
    int line = 1;
    (void)snprintf(text, sizeof text, "%s%s%s", before, marked, after);
    char *mark = strchr(text, '^');
    assert_non_null(mark);
    const char *begin = text;
    for (const char *c = text; c < mark; c++)
        if (*c == '\n') {
            line++;
            begin = c + 1;
        }
    memmove(mark, mark + 1, strlen(mark));
    if (otr_test_file_load(otr_str_of(text), &file, &error) == OTR_OK)
        fail_msg("taken: %s", marked);
    if (error.line != line || error.column != (int)(mark - begin) + 1 || strstr(error.text, word) == NULL)
        fail_msg("%s%d:%d: %s", marked, error.line, error.column, error.text);
    otr_test_file_done(&file);
}

static void entries_that_say_something_else_are_refused_at_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *given, *word;
    } rows[] = {
        {"      - {device: d, at: 1m, ^reprots: {temperature: 1}}\n", "did you mean reports?"},
        {"      - {^devise: d, at: 1m, reports: {temperature: 1}}\n", "did you mean device?"},
        {"      - {device: d, at: ^soon, reports: {temperature: 1}}\n", "expected a time"},
        {"      - {device: d, at: ^1m, every: 1m, reports: {temperature: 1}}\n", "one or the other"},
        {"      - ^{device: d, reports: {temperature: 1}}\n", "when was it?"},
        {"      - {device: d, from: 1m, every: ^0s, reports: {temperature: 1}}\n", "more than nothing"},
        {"      - {device: d, from: 2m, to: ^1m, every: 1m, reports: {temperature: 1}}\n", "before from"},
        {"      - {device: d, from: 1m, every: 1m, reports: ^{temperature: 1}}\n", "until when?"},
        {"      - {device: d, from: 0, to: 2m, every: 1m, reports: {temperature: ^1 2}}\n", "2 values, but"},
        {"      - {device: d, from: 0, every: 1m, reports: {temperature: ^1 2, humidity: 1 2 3}}\n",
         "write _ where there is none"},
        {"      - {device: d, at: 0, reports: {temperature: ^[1, 2]}}\n", "no `every`"},
        {"      - {device: d, at: 0, reports: {temperature: ^true}}\n", "expected a number"},
        {"      - {device: d, at: 0, reports: {temperature: ^warm}}\n", "expected a number"},
        {"      - {device: d, from: 0, every: 1m, reports: {temperature: ^1 + 2}}\n", "9 + 0.5x20"},
        {"      - {device: d, at: 0, reports: {door: ^1}}\n", "expected true or false"},
        {"      - {device: d, at: 0, reports: {location: ^1}}\n", "expected a place"},
        {"      - {device: d, at: 0, reports: {location: {latitude: ^91, longitude: 0}}}\n", "-90 to 90"},
        {"      - {device: d, at: 0, reports: {^Temperature: 1}}\n", "small letters"},
        {"      - {device: d, at: 0, reports: ^{}}\n", "expected 1 to"},
        {"      - {device: ^\"d d\", at: 0, reports: {temperature: 1}}\n", "a device is named"},
        {"      - ^{device: d, readings: [{at: 0, reports: {temperature: 1}}]}\n", "when was it received?"},
        {"      - {device: d, received: 1m, readings: [{^received: 0, at: 0, reports: {temperature: 1}}]}\n",
         "unknown key received"},
        {"      - {device: d, received: 1m, readings: ^[]}\n", "at least one entry"},
        {"      - {device: ^d, at: 2026-02-28T00:00:00Z, reports: {temperature: 1}}\n", "before the start"},
        {"      - {restart: 10m, off_for: 5m}\n      - {device: ^d, at: 12m, reports: {door: true}}\n",
         "the agent is off then (line 7)"},
        {"      - {restart: 10m, ^of_for: 5m}\n", "did you mean off_for?"},
        {"      - ^{activate: a.yaml, assign: b.yaml, at: 1m}\n", "entries of their own"},
        {"      - ^{activate: a.yaml}\n", "the key at is missing"},
        {"      - ^{assignment: a.yaml, assign: b.yaml, at: 1m}\n", "entries of their own"},
        {"      - {replace: ^[d], at: 1m}\n", "the device that goes"},
        {"      - {replace: ^[d, e, f], at: 1m}\n", "the device that goes"},
        {"      - ^{replace: [d, e]}\n", "the key at is missing"},
        {"      - {unassign: box-1, at: 1m, ^raeson: x}\n", "did you mean reason?"},
        {"      - {unassign: ^[a, b], at: 1m}\n", "expected"},
        {"      - ^7\n", "expected a map"},
        {"      - {command: ^acc, rule: R, asset: a, at: 1m}\n", "expected what operators can do"},
        {"      - ^{command: ack, rule: R, at: 1m}\n", "the key asset is missing"},
        {"      - ^{command: shelve, rule: R, asset: a, at: 1m}\n", "lasts for a span"},
        {"      - {command: ack, rule: R, asset: a, at: 1m, ^whom: x}\n", "did you mean who?"},
        {"      - {device: d, from: 0, to: ^900000w, every: 1ms, reports: {door: true}}\n", "more than"},
        {"      - ^{device: d, received: 1h, from: 0, to: 10000s, every: 1s, reports: {door: true}}\n",
         "in one upload"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_refusal(head, rows[i].given, tail, rows[i].word);
}

static void what_is_expected_is_refused_at_its_place_too(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *word;
    } rows[] = {
        {"tests: ^[]\n", "at least one test"},
        {"tests: [^{name: t, given: []}]\n", "the key expect is missing"},
        {"tests: [^{name: t, expect: {none: true}}]\n", "the key given is missing"},
        {"tests: [^{nam: t, given: [], expect: {none: true}}]\n", "the key name is missing"},
        {"tests: [{name: t, given: [], expect: ^{}}]\n", "or none: true"},
        {"tests: [{name: t, given: [], expect: {none: ^false}}]\n", "stands alone"},
        {"tests: [{name: t, given: [], expect: {none: ^true, alarms: []}}]\n", "stands alone"},
        {"tests: [{name: t, given: [], expect: {^alarm: []}}]\n", "did you mean alarms?"},
        {"tests: [{name: t, given: [], expect: {alarms: [{^rules: A}]}}]\n", "did you mean rule?"},
        {"tests: [{name: t, given: [], expect: {alarms: [^{}]}}]\n", "nothing is said of this alarm"},
        {"tests: [{name: t, given: [], expect: {alarms: [{raised: ^1}]}}]\n", "expected a time"},
        {"tests: [{name: t, given: [], expect: {alarms: [{open: ^maybe}]}}]\n", "true or false"},
        {"tests: [{name: t, given: [], expect: {alarms: [{coverage: ^-1}]}}]\n", "out of range"},
        {"tests: [{name: t, given: [], expect: {notices: [{contains: ^[]}]}}]\n", "at least one word"},
        {"tests: [{name: t, given: [], until: ^1, expect: {none: true}}]\n", "expected a time"},
        {"tests: [{name: t, given: [{restart: 2m}], until: ^1m, expect: {none: true}}]\n", "after this time"},
        {"tests: [{name: t, given: [], rules: ^[], expect: {none: true}}]\n", "at least one word"},
        {"^test: []\n", "did you mean tests?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_refusal("packs: p.yaml\nassignments: a.yaml\nstart: 2026-03-01T08:00:00Z\n", rows[i].rest, "",
                       rows[i].word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_that_come_one_by_one_are_a_step_each),
        cmocka_unit_test(readings_that_are_received_later_are_one_step),
        cmocka_unit_test(lists_places_and_missing_values_are_taken),
        cmocka_unit_test(assignments_in_the_file_keep_their_places),
        cmocka_unit_test(assignments_may_stand_on_one_line_or_at_the_end),
        cmocka_unit_test(a_restart_stands_where_the_agent_is_back),
        cmocka_unit_test(entries_that_say_something_else_are_refused_at_their_place),
        cmocka_unit_test(what_is_expected_is_refused_at_its_place_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
