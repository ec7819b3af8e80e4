/* The part of the snapshot that belongs to operators: where open alarms are in their lives, what stands,
 * points, commands that were seen, figures. */
#include "core/alarm/lifecycle_snapshot.h"

static otr_str id_text(const otr_id *id)
{
    return (otr_str){(const char *)id->bytes, sizeof id->bytes};
}

static bool is_listed(const otr_alarm *alarm)
{
    return alarm->state != OTR_ALARM_UNACKNOWLEDGED;
}

static uint32_t count_states(const otr_core *core)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->asset_count; i++)
        for (uint32_t a = core->assets[i].alarms; a != OTR_NONE; a = core->alarms[a].next)
            count += is_listed(&core->alarms[a]);
    return count;
}

/* An alarm that is not listed is unacknowledged. In the order in which the snapshot has the alarms. */
static void add_states(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, count_states(core));
    for (uint32_t i = 0; i < core->asset_count; i++)
        for (uint32_t a = core->assets[i].alarms; a != OTR_NONE; a = core->alarms[a].next) {
            if (!is_listed(&core->alarms[a]))
                continue;
            otr_buffer_add_id(out, core->alarms[a].id);
            otr_buffer_add_u8(out, core->alarms[a].state);
        }
}

static bool is_open(unsigned state)
{
    return state == OTR_ALARM_UNACKNOWLEDGED || state == OTR_ALARM_ACKNOWLEDGED ||
           (state < OTR_ALARM_STATE_COUNT && otr_alarm_is_withheld((otr_alarm_state)state));
}

/* Withdrawn and retracted ones are gone at once. */
static bool is_over(unsigned state)
{
    return state == OTR_ALARM_NORMAL || state == OTR_ALARM_UNTOLD ||
           (state < OTR_ALARM_STATE_COUNT && otr_alarm_is_standing((otr_alarm_state)state));
}

static bool list_alarms(const otr_core *core, otr_names *ids, uint32_t *numbers)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++) {
        if (!core->alarms[i].used)
            continue;
        uint32_t at = otr_names_put(ids, id_text(&core->alarms[i].id), NULL);
        if (at == OTR_NAME_NONE)
            return false;
        numbers[at] = i;
    }
    return true;
}

/* An alarm whose rule is gone was read over: so is its state. */
static void read_states(otr_core *core, otr_reader *reader)
{
    otr_arena memory = {0};
    otr_names ids = {0};
    uint64_t count = otr_reader_varint(reader);
    uint32_t *numbers = otr_arena_array(&memory, core->alarm_capacity + 1, sizeof *numbers);
    if (numbers == NULL || (count > 0 && !list_alarms(core, &ids, numbers)))
        core->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_id id = otr_reader_id(reader);
        uint8_t state = otr_reader_u8(reader);
        if (!is_open(state) && !is_over(state))
            reader->failed = true;
        uint32_t at = reader->failed ? OTR_NAME_NONE : otr_names_find(&ids, id_text(&id));
        if (at != OTR_NAME_NONE)
            core->alarms[numbers[at]].state = state;
    }
    otr_names_done(&ids);
    otr_arena_done(&memory);
}

/* Only what is told has a case, and the state fits the end. */
static void check_alarms(otr_core *core, otr_reader *reader)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++) {
        const otr_alarm *alarm = &core->alarms[i];
        if (!alarm->used)
            continue;
        bool withheld = otr_alarm_is_withheld((otr_alarm_state)alarm->state);
        bool untold = withheld || alarm->state == OTR_ALARM_UNTOLD;
        core->alarm_withheld += withheld;
        if (untold != (alarm->case_number == OTR_NONE) ||
            is_open(alarm->state) != (alarm->ended == OTR_TIME_NONE))
            reader->failed = true;
    }
}

void otr_lifecycle_write(const otr_core *core, otr_buffer *out)
{
    add_states(core, out);
    otr_standing_write(core, out);
    otr_points_write(core, out);
    otr_seen_write(&core->seen, out);
    otr_kpi_write(&core->kpi, &core->labels, out);
}

void otr_lifecycle_read(otr_core *core, otr_reader *reader)
{
    read_states(core, reader);
    if (!reader->failed && !core->failed)
        check_alarms(core, reader);
    if (!reader->failed && !core->failed)
        otr_standing_read(core, reader);
    if (!reader->failed && !core->failed)
        otr_points_read(core, reader);
    if (!reader->failed && !core->failed)
        otr_seen_read(&core->seen, reader);
    if (!reader->failed && !core->failed)
        core->failed |= !otr_kpi_read(&core->kpi, &core->labels, reader);
}
