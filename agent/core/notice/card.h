/*
 * Advice cards: how damage happens and what to do, told before the risk, once to each reader and within their
 * wishes. A card that may not be told now is not told later: the risk would be there before it. That, too, is
 * recorded.
 */
#ifndef OTR_CORE_CARD_H
#define OTR_CORE_CARD_H

#include "core/notice/notice_offer.h"
#include "core/state.h"

/* The alarm is raised, and nobody keeps it silent: its rule's card, if it has one, is to go to whom the rule
 * tells, as far as the card is for them. */
void otr_card_offer(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm);
/* What was offered, after what has happened is told: good advice begins with the news. */
void otr_card_tell(otr_core *core, otr_offer *card);

#endif
