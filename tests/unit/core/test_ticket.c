/* What a ticket says: the same facts as everybody is told, all alarms of its case, what is known, what was
 * said and earlier cases like it; one ticket a case; the same after a restart; nothing of a customer who is
 * forgotten; within its limit. */
#include "base/limits.h"
#include "codec/ticket.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define START ((otr_time)1700000000 * OTR_SECOND)
#define AT(minutes) (START + (minutes)*OTR_MINUTE)

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Hot\n"
    "    expr: temperature > 8\n"
    "    labels: {category: cold, priority: medium}\n"
    "    annotations: {cause: 'above 8 °C since {{ onset }}'}\n"
    "    notify: {to: [customer, shipper], message: hot, on: [raised, cleared], cooldown: 0s}\n"
    "    ticket: {queue: cold, evidence: [temperature, location], verify: 30m}\n"
    "  - alert: Moist\n"
    "    expr: humidity > 80\n"
    "    labels: {category: air, priority: high}\n"
    "    ticket: {queue: air, evidence: [humidity], verify: 30m}\n"
    "  - alert: Faulty\n"
    "    expr: fault != \"\"\n"
    "    labels: {category: fault, priority: low}\n"
    "    ticket: {queue: faults, evidence: [fault]}\n"
    "  - alert: Grave\n"
    "    expr: fault.contains(\"E9\")\n"
    "    labels: {category: grave, priority: critical}\n"
    "    ticket: {queue: faults}\n"
    "messages:\n"
    "  hot:\n"
    "    en: {raised: 'hot {{ temperature | Cel }} at {{ raised }} in {{ asset.name }}', cleared: "
    "'cool "
    "{{ temperature }}, {{ ended }}'}\n"
    "    de: {raised: 'heiß {{ temperature }}: {{ asset.contents }}', cleared: 'kühl'}\n";

static const char assignments[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: c-1, locale: de, zone: UTC, persona: consignee}\n"
    "  - {customer: s-1, locale: en, zone: UTC}\n"
    "assets:\n"
    "  - {asset: box, class: x, name: Box 1, devices: [d], customer: c-1, contacts: {shipper: s-1}, model: "
    "M1,\n"
    "     serial: S9, lot: L7, warranty: 2027-01-01, contents: Insulin, region: north,\n"
    "     places: {yard: {latitude: 50, longitude: 10, radius: 500}}}\n"
    "  - {asset: other, class: x, devices: [e], model: M1}\n";

static const char knowledge[] = "knowledge: own\n"
                                "version: 1\n"
                                "entries:\n"
                                "  - {rule: p/Hot, title: Too hot, cause: The lid., advice: Shut it., "
                                "trouble: lid, remedies: [replace, call]}\n"
                                "  - {rule: p/Moist, title: Too moist, trouble: lid}\n"
                                "  - {code: E9, title: Motor, cause: Worn., trouble: motor, queue: motors}\n"
                                "  - {code: E1, title: Lamp, trouble: lamp}\n"
                                "routes:\n"
                                "  - {rule: p/Hot, region: north, queue: cold-north, to: nina}\n";

/* The newest ticket and the facts of all that was told since. */
typedef struct seen {
    otr_arena memory;
    otr_service_event event;
    otr_ticket ticket;
    char facts[4096]; /* "name=value\n" */
    char told[8192];
    size_t tickets;
    size_t largest; /* payload */
} seen;

static void add_facts(char *to, size_t size, const otr_service_event *event)
{
    for (size_t i = 0; i < event->fact_count; i++) {
        size_t used = strlen(to);
        (void)snprintf(to + used, size - used, "\n%.*s=%.*s\n", OTR_STR_ARG(event->facts[i].name),
                       OTR_STR_ARG(event->facts[i].value));
    }
}

static otr_str keep_text(seen *s, otr_str text)
{
    return otr_arena_copy(&s->memory, text);
}

static void see(void *context, const otr_service_event *event)
{
    seen *s = context;
    if (event->kind == OTR_SERVICE_NOTIFICATION)
        add_facts(s->told, sizeof s->told, event);
    if (event->kind != OTR_SERVICE_TICKET)
        return;
    otr_error error;
    otr_str bytes = keep_text(s, (otr_str){(const char *)event->ticket.data, event->ticket.size});
    assert_int_equal(otr_ticket_decode(&s->memory, (otr_bytes){(const uint8_t *)bytes.data, bytes.size},
                                       &s->ticket, &error),
                     OTR_OK);
    s->event = *event;
    s->event.title = keep_text(s, event->title);
    s->event.description = keep_text(s, event->description);
    s->event.queue = keep_text(s, event->queue);
    s->event.priority = keep_text(s, event->priority);
    s->event.specialist = keep_text(s, event->specialist);
    for (int form = OTR_PAYLOAD_PROTOBUF; form <= OTR_PAYLOAD_JSON; form++) {
        otr_buffer payload = {0};
        assert_int_equal(otr_service_encode(&payload, (otr_payload)form, event, &error), OTR_OK);
        s->largest = payload.size > s->largest ? payload.size : s->largest;
        otr_buffer_done(&payload);
    }
    s->facts[0] = '\0';
    add_facts(s->facts, sizeof s->facts, event);
    s->tickets++;
}

static world *start(seen *s)
{
    memset(s, 0, sizeof *s);
    world *w = world_create(pack, assignments, START);
    world_activate(w, "knowledge/own", knowledge);
    w->see = see;
    w->see_context = s;
    return w;
}

static void end(world *w, seen *s)
{
    world_free(w);
    otr_arena_done(&s->memory);
}

static void report_text(world *w, const char *metric, const char *text, otr_time at)
{
    otr_reading reading = {.metric = otr_str_of(metric),
                           .kind = OTR_KIND_TEXT,
                           .stamp = OTR_STAMP_ABSOLUTE,
                           .at_us = at,
                           .text = otr_str_of(text)};
    world_upload(w, "d", &reading, 1);
}

static bool has_fact(const seen *s, const char *fact)
{
    char line[256];
    (void)snprintf(line, sizeof line, "\n%s\n", fact);
    return strstr(s->facts, line) != NULL;
}

static void a_ticket_has_each_fact_that_anybody_was_told(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    world_report(w, "d", "temperature", 9.25, AT(1));
    assert_true(strstr(s.told, "temperature=9.25") != NULL); /* to the consignee, in German */
    for (char *line = strtok(s.told, "\n"); line != NULL; line = strtok(NULL, "\n"))
        if (!has_fact(&s, line))
            fail_msg("the ticket does not have %s, but %s", line, s.facts);
    end(w, &s);
}

static void a_ticket_says_what_the_asset_is_and_where(void **state)
{
    (void)state;
    static const char *const facts[] = {
        "asset.model=M1",         "asset.serial=S9",      "asset.lot=L7", "asset.warranty=2027-01-01",
        "asset.contents=Insulin", "customer=c-1",         "place=yard",   "location=50.00000, 10.00000",
        "location.age=4m",        "queue.why=route own:9"};
    seen s;
    world *w = start(&s);
    otr_reading location = {.metric = OTR_STR("location"),
                            .kind = OTR_KIND_LOCATION,
                            .stamp = OTR_STAMP_ABSOLUTE,
                            .at_us = AT(1),
                            .location = {50, 10}};
    world_upload(w, "d", &location, 1);
    world_report(w, "d", "temperature", 9, AT(5));
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (!has_fact(&s, facts[i]))
            fail_msg("no %s in %s", facts[i], s.facts);
    assert_true(otr_str_is(s.event.queue, "cold-north") && otr_str_is(s.event.specialist, "nina"));
    assert_true(otr_str_is(s.event.title, "Box 1: Too hot (Hot)"));
    assert_int_equal(s.ticket.known_count, 1);
    assert_true(otr_str_is(s.ticket.known[0].remedies, "replace, call"));
    end(w, &s);
}

/* Of different categories, and still one ticket: knowledge calls them by one trouble. */
static void alarms_of_one_trouble_are_one_ticket_whose_severity_rises(void **state)
{
    (void)state;
    for (int restart = 0; restart < 2; restart++) {
        seen s;
        world *w = start(&s);
        world_report(w, "d", "temperature", 9, AT(1));
        otr_id ticket = s.event.entity;
        if (restart)
            world_restart(w, true);
        if (restart)
            world_snapshot(w);
        if (restart)
            world_restart(w, true);
        world_report(w, "d", "humidity", 90, AT(2));
        assert_true(otr_id_equal(ticket, s.event.entity));
        assert_int_equal(s.tickets, 2);
        assert_int_equal(s.ticket.alarm_count, 2);
        assert_true(otr_str_is(s.ticket.alarms[0].rule, "Hot") &&
                    otr_str_is(s.ticket.alarms[1].rule, "Moist"));
        assert_true(otr_str_is(s.event.priority, "high"));
        assert_true(otr_str_is(s.event.queue, "cold-north"));
        world_report(w, "d", "humidity", 20, AT(3));
        assert_true(s.ticket.alarms[1].ended == AT(3) && s.ticket.alarms[0].ended == OTR_TIME_NONE);
        world_report(w, "e", "humidity", 90, AT(4)); /* of another asset */
        assert_false(otr_id_equal(ticket, s.event.entity));
        end(w, &s);
    }
}

static void only_the_codes_that_a_rule_asks_for_are_its_own(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    report_text(w, "fault", "E1 E9", AT(1));
    /* Faulty concerns both; Grave E9 alone, which is of one trouble with it */
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_true(has_fact(&s, "codes=E1 E9"));
    assert_true(otr_str_is(s.event.queue, "motors")); /* the entry's, before the rule's */
    assert_true(otr_str_is(s.event.priority, "critical"));
    report_text(w, "fault", "", AT(2));
    assert_true(has_fact(&s, "codes=E1 E9")); /* what it was about, though the device says it no more */
    end(w, &s);
    w = start(&s);
    report_text(w, "fault", "E1", AT(1));
    report_text(w, "fault", "E1 E9", AT(2)); /* Grave is of E9, and so of another trouble than the lamp */
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    assert_true(has_fact(&s, "codes=E9"));
    end(w, &s);
    w = start(&s);
    report_text(w, "fault", "X E9", AT(1));
    assert_true(otr_str_is(s.ticket.known[0].code, "E9")); /* of X nothing is known */
    end(w, &s);
}

static otr_str said_by(const seen *s, const char *speaker, size_t nth)
{
    for (size_t i = 0; i < s->ticket.said_count; i++)
        if (otr_str_is(s->ticket.said[i].speaker, speaker) && nth-- == 0)
            return s->ticket.said[i].text.size > 0 ? s->ticket.said[i].text : s->ticket.said[i].what;
    return OTR_STR("nothing");
}

static void what_the_customer_was_told_and_answers_is_in_the_next_ticket(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    world_report(w, "d", "temperature", 9, AT(1));
    const world_notice *told = world_notice_get(w, OTR_NOTICE_TOLD, "Hot", NULL);
    otr_command answer = {.kind = OTR_COMMAND_CUSTOMER,
                          .until = OTR_TIME_NONE,
                          .customer = {.action = OTR_CUSTOMER_KNOWN,
                                       .notification = told->id,
                                       .from = OTR_TIME_NONE,
                                       .to = OTR_TIME_NONE}};
    assert_int_equal(world_command(w, answer).refusal, OTR_REFUSAL_ACCEPTED);
    world_report(w, "d", "humidity", 90, AT(2));
    assert_true(otr_str_starts(said_by(&s, "gateway", 0), OTR_STR("heiß 9: Insulin")));
    assert_true(otr_str_starts(said_by(&s, "gateway", 1), OTR_STR("hot 9")));
    assert_true(otr_str_is(said_by(&s, "customer", 0), "known"));
    /* readers by what they are in it, never by name */
    for (size_t i = 0, told_to = 0; i < s.ticket.said_count; i++) {
        otr_str who = s.ticket.said[i].who;
        assert_false(otr_str_is(who, "s-1") || otr_str_is(who, "c-1"));
        if (otr_str_is(s.ticket.said[i].speaker, "gateway"))
            assert_true(otr_str_is(who, told_to++ == 0 ? "consignee" : "shipper"));
    }
    end(w, &s);
}

static const otr_ticket_series *series_of(const seen *s, const char *metric)
{
    for (size_t i = 0; i < s->ticket.series_count; i++)
        if (otr_str_is(s->ticket.series[i].metric, metric))
            return &s->ticket.series[i];
    fail_msg("no series of %s", metric);
    return NULL;
}

/* With what was before the alarm; what came late is in it; fault values are not. */
static void the_evidence_has_its_extremes_also_after_a_restart(void **state)
{
    (void)state;
    for (int restart = 0; restart < 3; restart++) {
        seen s;
        world *w = start(&s);
        for (int i = 0; i < 50; i++)
            world_report(w, "d", "temperature", i == 20 ? -3 : 5, AT(i));
        world_report(w, "d", "temperature", 7.5, AT(33) + 1000); /* late */
        if (restart == 2)
            world_snapshot(w);
        if (restart > 0)
            world_restart(w, true);
        world_report(w, "d", "temperature", 9, AT(51));
        const otr_ticket_series *series = series_of(&s, "temperature");
        assert_true(otr_str_is(series->unit, "Cel") && otr_str_is(series->device, "d"));
        assert_true(series->min == -3 && series->min_at == AT(20));
        assert_true(series->max == 9 && series->max_at == AT(51));
        assert_int_equal(series->readings, 52);
        assert_true(series->count <= 64 && series->from == AT(51) - OTR_HOUR && series->to == AT(51));
        bool late = false;
        for (size_t i = 0; i < series->count; i++)
            late |= series->values[i] == 7.5 && series->times[i] == AT(33) + 1000;
        assert_true(late);
        end(w, &s);
    }
}

static void a_case_that_is_over_is_a_precedent_also_after_a_restart(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    world_report(w, "e", "temperature", 9, AT(1));
    otr_id first = s.event.entity;
    world_report(w, "e", "temperature", 5, AT(2));
    world_sleep(w, 2 * OTR_HOUR);
    world_snapshot(w);
    world_restart(w, true);
    world_report(w, "d", "temperature", 9, AT(200));
    assert_int_equal(s.ticket.similar_count, 1);
    assert_true(otr_id_equal(s.ticket.similar[0].ticket, first));
    assert_true(otr_str_is(s.ticket.similar[0].rule, "Hot") && s.ticket.similar[0].resolution.size == 0);
    world_report(w, "d", "temperature", 5, AT(201));
    world_sleep(w, 2 * OTR_HOUR);
    world_report(w, "e", "humidity", 90, AT(400)); /* another rule */
    assert_int_equal(s.ticket.similar_count, 0);
    end(w, &s);
}

static void who_is_forgotten_is_no_precedent(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    world_activate(w, "assignment/gone",
                   "version: 1\nassignment: {version: 1}\ncustomers: [{customer: cust-9}]\n"
                   "assets: [{asset: gone, class: x, model: M1, customer: cust-9, devices: [g]}]\n");
    world_report(w, "g", "temperature", 9, AT(1));
    world_report(w, "g", "temperature", 5, AT(2));
    world_sleep(w, OTR_HOUR);
    assert_int_equal(w->core->precedents.count, 1);
    world_report(w, "d", "temperature", 9,
                 AT(100)); /* another customer's: how it ended, and nothing to find it by */
    assert_int_equal(s.ticket.similar_count, 1);
    assert_true(otr_str_is(s.ticket.similar[0].rule, "Hot") && otr_id_is_zero(s.ticket.similar[0].ticket));
    assert_true(s.ticket.similar[0].opened == OTR_TIME_NONE && s.ticket.similar[0].closed == OTR_TIME_NONE);
    otr_command forget = {.kind = OTR_COMMAND_FORGET, .until = OTR_TIME_NONE, .asset = OTR_STR("cust-9")};
    assert_int_equal(world_command(w, forget).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(w->core->precedents.count, 0);
    end(w, &s);
}

static void precedents_are_bounded(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    for (int i = 0; i < OTR_LIMIT_PRECEDENTS + 4; i++) {
        world_report(w, "e", "temperature", 9, AT(1 + i * 60));
        world_report(w, "e", "temperature", 5, AT(2 + i * 60));
        world_sleep(w, 45 * OTR_MINUTE);
    }
    assert_int_equal(w->core->precedents.count, OTR_LIMIT_PRECEDENTS);
    world_report(w, "d", "temperature", 9, AT(2 + (OTR_LIMIT_PRECEDENTS + 4) * 60));
    assert_int_equal(s.ticket.similar_count, OTR_LIMIT_TICKET_SIMILAR);
    assert_true(s.ticket.similar[0].closed > s.ticket.similar[2].closed); /* the newest first */
    end(w, &s);
}

static void the_alarms_of_a_case_are_bounded_and_counted(void **state)
{
    (void)state;
    seen s;
    world *w = start(&s);
    for (int i = 0; i < 40; i++) {
        world_report(w, "e", "temperature", 9, AT(1 + i * 2));
        world_report(w, "e", "temperature", 5, AT(2 + i * 2));
    }
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_int_equal(s.event.alarm_count, 40);
    assert_int_equal(s.ticket.alarm_count, OTR_LIMIT_CASE_ALARMS);
    assert_true(s.ticket.alarms[0].onset == AT(1)); /* what it began with */
    assert_true(s.ticket.alarms[OTR_LIMIT_CASE_ALARMS - 1].onset == AT(79));
    end(w, &s);
}

static char *much(char *yaml, size_t size)
{
    size_t used = (size_t)snprintf(yaml, size, "knowledge: much\nversion: 1\nentries:\n");
    for (int i = 0; i < 8; i++) {
        used += (size_t)snprintf(yaml + used, size - used, "  - {code: C%d, title: T%d, cause: '", i, i);
        for (int part = 0; part < 3; part++) {
            memset(yaml + used, '"', OTR_LIMIT_KNOWLEDGE_TEXT_BYTES);
            used += OTR_LIMIT_KNOWLEDGE_TEXT_BYTES;
            used += (size_t)snprintf(yaml + used, size - used, "%s",
                                     part == 0   ? "', advice: '"
                                     : part == 1 ? "', known_problem: '"
                                                 : "', remedies: [");
        }
        for (int remedy = 0; remedy < OTR_LIMIT_KNOWLEDGE_REMEDIES; remedy++)
            used += (size_t)snprintf(yaml + used, size - used, "%sr%060d", remedy > 0 ? ", " : "", remedy);
        used += (size_t)snprintf(yaml + used, size - used, "]}\n");
    }
    return yaml;
}

/* Quotes take two bytes in JSON. */
static void whatever_is_known_a_ticket_can_be_sent(void **state)
{
    (void)state;
    static char yaml[64 * 1024];
    seen s;
    world *w = start(&s);
    world_activate(w, "knowledge/much", much(yaml, sizeof yaml));
    report_text(w, "fault", "C0 C1 C2 C3 C4 C5 C6 C7", AT(1));
    assert_int_equal(s.ticket.known_count, OTR_LIMIT_KNOWN_ITEMS);
    assert_true(s.largest > 20000 && s.largest < OTR_LIMIT_OUTBOX_PAYLOAD_BYTES);
    end(w, &s);
}

/* With all that was said of the case there is no room for what is known: that stays away. */
static void a_ticket_that_would_be_too_large_has_less(void **state)
{
    (void)state;
    static char yaml[64 * 1024];
    char said[OTR_LIMIT_DESK_TEXT_BYTES + 1];
    seen s;
    world *w = start(&s);
    world_activate(w, "knowledge/much", much(yaml, sizeof yaml));
    report_text(w, "fault", "C0 C1 C2 C3 C4 C5 C6 C7", AT(1));
    assert_int_equal(s.ticket.known_count, OTR_LIMIT_KNOWN_ITEMS);
    memset(said, '"', sizeof said - 1);
    said[sizeof said - 1] = '\0';
    otr_command note = {.kind = OTR_COMMAND_DESK,
                        .until = OTR_TIME_NONE,
                        .desk = {.action = OTR_DESK_NOTE,
                                 .ticket = s.event.entity,
                                 .text = otr_str_of(said),
                                 .by = OTR_TIME_NONE}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_command(w, note).refusal, OTR_REFUSAL_ACCEPTED);
    report_text(w, "fault", "", AT(2));
    assert_int_equal(s.ticket.known_count, 0);
    assert_true(s.ticket.said_count >= 3);
    assert_true(s.largest > OTR_LIMIT_TICKET_BYTES / 2 && s.largest <= OTR_LIMIT_TICKET_BYTES);
    end(w, &s);
}

/* Of a code in two parts without an entry of its own both parts are said. */
static void a_code_in_two_parts_is_said_by_both(void **state)
{
    static const char parts[] = "knowledge: parts\nversion: 1\nentries:\n"
                                "  - {code: SPN110, title: Coolant}\n"
                                "  - {code: SPN190, title: Speed}\n"
                                "  - {code: FMI0, title: Far too hot}\n"
                                "  - {code: FMI1, title: ABS}\n"
                                "  - {code: FMI2, title: X}\n";
    static const struct {
        const char *code;
        const char *title;
    } rows[] = {{"SPN110/FMI0", "Coolant: far too hot"},
                {"SPN190/FMI1", "Speed: ABS"},
                {"SPN190/FMI2", "Speed: X"},
                {"SPN190/FMI9", "Speed"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        seen s;
        world *w = start(&s);
        world_activate(w, "knowledge/parts", parts);
        report_text(w, "fault", rows[i].code, AT(1));
        char text[200];
        (void)snprintf(text, sizeof text, "%.*s", OTR_STR_ARG(s.event.title));
        if (strstr(text, rows[i].title) == NULL)
            fail_msg("%s, and should be %s", text, rows[i].title);
        end(w, &s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_has_each_fact_that_anybody_was_told),
        cmocka_unit_test(a_ticket_says_what_the_asset_is_and_where),
        cmocka_unit_test(alarms_of_one_trouble_are_one_ticket_whose_severity_rises),
        cmocka_unit_test(only_the_codes_that_a_rule_asks_for_are_its_own),
        cmocka_unit_test(what_the_customer_was_told_and_answers_is_in_the_next_ticket),
        cmocka_unit_test(the_evidence_has_its_extremes_also_after_a_restart),
        cmocka_unit_test(a_case_that_is_over_is_a_precedent_also_after_a_restart),
        cmocka_unit_test(who_is_forgotten_is_no_precedent),
        cmocka_unit_test(precedents_are_bounded),
        cmocka_unit_test(the_alarms_of_a_case_are_bounded_and_counted),
        cmocka_unit_test(whatever_is_known_a_ticket_can_be_sent),
        cmocka_unit_test(a_ticket_that_would_be_too_large_has_less),
        cmocka_unit_test(a_code_in_two_parts_is_said_by_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
