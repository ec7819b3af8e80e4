/*
 * The time zones that are active, by name. Zone data is an input like packs and assignments: a content in the
 * slot "zone/Europe/Berlin", whose bytes are a file of the IANA data, journaled by its hash.
 */
#ifndef OTR_CORE_ZONES_H
#define OTR_CORE_ZONES_H

#include "base/zone.h"
#include "core/core.h"

/* NULL is UTC: for "UTC", for the empty name, and for a zone that is not active, which otr_core_has_zone
 * tells apart. A view until the next step. */
const otr_zone *otr_core_zone(const otr_core *core, otr_str name);
/* Whether the zone's clock is known: it is UTC or active. */
bool otr_core_has_zone(const otr_core *core, otr_str name);

/* "zone/NAME" with a name that a zone of the IANA data may have; not UTC, which needs no data. */
bool otr_slot_is_zone(otr_str slot);

#endif
