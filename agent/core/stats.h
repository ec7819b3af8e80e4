/* What the core counts; only grows while the core lives. */
#ifndef OTR_CORE_STATS_H
#define OTR_CORE_STATS_H

#include <stdint.h>

typedef struct otr_stats {
    uint64_t readings;
    uint64_t readings_late;     /* came after newer ones: judged once their backlog has settled */
    uint64_t readings_too_late; /* of these: older than all that is kept, so not judged */
    uint64_t readings_bad;
    uint64_t evaluations;
    uint64_t evaluation_errors;
    uint64_t alarms_raised;
    uint64_t alarms_cleared;
    uint64_t alarms_retracted;
    uint64_t recounts;
    uint64_t notifications;
    uint64_t tickets;
    uint64_t commands_given; /* to devices, by rules */
    uint64_t commands_done;
    uint64_t commands_failed;
    uint64_t commands_cancelled;
    uint64_t commands_held;   /* not allowed now */
    uint64_t commands_shadow; /* would have been given */
    uint64_t customer_actions;
} otr_stats;

#endif
