/*
 * The outbox window: the part of the outbox that is in memory, oldest first per class. The rest waits in the
 * store and is read when there is room. An entry stays until the broker has accepted it or it leaves for
 * another recorded reason. One that was handed to the link may have been told for good, whatever becomes of
 * the link: the store is told so with the next commit.
 */
#ifndef OTR_DRIVER_OUTBOX_WINDOW_H
#define OTR_DRIVER_OUTBOX_WINDOW_H

#include "base/limits.h"
#include "core/rows.h"

typedef struct otr_outbox_window_entry {
    uint64_t seq;
    otr_outbox_class class;
    otr_id event;
    bool sent;           /* handed to the link, not acknowledged */
    bool handed;         /* was handed to a link that went down: it may have been told */
    bool marked;         /* the store knows that it may have been told */
    bool marking;        /* the commit under way tells it */
    bool stale;          /* the store may have erased it: what is not in flight is read anew */
    bool held;           /* the commit under way may replace it: it is not sent */
    bool kept;           /* what stands was handed to this link, for the broker to keep */
    bool refused;        /* logged once */
    otr_time not_before; /* mono: a refused entry waits */
    char *body;          /* owned */
    size_t body_size;
} otr_outbox_window_entry;

/* Zero-initialise, then set waiting[] true for all classes after a restart. */
typedef struct otr_outbox_window {
    otr_outbox_window_entry entries[OTR_LIMIT_OUTBOX_WINDOW]; /* used ones first, by class, then seq */
    size_t count;
    size_t sent;
    bool waiting[OTR_OUTBOX_CLASSES];   /* the store has rows of the class after `after` */
    bool missed[OTR_OUTBOX_CLASSES];    /* rows were left to the store since the read under way began */
    uint64_t after[OTR_OUTBOX_CLASSES]; /* highest seq that was in the window */
    size_t waiting_rows;                /* estimate of rows in the store only, for figures */
} otr_outbox_window;

/* Takes a committed row, or leaves it to the store when the window is full or older rows wait there. False
 * when memory is out: then it is left to the store too. */
bool otr_outbox_window_add(otr_outbox_window *window, const otr_row_outbox *row);
/* The store may have a further row of the class: it is read from there. */
void otr_outbox_window_leave(otr_outbox_window *window, otr_outbox_class class);
/* Takes a row read from the store, in order. False when there is no room for it: it stays there with those
 * after it. */
bool otr_outbox_window_fill(otr_outbox_window *window, otr_outbox_class class, const otr_row_outbox *row);
/* The read that ends here has found all rows of the class. */
void otr_outbox_window_complete(otr_outbox_window *window, otr_outbox_class class);
/* The class to read next and how many rows, or false. A read of it begins. */
bool otr_outbox_window_wants(otr_outbox_window *window, otr_outbox_class *class, size_t *limit);
/* The next entry to send, or NULL; *soonest is when a refused one may go again. */
otr_outbox_window_entry *otr_outbox_window_next(otr_outbox_window *window, otr_time mono, otr_time *soonest);
/* Whether one is with the broker that goes before telemetry: alarms, notifications, tickets and what follows
 * them, but not what is bulk. */
bool otr_outbox_window_goes_first(const otr_outbox_window *window);
otr_outbox_window_entry *otr_outbox_window_find(otr_outbox_window *window, uint64_t seq);
void otr_outbox_window_remove(otr_outbox_window *window, otr_outbox_window_entry *entry);
/* Nothing is in flight any more; what was may have been told. True when a commit is to see to some of it: the
 * store does not know that yet, or has erased it. */
bool otr_outbox_window_unsend(otr_outbox_window *window);
/* The entry of an event may be replaced by what is being committed: when nobody can have been told of it, it
 * is not sent until otr_outbox_window_release. */
void otr_outbox_window_hold(otr_outbox_window *window, otr_id event);
void otr_outbox_window_release(otr_outbox_window *window);
/* Whether an entry may have been told and the store does not know it. */
bool otr_outbox_window_unmarked(const otr_outbox_window_entry *entry);
/* A commit is done: the store knows it now of those that are being marked, or does not. */
void otr_outbox_window_marked(otr_outbox_window *window, bool known);
/* What the store has is not certain any more: what is not in flight is read anew, but for what it does not
 * know to have been handed over. */
void otr_outbox_window_forget_unsent(otr_outbox_window *window);
/* The same, where the store has erased some: what stays for now is not sent again, and is read anew once it
 * is not in flight and the store knows all of it. */
void otr_outbox_window_forget(otr_outbox_window *window);
void otr_outbox_window_done(otr_outbox_window *window);

#endif
