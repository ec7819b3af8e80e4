/*
 * The telemetry: the gateway's session with the servers, which dies in all ways, and a Sparkplug host that
 * hears whatever the servers pass on. One seed in some has it; the others have s->uplink NULL.
 */
#ifndef OTR_TESTS_SIM_UPLINK_H
#define OTR_TESTS_SIM_UPLINK_H

#include "driver/telemetry.h"
#include "driver/telemetry_cursor.h"
#include "map.h"
#include "platform/sim/session.h"
#include "sim.h"

/* ---- what the host has heard: host.c ---- */

typedef struct sim_host_metric {
    uint64_t alias;
    uint64_t point;  /* device and metric, as a hash */
    otr_time newest; /* of what came in order */
} sim_host_metric;

typedef struct sim_host_device {
    char name[16];
    bool born;
    OTR_DISK_LIST(sim_host_metric, metrics);
} sim_host_device;

typedef struct sim_host_session {
    uint64_t number;
    uint64_t bdseq; /* of its CONNECT */
    bool born;
    bool over;
    uint8_t next_seq;
    OTR_DISK_LIST(sim_host_device, devices);
} sim_host_session;

/* ---- what it must have heard: telling_check.c ---- */

typedef struct sim_telling {
    uint64_t seq; /* of its input */
    uint64_t point;
    otr_time at;
    double value;
    uint8_t quality;
    bool unsynced;
    bool heard;
    bool loose;      /* when what holds is not known exactly */
    bool erased;     /* of a customer who is forgotten */
    uint32_t before; /* the one before it in event time, of those that the journal had then; NONE */
} sim_telling;

typedef struct sim_point {
    uint64_t point;
    OTR_DISK_LIST(uint32_t, by_time);
} sim_point;

/* ---- */

typedef struct sim_state_message {
    otr_time at;
    bool online;
    otr_time stamp;
} sim_state_message;

struct sim_uplink {
    otr_telemetry *telemetry; /* NULL: the process does not run */
    otr_sim_session session;
    otr_dice ways;
    unsigned servers;
    bool has_host; /* a primary host is configured */
    otr_time device_timeout;
    /* what happens to it */
    otr_time cut_at;
    otr_time server_back[OTR_SIM_SERVERS]; /* it takes no session before */
    otr_time host_turns;                   /* the primary host comes or goes */
    otr_time birth_asked_at;
    otr_time resend_at;
    bool host_online;
    otr_time host_since; /* what its STATE says */
    OTR_DISK_LIST(sim_state_message, states);
    /* what the gateway may do */
    bool may_tell;   /* the last STATE that it heard in this session said so */
    uint64_t sent;   /* bytes of the session, */
    uint64_t proven; /* and those that were acknowledged */
    uint64_t barriers[OTR_LIMIT_TELEMETRY_BARRIERS * 2][2]; /* tokens, and what was sent with them; 0: none */
    int bdseq;                                              /* of the last CONNECT; -1: there was none */
    uint64_t lives_then;
    /* the host */
    OTR_DISK_LIST(sim_host_session, sessions);
    sim_map heard; /* values with their times, and values alone */
    bool loose;    /* the clock was not known, or stepped: times say less from then on */
    uint64_t messages;
    uint64_t values;
    uint64_t historical;
    /* the journal */
    OTR_DISK_LIST(sim_telling, tellings); /* by input */
    OTR_DISK_LIST(sim_point, tracks);
    OTR_DISK_LIST(uint32_t, open); /* of them: which the cursor on the disk does not have */
    otr_telemetry_cursor kept;     /* that one */
};
typedef struct sim_uplink sim_uplink;

/* ---- uplink.c ---- */
void sim_uplink_init(sim *s);
void sim_uplink_done(sim *s);
/* A process starts: its driver follows the telemetry. */
void sim_uplink_begin(sim *s);
/* It has read the store. */
void sim_uplink_began(sim *s);
/* It is about to end: in order, or not. */
void sim_uplink_end(sim *s, bool in_order);
/* After its driver. */
void sim_uplink_free(sim *s);
otr_time sim_uplink_next(const sim *s);
void sim_uplink_run(sim *s);
void sim_uplink_calm(sim *s);
bool sim_uplink_is_quiet(const sim *s);

/* ---- host.c ---- */
void sim_host_called(sim *s, uint64_t session, uint64_t bdseq);
void sim_host_arrived(sim *s, const otr_sim_passing *message);
uint64_t sim_host_point(otr_str device, otr_str metric);
uint64_t sim_host_key(uint64_t point, double value, otr_time at);
void sim_host_done(sim *s);
/* The number in a birth or death of the node; UINT64_MAX: there is none. */
uint64_t sim_host_bdseq(otr_bytes payload);

/* ---- telling_check.c ---- */
/* The commit is durable: what the cursor has that it keeps, the host has heard. */
void sim_telling_durable(sim *s, const otr_commit *commit);
/* At the end: nothing is left to tell. */
void sim_telling_check(sim *s);
void sim_telling_done(sim *s);

#endif
