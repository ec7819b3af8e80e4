/*
 * One ticket a case, whatever is reported and whatever the desk does: a ticket opens once, its revisions
 * count up, its severity and its alarms do not go back, each alarm is in one ticket, and none opens while one
 * of its asset and category, or of its trouble, is open. One that is resolved is said to be open again when
 * its symptom comes back, whoever has it by then; one that is merged has its alarms in the other from then
 * on. A new start at any step changes no byte of any ticket. Each
 * seed is one story; the first that differs is named. OUTRIDER_SEED begins at another one, OUTRIDER_LONG
 * tells more of them.
 */
#include "base/limits.h"
#include "choices.h"
#include "codec/ticket.h"
#include "core/case/case.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STORIES = 40, STORIES_LONG = 2000, STEPS = 90, ASSETS = 3, TICKETS = 256, ALARMS = 1024 };

#define START ((otr_time)1700000000 * OTR_SECOND)

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Hot, expr: temperature > 8, labels: {category: cold, priority: medium},\n"
    "     notify: {to: customer, message: m, on: [raised, cleared], cooldown: 0s},\n"
    "     ticket: {queue: q, evidence: [temperature, humidity], last: 2h, verify: 20m}}\n"
    "  - {alert: Boil, expr: temperature > 20, labels: {category: cold, priority: critical},\n"
    "     notify: {to: customer, message: b, on: [raised, cleared]},\n"
    "     ticket: {queue: q, evidence: [temperature], last: 1h, verify: 20m}}\n"
    "  - {alert: Moist, expr: humidity > 80, labels: {category: air, priority: high},\n"
    "     ticket: {queue: q, evidence: [humidity, temperature], last: 1h, verify: 10m}}\n"
    "  - {alert: Open, expr: door, labels: {category: door, priority: low}, ticket: {queue: q, verify: 5m}}\n"
    "  - {alert: Fault, expr: 'fault != \"\"', labels: {category: fault, priority: low},\n"
    "     ticket: {queue: q, evidence: [fault], verify: 30m}}\n"
    "  - {alert: Grave, expr: 'fault.contains(\"E9\")', labels: {category: grave, priority: critical},\n"
    "     ticket: {queue: q, verify: 30m}}\n"
    "  - {alert: Low, expr: stock < 4, labels: {category: stock, priority: low},\n"
    "     notify: {to: customer, message: list, gather: 20m},\n"
    "     ticket: {queue: supplies, evidence: [stock], last: 1h, verify: 15m}}\n"
    "messages:\n"
    "  m: {en: {raised: 'hot {{ temperature }}', cleared: 'cool'}}\n"
    "  b: {en: {raised: 'boils at {{ temperature }}', cleared: 'boils no more'}}\n"
    "  list: {en: {raised: 'buy {{ items }}', item: '{{ asset.name }} {{ stock }}'}}\n";

static const char knowledge[] = "knowledge: k\n"
                                "version: 1\n"
                                "entries:\n"
                                "  - {rule: p/Moist, title: Moist, trouble: lid}\n"
                                "  - {rule: p/Open, title: Lid, trouble: lid}\n"
                                "  - {code: E9, title: Motor, trouble: motor, queue: motors}\n"
                                "  - {code: E1, title: Lamp, trouble: lamp}\n"
                                "  - {code: E2, title: Hot motor, trouble: motor}\n"
                                "routes: [{code: E1, queue: lamps, to: lee}]\n";

static const char assignments[] =
    "version: 1\n"
    "customers: [{customer: c, locale: en, zone: UTC}]\n"
    "assets:\n"
    "  - {asset: a0, class: x, devices: [d0], customer: c, limit: {temperature_max: 8}}\n"
    "  - {asset: a1, class: x, devices: [d1], customer: c, lot: L1}\n"
    "  - {asset: a2, class: y, devices: [d2], model: M}\n";

/* Which trouble each rule is, in the knowledge above; faults have that of their codes. */
static unsigned trouble_of(otr_str rule)
{
    return otr_str_is(rule, "Moist") || otr_str_is(rule, "Open") ? 1 : 0;
}

/* A bit beside those of the troubles: what is merged is of both categories. */
static unsigned category_of(otr_str category)
{
    static const char *const words[] = {"cold", "air", "door", "fault", "grave"};
    unsigned bit = 8;
    for (size_t i = 0; i < sizeof words / sizeof words[0] && !otr_str_is(category, words[i]); i++)
        bit <<= 1;
    return bit;
}

typedef struct ticket {
    otr_id id;
    otr_id case_id;
    bool open;
    bool merged;
    bool resolved; /* the desk says so, and nobody has said that it is open again */
    uint32_t revision;
    uint32_t alarm_count;
    int priority;
    unsigned troubles; /* bits, and those of categories */
    char asset[8];
    char category[16];
} ticket;

typedef struct judge {
    ticket tickets[TICKETS];
    size_t count;
    struct {
        otr_id alarm;
        otr_id ticket;
    } alarms[ALARMS];
    size_t alarm_count;
    size_t merged;
    otr_buffer all; /* all that all tickets said */
    char wrong[256];
} judge;

static int rank(otr_str priority)
{
    static const char *const words[] = {"low", "medium", "high", "critical"};
    for (int i = 0; i < 4; i++)
        if (otr_str_is(priority, words[i]))
            return i;
    return -1;
}

static void complain(judge *j, const char *what, const otr_service_event *event)
{
    if (j->wrong[0] == '\0')
        (void)snprintf(j->wrong, sizeof j->wrong, "%s: %.*s, revision %u, %.*s", what,
                       OTR_STR_ARG(event->title), event->revision, OTR_STR_ARG(event->what));
}

static ticket *find(judge *j, const otr_service_event *event)
{
    for (size_t i = 0; i < j->count; i++)
        if (otr_id_equal(j->tickets[i].id, event->entity))
            return &j->tickets[i];
    return NULL;
}

static void judge_alarm(judge *j, const otr_ticket_alarm *alarm, const otr_service_event *event)
{
    for (size_t i = 0; i < j->alarm_count; i++) {
        if (!otr_id_equal(j->alarms[i].alarm, alarm->alarm))
            continue;
        if (!otr_id_equal(j->alarms[i].ticket, event->entity))
            complain(j, "an alarm in two tickets", event);
        return;
    }
    if (j->alarm_count < ALARMS) {
        j->alarms[j->alarm_count].alarm = alarm->alarm;
        j->alarms[j->alarm_count++].ticket = event->entity;
    }
}

/* It goes on in another: what it was about is that one's from now on. */
static void judge_merged(judge *j, const ticket *one, const otr_service_event *event)
{
    ticket *into = NULL;
    for (size_t i = 0; i < event->fact_count; i++)
        for (size_t k = 0; k < j->count && otr_str_is(event->facts[i].name, "merged.into"); k++) {
            char id[OTR_ID_TEXT_BYTES];
            otr_id_format(j->tickets[k].id, id);
            into = otr_str_is(event->facts[i].value, id) ? &j->tickets[k] : into;
        }
    if (into == NULL || into == one || !into->open || strcmp(into->asset, one->asset) != 0) {
        complain(j, "merged into nothing, or into what is no such ticket", event);
        return;
    }
    j->merged++;
    into->troubles |= one->troubles;
    for (size_t i = 0; i < j->alarm_count; i++)
        if (otr_id_equal(j->alarms[i].ticket, one->id))
            j->alarms[i].ticket = into->id;
}

static void judge_others(judge *j, const ticket *one, const otr_service_event *event)
{
    for (size_t i = 0; i < j->count; i++) {
        const ticket *other = &j->tickets[i];
        if (other == one || !other->open || !one->open || strcmp(other->asset, one->asset) != 0)
            continue;
        if (strcmp(other->category, one->category) == 0)
            complain(j, "two open tickets of one category", event);
        if ((other->troubles & one->troubles) != 0)
            complain(j, "two open tickets of one trouble", event);
    }
}

static void add_codes(const otr_service_event *event, unsigned *troubles)
{
    for (size_t i = 0; i < event->fact_count; i++) {
        otr_str codes = event->facts[i].value;
        if (!otr_str_is(event->facts[i].name, "codes"))
            continue;
        *troubles |= memmem(codes.data, codes.size, "E9", 2) != NULL ? 2 : 0;
        *troubles |= memmem(codes.data, codes.size, "E2", 2) != NULL ? 2 : 0;
        *troubles |= memmem(codes.data, codes.size, "E1", 2) != NULL ? 4 : 0;
    }
}

static bool has_fact(const otr_service_event *event, const char *name, const char *value)
{
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, name))
            return value == NULL || otr_str_is(event->facts[i].value, value);
    return false;
}

/* Of a list each revision says whose it is, and what was on it. */
static void judge_list(judge *j, const otr_ticket *enclosed, const otr_service_event *event)
{
    if (!otr_str_is(event->asset, "c"))
        return;
    if (!has_fact(event, "customer", "c") || enclosed->alarm_count == 0)
        complain(j, "a list without its contents", event);
    if (event->cause.size > 0 && !has_fact(event, "a0", "a0") && !has_fact(event, "a1", "a1, lot L1"))
        complain(j, "a list that names nothing", event);
    if (event->cause.size == 0 && !otr_str_is(event->what, "closed"))
        complain(j, "a list of nothing", event);
}

static void keep_all(judge *j, const otr_service_event *event)
{
    otr_buffer_add_id(&j->all, event->event);
    otr_buffer_add_str(&j->all, event->title);
    otr_buffer_add_str(&j->all, event->description);
    otr_buffer_add_str(&j->all, event->queue);
    otr_buffer_add_str(&j->all, event->specialist);
    for (size_t i = 0; i < event->fact_count; i++)
        otr_buffer_add_str(&j->all, event->facts[i].value);
    otr_buffer_add_str(&j->all, (otr_str){(const char *)event->ticket.data, event->ticket.size});
}

static void see(void *context, const otr_service_event *event)
{
    judge *j = context;
    otr_arena memory = {0};
    otr_ticket enclosed;
    otr_buffer payload = {0};
    if (event->kind != OTR_SERVICE_TICKET || j->wrong[0] != '\0')
        return;
    ticket *one = find(j, event);
    bool fresh = one == NULL;
    if (fresh != otr_str_is(event->what, "opened"))
        complain(j, fresh ? "the first revision does not open it" : "opened twice", event);
    if (fresh) {
        assert_true(j->count < TICKETS);
        one = &j->tickets[j->count++];
        *one = (ticket){.id = event->entity, .case_id = event->case_id};
        (void)snprintf(one->asset, sizeof one->asset, "%.*s", OTR_STR_ARG(event->asset));
        (void)snprintf(one->category, sizeof one->category, "%.*s", OTR_STR_ARG(event->category));
    }
    if (event->revision <= one->revision)
        complain(j, "a revision that is no later", event);
    if (event->alarm_count < one->alarm_count || rank(event->priority) < one->priority)
        complain(j, "it goes back", event);
    if (!otr_id_equal(event->case_id, one->case_id) || !otr_str_is(event->asset, one->asset))
        complain(j, "it is about another case", event);
    if (!fresh && !one->open && !otr_str_is(event->what, "reopened"))
        complain(j, "it was closed, and nobody said that it is open again", event);
    bool again = otr_str_is(event->what, "reopened");
    bool list = otr_str_is(event->asset, "c"); /* whose alarms wait */
    if (one->resolved && !again && !list && event->alarm_count > one->alarm_count)
        complain(j, "the symptom is back, and nobody said that it is open again", event);
    one->resolved &= !again;
    one->revision = event->revision;
    one->alarm_count = event->alarm_count;
    one->priority = rank(event->priority);
    bool merged = otr_str_is(event->what, "merged");
    one->open = !otr_str_is(event->what, "closed") && !merged;
    one->merged |= merged;
    if (one->merged && !merged)
        complain(j, "it was merged, and goes on by itself", event);
    if (otr_ticket_decode(&memory, event->ticket, &enclosed, NULL) != OTR_OK)
        complain(j, "it does not read back", event);
    for (size_t i = 0; i < enclosed.alarm_count; i++) {
        judge_alarm(j, &enclosed.alarms[i], event);
        one->troubles |= trouble_of(enclosed.alarms[i].rule);
    }
    judge_list(j, &enclosed, event);
    add_codes(event, &one->troubles);
    one->troubles |= category_of(event->category);
    if (merged)
        judge_merged(j, one, event);
    if (fresh) /* an alarm of two troubles may join either */
        judge_others(j, one, event);
    keep_all(j, event);
    for (int form = OTR_PAYLOAD_PROTOBUF; form <= OTR_PAYLOAD_JSON; form++)
        if (otr_service_encode(&payload, (otr_payload)form, event, NULL) != OTR_OK)
            complain(j, "it cannot be sent", event);
    otr_buffer_done(&payload);
    otr_arena_done(&memory);
}

/* ---- stories ---- */

static void report_fault(world *w, const char *device, const char *codes)
{
    otr_reading reading = {.metric = OTR_STR("fault"),
                           .kind = OTR_KIND_TEXT,
                           .stamp = OTR_STAMP_ABSOLUTE,
                           .at_us = w->utc,
                           .text = otr_str_of(codes)};
    world_upload(w, device, &reading, 1);
}

/* In one upload: what is told of the first is told before the second. */
static void report_two(world *w, const char *device, double first)
{
    otr_reading two[] = {world_number("temperature", first, w->utc - OTR_SECOND),
                         world_number("temperature", first + 1, w->utc)};
    world_upload(w, device, two, 2);
}

/* Another open ticket of the same asset, or itself. */
static otr_id other_of(const judge *j, size_t one)
{
    for (size_t i = 0; i < j->count; i++)
        if (i != one && j->tickets[i].open && strcmp(j->tickets[i].asset, j->tickets[one].asset) == 0)
            return j->tickets[i].id;
    return j->tickets[one].id;
}

static void act(world *w, judge *j, choices *from)
{
    static const otr_desk_action actions[] = {OTR_DESK_RECEIVED, OTR_DESK_ACKNOWLEDGED, OTR_DESK_TRANSFERRED,
                                              OTR_DESK_RESOLVED, OTR_DESK_NOT_NEEDED,   OTR_DESK_NOTE,
                                              OTR_DESK_MERGED,   OTR_DESK_MERGED};
    otr_desk_action action = actions[choose(from, 8)];
    size_t which = choose(from, TICKETS);
    if (j->count == 0)
        return;
    otr_command command = {
        .kind = OTR_COMMAND_DESK,
        .until = OTR_TIME_NONE,
        .who = OTR_STR("kim"),
        .desk = {.action = action, .ticket = j->tickets[which % j->count].id, .by = OTR_TIME_NONE}};
    if (action == OTR_DESK_TRANSFERRED)
        command.desk.queue = which % 2 == 0 ? OTR_STR("b") : OTR_STR("c");
    if (action == OTR_DESK_RESOLVED)
        command.desk.what = OTR_STR("done");
    if (action == OTR_DESK_MERGED)
        command.desk.into = other_of(j, which % j->count);
    if (action == OTR_DESK_NOTE)
        command.desk.text = OTR_STR("looked at");
    bool ends = action == OTR_DESK_RESOLVED || action == OTR_DESK_NOT_NEEDED;
    if (world_command(w, command).refusal == OTR_REFUSAL_ACCEPTED && ends)
        j->tickets[which % j->count].resolved = true;
    if (!ends || choose(from, 2) == 0)
        return;
    command.desk.action = OTR_DESK_TRANSFERRED; /* and others get it */
    command.desk.what = (otr_str){NULL, 0};
    command.desk.queue = which % 2 == 0 ? OTR_STR("b") : OTR_STR("c");
    (void)world_command(w, command);
}

static void take_step(world *w, judge *j, choices *from)
{
    static const char *const faults[] = {"", "E1", "E9", "E2 E1", "E1 E9", "X"};
    char device[4];
    (void)snprintf(device, sizeof device, "d%u", choose(from, ASSETS));
    world_sleep(w, (otr_time)(1 + choose(from, 9)) * OTR_MINUTE);
    unsigned kind = choose(from, 14);
    unsigned pick = choose(from, 24);
    if (kind < 2)
        world_report(w, device, "temperature", 3 + pick, w->utc);
    else if (kind == 2)
        report_two(w, device, 3 + pick);
    else if (kind < 5)
        world_report(w, device, "humidity", pick * 4.5, w->utc);
    else if (kind < 7)
        world_report_flag(w, device, "door", pick % 2 == 0, w->utc);
    else if (kind < 9)
        report_fault(w, device, faults[pick % 6]);
    else if (kind < 11)
        act(w, j, from);
    else if (kind < 13)
        world_report(w, device, "stock", pick / 3, w->utc);
    else
        world_sleep(w, (otr_time)pick * 5 * OTR_MINUTE);
}

static void play(uint64_t seed, bool restarts, judge *j)
{
    choices from = choices_of_seed(seed);
    choices starts = choices_of_seed(~seed);
    *j = (judge){.count = 0};
    world *w = world_create(pack, assignments, START);
    world_activate(w, "knowledge/k", knowledge);
    w->see = see;
    w->see_context = j;
    for (int i = 0; i < STEPS && j->wrong[0] == '\0'; i++) {
        take_step(w, j, &from);
        if (restarts && choose(&starts, 6) == 0)
            world_snapshot(w);
        if (restarts && choose(&starts, 6) == 0)
            world_restart(w, false);
    }
    const char *differs = j->wrong[0] == '\0' ? world_replay(w) : NULL;
    if (differs != NULL)
        (void)snprintf(j->wrong, sizeof j->wrong, "%s", differs);
    world_free(w);
    if (j->wrong[0] != '\0')
        fail_msg("seed %llu%s: %s", (unsigned long long)seed, restarts ? " with new starts" : "", j->wrong);
}

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? STORIES_LONG : STORIES);
}

static void one_ticket_a_case(void **state)
{
    (void)state;
    static judge j;
    size_t tickets = 0;
    size_t merged = 0;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        play(seed, false, &j);
        tickets += j.count;
        merged += j.merged;
        otr_buffer_done(&j.all);
    }
    assert_true(tickets > 5 * (end_seed() - first_seed())); /* or there is nothing to see */
    assert_true(merged > (end_seed() - first_seed()) / 4);
}

static void a_new_start_changes_no_byte_of_a_ticket(void **state)
{
    (void)state;
    static judge one;
    static judge other;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        play(seed, false, &one);
        play(seed, true, &other);
        if (one.all.size != other.all.size || memcmp(one.all.data, other.all.data, one.all.size) != 0)
            fail_msg("seed %llu: %zu and %zu tickets, %zu and %zu bytes, not the same",
                     (unsigned long long)seed, one.count, other.count, one.all.size, other.all.size);
        otr_buffer_done(&one.all);
        otr_buffer_done(&other.all);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_ticket_a_case),
        cmocka_unit_test(a_new_start_changes_no_byte_of_a_ticket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
