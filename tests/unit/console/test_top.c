/* `outrider top` without a terminal: what is chosen stays chosen, orders are asked twice, screens are whole;
 * and drawing stays quick with 1,000 gateways and 50,000 assets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codec/ticket.h"
#include "tools/outrider/fleet/top_cells.h"
#include "tools/outrider/fleet/top_screen.h"
#include "tools/outrider/plot.h"

static otr_board board;
static otr_top top;
static otr_screen screen;
static const otr_time noon = INT64_C(1714564800) * OTR_SECOND;
static const otr_screen_about about = {"mqtts://here", "", INT64_C(1714564800) * OTR_SECOND};

static int set_up(void **state)
{
    (void)state;
    board = (otr_board){.gateway_count = 0};
    top = (otr_top){.board = &board};
    screen = (otr_screen){.count = 0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    otr_top_done(&top);
    otr_screen_done(&screen);
    otr_board_done(&board);
    return 0;
}

static void put(const char *kind, const char *tail, const char *gateway, otr_service_kind number,
                const char *what, const char *asset, const char *state, otr_id id)
{
    char topic[160];
    const otr_fact facts[] = {{OTR_STR("state"), otr_str_of(state)}, {OTR_STR("place"), OTR_STR("dock")}};
    otr_service_event event = {.kind = number,
                               .what = otr_str_of(what),
                               .entity = id,
                               .alarm = id,
                               .case_id = id,
                               .revision = 1,
                               .decided = noon,
                               .onset = noon,
                               .raised = noon,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1,
                               .priority = OTR_STR("high"),
                               .rule = OTR_STR("Warm"),
                               .title = OTR_STR("too warm"),
                               .asset = otr_str_of(asset),
                               .facts = facts,
                               .fact_count = 2};
    otr_buffer payload = {0};
    assert_int_equal(otr_service_encode(&payload, OTR_PAYLOAD_PROTOBUF, &event, NULL), OTR_OK);
    (void)snprintf(topic, sizeof topic, "outrider/v1/depot/%s/%s%s%s", gateway, kind,
                   tail[0] != '\0' ? "/" : "", tail);
    assert_int_equal(otr_board_take(&board, otr_str_of(topic), OTR_STR("application/protobuf"),
                                    otr_buffer_bytes(&payload)),
                     OTR_OK);
    otr_buffer_done(&payload);
}

static otr_id id_of(uint32_t number)
{
    return otr_hash128('t', number, "x", 1);
}

static void alarm(const char *gateway, uint32_t number, const char *state)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(id_of(number), id);
    put("alarm", id, gateway, OTR_SERVICE_ALARM, "raised", "box", state, id_of(number));
}

static const char *draw(int columns, int lines)
{
    static char text[100000];
    size_t used = 0;
    assert_true(otr_screen_draw(&screen, &top, &about, columns, lines));
    for (int i = 0; i < screen.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s\n", (int)screen.lines[i].size,
                                 (const char *)screen.text.data + screen.lines[i].begin);
    return text;
}

static void a_screen_is_as_large_as_it_was_asked_for(void **state)
{
    (void)state;
    static const int sizes[][2] = {{80, 24}, {81, 25}, {200, 60}};
    alarm("gw", 1, "unacknowledged");
    for (int page = 0; page < OTR_TOP_CASE; page++)
        for (size_t i = 0; i < 3; i++) {
            otr_top_press(&top, (unsigned)OTR_KEY_PAGE + (unsigned)page);
            (void)draw(sizes[i][0], sizes[i][1]);
            assert_int_equal(screen.count, sizes[i][1]);
            for (int k = 0; k < screen.count; k++)
                assert_int_equal(screen.lines[k].size, sizes[i][0]);
        }
    assert_non_null(strstr(draw(79, 24), "too small"));
    assert_non_null(strstr(draw(80, 23), "too small"));
}

static void what_is_chosen_stays_chosen_when_others_come_before_it(void **state)
{
    (void)state;
    alarm("gw", 1, "acknowledged");
    otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_ALARMS);
    (void)draw(80, 24);
    assert_true(otr_id_equal(otr_top_alarm(&top)->id, id_of(1)));
    alarm("gw", 2, "unacknowledged");
    alarm("gw", 3, "unacknowledged");
    (void)draw(80, 24);
    assert_true(otr_id_equal(otr_top_alarm(&top)->id, id_of(1)));
    assert_int_equal(top.place[OTR_TOP_ALARMS], 2);
}

static void an_order_is_asked_twice_and_left_by_any_other_key(void **state)
{
    (void)state;
    static const unsigned others[] = {OTR_KEY_OTHER, OTR_KEY_SHELVE, OTR_KEY_DOWN, OTR_KEY_QUIT};
    alarm("gw-7", 1, "unacknowledged");
    for (size_t i = 0; i < 4; i++) {
        otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_ALARMS);
        (void)draw(80, 24);
        otr_top_press(&top, OTR_KEY_ACKNOWLEDGE);
        assert_true(top.asks);
        otr_top_press(&top, others[i]);
        assert_false(top.order_given.wanted);
        top.asks = top.quits = false;
    }
    otr_top_press(&top, OTR_KEY_ACKNOWLEDGE);
    otr_top_press(&top, OTR_KEY_ACKNOWLEDGE);
    assert_true(top.order_given.wanted && !top.order_given.shelves);
    assert_string_equal(top.order_given.gateway, "depot/gw-7");
}

static void the_alarm_that_was_asked_about_is_the_one_that_is_acknowledged(void **state)
{
    (void)state;
    char asked[OTR_ID_TEXT_BYTES];
    otr_id_format(id_of(1), asked);
    alarm("gw", 1, "unacknowledged");
    otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_ALARMS);
    (void)draw(80, 24);
    otr_top_press(&top, OTR_KEY_ACKNOWLEDGE);
    put("alarm", asked, "gw", OTR_SERVICE_ALARM, "raised", "box", "acknowledged", id_of(1));
    for (uint32_t i = 2; i < 9; i++)
        alarm("gw", i, "unacknowledged");
    (void)draw(80, 24);
    otr_top_press(&top, OTR_KEY_ACKNOWLEDGE);
    assert_string_equal(top.order_given.alarm, asked);
}

static void rows_that_go_leave_the_place_on_a_row(void **state)
{
    (void)state;
    char id[OTR_ID_TEXT_BYTES];
    char topic[128];
    for (uint32_t i = 0; i < 50; i++)
        alarm("gw", i, "unacknowledged");
    otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_ALARMS);
    (void)draw(80, 24);
    otr_top_press(&top, OTR_KEY_LAST);
    (void)draw(80, 24);
    assert_int_equal(top.place[OTR_TOP_ALARMS], 49);
    for (uint32_t i = 0; i < 50; i++) {
        otr_id_format(id_of(i), id);
        (void)snprintf(topic, sizeof topic, "outrider/v1/depot/gw/alarm/%s", id);
        assert_int_equal(otr_board_take(&board, otr_str_of(topic), OTR_STR(""), (otr_bytes){NULL, 0}),
                         OTR_OK);
        (void)draw(80, 24);
        assert_true(top.place[OTR_TOP_ALARMS] < top.row_count);
    }
    assert_null(otr_top_alarm(&top));
    assert_non_null(strstr(draw(80, 24), "nothing"));
}

/* The row of the alarms' page, with blanks at its end. */
static const char *alarm_row(int columns)
{
    otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_ALARMS);
    const char *text = strstr(draw(columns, 24), "! high");
    assert_non_null(text);
    return text;
}

static void what_fits_is_not_cut_and_what_is_cut_shows_it(void **state)
{
    (void)state;
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(id_of(1), id);
    put("alarm", id, "gateway-of-the-harbour", OTR_SERVICE_ALARM, "raised", "refrigerator-of-the-kitchen",
        "unacknowledged", id_of(1));
    assert_non_null(strstr(alarm_row(120), " refrigerator-of-the-kitchen "));
    assert_non_null(strstr(alarm_row(120), "depot/gateway-of-the-harbour"));
    /* the rule, short, has given what it does not need */
    assert_non_null(strstr(alarm_row(93), " refrigerator-of-the-kitchen "));
    assert_non_null(strstr(alarm_row(93), " depot/gateway-of-the-harbour\n"));
    assert_non_null(strstr(alarm_row(80), "\u2026"));
    assert_null(strstr(alarm_row(80), "depot/gateway-of-the-harbour"));
    const char *at = alarm_row(80);
    assert_int_equal(otr_top_cell_width((otr_str){at, strcspn(at, "\n")}), 80);
    (void)setlocale(LC_CTYPE, "C"); /* a terminal without the character */
    assert_null(strstr(alarm_row(80), "\u2026"));
    assert_int_equal(strcspn(alarm_row(80), "\n"), 80);
    (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static void a_story_says_whom_the_gateway_told(void **state)
{
    (void)state;
    const otr_ticket_remark said[] = {
        {.speaker = OTR_STR("gateway"), .at = noon, .what = OTR_STR("told"), .who = OTR_STR("cust-1")},
        {.speaker = OTR_STR("desk"),
         .at = noon,
         .what = OTR_STR("note"),
         .who = OTR_STR("kim"),
         .text = OTR_STR("seen")}};
    const otr_ticket ticket = {.said = said, .said_count = 2};
    otr_buffer enclosed = {0};
    otr_buffer payload = {0};
    assert_int_equal(otr_ticket_encode(&enclosed, &ticket, NULL), OTR_OK);
    otr_service_event event = {.kind = OTR_SERVICE_TICKET,
                               .what = OTR_STR("opened"),
                               .entity = id_of(1),
                               .case_id = id_of(1),
                               .revision = 1,
                               .decided = noon,
                               .onset = noon,
                               .raised = OTR_TIME_NONE,
                               .ended = OTR_TIME_NONE,
                               .detected = OTR_TIME_NONE,
                               .expires = OTR_TIME_NEVER,
                               .next_by = OTR_TIME_NONE,
                               .coverage_percent = -1,
                               .priority = OTR_STR("high"),
                               .title = OTR_STR("too warm"),
                               .asset = OTR_STR("box"),
                               .ticket = otr_buffer_bytes(&enclosed)};
    char topic[128];
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(id_of(1), id);
    (void)snprintf(topic, sizeof topic, "outrider/v1/depot/gw/ticket/%s", id);
    assert_int_equal(otr_service_encode(&payload, OTR_PAYLOAD_PROTOBUF, &event, NULL), OTR_OK);
    assert_int_equal(otr_board_take(&board, otr_str_of(topic), OTR_STR("application/protobuf"),
                                    otr_buffer_bytes(&payload)),
                     OTR_OK);
    otr_top_press(&top, (unsigned)OTR_KEY_PAGE + OTR_TOP_TICKETS);
    (void)draw(80, 24);
    otr_top_press(&top, OTR_KEY_ENTER);
    const char *text = draw(80, 24);
    if (strstr(text, "gateway told cust-1") == NULL || strstr(text, "desk note by kim: seen") == NULL)
        fail_msg("%s", text);
    otr_buffer_done(&enclosed);
    otr_buffer_done(&payload);
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Each frame after a change, so that all is put in order again. The bound is ten times what it takes. */
static void a_large_fleet_is_drawn_quickly(void **state)
{
    (void)state;
    char name[32];
    char asset[32];
    for (uint32_t i = 0; i < 50000; i++) {
        (void)snprintf(name, sizeof name, "gw-%u", i % 1000);
        (void)snprintf(asset, sizeof asset, "asset-%u", i);
        put("view", asset, name, OTR_SERVICE_VIEW, "updated", asset, "", id_of(i));
        if (i % 25 == 0)
            alarm(name, i, i % 50 == 0 ? "unacknowledged" : "acknowledged");
        if (i < 1000)
            put("status", "", name, OTR_SERVICE_STATUS, i % 10 == 0 ? "offline" : "online", "", "", id_of(i));
    }
    assert_int_equal(board.gateway_count, 1000);
    assert_int_equal(board.assets.count, 50000);
    for (int page = 0; page < OTR_TOP_CASE; page++) {
        otr_top_press(&top, (unsigned)OTR_KEY_PAGE + (unsigned)page);
        double least = 1e9;
        for (int i = 0; i < 5; i++) {
            board.changes++;
            double from = now_ms();
            (void)draw(120, 40);
            otr_top_press(&top, OTR_KEY_PAGE_DOWN);
            double took = now_ms() - from;
            least = took < least ? took : least;
        }
        print_message("page %d: %.2f ms\n", page + 1, least);
        assert_true(least < 500);
    }
}

static void a_curve_has_its_extremes_and_its_span(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static otr_time times[COUNT];
    static double values[COUNT];
    for (int i = 0; i < COUNT; i++) {
        times[i] = noon + i * OTR_MINUTE;
        values[i] = i == 250 ? 40 : 5 + i % 2;
    }
    otr_plot plot = {times, values, values, COUNT, noon, noon + COUNT * OTR_MINUTE, 8, 70, true};
    otr_buffer out = {0};
    otr_plot_add(&plot, &out);
    otr_buffer_add_u8(&out, '\0');
    const char *text = (const char *)out.data;
    assert_non_null(strstr(text, "40 |"));
    assert_non_null(strchr(text, '*'));
    assert_true(strchr(text, '*') < strchr(text, '\n')); /* the one extreme is in the first line */
    assert_non_null(strstr(text, "2024-05-01 12:00"));
    otr_buffer_done(&out);
    values[0] = NAN;
    plot.count = 1;
    otr_plot_add(&plot, &out);
    assert_int_equal(out.size, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        TEST(a_screen_is_as_large_as_it_was_asked_for),
        TEST(what_is_chosen_stays_chosen_when_others_come_before_it),
        TEST(an_order_is_asked_twice_and_left_by_any_other_key),
        TEST(the_alarm_that_was_asked_about_is_the_one_that_is_acknowledged),
        TEST(rows_that_go_leave_the_place_on_a_row),
        TEST(what_fits_is_not_cut_and_what_is_cut_shows_it),
        TEST(a_story_says_whom_the_gateway_told),
        TEST(a_large_fleet_is_drawn_quickly),
        TEST(a_curve_has_its_extremes_and_its_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
