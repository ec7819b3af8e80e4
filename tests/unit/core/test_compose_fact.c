/* Facts of the reader, of the way and of lists, as texts name them; what is not known is said to be so. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (INT64_C(1699963200) * OTR_SECOND) /* 2023-11-14 12:00 UTC */
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, notify: {to: [customer, shipper], message: warm}}\n"
    "  - {alert: Late, expr: location.progress() > 2.0, notify: {to: desk, message: warm}}\n"
    "  - {alert: Low, expr: stock < 3.0, labels: {category: shopping},\n"
    "     notify: {to: customer, message: list, gather: 1h}}\n"
    "messages:\n"
    "  warm:\n"
    "    en: {raised: \"{{ persona }}, {{ place }}, next {{ stop }}, there {{ eta }} ± {{ eta.error }}\"}\n"
    "    zh: {raised: \"{{ persona }}，{{ place }}，下一站{{ stop }}，{{ eta }}到，误差{{ eta.error }}\"}\n"
    "  list:\n"
    "    en: {raised: \"{{ count | one: '# thing' | other: '# things' }}: {{ items }} ({{ count }})\",\n"
    "      item: \"{{ asset.name }} ({{ stock }})\"}\n"
    "    zh: {raised: \"{{ count | other: '#件' }}：{{ items }}\", item: \"{{ asset.name }}（{{ stock }}）\"}\n";

#define ROUTE                                                                                                \
    "route: {origin: {name: works, latitude: 53, longitude: 10, radius: 300}, stops: [{name: hub, "          \
    "latitude: 53.5, longitude: 10, radius: 300}], destination: {name: clinic, latitude: 54, longitude: 10, " \
    "radius: 300}, speed_kmh: 60}"

static const char assignments[] =
    "version: 1\n"
    "customers: [{customer: c, persona: pharmacist}, {customer: z, locale: zh}, {customer: s}]\n"
    "assets:\n"
    "  - {asset: box, class: x, devices: [t1], customer: c, contacts: {shipper: z}, " ROUTE "}\n"
    "  - {asset: bag, class: x, devices: [t2], customer: s}\n"
    "  - {asset: a, class: x, name: Milk, devices: [d1], customer: c}\n"
    "  - {asset: b, class: x, name: Tea, devices: [d2], customer: c}\n"
    "  - {asset: e, class: x, name: 茶, devices: [d3], customer: z}\n"
    "  - {asset: f, class: x, name: 米, devices: [d4], customer: z}\n";

static void at(world *w, double latitude, otr_time when)
{
    otr_reading fix = {.metric = OTR_STR("location"),
                       .at_us = when,
                       .stamp = OTR_STAMP_ABSOLUTE,
                       .kind = OTR_KIND_LOCATION,
                       .location = {latitude, 10}};
    world_sleep(w, when - w->utc);
    world_upload(w, "t1", &fix, 1);
}

/* Of the newest message to them, without what belongs to every full text. */
static void expect(const world *w, const char *to, const char *text)
{
    for (size_t i = w->event_count; i > 0; i--) {
        const world_event *event = &w->events[i - 1];
        if (event->kind != OTR_SERVICE_NOTIFICATION || strcmp(event->to, to) != 0)
            continue;
        world_begins(event->text, text);
        return;
    }
    fail_msg("nothing is told to %s", to);
}

static void a_text_may_say_where_it_is_and_when_it_comes(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, T0);
    at(w, 53, AT(1)); /* two hours to go at a km a minute, about, and it stands there */
    world_report(w, "t1", "temperature", 9, AT(2));
    expect(w, "c", "pharmacist, works, next hub, there 13:52 ± 38 minutes");
    expect(w, "z", "发货人，works，下一站hub，13:52到，误差38分钟");
    world_free(w);
}

static void behind_a_stop_the_next_one_is_said(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, T0);
    for (int m = 0; m <= 60; m++)
        at(w, 53 + m / 100.0, AT(1 + m));
    world_report(w, "t1", "temperature", 9, AT(62));
    expect(w, "c", "pharmacist, unknown, next clinic, there ");
    world_free(w);
}

static void what_is_not_known_is_said_to_be_unknown(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, T0);
    world_report(w, "t2", "temperature", 9, AT(2));
    expect(w, "s", "unknown, unknown, next unknown, there unknown ± unknown");
    world_free(w);
}

static void a_list_says_how_many_there_are_as_its_language_does(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, T0);
    const char *const devices[] = {"d1", "d2", "d3", "d4"};
    for (int i = 0; i < 4; i++)
        world_report(w, devices[i], "stock", 1, AT(1));
    world_sleep(w, 2 * OTR_HOUR);
    expect(w, "c", "2 things: Milk (1), Tea (1) (2)");
    expect(w, "z", "2件：茶（1）、米（1）");
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_may_say_where_it_is_and_when_it_comes),
        cmocka_unit_test(behind_a_stop_the_next_one_is_said),
        cmocka_unit_test(what_is_not_known_is_said_to_be_unknown),
        cmocka_unit_test(a_list_says_how_many_there_are_as_its_language_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
