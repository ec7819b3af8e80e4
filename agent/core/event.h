/* Outbox entries: what alarms, notifications, tickets and status events say, decided now and rendered when
 * sent. */
#ifndef OTR_CORE_EVENT_H
#define OTR_CORE_EVENT_H

#include "core/state.h"

/* Why an alarm's event is made. */
typedef enum otr_change { OTR_CHANGE_RAISED, OTR_CHANGE_CLEARED, OTR_CHANGE_WITHDRAWN } otr_change;

void otr_event_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_change change,
                     otr_time ended);
void otr_event_notification(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                            otr_change change, otr_time ended);
/* what: opened, updated or closed. alarm: the one that changed, or NULL when the case closes by itself. */
void otr_event_ticket(otr_core *core, const otr_case *one, const char *what, const otr_asset_state *asset,
                      const otr_alarm *alarm, otr_time ended);
/* Rows that nobody owns any more are ended. */
void otr_event_orphan_alarm(otr_core *core, const otr_row_alarm *row);
void otr_event_orphan_case(otr_core *core, const otr_row_case *row);
void otr_event_status(otr_core *core, otr_str what, otr_str text);

#endif
