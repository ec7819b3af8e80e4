/* Functions over the past of a metric, and over places: what a call of one must look like, and what the host
 * is told of it. What the functions give is the host's, here fixed. */
#include "cmocka_all.h"
#include "evaluate.h"

#include <stdio.h>

static void every_function_is_called_on_its_kind_of_metric(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature.avg('10m')", "double 9"},
        {"temperature.min('10m') < temperature.max('10m')", "bool true"},
        {"temperature.count('1h') + 1", "int 13"},
        {"door.count('1h')", "int 12"},
        {"location.count('1h')", "int 12"},
        {"temperature.sum('1h') / 12.0", "double 9"},
        {"temperature.delta('1h') > 1", "bool true"},
        {"temperature.rate('1h') * 3600.0", "double 9"},
        {"temperature.stddev('1h')", "double 0.75"},
        {"temperature.median('1h')", "double 8.75"},
        {"temperature.last()", "double 9.5"},
        {"door.last()", "bool true"},
        {"fault.last('1d')", "string E12"},
        {"location.last('1d').latitude", "double 51.5"},
        {"crates.last()", "uint 42"},
        {"door.age() > duration('1m')", "bool true"},
        {"door.at()", "timestamp 2024-03-01T12:00:00Z"},
        {"location.at() + location.eta('depot') > timestamp('2024-03-01T12:01:00Z')", "bool true"},
        {"fault.changed('1h')", "bool true"},
        {"temperature.predict('4h', '1h')", "double 12.5"},
        {"temperature.time_above(8.0) > duration('20m')", "bool true"},
        {"temperature.time_above(asset.limit.temperature_max, '24h')", "duration 1500000000"},
        {"temperature.time_below(-2, '24h') == duration('0s')", "bool true"},
        {"temperature.longest_above(8, '24h')", "duration 1200000000"},
        {"temperature.longest_below(2u)", "duration 0"},
        {"temperature.mkt()", "double 7.25"},
        {"humidity.anomaly() > 0.5", "unknown 1:10 humidity.anomaly() has no value"},
        {"temperature.anomaly() > 0.9", "bool false"},
        {"location.distance('depot')", "double 1250"},
        {"location.inside('depot') || door", "bool true"},
        {"location.dwell('depot') > duration('30m')", "bool false"},
        {"location.speed() == location.speed('1m')", "bool true"},
        {"location.heading('2m')", "double 90"},
        {"location.eta('depot') < duration('5m')", "bool true"},
        {"location.eta('depot', '1h')", "duration 100000000"},
        {"acceleration.peak('1h')", "double 3.5"},
        {"acceleration.duration(2.0, '1h') > duration('11ms')", "bool true"},
        {"acceleration.delta_v(20, '1h')", "double 0.5"},
        {"acceleration.drop_height('1h') > 0.5", "bool true"},
        /* metrics outside the catalogue may be numbers of any unit */
        {"crates.avg('1h') + crates.mkt() + crates.peak('1h')", "double 19.75"},
        {"[8.5, 10.0].exists(t, temperature.avg('1h') > t)", "bool true"},
        {"duration('10m') == duration('600s') && temperature.age() < duration('10m')", "bool true"},
        {"humidity.avg('1h') > 60.0 && !door", "bool false"},
        {"humidity.avg('1h') > 60.0", "unknown 1:10 humidity.avg() has no value"},
        {"location.inside('nowhere')", "not found 1:10 location.inside(): not found"},
        {"temperature.time_above(asset.limit.heat)", "not found 1:13 temperature.time_above(): not found"},
    };
    EXPECT_ROWS(rows);
}

static void a_call_on_anything_else_is_refused_with_what_it_is_called_on(void **state)
{
    (void)state;
    static const row rows[] = {
        {"door.avg('1h') > 1.0",
         "refused 1:1 avg() is called on a number: temperature.avg(\"10m\"); door is a bool"},
        {"location.max('1h')",
         "refused 1:1 max() is called on a number: temperature.max(\"10m\"); location is a location"},
        {"fault.time_above(1)",
         "refused 1:1 time_above() is called on a number: temperature.time_above(8.0); fault is a "
         "string"},
        {"temperature.inside('x')",
         "refused 1:1 inside() is called on a location: location.inside(\"destination\"); "
         "temperature is a double"},
        {"crates.dwell('x')",
         "refused 1:1 dwell() is called on a location: location.dwell(\"destination\"); crates is "
         "not in the catalogue of metrics"},
        {"humidity.mkt()",
         "refused 1:1 mkt() is called on a temperature in Cel: temperature.mkt(); humidity is in %RH"},
        {"temperature.peak('1h')",
         "refused 1:1 peak() is called on an acceleration in g or m/s2: shock.peak(\"10m\"); "
         "temperature is in Cel"},
        {"door.delta_v(2, '1h')", "refused 1:1 delta_v() is called on an acceleration in g or m/s2: "
                                  "shock.delta_v(2.0, \"10m\"); door is a bool"},
        {"[1, 2].max('1h')",
         "refused 1:1 max() is called on a metric: temperature.max(\"10m\"); of other numbers there "
         "is math.greatest(x, y)"},
        {"[1, 2].min()",
         "refused 1:1 min() is called on a metric: temperature.min(\"10m\"); of other numbers there is "
         "math.least(x, y)"},
        {"max(1, 2)", "refused 1:1 max() is called on a metric: temperature.max(\"10m\"); of other numbers"},
        {"avg(temperature, '1h')", "refused 1:1 avg() is called on a metric: temperature.avg(\"10m\")"},
        {"asset.limit.count.avg('1h')", "refused 1:1 avg() is called on a metric: "},
        {"location.latitude.avg('1h')", "refused 1:1 avg() is called on a metric: "},
        {"temperature.avg('1h').max('2h')", "refused 1:1 max() is called on a metric: "},
        {"'10m'.duration()",
         "refused 1:1 duration() is called on a metric: shock.duration(2.0, \"10m\"); of a text there "
         "is duration(x)"},
        {"[temperature].exists(t, t.avg('1h') > 8.0)", "refused 1:25 avg() is called on a metric: "},
        {"temperature.average('1h')", "refused 1:13 there is no function average"},
        {"temperature.predict", "refused 1:13 a double has no fields"},
    };
    EXPECT_ROWS(rows);
}

static void arguments_are_constants_of_the_right_kind(void **state)
{
    (void)state;
    static const row rows[] = {
        {"temperature.avg()", "refused 1:13 avg() takes 1 argument here, there are 0"},
        {"temperature.avg('1h', '2h')", "refused 1:13 avg() takes 1 argument here, there are 2"},
        {"temperature.age('1h')", "refused 1:13 age() takes 0 arguments here, there is 1"},
        {"temperature.time_above()", "refused 1:13 time_above() takes 1 to 2 arguments here, there are 0"},
        {"acceleration.duration('1h')", "refused 1:14 duration() takes 2 arguments here, there is 1"},
        {"temperature.avg(10)", "refused 1:17 avg() takes a constant span of time here, such as \"10m\""},
        {"temperature.avg(fault)", "refused 1:17 avg() takes a constant span of time here, such as \"10m\""},
        {"temperature.avg(asset.patience)", "refused 1:17 avg() takes a constant span of time here"},
        {"temperature.avg('10 minutes')",
         "refused 1:17 \"10 minutes\" cannot be read as a duration; it looks like "
         "\"10m\" or \"1h30m\""},
        {"temperature.avg('0s')", "refused 1:17 the span of avg() is more than 0 and at most 400d"},
        {"temperature.avg('999ns')", "refused 1:17 the span of avg() is more than 0 and at most 400d"},
        {"temperature.avg('-1h')", "refused 1:17 the span of avg() is more than 0 and at most 400d"},
        {"temperature.avg('401d')", "refused 1:17 the span of avg() is more than 0 and at most 400d"},
        {"temperature.avg('400d')", "double 9"},
        {"temperature.avg('1us')", "double 9"},
        {"temperature.avg(duration('30m') + duration('30m'))", "double 9"},
        {"temperature.predict('1h', 5)", "refused 1:27 predict() takes a constant span of time here"},
        {"temperature.predict('0s', '1h')", "refused 1:21 the span of predict() is more than 0"},
        {"temperature.time_above('1h', 8)",
         "refused 1:24 the limit of time_above() is a constant number or a field of "
         "the asset, such as asset.limit.temperature_max"},
        {"temperature.time_above(humidity)",
         "refused 1:24 the limit of time_above() is a constant number or a field"},
        {"temperature.time_above(device.id)",
         "refused 1:24 the limit of time_above() is a constant number or a field"},
        {"temperature.time_above(asset.limit.count + 1)",
         "refused 1:24 the limit of time_above() is a constant number"},
        {"temperature.time_above(1e308 * 10.0)",
         "refused 1:24 the limit of time_above() is a constant number"},
        {"temperature.time_above(0.0 / 0.0)", "refused 1:24 the limit of time_above() is a constant number"},
        {"location.inside(fault)", "refused 1:17 inside() takes the name of a place, a constant string"},
        {"location.eta('depot', depot)", "refused 1:23 eta() takes a constant span of time here"},
    };
    EXPECT_ROWS(rows);
}

static void match_sees_no_metric_and_so_no_past(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression = NULL;
    otr_error error = {0};
    assert_int_equal(otr_expression_compile(&arena, OTR_STR("temperature.avg('1h') > 8.0"), NULL,
                                            OTR_SCOPE_FIELDS, OTR_TYPE_BOOL, &symbols, &expression, &error),
                     OTR_INVALID);
    assert_string_equal(error.text,
                        "temperature is a metric; only fields of asset and device are known here");
    otr_arena_done(&arena);
}

typedef struct compiled {
    otr_arena arena;
    otr_symbols symbols;
} compiled;

static otr_expression *compile(compiled *c, const char *text)
{
    otr_expression *expression = NULL;
    otr_error error = {0};
    otr_status status = otr_expression_compile(&c->arena, otr_str_of(text), NULL, OTR_SCOPE_ALL, OTR_TYPE_DYN,
                                               &c->symbols, &expression, &error);
    if (status != OTR_OK)
        fail_msg("%s: %s", text, error.text);
    return expression;
}

static const otr_use *only_use(compiled *c, const char *text)
{
    size_t count = 0;
    const uint32_t *uses = otr_expression_uses(compile(c, text), &count);
    assert_int_equal(count, 1);
    return &c->symbols.uses[uses[0]];
}

static void expect_symbol(const compiled *c, uint32_t symbol, const char *path)
{
    assert_true(symbol < c->symbols.count);
    otr_str found = c->symbols.list[symbol].path;
    if (!otr_str_is(found, path))
        fail_msg("%.*s instead of %s", OTR_STR_ARG(found), path);
}

static void the_host_is_told_every_argument(void **state)
{
    (void)state;
    compiled c = {0};
    const otr_use *use = only_use(&c, "temperature.avg('1h30m') > 8.0");
    assert_int_equal(use->function, OTR_FUNCTION_AVG);
    expect_symbol(&c, use->symbol, "temperature");
    assert_true(use->span == 90 * OTR_MINUTE && use->ahead == 0 && use->place.size == 0);
    assert_int_equal(use->limit_symbol, OTR_USE_NO_SYMBOL);

    use = only_use(&c, "temperature.predict(\"4h\", duration(\"1h\")) > 8.0");
    assert_true(use->function == OTR_FUNCTION_PREDICT && use->ahead == 4 * OTR_HOUR && use->span == OTR_HOUR);

    use = only_use(&c, "temperature.time_below(-2.5, '1d') > duration('1h')");
    assert_true(use->function == OTR_FUNCTION_TIME_BELOW && use->limit == -2.5 && use->span == OTR_DAY);
    assert_int_equal(use->limit_symbol, OTR_USE_NO_SYMBOL);

    use = only_use(&c, "acceleration.duration(asset.limit.acceleration_max, '1d') > duration('1ms')");
    assert_int_equal(use->function, OTR_FUNCTION_DURATION);
    expect_symbol(&c, use->limit_symbol, "asset.limit.acceleration_max");
    expect_symbol(&c, use->symbol, "acceleration");

    use = only_use(&c, "temperature.mkt() > 8.0");
    assert_true(use->function == OTR_FUNCTION_MKT && use->span == 0);
    use = only_use(&c, "location.speed() > 8.0");
    assert_true(use->function == OTR_FUNCTION_SPEED && use->span == 5 * OTR_MINUTE);
    use = only_use(&c, "location.heading() > 8.0");
    assert_true(use->function == OTR_FUNCTION_HEADING && use->span == 5 * OTR_MINUTE);
    use = only_use(&c, "location.eta('depot') > duration('1h')");
    assert_true(use->function == OTR_FUNCTION_ETA && use->span == 30 * OTR_MINUTE);
    assert_true(otr_str_is(use->place, "depot"));
    otr_arena_done(&c.arena);
}

static void equal_uses_of_a_pack_are_one(void **state)
{
    (void)state;
    compiled c = {0};
    size_t count = 0;
    uint32_t first = compile(&c, "temperature.avg('1h') > 8.0") != NULL ? c.symbols.use_count : 0;
    assert_int_equal(first, 1);
    otr_expression *expression =
        compile(&c, "temperature.avg(duration('60m')) > 9.0 && temperature.avg('3600s') < 20.0");
    const uint32_t *uses = otr_expression_uses(expression, &count);
    assert_int_equal(c.symbols.use_count, 1);
    assert_int_equal(count, 1);
    assert_int_equal(uses[0], 0);
    /* and each argument tells two apart */
    static const char *const others[] = {
        "humidity.avg('1h')",
        "temperature.avg('2h')",
        "temperature.sum('1h')",
        "temperature.predict('1h', '1h')",
        "temperature.predict('2h', '1h')",
        "temperature.time_above(1, '1h')",
        "temperature.time_above(2, '1h')",
        "temperature.time_above(asset.limit.a, '1h')",
        "temperature.time_above(asset.limit.b, '1h')",
        "location.inside('a')",
        "location.inside('b')",
    };
    enum { OTHERS = sizeof others / sizeof others[0] };
    for (size_t i = 0; i < OTHERS; i++) {
        (void)compile(&c, others[i]);
        assert_int_equal(c.symbols.use_count, i + 2);
    }
    uses = otr_expression_uses(
        compile(&c, "location.inside('b') && location.inside('a') && temperature.avg('1h') > 1.0"), &count);
    assert_int_equal(c.symbols.use_count, OTHERS + 1);
    assert_int_equal(count, 3);
    assert_true(uses[0] == 0 && uses[1] == OTHERS - 1 && uses[2] == OTHERS);
    otr_arena_done(&c.arena);
}

static void an_expression_reads_the_metrics_and_limits_of_its_uses(void **state)
{
    (void)state;
    compiled c = {0};
    size_t count = 0;
    otr_expression *expression =
        compile(&c, "door && temperature.time_above(asset.limit.temperature_max, '1d') > duration('1h')");
    const uint32_t *symbols = otr_expression_symbols(expression, &count);
    assert_int_equal(count, 3);
    expect_symbol(&c, symbols[0], "door");
    expect_symbol(&c, symbols[1], "temperature");
    expect_symbol(&c, symbols[2], "asset.limit.temperature_max");
    assert_true(otr_str_is(c.symbols.list[symbols[1]].metric, "temperature"));
    assert_int_equal(c.symbols.list[symbols[1]].role.size, 0);
    assert_int_equal(c.symbols.list[symbols[2]].metric.size, 0);
    otr_arena_done(&c.arena);
}

static void the_spans_that_an_age_is_compared_with_are_known(void **state)
{
    (void)state;
    compiled c = {0};
    size_t count = 0;
    otr_expression *expression =
        compile(&c, "temperature.age() > duration('1h') || door.age() > duration('5m') || "
                    "temperature.avg('2h') > 8.0 || fault.age() < duration('30m') + duration('30m') || "
                    "humidity.age() in [duration('1d'), duration('2d')]");
    const otr_time *spans = otr_expression_spans(expression, &count);
    assert_int_equal(count, 4);
    assert_true(spans[0] == 5 * OTR_MINUTE && spans[1] == OTR_HOUR && spans[2] == OTR_DAY &&
                spans[3] == 2 * OTR_DAY);
    (void)otr_expression_spans(compile(&c, "temperature.avg('2h') > 8.0"), &count);
    assert_int_equal(count, 0);
    otr_arena_done(&c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_is_called_on_its_kind_of_metric),
        cmocka_unit_test(a_call_on_anything_else_is_refused_with_what_it_is_called_on),
        cmocka_unit_test(arguments_are_constants_of_the_right_kind),
        cmocka_unit_test(match_sees_no_metric_and_so_no_past),
        cmocka_unit_test(the_host_is_told_every_argument),
        cmocka_unit_test(equal_uses_of_a_pack_are_one),
        cmocka_unit_test(an_expression_reads_the_metrics_and_limits_of_its_uses),
        cmocka_unit_test(the_spans_that_an_age_is_compared_with_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
