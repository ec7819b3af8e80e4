/* Rules on one number that tell people in all manners, and people who want to be told in some. */
#ifndef OTR_TESTS_CORE_NOTICE_FIXTURE_H
#define OTR_TESTS_CORE_NOTICE_FIXTURE_H

#include "world.h"

#include "base/limits.h"

/* 2023-11-14 08:00 in Berlin, a Tuesday. */
#define T0 (INT64_C(1699945200) * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

/* Warm: temperature, told as it begins and ends. Hot: higher, of the same case. Loud: noise, critical. Here:
 * door, a milestone. Wet: humidity, of a category of its own. */
static const char notice_pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, labels: {priority: medium, category: cold},\n"
    "     notify: {to: customer, message: warm, on: [raised, cleared], news: 6h}}\n"
    "  - {alert: Hot, expr: temperature > 20.0, labels: {priority: high, category: cold},\n"
    "     notify: {to: customer, message: hot, on: [raised, cleared]}}\n"
    "  - {alert: Loud, expr: noise > 80.0, labels: {priority: critical, category: sound},\n"
    "     notify: {to: customer, message: loud, on: [raised, cleared]}}\n"
    "  - {alert: Here, expr: door, labels: {priority: low, category: way},\n"
    "     notify: {to: customer, message: here, on: [raised], once: true}}\n"
    "  - {alert: Wet, expr: humidity > 90.0, labels: {priority: medium, category: wet},\n"
    "     notify: {to: [customer, shipper, desk], message: wet, on: [raised, cleared], cooldown: 0s}}\n"
    "messages:\n"
    "  warm: {en: {raised: \"warm {{ temperature }}\", cleared: \"cold again\", past: \"was warm\","
    " retracted: \"never warm\"}}\n"
    "  hot: {en: {raised: \"hot\", cleared: \"not hot\"}}\n"
    "  loud: {en: {raised: \"loud\", cleared: \"silent\"}}\n"
    "  here: {en: {raised: \"here\"}}\n"
    "  wet: {en: {raised: \"wet\", cleared: \"dry\"}}\n";

/* c wants quiet from 22 to 7 in Berlin and two messages a day, five a week; d is anybody; e gets all. */
static const char notice_assets[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: c, zone: Europe/Berlin, quiet: {from: \"22:00\", to: \"07:00\"}, budget: {day: 2, week: "
    "5},\n"
    "     second: d}\n"
    "  - {customer: d}\n"
    "  - {customer: e, budget: {day: 100, week: 500}}\n"
    "staff: {duty: {}}\n"
    "assets:\n"
    "  - {asset: box, class: x, devices: [t1], customer: c}\n"
    "  - {asset: bag, class: x, devices: [t2], customer: d}\n"
    "  - {asset: b1, class: x, devices: [e1], customer: e, contacts: {shipper: d}}\n"
    "  - {asset: b2, class: x, devices: [e2], customer: e}\n"
    "  - {asset: b3, class: x, devices: [e3], customer: e}\n"
    "  - {asset: b4, class: x, devices: [e4], customer: e}\n"
    "  - {asset: b5, class: x, devices: [e5], customer: e}\n"
    "  - {asset: b6, class: x, devices: [e6], customer: e}\n"
    "  - {asset: b7, class: x, devices: [e7], customer: e}\n";

/* At T0 with the zone of Berlin. */
static inline world *notice_start(void)
{
    world *w = world_create(notice_pack, notice_assets, T0);
    world_zone(w, "Europe/Berlin");
    world_snapshot(w);
    return w;
}

static inline size_t notice_told(const world *w, const char *what)
{
    return world_events(w, OTR_SERVICE_NOTIFICATION, what);
}

static inline const world_event *notice_get(const world *w, const char *what, size_t n)
{
    return world_event_get(w, OTR_SERVICE_NOTIFICATION, what, n);
}

#endif
