/* What the files assigned*.c share: what holds altogether, of the file's assignments and those by command. */
#ifndef OTR_CORE_ASSIGNED_MERGE_H
#define OTR_CORE_ASSIGNED_MERGE_H

#include "core/state.h"

/* Makes core->assignments anew; the old is retired, so that the next otr_bind_all binds. core->failed. */
void otr_assigned_merge(otr_core *core);
/* What holds is another set once all is bound, which is once for whatever comes together: a snapshot goes
 * with it. */
void otr_assigned_rebind(otr_core *core);
/* The one of that asset, or NULL. */
otr_assigned *otr_assigned_find(const otr_assigneds *all, otr_str asset);
/* A new one of that asset, in its place in the list; NULL: core->failed. */
otr_assigned *otr_assigned_insert(otr_core *core, otr_str asset);
/* The profile of that name in any assignment that there is, or NULL. */
const otr_profile *otr_assigned_profile(const otr_core *core, otr_str name);

/* ---- devices that took the place of others, in assigned_replace.c ---- */

/* The device that serves the asset where its assignment says device. */
otr_str otr_replaced_device(const otr_core *core, otr_str asset, otr_str device);
/* The asset whose assignment is active and which has the device, and is not except; empty: none. */
otr_str otr_assigned_owner(const otr_core *core, otr_str device, otr_str except);
void otr_replaced_put(otr_core *core, otr_str asset, otr_str old, otr_str fresh);
/* Whether it stays under this assignment of the asset, which names the old device still and not the new. */
bool otr_replaced_stays(const otr_replaced *one, const otr_asset *asset);
/* The assignment of that name is this now; NULL: none. What does not stay goes. */
void otr_replaced_keep(otr_core *core, otr_str name, const otr_asset *asset);

#endif
