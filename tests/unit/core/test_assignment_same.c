/* Whether two assignments say the same of an asset, by one thing that differs; what is refused of contacts
 * and details, each with its place; and the names of fields that a ticket should have said. */
#include "core/asset/assignment.h"
#include "core/desk/desk_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char whole[] =
    "version: 1\n"
    "profiles:\n"
    "  probe: {metrics: {temperature: {valid_for: 20m, min: -40, max: 60, fault_values: [-99.0, 85.0]},\n"
    "    humidity: {valid_for: 1h}}}\n"
    "  other: {metrics: {temperature: {valid_for: 20m, min: -40, max: 60, fault_values: [-99.0, 85.0]}}}\n"
    "assets:\n"
    "- asset: box\n"
    "  class: x\n"
    "  profile: probe\n"
    "  devices: [{device: t1, role: cargo}, t2]\n"
    "  fragile: true\n"
    "  doors: 2\n"
    "  note: mind\n"
    "  limit: {temperature_max: 8}\n"
    "  places: {a: {latitude: 50, longitude: 10, radius: 300}, b: {latitude: 51, longitude: 10, radius: "
    "300},\n"
    "    c: {latitude: 52, longitude: 10, radius: 300}}\n"
    "  route: {origin: a, destination: c, stops: [{place: b, dwell: 30m}], corridor_km: 2}\n";

static otr_assignments *load(const char *yaml)
{
    otr_assignments *out;
    otr_error error = {.text = ""};
    if (otr_assignments_load(otr_str_of(yaml), &out, &error) != OTR_OK)
        fail_msg("%d:%d: %s\n%s", error.line, error.column, error.text, yaml);
    return out;
}

/* is in place of the first was. */
static otr_assignments *changed(const char *was, const char *is)
{
    static char yaml[2 * sizeof whole];
    const char *at = strstr(whole, was);
    assert_non_null(at);
    (void)snprintf(yaml, sizeof yaml, "%.*s%s%s", (int)(at - whole), whole, is, at + strlen(was));
    return load(yaml);
}

static void one_thing_that_differs_makes_another_assignment(void **state)
{
    static const struct {
        const char *was;
        const char *is;
    } rows[] = {
        {"fragile: true", "fragile: false"},
        {"fragile: true", "fragile: 1"},
        {"fragile: true", "fragile: none"},
        {"fragile: true", "brittle: true"},
        {"doors: 2", "doors: 3"},
        {"note: mind", "note: none"},
        {"note: mind", "note: minds"},
        {"note: mind", "more: 1"},
        {"  note: mind\n", ""},
        {"temperature_max: 8", "temperature_max: 9"},
        {"radius: 300}, b", "radius: 301}, b"},
        {"b: {latitude: 51, longitude: 10, radius: 300},\n",
         "b: {latitude: 51, longitude: 10, radius: 301},\n"},
        {"    c: {", "    d: {latitude: 1, longitude: 1}, c: {"},
        {"dwell: 30m", "dwell: 40m"},
        {"dwell: 30m", "dwell: 30m, dwell_max: 2h"},
        {"corridor_km: 2", "corridor_km: 3"},
        {"corridor_km: 2", "corridor_km: 2, speed_kmh: 20"},
        {", stops: [{place: b, dwell: 30m}]", ""},
        {"  route: {origin: a, destination: c, stops: [{place: b, dwell: 30m}], corridor_km: 2}\n", ""},
        {", t2]", "]"},
        {", t2]", ", t3]"},
        {"role: cargo", "role: air"},
        {"  profile: probe\n", ""},
        {"profile: probe", "profile: other"},
        {"valid_for: 20m", "valid_for: 21m"},
        {"min: -40", "min: -39"},
        {"max: 60", "max: 61"},
        {"[-99.0, 85.0]", "[-99.0]"},
        {"[-99.0, 85.0]", "[-99.0, 86.0]"},
        {"humidity: {valid_for: 1h}", "pressure: {valid_for: 1h}"},
    };
    (void)state;
    otr_assignments *first = load(whole);
    otr_assignments *again = load(whole);
    assert_true(otr_asset_same(&first->assets[0], &again->assets[0]));
    otr_assignments_free(again);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        again = changed(rows[i].was, rows[i].is);
        if (otr_asset_same(&first->assets[0], &again->assets[0]) ||
            otr_asset_same(&again->assets[0], &first->assets[0]))
            fail_msg("%s is the same as %s", rows[i].is, rows[i].was);
        otr_assignments_free(again);
    }
    otr_assignments_free(first);
}

static void what_is_wrong_of_a_contact_or_a_detail_is_refused_with_its_place(void **state)
{
#define CONTACT(more) "version: 1\ncustomers: [{customer: c, " more "}]\n"
#define ASSET(more) "version: 1\ncustomers: [{customer: c}]\nassets: [{asset: a, class: x, " more "}]\n"
    static const struct {
        const char *yaml;
        const char *reason;
    } rows[] = {
        {CONTACT("quiet: {from: \"22.00\", to: \"07:00\"}"), "time of the day"},
        {CONTACT("quiet: {from: \"22:0x\", to: \"07:00\"}"), "time of the day"},
        {CONTACT("quiet: {from: \"2/:00\", to: \"07:00\"}"), "time of the day"},
        {CONTACT("quiet: {from: \"24:00\", to: \"07:00\"}"), "time of the day"},
        {CONTACT("quiet: {from: \"22:60\", to: \"07:00\"}"), "time of the day"},
        {CONTACT("quiet: {from: [], to: \"07:00\"}"), ""},
        {CONTACT("opt_out: [cold, cold]"), "cold is here twice"},
        {CONTACT("opt_out: [Cold]"), "small letters"},
        {CONTACT("opt_out: [[]]"), ""},
        {CONTACT("questions: always"), "expected never"},
        {CONTACT("questions: []"), ""},
        {CONTACT("units: imperial"), "expected metric, us"},
        {CONTACT("units: {temperature: K}"), "expected C or F"},
        {CONTACT("units: {length: m}"), ""},
        {CONTACT("units: []"), ""},
        {CONTACT("second: nobody"), "the second contact nobody of c is nobody here"},
        {ASSET("contacts: {Shipper: c}"), "a persona has small letters"},
        {ASSET("contacts: {shipper: d}"), ""},
        {ASSET("contacts: [c]"), ""},
        {ASSET("warranty: 2027-02-29"), "expected a date"},
        {ASSET("warranty: 2027-13-01"), "expected a date"},
        {ASSET("warranty: 2027-00-01"), "expected a date"},
        {ASSET("warranty: 2027-01-00"), "expected a date"},
        {ASSET("warranty: 2027-1-001"), "expected a date"},
        {ASSET("warranty: 2027/01/01"), "expected a date"},
        {ASSET("warranty: 2027-01/01"), "expected a date"},
        {ASSET("warranty: 2x27-01-01"), "expected a date"},
        {ASSET("warranty: 2027-0:-01"), "expected a date"},
        {ASSET("warranty: soon"), "expected a date"},
        {ASSET("promised: tomorrow"), "expected a time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_assignments *out;
        otr_error error = {.text = ""};
        otr_status status = otr_assignments_load(otr_str_of(rows[i].yaml), &out, &error);
        if (status != OTR_INVALID || out != NULL || error.line == 0 ||
            strstr(error.text, rows[i].reason) == NULL)
            fail_msg("%s: %d, %d:%d: %s", rows[i].yaml, status, error.line, error.column, error.text);
    }
}

static void fields_that_a_ticket_should_have_are_words_with_commas(void **state)
{
    static const struct {
        const char *fields;
        bool ok;
    } rows[] = {
        {"", true},
        {"lot", true},
        {"lot,asset.serial", true},
        {" lot , Serial-2_b ", true},
        {"lot,", false},
        {",", false},
        {"lot,,serial", false},
        {"lot serial", false},
        {"l{t", false},
        {"l@t", false},
        {"l[t", false},
        {"l/t", false},
        {"l:t", false},
        {"\xc3\xa4", false},
        {" ", false},
    };
    char longest[66];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (otr_desk_fields_ok(otr_str_of(rows[i].fields)) != rows[i].ok)
            fail_msg("\"%s\"", rows[i].fields);
    memset(longest, 'z', sizeof longest);
    assert_true(otr_desk_fields_ok((otr_str){longest, 64}));
    assert_false(otr_desk_fields_ok((otr_str){longest, 65}));
    otr_buffer all = {0};
    assert_false(otr_desk_field_add(&all, OTR_STR("")));
    assert_true(otr_desk_field_add(&all, OTR_STR("lot")));
    assert_false(otr_desk_field_add(&all, OTR_STR("lot")));
    assert_true(otr_desk_field_add(&all, OTR_STR("serial")));
    assert_true(otr_str_is(otr_buffer_text(&all), "lot,serial"));
    otr_buffer_done(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thing_that_differs_makes_another_assignment),
        cmocka_unit_test(what_is_wrong_of_a_contact_or_a_detail_is_refused_with_its_place),
        cmocka_unit_test(fields_that_a_ticket_should_have_are_words_with_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
