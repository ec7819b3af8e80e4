#include "sim.h"

#include <stdio.h>

const char *sim_fault_text(sim_fault fault)
{
    static const char *const texts[] = {
#define X(name, words) words,
        SIM_FAULTS(X)
#undef X
    };
    return texts[fault];
}

void sim_say(sim *s, const char *format, ...)
{
    char line[600];
    va_list arguments;
    int at = snprintf(line, sizeof line, "%lld ", (long long)s->clock.now);
    va_start(arguments, format);
    int size = vsnprintf(line + at, sizeof line - (size_t)at, format, arguments);
    va_end(arguments);
    size = size + at < (int)sizeof line ? size + at : (int)sizeof line - 1;
    s->hash = otr_hash64(s->hash, 0, line, (size_t)size);
    if (!s->plan.say)
        return;
    char time[OTR_TIME_TEXT_BYTES];
    (void)otr_time_format(s->clock.now, time);
    (void)printf("%s %s\n", time, line + at);
}

void sim_fail(sim *s, const char *format, ...)
{
    va_list arguments;
    if (sim_failed(s))
        return;
    va_start(arguments, format);
    (void)vsnprintf(s->failure, sizeof s->failure, format, arguments);
    va_end(arguments);
    sim_say(s, "FAILED: %s", s->failure);
}

bool sim_happens(sim *s, sim_feature feature, sim_fault fault, uint32_t times)
{
    if (times > 1)
        times *= s->rare[feature];
    if (!s->has[feature] || s->calm || !otr_dice_one_in(&s->dice[feature], times))
        return false;
    uint64_t number = s->fault_count++;
    if (number < s->plan.fault_first || number >= s->plan.fault_last)
        return false;
    s->figures.faults[fault]++;
    sim_say(s, "fault %llu: %s", (unsigned long long)number, sim_fault_text(fault));
    return true;
}
