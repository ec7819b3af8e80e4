/* The turn: when a device is answered, when a group is committed, what a failed commit leaves, what the
 * broker gets. */
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

static void accept_all(void)
{
    for (size_t i = 0; i < g.published_count; i++)
        otr_driver_published(g.driver, g.published[i].token, OTR_OK);
}

/* ---- intake ---- */

static void a_device_is_answered_when_its_reading_is_committed_and_not_before(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_non_null(g.commit);
    assert_int_equal(g.answer_count, 0);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(gateway_answered(&g, 10, OTR_ANSWER_KEPT), 1);
    assert_int_equal(g.answer_count, 1);
}

static void a_repeated_upload_waits_for_the_first_or_is_answered_at_once(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 11), OTR_OK);
    assert_int_equal(gateway_answered(&g, 11, OTR_ANSWER_NONE), 1);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 10, OTR_ANSWER_KEPT), 1);
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 12), OTR_OK);
    assert_int_equal(gateway_answered(&g, 12, OTR_ANSWER_KEPT), 1);
    assert_int_equal(counters()->uploads_repeated, 2);
    assert_int_equal(counters()->readings, 1);
}

static void a_repeated_upload_is_recognised_after_a_restart(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_rest(&g);
    gateway_restart(&g);
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 11), OTR_OK);
    assert_int_equal(gateway_answered(&g, 11, OTR_ANSWER_KEPT), 1);
    assert_int_equal(counters()->uploads_repeated, 1);
}

/* UTC was set ahead while it was down, and core time went with it. */
static void a_repeated_upload_is_recognised_after_a_restart_and_a_commit_that_failed(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_rest(&g);
    g.utc_step += OTR_HOUR;
    gateway_restart(&g);
    gateway_rest(&g); /* the boot is in the journal */
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 20), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 11), OTR_OK);
    assert_int_equal(gateway_answered(&g, 11, OTR_ANSWER_KEPT), 1);
    assert_int_equal(counters()->uploads_repeated, 1);
}

static void an_upload_that_comes_during_a_commit_is_not_kept_by_it(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_non_null(g.commit);
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 20), OTR_OK);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 21), OTR_OK);
    assert_int_equal(gateway_answered(&g, 21, OTR_ANSWER_KEPT), 0);
    assert_int_equal(gateway_answered(&g, 21, OTR_ANSWER_NONE), 1);
    gateway_turn(&g, OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    assert_int_equal(gateway_answered(&g, 20, OTR_ANSWER_FULL), 1);
}

static void a_full_inbox_pushes_back_until_turns_have_emptied_it(void **state)
{
    (void)state;
    for (int i = 0; i < OTR_LIMIT_INBOX_INPUTS; i++)
        assert_int_equal(gateway_send(&g, "d1", i, 1, 1), OTR_OK);
    assert_int_equal(gateway_send(&g, "d1", -1, 1, 2), OTR_FULL);
    assert_int_equal(counters()->uploads_pushed_back, 1);
    gateway_rest(&g);
    assert_int_equal(gateway_send(&g, "d1", -1, 1, 2), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(counters()->readings, OTR_LIMIT_INBOX_INPUTS + 1);
    assert_int_equal(gateway_answered(&g, 2, OTR_ANSWER_KEPT), 1);
}

static void an_upload_that_the_turn_did_not_take_is_not_kept_by_its_commit(void **state)
{
    (void)state;
    for (int i = 0; i <= OTR_LIMIT_TURN_INPUTS; i++)
        assert_int_equal(gateway_send(&g, "d1", i, 1, (uint64_t)i), OTR_OK);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(g.commit->reading_count, OTR_LIMIT_TURN_INPUTS);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(gateway_send(&g, "d1", OTR_LIMIT_TURN_INPUTS - 1, 1, 100001), OTR_OK);
    assert_int_equal(gateway_answered(&g, 100001, OTR_ANSWER_KEPT), 1);
    assert_int_equal(gateway_send(&g, "d1", OTR_LIMIT_TURN_INPUTS, 1, 100002), OTR_OK);
    assert_int_equal(gateway_answered(&g, 100002, OTR_ANSWER_KEPT), 0);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, OTR_LIMIT_TURN_INPUTS, OTR_ANSWER_KEPT), 1);
}

static void what_is_refused_is_not_remembered_as_seen(void **state)
{
    (void)state;
    otr_error error;
    otr_upload upload = {
        .identity = OTR_STR("d1"), .format = 110, .payload = {(const uint8_t *)"[{]", 3}, .key = 7};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(otr_driver_upload(g.driver, &upload, &error), OTR_INVALID);
        assert_true(error.text[0] != '\0');
    }
    assert_int_equal(counters()->uploads_refused, 2);
    assert_int_equal(counters()->uploads_repeated, 0);
}

static void a_stop_refuses_uploads_and_ends_with_a_snapshot(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    otr_driver_stop(g.driver);
    assert_int_equal(gateway_send(&g, "d1", 2, 1, 11), OTR_FULL);
    assert_false(otr_driver_stopped(g.driver));
    gateway_turn(&g, OTR_MS);
    assert_non_null(g.commit);
    assert_true(g.commit->snapshot.size > 0);
    assert_false(otr_driver_stopped(g.driver));
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_true(otr_driver_stopped(g.driver));
    assert_int_equal(gateway_answered(&g, 10, OTR_ANSWER_KEPT), 1);
}

/* ---- linger ---- */

static void a_quiet_reading_waits_for_company(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_turn(&g, OTR_MS);
    assert_null(g.commit);
    assert_true(otr_driver_wait(g.driver) == 500 * OTR_MS);
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 20), OTR_OK);
    gateway_turn(&g, 499 * OTR_MS);
    assert_null(g.commit);
    gateway_turn(&g, OTR_MS);
    assert_non_null(g.commit);
    assert_int_equal(g.commit->reading_count, 2);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
}

static void an_alarm_does_not_wait(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_turn(&g, OTR_MS);
    assert_non_null(g.commit);
    assert_int_equal(g.commit->outbox_count, 3); /* alarm, notification, ticket */
    assert_true(gateway_commit(&g, GATEWAY_DONE));
}

static void a_device_that_empties_its_buffer_does_not_wait(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_turn(&g, OTR_MS);
    gateway_turn(&g, 500 * OTR_MS);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, 100 * OTR_MS);
    assert_int_equal(gateway_send(&g, "d1", 2, 1, 11), OTR_OK); /* soon after its answer */
    gateway_turn(&g, OTR_MS);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(gateway_send(&g, "d1", 3, 1, 12), OTR_OK); /* one that reports every second is not */
    gateway_turn(&g, OTR_MS);
    assert_null(g.commit);
}

static void nothing_to_do_is_no_commit(void **state)
{
    (void)state;
    uint64_t commits = counters()->commits;
    for (int i = 0; i < 20; i++) {
        gateway_turn(&g, OTR_SECOND);
        assert_null(g.commit);
    }
    assert_int_equal(counters()->commits, commits);
    assert_true(otr_driver_wait(g.driver) > 0);
}

/* ---- failure ---- */

static void a_failed_commit_pushes_back_and_the_core_is_rebuilt(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(gateway_send(&g, "d2", 1, 1, 20), OTR_OK); /* not in it, and told the same */
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    assert_int_equal(gateway_answered(&g, 10, OTR_ANSWER_FULL), 1);
    assert_int_equal(gateway_answered(&g, 20, OTR_ANSWER_FULL), 1);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 11), OTR_FULL);
    assert_true(otr_driver_wait(g.driver) <= 100 * OTR_MS);
    gateway_turn(&g, 100 * OTR_MS);
    assert_int_equal(counters()->rebuilds, 1);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 12), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(gateway_answered(&g, 12, OTR_ANSWER_KEPT), 1);
    assert_int_equal(otr_driver_open_alarms(g.driver), 1);
    assert_int_equal(otr_driver_outbox_depth(g.driver), 3);
}

static void a_commit_that_failed_and_is_there_all_the_same_is_not_repeated(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    otr_driver_report(g.driver, OTR_STR("reload"), OTR_STR("done"));
    gateway_turn(&g, OTR_MS);
    assert_true(gateway_commit(&g, GATEWAY_FAILED_BUT_THERE));
    gateway_turn(&g, 100 * OTR_MS);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 11), OTR_OK);
    assert_int_equal(gateway_answered(&g, 11, OTR_ANSWER_KEPT), 1);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 1);
    assert_int_equal(gateway_count(&g, "status.reload"), 1);
}

static void what_nobody_outside_would_repeat_survives_a_failed_commit(void **state)
{
    (void)state;
    otr_driver_report(g.driver, OTR_STR("reload"), OTR_STR("done"));
    for (int i = 0; i < 3; i++) {
        gateway_turn(&g, 10 * OTR_SECOND);
        gateway_turn(&g, OTR_MS);
        assert_true(gateway_commit(&g, GATEWAY_FAILED));
    }
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "status.reload"), 1);
}

static void a_loss_is_told_once_whatever_fails(void **state)
{
    (void)state;
    static const otr_loss loss = {1, 9, 100, GATEWAY_UTC, GATEWAY_UTC, {"quota", 5}};
    g.loss = &loss;
    assert_int_equal(gateway_send(&g, "d1", 1, 1, 10), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    gateway_turn(&g, OTR_MS);
    assert_true(gateway_commit(&g, GATEWAY_FAILED));
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "status.loss"), 1);
}

static void an_outbox_that_cannot_be_read_is_a_reason_to_rebuild(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    g.reads_fail = true;
    otr_error error;
    assert_int_equal(otr_driver_recover(g.driver, &error), OTR_OK); /* asks for the outbox again */
    gateway_turn(&g, OTR_MS);
    gateway_rest(&g);
    assert_true(counters()->rebuilds > 0);
    g.reads_fail = false;
    gateway_rest(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 1);
}

/* ---- the way out ---- */

static void an_entry_leaves_when_the_broker_has_it_and_is_sent_again_until_then(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_turn(&g, OTR_MS);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 0); /* not before the commit */
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 1);
    otr_driver_link_down(g.driver);
    gateway_restart(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 2);
    otr_id first = {{0}};
    for (size_t i = 0; i < g.published_count; i++)
        if (strcmp(g.published[i].what, "alarm.raised") == 0) {
            assert_true(otr_id_is_zero(first) || otr_id_equal(first, g.published[i].event));
            first = g.published[i].event;
        }
    accept_all();
    gateway_rest(&g);
    assert_int_equal(otr_driver_outbox_depth(g.driver), 0);
    size_t before = g.published_count;
    gateway_restart(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(g.published_count, before + 1); /* presence alone */
}

static void a_refused_entry_is_offered_again_after_a_while(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    size_t before = g.published_count;
    for (size_t i = 0; i < before; i++)
        otr_driver_published(g.driver, g.published[i].token, OTR_INVALID);
    gateway_turn(&g, 20 * OTR_SECOND);
    assert_int_equal(g.published_count, before);
    assert_true(otr_driver_wait(g.driver) <= 10 * OTR_SECOND);
    gateway_turn(&g, 11 * OTR_SECOND);
    assert_int_equal(g.published_count, before + 3);
}

static void an_entry_that_the_link_refuses_waits_and_the_others_go_on(void **state)
{
    (void)state;
    static const otr_status refusals[] = {OTR_LIMIT, OTR_INVALID};
    for (int i = 0; i < 2; i++) {
        g.unpublished = "alarm.raised"; /* the most urgent of the three */
        g.refusal = refusals[i];
        g.refusals = 0;
        g.published_count = 0;
        assert_int_equal(gateway_send(&g, i == 0 ? "d1" : "d2", 1, 9, 10), OTR_OK);
        gateway_rest(&g);
        otr_driver_link_up(g.driver, 100);
        gateway_turn(&g, OTR_MS);
        gateway_turn(&g, OTR_MS);
        assert_int_equal(g.refusals, 1);
        assert_int_equal(gateway_count(&g, "ticket.opened"), 1);
        assert_int_equal(gateway_count(&g, "notification.raised"), 1);
        assert_int_equal(otr_driver_outbox_depth(g.driver), 3);
        assert_in_range(otr_driver_wait(g.driver), 29 * OTR_SECOND, 30 * OTR_SECOND);
        g.unpublished = NULL;
        gateway_turn(&g, 30 * OTR_SECOND);
        assert_int_equal(gateway_count(&g, "alarm.raised"), 1);
        accept_all();
        otr_driver_link_down(g.driver);
        gateway_rest(&g);
        assert_int_equal(otr_driver_outbox_depth(g.driver), 0);
    }
}

static void a_refused_entry_does_not_spin_on_a_full_link(void **state)
{
    (void)state;
    g.unpublished = "alarm.raised";
    g.refusal = OTR_LIMIT;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_turn(&g, OTR_MS);
    g.refusal = OTR_FULL;
    gateway_turn(&g, 30 * OTR_SECOND);
    assert_int_equal(g.refusals, 2);
    assert_true(otr_driver_wait(g.driver) > 0);
}

static void no_more_is_in_flight_than_the_broker_allows(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 3); /* one of them is for presence */
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.published_count, 1 + 2);
    otr_driver_published(g.driver, g.published[1].token, OTR_OK);
    gateway_rest(&g);
    assert_int_equal(g.published_count, 1 + 3);
}

static void a_notification_that_is_too_old_is_not_sent(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    gateway_turn(&g, 60 * OTR_DAY);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "notification.raised"), 0);
    assert_int_equal(gateway_count(&g, "alarm.raised"), 1);
    assert_int_equal(gateway_count(&g, "ticket.opened"), 1);
    assert_int_equal(counters()->outbox_expired, 1);
}

static void a_notification_expires_at_the_broker_too(void **state)
{
    (void)state;
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    for (int i = 0; i < 2; i++) {
        g.published_count = 0;
        g.unsynced = i == 1; /* then nobody knows what is left */
        otr_driver_link_up(g.driver, 100);
        gateway_turn(&g, OTR_HOUR);
        for (size_t j = 0; j < g.published_count; j++) {
            bool notification = strcmp(g.published[j].what, "notification.raised") == 0;
            if (notification && !g.unsynced)
                assert_in_range(g.published[j].expiry_s, 1, 24 * 3600 - 3600);
            else
                assert_int_equal(g.published[j].expiry_s, 0);
        }
        assert_int_equal(gateway_count(&g, "notification.raised"), 1);
        otr_driver_link_down(g.driver);
    }
}

static void presence_says_how_many_tickets_nobody_has_received(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 10);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 1), OTR_OK);
    gateway_turn(&g, 0);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "ticket.opened"), 1);
    assert_int_equal(gateway_count(&g, "status.online"), 1);
    gateway_turn(&g, 11 * OTR_MINUTE);
    gateway_rest(&g);
    assert_int_equal(otr_driver_unreceived_tickets(g.driver), 1);
    assert_int_equal(gateway_count(&g, "status.online"), 2);
    gateway_turn(&g, 25 * OTR_MINUTE);
    gateway_rest(&g); /* sent again, and nothing else to say */
    assert_int_equal(gateway_count(&g, "status.online"), 2);
}

static void presence_is_retained_and_each_connection_has_its_own(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 10);
    otr_driver_link_down(g.driver);
    otr_driver_link_up(g.driver, 10);
    assert_int_equal(gateway_count(&g, "status.online"), 2);
    assert_true(g.published[0].retain);
    assert_string_equal(g.published[0].topic, "outrider/v1/g/w/status");
    assert_false(otr_id_equal(g.published[0].event, g.published[1].event));
    otr_driver_published(g.driver, g.published[0].token, OTR_OK); /* no entry waits for it */
    assert_int_equal(counters()->published, 0);
}

/* The will of a connection that one node of a cluster still holds may come after we came to another. */
static void presence_is_said_once_more_where_another_node_may_say_the_will_late(void **state)
{
    (void)state;
    g.presence_again_us = OTR_MINUTE;
    gateway_restart(&g);
    otr_driver_link_up(g.driver, 10);
    gateway_turn(&g, 59 * OTR_SECOND);
    assert_int_equal(gateway_count(&g, "status.online"), 1);
    assert_true(otr_driver_wait(g.driver) <= OTR_SECOND);
    gateway_turn(&g, OTR_SECOND);
    assert_int_equal(gateway_count(&g, "status.online"), 2);
    gateway_turn(&g, OTR_HOUR);
    assert_int_equal(gateway_count(&g, "status.online"), 2);
    otr_driver_link_down(g.driver);
    otr_driver_link_up(g.driver, 10);
    otr_driver_link_down(g.driver);
    gateway_turn(&g, OTR_HOUR);
    assert_int_equal(gateway_count(&g, "status.online"), 3);
}

/* The store reads the commit on a thread of its own: acknowledgements that come meanwhile must not move what
 * it reads. */
static void a_commit_under_way_is_not_touched_by_acknowledgements(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) { /* more entries than a first allocation of the list holds */
        assert_int_equal(gateway_send(&g, "d1", i, i % 2 == 0 ? 9 : 1, (uint64_t)i + 1), OTR_OK);
        gateway_turn(&g, OTR_SECOND);
        (void)gateway_commit(&g, GATEWAY_DONE);
    }
    otr_driver_link_up(g.driver, 200);
    gateway_turn(&g, 0);
    size_t sent = g.published_count;
    assert_true(sent > 40);
    otr_driver_published(g.driver, g.published[1].token, OTR_OK);
    assert_int_equal(gateway_send(&g, "d1", 100, 9, 101), OTR_OK);
    gateway_turn(&g, OTR_SECOND);
    assert_non_null(g.commit);
    assert_true(g.commit->left_count > 0);
    otr_outbox_left before[GATEWAY_EVENTS];
    memcpy(before, g.commit->left, g.commit->left_count * sizeof *before);
    for (size_t i = 2; i < sent; i++)
        otr_driver_published(g.driver, g.published[i].token, OTR_OK);
    assert_memory_equal(before, g.commit->left, g.commit->left_count * sizeof *before);
}

static void a_snapshot_that_does_not_read_back_is_told(void **state)
{
    (void)state;
    otr_driver_link_up(g.driver, 100);
    assert_int_equal(gateway_send(&g, "d1", 1, 9, 10), OTR_OK);
    gateway_rest(&g);
    assert_int_equal(otr_driver_open_alarms(g.driver), 1);
    gateway_spoil_snapshots(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "status.loss"), 1);
    assert_int_equal(otr_driver_open_alarms(g.driver), 1); /* the journal has it all */
    accept_all();
    gateway_rest(&g);
    gateway_restart(&g);
    otr_driver_link_up(g.driver, 100);
    gateway_rest(&g);
    assert_int_equal(gateway_count(&g, "status.loss"), 1); /* a new one was written */
    assert_int_equal(otr_driver_open_alarms(g.driver), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_commit_under_way_is_not_touched_by_acknowledgements),
        CASE(a_device_is_answered_when_its_reading_is_committed_and_not_before),
        CASE(a_repeated_upload_waits_for_the_first_or_is_answered_at_once),
        CASE(a_repeated_upload_is_recognised_after_a_restart),
        CASE(a_repeated_upload_is_recognised_after_a_restart_and_a_commit_that_failed),
        CASE(an_upload_that_comes_during_a_commit_is_not_kept_by_it),
        CASE(a_full_inbox_pushes_back_until_turns_have_emptied_it),
        CASE(an_upload_that_the_turn_did_not_take_is_not_kept_by_its_commit),
        CASE(what_is_refused_is_not_remembered_as_seen),
        CASE(a_stop_refuses_uploads_and_ends_with_a_snapshot),
        CASE(a_quiet_reading_waits_for_company),
        CASE(an_alarm_does_not_wait),
        CASE(a_device_that_empties_its_buffer_does_not_wait),
        CASE(nothing_to_do_is_no_commit),
        CASE(a_failed_commit_pushes_back_and_the_core_is_rebuilt),
        CASE(a_commit_that_failed_and_is_there_all_the_same_is_not_repeated),
        CASE(what_nobody_outside_would_repeat_survives_a_failed_commit),
        CASE(a_loss_is_told_once_whatever_fails),
        CASE(a_snapshot_that_does_not_read_back_is_told),
        CASE(an_outbox_that_cannot_be_read_is_a_reason_to_rebuild),
        CASE(an_entry_leaves_when_the_broker_has_it_and_is_sent_again_until_then),
        CASE(a_refused_entry_is_offered_again_after_a_while),
        CASE(an_entry_that_the_link_refuses_waits_and_the_others_go_on),
        CASE(a_refused_entry_does_not_spin_on_a_full_link),
        CASE(no_more_is_in_flight_than_the_broker_allows),
        CASE(a_notification_that_is_too_old_is_not_sent),
        CASE(a_notification_expires_at_the_broker_too),
        CASE(presence_says_how_many_tickets_nobody_has_received),
        CASE(presence_is_retained_and_each_connection_has_its_own),
        CASE(presence_is_said_once_more_where_another_node_may_say_the_will_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
