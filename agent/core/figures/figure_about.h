/* What a counted event is about: its key in each dimension of a bucket. */
#ifndef OTR_CORE_FIGURE_ABOUT_H
#define OTR_CORE_FIGURE_ABOUT_H

#include "core/state.h"

enum { OTR_FIGURE_KEY_BYTES = 256 };

/* Keys are views, of the core's state or of the texts below; an empty one: it is not counted by that. */
typedef struct otr_figure_about {
    otr_str keys[OTR_BY_COUNT]; /* TOTAL's is not used */
    char rule[OTR_FIGURE_KEY_BYTES];
    char lane[OTR_FIGURE_KEY_BYTES];
} otr_figure_about;

/*
 * The names of places are a customer's data, and the broker keeps a day for a month in which they may be
 * forgotten: a bucket cannot be taken back. So only what several customers call so is a lane or a step, or
 * what nobody's asset does; the rest is counted without. Found anew whenever assets are bound.
 */
void otr_figure_places(otr_core *core);
/* Somebody was forgotten: what is a lane or a step no more is the rest's, today; it is published at once. */
void otr_figure_forget_places(otr_core *core);

/* The state must not move while it is used. */
void otr_figure_of_alarm(const otr_core *core, const otr_asset_state *asset, uint32_t rule,
                         otr_figure_about *out);
/* Of a rule by its names, and of an asset where that is known still: by its id. Empty ones are left out. */
void otr_figure_of_names(const otr_core *core, otr_str pack, otr_str rule, otr_str asset, uint32_t hint,
                         otr_figure_about *out);
void otr_figure_of_case(const otr_core *core, const otr_case *one, otr_figure_about *out);

/* What the case is likely about: a trouble of the knowledge, else its category; and its queue. */
void otr_figure_of_case_now(const otr_core *core, const otr_case *one, otr_figure_about *out);

/* What stays with a case: rule, product, lot, lane and step. */
void otr_figure_keep(otr_core *core, const otr_figure_about *about, struct otr_case_about *out);

#endif
