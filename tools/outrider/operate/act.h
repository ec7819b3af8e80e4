/* What `outrider act` is asked for. */
#ifndef OTR_TOOLS_ACT_H
#define OTR_TOOLS_ACT_H

#include <stdbool.h>

#include <jansson.h>

#include "tools/outrider/fleet/broker.h"

typedef struct otr_act_options {
    const char *socket; /* of the daemon; or config names it */
    const char *config;
    otr_broker broker;
    bool remote;    /* over MQTT; else over the control socket */
    const char *id; /* 32 hex digits */
    const char *category;
    const char *from;
    const char *to;
    const char *reason;
    double score; /* NaN: none */
    double timeout_s;
} otr_act_options;

#endif
