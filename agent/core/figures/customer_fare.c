#include "core/figures/customer_fare.h"

#include "core/outbox/event.h"

#include <stdlib.h>

/* What is over within it is one change, and a state that flaps is told once a minute. */
#define SETTLE_US OTR_MINUTE
#define TOGETHER_US OTR_SECOND
#define RISK_US (30 * OTR_DAY)

const char *otr_fare_state_text(otr_fare_state state)
{
    static const char *const words[] = {
#define X(number, name, word) [number] = (word),
        OTR_FARE_STATES(X)
#undef X
    };
    return words[state];
}

/* ---- which ---- */

static uint32_t find(const otr_core *core, uint32_t customer)
{
    return customer < core->fares.of_label_capacity ? core->fares.of_label[customer] - 1 : OTR_NONE;
}

bool otr_fare_list(otr_core *core, uint32_t customer, uint32_t number)
{
    otr_fares *all = &core->fares;
    if (!otr_core_grow((void **)&all->of_label, &all->of_label_capacity, customer + 1,
                       sizeof *all->of_label)) {
        core->failed = true;
        return false;
    }
    all->of_label[customer] = number + 1;
    return true;
}

static uint32_t find_or_make(otr_core *core, uint32_t customer)
{
    otr_fares *all = &core->fares;
    uint32_t number = find(core, customer);
    if (number != OTR_NONE)
        return number;
    number = otr_numbers_take(&all->numbers);
    if (number == OTR_NONE || !otr_fare_list(core, customer, number) ||
        !otr_core_grow((void **)&all->list, &all->capacity, number + 1, sizeof *all->list)) {
        core->failed = true;
        return OTR_NONE;
    }
    all->list[number] = (otr_fare){.used = true, .state = OTR_FARE_WELL, .customer = customer};
    return number;
}

static void touch(otr_core *core, uint32_t number)
{
    otr_time soon = otr_time_whole(otr_time_add(core->now.core, SETTLE_US), TOGETHER_US);
    if (soon < otr_timers_get(&core->fares.timers, number))
        core->failed |= !otr_timers_set(&core->fares.timers, number, soon);
}

/* NULL with core->failed for want of memory. */
static otr_fare_more *more_of(otr_core *core, otr_fare *fare)
{
    if (fare->more == NULL)
        fare->more = calloc(1, sizeof *fare->more);
    core->failed |= fare->more == NULL;
    return fare->more;
}

/* ---- cases ---- */

void otr_fare_case(otr_core *core, const otr_case *one)
{
    otr_fares *all = &core->fares;
    uint32_t number = (uint32_t)(one - core->cases);
    uint32_t fare = one->customer > 0 ? find_or_make(core, one->customer - 1) : OTR_NONE;
    if (fare == OTR_NONE)
        return;
    if (!otr_core_grow((void **)&all->cases, &all->case_capacity, number + 1, sizeof *all->cases)) {
        core->failed = true;
        return;
    }
    all->cases[number] = (struct otr_fare_case){fare + 1, all->list[fare].cases};
    all->list[fare].cases = number + 1;
    touch(core, fare);
}

/* The number of its customer; NONE. */
static uint32_t fare_of(const otr_core *core, const otr_case *one)
{
    uint32_t number = (uint32_t)(one - core->cases);
    return number < core->fares.case_capacity ? core->fares.cases[number].fare - 1 : OTR_NONE;
}

void otr_fare_case_changed(otr_core *core, const otr_case *one)
{
    uint32_t fare = fare_of(core, one);
    if (fare != OTR_NONE)
        touch(core, fare);
}

void otr_fare_case_gone(otr_core *core, const otr_case *one)
{
    uint32_t fare = fare_of(core, one);
    uint32_t number = (uint32_t)(one - core->cases);
    if (fare == OTR_NONE)
        return;
    uint32_t *link = &core->fares.list[fare].cases;
    while (*link != number + 1)
        link = &core->fares.cases[*link - 1].older;
    *link = core->fares.cases[number].older;
    core->fares.cases[number] = (struct otr_fare_case){0, 0};
    touch(core, fare);
}

/* ---- risks ---- */

void otr_fare_risk_of(otr_core *core, uint32_t customer, otr_fare_risk risk)
{
    uint32_t fare = find_or_make(core, customer);
    otr_fare_more *more = fare != OTR_NONE ? more_of(core, &core->fares.list[fare]) : NULL;
    if (more == NULL)
        return;
    more->risk_until[risk] = otr_time_add(core->now.core, RISK_US);
    touch(core, fare);
}

void otr_fare_marked(otr_core *core, const otr_case *one, otr_service_mark mark)
{
    uint32_t fare = fare_of(core, one);
    if (fare == OTR_NONE)
        return;
    if (mark == OTR_MARK_PROMISE_MISSED)
        otr_fare_risk_of(core, core->fares.list[fare].customer, OTR_FARE_RISK_MISSED);
    if (mark == OTR_MARK_REOPENED_SYMPTOM || mark == OTR_MARK_REOPENED_CUSTOMER)
        otr_fare_risk_of(core, core->fares.list[fare].customer, OTR_FARE_RISK_REOPENED);
}

/* The first of these in a month is chance, the third is none. */
void otr_fare_unheard(otr_core *core, uint32_t customer)
{
    uint32_t number = find_or_make(core, customer);
    otr_fare_more *more = number != OTR_NONE ? more_of(core, &core->fares.list[number]) : NULL;
    if (more == NULL)
        return;
    memmove(&more->unheard[1], &more->unheard[0], (OTR_FARE_UNHEARD - 1) * sizeof more->unheard[0]);
    more->unheard[0] = core->now.core;
    otr_time first = more->unheard[OTR_FARE_UNHEARD - 1];
    if (first > 0 && core->now.core - first < RISK_US)
        otr_fare_risk_of(core, customer, OTR_FARE_RISK_UNHEARD);
}

/* ---- saying it ---- */

enum { FACTS = OTR_FARE_RISK_COUNT + 2 };

static void send(otr_core *core, otr_fare *fare, const char *what)
{
    static const char *const words[] = {
#define X(number, name, word) [number] = (word),
        OTR_FARE_RISKS(X)
#undef X
    };
    otr_fact facts[FACTS] = {
        {OTR_STR("state"), otr_str_of(otr_fare_state_text((otr_fare_state)fare->state))},
        {OTR_STR("hold_promotions"), otr_str_of(fare->state != OTR_FARE_WELL ? "true" : "false")}};
    size_t count = 2;
    for (int i = 0; i < OTR_FARE_RISK_COUNT; i++)
        if ((fare->reasons >> i & 1) != 0)
            facts[count++] = (otr_fact){OTR_STR("reason"), otr_str_of(words[i])};
    otr_str reference = otr_names_get(&core->labels, fare->customer);
    otr_id salt = core->config.incarnation;
    otr_service_event event = otr_event_blank(core->now.utc, otr_str_of(what));
    event.kind = OTR_SERVICE_CUSTOMER;
    event.entity =
        otr_hash128('r', otr_hash64(0, 0, reference.data, reference.size), salt.bytes, sizeof salt.bytes);
    event.revision = ++fare->revision;
    event.onset = fare->since;
    event.to = reference;
    event.facts = facts;
    event.fact_count = count;
    otr_id before = {0};
    if (fare->revision > 1)
        before =
            otr_hash128(fare->said_seq, fare->revision - 1, event.entity.bytes, sizeof event.entity.bytes);
    event.event = otr_hash128(core->seq, fare->revision, event.entity.bytes, sizeof event.entity.bytes);
    fare->said_seq = core->seq;
    otr_event_put_instead(core, &event, before);
}

static otr_fare_state state_of(const otr_core *core, const otr_fare *fare, uint8_t reasons)
{
    otr_fare_state state = reasons != 0 ? OTR_FARE_AT_RISK : OTR_FARE_WELL;
    for (uint32_t i = fare->cases; i > 0; i = core->fares.cases[i - 1].older) {
        const otr_case *one = &core->cases[i - 1];
        otr_fare_state of_case = one->state == OTR_CASE_OPEN        ? OTR_FARE_IN_TROUBLE
                                 : one->state == OTR_CASE_VERIFYING ? OTR_FARE_RECOVERING
                                                                    : OTR_FARE_WELL;
        if ((one->priority >= OTR_PRIORITY_MEDIUM || one->asked) && of_case < state)
            state = of_case;
    }
    return state;
}

static void drop(otr_core *core, uint32_t number)
{
    core->fares.of_label[core->fares.list[number].customer] = 0;
    free(core->fares.list[number].more);
    core->fares.list[number] = (otr_fare){.used = false};
    otr_numbers_give(&core->fares.numbers, number);
    core->failed |= !otr_timers_set(&core->fares.timers, number, OTR_TIME_NEVER);
}

/* It is said no more. */
static void forget(otr_core *core, uint32_t number)
{
    otr_fare *fare = &core->fares.list[number];
    fare->reasons = 0;
    fare->state = OTR_FARE_WELL;
    if (fare->revision > 0)
        send(core, fare, "cleared");
    drop(core, number);
}

/* The risks that go on; *next is when the first of them ends. */
static uint8_t reasons_of(const otr_core *core, const otr_fare *fare, otr_time *next)
{
    uint8_t reasons = 0;
    for (int i = 0; i < OTR_FARE_RISK_COUNT && fare->more != NULL; i++) {
        if (fare->more->risk_until[i] <= core->now.core)
            continue;
        reasons |= (uint8_t)(1 << i);
        *next = fare->more->risk_until[i] < *next ? fare->more->risk_until[i] : *next;
    }
    return reasons;
}

/* Core time at which nothing is kept of them any more; NEVER. */
static otr_time end_of(otr_core *core, otr_fare *fare)
{
    if (fare->state != OTR_FARE_WELL || fare->cases > 0) {
        if (fare->more != NULL)
            fare->more->idle = 0;
        return OTR_TIME_NEVER;
    }
    otr_fare_more *more = more_of(core, fare);
    if (more == NULL)
        return OTR_TIME_NEVER;
    if (more->idle == 0)
        more->idle = core->now.core;
    return otr_time_add(more->idle, RISK_US);
}

static void look(otr_core *core, uint32_t number)
{
    otr_fare *fare = &core->fares.list[number];
    otr_time next = OTR_TIME_NEVER;
    uint8_t reasons = reasons_of(core, fare, &next);
    otr_fare_state state = state_of(core, fare, reasons);
    bool changed = (uint8_t)state != fare->state;
    if (changed || reasons != fare->reasons) {
        fare->since = changed ? core->now.utc : fare->since;
        fare->state = (uint8_t)state;
        fare->reasons = reasons;
        send(core, fare, "updated");
    }
    otr_time end = end_of(core, fare);
    if (end <= core->now.core)
        forget(core, number);
    else
        core->failed |= !otr_timers_set(&core->fares.timers, number, end < next ? end : next);
}

otr_time otr_fares_next_due(const otr_core *core)
{
    return otr_timers_next(&core->fares.timers);
}

void otr_fares_due(otr_core *core)
{
    uint32_t number;
    while (!core->failed && otr_timers_take(&core->fares.timers, core->now.core, &number))
        look(core, number);
}

/* ---- forgetting ---- */

void otr_fare_forget(otr_core *core, otr_str customer)
{
    uint32_t label = otr_names_find(&core->labels, customer);
    uint32_t number = label != OTR_NAME_NONE ? find(core, label) : OTR_NONE;
    if (number == OTR_NONE)
        return;
    otr_fare *fare = &core->fares.list[number];
    while (fare->cases > 0) {
        struct otr_fare_case *one = &core->fares.cases[fare->cases - 1];
        fare->cases = one->older;
        *one = (struct otr_fare_case){0, 0};
    }
    forget(core, number);
}
