#include "tools/outrider/replay/replay_pairs.h"

#include "base/buffer.h"

#include <stdlib.h>

static otr_replay_pair *pair_of(otr_replay_pairs *pairs, otr_str rule, otr_str asset, uint32_t *number)
{
    otr_buffer name = {0};
    bool added = false;
    otr_buffer_add(&name, rule.data, rule.size);
    otr_buffer_add_u8(&name, ' ');
    otr_buffer_add(&name, asset.data, asset.size);
    *number = name.failed ? OTR_NAME_NONE : otr_names_put(&pairs->names, otr_buffer_text(&name), &added);
    otr_buffer_done(&name);
    if (*number != OTR_NAME_NONE && *number >= pairs->capacity) {
        uint32_t capacity = pairs->capacity == 0 ? 64 : pairs->capacity * 2;
        otr_replay_pair *list = realloc(pairs->list, capacity * sizeof *list);
        if (list != NULL) {
            memset(list + pairs->capacity, 0, (capacity - pairs->capacity) * sizeof *list);
            pairs->list = list;
            pairs->capacity = capacity;
        }
    }
    if (*number != OTR_NAME_NONE && *number < pairs->capacity)
        return &pairs->list[*number];
    pairs->failed = true;
    return NULL;
}

static void decide(otr_replay_pairs *pairs, unsigned side, uint32_t number,
                   const otr_replay_interval *interval)
{
    if (interval->met) {
        pairs->both[side]++;
        return;
    }
    pairs->only[side]++;
    if (pairs->single_count[side] < OTR_REPLAY_SHOWN)
        pairs->singles[side][pairs->single_count[side]++] =
            (otr_replay_single){number, interval->onset, interval->ended};
}

static void meet(otr_replay_pair *pair, unsigned side, otr_replay_interval *interval)
{
    for (size_t i = 0; i < pair->side[1 - side].count; i++) {
        otr_replay_interval *other = &pair->side[1 - side].list[i];
        if (other->onset > interval->ended || interval->onset > other->ended)
            continue;
        other->met = true;
        interval->met = true;
    }
}

void otr_replay_pairs_begin(otr_replay_pairs *pairs, unsigned side, otr_str rule, otr_str asset,
                            otr_time onset)
{
    uint32_t number;
    otr_replay_pair *pair = pair_of(pairs, rule, asset, &number);
    if (pair == NULL)
        return;
    otr_replay_interval *list = pair->side[side].list;
    size_t *count = &pair->side[side].count;
    if (*count == OTR_REPLAY_RECENT) {
        decide(pairs, side, number, &list[0]);
        memmove(list, list + 1, (OTR_REPLAY_RECENT - 1) * sizeof *list);
        --*count;
    }
    list[(*count)++] = (otr_replay_interval){.onset = onset, .ended = OTR_TIME_NEVER};
}

/* Only now is its time known: that an open one meets it shows when the later of both has ended. */
void otr_replay_pairs_end(otr_replay_pairs *pairs, unsigned side, otr_str rule, otr_str asset, otr_time begun,
                          otr_time onset, otr_time ended)
{
    uint32_t number;
    otr_replay_pair *pair = pair_of(pairs, rule, asset, &number);
    if (pair == NULL)
        return;
    for (size_t i = pair->side[side].count; i > 0; i--) {
        otr_replay_interval *interval = &pair->side[side].list[i - 1];
        if (interval->onset != begun || interval->ended != OTR_TIME_NEVER)
            continue;
        interval->onset = onset;
        interval->ended = ended;
        meet(pair, side, interval);
        return;
    }
}

void otr_replay_pairs_finish(otr_replay_pairs *pairs)
{
    for (uint32_t i = 0; i < pairs->names.count && i < pairs->capacity; i++)
        for (unsigned side = 0; side < 2; side++) {
            for (size_t n = 0; n < pairs->list[i].side[side].count; n++)
                decide(pairs, side, i, &pairs->list[i].side[side].list[n]);
            pairs->list[i].side[side].count = 0;
        }
}

void otr_replay_pairs_done(otr_replay_pairs *pairs)
{
    otr_names_done(&pairs->names);
    free(pairs->list);
    *pairs = (otr_replay_pairs){0};
}
