/* What a replay found, for people, for programs, and as a picture. */
#ifndef OTR_TOOLS_REPLAY_REPORT_H
#define OTR_TOOLS_REPLAY_REPORT_H

#include "base/buffer.h"
#include "tools/outrider/replay/replay_past.h"
#include "tools/outrider/replay/replay_tally.h"

typedef struct otr_replay_report {
    otr_time from; /* UTC */
    otr_time to;
    uint64_t readings;
    uint64_t uploads;
    uint64_t refused; /* rows of a recording */
    const otr_replay_tally *tally;
    const otr_replay_tally *against; /* NULL: nothing was compared */
    const char *against_name;        /* "the running packs" */
    const otr_replay_pairs *pairs;   /* side 0: tally, side 1: against */
    otr_replay_past past;            /* of a journal */
} otr_replay_report;

void otr_replay_report_text(otr_buffer *out, const otr_replay_report *report);
/* One JSON object and a line end; false when memory is out. */
bool otr_replay_report_json(otr_buffer *out, const otr_replay_report *report);
/* A picture of its own (SVG): a row for each rule and asset that raised. */
void otr_replay_report_svg(otr_buffer *out, const otr_replay_report *report);

#endif
