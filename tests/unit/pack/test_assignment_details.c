/* What is said of an asset besides what watches it: contents read as one text, dates and times that are some.
 */
#include "core/asset/assignment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void what_an_asset_holds_is_one_text(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        const char *contents; /* NULL: none */
    } rows[] = {
        {"contents: [{name: Insulin, quantity: 12, lot: 007A}, {name: Needles}]",
         "12 × Insulin (007A), Needles"},
        {"contents: vaccine", "vaccine"},
        {"contents: []", ""},
        {"{warranty: 2028-02-29, promised: none}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        otr_assignments *loaded = NULL;
        otr_error error = {0};
        bool map = rows[i].yaml[0] == '{';
        (void)snprintf(text, sizeof text, "version: 1\nassets:\n  - {asset: a, class: x, %.*s}\n",
                       (int)strlen(rows[i].yaml) - (map ? 2 : 0), rows[i].yaml + (map ? 1 : 0));
        if (otr_assignments_load(otr_str_of(text), &loaded, &error) != OTR_OK)
            fail_msg("%s%d:%d: %s", text, error.line, error.column, error.text);
        const otr_value *value = otr_asset_field(&loaded->assets[0], OTR_STR("contents"));
        if (rows[i].contents == NULL)
            assert_null(value);
        else
            assert_true(otr_str_is(value->text, rows[i].contents));
        otr_assignments_free(loaded);
    }
}

static void what_is_no_date_time_or_list_is_refused_at_its_place(void **state)
{
    (void)state;
#define ASSET "version: 1\nassets:\n  - asset: a\n    class: x\n"
    static const struct {
        const char *yaml;
        int line, column;
        const char *word;
    } rows[] = {
        {ASSET "    promised: tomorrow\n", 5, 15, "expected a time"},
        {ASSET "    promised: 'none'\n", 5, 15, "expected a time"},
        {ASSET "    warranty: 2027-02-29\n", 5, 15, "expected a date"},
        {ASSET "    warranty: 2027-13-01\n", 5, 15, "expected a date"},
        {ASSET "    warranty: 2027/02/01\n", 5, 15, "expected a date"},
        {ASSET "    warranty: 2027-02-1x\n", 5, 15, "expected a date"},
        {ASSET "    warranty: [1]\n", 5, 15, "expected text"},
        {ASSET "    contents: [box]\n", 5, 16, "expected a map"},
        {ASSET "    contents: [{quantity: 1}]\n", 5, 16, "the key name is missing"},
        {ASSET "    contents: [{name: a, quantity: 0}]\n", 5, 36, "expected"},
        {ASSET "    contents: [{name: a, quantiti: 1}]\n", 5, 26, "did you mean quantity?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_assignments *loaded = NULL;
        otr_error error = {0};
        assert_int_equal(otr_assignments_load(otr_str_of(rows[i].yaml), &loaded, &error), OTR_INVALID);
        assert_null(loaded);
        if (error.line != rows[i].line || error.column != rows[i].column ||
            strstr(error.text, rows[i].word) == NULL)
            fail_msg("%s%d:%d: %s", rows[i].yaml, error.line, error.column, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_asset_holds_is_one_text),
        cmocka_unit_test(what_is_no_date_time_or_list_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
