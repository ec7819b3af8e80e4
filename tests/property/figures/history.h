/*
 * A history at random, some days long: readings live and late, what the desk does, what customers answer, new
 * starts at any time. What was done is noted as it was accepted; everything else shows in what the core put
 * out.
 */
#ifndef OTR_PROPERTY_FIGURES_HISTORY_H
#define OTR_PROPERTY_FIGURES_HISTORY_H

#include "choices.h"
#include "codec/bucket.h"
#include "core/command/customer.h"
#include "core/desk/desk_act.h"
#include "world.h"

enum { HISTORY_STEPS = 120, HISTORY_DEEDS = 2 * HISTORY_STEPS, HISTORY_ASSETS = 4 };

/* Accepted. */
typedef struct history_deed {
    otr_time utc;
    bool desk;
    otr_desk_action act;
    otr_id case_id; /* whose ticket it is */
    size_t before;  /* how many events there were */
    otr_str fields; /* that the desk had to ask for */
    otr_customer_action action;
    otr_id notification;
} history_deed;

typedef struct history {
    world *world; /* owned by the caller */
    history_deed deeds[HISTORY_DEEDS];
    size_t deed_count;
} history;

typedef struct history_asset {
    const char *id;
    const char *product;
    const char *lot;
} history_asset;
extern const history_asset history_assets[HISTORY_ASSETS];

typedef struct history_rule {
    const char *name;
    const char *category;
    const char *queue; /* empty: no ticket */
} history_rule;
enum { HISTORY_RULES = 3 };
extern const history_rule history_rules[HISTORY_RULES];

/* Ends after a midnight at which nothing of it was in a day that goes on. */
void history_play(history *h, uint64_t seed);

#endif
