/*
 * The turn: wait for input or the next deadline, read the clock once, take at most N inputs, step the core,
 * commit, and only when it is committed answer devices and publish. The same code runs in the daemon and in
 * the simulator; it owns the core, the inbox and the outbox window, and uses only ports. One thread.
 */
#ifndef OTR_DRIVER_DRIVER_H
#define OTR_DRIVER_DRIVER_H

#include "core/asset/assigned.h"
#include "core/question/question.h"
#include "core/view/device_view.h"
#include "core/view/view.h"
#include "driver/act.h"
#include "driver/port.h"

typedef struct otr_driver otr_driver;
struct otr_telemetry; /* driver/telemetry.h */

/* Whether other bytes count in place of a content of that hash while the core is rebuilt; *bytes without
 * data: none. They outlive the recovery. */
typedef bool otr_instead_function(void *context, otr_str slot, otr_str hash, otr_str *bytes);

typedef struct otr_driver_config {
    otr_str group;
    otr_str gateway;
    bool json_payload;           /* service events as JSON instead of protobuf */
    otr_time linger_us;          /* a turn that raised nothing may wait this long for company, of real time */
    uint64_t snapshot_bytes;     /* journal bytes after which a snapshot is taken */
    otr_time build_time;         /* UTC floor */
    otr_digest_function *sha256; /* for proofs; NULL: none are kept */
    otr_instead_function *instead; /* NULL: what the store has counts */
    void *instead_context;
    /* So long after a connect presence is said once more, for a connection that only its broker still takes
     * for alive has a will that says otherwise, and of a cluster's nodes another one may say it late. 0: it
     * is not. */
    otr_time presence_again_us;
    unsigned device_rate; /* uploads and requests of one device in a minute; 0: as many as come */
    uint32_t outbox_rows; /* entries kept for a broker that is away; 0: OTR_LIMIT_OUTBOX_ROWS */
} otr_driver_config;

typedef struct otr_driver_ports {
    otr_clock_port clock;
    otr_store_port store;
    otr_source_port source;
    otr_link_port link;
    otr_operator_port operators;  /* answer may be NULL: nobody gives commands */
    otr_signature_port signature; /* mac may be NULL: notifications have no tokens, and nobody acts on them */
} otr_driver_ports;

/* Counters since start; all only grow unless they say otherwise. */
#define OTR_COUNTER_LIST(X)                                                                                  \
    X(uploads)             /* taken into the inbox */                                                        \
    X(uploads_refused)     /* answered 4.xx */                                                               \
    X(uploads_repeated)    /* recognised as repeated */                                                      \
    X(uploads_pushed_back) /* answered 5.03 */                                                               \
    X(requests_too_fast)   /* of one device, answered 4.29 */                                                \
    X(readings)                                                                                              \
    X(readings_late)     /* came after newer ones: judged once their backlog has settled */                  \
    X(readings_too_late) /* of these: older than all that is kept, so not judged */                          \
    X(readings_bad)      /* bad quality or future: kept, not judged */                                       \
    X(evaluations)       /* of rules */                                                                      \
    X(evaluation_errors)                                                                                     \
    X(alarms_raised)                                                                                         \
    X(alarms_cleared)                                                                                        \
    X(alarms_retracted) /* late readings showed that they never were */                                      \
    X(recounts)         /* times that a past was judged again */                                             \
    X(notifications)                                                                                         \
    X(tickets)        /* opened, updated or closed */                                                        \
    X(commands_given) /* to devices, by rules */                                                             \
    X(commands_done)                                                                                         \
    X(commands_failed)                                                                                       \
    X(commands_cancelled)                                                                                    \
    X(commands_held)    /* by interlock, rate or allow-list */                                               \
    X(commands_shadow)  /* would have been given */                                                          \
    X(customer_actions) /* accepted */                                                                       \
    X(customer_refused) /* before they were journaled: forged, malformed */                                  \
    X(customer_dropped) /* too many in a second */                                                           \
    X(orders)           /* accepted: commands in signed envelopes */                                         \
    X(orders_refused)                                                                                        \
    X(orders_dropped) /* too many in a second */                                                             \
    X(published)      /* acknowledged by the broker */                                                       \
    X(outbox_evicted)                                                                                        \
    X(outbox_expired)                                                                                        \
    X(commits)                                                                                               \
    X(commits_failed)                                                                                        \
    X(rebuilds) /* of the core from the store */                                                             \
    X(turns)
typedef struct otr_counters {
#define X(name) uint64_t name;
    OTR_COUNTER_LIST(X)
#undef X
} otr_counters;

otr_status otr_driver_create(const otr_driver_config *config, const otr_driver_ports *ports, otr_driver **out,
                             otr_error *error);
void otr_driver_free(otr_driver *driver);

/* Other values of the configuration, from now on. */
void otr_driver_tune(otr_driver *driver, otr_time linger_us, unsigned device_rate);
/* The telemetry follows the journal from now on: before recovery. It outlives the driver. */
void otr_driver_follow(otr_driver *driver, struct otr_telemetry *telemetry);

/* Opens the store and rebuilds the core. Before the first turn. */
otr_status otr_driver_recover(otr_driver *driver, otr_error *error);

/* Activates content as a journaled input: slot "pack/NAME" or "assignments". Checked here; on failure nothing
 * changes and *error says why. A content whose hash is active already is skipped. bytes.size == 0 empties the
 * slot. */
otr_status otr_driver_activate(otr_driver *driver, otr_str slot, otr_str hash, otr_str bytes,
                               otr_error *error);
/* The slots that are active now: calls each(context, slot, hash). */
void otr_driver_active(const otr_driver *driver, void (*each)(void *context, otr_str slot, otr_str hash),
                       void *context);

/* The version of the pack that is active in the slot; -1: there is none. */
int64_t otr_driver_pack_version(const otr_driver *driver, otr_str slot);

/* How many contents, reports and other inputs wait for the next turn; and back to so many before that turn,
 * as if the later ones had not been asked for. */
size_t otr_driver_queued(const otr_driver *driver);
void otr_driver_unqueue(otr_driver *driver, size_t count);

/* A status event for the operators, journaled like the others: what is "reload", "refused", ...; text for
 * people. */
void otr_driver_report(otr_driver *driver, otr_str what, otr_str text);

/*
 * An operator's command, as a journaled input. OK: the handle will be answered through the operator port when
 * it is committed. INVALID or LIMIT: refused, *error says why; FULL: too many wait, or the driver is
 * stopping. It survives a commit that fails; the same command id again has its effect once.
 */
otr_status otr_driver_command(otr_driver *driver, const otr_command *command, uint64_t handle,
                              otr_error *error);

/*
 * A customer's action on a notification, as it came: JSON with its token. Checked before anything is
 * journaled. OK: the handle will be answered through the operator port when it is committed. DENIED: the
 * token is not that of this action on this notification; INVALID or LIMIT: it is malformed; FULL: too many
 * wait. *out says which command it was, as far as it was read.
 */
otr_status otr_driver_act(otr_driver *driver, otr_bytes request, uint64_t handle, otr_act *out,
                          otr_error *error);
/* False: more came in this second than are looked at; the caller drops it without an answer. */
bool otr_driver_may_act(otr_driver *driver);

/*
 * From a source. OK: the handle will be answered through the source port, perhaps before this returns.
 * INVALID, LIMIT, DENIED: refused, *error has the diagnostic; FULL: push back (5.03). On anything but OK the
 * handle is not kept.
 */
otr_status otr_driver_upload(otr_driver *driver, const otr_upload *upload, otr_error *error);

/*
 * From a source: the device fetches its commands, answered through deliver once it is committed that it has
 * them, or at once where there are none. FULL: push back. INVALID: the format is none of SenML's.
 */
otr_status otr_driver_fetch(otr_driver *driver, const otr_device_request *request, otr_error *error);
/* The device has done commands: answered KEPT when that is committed. INVALID or LIMIT; NOT_FOUND when none
 * of the ids is of a command that it had; FULL: push back. */
otr_status otr_driver_confirm(otr_driver *driver, const otr_device_request *request, otr_error *error);

/* From the store. */
void otr_driver_committed(otr_driver *driver, const otr_commit_result *result);
void otr_driver_outbox_read(otr_driver *driver, otr_status status, const otr_row_outbox *rows, size_t count);

/* From the link: up with the number of messages that may be unacknowledged at once; published with OK
 * (PUBACK), or IO / INVALID when it was not accepted and must be sent again. */
void otr_driver_link_up(otr_driver *driver, unsigned window);
void otr_driver_link_down(otr_driver *driver);
void otr_driver_published(otr_driver *driver, uint64_t token, otr_status status);

/* Runs what is due; cheap when nothing is. Called once per iteration of the loop. */
void otr_driver_turn(otr_driver *driver);
/* How long the loop may sleep, in clock-port microseconds (mono), 0 = not at all, OTR_TIME_NEVER = until an
 * event. */
otr_time otr_driver_wait(otr_driver *driver);
/* No more uploads are taken; true when everything is committed and the final snapshot is written. */
bool otr_driver_stopped(otr_driver *driver);
void otr_driver_stop(otr_driver *driver);

const otr_counters *otr_driver_counters(const otr_driver *driver);
const otr_store_figures *otr_driver_store_figures(const otr_driver *driver);
/* Now in UTC and its quality, for GET /time. */
otr_clock_quality otr_driver_utc(otr_driver *driver, otr_time *out);
size_t otr_driver_device_count(const otr_driver *driver);
/* Tickets that were sent again, and that the desk has not said it has. */
size_t otr_driver_unreceived_tickets(const otr_driver *driver);
size_t otr_driver_open_alarms(const otr_driver *driver);
/* Commands to devices whose time runs. */
size_t otr_driver_open_commands(const otr_driver *driver);
/* What customers answered when they were asked. */
otr_question_figures otr_driver_questions(const otr_driver *driver, otr_question_kind kind);
/* Alarms, points and figures as they are now (core/view/view.h). */
/* Whether the slot has the content of that hash. */
bool otr_driver_is_active(const otr_driver *driver, otr_str slot, otr_str hash);
/* Whether an assignment by command names the zone. */
bool otr_driver_names_zone(const otr_driver *driver, otr_str zone);
/* Whether an assignment by command fits what there is; *error has the reason. */
otr_status otr_driver_check_assignment(const otr_driver *driver, otr_str asset, const otr_assignments *loaded,
                                       otr_error *error);
void otr_driver_assigned(const otr_driver *driver, void (*each)(void *context, const otr_assigned_view *one),
                         void *context);
/* As otr_core_devices, by the clock of now. */
void otr_driver_devices(otr_driver *driver, uint32_t from, void *context,
                        bool (*each)(void *context, const otr_device_view *device));
/* Whether anything of the customer is in the state. */
bool otr_driver_knows_customer(const otr_driver *driver, otr_str customer);
void otr_driver_alarms(const otr_driver *driver, void (*each)(void *context, const otr_alarm_view *alarm),
                       void *context);
void otr_driver_cases(const otr_driver *driver, void (*each)(void *context, const otr_case_view *one),
                      void *context);
void otr_driver_points(const otr_driver *driver, void (*each)(void *context, const otr_point_view *point),
                       void *context);
otr_alarm_figures otr_driver_alarm_figures(otr_driver *driver);
void otr_driver_source(const otr_driver *driver, otr_point_key key, otr_point_view *out);
size_t otr_driver_outbox_depth(const otr_driver *driver);

#endif
