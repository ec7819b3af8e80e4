/* A curve in lines of text: dots of braille, two across and four down in each character, or stars. */
#ifndef OTR_TOOLS_PLOT_H
#define OTR_TOOLS_PLOT_H

#include "base/buffer.h"
#include "base/time.h"

typedef struct otr_plot {
    const otr_time *times; /* in order */
    const double *lows;    /* what each point covers: one value twice, or the extremes of a bucket */
    const double *highs;
    size_t count;
    otr_time from;
    otr_time to;
    int rows;    /* of the curve: 2 to OTR_PLOT_ROWS_MAX */
    int columns; /* of all, axis included: 20 to OTR_PLOT_COLUMNS_MAX */
    bool ascii;
} otr_plot;

enum { OTR_PLOT_ROWS_MAX = 60, OTR_PLOT_COLUMNS_MAX = 400 };

/* rows lines and one of times below them, each with its newline. Nothing where there is no finite point. */
void otr_plot_add(const otr_plot *plot, otr_buffer *out);

#endif
