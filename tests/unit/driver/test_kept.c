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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_kept_before_its_event_while_it_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_comes_again_with_its_event_on_another_connection_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_link_is_not_filled_with_it_for_ever, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
