/* What `outrider check` says of a pack or of knowledge that loads: what it costs, and what is probably not
 * meant. */
#ifndef OTR_TOOLS_CHECK_PACK_H
#define OTR_TOOLS_CHECK_PACK_H

#include "base/buffer.h"
#include "core/asset/assignment.h"
#include "rules/load/knowledge.h"
#include "rules/load/pack.h"

/* Lines for people, indented: memory, and rules that a reading has evaluated. assignments may be NULL: then
 * for any asset. */
void otr_check_cost(otr_buffer *out, const otr_pack *pack, const otr_assignments *assignments);
/* A line for each command that a rule gives to devices, and for each remedy. */
void otr_check_deeds(otr_buffer *out, const otr_pack *pack);
/* Appends `FILE:LINE:COL: warning: REASON` lines and returns how many: messages that lack a language that
 * others of the pack have or a customer reads, messages that no rule tells, rules that watch no asset of the
 * assignments, places and roles that none of these has, commands that an asset's profile does not allow
 * (NULL: not looked at). yaml is the pack's text. */
size_t otr_check_warnings(otr_buffer *out, const char *file, otr_str yaml, const otr_pack *pack,
                          const otr_assignments *assignments);
/* Appends `FILE:LINE:COL: warning: REASON` for each route that another one before it hides; returns how many.
 */
size_t otr_check_knowledge(otr_buffer *out, const char *file, const otr_knowledge *knowledge);

#endif
