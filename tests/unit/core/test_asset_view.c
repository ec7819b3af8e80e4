/* What the broker retains of an asset: sent when a person would see a difference, at most once a minute, and
 * cleared when the asset is nobody's any more; none for assets without contacts; the same after a restart. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (INT64_C(1699945200) * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, labels: {priority: medium, category: cold},\n"
    "     notify: {to: customer, message: warm, on: [raised, cleared]}}\n"
    "  - {alert: Desk, expr: humidity > 90.0, labels: {priority: high, category: wet},\n"
    "     notify: {to: staff.duty, message: warm, on: [raised, cleared]}}\n"
    "  - {alert: Knock, expr: shock > 25.0, labels: {priority: medium, category: handling}}\n"
    "  - {alert: Late, expr: 'location.arrival() > timestamp(\"2030-01-01T00:00:00Z\")'}\n"
    "messages:\n"
    "  warm: {en: {raised: \"warm {{ temperature }}\", cleared: \"cold again\"}}\n";
static const char assets[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: c}\n"
    "staff: {duty: {}}\n"
    "assets:\n"
    "  - {asset: box, class: x, devices: [t1], customer: c}\n"
    "  - {asset: van, class: x, devices: [t3], customer: c, route: {origin: {name: works, "
    "latitude: 53, longitude: 10, radius: 300}, destination: {name: clinic, "
    "latitude: 54, longitude: 10, radius: 300}, speed_kmh: 60}}\n"
    "  - {asset: own, class: x, devices: [t2]}\n";
static const char without_box[] = "version: 1\n"
                                  "assets:\n"
                                  "  - {asset: own, class: x, devices: [t2]}\n";

static size_t views(const world *w)
{
    return world_events(w, OTR_SERVICE_VIEW, "updated");
}

static void half_a_degree_is_a_difference_and_less_is_none(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 5, AT(1));
    assert_int_equal(views(w), 1);
    world_report(w, "t1", "temperature", 5.4, AT(3));
    assert_int_equal(views(w), 1);
    world_report(w, "t1", "temperature", 5.5, AT(5));
    assert_int_equal(views(w), 2);
    world_report(w, "t1", "temperature", 5.9, AT(7)); /* since what was shown, not since the last reading */
    assert_int_equal(views(w), 2);
    world_free(w);
}

static void it_is_sent_once_a_minute_at_most_and_the_last_is_not_lost(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    for (int second = 0; second < 50; second++)
        world_report(w, "t1", "temperature", second % 7, AT(1) + second * OTR_SECOND);
    assert_int_equal(views(w), 1);
    world_report(w, "t1", "temperature", 7, AT(1) + 50 * OTR_SECOND);
    world_sleep(w, 9 * OTR_SECOND);
    assert_int_equal(views(w), 1);
    world_sleep(w, OTR_SECOND);
    assert_int_equal(views(w), 2);
    world_sleep(w, OTR_DAY);
    assert_int_equal(views(w), 2);
    world_free(w);
}

static void one_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 1, AT(1));
    world_report(w, "t1", "temperature", 3, AT(3));
    const world_event *first = world_event_get(w, OTR_SERVICE_VIEW, "updated", 0);
    const world_event *second = world_event_get(w, OTR_SERVICE_VIEW, "updated", 1);
    assert_true(otr_id_is_zero(first->replaces));
    assert_true(otr_id_equal(second->replaces, first->event));
    assert_true(otr_id_equal(second->entity, first->entity));
    assert_false(otr_id_equal(second->event, first->event));
    world_free(w);
}

static void the_trouble_that_the_customer_is_told_is_in_it(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 8, AT(1));
    world_report(w, "t1", "temperature", 8.1, AT(3));
    assert_int_equal(views(w), 2);
    const world_event *view = world_event_get(w, OTR_SERVICE_VIEW, "updated", 1);
    const world_event *told = world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0);
    assert_true(otr_id_equal(view->case_id, told->case_id));
    assert_true(view->next_by == told->next_by);
    assert_true(view->next_by != OTR_TIME_NONE);
    world_report(w, "t1", "temperature", 7.9, AT(10));
    assert_int_equal(views(w), 3);
    assert_true(otr_id_is_zero(world_event_get(w, OTR_SERVICE_VIEW, "updated", 2)->case_id));
    world_free(w);
}

static void what_only_the_desk_is_told_is_not_in_it(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 5, AT(1));
    world_report(w, "t1", "humidity", 95, AT(3));
    assert_int_equal(world_count(w, "Desk"), 1);
    assert_int_equal(views(w), 1);
    world_free(w);
}

static const char *last_view(const world *w)
{
    return world_event_get(w, OTR_SERVICE_VIEW, "updated", views(w) - 1)->text;
}

static void report_fix(world *w, double latitude, otr_time at)
{
    otr_reading fix = {.metric = OTR_STR("location"), .at_us = at, .kind = OTR_KIND_LOCATION};
    fix.location.latitude = latitude;
    fix.location.longitude = 10;
    if (at > w->utc)
        world_sleep(w, at - w->utc);
    world_upload(w, "t3", &fix, 1);
}

static void it_says_what_a_person_asks_for(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 8.25, AT(0));
    assert_string_equal(last_view(w), "temperature: 8.2 °C, at: 2023-11-14T07:00:00Z, case: warm 8.25, "
                                      "case.since: 2023-11-14T07:00:00Z, coverage: 100 %");
    world_report(w, "t1", "shock", 30, AT(2));
    assert_string_equal(
        last_view(w),
        "temperature: 8.2 °C, bump: Knock, bump.at: 2023-11-14T07:02:00Z, at: 2023-11-14T07:02:00Z, case: "
        "warm 8.25, case.since: 2023-11-14T07:00:00Z, coverage: 100 %");
    world_free(w);
}

static void it_says_where_it_is_and_when_it_comes(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    report_fix(w, 53, AT(0));
    assert_string_equal(last_view(w),
                        "place: works, eta: 2023-11-14T08:51:00Z, eta.error: 38m, at: 2023-11-14T07:00:00Z");
    report_fix(w, 53.01234, AT(2));
    assert_string_equal(
        last_view(w),
        "place: 53.012, 10.000, eta: 2023-11-14T08:53:00Z, eta.error: 38m, at: 2023-11-14T07:02:00Z");
    size_t before = views(w);
    report_fix(w, 53.01238, AT(4)); /* a few metres on */
    assert_int_equal(views(w), before);
    report_fix(w, 54, AT(64));
    assert_string_equal(last_view(w), "place: clinic, at: 2023-11-14T08:04:00Z");
    world_free(w);
}

static void an_asset_that_nobody_asks_for_has_none(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t2", "temperature", 5, AT(1));
    world_report(w, "t2", "temperature", 9, AT(3));
    assert_int_equal(views(w), 0);
    world_free(w);
}

static void it_is_cleared_when_the_asset_is_gone(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    world_report(w, "t1", "temperature", 5, AT(1));
    world_activate(w, "assignments", without_box);
    assert_int_equal(world_events(w, OTR_SERVICE_VIEW, "cleared"), 1);
    const world_event *cleared = world_event_get(w, OTR_SERVICE_VIEW, "cleared", 0);
    assert_true(otr_id_equal(cleared->replaces, world_event_get(w, OTR_SERVICE_VIEW, "updated", 0)->event));
    world_sleep(w, OTR_DAY);
    assert_int_equal(views(w), 1);
    world_activate(w, "assignments", assets);
    world_report(w, "t1", "temperature", 5, w->utc + OTR_MINUTE);
    assert_int_equal(views(w), 2);
    assert_false(otr_id_equal(world_event_get(w, OTR_SERVICE_VIEW, "updated", 1)->event,
                              world_event_get(w, OTR_SERVICE_VIEW, "updated", 0)->event));
    world_free(w);
}

/* With a restart, with and without a snapshot in between, after each report: the same is sent. */
static void a_restart_changes_nothing(void **state)
{
    (void)state;
    enum { REPORTS = 12 };
    for (int cut = 0; cut < 2 * REPORTS; cut++) {
        world *whole = world_create(pack, assets, T0);
        world *cut_one = world_create(pack, assets, T0);
        for (int i = 0; i < REPORTS; i++) {
            otr_time at = AT(1) + i * 25 * OTR_SECOND;
            world_report(whole, "t1", "temperature", i * 3 % 11, at);
            world_report(cut_one, "t1", "temperature", i * 3 % 11, at);
            if (i != cut / 2)
                continue;
            if (cut % 2 == 1)
                world_snapshot(cut_one);
            world_restart(cut_one, false);
        }
        world_sleep(whole, OTR_HOUR);
        world_sleep(cut_one, OTR_HOUR);
        assert_int_equal(views(whole), views(cut_one));
        for (size_t i = 0; i < views(whole); i++) {
            const world_event *a = world_event_get(whole, OTR_SERVICE_VIEW, "updated", i);
            const world_event *b = world_event_get(cut_one, OTR_SERVICE_VIEW, "updated", i);
            assert_true(otr_id_equal(a->replaces, b->replaces));
            assert_int_equal(a->revision, b->revision);
            assert_true(a->decided == b->decided);
        }
        world_free(whole);
        world_free(cut_one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_degree_is_a_difference_and_less_is_none),
        cmocka_unit_test(it_is_sent_once_a_minute_at_most_and_the_last_is_not_lost),
        cmocka_unit_test(one_takes_the_place_of_the_one_before),
        cmocka_unit_test(the_trouble_that_the_customer_is_told_is_in_it),
        cmocka_unit_test(what_only_the_desk_is_told_is_not_in_it),
        cmocka_unit_test(it_says_what_a_person_asks_for),
        cmocka_unit_test(it_says_where_it_is_and_when_it_comes),
        cmocka_unit_test(an_asset_that_nobody_asks_for_has_none),
        cmocka_unit_test(it_is_cleared_when_the_asset_is_gone),
        cmocka_unit_test(a_restart_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
