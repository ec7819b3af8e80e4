/* The contract of expression.h: places in the file, symbols, scopes, wanted types, limits, the hash, lack of
 * memory. */
#include "cmocka_all.h"
#include "evaluate.h"
#include "failing_memory.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct compiled {
    otr_arena arena;
    otr_symbols symbols;
    otr_expression *expression;
    otr_error error;
    otr_status status;
} compiled;

static compiled compile(const char *text, const otr_origin *origin, otr_scope scope, otr_type wanted)
{
    compiled c = {0};
    c.status = otr_expression_compile(&c.arena, otr_str_of(text), origin, scope, wanted, &c.symbols,
                                      &c.expression, &c.error);
    return c;
}

static uint64_t hash_of(const char *text)
{
    compiled c = compile(text, NULL, OTR_SCOPE_ALL, OTR_TYPE_DYN);
    if (c.status != OTR_OK)
        fail_msg("%s: %s", text, c.error.text);
    uint64_t hash = otr_expression_hash(c.expression);
    otr_arena_done(&c.arena);
    return hash;
}

static void errors_point_into_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        otr_origin origin;
        int line;
        int column;
    } rows[] = {
        {"door && oops(1)", {12, 15, 1, false}, 12, 23},
        {"fault == 'a' && oops(1)", {3, 10, 1, false}, 3, 26},
        {"fault == 'a' && oops(1)", {3, 10, 1, true}, 3, 28},
        {"door\n  && oops(1)", {20, 9, 9, false}, 21, 14},
        {"oops(1)\n  && door", {20, 9, 9, false}, 20, 9},
        {"door &&\n\n\noops(1)", {20, 9, 9, false}, 23, 9},
        {"// it's\ndoor && 'b' == oops(1)", {5, 4, 7, true}, 6, 24},
        {"door &&", {7, 3, 3, false}, 7, 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        compiled c = compile(rows[i].text, &rows[i].origin, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
        assert_int_equal(c.status, OTR_INVALID);
        assert_null(c.expression);
        if (c.error.line != rows[i].line || c.error.column != rows[i].column)
            fail_msg("%s: %d:%d", rows[i].text, c.error.line, c.error.column);
        otr_arena_done(&c.arena);
    }
}

static void run_time_errors_point_into_the_file_too(void **state)
{
    (void)state;
    otr_origin origin = {30, 5, 5, false};
    compiled c = compile("door &&\n 1 / 0 > 2", &origin, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_OK);
    otr_host host = fixed_host(&c.symbols);
    otr_value value;
    assert_int_equal(otr_expression_evaluate(c.expression, &host, &value, &c.error), OTR_INVALID);
    assert_int_equal(c.error.line, 31);
    assert_int_equal(c.error.column, 8);
    assert_string_equal(c.error.text, "division by zero");
    otr_arena_done(&c.arena);
}

static void the_text_may_go_once_it_is_compiled(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *expression;
    otr_value value;
    char *text = strdup("asset.class == 'cold-chain' && fault in ['E12', 'E\\x31']");
    assert_non_null(text);
    assert_int_equal(otr_expression_compile(&arena, otr_str_of(text), NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL,
                                            &symbols, &expression, NULL),
                     OTR_OK);
    memset(text, 'x', strlen(text));
    free(text);
    otr_host host = fixed_host(&symbols);
    assert_int_equal(otr_expression_evaluate(expression, &host, &value, NULL), OTR_OK);
    assert_true(value.flag);
    otr_arena_done(&arena);
}

static void expressions_share_symbols_and_list_their_own(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    otr_expression *first;
    otr_expression *second;
    size_t count;
    assert_int_equal(otr_expression_compile(&arena,
                                            OTR_STR("temperature > asset.limit.temperature_max && door"),
                                            NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL, &symbols, &first, NULL),
                     OTR_OK);
    assert_int_equal(otr_expression_compile(&arena,
                                            OTR_STR("door && location.distance('depot') < 5.0 && door && "
                                                    "wheels > 1 || door"),
                                            NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL, &symbols, &second, NULL),
                     OTR_OK);
    static const struct {
        const char *path;
        otr_symbol_kind kind;
        otr_type type;
    } wanted[] = {
        {"temperature", OTR_SYMBOL_METRIC, OTR_TYPE_DOUBLE},
        {"asset.limit.temperature_max", OTR_SYMBOL_FIELD, OTR_TYPE_DYN},
        {"door", OTR_SYMBOL_METRIC, OTR_TYPE_BOOL},
        {"location", OTR_SYMBOL_METRIC, OTR_TYPE_LOCATION},
        {"wheels", OTR_SYMBOL_METRIC, OTR_TYPE_DYN},
    };
    assert_int_equal(symbols.count, sizeof wanted / sizeof wanted[0]);
    for (uint32_t i = 0; i < symbols.count; i++) {
        assert_true(otr_str_is(symbols.list[i].path, wanted[i].path));
        assert_int_equal(symbols.list[i].kind, wanted[i].kind);
        assert_int_equal(symbols.list[i].type, wanted[i].type);
    }
    const uint32_t *own = otr_expression_symbols(first, &count);
    assert_int_equal(count, 3);
    assert_true(own[0] == 0 && own[1] == 1 && own[2] == 2);
    own = otr_expression_symbols(second, &count);
    assert_int_equal(count, 3);
    assert_true(own[0] == 2 && own[1] == 3 && own[2] == 4);
    otr_arena_done(&arena);
}

static void what_folding_drops_is_not_read(void **state)
{
    (void)state;
    compiled c = compile("temperature > 3.0 && (door || true)", NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    size_t count;
    assert_int_equal(c.status, OTR_OK);
    (void)otr_expression_symbols(c.expression, &count);
    assert_int_equal(count, 1);
    otr_arena_done(&c.arena);
}

static void what_needs_no_host_to_be_known_is_a_constant(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool constant;
        bool value;
    } rows[] = {
        {"true", true, true},
        {"1 > 2", true, false},
        {"temperature > 8 || true", true, true},
        {"1 == 2 && temperature.avg('1h') > 8.0", true, false},
        {"door", false, false},
        {"door || 1 / 0 == 1", false, false},
        {"1 / 0 == 1", false, false},
        {"temperature != temperature", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool value = !rows[i].value;
        compiled c = compile(rows[i].text, NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
        assert_int_equal(c.status, OTR_OK);
        bool constant = otr_expression_constant(c.expression, &value);
        if (constant != rows[i].constant || value != rows[i].value)
            fail_msg("%s", rows[i].text);
        otr_arena_done(&c.arena);
    }
}

static void more_symbols_than_fit_at_first_are_kept(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_symbols symbols = {0};
    for (int i = 0; i < 100; i++) {
        char text[40];
        otr_expression *expression;
        (void)snprintf(text, sizeof text, "metric_%d > 1 && metric_%d > 1", i, i / 2);
        assert_int_equal(otr_expression_compile(&arena, otr_str_of(text), NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL,
                                                &symbols, &expression, NULL),
                         OTR_OK);
    }
    assert_int_equal(symbols.count, 100);
    assert_true(otr_str_is(symbols.list[99].path, "metric_99"));
    otr_arena_done(&arena);
}

static void match_sees_fields_only(void **state)
{
    (void)state;
    compiled c = compile("asset.class == 'a' && temperature > 3.0", NULL, OTR_SCOPE_FIELDS, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_INVALID);
    assert_int_equal(c.error.column, 23);
    assert_string_equal(c.error.text,
                        "temperature is a metric; only fields of asset and device are known here");
    otr_arena_done(&c.arena);
    c = compile("asset.class == 'a' && device.id != 'b'", NULL, OTR_SCOPE_FIELDS, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_OK);
    otr_arena_done(&c.arena);
}

static void the_wanted_type_is_checked_early_or_late(void **state)
{
    (void)state;
    compiled c = compile(" temperature + 1.0", NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_INVALID);
    assert_int_equal(c.error.column, 2);
    assert_string_equal(c.error.text, "a bool is expected here, this is a double");
    otr_arena_done(&c.arena);

    c = compile("asset.class", NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_OK);
    otr_host host = fixed_host(&c.symbols);
    otr_value value;
    assert_int_equal(otr_expression_evaluate(c.expression, &host, &value, &c.error), OTR_INVALID);
    assert_string_equal(c.error.text, "the result is a string; a bool is expected");
    otr_arena_done(&c.arena);

    c = compile("asset.fragile", NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    host = fixed_host(&c.symbols);
    assert_int_equal(otr_expression_evaluate(c.expression, &host, &value, &c.error), OTR_OK);
    assert_true(value.type == OTR_TYPE_BOOL && value.flag);
    otr_arena_done(&c.arena);
}

static void spaces_comments_and_spelling_do_not_change_the_hash(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"temperature>asset.limit.temperature_max", " temperature // now\n > asset . limit.temperature_max "},
        {"door && (fix)", "((door) && fix)"},
        {"16", "0x10"},
        {"'a\\x62'", "\"ab\""},
        {"1.50e1", "15.0"},
        {"1 + 2 + 3", "(1 + 2) + 3"},
        {"fault in ['a', 'b']", "fault in ['a','b',]"},
    };
    static const char *const different[] = {
        "temperature > 1.0",
        "temperature > 2.0",
        "temperature >= 1.0",
        "temperature < 1.0",
        "humidity > 1.0",
        "temperature > 1",
        "temperature > 1u",
        "1.0 > temperature",
        "door && fix",
        "fix && door",
        "door || fix",
        "door",
        "!door",
        "!!door",
        "1 + (2 + 3)",
        "1 + 2 + 3",
        "1 - 2 + 3",
        "1",
        "'1'",
        "b'1'",
        "fault in ['a']",
        "fault in ['b']",
        "fault in []",
        "-temperature",
        "-(1)",
        "-1",
        "size(fault)",
        "size('fault')",
        "fault.size()",
        "fault.startsWith('a')",
        "fault.endsWith('a')",
        "asset.a.b",
        "asset.ab",
        "true",
        "null",
        "door ? 1 : 2",
        "door ? 2 : 1",
        "0.0",
        "-0.0",
        "''",
        "dyn(temperature)",
        "location.latitude",
        "location.longitude",
        "location == location",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (hash_of(same[i][0]) != hash_of(same[i][1]))
            fail_msg("%s and %s differ", same[i][0], same[i][1]);
    enum { DIFFERENT = sizeof different / sizeof different[0] };
    for (size_t i = 0; i < DIFFERENT; i++)
        for (size_t j = 0; j < i; j++)
            if (hash_of(different[i]) == hash_of(different[j]))
                fail_msg("%s and %s are the same", different[i], different[j]);
}

static void the_hash_is_that_of_every_other_build(void **state)
{
    (void)state;
    assert_int_equal(hash_of("temperature > asset.limit.temperature_max"), 0x61454f9253dc342c);
    assert_int_equal(
        hash_of("!(fault in ['E1', 'E2']) || 1.5 - -2.0 < double(7u) ? true : null == dyn(b'x')"),
        0xf4fbfa5bcb46e502);
}

/* repeat(out, "a", " && ", 3) is "a && a && a". */
static void repeat(char *out, const char *item, const char *between, int count)
{
    *out = '\0';
    for (int i = 0; i < count; i++)
        (void)sprintf(out + strlen(out), "%s%s", i > 0 ? between : "", item);
}

/* Every level keeps five values on the stack. */
static void nest(char *out, int levels)
{
    *out = '\0';
    for (int i = 0; i < levels; i++)
        (void)sprintf(out + strlen(out), "fix || door && axles < axles + axles * (");
    (void)sprintf(out + strlen(out), "axles");
    for (int i = 0; i < levels; i++)
        (void)sprintf(out + strlen(out), i > 0 ? " ? 1 : 2)" : ")");
}

static void chains_and_nestings_as_long_as_cel_asks_work(void **state)
{
    (void)state;
    char text[OTR_LIMIT_EXPRESSION_BYTES + 64];
    char outcome[OUTCOME_BYTES];
    static const struct {
        const char *item;
        const char *between;
        int count;
        const char *outcome;
    } rows[] = {
        {"door", " && ", 200, "bool true"},
        {"fix", " || ", 200, "bool false"},
        {"axles", " + ", 200, "int 600"},
        {"temperature", " - ", 32, "double -285"},
        {"1", " * ", 250, "int 1"},
        {"(axles)", " + ", 100, "int 300"},
        {"-(axles)", " + ", 100, "int -300"},
        {"door", " == ", 32, "bool true"},
        {"door ? door", " : ", 23, "refused 1:320 the expression ends here"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        repeat(text, rows[i].item, rows[i].between, rows[i].count);
        evaluate(otr_str_of(text), outcome);
        assert_memory_equal(outcome, rows[i].outcome, strlen(rows[i].outcome));
    }
    repeat(text, "fix ? 1", " : ", 40);
    (void)sprintf(text + strlen(text), " : 2");
    evaluate(otr_str_of(text), outcome);
    assert_string_equal(outcome, "int 2");
    (void)sprintf(text, "%.*s%s%.*s", 40, "((((((((((((((((((((((((((((((((((((((((", "axles", 40,
                  "))))))))))))))))))))))))))))))))))))))))");
    evaluate(otr_str_of(text), outcome);
    assert_string_equal(outcome, "int 3");
    evaluate(OTR_STR("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!door"), outcome);
    assert_string_equal(outcome, "bool true");
    evaluate(OTR_STR("--------------------------------axles"), outcome);
    assert_string_equal(outcome, "int 3");
    evaluate(OTR_STR("size([[[[[[[[[[[[0]]]]]]]]]]]])"), outcome);
    assert_string_equal(outcome, "int 1");
    nest(text, 16);
    evaluate(otr_str_of(text), outcome);
    assert_string_equal(outcome, "bool true");
}

static void what_goes_beyond_the_limits_is_refused_as_over_a_limit(void **state)
{
    (void)state;
    char text[OTR_LIMIT_EXPRESSION_BYTES + 64];
    compiled c;
    repeat(text, "(", "", 80);
    c = compile(text, NULL, OTR_SCOPE_ALL, OTR_TYPE_DYN);
    assert_int_equal(c.status, OTR_LIMIT);
    assert_int_equal(c.error.column, OTR_LIMIT_EXPRESSION_DEPTH + 1);
    otr_arena_done(&c.arena);
    static const struct {
        const char *item;
        const char *between;
        int count;
    } rows[] = {{"!", "", 100},      {"-", "", 100},  {"a?1", ":", 100}, {"[", "", 100},
                {"{1:", "", 100},    {"f(", "", 100}, {"a[", "", 100},   {"1", "+", 300},
                {"door", "&&", 300}, {"a", ".", 400}, {"a{b:", "", 100}, {"x()", ".", 300},
                {"[0]", "", 300}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        repeat(text, rows[i].item, rows[i].between, rows[i].count);
        c = compile(text, NULL, OTR_SCOPE_ALL, OTR_TYPE_DYN);
        if (c.status != OTR_LIMIT)
            fail_msg("%s: %s", rows[i].item, c.error.text);
        otr_arena_done(&c.arena);
    }
    /* more than the stack has slots, though neither too deep nor too long */
    nest(text, 30);
    c = compile(text, NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_LIMIT);
    assert_string_equal(c.error.text, "the expression is too complex; split the rule");
    otr_arena_done(&c.arena);
    memset(text, ' ', sizeof text);
    text[OTR_LIMIT_EXPRESSION_BYTES + 1] = '\0';
    c = compile(text, NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL);
    assert_int_equal(c.status, OTR_LIMIT);
    otr_arena_done(&c.arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const char *text = "temperature > asset.limit.temperature_max && fault in ['E\\x31', b'2'] || "
                       "location.distance('depot') < double('5') && a + b + c + d > 1 || "
                       "a.time_above(asset.limit.x, '1d') > duration('1h') || a.age() > b.age() || "
                       "fault.matches('E[0-9]') || "
                       "[1, 2].exists(x, x in [a, b] && has({'k': x}.k) && {'a': [1, b'2']} != {})";
    bool failed = true;
    for (long nth = 1; failed; nth++) {
        assert_true(nth < 1000);
        compiled c = {0};
        otr_error error = {0};
        failing_memory_after(nth);
        c.status = otr_expression_compile(&c.arena, otr_str_of(text), NULL, OTR_SCOPE_ALL, OTR_TYPE_BOOL,
                                          &c.symbols, &c.expression, &error);
        failed = failing_memory_hit() != 0;
        failing_memory_after(0);
        assert_int_equal(c.status, failed ? OTR_MEMORY : OTR_OK);
        assert_int_equal(error.status, c.status);
        assert_true((c.expression == NULL) == failed);
        otr_arena_done(&c.arena);
        if (!failed)
            assert_true(nth > 2); /* the arena's and the scratch arena's blocks at least */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_point_into_the_file),
        cmocka_unit_test(run_time_errors_point_into_the_file_too),
        cmocka_unit_test(the_text_may_go_once_it_is_compiled),
        cmocka_unit_test(expressions_share_symbols_and_list_their_own),
        cmocka_unit_test(what_folding_drops_is_not_read),
        cmocka_unit_test(what_needs_no_host_to_be_known_is_a_constant),
        cmocka_unit_test(more_symbols_than_fit_at_first_are_kept),
        cmocka_unit_test(match_sees_fields_only),
        cmocka_unit_test(the_wanted_type_is_checked_early_or_late),
        cmocka_unit_test(spaces_comments_and_spelling_do_not_change_the_hash),
        cmocka_unit_test(the_hash_is_that_of_every_other_build),
        cmocka_unit_test(chains_and_nestings_as_long_as_cel_asks_work),
        cmocka_unit_test(what_goes_beyond_the_limits_is_refused_as_over_a_limit),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
