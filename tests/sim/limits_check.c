/* Queues stay within base/limits.h, whatever comes. */
#include "sim.h"

#include "driver/internal.h"

/* What one commit may add before the next takes away what is too much. */
enum { ROOM_SLACK = 256 };
#define AWAY_LONG (10 * OTR_MINUTE)

static size_t commands_waiting(const otr_driver *driver)
{
    size_t count = 0;
    for (size_t i = 0; i < driver->pending.count; i++)
        count += driver->pending.list[i].input.kind == OTR_INPUT_COMMAND;
    return count;
}

void sim_limits_check(sim *s)
{
    const otr_driver *driver = s->driver;
    if (driver == NULL)
        return;
    if (driver->inbox.count > OTR_LIMIT_INBOX_INPUTS)
        sim_fail(s, "%zu uploads wait", driver->inbox.count);
    if (commands_waiting(driver) > OTR_LIMIT_COMMANDS_WAITING)
        sim_fail(s, "%zu commands wait", commands_waiting(driver));
    if (driver->window.sent > driver->link_window && driver->link_up)
        sim_fail(s, "%zu messages are under way, and the link takes %u", driver->window.sent,
                 driver->link_window);
    if (driver->duplicates.count > OTR_LIMIT_DUPLICATES)
        sim_fail(s, "%u repeated uploads are remembered", driver->duplicates.count);
    if (s->link.is_up)
        s->away_since = s->clock.now;
    if (s->outbox_rows > 0 && s->clock.now - s->away_since > AWAY_LONG &&
        s->store.disk->outbox_rows > s->outbox_rows + ROOM_SLACK)
        sim_fail(s, "the outbox has %zu entries, and room for %u", s->store.disk->outbox_rows,
                 s->outbox_rows);
}
