/*
 * One DNS question on a thread of its own. Paho resolves while it holds its global lock, so a name server
 * that does not answer would stall every caller of Paho; only names that resolve are handed to it.
 */
#ifndef OTR_PLATFORM_MQTT_RESOLVE_H
#define OTR_PLATFORM_MQTT_RESOLVE_H

#include "base/status.h"
#include "base/str.h"

typedef struct otr_resolve otr_resolve;

/* Starts; event_fd is written when there is an answer (a duplicate of it is kept). */
otr_status otr_resolve_start(const char *host, int event_fd, otr_resolve **out, otr_error *error);
/* False while there is no answer; then *answer is 0 or an EAI_ code of getaddrinfo. */
bool otr_resolve_done(const otr_resolve *resolve, int *answer);
/* Never waits: a question still under way is left to end by itself. NULL is fine. */
void otr_resolve_free(otr_resolve *resolve);

#endif
