/*
 * A pack or tuning on trial: what was wrong with the gateway when it was activated is kept with it, in its
 * entry of the index as "trial":{"starts":N,"order":N,"before":[TEXT]}, so that what is wrong only since is
 * known, also after a restart.
 */
#ifndef OTR_DAEMON_PUSH_TRIAL_H
#define OTR_DAEMON_PUSH_TRIAL_H

#include <jansson.h>
#include <stdbool.h>

/* The trial of a pack that is activated now. complaints: OTR_COMPLAINT bits (daemon/health.h). known: the
 * gateway's health was looked at since its start; else "before" is null until the first look. */
json_t *otr_push_trial_new(const json_t *root, unsigned complaints, bool known);
/* Notes it in each trial that waited for it; false: none did. */
bool otr_push_trial_first_look(json_t *root, unsigned complaints);
/* Of the packs on trial without which a complaint was not there, the one that was activated last; NULL: there
 * is none. *complaint: its text, static. Complaints that no pack can cause do not count. */
const char *otr_push_trial_worse(const json_t *root, unsigned complaints, const char **complaint);

#endif
