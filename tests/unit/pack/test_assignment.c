/* core/assignment: what a whole file becomes, every refusal with its exact place, size, failed allocations.
 */
#include "base/limits.h"
#include "core/asset/assignment.h"
#include "loading.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

TEST_LOADER(assignments, otr_assignments, otr_assignments_load, otr_assignments_free);

static const char whole[] =
    "version: 1\n"
    "profiles:\n"
    "  tracker:\n"
    "    metrics:\n"
    "      temperature: {expected_interval: 10m, fault_values: [0.0, -127], min: -60, max: 85}\n"
    "      battery: {valid_for: 2h}\n"
    "      location: {expected_interval: 5m, valid_for: 30m}\n"
    "    commands: {set_point: {kind: number, min: 2, max: 6, unit: Cel}, boost: {kind: bool}}\n"
    "  fridge: {metrics: {}}\n"
    "customers:\n"
    "  - {customer: cust-81f3, persona: consignee, locale: de, zone: Europe/Berlin}\n"
    "  - customer: cust-2\n"
    "assets:\n"
    "  - asset: shipment-12\n"
    "    class: cold-chain\n"
    "    name: \"Box of vaccine 12\"\n"
    "    model: 7\n"
    "    serial: 00123\n"
    "    limit: {temperature_max: 8.0, temperature_min: 2, sealed: true, shock_max: none}\n"
    "    places:\n"
    "      destination: {latitude: 52.52, longitude: 13.405, radius: 200}\n"
    "      origin: {latitude: -33.9, longitude: 151.2}\n"
    "    devices: [tracker-7, probe:9]\n"
    "    profile: tracker\n"
    "    customer: cust-81f3\n"
    "    notes: handle with care\n"
    "    contents: [{name: Vaccine, quantity: 40, lot: 7A}, {name: Ice}]\n"
    "    warranty: 2027-12-31\n"
    "    promised: 2026-03-01T12:00:00Z\n"
    "    pallet: 4\n"
    "    fragile: true\n"
    "    code: '4'\n"
    "    colour: 'none'\n"
    "    leg: {carrier: North, stops: 3}\n"
    "  - {asset: fridge-1, class: appliance}\n"
    "  - asset: van-1\n"
    "    class: vehicle\n"
    "    places: {depot: {latitude: 53, longitude: 10, radius: 300}}\n"
    "    route:\n"
    "      origin: depot\n"
    "      stops:\n"
    "        - {name: hub, latitude: 53.5, longitude: 10.5, dwell: 30m, dwell_max: 4h}\n"
    "        - name: yard\n"
    "          polygon: {type: Polygon, coordinates: [[[11, 54], [11.2, 54], [11.2, 54.1], [11, 54.1], [11, "
    "54]]]}\n"
    "      destination: {name: shop, latitude: 54.2, longitude: 11.2}\n"
    "      path: [[53.2, 10.1], [53.5, 10.51], [54, 11]]\n"
    "      corridor_km: 8\n"
    "      speed_kmh: 72\n";

static otr_assignments *load(const char *yaml)
{
    otr_assignments *made;
    otr_error error;
    if (otr_assignments_load(otr_str_of(yaml), &made, &error) != OTR_OK)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    return made;
}

static const otr_value *field(const otr_asset *asset, const char *path)
{
    const otr_value *value = otr_asset_field(asset, otr_str_of(path));
    if (value == NULL)
        fail_msg("no field %s", path);
    return value;
}

static void expect_text(const otr_asset *asset, const char *path, const char *text)
{
    const otr_value *value = field(asset, path);
    assert_int_equal(value->type, OTR_TYPE_STRING);
    if (!otr_str_is(value->text, text))
        fail_msg("%s is %.*s", path, OTR_STR_ARG(value->text));
}

static void expect_number(const otr_asset *asset, const char *path, double number)
{
    const otr_value *value = field(asset, path);
    assert_int_equal(value->type, OTR_TYPE_DOUBLE);
    assert_true(value->number == number);
}

static void assets_are_found_by_each_of_their_devices(void **state)
{
    (void)state;
    otr_assignments *a = load(whole);
    assert_int_equal(a->asset_count, 3);
    assert_int_equal(a->device_count, 2);
    assert_ptr_equal(otr_assignments_find(a, OTR_STR("tracker-7")), &a->assets[0]);
    assert_ptr_equal(otr_assignments_find(a, OTR_STR("probe:9")), &a->assets[0]);
    assert_null(otr_assignments_find(a, OTR_STR("tracker-8")));
    assert_null(otr_assignments_find(a, OTR_STR("")));
    assert_int_equal(a->assets[1].device_count, 0);
    assert_true(otr_str_is(a->assets[1].name, "fridge-1"));
    assert_null(a->assets[1].profile);
    assert_null(a->assets[1].customer);
    otr_assignments_free(a);
}

static void a_profile_says_which_commands_its_devices_take(void **state)
{
    (void)state;
    otr_assignments *a = load(whole);
    const otr_profile *profile = a->assets[0].profile;
    const otr_profile_command *command = otr_profile_command_find(profile, OTR_STR("set_point"));
    assert_int_equal(profile->command_count, 2);
    assert_non_null(command);
    assert_int_equal(command->type, OTR_TYPE_DOUBLE);
    assert_true(command->low == 2 && command->high == 6);
    assert_true(otr_str_is(command->unit, "Cel"));
    command = otr_profile_command_find(profile, OTR_STR("boost"));
    assert_non_null(command);
    assert_int_equal(command->type, OTR_TYPE_BOOL);
    assert_null(otr_profile_command_find(profile, OTR_STR("temperature")));
    otr_assignments_free(a);
}

static void every_scalar_of_an_asset_is_a_field(void **state)
{
    (void)state;
    otr_assignments *a = load(whole);
    const otr_asset *asset = &a->assets[0];
    expect_text(asset, "id", "shipment-12");
    expect_text(asset, "class", "cold-chain");
    expect_text(asset, "name", "Box of vaccine 12");
    expect_text(asset, "model", "7");
    expect_text(asset, "serial", "00123");
    expect_text(asset, "profile", "tracker");
    expect_text(asset, "customer", "cust-81f3");
    expect_text(asset, "notes", "handle with care");
    expect_text(asset, "contents", "40 × Vaccine (7A), Ice");
    expect_text(asset, "warranty", "2027-12-31");
    expect_text(asset, "promised", "2026-03-01T12:00:00Z");
    expect_text(asset, "code", "4");
    expect_text(asset, "colour", "none");
    expect_text(asset, "leg.carrier", "North");
    expect_number(asset, "leg.stops", 3);
    expect_number(asset, "pallet", 4);
    expect_number(asset, "limit.temperature_max", 8);
    expect_number(asset, "limit.temperature_min", 2);
    assert_int_equal(field(asset, "limit.sealed")->type, OTR_TYPE_BOOL);
    assert_true(field(asset, "fragile")->flag);
    assert_int_equal(field(asset, "limit.shock_max")->type, OTR_TYPE_NULL);
    static const char *const absent[] = {"", "limit", "limit.tilt_max", "leg", "devices", "asset", "places"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_null(otr_asset_field(asset, otr_str_of(absent[i])));
    for (size_t i = 1; i < asset->field_count; i++)
        assert_true(otr_str_compare(asset->fields[i - 1].path, asset->fields[i].path) < 0);
    assert_int_equal(asset->field_count, 21);
    expect_text(&a->assets[1], "name", "fridge-1");
    otr_assignments_free(a);
}

static void profiles_places_and_customers_have_their_defaults(void **state)
{
    (void)state;
    otr_assignments *a = load(whole);
    const otr_asset *asset = &a->assets[0];
    const otr_profile_metric *metric = otr_profile_find(asset->profile, OTR_STR("temperature"));
    assert_non_null(metric);
    assert_true(metric->expected_interval == 10 * OTR_MINUTE);
    assert_true(metric->valid_for == 30 * OTR_MINUTE);
    assert_int_equal(metric->fault_count, 2);
    assert_true(metric->fault_values[0] == 0.0);
    assert_true(metric->fault_values[1] == -127.0);
    assert_true(metric->low == -60.0);
    assert_true(metric->high == 85.0);
    metric = otr_profile_find(asset->profile, OTR_STR("battery"));
    assert_true(metric->expected_interval == 0);
    assert_true(metric->valid_for == 2 * OTR_HOUR);
    assert_true(isinf(metric->low) && metric->low < 0);
    assert_true(isinf(metric->high) && metric->high > 0);
    assert_non_null(otr_profile_find(asset->profile, OTR_STR("location")));
    assert_null(otr_profile_find(asset->profile, OTR_STR("shock")));

    const otr_place *place = otr_asset_place(asset, OTR_STR("destination"));
    assert_true(place->latitude == 52.52);
    assert_true(place->radius_m == 200.0);
    assert_true(otr_asset_place(asset, OTR_STR("origin"))->radius_m == 100.0);
    assert_null(otr_asset_place(asset, OTR_STR("harbour")));

    assert_true(otr_str_is(asset->customer->reference, "cust-81f3"));
    assert_true(otr_str_is(asset->customer->persona, "consignee"));
    assert_true(otr_str_is(asset->customer->locale, "de"));
    assert_true(otr_str_is(asset->customer->zone, "Europe/Berlin"));
    otr_assignments_free(a);

    a = load("version: 1\ncustomers: [{customer: c}]\nassets: [{asset: a, class: x, customer: c}]\n");
    assert_true(otr_str_is(a->assets[0].customer->locale, "en"));
    assert_true(otr_str_is(a->assets[0].customer->zone, "UTC"));
    otr_assignments_free(a);
    a = load("version: 1\n");
    assert_int_equal(a->asset_count, 0);
    assert_null(otr_assignments_find(a, OTR_STR("x")));
    otr_assignments_free(a);
}

#define ASSET "version: 1\nassets:\n  - asset: a\n    class: x\n"
#define COMMANDS "version: 1\nprofiles:\n  p:\n    commands: "
#define PROFILE "version: 1\nprofiles:\n  p:\n    metrics:\n      temperature: "

static void a_route_has_its_stops_along_its_line_and_its_places_are_the_assets(void **state)
{
    (void)state;
    otr_assignments *a = load(whole);
    const otr_asset *van = &a->assets[2];
    const otr_route *route = van->route;
    assert_null(a->assets[1].route);
    assert_non_null(route);
    assert_int_equal(route->stop_count, 4);
    assert_int_equal(route->line_count, 5);
    assert_true(route->corridor_m == 8000 && route->speed_mps == 20);
    assert_true(route->stops[1].dwell == 30 * OTR_MINUTE && route->stops[1].dwell_max == 4 * OTR_HOUR);
    for (size_t i = 1; i < route->stop_count; i++)
        assert_true(route->stops[i].along_m > route->stops[i - 1].along_m);
    assert_true(route->stops[3].along_m == route->length_m);
    static const char *const names[] = {"depot", "hub", "yard", "shop", "origin", "destination"};
    assert_int_equal(van->place_count, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < van->place_count; i++)
        assert_non_null(otr_asset_place(van, otr_str_of(names[i])));
    assert_true(otr_asset_place(van, OTR_STR("origin"))->radius_m == 300);
    const otr_place *yard = otr_asset_place(van, OTR_STR("yard"));
    assert_non_null(yard->polygon);
    assert_true(fabs(yard->latitude - 54.05) < 1e-9 && fabs(yard->longitude - 11.1) < 1e-9);
    expect_number(van, "route.stops", 2);
    expect_number(van, "route.corridor_km", 8);
    expect_number(van, "route.speed_kmh", 72);
    expect_number(van, "route.length_km", route->length_m / 1000);
    otr_assignments_free(a);
}

static void a_contact_says_what_it_reads_and_how_much_it_wants_to_hear(void **state)
{
    (void)state;
    otr_assignments *a = load("version: 1\n"
                              "customers:\n"
                              "  - customer: cust-1\n"
                              "    persona: pharmacist\n"
                              "    units: {temperature: F}\n"
                              "    channels: [push, sms]\n"
                              "    quiet: {from: '22:00', to: '07:30'}\n"
                              "    budget: {day: 3, week: 10, categories: {journey: {day: 1}}}\n"
                              "    opt_out: [handling]\n"
                              "    questions: {per_days: 90, share: 25}\n"
                              "    second: cust-2\n"
                              "    weight: 2.5\n"
                              "  - {customer: cust-2, units: us, second: staff.duty}\n"
                              "  - {customer: cust-3, questions: never}\n"
                              "staff: {duty: {locale: de}, dock: {budget: {day: 9}}}\n"
                              "assets:\n"
                              "  - {asset: a, class: x, customer: cust-1, contacts: {shipper: cust-2}}\n");
    const otr_contact *one = a->assets[0].customer;
    assert_false(one->us_measures);
    assert_true(one->fahrenheit);
    assert_int_equal(one->channel_count, 2);
    assert_true(otr_str_is(one->channels[1], "sms"));
    assert_int_equal(one->quiet_from, 22 * 60);
    assert_int_equal(one->quiet_to, 7 * 60 + 30);
    assert_int_equal(one->per_day, 3);
    assert_int_equal(one->per_week, 10);
    assert_int_equal(one->category_count, 1);
    assert_int_equal(one->categories[0].per_day, 1);
    assert_int_equal(one->categories[0].per_week, UINT16_MAX);
    assert_true(otr_str_is(one->opt_outs[0], "handling"));
    assert_true(one->weight == 2.5);
    assert_int_equal(one->question_days, 90);
    assert_int_equal(one->question_share, 25);
    const otr_contact *two = otr_assignments_contact(a, one->second);
    assert_true(two == &a->customers[1]);
    assert_true(two->us_measures && two->fahrenheit);
    assert_int_equal(two->per_day, 8);
    assert_int_equal(two->per_week, 30);
    assert_int_equal(two->question_days, 30);
    assert_int_equal(two->question_share, 100);
    assert_int_equal(a->customers[2].question_days, 0);
    assert_int_equal(two->quiet_from, two->quiet_to);
    const otr_contact *duty = otr_assignments_contact(a, two->second);
    assert_true(otr_str_is(duty->locale, "de"));
    assert_int_equal(duty->per_day, UINT16_MAX);
    assert_int_equal(otr_assignments_contact(a, OTR_STR("staff.dock"))->per_day, 9);
    otr_assignments_free(a);
}

static void a_rule_means_the_customer_a_persona_or_staff(void **state)
{
    (void)state;
    otr_assignments *a =
        load("version: 1\n"
             "customers: [{customer: c-1, persona: consignee}, {customer: c-2, persona: driver}]\n"
             "staff: {duty: {}}\n"
             "assets:\n"
             "  - {asset: a, class: x, customer: c-1, contacts: {shipper: c-2}}\n"
             "  - {asset: b, class: x}\n");
    static const struct {
        const char *to;
        const char *reference; /* NULL: nobody */
        const char *persona;
    } rows[] = {
        {"customer", "c-1", "consignee"},
        {"consignee", "c-1", "consignee"},
        {"shipper", "c-2", "shipper"},
        {"driver", NULL, ""},
        {"staff.duty", "staff.duty", ""},
        {"staff.dock", NULL, ""},
        {"desk", NULL, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_str persona;
        const otr_contact *who = otr_asset_addressee(a, &a->assets[0], otr_str_of(rows[i].to), &persona);
        if ((who == NULL) != (rows[i].reference == NULL) ||
            (who != NULL && !otr_str_is(who->reference, rows[i].reference)) ||
            !otr_str_is(persona, rows[i].persona))
            fail_msg("%s", rows[i].to);
    }
    otr_str persona;
    assert_null(otr_asset_addressee(a, &a->assets[1], OTR_STR("customer"), &persona));
    otr_assignments_free(a);
}

#define ROUTE                                                                                                \
    ASSET "    places: {a: {latitude: 1, longitude: 1}, b: {latitude: 2, longitude: 1}}\n"                   \
          "    route: "
#define CONTACT "version: 1\ncustomers:\n  - customer: c\n    "

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const test_refusal rows[] = {
        {"", 1, 1, "the key version is missing"},
        {"[]", 1, 1, "expected a map, found a list"},
        {"version: 2\n", 1, 10, "out of range"},
        {"version: 1\nasets: []\n", 2, 1, "did you mean assets?"},
        {"version: 1\nassets: {}\n", 2, 9, "expected a list"},
        {"version: 1\nassets:\n  - tracker\n", 3, 5, "expected a map"},
        {"version: 1\nassets:\n  - class: x\n", 3, 5, "the key asset is missing"},
        {"version: 1\nassets:\n  - asset: a\n", 3, 5, "the key class is missing"},
        {"version: 1\nassets:\n  - asset: a b\n    class: x\n", 3, 12, "a name has letters"},
        {"version: 1\nassets:\n  - asset: a\n    class: ''\n", 4, 12, "a name has letters"},
        {ASSET "    name:\n", 5, 10, "expected text, found nothing"},
        {ASSET "    device: [d]\n", 5, 5, "did you mean devices?"},
        {ASSET "    proflie: p\n", 5, 5, "did you mean profile?"},
        {ASSET "    id: p\n", 5, 5, "comes from the key asset"},
        {ASSET "    my-key: p\n", 5, 5, "a key has letters"},
        {ASSET "    free: [1]\n", 5, 11, "expected text, found a list"},
        {ASSET "    free: {a: {b: 1}}\n", 5, 15, "expected text, found a map"},
        {ASSET "    free: {a b: 1}\n", 5, 12, "a key has letters"},
        {ASSET "    free: ~\n", 5, 11, "expected text, found ~"},
        {ASSET "    serial: {a: 1}\n    serial: 2\n", 6, 5, "stands here twice"},
        {ASSET "    limit: 8\n", 5, 12, "expected a map, found 8"},
        {ASSET "    limit: {t: warm}\n", 5, 16, "a limit is a number"},
        {ASSET "    limit: {t: '8'}\n", 5, 16, "a limit is a number"},
        {ASSET "    limit: {t: }\n", 5, 16, "expected text, found nothing"},
        {ASSET "    profile: p\n", 5, 14, "there is no profile p"},
        {ASSET "    profile: [p]\n", 5, 14, "expected text, found a list"},
        {ASSET "    customer: c\n", 5, 15, "there is no customer c"},
        {ASSET "    devices: d\n", 5, 14, "expected a list"},
        {ASSET "    devices: [d, '']\n", 5, 18, "a name has letters"},
        {ASSET "    devices: [d, e, d]\n", 5, 21, "the device d is here twice, first at 5:15"},
        {ASSET "    devices: [d]\n  - asset: b\n    class: x\n    devices: [c, d]\n", 8, 18,
         "the device d is here twice, first at 5:15"},
        {ASSET "    devices: [d, e, e, d]\n", 5, 21, "the device e is here twice, first at 5:18"},
        {ASSET "  - asset: a\n    class: x\n", 5, 12, "the asset a is here twice, first at 3:12"},
        {ASSET "    places: [a]\n", 5, 13, "expected a map"},
        {ASSET "    places: {Home: {}}\n", 5, 14, "a place's name"},
        {ASSET "    places: {home: {longitude: 1}}\n", 5, 20, "the key latitude is missing"},
        {ASSET "    places: {home: {latitude: 91, longitude: 1}}\n", 5, 31, "latitude is out of range"},
        {ASSET "    places: {home: {latitude: 1, longitude: -181}}\n", 5, 45, "longitude is out of range"},
        {ASSET "    places: {home: {latitude: 1, longitude: 1, radius: 0}}\n", 5, 56, "more than 0 metres"},
        {ASSET "    places: {home: {latitude: 1, longitude: 1, radios: 5}}\n", 5, 48, "did you mean radius?"},
        {ASSET "    places: {home: {polygon: {type: Polygon, coordinates: []}}}\n", 5, 59, "one ring"},
        {ASSET "    places: {home: {polygon: {type: Point, coordinates: []}}}\n", 5, 37,
         "of the type Polygon"},
        {ASSET "    places: {home: {polygon: {type: Polygon, coordinates: [[[0, 0], [1, 0], [0, 0]]]}}}\n", 5,
         60, "3 points, expected 4"},
        {ASSET
         "    places: {home: {polygon: {type: Polygon, coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1]]]}}}\n",
         5, 60, "ends at the point where it begins"},
        {ASSET
         "    places: {home: {polygon: {type: Polygon, coordinates: [[[0, 0], [1, 95], [1, 1], [0, 0]]]}}}\n",
         5, 73, "latitude is out of range"},
        {ASSET
         "    places: {home: {polygon: {type: Polygon, coordinates: [[[0], [1, 0], [1, 1], [0, 0]]]}}}\n",
         5, 61, "[longitude, latitude]"},
        {ASSET "    places: {home: {polygon: {type: Polygon, coordinates: [[[179, 0], [-179, 0], [-179, 1], "
               "[179, 0]]]"
               "}}}\n",
         5, 60, "does not cross the 180th meridian"},
        {ASSET "    places: {home: {radius: 1, polygon: {type: Polygon, coordinates: []}}}\n", 5, 41,
         "not both"},
        {ROUTE "{origin: a}\n", 6, 12, "the key destination is missing"},
        {ROUTE "{origin: a, destination: bb}\n", 6, 37, "there is no place bb; did you mean b?"},
        {ROUTE "{origin: a, destination: a}\n", 6, 12, "100 metres long at the least"},
        {ROUTE "{origin: a, destination: b, stops: {}}\n", 6, 47, "expected a list"},
        {ROUTE "{origin: a, destination: b, stops: [{place: b, dwell: 0s}]}\n", 6, 66, "more than 0"},
        {ROUTE "{origin: {place: a, dwell: 1h}, destination: b}\n", 6, 32, "unknown key dwell"},
        {ROUTE "{origin: a, destination: b, stops: [{name: a, latitude: 1, longitude: 1}]}\n", 6, 55,
         "here twice"},
        {ROUTE "{origin: a, destination: b, path: [[1, 2, 3]]}\n", 6, 47, "[latitude, longitude]"},
        {ROUTE "{origin: a, destination: b, path: []}\n", 6, 46, "0 points, expected 1"},
        {ROUTE "{origin: a, destination: b, corridor_km: 0}\n", 6, 53, "more than 0"},
        {ROUTE "{origin: a, destination: b, speed_kmh: 3000}\n", 6, 51, "at most 2000"},
        {ROUTE "{origin: a, destination: b, carrier: x}\n", 6, 40, "unknown key carrier"},
        {ROUTE "{origin: b, destination: {name: origin, latitude: 3, longitude: 3}}\n", 6, 21,
         "another place origin"},
        {CONTACT "persona: The boss\n", 4, 14, "a name has letters"},
        {CONTACT "persona: Boss\n", 4, 14, "a persona has small letters"},
        {CONTACT "quiet: {from: '22:00'}\n", 4, 12, "the key to is missing"},
        {CONTACT "quiet: {from: '24:00', to: '07:00'}\n", 4, 19, "expected a time of the day"},
        {CONTACT "quiet: {from: 22, to: '07:00'}\n", 4, 19, "expected a time of the day"},
        {CONTACT "quiet: {from: '07:00', to: '07:00'}\n", 4, 12, "end at another time"},
        {CONTACT "budget: {day: -1}\n", 4, 19, "out of range"},
        {CONTACT "budget: {month: 1}\n", 4, 14, "unknown key month"},
        {CONTACT "budget: {categories: {a: {hour: 1}}}\n", 4, 31, "unknown key hour"},
        {CONTACT "questions: often\n", 4, 16, "expected never or {per_days: 30, share: 100}"},
        {CONTACT "questions: {per_days: 6}\n", 4, 27, "out of range"},
        {CONTACT "questions: {share: 101}\n", 4, 24, "out of range"},
        {CONTACT "questions: {per_month: 1}\n", 4, 17, "unknown key per_month"},
        {CONTACT "opt_out: [A]\n", 4, 15, "a category has small letters"},
        {CONTACT "channels: [sms, sms]\n", 4, 21, "sms is here twice"},
        {CONTACT "units: miles\n", 4, 12, "expected metric, us"},
        {CONTACT "units: {temperature: K}\n", 4, 26, "expected C or F"},
        {CONTACT "second: c\n", 4, 13, "somebody else"},
        {CONTACT "second: d\n", 3, 15, "the second contact d of c is nobody here"},
        {CONTACT "weight: 0\n", 4, 13, "a weight is more than 0"},
        {CONTACT "quite: {}\n", 4, 5, "did you mean quiet?"},
        {"version: 1\ncustomers: [{customer: staff.duty}]\n", 2, 24, "staff stand under staff"},
        {"version: 1\nstaff: {Duty: {}}\n", 2, 9, "a role of staff"},
        {ASSET "    contacts: {shipper: c}\n", 5, 25, "there is no customer c"},
        {"version: 1\nprofiles: []\n", 2, 11, "expected a map"},
        {"version: 1\nprofiles:\n  p: {}\n", 3, 6, "the key metrics is missing"},
        {"version: 1\nprofiles:\n  p: {metrics: {}, x: 1}\n", 3, 20, "unknown key x"},
        {"version: 1\nprofiles:\n  p: {metrics: []}\n", 3, 16, "expected a map"},
        {COMMANDS "[]\n", 4, 15, "expected a map"},
        {COMMANDS "{Boost: {kind: bool}}\n", 4, 16, "a command has small letters"},
        {COMMANDS "{boost: bool}\n", 4, 23, "expected a map"},
        {COMMANDS "{boost: {}}\n", 4, 23, "the key kind is missing"},
        {COMMANDS "{boost: {kind: text}}\n", 4, 30, "expected bool or number"},
        {COMMANDS "{boost: {kind: bool, min: 0}}\n", 4, 36, "unknown key min"},
        {COMMANDS "{level: {kind: number, max: 1}}\n", 4, 23, "the key min is missing"},
        {COMMANDS "{level: {kind: number, min: 1}}\n", 4, 23, "the key max is missing"},
        {COMMANDS "{level: {kind: number, min: 1, max: 0}}\n", 4, 51, "max must not be below min"},
        {COMMANDS "{level: {kind: number, min: low, max: 0}}\n", 4, 43, "expected a number"},
        {COMMANDS "{level: {kind: number, min: 0, max: 1, unit: a b}}\n", 4, 60, "expected a unit"},
        {COMMANDS "{temperature: {kind: bool}}\n", 4, 36, "of another kind"},
        {COMMANDS "{temperature: {kind: number, min: 2, max: 6, unit: K}}\n", 4, 66, "is in Cel"},
        {"version: 1\nprofiles:\n  p: {metrics: {Temp: {}}}\n", 3, 17, "a metric's name"},
        {PROFILE "10m\n", 5, 20, "expected a map, found 10m"},
        {PROFILE "{expected: 10m}\n", 5, 21, "unknown key expected"},
        {PROFILE "{expected_interval: 10}\n", 5, 40, "expected a duration"},
        {PROFILE "{expected_interval: 10m, valid_for: 9m}\n", 5, 56, "must not be shorter"},
        {PROFILE "{valid_for: 0s}\n", 5, 32, "must not be shorter"},
        {PROFILE "{valid_for: x}\n", 5, 32, "expected a duration"},
        {PROFILE "{min: 2, max: 1}\n", 5, 34, "max must not be below min"},
        {PROFILE "{min: low}\n", 5, 26, "expected a number"},
        {PROFILE "{max: nan}\n", 5, 26, "expected a number"},
        {PROFILE "{fault_values: 0}\n", 5, 35, "expected a list"},
        {PROFILE "{fault_values: [0, x]}\n", 5, 39, "expected a number"},
        {"version: 1\ncustomers: {}\n", 2, 12, "expected a list"},
        {"version: 1\ncustomers: [c]\n", 2, 13, "expected a map"},
        {"version: 1\ncustomers: [{persona: x}]\n", 2, 13, "the key customer is missing"},
        {"version: 1\ncustomers: [{customer: 'a b'}]\n", 2, 24, "a name has letters"},
        {"version: 1\ncustomers: [{customer: a, tone: x}]\n", 2, 27, "unknown key tone"},
        {"version: 1\ncustomers: [{customer: a, persona: '?'}]\n", 2, 36, "a name has letters"},
        {"version: 1\ncustomers: [{customer: a, locale: german}]\n", 2, 35, "expected a language"},
        {"version: 1\ncustomers: [{customer: a, zone: Berlin time}]\n", 2, 33, "expected a time zone"},
        {"version: 1\ncustomers: [{customer: a, zone: Europe/}]\n", 2, 33, "expected a time zone"},
        {"version: 1\ncustomers: [{customer: a}, {customer: b}, {customer: a}]\n", 2, 54,
         "the customer a is here twice, first at 2:24"},
        {"version: 1\ncustomers: [{customer: cust-81f3}]\nassets: [{asset: a, class: x, customer: "
         "cust-81f2}]\n",
         3, 41, "did you mean cust-81f3?"},
        {"version: 1\nassets: [\n", 3, 1, "did not find expected node content"},
    };
    test_refusals(&assignments, rows, sizeof rows / sizeof rows[0]);
}

static void numbers_of_assets_devices_and_metrics_are_bounded(void **state)
{
    (void)state;
    size_t capacity = (size_t)(OTR_LIMIT_ASSETS + 1) * 64;
    char *text = malloc(capacity);
    assert_non_null(text);
    otr_assignments *made;
    otr_error error;
    size_t size = (size_t)snprintf(text, capacity, "version: 1\nassets:\n");
    for (int i = 0; i < OTR_LIMIT_ASSETS; i++)
        size += (size_t)snprintf(text + size, capacity - size, "- {asset: a%05d, class: x, devices: [d%d]}\n",
                                 i, i);
    assert_int_equal(otr_assignments_load((otr_str){text, size}, &made, &error), OTR_OK);
    assert_int_equal(made->asset_count, OTR_LIMIT_ASSETS);
    assert_ptr_equal(otr_assignments_find(made, OTR_STR("d65535")), &made->assets[65535]);
    otr_assignments_free(made);
    size_t more = (size_t)snprintf(text + size, capacity - size, "- {asset: b, class: x}\n");
    assert_int_equal(otr_assignments_load((otr_str){text, size + more}, &made, &error), OTR_LIMIT);
    assert_null(made);

    size = (size_t)snprintf(text, capacity, "version: 1\nassets:\n- asset: a\n  class: x\n  devices:\n");
    for (int i = 0; i <= OTR_LIMIT_DEVICES; i++)
        size += (size_t)snprintf(text + size, capacity - size, "  - d%d\n", i);
    assert_int_equal(otr_assignments_load((otr_str){text, size}, &made, &error), OTR_LIMIT);

    size = (size_t)snprintf(text, capacity, "version: 1\nprofiles:\n  p:\n    metrics:\n");
    for (int i = 0; i < OTR_LIMIT_METRICS_PER_DEVICE; i++)
        size += (size_t)snprintf(text + size, capacity - size, "      m%d: {}\n", i);
    assert_int_equal(otr_assignments_load((otr_str){text, size}, &made, &error), OTR_OK);
    otr_assignments_free(made);
    size += (size_t)snprintf(text + size, capacity - size, "      n: {}\n");
    assert_int_equal(otr_assignments_load((otr_str){text, size}, &made, &error), OTR_LIMIT);
    assert_int_equal(error.line, 5);
    free(text);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    test_failing_allocations(&assignments, OTR_STR(whole), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assets_are_found_by_each_of_their_devices),
        cmocka_unit_test(a_profile_says_which_commands_its_devices_take),
        cmocka_unit_test(every_scalar_of_an_asset_is_a_field),
        cmocka_unit_test(profiles_places_and_customers_have_their_defaults),
        cmocka_unit_test(a_route_has_its_stops_along_its_line_and_its_places_are_the_assets),
        cmocka_unit_test(a_contact_says_what_it_reads_and_how_much_it_wants_to_hear),
        cmocka_unit_test(a_rule_means_the_customer_a_persona_or_staff),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(numbers_of_assets_devices_and_metrics_are_bounded),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
