/*
 * The telemetry's MQTT session, and the servers behind it, as far as a gateway and a host notice: clean, with
 * a will, over a line that carries so many bytes a second in their order. It is cut, goes dead without a
 * sign, or is refused; acknowledgements come in bunches. A server of several is a node of a cluster: it
 * passes on what it has accepted a while later, and what it has not passed on dies with it.
 */
#ifndef OTR_SIM_SESSION_H
#define OTR_SIM_SESSION_H

#include "platform/sim/clock.h"
#include "platform/sim/disk.h"

enum { OTR_SIM_SERVERS = 3 };

typedef struct otr_sim_sending {
    uint64_t token;
    int qos;
    otr_blob topic;
    otr_blob payload;
    otr_time arrives;  /* at the server; NEVER: it will not */
    otr_time heard;    /* when the gateway hears of it; NEVER */
    otr_time pass_for; /* the server keeps it for so long */
    bool there;
    bool refused; /* the server does not take it */
} otr_sim_sending;

/* On its way from a server to whoever listens. */
typedef struct otr_sim_passing {
    uint64_t session; /* counts from 1 */
    unsigned server;
    bool is_will;
    otr_blob topic;
    otr_blob payload;
    otr_time at;
} otr_sim_passing;

typedef struct otr_sim_session_fate {
    otr_time there;
    otr_time back;
    otr_time pass_for;
    bool refused;
    otr_status now; /* what publish returns; OK: it is taken */
} otr_sim_session_fate;

typedef struct otr_sim_call_fate {
    otr_time after;
    bool refused;
    bool again; /* the same server should be tried once more */
    otr_status now;
} otr_sim_call_fate;

typedef struct otr_sim_session_owner {
    void *context;
    otr_sim_session_fate (*fate)(void *context, const otr_publication *publication);
    otr_sim_call_fate (*call_fate)(void *context, unsigned server);
    void (*up)(void *context);
    void (*down)(void *context, bool again);
    void (*published)(void *context, uint64_t token, otr_status status);
    void (*arrived)(void *context, const otr_sim_passing *message); /* where hosts listen */
} otr_sim_session_owner;

typedef enum otr_sim_session_phase {
    OTR_SIM_SESSION_NONE,
    OTR_SIM_SESSION_CALLS,
    OTR_SIM_SESSION_UP
} otr_sim_session_phase;

typedef struct otr_sim_session {
    const otr_sim_clock *clock;
    otr_sim_session_owner owner;
    unsigned bytes_per_s;
    otr_time bunch; /* acknowledgements come at its multiples; 0: each as it is */
    otr_sim_session_phase phase;
    uint64_t number; /* of the session */
    unsigned server;
    otr_blob will_topic;
    otr_blob will; /* data NULL: it has none any more */
    otr_time call_ends;
    otr_sim_call_fate call;
    otr_time down_at; /* when the gateway notices that it is not connected; NEVER */
    bool dead;        /* nothing gets through any more, and the gateway has not noticed */
    otr_time free_at; /* when the line has carried all so far */
    otr_time last_arrival;
    otr_time last_heard;
    OTR_DISK_LIST(otr_sim_sending, flight);
    OTR_DISK_LIST(otr_sim_passing, passing);
} otr_sim_session;

/* As the telemetry's port has them (driver/telemetry.h). */
otr_status otr_sim_session_connect(otr_sim_session *session, unsigned server, const otr_publication *will);
otr_status otr_sim_session_publish(otr_sim_session *session, const otr_publication *publication);
void otr_sim_session_leave(otr_sim_session *session);

otr_time otr_sim_session_next(const otr_sim_session *session);
/* Does one thing that is due. */
void otr_sim_session_run(otr_sim_session *session);
/* From now on nothing gets through: the gateway notices after `noticed`, the server, which then says the
 * will, after `missed`. */
void otr_sim_session_cut(otr_sim_session *session, otr_time noticed, otr_time missed);
/* The server dies, and with it what it has accepted and not passed on. */
void otr_sim_session_kill_server(otr_sim_session *session, otr_time noticed, otr_time missed);
/* The process is gone: in order, with that farewell (may be NULL) in place of the will, or not. */
void otr_sim_session_end(otr_sim_session *session, const otr_publication *farewell, otr_time missed);
void otr_sim_session_done(otr_sim_session *session);

#endif
