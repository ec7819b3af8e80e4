/*
 * The gateway's days in figures: everything that is counted passes here at the moment at which it happens,
 * and is added to the bucket (codec/bucket.h) of the UTC day in which it becomes known. A day begins with the
 * first figure of all, and from then on each midnight. While it runs its bucket is published each hour, and
 * at its end for good: as retained events, of which the broker keeps OTR_LIMIT_FIGURES_DAYS. No customer is
 * in it, and it survives restarts.
 */
#ifndef OTR_CORE_DAY_FIGURES_H
#define OTR_CORE_DAY_FIGURES_H

#include "base/names.h"
#include "codec/bucket.h"
#include "core/alarm/lifecycle.h"
#include "core/figures/service_mark.h"
#include "core/notice/notice_reason.h"
#include "core/rows.h"

struct otr_alarm;
struct otr_asset_state;
struct otr_case;
struct otr_core;
struct otr_figure_about;
struct otr_notice;
struct otr_notice_alarm;

/* Of an alarm that goes on and of which a reader has an opinion: what is counted once it ends. */
typedef struct otr_figure_wait {
    otr_id alarm;
    uint8_t spread; /* otr_bucket_spread */
} otr_figure_wait;

enum {
    OTR_FIGURE_KEPT = 5,
    /* closed days that the broker has: a month before the newest, as much ahead where a clock was wrong */
    OTR_FIGURE_DAYS_KEPT = 2 * OTR_LIMIT_FIGURES_DAYS,
};

/* Zero-initialise to use, and bucket.day, bucket.oldest and due NONE, NEVER and NEVER. */
typedef struct otr_day_figures {
    otr_bucket bucket; /* of the day under way; its day is OTR_DAY_NONE until the clock is known */
    bool begun;        /* something was counted ever */
    otr_time due;      /* core time at which it is published while it runs; NEVER */
    otr_id event;      /* of its last publication; zero: none yet */
    int32_t kept[OTR_FIGURE_DAYS_KEPT]; /* days that are closed and that the broker has, as they closed */
    uint32_t kept_count;
    struct otr_case_about {             /* by number of the case: what it is about, however long it lasts */
        uint32_t keys[OTR_FIGURE_KEPT]; /* in core->labels + 1, by core/figures/figure_about.c; 0: none */
    } * cases;
    uint32_t case_capacity;
    otr_names places; /* that are named in figures: core/figures/figure_about.h */
    otr_figure_wait waits[OTR_LIMIT_FIGURES_WAITS]; /* oldest first */
    uint32_t wait_count;
} otr_day_figures;

/* ---- what happens ---- */

/* ALARMS, RETRACTED or HISTORICAL. */
void otr_day_figures_alarm(struct otr_core *core, const struct otr_asset_state *asset,
                           const struct otr_alarm *alarm, otr_bucket_count what);
void otr_day_figures_alarm_ended(struct otr_core *core, const struct otr_asset_state *asset,
                                 const struct otr_alarm *alarm);
/* A case begins. asset and alarm are NULL where a customer asks for people and nothing more is known. */
void otr_day_figures_case(struct otr_core *core, const struct otr_case *one,
                          const struct otr_asset_state *asset, const struct otr_alarm *alarm);
void otr_day_figures_case_gone(struct otr_core *core, const struct otr_case *one);
void otr_day_figures_marked(struct otr_core *core, const struct otr_case *one, otr_service_mark mark);
/* The desk has acted on the case for the first time. */
void otr_day_figures_answered(struct otr_core *core, const struct otr_case *one);
/* A decision about telling somebody; alarm is that of the thread it is about, thread NULL for a message of no
 * thread. */
void otr_day_figures_notice(struct otr_core *core, const struct otr_notice *thread,
                            const struct otr_notice_alarm *alarm, otr_notice_state state,
                            otr_notice_reason reason);
/* One that reached nobody. */
void otr_day_figures_nobody(struct otr_core *core, const struct otr_asset_state *asset,
                            const struct otr_alarm *alarm, otr_notice_reason reason);
/* What a reader thinks of the thread's rule, or does about it: USEFUL to ASKED_AGAIN. thread is NULL where
 * nobody knows any more what it was about. */
void otr_day_figures_sign(struct otr_core *core, const struct otr_notice *thread, otr_bucket_count sign);
/* A question was put to a customer or answered, about a case (NULL: it is gone) of that rule. score: of an
 * answer, or below 0. */
void otr_day_figures_question(struct otr_core *core, const struct otr_case *one, otr_str pack, otr_str rule,
                              otr_bucket_score kind, int score);

/* ---- time ---- */

/* Core time of the next deadline as far as the clock is known now; NEVER. */
otr_time otr_day_figures_next_due(const struct otr_core *core);
/* UTC of the day's end; NEVER before it has begun. */
otr_time otr_day_figures_next_civil(const struct otr_core *core);
/* Publishes what is due. */
void otr_day_figures_due(struct otr_core *core);

/* ---- for the files of figures ---- */

/* One event in the cell of each dimension that it has. */
typedef struct otr_figure {
    enum { OTR_FIGURE_COUNT, OTR_FIGURE_SCORE, OTR_FIGURE_VALUE } kind;
    int what;      /* otr_bucket_count, otr_bucket_score or otr_bucket_spread */
    int64_t value; /* of SCORE and VALUE */
} otr_figure;
void otr_day_figures_add(struct otr_core *core, const struct otr_figure_about *about, otr_figure figure);
/* The day is over when the clock says so: its bucket is closed, and the next one begins. */
void otr_day_figures_roll(struct otr_core *core);

/* ---- snapshot ---- */

void otr_day_figures_write(const struct otr_core *core, otr_buffer *out);
void otr_day_figures_read(struct otr_core *core, otr_reader *reader);
void otr_day_figures_init(otr_day_figures *figures);
void otr_day_figures_done(otr_day_figures *figures);

#endif
