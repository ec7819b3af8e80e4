/* Outbox entries: what alarms, notifications, tickets and status events say, decided now and rendered when
 * sent. */
#ifndef OTR_CORE_EVENT_H
#define OTR_CORE_EVENT_H

#include "core/state.h"

/* Why an alarm's event is made. */
typedef enum otr_change {
    OTR_CHANGE_RAISED,
    OTR_CHANGE_CLEARED,
    OTR_CHANGE_WITHDRAWN,
    OTR_CHANGE_HISTORICAL, /* raised and ended before it became known */
    OTR_CHANGE_CORRECTED,
    OTR_CHANGE_RETRACTED,
} otr_change;

void otr_event_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_change change);
/* Nothing where nobody is to be told, or no text says it. */
void otr_event_notification(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                            otr_change change);
/* An alarm of the case has changed: its ticket, when it has one or the rule opens one; the case's row. */
void otr_event_case(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm);
/* what: opened, updated or closed. alarm: the one that changed, or NULL when the case closes by itself. */
void otr_event_ticket(otr_core *core, const otr_case *one, const char *what, const otr_asset_state *asset,
                      const otr_alarm *alarm);
/* Rows that nobody owns any more are ended. */
void otr_event_orphan_alarm(otr_core *core, const otr_row_alarm *row);
void otr_event_orphan_case(otr_core *core, const otr_row_case *row);
void otr_event_status(otr_core *core, otr_str what, otr_str text);

#endif
