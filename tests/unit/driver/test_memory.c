/* Without memory: what is to be sent waits, and a stop ends. */
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

/* Each allocation on the way out fails once: nothing is dropped, and it goes a little later. */
static void what_cannot_be_sent_for_want_of_memory_is_sent_later(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    bool hit = true;
    for (long nth = 1; hit; nth++) {
        otr_driver_link_up(g.driver, 100);
        g.published_count = 0;
        failing_memory_after(nth);
        otr_driver_pump(g.driver);
        hit = failing_memory_hit() != 0;
        failing_memory_after(0);
        assert_true(nth > 1 || hit);
        assert_int_equal(otr_driver_outbox_depth(g.driver), 3);
        if (hit)
            assert_in_range(otr_driver_wait(g.driver), 1, OTR_SECOND);
        gateway_turn(&g, OTR_SECOND);
        gateway_turn(&g, OTR_SECOND);
        assert_int_equal(g.published_count, 3);
        for (size_t i = 0; i < g.published_count; i++)
            if (strcmp(g.published[i].what, "notification.raised") == 0)
                assert_int_equal(strncmp(g.published[i].text, "dropped", 7), 0);
        otr_driver_link_down(g.driver);
    }
}

/* Without memory for its last snapshot the agent still ends; the next start reads more of the journal. */
static void a_stop_ends_though_no_snapshot_can_be_made(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    otr_driver_stop(g.driver);
    for (int turns = 0; turns < 5 && !otr_driver_stopped(g.driver); turns++) {
        failing_memory_after(1);
        gateway_turn(&g, OTR_SECOND);
        failing_memory_after(0);
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    assert_true(otr_driver_stopped(g.driver));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(what_cannot_be_sent_for_want_of_memory_is_sent_later),
        CASE(a_stop_ends_though_no_snapshot_can_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
