#include "tools/outrider/fleet/top_case.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/ticket.h"
#include "tools/outrider/fleet/watch.h"
#include "tools/outrider/plot.h"

enum { CURVE_ROWS_MAX = 8, CURVE_ROWS_MIN = 4, EVENTS_MAX = 128, LINE_BYTES = 512 };

typedef struct event {
    otr_time at;
    char text[LINE_BYTES];
} event;

typedef struct writer {
    void (*take)(void *context, const char *text, bool strong);
    void *context;
    int left;
} writer;

static void say(writer *w, bool strong, const char *text)
{
    if (w->left-- > 0)
        w->take(w->context, text, strong);
}

static void say_buffer(writer *w, otr_buffer *text)
{
    for (size_t i = 0; i < text->size;) {
        const char *at = (const char *)text->data + i;
        const char *stop = memchr(at, '\n', text->size - i);
        size_t size = stop != NULL ? (size_t)(stop - at) : text->size - i;
        char line[4 * OTR_PLOT_COLUMNS_MAX];
        (void)snprintf(line, sizeof line, "%.*s", (int)size, at);
        say(w, false, line);
        i += size + 1;
    }
}

/* The series with the most to show. */
static const otr_ticket_series *best_series(const otr_ticket *ticket)
{
    const otr_ticket_series *best = NULL;
    for (size_t i = 0; i < ticket->series_count; i++)
        if (ticket->series[i].count > 1 && (best == NULL || ticket->series[i].count > best->count))
            best = &ticket->series[i];
    return best;
}

static void say_curve(writer *w, const otr_ticket *ticket, int columns)
{
    const otr_ticket_series *series = best_series(ticket);
    char text[LINE_BYTES];
    otr_buffer curve = {0};
    int rows = w->left / 2 - 2;
    if (series == NULL || rows < CURVE_ROWS_MIN)
        return;
    (void)snprintf(text, sizeof text, "%.*s of %.*s, %.*s: least %g, most %g, mean %g",
                   OTR_STR_ARG(series->metric), OTR_STR_ARG(series->device), OTR_STR_ARG(series->unit),
                   series->min, series->max, series->mean);
    say(w, true, text);
    otr_plot plot = {.times = series->times,
                     .lows = series->values,
                     .highs = series->values,
                     .count = series->count,
                     .from = series->times[0],
                     .to = series->times[series->count - 1],
                     .rows = rows < CURVE_ROWS_MAX ? rows : CURVE_ROWS_MAX,
                     .columns = columns < OTR_PLOT_COLUMNS_MAX ? columns : OTR_PLOT_COLUMNS_MAX};
    otr_plot_add(&plot, &curve);
    say_buffer(w, &curve);
    otr_buffer_done(&curve);
}

/* ---- what happened, in order ---- */

static void add_event(event *events, size_t *count, otr_time at, const char *what, otr_str name, otr_str who,
                      otr_str text)
{
    if (*count == EVENTS_MAX || at == OTR_TIME_NONE)
        return;
    event *one = &events[(*count)++];
    one->at = at;
    const char *link = strcmp(what, "gateway") == 0 ? " " : " by "; /* whom it told, or who said it */
    (void)snprintf(one->text, sizeof one->text, "%s%s%.*s%s%.*s%s%.*s", what, name.size > 0 ? " " : "",
                   OTR_STR_ARG(name), who.size > 0 ? link : "", OTR_STR_ARG(who), text.size > 0 ? ": " : "",
                   OTR_STR_ARG(text));
}

static int by_time(const void *a, const void *b)
{
    const event *left = a;
    const event *right = b;
    return left->at < right->at ? -1 : left->at > right->at;
}

static void say_story(writer *w, const otr_ticket *ticket)
{
    static const otr_str none = {NULL, 0};
    event *events = calloc(EVENTS_MAX, sizeof *events);
    size_t count = 0;
    if (events == NULL)
        return;
    for (size_t i = 0; i < ticket->alarm_count; i++) {
        add_event(events, &count, ticket->alarms[i].onset, "began", ticket->alarms[i].rule, none, none);
        add_event(events, &count, ticket->alarms[i].ended, "ended", ticket->alarms[i].rule, none, none);
    }
    for (size_t i = 0; i < ticket->said_count; i++) {
        char speaker[64];
        (void)snprintf(speaker, sizeof speaker, "%.*s", OTR_STR_ARG(ticket->said[i].speaker));
        add_event(events, &count, ticket->said[i].at, speaker, ticket->said[i].what, ticket->said[i].who,
                  ticket->said[i].text);
    }
    qsort(events, count, sizeof *events, by_time);
    say(w, true, count > 0 ? "WHAT HAPPENED" : "");
    size_t room = w->left > 0 ? (size_t)w->left : 0;
    for (size_t i = count > room ? count - room : 0; i < count; i++) { /* the newest, where not all fit */
        char at[OTR_TIME_TEXT_BYTES];
        char text[LINE_BYTES + 32];
        (void)otr_time_format(events[i].at - events[i].at % OTR_SECOND, at);
        at[10] = ' ';
        (void)snprintf(text, sizeof text, "%.16s  %s", at, events[i].text);
        say(w, false, text);
    }
    free(events);
}

void otr_top_case_say(const otr_top *top, int columns, int lines,
                      void (*take)(void *context, const char *text, bool strong), void *context)
{
    writer w = {take, context, lines};
    const otr_board *board = top->board;
    otr_arena memory = {0};
    otr_ticket ticket;
    char text[LINE_BYTES];
    for (size_t i = 0; i < board->tickets.count; i++) {
        const otr_board_item *one = &board->tickets.list[i];
        if (!otr_id_equal(one->case_id, top->case_id))
            continue;
        (void)snprintf(text, sizeof text, "%s  asset %s  gateway %s  with %s", one->text, one->asset,
                       board->gateways[one->gateway].name, one->who[0] != '\0' ? one->who : "nobody");
        say(&w, false, "");
        say(&w, true, text);
        if (otr_ticket_decode(&memory, one->ticket, &ticket, NULL) != OTR_OK)
            continue;
        say_curve(&w, &ticket, columns);
        say_story(&w, &ticket);
    }
    otr_arena_done(&memory);
}
