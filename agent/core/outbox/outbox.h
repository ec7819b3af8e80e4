/*
 * The body of an outbox entry: the facts of a service event, fixed when it was decided, and for a
 * notification the text's template, filled when it is sent, so that "for 20 minutes" is true when it is read.
 */
#ifndef OTR_CORE_OUTBOX_H
#define OTR_CORE_OUTBOX_H

#include "base/buffer.h"
#include "codec/service.h"
#include "rules/load/pack.h"

/* template may be NULL: the event has no text of its own. */
void otr_outbox_encode(otr_buffer *out, const otr_service_event *event, const otr_template *text);
/* The event as it is to be sent at utc; views into body and arena. CORRUPT when the body does not read back,
 * MEMORY otherwise. */
otr_status otr_outbox_render(otr_arena *arena, otr_str body, otr_time utc, otr_service_event *out,
                             otr_error *error);
/* Whether an alarm or ticket stands after this event: the broker keeps it for whoever comes later until it
 * does not. */
bool otr_outbox_stands(const otr_service_event *event);
/*
 * What remains of an entry that names somebody who is forgotten, appended, and its event: of an end the
 * broker must hear, or it keeps for ever what it was told before. An alarm's or ticket's end without anything
 * of theirs; that a view is cleared, whose topic is its asset, as it is. Nothing of what else there is.
 * CORRUPT, MEMORY.
 */
otr_status otr_outbox_remains(otr_str body, otr_buffer *out, otr_id *event_id, otr_error *error);
/* Fills a template from facts; {{ duration }} runs from onset to the end, or to utc while there is none. A
 * path that no fact names gives "–". data is NULL for want of memory. */
otr_str otr_outbox_fill(otr_arena *arena, const otr_template *text, const otr_service_event *event,
                        otr_time utc);

#endif
