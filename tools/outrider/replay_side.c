#include "tools/outrider/replay_side.h"

#include "core/assignment.h"
#include "daemon/zones.h"
#include "rules/pack.h"

#include <stdio.h>

bool otr_replay_side_has(const otr_replay_side *side, otr_str slot)
{
    for (size_t i = 0; i < side->content_count; i++)
        if (otr_str_equal(side->contents[i].slot, slot))
            return true;
    return false;
}

static bool has_zone(const otr_replay_side *side, otr_str name)
{
    char slot[128];
    int size = snprintf(slot, sizeof slot, "zone/%.*s", OTR_STR_ARG(name));
    return otr_replay_side_has(side, (otr_str){slot, (size_t)size});
}

/* The slot of a pack, in the side's memory. */
static otr_status slot_of(otr_replay_side *side, otr_str bytes, otr_str *slot, otr_error *error)
{
    otr_pack *pack = NULL;
    otr_status status = otr_pack_load(bytes, &pack, error);
    if (status != OTR_OK)
        return status;
    char *text = otr_arena_alloc(&side->memory, pack->name.size + 6);
    if (text != NULL)
        *slot = (otr_str){text,
                          (size_t)snprintf(text, pack->name.size + 6, "pack/%.*s", OTR_STR_ARG(pack->name))};
    else
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    otr_pack_free(pack);
    return status;
}

static otr_status keep(otr_replay_side *side, const otr_workbench_content *content, otr_error *error)
{
    if (side->content_count == sizeof side->contents / sizeof side->contents[0])
        return otr_fail(error, OTR_LIMIT, "more than %d packs", OTR_LIMIT_PACKS);
    side->contents[side->content_count++] = *content;
    return OTR_OK;
}

otr_status otr_replay_side_add(otr_replay_side *side, otr_str bytes, bool assignments, otr_error *error)
{
    otr_workbench_content content = {OTR_STR("assignments"), otr_arena_copy(&side->memory, bytes)};
    otr_assignments *loaded = NULL;
    otr_status status = OTR_OK;
    if (content.bytes.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (assignments) {
        status = otr_assignments_load(bytes, &loaded, error);
        otr_assignments_free(loaded);
    } else {
        status = slot_of(side, bytes, &content.slot, error);
    }
    if (status != OTR_OK)
        return status;
    if (otr_replay_side_has(side, content.slot))
        return otr_fail_at(error, OTR_INVALID, 1, 1, "%.*s is given twice", OTR_STR_ARG(content.slot));
    return keep(side, &content, error);
}

otr_status otr_replay_side_add_unbound(otr_replay_side *side, otr_str slot, otr_str bytes, otr_error *error)
{
    otr_workbench_content content = {otr_arena_copy(&side->memory, slot),
                                     otr_arena_copy(&side->memory, bytes)};
    if (content.slot.data == NULL || content.bytes.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    return otr_replay_side_has(side, slot) ? OTR_OK : keep(side, &content, error);
}

static otr_status complete_zones(otr_replay_side *side, const otr_assignments *assignments, otr_error *error)
{
    otr_arena memory = {0};
    otr_status status = OTR_OK;
    for (size_t i = 0; i < assignments->zone_count && status == OTR_OK; i++) {
        otr_str slot;
        otr_str path;
        otr_str bytes;
        if (has_zone(side, assignments->zones[i].name))
            continue;
        status = otr_zone_file_read(&memory, OTR_STR(OTR_ZONES_FOLDER), &assignments->zones[i], &slot, &path,
                                    &bytes, error);
        if (status == OTR_OK)
            status = otr_replay_side_add_unbound(side, slot, bytes, error);
    }
    otr_arena_done(&memory);
    return status;
}

otr_status otr_replay_side_complete_zones(otr_replay_side *side, otr_error *error)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < side->content_count && status == OTR_OK; i++) {
        otr_assignments *assignments = NULL;
        if (!otr_str_is(side->contents[i].slot, "assignments"))
            continue;
        status = otr_assignments_load(side->contents[i].bytes, &assignments, error);
        if (status == OTR_OK)
            status = complete_zones(side, assignments, error);
        otr_assignments_free(assignments);
    }
    return status;
}

static void see_row(void *context, const otr_row_alarm *row)
{
    (void)context, (void)row; /* the event says the same and more */
}

static void see_event(void *context, const otr_service_event *event)
{
    otr_replay_side *side = context;
    otr_replay_tally_event(&side->tally, event);
}

otr_status otr_replay_side_begin(otr_replay_side *side, otr_time from, otr_time to)
{
    otr_replay_tally_init(&side->tally, from, to);
    for (size_t i = 0; i < side->content_count; i++) {
        otr_pack *pack = NULL;
        if (!otr_str_starts(side->contents[i].slot, OTR_STR("pack/")))
            continue;
        otr_status status = otr_pack_load(side->contents[i].bytes, &pack, NULL);
        if (status != OTR_OK)
            return status;
        for (size_t r = 0; r < pack->rule_count; r++)
            otr_replay_tally_rule(&side->tally, pack->name, pack->rules[r].name);
        otr_pack_free(pack);
    }
    return side->tally.failed ? OTR_MEMORY : OTR_OK;
}

static otr_status start(otr_replay_side *side, const otr_turn *turn)
{
    otr_workbench_listener listener = {side, see_row, see_event, NULL};
    otr_status status = otr_workbench_start(&side->bench, turn, &listener);
    side->started = true;
    return status == OTR_OK ? otr_workbench_activate(&side->bench, side->contents, side->content_count)
                            : status;
}

otr_status otr_replay_side_take(otr_replay_side *side, const otr_turn *turn, const otr_input *input)
{
    otr_status status = OTR_OK;
    if (!side->started) {
        status = start(side, turn);
        if (status == OTR_OK && input->kind == OTR_INPUT_BOOT)
            return OTR_OK; /* it has just started */
    }
    if (status != OTR_OK)
        return status;
    if (input->kind == OTR_INPUT_BOOT) {
        status = otr_workbench_restart(&side->bench, turn);
    } else {
        status = otr_workbench_turn(&side->bench, turn);
        if (status == OTR_OK)
            status = otr_workbench_step(&side->bench, input, 1);
    }
    return status == OTR_OK && side->tally.failed ? OTR_MEMORY : status;
}

otr_status otr_replay_side_finish(otr_replay_side *side, otr_time to)
{
    otr_status status = OTR_OK;
    if (side->started) {
        otr_time left = to - side->bench.now.utc;
        status = otr_workbench_finish(&side->bench, otr_time_add(side->bench.now.core, left > 0 ? left : 0));
    }
    otr_replay_tally_finish(&side->tally, to);
    return status == OTR_OK && side->tally.failed ? OTR_MEMORY : status;
}

void otr_replay_side_done(otr_replay_side *side)
{
    otr_workbench_done(&side->bench);
    otr_replay_tally_done(&side->tally);
    otr_arena_done(&side->memory);
    *side = (otr_replay_side){.started = false};
}
