/*
 * Whose cases, threads, standing alarms, precedents and shelves are: the customer who had the asset when they
 * began. An asset that goes to another customer begins anew for them: nothing that was known or said before
 * is theirs. By the name that stays with each, all of a customer is found when they are forgotten, whoever
 * has the asset by then.
 */
#ifndef OTR_CORE_WHOSE_H
#define OTR_CORE_WHOSE_H

#include "base/buffer.h"

struct otr_asset;
struct otr_asset_state;
struct otr_core;

/* A customer in core->labels + 1; 0: nobody. */
uint32_t otr_whose(struct otr_core *core, const struct otr_asset *asset);
/* Empty for nobody. */
otr_str otr_whose_name(const struct otr_core *core, uint32_t whose);
/* Whether the asset is no longer that of whom it was. What was nobody's goes on as that of the first who has
 * it. */
bool otr_whose_changes(const struct otr_asset *before, const struct otr_asset *now);
/* What is nobody's of what began on the asset is its customer's. */
void otr_whose_claim(struct otr_core *core, const struct otr_asset *asset);
/* The asset of that label while it is that customer's; NULL. hint: where it may be among the bound ones. */
struct otr_asset_state *otr_whose_asset(const struct otr_core *core, uint32_t label, uint32_t whose,
                                        uint32_t hint);

/* ---- snapshot: after cases, threads, standing alarms, precedents and points ---- */

void otr_whose_write(const struct otr_core *core, otr_buffer *out);
void otr_whose_read(struct otr_core *core, otr_reader *reader);

#endif
