#include "core/alarm/point.h"

#include "base/limits.h"
#include "core/alarm/alarm.h"
#include "core/outbox/event.h"
#include "core/rule/host.h"

#include <stdlib.h>

/* ---- the table ---- */

otr_point *otr_point_find(otr_core *core, otr_point_key key)
{
    for (uint32_t i = 0; i < core->points.count; i++)
        if (otr_point_key_equal(core->points.list[i].key, key))
            return &core->points.list[i];
    return NULL;
}

static void find_next(otr_points *points)
{
    points->next = OTR_TIME_NEVER;
    points->next_civil = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < points->count; i++) {
        if (points->list[i].until < points->next)
            points->next = points->list[i].until;
        if (points->list[i].until_civil < points->next_civil)
            points->next_civil = points->list[i].until_civil;
    }
}

static otr_point *append(otr_core *core, otr_point_key key)
{
    otr_points *points = &core->points;
    if (!otr_core_grow((void **)&points->list, &points->capacity, points->count + 1, sizeof *points->list)) {
        core->failed = true;
        return NULL;
    }
    otr_point *point = &points->list[points->count++];
    *point = (otr_point){.key = key, .until = OTR_TIME_NEVER, .until_civil = OTR_TIME_NEVER};
    return point;
}

static void drop(otr_core *core, otr_point *point)
{
    otr_points *points = &core->points;
    size_t after = points->count - (size_t)(point - points->list) - 1;
    free((char *)point->who.data);
    memmove(point, point + 1, after * sizeof *point);
    points->count--;
    find_next(points);
}

static void set_texts(otr_core *core, otr_point *point, otr_str who, otr_str reason)
{
    char *block = malloc(who.size + reason.size + 1);
    if (block == NULL) {
        core->failed = true;
        return;
    }
    if (who.size > 0)
        memcpy(block, who.data, who.size);
    if (reason.size > 0)
        memcpy(block + who.size, reason.data, reason.size);
    free((char *)point->who.data);
    point->who = (otr_str){block, who.size};
    point->reason = (otr_str){block + who.size, reason.size};
}

/* ---- keys ---- */

otr_point_key otr_point_key_of(otr_core *core, const otr_asset_state *asset, uint32_t index)
{
    const otr_bound_rule *bound = &asset->plan->rules[index];
    return (otr_point_key){otr_core_label(core, asset->asset->id),
                           otr_core_label(core, bound->pack->pack->name),
                           otr_core_label(core, bound->rule->name)};
}

bool otr_point_bound(otr_core *core, otr_point_key key, uint32_t *asset, uint32_t *index)
{
    otr_str id = otr_names_get(&core->labels, key.asset);
    otr_str pack = otr_names_get(&core->labels, key.pack);
    otr_str rule = otr_names_get(&core->labels, key.rule);
    for (*asset = 0; *asset < core->asset_count; (*asset)++) {
        const otr_asset_state *one = &core->assets[*asset];
        if (!otr_str_equal(one->asset->id, id))
            continue;
        for (*index = 0; *index < one->plan->rule_count; (*index)++)
            if (otr_str_equal(one->plan->rules[*index].rule->name, rule) &&
                otr_str_equal(one->plan->rules[*index].pack->pack->name, pack))
                return true;
        return false;
    }
    return false;
}

/* ---- suppression by design ---- */

/* An alarm of a rule that inhibits this one is open on the asset. Inhibitors come before it in the plan. */
static bool is_inhibited(const otr_asset_state *asset, uint32_t index)
{
    const otr_bound_rule *bound = &asset->plan->rules[index];
    for (uint32_t i = index; bound->rule->inhibited_by_count > 0 && i-- > 0;) {
        const otr_bound_rule *other = &asset->plan->rules[i];
        if (other->pack != bound->pack)
            return false;
        for (size_t j = 0; j < bound->rule->inhibited_by_count; j++)
            if (other->rule == &bound->pack->pack->rules[bound->rule->inhibited_by[j]] &&
                asset->states[i].alarm != OTR_NONE)
                return true;
    }
    return false;
}

static bool is_suppressed(otr_core *core, const otr_asset_state *asset, uint32_t index, otr_time at)
{
    const otr_bound_rule *bound = &asset->plan->rules[index];
    if (is_inhibited(asset, index))
        return true;
    if (bound->rule->suppress == NULL)
        return false;
    otr_host_context context = {core, asset, bound, at};
    otr_host host = otr_host_of(&context);
    otr_value value;
    core->stats.evaluations++;
    return otr_expression_evaluate(bound->rule->suppress, &host, &value, NULL) == OTR_OK &&
           value.type == OTR_TYPE_BOOL && value.flag;
}

otr_alarm_state otr_point_silence_at(otr_core *core, const otr_asset_state *asset, uint32_t index,
                                     otr_time at)
{
    otr_point_state state = OTR_POINT_SPEAKING;
    if (core->points.count > 0) {
        const otr_point *point = otr_point_find(core, otr_point_key_of(core, asset, index));
        if (point != NULL)
            state = (otr_point_state)point->state;
    }
    return otr_point_silence(state, is_suppressed(core, asset, index, at));
}

/* ---- review ---- */

/* index: a rule of the asset's plan, or OTR_NONE for all. */
static void review(otr_core *core, uint32_t asset_number, uint32_t index, otr_time at)
{
    otr_asset_state *asset = &core->assets[asset_number];
    for (uint32_t i = asset->alarms; i != OTR_NONE; i = core->alarms[i].next) {
        const otr_alarm *alarm = &core->alarms[i];
        if (otr_alarm_is_withheld((otr_alarm_state)alarm->state) &&
            (index == OTR_NONE || index == alarm->rule))
            otr_alarm_review(core, i, otr_point_silence_at(core, asset, alarm->rule, at));
    }
}

void otr_point_review(otr_core *core, uint32_t asset_number, otr_time at)
{
    if (core->alarm_withheld > 0 && core->recount == NULL)
        review(core, asset_number, OTR_NONE, at);
}

static bool rule_exists(const otr_core *core, otr_point_key key)
{
    otr_str pack = otr_names_get(&core->labels, key.pack);
    otr_str rule = otr_names_get(&core->labels, key.rule);
    for (size_t c = 0; c < core->content_count; c++) {
        const otr_loaded_pack *loaded = core->contents[c].loaded;
        if (loaded == NULL || !otr_str_equal(loaded->pack->name, pack))
            continue;
        for (size_t r = 0; r < loaded->pack->rule_count; r++)
            if (otr_str_equal(loaded->pack->rules[r].name, rule))
                return true;
    }
    return false;
}

static void end(otr_core *core, otr_point *point, const char *why)
{
    otr_saying said = point->state == OTR_POINT_SHELVED ? OTR_SAY_UNSHELVED : OTR_SAY_IN_SERVICE;
    otr_event_point(core, point, said, (otr_str){NULL, 0}, otr_str_of(why));
    drop(core, point);
}

void otr_points_rebound(otr_core *core)
{
    for (uint32_t i = core->points.count; i-- > 0;) {
        otr_point *point = &core->points.list[i];
        if (!rule_exists(core, point->key))
            end(core, point, "its rule is gone");
    }
    for (uint32_t i = 0; core->alarm_withheld > 0 && i < core->asset_count; i++)
        otr_point_review(core, i, core->assets[i].clock);
}

void otr_points_hand_on(otr_core *core, uint32_t asset)
{
    for (uint32_t i = core->points.count; i-- > 0;)
        if (core->points.list[i].key.asset == asset)
            end(core, &core->points.list[i], "another customer has its asset");
}

void otr_points_forget_of(otr_core *core, uint32_t whose)
{
    for (uint32_t i = core->points.count; i-- > 0;) {
        otr_point *point = &core->points.list[i];
        if (point->customer != whose)
            continue;
        otr_event_forget_point(core, point);
        drop(core, point);
    }
}

void otr_points_forget(otr_core *core, uint32_t asset)
{
    for (uint32_t i = core->points.count; i-- > 0;) {
        otr_point *point = &core->points.list[i];
        if (point->key.asset != asset)
            continue;
        otr_event_forget_point(core, point);
        drop(core, point);
    }
}

/* ---- events ---- */

/* The point of that key speaks again: what still holds there is told, unless it is suppressed by design. */
static void review_key(otr_core *core, otr_point_key key)
{
    uint32_t asset;
    uint32_t index;
    if (core->alarm_withheld > 0 && otr_point_bound(core, key, &asset, &index))
        review(core, asset, index, core->assets[asset].clock);
}

static otr_refusal set_shelf(const otr_core *core, const otr_command *command, otr_time *until,
                             otr_time *until_civil)
{
    otr_time longest = OTR_LIMIT_SHELF_DAYS * OTR_DAY;
    *until = OTR_TIME_NEVER;
    *until_civil = OTR_TIME_NEVER;
    if (command->kind != OTR_COMMAND_SHELVE)
        return OTR_REFUSAL_ACCEPTED;
    if (command->span != 0) {
        *until = otr_time_add(core->now.core, command->span);
        return command->span <= longest ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_TOO_LONG;
    }
    *until_civil = command->until;
    if (!core->now.synced)
        return OTR_REFUSAL_NO_CLOCK;
    if (command->until <= core->now.utc)
        return OTR_REFUSAL_PAST;
    return command->until <= otr_time_add(core->now.utc, longest) ? OTR_REFUSAL_ACCEPTED
                                                                  : OTR_REFUSAL_TOO_LONG;
}

static otr_point_event event_of(otr_command_kind kind)
{
    switch (kind) {
    case OTR_COMMAND_SHELVE:
        return OTR_POINT_EVENT_SHELVE;
    case OTR_COMMAND_UNSHELVE:
        return OTR_POINT_EVENT_UNSHELVE;
    case OTR_COMMAND_OUT_OF_SERVICE:
        return OTR_POINT_EVENT_TAKE_OUT;
    default:
        OTR_ASSERT(kind == OTR_COMMAND_IN_SERVICE);
        return OTR_POINT_EVENT_PUT_IN;
    }
}

otr_refusal otr_point_command(otr_core *core, otr_point_key key, const otr_command *command)
{
    otr_point *point = otr_point_find(core, key);
    otr_point_state before = point != NULL ? (otr_point_state)point->state : OTR_POINT_SPEAKING;
    otr_cell cell = otr_point_lifecycle(before, event_of(command->kind));
    otr_time until;
    otr_time until_civil;
    OTR_ASSERT(cell.kind == OTR_CELL_GO || cell.kind == OTR_CELL_NO);
    if (cell.kind == OTR_CELL_NO)
        return cell.refusal;
    otr_refusal refusal = set_shelf(core, command, &until, &until_civil);
    if (refusal != OTR_REFUSAL_ACCEPTED)
        return refusal;
    if (point == NULL && core->points.count == OTR_LIMIT_POINTS)
        return OTR_REFUSAL_FULL;
    if (point == NULL)
        point = append(core, key);
    if (point == NULL)
        return OTR_REFUSAL_FULL;
    point->state = (uint8_t)cell.next;
    point->until = until;
    point->until_civil = until_civil;
    point->since = core->now.utc;
    otr_event_point(core, point, cell.said, command->who, command->reason);
    if (cell.next == OTR_POINT_SPEAKING) {
        drop(core, point);
    } else {
        set_texts(core, point, command->who, command->reason);
        find_next(&core->points);
    }
    review_key(core, key);
    return OTR_REFUSAL_ACCEPTED;
}

otr_time otr_point_until(const otr_core *core, const otr_point *point)
{
    if (point->until_civil != OTR_TIME_NEVER)
        return point->until_civil;
    if (point->until == OTR_TIME_NEVER || !core->now.synced)
        return OTR_TIME_NONE;
    return otr_time_add(core->now.utc, point->until - core->now.core);
}

otr_time otr_points_next_due(const otr_core *core)
{
    const otr_points *points = &core->points;
    if (points->count == 0)
        return OTR_TIME_NEVER;
    otr_time next = points->next;
    if (core->now.synced && points->next_civil != OTR_TIME_NEVER) {
        otr_time civil = otr_time_add(core->now.core, points->next_civil - core->now.utc);
        next = civil < next ? civil : next;
    }
    return next;
}

bool otr_points_expire_one(otr_core *core)
{
    for (uint32_t i = 0; i < core->points.count; i++) {
        otr_point *point = &core->points.list[i];
        bool due =
            point->until <= core->now.core || (core->now.synced && point->until_civil <= core->now.utc);
        if (!due)
            continue;
        otr_point_key key = point->key;
        otr_cell cell = otr_point_lifecycle((otr_point_state)point->state, OTR_POINT_EVENT_EXPIRE);
        OTR_ASSERT(cell.kind == OTR_CELL_GO && cell.next == OTR_POINT_SPEAKING);
        otr_event_point(core, point, cell.said, (otr_str){NULL, 0}, OTR_STR("its time is over"));
        drop(core, point);
        review_key(core, key);
        return true;
    }
    return false;
}

/* ---- snapshot ---- */

void otr_points_write(const otr_core *core, otr_buffer *out)
{
    otr_buffer_add_varint(out, core->points.count);
    for (uint32_t i = 0; i < core->points.count; i++) {
        const otr_point *point = &core->points.list[i];
        otr_label_write(core, point->key.asset, out);
        otr_label_write(core, point->key.pack, out);
        otr_label_write(core, point->key.rule, out);
        otr_buffer_add_u8(out, point->state);
        otr_buffer_add_signed(out, point->until);
        otr_buffer_add_signed(out, point->until_civil);
        otr_buffer_add_signed(out, point->since);
        otr_buffer_add_str(out, point->who);
        otr_buffer_add_str(out, point->reason);
    }
}

void otr_points_read(otr_core *core, otr_reader *reader)
{
    uint64_t count = otr_reader_varint(reader);
    if (count > OTR_LIMIT_POINTS)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_str asset = otr_reader_str(reader);
        otr_str pack = otr_reader_str(reader);
        otr_str rule = otr_reader_str(reader);
        unsigned state = otr_reader_u8(reader);
        otr_time until = otr_reader_signed(reader);
        otr_time until_civil = otr_reader_signed(reader);
        otr_time since = otr_reader_signed(reader);
        otr_str who = otr_reader_str(reader);
        otr_str reason = otr_reader_str(reader);
        bool timed = until != OTR_TIME_NEVER || until_civil != OTR_TIME_NEVER;
        if (state == OTR_POINT_SPEAKING || state >= OTR_POINT_STATE_COUNT ||
            timed != (state == OTR_POINT_SHELVED))
            reader->failed = true;
        if (reader->failed)
            return;
        otr_point_key key = {otr_core_label(core, asset), otr_core_label(core, pack),
                             otr_core_label(core, rule)};
        otr_point *point = core->failed ? NULL : append(core, key);
        if (point == NULL)
            return;
        point->state = (uint8_t)state;
        point->until = until;
        point->until_civil = until_civil;
        point->since = since;
        set_texts(core, point, who, reason);
    }
    find_next(&core->points);
}

void otr_points_done(otr_core *core)
{
    for (uint32_t i = 0; i < core->points.count; i++)
        free((char *)core->points.list[i].who.data);
    free(core->points.list);
    core->points = (otr_points){0};
}
