/* The allow-list: which commands of rules the assignments let through. What they do not list is never sent.
 */
#ifndef OTR_CORE_DEED_H
#define OTR_CORE_DEED_H

#include "core/asset/assignment.h"
#include "rules/load/pack.h"

enum { OTR_DEED_REASON_BYTES = 200 };

/* Whether the profile of the asset lists the command and the value is in its range; else reason says why not.
 */
bool otr_deed_takes(const otr_asset *asset, otr_str command, const otr_value *value,
                    char reason[OTR_DEED_REASON_BYTES]);
/* Whether the rule's command may be given on the asset, and to which of its devices (index in
 * asset->devices).
 */
bool otr_deed_allowed(const otr_asset *asset, const otr_deed *deed, uint32_t *device,
                      char reason[OTR_DEED_REASON_BYTES]);
/* Writes the reason; always false, so that a refusal is one statement. */
bool otr_deed_refuse(char reason[OTR_DEED_REASON_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
