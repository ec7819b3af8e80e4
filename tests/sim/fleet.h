/* Devices and the network between them and the gateway, for the files that look into both. */
#ifndef OTR_TESTS_SIM_FLEET_H
#define OTR_TESTS_SIM_FLEET_H

#include "map.h"
#include "sim.h"

typedef enum sim_metric { SIM_TEMPERATURE, SIM_SHOCK, SIM_BATTERY, SIM_METRICS } sim_metric;
extern const char *const sim_metric_names[SIM_METRICS];

typedef struct sim_sample {
    otr_time at; /* as the device says */
    sim_metric metric;
    double value;
} sim_sample;

typedef struct sim_device {
    char name[16];
    otr_dice dice;
    otr_time interval;
    otr_time sample_at;
    otr_time send_at;
    otr_time silent_until;
    otr_time clock_error;
    double temperature;
    double battery;
    int warm; /* samples for which it warms up */
    bool newest_first;
    bool relative;  /* it has no clock of its own */
    unsigned batch; /* samples that it gathers before it sends */
    OTR_DISK_LIST(sim_sample, samples);
    OTR_DISK_LIST(uint32_t, buffer); /* samples that nobody has acknowledged */
    bool waiting;                    /* for the answer to the newest message */
    uint32_t message;                /* that one */
    unsigned tries;
    otr_time retry_at;
    bool fetching; /* it asks for its commands next */
    char done[40]; /* the id of a command that it has done and has not said; empty: none */
    otr_time done_at;
} sim_device;

/* One CON of a device, however often it is sent. */
typedef struct sim_message {
    uint32_t device;
    uint64_t key;
    otr_buffer payload;
    unsigned format;
    uint32_t *samples; /* of the device; owned */
    size_t count;
    otr_time at; /* when it was made; what is relative counts from the first arrival */
    bool relative;
    bool garbage;
    bool refused;
    bool acknowledged; /* the gateway said that it is kept */
    bool durable;
    unsigned kept; /* times in the journal */
} sim_message;

typedef struct sim_datagram {
    otr_time at;
    uint64_t number;
    bool up; /* to the gateway */
    uint32_t message;
    otr_answer_kind answer;
    bool refused; /* the answer: 4.00 */
} sim_datagram;

typedef struct sim_handle {
    uint32_t message;
    bool fetch;
    uint32_t device;
    bool answered;
    bool void_; /* its process is gone */
} sim_handle;

struct sim_fleet {
    sim_device devices[SIM_DEVICES];
    bool calm;
    uint64_t datagrams;
    OTR_DISK_LIST(sim_message, messages);
    OTR_DISK_LIST(sim_datagram, air);
    OTR_DISK_LIST(sim_handle, handles);
    size_t handles_of_life; /* the first that the process at hand has */
    sim_map keys;           /* of messages by key */
};

#endif
