#include "core/forget.h"

#include "core/alarm/alarm.h"
#include "core/alarm/point.h"
#include "core/asset/whose.h"
#include "core/bind.h"
#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/desk/desk_act.h"
#include "core/device/device.h"
#include "core/figures/figure_about.h"
#include "core/notice/notice_tell.h"
#include "core/outbox/event.h"
#include "core/snapshot_first.h"

/* Of the incarnation too, so that the same customer looks different in every journal. */
static otr_id hash_of(const otr_core *core, otr_str customer)
{
    otr_id key = core->config.incarnation;
    uint64_t salt = 0;
    memcpy(&salt, key.bytes, sizeof salt);
    return otr_hash128('f', salt, customer.data, customer.size);
}

otr_command otr_forget_record(const otr_core *core, const otr_command *command)
{
    otr_command record = *command;
    record.alarm = hash_of(core, command->asset);
    record.asset = (otr_str){NULL, 0};
    record.rule = (otr_str){NULL, 0};
    record.who = (otr_str){NULL, 0};
    record.reason = (otr_str){NULL, 0};
    return record;
}

/* The customer whom the hash means, among those who are assigned; empty when it is nobody of them. */
static otr_str find_by_hash(const otr_core *core, otr_id hash)
{
    const otr_assignments *all = core->assignments;
    for (size_t i = 0; all != NULL && i < all->customer_count; i++)
        if (otr_id_equal(hash_of(core, all->customers[i].reference), hash))
            return all->customers[i].reference;
    return (otr_str){NULL, 0};
}

/* What its devices said last, so that the snapshot has none of it; what waits for the clock. */
static void drop_values(otr_core *core, const otr_asset_state *state)
{
    for (uint32_t d = 0; d < state->device_count; d++)
        otr_device_forget(&core->devices[state->devices[d]]);
}

/* The event that says so names the asset, and is erased with it: what stands at the broker is taken back by
 * one that names nobody. */
static void withdraw_open(otr_core *core, const otr_asset_state *state)
{
    for (uint32_t i = state->alarms; i != OTR_NONE; i = core->alarms[i].next)
        if (otr_alarm_is_live((otr_alarm_state)core->alarms[i].state) &&
            core->alarms[i].ended == OTR_TIME_NONE)
            otr_event_forget(core, OTR_SERVICE_ALARM, core->alarms[i].id);
}

static void forget_asset(otr_core *core, otr_str asset)
{
    for (uint32_t i = 0; i < core->asset_count; i++)
        if (otr_str_equal(core->assets[i].asset->id, asset)) {
            withdraw_open(core, &core->assets[i]);
            drop_values(core, &core->assets[i]);
            otr_whose_claim(core, core->assets[i].asset);
            otr_bind_withdraw(core, &core->assets[i]);
            otr_proof_end(core, &core->assets[i], OTR_STR("forgotten"));
        }
    uint32_t label = otr_names_find(&core->labels, asset);
    if (label != OTR_NAME_NONE) {
        otr_question_forget_asset(core, label);
        otr_points_forget(core, label);
    }
    otr_notice_flush(core); /* what the withdrawal was to tell */
}

/* ---- what is theirs by name, whoever has the asset now ---- */

static void forget_cases(otr_core *core, uint32_t whose)
{
    for (uint32_t i = 0; i < core->case_capacity; i++)
        if (core->cases[i].used && core->cases[i].customer == whose) {
            otr_question_forget_case(core, core->cases[i].id);
            if (core->cases[i].ticket) /* also of one that was closed just now: that is erased as well */
                otr_event_forget(core, OTR_SERVICE_TICKET, otr_ticket_of(core->cases[i].id));
            otr_case_forget(core, i);
        }
}

static void forget_standing(otr_core *core, uint32_t whose)
{
    otr_standing_alarm *next;
    for (otr_standing_alarm *one = otr_standing_next(core, NULL); one != NULL; one = next) {
        next = otr_standing_next(core, one);
        if (one->customer == whose) {
            otr_event_forget(core, OTR_SERVICE_ALARM, one->id);
            otr_standing_remove(core, one);
        }
    }
}

/* Those of others; their own go with all that they were told. */
static void forget_threads(otr_core *core, uint32_t whose)
{
    for (uint32_t i = 0; i < core->notices.capacity && !core->failed; i++) {
        otr_notice *thread = &core->notices.list[i];
        if (!thread->used || thread->customer != whose ||
            core->ledgers.list[thread->contact].reference == whose - 1)
            continue;
        otr_notice_decision nothing = {
            .what = (otr_notice_what)thread->what,
            .verdict = {.state = OTR_NOTICE_DROPPED, .reason = OTR_UNTOLD_WITHDRAWN}};
        if (thread->waits)
            otr_notice_decide(core, thread, &nothing);
        otr_thread_forget(core, i);
    }
}

static bool is_bound(const otr_core *core, uint32_t label)
{
    return core->asset_count > 0 &&
           otr_snapshot_find_asset(core, otr_names_get(&core->labels, label), 0) != OTR_NONE;
}

/* Figures and commands have no customer, and the names of assets: those that are nobody's any more go, for
 * they may have been theirs. */
static void forget_names(otr_core *core)
{
    otr_kpi *kpi = &core->kpi;
    for (uint32_t i = kpi->source_count; i > 0; i = kpi->source_count < i ? kpi->source_count : i - 1)
        if (!is_bound(core, kpi->sources[i - 1].key.asset))
            otr_kpi_forget(kpi, kpi->sources[i - 1].key.asset);
    for (uint32_t i = kpi->point_count; i > 0; i = kpi->point_count < i ? kpi->point_count : i - 1)
        if (!is_bound(core, kpi->points[i - 1].key.asset))
            otr_kpi_forget(kpi, kpi->points[i - 1].key.asset);
    for (uint32_t i = 0; i < core->command_capacity; i++)
        if (core->commands[i].used && !is_bound(core, core->commands[i].asset))
            core->commands[i].asset = otr_core_label(core, OTR_STR(""));
}

static void forget_kept(otr_core *core, otr_str customer)
{
    uint32_t label = otr_names_find(&core->labels, customer);
    if (label != OTR_NAME_NONE) {
        forget_cases(core, label + 1);
        otr_precedent_forget(core, label + 1);
        forget_standing(core, label + 1);
        otr_points_forget_of(core, label + 1);
        otr_notice_flush(core); /* what the end of cases was to tell */
        forget_threads(core, label + 1);
    }
    forget_names(core);
    otr_figure_forget_places(core);
}

otr_refusal otr_forget_customer(otr_core *core, const otr_command *command)
{
    bool named = command->asset.size > 0;
    /* copied: what names them is given back on the way */
    otr_str customer =
        otr_effects_copy(core->effects, named ? command->asset : find_by_hash(core, command->alarm));
    if (customer.size == 0)
        return OTR_REFUSAL_ACCEPTED; /* forgotten before this was replayed */
    if (otr_assigned_states(core, customer))
        return OTR_REFUSAL_IN_FILE;
    if (named && !core->effects->discard)
        core->effects->forgotten = customer;
    core->effects->activated = true;
    otr_assigned_forget(core, customer, forget_asset);
    otr_bind_all(core);
    otr_proof_forgotten(core);
    otr_notice_flush(core);
    forget_kept(core, customer);
    otr_question_forget(core, customer);
    otr_contact_forget(core, customer);
    otr_order_forget(core);
    otr_fare_forget(core, customer);
    return OTR_REFUSAL_ACCEPTED;
}

bool otr_core_knows_customer(const otr_core *core, otr_str customer)
{
    uint32_t label = otr_names_find(&core->labels, customer);
    if (core->assignments != NULL && otr_assignments_contact(core->assignments, customer) != NULL)
        return true;
    for (uint32_t i = 0; i < core->assigned.count; i++) {
        const otr_assignments *one = core->assigned.list[i].loaded;
        if (one != NULL && (otr_str_equal(one->assets[0].customer_name, customer) ||
                            otr_assignments_contact(one, customer) != NULL))
            return true;
    }
    for (uint32_t i = 0; label != OTR_NAME_NONE && i < core->case_capacity; i++)
        if (core->cases[i].used && core->cases[i].customer == label + 1)
            return true;
    return otr_ledger_find(core, customer) != OTR_NONE;
}
