/* Values as people read them, until the catalogues of locales take over: a unit where it has a common sign,
 * times in UTC to the minute. */
#ifndef OTR_CORE_TEXT_H
#define OTR_CORE_TEXT_H

#include "core/state.h"

/* The fact that a placeholder names, at the moment of the change; empty when there is none. In the effects'
 * memory. */
otr_str otr_text_fact(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str path);
/* The same for a placeholder, as its filter says it. */
otr_str otr_text_piece(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                       const otr_piece *piece);
/* A slot's value without its unit. */
otr_str otr_text_slot(otr_core *core, const otr_slot *slot);

/* "2026-03-01 08:05 UTC"; empty for NONE. */
otr_str otr_text_minute(otr_core *core, otr_time at);
/* The number with the sign of its unit. */
otr_str otr_text_quantity(otr_core *core, otr_str number, otr_str unit);

/* The place of the asset at which it was last seen; NULL. */
const otr_place *otr_text_place(otr_core *core, const otr_asset_state *asset);
/* Whether the fact is a number or a yes or no of ours, not a text. */
bool otr_text_is_value(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str path);

#endif
