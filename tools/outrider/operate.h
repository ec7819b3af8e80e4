/* What the verbs of an operator on the gateway have in common: options, and asking the daemon. */
#ifndef OTR_TOOLS_OPERATE_H
#define OTR_TOOLS_OPERATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"

typedef struct otr_operate_options {
    const char *socket;
    const char *config;
    const char *who;
    const char *id;
    const char *role;
    bool json;
    bool yes;
} otr_operate_options;

/* -1: go on at optind; else the exit code. */
int otr_operate_parse(int argc, char **argv, const char *usage, otr_operate_options *out);
/* A connection to the daemon, which the caller closes; -1 with the reason appended to why. */
int otr_operate_open(const otr_operate_options *from, otr_buffer *why);
/* The daemon's answer, or NULL with the reason on stderr. The caller frees it. */
json_t *otr_operate_ask(const otr_operate_options *from, const json_t *request);
/* Adds who asks, and an id of this very command, so that the daemon would know it if it came again. */
void otr_operate_name(const otr_operate_options *from, json_t *request);

#endif
