/*
 * What the knowledge files (rules/KNOWLEDGE.md) say of an alarm: of its fault codes, then of its rule; and
 * the route that its ticket takes. Views into the contents that are active: not for longer than the step.
 */
#ifndef OTR_CORE_KNOWN_H
#define OTR_CORE_KNOWN_H

#include "base/limits.h"
#include "core/state.h"
#include "rules/load/knowledge.h"

typedef struct otr_known_item {
    otr_str code;                       /* as reported; empty: it is about the rule or the product */
    const otr_knowledge_entry *entry;   /* what is known of it */
    const otr_knowledge_entry *failure; /* of SPNx/FMIy that has no entry of its own: that of FMIy; NULL */
} otr_known_item;

/* What says most of the alarm comes first: its codes in their order, then its rule. */
typedef struct otr_known {
    otr_known_item items[OTR_LIMIT_KNOWN_ITEMS];
    size_t count;
} otr_known;

/* The fault codes that concern the rule now, with blanks between them, at most OTR_LIMIT_CASE_CODES: those of
 * the metrics dtc and fault, where the rule reads or encloses them; of several those for which its condition
 * holds. In the effects' memory; empty: none. */
otr_str otr_known_codes(otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound);
void otr_known_find(const otr_core *core, const otr_asset *asset, const otr_bound_rule *bound, otr_str codes,
                    otr_known *out);
/* "Engine coolant temperature: far above normal". */
void otr_known_title(const otr_known_item *item, otr_buffer *out);
/* The first line that takes it; NULL: none. *file is the knowledge that has it. */
const otr_route_line *otr_known_route(const otr_core *core, const otr_asset *asset,
                                      const otr_bound_rule *bound, otr_str codes, otr_str *file);

#endif
