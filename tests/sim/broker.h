/* What has arrived at the broker, for the files that look into it. */
#ifndef OTR_TESTS_SIM_BROKER_H
#define OTR_TESTS_SIM_BROKER_H

#include "codec/service.h"
#include "map.h"
#include "sim.h"

/* An event, however often it came. Texts live in the arena. */
typedef struct sim_event {
    otr_id id;
    otr_id entity;
    otr_id case_id;
    otr_service_kind kind;
    otr_str what;
    otr_str to;
    otr_str asset;
    otr_str category;
    otr_str priority;
    uint32_t revision;
    uint64_t content; /* hash of what it says, but for what is filled in when it is sent */
    otr_time decided;
    otr_time arrived; /* true time, first */
    unsigned times;
} sim_event;

typedef struct sim_retained {
    otr_blob topic;
    otr_blob payload; /* size 0: nothing is retained there any more */
} sim_retained;

struct sim_broker {
    otr_arena texts;
    OTR_DISK_LIST(sim_event, events);
    OTR_DISK_LIST(sim_retained, retained);
    sim_map by_id;
};

const sim_event *sim_broker_find(const sim *s, otr_id id);

#endif
