/*
 * tools/outrider/test_run and test_compare: a test passes when everything expected came and nothing else, and
 * what is wrong with one that fails is said in words. One small pack; the tests differ in what they expect.
 */
#include "tools/outrider/test/test_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Warm\n"
    "    expr: temperature > 8.0\n"
    "    for: 10m\n"
    "    labels: {priority: high}\n"
    "    annotations: {cause: \"now {{ temperature }}\"}\n"
    "    notify: {to: customer, message: warm, on: [raised, cleared]}\n"
    "    ticket: {queue: cold}\n"
    "  - alert: Open\n"
    "    expr: door\n"
    "messages:\n"
    "  warm:\n"
    "    en: {raised: \"{{ asset.name }} is warm\", cleared: \"cold after {{ duration }}\"}\n";
static const char other_pack[] = "pack: p\n"
                                 "version: 2\n"
                                 "rules:\n"
                                 "  - alert: Warm\n"
                                 "    expr: temperature > 20.0\n";
static const char assignments[] =
    "version: 1\n"
    "customers: [{customer: c, persona: consignee, locale: en}]\n"
    "assets: [{asset: box, class: x, name: Box 1, devices: [d], customer: c}]\n";

static const char second[] = "version: 1\n"
                             "assignment: {version: 1, from: after box-1}\n"
                             "assets: [{asset: box-2, class: x, devices: [t], customer: c}]\n";
static const char first[] = "version: 1\n"
                            "assignment: {version: 1}\n"
                            "assets: [{asset: box-1, class: x, devices: [t], customer: c}]\n";
static const char taken[] = "version: 1\n"
                            "assignment: {version: 1}\n"
                            "assets: [{asset: box-3, class: x, devices: [d], customer: c}]\n";

/* Warm from 0m to 20m, and a door that opens once. */
#define STORY                                                                                                \
    "    given:\n"                                                                                           \
    "      - {device: d, from: 0, every: 5m, reports: {temperature: \"9x3 5\"}}\n"                           \
    "      - {device: d, from: 1m, every: 1m, reports: {door: [true, false]}}\n"

static otr_status load_content(void *context, otr_str path, otr_str *bytes, otr_error *error)
{
    (void)context;
    if (otr_str_is(path, "p.yaml"))
        *bytes = OTR_STR(pack);
    else if (otr_str_is(path, "other.yaml"))
        *bytes = OTR_STR(other_pack);
    else if (otr_str_is(path, "a.yaml"))
        *bytes = OTR_STR(assignments);
    else if (otr_str_is(path, "box-1.yaml"))
        *bytes = OTR_STR(first);
    else if (otr_str_is(path, "box-2.yaml"))
        *bytes = OTR_STR(second);
    else if (otr_str_is(path, "box-3.yaml"))
        *bytes = OTR_STR(taken);
    else
        return otr_fail(error, OTR_IO, "cannot be opened");
    return OTR_OK;
}

/* Runs a file of one test, which begins with line 5; how many expectations failed. */
static size_t failures(const char *test, otr_buffer *report)
{
    char text[4096];
    otr_test_file file = {0};
    otr_test_setup setup = {0};
    otr_test_outcome outcome;
    otr_test_loader loader = {NULL, load_content, NULL};
    otr_error error = {0};
    (void)snprintf(text, sizeof text,
                   "packs: p.yaml\nassignments: a.yaml\nstart: 2026-03-01T08:00:00Z\ntests:\n  - name: t\n%s",
                   test);
    if (otr_test_file_load(otr_str_of(text), &file, &error) != OTR_OK ||
        otr_test_setup_load(&file, &loader, &setup, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    assert_int_equal(otr_test_run(&file, &setup, &file.cases[0], &outcome), OTR_OK);
    size_t count = otr_test_compare(&file.cases[0], &outcome, report);
    otr_test_outcome_done(&outcome);
    otr_test_setup_done(&setup);
    otr_test_file_done(&file);
    return count;
}

static void expect_failures(const char *test, size_t wanted)
{
    otr_buffer report = {0};
    size_t count = failures(test, &report);
    if (count != wanted)
        fail_msg("%zu failures:\n%s\n%.*s", count, test, OTR_STR_ARG(otr_buffer_text(&report)));
    assert_int_equal(count > 0, report.size > 0);
    otr_buffer_done(&report);
}

static void everything_that_is_expected_and_comes_passes(void **state)
{
    (void)state;
    static const char *const expectations[] = {
        "      alarms: [{rule: Warm, asset: box, device: d, priority: high, onset: 0, raised: 10m, detected: "
        "10m,\n"
        "                ended: 20m, open: false, historical: false, withdrawn: false, retracted: false,\n"
        "                coverage: 100, cause: now 9},\n"
        "               {rule: Open, onset: 1m, ended: 2m}]\n",
        "      alarms: [{rule: Open}, {open: false}]\n", /* the second takes what the first cannot */
        "      alarms: [{open: false}, {rule: Open}]\n",
        "      alarms: [{onset: 2026-03-01T08:00:00Z}, {ended: 2m}]\n",
        "      notices: [{rule: Warm, asset: box, on: raised, to: c, locale: en, at: 10m, text: Box 1 is "
        "warm You will hear from us again by 12:10. You get this because you are listed as recipient for Box "
        "1.},\n"
        "                {on: cleared, at: 20m, contains: [cold, after 20 minutes]}]\n",
        "      tickets: [{rule: Warm, asset: box, queue: cold, category: p, priority: high, title: \"Box 1: "
        "Warm\",\n"
        "                 opened: 10m, updates: 1, open: true}]\n",
    };
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, STORY "    expect:\n%s", expectations[i]);
        expect_failures(text, 0);
    }
}

static void each_wrong_expectation_fails(void **state)
{
    (void)state;
    static const char *const alarms[] = {
        "rule: Open, asset: bax, onset: 1m",
        "rule: Open, device: e",
        "rule: Open, priority: high",
        "rule: Open, onset: 2m",
        "rule: Open, raised: 1m1s",
        "rule: Open, detected: 3m",
        "rule: Open, ended: 1m59s",
        "rule: Open, open: true",
        "rule: Open, historical: true",
        "rule: Open, withdrawn: true",
        "rule: Open, retracted: true",
        "rule: Open, coverage: 99",
        "rule: Open, cause: other",
        "rule: Open, contains: [a, door]",
        "rule: Warm, onset: 1m",
    };
    static const char *const notices[] = {"on: cleared",          "to: d",
                                          "locale: de",           "at: 10m1s",
                                          "text: Box 1 is warm.", "contains: [warm, cold]",
                                          "rule: Open",           "asset: boxx"};
    static const char *const tickets[] = {"queue: warm", "category: q", "priority: low", "title: box",
                                          "opened: 9m",  "updates: 0",  "closed: 1h",    "open: false",
                                          "rule: Open",  "asset: boxx"};
    char text[1024];
    for (size_t i = 0; i < sizeof alarms / sizeof alarms[0]; i++) {
        (void)snprintf(text, sizeof text, STORY "    expect:\n      alarms: [{rule: Warm}, {%s}]\n",
                       alarms[i]);
        otr_buffer report = {0};
        assert_true(failures(text, &report) > 0);
        otr_buffer_done(&report);
    }
    for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++) {
        (void)snprintf(text, sizeof text, STORY "    expect:\n      notices: [{on: cleared}, {%s}]\n",
                       notices[i]);
        otr_buffer report = {0};
        assert_true(failures(text, &report) > 0);
        otr_buffer_done(&report);
    }
    for (size_t i = 0; i < sizeof tickets / sizeof tickets[0]; i++) {
        (void)snprintf(text, sizeof text, STORY "    expect:\n      tickets: [{%s}]\n", tickets[i]);
        otr_buffer report = {0};
        assert_true(failures(text, &report) > 0);
        otr_buffer_done(&report);
    }
}

static void what_nobody_expected_fails(void **state)
{
    (void)state;
    expect_failures(STORY "    expect: {alarms: [{rule: Warm}]}\n", 1);
    expect_failures(STORY "    expect: {alarms: []}\n", 2);
    expect_failures(STORY "    expect: {notices: []}\n", 2);
    expect_failures(STORY "    expect: {none: true}\n", 2 + 2 + 1);
    expect_failures(STORY "    expect: {alarms: [{rule: Warm}, {rule: Open}, {rule: Open}]}\n", 1);
}

static void a_test_about_some_rules_sees_no_others(void **state)
{
    (void)state;
    expect_failures(
        "    rules: Open\n" STORY "    expect: {alarms: [{rule: Open}], notices: [], tickets: []}\n", 0);
    expect_failures("    rules: [Open, Warm]\n" STORY "    expect: {alarms: [{rule: Open}]}\n", 1);
}

static void time_runs_on_to_the_end_that_is_given(void **state)
{
    (void)state;
#define HELD "    given: [{device: d, at: 0, reports: {temperature: 9}}]\n"
    expect_failures(HELD "    until: 9m59s\n    expect: {none: true}\n", 0);
    expect_failures(HELD "    until: 10m\n    expect: {alarms: [{raised: 10m, open: true}]}\n", 0);
    expect_failures(HELD "    expect: {none: true}\n", 0);
}

static void a_restart_stops_time_and_another_pack_withdraws(void **state)
{
    (void)state;
    /* the ten minutes begin anew where the last word before the stop stands: what came after it is not known
     */
    expect_failures("    given:\n"
                    "      - {device: d, at: 0, reports: {temperature: 9}}\n"
                    "      - {restart: 4m, off_for: 1h}\n"
                    "      - {device: d, from: 64m, every: 10m, reports: {temperature: 9x1}}\n"
                    "    expect: {alarms: [{onset: 0, raised: 74m}]}\n",
                    0);
    expect_failures("    given:\n"
                    "      - {device: d, from: 0, every: 5m, reports: {temperature: 9x4}}\n"
                    "      - {activate: other.yaml, at: 15m}\n"
                    "    expect: {alarms: [{raised: 10m, ended: 15m, withdrawn: true}]}\n",
                    0);
}

static void operators_acknowledge_and_shelve(void **state)
{
    (void)state;
#define WARM "      - {device: d, from: 0, every: 5m, reports: {temperature: \"9x3 5\"}}\n"
    expect_failures("    given:\n" WARM
                    "      - {command: ack, rule: Warm, asset: box, at: 12m, who: nurse}\n"
                    "    expect: {alarms: [{raised: 10m, ended: 20m, state: normal}]}\n",
                    0);
    expect_failures("    given:\n" WARM "      - {command: shelve, rule: Warm, asset: box, at: 1m, for: 1h}\n"
                    "    expect: {alarms: [{raised: 10m, ended: 20m}], notices: [], tickets: []}\n",
                    0);
    otr_buffer report = {0};
    assert_int_equal(failures("    given:\n" WARM "      - {command: ack, rule: Warm, asset: box, at: 1m}\n"
                              "    expect: {alarms: [{raised: 10m}]}\n",
                              &report),
                     1);
    otr_buffer_add_u8(&report, 0);
    assert_non_null(strstr((const char *)report.data, "line 8: the command was refused: "));
    otr_buffer_done(&report);
}

static void assignments_come_end_and_swap_devices(void **state)
{
    (void)state;
#define ASSIGNED                                                                                             \
    "      - {assignment: box-1.yaml, at: 0}\n"                                                              \
    "      - {assignment: box-2.yaml, at: 0}\n"                                                              \
    "      - {device: t, from: 1m, to: 21m, every: 5m, reports: {temperature: 9}}\n"
    expect_failures(
        "    given:\n" ASSIGNED "      - {unassign: box-1, reason: delivered, at: 15m}\n"
        "      - {unassign: box-1, at: 16m, refused: no assignment of that asset came by command}\n"
        "    expect: {alarms: [{asset: box-1, raised: 11m, ended: 15m, withdrawn: true}]}\n",
        0);
    expect_failures("    given:\n" ASSIGNED "      - {unassign: box-1, at: 4m}\n"
                    "    until: 30m\n"
                    "    expect: {alarms: [{asset: box-2, onset: 6m, raised: 16m, open: true}]}\n",
                    0);
    expect_failures("    given:\n" ASSIGNED "      - {replace: [t, u], at: 22m}\n"
                    "      - {replace: [t, v], at: 22m, refused: no asset has that device}\n"
                    "      - {device: u, at: 25m, reports: {temperature: 5}}\n"
                    "    expect: {alarms: [{asset: box-1, raised: 11m, ended: 25m, withdrawn: false}]}\n",
                    0);
    otr_buffer report = {0};
    assert_int_equal(
        failures("    given: [{assignment: box-3.yaml, at: 1m}]\n    expect: {alarms: []}\n", &report), 1);
    otr_buffer_add_u8(&report, 0);
    assert_non_null(strstr((const char *)report.data,
                           "line 6: the command was refused: box-3.yaml:3:10: d belongs to box"));
    otr_buffer_done(&report);
}

static void a_failure_says_what_was_expected_what_came_and_what_was_nearest(void **state)
{
    (void)state;
    otr_buffer report = {0};
    size_t count = failures(STORY "    expect:\n"
                                  "      alarms:\n"
                                  "        - {rule: Warm, onset: 0, raised: 12m}\n"
                                  "      notices:\n"
                                  "        - {on: raised, contains: hot}\n"
                                  "        - {on: cleared}\n",
                            &report);
    static const char wanted[] =
        "  line 11: expected this alarm, and it did not come:\n"
        "    - rule: Warm, onset: 0m, raised: 12m\n"
        "    the nearest that came:\n"
        "    + rule: Warm, onset: 0m, raised: 10m\n"
        "      raised: expected 12m, came 10m\n"
        "  this alarm came, and was not expected:\n"
        "    + rule: Open, asset: box, device: d, priority: medium, onset: 1m, "
        "raised: 1m, detected: 1m, ended: 2m, state: returned, "
        "coverage: 100\n"
        "  line 13: expected this notice, and it did not come:\n"
        "    - on: raised, contains: \"hot\"\n"
        "    the nearest that came:\n"
        "    + on: raised\n"
        "      text does not contain that; it is \"Box 1 is warm You will hear from us again by 12:10. You "
        "get this because you are listed as recipient for Box 1.\"\n";
    assert_int_equal(count, 3);
    otr_buffer_add_u8(&report, 0);
    assert_string_equal((const char *)report.data, wanted);
    otr_buffer_done(&report);
}

/* What a test names must be there, or it would show nothing. */
static void names_that_nothing_knows_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *test;
        int line, column;
        const char *word;
    } rows[] = {
        {"    given: [{device: e, at: 0, reports: {door: true}}]\n    expect: {none: true}\n", 6, 22,
         "no assignment has a device e"},
        {"    given: [{device: d, at: 0, reports: {temprature: 1}}]\n    expect: {none: true}\n", 6, 42,
         "did you mean temperature?"},
        {"    given: []\n    rules: [Warn]\n    expect: {none: true}\n", 7, 13, "did you mean Warm?"},
        {"    given: []\n    expect: {alarms: [{rule: Opne}]}\n", 7, 23, "did you mean Open?"},
        {"    given: [{activate: gone.yaml, at: 0}]\n    expect: {none: true}\n", 6, 24,
         "gone.yaml: cannot be opened"},
        {"    given: [{assign: box-1.yaml, at: 0}]\n    expect: {none: true}\n", 6, 22,
         "it is for assignment"},
        {"    given: [{assignment: a.yaml, at: 0}]\n    expect: {none: true}\n", 6, 26, "it is for assign"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1024];
        otr_test_file file = {0};
        otr_test_setup setup = {0};
        otr_test_loader loader = {NULL, load_content, NULL};
        otr_error error = {0};
        (void)snprintf(
            text, sizeof text,
            "packs: p.yaml\nassignments: a.yaml\nstart: 2026-03-01T08:00:00Z\ntests:\n  - name: t\n%s",
            rows[i].test);
        assert_int_equal(otr_test_file_load(otr_str_of(text), &file, &error), OTR_OK);
        assert_true(otr_test_setup_load(&file, &loader, &setup, &error) != OTR_OK);
        assert_int_equal(setup.refused.size, 0);
        if (error.line != rows[i].line || error.column != rows[i].column ||
            strstr(error.text, rows[i].word) == NULL)
            fail_msg("%s%d:%d: %s", rows[i].test, error.line, error.column, error.text);
        otr_test_setup_done(&setup);
        otr_test_file_done(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_is_expected_and_comes_passes),
        cmocka_unit_test(each_wrong_expectation_fails),
        cmocka_unit_test(what_nobody_expected_fails),
        cmocka_unit_test(a_test_about_some_rules_sees_no_others),
        cmocka_unit_test(time_runs_on_to_the_end_that_is_given),
        cmocka_unit_test(a_restart_stops_time_and_another_pack_withdraws),
        cmocka_unit_test(operators_acknowledge_and_shelve),
        cmocka_unit_test(assignments_come_end_and_swap_devices),
        cmocka_unit_test(a_failure_says_what_was_expected_what_came_and_what_was_nearest),
        cmocka_unit_test(names_that_nothing_knows_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
