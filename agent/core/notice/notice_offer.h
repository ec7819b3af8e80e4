/* What alarms have offered in the input at hand; from notice_offer.c to notice.c. */
#ifndef OTR_CORE_NOTICE_OFFER_H
#define OTR_CORE_NOTICE_OFFER_H

#include "core/notice/notice_text.h"

typedef enum otr_offer_kind {
    OTR_OFFER_NEWS,     /* a trouble begins, or had begun and ended */
    OTR_OFFER_END,      /* the alarm has ended */
    OTR_OFFER_REOPEN,   /* it turned out not to have ended */
    OTR_OFFER_RETRACT,  /* it turned out not to have been */
    OTR_OFFER_WITHDRAW, /* nobody watches for it any more */
    OTR_OFFER_HELD,     /* what a thread holds is due */
    OTR_OFFER_CARD,     /* advice, which is settled and comes after what has happened */
} otr_offer_kind;

typedef struct otr_offer {
    otr_offer_kind kind;
    bool done;
    otr_notice_what what; /* NEWS: RAISED, PAST, or CLEARED where only the end is news */
    uint32_t contact;     /* number of its ledger */
    uint32_t persona;     /* in core->labels, as are the next four but asset_at: what they are in this */
    uint32_t asset;
    uint32_t asset_at;
    uint32_t customer; /* core/asset/whose.h */
    uint32_t pack;
    uint32_t rule;
    uint32_t category;
    uint8_t priority;
    bool milestone; /* it neither joins another trouble nor takes one along */
    otr_time cooldown;
    otr_id alarm;
    otr_id case_id;
    otr_notice_saying saying; /* not made: it is not told, or said when it is */
    otr_notice_saying alone;
    otr_id thread; /* HELD: which; CARD: the id of its message */
} otr_offer;

/* The ledger of whom an asset's messages to that word reach; OTR_NONE: nobody. A plain role is somebody,
 * though no assignment says more of it. *persona is what they are in this. */
uint32_t otr_notice_addressee(otr_core *core, const otr_asset_state *asset, otr_str to, otr_str *persona);
/* A new one; NULL with core->failed. Nobody keeps the pointer over the next. */
otr_offer *otr_offer_add(otr_core *core);

#endif
