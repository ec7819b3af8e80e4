#include "core/figures/day_figures.h"

#include "core/figures/figure_about.h"
#include "core/notice/notice_thread.h"

static void add_count(otr_core *core, const otr_figure_about *about, otr_bucket_count count)
{
    otr_day_figures_add(core, about, (otr_figure){OTR_FIGURE_COUNT, (int)count, 0});
}

static void add_value(otr_core *core, const otr_figure_about *about, otr_bucket_spread spread, otr_time span)
{
    otr_day_figures_add(core, about, (otr_figure){OTR_FIGURE_VALUE, (int)spread, span / OTR_SECOND});
}

void otr_day_figures_add(otr_core *core, const otr_figure_about *about, otr_figure figure)
{
    otr_day_figures *figures = &core->figures;
    figures->begun = true;
    otr_day_figures_roll(core);
    for (int i = 0; i < OTR_BY_COUNT && !core->failed; i++) {
        if (i != OTR_BY_TOTAL && about->keys[i].size == 0)
            continue;
        otr_bucket_cell *cell = otr_bucket_at(&figures->bucket, (otr_bucket_dimension)i, about->keys[i]);
        if (cell == NULL)
            core->failed = true;
        else if (figure.kind == OTR_FIGURE_COUNT)
            otr_bucket_add_count(cell, (otr_bucket_count)figure.what, 1);
        else if (figure.kind == OTR_FIGURE_SCORE)
            otr_bucket_add_score(cell, (otr_bucket_score)figure.what, (int)figure.value);
        else
            otr_bucket_add_value(cell, (otr_bucket_spread)figure.what, figure.value);
    }
    if (figures->due == OTR_TIME_NEVER)
        figures->due = otr_time_add(core->now.core, OTR_HOUR);
}

/* ---- alarms ---- */

void otr_day_figures_alarm(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                           otr_bucket_count what)
{
    otr_figure_about about;
    otr_figure_of_alarm(core, asset, alarm->rule, &about);
    add_count(core, &about, what);
}

void otr_day_figures_alarm_ended(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    otr_day_figures *figures = &core->figures;
    otr_figure_about about;
    uint32_t stay = 0;
    if (figures->wait_count == 0)
        return;
    otr_figure_of_alarm(core, asset, alarm->rule, &about);
    for (uint32_t i = 0; i < figures->wait_count; i++) {
        if (!otr_id_equal(figures->waits[i].alarm, alarm->id))
            figures->waits[stay++] = figures->waits[i];
        else if (alarm->ended != OTR_TIME_NONE)
            add_value(core, &about, (otr_bucket_spread)figures->waits[i].spread, alarm->ended - alarm->onset);
    }
    figures->wait_count = stay;
}

/* What lasts too long for all that is waited for gives way. */
static void wait_for_end(otr_core *core, otr_id alarm, otr_bucket_spread spread)
{
    otr_day_figures *figures = &core->figures;
    if (figures->wait_count == OTR_LIMIT_FIGURES_WAITS) {
        figures->wait_count--;
        memmove(&figures->waits[0], &figures->waits[1], figures->wait_count * sizeof figures->waits[0]);
    }
    figures->waits[figures->wait_count++] = (otr_figure_wait){alarm, (uint8_t)spread};
}

/* ---- cases ---- */

static struct otr_case_about *case_of(otr_core *core, const otr_case *one)
{
    uint32_t number = (uint32_t)(one - core->cases);
    if (!otr_core_grow((void **)&core->figures.cases, &core->figures.case_capacity, number + 1,
                       sizeof *core->figures.cases)) {
        core->failed = true;
        return NULL;
    }
    return &core->figures.cases[number];
}

void otr_day_figures_case(otr_core *core, const otr_case *one, const otr_asset_state *asset,
                          const otr_alarm *alarm)
{
    struct otr_case_about *kept = case_of(core, one);
    otr_figure_about about;
    if (kept == NULL || otr_desk_device_owns(core, one))
        return;
    if (asset != NULL && alarm != NULL)
        otr_figure_of_alarm(core, asset, alarm->rule, &about);
    else
        otr_figure_of_names(core, OTR_STR(""), OTR_STR(""), otr_names_get(&core->labels, one->asset), 0,
                            &about);
    otr_figure_of_case_now(core, one, &about);
    otr_figure_keep(core, &about, kept);
    add_count(core, &about, OTR_COUNT_CASES);
}

void otr_day_figures_case_gone(otr_core *core, const otr_case *one)
{
    uint32_t number = (uint32_t)(one - core->cases);
    if (number < core->figures.case_capacity)
        core->figures.cases[number] = (struct otr_case_about){.keys = {0}};
}

/* ---- the desk ---- */

void otr_day_figures_marked(otr_core *core, const otr_case *one, otr_service_mark mark)
{
    static const otr_bucket_count counts[OTR_MARK_COUNT] = {
#define X(number, name, ...) [number] = OTR_COUNT_##name,
        OTR_SERVICE_MARKS(X)
#undef X
    };
    otr_figure_about about;
    if (otr_desk_device_owns(core, one))
        return;
    otr_figure_of_case(core, one, &about);
    add_count(core, &about, counts[mark]);
    if ((mark == OTR_MARK_RESOLVED || mark == OTR_MARK_NOT_NEEDED) && one->desk.sent > 0)
        add_value(core, &about, OTR_SPREAD_TO_RESOLVE, core->now.utc - one->desk.first_sent);
    if (mark == OTR_MARK_CLOSED && otr_service_is_first_contact(one))
        add_count(core, &about, OTR_COUNT_FIRST_CONTACT);
    if ((mark == OTR_MARK_REOPENED_CUSTOMER || mark == OTR_MARK_REOPENED_SYMPTOM) &&
        one->desk.first_contact > 0)
        add_count(core, &about, OTR_COUNT_FIRST_CONTACT_LOST);
}

void otr_day_figures_answered(otr_core *core, const otr_case *one)
{
    otr_figure_about about;
    if (one->desk.sent == 0 || otr_desk_device_owns(core, one))
        return;
    otr_figure_of_case(core, one, &about);
    add_value(core, &about, OTR_SPREAD_TO_ACKNOWLEDGE, core->now.utc - one->desk.first_sent);
}

/* ---- people ---- */

static const struct {
    otr_bucket_count held;
    otr_bucket_count dropped;
} reasons[OTR_UNTOLD_COUNT] = {
    [OTR_UNTOLD_NONE] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_OTHER},
    [OTR_UNTOLD_QUIET] = {OTR_COUNT_HELD_QUIET, OTR_COUNT_DROPPED_QUIET},
    [OTR_UNTOLD_BUDGET_DAY] = {OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
    [OTR_UNTOLD_BUDGET_WEEK] = {OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
    [OTR_UNTOLD_BUDGET_CATEGORY] = {OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
    [OTR_UNTOLD_COOLDOWN] = {OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
    [OTR_UNTOLD_GROUPED] = {OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
    [OTR_UNTOLD_FLOOD] = {OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
    [OTR_UNTOLD_DIGEST] = {OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
    [OTR_UNTOLD_ONCE] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_REPEATED},
    [OTR_UNTOLD_DUPLICATE] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_REPEATED},
    [OTR_UNTOLD_STALE] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
    [OTR_UNTOLD_EXPIRED] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
    [OTR_UNTOLD_RETRACTED] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
    [OTR_UNTOLD_WITHDRAWN] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
    [OTR_UNTOLD_OPTED_OUT] = {OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STOPPED},
};

/* Reasons without a class of their own stand in the table with zeroes. */
static otr_bucket_count count_of(otr_notice_state state, otr_notice_reason reason)
{
    if (state == OTR_NOTICE_TOLD)
        return OTR_COUNT_TOLD;
    if (state == OTR_NOTICE_HELD)
        return reasons[reason].held != 0 ? reasons[reason].held : OTR_COUNT_HELD_OTHER;
    return reasons[reason].dropped != 0 ? reasons[reason].dropped : OTR_COUNT_DROPPED_OTHER;
}

static void about_thread(const otr_core *core, const otr_notice *thread, const otr_notice_alarm *alarm,
                         otr_figure_about *out)
{
    otr_figure_of_names(core, otr_names_get(&core->labels, alarm->pack),
                        otr_names_get(&core->labels, alarm->rule),
                        otr_names_get(&core->labels, thread->asset), thread->asset_at, out);
    out->keys[OTR_BY_CAUSE] = otr_names_get(&core->labels, thread->category);
}

static void tell(otr_core *core, const otr_figure_about *about, otr_notice_state state,
                 otr_notice_reason reason)
{
    otr_bucket_count count = count_of(state, reason);
    add_count(core, about, count);
    otr_desk_device_notice(core, count);
}

void otr_day_figures_notice(otr_core *core, const otr_notice *thread, const otr_notice_alarm *alarm,
                            otr_notice_state state, otr_notice_reason reason)
{
    otr_figure_about about = {.rule = ""};
    if (thread != NULL)
        about_thread(core, thread, alarm, &about);
    tell(core, &about, state, reason);
}

void otr_day_figures_nobody(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                            otr_notice_reason reason)
{
    otr_figure_about about;
    otr_figure_of_alarm(core, asset, alarm->rule, &about);
    about.keys[OTR_BY_QUEUE] = (otr_str){NULL, 0};
    tell(core, &about, OTR_NOTICE_DROPPED, reason);
}

/* The alarm of the thread, while it is known. */
static const otr_alarm *alarm_of(const otr_core *core, const otr_notice *thread)
{
    otr_str name = otr_names_get(&core->labels, thread->asset);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        uint32_t at = (thread->asset_at + i) % core->asset_count;
        if (!otr_str_equal(core->assets[at].asset->id, name))
            continue;
        for (uint32_t a = core->assets[at].alarms; a != OTR_NONE; a = core->alarms[a].next)
            if (otr_id_equal(core->alarms[a].id, thread->alarms[0].id))
                return &core->alarms[a];
    }
    return NULL;
}

static void measure(otr_core *core, const otr_figure_about *about, const otr_notice *thread,
                    otr_bucket_count sign)
{
    const otr_alarm *alarm = alarm_of(core, thread);
    otr_bucket_spread spread = sign == OTR_COUNT_USEFUL ? OTR_SPREAD_LASTED_USEFUL : OTR_SPREAD_LASTED_WRONG;
    if (alarm == NULL)
        return;
    if (alarm->beyond > 0 && sign != OTR_COUNT_LATE) {
        otr_bucket_spread beyond =
            sign == OTR_COUNT_USEFUL ? OTR_SPREAD_BEYOND_USEFUL : OTR_SPREAD_BEYOND_WRONG;
        otr_day_figures_add(core, about, (otr_figure){OTR_FIGURE_VALUE, (int)beyond, alarm->beyond - 1});
    }
    if (sign == OTR_COUNT_LATE)
        add_value(core, about, OTR_SPREAD_LASTED_LATE, alarm->raised - alarm->onset);
    else if (alarm->ended != OTR_TIME_NONE)
        add_value(core, about, spread, alarm->ended - alarm->onset);
    else
        wait_for_end(core, alarm->id, spread);
}

void otr_day_figures_sign(otr_core *core, const otr_notice *thread, otr_bucket_count sign)
{
    otr_figure_about about = {.rule = ""};
    if (thread != NULL)
        about_thread(core, thread, &thread->alarms[0], &about);
    add_count(core, &about, sign);
    if (thread == NULL)
        return;
    if (sign == OTR_COUNT_USEFUL || sign == OTR_COUNT_KNOWN || sign == OTR_COUNT_WRONG ||
        sign == OTR_COUNT_LATE)
        measure(core, &about, thread, sign);
}

void otr_day_figures_question(otr_core *core, const otr_case *one, otr_str pack, otr_str rule,
                              otr_bucket_score kind, int score)
{
    otr_figure_about about;
    otr_figure_about names;
    otr_figure_of_names(core, pack, rule, OTR_STR(""), 0, &names);
    about = names;
    if (one != NULL)
        otr_figure_of_case(core, one, &about);
    about.keys[OTR_BY_RULE] = names.keys[OTR_BY_RULE];
    add_count(core, &about, score < 0 ? OTR_COUNT_ASKED : OTR_COUNT_ANSWERED);
    if (score >= 0) {
        otr_day_figures_add(core, &about, (otr_figure){OTR_FIGURE_SCORE, (int)kind, score});
        otr_desk_rates_answered(&core->desk_device.rates, kind, (unsigned)score);
        otr_desk_device_touch(core);
    }
}
