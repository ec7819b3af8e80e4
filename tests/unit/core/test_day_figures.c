/* The gateway's day in figures: what is counted where, when it is published, and that it survives restarts
 * and midnights. */
#include "base/date.h"
#include "base/limits.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Hot\n"
                           "    expr: temperature > 8\n"
                           "    labels: {category: cold}\n"
                           "    ticket: {queue: cold, verify: 2h}\n"
                           "    notify: {to: customer, message: hot, on: [raised, cleared]}\n"
                           "messages: {hot: {en: {raised: It is hot., cleared: Over.}}}\n";
static const char assignments[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: eve, persona: consignee, locale: en}\n"
    "assets:\n"
    "  - {asset: box, class: x, model: M1, lot: L7, devices: [d], customer: eve}\n"
    "  - {asset: other, class: y, devices: [e]}\n";
/* 22:00 of a day. */
#define DAY 19675
#define START ((otr_time)DAY * OTR_DAY + 22 * OTR_HOUR)

static uint64_t count(const world *w, otr_bucket_dimension dimension, const char *key, otr_bucket_count what)
{
    const otr_bucket_cell *cell = otr_bucket_find(&w->core->figures.bucket, dimension, otr_str_of(key));
    return cell != NULL ? cell->counts[what] : 0;
}

static uint64_t total(const world *w, otr_bucket_count what)
{
    return count(w, OTR_BY_TOTAL, "", what);
}

static otr_refusal act(world *w, otr_desk_act given)
{
    given.ticket = world_event_get(w, OTR_SERVICE_TICKET, "opened", 0)->entity;
    given.by = given.by == 0 ? OTR_TIME_NONE : given.by;
    otr_command command = {
        .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .who = OTR_STR("kim"), .desk = given};
    return world_command(w, command).refusal;
}

static otr_refusal answer(world *w, otr_customer_action action)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.action = action;
    command.customer.notification = world_notice_get(w, OTR_NOTICE_TOLD, "Hot", NULL)->id;
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    return world_command(w, command).refusal;
}

static world *hot(void)
{
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    return w;
}

static void an_event_is_counted_in_each_dimension_that_it_has(void **state)
{
    (void)state;
    world *w = hot();
    static const struct {
        otr_bucket_dimension dimension;
        const char *key;
        uint64_t alarms;
        uint64_t cases;
        uint64_t opened;
        uint64_t told;
    } rows[] = {
        {OTR_BY_TOTAL, "", 1, 1, 1, 1},     {OTR_BY_RULE, "p/Hot", 1, 1, 1, 1},
        {OTR_BY_PRODUCT, "M1", 1, 1, 1, 1}, {OTR_BY_LOT, "L7", 1, 1, 1, 1},
        {OTR_BY_CAUSE, "cold", 1, 1, 1, 1}, {OTR_BY_QUEUE, "cold", 1, 1, 1, 0},
        {OTR_BY_PRODUCT, "x", 0, 0, 0, 0},  {OTR_BY_LANE, "", 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t got[] = {count(w, rows[i].dimension, rows[i].key, OTR_COUNT_ALARMS),
                          count(w, rows[i].dimension, rows[i].key, OTR_COUNT_CASES),
                          count(w, rows[i].dimension, rows[i].key, OTR_COUNT_OPENED),
                          count(w, rows[i].dimension, rows[i].key, OTR_COUNT_TOLD)};
        if (got[0] != rows[i].alarms || got[1] != rows[i].cases || got[2] != rows[i].opened ||
            got[3] != rows[i].told)
            fail_msg("row %zu: %llu %llu %llu %llu", i, (unsigned long long)got[0],
                     (unsigned long long)got[1], (unsigned long long)got[2], (unsigned long long)got[3]);
    }
    world_report(w, "e", "temperature", 9, START + 2 * OTR_MINUTE);
    assert_int_equal(count(w, OTR_BY_PRODUCT, "y", OTR_COUNT_ALARMS), 1); /* no model: the class */
    assert_int_equal(total(w, OTR_COUNT_ALARMS), 2);
    assert_int_equal(total(w, OTR_COUNT_DROPPED_OTHER), 1); /* nobody to tell */
    world_free(w);
}

static void the_desk_is_counted_by_what_its_case_is_about(void **state)
{
    (void)state;
    world *w = hot();
    world_sleep(w, 10 * OTR_MINUTE);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RECEIVED}), 0);
    assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_RESOLVED, .what = {"done", 4}}), 0);
    world_report(w, "d", "temperature", 3, START + 12 * OTR_MINUTE);
    world_activate(w, "assignments", "version: 1\nassets:\n  - {asset: other, class: y, devices: [e]}\n");
    world_sleep(w, OTR_HOUR + OTR_MINUTE * 40);
    const otr_bucket_cell *lot = otr_bucket_find(&w->core->figures.bucket, OTR_BY_LOT, OTR_STR("L7"));
    assert_int_equal(lot->counts[OTR_COUNT_RESOLVED], 1);
    assert_int_equal(lot->spreads[OTR_SPREAD_TO_RESOLVE].sum, 600);
    assert_int_equal(lot->spreads[OTR_SPREAD_TO_ACKNOWLEDGE].sum, 600);
    world_sleep(w, OTR_HOUR); /* past midnight: closed after two hours, though the asset is gone */
    assert_int_equal(w->core->figures.bucket.day, DAY + 1);
    assert_int_equal(count(w, OTR_BY_LOT, "L7", OTR_COUNT_CLOSED), 1);
    assert_int_equal(count(w, OTR_BY_LOT, "L7", OTR_COUNT_FIRST_CONTACT), 1);
    assert_int_equal(total(w, OTR_COUNT_RESOLVED), 0);
    world_free(w);
}

static void what_readers_think_is_counted_with_how_long_it_lasted(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(answer(w, OTR_CUSTOMER_USEFUL), 0);
    assert_int_equal(answer(w, OTR_CUSTOMER_STATUS), 0);
    assert_int_equal(count(w, OTR_BY_RULE, "p/Hot", OTR_COUNT_USEFUL), 1);
    assert_int_equal(count(w, OTR_BY_RULE, "p/Hot", OTR_COUNT_ASKED_AGAIN), 1);
    const otr_bucket_cell *rule = otr_bucket_find(&w->core->figures.bucket, OTR_BY_RULE, OTR_STR("p/Hot"));
    assert_int_equal(rule->spreads[OTR_SPREAD_LASTED_USEFUL].sum, 0); /* it goes on */
    world_restart(w, true);
    world_report(w, "d", "temperature", 3, START + 31 * OTR_MINUTE);
    rule = otr_bucket_find(&w->core->figures.bucket, OTR_BY_RULE, OTR_STR("p/Hot"));
    assert_int_equal(rule->spreads[OTR_SPREAD_LASTED_USEFUL].sum, 30 * 60);
    assert_int_equal(w->core->figures.wait_count, 0);
    assert_int_equal(answer(w, OTR_CUSTOMER_WRONG), 0);
    rule = otr_bucket_find(&w->core->figures.bucket, OTR_BY_RULE, OTR_STR("p/Hot"));
    assert_int_equal(rule->spreads[OTR_SPREAD_LASTED_WRONG].sum, 30 * 60);
    world_free(w);
}

static void what_nobody_has_answered_was_ignored(void **state)
{
    (void)state;
    world *w = hot();
    world_report(w, "d", "temperature", 3, START + 31 * OTR_MINUTE);
    uint64_t ignored = 0;
    for (int day = 0; day < OTR_LIMIT_NOTICE_DAYS + 2; day++) {
        world_sleep(w, OTR_DAY);
        ignored += count(w, OTR_BY_RULE, "p/Hot", OTR_COUNT_IGNORED);
    }
    assert_true(ignored >= 1);
    world_free(w);
}

static void it_is_published_each_hour_and_closed_at_midnight(void **state)
{
    (void)state;
    world *w = hot();
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), 0);
    world_sleep(w, OTR_HOUR);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), 1);
    const world_event *first = world_event_get(w, OTR_SERVICE_FIGURES, "updated", 0);
    assert_int_equal(first->revision, 1);
    assert_true(first->onset == (otr_time)DAY * OTR_DAY);
    world_sleep(w, 30 * OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), 1); /* nothing new */
    world_report(w, "e", "temperature", 9, START + 100 * OTR_MINUTE);
    world_sleep(w, OTR_HOUR); /* past midnight */
    const world_event *last = world_event_get(w, OTR_SERVICE_FIGURES, "updated", 1);
    assert_int_equal(last->revision, 2);
    assert_true(last->decided == (otr_time)(DAY + 1) * OTR_DAY);
    assert_true(otr_id_equal(last->replaces, first->event));
    assert_true(otr_id_equal(last->entity, first->entity));
    assert_int_equal(w->core->figures.bucket.day, DAY + 1);
    world_sleep(w, OTR_HOUR);
    const world_event *next = world_event_get(w, OTR_SERVICE_FIGURES, "updated", 2);
    assert_int_equal(next->revision, 1);
    assert_false(otr_id_equal(next->entity, first->entity));
    assert_true(otr_id_is_zero(next->replaces));
    world_free(w);
}

static void the_broker_keeps_a_month(void **state)
{
    (void)state;
    world *w = hot();
    world_sleep(w, (OTR_LIMIT_FIGURES_DAYS - 1) * OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "cleared"), 0);
    world_restart(w, true);
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "cleared"), 1);
    assert_true(world_event_get(w, OTR_SERVICE_FIGURES, "cleared", 0)->onset == (otr_time)DAY * OTR_DAY);
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "cleared"), 2);
    /* off for long: all that is too old goes when a day has passed again */
    w->core_time += 100 * OTR_DAY;
    w->utc += 100 * OTR_DAY;
    world_restart(w, true);
    world_sleep(w, OTR_MINUTE);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "cleared"), 3);
    world_sleep(w, OTR_DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "cleared"), OTR_LIMIT_FIGURES_DAYS + 2);
    assert_int_equal(w->core->figures.kept_count, 1);
    world_free(w);
}

static void it_is_the_same_after_a_restart(void **state)
{
    (void)state;
    for (int snapshot = 0; snapshot < 2; snapshot++) {
        world *w = hot();
        assert_int_equal(answer(w, OTR_CUSTOMER_WRONG), 0);
        assert_int_equal(act(w, (otr_desk_act){.action = OTR_DESK_ACKNOWLEDGED}), 0);
        world_sleep(w, OTR_HOUR);
        if (snapshot)
            world_snapshot(w);
        otr_buffer before = {0};
        otr_buffer after = {0};
        otr_day_figures_write(w->core, &before);
        world_restart(w, false);
        otr_day_figures_write(w->core, &after);
        assert_true(otr_str_equal(otr_buffer_text(&before), otr_buffer_text(&after)));
        otr_buffer_done(&before);
        otr_buffer_done(&after);
        world_free(w);
    }
}

static void a_day_without_a_clock_is_none(void **state)
{
    (void)state;
    world *w = hot();
    w->synced = false;
    world_sleep(w, 5 * OTR_HOUR);
    assert_int_equal(w->core->figures.bucket.day, DAY);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), 0);
    world_report(w, "e", "temperature", 9, START + 6 * OTR_HOUR);
    assert_int_equal(total(w, OTR_COUNT_ALARMS), 2);
    w->synced = true;
    world_report(w, "e", "temperature", 9, START + 6 * OTR_HOUR + OTR_MINUTE);
    assert_int_equal(w->core->figures.bucket.day, DAY + 1);
    assert_int_equal(world_events(w, OTR_SERVICE_FIGURES, "updated"), 1);
    world_free(w);
}

/* The broker's figures of the day: of the newest event about it; revision 0: there are none. */
static uint32_t at_broker(const world *w, int32_t day)
{
    uint32_t revision = 0;
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_FIGURES && w->events[i].onset == (otr_time)day * OTR_DAY)
            revision = strcmp(w->events[i].what, "cleared") == 0 ? 0 : w->events[i].revision;
    return revision;
}

/* Three years ahead, and not at the same hour. */
#define AHEAD (1000 * OTR_DAY - 12 * OTR_HOUR)

/* The clock is another from the next turn on. */
static void set_clock(world *w, otr_time by)
{
    w->utc += by;
    world_step(w, NULL, 0);
}

static void a_clock_that_was_far_ahead_stops_no_day(void **state)
{
    (void)state;
    for (int restart = 0; restart < 2; restart++) {
        world *w = hot();
        world_sleep(w, OTR_HOUR);
        set_clock(w, AHEAD);
        world_report(w, "d", "temperature", 3, w->utc + OTR_MINUTE);
        world_report(w, "d", "temperature", 9, w->utc + OTR_MINUTE);
        assert_int_equal(total(w, OTR_COUNT_ALARMS), 1);
        world_sleep(w, 70 * OTR_MINUTE);
        assert_int_equal(w->core->figures.bucket.day, DAY + 1000);
        assert_int_equal(at_broker(w, DAY + 1000), 1);
        assert_int_equal(at_broker(w, DAY), 2); /* closed, and there still */
        if (restart != 0)
            world_restart(w, true);
        set_clock(w, -AHEAD); /* after midnight */
        assert_int_equal(w->core->figures.bucket.day, DAY + 1);
        assert_int_equal(at_broker(w, DAY + 1000), 0);
        assert_int_equal(total(w, OTR_COUNT_ALARMS), 1); /* what was counted is of now */
        world_sleep(w, 2 * OTR_DAY);
        assert_int_equal(w->core->figures.bucket.day, DAY + 3);
        assert_true(at_broker(w, DAY + 1) > 0);
        assert_true(at_broker(w, DAY + 2) > 0);
        assert_int_equal(at_broker(w, DAY), 2);
        world_free(w);
    }
}

static void a_day_that_was_closed_does_not_come_again(void **state)
{
    (void)state;
    world *w = hot();
    for (int i = 0; i < 3; i++) {
        set_clock(w, AHEAD);
        assert_int_equal(at_broker(w, DAY + i), 1);
        set_clock(w, -AHEAD);
        assert_int_equal(w->core->figures.bucket.day, DAY + 1 + i);
    }
    world_sleep(w, 4 * OTR_DAY);
    assert_int_equal(w->core->figures.bucket.day, DAY + 4);
    for (int i = 0; i < 3; i++)
        assert_int_equal(at_broker(w, DAY + i), 1);
    world_free(w);
}

static void what_a_wrong_clock_closed_is_cleared_in_the_end(void **state)
{
    (void)state;
    world *w = hot();
    set_clock(w, AHEAD);
    world_sleep(w, 2 * OTR_DAY);
    assert_true(at_broker(w, DAY + 1001) > 0);
    set_clock(w, -AHEAD);
    world_sleep(w, 2 * OTR_DAY);
    assert_int_equal(at_broker(w, DAY + 1001), 0);
    assert_int_equal(w->core->figures.bucket.day, DAY + 4);
    assert_true(at_broker(w, DAY + 3) > 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_counted_in_each_dimension_that_it_has),
        cmocka_unit_test(the_desk_is_counted_by_what_its_case_is_about),
        cmocka_unit_test(what_readers_think_is_counted_with_how_long_it_lasted),
        cmocka_unit_test(what_nobody_has_answered_was_ignored),
        cmocka_unit_test(it_is_published_each_hour_and_closed_at_midnight),
        cmocka_unit_test(the_broker_keeps_a_month),
        cmocka_unit_test(it_is_the_same_after_a_restart),
        cmocka_unit_test(a_day_without_a_clock_is_none),
        cmocka_unit_test(a_clock_that_was_far_ahead_stops_no_day),
        cmocka_unit_test(a_day_that_was_closed_does_not_come_again),
        cmocka_unit_test(what_a_wrong_clock_closed_is_cleared_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
