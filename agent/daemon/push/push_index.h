/*
 * What was pushed to this gateway, in STATE/push: an index, and each signed pack as a file named by its
 * hash. The index is replaced whole: a kill or a power cut leaves the one before or the one after. A pack is
 *   {"active":ONE, "previous":ONE, "earlier":[ONE], "cut":true, "staged":ONE, "shadow":ONE, "fallen":ONE,
 *    "trial":{...}} (push_trial.h)
 * of a tuning also "last":ONE, that was activated last; where each may be missing and ONE is
 * {"bundle":SHA256,"hash":SHA256 of the YAML,"version","signer", "purpose"}. Without "active" the pack of the
 * folder counts, without "previous" that was there before; push_chain.h has what lies below it, push_plans.h
 * the plans. "fallen" has besides "why" it was taken back, and "ran":true where it was the gateway's health.
 */
#ifndef OTR_DAEMON_PUSH_INDEX_H
#define OTR_DAEMON_PUSH_INDEX_H

#include <jansson.h>

#include "base/arena.h"
#include "base/status.h"

typedef struct otr_push_index {
    otr_arena memory;
    otr_str folder; /* STATE/push, NUL-terminated */
    json_t *root;   /* {"version":1,"packs":{NAME:{...}},"plans":[{...}]} */
} otr_push_index;

/* Reads it, or begins an empty one where there is none. An index that does not read is set aside as
 * index.json.bad, and CORRUPT: then it is empty. IO, MEMORY. */
otr_status otr_push_index_open(otr_str state, otr_push_index *out, otr_error *error);
void otr_push_index_close(otr_push_index *index);

/* The entry of a pack; NULL: nothing was pushed. A view, valid until the next save. */
json_t *otr_push_index_pack(const otr_push_index *index, const char *pack);
/* One of a pack, such as "active"; NULL: there is none. */
json_t *otr_push_index_one(const otr_push_index *index, const char *pack, const char *what);
/* A copy to change; the entry of the pack is made in it. NULL without memory. */
json_t *otr_push_index_copy(const otr_push_index *index, const char *pack, json_t **entry);
/* Durable when it returns OK; then next is the index, and files that neither it nor the one before names are
 * removed. Takes next, which may be NULL (MEMORY), also when it fails. */
otr_status otr_push_index_save(otr_push_index *index, json_t *next, otr_error *error);

/* Whether a pack or a plan has that signed pack: then its file is here. */
bool otr_push_index_names(const otr_push_index *index, const char *bundle);
/* The signed pack, as a file of that name, durable. Plans that have files of their own give way to it; LIMIT
 * when OTR_LIMIT_PUSHED_BYTES of all that is kept are too few then. */
otr_status otr_push_index_keep(otr_push_index *index, const char *bundle, otr_bytes bytes, otr_error *error);
/* Reads it back; CORRUPT when its hash is not its name any more. */
otr_status otr_push_index_read(const otr_push_index *index, const char *bundle, otr_arena *arena,
                               otr_bytes *out, otr_error *error);
/* The YAML in it: all behind its fourth line. It was judged when it came. */
otr_str otr_push_index_yaml(otr_bytes bundle);

#endif
