/* rules/journey_map: what a map becomes, every refusal with its exact place, what may be left out, failed
 * allocations. */
#include "base/buffer.h"
#include "base/limits.h"
#include "loading.h"
#include "rules/load/journey_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(journeys, otr_journey_map, otr_journey_load, otr_journey_free);

static const char whole[] =
    "journey: parcel\n"
    "packs: [journey, device-health]\n"
    "steps:\n"
    "  - step: departed\n"
    "    on_stage: {rule: Departed, message: departed, card: how-to, told_within: 5m, to: customer}\n"
    "    backstage: {queue: journeys, owner: dispatch, rules: [Departed, TrackerSilent]}\n"
    "  - step: arrived\n"
    "    on_stage: {rule: Arrived, to: staff.desk}\n";

static otr_journey_map *load(const char *yaml)
{
    otr_journey_map *map;
    otr_error error;
    if (otr_journey_load(otr_str_of(yaml), &map, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return map;
}

static void a_map_has_its_steps_in_order_with_their_places(void **state)
{
    (void)state;
    otr_journey_map *map = load(whole);
    assert_true(otr_str_is(map->name, "parcel"));
    assert_int_equal(map->pack_count, 2);
    assert_int_equal(map->step_count, 2);
    const otr_journey_step *step = otr_journey_step_of(map, OTR_STR("Departed"));
    assert_ptr_equal(step, &map->steps[0]);
    assert_null(otr_journey_step_of(map, OTR_STR("TrackerSilent")));
    assert_true(otr_str_is(step->message.text, "departed") && otr_str_is(step->card.text, "how-to"));
    assert_true(otr_str_is(step->to.text, "customer") && otr_str_is(step->owner.text, "dispatch"));
    assert_true(otr_str_is(step->told.text, "5m") && step->told_within == 5 * OTR_MINUTE);
    assert_int_equal(step->rule.line, 5);
    assert_int_equal(step->rule.column, 22);
    assert_int_equal(step->rule_count, 2);
    assert_true(otr_str_is(step->rules[1].text, "TrackerSilent"));
    otr_journey_free(map);
}

static void what_a_step_lacks_is_empty_and_has_the_place_of_the_step(void **state)
{
    (void)state;
    otr_journey_map *map = load(whole);
    const otr_journey_step *step = &map->steps[1];
    assert_int_equal(step->message.text.size, 0);
    assert_int_equal(step->owner.text.size, 0);
    assert_int_equal(step->told_within, 0);
    assert_int_equal(step->message.line, 8); /* the map that could have it */
    assert_int_equal(step->owner.line, 7);   /* the step, which has no backstage */
    assert_true(otr_str_is(step->to.text, "staff.desk"));
    otr_journey_free(map);
}

#define STEPS "journey: j\npack: p\nsteps:\n"

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {"", 1, 1, "the key journey is missing"},
        {"journey: A b\n", 1, 10, "small letters"},
        {"journey: j\n", 1, 1, "the key pack is missing"},
        {"journey: j\npack: p\n", 1, 1, "the key steps is missing"},
        {"journey: j\npack: p\npacks: [q]\nsteps: []\n", 3, 8, "not both"},
        {"journey: j\npaks: [q]\n", 2, 1, "did you mean pack"},
        {"journey: j\npack: p\nsteps: []\n", 3, 8, "at least one step"},
        {"journey: j\npack: p\nsteps: {}\n", 3, 8, "expected a list"},
        {STEPS "  - on_stage: {}\n", 4, 5, "the key step is missing"},
        {STEPS "  - step: a\n    backstag: {}\n", 5, 5, "did you mean backstage?"},
        {STEPS "  - step: a\n  - step: a\n", 5, 11, "here twice, first in line 4"},
        {STEPS "  - step: a\n    on_stage: x\n", 5, 15, "expected a map"},
        {STEPS "  - step: a\n    on_stage: {rule: a-b}\n", 5, 22, "a rule's name"},
        {STEPS "  - step: a\n    on_stage: {rules: [A]}\n", 5, 16, "did you mean rule?"},
        {STEPS "  - step: a\n    on_stage: {to: staff.}\n", 5, 20, "staff.ROLE"},
        {STEPS "  - step: a\n    on_stage: {told_within: soon}\n", 5, 29, "expected"},
        {STEPS "  - step: a\n    on_stage: {told_within: 0s}\n", 5, 29, "more than 0"},
        {STEPS "  - step: a\n    backstage: {rules: A}\n", 5, 24, "expected a list"},
        {STEPS "  - step: a\n    backstage: {owner: [a]}\n", 5, 24, "expected text"},
    };
    test_refusals(&journeys, rows, sizeof rows / sizeof rows[0]);
}

static void a_journey_has_at_most_so_many_steps(void **state)
{
    (void)state;
    otr_buffer yaml = {0};
    otr_journey_map *map;
    otr_error error;
    otr_buffer_add_format(&yaml, STEPS);
    for (int i = 0; i < OTR_LIMIT_JOURNEY_STEPS; i++)
        otr_buffer_add_format(&yaml, "  - step: s%d\n", i);
    assert_int_equal(otr_journey_load(otr_buffer_text(&yaml), &map, &error), OTR_OK);
    otr_journey_free(map);
    otr_buffer_add_format(&yaml, "  - step: more\n");
    assert_int_equal(otr_journey_load(otr_buffer_text(&yaml), &map, &error), OTR_LIMIT);
    assert_int_equal(error.line, 4);
    otr_buffer_done(&yaml);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    test_failing_allocations(&journeys, OTR_STR(whole), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_has_its_steps_in_order_with_their_places),
        cmocka_unit_test(what_a_step_lacks_is_empty_and_has_the_place_of_the_step),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(a_journey_has_at_most_so_many_steps),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
