/*
 * Entries that take the place of others. The store decides in the commit's transaction which body is told,
 * from what it knows to have been handed to the link. So the store is told of everything that was, and what
 * may be replaced is not sent while the commit is under way.
 */
#include "driver/internal.h"

void otr_driver_outbox_hold(otr_driver *driver)
{
    for (size_t i = 0; i < driver->effects.outbox.count; i++)
        if (!otr_id_is_zero(driver->effects.outbox.list[i].replaces))
            otr_outbox_window_hold(&driver->window, driver->effects.outbox.list[i].replaces);
}

bool otr_driver_outbox_prepare(otr_driver *driver)
{
    driver->fates.count = 0;
    driver->handed.count = 0;
    for (size_t i = 0; i < driver->effects.outbox.count; i++)
        if (!otr_id_is_zero(driver->effects.outbox.list[i].replaces) && OTR_LIST_ADD(driver->fates) == NULL)
            return false;
    for (size_t i = 0; i < driver->window.count; i++) {
        otr_outbox_window_entry *entry = &driver->window.entries[i];
        if (!otr_outbox_window_unmarked(entry))
            continue;
        uint64_t *seq = OTR_LIST_ADD(driver->handed);
        if (seq == NULL)
            return false;
        *seq = entry->seq;
        entry->marking = true;
    }
    driver->mark_due = false;
    otr_driver_outbox_hold(driver);
    return true;
}

void otr_driver_outbox_committed(otr_driver *driver)
{
    const otr_outbox_fate *fate = driver->fates.list;
    otr_outbox_window_marked(&driver->window, true);
    otr_outbox_window_release(&driver->window);
    for (size_t i = 0; i < driver->effects.outbox.count; i++) {
        otr_row_outbox row = driver->effects.outbox.list[i];
        if (row.again) {
            otr_outbox_window_leave(&driver->window, row.class);
            continue;
        }
        if (!otr_id_is_zero(row.replaces)) {
            otr_outbox_window_entry *gone = otr_outbox_window_find(&driver->window, fate->replaced);
            if (gone != NULL)
                otr_outbox_window_remove(&driver->window, gone);
            /* a read that began before may bring back what is gone */
            driver->read_void |= driver->reading_outbox && fate->replaced != 0;
            row.body = fate->alone ? row.body_alone : row.body;
            if (!(fate++)->kept)
                continue;
        }
        (void)otr_outbox_window_add(&driver->window, &row);
    }
}

void otr_driver_outbox_failed(otr_driver *driver)
{
    for (size_t i = 0; i < driver->window.count; i++)
        driver->mark_due |= driver->window.entries[i].marking;
    otr_outbox_window_marked(&driver->window, false);
}
