/*
 * A driver with the real store behind a port that the test holds in its hands: a commit is done, fails, or
 * fails although it is there, when the test says so. Clock, devices and broker are plain memory.
 */
#ifndef OTR_TESTS_GATEWAY_H
#define OTR_TESTS_GATEWAY_H

#include "codec/service.h"
#include "driver/driver.h"
#include "platform/linux/store/store.h"

enum { GATEWAY_EVENTS = 256, GATEWAY_ANSWERS = 20000, GATEWAY_COMMANDS = 32 };
#define GATEWAY_UTC (1700000000 * OTR_SECOND)

typedef enum gateway_end { GATEWAY_DONE, GATEWAY_FAILED, GATEWAY_FAILED_BUT_THERE } gateway_end;

typedef struct gateway {
    char folder[64];
    const char *pack; /* active, also after a restart */
    const char *assignments;
    otr_time presence_again_us;
    uint32_t outbox_rows; /* of the next drivers; 0: as many as usual */
    otr_store *store;
    otr_store_port real;
    otr_driver *driver;
    otr_time mono;
    const otr_commit *commit; /* waits for gateway_commit */
    unsigned device_rate;     /* of the next drivers */
    bool reads_fail;
    bool unsynced;           /* the clock */
    otr_time utc_step;       /* UTC was set ahead by so much */
    const char *unpublished; /* the link answers refusal to this kind and what */
    otr_status refusal;
    int refusals;
    const otr_loss *loss; /* goes with the next result; recovery hands it over until the commit after it */
    bool loss_unreported;
    bool muted; /* the real store's results are swallowed */
    struct {
        uint64_t handle;
        otr_answer_kind kind;
    } answers[GATEWAY_ANSWERS];
    size_t answer_count;
    struct {
        uint64_t handle;
        unsigned format;
        char text[1024];
    } delivered; /* the newest answer to a fetch */
    int deliveries;
    struct {
        uint64_t handle;
        otr_command_result result;
    } commands[GATEWAY_COMMANDS]; /* answered */
    size_t command_count;
    struct {
        uint64_t token;
        char topic[64];
        char what[24];
        char text[128];
        otr_id event;
        bool retain;
        uint32_t expiry_s;
    } published[GATEWAY_EVENTS];
    size_t published_count;
    struct {
        char topic[96];
        bool empty;
        size_t before;      /* published_count: what comes after it */
    } kept[GATEWAY_EVENTS]; /* how alarms stand, for the broker to keep */
    size_t kept_count;
} gateway;

/* When set, makes the telemetry that the next drivers follow; the test frees it. */
extern struct otr_telemetry *(*gateway_telemetry)(gateway *g);

/* linger 500 ms; with a pack whose rule alarms above 3 g, notifies and opens a ticket, active and committed.
 */
void gateway_open(gateway *g);
void gateway_close(gateway *g);
/* Ends the driver and the store, and begins anew on the same database. */
void gateway_restart(gateway *g);
/* The same, and no snapshot reads back. */
void gateway_spoil_snapshots(gateway *g);
/* Other contents than those, for good. */
void gateway_activate(gateway *g, const char *pack, const char *assignments);
/* One reading of a device; the key is that of device and number. */
otr_status gateway_send(gateway *g, const char *device, int number, double shock, uint64_t handle);
/* SenML JSON; the key as well. */
otr_status gateway_upload(gateway *g, const char *device, int number, const char *senml, uint64_t handle);
/* As if so many names were known: those that are missing are invented, past the store. */
void gateway_name_strangers(gateway *g, size_t count);
/* A turn after so long; outbox reads are answered at once. */
void gateway_turn(gateway *g, otr_time later);
/* Ends the commit under way; false when there is none. */
bool gateway_commit(gateway *g, gateway_end end);
/* Turns and commits until nothing is left to do. */
void gateway_rest(gateway *g);
/* How often an upload was answered so. */
int gateway_answered(const gateway *g, uint64_t handle, otr_answer_kind kind);
/* How many events of this kind and what reached the broker, e.g. "status.reload". */
int gateway_count(const gateway *g, const char *what);

#endif
