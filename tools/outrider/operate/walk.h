/* What one contact saw of one asset, and the steps of a journey map beside it: what `outrider walk` gathers,
 * and the two forms in which it is said. */
#ifndef OTR_TOOLS_WALK_H
#define OTR_TOOLS_WALK_H

#include <jansson.h>

#include "base/arena.h"
#include "rules/load/journey_map.h"
#include "tools/outrider/explain/explain_notice.h"

enum { OTR_WALK_STEPS_MAX = 256 };

/* When an alarm of a step's rule began and was known, and when it was told. */
typedef struct otr_walk_step {
    bool happened;
    otr_time onset;
    otr_time detected;
    otr_time told; /* NONE: not */
    otr_str reason;
} otr_walk_step;

/* One contact of the asset. */
typedef struct otr_walk_contact {
    otr_str name; /* in the walk's memory */
    size_t told;
} otr_walk_contact;

typedef struct otr_walk {
    const char *asset;
    const char *wanted;  /* contact; NULL: whoever was told most */
    const char *journey; /* file; NULL: none */
    bool as_json;
    otr_str contact;
    otr_walk_contact *contacts; /* owned; in the order in which they were first to be told */
    size_t contact_count;
    otr_time last;    /* when the contact heard last; NONE */
    otr_time next_by; /* what was promised then; NONE */
    otr_time longest; /* silence between two messages */
    size_t told;
    size_t withheld;
    const otr_journey_map *map;
    otr_walk_step steps[OTR_WALK_STEPS_MAX];
    otr_arena memory;
    json_t *notices; /* with as_json */
} otr_walk;

/* Whether it reached its reader, as far as the gateway knows, and when. */
bool otr_walk_is_told(const otr_notice_found *notice);
otr_time otr_walk_told_at(const otr_notice_found *notice);
/* How many contacts were told or to be told beside the one that is shown. */
size_t otr_walk_others(const otr_walk *w);

/* For people, as they come: who it is, each message that was told or not, and in the end what comes of it. */
void otr_walk_say_begin(const otr_walk *w);
void otr_walk_say_told(const otr_walk *w, const otr_notice_found *notice);
void otr_walk_say_withheld(const otr_notice_found *notice);
void otr_walk_say_end(const otr_walk *w);

/* For programs: gathered in w->notices, and printed in the end. False when that failed. */
void otr_walk_json_add(otr_walk *w, const otr_notice_found *notice);
bool otr_walk_json_end(const otr_walk *w);

#endif
