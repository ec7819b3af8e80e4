#include "plan.h"

#include <stdio.h>

#define SPAN_MIN (10 * OTR_MINUTE)
#define SPAN_MAX (3 * OTR_HOUR)
/* One in sixteen: over midnight, at least. */
#define SPAN_LONG (30 * OTR_HOUR)
enum { REAL_EVERY = 20, TELEMETRY_EVERY = 3, GUESTS_EVERY = 7 };

static const char *const words[] = {
#define X(name, word, text) word,
    SIM_FEATURES(X)
#undef X
};
static const char *const texts[] = {
#define X(name, word, text) text,
    SIM_FEATURES(X)
#undef X
};

sim_plan sim_plan_of(uint64_t seed)
{
    otr_dice dice = otr_dice_of(seed, "plan", 0);
    sim_plan plan = {.seed = seed, .fault_last = UINT64_MAX};
    otr_time most = otr_dice_one_in(&dice, 16) ? SPAN_LONG : SPAN_MAX;
    plan.span = otr_dice_span(&dice, SPAN_MIN, most) / OTR_MINUTE * OTR_MINUTE;
    plan.devices = 1 + otr_dice_roll(&dice, SIM_DEVICES);
    plan.real = seed % REAL_EVERY == 0;
    plan.telemetry = seed % TELEMETRY_EVERY == 0;
    plan.guests = seed % GUESTS_EVERY == 0;
    return plan;
}

bool sim_plan_has(const sim_plan *plan, sim_feature feature)
{
    otr_dice dice = otr_dice_of(plan->seed, "feature", (uint64_t)feature);
    return otr_dice_roll(&dice, 3) > 0 && (plan->without >> feature & 1) == 0;
}

const char *sim_feature_word(sim_feature feature)
{
    return words[feature];
}

const char *sim_feature_text(sim_feature feature)
{
    return texts[feature];
}

bool sim_feature_parse(const char *word, sim_feature *out)
{
    for (int i = 0; i < SIM_FEATURE_COUNT; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (sim_feature)i;
            return true;
        }
    return false;
}

void sim_plan_print(const sim_plan *plan, char *out, size_t size)
{
    sim_plan whole = sim_plan_of(plan->seed);
    size_t at = (size_t)snprintf(out, size, "--seed %llu", (unsigned long long)plan->seed);
    if (plan->span != whole.span && at < size)
        at += (size_t)snprintf(out + at, size - at, " --minutes %lld", (long long)(plan->span / OTR_MINUTE));
    if (plan->devices != whole.devices && at < size)
        at += (size_t)snprintf(out + at, size - at, " --devices %u", plan->devices);
    if (plan->guests != whole.guests && at < size)
        at += (size_t)snprintf(out + at, size - at, " --guests");
    if (plan->real != whole.real && at < size)
        at += (size_t)snprintf(out + at, size - at, " --store %s", plan->real ? "real" : "model");
    if (plan->telemetry != whole.telemetry && at < size)
        at += (size_t)snprintf(out + at, size - at, " --telemetry %s", plan->telemetry ? "on" : "off");
    for (int i = 0; i < SIM_FEATURE_COUNT; i++)
        if ((plan->without >> i & 1) != 0 && at < size)
            at += (size_t)snprintf(out + at, size - at, " --without %s", words[i]);
    if ((plan->fault_first > 0 || plan->fault_last < UINT64_MAX) && at < size)
        (void)snprintf(out + at, size - at, " --faults %llu-%llu", (unsigned long long)plan->fault_first,
                       (unsigned long long)plan->fault_last);
}
