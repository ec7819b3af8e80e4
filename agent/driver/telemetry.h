/*
 * The telemetry: this gateway as a Sparkplug B 3.0 edge node, each device as a Sparkplug device. It follows
 * the journal: what is committed is told, what is new before the backlog, and a barrier at QoS 1 now and then
 * proves what the broker has. Like the driver, whose thread it shares, it uses only its port.
 */
#ifndef OTR_DRIVER_TELEMETRY_H
#define OTR_DRIVER_TELEMETRY_H

#include "codec/sparkplug.h"
#include "core/core.h"
#include "driver/port.h"

typedef struct otr_telemetry otr_telemetry;

/* How much a number must differ from the one told before. */
typedef struct otr_deadband {
    otr_str metric;
    double width; /* in the metric's unit */
} otr_deadband;

typedef struct otr_telemetry_config {
    otr_str group;
    otr_str gateway;
    otr_str primary_host; /* empty: none: whoever listens */
    unsigned servers;     /* how many there are, at least 1 */
    otr_time reconnect_min;
    otr_time reconnect_max;
    otr_time device_timeout;                       /* a device silent for so long has died; 0: none does */
    const otr_sparkplug_compression *compressions; /* of births and data of devices, by server; NULL: none */
    const otr_deadband *deadbands;
    size_t deadband_count;
} otr_telemetry_config;

typedef struct otr_telemetry_port {
    otr_clock_port clock;
    void *self;
    /* Starts to connect to a server, clean, with that will, and subscribes to the filters at QoS 1. Ends in
     * otr_telemetry_up, once everything is subscribed, or in otr_telemetry_down. */
    otr_status (*connect)(void *self, unsigned server, const otr_publication *will, const otr_str *filters,
                          size_t count, otr_error *error);
    /* Disconnects with the will; otr_telemetry_down follows. */
    void (*leave)(void *self);
    /* As otr_link_port; otr_telemetry_published follows. */
    otr_status (*publish)(void *self, const otr_publication *publication);
    /* Journal rows from the one that holds input `first` on up to `last`, some of them; NOT_FOUND when there
     * are no more. FULL when each says so, which has enough. */
    otr_status (*read)(void *self, uint64_t first, uint64_t last, void *context,
                       otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                          otr_bytes batch),
                       otr_error *error);
    /* A host wants a value on a device: "true", "false" or a number. id is the same for a message that came
     * twice. */
    void (*set)(void *self, otr_id id, otr_str device, otr_str metric, otr_str value);
    /* The first journal row of that core time or later; NOT_FOUND. */
    otr_status (*seek)(void *self, otr_time core_time, uint64_t *seq, otr_error *error);
    /* Appends data compressed so; NULL where no server wants that. MEMORY: it is sent as it is. */
    otr_status (*compress)(void *self, otr_sparkplug_compression how, otr_bytes data, otr_buffer *out);
} otr_telemetry_port;

#define OTR_TELEMETRY_COUNTER_LIST(X)                                                                        \
    X(sets)   /* commands of hosts to devices, as they came */                                               \
    X(births) /* of the node */                                                                              \
    X(rebirths)                                                                                              \
    X(messages)                                                                                              \
    X(bytes)      /* topics and payloads */                                                                  \
    X(values)     /* told as they came */                                                                    \
    X(historical) /* told later, or out of order */                                                          \
    X(unchanged)  /* not told: as before */                                                                  \
    X(refused)    /* messages that the link does not take, whatever the time */                              \
    X(misfits)    /* not told: of another kind than the metric has now */                                    \
    X(withheld)   /* not told: the link refuses the birth of their device */                                 \
    X(proofs)     /* barriers that the broker acknowledged */
typedef struct otr_telemetry_counters {
#define X(name) uint64_t name;
    OTR_TELEMETRY_COUNTER_LIST(X)
#undef X
} otr_telemetry_counters;

otr_status otr_telemetry_create(const otr_telemetry_config *config, const otr_telemetry_port *port,
                                otr_telemetry **out, otr_error *error);
/* Takes device_timeout, compressions and deadbands of another configuration, from now on. MEMORY: nothing
 * changed. */
otr_status otr_telemetry_tune(otr_telemetry *telemetry, const otr_telemetry_config *config, otr_error *error);
void otr_telemetry_free(otr_telemetry *telemetry);

/* ---- from the driver ---- */

/* The core was built from the store, where kept is what otr_telemetry_save had written; size 0: nothing, and
 * then history is left alone. The core outlives this, or is followed by another one. MEMORY. */
otr_status otr_telemetry_recovered(otr_telemetry *telemetry, const otr_core *core, otr_id incarnation,
                                   uint64_t next_seq, otr_bytes kept);
/* The commit is durable. */
void otr_telemetry_committed(otr_telemetry *telemetry, const otr_commit *commit);
/* When the state should be saved at the latest: NONE at once, NEVER not at all. */
otr_time otr_telemetry_save_by(const otr_telemetry *telemetry);
/* What the next commit is to keep; nothing when that is what is kept already. */
void otr_telemetry_save(otr_telemetry *telemetry, otr_buffer *out);
/* That commit is done, or not. */
void otr_telemetry_saved(otr_telemetry *telemetry, bool ok);
/* Mono until which nothing is told, barriers apart: something more urgent is on the line. NONE: nothing is.
 */
void otr_telemetry_yield(otr_telemetry *telemetry, otr_time until);
/* Does what is due; core_now is the core's time at that sample. */
void otr_telemetry_turn(otr_telemetry *telemetry, const otr_clock_sample *now, otr_time core_now);
/* The clock's mono at which there is something to do; NEVER. */
otr_time otr_telemetry_next(const otr_telemetry *telemetry);

/* ---- from the link ---- */

void otr_telemetry_up(otr_telemetry *telemetry);
/* again: the next attempt should be at the same server, which may only know no MQTT 5. */
void otr_telemetry_down(otr_telemetry *telemetry, bool again);
void otr_telemetry_published(otr_telemetry *telemetry, uint64_t token, otr_status status);
/* A command that the broker had retained is passed over: it would be obeyed at every connect. */
void otr_telemetry_received(otr_telemetry *telemetry, otr_str topic, otr_bytes payload, bool retained);

/* ---- from people ---- */

/* What came in between two UTC times is told again, as historical; *count is how many inputs. INVALID when
 * from is not before to; UNKNOWN while the clock is not known; NOT_FOUND when the journal has nothing of it.
 */
otr_status otr_telemetry_resend(otr_telemetry *telemetry, otr_time from, otr_time to, uint64_t *count,
                                otr_error *error);

typedef struct otr_telemetry_view {
    const char *phase; /* a word */
    unsigned server;
    bool online;      /* births are told */
    uint64_t backlog; /* inputs that are not proven */
    double rate;      /* bytes a second that were proven lately; 0: not measured */
    size_t unproven;  /* bytes */
} otr_telemetry_view;
otr_telemetry_view otr_telemetry_look(const otr_telemetry *telemetry);
const otr_telemetry_counters *otr_telemetry_counted(const otr_telemetry *telemetry);

/* The farewell of a gateway that leaves by itself: what its will says; false when nobody was told of it. */
bool otr_telemetry_farewell(otr_telemetry *telemetry, otr_arena *arena, otr_publication *out);

#endif
