/* The metrics of the built-in device `desk`, core/desk/desk_device.h. */
#ifndef OTR_CORE_DESK_METRIC_H
#define OTR_CORE_DESK_METRIC_H

/*
 * X(NAME, name, unit, what it is). Counts without more are of this hour and the 23 before it; ages and times
 * are in seconds; a share is 0 to 1. Where there is nothing to say, as no answer yet, nothing is reported.
 * Tickets of the desk's own alarms are in none of them.
 */
/* clang-format off */
#define OTR_DESK_METRICS(X)                                                                                  \
    X(BACKLOG, backlog, "count", "tickets that wait for a resolution, now")                                  \
    X(OLDEST_AGE, oldest_age, "s", "of the oldest of them; 0: there is none")                                \
    X(UNANSWERED_AGE, unanswered_age, "s", "of the oldest of them with which nobody has done anything")      \
    X(TICKETS_UNRECEIVED, tickets_unreceived, "count", "open ones sent again that the desk has not received")  \
    X(CASES_PER_ASSIGNEE, cases_per_assignee, "count", "of the backlog: of who has most")                    \
    X(PROMISES_DUE, promises_due, "count", "promises that are open and in time, now")                        \
    X(PROMISES_OVERDUE, promises_overdue, "count", "promises that were missed and are open still, now")      \
    X(TICKETS_OPENED, tickets_opened, "count", "tickets opened")                                             \
    X(TICKETS_RESOLVED, tickets_resolved, "count", "resolutions")                                            \
    X(TICKETS_REOPENED, tickets_reopened, "count", "tickets reopened, by their symptom or a customer")       \
    X(PROMISES_MISSED, promises_missed, "count", "promises missed")                                          \
    X(DESK_CLOSED, desk_closed, "count", "tickets closed without a word of the customer")                    \
    X(CUSTOMER_CONFIRMED, customer_confirmed, "count", "tickets closed whose customer says: solved")         \
    X(HAD_TO_ASK, had_to_ask, "count", "fields that the desk had to ask for, each once a ticket")             \
    X(MISROUTED, misrouted, "", "share of tickets that came to the wrong queue, of those opened")            \
    X(FIRST_CONTACT, first_contact, "", "share resolved after one act and not reopened, last 64 closed")     \
    X(TO_ACKNOWLEDGE, time_to_acknowledge, "s", "from a ticket to the first act: mean of the last 64")       \
    X(TO_ACKNOWLEDGE_P90, time_to_acknowledge_p90, "s", "nine of ten were not slower")                       \
    X(TO_RESOLVE, time_to_resolve, "s", "from a ticket to a resolution: mean of the last 64")                \
    X(TO_RESOLVE_P90, time_to_resolve_p90, "s", "nine of ten were not slower")                               \
    X(SATISFACTION, satisfaction, "", "1 to 5: mean of the last 100 answers")                                \
    X(SATISFACTION_LOW, satisfaction_low, "", "its interval, which holds in 95 of 100 samples")              \
    X(SATISFACTION_HIGH, satisfaction_high, "", "")                                                          \
    X(SATISFACTION_ANSWERS, satisfaction_answers, "count", "how many those are")                             \
    X(EFFORT, effort, "", "1 to 7: mean of the last 100 answers")                                            \
    X(EFFORT_LOW, effort_low, "", "its interval")                                                            \
    X(EFFORT_HIGH, effort_high, "", "")                                                                      \
    X(EFFORT_ANSWERS, effort_answers, "count", "how many those are")                                         \
    X(NPS, nps, "", "-100 to 100: the balance of the last 100 answers")                                      \
    X(NPS_LOW, nps_low, "", "its interval")                                                                  \
    X(NPS_HIGH, nps_high, "", "")                                                                            \
    X(NPS_ANSWERS, nps_answers, "count", "how many those are")                                               \
    X(NOTICES_PER_CUSTOMER, notices_per_customer, "", "notices told, by customers who are assigned now")     \
    X(SHARE_SUPPRESSED, share_suppressed, "", "share of notices that are never told, and why")               \
    X(SUPPRESSED_QUIET, suppressed_quiet, "", "... quiet hours")                                             \
    X(SUPPRESSED_BUDGET, suppressed_budget, "", "... budgets and cooldown")                                  \
    X(SUPPRESSED_GROUPED, suppressed_grouped, "", "... another message tells it")                            \
    X(SUPPRESSED_REPEATED, suppressed_repeated, "", "... told once, or the same again")                      \
    X(SUPPRESSED_STALE, suppressed_stale, "", "... over, or wrong, before it was told")                      \
    X(SUPPRESSED_STOPPED, suppressed_stopped, "", "... the reader wants none")                               \
    X(SUPPRESSED_OTHER, suppressed_other, "", "... no words, no contact, set aside")
/* clang-format on */

typedef enum otr_desk_metric {
#define X(name, ...) OTR_DESK_METRIC_##name,
    OTR_DESK_METRICS(X)
#undef X
        OTR_DESK_METRIC_COUNT
} otr_desk_metric;

/* A text: which promises were missed since the report before, with their tickets; empty: none. */
#define OTR_DESK_METRIC_MISSED "missed_promise"

#endif
