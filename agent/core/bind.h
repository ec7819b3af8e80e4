/* Binding: which rules watch which asset, decided when a pack or the assignments change, never per reading.
 */
#ifndef OTR_CORE_BIND_H
#define OTR_CORE_BIND_H

#include "core/state.h"

/*
 * Puts a content into its slot (bytes empty: takes it out). The bytes were checked with otr_content_check.
 * Nothing is bound before otr_bind_all, so that contents that belong together change together. core->failed
 * when memory is out.
 */
void otr_bind_put(otr_core *core, otr_str slot, otr_str hash, otr_str bytes);
/*
 * Binds all rules anew when a content was put. States of rules that are unchanged, on assets that stay, go
 * on; open alarms of those that are gone end as withdrawn.
 */
void otr_bind_all(otr_core *core);
/* The alarms of an asset end as withdrawn. */
void otr_bind_withdraw(otr_core *core, otr_asset_state *asset);
void otr_bind_done(otr_core *core);
/* Lives on until otr_bind_all has moved what names it; NULL only asks for binding anew. */
void otr_bind_retire(otr_core *core, otr_assignments *assignments);
/* The content of the slot prefix + name is gone, as if it had never been. */
void otr_bind_drop(otr_core *core, otr_str prefix, otr_str name);
const otr_content *otr_bind_find(const otr_core *core, otr_str slot);
bool otr_slot_is_pack(otr_str slot);

#endif
