/* What a gate is judged by: figures by day out of the report of a replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/push/rehearse.h"

static json_t *figures_of(const char *report)
{
    json_error_t problem;
    json_t *root = json_loads(report, 0, &problem);
    json_t *figures = otr_rehearsal_figures(root);
    json_decref(root);
    return figures;
}

static double of(const json_t *figures, const char *side, const char *name)
{
    return json_number_value(json_object_get(json_object_get(figures, side), name));
}

#define RESULT(alarms, notices)                                                                              \
    "{\"rules\":[{\"alarms\":" alarms "},{\"alarms\":1}],\"notices\":" notices                               \
    ",\"customers\":2,\"tickets\":3}"

static void both_sides_are_by_day(void **state)
{
    (void)state;
    json_t *figures =
        figures_of("{\"from\":\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-05T00:00:00Z\",\"readings\":9,"
                   "\"past\":{\"commands\":5,\"commands_unfit\":1,\"unfit\":[\"ack: over\"]},"
                   "\"result\":" RESULT("7", "10") ",\"against\":{\"result\":" RESULT(
                       "1", "4") ",\"only_here\":6,\"only_there\":1}}");
    assert_non_null(figures);
    assert_true(json_number_value(json_object_get(figures, "days")) == 4);
    assert_true(of(figures, "pushed", "alarms_per_day") == 2);
    assert_true(of(figures, "pushed", "notices_per_day") == 2.5);
    assert_true(of(figures, "running", "notices_per_day") == 1);
    assert_true(of(figures, "pushed", "customers") == 2);
    assert_true(json_number_value(json_object_get(figures, "alarms_new")) == 6);
    assert_true(json_number_value(json_object_get(figures, "commands_unfit")) == 1);
    assert_string_equal(json_string_value(json_object_get(figures, "unfit")), "ack: over");
    json_decref(figures);
}

/* An hour with two notices is not 48 a day. */
static void less_than_a_day_counts_as_one(void **state)
{
    (void)state;
    json_t *figures = figures_of("{\"from\":\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-01T01:00:00Z\","
                                 "\"readings\":9,\"result\":" RESULT("7", "2") "}");
    assert_non_null(figures);
    assert_true(of(figures, "pushed", "notices_per_day") == 2);
    assert_true(of(figures, "running", "notices_per_day") == 0); /* none of that name runs */
    json_decref(figures);
}

static void what_is_no_report_has_none(void **state)
{
    (void)state;
    assert_null(figures_of("{}"));
    assert_null(figures_of("[]"));
    assert_null(figures_of("{\"from\":\"yesterday\",\"to\":\"2026-03-01T01:00:00Z\",\"result\":{}}"));
    assert_null(figures_of("{\"from\":\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-01T01:00:00Z\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_are_by_day),
        cmocka_unit_test(less_than_a_day_counts_as_one),
        cmocka_unit_test(what_is_no_report_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
