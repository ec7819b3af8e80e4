/*
 * What is kept of an asset for the evidence of its tickets: a series (core/ticket/series.h) of each number
 * that a rule with a ticket encloses, by the device that reports it, from its first reading on.
 */
#ifndef OTR_CORE_EVIDENCE_H
#define OTR_CORE_EVIDENCE_H

#include "codec/ticket.h"
#include "core/journal/entries.h"
#include "core/state.h"

/* A metric that tickets of the plan enclose. */
struct otr_plan_evidence {
    otr_str metric;
    otr_time last;        /* the longest of its rules */
    const otr_pack *pack; /* whose defaults count for its limits */
};

/* Lists the metrics of the plan's rules. False when memory is out. */
bool otr_evidence_plan(otr_plan *plan);
/* A good reading of one of the asset's devices, in whichever order it comes. */
void otr_evidence_add(otr_core *core, otr_asset_state *asset, uint32_t device, const otr_entry *entry);
/* What was dated ahead of that time was not so: those series begin anew. */
void otr_evidence_rewind(otr_asset_state *asset, otr_time utc);
/* What the fresh one still encloses moves over. */
void otr_evidence_move(otr_core *core, otr_asset_state *old, otr_asset_state *fresh);
void otr_evidence_free(otr_asset_state *asset);

/* The series of the rule's evidence, in the effects' memory; NULL with core->failed when memory is out. */
otr_ticket_series *otr_evidence_series(otr_core *core, const otr_asset_state *asset, const otr_rule *rule,
                                       size_t *count);

/* ---- snapshot ---- */

void otr_evidence_write(const otr_core *core, otr_buffer *out);
void otr_evidence_read(otr_core *core, otr_reader *reader);

#endif
