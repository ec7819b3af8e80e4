#include "core/notice/contact.h"

#include "base/limits.h"
#include "core/asset/zones.h"
#include "core/state.h"

#include <stdlib.h>

enum { WEEK = 7, MORNING = 8 * 60 };

/* ---- the table ---- */

uint32_t otr_ledger_find(const otr_core *core, otr_str reference)
{
    uint32_t label = otr_names_find(&core->labels, reference);
    return label < core->ledgers.of_label_capacity ? core->ledgers.of_label[label] - 1 : OTR_NONE;
}

/* Looks the wishes up once, as long as the assignments stay. */
static void resolve(otr_core *core, otr_ledger *ledger)
{
    if (!ledger->resolved)
        ledger->wishes =
            otr_assignments_contact(core->assignments, otr_names_get(&core->labels, ledger->reference));
    ledger->resolved = true;
}

uint32_t otr_ledger_of(otr_core *core, otr_str reference, bool role)
{
    otr_ledgers *all = &core->ledgers;
    uint32_t found = otr_ledger_find(core, reference);
    if (found != OTR_NONE) {
        resolve(core, &all->list[found]);
        return found;
    }
    uint32_t label = otr_core_label(core, reference);
    if (label == OTR_NONE ||
        !otr_core_grow((void **)&all->of_label, &all->of_label_capacity, label + 1, sizeof *all->of_label) ||
        !otr_core_grow((void **)&all->list, &all->capacity, all->count + 1, sizeof *all->list)) {
        core->failed = true;
        return OTR_NONE;
    }
    uint32_t number = 0;
    while (number < all->count && all->list[number].reference != OTR_NONE)
        number++;
    all->count += number == all->count;
    all->list[number] = (otr_ledger){.reference = label,
                                     .role = role,
                                     .digest = OTR_TIME_NEVER,
                                     .digest_day = OTR_DAY_NONE,
                                     .flood_ends = OTR_TIME_NONE};
    all->of_label[label] = number + 1;
    resolve(core, &all->list[number]);
    return number;
}

void otr_ledger_clear(otr_ledger *ledger)
{
    free(ledger->debits);
    free(ledger->stops);
    free(ledger->once);
    *ledger = (otr_ledger){.reference = OTR_NONE,
                           .digest = OTR_TIME_NEVER,
                           .digest_day = OTR_DAY_NONE,
                           .flood_ends = OTR_TIME_NONE};
}

void otr_ledger_drop(otr_core *core, uint32_t number)
{
    otr_ledger *ledger = &core->ledgers.list[number];
    OTR_ASSERT(ledger->reference != OTR_NONE && ledger->newest == 0);
    (void)otr_timers_set(&core->notices.digests, number, OTR_TIME_NEVER);
    core->ledgers.of_label[ledger->reference] = 0;
    otr_ledger_clear(ledger);
}

void otr_ledger_drop_idle(otr_core *core, uint32_t number)
{
    const otr_ledger *ledger = &core->ledgers.list[number];
    if (ledger->newest == 0 && ledger->stop_count == 0 && otr_ledger_wishes(core, ledger) == NULL)
        otr_ledger_drop(core, number);
}

void otr_ledgers_drop_idle(otr_core *core)
{
    for (uint32_t i = 0; i < core->ledgers.count && !core->failed; i++)
        if (core->ledgers.list[i].reference != OTR_NONE)
            otr_ledger_drop_idle(core, i);
}

void otr_ledgers_done(otr_ledgers *ledgers)
{
    for (uint32_t i = 0; i < ledgers->count; i++)
        otr_ledger_clear(&ledgers->list[i]);
    free(ledgers->list);
    free(ledgers->of_label);
    *ledgers = (otr_ledgers){0};
}

const otr_contact *otr_ledger_wishes(const otr_core *core, const otr_ledger *ledger)
{
    /* who works with messages wants all of them, at any time */
    static const otr_contact anyone = {
        .locale = {"en", 2}, .zone = {"UTC", 3}, .per_day = UINT16_MAX, .per_week = UINT16_MAX, .weight = 1};
    const otr_contact *found = ledger->wishes;
    if (!ledger->resolved)
        found = otr_assignments_contact(core->assignments, otr_names_get(&core->labels, ledger->reference));
    return found == NULL && ledger->role ? &anyone : found;
}

void otr_ledgers_rebound(otr_core *core)
{
    for (uint32_t i = 0; i < core->ledgers.count; i++)
        core->ledgers.list[i].resolved = false;
}

/* ---- the clock on the wall ---- */

const otr_zone *otr_contact_zone(const otr_core *core, const otr_contact *wishes)
{
    return otr_core_zone(core, wishes->zone);
}

int32_t otr_contact_day(const otr_core *core, const otr_contact *wishes, otr_time utc)
{
    return (int32_t)otr_civil_day(otr_contact_zone(core, wishes), utc);
}

bool otr_contact_is_quiet(const otr_core *core, const otr_contact *wishes, otr_time utc)
{
    int from = wishes->quiet_from;
    int to = wishes->quiet_to;
    if (from == to)
        return false;
    otr_civil civil = otr_civil_at(otr_contact_zone(core, wishes), utc);
    int minute = civil.hour * 60 + civil.minute;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/* Where clocks go back over the end of the quiet hours, it is quiet again: then they end twice. */
otr_time otr_contact_quiet_end(const otr_core *core, const otr_contact *wishes, otr_time utc)
{
    const otr_zone *zone = otr_contact_zone(core, wishes);
    otr_time at = utc;
    for (int64_t day = otr_civil_day(zone, utc) - 1; otr_contact_is_quiet(core, wishes, at); day++) {
        otr_time end = otr_civil_instant(zone, day, wishes->quiet_to);
        if (end > at)
            at = end;
        else if (day > otr_civil_day(zone, utc) + 2)
            at = otr_time_add(at, OTR_MINUTE);
    }
    return at;
}

otr_time otr_contact_morning(const otr_core *core, const otr_contact *wishes, otr_time utc)
{
    const otr_zone *zone = otr_contact_zone(core, wishes);
    bool quiet = wishes->quiet_from != wishes->quiet_to;
    otr_time at = utc;
    for (int64_t day = otr_civil_day(zone, utc) + 1; at <= utc; day++)
        at = otr_civil_instant(zone, day, quiet ? 0 : MORNING);
    return otr_contact_is_quiet(core, wishes, at) ? otr_contact_quiet_end(core, wishes, at) : at;
}

/* ---- budgets ---- */

/* category OTR_NONE: all. */
static uint32_t count_between(const otr_ledger *ledger, uint32_t category, int32_t first, int32_t last)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ledger->debit_count; i++) {
        const otr_debit *debit = &ledger->debits[i];
        if (debit->day >= first && debit->day <= last &&
            (category == OTR_NONE || debit->category == category))
            count += debit->count;
    }
    return count;
}

/* Any seven days in a row that the day is one of. */
static bool fits_weeks(const otr_ledger *ledger, uint32_t category, int32_t day, uint32_t most)
{
    for (int32_t last = day; last < day + WEEK; last++)
        if (count_between(ledger, category, last - WEEK + 1, last) >= most)
            return false;
    return true;
}

otr_notice_reason otr_ledger_fits(const otr_core *core, const otr_ledger *ledger, const otr_contact *wishes,
                                  uint32_t category, int32_t day)
{
    if (wishes->per_day != UINT16_MAX && count_between(ledger, OTR_NONE, day, day) >= wishes->per_day)
        return OTR_UNTOLD_BUDGET_DAY;
    if (wishes->per_week != UINT16_MAX && !fits_weeks(ledger, OTR_NONE, day, wishes->per_week))
        return OTR_UNTOLD_BUDGET_WEEK;
    otr_str name = otr_names_get(&core->labels, category);
    for (size_t i = 0; i < wishes->category_count; i++) {
        const otr_category_budget *budget = &wishes->categories[i];
        if (!otr_str_equal(budget->category, name))
            continue;
        if (budget->per_day != UINT16_MAX && count_between(ledger, category, day, day) >= budget->per_day)
            return OTR_UNTOLD_BUDGET_CATEGORY;
        if (budget->per_week != UINT16_MAX && !fits_weeks(ledger, category, day, budget->per_week))
            return OTR_UNTOLD_BUDGET_CATEGORY;
    }
    return OTR_UNTOLD_NONE;
}

/* What no week can reach any more is forgotten. */
static void drop_old(otr_core *core, otr_ledger *ledger)
{
    int32_t oldest = (int32_t)(core->now.utc / OTR_DAY) - 2 * WEEK;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ledger->debit_count; i++)
        if (ledger->debits[i].day >= oldest && ledger->debits[i].count > 0)
            ledger->debits[kept++] = ledger->debits[i];
    ledger->debit_count = kept;
}

static otr_debit *find_debit(otr_ledger *ledger, uint32_t category, int32_t day)
{
    for (uint32_t i = 0; i < ledger->debit_count; i++)
        if (ledger->debits[i].day == day && ledger->debits[i].category == category)
            return &ledger->debits[i];
    return NULL;
}

void otr_ledger_debit(otr_core *core, otr_ledger *ledger, uint32_t category, int32_t day)
{
    otr_debit *debit = find_debit(ledger, category, day);
    if (debit == NULL) {
        drop_old(core, ledger);
        if (!otr_core_grow((void **)&ledger->debits, &ledger->debit_capacity, ledger->debit_count + 1,
                           sizeof *ledger->debits)) {
            core->failed = true;
            return;
        }
        debit = &ledger->debits[ledger->debit_count++];
        *debit = (otr_debit){.day = day, .category = category};
    }
    debit->count++;
}

void otr_ledger_release(otr_ledger *ledger, uint32_t category, int32_t day)
{
    otr_debit *debit = find_debit(ledger, category, day);
    if (debit != NULL && debit->count > 0)
        debit->count--;
}

/* ---- what is stopped ---- */

bool otr_ledger_is_stopped(const otr_core *core, const otr_ledger *ledger, const otr_contact *wishes,
                           uint32_t category, bool critical)
{
    otr_str name = otr_names_get(&core->labels, category);
    for (size_t i = 0; i < wishes->opt_out_count; i++)
        if (otr_str_equal(wishes->opt_outs[i], name))
            return true;
    for (uint32_t i = 0; i < ledger->stop_count; i++) {
        const otr_stop *stop = &ledger->stops[i];
        bool on = stop->until == OTR_TIME_NEVER || !core->now.synced || core->now.utc < stop->until;
        if (on && (stop->category == category || (stop->category == OTR_NONE && !critical)))
            return true;
    }
    return false;
}

void otr_ledger_resume(otr_ledger *ledger, uint32_t category)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ledger->stop_count; i++)
        if (category != OTR_NONE && ledger->stops[i].category != category)
            ledger->stops[kept++] = ledger->stops[i];
    ledger->stop_count = kept;
}

void otr_ledger_stop(otr_core *core, otr_ledger *ledger, uint32_t category, otr_time until)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ledger->stop_count; i++)
        if (ledger->stops[i].category != category)
            ledger->stops[kept++] = ledger->stops[i];
    ledger->stop_count = kept;
    if (kept == OTR_LIMIT_CONTACT_STOPS)
        category = OTR_NONE; /* who stops that many things wants none */
    if (kept < OTR_LIMIT_CONTACT_STOPS &&
        !otr_core_grow((void **)&ledger->stops, &ledger->stop_capacity, kept + 1, sizeof *ledger->stops)) {
        core->failed = true;
        return;
    }
    uint32_t at = kept < OTR_LIMIT_CONTACT_STOPS ? ledger->stop_count++ : 0;
    ledger->stops[at] = (otr_stop){category, until};
}

/* ---- what is told once ---- */

bool otr_ledger_has_once(const otr_ledger *ledger, uint64_t hash)
{
    for (uint32_t i = 0; i < ledger->once_count; i++)
        if (ledger->once[i] == hash)
            return true;
    return false;
}

void otr_ledger_drop_once(otr_ledger *ledger, uint64_t hash)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ledger->once_count; i++)
        if (ledger->once[i] != hash)
            ledger->once[kept++] = ledger->once[i];
    ledger->once_count = kept;
}

void otr_ledger_add_once(otr_core *core, otr_ledger *ledger, uint64_t hash)
{
    if (otr_ledger_has_once(ledger, hash))
        return;
    if (ledger->once_count == OTR_LIMIT_CONTACT_ONCE)
        otr_ledger_drop_once(ledger, ledger->once[0]);
    if (!otr_core_grow((void **)&ledger->once, &ledger->once_capacity, ledger->once_count + 1,
                       sizeof *ledger->once)) {
        core->failed = true;
        return;
    }
    ledger->once[ledger->once_count++] = hash;
}
