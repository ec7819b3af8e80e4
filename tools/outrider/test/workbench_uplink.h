/* The outbox of a bench whose uplink is down. Zero-initialise. */
#ifndef OTR_TOOLS_WORKBENCH_UPLINK_H
#define OTR_TOOLS_WORKBENCH_UPLINK_H

#include "base/status.h"
#include "core/rows.h"

typedef struct otr_uplink {
    bool down;
    struct otr_uplink_entry *list; /* what waits, in order */
    size_t count;
    size_t capacity;
} otr_uplink;

/* Keeps the row; one that it replaces and that still waits leaves. MEMORY otherwise. */
otr_status otr_uplink_keep(otr_uplink *uplink, const otr_row_outbox *row);
/* The body of what waits; i < count. A view. */
otr_str otr_uplink_get(const otr_uplink *uplink, size_t i);
void otr_uplink_done(otr_uplink *uplink);

#endif
