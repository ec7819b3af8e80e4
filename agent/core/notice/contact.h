/*
 * What the core remembers of a contact, by reference, so that it outlives new assignments: how many messages
 * each day had, what the person has stopped, what was told once, and when the next digest is due. A budget's
 * day is the civil day of the contact's zone; a week is any seven such days in a row, so that two weeks never
 * meet in twice the number.
 */
#ifndef OTR_CORE_CONTACT_H
#define OTR_CORE_CONTACT_H

#include "base/buffer.h"
#include "base/zone.h"
#include "core/asset/assignment.h"
#include "core/notice/notice_reason.h"

struct otr_core;

enum { OTR_DAY_NONE = INT32_MIN };

/* Told or promised. */
typedef struct otr_debit {
    int32_t day;
    uint32_t category; /* in core->labels */
    uint32_t count;
} otr_debit;

typedef struct otr_stop {
    uint32_t category; /* in core->labels; OTR_NONE: all */
    otr_time until;    /* UTC; NEVER */
} otr_stop;

typedef struct otr_ledger {
    uint32_t reference; /* in core->labels; OTR_NONE: forgotten, a free place */
    bool role;          /* a plain role of the rules: somebody, though no assignment says more */
    bool resolved;      /* wishes are those of the assignments of now */
    const otr_contact *wishes;
    uint32_t newest;   /* its newest thread + 1, 0: none */
    otr_debit *debits; /* owned, as are the others */
    uint32_t debit_count;
    uint32_t debit_capacity;
    otr_stop *stops;
    uint32_t stop_count;
    uint32_t stop_capacity;
    uint64_t *once; /* hashes, in the order in which they were told */
    uint32_t once_count;
    uint32_t once_capacity;
    otr_time digest;     /* UTC at which what waits for budget is told; NEVER */
    int32_t digest_day;  /* whose budget the digest has; OTR_DAY_NONE */
    otr_time flood_ends; /* core time until which only the digest speaks; NONE: there is no flood */
} otr_ledger;

/* Zero-initialise to use. */
typedef struct otr_ledgers {
    otr_ledger *list;
    uint32_t count;
    uint32_t capacity;
    uint32_t *of_label; /* number + 1 by label of the reference, 0: none */
    uint32_t of_label_capacity;
} otr_ledgers;

/* The number of the contact's ledger, made when it has none; OTR_NONE with core->failed for want of memory.
 */
uint32_t otr_ledger_of(struct otr_core *core, otr_str reference, bool role);
/* OTR_NONE when there is none. */
uint32_t otr_ledger_find(const struct otr_core *core, otr_str reference);
/* What the person wishes, by the assignments of now; NULL: nobody has that reference any more. */
const otr_contact *otr_ledger_wishes(const struct otr_core *core, const otr_ledger *ledger);
/* The assignments have changed. */
void otr_ledgers_rebound(struct otr_core *core);
const otr_zone *otr_contact_zone(const struct otr_core *core, const otr_contact *wishes);

bool otr_contact_is_quiet(const struct otr_core *core, const otr_contact *wishes, otr_time utc);
/* The first instant after utc that is not quiet. */
otr_time otr_contact_quiet_end(const struct otr_core *core, const otr_contact *wishes, otr_time utc);
/* The first minute outside quiet hours on a later day than that of utc; 08:00 where there are none. */
otr_time otr_contact_morning(const struct otr_core *core, const otr_contact *wishes, otr_time utc);
int32_t otr_contact_day(const struct otr_core *core, const otr_contact *wishes, otr_time utc);

/* Whether one more fits that day, with all that is told or promised around it; else which budget it breaks.
 */
otr_notice_reason otr_ledger_fits(const struct otr_core *core, const otr_ledger *ledger,
                                  const otr_contact *wishes, uint32_t category, int32_t day);
void otr_ledger_debit(struct otr_core *core, otr_ledger *ledger, uint32_t category, int32_t day);
void otr_ledger_release(otr_ledger *ledger, uint32_t category, int32_t day);

/* The contact's own list, and what was stopped; critical passes unless the very category was stopped. */
bool otr_ledger_is_stopped(const struct otr_core *core, const otr_ledger *ledger, const otr_contact *wishes,
                           uint32_t category, bool critical);
/* category OTR_NONE: all. */
void otr_ledger_stop(struct otr_core *core, otr_ledger *ledger, uint32_t category, otr_time until);
/* Ends what stop began; the list of the assignments stays. */
void otr_ledger_resume(otr_ledger *ledger, uint32_t category);

bool otr_ledger_has_once(const otr_ledger *ledger, uint64_t hash);
void otr_ledger_add_once(struct otr_core *core, otr_ledger *ledger, uint64_t hash);
void otr_ledger_drop_once(otr_ledger *ledger, uint64_t hash);

/* Nothing of it is left; its place is free. */
void otr_ledger_drop(struct otr_core *core, uint32_t number);
/* The same for who is nobody any more, has no thread, and has stopped nothing. */
void otr_ledger_drop_idle(struct otr_core *core, uint32_t number);
/* All of these; no offer is open that has the number of one. */
void otr_ledgers_drop_idle(struct otr_core *core);
void otr_ledger_clear(otr_ledger *ledger);
void otr_ledgers_done(otr_ledgers *ledgers);

#endif
