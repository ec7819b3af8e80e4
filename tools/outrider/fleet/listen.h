/*
 * What a broker has retained below some filters, and then what comes: one connection at a time, MQTT 5 or
 * 3.1.1 while the broker knows no other (mqtt_version.h), subscriptions one after the other, connected again
 * by itself once it has been connected. One thread, no waiting: the owner polls.
 */
#ifndef OTR_TOOLS_LISTEN_H
#define OTR_TOOLS_LISTEN_H

#include "base/status.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "tools/outrider/fleet/broker.h"

enum { OTR_LISTEN_FILTERS = 8, OTR_LISTEN_BACKLOG = 1 << 20 };

typedef struct otr_listener otr_listener;
typedef void otr_listener_take(void *context, const otr_mqtt_message *message);

/* All of it outlives the listener. */
typedef struct otr_listen {
    const otr_broker *broker; /* settled */
    const char *verb;         /* for the client's name, and for what is told */
    const char *share;        /* a shared subscription's name; NULL: none */
    const char *const *kinds; /* topics' last levels as in "status/#", each below each gateway that the broker
                                 options ask for */
    size_t count;             /* of kinds, at most OTR_LISTEN_FILTERS */
    unsigned backlog;         /* messages that may wait to be taken; 0: OTR_LISTEN_BACKLOG */
    otr_listener_take *take;
    void *context;
} otr_listen;

/* INVALID: an argument is wrong; else what failed. */
otr_status otr_listener_open(const otr_listen *asked, otr_listener **out, otr_error *error);
void otr_listener_close(otr_listener *listener);

int otr_listener_fd(const otr_listener *listener); /* readable when there is work */
int otr_listener_wait_ms(const otr_listener *listener);
/* Takes what has come. False: the connection never stood, or the broker refuses a subscription; *error says
 * why. */
bool otr_listener_process(otr_listener *listener, otr_error *error);
bool otr_listener_is_up(const otr_listener *listener); /* connected, and all is subscribed to */
/* Milliseconds since something came. */
int64_t otr_listener_quiet_ms(const otr_listener *listener);
unsigned long
otr_listener_lost(const otr_listener *listener); /* messages that came faster than they were taken */
/* Why it is not up; empty when it is. */
const char *otr_listener_trouble(const otr_listener *listener);

/* Until nothing has come for quiet_s. 0, or an exit code with the reason on stderr. */
int otr_listen_all(const otr_listen *asked, double quiet_s, double timeout_s);

#endif
