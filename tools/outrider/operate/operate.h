/* What the verbs of an operator have in common: options, and asking the daemon, of this machine over its
 * control socket or of another over MQTT. */
#ifndef OTR_TOOLS_OPERATE_H
#define OTR_TOOLS_OPERATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "tools/outrider/fleet/broker.h"

enum { OTR_OPERATE_NO_ANSWER = 3 }; /* exit code */

typedef struct otr_operate_options {
    const char *socket;
    const char *config;
    const char *who;
    const char *id;
    const char *role;
    const char *verb;
    otr_broker broker; /* of a remote one, settled */
    bool remote;
    double timeout_s;
    double good_for_s;
    const char *asset; /* of devices; NULL: all */
    const char *sort;  /* of cases; NULL: as they come */
    bool json;
    bool yes;
} otr_operate_options;

/* -1: go on at optind; else the exit code. */
int otr_operate_parse(int argc, char **argv, const char *usage, otr_operate_options *out);
/* A connection to the daemon of this machine, which the caller closes; -1 with the reason appended to why. */
int otr_operate_open(const otr_operate_options *from, otr_buffer *why);
/* The daemon's answer, or NULL with the reason on stderr. The caller frees it. Ends the process with
 * NO_ANSWER when a gateway does not answer in time: what was asked may still be done. */
json_t *otr_operate_ask(const otr_operate_options *from, const json_t *request);
/* What a verb that only asks is answered, or NULL with the reason on stderr, a refusal's too. */
json_t *otr_operate_list(const otr_operate_options *from, const json_t *request);
/* Adds who asks, and an id of this very command, so that the daemon would know it if it came again. */
void otr_operate_name(const otr_operate_options *from, json_t *request);

#endif
