/* Who is forgotten is in no snapshot, whoever has their things by then; and what began while one customer had
 * an asset is never another's. Each story is told with new starts as well. */
#include "core/asset/whose.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char pack[] =
    "pack: p\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Hot, expr: temperature > 8, latch: true, labels: {category: cold},\n"
    "     notify: {to: [customer, staff.duty], message: m, on: [raised, cleared]},\n"
    "     ticket: {queue: q, evidence: [temperature], last: 1h}}\n"
    "  - {alert: Damp, expr: humidity > 80, lateness: 10m, labels: {category: air},\n"
    "     notify: {to: staff.duty, message: m}}\n"
    "  - {alert: Low, expr: stock < 2.0, labels: {category: stock},\n"
    "     notify: {to: customer, message: list, gather: 2h}, ticket: {queue: supplies, evidence: [stock]}}\n"
    "messages:\n"
    "  m: {en: {raised: 'hot {{ temperature }} in {{ asset.name }}', cleared: 'cool'}}\n"
    "  list: {en: {raised: 'buy {{ items }}', item: '{{ asset.name }} {{ stock }}'}}\n";
static const char base[] = "version: 1\n"
                           "staff: {duty: {locale: en, zone: UTC}}\n"
                           "assets:\n"
                           "  - {asset: depot, class: x, devices: [z]}\n";
#define START ((otr_time)1700000000 * OTR_SECOND)

static const char theirs[] = "cust-9x";
static const char others[] = "cust-8x";
static const char said[] = "SAID TO THE DESK";

typedef enum starts { GOES_ON, FROM_SNAPSHOTS, FROM_JOURNAL, STARTS } starts;

static void pause(world *w, starts how)
{
    world_sleep(w, OTR_MINUTE);
    if (how == FROM_SNAPSHOTS)
        world_snapshot(w);
    if (how != GOES_ON)
        world_restart(w, false);
}

static void give(world *w, const char *asset, int version, const char *customer, const char *goods)
{
    char slot[48];
    char yaml[512];
    (void)snprintf(slot, sizeof slot, "assignment/%s", asset);
    (void)snprintf(
        yaml, sizeof yaml,
        "version: 1\nassignment: {version: %d}\ncustomers: [{customer: %s, zone: UTC}]\n"
        "assets:\n  - {asset: %s, class: x, name: %s, contents: %s, devices: [d-%s], customer: %s}\n",
        version, customer, asset, goods, goods, asset, customer);
    world_activate(w, slot, yaml);
}

static void note(world *w, otr_id ticket)
{
    otr_desk_act act = {
        .action = OTR_DESK_NOTE, .ticket = ticket, .by = OTR_TIME_NONE, .text = otr_str_of(said)};
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = act};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

static void forget(world *w, const char *customer)
{
    otr_command command = {.kind = OTR_COMMAND_FORGET, .until = OTR_TIME_NONE, .asset = otr_str_of(customer)};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    world_snapshot(w);
}

static bool keeps(const world *w, const void *bytes, size_t size)
{
    return memmem(w->snapshot.data, w->snapshot.size, bytes, size) != NULL;
}

static bool keeps_text(const world *w, const char *text)
{
    return keeps(w, text, strlen(text));
}

static bool keeps_id(const world *w, otr_id id)
{
    return keeps(w, id.bytes, sizeof id.bytes);
}

static void assert_forgotten(const world *w, const char *customer, const char *goods,
                             const world_event *ticket)
{
    assert_false(keeps_text(w, customer));
    assert_false(keeps_text(w, goods));
    assert_false(keeps_text(w, said));
    assert_false(keeps_id(w, ticket->case_id));
    for (size_t i = 0; i < w->alarm_count; i++)
        if (otr_id_equal(w->alarms[i].case_id, ticket->case_id))
            assert_false(keeps_id(w, w->alarms[i].id));
}

static const world_event *opened(const world *w, size_t n)
{
    return world_event_get(w, OTR_SERVICE_TICKET, "opened", n);
}

/* Its facts and what was said, as one text. */
typedef struct last_ticket {
    char facts[2048];
    char what[16];
} last_ticket;

static void keep_ticket(void *context, const otr_service_event *event)
{
    last_ticket *last = context;
    size_t at = 0;
    if (event->kind != OTR_SERVICE_TICKET)
        return;
    (void)snprintf(last->what, sizeof last->what, "%.*s", OTR_STR_ARG(event->what));
    at += (size_t)snprintf(last->facts, sizeof last->facts, "%.*s. %.*s", OTR_STR_ARG(event->title),
                           OTR_STR_ARG(event->description));
    for (size_t i = 0; i < event->fact_count && at < sizeof last->facts; i++)
        at += (size_t)snprintf(last->facts + at, sizeof last->facts - at, "|%.*s=%.*s",
                               OTR_STR_ARG(event->facts[i].name), OTR_STR_ARG(event->facts[i].value));
    if (event->ticket.size > 0 && memmem(event->ticket.data, event->ticket.size, said, strlen(said)) != NULL)
        (void)snprintf(last->facts + at, sizeof last->facts - at, "|%s", said);
}

static otr_refusal answer(world *w, otr_id notification, otr_customer_action action)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.notification = notification;
    command.customer.action = action;
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    return world_command(w, command).refusal;
}

static void silence(world *w, const char *asset)
{
    otr_command command = {.kind = OTR_COMMAND_OUT_OF_SERVICE,
                           .rule = OTR_STR("Damp"),
                           .asset = otr_str_of(asset),
                           .until = OTR_TIME_NONE,
                           .reason = otr_str_of(said)};
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

/* The box was hot while it was theirs, and is so again for the next customer. */
static world *hand_on(starts how, last_ticket *last)
{
    world *w = world_create(pack, base, START);
    w->see = keep_ticket;
    w->see_context = last;
    give(w, "box", 1, theirs, "MARKER-old");
    give(w, "keg", 1, theirs, "MARKER-old");
    pause(w, how);
    world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
    note(w, opened(w, 0)->entity);
    pause(w, how);
    silence(w, "box");
    give(w, "box", 2, others, "goods-new");
    assert_int_equal(w->core->points.count, 0);
    pause(w, how);
    return w;
}

static void what_was_one_s_is_never_another_s(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        last_ticket last = {.facts = ""};
        world *w = hand_on(how, &last);
        assert_int_equal(world_get(w, "Hot", 0)->state, OTR_ALARM_WITHDRAWN);
        world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
        assert_false(otr_id_equal(opened(w, 0)->case_id, opened(w, 1)->case_id));
        assert_non_null(strstr(last.facts, "goods-new"));
        assert_non_null(strstr(last.facts, "|customer=cust-8x"));
        assert_null(strstr(last.facts, "MARKER-old"));
        assert_null(strstr(last.facts, said));
        pause(w, how);
        /* what becomes of the old case is told of it alone */
        otr_desk_act act = {.action = OTR_DESK_TRANSFERRED,
                            .ticket = opened(w, 0)->entity,
                            .by = OTR_TIME_NONE,
                            .queue = OTR_STR("second")};
        otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .desk = act};
        assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
        assert_string_equal(last.what, "transferred");
        assert_non_null(strstr(last.facts, "|customer=cust-9x"));
        assert_non_null(strstr(last.facts, said));
        assert_null(strstr(last.facts, "goods-new"));
        act.action = OTR_DESK_PROMISED;
        act.queue = (otr_str){NULL, 0};
        act.what = OTR_STR("callback");
        act.by = w->utc + OTR_HOUR;
        command.desk = act;
        assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
        const world_event *told = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0);
        assert_string_equal(told->to, theirs);
        assert_int_equal(answer(w, told->entity, OTR_CUSTOMER_STATUS), OTR_REFUSAL_ACCEPTED);
        assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "promised"), 1);
        for (size_t i = 0; i < w->event_count; i++) {
            const world_event *event = &w->events[i];
            if (strcmp(event->to, others) == 0)
                assert_false(otr_id_equal(event->case_id, opened(w, 0)->case_id));
            if (strcmp(event->to, theirs) == 0)
                assert_null(strstr(event->text, "goods-new"));
        }
        world_free(w);
    }
}

static void what_was_handed_on_is_forgotten(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        last_ticket last;
        world *w = hand_on(how, &last);
        world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
        pause(w, how);
        world_snapshot(w);
        assert_true(keeps_text(w, theirs) && keeps_text(w, said));
        forget(w, theirs);
        assert_forgotten(w, theirs, "MARKER-old", opened(w, 0));
        assert_true(keeps_text(w, others) && keeps_id(w, opened(w, 1)->case_id));
        pause(w, how);
        note(w, opened(w, 1)->entity);
        forget(w, others);
        assert_forgotten(w, others, "goods-new", opened(w, 1));
        assert_false(keeps_text(w, "box"));
        world_free(w);
    }
}

/* What waits for late readings is told when the box is handed on, and is theirs. */
static void what_is_settled_by_handing_on_is_forgotten(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(pack, base, START);
        give(w, "box", 1, theirs, "MARKER-old");
        world_report(w, "d-box", "humidity", 90, w->utc + OTR_MINUTE);
        pause(w, how);
        assert_int_equal(world_count(w, "Damp"), 0);
        give(w, "box", 2, others, "goods-new");
        assert_int_equal(world_count(w, "Damp"), 1);
        pause(w, how);
        world_snapshot(w);
        assert_true(keeps_id(w, world_get(w, "Damp", 0)->id));
        forget(w, theirs);
        assert_false(keeps_id(w, world_get(w, "Damp", 0)->id));
        world_free(w);
    }
}

/* The same when the cases of before have closed and are only remembered: as precedents and as alarms that
 * stand. */
static void what_is_over_is_forgotten(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        last_ticket last;
        world *w = world_create(pack, base, START);
        w->see = keep_ticket;
        w->see_context = &last;
        give(w, "box", 1, theirs, "MARKER-old");
        world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
        world_report(w, "d-box", "temperature", 5, w->utc + OTR_MINUTE);
        world_sleep(w, 2 * OTR_HOUR);
        assert_int_equal(w->core->precedents.count, 1);
        assert_int_equal(w->core->standing.count, 1);
        pause(w, how);
        give(w, "box", 2, others, "goods-new");
        pause(w, how);
        forget(w, theirs);
        assert_int_equal(w->core->precedents.count, 0);
        assert_int_equal(w->core->standing.count, 0);
        assert_forgotten(w, theirs, "MARKER-old", opened(w, 0));
        world_free(w);
    }
}

static void what_was_given_back_is_forgotten(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(pack, base, START);
        give(w, "box", 1, theirs, "MARKER-old");
        give(w, "bin", 1, others, "goods-new");
        world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
        world_report(w, "d-bin", "temperature", 9, w->utc + OTR_MINUTE);
        note(w, opened(w, 0)->entity);
        silence(w, "box");
        otr_command end = {.kind = OTR_COMMAND_UNASSIGN, .until = OTR_TIME_NONE, .asset = OTR_STR("box")};
        assert_int_equal(world_command(w, end).refusal, OTR_REFUSAL_ACCEPTED);
        pause(w, how);
        world_sleep(w, 40 * OTR_DAY); /* nothing is known of the assignment any more */
        pause(w, how);
        forget(w, theirs);
        assert_forgotten(w, theirs, "MARKER-old", opened(w, 0));
        assert_false(keeps_text(w, "box"));
        assert_true(keeps_text(w, others));
        world_free(w);
    }
}

static void a_list_is_forgotten(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(pack, base, START);
        give(w, "box", 1, theirs, "MARKER-old");
        give(w, "bin", 1, others, "goods-new");
        world_report(w, "d-box", "stock", 1, w->utc + OTR_MINUTE);
        world_report(w, "d-bin", "stock", 1, w->utc + OTR_MINUTE);
        pause(w, how);
        world_sleep(w, 3 * OTR_HOUR);
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
        note(w, opened(w, 0)->entity);
        pause(w, how);
        assert_string_equal(opened(w, 0)->asset, theirs);
        forget(w, theirs);
        assert_forgotten(w, theirs, "MARKER-old", opened(w, 0));
        assert_true(keeps_id(w, opened(w, 1)->case_id));
        world_free(w);
    }
}

static void ship(world *w, const char *asset, const char *customer, const char *to)
{
    char slot[48];
    char yaml[512];
    (void)snprintf(slot, sizeof slot, "assignment/%s", asset);
    (void)snprintf(yaml, sizeof yaml,
                   "version: 1\nassignment: {version: 1}\ncustomers: [{customer: %s, zone: UTC}]\nassets:\n"
                   "  - {asset: %s, class: x, devices: [d-%s], customer: %s, route: {origin: {name: works, "
                   "latitude: 53, longitude: 10, radius: 300}, destination: {name: %s, latitude: 54, "
                   "longitude: 10, radius: 300}, speed_kmh: 60}}\n",
                   customer, asset, asset, customer, to);
    world_activate(w, slot, yaml);
}

static uint64_t on_lane(const world *w, const char *lane)
{
    const otr_bucket_cell *cell = otr_bucket_find(&w->core->figures.bucket, OTR_BY_LANE, otr_str_of(lane));
    return cell != NULL ? cell->counts[OTR_COUNT_ALARMS] : 0;
}

/* Figures stay with the broker for a month: a place that one customer alone has is in none. */
static void a_place_is_counted_by_while_several_have_it(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(pack, base, START);
        ship(w, "one", theirs, "clinic");
        world_report(w, "d-one", "temperature", 9, w->utc + OTR_MINUTE);
        assert_int_equal(on_lane(w, "works>clinic"), 0);
        ship(w, "two", others, "clinic");
        ship(w, "own", theirs, "marker-home");
        ship(w, "too", theirs, "marker-home");
        pause(w, how);
        world_report(w, "d-two", "temperature", 9, w->utc + OTR_MINUTE);
        world_report(w, "d-own", "temperature", 9, w->utc + OTR_MINUTE);
        pause(w, how);
        assert_int_equal(on_lane(w, "works>clinic"), 1);
        assert_int_equal(on_lane(w, "works>marker-home"), 0);
        size_t before = world_events(w, OTR_SERVICE_FIGURES, "updated");
        forget(w, theirs);
        assert_false(keeps_text(w, "marker-home"));
        assert_int_equal(on_lane(w, "works>clinic"), 0);
        assert_int_equal(on_lane(w, ""), 1);
        world_sleep(w, OTR_SECOND);
        assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), before + 1);
        forget(w, others);
        assert_false(keeps_text(w, "clinic"));
        world_free(w);
    }
}

/* Nobody had it when the trouble began: it is that of the first who has it. */
static void what_was_nobody_s_goes_on_as_theirs(void **state)
{
    (void)state;
    for (starts how = GOES_ON; how < STARTS; how++) {
        world *w = world_create(pack, base, START);
        world_activate(
            w, "assignment/box",
            "version: 1\nassignment: {version: 1}\nassets: [{asset: box, class: x, devices: [d-box]}]\n");
        world_report(w, "d-box", "temperature", 9, w->utc + OTR_MINUTE);
        pause(w, how);
        give(w, "box", 2, theirs, "MARKER-old");
        pause(w, how);
        assert_int_equal(world_count(w, "Hot"), 1);
        assert_int_equal(world_get(w, "Hot", 0)->state, OTR_ALARM_UNACKNOWLEDGED);
        assert_true(otr_str_is(otr_whose_name(w->core, w->core->cases[0].customer), theirs));
        note(w, opened(w, 0)->entity);
        forget(w, theirs);
        assert_forgotten(w, theirs, "MARKER-old", opened(w, 0));
        world_free(w);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_one_s_is_never_another_s),
        cmocka_unit_test(what_was_handed_on_is_forgotten),
        cmocka_unit_test(what_is_settled_by_handing_on_is_forgotten),
        cmocka_unit_test(what_is_over_is_forgotten),
        cmocka_unit_test(what_was_given_back_is_forgotten),
        cmocka_unit_test(a_list_is_forgotten),
        cmocka_unit_test(a_place_is_counted_by_while_several_have_it),
        cmocka_unit_test(what_was_nobody_s_goes_on_as_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
