#include "core/window/recall.h"

#include "base/metric.h"
#include "core/device/device.h"
#include "core/rule/evaluate.h"

#include <math.h>
#include <stdlib.h>

static const double STANDARD_GRAVITY = 9.80665; /* m/s2 */

/* ---- the plan ---- */

static uint64_t hash_text(uint64_t seed, otr_str text)
{
    return otr_hash64(seed, text.size, text.data, text.size);
}

static uint64_t key_of(const struct otr_plan_window *window, otr_str metric)
{
    const otr_window_shape *shape = &window->shape;
    uint64_t numbers[] = {shape->kind, shape->needs, (uint64_t)shape->span, shape->below, shape->magnitude};
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        key = otr_hash64(key, numbers[i], "", 0);
    key = hash_text(key, metric);
    key = hash_text(key, window->role);
    key = hash_text(key, window->place);
    if (window->pack != NULL)
        key = hash_text(key, window->pack->pack->name);
    return hash_text(key, window->limit_path);
}

static struct otr_plan_window window_of(const otr_loaded_pack *pack, const otr_use *use)
{
    const otr_symbols *symbols = &pack->pack->symbols;
    const otr_symbol *symbol = &symbols->list[use->symbol];
    const otr_metric *known = otr_metric_find(symbol->metric);
    double unit = known != NULL && strcmp(known->unit, "g") == 0 ? STANDARD_GRAVITY : 1;
    bool field = use->limit_symbol != OTR_USE_NO_SYMBOL;
    struct otr_plan_window window = {
        .metric = pack->metrics[use->symbol],
        .role = symbol->role,
        .shape = otr_window_shape_of(use, field ? 0 : use->limit, NULL, unit),
    };
    if (window.shape.kind == OTR_WINDOW_PLACE)
        window.place = use->place;
    if (field) {
        window.pack = pack;
        window.limit_path = symbols->list[use->limit_symbol].path;
    }
    return window;
}

static bool join(struct otr_plan_window *one, const struct otr_plan_window *other)
{
    return one->metric == other->metric && otr_str_equal(one->role, other->role) &&
           otr_str_equal(one->place, other->place) && one->pack == other->pack &&
           otr_str_equal(one->limit_path, other->limit_path) && otr_window_join(&one->shape, &other->shape);
}

/* Uses of one rule: those of its condition, its clear and its interlock. */
static bool list_uses(otr_plan *plan, otr_bound_rule *bound)
{
    const otr_rule *rule = bound->rule;
    const otr_expression *expressions[3] = {rule->condition, rule->clear,
                                            rule->deed != NULL ? rule->deed->unless : NULL};
    size_t counts[3] = {0, 0, 0};
    const uint32_t *lists[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++)
        if (expressions[i] != NULL)
            lists[i] = otr_expression_uses(expressions[i], &counts[i]);
    if (counts[0] + counts[1] + counts[2] == 0)
        return true;
    uint32_t *uses = otr_arena_array(&plan->memory, counts[0] + counts[1] + counts[2], sizeof *uses);
    bound->uses = uses;
    for (int i = 0; uses != NULL && i < 3; i++)
        for (size_t u = 0; lists[i] != NULL && u < counts[i]; u++)
            uses[bound->use_count++] = lists[i][u];
    return uses != NULL;
}

/* The window that answers the use; NONE where the newest reading does. */
static uint32_t window_for(otr_plan *plan, const otr_bound_rule *bound, uint32_t use)
{
    struct otr_plan_window window = window_of(bound->pack, &bound->pack->pack->symbols.uses[use]);
    if (window.shape.kind == OTR_WINDOW_NONE)
        return OTR_NONE;
    for (uint32_t i = 0; i < plan->window_count; i++)
        if (join(&plan->windows[i], &window))
            return i;
    plan->windows[plan->window_count] = window;
    return plan->window_count++;
}

/* The windows by metric, in CSR form: first[m] to first[m + 1] in order. */
static bool index_windows(otr_plan *plan)
{
    plan->fed_first = otr_arena_array(&plan->memory, plan->metric_count + 1, sizeof *plan->fed_first);
    plan->fed = otr_arena_array(&plan->memory, plan->window_count, sizeof *plan->fed);
    if (plan->fed_first == NULL || plan->fed == NULL)
        return false;
    uint32_t at = 0;
    for (uint32_t metric = 0; metric < plan->metric_count; metric++) {
        plan->fed_first[metric] = at;
        for (uint32_t i = 0; i < plan->window_count; i++)
            if (plan->windows[i].metric == metric)
                plan->fed[at++] = i;
    }
    plan->fed_first[plan->metric_count] = at;
    return true;
}

static bool list_windows(otr_plan *plan)
{
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        otr_bound_rule *bound = &plan->rules[i];
        uint32_t *windows = otr_arena_array(&plan->memory, bound->use_count + 1, sizeof *windows);
        if (windows == NULL)
            return false;
        bound->windows = windows;
        for (uint32_t u = 0; u < bound->use_count; u++)
            windows[u] = window_for(plan, bound, bound->uses[u]);
    }
    return true;
}

bool otr_recall_plan(otr_plan *plan)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        if (!list_uses(plan, &plan->rules[i]))
            return false;
        most += plan->rules[i].use_count;
        plan->rules[i].again = plan->rules[i].use_count > 0 ? plan->again_count++ : OTR_NONE;
    }
    if (most == 0)
        return true;
    plan->windows = otr_arena_array(&plan->memory, most, sizeof *plan->windows);
    if (plan->windows == NULL || !list_windows(plan))
        return false;
    for (uint32_t i = 0; i < plan->window_count; i++) {
        struct otr_plan_window *window = &plan->windows[i];
        window->key = key_of(window, otr_names_get(plan->metric_names, window->metric));
        window->offset = plan->window_bytes;
        plan->window_bytes += (uint32_t)otr_window_bytes(&window->shape);
    }
    return index_windows(plan);
}

/* ---- an asset's block ---- */

static otr_window_place place_of(const otr_asset *asset, otr_str name)
{
    const otr_place *place = otr_asset_place(asset, name);
    if (place == NULL)
        return (otr_window_place){NAN, NAN, NAN, NULL};
    return otr_place_area(place);
}

static otr_window_shape shape_of(const otr_asset_state *asset, const struct otr_plan_window *window)
{
    otr_window_shape shape = window->shape;
    if (window->limit_path.size > 0) {
        const otr_value *field = otr_host_field(asset->asset, window->pack->pack, window->limit_path);
        shape.limit = field != NULL && field->type == OTR_TYPE_DOUBLE ? field->number : NAN;
    }
    if (window->place.size > 0)
        shape.place = place_of(asset->asset, window->place);
    if (shape.kind == OTR_WINDOW_ROUTE)
        shape.route = asset->asset->route;
    return shape;
}

bool otr_recall_create(otr_asset_state *asset)
{
    const otr_plan *plan = asset->plan;
    asset->again = plan->again_count > 0 ? calloc(plan->again_count, sizeof *asset->again) : NULL;
    if (plan->again_count > 0 && asset->again == NULL)
        return false;
    for (uint32_t i = 0; i < plan->again_count; i++)
        asset->again[i] = OTR_TIME_NONE + 1; /* soon */
    if (plan->window_count == 0)
        return true;
    asset->shapes = calloc(plan->window_count, sizeof *asset->shapes);
    asset->windows = calloc(1, plan->window_bytes + 1);
    if (asset->shapes == NULL || asset->windows == NULL)
        return false;
    for (uint32_t i = 0; i < plan->window_count; i++)
        asset->shapes[i] = shape_of(asset, &plan->windows[i]);
    otr_recall_reset(asset);
    return true;
}

void otr_recall_free(otr_asset_state *asset)
{
    free(asset->again);
    free(asset->shapes);
    free(asset->windows);
}

static void *state_of(const otr_asset_state *asset, uint32_t window)
{
    return asset->windows + asset->plan->windows[window].offset;
}

void otr_recall_reset(otr_asset_state *asset)
{
    for (uint32_t i = 0; i < asset->plan->window_count; i++)
        otr_window_init(&asset->shapes[i], state_of(asset, i));
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* The question with the limit, the place and the route of this asset: with others it has another answer. */
static uint64_t key_in(const otr_asset_state *asset, uint32_t window)
{
    const otr_window_shape *shape = &asset->shapes[window];
    uint64_t key = otr_hash64(asset->plan->windows[window].key, bits_of(shape->limit), "", 0);
    key = otr_area_hash(key, &shape->place);
    return shape->route != NULL ? otr_route_hash(key, shape->route) : key;
}

static uint32_t find_window(const otr_asset_state *asset, uint64_t key)
{
    for (uint32_t i = 0; i < asset->plan->window_count; i++)
        if (key_in(asset, i) == key)
            return i;
    return OTR_NONE;
}

void otr_recall_move(const otr_asset_state *old, otr_asset_state *fresh)
{
    for (uint32_t i = 0; i < fresh->plan->window_count; i++) {
        uint32_t from = find_window(old, key_in(fresh, i));
        if (from != OTR_NONE)
            memcpy(state_of(fresh, i), state_of(old, from), otr_window_bytes(&fresh->shapes[i]));
    }
}

/* ---- readings in ---- */

static otr_window_reading reading_of(const otr_slot *slot)
{
    otr_window_reading reading = {.at = slot->at,
                                  .valid_for = slot->profile != NULL ? slot->profile->valid_for : 0};
    otr_slot_value(slot, &reading.value);
    return reading;
}

static bool listens(const otr_core *core, const otr_asset_state *asset, otr_str role, uint32_t device,
                    const otr_slot *slot)
{
    if (role.size > 0)
        return otr_str_equal(otr_evaluate_role(asset, device), role);
    return asset->device_count == 1 || otr_evaluate_slot(core, asset, role, slot->metric, slot->at) == slot;
}

void otr_recall_feed(const otr_core *core, otr_asset_state *asset, uint32_t device, const otr_slot *slot)
{
    const otr_plan *plan = asset->plan;
    if (plan->window_count == 0 || slot->metric >= plan->metric_count ||
        plan->fed_first[slot->metric] == plan->fed_first[slot->metric + 1])
        return;
    otr_window_reading reading = reading_of(slot);
    for (uint32_t i = plan->fed_first[slot->metric]; i < plan->fed_first[slot->metric + 1]; i++) {
        uint32_t window = plan->fed[i];
        if (listens(core, asset, plan->windows[window].role, device, slot))
            otr_window_add(&asset->shapes[window], state_of(asset, window), &reading);
    }
}

/* ---- answers out ---- */

static uint32_t window_of_use(const otr_bound_rule *bound, uint32_t use)
{
    for (uint32_t i = 0; i < bound->use_count; i++)
        if (bound->uses[i] == use)
            return bound->windows[i];
    return OTR_NONE;
}

/* Goes on while the metric is stale. */
static bool outlives_validity(otr_function function)
{
    switch (function) {
    case OTR_FUNCTION_COUNT:
    case OTR_FUNCTION_LAST:
    case OTR_FUNCTION_AGE:
    case OTR_FUNCTION_AT:
    case OTR_FUNCTION_CHANGED:
    case OTR_FUNCTION_TIME_ABOVE:
    case OTR_FUNCTION_TIME_BELOW:
    case OTR_FUNCTION_LONGEST_ABOVE:
    case OTR_FUNCTION_LONGEST_BELOW:
        return true;
    default:
        return false;
    }
}

/* What the newest reading alone says. */
static otr_status ask_newest(const otr_asset *asset, const otr_use *use, const otr_slot *slot, otr_time at,
                             otr_value *out)
{
    if (use->function == OTR_FUNCTION_AGE) {
        *out = (otr_value){.type = OTR_TYPE_DURATION, .time = at - slot->at};
        return OTR_OK;
    }
    if (use->function == OTR_FUNCTION_AT) {
        *out = (otr_value){.type = OTR_TYPE_TIMESTAMP, .time = slot->at};
        return OTR_OK;
    }
    if (use->function == OTR_FUNCTION_LAST) {
        if (use->span > 0 && slot->at <= at - use->span)
            return OTR_UNKNOWN;
        otr_slot_value(slot, out);
        return OTR_OK;
    }
    const otr_place *place = otr_asset_place(asset, use->place);
    if (place == NULL || slot->kind != OTR_KIND_LOCATION)
        return OTR_NOT_FOUND;
    otr_area area = otr_place_area(place);
    double latitude = slot->location.latitude;
    double longitude = slot->location.longitude;
    if (use->function == OTR_FUNCTION_INSIDE)
        *out = (otr_value){.type = OTR_TYPE_BOOL, .flag = otr_area_holds(&area, latitude, longitude)};
    else
        *out =
            (otr_value){.type = OTR_TYPE_DOUBLE, .number = otr_area_distance_m(&area, latitude, longitude)};
    return OTR_OK;
}

otr_status otr_recall_ask(const otr_host_context *context, uint32_t number, otr_value *out)
{
    const otr_bound_rule *bound = context->bound;
    const otr_asset_state *asset = context->asset;
    const otr_use *use = &bound->pack->pack->symbols.uses[number];
    otr_time at = context->at != OTR_TIME_NONE ? context->at : asset->clock;
    const otr_slot *slot =
        otr_evaluate_slot(context->core, asset, bound->pack->pack->symbols.list[use->symbol].role,
                          bound->pack->metrics[use->symbol], at);
    if (slot == NULL || (otr_slot_valid_until(slot) < at && !outlives_validity(use->function)))
        return OTR_UNKNOWN;
    uint32_t window = window_of_use(bound, number);
    if (window == OTR_NONE)
        return ask_newest(asset->asset, use, slot, at, out);
    const otr_window_shape *shape = &asset->shapes[window];
    otr_window_place place = use->place.size > 0 ? place_of(asset->asset, use->place) : (otr_window_place){0};
    if (isnan(shape->limit) || isnan(place.radius_m) ||
        (shape->kind == OTR_WINDOW_ROUTE && shape->route == NULL))
        return OTR_NOT_FOUND;
    return otr_window_ask(shape, state_of(asset, window), use, &place, at, out);
}

/* What grows with time is compared with durations that are constants of the rule. */
static otr_time next_of_use(const otr_asset_state *asset, const otr_bound_rule *bound, uint32_t index,
                            const otr_slot *slot, otr_time at)
{
    const otr_expression *expressions[2] = {bound->rule->condition, bound->rule->clear};
    const otr_use *use = &bound->pack->pack->symbols.uses[bound->uses[index]];
    uint32_t window = bound->windows[index];
    static const otr_window_shape no_shape;
    const otr_window_shape *shape = window != OTR_NONE ? &asset->shapes[window] : &no_shape;
    const void *state = window != OTR_NONE ? state_of(asset, window) : NULL;
    otr_window_reading newest = reading_of(slot);
    otr_time next = OTR_TIME_NEVER;
    if (use->function == OTR_FUNCTION_LAST)
        return use->span > 0 && otr_time_add(slot->at, use->span) > at ? otr_time_add(slot->at, use->span)
                                                                       : next;
    if (window == OTR_NONE && use->function != OTR_FUNCTION_AGE)
        return next;
    for (int i = 0; i < 2; i++) {
        size_t count = 0;
        if (expressions[i] == NULL)
            continue;
        const otr_time *spans = otr_expression_spans(expressions[i], &count);
        otr_time one = otr_window_next(shape, state, use, &newest, spans, count, at);
        next = one < next ? one : next;
    }
    return next;
}

otr_time otr_recall_next(const otr_core *core, const otr_asset_state *asset, const otr_bound_rule *bound,
                         otr_time at)
{
    otr_time next = OTR_TIME_NEVER;
    for (uint32_t i = 0; i < bound->use_count; i++) {
        const otr_use *use = &bound->pack->pack->symbols.uses[bound->uses[i]];
        const otr_slot *slot =
            otr_evaluate_slot(core, asset, bound->pack->pack->symbols.list[use->symbol].role,
                              bound->pack->metrics[use->symbol], at);
        if (slot == NULL)
            continue;
        otr_time one = next_of_use(asset, bound, i, slot, at);
        next = one < next ? one : next;
    }
    return next;
}

/* ---- bytes ---- */

void otr_recall_write(const otr_asset_state *asset, otr_buffer *out)
{
    otr_buffer bytes = {0};
    otr_buffer_add_varint(out, asset->plan->window_count);
    for (uint32_t i = 0; i < asset->plan->window_count; i++) {
        otr_buffer_clear(&bytes);
        otr_window_write(&asset->shapes[i], state_of(asset, i), &bytes);
        otr_buffer_add_u64(out, key_in(asset, i));
        otr_buffer_add_str(out, otr_buffer_text(&bytes));
        out->failed |= bytes.failed;
    }
    otr_buffer_done(&bytes);
}

void otr_recall_read(otr_asset_state *asset, otr_reader *in)
{
    uint64_t count = otr_reader_varint(in);
    otr_recall_reset(asset);
    for (uint64_t i = 0; i < count && !in->failed; i++) {
        uint32_t window = find_window(asset, otr_reader_u64(in));
        otr_str bytes = otr_reader_str(in);
        otr_reader inner = otr_reader_of((otr_bytes){(const uint8_t *)bytes.data, bytes.size});
        if (window != OTR_NONE && !in->failed)
            otr_window_read(&asset->shapes[window], state_of(asset, window), &inner);
    }
}
