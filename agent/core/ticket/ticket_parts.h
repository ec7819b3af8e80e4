/* What a ticket says of its case: from what the case keeps (core/case/dossier.h), what is known, and what the
 * asset is and reports now. For ticket.c. */
#ifndef OTR_CORE_TICKET_PARTS_H
#define OTR_CORE_TICKET_PARTS_H

#include "codec/service.h"
#include "core/outbox/event.h"
#include "core/ticket/known.h"
#include "core/ticket/problem.h"

/* Beside those of its alarm: what the asset is, where it is, why this queue, and of which problem it is. */
enum { OTR_TICKET_FACTS_MAX = OTR_EVENT_FACTS_MAX + 18 };

/* The case in the moment in which its ticket is said. asset and alarm are NULL where there is none any more;
 * of a list they are those of its first item. */
typedef struct otr_ticket_moment {
    otr_core *core;
    otr_case *one;
    const otr_asset_state *asset;
    const otr_alarm *alarm;
    otr_known known;
    const otr_problem *problem; /* NULL: none that is open */
} otr_ticket_moment;

/* "Box 12: too warm (Temperature excursion)". In the effects' memory, as are the others. */
otr_str otr_ticket_title(const otr_ticket_moment *of);
/* What happened since when, how it is now, how sure we are, what it most likely is and what to do first. */
otr_str otr_ticket_description(const otr_ticket_moment *of, const otr_service_event *event);
/* Adds to facts, which has room for OTR_TICKET_FACTS_MAX, all that messages about the alarm name, in the same
 * words, and then those of the asset. */
void otr_ticket_facts(const otr_ticket_moment *of, otr_fact *facts, size_t *count);
/* One asset of a list in a line: its name, model, serial number, lot, and where it is. */
otr_str otr_ticket_member(otr_core *core, const otr_asset_state *asset);
/* What it encloses: codec/ticket.h. Not whole: without what is known and without series. */
otr_bytes otr_ticket_enclosed(const otr_ticket_moment *of, bool whole);

#endif
