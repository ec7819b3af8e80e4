/*
 * Packs from the wire: staged, rehearsed on this gateway's history, activated, rolled back; and back by
 * themselves when the agent does not get on with one. What is pushed counts before the file of the same pack
 * in rules.packs. README.md has the verbs. On the loop's thread.
 */
#ifndef OTR_DAEMON_PUSH_H
#define OTR_DAEMON_PUSH_H

#include "daemon/daemon.h"

#include <jansson.h>

/* Reads what was pushed, and counts this start where a pack is on trial. Before the driver is opened. */
otr_status otr_push_open(otr_daemon *daemon, otr_error *error);
void otr_push_close(otr_daemon *daemon);
/* Reports what otr_push_open found, once there is a driver. */
void otr_push_report(otr_daemon *daemon);
/* An otr_instead_function: what counts in place of a pack that was taken back. */
bool otr_push_instead(void *daemon, otr_str slot, otr_str hash, otr_str *bytes);

/* Puts the pushed packs in place of those of the files. */
otr_status otr_push_add(otr_daemon *daemon, otr_contents *contents, otr_error *error);
/* Microseconds of real time until the gateway's health is looked at for a trial; INT64_MAX: there is none. */
int64_t otr_push_wait_us(otr_daemon *daemon);
/* Ends trials that are over. Once a turn. */
void otr_push_turn(otr_daemon *daemon);
/* The agent ends because it was asked to: this start says nothing about a pack. */
void otr_push_stopped(otr_daemon *daemon);

/* Whether the word is a verb of ours. */
bool otr_push_knows(const char *what);
json_t *otr_push_asked(otr_daemon *daemon, const json_t *request);

#endif
