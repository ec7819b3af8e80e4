/*
 * What a run of the simulation consists of: everything follows from the seed, less what the options take
 * away. Taking something away leaves the rest as it was as far as it can, so that a failing run shrinks.
 */
#ifndef OTR_TESTS_SIM_PLAN_H
#define OTR_TESTS_SIM_PLAN_H

#include "platform/sim/dice.h"

/* X(NAME, word, what it is) */
#define SIM_FEATURES(X)                                                                                      \
    X(CRASH, "crash", "the process is killed or the power goes, at any moment of a commit")                  \
    X(COMMIT, "commit", "commits fail, and are there or not")                                                \
    X(FULL, "full", "the disk is full for a while")                                                          \
    X(SLOW, "slow", "commits take up to a minute")                                                           \
    X(READ, "read", "the outbox does not read back")                                                         \
    X(RECOVER, "recover", "the store does not open, or its newest snapshot does not read back")              \
    X(QUOTA, "quota", "the oldest of the journal goes")                                                      \
    X(ROOM, "room", "the outbox is small")                                                                   \
    X(DATAGRAM, "datagram", "what devices send and hear is lost, late, doubled and out of order")            \
    X(LINK, "link", "the connection to the broker is cut, goes dead, is refused for hours")                  \
    X(REFUSE, "refuse", "the broker or the link refuses single messages")                                    \
    X(CLOCK, "clock", "the clock drifts, steps, and is not known at boot")                                   \
    X(LIE, "lie", "devices say what cannot be, or what is no message")                                       \
    X(SILENT, "silent", "devices are out of coverage and then deliver what they kept")                       \
    X(CONTENTS, "contents", "packs and assignments change")                                                  \
    X(OPERATORS, "operators", "operators acknowledge, reset, shelve and take out of service")                \
    X(CUSTOMERS, "customers", "customers act on what they are told")                                         \
    X(DESK, "desk", "the desk answers to its tickets")                                                       \
    X(DEEDS, "deeds", "rules command devices, which obey")                                                   \
    X(FORGET, "forget", "customers come by command, and are forgotten")                                      \
    X(LINE, "line", "the telemetry's connection is cut, goes dead, is refused; its servers die")             \
    X(HOSTS, "hosts", "the primary host goes and comes, hosts ask for births, operators for what was told")

typedef enum sim_feature {
#define X(name, ...) SIM_##name,
    SIM_FEATURES(X)
#undef X
        SIM_FEATURE_COUNT
} sim_feature;

enum { SIM_DEVICES = 6 };

typedef struct sim_plan {
    uint64_t seed;
    otr_time span; /* until nothing new happens and all faults stop */
    unsigned devices;
    uint32_t without;     /* features that the options took away, by bit */
    uint64_t fault_first; /* faults before it, and from fault_last on, do not happen */
    uint64_t fault_last;
    bool guests;    /* customers who are forgotten come, where the seed has them */
    bool telemetry; /* with a Sparkplug host */
    bool real;      /* with the store that the daemon has */
    bool say;       /* the trace is printed */
    bool watch;     /* the state is compared after each commit */
} sim_plan;

sim_plan sim_plan_of(uint64_t seed);
/* Whether the seed has the feature: about two thirds of all seeds have each. */
bool sim_plan_has(const sim_plan *plan, sim_feature feature);
const char *sim_feature_word(sim_feature feature);
const char *sim_feature_text(sim_feature feature);
bool sim_feature_parse(const char *word, sim_feature *out);
/* The command that repeats it. */
void sim_plan_print(const sim_plan *plan, char *out, size_t size);

#endif
