/*
 * The property behind the lifecycle: readings, late ones too, deadlines, new versions of a pack and
 * operators' commands come in any order, and a core that is rebuilt at every boundary, from a snapshot of any
 * age, decides and tells exactly what one decides that never stopped. Beside it, laws that every history
 * obeys: what is told of an alarm tells a story that makes sense, and nobody hears of an alarm that was never
 * raised to them.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

enum { STEPS = 220, SEEDS = 40 };

static const char *const packs[] = {
    "pack: test\nversion: 1\nrules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, suppress: defrost, inhibited_by: [Broken], ticket: {queue: "
    "q}}\n"
    "  - {alert: Long, expr: temperature > 6.0, for: 20m, keep_firing_for: 5m}\n"
    "  - {alert: Drop, expr: shock > 3.0, latch: true, inhibited_by: [Warm]}\n"
    "  - {alert: Broken, expr: broken}\n"
    "  - {alert: Silent, silent_for: 2h}\n",
    "pack: test\nversion: 2\nrules:\n"
    "  - {alert: Warm, expr: temperature > 8.5, suppress: defrost, ticket: {queue: q}}\n"
    "  - {alert: Long, expr: temperature > 6.0, for: 20m, keep_firing_for: 5m, latch: true}\n"
    "  - {alert: Drop, expr: shock > 3.0, suppress: defrost}\n"
    "  - {alert: Silent, silent_for: 2h}\n",
};
static const char assets[] = "version: 1\nassets:\n"
                             "  - {asset: a, class: x, devices: [a1]}\n"
                             "  - {asset: b, class: x, devices: [b1]}\n";
static const char *const rules[] = {"Warm", "Long", "Drop", "Broken", "Silent"};

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* ---- one history, step by step ---- */

static void report(world *w, unsigned *dice)
{
    static const char *const metrics[] = {"temperature", "temperature", "shock", "defrost", "broken"};
    unsigned which = random_next(dice) % 5;
    otr_time late = random_next(dice) % 4 == 0 ? (otr_time)(random_next(dice) % 180) * OTR_MINUTE : 0;
    otr_reading reading = world_number(metrics[which], random_next(dice) % 12, w->utc - late);
    if (which >= 3) {
        reading.kind = OTR_KIND_BOOL;
        reading.flag = random_next(dice) % 2 == 0;
    }
    world_upload(w, random_next(dice) % 2 == 0 ? "a1" : "b1", &reading, 1);
}

static void command(world *w, unsigned *dice)
{
    otr_command one = {.kind = (otr_command_kind)(OTR_COMMAND_ACKNOWLEDGE + random_next(dice) % 6)};
    unsigned target = random_next(dice);
    if (target % 3 == 0 && w->alarm_count > 0) {
        one.alarm = w->alarms[random_next(dice) % w->alarm_count].id;
    } else {
        one.rule = otr_str_of(rules[target % 5]);
        one.asset = target % 2 == 0 ? OTR_STR("a") : OTR_STR("b");
    }
    if (one.kind == OTR_COMMAND_SHELVE && random_next(dice) % 2 == 0)
        one.span = (1 + random_next(dice) % 90) * OTR_MINUTE;
    else if (one.kind == OTR_COMMAND_SHELVE)
        one.until = w->utc + (1 + random_next(dice) % 90) * OTR_MINUTE;
    if (random_next(dice) % 8 == 0) /* sent again, or another of the same name */
        one.id = (otr_id){{1, (uint8_t)(random_next(dice) % 4)}};
    (void)world_command(w, one);
}

static void step(world *w, unsigned *dice)
{
    unsigned what = random_next(dice) % 100;
    if (what < 55) {
        report(w, dice);
    } else if (what < 85) {
        command(w, dice);
    } else if (what < 97) {
        world_sleep(w, (1 + random_next(dice) % (what < 90 ? 200 : 20)) * OTR_MINUTE);
    } else if (what < 99) {
        world_activate(w, "pack/test", packs[random_next(dice) % 2]);
    } else {
        w->synced = true;
        w->utc += (otr_time)(random_next(dice) % 60) * OTR_MINUTE; /* the clock is set */
        world_step(w, NULL, 0);
    }
}

/* ---- laws ---- */

static bool is_word(const world_event *event, const char *what)
{
    return strcmp(event->what, what) == 0;
}

/* The story of one alarm, from what was told of it. Once late data has corrected it, it may have been opened
 * again, which its events do not say here: then only its begin and its end are checked. */
static void check_story(const world *w, const world_alarm *alarm, unsigned seed)
{
    const char *last = "";
    bool over = false;
    bool known = false;
    bool moved = false;
    for (size_t i = 0; i < w->event_count; i++) {
        const world_event *event = &w->events[i];
        if (event->kind != OTR_SERVICE_ALARM || !otr_id_equal(event->entity, alarm->id))
            continue;
        bool first = last[0] == '\0';
        bool begins = is_word(event, "raised") || is_word(event, "historical");
        bool ends = is_word(event, "cleared") || is_word(event, "withdrawn") || is_word(event, "historical");
        if (first != begins || strcmp(last, "retracted") == 0)
            fail_msg("seed %u: %s after \"%s\"", seed, event->what, last);
        moved |= is_word(event, "corrected");
        if (ends && over && !moved)
            fail_msg("seed %u: %s of what is over", seed, event->what);
        if (is_word(event, "acknowledged") && known && !moved)
            fail_msg("seed %u: acknowledged twice", seed);
        if (is_word(event, "reset") && !(over && known))
            fail_msg("seed %u: reset too early", seed);
        over |= ends;
        known |= is_word(event, "acknowledged");
        last = event->what;
    }
    bool untold = otr_alarm_is_withheld(alarm->state) || alarm->state == OTR_ALARM_UNTOLD;
    if (untold && last[0] != '\0')
        fail_msg("seed %u: %s told of an alarm that is %s", seed, last, otr_alarm_state_text(alarm->state));
    bool holds = otr_alarm_is_withheld(alarm->state) || alarm->state == OTR_ALARM_UNACKNOWLEDGED ||
                 alarm->state == OTR_ALARM_ACKNOWLEDGED;
    if (holds != (alarm->ended == OTR_TIME_NONE))
        fail_msg("seed %u: %s, but its end says otherwise", seed, otr_alarm_state_text(alarm->state));
    if ((alarm->state == OTR_ALARM_ACKNOWLEDGED || alarm->state == OTR_ALARM_LATCHED_ACKNOWLEDGED) && !known)
        fail_msg("seed %u: acknowledged by nobody", seed);
    bool waits = alarm->state == OTR_ALARM_RETURNED || alarm->state == OTR_ALARM_LATCHED;
    if (waits && !moved && (known || !over))
        fail_msg("seed %u: %s after \"%s\"", seed, otr_alarm_state_text(alarm->state), last);
}

static void check_laws(const world *w, unsigned seed)
{
    for (size_t i = 0; i < w->alarm_count; i++)
        check_story(w, &w->alarms[i], seed);
}

static void assert_same(const world *a, const world *b, unsigned seed)
{
    if (a->alarm_count != b->alarm_count || a->event_count != b->event_count)
        fail_msg("seed %u: %zu alarms and %zu events against %zu and %zu", seed, a->alarm_count,
                 a->event_count, b->alarm_count, b->event_count);
    for (size_t i = 0; i < a->alarm_count; i++)
        if (!otr_id_equal(a->alarms[i].id, b->alarms[i].id) || a->alarms[i].state != b->alarms[i].state ||
            a->alarms[i].revision != b->alarms[i].revision || a->alarms[i].ended != b->alarms[i].ended)
            fail_msg("seed %u: alarm %zu of %s is %s against %s", seed, i, a->alarms[i].rule,
                     otr_alarm_state_text(a->alarms[i].state), otr_alarm_state_text(b->alarms[i].state));
    for (size_t i = 0; i < a->event_count; i++)
        if (!otr_id_equal(a->events[i].event, b->events[i].event) ||
            strcmp(a->events[i].what, b->events[i].what) != 0)
            fail_msg("seed %u: event %zu is %s against %s", seed, i, a->events[i].what, b->events[i].what);
    if (otr_core_open_alarms(a->core) != otr_core_open_alarms(b->core))
        fail_msg("seed %u: alarms that are open", seed);
}

static bool is_over(const world *w, unsigned done)
{
    return done == STEPS || w->alarm_count > 3000;
}

static void commands_and_restarts_in_any_order_give_the_same_history(void **state)
{
    size_t states[OTR_ALARM_STATE_COUNT] = {0};
    (void)state;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        world *whole = world_create(packs[0], assets, T0);
        world *cut = world_create(packs[0], assets, T0);
        unsigned dice = seed;
        unsigned other = seed;
        unsigned snapshots = seed;
        for (unsigned done = 0; !is_over(whole, done); done++) {
            step(whole, &dice);
            step(cut, &other);
            if (cut->result.refusal != whole->result.refusal || cut->result.alarms != whole->result.alarms)
                fail_msg("seed %u: a command is answered \"%s\" against \"%s\"", seed,
                         otr_refusal_text(whole->result.refusal), otr_refusal_text(cut->result.refusal));
            if (random_next(&snapshots) % 4 == 0)
                world_snapshot(cut);
            world_restart(cut, false);
            assert_same(whole, cut, seed);
        }
        check_laws(whole, seed);
        for (size_t i = 0; i < whole->alarm_count; i++)
            states[whole->alarms[i].state]++;
        world_free(whole);
        world_free(cut);
    }
    for (int i = 0; i < OTR_ALARM_STATE_COUNT; i++)
        if (states[i] == 0)
            fail_msg("no history ended with an alarm that is %s", otr_alarm_state_text((otr_alarm_state)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_and_restarts_in_any_order_give_the_same_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
