#include "core/desk/remedy.h"

#include "core/case/case.h"
#include "core/command/device_command.h"
#include "core/desk/code.h"
#include "core/figures/service_mark.h"
#include "core/notice/told.h"
#include "core/ticket/ticket.h"

#include <stdlib.h>

/* ---- who and how often ---- */

static bool may_use(const otr_remedy *remedy, otr_role role)
{
    for (size_t i = 0; i < remedy->role_count; i++)
        if (otr_str_is(remedy->roles[i], otr_role_text(role)))
            return true;
    return false;
}

/* Its place among those that were used; their number when it was not yet. */
static uint32_t place_of(const otr_core *core, const otr_case *one, otr_str name)
{
    uint32_t label = otr_names_find(&core->labels, name);
    uint32_t at = 0;
    while (at < one->desk.remedy_count && one->desk.remedies[at].name != label)
        at++;
    return at;
}

static void count(otr_core *core, otr_case *one, uint32_t at, uint32_t label)
{
    otr_desk *desk = &one->desk;
    if (core->failed ||
        !otr_core_grow((void **)&desk->remedies, &desk->remedy_capacity, at + 1, sizeof *desk->remedies)) {
        core->failed = true;
        return;
    }
    if (at == desk->remedy_count)
        desk->remedies[desk->remedy_count++] = (otr_remedy_use){.name = label};
    desk->remedies[at].count++;
}

/* ---- what it does ---- */

/* The newest alarm of the case, an open one where there is one; NULL. */
static otr_alarm *alarm_of(otr_core *core, const otr_case *one, const otr_asset_state **asset)
{
    otr_alarm *found = NULL;
    for (uint32_t i = 0; i < core->asset_count; i++)
        for (uint32_t n = core->assets[i].alarms; n != OTR_NONE; n = core->alarms[n].next) {
            otr_alarm *alarm = &core->alarms[n];
            bool open = alarm->ended == OTR_TIME_NONE;
            bool better = found == NULL || (open && found->ended != OTR_TIME_NONE) ||
                          (open == (found->ended == OTR_TIME_NONE) && alarm->seq > found->seq);
            if (!otr_id_equal(alarm->case_id, one->id) || !better)
                continue;
            found = alarm;
            *asset = &core->assets[i];
        }
    return found;
}

static otr_refusal command(otr_core *core, const otr_case *one, const otr_deed *deed, uint32_t nth)
{
    const otr_asset_state *asset;
    otr_alarm *alarm = alarm_of(core, one, &asset);
    if (alarm == NULL || alarm->ended != OTR_TIME_NONE)
        return OTR_REFUSAL_NO_OPEN_ALARM;
    return otr_device_command_ask(core, alarm, deed, nth) ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_COMMAND_HELD;
}

/* Others have it now, and they have yet to see it. */
static void claim(otr_core *core, otr_case *one, otr_str queue)
{
    uint32_t label = otr_core_label(core, queue);
    if (label == one->queue || core->failed)
        return;
    one->queue = label;
    otr_desk_hand_on(&one->desk);
    free((char *)one->desk.assignee.data);
    one->desk.assignee = (otr_str){NULL, 0};
}

otr_refusal otr_remedy_do(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    const otr_remedy *remedy = otr_desk_find_remedy(core, one, act->what);
    if (remedy == NULL)
        return OTR_REFUSAL_NO_REMEDY;
    if (!may_use(remedy, act->role))
        return OTR_REFUSAL_NOT_THEIRS;
    uint32_t at = place_of(core, one, act->what);
    uint32_t used = at < one->desk.remedy_count ? one->desk.remedies[at].count : 0;
    if (used >= remedy->at_most)
        return OTR_REFUSAL_USED_UP;
    otr_refusal refusal =
        remedy->deed != NULL ? command(core, one, remedy->deed, used) : OTR_REFUSAL_ACCEPTED;
    if (refusal != OTR_REFUSAL_ACCEPTED)
        return refusal;
    uint32_t label = otr_core_label(core, act->what);
    count(core, one, at, label);
    if (remedy->claim)
        claim(core, one, remedy->queue);
    otr_service_marked(core, one, OTR_MARK_REMEDY);
    otr_told_item item = otr_told_item_of(OTR_NOTICE_REMEDY, label);
    otr_told_add(core, one, &item, OTR_NONE);
    return OTR_REFUSAL_ACCEPTED;
}

void otr_remedy_say(otr_core *core, otr_case *one, bool moved)
{
    const otr_asset_state *asset = NULL;
    const otr_alarm *alarm = alarm_of(core, one, &asset);
    if (!one->ticket && !moved)
        return;
    const char *what = !one->ticket ? "opened" : moved ? "claim" : "updated";
    if (one->title == OTR_NONE)
        one->title =
            alarm != NULL ? otr_core_label(core, asset->plan->rules[alarm->rule].rule->name) : one->category;
    one->ticket = true;
    one->revision++;
    otr_ticket_say(core, one, what, asset, alarm);
}
