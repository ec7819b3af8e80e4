/* Lines of `outrider voice import`: what is taken, what is refused and why, and that no text goes on. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tools/outrider/figures/voice_line.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *line_of(const char *line, otr_error *error)
{
    return otr_voice_line_read((otr_bytes){(const uint8_t *)line, strlen(line)}, error);
}

#define SIGN "\"at\":\"2024-05-01T12:00:00Z\",\"source\":\"reviews\",\"sign\":\"complaint\""

static void a_line_becomes_a_request_without_its_text(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    json_t *request = line_of(
        "{" SIGN ",\"id\":\"7\",\"about\":{\"product\":\"CX\"},\"text\":\"Kim says it broke\"}", &error);
    if (request == NULL)
        fail_msg("%s", error.text);
    char *text = json_dumps(request, JSON_SORT_KEYS | JSON_COMPACT);
    assert_string_equal(text, "{\"about\":{\"product\":\"CX\"},\"at\":\"2024-05-01T12:00:00Z\",\"do\":"
                              "\"voice\",\"id\":\"reviews:7\","
                              "\"sign\":\"complaint\",\"source\":\"reviews\"}");
    free(text);
    json_decref(request);
}

static void without_an_id_a_line_is_known_by_all_that_it_says(void **state)
{
    (void)state;
    static const char *const lines[] = {"{" SIGN ",\"about\":{\"rule\":\"p/R\"},\"text\":\"a\"}",
                                        "{" SIGN ",\"about\":{\"rule\":\"p/R\"},\"text\":\"a\"}",
                                        "{" SIGN ",\"about\":{\"rule\":\"p/R\"},\"text\":\"b\"}"};
    char ids[3][64];
    for (size_t i = 0; i < 3; i++) {
        json_t *request = line_of(lines[i], NULL);
        assert_non_null(request);
        (void)snprintf(ids[i], sizeof ids[i], "%s", json_string_value(json_object_get(request, "id")));
        json_decref(request);
    }
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]);
}

static void what_is_refused_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *reason;
    } rows[] = {
        {"", "JSON"},
        {"[]", "an object"},
        {"{" SIGN "}", "\"about\" is missing"},
        {"{" SIGN ",\"about\":{}}", "an asset, a product or a rule"},
        {"{" SIGN ",\"about\":\"CX\"}", "\"about\" is an object"},
        {"{" SIGN ",\"about\":{\"rule\":\"R\"}}", "PACK/RULE"},
        {"{" SIGN ",\"about\":{\"customer\":\"c\"}}", "unknown key \"customer\""},
        {"{" SIGN ",\"about\":{\"lot\":\"A\"},\"stars\":1}", "unknown key"},
        {"{" SIGN ",\"about\":{\"product\":7}}", "\"product\" is a text"},
        {"{" SIGN ",\"id\":\"\",\"about\":{\"product\":\"CX\"}}", "\"id\" has"},
        {"{\"at\":\"yesterday\",\"source\":\"r\",\"sign\":\"praise\",\"about\":{\"product\":\"CX\"}}",
         "\"at\" is a time"},
        {"{\"source\":\"r\",\"sign\":\"praise\",\"about\":{\"product\":\"CX\"}}", "\"at\" is a time"},
        {"{\"at\":\"2024-05-01T12:00:00Z\",\"source\":\"R "
         "S\",\"sign\":\"praise\",\"about\":{\"product\":\"CX\"}}",
         "\"source\""},
        {"{\"at\":\"2024-05-01T12:00:00Z\",\"source\":\"r\",\"sign\":\"bad\",\"about\":{\"product\":\"CX\"}}",
         "\"sign\" is"},
        {"{\"at\":\"2024-05-01T12:00:00Z\",\"at\":\"2024-05-01T12:00:00Z\"}", "duplicate"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_error error = {.text = ""};
        json_t *request = line_of(rows[i].line, &error);
        if (request != NULL || error.text[0] == '\0' || (i > 0 && strstr(error.text, rows[i].reason) == NULL))
            fail_msg("row %zu: %s", i, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_becomes_a_request_without_its_text),
        cmocka_unit_test(without_an_id_a_line_is_known_by_all_that_it_says),
        cmocka_unit_test(what_is_refused_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
