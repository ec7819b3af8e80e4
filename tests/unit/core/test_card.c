/* Advice cards are told once to each reader, before the risk and within their wishes; and who was not watched
 * for a while is told so, with the interval. */
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
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: ToPack\n"
    "    expr: temperature > 8.0\n"
    "    notify: {to: [customer, shipper], card: packing}\n"
    "  - alert: Warm\n"
    "    expr: temperature > 9.0\n"
    "    notify: {to: customer, message: warm}\n"
    "messages: {warm: {en: {raised: warm}}}\n"
    "cards:\n"
    "  packing:\n"
    "    link: https://example.org/packing\n"
    "    seconds: 40\n"
    "    texts: {en: \"{{ asset.name }}: never lay gel packs against the goods.\", de: \"{{ asset.name }}: "
    "Kühlakkus nie direkt an die Ware legen.\"}\n";

#define PEOPLE(first)                                                                                        \
    "version: 1\ncustomers: [{customer: c" first "}, {customer: s, locale: de}]\n"                           \
    "assets: [{asset: box, class: x, name: Box 1, devices: [d], customer: c, contacts: {shipper: s}},\n"     \
    "         {asset: tin, class: x, name: Tin 2, devices: [e], customer: c}]\n"

static world *begin(const char *people)
{
    return world_create(pack, people, START);
}

static void a_card_is_told_once_to_each_reader_in_their_language(void **state)
{
    (void)state;
    world *w = begin(PEOPLE(""));
    world_report(w, "d", "temperature", 8.5, START + OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "advice"), 2);
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "advice", 0)->text,
                 "Box 1: never lay gel packs against the goods. You get this because");
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "advice", 1)->text,
                 "Box 1: Kühlakkus nie direkt an die Ware legen. Sie erhalten");
    world_report(w, "d", "temperature", 5, START + 2 * OTR_MINUTE);
    world_restart(w, true);
    world_report(w, "d", "temperature", 8.5, START + 3 * OTR_MINUTE);
    world_report(w, "e", "temperature", 8.5, START + 3 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "advice"), 2);
    world_free(w);
}

static void a_card_keeps_to_quiet_hours_and_to_what_was_stopped(void **state)
{
    (void)state;
    world *quiet = begin(PEOPLE(", quiet: {from: '07:00', to: '09:00'}"));
    world_report(quiet, "d", "temperature", 8.5, START + OTR_MINUTE);
    assert_int_equal(world_events(quiet, OTR_SERVICE_NOTIFICATION, "advice"), 1); /* the shipper's */
    world_sleep(quiet, 2 * OTR_HOUR);
    assert_int_equal(world_events(quiet, OTR_SERVICE_NOTIFICATION, "advice"), 1);
    world_free(quiet);
    world *stopped = begin(PEOPLE(", opt_out: [advice]"));
    world_report(stopped, "d", "temperature", 8.5, START + OTR_MINUTE);
    assert_int_equal(world_events(stopped, OTR_SERVICE_NOTIFICATION, "advice"), 1);
    world_free(stopped);
}

static void sleep_off(world *w, otr_time span)
{
    w->utc += span;
    w->core_time += span;
    world_restart(w, true);
}

static void who_was_not_watched_is_told_since_when_and_until_when(void **state)
{
    (void)state;
    world *w = begin(PEOPLE(", zone: UTC"));
    world_report(w, "d", "temperature", 5, START + OTR_MINUTE);
    world_report(w, "e", "temperature", 5, START + OTR_MINUTE);
    world_snapshot(w);
    sleep_off(w, 14 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "service"), 0);
    sleep_off(w, OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "service"), 2);
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "service", 0)->text,
                 "From 08:15 to 09:15 we could not watch Box 1, Tin 2, because our receiver was off.");
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "service", 1)->text, "Zwischen 08:15 und 09:15 konnten wir Box 1 nicht");
    world_free(w);
}

static void a_corrupt_store_is_owned_up_to_and_the_quota_is_not(void **state)
{
    (void)state;
    world *w = begin(PEOPLE(""));
    world_report(w, "d", "temperature", 5, START + 2 * OTR_HOUR);
    otr_input lost = {.kind = OTR_INPUT_LOSS,
                      .loss = {.readings = 3,
                               .first_core = w->core_time - OTR_HOUR,
                               .last_core = w->core_time,
                               .reason = OTR_STR("quota")}};
    world_step(w, &lost, 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "service"), 0);
    lost.loss.reason = OTR_STR("corrupt");
    world_step(w, &lost, 1);
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "service"), 2);
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "service", 0)->text,
                 "Readings of Box 1 from 09:00 to 10:00 are lost.");
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_told_once_to_each_reader_in_their_language),
        cmocka_unit_test(a_card_keeps_to_quiet_hours_and_to_what_was_stopped),
        cmocka_unit_test(who_was_not_watched_is_told_since_when_and_until_when),
        cmocka_unit_test(a_corrupt_store_is_owned_up_to_and_the_quota_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
