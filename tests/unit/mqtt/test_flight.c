/* Publishes under way: room by bytes and slots, and when to look after them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "platform/linux/mqtt/mqtt_flight.h"

static const int64_t second = 1000000;

static void one_packet_of_any_size_may_go_alone(void **state)
{
    (void)state;
    otr_mqtt_flight flight = {0};
    assert_true(otr_mqtt_flight_has_room(&flight, (size_t)10 * OTR_MQTT_SEND_BUFFER_BYTES));
    otr_mqtt_flight_begin(&flight, 0, 7, OTR_MQTT_SEND_BUFFER_BYTES / 4, 0);
    assert_true(otr_mqtt_flight_has_room(&flight, OTR_MQTT_SEND_BUFFER_BYTES / 4));
    assert_false(otr_mqtt_flight_has_room(&flight, OTR_MQTT_SEND_BUFFER_BYTES / 4 + 1));
}

static void each_slot_is_ended_once_and_used_again(void **state)
{
    (void)state;
    otr_mqtt_flight flight = {0};
    uint64_t token = 0;
    for (unsigned i = 0; i < OTR_MQTT_SLOTS_MAX; i++) {
        assert_true(otr_mqtt_flight_has_room(&flight, 1));
        assert_int_equal(otr_mqtt_flight_free_slot(&flight), i);
        otr_mqtt_flight_begin(&flight, i, 100 + i, 1, 0);
    }
    assert_false(otr_mqtt_flight_has_room(&flight, 1));
    assert_true(otr_mqtt_flight_end(&flight, 3, &token));
    assert_int_equal(token, 103);
    assert_false(otr_mqtt_flight_end(&flight, 3, &token));
    assert_int_equal(otr_mqtt_flight_free_slot(&flight), 3);
    for (unsigned i = 0; i < OTR_MQTT_SLOTS_MAX; i++)
        assert_int_equal(otr_mqtt_flight_end(&flight, i, &token), i != 3);
    assert_int_equal(flight.count, 0);
    assert_int_equal(flight.bytes, 0);
}

static void silence_is_two_keepalives_without_an_answer(void **state)
{
    (void)state;
    otr_mqtt_flight flight = {0};
    assert_int_equal(otr_mqtt_flight_due_us(&flight, 30), INT64_MAX);
    assert_false(otr_mqtt_flight_is_silent(&flight, 30, 1000 * second)); /* nothing was asked */
    otr_mqtt_flight_begin(&flight, 0, 1, 1, 100 * second);
    otr_mqtt_flight_begin(&flight, 1, 2, 1, 150 * second); /* what follows does not move it */
    assert_false(otr_mqtt_flight_is_silent(&flight, 30, 160 * second - 1));
    assert_true(otr_mqtt_flight_is_silent(&flight, 30, 160 * second));
    flight.answered_us = 155 * second;
    assert_false(otr_mqtt_flight_is_silent(&flight, 30, 160 * second));
    flight.wake_us = 500 * second; /* then silence is next */
    assert_int_equal(otr_mqtt_flight_due_us(&flight, 30), 215 * second);
}

static void the_sender_is_woken_soon_after_the_first_and_when_hastened(void **state)
{
    (void)state;
    otr_mqtt_flight flight = {0};
    otr_mqtt_flight_begin(&flight, 0, 1, 1, second);
    int64_t first_us = otr_mqtt_flight_due_us(&flight, 30);
    assert_in_range(first_us, second + 1, second + 20000);
    otr_mqtt_flight_begin(&flight, 1, 2, 1, first_us - 1);
    assert_int_equal(otr_mqtt_flight_due_us(&flight, 30), first_us);
    otr_mqtt_flight_hasten(&flight, 2 * second);
    assert_int_equal(otr_mqtt_flight_due_us(&flight, 30), first_us + second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_packet_of_any_size_may_go_alone),
        cmocka_unit_test(each_slot_is_ended_once_and_used_again),
        cmocka_unit_test(silence_is_two_keepalives_without_an_answer),
        cmocka_unit_test(the_sender_is_woken_soon_after_the_first_and_when_hastened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
