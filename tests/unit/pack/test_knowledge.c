/* rules/knowledge: what a file becomes, every refusal with its exact place, which entry and which route win,
 * what can never be reached, failed allocations, and that the shipped files load. */
#include "base/buffer.h"
#include "base/limits.h"
#include "loading.h"
#include "rules/load/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(files, otr_knowledge, otr_knowledge_load, otr_knowledge_free);

#define HEAD "knowledge: own\nversion: 2\n"

static const char whole[] = HEAD
    "entries:\n"
    "  - {code: P03xx, title: Ignition}\n"
    "  - {code: P0301, title: Cylinder 1, cause: The plug., advice: Swap it., remedies: [tow, workshop]}\n"
    "  - {code: P0301, model: CX, title: Cylinder 1 of a CX}\n"
    "  - {code: P0301, model: CX, lots: {from: A1, to: A3}, title: Bad coils, known_problem: Recall 7}\n"
    "  - {rule: p/Warm, title: Warm, trouble: heat, queue: cold}\n"
    "  - {rule: p/Warm, class: box, title: Warm box}\n"
    "routes:\n"
    "  - {code: P030x, language: de, queue: engines, to: anna}\n"
    "  - {class: vehicle, weight: 2, queue: important}\n"
    "  - {region: north, queue: north}\n";

static otr_knowledge *load(const char *yaml)
{
    otr_knowledge *knowledge;
    otr_error error;
    if (otr_knowledge_load(otr_str_of(yaml), &knowledge, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return knowledge;
}

static const char *title_of(const otr_knowledge *knowledge, otr_knowledge_case of)
{
    static char text[100];
    unsigned fit;
    const otr_knowledge_entry *found = otr_knowledge_find(knowledge, &of, &fit);
    assert_true((found != NULL) == (fit > 0));
    (void)snprintf(text, sizeof text, "%.*s", OTR_STR_ARG(found != NULL ? found->title : OTR_STR("")));
    return text;
}

static void the_entry_that_says_most_of_it_is_found(void **state)
{
    (void)state;
    otr_knowledge *k = load(whole);
    otr_str p0301 = OTR_STR("P0301");
    otr_str cx = OTR_STR("CX");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = OTR_STR("P0355")}), "Ignition");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = p0301}), "Cylinder 1");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = p0301, .model = cx}), "Cylinder 1 of a CX");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = p0301, .model = cx, .lot = OTR_STR("A2")}),
                        "Bad coils");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = p0301, .model = cx, .lot = OTR_STR("A4")}),
                        "Cylinder 1 of a CX");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = OTR_STR("P0401")}), "");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = OTR_STR("P030")}), "");
    otr_knowledge_case rule = {.pack = OTR_STR("p"), .rule = OTR_STR("Warm"), .class = OTR_STR("car")};
    assert_string_equal(title_of(k, rule), "Warm");
    rule.class = OTR_STR("box");
    assert_string_equal(title_of(k, rule), "Warm box");
    rule.code = OTR_STR("P0999"); /* what is known of the rule says nothing of its code */
    assert_string_equal(title_of(k, rule), "");
    otr_knowledge_free(k);
}

static void of_equals_the_first_counts(void **state)
{
    (void)state;
    otr_knowledge *k = load(HEAD "entries: [{code: A1, title: first}, {code: A1, title: second}]\n");
    assert_string_equal(title_of(k, (otr_knowledge_case){.code = OTR_STR("A1")}), "first");
    otr_knowledge_free(k);
}

static const otr_route_line *route_of(const otr_knowledge *knowledge, otr_knowledge_case of)
{
    for (size_t i = 0; i < knowledge->route_count; i++)
        if (otr_route_fits(&knowledge->routes[i], &of))
            return &knowledge->routes[i];
    return NULL;
}

static void the_first_route_that_fits_counts(void **state)
{
    (void)state;
    otr_knowledge *k = load(whole);
    otr_knowledge_case of = {
        .code = OTR_STR("P0305"), .class = OTR_STR("vehicle"), .language = OTR_STR("de-AT"), .weight = 3};
    assert_ptr_equal(route_of(k, of), &k->routes[0]);
    assert_true(otr_str_is(k->routes[0].assignee, "anna"));
    of.language = OTR_STR("den");
    assert_ptr_equal(route_of(k, of), &k->routes[1]);
    of.weight = 1.9;
    assert_null(route_of(k, of));
    of.region = OTR_STR("north");
    assert_ptr_equal(route_of(k, of), &k->routes[2]);
    otr_knowledge_free(k);
}

static void a_route_behind_one_that_takes_all_of_it_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *second;
        bool shadowed;
    } table[] = {
        {"{queue: a}", "{code: P0301, queue: b}", true},
        {"{code: P03xx, queue: a}", "{code: P0301, queue: b}", true},
        {"{code: P0301, queue: a}", "{code: P03xx, queue: b}", false},
        {"{code: P03xx, queue: a}", "{class: car, queue: b}", false},
        {"{language: de, queue: a}", "{language: de-AT, queue: b}", true},
        {"{language: de-AT, queue: a}", "{language: de, queue: b}", false},
        {"{weight: 2, queue: a}", "{weight: 3, queue: b}", true},
        {"{weight: 3, queue: a}", "{weight: 2, queue: b}", false},
        {"{weight: 2, queue: a}", "{queue: b}", false},
        {"{class: car, queue: a}", "{class: car, region: north, queue: b}", true},
        {"{class: car, queue: a}", "{class: van, region: north, queue: b}", false},
        {"{lots: {from: A, to: F}, queue: a}", "{lots: {from: B, to: C}, queue: b}", true},
        {"{lots: {from: A, to: F}, queue: a}", "{lots: {from: B, to: G}, queue: b}", false},
        {"{rule: p/R, queue: a}", "{rule: p/R, code: P0301, queue: b}", true},
        {"{rule: p/R, queue: a}", "{rule: p/S, queue: b}", false},
        {"{category: c, queue: a}", "{queue: b}", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char yaml[400];
        (void)snprintf(yaml, sizeof yaml, HEAD "routes:\n  - %s\n  - %s\n", table[i].first, table[i].second);
        otr_knowledge *k = load(yaml);
        const otr_route_line *shadow = otr_route_shadow(k, &k->routes[1]);
        if ((shadow != NULL) != table[i].shadowed)
            fail_msg("%s before %s", table[i].first, table[i].second);
        assert_null(otr_route_shadow(k, &k->routes[0]));
        otr_knowledge_free(k);
    }
}

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal table[] = {
        {"version: 1\n", 1, 1, "knowledge"},
        {"knowledge: own\n", 1, 1, "version"},
        {"knowledge: Own\nversion: 1\n", 1, 12, "small letters"},
        {"knowledge: own\nversion: 0\n", 2, 10, "out of range"},
        {HEAD "entry: []\n", 3, 1, "unknown key entry"},
        {HEAD "entries: {}\n", 3, 10, "list"},
        {HEAD "entries:\n  - {title: T}\n", 4, 5, "a code, a rule or a model"},
        {HEAD "entries:\n  - {code: P0301}\n", 4, 5, "title"},
        {HEAD "entries:\n  - {code: 'P 1', title: T}\n", 4, 12, "fault code"},
        {HEAD "entries:\n  - {code: xxxxx, title: T}\n", 4, 12, "fault code"},
        {HEAD "entries:\n  - {rule: Warm, title: T}\n", 4, 12, "PACK/RULE"},
        {HEAD "entries:\n  - {code: A, title: T, remedies: [Two Words]}\n", 4, 36, "small letters"},
        {HEAD "entries:\n  - {code: A, title: T, trouble: 'A B'}\n", 4, 34, "small letters"},
        {HEAD "entries:\n  - {code: A, title: T, lots: {from: B, to: A}}\n", 4, 31, "first lot"},
        {HEAD "entries:\n  - {code: A, title: T, lots: {from: B}}\n", 4, 31, "to"},
        {HEAD "routes:\n  - {code: A}\n", 4, 5, "queue"},
        {HEAD "routes:\n  - {weight: 0, queue: a}\n", 4, 14, "weight"},
        {HEAD "routes:\n  - {language: '?', queue: a}\n", 4, 16, "language"},
        {HEAD "routes:\n  - {qeue: a}\n", 4, 6, "unknown key qeue"},
    };
    test_refusals(&files, table, sizeof table / sizeof table[0]);
}

static void codes_are_read_one_after_another(void **state)
{
    (void)state;
    otr_str text = OTR_STR(" P0301, SPN110/FMI0;E18  ");
    otr_str code;
    otr_str spn;
    otr_str fmi;
    assert_true(otr_fault_code_next(&text, &code) && otr_str_is(code, "P0301"));
    assert_false(otr_fault_code_split(code, &spn, &fmi));
    assert_true(otr_fault_code_next(&text, &code) && otr_fault_code_split(code, &spn, &fmi));
    assert_true(otr_str_is(spn, "SPN110") && otr_str_is(fmi, "FMI0"));
    assert_true(otr_fault_code_next(&text, &code) && otr_str_is(code, "E18"));
    assert_false(otr_fault_code_next(&text, &code));
}

static void a_failed_allocation_leaves_nothing(void **state)
{
    (void)state;
    test_failing_allocations(&files, otr_str_of(whole), 10);
}

static void the_shipped_files_load_and_know_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t least;
        const char *code;
        const char *title;
    } table[] = {{"obd2", 200, "P0301", "Cylinder 1 misfires"},
                 {"j1939", 100, "SPN110", "Engine coolant temperature"},
                 {"packs", 50, "", ""}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char path[400];
        otr_buffer text = {0};
        (void)snprintf(path, sizeof path, "%s/rules/knowledge/%s.yaml", getenv("OUTRIDER_SOURCE"),
                       table[i].name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        for (int c; (c = getc(file)) != EOF;)
            otr_buffer_add_u8(&text, (uint8_t)c);
        (void)fclose(file);
        otr_buffer_add_u8(&text, 0);
        otr_knowledge *k = load((const char *)text.data);
        assert_true(k->entry_count >= table[i].least);
        assert_string_equal(title_of(k, (otr_knowledge_case){.code = otr_str_of(table[i].code)}),
                            table[i].title);
        otr_knowledge_free(k);
        otr_buffer_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_entry_that_says_most_of_it_is_found),
        cmocka_unit_test(of_equals_the_first_counts),
        cmocka_unit_test(the_first_route_that_fits_counts),
        cmocka_unit_test(a_route_behind_one_that_takes_all_of_it_is_told),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(codes_are_read_one_after_another),
        cmocka_unit_test(a_failed_allocation_leaves_nothing),
        cmocka_unit_test(the_shipped_files_load_and_know_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
