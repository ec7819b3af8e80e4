/* How a history is told: a curve, lines for spreadsheets, a picture. */
#include "tools/outrider/operate/history.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/fleet/watch.h"
#include "tools/outrider/plot.h"

enum { ROWS = 14, WIDTH = 900, HEIGHT = 300, LEFT = 60, TOP = 30, BOTTOM = 30 };

typedef struct figures {
    double min;
    double max;
    double mean;
    otr_time min_at;
    otr_time max_at;
    size_t filled;
} figures;

static figures figures_of(const otr_history *history)
{
    figures all = {.filled = 0};
    double sum = 0;
    for (size_t i = 0; i < history->count; i++) {
        const otr_history_bucket *one = &history->buckets[i];
        if (one->count == 0)
            continue;
        if (all.filled == 0 || one->min < all.min) {
            all.min = one->min;
            all.min_at = one->min_at;
        }
        if (all.filled == 0 || one->max > all.max) {
            all.max = one->max;
            all.max_at = one->max_at;
        }
        sum += one->sum;
        all.filled++;
    }
    all.mean = history->readings > 0 ? sum / (double)history->readings : 0;
    return all;
}

static const char *when(otr_time at, char out[OTR_TIME_TEXT_BYTES])
{
    (void)otr_time_format(at - at % OTR_SECOND, out);
    return out;
}

void otr_history_plot(const otr_history *history, const otr_history_asked *asked, int columns, bool ascii,
                      otr_buffer *out)
{
    figures all = figures_of(history);
    char least[OTR_TIME_TEXT_BYTES];
    char most[OTR_TIME_TEXT_BYTES];
    otr_time *times = calloc(all.filled + 1, sizeof *times);
    double *lows = calloc(all.filled + 1, sizeof *lows);
    double *highs = calloc(all.filled + 1, sizeof *highs);
    size_t count = 0;
    out->failed |= times == NULL || lows == NULL || highs == NULL;
    for (size_t i = 0; !out->failed && i < history->count; i++)
        if (history->buckets[i].count > 0) {
            times[count] = history->from + (otr_time)i * history->every;
            lows[count] = history->buckets[i].min;
            highs[count++] = history->buckets[i].max;
        }
    otr_watch_add_safe(out, asked->metric);
    otr_buffer_add_format(out, " of ");
    otr_watch_add_safe(out, asked->device);
    otr_buffer_add_format(out, ": %llu readings", (unsigned long long)history->readings);
    if (history->bad > 0)
        otr_buffer_add_format(out, ", %llu of bad quality or without a time",
                              (unsigned long long)history->bad);
    if (count > 0)
        otr_buffer_add_format(out, "\nleast %g at %s, most %g at %s, mean %.6g", all.min,
                              when(all.min_at, least), all.max, when(all.max_at, most), all.mean);
    otr_buffer_add_u8(out, '\n');
    const otr_plot plot = {times, lows, highs, count, history->from, history->to, ROWS, columns, ascii};
    if (!out->failed)
        otr_plot_add(&plot, out);
    free(times);
    free(lows);
    free(highs);
}

/* As few digits as give the very value back. */
static void add_value(otr_buffer *out, double value)
{
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    otr_buffer_add_format(out, ",%s,", text);
}

void otr_history_csv(const otr_history *history, otr_buffer *out)
{
    char at[OTR_TIME_TEXT_BYTES];
    otr_buffer_add_format(out, "from,count,min,min_at,max,max_at,mean\n");
    for (size_t i = 0; i < history->count; i++) {
        const otr_history_bucket *one = &history->buckets[i];
        if (one->count == 0)
            continue;
        (void)otr_time_format(history->from + (otr_time)i * history->every, at);
        otr_buffer_add_format(out, "%s,%u", at, one->count);
        add_value(out, one->min);
        (void)otr_time_format(one->min_at, at);
        otr_buffer_add_format(out, "%s", at);
        add_value(out, one->max);
        (void)otr_time_format(one->max_at, at);
        /* a mean is reckoned: its last digits are of the sum's rounding */
        otr_buffer_add_format(out, "%s,%.15g\n", at, one->sum / one->count);
    }
}

/* ---- SVG ---- */

static double across(const otr_history *history, size_t bucket)
{
    return LEFT + (WIDTH - LEFT - 10) * ((double)bucket + 0.5) / (double)history->count;
}

static double down(const figures *all, double value)
{
    double span = all->max - all->min > 0 ? all->max - all->min : 1;
    return TOP + (HEIGHT - TOP - BOTTOM) * (all->max - value) / span;
}

static void add_escaped(otr_buffer *out, otr_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '<' || text.data[i] == '&' || (unsigned char)text.data[i] < 0x20)
            otr_buffer_add_format(out, "&#%d;",
                                  text.data[i] == '<' || text.data[i] == '&' ? text.data[i] : '?');
        else
            otr_buffer_add_u8(out, (uint8_t)text.data[i]);
}

void otr_history_svg(const otr_history *history, const otr_history_asked *asked, otr_buffer *out)
{
    figures all = figures_of(history);
    char from[OTR_TIME_TEXT_BYTES];
    char to[OTR_TIME_TEXT_BYTES];
    otr_buffer_add_format(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
        "font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n<text x=\"%d\" "
        "y=\"18\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT);
    add_escaped(out, asked->metric);
    otr_buffer_add_format(out, " of ");
    add_escaped(out, asked->device);
    otr_buffer_add_format(out, "</text>\n");
    for (size_t i = 0; i < history->count; i++)
        if (history->buckets[i].count > 0)
            otr_buffer_add_format(out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#9bc\" stroke-width=\"2\"/>\n",
                                  across(history, i), down(&all, history->buckets[i].max) - 0.5,
                                  down(&all, history->buckets[i].min) + 0.5);
    otr_buffer_add_format(out, "<polyline fill=\"none\" stroke=\"#135\" points=\"");
    for (size_t i = 0; i < history->count; i++)
        if (history->buckets[i].count > 0)
            otr_buffer_add_format(out, "%.1f,%.1f ", across(history, i),
                                  down(&all, history->buckets[i].sum / history->buckets[i].count));
    otr_buffer_add_format(
        out,
        "\"/>\n<text x=\"4\" y=\"%d\">%.5g</text>\n<text x=\"4\" y=\"%d\">%.5g</text>\n<text "
        "x=\"%d\" y=\"%d\">%s</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n</svg>\n",
        TOP + 4, all.max, HEIGHT - BOTTOM, all.min, LEFT, HEIGHT - 8, when(history->from, from), WIDTH - 10,
        HEIGHT - 8, when(history->to, to));
}
