/*
 * The time lines of a replay as a picture: a row for each rule on each asset that raised, a bar where an
 * alarm was open, below it in grey what the other side raised. A pixel is as exact as it gets; a bar is at
 * least two wide, to be seen.
 */
#include "tools/outrider/replay/replay_report.h"

#include "rules/load/pack.h"
#include "tools/outrider/test/xml.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LEFT = 300, /* of the time lines; labels before it */
    RIGHT = 40,
    TOP = 136,
    ROW = 26,
    ROWS_MAX = 2 * OTR_REPLAY_LINES_MAX,
    TICKS_MAX = 9,
    LABEL_MAX = 44, /* characters of a row's label */
};

typedef struct row {
    otr_str rule;
    otr_str asset;
    otr_str priority;
    const otr_replay_line *here;
    const otr_replay_line *there;
} row;

static void add(otr_buffer *out, const char *text)
{
    otr_buffer_add(out, text, strlen(text));
}

/* ---- rows ---- */

static row *row_of(row *rows, size_t *count, otr_str rule, otr_str asset)
{
    for (size_t i = 0; i < *count; i++)
        if (otr_str_equal(rows[i].rule, rule) && otr_str_equal(rows[i].asset, asset))
            return &rows[i];
    rows[*count] = (row){.rule = rule, .asset = asset};
    return &rows[(*count)++];
}

static void take_lines(row *rows, size_t *count, const otr_replay_tally *tally, bool here)
{
    uint32_t lines = tally->line_names.count;
    for (uint32_t i = 0; i < lines && i < OTR_REPLAY_LINES_MAX; i++) {
        const otr_replay_line *line = &tally->lines[i];
        const otr_replay_rule *rule = &tally->rules[line->rule];
        row *one = row_of(rows, count, rule->name, line->asset);
        if (one->priority.size == 0)
            one->priority = rule->priority;
        if (here)
            one->here = line;
        else
            one->there = line;
    }
}

static int by_name(const void *a, const void *b)
{
    const row *left = a;
    const row *right = b;
    int order = otr_str_compare(left->rule, right->rule);
    return order != 0 ? order : otr_str_compare(left->asset, right->asset);
}

/* ---- the axis ---- */

static otr_time tick_span(otr_time span)
{
    static const otr_time spans[] = {OTR_SECOND,     5 * OTR_SECOND,  15 * OTR_SECOND, OTR_MINUTE,
                                     5 * OTR_MINUTE, 15 * OTR_MINUTE, 30 * OTR_MINUTE, OTR_HOUR,
                                     3 * OTR_HOUR,   6 * OTR_HOUR,    12 * OTR_HOUR,   OTR_DAY,
                                     2 * OTR_DAY,    7 * OTR_DAY,     14 * OTR_DAY,    30 * OTR_DAY,
                                     91 * OTR_DAY,   365 * OTR_DAY,   1826 * OTR_DAY,  18262 * OTR_DAY};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        if (span / spans[i] < TICKS_MAX)
            return spans[i];
    return span;
}

static double column_of(const otr_replay_report *report, otr_time at)
{
    double span = (double)(report->to - report->from);
    return span > 0 ? (double)(at - report->from) / span * OTR_REPLAY_COLUMNS : 0;
}

static void add_axis(otr_buffer *out, const otr_replay_report *report, size_t rows)
{
    otr_time step = tick_span(report->to - report->from);
    otr_time at = report->from - report->from % step;
    otr_time day = OTR_TIME_NONE;
    int bottom = TOP + (int)rows * ROW;
    for (at = at < report->from ? at + step : at; at <= report->to && step > 0; at += step) {
        char text[OTR_TIME_TEXT_BYTES];
        double x = LEFT + column_of(report, at);
        (void)otr_time_format(at, text);
        otr_buffer_add_format(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dfe3e8\"/>\n",
                              x, TOP - 6, x, bottom);
        if (step < OTR_DAY)
            otr_buffer_add_format(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.*s</text>\n", x,
                                  TOP - 12, step < OTR_MINUTE ? 8 : 5, text + 11);
        if (step >= OTR_DAY || at - at % OTR_DAY != day)
            otr_buffer_add_format(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\"%s>%.10s</text>\n", x,
                                  step < OTR_DAY ? TOP - 26 : TOP - 12,
                                  step < OTR_DAY ? " font-weight=\"600\"" : "", text);
        day = at - at % OTR_DAY;
    }
}

/* ---- bars ---- */

static const char *colour_of(otr_str priority)
{
    static const char *const colours[][2] = {
        {"low", "#5b9bd5"}, {"medium", "#e3a72f"}, {"high", "#e06c3c"}, {"critical", "#b3202c"}};
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
        if (otr_str_is(priority, colours[i][0]))
            return colours[i][1];
    return "#e3a72f";
}

static void add_bar(otr_buffer *out, const otr_replay_report *report, const row *one, size_t first,
                    size_t last, int y, int height, const char *colour)
{
    double width = (double)(last - first + 1);
    double span = (double)(report->to - report->from) / OTR_REPLAY_COLUMNS;
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(report->from + (otr_time)((double)first * span) / OTR_SECOND * OTR_SECOND, from);
    (void)otr_time_format(report->from + (otr_time)((double)(last + 1) * span) / OTR_SECOND * OTR_SECOND, to);
    otr_buffer_add_format(
        out, "<rect x=\"%zu\" y=\"%d\" width=\"%.0f\" height=\"%d\" rx=\"2\" fill=\"%s\"><title>",
        LEFT + first, y, width < 2 ? 2 : width, height, colour);
    otr_xml_escape(out, one->rule);
    add(out, ", ");
    otr_xml_escape(out, one->asset);
    otr_buffer_add_format(out, ": about %s to %s</title></rect>\n", from, to);
}

static void add_line(otr_buffer *out, const otr_replay_report *report, const row *one,
                     const otr_replay_line *line, int y, int height, const char *colour)
{
    for (size_t i = 0; i < OTR_REPLAY_COLUMNS; i++) {
        size_t first = i;
        while (i < OTR_REPLAY_COLUMNS && (line->cells[i / 8] & (1U << (i % 8))) != 0)
            i++;
        if (i > first)
            add_bar(out, report, one, first, i - 1, y, height, colour);
    }
}

/* As many characters as fit, and an ellipsis when there are more. */
static size_t add_cut(otr_buffer *out, otr_str text, size_t room)
{
    size_t size = 0;
    size_t characters = 0;
    while (size < text.size && characters < room) {
        size++;
        while (size < text.size && ((unsigned char)text.data[size] & 0xC0) == 0x80)
            size++;
        characters++;
    }
    otr_xml_escape(out, (otr_str){text.data, size});
    if (size < text.size)
        add(out, "…");
    return characters;
}

static void add_label(otr_buffer *out, const row *one, size_t index)
{
    int y = TOP + (int)index * ROW;
    if (index % 2 == 0)
        otr_buffer_add_format(out, "<rect x=\"16\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f5f7f9\"/>\n",
                              y, LEFT + OTR_REPLAY_COLUMNS, ROW);
    otr_buffer_add_format(out, "<text x=\"24\" y=\"%d\">", y + 17);
    size_t used = add_cut(out, one->rule, LABEL_MAX - 14);
    add(out, " <tspan fill=\"#6b7480\">");
    (void)add_cut(out, one->asset, LABEL_MAX - used - 1);
    add(out, "</tspan></text>\n");
}

static void add_bars(otr_buffer *out, const otr_replay_report *report, const row *one, size_t index)
{
    int y = TOP + (int)index * ROW;
    if (one->here != NULL)
        add_line(out, report, one, one->here, y + (report->against != NULL ? 4 : 6),
                 report->against != NULL ? 11 : 14, colour_of(one->priority));
    if (one->there != NULL)
        add_line(out, report, one, one->there, y + 17, 5, "#9aa3ad");
}

/* ---- around them ---- */

static void add_legend(otr_buffer *out, const otr_replay_report *report)
{
    int x = LEFT;
    for (unsigned i = 0; i <= OTR_PRIORITY_CRITICAL; i++, x += 90) {
        const char *name = otr_priority_text(i);
        otr_buffer_add_format(out,
                              "<rect x=\"%d\" y=\"75\" width=\"14\" height=\"10\" rx=\"2\" fill=\"%s\"/>", x,
                              colour_of(otr_str_of(name)));
        otr_buffer_add_format(out, "<text x=\"%d\" y=\"84\">%s</text>\n", x + 20, name);
    }
    if (report->against == NULL)
        return;
    otr_buffer_add_format(out,
                          "<rect x=\"%d\" y=\"77\" width=\"14\" height=\"5\" rx=\"2\" fill=\"#9aa3ad\"/>", x);
    otr_buffer_add_format(out, "<text x=\"%d\" y=\"84\">", x + 20);
    otr_xml_escape(out, otr_str_of(report->against_name));
    add(out, "</text>\n");
}

static void add_head(otr_buffer *out, const otr_replay_report *report, size_t rows)
{
    int width = LEFT + OTR_REPLAY_COLUMNS + RIGHT;
    int height = TOP + (int)rows * ROW + 48;
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(report->from, from);
    (void)otr_time_format(report->to, to);
    otr_buffer_add_format(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
        "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"12\" "
        "fill=\"#1f2933\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
        width, height, width, height);
    otr_buffer_add_format(
        out, "<text x=\"24\" y=\"34\" font-size=\"18\" font-weight=\"600\">What these rules would "
             "have raised</text>\n");
    otr_buffer_add_format(
        out,
        "<text x=\"24\" y=\"56\" fill=\"#6b7480\">%.10s %.5s to %.10s %.5s UTC, %llu readings; %llu "
        "notices, %llu tickets</text>\n",
        from, from + 11, to, to + 11, (unsigned long long)report->readings,
        (unsigned long long)report->tally->notices, (unsigned long long)report->tally->tickets);
}

static void add_foot(otr_buffer *out, const otr_replay_report *report, size_t rows)
{
    int y = TOP + (int)rows * ROW;
    uint32_t left_out = report->tally->lines_left_out;
    if (report->against != NULL && report->against->lines_left_out > left_out)
        left_out = report->against->lines_left_out;
    otr_buffer_add_format(out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#9aa3ad\"/>\n", LEFT,
                          y, LEFT + OTR_REPLAY_COLUMNS, y);
    if (rows == 0)
        otr_buffer_add_format(out, "<text x=\"24\" y=\"%d\" fill=\"#6b7480\">nothing was raised</text>\n",
                              y + 24);
    else if (left_out > 0)
        otr_buffer_add_format(out, "<text x=\"24\" y=\"%d\" fill=\"#6b7480\">and %u rows more</text>\n",
                              y + 24, left_out);
    add(out, "</svg>\n");
}

void otr_replay_report_svg(otr_buffer *out, const otr_replay_report *report)
{
    row *rows = calloc(ROWS_MAX, sizeof *rows);
    size_t count = 0;
    if (rows == NULL) {
        out->failed = true;
        return;
    }
    take_lines(rows, &count, report->tally, true);
    if (report->against != NULL)
        take_lines(rows, &count, report->against, false);
    qsort(rows, count, sizeof *rows, by_name);
    add_head(out, report, count);
    add_legend(out, report);
    for (size_t i = 0; i < count; i++)
        add_label(out, &rows[i], i);
    add_axis(out, report, count);
    for (size_t i = 0; i < count; i++)
        add_bars(out, report, &rows[i], i);
    add_foot(out, report, count);
    free(rows);
}
