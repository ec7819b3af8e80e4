/*
 * Who may order what: a row a verb of the control socket, a column a role. The table is all there is of it;
 * the test walks it cell by cell. Over the local socket the right to use the socket is enough.
 */
#ifndef OTR_DRIVER_VERBS_H
#define OTR_DRIVER_VERBS_H

#include "base/str.h"
#include "core/desk/desk_act.h"

enum {
    OTR_MAY_VIEWER = 1 << OTR_ROLE_VIEWER,
    OTR_MAY_OPERATOR = 1 << OTR_ROLE_OPERATOR,
    OTR_MAY_ENGINEER = 1 << OTR_ROLE_ENGINEER,
    OTR_MAY_DESK = 1 << OTR_ROLE_DESK,
    OTR_MAY_RELAY = 1 << OTR_ROLE_RELAY,
    OTR_MAY_STAFF = OTR_MAY_OPERATOR | OTR_MAY_ENGINEER,
    OTR_MAY_LOOK = OTR_MAY_STAFF | OTR_MAY_VIEWER | OTR_MAY_DESK,
};

/* X(word, who may, whether it only asks) */
/* clang-format off */
#define OTR_VERBS(X)                                                                                         \
    X("status", OTR_MAY_LOOK | OTR_MAY_RELAY, true)                                                          \
    X("alarms", OTR_MAY_LOOK, true)                                                                          \
    X("devices", OTR_MAY_LOOK, true)                                                                         \
    X("history", OTR_MAY_LOOK, true)                                                                         \
    X("cases", OTR_MAY_LOOK, true)                                                                           \
    X("assignments", OTR_MAY_LOOK, true)                                                                     \
    X("log", OTR_MAY_STAFF, true)                                                                            \
    X("recent-log", OTR_MAY_ENGINEER, true)                                                                  \
    X("config", OTR_MAY_ENGINEER, true)                                                                      \
    X("ack", OTR_MAY_STAFF, false)                                                                           \
    X("reset", OTR_MAY_STAFF, false)                                                                         \
    X("shelve", OTR_MAY_STAFF, false)                                                                        \
    X("unshelve", OTR_MAY_STAFF, false)                                                                      \
    X("out-of-service", OTR_MAY_ENGINEER, false)                                                             \
    X("in-service", OTR_MAY_ENGINEER, false)                                                                 \
    X("assign", OTR_MAY_STAFF, false)                                                                        \
    X("assigned", OTR_MAY_STAFF, false)                                                                      \
    X("unassign", OTR_MAY_STAFF, false)                                                                      \
    X("replace", OTR_MAY_STAFF, false)                                                                       \
    X("known", OTR_MAY_ENGINEER | OTR_MAY_RELAY, true) /* whether a customer is */                           \
    X("forget", OTR_MAY_ENGINEER | OTR_MAY_RELAY, false) /* a customer's wish comes through the relay */     \
    X("desk", OTR_MAY_STAFF | OTR_MAY_DESK, false)                                                           \
    X("act", OTR_MAY_RELAY, false) /* with the token besides */                                              \
    X("voice", OTR_MAY_STAFF | OTR_MAY_DESK | OTR_MAY_RELAY, false)                                          \
    X("resend", OTR_MAY_ENGINEER, false)                                                                     \
    X("reload", OTR_MAY_ENGINEER, false)                                                                     \
    X("log-level", OTR_MAY_ENGINEER, false)                                                                  \
    X("packs", OTR_MAY_LOOK, true)                                                                           \
    X("bundle", OTR_MAY_ENGINEER, true)                                                                      \
    X("stage", OTR_MAY_ENGINEER, true) /* nothing that decides changes, and again is the same */             \
    X("rehearse", OTR_MAY_ENGINEER, true)                                                                    \
    X("shadow", OTR_MAY_ENGINEER, false)                                                                     \
    X("activate", OTR_MAY_ENGINEER, false)                                                                   \
    X("rollback", OTR_MAY_ENGINEER, false)                                                                   \
    X("plan", OTR_MAY_ENGINEER, false)
/* clang-format on */

typedef struct otr_verb {
    const char *word;
    unsigned may; /* bits of roles */
    bool asks;    /* changes nothing: an order of it that comes again is answered anew */
} otr_verb;

/* NULL: there is none. */
const otr_verb *otr_verb_find(otr_str word);
static inline bool otr_verb_may(const otr_verb *verb, otr_role role)
{
    return (verb->may >> role & 1) != 0;
}

#endif
