/* How a history is told. */
#ifndef OTR_TOOLS_HISTORY_H
#define OTR_TOOLS_HISTORY_H

#include "base/buffer.h"
#include "daemon/control/history_read.h"

/* Each as text: a curve with a line of figures above it, one line a bucket, a picture. */
void otr_history_plot(const otr_history *history, const otr_history_asked *asked, int columns, bool ascii,
                      otr_buffer *out);
void otr_history_csv(const otr_history *history, otr_buffer *out);
void otr_history_svg(const otr_history *history, const otr_history_asked *asked, otr_buffer *out);

#endif
