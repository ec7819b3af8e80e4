/* What a notice says as a whole: every part in its order, with values in the reader's language, measures and
 * time zone, at three lengths. The expected texts were read as their readers would. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START ((otr_time)1772352000 * OTR_SECOND) /* 2026-03-01T08:00:00Z */

static const char pack[] =
    "pack: cold\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Warm\n"
    "    expr: temperature > asset.limit.temperature_max\n"
    "    fault: ours\n"
    "    notify: {to: customer, message: warm, on: [raised, cleared], news: 4h}\n"
    "  - alert: Wet\n"
    "    expr: humidity > 90.0\n"
    "    notify: {to: customer, message: wet}\n"
    "messages:\n"
    "  wet: {en: {raised: {line: \"{{ asset.name }} is wet\", happened: \"{{ asset.name }} is wet.\"}}}\n"
    "  warm:\n"
    "    en:\n"
    "      raised: {line: \"{{ asset.name }}: {{ temperature | Cel }}\", brief: \"{{ asset.name }} is too "
    "warm "
    "since {{ onset }}.\", happened: \"{{ asset.name }} is too warm since {{ onset }}: {{ temperature | Cel "
    "}}.\", means: \"It may suffer.\", doing: \"We are on it.\", you: \"Keep it closed.\"}\n"
    "      cleared: \"{{ asset.name }} is cool again after {{ duration }}.\"\n"
    "    de: {raised: \"{{ asset.name }} ist zu warm seit {{ onset }}: {{ temperature | Cel }}.\", cleared: "
    "\"-\"}\n"
    "    es: {raised: \"{{ asset.name }} está demasiado caliente desde {{ onset }}: {{ temperature | Cel "
    "}}.\", cleared: \"-\"}\n"
    "    fr: {raised: \"{{ asset.name }} est trop chaud depuis {{ onset }} : {{ temperature | Cel }}.\", "
    "cleared: \"-\"}\n"
    "    zh: {raised: \"{{ asset.name }}自{{ onset }}起温度过高：{{ temperature | Cel }}。\", cleared: "
    "\"-\"}\n";

#define PEOPLE(contact)                                                                                      \
    "version: 1\ncustomers: [" contact "]\n"                                                                 \
    "assets: [{asset: box, class: x, name: Box 1, limit: {temperature_max: 8}, devices: [d], customer: "     \
    "c}]\n"

/* Too warm at 08:00 UTC, told at once. */
static const world_event *told(world *w, const char *what)
{
    world_report(w, "d", "temperature", 9.46, START + OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, what), 1);
    return world_event_get(w, OTR_SERVICE_NOTIFICATION, what, 0);
}

static void expect(const char *contact, const char *zone, const char *text)
{
    static char people[1024];
    (void)snprintf(people, sizeof people, PEOPLE("%s"), contact);
    world *w = world_create(pack, "version: 1\n", START);
    if (zone != NULL)
        world_zone(w, zone);
    world_activate(w, "assignments", people);
    assert_string_equal(told(w, "raised")->text, text);
    world_free(w);
}

static void the_full_text_has_its_parts_in_order(void **state)
{
    (void)state;
    expect("{customer: c}", NULL,
           "Box 1 is too warm since 08:01: 9.5°C. It may suffer. We are on it. Keep it closed. This was our "
           "fault, and we are sorry. You will hear from us again by 12:01. You get this because you are a "
           "contact for Box 1.");
}

static void each_language_says_it_in_its_own_way(void **state)
{
    (void)state;
    expect("{customer: c, locale: de, zone: Europe/Berlin}", "Europe/Berlin",
           "Box 1 ist zu warm seit 09:01: 9,5 °C. Das war unser Fehler, und wir bitten um Entschuldigung. "
           "Sie hören spätestens 13:01 wieder von uns. Sie erhalten diese Nachricht, weil Sie als Kontakt "
           "für Box 1 eingetragen sind.");
    expect("{customer: c, locale: es}", NULL,
           "Box 1 está demasiado caliente desde 8:01: 9,5 °C. Fue culpa nuestra y le pedimos disculpas. "
           "Volverá a tener noticias nuestras, a más tardar: 12:01. Recibe este mensaje porque figura como "
           "contacto de Box 1.");
    expect("{customer: c, locale: fr}", NULL,
           "Box 1 est trop chaud depuis 08:01 : 9,5 °C. C’était notre faute, et nous vous présentons nos "
           "excuses. Vous aurez de nos nouvelles, au plus tard : 12:01. Vous recevez ce message parce que "
           "vous figurez parmi les contacts pour Box 1.");
    expect("{customer: c, locale: zh, zone: Asia/Shanghai}", "Asia/Shanghai",
           "Box "
           "1自16:01起温度过高：9.5°C。这是我们的过失，我们深表歉意。我们最迟于20:"
           "01再次联系您。您收到此消息，是因为您是Box 1的联系人。");
}

static void measures_are_the_readers(void **state)
{
    (void)state;
    expect("{customer: c, persona: pharmacist, locale: en-US, zone: America/New_York, units: us}",
           "America/New_York",
           "Box 1 is too warm since 3:01 AM: 49°F. It may suffer. We are on it. Keep it closed. This was our "
           "fault, and we are sorry. You will hear from us again by 7:01 AM. You get this because you are "
           "listed as pharmacist for Box 1.");
}

static void a_language_without_a_text_falls_back_to_english(void **state)
{
    (void)state;
    expect("{customer: c, locale: pt-BR}", NULL,
           "Box 1 is too warm since 08:01: 9.5°C. It may suffer. We are on it. Keep it closed. This was our "
           "fault, and we are sorry. You will hear from us again by 12:01. You get this because you are a "
           "contact for Box 1.");
}

static void the_end_says_how_long_it_lasted_and_promises_nothing(void **state)
{
    (void)state;
    world *w = world_create(pack, PEOPLE("{customer: c}"), START);
    (void)told(w, "raised");
    world_report(w, "d", "temperature", 5, START + 66 * OTR_MINUTE);
    assert_string_equal(world_event_get(w, OTR_SERVICE_NOTIFICATION, "cleared", 0)->text,
                        "Box 1 is cool again after 1 hour 5 minutes. This was our fault, and we are sorry. "
                        "You get this because you are a contact for Box 1.");
    world_free(w);
}

static void what_comes_together_is_told_together(void **state)
{
    (void)state;
    world *w = world_create(pack, PEOPLE("{customer: c}"), START);
    otr_reading both[] = {world_number("temperature", 9.46, START + OTR_MINUTE),
                          world_number("humidity", 95, START + OTR_MINUTE)};
    world_sleep(w, OTR_MINUTE);
    world_upload(w, "d", both, 2);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), 1);
    assert_non_null(strstr(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->text,
                           "Keep it closed. Also: Box 1 is wet. This was"));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_full_text_has_its_parts_in_order),
        cmocka_unit_test(each_language_says_it_in_its_own_way),
        cmocka_unit_test(measures_are_the_readers),
        cmocka_unit_test(a_language_without_a_text_falls_back_to_english),
        cmocka_unit_test(the_end_says_how_long_it_lasted_and_promises_nothing),
        cmocka_unit_test(what_comes_together_is_told_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
