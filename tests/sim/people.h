/* What people have asked of the gateway, for the files that look into it. */
#ifndef OTR_TESTS_SIM_PEOPLE_H
#define OTR_TESTS_SIM_PEOPLE_H

#include "broker.h"
#include "map.h"
#include "sim.h"

typedef enum sim_who { SIM_OPERATOR, SIM_CUSTOMER, SIM_AGENT /* of the desk */ } sim_who;

/* Sent until it is answered, always under the same id. */
typedef struct sim_ask {
    sim_who who;
    otr_id id;
    otr_command command; /* of an operator; texts in the arena */
    otr_str request;     /* of the others: JSON, in the arena */
    bool of_guest;       /* who may be forgotten before it comes again */
    bool forged;         /* its token is not the right one */
    otr_time send_at;    /* NEVER: it waits for its answer, or has it */
    otr_time again_at;
    unsigned sent;
    bool durable; /* it is in the journal */
    bool answered;
    otr_refusal refusal;
    otr_time answered_at; /* first */
    otr_str action;       /* of a customer; in the arena */
    otr_str contact;
} sim_ask;

struct sim_people {
    otr_arena texts;
    otr_dice dice;
    otr_time operators_at; /* when one does something next */
    uint64_t numbers;
    OTR_DISK_LIST(sim_ask, asks);
    OTR_DISK_LIST(uint32_t, handles); /* of the process at hand: the ask of each; NONE when it is answered */
    size_t open;                      /* the first that may not be answered */
    sim_map ids;
};

#endif
