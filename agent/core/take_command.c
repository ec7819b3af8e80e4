/* What a command does: it finds whom it concerns, and each of them takes a step of its lifecycle. */
#include "core/alarm/alarm.h"
#include "core/command/device_command.h"
#include "core/desk/code.h"
#include "core/forget.h"
#include "core/take.h"

/* Whom a command names: one point, or why there is none. */
typedef struct target {
    otr_refusal refusal; /* ACCEPTED: key is set */
    unsigned found;      /* different rules of that name */
    otr_str pack;
    otr_str rule;
    otr_point_key key;
} target;

static uint32_t find_open(const otr_core *core, otr_id id)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++)
        if (core->alarms[i].used && core->alarms[i].ended == OTR_TIME_NONE &&
            otr_id_equal(core->alarms[i].id, id))
            return i;
    return OTR_NONE;
}

/* "Rule", or "pack/Rule": neither has a slash in it. */
static bool is_named(otr_str wanted, otr_str pack, otr_str rule)
{
    if (otr_str_equal(wanted, rule))
        return true;
    return wanted.size == pack.size + 1 + rule.size && otr_str_starts(wanted, pack) &&
           wanted.data[pack.size] == '/' &&
           otr_str_equal((otr_str){wanted.data + pack.size + 1, rule.size}, rule);
}

static void offer(target *to, const otr_command *command, otr_str asset, otr_str pack, otr_str rule)
{
    bool again = to->found > 0 && otr_str_equal(pack, to->pack) && otr_str_equal(rule, to->rule);
    if (again || !otr_str_equal(asset, command->asset) || !is_named(command->rule, pack, rule))
        return;
    to->found++;
    to->pack = pack;
    to->rule = rule;
}

static void offer_key(target *to, const otr_core *core, const otr_command *command, otr_point_key key)
{
    offer(to, command, otr_names_get(&core->labels, key.asset), otr_names_get(&core->labels, key.pack),
          otr_names_get(&core->labels, key.rule));
}

/* Rules that watch the asset; what stands, or is shelved, of rules that do no more. */
static target find_named(otr_core *core, const otr_command *command)
{
    target to = {.refusal = OTR_REFUSAL_ACCEPTED};
    for (uint32_t a = 0; a < core->asset_count; a++) {
        const otr_asset_state *asset = &core->assets[a];
        for (uint32_t i = 0; otr_str_equal(asset->asset->id, command->asset) && i < asset->plan->rule_count;
             i++)
            offer(&to, command, asset->asset->id, asset->plan->rules[i].pack->pack->name,
                  asset->plan->rules[i].rule->name);
    }
    for (uint32_t i = 0; i < core->points.count; i++)
        offer_key(&to, core, command, core->points.list[i].key);
    for (const otr_standing_alarm *one = otr_standing_next(core, NULL); one != NULL;
         one = otr_standing_next(core, one))
        offer_key(&to, core, command, one->key);
    if (to.found != 1)
        to.refusal = to.found == 0 ? OTR_REFUSAL_NO_RULE : OTR_REFUSAL_AMBIGUOUS;
    else
        to.key = (otr_point_key){otr_core_label(core, command->asset), otr_core_label(core, to.pack),
                                 otr_core_label(core, to.rule)};
    return to;
}

static target find_target(otr_core *core, const otr_command *command)
{
    target to = {.refusal = OTR_REFUSAL_NO_ALARM};
    if (otr_id_is_zero(command->alarm))
        return find_named(core, command);
    uint32_t open = find_open(core, command->alarm);
    const otr_standing_alarm *standing = otr_standing_find(core, command->alarm);
    if (open != OTR_NONE)
        to.key = otr_point_key_of(core, &core->assets[core->alarms[open].asset], core->alarms[open].rule);
    else if (standing != NULL)
        to.key = standing->key;
    else
        return to;
    to.refusal = OTR_REFUSAL_ACCEPTED;
    return to;
}

/* Counts what was accepted; the refusal that is told is the first one, when nothing was. */
static void note(otr_command_result *result, otr_refusal refusal)
{
    if (refusal == OTR_REFUSAL_ACCEPTED) {
        result->alarms++;
        result->refusal = OTR_REFUSAL_ACCEPTED;
    } else if (result->alarms == 0 && result->refusal == OTR_REFUSAL_NONE_STANDS) {
        result->refusal = refusal;
    }
}

/* All alarms of the point, or the one that is named. */
static void operate(otr_core *core, const otr_command *command, otr_point_key key, otr_command_result *result)
{
    otr_alarm_event event = command->kind == OTR_COMMAND_RESET ? OTR_EVENT_RESET : OTR_EVENT_ACKNOWLEDGE;
    bool all = otr_id_is_zero(command->alarm);
    uint32_t asset;
    uint32_t index;
    result->refusal = OTR_REFUSAL_NONE_STANDS;
    uint32_t open = otr_point_bound(core, key, &asset, &index) ? core->assets[asset].alarms : OTR_NONE;
    for (; open != OTR_NONE; open = core->alarms[open].next) {
        const otr_alarm *alarm = &core->alarms[open];
        if (alarm->rule == index && alarm->ended == OTR_TIME_NONE &&
            (all || otr_id_equal(alarm->id, command->alarm)))
            note(result, otr_alarm_operate(core, open, event, command->who));
    }
    otr_standing_alarm *next = NULL;
    for (otr_standing_alarm *one = otr_standing_next(core, NULL); one != NULL; one = next) {
        next = otr_standing_next(core, one); /* one may be gone after this */
        if (otr_point_key_equal(one->key, key) && (all || otr_id_equal(one->id, command->alarm)))
            note(result, otr_standing_change(core, one, event, command->who));
    }
}

/* Whether it was one of assignments. */
static bool obey_assignment(otr_core *core, const otr_command *command, otr_command_result *result)
{
    switch (command->kind) {
    case OTR_COMMAND_REPLACE:
        result->refusal = otr_assigned_replace(core, command);
        return true;
    case OTR_COMMAND_FORGET:
        result->refusal = otr_forget_customer(core, command);
        return true;
    case OTR_COMMAND_UNASSIGN:
        result->refusal = otr_assigned_unassign(core, command->asset, command->reason);
        return true;
    case OTR_COMMAND_ASSIGNED:
        result->refusal =
            otr_assigned_has(core, command->asset) ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_NOT_ASSIGNED;
        return true;
    default:
        return false;
    }
}

static void obey(otr_core *core, const otr_command *command, otr_command_result *result)
{
    if (obey_assignment(core, command, result))
        return;
    if (command->kind == OTR_COMMAND_SET) {
        result->refusal = otr_device_command_set(core, command);
        return;
    }
    target to = find_target(core, command);
    uint32_t withheld = core->alarm_withheld;
    result->refusal = to.refusal;
    if (to.refusal != OTR_REFUSAL_ACCEPTED || core->failed)
        return;
    if (command->kind == OTR_COMMAND_ACKNOWLEDGE || command->kind == OTR_COMMAND_RESET) {
        operate(core, command, to.key, result);
        return;
    }
    result->refusal = otr_point_command(core, to.key, command);
    result->alarms = withheld - core->alarm_withheld;
}

void otr_take_command(otr_core *core, const otr_command *command)
{
    const otr_command_result *before = otr_seen_find(&core->seen, command->id);
    otr_command_result result = {.id = command->id};
    if (command->kind == OTR_COMMAND_VOICE) {
        otr_voice_take(core, command,
                       &result); /* remembers its own: files of thousands would drive out others */
    } else if (command->kind == OTR_COMMAND_ORDER) {
        otr_order_take(core, command, &result);
    } else if (before != NULL) {
        result = *before;
    } else {
        if (command->kind == OTR_COMMAND_CUSTOMER)
            otr_customer_take(core, command, &result);
        else if (command->kind == OTR_COMMAND_DESK)
            result.refusal = otr_desk_take(core, command);
        else
            obey(core, command, &result);
        otr_seen_add(&core->seen, &result);
    }
    otr_command_result *answer = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, results);
    if (answer == NULL)
        return;
    *answer = result;
    if (command->kind == OTR_COMMAND_DESK)
        answer->known = otr_desk_known(core, command, result.refusal);
}
