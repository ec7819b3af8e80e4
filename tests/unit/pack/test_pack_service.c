/* rules/pack: what the desk may do and say, by remedies, resolutions and promises: their parts, defaults and
 * languages, and every refusal with its exact place. */
#include "loading.h"
#include "rules/load/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(packs, otr_pack, otr_pack_load, otr_pack_free);

#define RULE "pack: p\nversion: 1\nrules:\n- alert: A\n  expr: temperature > 1.0\n"

static otr_pack *load(const char *yaml)
{
    otr_pack *pack;
    otr_error error;
    if (otr_pack_load(otr_str_of(yaml), &pack, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return pack;
}

static bool says(const otr_template *text, const char *literal)
{
    return text->count > 0 && otr_str_is(text->pieces[0].text, literal);
}

static void every_part_of_a_remedy_is_there(void **state)
{
    (void)state;
    otr_pack *pack =
        load(RULE "remedies:\n"
                  "  replace:\n"
                  "    roles: [desk, engineer]\n"
                  "    at_most: 2\n"
                  "    claim: true\n"
                  "    queue: insurance\n"
                  "    do: {command: boost, value: true, at_most: 3 per 1d, device: cooler, every: 1h}\n"
                  "    texts:\n"
                  "      en: {line: New, brief: A new one, text: '{{ asset.name }} is replaced.'}\n"
                  "      de: Wird ersetzt.\n");
    const otr_remedy *remedy = otr_pack_find_remedy(pack, OTR_STR("replace"));
    assert_non_null(remedy);
    assert_int_equal(remedy->role_count, 2);
    assert_true(otr_str_is(remedy->roles[1], "engineer"));
    assert_int_equal(remedy->at_most, 2);
    assert_true(remedy->claim);
    assert_true(otr_str_is(remedy->queue, "insurance"));
    assert_true(otr_str_is(remedy->deed->command, "boost"));
    assert_true(otr_str_is(remedy->deed->role, "cooler"));
    assert_false(remedy->deed->shadow);
    const otr_catalogue_text *english = otr_catalogue_find(&remedy->told, OTR_STR("fr-CA"));
    assert_true(says(&english->line, "New"));
    assert_true(says(&english->brief, "A new one"));
    assert_true(otr_str_is(english->text.pieces[0].text, "asset.name"));
    const otr_catalogue_text *german = otr_catalogue_find(&remedy->told, OTR_STR("de-AT"));
    assert_true(says(&german->text, "Wird ersetzt."));
    assert_int_equal(german->line.count, 0);
    assert_null(otr_pack_find_remedy(pack, OTR_STR("repair")));
    otr_pack_free(pack);
}

static void a_remedy_is_the_desks_and_done_once_unless_the_pack_says_otherwise(void **state)
{
    (void)state;
    otr_pack *pack = load(RULE "remedies: {a: {texts: {en: x}}, b: {claim: true, texts: {en: x}}}\n");
    const otr_remedy *plain = otr_pack_find_remedy(pack, OTR_STR("a"));
    assert_int_equal(plain->role_count, 1);
    assert_true(otr_str_is(plain->roles[0], "desk"));
    assert_int_equal(plain->at_most, 1);
    assert_false(plain->claim);
    assert_null(plain->deed);
    assert_true(otr_str_is(otr_pack_find_remedy(pack, OTR_STR("b"))->queue, "claims"));
    otr_pack_free(pack);
}

static void resolutions_and_promises_are_found_by_their_names(void **state)
{
    (void)state;
    otr_pack *pack = load(RULE "resolutions: {repaired: {en: {line: Done, text: It is repaired.}}}\n"
                               "promises: {callback: {en: a call, de: ein Anruf}}\n");
    const otr_catalogue_entry *repaired = otr_pack_find_resolution(pack, OTR_STR("repaired"));
    assert_true(says(&otr_catalogue_find(repaired, OTR_STR("zh"))->text, "It is repaired."));
    const otr_catalogue_entry *callback = otr_pack_find_promise(pack, OTR_STR("callback"));
    assert_true(says(&otr_catalogue_find(callback, OTR_STR("de"))->text, "ein Anruf"));
    assert_true(says(&otr_catalogue_find(callback, OTR_STR("es"))->text, "a call"));
    assert_null(otr_pack_find_resolution(pack, OTR_STR("callback")));
    assert_null(otr_pack_find_promise(pack, OTR_STR("repaired")));
    otr_pack_free(pack);
}

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {RULE "remedies: [a]\n", 6, 11, "expected a map"},
        {RULE "remedies: {a: x}\n", 6, 15, "expected a map"},
        {RULE "remedies: {a: {texts: {}}}\n", 6, 12, "no English text"},
        {RULE "remedies: {a: {texts: {de: x}}}\n", 6, 12, "no English text"},
        {RULE "remedies: {A: {texts: {en: x}}}\n", 6, 12, "small letters"},
        {RULE "remedies: {a: {role: [desk], texts: {en: x}}}\n", 6, 16, "did you mean roles?"},
        {RULE "remedies: {a: {roles: desk, texts: {en: x}}}\n", 6, 23, "expected a list"},
        {RULE "remedies: {a: {roles: [], texts: {en: x}}}\n", 6, 23, "helps nobody"},
        {RULE "remedies: {a: {roles: [desk, viewer], texts: {en: x}}}\n", 6, 30,
         "operator, engineer, desk or relay"},
        {RULE "remedies: {a: {at_most: 0, texts: {en: x}}}\n", 6, 25, ""},
        {RULE "remedies: {a: {at_most: 101, texts: {en: x}}}\n", 6, 25, ""},
        {RULE "remedies: {a: {queue: q, texts: {en: x}}}\n", 6, 16, "only a claim"},
        {RULE "remedies: {a: {claim: 1, texts: {en: x}}}\n", 6, 23, ""},
        {RULE "remedies: {a: {claim: true, queue: My Q, texts: {en: x}}}\n", 6, 36, "small letters"},
        {RULE "remedies: {a: {do: {command: b, value: true}, texts: {en: x}}}\n", 6, 20,
         "at_most is missing"},
        {RULE "remedies: {a: {do: {command: b, value: true, at_most: 1 per 1h, wait: 5m}, texts: {en: x}}}\n",
         6, 65, "wait"},
        {RULE "remedies: {a: {texts: {en: {line: x}}}}\n", 6, 28, "text is missing"},
        {RULE "remedies: {a: {texts: {en: {text: x, you: y}}}}\n", 6, 38, "you"},
        {RULE "remedies: {a: {texts: {en: 'since {{ onset }}'}}}\n", 6, 28, "only asset.* is"},
        {RULE "resolutions: {a: {en: 'at {{ temperature }}'}}\n", 6, 23, "only asset.* is"},
        {RULE "resolutions: {a: {en: ''}}\n", 6, 23, "must not be empty"},
        {RULE "resolutions: {a: {english: x}}\n", 6, 19, ""},
        {RULE "promises: {a: {en: 'a call about {{ asset.name }}'}}\n", 6, 20, "no placeholders"},
        {RULE "promises: {a: {en: {text: x}}}\n", 6, 20, "expected text"},
        {RULE "promises: {'a b': {en: x}}\n", 6, 12, "small letters"},
    };
    test_refusals(&packs, rows, sizeof rows / sizeof rows[0]);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    static const char yaml[] = RULE "remedies: {a: {roles: [desk, engineer], claim: true, queue: q, do: "
                                    "{command: b, value: 1, at_most: 1 "
                                    "per 1h}, texts: {en: {line: l, brief: b, text: t}}}}\n"
                                    "resolutions: {r: {en: t}}\npromises: {c: {en: a call}}\n";
    test_failing_allocations(&packs, OTR_STR(yaml), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_a_remedy_is_there),
        cmocka_unit_test(a_remedy_is_the_desks_and_done_once_unless_the_pack_says_otherwise),
        cmocka_unit_test(resolutions_and_promises_are_found_by_their_names),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
