/* Who is looked at first: each reason before the next, and among equals the more urgent and the longest
 * waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tools/outrider/fleet/cases_rank.h"

static const otr_time noon = INT64_C(1714564800) * OTR_SECOND; /* 2024-05-01T12:00:00Z */

static json_t *one(const char *id, const char *more)
{
    json_t *out = json_loads(more, 0, NULL);
    assert_non_null(out);
    json_object_set_new(out, "case", json_string(id));
    if (json_object_get(out, "state") == NULL)
        json_object_set_new(out, "state", json_string("open"));
    if (json_object_get(out, "opened") == NULL)
        json_object_set_new(out, "opened", json_string("2024-05-01T10:00:00Z"));
    return out;
}

static void expect(json_t *cases, const char *order, const char *const *reasons)
{
    assert_true(otr_cases_rank(cases, noon));
    assert_int_equal(json_array_size(cases), strlen(order));
    for (size_t i = 0; order[i] != '\0'; i++) {
        const json_t *found = json_array_get(cases, i);
        const char *why = json_string_value(json_object_get(found, "why"));
        if (json_string_value(json_object_get(found, "case"))[0] != order[i])
            fail_msg("place %zu has %s", i, json_string_value(json_object_get(found, "case")));
        if (reasons != NULL && strstr(why, reasons[i]) == NULL)
            fail_msg("place %zu: %s", i, why);
        assert_int_equal(json_integer_value(json_object_get(found, "rank")), i + 1);
    }
    json_decref(cases);
}

static void each_reason_stands_before_the_next(void **state)
{
    (void)state;
    static const char *const reasons[] = {"callback was promised and is 30m late",
                                          "visit is promised within 20m",
                                          "asks for people",
                                          "passed on 2 times",
                                          "nobody has it, for 2h",
                                          "somebody has it",
                                          "verified"};
    json_t *cases = json_array();
    json_array_append_new(cases,
                          one("g", "{\"state\": \"verifying\", \"opened\": \"2024-05-01T10:00:01Z\"}"));
    json_array_append_new(cases, one("f", "{\"assignee\": \"kim\"}"));
    json_array_append_new(cases, one("e", "{}"));
    json_array_append_new(cases, one("d", "{\"transfers\": 2, \"reopened\": 0}"));
    json_array_append_new(cases, one("c", "{\"asked\": true, \"transfers\": 5}"));
    json_array_append_new(cases, one("b", "{\"promised\": \"visit\", \"by\": \"2024-05-01T12:20:00Z\"}"));
    json_array_append_new(cases, one("a", "{\"promised\": \"callback\", \"by\": \"2024-05-01T11:30:00Z\"}"));
    expect(cases, "abcdefg", reasons);
}

static void equals_go_by_what_is_due_how_urgent_it_is_and_how_long_it_waits(void **state)
{
    (void)state;
    json_t *cases = json_array();
    json_array_append_new(cases, one("e", "{\"priority\": \"low\", \"opened\": \"2024-05-01T09:00:00Z\"}"));
    json_array_append_new(cases, one("d", "{\"priority\": \"high\", \"opened\": \"2024-05-01T11:00:00Z\"}"));
    json_array_append_new(cases, one("c", "{\"priority\": \"high\", \"opened\": \"2024-05-01T10:00:00Z\"}"));
    json_array_append_new(
        cases,
        one("b", "{\"promised\": \"x\", \"by\": \"2024-05-01T12:40:00Z\", \"priority\": \"critical\"}"));
    json_array_append_new(
        cases, one("a", "{\"promised\": \"x\", \"by\": \"2024-05-01T12:10:00Z\", \"priority\": \"low\"}"));
    expect(cases, "abcde", NULL);
}

static void a_promise_of_tomorrow_says_nothing_yet(void **state)
{
    (void)state;
    json_t *cases = json_array();
    json_array_append_new(
        cases, one("b", "{\"promised\": \"x\", \"by\": \"2024-05-02T12:00:00Z\", \"assignee\": \"kim\"}"));
    json_array_append_new(cases, one("a", "{}"));
    expect(cases, "ab", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_stands_before_the_next),
        cmocka_unit_test(equals_go_by_what_is_due_how_urgent_it_is_and_how_long_it_waits),
        cmocka_unit_test(a_promise_of_tomorrow_says_nothing_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
