/* Every limit of what people write in files: as much as it says is taken, one more is refused whole with its
 * place and the number. */
#include "base/buffer.h"
#include "base/limits.h"
#include "core/asset/assignment.h"
#include "rules/load/knowledge.h"
#include "rules/load/pack.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ASSET "version: 1\nassets:\n- asset: a\n  class: x\n"
#define PLACES "  places: {a: {latitude: 1, longitude: 1}, z: {latitude: 2, longitude: 2}}\n"
#define CONTACT "version: 1\ncustomers:\n- customer: c\n  "
#define RULE "pack: p\nversion: 1\nrules:\n- alert: A\n  expr: t > 1.0\n"
#define KNOWLEDGE "knowledge: k\nversion: 1\n"

static otr_status as_assignments(otr_str yaml, otr_error *error)
{
    otr_assignments *made = NULL;
    otr_status status = otr_assignments_load(yaml, &made, error);
    otr_assignments_free(made);
    return status;
}

static otr_status as_pack(otr_str yaml, otr_error *error)
{
    otr_pack *made = NULL;
    otr_status status = otr_pack_load(yaml, &made, error);
    otr_pack_free(made);
    return status;
}

static otr_status as_knowledge(otr_str yaml, otr_error *error)
{
    otr_knowledge *made = NULL;
    otr_status status = otr_knowledge_load(yaml, &made, error);
    otr_knowledge_free(made);
    return status;
}

/* A file with so many items between head and tail. */
typedef struct kind {
    const char *what;
    otr_status (*load)(otr_str yaml, otr_error *error);
    const char *head;
    void (*item)(otr_buffer *out, int number, int count);
    const char *tail;
    int most;
    const char *reason; /* in the refusal of one more */
} kind;

static void corner(otr_buffer *out, int number, int count)
{
    double angle = 2 * 3.14159265358979 * (number % (count - 1)) / (count - 1); /* the last is the first */
    otr_buffer_add_format(out, "[%.4f, %.4f],", cos(angle), sin(angle));
}

static void point(otr_buffer *out, int number, int count)
{
    otr_buffer_add_format(out, "[%.4f, 1],", 1 + (double)number / count);
}

static void stop(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "{name: s%d, latitude: 1, longitude: 1.%02d},", number, number);
}

static void command(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "c%d: {kind: bool},", number);
}

static void saying(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "r%d: {en: {line: Done, text: Done.}},", number);
}

static void remedy(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "r%d: {texts: {en: x}},", number);
}

static void entry(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "- {code: C%d, title: T}\n", number);
}

static void line(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "- {code: C%d, queue: q}\n", number);
}

static void problem(otr_buffer *out, int number, int count)
{
    (void)count;
    otr_buffer_add_format(out, "- {problem: p%d, state: open, lot: A, text: T}\n", number);
}

static void letter(otr_buffer *out, int number, int count)
{
    (void)number;
    (void)count;
    otr_buffer_add(out, "C", 1);
}

static void list_item(otr_buffer *out, int number, int count)
{
    (void)number;
    (void)count;
    otr_buffer_add(out, "0,", 2);
}

static const kind kinds[] = {
    {"POLYGON_POINTS", as_assignments, ASSET "  places: {p: {polygon: {type: Polygon, coordinates: [[",
     corner, "]]}}}\n", OTR_LIMIT_POLYGON_POINTS, "at most 64 points"},
    {"ROUTE_STOPS", as_assignments, ASSET PLACES "  route: {origin: a, destination: z, stops: [", stop,
     "]}\n", OTR_LIMIT_ROUTE_STOPS, "at most 32 stops"},
    {"ROUTE_POINTS", as_assignments, ASSET PLACES "  route: {origin: a, destination: z, path: [", point,
     "]}\n", OTR_LIMIT_ROUTE_POINTS, "at most 1024 points"},
    {"PROFILE_COMMANDS", as_assignments, "version: 1\nassets: []\nprofiles: {p: {metrics: {}, commands: {",
     command, "}}}\n", OTR_LIMIT_PROFILE_COMMANDS, "at most 32 commands"},
    {"CATALOGUE, resolutions", as_pack, RULE "resolutions: {", saying, "}\n", OTR_LIMIT_CATALOGUE,
     "more than 128"},
    {"CATALOGUE, remedies", as_pack, RULE "remedies: {", remedy, "}\n", OTR_LIMIT_CATALOGUE,
     "more than 128 remedies"},
    {"KNOWLEDGE_ENTRIES", as_knowledge, KNOWLEDGE "entries:\n", entry, "", OTR_LIMIT_KNOWLEDGE_ENTRIES,
     "more than 4096 entries"},
    {"ROUTE_LINES", as_knowledge, KNOWLEDGE "routes:\n", line, "", OTR_LIMIT_ROUTE_LINES,
     "more than 512 routes"},
    {"PROBLEMS", as_knowledge, KNOWLEDGE "problems:\n", problem, "", OTR_LIMIT_PROBLEMS,
     "more than 256 problems"},
    {"CODE_BYTES", as_knowledge, KNOWLEDGE "entries: [{title: T, code: ", letter, "}]\n",
     OTR_LIMIT_CODE_BYTES, "code"},
};

static otr_status load(const kind *row, int count, otr_error *error)
{
    otr_buffer yaml = {0};
    otr_buffer_add(&yaml, row->head, strlen(row->head));
    for (int i = 0; i < count; i++)
        row->item(&yaml, i, count);
    otr_buffer_add(&yaml, row->tail, strlen(row->tail));
    assert_false(yaml.failed);
    otr_status status = row->load((otr_str){(const char *)yaml.data, yaml.size}, error);
    otr_buffer_done(&yaml);
    return status;
}

static void as_many_are_taken_as_a_limit_says_and_one_more_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        otr_error error = {.text = ""};
        if (load(&kinds[i], kinds[i].most, &error) != OTR_OK)
            fail_msg("%s: %d:%d: %s", kinds[i].what, error.line, error.column, error.text);
        otr_status status = load(&kinds[i], kinds[i].most + 1, &error);
        if (status == OTR_OK || error.line == 0 || strstr(error.text, kinds[i].reason) == NULL)
            fail_msg("%s: %d, %d:%d: %s", kinds[i].what, status, error.line, error.column, error.text);
    }
}

static void a_number_may_be_as_large_as_its_limit_says(void **state)
{
    static const struct {
        otr_status (*load)(otr_str yaml, otr_error *error);
        const char *before;
        const char *after;
        int most;
        const char *reason;
    } numbers[] = {
        {as_assignments, CONTACT "budget: {day: ", "}\n", OTR_LIMIT_BUDGET - 1, "out of range"},
        {as_assignments, CONTACT "weight: ", "\n", OTR_LIMIT_CONTACT_WEIGHT, "at most 100"},
        {as_knowledge, KNOWLEDGE "routes: [{queue: q, weight: ", "}]\n", OTR_LIMIT_CONTACT_WEIGHT, ""},
        {as_assignments, CONTACT "questions: {per_days: ", "}\n", OTR_LIMIT_QUESTION_BUDGET_DAYS,
         "out of range"},
        {as_pack, RULE "  ticket: {queue: q, verify: ", "d}\n", OTR_LIMIT_VERIFY_DAYS, "30 days at most"},
        {as_pack, RULE "  do: {command: b, value: 1, at_most: ", " per 1d}\n", OTR_LIMIT_DEVICE_COMMANDS, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        for (int more = 0; more < 2; more++) {
            char yaml[400];
            otr_error error = {.text = ""};
            (void)snprintf(yaml, sizeof yaml, "%s%d%s", numbers[i].before, numbers[i].most + more,
                           numbers[i].after);
            otr_status status = numbers[i].load(otr_str_of(yaml), &error);
            if ((status == OTR_OK) != (more == 0) ||
                (more == 1 && (error.line == 0 || strstr(error.text, numbers[i].reason) == NULL)))
                fail_msg("row %zu, %d more: %d, %d:%d: %s", i, more, status, error.line, error.column,
                         error.text);
        }
}

static void a_file_has_so_many_bytes_and_values(void **state)
{
    static const kind values = {"YAML_NODES", as_pack, "pack: [", list_item, "]\n", OTR_LIMIT_YAML_NODES, ""};
    otr_error error = {.text = ""};
    (void)state;
    assert_int_equal(load(&values, OTR_LIMIT_YAML_NODES - 10, &error), OTR_INVALID); /* for what it says */
    assert_int_equal(load(&values, OTR_LIMIT_YAML_NODES, &error), OTR_LIMIT);
    static const kind more = {
        "ASSIGNMENTS_NODES", as_assignments, "version: [", list_item, "]\n", OTR_LIMIT_ASSIGNMENTS_NODES, ""};
    assert_int_equal(load(&more, OTR_LIMIT_YAML_NODES + 1, &error), OTR_INVALID);
    if (getenv("OUTRIDER_LONG") != NULL) {
        assert_int_equal(load(&more, OTR_LIMIT_ASSIGNMENTS_NODES - 10, &error), OTR_INVALID);
        assert_int_equal(load(&more, OTR_LIMIT_ASSIGNMENTS_NODES, &error), OTR_LIMIT);
    }
    char *bytes = test_malloc(OTR_LIMIT_ASSIGNMENTS_BYTES + 1);
    memset(bytes, '\n', OTR_LIMIT_ASSIGNMENTS_BYTES + 1);
    assert_int_equal(as_assignments((otr_str){bytes, OTR_LIMIT_ASSIGNMENTS_BYTES + 1}, &error), OTR_LIMIT);
    assert_int_equal(as_assignments((otr_str){bytes, OTR_LIMIT_PACK_BYTES + 1}, &error), OTR_INVALID);
    assert_int_equal(as_pack((otr_str){bytes, OTR_LIMIT_PACK_BYTES + 1}, &error), OTR_LIMIT);
    test_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_are_taken_as_a_limit_says_and_one_more_is_refused_with_its_place),
        cmocka_unit_test(a_number_may_be_as_large_as_its_limit_says),
        cmocka_unit_test(a_file_has_so_many_bytes_and_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
