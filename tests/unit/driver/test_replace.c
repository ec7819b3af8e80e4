/*
 * Entries that take the place of others: whoever was not told is told the later thing alone, whoever may have
 * been told is told it as a correction; whatever the link and the disk do in between. And states that the
 * broker retains. What the core would decide is put among its effects by hand.
 */
#include "gateway.h"

#include "../pack/failing_memory.h"

#include "base/limits.h"
#include "core/outbox/outbox.h"
#include "driver/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { FIRST = 1000 }; /* sequences that the core does not come to */

static gateway g;
static uint64_t next_seq;
static int readings;

static int set_up(void **state)
{
    (void)state;
    gateway_open(&g);
    next_seq = FIRST;
    readings = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gateway_close(&g);
    return 0;
}

static otr_id event_id(uint64_t number)
{
    return otr_hash128(number, 7, "event", 5);
}

static otr_str encode(otr_service_kind kind, uint64_t number, const char *what, otr_time expires)
{
    otr_service_event event = {
        .kind = kind,
        .what = otr_str_of(what),
        .event = event_id(number),
        .revision = 1,
        .expires = expires,
        .asset = OTR_STR("box+1"),
    };
    otr_buffer body = {0};
    otr_outbox_encode(&body, &event, NULL);
    otr_str copy = otr_effects_copy(&g.driver->effects, otr_buffer_text(&body));
    otr_buffer_done(&body);
    return copy;
}

/* A turn whose reading stays among the effects until they are committed. */
static void begin_turn(void)
{
    char device[16]; /* a device that sent before might be emptying a buffer */
    (void)snprintf(device, sizeof device, "x%d", ++readings);
    assert_int_equal(gateway_send(&g, device, readings, 1, 0), OTR_OK);
    gateway_turn(&g, 1);
    assert_null(g.commit);
    assert_true(otr_effects_any(&g.driver->effects));
}

static otr_row_outbox *put(uint64_t number, const char *what)
{
    otr_row_outbox *row = OTR_ROWS_ADD(&g.driver->effects, outbox);
    assert_non_null(row);
    *row = (otr_row_outbox){.seq = next_seq++,
                            .class = OTR_OUTBOX_NORMAL,
                            .event = event_id(number),
                            .body = encode(OTR_SERVICE_NOTIFICATION, number, what, OTR_TIME_NEVER)};
    return row;
}

/* alone: what is said when the earlier one was not told; NULL: nothing. */
static void put_instead(uint64_t number, const char *what, uint64_t of, const char *alone,
                        otr_outbox_reason reason)
{
    otr_row_outbox *row = put(number, what);
    row->replaces = event_id(of);
    row->replaced_as = reason;
    if (alone != NULL)
        row->body_alone = encode(OTR_SERVICE_NOTIFICATION, number, alone, OTR_TIME_NEVER);
}

static void commit(gateway_end end)
{
    gateway_turn(&g, 1);
    assert_true(gateway_commit(&g, end));
}

static void tell(uint64_t number, const char *what)
{
    begin_turn();
    (void)put(number, what);
    commit(GATEWAY_DONE);
}

static void tell_instead(uint64_t number, const char *what, uint64_t of, const char *alone)
{
    begin_turn();
    put_instead(number, what, of, alone, alone != NULL ? OTR_LEFT_SUPERSEDED : OTR_LEFT_RETRACTED);
    commit(GATEWAY_DONE);
}

static int64_t number_of(const char *query)
{
    char path[96];
    sqlite3 *handle;
    sqlite3_stmt *row;
    (void)snprintf(path, sizeof path, "%s/outrider.db", g.folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(row, 0);
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
    return number;
}

static int64_t left_as(uint64_t seq)
{
    char query[96];
    (void)snprintf(query, sizeof query, "SELECT COALESCE(MAX(reason), -1) FROM outbox_left WHERE seq = %llu",
                   (unsigned long long)seq);
    return number_of(query);
}

/* The broker takes everything. */
static void deliver_all(void)
{
    size_t accepted = 0;
    if (!g.driver->link_up)
        otr_driver_link_up(g.driver, 20);
    for (int turns = 0; turns < 200; turns++) {
        gateway_turn(&g, OTR_SECOND);
        for (; accepted < g.published_count; accepted++)
            otr_driver_published(g.driver, g.published[accepted].token, OTR_OK);
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    assert_int_equal(otr_driver_outbox_depth(g.driver), 0);
}

/* The notifications in the order in which the broker has them. */
static void check_told(const char *expected)
{
    char told[512] = "";
    for (size_t i = 0; i < g.published_count; i++)
        if (strncmp(g.published[i].what, "notification.", 13) == 0)
            (void)snprintf(told + strlen(told), sizeof told - strlen(told), "%s%s",
                           told[0] != '\0' ? " " : "", g.published[i].what + 13);
    assert_string_equal(told, expected);
}

static void what_was_not_sent_is_never_told_and_the_later_thing_is_told_alone(void **state)
{
    (void)state;
    tell(1, "raised");
    tell_instead(2, "cleared", 1, "past");
    deliver_all();
    check_told("past");
    assert_int_equal(left_as(FIRST), OTR_LEFT_SUPERSEDED);
    assert_int_equal(left_as(FIRST + 1), OTR_LEFT_ACCEPTED);
    assert_true(number_of("SELECT MIN(utc) FROM outbox_left WHERE seq >= 1000") > GATEWAY_UTC);
}

static void what_the_broker_has_accepted_is_corrected(void **state)
{
    (void)state;
    tell(1, "raised");
    deliver_all();
    tell_instead(2, "cleared", 1, "past");
    deliver_all();
    check_told("raised cleared");
}

static void what_is_in_flight_is_corrected(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    check_told("raised");
    tell_instead(2, "cleared", 1, NULL);
    deliver_all();
    check_told("raised cleared");
    assert_int_equal(left_as(FIRST), OTR_LEFT_ACCEPTED);
}

static void an_acknowledgement_while_the_commit_is_under_way_changes_nothing(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    gateway_turn(&g, 1);
    assert_non_null(g.commit);
    otr_driver_published(g.driver, FIRST, OTR_OK);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    deliver_all();
    check_told("raised cleared");
    assert_int_equal(left_as(FIRST), OTR_LEFT_ACCEPTED);
}

static void what_was_in_flight_when_the_link_went_may_have_been_told_also_after_a_restart(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    otr_driver_link_down(g.driver);
    otr_driver_published(g.driver, FIRST, OTR_IO);
    gateway_rest(&g); /* nothing else is to be committed */
    assert_int_equal(number_of("SELECT handed FROM outbox WHERE key & 0xFFFF = 1000"), 1);
    gateway_restart(&g);
    tell_instead(2, "retracted", 1, NULL);
    g.published_count = 0;
    deliver_all();
    check_told("raised retracted");
}

static void a_link_that_only_says_so_of_the_entry_is_no_different(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    otr_driver_link_down(g.driver);
    gateway_turn(&g, 1);
    tell_instead(2, "retracted", 1, NULL);
    g.published_count = 0;
    deliver_all();
    check_told("raised retracted");
}

static void what_the_broker_refuses_was_not_told(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    otr_driver_published(g.driver, FIRST, OTR_INVALID);
    g.published_count = 0;
    tell_instead(2, "cleared", 1, "past");
    deliver_all();
    check_told("past");
}

static void with_nothing_to_say_alone_nothing_is_said(void **state)
{
    (void)state;
    tell(1, "raised");
    tell_instead(2, "retracted", 1, NULL);
    deliver_all();
    check_told("");
    assert_int_equal(left_as(FIRST), OTR_LEFT_RETRACTED);
    assert_int_equal(left_as(FIRST + 1), OTR_LEFT_RETRACTED);
    assert_int_equal(otr_driver_store_figures(g.driver)->outbox_rows, 0);
}

static void of_a_chain_only_the_last_is_told(void **state)
{
    (void)state;
    tell(1, "raised");
    tell_instead(2, "updated", 1, "raised-late");
    tell_instead(3, "cleared", 2, "past");
    deliver_all();
    check_told("past");
}

static void a_chain_within_one_commit_is_no_different(void **state)
{
    (void)state;
    begin_turn();
    (void)put(1, "raised");
    put_instead(2, "updated", 1, "raised-late", OTR_LEFT_SUPERSEDED);
    put_instead(3, "cleared", 2, "past", OTR_LEFT_SUPERSEDED);
    commit(GATEWAY_DONE);
    deliver_all();
    check_told("past");
    assert_int_equal(left_as(FIRST + 1), OTR_LEFT_SUPERSEDED);
}

static void what_follows_something_that_was_not_told_is_told_alone(void **state)
{
    (void)state;
    tell(1, "raised");
    tell_instead(2, "retracted", 1, NULL);
    tell_instead(3, "raised again", 2, "raised");
    deliver_all();
    check_told("raised");
}

static void what_has_expired_was_not_told(void **state)
{
    (void)state;
    begin_turn();
    put(1, "raised")->body = encode(OTR_SERVICE_NOTIFICATION, 1, "raised", GATEWAY_UTC + g.mono + OTR_SECOND);
    commit(GATEWAY_DONE);
    g.mono += OTR_MINUTE;
    deliver_all();
    assert_int_equal(left_as(FIRST), OTR_LEFT_EXPIRED);
    assert_int_equal(otr_driver_counters(g.driver)->outbox_expired, 1);
    tell_instead(2, "cleared", 1, "past");
    deliver_all();
    check_told("past");
}

static void what_waits_in_the_store_alone_is_replaced_there(void **state)
{
    (void)state;
    begin_turn();
    for (uint64_t i = 0; i < OTR_LIMIT_OUTBOX_WINDOW + 10; i++)
        (void)put(100 + i, "other");
    (void)put(1, "raised");
    commit(GATEWAY_DONE);
    assert_null(otr_outbox_window_find(&g.driver->window, next_seq - 1));
    tell_instead(2, "cleared", 1, "past");
    assert_int_equal(number_of("SELECT COUNT(*) FROM outbox"), OTR_LIMIT_OUTBOX_WINDOW + 11);
    assert_int_equal(left_as(FIRST + OTR_LIMIT_OUTBOX_WINDOW + 10), OTR_LEFT_SUPERSEDED);
}

static void a_read_that_began_before_does_not_bring_it_back(void **state)
{
    (void)state;
    begin_turn();
    for (uint64_t i = 0; i < OTR_LIMIT_OUTBOX_WINDOW; i++)
        (void)put(100 + i, "other");
    (void)put(1, "raised");
    commit(GATEWAY_DONE);
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    while (g.driver->window.count > 0) /* as if the broker had them all */
        otr_outbox_window_remove(&g.driver->window, &g.driver->window.entries[0]);
    otr_driver_turn(g.driver); /* begins a read, and the commit */
    assert_true(g.driver->reading_outbox);
    assert_non_null(g.commit);
    bool busy = true;
    while ((void)otr_store_progress_us(g.store, &busy), busy)
        ;
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_null(otr_outbox_window_find(&g.driver->window, FIRST + OTR_LIMIT_OUTBOX_WINDOW));
    gateway_turn(&g, 1);
    assert_null(otr_outbox_window_find(&g.driver->window, FIRST + OTR_LIMIT_OUTBOX_WINDOW));
    assert_non_null(otr_outbox_window_find(&g.driver->window, FIRST + OTR_LIMIT_OUTBOX_WINDOW + 1));
}

static void it_is_not_sent_while_that_is_being_committed(void **state)
{
    (void)state;
    tell(1, "raised");
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    gateway_turn(&g, 1);
    assert_non_null(g.commit);
    otr_driver_link_up(g.driver, 20);
    gateway_turn(&g, 1);
    gateway_turn(&g, OTR_SECOND);
    check_told("");
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    deliver_all();
    check_told("past");
}

/* The core decides the same again when the commit is not there. */
static void after_a_commit_that_failed_it_is_sent_as_before(void **state)
{
    (void)state;
    tell(1, "raised");
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    commit(GATEWAY_FAILED);
    otr_driver_link_up(g.driver, 20);
    otr_driver_turn(g.driver);
    check_told(""); /* nobody knows yet */
    deliver_all();
    check_told("raised");
}

static void after_a_commit_that_is_there_though_it_failed_only_the_later_thing_is_told(void **state)
{
    (void)state;
    tell(1, "raised");
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    commit(GATEWAY_FAILED_BUT_THERE);
    deliver_all();
    check_told("past");
    assert_int_equal(left_as(FIRST), OTR_LEFT_SUPERSEDED);
}

static void what_may_have_been_told_stays_so_when_the_mark_is_not_committed_at_once(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 20);
    tell(1, "raised");
    gateway_turn(&g, 1);
    otr_driver_link_down(g.driver);
    gateway_turn(&g, OTR_SECOND);
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    gateway_rest(&g);
    assert_int_equal(number_of("SELECT handed FROM outbox WHERE key & 0xFFFF = 1000"), 1);
}

static void without_memory_for_the_decision_there_is_no_commit(void **state)
{
    (void)state;
    tell(1, "raised");
    begin_turn();
    put_instead(2, "cleared", 1, "past", OTR_LEFT_SUPERSEDED);
    g.mono++;
    failing_memory_after(1);
    otr_driver_turn(g.driver);
    failing_memory_after(0);
    assert_null(g.commit);
    deliver_all();
    check_told("raised");
}

/* ---- states ---- */

static void put_view(uint64_t number, const char *what, uint64_t of)
{
    otr_row_outbox *row = put(number, what);
    row->body = encode(OTR_SERVICE_VIEW, number, what, OTR_TIME_NEVER);
    row->body_alone = row->body;
    row->retain = true;
    row->replaced_as = OTR_LEFT_SUPERSEDED;
    if (of != 0)
        row->replaces = event_id(of);
}

static void a_view_is_retained_below_its_asset_and_only_the_newest_is_sent(void **state)
{
    (void)state;
    begin_turn();
    put_view(1, "updated", 0);
    commit(GATEWAY_DONE);
    begin_turn();
    put_view(2, "updated", 1);
    commit(GATEWAY_DONE);
    assert_int_equal(number_of("SELECT COUNT(*) FROM outbox WHERE retain = 1"), 1);
    deliver_all();
    assert_int_equal(gateway_count(&g, "view.updated"), 1);
    size_t last = g.published_count - 1;
    assert_string_equal(g.published[last].topic, "outrider/v1/g/w/view/box%2B1");
    assert_true(g.published[last].retain);
    assert_true(otr_id_equal(g.published[last].event, event_id(2)));
    /* it leaves unrecorded, and its number does not come again */
    assert_int_equal(number_of("SELECT COUNT(*) FROM outbox_left WHERE seq >= 1000"), 0);
    gateway_restart(&g);
    assert_true(number_of("SELECT value FROM meta WHERE key = 'outbox_floor'") == FIRST + 2);
}

static void a_view_that_is_cleared_leaves_nothing_with_the_broker(void **state)
{
    (void)state;
    begin_turn();
    put_view(1, "cleared", 0);
    commit(GATEWAY_DONE);
    deliver_all();
    assert_int_equal(gateway_count(&g, "view.empty"), 1);
    assert_true(g.published[g.published_count - 1].retain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(what_was_not_sent_is_never_told_and_the_later_thing_is_told_alone),
        CASE(what_the_broker_has_accepted_is_corrected),
        CASE(what_is_in_flight_is_corrected),
        CASE(an_acknowledgement_while_the_commit_is_under_way_changes_nothing),
        CASE(what_was_in_flight_when_the_link_went_may_have_been_told_also_after_a_restart),
        CASE(a_link_that_only_says_so_of_the_entry_is_no_different),
        CASE(what_the_broker_refuses_was_not_told),
        CASE(with_nothing_to_say_alone_nothing_is_said),
        CASE(of_a_chain_only_the_last_is_told),
        CASE(a_chain_within_one_commit_is_no_different),
        CASE(what_follows_something_that_was_not_told_is_told_alone),
        CASE(what_has_expired_was_not_told),
        CASE(what_waits_in_the_store_alone_is_replaced_there),
        CASE(a_read_that_began_before_does_not_bring_it_back),
        CASE(it_is_not_sent_while_that_is_being_committed),
        CASE(after_a_commit_that_failed_it_is_sent_as_before),
        CASE(after_a_commit_that_is_there_though_it_failed_only_the_later_thing_is_told),
        CASE(what_may_have_been_told_stays_so_when_the_mark_is_not_committed_at_once),
        CASE(without_memory_for_the_decision_there_is_no_commit),
        CASE(a_view_is_retained_below_its_asset_and_only_the_newest_is_sent),
        CASE(a_view_that_is_cleared_leaves_nothing_with_the_broker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
