/*
 * Views: what is known now of each asset that has somebody to know it, retained by the broker. An asset is
 * looked at when something of it came, at most once a minute, and what it shows is sent anew when a person
 * would see a difference. Assets without contacts have none and cost nothing.
 */
#ifndef OTR_CORE_ASSET_VIEW_H
#define OTR_CORE_ASSET_VIEW_H

#include "base/buffer.h"
#include "base/hash.h"
#include "base/timers.h"
#include "core/numbers.h"

struct otr_alarm;
struct otr_asset_state;
struct otr_core;

/* What was shown last, as far as it decides whether there is news. */
typedef struct otr_asset_shown {
    uint64_t words;     /* hash of place, bump, case and promised news */
    double temperature; /* NAN: none */
    otr_time eta;       /* NONE: none */
} otr_asset_shown;

typedef struct otr_asset_view {
    bool used;
    uint32_t asset;    /* in core->labels */
    uint32_t asset_at; /* its number among the bound ones */
    uint32_t revision; /* sent so far; 0: never */
    otr_id event;      /* of the last one sent */
    otr_time looked;   /* core time; NONE: never */
    otr_time bump_at;  /* event time; NONE: none */
    uint32_t bump;     /* what it was, in core->labels */
    otr_asset_shown shown;
} otr_asset_view;

/* Zero-initialise to use. */
typedef struct otr_asset_views {
    otr_asset_view *list;
    uint32_t capacity;
    otr_numbers numbers;
    otr_timers timers; /* core time at which each is looked at */
} otr_asset_views;

/* Something of the asset came. */
void otr_asset_view_touch(struct otr_core *core, uint32_t asset_number);
/* An alarm of the asset has changed. */
void otr_asset_view_alarm(struct otr_core *core, const struct otr_asset_state *asset,
                          const struct otr_alarm *alarm);
/* It is another customer's now: nobody is shown what it was before. */
void otr_asset_view_clear(struct otr_core *core, struct otr_asset_state *asset);
/* The assignments have changed: views of assets that are gone, or have nobody any more, are cleared. */
void otr_asset_views_rebound(struct otr_core *core);
/* The input ends: what is due is looked at. */
void otr_asset_views_flush(struct otr_core *core);
/* Core time of the next look; NEVER. */
otr_time otr_asset_views_next_due(const struct otr_core *core);

void otr_asset_views_write(const struct otr_core *core, otr_buffer *out);
void otr_asset_views_read(struct otr_core *core, otr_reader *reader);
void otr_asset_views_done(struct otr_core *core);

#endif
