/*
 * One gateway in a world made of numbers: the driver and the core that the daemon has, a disk, a link,
 * devices and people, all on one thread and by one seed. The first promise that does not hold ends the run
 * with its reason.
 */
#ifndef OTR_TESTS_SIM_H
#define OTR_TESTS_SIM_H

#include "codec/service.h"
#include "driver/driver.h"
#include "plan.h"
#include "platform/sim/link.h"
#include "platform/sim/store.h"

/* Faults by kind, for figures. X(NAME, words) */
#define SIM_FAULTS(X)                                                                                        \
    X(KILL, "process killed")                                                                                \
    X(POWER, "power cut during a commit")                                                                    \
    X(COMMIT_FAILED, "commit failed")                                                                        \
    X(COMMIT_DOUBTFUL, "commit failed but there")                                                            \
    X(DISK_FULL, "disk full")                                                                                \
    X(COMMIT_SLOW, "commit slow")                                                                            \
    X(READ_FAILED, "outbox unreadable")                                                                      \
    X(RECOVER_FAILED, "store does not open")                                                                 \
    X(SNAPSHOT_BAD, "snapshot unreadable")                                                                   \
    X(EVICTION, "journal evicted")                                                                           \
    X(DATAGRAM_LOST, "datagram lost")                                                                        \
    X(DATAGRAM_LATE, "datagram late")                                                                        \
    X(DATAGRAM_DOUBLED, "datagram doubled")                                                                  \
    X(LINK_CUT, "connection cut")                                                                            \
    X(LINK_DEAD, "connection half-open")                                                                     \
    X(LINK_AWAY, "broker away")                                                                              \
    X(LINK_SLOW, "message slow")                                                                             \
    X(MESSAGE_REFUSED, "message refused by the broker")                                                      \
    X(MESSAGE_UNFIT, "message refused by the link")                                                          \
    X(CLOCK_STEP, "clock stepped")                                                                           \
    X(CLOCK_UNKNOWN, "boot without a clock")                                                                 \
    X(LIE_FUTURE, "reading from the future")                                                                 \
    X(LIE_GARBAGE, "upload that is no message")                                                              \
    X(LIE_VALUE, "value that cannot be")                                                                     \
    X(OUT_OF_COVERAGE, "device out of coverage")                                                             \
    X(SENT_ANEW, "readings sent anew")                                                                       \
    X(COMMAND_DOUBLED, "command doubled")                                                                    \
    X(JOURNAL_UNREADABLE, "journal unreadable")                                                              \
    X(LINE_CUT, "telemetry cut")                                                                             \
    X(LINE_DEAD, "telemetry half-open")                                                                      \
    X(LINE_SLOW, "telemetry slow")                                                                           \
    X(LINE_FULL, "telemetry takes no more")                                                                  \
    X(LINE_REFUSED, "telemetry not let in")                                                                  \
    X(SERVER_DIED, "telemetry server died")                                                                  \
    X(BARRIER_REFUSED, "barrier refused")                                                                    \
    X(HOST_AWAY, "primary host away")                                                                        \
    X(BIRTH_ASKED, "births asked for")                                                                       \
    X(RESEND, "telemetry asked for again")

typedef enum sim_fault {
#define X(name, words) SIM_FAULT_##name,
    SIM_FAULTS(X)
#undef X
        SIM_FAULT_COUNT
} sim_fault;
const char *sim_fault_text(sim_fault fault);

#define SIM_BEGIN (1700000000 * OTR_SECOND)

typedef struct sim_figures {
    uint64_t seeds;
    otr_time time;
    uint64_t uploads;
    uint64_t readings;
    uint64_t commits;
    uint64_t alarms;
    uint64_t events;
    uint64_t commands;
    uint64_t lives; /* of the process */
    uint64_t rebuilds;
    uint64_t faults[SIM_FAULT_COUNT];
} sim_figures;

typedef struct sim_fleet sim_fleet;
typedef struct sim_broker sim_broker;
typedef struct sim_people sim_people;
typedef struct sim_reference sim_reference;
typedef struct sim_uplink sim_uplink;
typedef struct sim_guests sim_guests;

typedef struct sim {
    sim_plan plan;
    bool has[SIM_FEATURE_COUNT];
    uint32_t rare[SIM_FEATURE_COUNT]; /* its faults are so many times rarer in this seed */
    bool calm;                        /* no faults happen any more */
    uint64_t fault_count;
    sim_figures figures;
    /* the machine */
    otr_sim_clock clock;
    otr_sim_store store;
    otr_sim_link link;
    otr_driver *driver; /* NULL: the process does not run */
    otr_time starts_at; /* then */
    otr_time crash_at;
    bool crash_in_commit; /* at the next commit from then on */
    otr_time step_at;     /* of the clock */
    otr_time sync_at;
    otr_time cut_at;     /* of the link */
    otr_time away_since; /* its last time up, or the begin */
    otr_time full_until;
    uint32_t snapshot_bytes;
    uint32_t outbox_rows;
    size_t quota_rows;
    bool stopping;
    bool power_cut;              /* what ended the last life */
    bool snapshot_after_content; /* the newest came with a content: the journal before it does not replay */
    otr_time contents_at;        /* other contents then */
    unsigned pack_version;
    unsigned assignments_version;
    otr_dice dice[SIM_FEATURE_COUNT];
    otr_dice ways; /* of what is no fault */
    /* the others */
    sim_fleet *fleet;
    sim_broker *broker;
    sim_people *people;
    sim_guests *guests;
    sim_reference *reference;
    sim_uplink *uplink; /* NULL: the seed has no telemetry */
    /* the run */
    uint64_t hash;      /* of the trace */
    unsigned same_time; /* steps without any */
    char failure[1000]; /* empty: all promises hold so far */
} sim;

/* ---- say.c ---- */
void sim_say(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The first failure stands. */
void sim_fail(sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline bool sim_failed(const sim *s)
{
    return s->failure[0] != '\0';
}
/* True about once in so many times where the seed has the feature: then the fault happens, and is counted. */
bool sim_happens(sim *s, sim_feature feature, sim_fault fault, uint32_t times);

/* ---- gateway.c: the process and what it runs on ---- */
void sim_gateway_init(sim *s);
void sim_gateway_done(sim *s);
otr_time sim_gateway_next(sim *s);
void sim_gateway_run(sim *s);
/* From now on it runs and all that it runs on works. */
void sim_gateway_calm(sim *s);
/* Stops it as systemd does, with what it writes then. */
void sim_gateway_stop(sim *s);

/* ---- fleet.c: devices, and the network to them ---- */
void sim_fleet_init(sim *s);
void sim_fleet_done(sim *s);
otr_time sim_fleet_next(const sim *s);
void sim_fleet_run(sim *s);
/* The gateway's answers. */
void sim_fleet_answer(sim *s, uint64_t handle, otr_answer_kind kind);
void sim_fleet_deliver(sim *s, uint64_t handle, unsigned format, otr_bytes commands);
/* The gateway's process is gone: nobody answers what it had. */
void sim_fleet_forsaken(sim *s);
/* Devices measure no more, and deliver what they have. */
void sim_fleet_calm(sim *s);
bool sim_fleet_is_quiet(const sim *s);
/* A commit is durable: its uploads are. */
void sim_fleet_durable(sim *s, const otr_commit *commit);
/* Acknowledged is kept, and nothing is kept twice. */
void sim_fleet_check(sim *s);

/* ---- broker.c: what arrives there ---- */
void sim_broker_init(sim *s);
void sim_broker_done(sim *s);
/* The gateway hands it to the link: it must be durable. */
void sim_broker_handed(sim *s, const otr_publication *publication);
void sim_broker_arrived(sim *s, const otr_sim_message *message);
void sim_broker_check(sim *s);

/* ---- people.c: operators, customers, the desk ---- */
void sim_people_init(sim *s);
void sim_people_done(sim *s);
otr_time sim_people_next(const sim *s);
void sim_people_run(sim *s);
void sim_people_answer(sim *s, uint64_t handle, const otr_command_result *result);
/* A command of that id is in the journal. */
void sim_people_durable(sim *s, otr_id id);
void sim_people_told(sim *s, const otr_service_event *event);
void sim_people_forsaken(sim *s);
/* An operator is asked for it; nobody asks anything else of that guest from now on. */
void sim_people_forget(sim *s, otr_str guest);
/* The guest of that order; empty: it is no such order. */
otr_str sim_people_forgets(const sim *s, otr_id id);
void sim_people_calm(sim *s);
bool sim_people_is_quiet(const sim *s);

/* ---- limits_check.c ---- */
/* At any moment. */
void sim_limits_check(sim *s);

/* ---- policy_check.c ---- */
void sim_policy_check(sim *s);

/* ---- contents.c: packs and assignments ---- */
enum { SIM_PACKS = 3, SIM_ASSIGNMENTS = 2 };
const char *sim_pack(unsigned version);
void sim_assignments(const sim *s, unsigned version, otr_buffer *out);

/* ---- reference.c: the journal, taken in by a core that nothing has interrupted ---- */
void sim_reference_init(sim *s);
void sim_reference_done(sim *s);
/* Takes in what is durable so far. */
void sim_reference_follow(sim *s);
/* The gateway's state must be the reference's, byte for byte; when nothing is under way. */
void sim_reference_compare(sim *s);
/* And its rows, and the events that it decided. */
void sim_reference_check(sim *s);

/* ---- run.c ---- */
/* Runs it to its end; *figures grows by it. The hash of its trace. */
uint64_t sim_run(const sim_plan *plan, sim_figures *figures, char *failure, size_t size);

#endif
