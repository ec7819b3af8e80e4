/*
 * What a case keeps for its ticket: its fault codes, which troubles it is about, its alarms, why its queue,
 * and by what it is compared with later cases. Filled while alarms join, so that the ticket can still say it
 * when the device no longer does.
 */
#ifndef OTR_CORE_DOSSIER_H
#define OTR_CORE_DOSSIER_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"

struct otr_alarm;
struct otr_asset_state;
struct otr_case;
struct otr_core;
struct otr_known;

typedef struct otr_dossier_alarm {
    otr_id id;
    uint32_t pack; /* in core->labels */
    uint32_t rule;
    uint8_t priority;
    uint32_t device; /* NONE of a dead-man's */
    otr_time onset;
    otr_time raised;
    otr_time detected;
    otr_time ended; /* NONE: it goes on */
} otr_dossier_alarm;

/* Zero-initialise to use. */
typedef struct otr_dossier {
    otr_str codes; /* owned; blanks between them, in the order in which they came */
    uint32_t troubles[OTR_LIMIT_CASE_TROUBLES]; /* in core->labels */
    uint32_t trouble_count;
    uint32_t why;              /* the queue: in core->labels + 1; 0: nobody said */
    uint32_t specialist;       /* whom a route suggests: in core->labels + 1; 0: nobody */
    uint64_t alike;            /* hash of its first code, else of its rule */
    uint64_t product;          /* hash of the asset's model, else of its class */
    otr_dossier_alarm *alarms; /* owned; the first and the newest */
    uint32_t alarm_count;
    uint32_t alarm_capacity;
} otr_dossier;

/* The open or verifying case of the asset (in core->labels), of whose things, that is about one of the
 * troubles that the alarm is known by; OTR_NONE. */
uint32_t otr_dossier_find(const struct otr_core *core, uint32_t asset, uint32_t whose,
                          const struct otr_known *known);
/* The alarm has joined the case. codes: of the alarm. */
void otr_dossier_join(struct otr_core *core, struct otr_case *one, const struct otr_asset_state *asset,
                      const struct otr_alarm *alarm, otr_str codes, const struct otr_known *known);
/* What another case knew, which is part of this one from now on. */
void otr_dossier_merge(struct otr_core *core, otr_dossier *dossier, const otr_dossier *other);
/* Its alarm has changed. */
void otr_dossier_follow(struct otr_core *core, struct otr_case *one, const struct otr_asset_state *asset,
                        const struct otr_alarm *alarm);
/* The queue that the alarm's rule, what is known of it or a route gives, with the reason. */
uint32_t otr_dossier_route(struct otr_core *core, struct otr_case *one, const struct otr_asset_state *asset,
                           const struct otr_alarm *alarm, const struct otr_known *known);
/* Frees what it owns. */
void otr_dossier_done(otr_dossier *dossier);

/* ---- snapshot ---- */

void otr_dossiers_write(const struct otr_core *core, otr_buffer *out);
void otr_dossiers_read(struct otr_core *core, otr_reader *reader);

#endif
