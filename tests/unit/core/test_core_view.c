/* What operators are shown: alarms that are open and that stand, points that are silenced, the figures; and
 * whether a customer is known. */
#include "core/asset/assigned.h"
#include "core/forget.h"
#include "core/state.h"
#include "core/view/view.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (INT64_C(1767225600) * OTR_SECOND) /* 2026-01-01T00:00:00Z */
#define AT(minutes) (T0 + (otr_time)(minutes)*OTR_MINUTE)

static const char pack[] = "pack: p\nversion: 1\nrules:\n"
                           "  - {alert: Hot, expr: temperature > 8.0, latch: true}\n"
                           "  - {alert: Damp, expr: humidity > 80.0, ticket: {queue: q}}\n";
static const char file[] = "version: 1\ncustomers: [{customer: c-file, zone: Europe/Rome}]\n"
                           "assets: [{asset: a, class: x, devices: [d]}]\n";

typedef struct list {
    otr_alarm_view alarms[8];
    size_t alarm_count;
    otr_point_view points[8];
    size_t point_count;
} list;

static void take_alarm(void *context, const otr_alarm_view *alarm)
{
    list *to = context;
    to->alarms[to->alarm_count++] = *alarm;
}

static void take_point(void *context, const otr_point_view *point)
{
    list *to = context;
    to->points[to->point_count++] = *point;
}

static list look(const world *w)
{
    list out = {.alarm_count = 0};
    otr_core_alarms(w->core, take_alarm, &out);
    otr_core_points(w->core, take_point, &out);
    return out;
}

static otr_refusal command(world *w, otr_command_kind kind, const char *rule, otr_time until)
{
    otr_command one = {.kind = kind,
                       .until = until,
                       .rule = otr_str_of(rule),
                       .asset = OTR_STR("a"),
                       .reason = OTR_STR("repair")};
    return world_command(w, one).refusal;
}

static void what_is_open_comes_before_what_stands(void **state)
{
    (void)state;
    world *w = world_create(pack, file, T0);
    world_report(w, "d", "temperature", 9, AT(1));
    world_report(w, "d", "temperature", 5, AT(2)); /* it latches: it stands until somebody looks */
    world_report(w, "d", "humidity", 90, AT(3));
    for (int restarts = 0; restarts < 2; restarts++) {
        list seen = look(w);
        assert_int_equal(seen.alarm_count, 2);
        assert_true(otr_str_is(seen.alarms[0].rule, "Damp") && seen.alarms[0].ended == OTR_TIME_NONE);
        assert_true(seen.alarms[0].onset == AT(3) && otr_str_is(seen.alarms[0].device, "d"));
        assert_true(otr_str_is(seen.alarms[1].rule, "Hot") && otr_str_is(seen.alarms[1].asset, "a"));
        assert_true(seen.alarms[1].onset == AT(1) && seen.alarms[1].ended == AT(2));
        otr_alarm_figures figures = otr_core_figures(w->core, w->core_time);
        assert_int_equal(figures.open, 1);
        assert_int_equal(figures.standing, 1);
        assert_int_equal(figures.stale, 0);
        world_snapshot(w);
        world_restart(w, true);
    }
    world_report(w, "d", "temperature", 5, AT(3 + 24 * 60) + OTR_SECOND);
    assert_int_equal(otr_core_figures(w->core, w->core_time).stale, 1);
    world_free(w);
}

static void what_is_silenced_is_listed_with_who_and_why(void **state)
{
    (void)state;
    world *w = world_create(pack, file, T0);
    world_report(w, "d", "temperature", 5, AT(1));
    assert_int_equal(command(w, OTR_COMMAND_SHELVE, "p/Hot", AT(60)), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(command(w, OTR_COMMAND_OUT_OF_SERVICE, "p/Damp", OTR_TIME_NONE), OTR_REFUSAL_ACCEPTED);
    list seen = look(w);
    assert_int_equal(seen.point_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const otr_point_view *point = &seen.points[i];
        bool shelved = otr_str_is(point->rule, "Hot");
        assert_int_equal(point->state, shelved ? OTR_POINT_SHELVED : OTR_POINT_OUT_OF_SERVICE);
        assert_true(point->until == (shelved ? AT(60) : OTR_TIME_NONE));
        assert_true(otr_str_is(point->pack, "p") && otr_str_is(point->asset, "a"));
        assert_true(otr_str_is(point->who, "op") && otr_str_is(point->reason, "repair"));
    }
    otr_alarm_figures figures = otr_core_figures(w->core, w->core_time);
    assert_int_equal(figures.shelved, 1);
    assert_int_equal(figures.out_of_service, 1);
    world_report(w, "d", "temperature", 5, AT(61));
    assert_int_equal(look(w).point_count, 1);
    world_free(w);
}

static void activate_box(world *w, const char *customer, const char *zone)
{
    char yaml[400];
    (void)snprintf(
        yaml, sizeof yaml,
        "version: 1\nassignment: {version: 1}\n"
        "customers: [{customer: %s, zone: %s}, {customer: c-second, zone: UTC}]\n"
        "assets: [{asset: box, class: x, customer: %s, devices: [b], contacts: {shipper: c-second}}]\n",
        customer, zone, customer);
    world_activate(w, "assignment/box", yaml);
}

static bool knows(const world *w, const char *customer)
{
    return otr_core_knows_customer(w->core, otr_str_of(customer));
}

static void a_customer_is_known_by_whatever_there_is_of_them(void **state)
{
    (void)state;
    world *w = world_create(pack, file, T0);
    assert_true(knows(w, "c-file"));
    assert_false(knows(w, "c-box"));
    activate_box(w, "c-box", "Europe/Paris");
    assert_true(knows(w, "c-box") && knows(w, "c-second"));
    assert_false(knows(w, "c-bo"));
    assert_true(otr_assigned_names_zone(w->core, OTR_STR("Europe/Paris")));
    assert_false(otr_assigned_names_zone(w->core, OTR_STR("Europe/Rome"))); /* the file's are its own */
    world_report(w, "b", "humidity", 90, AT(1));
    world_report(w, "b", "humidity", 40, AT(2));
    activate_box(w, "c-next", "UTC"); /* theirs now; the case was the other's */
    assert_true(knows(w, "c-next") && knows(w, "c-box"));
    assert_false(otr_assigned_names_zone(w->core, OTR_STR("Europe/Paris")));
    world_free(w);
}

/* As the journal has the command: with a hash in place of the name. */
static void by_the_hash_of_the_journal_the_same_customer_is_forgotten(void **state)
{
    (void)state;
    world *w = world_create(pack, file, T0);
    activate_box(w, "c-box", "UTC");
    otr_command forget = {.kind = OTR_COMMAND_FORGET, .until = OTR_TIME_NONE, .asset = OTR_STR("c-box")};
    otr_command record = otr_forget_record(w->core, &forget);
    assert_int_equal(record.asset.size, 0);
    otr_command stranger = record;
    stranger.alarm.bytes[0] ^= 1;
    assert_int_equal(world_command(w, stranger).refusal, OTR_REFUSAL_ACCEPTED); /* forgotten before */
    assert_true(knows(w, "c-box"));
    assert_int_equal(world_command(w, record).refusal, OTR_REFUSAL_ACCEPTED);
    assert_false(knows(w, "c-box"));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_open_comes_before_what_stands),
        cmocka_unit_test(what_is_silenced_is_listed_with_who_and_why),
        cmocka_unit_test(a_customer_is_known_by_whatever_there_is_of_them),
        cmocka_unit_test(by_the_hash_of_the_journal_the_same_customer_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
