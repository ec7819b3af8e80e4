/* What waits while the bench's uplink is down, under the rule that core/rows.h gives for replaced entries. */
#include "tools/outrider/test/workbench_uplink.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

typedef struct otr_uplink_entry {
    otr_id event;
    otr_buffer body;
} otr_uplink_entry;

/* Takes the entry of that event out, if it still waits. */
static bool take_out(otr_uplink *uplink, otr_id event)
{
    for (size_t i = 0; i < uplink->count; i++) {
        if (!otr_id_equal(uplink->list[i].event, event))
            continue;
        otr_buffer_done(&uplink->list[i].body);
        memmove(uplink->list + i, uplink->list + i + 1, (uplink->count - i - 1) * sizeof *uplink->list);
        uplink->count--;
        return true;
    }
    return false;
}

otr_status otr_uplink_keep(otr_uplink *uplink, const otr_row_outbox *row)
{
    otr_str body = row->body;
    if (!otr_id_is_zero(row->replaces) && take_out(uplink, row->replaces))
        body = row->body_alone;
    if (body.size == 0)
        return OTR_OK;
    if (uplink->count == uplink->capacity) {
        size_t capacity = uplink->capacity == 0 ? 16 : uplink->capacity * 2;
        otr_uplink_entry *list = realloc(uplink->list, capacity * sizeof *list);
        if (list == NULL)
            return OTR_MEMORY;
        uplink->list = list;
        uplink->capacity = capacity;
    }
    otr_uplink_entry *entry = &uplink->list[uplink->count++];
    *entry = (otr_uplink_entry){.event = row->event};
    otr_buffer_add(&entry->body, body.data, body.size);
    return entry->body.failed ? OTR_MEMORY : OTR_OK;
}

otr_str otr_uplink_get(const otr_uplink *uplink, size_t i)
{
    return otr_buffer_text(&uplink->list[i].body);
}

void otr_uplink_done(otr_uplink *uplink)
{
    for (size_t i = 0; i < uplink->count; i++)
        otr_buffer_done(&uplink->list[i].body);
    free(uplink->list);
    *uplink = (otr_uplink){0};
}
