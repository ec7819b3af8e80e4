/*
 * What ran of a pack before what runs, in its entry of the index (push_index.h): "previous", and "earlier",
 * the oldest first, for rollouts that are undone one after the other. Below the last is what was there before
 * anything was pushed, unless "cut" says that more were there than are kept.
 */
#ifndef OTR_DAEMON_PUSH_CHAIN_H
#define OTR_DAEMON_PUSH_CHAIN_H

#include <jansson.h>
#include <stdbool.h>

/* One becomes active, on top of what was so. */
void otr_push_chain_put(json_t *entry, json_t *one);
/* What was before is active again, or nothing that was pushed. */
void otr_push_chain_back(json_t *entry);
/* Whether that signed pack ran before what runs now. */
bool otr_push_chain_has(const json_t *entry, const char *bundle);
/* Whether it is not known what ran before. */
bool otr_push_chain_is_cut(const json_t *entry);
bool otr_push_same_bundle(const json_t *one, const char *bundle);

#endif
