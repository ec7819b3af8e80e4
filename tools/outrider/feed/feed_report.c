#include "tools/outrider/feed/feed_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_CELLS = 24, REDRAW_US = 100000 };

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static double seconds_of(const otr_feed_report *report, int64_t now)
{
    return (double)(now - report->start_us) / 1e6;
}

static void erase_bar(otr_feed_report *report)
{
    if (report->bar_drawn)
        (void)fputs("\r\x1b[K", stderr);
    report->bar_drawn = false;
}

void otr_feed_report_start(otr_feed_report *report, const char *file, bool quiet, size_t total_bytes)
{
    *report = (otr_feed_report){.file = file, .quiet = quiet, .total_bytes = total_bytes};
    report->bar = !quiet && isatty(STDERR_FILENO);
    report->start_us = now_us();
}

void otr_feed_report_refusal(otr_feed_report *report, size_t first_line, size_t last_line, const char *text)
{
    if (report->shown++ >= OTR_FEED_REFUSALS_SHOWN)
        return;
    erase_bar(report);
    if (first_line == 0)
        (void)fprintf(stderr, "%s: %s\n", report->file, text);
    else if (first_line == last_line)
        (void)fprintf(stderr, "%s:%zu: %s\n", report->file, first_line, text);
    else
        (void)fprintf(stderr, "%s:%zu-%zu: %s\n", report->file, first_line, last_line, text);
}

void otr_feed_report_progress(otr_feed_report *report, size_t at, const otr_feed_sent *sent)
{
    char bar[BAR_CELLS + 1];
    if (!report->bar)
        return;
    int64_t now = now_us();
    if (now - report->drawn_us < REDRAW_US)
        return;
    report->drawn_us = now;
    uint64_t settled = sent->rows + sent->rows_lost + report->refused + report->empty;
    double share = report->total_bytes > 0 && report->rows > 0
                       ? (double)at / (double)report->total_bytes * (double)settled / (double)report->rows
                       : 0;
    double seconds = seconds_of(report, now);
    for (int i = 0; i < BAR_CELLS; i++)
        bar[i] = i < (int)(share * BAR_CELLS) ? '#' : '.';
    bar[BAR_CELLS] = '\0';
    (void)fprintf(stderr, "\r\x1b[K[%s] %3.0f %%  %" PRIu64 " rows  %" PRIu64 " readings sent  %.0f/s", bar,
                  share * 100, settled, sent->readings, seconds > 0 ? (double)sent->readings / seconds : 0);
    report->bar_drawn = true;
}

void otr_feed_report_end(otr_feed_report *report, const otr_feed_sent *sent, bool json)
{
    double seconds = seconds_of(report, now_us());
    erase_bar(report);
    if (report->shown > OTR_FEED_REFUSALS_SHOWN)
        (void)fprintf(stderr, "%s: %" PRIu64 " more refusals not shown\n", report->file,
                      report->shown - OTR_FEED_REFUSALS_SHOWN);
    if (json)
        printf("{\"rows\": %" PRIu64 ", \"rows_refused\": %" PRIu64 ", \"rows_empty\": %" PRIu64
               ", \"rows_lost\": %" PRIu64 ", \"devices\": %" PRIu64 ", \"readings\": %" PRIu64
               ", \"packs\": %" PRIu64 ", \"packs_refused\": %" PRIu64 ", \"pushed_back\": %" PRIu64
               ", \"resent\": %" PRIu64 ", \"seconds\": %.3f}\n",
               report->rows, report->refused, report->empty, sent->rows_lost, sent->devices, sent->readings,
               sent->packs, sent->packs_refused, sent->pushed_back, sent->resent, seconds);
    else if (!report->quiet)
        printf("%" PRIu64 " rows read, %" PRIu64 " refused, %" PRIu64 " without a value, %" PRIu64
               " lost; %" PRIu64 " readings of %" PRIu64 " devices acknowledged in %" PRIu64
               " packs; %.1f s\n",
               report->rows, report->refused, report->empty, sent->rows_lost, sent->readings, sent->devices,
               sent->packs, seconds);
    (void)fflush(stdout);
}
