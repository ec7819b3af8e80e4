/*
 * Cases that are over, the newest of them: how a trouble like this one ended before. Of each what it was and
 * how it was resolved, and nothing of its customer; those of an asset that is forgotten go with it.
 */
#ifndef OTR_CORE_PRECEDENT_H
#define OTR_CORE_PRECEDENT_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"

struct otr_case;
struct otr_core;

typedef struct otr_precedent {
    otr_id ticket;
    uint64_t alike; /* as in core/case/dossier.h */
    uint64_t product;
    uint32_t asset;      /* in core->labels */
    uint32_t customer;   /* core/asset/whose.h */
    uint32_t rule;       /* in core->labels */
    uint32_t resolution; /* code, in core->labels + 1; 0: it ended by itself */
    otr_time opened;     /* UTC */
    otr_time closed;
} otr_precedent;

/* Zero-initialise to use. */
typedef struct otr_precedents {
    otr_precedent *list; /* owned; a ring */
    uint32_t count;
    uint32_t next; /* where the next one goes */
} otr_precedents;

/* The case has closed, or has closed again: its ticket was said. */
void otr_precedent_add(struct otr_core *core, const struct otr_case *one);
/* Those like the case, the newest first; returns how many, at most OTR_LIMIT_TICKET_SIMILAR. */
size_t otr_precedent_find(const struct otr_core *core, const struct otr_case *one,
                          const otr_precedent *out[OTR_LIMIT_TICKET_SIMILAR]);
/* Those of that customer (core/asset/whose.h). */
void otr_precedent_forget(struct otr_core *core, uint32_t whose);
/* The nth, from the newest. */
otr_precedent *otr_precedent_at(const otr_precedents *all, uint32_t nth);

/* ---- snapshot ---- */

void otr_precedents_write(const struct otr_core *core, otr_buffer *out);
void otr_precedents_read(struct otr_core *core, otr_reader *reader);

#endif
