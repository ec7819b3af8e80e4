/* The way in: what one device's haste and what is refused cost the others. */
#include "gateway.h"

#include "base/limits.h"
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

static const otr_counters *counters(void)
{
    return otr_driver_counters(g.driver);
}

static void a_device_that_is_too_fast_waits_and_loses_nothing_and_others_notice_nothing(void **state)
{
    (void)state;
    g.device_rate = 60;
    gateway_restart(&g);
    for (int i = 0; i < 60; i++)
        assert_int_equal(gateway_send(&g, "d1", i, 1, 1), OTR_OK);
    assert_int_equal(gateway_send(&g, "d1", 60, 9, 2), OTR_TOO_FAST);
    assert_int_equal(gateway_send(&g, "d1", 59, 1, 3), OTR_OK); /* a repeated one is answered */
    assert_int_equal(gateway_send(&g, "d2", 0, 1, 4), OTR_OK);
    assert_int_equal(counters()->requests_too_fast, 1);
    assert_int_equal(counters()->uploads_refused + counters()->uploads_pushed_back, 0);
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(gateway_send(&g, "d1", 60, 9, 5), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 5, OTR_ANSWER_KEPT), 1);
    assert_int_equal(counters()->readings, 62);
    assert_int_equal(counters()->alarms_raised, 1);
}

static void what_is_refused_takes_no_room_from_what_others_send(void **state)
{
    static uint8_t junk[OTR_LIMIT_UPLOAD_BYTES];
    otr_error error;
    otr_upload upload = {.format = 110, .payload = {junk, sizeof junk}, .handle = 1};
    (void)state;
    for (int i = 0; i < 2 * OTR_LIMIT_INBOX_BYTES / OTR_LIMIT_UPLOAD_BYTES; i++)
        assert_int_equal(otr_driver_upload(g.driver, &upload, &error), OTR_INVALID);
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 2), OTR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(a_device_that_is_too_fast_waits_and_loses_nothing_and_others_notice_nothing),
        CASE(what_is_refused_takes_no_room_from_what_others_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
