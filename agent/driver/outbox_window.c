#include "driver/outbox_window.h"

#include <stdlib.h>

static bool insert(otr_outbox_window *window, const otr_row_outbox *row)
{
    char *body = malloc(row->body.size + 1);
    if (body == NULL)
        return false;
    memcpy(body, row->body.data, row->body.size);
    size_t at = window->count++;
    for (; at > 0; at--) {
        const otr_outbox_window_entry *before = &window->entries[at - 1];
        if (before->class < row->class || (before->class == row->class && before->seq < row->seq))
            break;
        window->entries[at] = *before;
    }
    window->entries[at] = (otr_outbox_window_entry){.seq = row->seq,
                                                    .class = row->class,
                                                    .body = body,
                                                    .body_size = row->body.size,
                                                    .not_before = OTR_TIME_NONE};
    if (row->seq > window->after[row->class])
        window->after[row->class] = row->seq;
    return true;
}

/* Urgent entries always find room: what is not sent and less urgent goes back to the store. */
static bool make_room(otr_outbox_window *window, otr_outbox_class class)
{
    if (window->count < OTR_LIMIT_OUTBOX_WINDOW)
        return true;
    otr_outbox_window_entry *last = &window->entries[window->count - 1];
    if (last->class <= class || last->sent)
        return false;
    window->waiting[last->class] = true;
    window->missed[last->class] = true;
    window->after[last->class] = last->seq - 1;
    window->waiting_rows++;
    otr_outbox_window_remove(window, last);
    return true;
}

bool otr_outbox_window_add(otr_outbox_window *window, const otr_row_outbox *row)
{
    if (row->seq <= window->after[row->class])
        return true; /* read from the store already */
    if (!window->waiting[row->class] && make_room(window, row->class) && insert(window, row))
        return true;
    window->waiting[row->class] = true;
    window->missed[row->class] = true; /* a read that began before this commit does not see the row */
    window->waiting_rows++;
    return false;
}

bool otr_outbox_window_fill(otr_outbox_window *window, otr_outbox_class class, const otr_row_outbox *row)
{
    if (row->seq <= window->after[class])
        return true;
    if (window->count == OTR_LIMIT_OUTBOX_WINDOW || !insert(window, row))
        return false;
    if (window->waiting_rows > 0)
        window->waiting_rows--;
    return true;
}

void otr_outbox_window_complete(otr_outbox_window *window, otr_outbox_class class)
{
    if (!window->missed[class])
        window->waiting[class] = false;
    bool any = false;
    for (int i = 0; i < OTR_OUTBOX_CLASSES; i++)
        any |= window->waiting[i];
    if (!any)
        window->waiting_rows = 0;
}

bool otr_outbox_window_wants(otr_outbox_window *window, otr_outbox_class *class, size_t *limit)
{
    /* reading a few at a time would cost a query each */
    if (window->count > OTR_LIMIT_OUTBOX_WINDOW / 2)
        return false;
    for (int i = 0; i < OTR_OUTBOX_CLASSES; i++)
        if (window->waiting[i]) {
            *class = (otr_outbox_class)i;
            window->missed[i] = false;
            *limit = OTR_LIMIT_OUTBOX_WINDOW - window->count;
            return true;
        }
    return false;
}

otr_outbox_window_entry *otr_outbox_window_next(otr_outbox_window *window, otr_time mono, otr_time *soonest)
{
    *soonest = OTR_TIME_NEVER;
    for (size_t i = 0; i < window->count; i++) {
        otr_outbox_window_entry *entry = &window->entries[i];
        if (entry->sent)
            continue;
        if (entry->not_before <= mono)
            return entry;
        if (entry->not_before < *soonest)
            *soonest = entry->not_before;
    }
    return NULL;
}

otr_outbox_window_entry *otr_outbox_window_find(otr_outbox_window *window, uint64_t seq)
{
    for (size_t i = 0; i < window->count; i++)
        if (window->entries[i].seq == seq)
            return &window->entries[i];
    return NULL;
}

void otr_outbox_window_remove(otr_outbox_window *window, otr_outbox_window_entry *entry)
{
    size_t index = (size_t)(entry - window->entries);
    free(entry->body);
    window->sent -= entry->sent;
    window->count--;
    memmove(entry, entry + 1, (window->count - index) * sizeof *entry);
}

void otr_outbox_window_unsend(otr_outbox_window *window)
{
    for (size_t i = 0; i < window->count; i++)
        window->entries[i].sent = false;
    window->sent = 0;
}

void otr_outbox_window_done(otr_outbox_window *window)
{
    while (window->count > 0)
        otr_outbox_window_remove(window, &window->entries[window->count - 1]);
}
