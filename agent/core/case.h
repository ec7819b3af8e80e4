/*
 * Cases: all alarms of one category on one asset are one trouble, with one ticket. When the last alarm ends
 * the case is verifying; if the symptom returns in that time it reopens, else it closes. Alarms that are told
 * as a list are one case for all assets of a customer's group. A case's timer is that of its list while it is
 * open, then that of its verification.
 */
#ifndef OTR_CORE_CASE_H
#define OTR_CORE_CASE_H

#include "core/state.h"

/* How long a case is verified before it closes. */
#define OTR_CASE_VERIFY_US OTR_HOUR

/* The case that the alarm belongs to: an open or verifying one of its asset and category, or a new one. */
uint32_t otr_case_attach(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                         const otr_rule *rule);
/* An alarm of it that is over was retracted: the next that is told of it is news. Nothing when it has closed.
 */
void otr_case_touch(otr_core *core, const otr_alarm *alarm);
/* The alarm has ended. */
void otr_case_detach(otr_core *core, uint32_t number);
/* Lists a case that the snapshot brought among those of its asset; false when memory is out. */
bool otr_case_list(otr_core *core, uint32_t number);
/* Its verification is over. */
void otr_case_close(otr_core *core, uint32_t number);
/* Writes the case's row. */
void otr_case_keep(otr_core *core, const otr_case *one);

#endif
