/* A look at an asset, for its view: what a person would see of it now, and how a view says it. */
#ifndef OTR_CORE_ASSET_LOOK_H
#define OTR_CORE_ASSET_LOOK_H

#include "codec/service.h"
#include "core/view/asset_view.h"
#include "core/view/journey_now.h"

enum { OTR_VIEW_FACTS_MAX = 12 };

/* Views of what the core has, until the next step. */
typedef struct otr_asset_look {
    otr_asset_shown shown;
    const otr_slot *location; /* NULL: not known, as with all pointers here */
    const otr_place *place;   /* the first of the asset's places that it is in */
    const otr_slot *temperature;
    bool travels; /* journey says when it comes */
    otr_journey_now journey;
    const otr_alarm *trouble;  /* the highest open alarm that somebody of the asset is told of */
    otr_str persona;           /* of who is told of it first */
    const otr_contact *reader; /* who is told of it; NULL: nobody */
    otr_time next_by;          /* UTC, the earliest that was promised to anybody; NONE */
    otr_str bump;              /* what it was; empty: none */
    otr_time bump_at;
} otr_asset_look;

otr_asset_look otr_asset_look_at(otr_core *core, const otr_asset_state *asset, const otr_asset_view *view);
/* Fills the event; facts has room for OTR_VIEW_FACTS_MAX. Texts are in the effects' memory. */
void otr_asset_look_say(otr_core *core, const otr_asset_state *asset, const otr_asset_look *look,
                        otr_service_event *event, otr_fact *facts);

#endif
