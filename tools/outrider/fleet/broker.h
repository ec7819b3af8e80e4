/*
 * Which broker a verb speaks to, and as whom: arguments over a context named by --context over the
 * environment over the context in use over defaults. A context is taken whole: one that is merely in use says
 * nothing to a broker that argument or environment name, so that its certificate goes to no other.
 */
#ifndef OTR_TOOLS_BROKER_H
#define OTR_TOOLS_BROKER_H

#include "base/arena.h"
#include "tools/outrider/flags.h"

typedef struct otr_broker {
    const char *context; /* --context; NULL: not asked for */
    const char *url;
    const char *ca;
    const char *cert;
    const char *key;
    const char *group;        /* NULL: every one */
    const char *gateway;      /* NULL: every one */
    const char *operator_key; /* with which commands are signed; NULL: none */
    otr_arena memory;         /* of what came from a context */
} otr_broker;

/* --context --broker --ca --cert --key --group --gateway */
otr_flag_group otr_broker_flag_group(otr_broker *out);
/* After the arguments. -1: go on; else an exit code, and the reason is told on stderr. */
int otr_broker_settle(const char *verb, otr_broker *broker);
void otr_broker_done(otr_broker *broker);

#endif
