/* Outbox entries: what alarms, notifications, tickets and status events say, decided now and rendered when
 * sent. */
#ifndef OTR_CORE_EVENT_H
#define OTR_CORE_EVENT_H

#include "codec/service.h"
#include "core/state.h"

/* Of one event: what its texts name, and its command and how that stands. */
enum { OTR_EVENT_FACTS_TEXT = 48, OTR_EVENT_FACTS_MAX = OTR_EVENT_FACTS_TEXT + 2 };

/* who: the operator, empty when it happened by itself. */
void otr_event_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_saying said,
                     otr_str who);
/* Of an alarm that is over. */
void otr_event_standing(otr_core *core, const otr_standing_alarm *alarm, otr_saying said, otr_str who);
/* Of a point: shelved, unshelved, out-of-service, in-service. */
void otr_event_point(otr_core *core, const otr_point *point, otr_saying said, otr_str who, otr_str reason);
/* Rows that nobody owns any more are ended. */
void otr_event_orphan_alarm(otr_core *core, const otr_row_alarm *row);
void otr_event_orphan_case(otr_core *core, const otr_row_case *row);
void otr_event_status(otr_core *core, otr_str what, otr_str text);
/* Of an asset, with facts. */
void otr_event_status_of(otr_core *core, otr_str what, otr_str text, otr_str asset, const otr_fact *facts,
                         size_t fact_count);
/* What stands at the broker under this entity is to be forgotten there; names nobody. */
void otr_event_forget(otr_core *core, otr_service_kind kind, otr_id entity);
void otr_event_forget_point(otr_core *core, const otr_point *point);
/* A command to a device has come into a state; reason may be empty. */
void otr_event_command(otr_core *core, const struct otr_device_command *command, otr_str state,
                       otr_str reason);

/* How the alarm or point stands after the event, as long as somebody may have to do something about it. What
 * has no such fact any more stands no longer: the broker forgets it (driver/publish.c). */
static inline otr_fact otr_event_state_fact(const char *state)
{
    return (otr_fact){OTR_STR("state"), otr_str_of(state)};
}

/* For the files that make events: an id derived from another, an entry put into the outbox. */
otr_id otr_event_derive(char kind, otr_id from, uint32_t number);
/* Returns the body in the effects' memory; empty while effects are discarded. */
otr_str otr_event_put(otr_core *core, otr_outbox_class class, const otr_service_event *event,
                      const otr_template *text);
/* Nothing but what and when it is decided: no other time, no coverage, never expires. */
otr_service_event otr_event_blank(otr_time decided, otr_str what);
/* A retained one, in the place of the one before it if that still waits; before is zero for none. */
void otr_event_put_instead(otr_core *core, const otr_service_event *event, otr_id before);
/* The ticket that was said under that event is said once more, unless it still waits. */
void otr_event_again(otr_core *core, otr_outbox_class class, otr_id event);
otr_outbox_class otr_event_class(unsigned priority);
/* Adds what the template's placeholders name, each once, up to OTR_EVENT_FACTS_TEXT. */
void otr_event_add_facts(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                         const otr_template *text, otr_fact *facts, size_t *count);
/* What all events of one alarm have in common, and what the placeholders of its cause and of more name; facts
 * has room for OTR_EVENT_FACTS_MAX. more may be NULL. */
otr_service_event otr_event_facts(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                                  otr_fact *facts, const otr_template *more);

#endif
