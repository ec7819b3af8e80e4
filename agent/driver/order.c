#include "driver/order.h"

#include "base/limits.h"
#include "driver/internal.h"

/* A bucket of so many at the most, filled by rate a second. */
static bool take_one(otr_allowance *from, otr_time mono, unsigned most, unsigned rate)
{
    if (!from->begun)
        *from = (otr_allowance){.begun = true, .since = mono, .left = most};
    otr_time passed = mono > from->since ? mono - from->since : 0;
    uint64_t more = (uint64_t)(passed / (OTR_SECOND / rate));
    if (more > 0 || mono < from->since) {
        from->left = more >= most - from->left ? most : from->left + (unsigned)more;
        from->since = mono;
    }
    if (from->left == 0)
        return false;
    from->left--;
    return true;
}

bool otr_driver_may_order(otr_driver *driver)
{
    otr_driver_read_clock(driver);
    if (take_one(&driver->orders, driver->sample.mono, OTR_LIMIT_ORDERS_AT_ONCE, OTR_LIMIT_ORDERS_PER_S))
        return true;
    driver->counters.orders_dropped++;
    return false;
}

bool otr_driver_may_refuse(otr_driver *driver)
{
    otr_driver_read_clock(driver);
    driver->counters.orders_refused++;
    if (take_one(&driver->refusals, driver->sample.mono, OTR_LIMIT_ORDERS_REFUSED_AT_ONCE, 1))
        return true;
    driver->refused_more++;
    return false;
}

static bool is_order(const otr_pending *pending)
{
    return pending->input.kind == OTR_INPUT_COMMAND && pending->input.command.kind == OTR_COMMAND_ORDER;
}

otr_order_fate otr_driver_order_look(const otr_driver *driver, const otr_order_note *note,
                                     const otr_order_seen **out)
{
    size_t waiting = 0;
    for (size_t i = 0; i < driver->pending.count; i++) {
        const otr_order_note *other = &driver->pending.list[i].input.command.order;
        if (!is_order(&driver->pending.list[i]))
            continue;
        waiting++;
        if (other->refused.size > 0)
            continue;
        if (otr_id_equal(other->order, note->order))
            return OTR_ORDER_WAITS;
        if (otr_id_equal(other->key, note->key) && other->counter >= note->counter)
            return OTR_ORDER_IS_REPLAYED;
    }
    switch (otr_order_look(driver->core, note->key, note->counter, note->order, out)) {
    case OTR_ORDER_SEEN:
        return OTR_ORDER_IS_DONE;
    case OTR_ORDER_REPLAYED:
        return OTR_ORDER_IS_REPLAYED;
    case OTR_ORDER_KEYS_FULL:
        return OTR_ORDER_HAS_NO_ROOM;
    case OTR_ORDER_NEW:
        break;
    }
    bool room = !driver->stopping && !driver->broken && waiting < OTR_LIMIT_ORDERS_WAITING;
    return room ? OTR_ORDER_IS_NEW : OTR_ORDER_HAS_NO_ROOM;
}

size_t otr_driver_order_begin(const otr_driver *driver)
{
    return driver->pending.count;
}

otr_status otr_driver_order_end(otr_driver *driver, size_t begin, const otr_order_note *note, uint64_t handle,
                                otr_error *error)
{
    otr_command command = {.kind = OTR_COMMAND_ORDER, .until = OTR_TIME_NONE, .order = *note};
    for (size_t i = begin; i < driver->pending.count; i++)
        if (driver->pending.list[i].input.kind == OTR_INPUT_COMMAND)
            command.order.command = driver->pending.list[i].input.command.id;
    command.order.more = driver->refused_more;
    command.id = otr_hash128('n', note->counter, note->order.bytes, sizeof note->order.bytes);
    otr_status status = otr_driver_command(driver, &command, handle, error);
    if (status != OTR_OK) {
        otr_driver_shorten_pending(driver, begin);
        return status;
    }
    driver->refused_more = 0;
    driver->counters.orders += note->refused.size == 0;
    return OTR_OK;
}

otr_status otr_driver_order_refuse(otr_driver *driver, const otr_order_note *note, uint64_t handle,
                                   otr_error *error)
{
    OTR_ASSERT(note->refused.size > 0);
    return otr_driver_order_end(driver, driver->pending.count, note, handle, error);
}
