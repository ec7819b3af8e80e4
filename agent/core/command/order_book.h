/*
 * Orders: commands that came in an envelope signed by an operator's key. The book has how far each key has
 * counted, so that no order is taken twice, and what was answered to the last ones, so that one that is sent
 * again is answered again. Who may order what was judged before (driver/permit.h); an order that was refused
 * there is journaled too, and changes nothing here. Each is a row for those who ask later who did what; so is
 * what was ordered on the machine itself, which has no key and is not counted.
 */
#ifndef OTR_CORE_ORDER_BOOK_H
#define OTR_CORE_ORDER_BOOK_H

#include "base/buffer.h"
#include "base/limits.h"
#include "core/alarm/lifecycle.h"
#include "core/desk/desk_act.h"

struct otr_command;
struct otr_command_result;
struct otr_core;

/* Of a command, OTR_COMMAND_ORDER, which follows in the same step those that it made. Views. */
typedef struct otr_order_note {
    otr_id
        key; /* which signed it; zero: it is not known, or (taken, without an order's id) none: it is local */
    otr_id order; /* of the key and the sender's own id */
    uint64_t counter;
    otr_role role;   /* of the key */
    otr_str who;     /* whose key it is */
    otr_str verb;    /* word of the control socket; empty: it was not read */
    otr_str about;   /* what it names: no customer, no text */
    otr_id command;  /* the last that it made; zero: none, and answer is what was answered */
    bool ok;         /* without a command: whether it was done */
    otr_str answer;  /* JSON; empty: it only asked, and is to be asked again */
    otr_str refused; /* why it was not taken; empty: it was */
    uint32_t more;   /* refused before it, that were only counted */
} otr_order_note;

typedef struct otr_order_seen {
    otr_id order;
    bool again;   /* it only asked */
    bool ok;      /* without a command */
    bool command; /* then refusal and alarms count */
    otr_refusal refusal;
    uint32_t alarms;
    otr_str answer; /* owned; empty: it is not known any more */
} otr_order_seen;

typedef struct otr_order_key {
    otr_id key;
    uint64_t counter; /* of the last that was taken */
} otr_order_key;

/* Of the core. Zero-initialise to use. */
typedef struct otr_order_book {
    otr_order_key keys[OTR_LIMIT_ORDER_KEYS]; /* in the order of their first use */
    uint32_t key_count;
    otr_order_seen ring[OTR_LIMIT_ORDERS_SEEN];
    uint32_t count;
    uint32_t next;
} otr_order_book;

typedef enum otr_order_state {
    OTR_ORDER_NEW,
    OTR_ORDER_SEEN,     /* *out says what was answered */
    OTR_ORDER_REPLAYED, /* its counter is not greater than the last of its key */
    OTR_ORDER_KEYS_FULL,
} otr_order_state;
/* What the order is to this core. *out is a view that lasts until the next step. */
otr_order_state otr_order_look(const struct otr_core *core, otr_id key, uint64_t counter, otr_id order,
                               const otr_order_seen **out);

/* INVALID or LIMIT with the reason. */
otr_status otr_order_note_check(const otr_order_note *note, otr_error *error);
void otr_order_note_encode(otr_buffer *out, const otr_order_note *note);
void otr_order_note_decode(otr_reader *reader, otr_order_note *out);

void otr_order_take(struct otr_core *core, const struct otr_command *command,
                    struct otr_command_result *result);
/* Somebody is forgotten: no answer is remembered word by word. */
void otr_order_forget(struct otr_core *core);
void otr_order_book_done(otr_order_book *book);
void otr_order_book_write(const struct otr_core *core, otr_buffer *out);
void otr_order_book_read(struct otr_core *core, otr_reader *reader);

#endif
