#include "core/case/case.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "core/asset/whose.h"
#include "core/case/gather.h"
#include "core/desk/desk_timer.h"
#include "core/notice/told.h"
#include "core/ticket/known.h"
#include "core/ticket/ticket.h"

/* Whose it is, or nobody's yet. */
/* Its own category, or that of a case that was merged into it. */
static bool is_about(const otr_case *one, uint32_t category)
{
    for (uint32_t i = 0; i < one->merged_count; i++)
        if (one->merged[i] == category)
            return true;
    return one->category == category;
}

static uint32_t find_case(const otr_core *core, uint32_t asset, uint32_t category, uint32_t whose)
{
    uint32_t number = asset < core->asset_cases_capacity ? core->asset_cases[asset] - 1 : OTR_NONE;
    while (number != OTR_NONE &&
           (!is_about(&core->cases[number], category) || !otr_case_is_of(&core->cases[number], whose)))
        number = core->cases[number].next;
    return number;
}

bool otr_case_list(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    if (!otr_core_grow((void **)&core->asset_cases, &core->asset_cases_capacity, one->asset + 1,
                       sizeof *core->asset_cases)) {
        core->failed = true;
        return false;
    }
    one->next = core->asset_cases[one->asset] - 1;
    core->asset_cases[one->asset] = number + 1;
    return true;
}

static void unlist(otr_core *core, uint32_t number)
{
    uint32_t asset = core->cases[number].asset;
    uint32_t at = core->asset_cases[asset] - 1;
    if (at == number) {
        core->asset_cases[asset] = core->cases[number].next + 1;
        return;
    }
    while (core->cases[at].next != number)
        at = core->cases[at].next;
    core->cases[at].next = core->cases[number].next;
}

static uint32_t free_number(otr_core *core)
{
    uint32_t number = otr_numbers_take(&core->case_numbers);
    if (number == OTR_NONE ||
        !otr_core_grow((void **)&core->cases, &core->case_capacity, number + 1, sizeof *core->cases)) {
        core->failed = true;
        return OTR_NONE;
    }
    return number;
}

/* Derives from the alarm that opened it: one that is open again may open another. */
static otr_id identity(const otr_alarm *alarm)
{
    return otr_hash128('c', alarm->revision - 1, alarm->id.bytes, sizeof alarm->id.bytes);
}

/* Of a list, the customer and the group are what the case is about. */
static uint32_t label_of(otr_core *core, const otr_asset *asset, const otr_rule *rule)
{
    const otr_value *group = rule->notify.gather_us > 0 ? otr_asset_field(asset, OTR_STR("group")) : NULL;
    bool grouped = group != NULL && group->type == OTR_TYPE_STRING;
    if (rule->notify.gather_us == 0 || (asset->customer == NULL && !grouped))
        return otr_core_label(core, asset->id);
    otr_buffer text = {0};
    if (asset->customer != NULL)
        otr_buffer_add(&text, asset->customer->reference.data, asset->customer->reference.size);
    if (grouped) {
        otr_buffer_add(&text, "/", 1);
        otr_buffer_add(&text, group->text.data, group->text.size);
    }
    core->failed |= text.failed;
    uint32_t label = text.failed ? OTR_NONE : otr_core_label(core, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return label;
}

/* A list is of many assets: what is known of one of them decides nothing but its queue. */
static uint32_t find_known(const otr_core *core, uint32_t asset, uint32_t category, const otr_rule *rule,
                           uint32_t whose, const otr_known *known)
{
    uint32_t number = rule->notify.gather_us > 0 ? OTR_NONE : otr_dossier_find(core, asset, whose, known);
    return number != OTR_NONE ? number : find_case(core, asset, category, whose);
}

uint32_t otr_case_attach(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                         const otr_rule *rule)
{
    static const otr_known nothing; /* of one of them says nothing of a list */
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_str codes = otr_known_codes(core, asset, bound);
    otr_known known;
    otr_known_find(core, asset->asset, bound, codes, &known);
    uint32_t asset_label = label_of(core, asset->asset, rule);
    uint32_t category = otr_core_label(core, rule->category);
    uint32_t whose = otr_whose(core, asset->asset);
    uint32_t number = find_known(core, asset_label, category, rule, whose, &known);
    bool was_open = number != OTR_NONE && core->cases[number].state == OTR_CASE_OPEN;
    if (number == OTR_NONE) {
        number = free_number(core);
        if (number == OTR_NONE)
            return OTR_NONE;
        core->cases[number] = (otr_case){
            .used = true,
            .id = identity(alarm),
            .seq = core->seq,
            .asset = asset_label,
            .category = category,
            .queue = OTR_NONE,
            .title = OTR_NONE,
            .opened = core->now.utc,
            .onset = alarm->onset,
        };
        if (core->failed || !otr_case_list(core, number))
            return OTR_NONE;
    }
    otr_case *one = &core->cases[number];
    one->customer = whose;
    one->state = OTR_CASE_OPEN;
    one->revision++;
    one->open_alarms++;
    one->alarm_count++;
    one->verify = rule->verify_us > one->verify ? rule->verify_us : one->verify;
    if (alarm->priority > one->priority)
        one->priority = alarm->priority;
    one->list = rule->notify.gather_us > 0 && (one->revision == 1 || one->list);
    otr_dossier_join(core, one, asset, alarm, one->list ? OTR_STR("") : codes, one->list ? &nothing : &known);
    if (rule->ticket && one->queue == OTR_NONE) {
        one->queue = otr_dossier_route(core, one, asset, alarm, &known);
        one->title = otr_core_label(core, rule->name);
    }
    if (one->revision == 1) {
        otr_day_figures_case(core, one, asset, alarm);
        otr_fare_case(core, one);
    }
    otr_fare_case_changed(core, one);
    if (otr_desk_is_resolved(&one->desk)) {
        one->again = true;
        otr_desk_reopen(core, one, OTR_REOPENED_SYMPTOM);
    }
    if (!was_open && !otr_timers_set(&core->case_timers, number, OTR_TIME_NEVER))
        core->failed = true;
    otr_time timer = otr_timers_get(&core->case_timers, number);
    bool gathers = timer != OTR_TIME_NEVER && !(one->asked && timer == one->answer_by);
    if (rule->notify.gather_us > 0 && alarm->ended == OTR_TIME_NONE && !gathers &&
        !otr_timers_set(&core->case_timers, number, otr_time_add(core->now.core, rule->notify.gather_us)))
        core->failed = true;
    return number;
}

void otr_case_touch(otr_core *core, const otr_alarm *alarm)
{
    otr_case *one = &core->cases[alarm->case_number];
    if (one->used && otr_id_equal(one->id, alarm->case_id))
        one->revision++;
}

/* A customer who asks waits as long as a closed case is kept, from when they asked or the symptom went. The
 * timer is that of the list while one is made. */
static void wait_for_answer(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    otr_time timer = otr_timers_get(&core->case_timers, number);
    bool gathers = timer != OTR_TIME_NEVER && timer != one->answer_by;
    one->answer_by = otr_time_add(core->now.core, OTR_LIMIT_CASE_KEPT_DAYS * OTR_DAY);
    if (!gathers && !otr_timers_set(&core->case_timers, number, one->answer_by))
        core->failed = true;
}

void otr_case_detach(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    OTR_ASSERT(one->open_alarms > 0);
    one->revision++;
    if (--one->open_alarms > 0)
        return;
    if (one->asked)
        wait_for_answer(core, number);
    else
        otr_case_verify(core, number);
}

bool otr_case_is_dismissed(const otr_core *core, const otr_case *one)
{
    return one->desk.resolution > 0 &&
           otr_str_is(otr_names_get(&core->labels, one->desk.resolution - 1), OTR_RESOLUTION_NOT_NEEDED);
}

void otr_case_verify(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    otr_time end = otr_time_add(core->now.core, one->verify > 0 ? one->verify : OTR_CASE_VERIFY_US);
    if (otr_case_is_dismissed(
            core, one)) /* nothing was to be done: it is over with its symptom, in a turn of its own */
        end = one->open_alarms > 0 ? OTR_TIME_NEVER : otr_time_add(core->now.core, OTR_SECOND);
    one->state = OTR_CASE_VERIFYING;
    otr_fare_case_changed(core, one);
    if (!otr_timers_set(&core->case_timers, number, end))
        core->failed = true;
}

static void close_case(otr_core *core, uint32_t number);
static void end_case(otr_core *core, uint32_t number);

/* Who asked has waited long enough, but for what is promised, or goes on. */
static void nobody_answered(otr_core *core, uint32_t number)
{
    const otr_case *one = &core->cases[number];
    if (one->open_alarms > 0)
        return; /* it waits anew from its end */
    if (one->desk.promise_count > 0)
        wait_for_answer(core, number);
    else
        end_case(core, number);
}

static void gather_is_due(otr_core *core, uint32_t number)
{
    const otr_case *one = &core->cases[number];
    otr_gather_tell(core, number);
    if (one->asked && otr_timers_get(&core->case_timers, number) == OTR_TIME_NEVER &&
        !otr_timers_set(&core->case_timers, number, one->answer_by))
        core->failed = true;
}

void otr_case_due(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    switch ((otr_case_state)one->state) {
    case OTR_CASE_OPEN:
        if (one->asked && core->now.core >= one->answer_by)
            nobody_answered(core, number);
        else
            gather_is_due(core, number);
        return;
    case OTR_CASE_VERIFYING:
        if (one->open_alarms == 0 && one->desk.promise_count > 0)
            return; /* until that is kept, or the desk says how it ended */
        if (one->open_alarms == 0) {
            end_case(core, number);
            return;
        }
        otr_fare_case_changed(core, one);
        one->state = OTR_CASE_OPEN; /* the desk called it resolved, and its symptom has never gone */
        otr_desk_reopen(core, one, OTR_REOPENED_SYMPTOM);
        one->revision++;
        if (one->ticket)
            otr_ticket_say(core, one, "reopened", NULL, NULL);
        otr_case_keep(core, one);
        return;
    case OTR_CASE_CLOSED:
        otr_case_forget(core, number);
        return;
    }
}

/* ---- closed ones are kept for a while: their customers may say that it is not solved ---- */

/* The one that goes for that one, which is closed by now and may be verified until before any other goes. */
static uint32_t oldest_kept(const otr_core *core, uint32_t number)
{
    uint32_t oldest = OTR_NONE;
    for (uint32_t i = 0; i < core->case_capacity; i++)
        if (i != number && core->cases[i].used && core->cases[i].state == OTR_CASE_CLOSED &&
            (oldest == OTR_NONE ||
             otr_timers_get(&core->case_timers, i) < otr_timers_get(&core->case_timers, oldest)))
            oldest = i;
    return oldest;
}

static void begin_close(otr_core *core, otr_case *one)
{
    one->state = OTR_CASE_CLOSED;
    otr_fare_case_changed(core, one);
    one->asked = false;
    one->revision++;
}

/* For so long it can be spoken of. */
static void keep_closed(otr_core *core, uint32_t number)
{
    otr_case_keep(core, &core->cases[number]);
    unlist(core, number);
    if (core->cases_kept == OTR_LIMIT_CASES_KEPT)
        otr_case_forget(core, oldest_kept(core, number));
    core->cases_kept++;
    if (!otr_timers_set(&core->case_timers, number,
                        otr_time_add(core->now.core, OTR_LIMIT_CASE_KEPT_DAYS * OTR_DAY)))
        core->failed = true;
}

static void close_case(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    begin_close(core, one);
    if (one->ticket) {
        otr_ticket_say(core, one, "closed", NULL, NULL);
        otr_desk_closed(core, one);
        otr_precedent_add(core, one);
    }
    otr_told_closed(core, one);
    keep_closed(core, number);
}

void otr_case_end_merged(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    begin_close(core, one);
    if (one->ticket)
        otr_ticket_say(core, one, "merged", NULL, NULL);
    otr_desk_schedule(core, one);
    keep_closed(core, number);
}

void otr_case_go_on(otr_core *core, uint32_t number, bool asked, otr_time until)
{
    otr_case *one = &core->cases[number];
    otr_time timer = otr_timers_get(&core->case_timers, number);
    bool verified = one->state == OTR_CASE_VERIFYING;
    one->asked |= asked;
    bool open = one->open_alarms > 0 || one->asked;
    otr_time next = open ? OTR_TIME_NEVER : until > timer ? until : timer;
    if (verified && open)
        one->state = OTR_CASE_OPEN;
    if (verified && !otr_timers_set(&core->case_timers, number, next))
        core->failed = true;
    if (asked)
        wait_for_answer(core, number);
    otr_fare_case_changed(core, one);
}

/* It is over, as those know who heard of it. */
static void end_case(otr_core *core, uint32_t number)
{
    close_case(core, number);
    if (!core->failed)
        otr_question_offer(core, &core->cases[number]);
}

void otr_case_forget(otr_core *core, uint32_t number)
{
    otr_case *one = &core->cases[number];
    if (one->state != OTR_CASE_CLOSED)
        close_case(core, number);
    core->cases_kept--;
    otr_desk_forget(core, one);
    otr_dossier_done(&one->dossier);
    otr_day_figures_case_gone(core, one);
    otr_fare_case_gone(core, one);
    one->used = false;
    otr_numbers_give(&core->case_numbers, number);
    if (!otr_timers_set(&core->case_timers, number, OTR_TIME_NEVER))
        core->failed = true;
}

/* ---- a customer asks for people ---- */

otr_case *otr_case_ask(otr_core *core, otr_id id, uint32_t asset, uint32_t category, uint32_t whose)
{
    uint32_t number = find_case(core, asset, category, whose);
    otr_case *one = otr_desk_find(core, id);
    if (number != OTR_NONE && (one == NULL || one->state == OTR_CASE_CLOSED))
        one = &core->cases[number]; /* that trouble goes on in this one */
    if (one == NULL) {
        number = free_number(core);
        if (number == OTR_NONE)
            return NULL;
        one = &core->cases[number];
        *one = (otr_case){
            .used = true,
            .state = OTR_CASE_CLOSED,
            .id = otr_hash128('k', core->seq, id.bytes, sizeof id.bytes),
            .seq = core->seq,
            .asset = asset,
            .customer = whose,
            .category = category,
            .queue = OTR_NONE,
            .title = OTR_NONE,
            .opened = core->now.utc,
            .onset = OTR_TIME_NONE,
        };
        core->cases_kept++;
        otr_day_figures_case(core, one, NULL, NULL);
        otr_fare_case(core, one);
    }
    number = (uint32_t)(one - core->cases);
    if (one->state == OTR_CASE_CLOSED) {
        core->cases_kept--;
        if (!otr_case_list(core, number))
            return NULL;
    }
    one->asked = true;
    otr_fare_case_changed(core, one);
    if (one->state == OTR_CASE_OPEN) {
        wait_for_answer(core, number);
        return core->failed ? NULL : one;
    }
    one->state = OTR_CASE_OPEN;
    if (one->desk.sent > 0 || otr_desk_is_resolved(&one->desk)) {
        one->again = true;
        otr_desk_reopen(core, one, OTR_REOPENED_CUSTOMER);
    }
    one->answer_by = otr_timers_get(&core->case_timers, number); /* its verification is no list */
    wait_for_answer(core, number);
    return core->failed ? NULL : one;
}

void otr_case_keep(otr_core *core, const otr_case *one)
{
    if (core->effects->discard)
        return;
    otr_row_case *row = OTR_ROWS_ADD(core->effects, cases);
    if (row == NULL)
        return;
    *row = (otr_row_case){
        .id = one->id,
        .seq = one->seq,
        .revision = one->revision,
        .state = (otr_case_state)one->state,
        .asset = otr_names_get(&core->labels, one->asset),
        .customer = otr_whose_name(core, one->customer),
        .category = otr_names_get(&core->labels, one->category),
        .opened = one->opened,
        .closed = one->state == OTR_CASE_CLOSED ? core->now.utc : OTR_TIME_NONE,
    };
}
