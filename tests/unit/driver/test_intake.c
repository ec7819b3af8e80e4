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

static void another_rate_counts_at_once(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 0, 1, 1), OTR_OK);
    otr_driver_tune(g.driver, 0, 60);
    for (int i = 1; i <= 60; i++)
        assert_int_equal(gateway_send(&g, "d1", i, 1, 1), OTR_OK);
    assert_int_equal(gateway_send(&g, "d1", 61, 1, 2), OTR_TOO_FAST);
    otr_driver_tune(g.driver, 0, 0);
    assert_int_equal(gateway_send(&g, "d1", 61, 1, 2), OTR_OK);
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

/* So many new names of metrics in one upload. */
static otr_status name_metrics(int device, int first, int count, otr_error *error)
{
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "[");
    for (int i = 0; i < count; i++)
        otr_buffer_add_format(&text, "%s{\"n\":\"d%d/m%d\",\"v\":1}", i > 0 ? "," : "", device, first + i);
    otr_buffer_add_format(&text, "]");
    otr_upload upload = {.format = 110, .payload = otr_buffer_bytes(&text), .handle = 1};
    otr_status status = otr_driver_upload(g.driver, &upload, error);
    gateway_rest(&g);
    otr_buffer_done(&text);
    return status;
}

static void a_gateway_knows_so_many_metrics_and_refuses_another_name(void **state)
{
    enum { EACH = OTR_LIMIT_METRICS_PER_DEVICE, DEVICES = OTR_LIMIT_METRICS / EACH - 1 };
    otr_error error;
    int more = 0;
    (void)state;
    for (int device = 0; device < DEVICES; device++)
        assert_int_equal(name_metrics(device, device * EACH, EACH, &error), OTR_OK);
    while (more < EACH && name_metrics(DEVICES, 10000 + more, 1, &error) == OTR_OK)
        more++;
    assert_in_range(more, EACH / 2, EACH - 1); /* rules and the gateway itself name some */
    assert_non_null(strstr(error.text, "1024 different metrics"));
    assert_int_equal(name_metrics(DEVICES, 0, 2, &error), OTR_OK); /* known ones */
    assert_int_equal(counters()->readings, DEVICES * EACH + more + 2);
}

static otr_status send_as_stranger(const char *senml, otr_error *error)
{
    otr_upload upload = {.format = 110, .payload = {(const uint8_t *)senml, strlen(senml)}, .handle = 1};
    return otr_driver_upload(g.driver, &upload, error);
}

static void names_that_strangers_invent_keep_nobody_out_who_has_a_key(void **state)
{
    otr_error error;
    (void)state;
    gateway_name_strangers(&g, OTR_LIMIT_DEVICES - 1);
    assert_int_equal(send_as_stranger("[{\"n\":\"x1/shock\",\"v\":1}]", &error), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(otr_core_device_count(g.driver->core), OTR_LIMIT_DEVICES);
    assert_int_equal(send_as_stranger("[{\"n\":\"x2/shock\",\"v\":1}]", &error), OTR_DENIED);
    assert_non_null(strstr(error.text, "65536 devices already: one that has a key"));
    assert_int_equal(send_as_stranger("[{\"n\":\"x1/shock\",\"v\":2}]", &error), OTR_OK);
    assert_int_equal(gateway_send(&g, "keyed", 1, 1, 7), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 7, OTR_ANSWER_KEPT), 1);
    gateway_name_strangers(&g, OTR_LIMIT_DEVICES_KEYED);
    assert_int_equal(gateway_send(&g, "keyed", 2, 1, 8), OTR_OK);
    assert_int_equal(gateway_send(&g, "keyed too", 2, 1, 9), OTR_DENIED);
}

static void so_many_commands_wait_for_a_commit_and_one_more_is_told_so(void **state)
{
    otr_error error;
    (void)state;
    for (int i = 0; i <= OTR_LIMIT_COMMANDS_WAITING; i++) {
        otr_command command = {.id = {{1, (uint8_t)i}},
                               .kind = OTR_COMMAND_ACKNOWLEDGE,
                               .rule = OTR_STR("Drop"),
                               .asset = OTR_STR("a1"),
                               .until = OTR_TIME_NONE,
                               .who = OTR_STR("op")};
        assert_int_equal(otr_driver_command(g.driver, &command, 1, &error),
                         i < OTR_LIMIT_COMMANDS_WAITING ? OTR_OK : OTR_FULL);
    }
    assert_non_null(strstr(error.text, "too many commands wait"));
}

/* Of one device, with as many readings as the size of an upload allows. */
static void send_large(int number)
{
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "[");
    for (int i = 0; text.size < OTR_LIMIT_UPLOAD_BYTES - 64; i++)
        otr_buffer_add_format(&text, "%s{\"n\":\"d1/m\",\"v\":%d.%d1}", i > 0 ? "," : "", i, number);
    otr_buffer_add_format(&text, "]");
    otr_upload upload = {.format = 110, .payload = otr_buffer_bytes(&text), .handle = (uint64_t)number};
    otr_error error;
    assert_int_equal(otr_driver_upload(g.driver, &upload, &error), OTR_OK);
    otr_buffer_done(&text);
}

static void the_memory_of_a_burst_goes_with_it_and_waits_for_no_upload(void **state)
{
    enum { UPLOADS = 48, KEPT = 256 * 1024 };
    (void)state;
    assert_int_equal(gateway_upload(&g, "d1", 1, "[{\"n\":\"d1/m\",\"v\":1}]", 100),
                     OTR_OK); /* its name is known then */
    gateway_rest(&g);
    for (int i = 0; i < UPLOADS; i++)
        send_large(i);
    assert_true(g.driver->inbox_memory.used_bytes > 4 * KEPT);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(g.driver->inbox.count, 0);
    assert_int_equal(g.driver->inbox_memory.used_bytes, 0);
    assert_true(g.driver->effects.batch.capacity > KEPT);
    gateway_rest(&g);
    assert_true(g.driver->effects.batch.capacity <= KEPT);
    assert_int_equal(gateway_answered(&g, UPLOADS - 1, OTR_ANSWER_KEPT), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(a_device_that_is_too_fast_waits_and_loses_nothing_and_others_notice_nothing),
        CASE(another_rate_counts_at_once),
        CASE(what_is_refused_takes_no_room_from_what_others_send),
        CASE(a_gateway_knows_so_many_metrics_and_refuses_another_name),
        CASE(names_that_strangers_invent_keep_nobody_out_who_has_a_key),
        CASE(so_many_commands_wait_for_a_commit_and_one_more_is_told_so),
        CASE(the_memory_of_a_burst_goes_with_it_and_waits_for_no_upload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
