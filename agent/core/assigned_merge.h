/* What holds altogether, of the file's assignments and those by command; used by assigned.c alone. */
#ifndef OTR_CORE_ASSIGNED_MERGE_H
#define OTR_CORE_ASSIGNED_MERGE_H

#include "core/state.h"

/* Makes core->assignments anew; the old is retired, so that the next otr_bind_all binds. core->failed. */
void otr_assigned_merge(otr_core *core);
/* The one of that asset, or NULL. */
otr_assigned *otr_assigned_find(const otr_assigneds *all, otr_str asset);
/* The profile of that name in any assignment that there is, or NULL. */
const otr_profile *otr_assigned_profile(const otr_core *core, otr_str name);

#endif
