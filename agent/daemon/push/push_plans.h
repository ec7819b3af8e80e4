/*
 * The plans of rollouts that a gateway keeps, in its index of what was pushed (push_index.h): in the order in
 * which they were last written, each {"id","pack","version","bundle","state",...} as
 * tools/outrider/push_plan.h has it. Of each pack the newest stays longest, and what goes first is the oldest
 * rollout that is over.
 */
#ifndef OTR_DAEMON_PUSH_PLANS_H
#define OTR_DAEMON_PUSH_PLANS_H

#include <jansson.h>
#include <stdbool.h>

/* An index of before, which has one plan alone, gets its list. */
void otr_push_plans_adopt(json_t *root);
/* The plan in place of the one with its id, or beside the others: then what is beyond OTR_LIMIT_PLANS goes.
 */
void otr_push_plans_put(json_t *root, json_t *plan);
/* A view; NULL: it is not kept. */
json_t *otr_push_plans_find(const json_t *root, const char *id);
/* The one that would go first, of those for which may_go says so (NULL: any); the newest is none of them.
 * False: none is left. */
bool otr_push_plans_give_up(json_t *root, bool (*may_go)(const json_t *root, const json_t *plan));
/* The newest first: [{"id","pack","version","state","stage","stages":count}]. */
json_t *otr_push_plans_list(const json_t *root);
/* The newest that brings that signed pack; NULL: none does. */
const json_t *otr_push_plans_of(const json_t *root, const char *bundle);

#endif
