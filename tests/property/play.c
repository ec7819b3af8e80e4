#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static otr_input input_of(const story_upload *upload)
{
    return (otr_input){
        .kind = OTR_INPUT_READINGS,
        .upload = {{otr_str_of(upload->device), (otr_reading *)upload->readings, upload->count}, 0}};
}

static world *begin(const story *s, otr_time utc)
{
    return world_create(s->pack, s->assignments, utc);
}

/* Steps over count uploads from index on. */
static void step(world *w, const story *s, size_t index, size_t count)
{
    otr_input inputs[STORY_UPLOADS];
    for (size_t i = 0; i < count; i++)
        inputs[i] = input_of(&s->uploads[index + i]);
    world_step(w, inputs, count);
}

/* Whatever time alone still changes has happened after it. What is open then is open in both places. */
static world *end(world *w)
{
    world_sleep(w, OTR_DAY);
    size_t open = 0;
    for (size_t i = 0; i < w->alarm_count; i++)
        open += w->alarms[i].ended == OTR_TIME_NONE;
    assert_int_equal(open, otr_core_open_alarms(w->core));
    return w;
}

static size_t piece(choices *from, size_t left, uint32_t most)
{
    size_t count = 1 + choose(from, most);
    return count < left ? count : left;
}

world *play_at_once(const story *s)
{
    world *w = begin(s, STORY_LATER);
    step(w, s, 0, s->count);
    return end(w);
}

world *play_in_batches(const story *s, choices *from, uint32_t batch_max, bool restarts)
{
    world *w = begin(s, STORY_LATER);
    for (size_t i = 0, count; i < s->count; i += count) {
        count = piece(from, s->count - i, batch_max);
        bool snapshot = chance(from, 6);
        step(w, s, i, count);
        if (restarts && snapshot)
            world_snapshot(w);
        if (restarts)
            world_restart(w, false);
    }
    return end(w);
}

world *play_in_large_uploads(const story *s, choices *from)
{
    world *w = begin(s, STORY_LATER);
    for (size_t i = 0; i < s->count;) {
        otr_reading readings[12 * STORY_READINGS];
        const char *device = s->uploads[i].device;
        size_t count = 0;
        for (size_t left = piece(from, s->count - i, 12); left > 0 && s->uploads[i].device == device;
             left--, i++) {
            memcpy(readings + count, s->uploads[i].readings, s->uploads[i].count * sizeof *readings);
            count += s->uploads[i].count;
            if (i + 1 == s->count)
                left = 1;
        }
        world_upload(w, device, readings, count);
    }
    return end(w);
}

/* To just before the instant, so that a reading and a deadline of the same instant come in one turn. */
static void sleep_until(world *w, otr_time at)
{
    if (at <= w->utc)
        return;
    world_sleep(w, at - w->utc - 1);
    w->utc++;
    w->core_time++;
}

/* A new start of the process alone, sometimes soon after a snapshot. */
static void crash(world *w, bool snapshot)
{
    if (snapshot)
        world_snapshot(w);
    world_restart(w, false);
}

world *play_live(const story *s, choices *from, bool restarts)
{
    world *w = begin(s, STORY_START - OTR_MINUTE);
    for (size_t i = 0; i < s->count; i++) {
        otr_time at = s->uploads[i].readings[0].at_us;
        uint32_t luck = from != NULL ? choose(from, 64) : 0;
        if (luck == 63)
            world_restart(w, true);
        if (restarts && at > w->utc) {
            sleep_until(w, w->utc + (at - w->utc) / 2);
            crash(w, luck % 4 == 3);
        }
        sleep_until(w, at);
        step(w, s, i, 1);
        if (restarts)
            crash(w, luck % 3 == 2);
    }
    return end(w);
}

world *play_shuffled(const story *s, choices *from, uint32_t piece_max)
{
    size_t order[STORY_UPLOADS]; /* where each piece begins */
    size_t last[STORY_UPLOADS];
    size_t pieces = 0;
    for (size_t i = 0; i < s->count; i = last[pieces++]) {
        order[pieces] = i;
        last[pieces] = i + piece(from, s->count - i, piece_max);
    }
    for (size_t left = pieces; left > 1; left--) {
        size_t other = choose(from, (uint32_t)left);
        size_t first_kept = order[other];
        size_t last_kept = last[other];
        order[other] = order[left - 1];
        last[other] = last[left - 1];
        order[left - 1] = first_kept;
        last[left - 1] = last_kept;
    }
    world *w = begin(s, STORY_LATER);
    for (size_t i = 0; i < pieces; i++) {
        step(w, s, order[i], last[i] - order[i]);
        if (chance(from, 4))
            world_sleep(w, chance(from, 4) ? 11 * OTR_MINUTE : 40 * OTR_SECOND); /* some of it settles */
    }
    return end(w);
}

/* ---- what came of it ---- */

static int order_of(otr_time a, otr_time b)
{
    return (a > b) - (a < b);
}

static int by_span(const void *a, const void *b)
{
    const world_alarm *left = *(const world_alarm *const *)a;
    const world_alarm *right = *(const world_alarm *const *)b;
    int order = strcmp(left->rule, right->rule);
    if (order == 0)
        order = strcmp(left->asset, right->asset);
    if (order == 0)
        order = order_of(left->onset, right->onset);
    return order != 0 ? order : order_of(left->ended, right->ended);
}

static bool is_taken_back(const world *w, const world_alarm *alarm)
{
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_ALARM && strcmp(w->events[i].what, "retracted") == 0 &&
            otr_id_equal(w->events[i].entity, alarm->id))
            return true;
    return false;
}

/* The alarms to compare, as pointers. */
static size_t select_alarms(const world *w, sameness how, const world_alarm **out)
{
    size_t count = 0;
    for (size_t i = 0; i < w->alarm_count; i++) {
        if (how == SAME_IDS || !is_taken_back(w, &w->alarms[i]))
            out[count++] = &w->alarms[i];
    }
    if (how != SAME_IDS)
        qsort(out, count, sizeof(const world_alarm *), by_span);
    return count;
}

static bool is_same(const world_alarm *a, const world_alarm *b, sameness how)
{
    if (a == NULL || b == NULL || by_span(&a, &b) != 0)
        return false;
    if (how == SAME_SPANS)
        return true;
    return a->raised == b->raised && (how != SAME_IDS || otr_id_equal(a->id, b->id));
}

static void describe(char *out, size_t size, const char *who, const world_alarm *alarm)
{
    char times[3][OTR_TIME_TEXT_BYTES] = {"-", "-", "-"};
    if (alarm == NULL) {
        (void)snprintf(out, size, "\n  %s: none", who);
        return;
    }
    (void)otr_time_format(alarm->onset, times[0]);
    (void)otr_time_format(alarm->raised, times[1]);
    if (alarm->ended != OTR_TIME_NONE)
        (void)otr_time_format(alarm->ended, times[2]);
    (void)snprintf(out, size, "\n  %s: %s of %s, onset %s, raised %s, ended %s", who, alarm->rule,
                   alarm->asset, times[0], times[1], times[2]);
}

static bool same_events(const world *a, const world *b)
{
    if (a->event_count != b->event_count)
        return false;
    for (size_t i = 0; i < a->event_count; i++)
        if (!otr_id_equal(a->events[i].event, b->events[i].event) ||
            strcmp(a->events[i].text, b->events[i].text) != 0 ||
            a->events[i].coverage != b->events[i].coverage)
            return false;
    return true;
}

const char *play_difference(const world *a, const world *b, sameness how)
{
    static char text[600];
    static const world_alarm *of_a[WORLD_ROWS];
    static const world_alarm *of_b[WORLD_ROWS];
    size_t count_a = select_alarms(a, how, of_a);
    size_t count_b = select_alarms(b, how, of_b);
    for (size_t i = 0; i < count_a || i < count_b; i++) {
        const world_alarm *x = i < count_a ? of_a[i] : NULL;
        const world_alarm *y = i < count_b ? of_b[i] : NULL;
        if (is_same(x, y, how))
            continue;
        (void)snprintf(text, sizeof text, "alarm %zu of %zu and %zu", i, count_a, count_b);
        describe(text + strlen(text), sizeof text - strlen(text), "one", x);
        describe(text + strlen(text), sizeof text - strlen(text), "other", y);
        return text;
    }
    return how == SAME_IDS && !same_events(a, b) ? "other events" : NULL;
}
