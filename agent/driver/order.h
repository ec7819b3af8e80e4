/* Orders on their way to the journal: driver/permit.h has judged them, core/command/order_book.h remembers
 * them. */
#ifndef OTR_DRIVER_ORDER_H
#define OTR_DRIVER_ORDER_H

#include "core/command/command.h"

typedef struct otr_driver otr_driver;

typedef enum otr_order_fate {
    OTR_ORDER_IS_NEW,
    OTR_ORDER_WAITS,   /* the same is being committed */
    OTR_ORDER_IS_DONE, /* *out says what was answered */
    OTR_ORDER_IS_REPLAYED,
    OTR_ORDER_HAS_NO_ROOM, /* too many wait, or the driver is stopping: later */
} otr_order_fate;

/* False: more came in this second than are looked at; the caller drops it without an answer. */
bool otr_driver_may_order(otr_driver *driver);
/* False: so many were refused lately that this one is only counted, and not journaled. */
bool otr_driver_may_refuse(otr_driver *driver);

/* Of an order that may be taken. *out is a view that lasts until the next turn. */
otr_order_fate otr_driver_order_look(const otr_driver *driver, const otr_order_note *note,
                                     const otr_order_seen **out);
/* Where the queue of inputs ends: what an order queues after it is committed together with its note. */
size_t otr_driver_order_begin(const otr_driver *driver);
/*
 * Journals the order itself, in the same commit as what it queued since begin; note->command and ->more are
 * filled in here. The handle is answered through the operator port when it is committed, after that of the
 * command. On anything but OK what was queued since begin is taken back: nothing has happened.
 */
otr_status otr_driver_order_end(otr_driver *driver, size_t begin, const otr_order_note *note, uint64_t handle,
                                otr_error *error);
/* Journals that one was refused: the same, of an order that queued nothing. */
otr_status otr_driver_order_refuse(otr_driver *driver, const otr_order_note *note, uint64_t handle,
                                   otr_error *error);

#endif
