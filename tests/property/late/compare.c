#include "deliver.h"

#include <stdio.h>
#include <stdlib.h>

static char text[800];

static int order_of(otr_time a, otr_time b)
{
    return (a > b) - (a < b);
}

static int by_rule_and_time(const void *a, const void *b)
{
    const world_alarm *left = *(const world_alarm *const *)a;
    const world_alarm *right = *(const world_alarm *const *)b;
    int order = strcmp(left->rule, right->rule);
    if (order == 0)
        order = order_of(left->onset, right->onset);
    if (order == 0)
        order = order_of(left->raised, right->raised);
    return order != 0 ? order : order_of(left->ended, right->ended);
}

static const world_event *last_event(const world *w, const world_alarm *alarm)
{
    for (size_t i = w->event_count; i > 0; i--)
        if (w->events[i - 1].kind == OTR_SERVICE_ALARM && otr_id_equal(w->events[i - 1].entity, alarm->id))
            return &w->events[i - 1];
    return NULL;
}

static bool is_taken_back(const world *w, const world_alarm *alarm)
{
    const world_event *last = last_event(w, alarm);
    return last != NULL && strcmp(last->what, "retracted") == 0;
}

static size_t select_alarms(const world *w, const world_alarm **out)
{
    size_t count = 0;
    for (size_t i = 0; i < w->alarm_count; i++)
        if (!is_taken_back(w, &w->alarms[i]))
            out[count++] = &w->alarms[i];
    qsort(out, count, sizeof(const world_alarm *), by_rule_and_time);
    return count;
}

static void describe(const char *who, const world_alarm *alarm)
{
    size_t used = strlen(text);
    char times[3][OTR_TIME_TEXT_BYTES] = {"-", "-", "-"};
    if (alarm == NULL) {
        (void)snprintf(text + used, sizeof text - used, "\n  %s: none", who);
        return;
    }
    (void)otr_time_format(alarm->onset, times[0]);
    (void)otr_time_format(alarm->raised, times[1]);
    if (alarm->ended != OTR_TIME_NONE)
        (void)otr_time_format(alarm->ended, times[2]);
    (void)snprintf(text + used, sizeof text - used, "\n  %s: %s, onset %s, raised %s, ended %s", who,
                   alarm->rule, times[0], times[1], times[2]);
}

const char *compare_alarms(const world *a, const world *b)
{
    static const world_alarm *of_a[WORLD_ROWS];
    static const world_alarm *of_b[WORLD_ROWS];
    size_t count_a = select_alarms(a, of_a);
    size_t count_b = select_alarms(b, of_b);
    for (size_t i = 0; i < count_a || i < count_b; i++) {
        const world_alarm *x = i < count_a ? of_a[i] : NULL;
        const world_alarm *y = i < count_b ? of_b[i] : NULL;
        if (x != NULL && y != NULL && by_rule_and_time(&x, &y) == 0)
            continue;
        (void)snprintf(text, sizeof text, "alarm %zu of %zu and %zu", i, count_a, count_b);
        describe("one", x);
        describe("other", y);
        return text;
    }
    return NULL;
}

const char *compare_events(const world *a, const world *b)
{
    for (size_t i = 0; i < a->event_count || i < b->event_count; i++) {
        const world_event *x = &a->events[i];
        const world_event *y = &b->events[i];
        if (i < a->event_count && i < b->event_count && otr_id_equal(x->event, y->event) &&
            strcmp(x->what, y->what) == 0 && strcmp(x->cause, y->cause) == 0 && x->onset == y->onset &&
            x->ended == y->ended && x->coverage == y->coverage)
            continue;
        (void)snprintf(text, sizeof text, "event %zu of %zu and %zu: %s %s, %s %s", i, a->event_count,
                       b->event_count, x->rule, x->what, y->rule, y->what);
        return text;
    }
    return NULL;
}

/* What was told last is what the row says. */
static bool agrees(const world_alarm *alarm, const world_event *last)
{
    return last != NULL && last->revision == alarm->revision && last->onset == alarm->onset &&
           last->ended == alarm->ended && strcmp(last->rule, alarm->rule) == 0;
}

static bool is_ticket(const world_event *event, const char *what)
{
    return event->kind == OTR_SERVICE_TICKET && strcmp(event->what, what) == 0;
}

const char *contradiction(const world *w)
{
    for (size_t i = 0; i < w->alarm_count; i++) {
        bool ends_first = w->alarms[i].ended != OTR_TIME_NONE && w->alarms[i].ended < w->alarms[i].onset;
        if (agrees(&w->alarms[i], last_event(w, &w->alarms[i])) && !ends_first)
            continue;
        (void)snprintf(text, sizeof text, "row and last event differ, or the end comes first");
        describe("row", &w->alarms[i]);
        return text;
    }
    for (size_t i = 0; i < w->event_count; i++)
        for (size_t k = 0; k < i; k++)
            if (is_ticket(&w->events[i], "opened") && is_ticket(&w->events[k], "opened") &&
                otr_id_equal(w->events[i].entity, w->events[k].entity))
                return "a ticket was opened twice";
    return NULL;
}

const char *changed_mind(const world *w)
{
    static const char *const changes[] = {"corrected", "retracted", "historical"};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (world_events(w, OTR_SERVICE_ALARM, changes[i]) > 0) {
            (void)snprintf(text, sizeof text, "%s, though all came on time", changes[i]);
            return text;
        }
    return NULL;
}
