/*
 * Orders to gateways over MQTT: signed with the operator's key, counted, and sent until they are answered
 * (proto/README.md). What is asked is what the control socket takes.
 */
#ifndef OTR_TOOLS_REMOTE_H
#define OTR_TOOLS_REMOTE_H

#include <jansson.h>

#include "base/status.h"
#include "tools/outrider/fleet/broker.h"

typedef struct otr_remote otr_remote;

typedef struct otr_remote_options {
    const char *verb;         /* in messages and in the broker's log */
    const otr_broker *broker; /* settled, with operator_key */
    double timeout_s;         /* how long an answer is waited for */
    double good_for_s;        /* how long the order may be done; 0: as long as the answer is waited for */
} otr_remote_options;

/* One connection for as many orders as there are. INVALID, DENIED, IO with the reason. */
otr_status otr_remote_open(const otr_remote_options *options, otr_remote **out, otr_error *error);
/*
 * Orders request, an object with "do", of one gateway. id: the order's own, sent again it has its effect
 * once; NULL: a new one. The caller frees *answer, which is the gateway's, a refusal included. UNKNOWN: there
 * was none in time; it may still be done until its deadline. IO, INVALID, MEMORY.
 */
otr_status otr_remote_ask(otr_remote *remote, const char *group, const char *gateway, const char *id,
                          const json_t *request, json_t **answer, otr_error *error);
void otr_remote_close(otr_remote *remote);

/* All three for one order to broker->group and broker->gateway. */
otr_status otr_remote_call(const otr_remote_options *options, const json_t *request, json_t **answer,
                           otr_error *error);

/* The next counter of the key in that file: greater than all before, kept beside the key in FILE.counter. */
uint64_t otr_remote_count(const char *key_file);

#endif
