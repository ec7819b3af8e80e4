/* Plans of rollouts: stages, shares, and whose turn it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tools/outrider/push/push_plan.h"

static void stages_grow_to_all(void **state)
{
    static const struct {
        const char *text;
        int column; /* 0: good */
    } rows[] = {{"5%,50%,100%", 0}, {"100", 0},     {"", 1},         {"5%,50%", 7},
                {"50%,5%,100%", 5}, {"0%,100%", 1}, {"5%,101%", 4},  {"5%,,100%", 4},
                {"5%,100%,", 9},    {"five%", 1},   {"100%,100%", 6}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *stages = NULL;
        otr_error error = {.text = ""};
        otr_status status = otr_plan_stages_parse(otr_str_of(rows[i].text), &stages, &error);
        if ((status == OTR_OK) != (rows[i].column == 0) || error.column != rows[i].column)
            fail_msg("\"%s\": %d: %s", rows[i].text, error.column, error.text);
        json_decref(stages);
    }
}

static void a_share_is_at_least_one(void **state)
{
    (void)state;
    assert_int_equal(otr_plan_share(1, 1), 1);
    assert_int_equal(otr_plan_share(5, 20), 1);
    assert_int_equal(otr_plan_share(5, 21), 2);
    assert_int_equal(otr_plan_share(300, 5), 15);
    assert_int_equal(otr_plan_share(300, 100), 300);
}

/* The same on every machine that resumes it, another for another plan. */
static void turns_come_from_the_plan(void **state)
{
    const char *one[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    const char *again[] = {"h", "g", "f", "e", "d", "c", "b", "a"};
    const char *other[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    bool differs = false;
    (void)state;
    otr_plan_order("p1", one, 8);
    otr_plan_order("p1", again, 8);
    otr_plan_order("p2", other, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(one[i], again[i]);
        differs = differs || strcmp(one[i], other[i]) != 0;
    }
    assert_true(differs);
}

static void a_plan_from_a_gateway_is_whole_or_none(void **state)
{
    static const char *const parts[] = {"id", "pack", "bundle", "gate", "state", "stages", "gateways"};
    json_t *plan =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[i,i], s:[s], s:i}", "id", "p1", "pack", "cold", "bundle", "b",
                  "gate", "", "state", "running", "stages", 5, 100, "gateways", "gw", "stage", 2);
    (void)state;
    assert_true(otr_plan_is_whole(plan));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        json_t *copy = json_deep_copy(plan);
        json_object_del(copy, parts[i]);
        if (otr_plan_is_whole(copy))
            fail_msg("without %s", parts[i]);
        json_object_set_new(copy, parts[i], json_integer(1));
        if (otr_plan_is_whole(copy))
            fail_msg("%s is a number", parts[i]);
        json_decref(copy);
    }
    json_object_set_new(plan, "stage", json_integer(3));
    assert_false(otr_plan_is_whole(plan));
    json_decref(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_grow_to_all),
        cmocka_unit_test(a_share_is_at_least_one),
        cmocka_unit_test(turns_come_from_the_plan),
        cmocka_unit_test(a_plan_from_a_gateway_is_whole_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
