/*
 * The store keeps the contents under which its journal came, and rows of which device served which asset from
 * one input to another: together they say what held at any input. For assets without a customer there are no
 * such rows: theirs are taken to hold, and devices as they were assigned.
 */
#include "tools/outrider/replay/replay_base.h"

#include "core/asset/assigned.h"
#include "core/asset/assignment.h"

#include <stdlib.h>

typedef struct base {
    otr_store_reader *store;
    uint64_t seq;
    otr_arena memory;
    otr_row_content *rows; /* copies */
    size_t count;
    size_t capacity;
    otr_command *replaced;
    size_t replaced_count;
    size_t replaced_capacity;
    otr_error *error;
} base;

static otr_status no_memory(base *b)
{
    return otr_fail(b->error, OTR_MEMORY, "out of memory");
}

static otr_status take_row(void *context, const otr_row_content *row)
{
    base *b = context;
    if (row->bytes.data == NULL)
        return OTR_OK; /* emptied, or not kept */
    if (b->count == b->capacity) {
        size_t capacity = b->capacity == 0 ? 64 : b->capacity * 2;
        otr_row_content *rows = realloc(b->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return no_memory(b);
        b->rows = rows;
        b->capacity = capacity;
    }
    otr_row_content *one = &b->rows[b->count];
    *one = (otr_row_content){.seq = row->seq};
    one->slot = otr_arena_copy(&b->memory, row->slot);
    one->bytes = otr_arena_copy(&b->memory, row->bytes);
    if (one->slot.data == NULL || one->bytes.data == NULL)
        return no_memory(b);
    b->count++;
    return OTR_OK;
}

/* ---- devices ---- */

typedef struct devices {
    base *b;
    otr_str *list;
    size_t count;
    size_t capacity;
} devices;

static otr_status take_device(void *context, otr_str device)
{
    devices *all = context;
    if (all->count == all->capacity)
        return OTR_OK; /* more than the asset has now */
    otr_str copy = otr_arena_copy(&all->b->memory, device);
    if (copy.data == NULL)
        return no_memory(all->b);
    all->list[all->count++] = copy;
    return OTR_OK;
}

static bool has(const otr_str *list, size_t count, otr_str one)
{
    for (size_t i = 0; i < count; i++)
        if (otr_str_equal(list[i], one))
            return true;
    return false;
}

static otr_status add_replaced(base *b, otr_str old, otr_str fresh)
{
    if (b->replaced_count == b->replaced_capacity) {
        size_t capacity = b->replaced_capacity == 0 ? 16 : b->replaced_capacity * 2;
        otr_command *list = realloc(b->replaced, capacity * sizeof *list);
        if (list == NULL)
            return no_memory(b);
        b->replaced = list;
        b->replaced_capacity = capacity;
    }
    otr_str copy = otr_arena_copy(&b->memory, old);
    if (copy.data == NULL)
        return no_memory(b);
    b->replaced[b->replaced_count] =
        (otr_command){.kind = OTR_COMMAND_REPLACE, .until = OTR_TIME_NONE, .rule = copy, .asset = fresh};
    b->replaced[b->replaced_count].id =
        otr_hash128('r', b->replaced_count, (const uint8_t *)copy.data, copy.size);
    b->replaced_count++;
    return OTR_OK;
}

/* What served it and is none of its devices came in the place of one that did not serve, in their order. */
static otr_status compare_devices(base *b, const otr_asset *asset, const devices *served)
{
    otr_status status = OTR_OK;
    size_t fresh = 0;
    for (size_t i = 0; i < asset->device_count && served->count > 0 && status == OTR_OK; i++) {
        if (has(served->list, served->count, asset->devices[i]))
            continue;
        while (fresh < served->count && has(asset->devices, asset->device_count, served->list[fresh]))
            fresh++;
        if (fresh < served->count)
            status = add_replaced(b, asset->devices[i], served->list[fresh++]);
    }
    return status;
}

static otr_status find_replaced(base *b, const otr_assignments *loaded)
{
    otr_status status = OTR_OK;
    for (size_t i = 0; i < loaded->asset_count && status == OTR_OK; i++) {
        const otr_asset *asset = &loaded->assets[i];
        devices served = {.b = b, .capacity = asset->device_count};
        served.list = otr_arena_array(&b->memory, asset->device_count, sizeof *served.list);
        if (served.list == NULL && asset->device_count > 0)
            return no_memory(b);
        status = otr_store_reader_served(b->store, asset->id, b->seq, &served, take_device, b->error);
        if (status == OTR_OK)
            status = compare_devices(b, asset, &served);
    }
    return status;
}

/* ---- what held ---- */

/* An assignment by command that is kept from later on alone held before when its asset was served. */
static otr_status held(base *b, const otr_row_content *row, bool *out)
{
    otr_str asset = otr_slot_asset(row->slot);
    otr_str none;
    devices served = {.b = b, .list = &none, .capacity = 1};
    otr_status status = OTR_OK;
    *out = true;
    if (row->seq < b->seq) {
        status = otr_store_reader_ended(b->store, asset, row->seq, b->seq, out, b->error);
        *out = !*out;
    } else {
        status = otr_store_reader_served(b->store, asset, b->seq, &served, take_device, b->error);
        *out = served.count > 0;
    }
    return status;
}

static otr_status give(base *b, const otr_row_content *row, otr_replay_side *sides, size_t side_count)
{
    otr_status status = OTR_OK;
    bool by_command = otr_slot_is_assignment(row->slot);
    bool holds = true;
    otr_assignments *loaded = NULL;
    if (by_command)
        status = held(b, row, &holds);
    if (status != OTR_OK || !holds)
        return status;
    status = otr_assignments_load(row->bytes, &loaded, b->error);
    if (status == OTR_OK)
        status = find_replaced(b, loaded);
    otr_assignments_free(loaded);
    for (size_t i = 0; i < side_count && status == OTR_OK; i++)
        status = by_command ? otr_replay_side_add_assigned(&sides[i], row->slot, row->bytes, b->error)
                            : otr_replay_side_add(&sides[i], row->bytes, true, b->error);
    return status;
}

otr_status otr_replay_base(otr_store_reader *store, uint64_t seq, otr_replay_side *sides, size_t side_count,
                           otr_error *error)
{
    base b = {.store = store, .seq = seq, .error = error};
    otr_status status = otr_store_reader_assignments(store, seq, &b, take_row, error);
    if (status == OTR_OK && b.count == 0)
        status = otr_fail(error, OTR_NOT_FOUND, "no assignments are active there; give --assignments");
    for (size_t i = 0; i < b.count && status == OTR_OK; i++)
        status = give(&b, &b.rows[i], sides, side_count);
    for (size_t i = 0; i < side_count && status == OTR_OK; i++)
        status = otr_replay_side_add_replaced(&sides[i], b.replaced, b.replaced_count, error);
    free(b.rows);
    free(b.replaced);
    otr_arena_done(&b.memory);
    return status;
}
