/* The board: what messages make of it, in which order trouble comes, and that items come and go by id. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/outrider/fleet/board_say.h"

static otr_board board;
static const otr_time noon = INT64_C(1714564800) * OTR_SECOND;

static int set_up(void **state)
{
    (void)state;
    board = (otr_board){.gateway_count = 0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    otr_board_done(&board);
    return 0;
}

static otr_service_event blank(otr_service_kind kind, const char *what)
{
    return (otr_service_event){.kind = kind,
                               .what = otr_str_of(what),
                               .revision = 1,
                               .decided = noon,
                               .onset = OTR_TIME_NONE,
                               .raised = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1};
}

static void send(const char *topic, const otr_service_event *event)
{
    otr_buffer payload = {0};
    if (event != NULL)
        assert_int_equal(otr_service_encode(&payload, OTR_PAYLOAD_PROTOBUF, event, NULL), OTR_OK);
    assert_int_equal(otr_board_take(&board, otr_str_of(topic), OTR_STR("application/protobuf"),
                                    otr_buffer_bytes(&payload)),
                     OTR_OK);
    otr_buffer_done(&payload);
}

static void send_presence(const char *gateway, const char *what)
{
    char topic[128];
    otr_service_event event = blank(OTR_SERVICE_STATUS, what);
    (void)snprintf(topic, sizeof topic, "outrider/v1/depot/%s/status", gateway);
    send(topic, &event);
}

static void send_health(const char *gateway, const char *health, const char *days)
{
    char topic[128];
    const otr_fact facts[] = {{OTR_STR("health"), otr_str_of(health)},
                              {OTR_STR("version"), OTR_STR("1.2.3")},
                              {OTR_STR("devices"), OTR_STR("50")},
                              {OTR_STR("buffer.hours"), OTR_STR("400")},
                              {OTR_STR("certificate.days"), otr_str_of(days)}};
    otr_service_event event = blank(OTR_SERVICE_STATUS, "health");
    event.facts = facts;
    event.fact_count = 5;
    (void)snprintf(topic, sizeof topic, "outrider/v1/depot/%s/status/health", gateway);
    send(topic, &event);
}

static otr_id id_of(uint32_t number)
{
    return otr_hash128('t', number, "x", 1);
}

static void topic_of(char out[128], const char *kind, const char *gateway, uint32_t number)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(id_of(number), id);
    (void)snprintf(out, 128, "outrider/v1/depot/%s/%s/%s", gateway, kind, id);
}

static void send_alarm(const char *gateway, uint32_t number, const char *priority, const char *state)
{
    char topic[128];
    const otr_fact fact = {OTR_STR("state"), otr_str_of(state)};
    otr_service_event event = blank(OTR_SERVICE_ALARM, "raised");
    event.entity = event.alarm = id_of(number);
    event.priority = otr_str_of(priority);
    event.rule = OTR_STR("DoorOpen");
    event.asset = OTR_STR("fridge-1");
    event.raised = noon + number * OTR_SECOND;
    event.facts = &fact;
    event.fact_count = 1;
    topic_of(topic, "alarm", gateway, number);
    send(topic, &event);
}

static void a_gateway_is_what_it_said_last(void **state)
{
    (void)state;
    send_presence("gw-1", "online");
    send_health("gw-1", "ok", "90");
    assert_int_equal(board.gateway_count, 1);
    assert_string_equal(board.gateways[0].name, "depot/gw-1");
    assert_string_equal(board.gateways[0].version, "1.2.3");
    assert_true(board.gateways[0].online && board.gateways[0].buffer_hours == 400);
    assert_int_equal(board.gateways[0].certificate_days, 90);
    send_presence("gw-1", "offline");
    assert_false(board.gateways[0].online);
    assert_string_equal(board.gateways[0].version, "1.2.3"); /* what it said of itself stays */
    assert_int_equal(board.news_count, 1);
}

static void alarms_come_change_and_go_and_gateways_count_them(void **state)
{
    (void)state;
    char topic[128];
    send_alarm("gw-1", 1, "high", "unacknowledged");
    send_alarm("gw-1", 2, "low", "unacknowledged");
    send_alarm("gw-2", 3, "low", "acknowledged");
    assert_int_equal(board.alarms.count, 3);
    assert_int_equal(board.gateways[0].unacknowledged, 2);
    assert_int_equal(board.gateways[0].urgent, 1);
    send_alarm("gw-1", 1, "high", "acknowledged");
    assert_int_equal(board.alarms.count, 3);
    assert_int_equal(board.gateways[0].unacknowledged, 1);
    assert_int_equal(board.gateways[0].urgent, 0);
    topic_of(topic, "alarm", "gw-1", 1);
    send(topic, NULL);
    assert_int_equal(board.alarms.count, 2);
    assert_int_equal(board.gateways[0].alarms, 1);
    assert_null(otr_board_find(&board.alarms, id_of(1)));
    assert_non_null(otr_board_find(&board.alarms, id_of(3))); /* which has moved into its place */
    send(topic, NULL);
    assert_int_equal(board.alarms.count, 2);
}

static void trouble_comes_first(void **state)
{
    (void)state;
    uint32_t order[5];
    send_presence("a-fine", "online");
    send_presence("b-alarm", "online");
    send_alarm("b-alarm", 1, "critical", "unacknowledged");
    send_presence("c-clock", "online");
    send_health("c-clock", "the clock is not set", "90");
    send_presence("d-off", "offline");
    send_presence("e-cert", "online");
    send_health("e-cert", "ok", "3");
    otr_board_order_gateways(&board, order);
    assert_string_equal(board.gateways[order[0]].name, "depot/d-off");
    assert_string_equal(board.gateways[order[1]].name, "depot/c-clock");
    assert_string_equal(board.gateways[order[2]].name, "depot/e-cert");
    assert_string_equal(board.gateways[order[3]].name, "depot/b-alarm");
    assert_string_equal(board.gateways[order[4]].name, "depot/a-fine");
}

static void alarms_are_by_what_they_ask_for(void **state)
{
    (void)state;
    uint32_t order[5];
    send_alarm("g", 1, "critical", "acknowledged");
    send_alarm("g", 2, "low", "unacknowledged");
    send_alarm("g", 3, "high", "unacknowledged");
    send_alarm("g", 4, "high", "unacknowledged");
    send_alarm("g", 5, "high", "returned");
    otr_board_order_alarms(&board, order);
    static const uint32_t expected[] = {4, 3, 2, 5, 1};
    for (size_t i = 0; i < 5; i++)
        if (!otr_id_equal(board.alarms.list[order[i]].id, id_of(expected[i])))
            fail_msg("place %zu", i);
}

static void what_is_not_understood_is_counted_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const topics[] = {"outrider/v1/g/w",
                                         "elsewhere/v1/g/w/alarm",
                                         "outrider/v2/g/w/alarm/00",
                                         "outrider/v1/g/w/alarm/nothex",
                                         "outrider/v1/g/w/ticket/1/2",
                                         ""};
    const otr_service_event event = blank(OTR_SERVICE_ALARM, "raised");
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        send(topics[i], &event);
    assert_int_equal(board.alarms.count, 0);
    assert_int_equal(board.refused, sizeof topics / sizeof *topics);
    assert_int_equal(otr_board_take(&board, OTR_STR("outrider/v1/g/w/status"),
                                    OTR_STR("application/protobuf"),
                                    (otr_bytes){(const uint8_t *)"\xff\xff\xff", 3}),
                     OTR_OK);
    assert_int_equal(board.refused, 1 + sizeof topics / sizeof *topics);
}

static void what_came_from_the_wire_does_nothing_to_a_terminal(void **state)
{
    (void)state;
    char topic[128];
    otr_service_event event = blank(OTR_SERVICE_TICKET, "opened");
    event.entity = id_of(1);
    event.title = OTR_STR("\x1b[2Jgone");
    event.onset = noon;
    topic_of(topic, "ticket", "gw", 1);
    send(topic, &event);
    otr_buffer out = {0};
    otr_board_say(&board, OTR_BOARD_TICKETS, 0, noon + OTR_HOUR, &out);
    assert_null(memchr(out.data, 0x1b, out.size));
    otr_buffer_done(&out);
}

/* Against a plain array of flags, over many random steps. */
static void the_index_agrees_with_a_list(void **state)
{
    (void)state;
    enum { IDS = 300, STEPS = 20000 };
    otr_board_index index = {.slots = NULL};
    uint32_t there[IDS];
    memset(there, 0xff, sizeof there);
    srand(7);
    for (int step = 0; step < STEPS; step++) {
        uint32_t one = (uint32_t)rand() % IDS;
        if (rand() % 3 > 0) {
            there[one] = (uint32_t)rand() % 1000;
            assert_true(otr_board_index_put(&index, id_of(one), there[one]));
        } else {
            there[one] = OTR_BOARD_NONE;
            otr_board_index_remove(&index, id_of(one));
        }
        uint32_t asked = (uint32_t)rand() % IDS;
        if (otr_board_index_get(&index, id_of(asked)) != there[asked])
            fail_msg("step %d", step);
    }
    otr_board_index_done(&index);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_gateway_is_what_it_said_last),
        TEST(alarms_come_change_and_go_and_gateways_count_them),
        TEST(trouble_comes_first),
        TEST(alarms_are_by_what_they_ask_for),
        TEST(what_is_not_understood_is_counted_and_changes_nothing),
        TEST(what_came_from_the_wire_does_nothing_to_a_terminal),
        TEST(the_index_agrees_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
