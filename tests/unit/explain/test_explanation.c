/*
 * core/explanation and core/explain: every kind of value reads back, damage does not, and a core on a bench
 * says of each alarm what its rule saw at that moment.
 */
#include "core/rule/explanation.h"
#include "tools/outrider/explain/explain_print.h"
#include "tools/outrider/test/workbench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

static const otr_value values[] = {
    {.type = OTR_TYPE_BOOL, .flag = true},
    {.type = OTR_TYPE_INT, .integer = INT64_MIN},
    {.type = OTR_TYPE_UINT, .natural = UINT64_MAX},
    {.type = OTR_TYPE_DOUBLE, .number = -0.1},
    {.type = OTR_TYPE_STRING, .text = {"E12", 3}},
    {.type = OTR_TYPE_STRING, .text = {"", 0}},
    {.type = OTR_TYPE_TIMESTAMP, .time = T0},
    {.type = OTR_TYPE_DURATION, .time = -OTR_MINUTE},
    {.type = OTR_TYPE_LOCATION, .location = {52.5, -13.4}},
    {.type = OTR_TYPE_NULL},
    {.type = OTR_TYPE_LIST},
};
enum { VALUES = sizeof values / sizeof values[0] };

static void fill(otr_buffer *body)
{
    for (size_t i = 0; i < VALUES; i++)
        otr_explanation_add(body, OTR_STR("a.name(\"10m\")"), &values[i], i % 2 == 0 ? T0 : OTR_TIME_NONE);
    otr_explanation_add(body, OTR_STR("nothing"), NULL, OTR_TIME_NONE);
}

static void every_kind_of_value_reads_back(void **state)
{
    (void)state;
    otr_buffer body = {0};
    otr_reader reader;
    otr_explained entry;
    fill(&body);
    assert_true(otr_explanation_open(otr_buffer_text(&body), &reader));
    for (size_t i = 0; i < VALUES; i++) {
        assert_true(otr_explanation_next(&reader, &entry));
        assert_true(otr_str_is(entry.name, "a.name(\"10m\")"));
        assert_int_equal(entry.at, i % 2 == 0 ? T0 : OTR_TIME_NONE);
        assert_int_equal(entry.value.type, values[i].type);
        if (values[i].type == OTR_TYPE_STRING)
            assert_true(otr_str_equal(entry.value.text, values[i].text));
    }
    assert_true(otr_explanation_next(&reader, &entry));
    assert_int_equal(entry.value.type, OTR_TYPE_DYN);
    assert_false(otr_explanation_next(&reader, &entry));
    assert_false(reader.failed);
    assert_true(otr_explanation_open(otr_buffer_text(&body), &reader));
    (void)otr_explanation_next(&reader, &entry);
    assert_true(entry.value.flag);
    (void)otr_explanation_next(&reader, &entry);
    assert_true(entry.value.integer == INT64_MIN);
    (void)otr_explanation_next(&reader, &entry);
    assert_true(entry.value.natural == UINT64_MAX);
    (void)otr_explanation_next(&reader, &entry);
    assert_true(entry.value.number == -0.1);
    otr_buffer_done(&body);
}

static void what_is_cut_short_or_damaged_does_not_read_back(void **state)
{
    (void)state;
    otr_buffer body = {0};
    otr_reader reader;
    otr_explained entry;
    size_t whole = 0;
    fill(&body);
    for (size_t size = 0; size < body.size; size++) {
        uint8_t *part = malloc(size + 1); /* so that a read behind the end is seen */
        assert_non_null(part);
        memcpy(part, body.data, size);
        size_t entries = 0;
        if (otr_explanation_open((otr_str){(const char *)part, size}, &reader))
            while (otr_explanation_next(&reader, &entry))
                entries++;
        assert_true(entries <= VALUES);
        whole += size > 0 && !reader.failed;
        free(part);
    }
    assert_int_equal(whole, VALUES + 1); /* where an entry ends, the rest may be missing */
    assert_false(otr_explanation_open(OTR_STR(""), &reader));
    assert_false(otr_explanation_open(OTR_STR("\x02"), &reader));
    assert_true(otr_explanation_open(OTR_STR("\x01\x01x\x00?"), &reader));
    assert_false(otr_explanation_next(&reader, &entry));
    assert_true(reader.failed);
    otr_buffer_done(&body);
}

static void long_names_and_texts_are_cut(void **state)
{
    (void)state;
    static char text[1000];
    otr_buffer body = {0};
    otr_reader reader;
    otr_explained entry;
    memset(text, 'x', sizeof text);
    otr_value value = {.type = OTR_TYPE_STRING, .text = {text, sizeof text}};
    otr_explanation_add(&body, (otr_str){text, sizeof text}, &value, 0);
    assert_true(otr_explanation_open(otr_buffer_text(&body), &reader));
    assert_true(otr_explanation_next(&reader, &entry));
    assert_int_equal(entry.name.size, OTR_EXPLANATION_NAME_BYTES);
    assert_int_equal(entry.value.text.size, 255);
    otr_buffer_done(&body);
}

static void units_follow_the_metric_and_the_function(void **state)
{
    (void)state;
    static const struct {
        const char *name, *unit;
    } rows[] = {
        {"temperature", "Cel"},
        {"humidity", "%RH"},
        {"temperature.avg(\"10m\")", "Cel"},
        {"temperature.rate(\"10m\")", ""},
        {"temperature.count(\"10m\")", ""},
        {"cargo.temperature", "Cel"},
        {"cargo.temperature.max(\"1h\")", "Cel"},
        {"location.distance(\"home\")", "m"},
        {"location.speed(\"5m\")", "m/s"},
        {"shock.peak(\"1m\")", "g"},
        {"asset.limit.temperature_max", "Cel"},
        {"asset.limit.shock_max", "g"},
        {"asset.limit.other_max", ""},
        {"asset.limit.temperature", ""},
        {"asset.class", ""},
        {"own_metric", ""},
        {"door", ""},
        {"", ""},
        {".", ""},
        {"temperature.", "Cel"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(otr_explanation_unit(otr_str_of(rows[i].name)), rows[i].unit) != 0)
            fail_msg("%s: %s", rows[i].name, otr_explanation_unit(otr_str_of(rows[i].name)));
}

/* ---- what a core explains ---- */

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Warm\n"
    "    expr: temperature > asset.limit.temperature_max && temperature.avg(\"10m\") > 8.0 || shock > 90.0\n"
    "    for: 10m\n"
    "    clear: temperature.time_below(asset.limit.temperature_max, \"24h\") > duration(\"1h30m\")\n"
    "  - alert: Ahead\n"
    "    expr: temperature.predict(\"1h\", \"30m\") > 50.0 || location.distance(\"home\") < 1.0\n"
    "  - {alert: Silent, silent_for: 30m}\n";
static const char assignments[] =
    "version: 1\n"
    "profiles: {p: {metrics: {temperature: {expected_interval: 5m, valid_for: 15m}}}}\n"
    "assets: [{asset: a, class: x, limit: {temperature_max: 8.0}, profile: p, devices: [d]}]\n";

typedef struct told {
    char *text[8]; /* of each alarm: rule, revision, and its explanation printed */
    size_t count;
} told;

static void see_row(void *context, const otr_row_alarm *row)
{
    told *list = context;
    size_t size;
    assert_true(list->count < 8);
    FILE *out = open_memstream(&list->text[list->count++], &size);
    assert_non_null(out);
    (void)fprintf(out, "%.*s %u\n", OTR_STR_ARG(row->rule), row->revision);
    otr_explanation_print(out, row->body);
    (void)fclose(out);
}

static void see_event(void *context, const otr_service_event *event)
{
    (void)context, (void)event;
}

static void report(otr_workbench *bench, otr_time at, otr_time received, double temperature)
{
    otr_reading reading = {
        .metric = OTR_STR("temperature"), .at_us = at, .kind = OTR_KIND_NUMBER, .number = temperature};
    otr_input input = {.kind = OTR_INPUT_READINGS, .upload = {.message = {OTR_STR("d"), &reading, 1}}};
    assert_int_equal(otr_workbench_advance(bench, received), OTR_OK);
    assert_int_equal(otr_workbench_step(bench, &input, 1), OTR_OK);
}

static void start(otr_workbench *bench, told *list)
{
    otr_turn now = {.core = T0, .utc = T0, .synced = true};
    otr_workbench_listener listener = {list, see_row, see_event, NULL, NULL};
    otr_workbench_content contents[] = {{OTR_STR("pack/p"), OTR_STR(pack)},
                                        {OTR_STR("assignments"), OTR_STR(assignments)}};
    assert_int_equal(otr_workbench_start(bench, &now, &listener), OTR_OK);
    assert_int_equal(otr_workbench_activate(bench, contents, 2), OTR_OK);
}

static void expect(told *list, size_t index, const char *text)
{
    assert_true(index < list->count);
    assert_string_equal(list->text[index], text);
}

static void done(otr_workbench *bench, told *list)
{
    otr_workbench_done(bench);
    for (size_t i = 0; i < list->count; i++)
        free(list->text[i]);
}

static void an_alarm_keeps_what_its_rule_saw_when_it_was_raised(void **state)
{
    (void)state;
    otr_workbench bench = {0};
    told list = {.count = 0};
    start(&bench, &list);
    report(&bench, T0, T0, 9.0);
    report(&bench, T0 + 5 * OTR_MINUTE, T0 + 5 * OTR_MINUTE, 9.5);
    assert_int_equal(otr_workbench_finish(&bench, T0 + 12 * OTR_MINUTE), OTR_OK);
    assert_int_equal(list.count, 1);
    expect(&list, 0,
           "Warm 1\n"
           "    temperature                                  9.5 Cel, at 2023-11-14T22:18:20Z\n"
           "    asset.limit.temperature_max                  8 Cel\n"
           "    shock                                        no value\n"
           "    temperature.avg(\"10m\")                       9.5 Cel\n"
           "    temperature.time_below(asset.limit.temperature_max, \"1d\") 0s\n");
    done(&bench, &list);
}

static void silence_says_how_long(void **state)
{
    (void)state;
    otr_workbench bench = {0};
    told list = {.count = 0};
    start(&bench, &list);
    report(&bench, T0, T0, 5.0);
    assert_int_equal(otr_workbench_finish(&bench, T0 + OTR_HOUR), OTR_OK);
    assert_int_equal(list.count, 1);
    expect(&list, 0,
           "Silent 1\n    silence                                      30m, at 2023-11-14T22:13:20Z\n");
    done(&bench, &list);
}

/* Told when it ends, with what the rule would have seen in between. */
static void history_keeps_what_its_rule_would_have_seen_then(void **state)
{
    (void)state;
    otr_workbench bench = {0};
    told list = {.count = 0};
    static const char simple[] =
        "pack: p\nversion: 2\n"
        "rules: [{alert: Warm, expr: 'temperature.max(\"10m\") > 8.0 && temperature > 8.0',"
        " for: 10m}]\n";
    otr_workbench_content content = {OTR_STR("pack/p"), OTR_STR(simple)};
    start(&bench, &list);
    assert_int_equal(otr_workbench_activate(&bench, &content, 1), OTR_OK);
    report(&bench, T0, T0, 5.0);
    report(&bench, T0 + 29 * OTR_MINUTE, T0 + 29 * OTR_MINUTE, 5.0);
    for (otr_time i = 1; i <= 4; i++) /* 9, 10, 11, 12 */
        report(&bench, T0 + i * 5 * OTR_MINUTE, T0 + 29 * OTR_MINUTE, 8.0 + (double)i);
    assert_int_equal(otr_workbench_finish(&bench, T0 + 31 * OTR_MINUTE), OTR_OK);
    assert_int_equal(list.count, 1);
    expect(&list, 0,
           "Warm 1\n"
           "    temperature                                  11 Cel, at 2023-11-14T22:28:20Z\n"
           "    temperature.max(\"10m\")                       11 Cel\n");
    done(&bench, &list);
}

static void later_revisions_leave_it_to_the_row(void **state)
{
    (void)state;
    otr_workbench bench = {0};
    told list = {.count = 0};
    static const char simple[] = "pack: p\nversion: 2\nrules: [{alert: Warm, expr: temperature > 8.0}]\n";
    otr_workbench_content content = {OTR_STR("pack/p"), OTR_STR(simple)};
    start(&bench, &list);
    assert_int_equal(otr_workbench_activate(&bench, &content, 1), OTR_OK);
    report(&bench, T0, T0, 9.0);
    report(&bench, T0 + OTR_MINUTE, T0 + OTR_MINUTE, 7.0);
    assert_int_equal(list.count, 2);
    expect(&list, 1, "Warm 2\n    nothing was kept of it\n");
    done(&bench, &list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_reads_back),
        cmocka_unit_test(what_is_cut_short_or_damaged_does_not_read_back),
        cmocka_unit_test(long_names_and_texts_are_cut),
        cmocka_unit_test(units_follow_the_metric_and_the_function),
        cmocka_unit_test(an_alarm_keeps_what_its_rule_saw_when_it_was_raised),
        cmocka_unit_test(silence_says_how_long),
        cmocka_unit_test(history_keeps_what_its_rule_would_have_seen_then),
        cmocka_unit_test(later_revisions_leave_it_to_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
