#include "core/alarm/standing.h"

#include "base/limits.h"
#include "core/alarm/alarm.h"
#include "core/outbox/event.h"

#include <stdlib.h>

static const otr_time age_max = OTR_LIMIT_STANDING_DAYS * OTR_DAY;

static uint32_t number_of(const otr_standing *standing, const otr_standing_alarm *alarm)
{
    return (uint32_t)(alarm - standing->list);
}

static bool lapses_by_age(const otr_standing_alarm *alarm)
{
    return alarm->state == OTR_ALARM_RETURNED;
}

/* The oldest that a latch does not hold; NULL when all are latched. */
static otr_standing_alarm *oldest_unlatched(otr_core *core)
{
    otr_standing_alarm *alarm = otr_standing_next(core, NULL);
    while (alarm != NULL && !lapses_by_age(alarm))
        alarm = otr_standing_next(core, alarm);
    return alarm;
}

static void find_lapse(otr_core *core)
{
    const otr_standing_alarm *first = oldest_unlatched(core);
    core->standing.lapses_at = first != NULL ? otr_time_add(first->since, age_max) : OTR_TIME_NEVER;
}

otr_standing_alarm *otr_standing_next(otr_core *core, const otr_standing_alarm *alarm)
{
    otr_standing *standing = &core->standing;
    if (alarm == NULL)
        return standing->oldest > 0 ? &standing->list[standing->oldest - 1] : NULL;
    return alarm->newer != OTR_NONE ? &standing->list[alarm->newer] : NULL;
}

otr_standing_alarm *otr_standing_find(otr_core *core, otr_id id)
{
    otr_standing_alarm *alarm = otr_standing_next(core, NULL);
    while (alarm != NULL && !otr_id_equal(alarm->id, id))
        alarm = otr_standing_next(core, alarm);
    return alarm;
}

static void append(otr_core *core, const otr_standing_alarm *alarm)
{
    otr_standing *standing = &core->standing;
    uint32_t number = standing->free > 0 ? standing->free - 1 : standing->used;
    if (!otr_core_grow((void **)&standing->list, &standing->capacity, number + 1, sizeof *standing->list)) {
        core->failed = true;
        return;
    }
    otr_standing_alarm *place = &standing->list[number];
    if (standing->free > 0)
        standing->free = place->newer + 1;
    else
        standing->used++;
    *place = *alarm;
    place->used = true;
    place->newer = OTR_NONE;
    place->older = standing->newest - 1; /* 0 - 1: none */
    if (standing->newest > 0)
        standing->list[standing->newest - 1].newer = number;
    else
        standing->oldest = number + 1;
    standing->newest = number + 1;
    standing->count++;
}

void otr_standing_add(otr_core *core, const otr_standing_alarm *alarm)
{
    if (core->standing.count == OTR_LIMIT_ALARMS_STANDING)
        otr_standing_lapse(core);
    append(core, alarm);
    find_lapse(core);
}

void otr_standing_update(otr_standing_alarm *alarm, const otr_standing_alarm *fresh)
{
    uint32_t older = alarm->older;
    uint32_t newer = alarm->newer;
    otr_time since = alarm->since;
    *alarm = *fresh;
    alarm->used = true;
    alarm->older = older;
    alarm->newer = newer;
    alarm->since = since;
}

void otr_standing_remove(otr_core *core, otr_standing_alarm *alarm)
{
    otr_standing *standing = &core->standing;
    OTR_ASSERT(alarm->used);
    if (alarm->older != OTR_NONE)
        standing->list[alarm->older].newer = alarm->newer;
    else
        standing->oldest = alarm->newer + 1;
    if (alarm->newer != OTR_NONE)
        standing->list[alarm->newer].older = alarm->older;
    else
        standing->newest = alarm->older + 1;
    alarm->used = false;
    alarm->newer = standing->free - 1;
    standing->free = number_of(standing, alarm) + 1;
    standing->count--;
    find_lapse(core);
}

static void keep(otr_core *core, const otr_standing_alarm *alarm)
{
    otr_row_alarm *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, alarms);
    if (row == NULL)
        return;
    *row = (otr_row_alarm){
        .id = alarm->id,
        .case_id = alarm->case_id,
        .seq = alarm->seq,
        .revision = alarm->revision,
        .state = (otr_alarm_state)alarm->state,
        .pack = otr_names_get(&core->labels, alarm->key.pack),
        .rule = otr_names_get(&core->labels, alarm->key.rule),
        .asset = otr_names_get(&core->labels, alarm->key.asset),
        .device = otr_names_get(&core->device_names, alarm->device),
        .priority = alarm->priority,
        .onset = alarm->onset,
        .raised = alarm->raised,
        .detected = alarm->detected,
        .ended = alarm->ended,
    };
}

otr_refusal otr_standing_change(otr_core *core, otr_standing_alarm *alarm, otr_alarm_event event, otr_str who)
{
    otr_cell cell = otr_lifecycle((otr_alarm_state)alarm->state, event, OTR_ALARM_SHELVED);
    OTR_ASSERT(cell.kind != OTR_CELL_NEVER);
    if (cell.kind != OTR_CELL_GO)
        return cell.refusal;
    alarm->state = (uint8_t)cell.next;
    alarm->revision++;
    keep(core, alarm);
    otr_event_standing(core, alarm, cell.said, who);
    otr_alarm_follow(core, alarm);
    if (!otr_alarm_is_standing((otr_alarm_state)alarm->state))
        otr_standing_remove(core, alarm);
    return OTR_REFUSAL_ACCEPTED;
}

otr_time otr_standing_next_due(const otr_core *core)
{
    return core->standing.count > 0 ? core->standing.lapses_at : OTR_TIME_NEVER;
}

void otr_standing_lapse(otr_core *core)
{
    otr_standing_alarm *alarm = oldest_unlatched(core);
    if (alarm == NULL)
        alarm = otr_standing_next(core, NULL);
    OTR_ASSERT(alarm != NULL);
    (void)otr_standing_change(core, alarm, OTR_EVENT_LAPSE, (otr_str){NULL, 0});
}

/* ---- snapshot ---- */

void otr_standing_write(const otr_core *core, otr_buffer *out)
{
    const otr_standing *standing = &core->standing;
    otr_buffer_add_varint(out, standing->count);
    for (uint32_t i = standing->oldest; i > 0; i = standing->list[i - 1].newer + 1) {
        const otr_standing_alarm *alarm = &standing->list[i - 1];
        otr_buffer_add_id(out, alarm->id);
        otr_buffer_add_id(out, alarm->case_id);
        otr_buffer_add_u8(out, alarm->state);
        otr_buffer_add_u8(out, alarm->priority);
        otr_buffer_add_varint(out, alarm->revision);
        otr_buffer_add_varint(out, alarm->seq);
        otr_label_write(core, alarm->key.asset, out);
        otr_label_write(core, alarm->key.pack, out);
        otr_label_write(core, alarm->key.rule, out);
        otr_buffer_add_varint(out, alarm->device == OTR_NONE ? 0 : (uint64_t)alarm->device + 1);
        otr_buffer_add_signed(out, alarm->onset);
        otr_buffer_add_signed(out, alarm->raised);
        otr_buffer_add_signed(out, alarm->detected);
        otr_buffer_add_signed(out, alarm->ended);
        otr_buffer_add_signed(out, alarm->since);
    }
}

void otr_standing_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_ALARMS_STANDING)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_standing_alarm alarm = {.id = otr_reader_id(reader), .case_id = otr_reader_id(reader)};
        alarm.state = otr_reader_u8(reader);
        alarm.priority = otr_reader_u8(reader);
        alarm.revision = (uint32_t)otr_reader_varint(reader);
        alarm.seq = otr_reader_varint(reader);
        alarm.key.asset = otr_label_read(core, reader);
        alarm.key.pack = otr_label_read(core, reader);
        alarm.key.rule = otr_label_read(core, reader);
        uint64_t device = otr_reader_varint(reader);
        alarm.device = device == 0 ? OTR_NONE : (uint32_t)(device - 1);
        alarm.onset = otr_reader_signed(reader);
        alarm.raised = otr_reader_signed(reader);
        alarm.detected = otr_reader_signed(reader);
        alarm.ended = otr_reader_signed(reader);
        alarm.since = otr_reader_signed(reader);
        if (alarm.state >= OTR_ALARM_STATE_COUNT || !otr_alarm_is_standing((otr_alarm_state)alarm.state) ||
            alarm.priority > OTR_PRIORITY_CRITICAL)
            reader->failed = true;
        if (!reader->failed && !core->failed)
            append(core, &alarm);
    }
    find_lapse(core);
}

void otr_standing_done(otr_core *core)
{
    free(core->standing.list);
    core->standing = (otr_standing){0};
}
