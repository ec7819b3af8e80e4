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
                                                    .event = row->event,
                                                    .handed = row->handed,
                                                    .marked = row->handed,
                                                    .body = body,
                                                    .body_size = row->body.size,
                                                    .not_before = OTR_TIME_NONE};
    if (row->seq > window->after[row->class])
        window->after[row->class] = row->seq;
    return true;
}

static bool may_have_been_told(const otr_outbox_window_entry *entry)
{
    return entry->sent || entry->handed;
}

bool otr_outbox_window_unmarked(const otr_outbox_window_entry *entry)
{
    return may_have_been_told(entry) && !entry->marked;
}

/* Back to the store, to be read again. */
static void give_back(otr_outbox_window *window, otr_outbox_window_entry *entry)
{
    otr_outbox_class class = entry->class;
    window->waiting[class] = true;
    window->missed[class] = true;
    if (window->after[class] >= entry->seq)
        window->after[class] = entry->seq - 1;
    window->waiting_rows++;
    otr_outbox_window_remove(window, entry);
}

/* Urgent entries always find room: what is not sent and less urgent goes back to the store, the newest first.
 * What only the window knows of stays. */
static bool make_room(otr_outbox_window *window, otr_outbox_class class)
{
    if (window->count < OTR_LIMIT_OUTBOX_WINDOW)
        return true;
    for (size_t i = window->count; i > 0 && window->entries[i - 1].class > class; i--) {
        otr_outbox_window_entry *entry = &window->entries[i - 1];
        if (entry->sent || otr_outbox_window_unmarked(entry))
            continue;
        give_back(window, entry);
        return true;
    }
    return false;
}

bool otr_outbox_window_add(otr_outbox_window *window, const otr_row_outbox *row)
{
    if (row->seq <= window->after[row->class])
        return true; /* read from the store already */
    if (!window->waiting[row->class] && make_room(window, row->class) && insert(window, row))
        return true;
    otr_outbox_window_leave(window, row->class);
    return false;
}

void otr_outbox_window_leave(otr_outbox_window *window, otr_outbox_class class)
{
    window->waiting[class] = true;
    window->missed[class] = true; /* a read that began before this commit does not see the row */
    window->waiting_rows++;
}

bool otr_outbox_window_fill(otr_outbox_window *window, otr_outbox_class class, const otr_row_outbox *row)
{
    if (row->seq <= window->after[class])
        return true;
    if (otr_outbox_window_find(window, row->seq) != NULL) {
        window->after[class] = row->seq;
        return true;
    }
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
        if (entry->sent || entry->held || entry->stale)
            continue;
        if (entry->not_before <= mono)
            return entry;
        if (entry->not_before < *soonest)
            *soonest = entry->not_before;
    }
    return NULL;
}

bool otr_outbox_window_goes_first(const otr_outbox_window *window)
{
    for (size_t i = 0; window->sent > 0 && i < window->count; i++) {
        if (window->entries[i].class == OTR_OUTBOX_BULK) /* and all after it */
            break;
        if (window->entries[i].sent)
            return true;
    }
    return false;
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

bool otr_outbox_window_unsend(otr_outbox_window *window)
{
    bool wanted = false;
    for (size_t i = 0; i < window->count; i++) {
        otr_outbox_window_entry *entry = &window->entries[i];
        entry->handed |= entry->sent;
        entry->sent = false;
        entry->kept = false;
        wanted |= entry->stale || otr_outbox_window_unmarked(entry);
    }
    window->sent = 0;
    return wanted;
}

void otr_outbox_window_hold(otr_outbox_window *window, otr_id event)
{
    for (size_t i = 0; i < window->count; i++)
        if (otr_id_equal(window->entries[i].event, event))
            window->entries[i].held = !may_have_been_told(&window->entries[i]);
}

void otr_outbox_window_release(otr_outbox_window *window)
{
    for (size_t i = 0; i < window->count; i++)
        window->entries[i].held = false;
}

void otr_outbox_window_marked(otr_outbox_window *window, bool known)
{
    for (size_t i = 0; i < window->count; i++) {
        window->entries[i].marked |= window->entries[i].marking && known;
        window->entries[i].marking = false;
    }
    for (size_t i = window->count; i > 0; i--) {
        otr_outbox_window_entry *entry = &window->entries[i - 1];
        if (entry->stale && !entry->sent && !otr_outbox_window_unmarked(entry))
            give_back(window, entry);
    }
}

void otr_outbox_window_forget_unsent(otr_outbox_window *window)
{
    for (size_t i = window->count; i > 0; i--) {
        otr_outbox_window_entry *entry = &window->entries[i - 1];
        if (!entry->sent && !otr_outbox_window_unmarked(entry))
            give_back(window, entry);
    }
}

void otr_outbox_window_forget(otr_outbox_window *window)
{
    otr_outbox_window_forget_unsent(window);
    for (size_t i = 0; i < window->count; i++)
        window->entries[i].stale = true;
}

void otr_outbox_window_done(otr_outbox_window *window)
{
    while (window->count > 0)
        otr_outbox_window_remove(window, &window->entries[window->count - 1]);
}
