/* How alarms stand, kept by the broker for who comes later: before their event, empty once they stand no
 * longer. */
#include "gateway.h"

#include "../pack/failing_memory.h"

#include "driver/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static gateway g;

static const char two_rules[] = "pack: test\nversion: 2\nrules:\n  - alert: Drop\n    expr: shock > 3.0\n"
                                "    labels: {category: c}\n"
                                "    ticket: {queue: q, evidence: [shock], last: 1h}\n"
                                "  - alert: Crash\n    expr: shock > 6.0\n"
                                "    labels: {category: c, priority: high}\n"
                                "    ticket: {queue: q, evidence: [shock], last: 1h}\n";
static const char no_drop[] = "pack: test\nversion: 3\nrules:\n  - alert: Crash\n    expr: shock > 6.0\n"
                              "    labels: {category: c, priority: low}\n";
static const char two_assets[] = "version: 1\nassets:\n  - {asset: a1, class: x, devices: [d1]}\n"
                                 "  - {asset: a2, class: x, devices: [d2]}\n";

static int set_up(void **state)
{
    (void)state;
    gateway_open(&g);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gateway_close(&g);
    return 0;
}

static size_t sent_before(const char *what)
{
    for (size_t i = 0; i < g.published_count; i++)
        if (strcmp(g.published[i].what, what) == 0)
            return i;
    fail_msg("%s was not sent", what);
    return 0;
}

static void settle(void)
{
    for (size_t i = 0; i < g.published_count; i++)
        otr_driver_published(g.driver, g.published[i].token, OTR_OK);
    gateway_rest(&g);
}

static void it_is_kept_before_its_event_while_it_stands(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 2);
    assert_non_null(strstr(g.kept[0].topic, "/alarm/"));
    assert_non_null(strstr(g.kept[1].topic, "/ticket/"));
    assert_false(g.kept[0].empty);
    assert_false(g.kept[1].empty);
    assert_true(g.kept[1].before <= sent_before("ticket.opened"));
    assert_true(g.kept[0].before <= sent_before("alarm.raised"));
    settle();
    assert_int_equal(gateway_send(&g, "d1", 2, 1, 11), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 4);
    assert_false(g.kept[2].empty); /* over, but nobody has acknowledged it */
    assert_string_equal(g.kept[0].topic, g.kept[2].topic);
    assert_string_equal(g.kept[1].topic, g.kept[3].topic);
}

static void it_comes_again_with_its_event_on_another_connection_only(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 2);
    otr_driver_link_down(g.driver);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 4);
    settle();
    otr_driver_link_down(g.driver);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 4);
}

/* A link that has room for one message: the second attempt must not begin with what has gone already. */
static void a_full_link_is_not_filled_with_it_for_ever(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    g.unpublished = "alarm.raised";
    g.refusal = OTR_FULL;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.kept_count, 1);
    for (int i = 0; i < 5; i++)
        otr_driver_pump(g.driver);
    assert_int_equal(g.kept_count, 1);
    assert_true(g.refusals > 1);
    g.unpublished = NULL;
    otr_driver_pump(g.driver);
    (void)sent_before("alarm.raised");
}

static void quiet_hours(int hours)
{
    for (int i = 0; i < hours * 4; i++) {
        gateway_turn(&g, OTR_HOUR / 4);
        gateway_rest(&g);
    }
}

static void connect(void)
{
    otr_driver_link_up(g.driver, 200);
    gateway_rest(&g);
    settle();
}

/* How the broker has it after all: 'e' for forgotten, 's' for standing, 0 for never kept. */
static char kept_at_last(const char *kind)
{
    char last = 0;
    for (size_t i = 0; i < g.kept_count; i++)
        if (strstr(g.kept[i].topic, kind) != NULL)
            last = g.kept[i].empty ? 'e' : 's';
    return last;
}

static void rise_and_close(void)
{
    gateway_activate(&g, two_rules, two_assets);
    assert_int_equal(gateway_send(&g, "d1", 1, 4, 10), OTR_OK); /* a ticket of normal priority */
    gateway_rest(&g);
    assert_int_equal(gateway_send(&g, "d1", 2, 9, 11), OTR_OK); /* it rises to high */
    gateway_rest(&g);
    assert_int_equal(gateway_send(&g, "d1", 3, 1, 12), OTR_OK); /* all over */
    gateway_rest(&g);
    quiet_hours(3);
}

static void a_ticket_that_rose_is_said_in_its_order(void **state)
{
    (void)state;
    rise_and_close();
    connect();
    assert_true(sent_before("ticket.opened") < sent_before("ticket.updated"));
    assert_true(sent_before("ticket.updated") < sent_before("ticket.closed"));
    assert_int_equal(kept_at_last("/ticket/"), 'e');
}

static void a_ticket_that_rose_keeps_its_order_over_a_restart(void **state)
{
    (void)state;
    gateway_activate(&g, two_rules, two_assets);
    assert_int_equal(gateway_send(&g, "d1", 1, 4, 10), OTR_OK);
    gateway_rest(&g);
    otr_driver_stop(g.driver); /* with a snapshot */
    gateway_rest(&g);
    gateway_restart(&g);
    assert_int_equal(gateway_send(&g, "d1", 2, 9, 11), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_send(&g, "d1", 3, 1, 12), OTR_OK);
    gateway_rest(&g);
    quiet_hours(3);
    connect();
    assert_true(sent_before("ticket.opened") < sent_before("ticket.closed"));
    assert_int_equal(kept_at_last("/ticket/"), 'e');
}

/* Refused, it waits while what came after it leaves; on the next connection it must not be kept again. */
static void what_was_refused_does_not_come_back_to_stay(void **state)
{
    (void)state;
    g.unpublished = "ticket.opened";
    g.refusal = OTR_INVALID;
    rise_and_close();
    connect();
    assert_true(g.refusals > 0);
    assert_int_equal(kept_at_last("/ticket/"), 'e');
    otr_driver_link_down(g.driver);
    g.unpublished = NULL;
    otr_driver_link_up(g.driver, 200);
    for (int i = 0; i < 6; i++) {
        gateway_turn(&g, 10 * OTR_SECOND);
        gateway_rest(&g);
    }
    (void)sent_before("ticket.opened");
    assert_int_equal(kept_at_last("/ticket/"), 'e');
}

static void what_ends_something_kept_is_not_shed(void **state)
{
    (void)state;
    g.outbox_rows = 40; /* in place of OTR_LIMIT_OUTBOX_ROWS */
    gateway_restart(&g);
    gateway_activate(&g, two_rules, two_assets);
    connect();
    assert_int_equal(gateway_send(&g, "d1", 1, 4, 10), OTR_OK);
    gateway_rest(&g);
    settle();
    char topic[sizeof g.kept[0].topic] = "";
    for (size_t i = 0; i < g.kept_count; i++)
        if (strstr(g.kept[i].topic, "/alarm/") != NULL)
            memcpy(topic, g.kept[i].topic, sizeof topic);
    assert_int_equal(kept_at_last(topic), 's');
    otr_driver_link_down(g.driver);
    gateway_activate(&g, no_drop, two_assets); /* it is withdrawn, and nobody hears it */
    for (int i = 0; i < 200; i++)
        assert_int_equal(gateway_send(&g, "d2", 10 + i, i % 2 == 0 ? 9 : 1, 100 + (uint64_t)i), OTR_OK);
    gateway_rest(&g);
    quiet_hours(1);
    assert_true(otr_driver_counters(g.driver)->outbox_evicted > 50);
    assert_true(otr_driver_store_figures(g.driver)->outbox_rows <= 40);
    connect();
    assert_int_equal(kept_at_last(topic), 'e');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_kept_before_its_event_while_it_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_comes_again_with_its_event_on_another_connection_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_link_is_not_filled_with_it_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ticket_that_rose_is_said_in_its_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ticket_that_rose_keeps_its_order_over_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_refused_does_not_come_back_to_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_ends_something_kept_is_not_shed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
