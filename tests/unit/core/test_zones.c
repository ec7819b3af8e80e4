/* Zone data as a content of the core: found by name, replaced, taken out, there again after a restart, and of
 * no consequence for what rules are in the middle of. */
#include "core/asset/zones.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* 2023-11-14T22:13:20Z: winter in Berlin, half past in Kolkata. */
static int32_t offset_at_T0(const world *w, const char *name)
{
    return otr_zone_offset(otr_core_zone(w->core, otr_str_of(name)), T0, NULL);
}

static void a_zone_is_known_once_it_is_active(void **state)
{
    (void)state;
    world *w = start();
    assert_false(otr_core_has_zone(w->core, OTR_STR("Europe/Berlin")));
    assert_null(otr_core_zone(w->core, OTR_STR("Europe/Berlin")));
    world_zone(w, "Europe/Berlin");
    world_zone(w, "Asia/Kolkata");
    assert_true(otr_core_has_zone(w->core, OTR_STR("Europe/Berlin")));
    assert_int_equal(offset_at_T0(w, "Europe/Berlin"), 3600);
    assert_int_equal(offset_at_T0(w, "Asia/Kolkata"), 19800);
    assert_false(otr_core_has_zone(w->core, OTR_STR("Europe/Berli")));
    assert_false(otr_core_has_zone(w->core, OTR_STR("zone/Europe/Berlin")));
    assert_false(otr_core_has_zone(w->core, OTR_STR("assignments")));
    world_free(w);
}

static void utc_needs_no_data(void **state)
{
    (void)state;
    world *w = start();
    assert_true(otr_core_has_zone(w->core, OTR_STR("UTC")));
    assert_true(otr_core_has_zone(w->core, (otr_str){NULL, 0}));
    assert_null(otr_core_zone(w->core, OTR_STR("UTC")));
    assert_int_equal(offset_at_T0(w, "UTC"), 0);
    world_free(w);
}

static void zones_are_there_again_after_a_restart(void **state)
{
    (void)state;
    world *w = start();
    world_zone(w, "Asia/Kolkata");
    world_zone(w, "Europe/Berlin");
    world_snapshot(w);
    world_report(w, "t1", "temperature", 5, AT(1));
    world_restart(w, true);
    assert_int_equal(offset_at_T0(w, "Europe/Berlin"), 3600);
    assert_int_equal(offset_at_T0(w, "Asia/Kolkata"), 19800);
    assert_true(otr_str_is(otr_core_content_hash(w->core, OTR_STR("zone/Europe/Berlin")), w->zones[1].hash));
    world_free(w);
}

static void a_zone_is_replaced_and_taken_out(void **state)
{
    (void)state;
    world *w = start();
    world_zone(w, "Europe/Berlin");
    world_zone(w, "Asia/Kolkata");
    otr_str other = {(const char *)w->zones[1].bytes, w->zones[1].size};
    otr_input input = {.kind = OTR_INPUT_CONTENT,
                       .content = {OTR_STR("zone/Europe/Berlin"), OTR_STR("other"), other}};
    world_step(w, &input, 1);
    assert_int_equal(offset_at_T0(w, "Europe/Berlin"), 19800);
    input.content.hash = OTR_STR("");
    input.content.bytes = (otr_str){NULL, 0};
    world_step(w, &input, 1);
    assert_false(otr_core_has_zone(w->core, OTR_STR("Europe/Berlin")));
    assert_true(otr_core_has_zone(w->core, OTR_STR("Asia/Kolkata")));
    world_step(w, &input, 1); /* again: nothing is there to take out */
    world_free(w);
}

static void a_zone_disturbs_no_rule(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "t1", "temperature", 20, AT(0));
    world_report(w, "t1", "temperature", 20, AT(5));
    world_zone(w, "Europe/Berlin");
    world_report(w, "t1", "temperature", 20, AT(9));
    assert_int_equal(world_count(w, "Warm"), 0);
    world_zone(w, "Asia/Kolkata");
    world_report(w, "t1", "temperature", 20, AT(11));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->onset, AT(0));
    world_free(w);
}

static void what_is_no_zone_is_refused(void **state)
{
    static const struct {
        const char *slot;
        const char *bytes;
        const char *why;
    } cases[] = {
        {"zone/Europe/Berlin", "version: 1\n", "no time zone file"},
        {"zone/UTC", "TZif", "no such slot"},
        {"zone/", "TZif", "no such slot"},
        {"zone/../../etc/passwd", "TZif", "no such slot"},
        {"zone/Europe/../Berlin", "TZif", "no such slot"},
        {"zone//etc/localtime", "TZif", "no such slot"},
        {"zone/Europe/Berlin/", "TZif", "no such slot"},
        {"zones/Europe/Berlin", "TZif", "no such slot"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        otr_error error = {.status = OTR_OK};
        assert_int_not_equal(otr_content_check(otr_str_of(cases[c].slot), otr_str_of(cases[c].bytes), &error),
                             OTR_OK);
        if (strstr(error.text, cases[c].why) == NULL)
            fail_msg("%s: %s", cases[c].slot, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_is_known_once_it_is_active),
        cmocka_unit_test(utc_needs_no_data),
        cmocka_unit_test(zones_are_there_again_after_a_restart),
        cmocka_unit_test(a_zone_is_replaced_and_taken_out),
        cmocka_unit_test(a_zone_disturbs_no_rule),
        cmocka_unit_test(what_is_no_zone_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
