/* What `outrider check --journey` says of a journey map: where it asks for what no pack does. */
#ifndef OTR_TOOLS_CHECK_JOURNEY_H
#define OTR_TOOLS_CHECK_JOURNEY_H

#include "base/buffer.h"
#include "rules/load/journey_map.h"
#include "rules/load/pack.h"

/* The same of a file; what otr_file_read and otr_journey_load refuse is told in *error. */
otr_status otr_check_journey_file(otr_buffer *out, const char *file, otr_pack *const *packs,
                                  size_t pack_count, otr_str locales, otr_error *error);
/*
 * Appends `FILE:LINE:COL: REASON` lines and returns how many: steps without a rule, text, reader, owner or
 * goal; packs that are not there; rules, messages, cards and queues that no pack has, or that the step's rule
 * does not use; messages and cards that lack a language. locales: "en,de"; empty: those that any message of
 * the packs has.
 */
size_t otr_check_journey(otr_buffer *out, const char *file, const otr_journey_map *map,
                         otr_pack *const *packs, size_t pack_count, otr_str locales);

#endif
