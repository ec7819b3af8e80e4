/* Tickets: what the service desk gets of a case. Each thing said of a case is its ticket's next revision. */
#ifndef OTR_CORE_TICKET_H
#define OTR_CORE_TICKET_H

#include "codec/service.h"
#include "core/state.h"

/* An alarm of the case has changed: its ticket, when it has one or the rule opens one; the case's row. */
void otr_ticket_follow(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm);
/* what: opened, updated, transferred, reminded, escalated, reopened, closed or merged. alarm: the one that
 * changed, or NULL when it is about none. */
void otr_ticket_say(otr_core *core, otr_case *one, const char *what, const otr_asset_state *asset,
                    const otr_alarm *alarm);
/* The event of whichever alarm, of a list, with what the case says of itself, put into the outbox. */
void otr_ticket_put(otr_core *core, otr_case *one, const char *what, const otr_asset_state *asset,
                    const otr_alarm *alarm, otr_service_event *event);
/* The outbox class of all that is said of it: it never rises with the case's priority, or a later revision
 * would leave before an earlier one, which would then stand at the broker. */
otr_outbox_class otr_ticket_class(const otr_case *one);
/* The last value of each of the rule's evidence metrics; list has room for all. Returns how many there are.
 */
size_t otr_ticket_evidence(otr_core *core, const otr_asset_state *asset, const otr_rule *rule,
                           otr_evidence *list);

#endif
