/* The cause of an alarm and the message of it: each kind of value and each manner in which a text may say it,
 * in plain English and in the reader's own manner. */
#include "world.h"

#include "core/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (INT64_C(1767225600) * OTR_SECOND) /* 2026-01-01T00:00:00Z */
#define AT(minutes) (T0 + (otr_time)(minutes)*OTR_MINUTE)

static const char box[] = "version: 1\n"
                          "customers: [{customer: c, locale: de}]\n"
                          "assets: [{asset: box, class: x, name: Box 1, devices: [d], customer: c, promised: "
                          "2026-03-01T08:00:00Z, doors: 2, fragile: true,\n"
                          "          note: mind,\n"
                          "          places: {y: {latitude: 1, longitude: 1, radius: 100}}}]\n";

static const char *cause_of(world *w)
{
    return world_event_get(w, OTR_SERVICE_ALARM, "raised", 0)->cause;
}

static const char *told_text = "offen";

/* The door has opened at minute 5, with all else that the device says. */
static world *opened(const char *cause, double number)
{
    char pack[1000];
    (void)snprintf(pack, sizeof pack,
                   "pack: p\nversion: 1\ndefaults: {doors: 0, fragile: false, note: \"-\"}\nrules:\n"
                   "  - {alert: Never, expr: 'asset.fragile && asset.doors > 9.0 && asset.note == \"x\" && "
                   "mode == \"x\" && amount > 9999.0 && lit && location.inside(\"y\")'}\n"
                   "  - {alert: Open, expr: door, annotations: {cause: '%s'},\n"
                   "     notify: {to: customer, message: m, on: [raised]}}\n"
                   "messages: {m: {de: {raised: '%s'}, en: {raised: open}}}\n",
                   cause, told_text);
    world *w = world_create(pack, box, T0);
    otr_reading all[] = {
        {.metric = OTR_STR("mode"), .kind = OTR_KIND_TEXT, .text = OTR_STR("defrost")},
        {.metric = OTR_STR("location"),
         .kind = OTR_KIND_LOCATION,
         .location = {.latitude = 48.5, .longitude = 11}},
        {.metric = OTR_STR("amount"), .kind = OTR_KIND_NUMBER, .number = number},
        {.metric = OTR_STR("lit"), .kind = OTR_KIND_BOOL, .flag = number > 1},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i].stamp = OTR_STAMP_ABSOLUTE;
        all[i].at_us = AT(4);
    }
    world_upload(w, "d", all, sizeof all / sizeof all[0]);
    world_report_flag(w, "d", "door", true, AT(5));
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "raised"), 1);
    return w;
}

static void each_manner_says_what_it_should(void **state)
{
    static const struct {
        const char *cause;
        double number;
        const char *said;
    } rows[] = {
        {"{{ amount }} {{ lit }} {{ mode }}", 2, "2 yes defrost"},
        {"light {{ lit }}", 0, "light no"},
        {"at {{ location }}", 0, "at 48.50000, 11.00000"},
        {"{{ asset.fragile }} {{ asset.doors }} {{ asset.note }}", 0, "yes 2 mind"},
        {"{{ rule }} by {{ device.id }}", 0, "Open by d"},
        {"{{ amount | =0: \"none\" | =1: \"a box\" | other: \"# boxes\" }}", 0, "none"},
        {"{{ amount | =0: \"none\" | =1: \"a box\" | other: \"# boxes\" }}", 1, "a box"},
        {"{{ amount | one: \"# box\" | other: \"# boxes\" }}", 1, "1 box"},
        {"{{ amount | one: \"# box\" | other: \"# boxes\" }}", 0, "0 boxes"},
        {"{{ amount | one: \"# box\" | other: \"# boxes\" }}", 7, "7 boxes"},
        {"{{ mode | one: \"# box\" | other: \"# boxes\" }}", 7, "defrost"},
        {"{{ amount | s }}, {{ amount | min }}", 90, "1m 30s, 1h 30m"},
        {"{{ amount | h }}, {{ amount | d }}", 2, "2h, 2d"},
        {"{{ amount | Cel }}, {{ mode | min }}", 4.5, "4.5 °C, defrost"},
        {"by {{ asset.promised | time }}, {{ mode | time }}", 0, "by 2026-03-01 08:00 UTC, defrost"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world *w = opened(rows[i].cause, rows[i].number);
        assert_string_equal(cause_of(w), rows[i].said);
        world_free(w);
    }
}

static void each_manner_is_also_the_reader_s(void **state)
{
    static const struct {
        const char *text;
        double number;
        const char *said;
    } rows[] = {
        {"{{ amount }} {{ lit }} {{ mode }}", 2.5, "2,5 ja defrost"},
        {"licht {{ lit }}", 0, "licht nein"},
        {"{{ asset.fragile }} {{ asset.doors }} {{ asset.note }}", 0, "ja 2 mind"},
        {"{{ amount | =0: \"keine\" | =1: \"eine\" | other: \"# Kisten\" }}", 0, "keine"},
        {"{{ amount | =0: \"keine\" | =1: \"eine\" | other: \"# Kisten\" }}", 1, "eine"},
        {"{{ amount | one: \"# Kiste\" | other: \"# Kisten\" }}", 1, "1 Kiste"},
        {"{{ amount | few: \"x\" | other: \"# Kisten\" }}", 1, "1 Kisten"},
        {"{{ amount | one: \"# Kiste\" | other: \"# Kisten\" }}", 7.5, "7,5 Kisten"},
        {"{{ mode | one: \"# Kiste\" | other: \"# Kisten\" }}", 7, "defrost"},
        {"{{ amount | s }}, {{ amount | min }}", 90, "1 Minute 30 Sekunden, 1 Stunde 30 Minuten"},
        {"{{ amount | h }}, {{ amount | d }}", 2, "2 Stunden, 2 Tage"},
        {"{{ amount | Cel }}, {{ amount | delta Cel }}", 4.5, "4,5"},
        {"{{ mode | Cel }}, {{ mode | delta Cel }}, {{ mode | min }}, {{ mode | time }}", 0,
         "defrost, defrost"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        told_text = rows[i].text;
        world *w = opened("open", rows[i].number);
        told_text = "offen";
        const char *text = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->text;
        if (strstr(text, rows[i].said) == NULL)
            fail_msg("\"%s\", and should say \"%s\"", text, rows[i].said);
        world_free(w);
    }
}

static void a_case_has_a_name_to_say_on_the_telephone(void **state)
{
    char text[OTR_ID_TEXT_BYTES];
    (void)state;
    world *w = opened("case {{ case }}, {{ coverage }}", 0);
    otr_id_format(world_get(w, "Open", 0)->case_id, text);
    assert_memory_equal(cause_of(w), "case ", 5);
    assert_memory_equal(cause_of(w) + 5, text, 8);
    assert_string_equal(cause_of(w) + 13, ", 100 %");
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_manner_says_what_it_should),
        cmocka_unit_test(each_manner_is_also_the_reader_s),
        cmocka_unit_test(a_case_has_a_name_to_say_on_the_telephone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
