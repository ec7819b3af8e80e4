/* `outrider eval`: values to JSON and back, time zones of the machine, and the program itself, line by line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/check/eval_value.h"
#include "tools/outrider/check/eval_zone.h"

static char *round_trip(const char *text, otr_status *status, otr_error *error)
{
    otr_arena arena = {0};
    otr_value value;
    char *out = NULL;
    json_t *json = json_loads(text, JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    *status = otr_eval_read(json, &arena, &value, error);
    json_decref(json);
    if (*status == OTR_OK) {
        json = otr_eval_write(&value);
        assert_non_null(json);
        out = json_dumps(json, JSON_COMPACT);
        json_decref(json);
    }
    otr_arena_done(&arena);
    return out;
}

static void values_survive_json(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out; /* NULL: the same */
    } rows[] = {
        {"{\"nullValue\":null}", NULL},
        {"{\"boolValue\":true}", NULL},
        {"{\"int64Value\":\"-9223372036854775808\"}", NULL},
        {"{\"int64Value\":7}", "{\"int64Value\":\"7\"}"},
        {"{\"uint64Value\":\"18446744073709551615\"}", NULL},
        {"{\"doubleValue\":0.1}", "{\"doubleValue\":0.10000000000000001}"},
        {"{\"doubleValue\":3}", "{\"doubleValue\":3.0}"},
        {"{\"doubleValue\":\"NaN\"}", NULL},
        {"{\"doubleValue\":\"-Infinity\"}", NULL},
        {"{\"stringValue\":\"a\\u0000b\"}", NULL},
        {"{\"stringValue\":\"\"}", NULL},
        {"{\"bytesValue\":\"\"}", NULL},
        {"{\"bytesValue\":\"AA==\"}", NULL},
        {"{\"bytesValue\":\"AAE\"}", "{\"bytesValue\":\"AAE=\"}"},
        {"{\"bytesValue\":\"_-8B\"}", "{\"bytesValue\":\"/+8B\"}"},
        {"{\"typeValue\":\"google.protobuf.Timestamp\"}", NULL},
        {"{\"listValue\":{}}", "{\"listValue\":{\"values\":[]}}"},
        {"{\"listValue\":{\"values\":[{\"boolValue\":false},{\"listValue\":{\"values\":[]}}]}}", NULL},
        {"{\"mapValue\":{\"entries\":[{\"key\":{\"int64Value\":\"1\"},\"value\":{\"nullValue\":null}}]}}",
         NULL},
        {"{\"objectValue\":{\"@type\":\"type.googleapis.com/"
         "google.protobuf.Duration\",\"value\":\"-0.000000001s\"}}",
         NULL},
        {"{\"objectValue\":{\"@type\":\"type.googleapis.com/google.protobuf.Timestamp\","
         "\"value\":\"2024-05-01T12:00:00.5Z\"}}",
         NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_status status;
        otr_error error = {.status = OTR_OK};
        char *out = round_trip(rows[i].in, &status, &error);
        if (out == NULL)
            fail_msg("%s: %s", rows[i].in, error.text);
        assert_string_equal(out, rows[i].out != NULL ? rows[i].out : rows[i].in);
        free(out);
    }
}

static void what_is_no_value_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{}",
        "[]",
        "{\"int64Value\":\"1\",\"boolValue\":true}",
        "{\"int64Value\":\"1.5\"}",
        "{\"int64Value\":9.3e18}",
        "{\"uint64Value\":\"-1\"}",
        "{\"boolValue\":1}",
        "{\"stringValue\":1}",
        "{\"bytesValue\":\"A*==\"}",
        "{\"listValue\":{\"values\":[1]}}",
        "{\"mapValue\":{\"entries\":[{\"key\":{\"doubleValue\":1},\"value\":{\"nullValue\":null}}]}}",
        "{\"mapValue\":{\"entries\":[{\"key\":{\"int64Value\":1}}]}}",
        "{\"objectValue\":{\"@type\":\"type.googleapis.com/google.protobuf.Empty\"}}",
        "{\"objectValue\":{\"@type\":\"type.googleapis.com/google.protobuf.Duration\",\"value\":\"soon\"}}",
        "{\"enumValue\":{}}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_status status;
        otr_error error = {.status = OTR_OK};
        char *out = round_trip(rows[i], &status, &error);
        if (out != NULL)
            fail_msg("%s is taken as %s", rows[i], out);
        assert_int_equal(status, OTR_INVALID);
        assert_true(error.text[0] != '\0');
    }
}

static void zones_are_those_of_the_machine(void **state)
{
    (void)state;
    int32_t ahead = 0;
    if (otr_eval_zone(NULL, OTR_STR("Europe/Berlin"), 0, &ahead) == OTR_NOT_FOUND)
        skip(); /* no zone files here */
    assert_int_equal(ahead, 3600);
    assert_int_equal(otr_eval_zone(NULL, OTR_STR("Europe/Berlin"), 1720000000, &ahead), OTR_OK);
    assert_int_equal(ahead, 7200);
    assert_int_equal(otr_eval_zone(NULL, OTR_STR("Asia/Kathmandu"), 1720000000, &ahead), OTR_OK);
    assert_int_equal(ahead, 20700);
    assert_int_equal(otr_eval_zone(NULL, OTR_STR("../../etc/passwd"), 0, &ahead), OTR_NOT_FOUND);
    assert_int_equal(otr_eval_zone(NULL, OTR_STR("Europe"), 0, &ahead), OTR_NOT_FOUND);
    assert_int_equal(otr_eval_zone(NULL, OTR_STR("Europe/Atlantis"), 0, &ahead), OTR_NOT_FOUND);
}

/* What the program answers on standard output; its exit code in *code. */
static void run(const char *arguments, const char *input, char *out, size_t size, int *code)
{
    char path[] = "/tmp/otr-eval-XXXXXX";
    char command[4096];
    const char *bin = getenv("OUTRIDER_BIN");
    assert_non_null(bin);
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *lines = fdopen(file, "w");
    assert_non_null(lines);
    assert_true(fputs(input, lines) >= 0);
    assert_int_equal(fclose(lines), 0);
    (void)snprintf(command, sizeof command, "'%s/outrider' eval %s <%s 2>&1", bin, arguments, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(out, 1, size - 1, pipe);
    out[got] = '\0';
    *code = pclose(pipe);
    (void)remove(path);
}

static void each_line_of_json_has_its_answer_in_order(void **state)
{
    (void)state;
    char out[4096];
    int code = -1;
    run("--json",
        "{\"expr\": \"x + 1\", \"bindings\": {\"x\": {\"int64Value\": \"41\"}}}\n"
        "{\"expr\": \"y\", \"bindings\": {\"a.b.y\": {\"stringValue\": \"in\"}}, \"container\": \"a.b.c\"}\n"
        "[1]\n"
        "{\"bindings\": {}}\n"
        "{\"expr\": \"x\"}\n"
        "{\"expr\": \"1 / 0\"}\n"
        "{\"expr\": \"1 +\"}\n"
        "{\"expr\": \"x\", \"bindings\": {\"x\": {\"enumValue\": {}}}}\n"
        "{\"expr\": \"[1, 2].map(i, string(i))\"}",
        out, sizeof out, &code);
    assert_int_equal(code, 0);
    assert_string_equal(
        out, "{\"value\":{\"int64Value\":\"42\"}}\n"
             "{\"value\":{\"stringValue\":\"in\"}}\n"
             "{\"error\":\"the line has no \\\"expr\\\"\"}\n"
             "{\"error\":\"the line has no \\\"expr\\\"\"}\n"
             "{\"error\":\"1:1: there is no variable x\"}\n"
             "{\"error\":\"1:3: division by zero\"}\n"
             "{\"error\":\"1:4: the expression ends here, but a value is expected\"}\n"
             "{\"error\":\"enumValue is no value of cel.expr.Value\"}\n"
             "{\"value\":{\"listValue\":{\"values\":[{\"stringValue\":\"1\"},{\"stringValue\":\"2\"}]}}}\n");
    run("--json", "not json\n{\"expr\": \"1\", \"expr\": \"2\"}\n", out, sizeof out, &code);
    assert_int_equal(code, 0);
    assert_int_equal(strncmp(out, "{\"error\":\"the line is no JSON: ", 31), 0);
    assert_non_null(strstr(out, "duplicate object key"));
}

static void lines_of_text_may_name_values_for_later_ones(void **state)
{
    (void)state;
    char out[4096];
    int code = -1;
    run("",
        "limits = {'low': 2, 'high': 8.0}\n\n"
        "name = 'E' + string(12)\n"
        "name == 'E12' && limits.high > limits.low\n"
        "[name, b'\\xff', null, 1u, 2.0, duration('90m'), timestamp(0), int, limits]\n",
        out, sizeof out, &code);
    assert_int_equal(code, 0);
    assert_string_equal(out, "true\n"
                             "[\"E12\", b\"\\xff\", null, 1u, 2.0, duration(\"5400s\"), "
                             "timestamp(\"1970-01-01T00:00:00Z\"), int, {\"low\": 2, \"high\": 8.0}]\n");
    run("'1 + 1' '1 +'", "", out, sizeof out, &code);
    assert_string_equal(out, "2\n1:4: the expression ends here, but a value is expected\n");
    assert_int_equal(code >> 8, 1);
    run("--nonsense", "", out, sizeof out, &code);
    assert_int_equal(code >> 8, 2);
}

static void a_macro_over_nothing_says_nothing_of_its_items(void **state)
{
    (void)state;
    char out[1024];
    int code = -1;
    run("", "[].all(x, 1)\n[].map(x, 'no bool', x)\n[1].exists_one(x, x) || true\n", out, sizeof out, &code);
    assert_string_equal(out, "true\n[]\ntrue\n");
}

static void a_regular_expression_takes_a_megabyte(void **state)
{
    (void)state;
    const size_t size = 1 << 20;
    char *input = malloc(size + 256);
    assert_non_null(input);
    int head =
        sprintf(input, "{\"expr\": \"x.matches('(a*)*b')\", \"bindings\": {\"x\": {\"stringValue\": \"");
    memset(input + head, 'a', size);
    (void)sprintf(input + head + size, "\"}}}\n");
    char out[256];
    int code = -1;
    run("--json", input, out, sizeof out, &code);
    free(input);
    assert_string_equal(out, "{\"value\":{\"boolValue\":false}}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_survive_json),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(zones_are_those_of_the_machine),
        cmocka_unit_test(each_line_of_json_has_its_answer_in_order),
        cmocka_unit_test(lines_of_text_may_name_values_for_later_ones),
        cmocka_unit_test(a_macro_over_nothing_says_nothing_of_its_items),
        cmocka_unit_test(a_regular_expression_takes_a_megabyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
