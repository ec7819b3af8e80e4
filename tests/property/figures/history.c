#include "history.h"

#include "core/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const history_asset history_assets[HISTORY_ASSETS] = {
    {"box-1", "M1", "L1"}, {"box-2", "M1", "L2"}, {"box-3", "y", "L1"}, {"box-4", "y", ""}};
const history_rule history_rules[HISTORY_RULES] = {
    {"Hot", "cold", "cold"}, {"Wet", "wet", "wet"}, {"Flat", "device", ""}};

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Hot\n"
                           "    match: asset.class != \"desk\"\n"
                           "    expr: temperature > 8\n"
                           "    labels: {category: cold}\n"
                           "    ticket: {queue: cold, verify: 30m}\n"
                           "    notify: {to: customer, message: m, on: [raised, cleared], cooldown: 10m}\n"
                           "  - alert: Wet\n"
                           "    match: asset.class != \"desk\"\n"
                           "    expr: humidity > 80\n"
                           "    for: 10m\n"
                           "    labels: {category: wet}\n"
                           "    ticket: {queue: wet, verify: 30m}\n"
                           "    notify: {to: customer, message: m, on: [raised, cleared]}\n"
                           "  - alert: Flat\n"
                           "    match: asset.class != \"desk\"\n"
                           "    expr: battery < 20\n"
                           "    labels: {category: device}\n"
                           "    notify: {to: customer, message: m, once: true}\n"
                           "  - alert: Backlog\n"
                           "    match: asset.class == \"desk\"\n"
                           "    expr: backlog > 1\n"
                           "    ticket: {queue: managers}\n"
                           "messages: {m: {en: {raised: Something is wrong., cleared: Over.}}}\n";
static const char assignments[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: eve, persona: consignee, locale: en, zone: UTC, budget: {day: 3, week: 12},\n"
    "     quiet: {from: \"22:00\", to: \"06:00\"}}\n"
    "  - {customer: adam, persona: consignee, locale: en, zone: UTC, opt_out: [wet]}\n"
    "assets:\n"
    "  - {asset: box-1, class: x, model: M1, lot: L1, devices: [d0], customer: eve}\n"
    "  - {asset: box-2, class: x, model: M1, lot: L2, devices: [d1], customer: eve}\n"
    "  - {asset: box-3, class: y, lot: L1, devices: [d2], customer: adam}\n"
    "  - {asset: box-4, class: y, devices: [d3]}\n";

/* 09:00. */
#define START ((otr_time)19700 * OTR_DAY + 9 * OTR_HOUR)

static void report(history *h, choices *from)
{
    static const char *const metrics[] = {"temperature", "humidity", "battery"};
    char device[3] = {'d', (char)('0' + choose(from, HISTORY_ASSETS)), '\0'};
    uint32_t metric = choose(from, 3);
    bool wrong = chance(from, 2);
    double value = metric == 2 ? (wrong ? 10 : 90) : (wrong ? 90 : 5);
    /* late ones now and then */
    otr_time at =
        h->world->utc - (chance(from, 3) ? choose(from, chance(from, 2) ? 12 : 200) * OTR_MINUTE : 0);
    otr_reading reading = world_number(metrics[metric], value, at);
    world_upload(h->world, device, &reading, 1);
}

/* One of the tickets that were opened, but of the desk's own. */
static const world_event *some_ticket(const world *w, choices *from)
{
    const world_event *found = NULL;
    uint32_t seen = 0;
    for (size_t i = 0; i < w->event_count; i++) {
        const world_event *one = &w->events[i];
        if (one->kind == OTR_SERVICE_TICKET && strcmp(one->what, "opened") == 0 &&
            strcmp(one->asset, "desk") != 0 && chance(from, ++seen < 200 ? seen : 200))
            found = one;
    }
    return found;
}

static history_deed *note(history *h)
{
    assert_true(h->deed_count < HISTORY_DEEDS);
    history_deed *deed = &h->deeds[h->deed_count++];
    *deed = (history_deed){.utc = h->world->utc};
    return deed;
}

static void act(history *h, choices *from)
{
    static const otr_desk_action actions[] = {OTR_DESK_RECEIVED, OTR_DESK_ACKNOWLEDGED, OTR_DESK_PROMISED,
                                              OTR_DESK_RESOLVED, OTR_DESK_HAD_TO_ASK,   OTR_DESK_TRANSFERRED,
                                              OTR_DESK_KEPT,     OTR_DESK_NOT_NEEDED,   OTR_DESK_ASSIGNED};
    const world_event *ticket = some_ticket(h->world, from);
    if (ticket == NULL)
        return;
    otr_desk_act given = {.action = actions[choose(from, sizeof actions / sizeof actions[0])],
                          .role = OTR_ROLE_DESK,
                          .ticket = ticket->entity,
                          .by = OTR_TIME_NONE};
    otr_time by = h->world->utc + (otr_time)(1 + choose(from, 20)) * 20 * OTR_MINUTE;
    if (given.action == OTR_DESK_PROMISED || given.action == OTR_DESK_KEPT ||
        given.action == OTR_DESK_RESOLVED)
        given.what = OTR_STR("callback");
    if (given.action == OTR_DESK_PROMISED)
        given.by = by;
    if (given.action == OTR_DESK_HAD_TO_ASK)
        given.fields = chance(from, 2) ? OTR_STR("serial") : OTR_STR("lot, serial");
    if (given.action == OTR_DESK_TRANSFERRED)
        given.queue = chance(from, 2) ? OTR_STR("second") : OTR_STR("third");
    if (given.action == OTR_DESK_ASSIGNED)
        given.to = OTR_STR("lee");
    otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .desk = given};
    otr_id case_id = ticket->case_id;
    size_t before = h->world->event_count;
    if (world_command(h->world, command).refusal != OTR_REFUSAL_ACCEPTED)
        return;
    history_deed *deed = note(h);
    deed->desk = true;
    deed->act = given.action;
    deed->case_id = case_id;
    deed->before = before;
    deed->fields = given.fields;
}

static void answer(history *h, choices *from)
{
    static const otr_customer_action actions[] = {
        OTR_CUSTOMER_USEFUL, OTR_CUSTOMER_WRONG,  OTR_CUSTOMER_KNOWN,     OTR_CUSTOMER_LATE,
        OTR_CUSTOMER_HELP,   OTR_CUSTOMER_STATUS, OTR_CUSTOMER_NOT_SOLVED};
    const world *w = h->world;
    const world_notice *found = NULL;
    uint32_t seen = 0;
    for (size_t i = 0; i < w->notice_count; i++)
        if (w->notices[i].state == OTR_NOTICE_TOLD && strcmp(w->notices[i].what, "raised") == 0 &&
            chance(from, ++seen < 200 ? seen : 200))
            found = &w->notices[i];
    if (found == NULL)
        return;
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.action = actions[choose(from, sizeof actions / sizeof actions[0])];
    command.customer.notification = found->id;
    for (size_t i = 0; i < h->deed_count; i++)
        if (!h->deeds[i].desk && h->deeds[i].action == command.customer.action &&
            otr_id_equal(h->deeds[i].notification, found->id))
            return; /* the same again has no effect */
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    if (world_command(h->world, command).refusal != OTR_REFUSAL_ACCEPTED)
        return;
    history_deed *deed = note(h);
    deed->action = command.customer.action;
    deed->notification = command.customer.notification;
}

void history_play(history *h, uint64_t seed)
{
    choices from = choices_of_seed(seed);
    memset(h, 0, sizeof *h);
    h->world = world_create(pack, assignments, START);
    for (int i = 0; i < HISTORY_STEPS; i++) {
        world_sleep(h->world, (otr_time)(1 + choose(&from, 40)) * OTR_MINUTE * (chance(&from, 6) ? 8 : 1));
        switch (choose(&from, 9)) {
        case 0:
        case 1:
        case 2:
        case 3:
            report(h, &from);
            break;
        case 4:
        case 5:
            act(h, &from);
            break;
        case 6:
        case 7:
            answer(h, &from);
            break;
        default:
            if (chance(&from, 2))
                world_snapshot(h->world);
            world_restart(h->world, chance(&from, 2));
            break;
        }
    }
    world_sleep(h->world, OTR_DAY);
}
