#include "tools/outrider/replay/replay_side.h"

#include "core/asset/assignment.h"
#include "daemon/config/zones.h"
#include "rules/load/pack.h"

#include <stdio.h>
#include <stdlib.h>

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

otr_status otr_replay_side_add_assigned(otr_replay_side *side, otr_str slot, otr_str bytes, otr_error *error)
{
    if (side->assigned_count == side->assigned_capacity) {
        size_t capacity = side->assigned_capacity == 0 ? 64 : side->assigned_capacity * 2;
        otr_workbench_content *list = realloc(side->assigned, capacity * sizeof *list);
        if (list == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
        side->assigned = list;
        side->assigned_capacity = capacity;
    }
    otr_workbench_content *one = &side->assigned[side->assigned_count];
    *one = (otr_workbench_content){otr_arena_copy(&side->memory, slot), otr_arena_copy(&side->memory, bytes)};
    if (one->slot.data == NULL || one->bytes.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    side->assigned_count++;
    return OTR_OK;
}

otr_status otr_replay_side_add_replaced(otr_replay_side *side, const otr_command *list, size_t count,
                                        otr_error *error)
{
    if (count == 0)
        return OTR_OK;
    side->replaced = otr_arena_array(&side->memory, count, sizeof *side->replaced);
    for (size_t i = 0; side->replaced != NULL && i < count; i++) {
        otr_command *one = &side->replaced[side->replaced_count++];
        *one = list[i];
        one->rule = otr_arena_copy(&side->memory, list[i].rule);
        one->asset = otr_arena_copy(&side->memory, list[i].asset);
        if (one->rule.data == NULL || one->asset.data == NULL)
            side->replaced = NULL;
    }
    return side->replaced != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
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
    for (size_t i = 0; i < side->content_count + side->assigned_count && status == OTR_OK; i++) {
        bool by_command = i >= side->content_count;
        const otr_workbench_content *content =
            by_command ? &side->assigned[i - side->content_count] : &side->contents[i];
        otr_assignments *assignments = NULL;
        if (!by_command && !otr_str_is(content->slot, "assignments"))
            continue;
        status = otr_assignments_load(content->bytes, &assignments, error);
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

static void note(otr_replay_side *side, size_t input, const char *reason)
{
    if (side->vain_count == OTR_REPLAY_VAIN_MAX)
        return;
    otr_replay_vain *one = &side->vain[side->vain_count++];
    one->input = input;
    (void)snprintf(one->reason, sizeof one->reason, "%.*s", (int)sizeof one->reason - 1, reason);
}

static void see_result(void *context, const otr_command_result *result)
{
    otr_replay_side *side = context;
    if (result->refusal == OTR_REFUSAL_ACCEPTED || side->turn == NULL)
        return;
    for (size_t i = side->from; i < side->to; i++)
        if (side->turn->inputs[i].kind == OTR_INPUT_COMMAND &&
            otr_id_equal(side->turn->inputs[i].command.id, result->id)) {
            note(side, i, otr_refusal_text(result->refusal));
            return;
        }
}

/* Each by itself: one that does not fit leaves the others. */
static otr_status activate_assigned(otr_replay_side *side)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < side->assigned_count && status == OTR_OK; i++)
        if (otr_core_content_check(side->bench.core, side->assigned[i].slot, side->assigned[i].bytes, NULL) ==
            OTR_OK)
            status = otr_workbench_activate(&side->bench, &side->assigned[i], 1);
    for (size_t i = 0; i < side->replaced_count && status == OTR_OK; i++) {
        otr_input input = {.kind = OTR_INPUT_COMMAND, .command = side->replaced[i]};
        status = otr_workbench_step(&side->bench, &input, 1);
    }
    return status;
}

static otr_status start(otr_replay_side *side, const otr_turn *turn)
{
    otr_workbench_listener listener = {side, see_row, see_event, NULL, see_result};
    otr_status status = side->identity.group.size > 0
                            ? otr_workbench_start_as(&side->bench, &side->identity, turn, &listener)
                            : otr_workbench_start(&side->bench, turn, &listener);
    side->started = true;
    if (status == OTR_OK)
        status = otr_workbench_activate(&side->bench, side->contents, side->content_count);
    return status == OTR_OK ? activate_assigned(side) : status;
}

static bool is_boot(const otr_replay_turn *turn)
{
    for (size_t i = 0; i < turn->count; i++)
        if (turn->inputs[i].kind == OTR_INPUT_BOOT)
            return true;
    return false;
}

/* Where the next step ends: what was taken in together is stepped together, unless the numbers have a gap or
 * a content is to be checked against what came before it. */
static size_t end_of_step(const otr_replay_turn *turn, size_t from)
{
    size_t to = from + 1;
    if (turn->inputs[from].kind == OTR_INPUT_CONTENT)
        return to;
    while (to < turn->count && turn->inputs[to].kind != OTR_INPUT_CONTENT &&
           (turn->seqs == NULL || turn->seqs[to] == turn->seqs[to - 1] + 1))
        to++;
    return to;
}

static bool fits(otr_replay_side *side, size_t index)
{
    const otr_input *input = &side->turn->inputs[index];
    otr_error error = {.text = ""};
    if (input->kind != OTR_INPUT_CONTENT ||
        otr_core_content_check(side->bench.core, input->content.slot, input->content.bytes, &error) == OTR_OK)
        return true;
    note(side, index, error.text);
    return false;
}

static otr_status step_inputs(otr_replay_side *side, const otr_replay_turn *turn, size_t first)
{
    otr_status status = OTR_OK;
    uint64_t number = first > 0 && first < turn->count ? turn->seqs[first] : turn->first_seq;
    if (number != 0) /* a tick of the journal may come before the first input, and so may one of this core */
        otr_core_number_next(side->bench.core, number);
    if (first == turn->count)
        return turn->count == 0 ? otr_workbench_step(&side->bench, NULL, 0) : OTR_OK;
    for (size_t at = first; at < turn->count && status == OTR_OK; at = side->to) {
        side->from = at;
        side->to = end_of_step(turn, at);
        if (turn->seqs != NULL && turn->seqs[at] != 0 && at > first)
            otr_core_number_next(side->bench.core, turn->seqs[at]);
        if (fits(side, at))
            status = otr_workbench_step(&side->bench, turn->inputs + at, side->to - at);
    }
    return status;
}

otr_status otr_replay_side_take(otr_replay_side *side, const otr_replay_turn *turn)
{
    otr_status status = OTR_OK;
    size_t first = 0;
    side->turn = turn;
    side->vain_count = 0;
    side->from = side->to = 0;
    if (!side->started) {
        status = start(side, &turn->at);
        while (first < turn->count && turn->inputs[first].kind == OTR_INPUT_BOOT)
            first++; /* it has just started */
    } else if (is_boot(turn)) {
        status = otr_workbench_skip(&side->bench, &turn->at);
    } else {
        status = turn->first_seq != 0 ? otr_workbench_catch_up(&side->bench, &turn->at)
                                      : otr_workbench_turn(&side->bench, &turn->at);
    }
    if (status == OTR_OK)
        status = step_inputs(side, turn, first);
    side->turn = NULL;
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
    free(side->assigned);
    otr_arena_done(&side->memory);
    *side = (otr_replay_side){.started = false};
}
