#include "core/view/view.h"

#include "core/state.h"

#define STALE_AFTER OTR_DAY

static otr_alarm_view view_open(const otr_core *core, const otr_alarm *alarm)
{
    const otr_asset_state *asset = &core->assets[alarm->asset];
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    return (otr_alarm_view){
        .id = alarm->id,
        .state = (otr_alarm_state)alarm->state,
        .pack = bound->pack->pack->name,
        .rule = bound->rule->name,
        .asset = asset->asset->id,
        .device = otr_names_get(&core->device_names, alarm->device),
        .priority = alarm->priority,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .ended = OTR_TIME_NONE,
    };
}

static otr_alarm_view view_standing(const otr_core *core, const otr_standing_alarm *alarm)
{
    return (otr_alarm_view){
        .id = alarm->id,
        .state = (otr_alarm_state)alarm->state,
        .pack = otr_names_get(&core->labels, alarm->key.pack),
        .rule = otr_names_get(&core->labels, alarm->key.rule),
        .asset = otr_names_get(&core->labels, alarm->key.asset),
        .device = otr_names_get(&core->device_names, alarm->device),
        .priority = alarm->priority,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .ended = alarm->ended,
    };
}

void otr_core_alarms(const otr_core *core, void (*each)(void *context, const otr_alarm_view *alarm),
                     void *context)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++) {
        if (!core->alarms[i].used || core->alarms[i].ended != OTR_TIME_NONE)
            continue;
        otr_alarm_view view = view_open(core, &core->alarms[i]);
        each(context, &view);
    }
    for (uint32_t i = core->standing.oldest; i > 0; i = core->standing.list[i - 1].newer + 1) {
        otr_alarm_view view = view_standing(core, &core->standing.list[i - 1]);
        each(context, &view);
    }
}

void otr_core_source(const otr_core *core, otr_point_key key, otr_point_view *out)
{
    *out = (otr_point_view){
        .pack = otr_names_get(&core->labels, key.pack),
        .rule = otr_names_get(&core->labels, key.rule),
        .asset = otr_names_get(&core->labels, key.asset),
    };
}

void otr_core_points(const otr_core *core, void (*each)(void *context, const otr_point_view *point),
                     void *context)
{
    for (uint32_t i = 0; i < core->points.count; i++) {
        const otr_point *point = &core->points.list[i];
        otr_point_view view;
        otr_core_source(core, point->key, &view);
        view.state = (otr_point_state)point->state;
        view.since = point->since;
        view.until = otr_point_until(core, point);
        view.who = point->who;
        view.reason = point->reason;
        each(context, &view);
    }
}

otr_alarm_figures otr_core_figures(const otr_core *core, otr_time now)
{
    otr_alarm_figures out = {
        .kpi = otr_kpi_get(&core->kpi, now),
        .open = core->alarm_open,
        .withheld = core->alarm_withheld,
        .standing = core->standing.count,
    };
    for (uint32_t i = 0; i < core->alarm_capacity; i++)
        out.stale += core->alarms[i].used && core->alarms[i].ended == OTR_TIME_NONE &&
                     core->alarms[i].raised < core->now.utc - STALE_AFTER;
    for (uint32_t i = 0; i < core->points.count; i++) {
        out.shelved += core->points.list[i].state == OTR_POINT_SHELVED;
        out.out_of_service += core->points.list[i].state == OTR_POINT_OUT_OF_SERVICE;
    }
    return out;
}
