/*
 * Lists: what several assets of one customer raise is one notification and one ticket, so long after the
 * first; what is over, on a shelf or another group's is not on it. The core restarts in the middle.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

static const char rules[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - alert: Low\n"
    "    expr: stock < 2.0\n"
    "    labels: {category: stock}\n"
    "    notify: {to: customer, message: list, gather: 2h}\n"
    "    ticket: {queue: supplies, evidence: [stock]}\n"
    "messages:\n"
    "  list: {en: {raised: \"buy {{ items }}\", item: \"{{ asset.name }} {{ stock }}\"}}\n";
static const char bins[] = "version: 1\n"
                           "customers: [{customer: c}]\n"
                           "assets:\n"
                           "  - {asset: milk, class: bin, customer: c, devices: [b1]}\n"
                           "  - {asset: coffee, class: bin, customer: c, devices: [b2]}\n"
                           "  - {asset: soap, class: bin, customer: c, group: bath, devices: [b3]}\n";

static void report(world *w, const char *bin, double stock)
{
    world_report(w, bin, "stock", stock, w->utc + OTR_MINUTE);
}

static void assert_lists(const world *w, size_t count, const char *newest)
{
    assert_int_equal(world_events(w, OTR_SERVICE_NOTIFICATION, "raised"), count);
    if (count > 0)
        world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", count - 1)->text, newest);
}

static void a_list_comes_once_and_names_what_is_open(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b1", 1);
    report(w, "b2", 0);
    world_sleep(w, 118 * OTR_MINUTE);
    assert_lists(w, 0, "");
    world_sleep(w, OTR_MINUTE);
    assert_lists(w, 1, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    world_sleep(w, 10 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1, coffee 0");

    report(w, "b1", 9);
    report(w, "b1", 1);
    world_sleep(w, 2 * OTR_HOUR);
    assert_lists(w, 2, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    report(w, "b1", 9);
    report(w, "b2", 9);
    world_sleep(w, 2 * OTR_HOUR);
    assert_lists(w, 2, "buy milk 1, coffee 0");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "closed"), 1);
    world_free(w);
}

static void what_is_over_or_on_a_shelf_is_on_no_list(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b1", 1);
    report(w, "b1", 9);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 0, "");

    otr_command shelf = {
        .kind = OTR_COMMAND_SHELVE, .rule = OTR_STR("Low"), .asset = OTR_STR("coffee"), .span = OTR_DAY};
    assert_int_equal(world_command(w, shelf).refusal, OTR_REFUSAL_ACCEPTED);
    report(w, "b1", 1);
    report(w, "b2", 0);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1");

    /* one that was known before it went on the shelf */
    shelf.asset = OTR_STR("soap");
    report(w, "b3", 0);
    assert_int_equal(world_command(w, shelf).refusal, OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 1, "buy milk 1");
    world_free(w);
}

static void a_group_has_a_list_of_its_own(void **state)
{
    (void)state;
    world *w = world_create(rules, bins, T0);
    report(w, "b3", 1);
    report(w, "b2", 0);
    world_sleep(w, 3 * OTR_HOUR);
    assert_lists(w, 2, "buy coffee 0");
    world_begins(world_event_get(w, OTR_SERVICE_NOTIFICATION, "raised", 0)->text, "buy soap 1");
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    world_free(w);
}

/* Restarts by the journal alone, or from a snapshot, at each hour. */
static void a_list_that_waits_outlives_restarts(void **state)
{
    (void)state;
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        world *w = world_create(rules, bins, T0);
        report(w, "b1", 1);
        for (int hour = 0; hour < 4; hour++) {
            if (snapshot != 0)
                world_snapshot(w);
            world_restart(w, false);
            assert_lists(w, hour < 2 ? 0 : 1, "buy milk 1");
            world_sleep(w, OTR_HOUR);
        }
        assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 1);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_comes_once_and_names_what_is_open),
        cmocka_unit_test(what_is_over_or_on_a_shelf_is_on_no_list),
        cmocka_unit_test(a_group_has_a_list_of_its_own),
        cmocka_unit_test(a_list_that_waits_outlives_restarts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
