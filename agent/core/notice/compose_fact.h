#ifndef OTR_CORE_COMPOSE_FACT_H
#define OTR_CORE_COMPOSE_FACT_H

#include "core/notice/compose.h"

/* Says the fact of that path; nothing when it is not known. False: it is none of these, but the asset's own.
 */
bool otr_compose_fact(const otr_composition *into, otr_buffer *out, otr_str path);

#endif
