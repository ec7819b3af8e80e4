/*
 * The plan of a rollout, as it lives on the gateways:
 *   {"id","pack","version","bundle","gate","stages":[5,50,100],"soak":SECONDS,"quorum":80,
 *    "shadow":false,
 *    "stage":N of those that are done,"state":"running","gateways":[in the order of their turn]}
 */
#ifndef OTR_TOOLS_PUSH_PLAN_H
#define OTR_TOOLS_PUSH_PLAN_H

#include <jansson.h>

#include "base/status.h"
#include "base/str.h"

enum { OTR_PLAN_STAGES = 16, OTR_PLAN_GATEWAYS = 300 };

/* "5%,50%,100%": growing shares, the last of which is all. INVALID with line 1 and column. */
otr_status otr_plan_stages_parse(otr_str text, json_t **out, otr_error *error);
/* "80%" or "80". */
bool otr_plan_percent_parse(otr_str text, int *out);
/* How many of count gateways have had their turn when so many per cent have: at least one. */
size_t otr_plan_share(size_t count, int percent);
/* Puts names into the order of their turn: by the id of the plan and the name, so that it is not always the
 * same ones that come first. */
void otr_plan_order(const char *id, const char **names, size_t count);
/* Whether it is a plan in all its parts. */
bool otr_plan_is_whole(const json_t *plan);

#endif
