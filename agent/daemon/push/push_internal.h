/* What the files of push share. */
#ifndef OTR_DAEMON_PUSH_INTERNAL_H
#define OTR_DAEMON_PUSH_INTERNAL_H

#include "daemon/control/operate.h"
#include "daemon/file.h"
#include "daemon/push/bundle.h"
#include "daemon/push/push.h"
#include "daemon/push/push_chain.h"
#include "daemon/push/push_index.h"
#include "daemon/push/push_plans.h"
#include "daemon/push/rehearse.h"

typedef struct otr_push {
    otr_push_index index;
    /* the signed pack that comes in pieces */
    otr_buffer coming;
    char coming_hash[OTR_SHA256_TEXT_BYTES];
    /* the rehearsal that runs, and the last results by pack: {"bundle", "state", "figures" or "reason"} */
    otr_rehearsal rehearsal;
    char *rehearsed;
    json_t *results;
    int64_t trial_ends_s; /* monotonic; 0: no pack is on trial */
    uint64_t looked;      /* the gateway's health was worse in so many of its looks in a row: */
    unsigned worse;
    bool stuck;                      /* what is worse could not be taken back, and that is told */
    char fallen[400];                /* what to report; empty: nothing */
    char untuned[OTR_REFUSAL_BYTES]; /* why the active tuning is left out; empty: it is not */
    otr_arena instead;               /* bytes that count in place of a pack that was taken back */
} otr_push;

int64_t otr_push_now_s(void);
otr_time otr_push_utc(otr_daemon *daemon);
/* "ok": true. */
json_t *otr_push_yes(void);
json_t *otr_push_no(const otr_error *error);
/* The name of a pack in the request; NULL: it names none. */
const char *otr_push_pack_of(const json_t *request);
/* The slot of a pack; false when the name is too long to be one's. */
enum { OTR_PUSH_SLOT_BYTES = 160 };
bool otr_push_slot(const char *pack, char out[OTR_PUSH_SLOT_BYTES]);

json_t *otr_push_stage(otr_daemon *daemon, const json_t *request);
json_t *otr_push_bundle(otr_daemon *daemon, const json_t *request);
json_t *otr_push_rehearse(otr_daemon *daemon, const json_t *request);
json_t *otr_push_activate(otr_daemon *daemon, const json_t *request);
json_t *otr_push_rollback(otr_daemon *daemon, const json_t *request);
/* What is active and on trial is not what the gateway gets on with: what was before it runs again. */
void otr_push_take_back(otr_daemon *daemon, const char *pack, const char *complaint);
json_t *otr_push_shadow(otr_daemon *daemon, const json_t *request);
json_t *otr_push_packs(otr_daemon *daemon, const json_t *request);
json_t *otr_push_plan(otr_daemon *daemon, const json_t *request);
/* Whether the version may come after what runs; *error says why not. */
otr_status otr_push_check_version(otr_daemon *daemon, const char *pack, int64_t version, const char *hash,
                                  bool rollback, otr_error *error);

#endif
