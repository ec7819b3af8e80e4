/* What a person sees of a feed: a progress bar on a terminal, the rows that were refused, and a summary. */
#ifndef OTR_TOOLS_FEED_REPORT_H
#define OTR_TOOLS_FEED_REPORT_H

#include "tools/outrider/feed/feed_send.h"

enum { OTR_FEED_REFUSALS_SHOWN = 20 };

typedef struct otr_feed_report {
    const char *file;
    bool quiet; /* refusals and errors only */
    bool bar;   /* standard error is a terminal */
    bool bar_drawn;
    size_t total_bytes;
    int64_t start_us; /* CLOCK_MONOTONIC */
    int64_t drawn_us;
    uint64_t rows;    /* read, refused ones included */
    uint64_t refused; /* rows that break the map */
    uint64_t empty;   /* rows whose metrics were all absent */
    uint64_t shown;   /* messages about refusals so far */
} otr_feed_report;

void otr_feed_report_start(otr_feed_report *report, const char *file, bool quiet, size_t total_bytes);
/* FILE:FIRST-LAST: text, at most OTR_FEED_REFUSALS_SHOWN times. */
void otr_feed_report_refusal(otr_feed_report *report, size_t first_line, size_t last_line, const char *text);
/* Redraws the bar when it is time to. */
void otr_feed_report_progress(otr_feed_report *report, size_t at, const otr_feed_sent *sent);
/* Ends the bar and prints the summary to standard output: a line, or with json one object. */
void otr_feed_report_end(otr_feed_report *report, const otr_feed_sent *sent, bool json);

#endif
