#include "core/orphan.h"

#include "core/outbox/event.h"

#include <stdlib.h>

/* Ids as names: a set without code of its own. */
static otr_str id_text(const otr_id *id)
{
    return (otr_str){(const char *)id->bytes, sizeof id->bytes};
}

static void *grow(void *list, uint32_t count, size_t size)
{
    bool full = count == 0 || (count >= 8 && (count & (count - 1)) == 0);
    return full ? realloc(list, (count < 8 ? 8 : (size_t)count * 2) * size) : list;
}

otr_status otr_orphan_keep_alarm(otr_core *core, const otr_row_alarm *row)
{
    struct otr_orphans *kept = &core->orphans;
    otr_row_alarm *alarms = grow(kept->alarms, kept->alarm_count, sizeof *alarms);
    if (alarms == NULL)
        return OTR_MEMORY;
    kept->alarms = alarms;
    if (otr_names_put(&kept->alarm_ids, id_text(&row->id), NULL) == OTR_NAME_NONE)
        return OTR_MEMORY;
    otr_row_alarm *copy = &alarms[kept->alarm_count++];
    *copy = *row;
    copy->pack = otr_arena_copy(&kept->memory, row->pack);
    copy->rule = otr_arena_copy(&kept->memory, row->rule);
    copy->asset = otr_arena_copy(&kept->memory, row->asset);
    copy->device = otr_arena_copy(&kept->memory, row->device);
    copy->body = (otr_str){NULL, 0};
    return copy->device.data != NULL ? OTR_OK : OTR_MEMORY;
}

otr_status otr_orphan_keep_case(otr_core *core, const otr_row_case *row)
{
    struct otr_orphans *kept = &core->orphans;
    otr_row_case *cases = grow(kept->cases, kept->case_count, sizeof *cases);
    if (cases == NULL)
        return OTR_MEMORY;
    kept->cases = cases;
    otr_row_case *copy = &cases[kept->case_count++];
    *copy = *row;
    copy->asset = otr_arena_copy(&kept->memory, row->asset);
    copy->category = otr_arena_copy(&kept->memory, row->category);
    copy->customer = (otr_str){NULL, 0}; /* the row has it */
    copy->body = (otr_str){NULL, 0};
    return copy->category.data != NULL ? OTR_OK : OTR_MEMORY;
}

bool otr_orphan_has_alarm(const otr_core *core, otr_id id)
{
    return otr_names_find(&core->orphans.alarm_ids, id_text(&id)) != OTR_NAME_NONE;
}

void otr_orphan_sort_out(otr_core *core)
{
    struct otr_orphans *kept = &core->orphans;
    otr_names owned = {0};
    for (uint32_t i = 0; i < core->alarm_capacity; i++)
        if (core->alarms[i].used &&
            otr_names_put(&owned, id_text(&core->alarms[i].id), NULL) == OTR_NAME_NONE)
            core->failed = true;
    for (uint32_t i = 0; i < core->case_capacity; i++)
        if (core->cases[i].used && otr_names_put(&owned, id_text(&core->cases[i].id), NULL) == OTR_NAME_NONE)
            core->failed = true;
    uint32_t left = 0;
    for (uint32_t i = 0; i < kept->alarm_count; i++)
        if (otr_names_find(&owned, id_text(&kept->alarms[i].id)) == OTR_NAME_NONE)
            kept->alarms[left++] = kept->alarms[i];
    kept->alarm_count = left;
    left = 0;
    for (uint32_t i = 0; i < kept->case_count; i++)
        if (otr_names_find(&owned, id_text(&kept->cases[i].id)) == OTR_NAME_NONE)
            kept->cases[left++] = kept->cases[i];
    kept->case_count = left;
    otr_names_done(&owned);
    otr_names_done(&kept->alarm_ids);
    if (kept->alarm_count == 0 && kept->case_count == 0)
        otr_orphan_done(core);
}

void otr_orphan_end_all(otr_core *core)
{
    struct otr_orphans *kept = &core->orphans;
    for (uint32_t i = 0; i < kept->alarm_count && !core->effects->discard; i++) {
        otr_row_alarm *alarm = &kept->alarms[i];
        alarm->revision++;
        bool told = !otr_alarm_is_withheld(alarm->state);
        alarm->state = OTR_ALARM_WITHDRAWN;
        alarm->open = false;
        alarm->ended = core->now.utc;
        if (told)
            otr_event_orphan_alarm(core, alarm);
        otr_row_alarm *row = OTR_ROWS_ADD(core->effects, alarms);
        if (row == NULL)
            return;
        *row = *alarm;
        row->pack = otr_effects_copy(core->effects, alarm->pack);
        row->rule = otr_effects_copy(core->effects, alarm->rule);
        row->asset = otr_effects_copy(core->effects, alarm->asset);
        row->device = otr_effects_copy(core->effects, alarm->device);
    }
    for (uint32_t i = 0; i < kept->case_count && !core->effects->discard; i++) {
        otr_row_case *one = &kept->cases[i];
        one->revision++;
        one->state = OTR_CASE_CLOSED;
        one->closed = core->now.utc;
        otr_event_orphan_case(core, one);
        otr_row_case *row = OTR_ROWS_ADD(core->effects, cases);
        if (row == NULL)
            return;
        *row = *one;
        row->asset = otr_effects_copy(core->effects, one->asset);
        row->category = otr_effects_copy(core->effects, one->category);
    }
    otr_orphan_done(core);
}

void otr_orphan_done(otr_core *core)
{
    free(core->orphans.alarms);
    free(core->orphans.cases);
    otr_names_done(&core->orphans.alarm_ids);
    otr_arena_done(&core->orphans.memory);
    core->orphans = (struct otr_orphans){0};
}
