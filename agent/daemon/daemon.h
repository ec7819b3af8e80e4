/*
 * One running gateway: the parts, joined, and what the loop, the reload and the control socket share. All of
 * it belongs to the loop's thread but for the atomics, which the watchdog reads.
 */
#ifndef OTR_DAEMON_DAEMON_H
#define OTR_DAEMON_DAEMON_H

#include <jansson.h>
#include <stdatomic.h>

#include "base/log.h"
#include "daemon/config/config.h"
#include "daemon/config/contents.h"
#include "daemon/control/control.h"
#include "daemon/control/operators.h"
#include "daemon/health.h"
#include "daemon/watchdog.h"
#include "driver/driver.h"
#include "platform/linux/coap/coap.h"
#include "platform/linux/mqtt/mqtt.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "platform/linux/store/store.h"
#include "platform/linux/system/action_keys.h"
#include "platform/linux/system/clock.h"
#include "platform/linux/system/evidence_key.h"

/* How the last reload ended. */
typedef struct otr_reload {
    bool done; /* there was one */
    bool refused;
    otr_time at; /* UTC */
    char
        text[OTR_REFUSAL_BYTES]; /* the reason, or what needs a restart; empty when there is nothing to say */
} otr_reload;

/* Who waits over MQTT for the answer to a customer's action; a list in no order. */
typedef struct otr_act_asker {
    struct otr_act_asker *next;
    uint64_t handle;
    otr_str topic; /* NUL-terminated */
    otr_bytes correlation;
} otr_act_asker;

typedef struct otr_daemon {
    const char *config_path;
    bool level_fixed;   /* by the command line: the file's level does not count */
    otr_config *config; /* as read at the start: what needs a restart stays as it says */
    otr_config *tuned;  /* what was taken since, of which config has parts; NULL: nothing */
    otr_time started;   /* UTC */
    int lock;
    otr_clock clock;
    otr_store *store;
    otr_mqtt *mqtt;
    struct otr_uplink *uplink; /* daemon/uplink.h; NULL: no telemetry */
    otr_coap *coap;
    otr_driver *driver;
    otr_action_keys *keys;
    otr_evidence_key *evidence_key;
    otr_watchdog *watchdog;
    otr_time trial_ends;              /* daemon/kept.h: by the clock's mono; 0: there is none */
    struct otr_push *push;            /* daemon/push/push.h */
    struct otr_history_desk *history; /* daemon/control/history.c; NULL: nobody has asked */
    uv_loop_t *loop;                  /* NULL before and after it runs */
    char refused[OTR_REFUSAL_BYTES];  /* the file at fault when the start failed */

    /* the ports as the driver sees them pass through us, to notice what the loop must do next */
    otr_source_port source;
    otr_link_port link;
    otr_control *control; /* NULL: none is open */
    uint64_t commands;    /* that came without an id of their own */
    otr_act_asker *act_askers;
    uint64_t acts_asked; /* over MQTT so far */
    otr_operators operators;
    struct otr_order_asker *order_askers; /* daemon/control/order.c */
    uint64_t orders_asked;                /* over MQTT so far */
    bool answered;                        /* since the source last ran */
    bool link_is_up;
    unsigned window;
    uint32_t offlines; /* wills and farewells built */
    otr_reload reload;
    otr_health health;

    atomic_llong turns;     /* of the loop, for the watchdog */
    atomic_llong link_news; /* calls from the MQTT session */
    atomic_llong in_flight; /* publications without an answer */
} otr_daemon;

/* Takes the lock, opens every part, recovers the core and activates contents. On failure *error says why,
 * daemon->refused names the file it points into (empty: none), and otr_daemon_close frees what was opened. */
otr_status otr_daemon_open(otr_daemon *daemon, otr_error *error);
/* What sessions with brokers need, of the options in mqtt. */
otr_mqtt_config otr_daemon_mqtt(const otr_config *config);
/* Starts to watch the threads; once everything is open. */
otr_status otr_daemon_watch(otr_daemon *daemon, otr_error *error);
void otr_daemon_close(otr_daemon *daemon);

/* Reads the configuration and the contents again, and takes them whole or not at all; the result is logged,
 * reported upstream and kept in daemon->reload. */
void otr_daemon_reload(otr_daemon *daemon);
/* Activates what differs and empties slots that are gone; contents->refused is the file at fault when it
 * fails. */
otr_status otr_daemon_activate(otr_daemon *daemon, otr_contents *contents, otr_error *error);
size_t otr_daemon_active_count(const otr_daemon *daemon);

/* What the control socket and orders ask: an object with "do". NULL: a command was taken, which is answered
 * under the token when it is committed. */
json_t *otr_daemon_do(otr_daemon *daemon, uint64_t token, const json_t *request);
/* The answer, which it takes, to what only asked and was not answered at once. Whoever asked may have left.
 */
void otr_daemon_answer(otr_daemon *daemon, uint64_t token, json_t *answer);
/* Answers one line of the control socket: an otr_control_answer. */
bool otr_daemon_command(void *daemon, uint64_t token, otr_str line, otr_buffer *reply);
/* A command of an operator, asked under that token, is committed: an answer of the operator port. */
void otr_daemon_commanded(void *daemon, uint64_t token, const otr_command_result *result);
/* A message of the command topic: a customer's, the desk's, or an envelope with an order. */
void otr_daemon_received(void *daemon, const otr_mqtt_message *message);
/* Publishes what is no outbox entry: its token is none of theirs. */
otr_status otr_daemon_publish(otr_daemon *daemon, const otr_publication *publication);
void otr_daemon_log_level(otr_log_level level);

/* Runs until SIGTERM or SIGINT and everything is committed; 0, or an exit code. */
int otr_loop_run(otr_daemon *daemon);

#endif
