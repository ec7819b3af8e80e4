/*
 * One MQTT session and the broker behind it, as far as a gateway notices: messages take a while, in their
 * order, and are acknowledged a while later; the connection is cut, goes dead without a sign, or is refused;
 * the broker refuses single messages and restarts. What the broker has accepted it keeps.
 */
#ifndef OTR_SIM_LINK_H
#define OTR_SIM_LINK_H

#include "platform/sim/clock.h"
#include "platform/sim/disk.h"

typedef struct otr_sim_message {
    uint64_t token;
    uint64_t number; /* of all that the link took */
    otr_blob topic;
    otr_blob content_type;
    otr_blob payload;
    bool retain;
    int qos;
    otr_time arrives; /* at the broker; NEVER: it will not */
    otr_time heard;   /* when the gateway hears of it; NEVER */
    bool there;
    bool refused; /* the broker does not take it */
} otr_sim_message;

typedef struct otr_sim_link_fate {
    otr_time there; /* on the way */
    otr_time back;  /* and the acknowledgement's */
    bool refused;   /* by the broker */
    otr_status now; /* what publish returns; OK: it is taken */
} otr_sim_link_fate;

typedef struct otr_sim_link_owner {
    void *context;
    otr_sim_link_fate (*fate)(void *context, const otr_publication *publication);
    void (*up)(void *context);
    void (*down)(void *context);
    void (*published)(void *context, uint64_t token, otr_status status);
    void (*arrived)(void *context, const otr_sim_message *message); /* at the broker, which will keep it */
} otr_sim_link_owner;

typedef struct otr_sim_link {
    const otr_sim_clock *clock;
    otr_sim_link_owner owner;
    bool is_up;
    bool allowed;     /* the gateway's process runs and wants to be connected */
    otr_time up_at;   /* when it is connected next, while it is not */
    otr_time down_at; /* when it notices that it is not connected; NEVER */
    bool dead;        /* nothing gets through any more, and nobody has noticed */
    otr_time last_arrival;
    uint64_t numbers;
    OTR_DISK_LIST(otr_sim_message, flight); /* in the order of sending */
} otr_sim_link;

otr_link_port otr_sim_link_port(otr_sim_link *link);
otr_time otr_sim_link_next(const otr_sim_link *link);
/* Does one thing that is due. */
void otr_sim_link_run(otr_sim_link *link);
/* From now on nothing gets through; that shows after `noticed`, and `away` after that it is connected again.
 */
void otr_sim_link_cut(otr_sim_link *link, otr_time noticed, otr_time away);
/* The process is gone, or a new one is there. */
void otr_sim_link_leave(otr_sim_link *link);
void otr_sim_link_begin(otr_sim_link *link, otr_time connects_after);
void otr_sim_link_done(otr_sim_link *link);

#endif
