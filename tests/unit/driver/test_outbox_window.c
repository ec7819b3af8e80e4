/* The outbox window: order by class and sequence, what goes back to the store, and that nothing stays there
 * for ever. */
#include "driver/outbox_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static otr_row_outbox row(uint64_t seq, otr_outbox_class class)
{
    return (otr_row_outbox){.seq = seq, .class = class, .body = OTR_STR("body")};
}

static bool add(otr_outbox_window *window, uint64_t seq, otr_outbox_class class)
{
    otr_row_outbox r = row(seq, class);
    return otr_outbox_window_add(window, &r);
}

static bool fill(otr_outbox_window *window, uint64_t seq, otr_outbox_class class)
{
    otr_row_outbox r = row(seq, class);
    return otr_outbox_window_fill(window, class, &r);
}

static uint64_t next(otr_outbox_window *window)
{
    otr_time soonest;
    otr_outbox_window_entry *entry = otr_outbox_window_next(window, 0, &soonest);
    return entry != NULL ? entry->seq : 0;
}

static void urgent_entries_leave_first_and_each_class_in_order(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    assert_true(add(&window, 1, OTR_OUTBOX_NORMAL));
    assert_true(add(&window, 2, OTR_OUTBOX_BULK));
    assert_true(add(&window, 3, OTR_OUTBOX_URGENT));
    assert_true(add(&window, 4, OTR_OUTBOX_NORMAL));
    assert_true(add(&window, 5, OTR_OUTBOX_URGENT));
    static const uint64_t order[] = {3, 5, 1, 4, 2};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(next(&window), order[i]);
        otr_outbox_window_entry *entry = otr_outbox_window_find(&window, order[i]);
        entry->sent = true;
        window.sent++;
    }
    assert_int_equal(next(&window), 0);
    otr_outbox_window_unsend(&window);
    assert_int_equal(window.sent, 0);
    assert_int_equal(next(&window), 3);
    otr_outbox_window_done(&window);
}

static void a_refused_entry_waits_and_lets_the_others_pass(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    otr_time soonest;
    assert_true(add(&window, 1, OTR_OUTBOX_NORMAL));
    assert_true(add(&window, 2, OTR_OUTBOX_NORMAL));
    otr_outbox_window_find(&window, 1)->not_before = 30;
    assert_int_equal(otr_outbox_window_next(&window, 29, &soonest)->seq, 2);
    otr_outbox_window_remove(&window, otr_outbox_window_find(&window, 2));
    assert_null(otr_outbox_window_next(&window, 29, &soonest));
    assert_int_equal(soonest, 30);
    assert_int_equal(otr_outbox_window_next(&window, 30, &soonest)->seq, 1);
    otr_outbox_window_done(&window);
}

static void an_urgent_entry_sends_the_least_urgent_back_to_the_store(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    otr_outbox_class class;
    size_t limit;
    for (uint64_t i = 1; i <= OTR_LIMIT_OUTBOX_WINDOW; i++)
        assert_true(add(&window, i, OTR_OUTBOX_BULK));
    assert_false(add(&window, 300, OTR_OUTBOX_BULK)); /* its own kind gives no way */
    assert_true(add(&window, 301, OTR_OUTBOX_URGENT));
    assert_int_equal(window.count, OTR_LIMIT_OUTBOX_WINDOW);
    assert_int_equal(next(&window), 301);
    assert_null(otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW));
    assert_false(otr_outbox_window_wants(&window, &class, &limit)); /* no room worth a read */
    while (window.count > 0)
        otr_outbox_window_remove(&window, &window.entries[0]);
    assert_true(otr_outbox_window_wants(&window, &class, &limit));
    assert_int_equal(class, OTR_OUTBOX_BULK);
    assert_int_equal(window.after[class], OTR_LIMIT_OUTBOX_WINDOW - 1);
    assert_true(fill(&window, OTR_LIMIT_OUTBOX_WINDOW, class));
    assert_true(fill(&window, 300, class));
    otr_outbox_window_complete(&window, class);
    assert_false(otr_outbox_window_wants(&window, &class, &limit));
    assert_int_equal(window.waiting_rows, 0);
    otr_outbox_window_done(&window);
}

static void what_is_sent_is_not_sent_back(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    for (uint64_t i = 1; i <= OTR_LIMIT_OUTBOX_WINDOW; i++)
        assert_true(add(&window, i, OTR_OUTBOX_BULK));
    for (size_t i = 0; i < window.count; i++)
        window.entries[i].sent = true;
    window.sent = window.count;
    assert_false(add(&window, 301, OTR_OUTBOX_URGENT));
    assert_true(window.waiting[OTR_OUTBOX_URGENT]);
    assert_non_null(otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW));
    otr_outbox_window_done(&window);
}

/* Commit and read race: the row was committed after the read began and heard of before, after, or by the
 * read. */
static void a_row_that_races_a_read_is_neither_lost_nor_doubled(void **state)
{
    (void)state;
    otr_outbox_class class;
    size_t limit;
    for (int order = 0; order < 3; order++) {
        otr_outbox_window window = {.waiting = {false, true, false}};
        assert_true(otr_outbox_window_wants(&window, &class, &limit));
        if (order == 0) /* the read did not see it, and ends later */
            assert_false(add(&window, 7, OTR_OUTBOX_NORMAL));
        if (order == 2) /* the read saw it */
            assert_true(fill(&window, 7, OTR_OUTBOX_NORMAL));
        otr_outbox_window_complete(&window, OTR_OUTBOX_NORMAL);
        if (order > 0)
            assert_true(add(&window, 7, OTR_OUTBOX_NORMAL));
        if (otr_outbox_window_wants(&window, &class, &limit)) {
            assert_int_equal(order, 0);
            assert_true(fill(&window, 7, class));
            otr_outbox_window_complete(&window, class);
        }
        assert_int_equal(window.count, 1);
        assert_int_equal(next(&window), 7);
        assert_false(otr_outbox_window_wants(&window, &class, &limit));
        otr_outbox_window_done(&window);
    }
}

static void rows_for_which_there_is_no_room_stay_in_the_store(void **state)
{
    (void)state;
    otr_outbox_window window = {.waiting = {false, true, false}};
    otr_outbox_class class;
    size_t limit;
    assert_true(otr_outbox_window_wants(&window, &class, &limit));
    for (uint64_t i = 1; i <= OTR_LIMIT_OUTBOX_WINDOW; i++)
        assert_true(add(&window, i, OTR_OUTBOX_URGENT));
    assert_false(fill(&window, 300, OTR_OUTBOX_NORMAL));
    while (window.count > 0)
        otr_outbox_window_remove(&window, &window.entries[0]);
    assert_true(otr_outbox_window_wants(&window, &class, &limit));
    assert_true(window.after[OTR_OUTBOX_NORMAL] < 300);
    otr_outbox_window_done(&window);
}

/* Random traffic against a plain list of what the store has: each row leaves once, in the order of its class
 * as far as it was in the window. */
static void everything_leaves_once_whatever_the_traffic(void **state)
{
    (void)state;
    enum { ROWS = 4000 };
    static uint8_t class_of[ROWS + 1];
    static uint8_t left[ROWS + 1];
    for (unsigned seed = 1; seed <= 20; seed++) {
        static otr_outbox_window window;
        unsigned dice = seed;
        uint64_t last = 0;
        size_t gone = 0;
        bool reading = false;
        otr_outbox_class class = OTR_OUTBOX_URGENT;
        size_t limit = 0;
        uint64_t after = 0;
        uint64_t read_last = 0;
        window = (otr_outbox_window){0};
        memset(left, 0, sizeof left);
        while (gone < ROWS) {
            dice = dice * 1664525 + 1013904223;
            unsigned roll = dice >> 16;
            if (roll % 4 != 0 && last < ROWS) {
                class_of[++last] = (uint8_t)(roll / 4 % OTR_OUTBOX_CLASSES);
                (void)add(&window, last, (otr_outbox_class)class_of[last]);
            } else if (roll % 3 == 0 && !reading && otr_outbox_window_wants(&window, &class, &limit)) {
                reading = true;
                after = window.after[class];
                read_last = last; /* the read sees what is there now */
            } else if (roll % 3 == 1 && reading) {
                reading = false;
                size_t count = 0;
                bool all = true;
                if (window.after[class] != after)
                    continue; /* as the driver does: an entry went back meanwhile */
                for (uint64_t seq = after + 1; seq <= read_last && count < limit && all; seq++)
                    if (class_of[seq] == class && left[seq] == 0) {
                        count++;
                        all = fill(&window, seq, class);
                    }
                if (all && count < limit)
                    otr_outbox_window_complete(&window, class);
            } else if (last == ROWS || roll % 8 == 4) {
                uint64_t seq = next(&window);
                if (seq == 0)
                    continue;
                assert_int_equal(left[seq], 0);
                left[seq] = 1;
                gone++;
                otr_outbox_window_remove(&window, otr_outbox_window_find(&window, seq));
            }
        }
        assert_int_equal(window.count, 0);
    }
}

static void what_was_handed_over_stays_until_the_store_knows_it(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    for (uint64_t seq = 1; seq <= OTR_LIMIT_OUTBOX_WINDOW; seq++)
        assert_true(add(&window, seq, OTR_OUTBOX_BULK));
    otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW)->sent = true;
    window.sent = 1;
    assert_true(otr_outbox_window_unsend(&window));
    assert_true(add(&window, 1000, OTR_OUTBOX_URGENT)); /* takes the place of the one before it */
    assert_non_null(otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW));
    assert_null(otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW - 1));
    otr_outbox_window_forget_unsent(&window);
    assert_int_equal(window.count, 1);
    /* what is still there is not taken twice */
    assert_true(fill(&window, OTR_LIMIT_OUTBOX_WINDOW - 1, OTR_OUTBOX_BULK));
    assert_true(fill(&window, OTR_LIMIT_OUTBOX_WINDOW, OTR_OUTBOX_BULK));
    assert_int_equal(window.count, 2);
    otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW)->marking = true;
    otr_outbox_window_marked(&window, false);
    assert_true(otr_outbox_window_unsend(&window));
    otr_outbox_window_find(&window, OTR_LIMIT_OUTBOX_WINDOW)->marking = true;
    otr_outbox_window_marked(&window, true);
    assert_false(otr_outbox_window_unsend(&window));
    otr_outbox_window_forget_unsent(&window);
    assert_int_equal(window.count, 0);
    otr_outbox_window_done(&window);
}

/* 1 was under way when the store erased it, and so was 2, which it does not know to have been handed over. */
static void what_was_erased_under_way_is_not_sent_again(void **state)
{
    (void)state;
    otr_outbox_window window = {0};
    for (uint64_t seq = 1; seq <= 2; seq++) {
        assert_true(add(&window, seq, OTR_OUTBOX_NORMAL));
        otr_outbox_window_find(&window, seq)->sent = true;
        otr_outbox_window_find(&window, seq)->marked = seq == 1;
        window.sent++;
    }
    otr_outbox_window_forget(&window);
    assert_int_equal(window.count, 2);
    assert_true(otr_outbox_window_unsend(&window));
    assert_int_equal(next(&window), 0);
    otr_outbox_window_marked(&window, false);
    assert_null(otr_outbox_window_find(&window, 1));
    otr_outbox_window_find(&window, 2)->marking = true;
    otr_outbox_window_marked(&window, true);
    assert_int_equal(window.count, 0);
    assert_true(fill(&window, 2, OTR_OUTBOX_NORMAL)); /* it is there after all */
    assert_int_equal(next(&window), 2);
    otr_outbox_window_done(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_erased_under_way_is_not_sent_again),
        cmocka_unit_test(what_was_handed_over_stays_until_the_store_knows_it),
        cmocka_unit_test(urgent_entries_leave_first_and_each_class_in_order),
        cmocka_unit_test(a_refused_entry_waits_and_lets_the_others_pass),
        cmocka_unit_test(an_urgent_entry_sends_the_least_urgent_back_to_the_store),
        cmocka_unit_test(what_is_sent_is_not_sent_back),
        cmocka_unit_test(a_row_that_races_a_read_is_neither_lost_nor_doubled),
        cmocka_unit_test(rows_for_which_there_is_no_room_stay_in_the_store),
        cmocka_unit_test(everything_leaves_once_whatever_the_traffic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
