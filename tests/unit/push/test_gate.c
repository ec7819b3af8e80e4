/* Gates of rollouts: what holds by which figures, and where a text goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tools/outrider/push/push_gate.h"

static json_t *figures;

static int begin(void **state)
{
    json_error_t problem;
    (void)state;
    figures = json_loads("{\"days\":3.5,\"readings\":100,\"alarms_new\":1,\"alarms_gone\":0,"
                         "\"pushed\":{\"alarms_per_day\":2,\"notices_per_day\":1.5,\"customers\":4},"
                         "\"running\":{\"alarms_per_day\":2,\"notices_per_day\":1}}",
                         0, &problem);
    return figures != NULL ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    json_decref(figures);
    return 0;
}

static void what_holds_holds(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"", true},
        {"notices_per_day < 2", true},
        {"notices_per_day < 1.5", false},
        {"notices_per_day <= 1.5", true},
        {"notices_per_day > 1.5", false},
        {"notices_per_day >= 1.5", true},
        {"alarms_new == 1", true},
        {"alarms_new != 1", false},
        {"alarms_new != 0", true},
        {"alarms_per_day <= running.alarms_per_day", true},
        {"alarms_per_day < running.alarms_per_day", false},
        {"notices_per_day <= running.notices_per_day", false},
        {"2 > notices_per_day && days >= 3", true},
        {"days>=3&&days>=7", false},
        {"days >= 7 && days >= 3", false},
        {"customers < 5", true},
        {"tickets < 5", false}, /* the gateway did not say */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_gate gate;
        otr_error error = {.text = ""};
        otr_buffer why = {0};
        if (otr_gate_parse(otr_str_of(rows[i].text), &gate, &error) != OTR_OK)
            fail_msg("%s: %d: %s", rows[i].text, error.column, error.text);
        if (otr_gate_holds(&gate, figures, &why) != rows[i].holds || (why.size == 0) != rows[i].holds)
            fail_msg("%s", rows[i].text);
        otr_buffer_done(&why);
    }
}

static void why_it_does_not_is_told_with_its_values(void **state)
{
    otr_gate gate;
    otr_error error;
    otr_buffer why = {0};
    (void)state;
    assert_int_equal(otr_gate_parse(OTR_STR("notices_per_day <= running.notices_per_day"), &gate, &error),
                     OTR_OK);
    assert_false(otr_gate_holds(&gate, figures, &why));
    assert_true(
        otr_str_is(otr_buffer_text(&why), "notices_per_day = 1.5, not <= running.notices_per_day = 1"));
    otr_buffer_done(&why);
}

static void what_is_wrong_is_told_with_its_column(void **state)
{
    static const struct {
        const char *text;
        int column;
        const char *what;
    } rows[] = {
        {"notices_per_dya < 2", 1, "did you mean notices_per_day"},
        {"running.days > 2", 1, "no figure"},
        {"days 2", 6, "expected one of"},
        {"days = 2", 6, "expected one of"},
        {"days <", 7, "expected a number"},
        {"days < 1.2.3", 8, "no number"},
        {"days < 2 || days > 1", 10, "&&"},
        {"days < 2 &&", 12, "after &&"},
        {"Days < 2", 1, "expected a number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        otr_gate gate;
        otr_error error = {.text = ""};
        if (otr_gate_parse(otr_str_of(rows[i].text), &gate, &error) == OTR_OK ||
            error.column != rows[i].column || strstr(error.text, rows[i].what) == NULL)
            fail_msg("%s: %d: %s", rows[i].text, error.column, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_holds_holds),
        cmocka_unit_test(why_it_does_not_is_told_with_its_values),
        cmocka_unit_test(what_is_wrong_is_told_with_its_column),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
