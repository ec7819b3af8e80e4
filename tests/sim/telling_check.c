/*
 * What is told to hosts is complete. A reading is known to a host that heard its value with its time, or that
 * knew the same value to hold already: the one before it in time, as far as the journal went then, had it
 * too. What the cursor on the disk has, all is known of, at any moment; at the end it has all but what was
 * lost or forgotten.
 */
#include "uplink.h"

#include "core/journal/journal.h"

#include <stdlib.h>

static otr_status skip_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_str name_of(const sim *s, otr_name_space space, uint32_t number)
{
    const otr_disk *disk = s->store.disk;
    for (size_t i = 0; i < disk->names.count; i++)
        if (disk->names.list[i].space == space && disk->names.list[i].number == number)
            return disk->names.list[i].name;
    return (otr_str){"?", 1};
}

/* ---- the journal ---- */

static sim_point *track_of(sim_uplink *u, uint64_t point)
{
    for (size_t i = 0; i < u->tracks.count; i++)
        if (u->tracks.list[i].point == point)
            return &u->tracks.list[i];
    sim_point *added = OTR_DISK_ADD(u->tracks);
    added->point = point;
    return added;
}

/* In its place by time; after those of the same. */
static void place(sim_uplink *u, uint32_t number)
{
    sim_telling *one = &u->tellings.list[number];
    sim_point *track = track_of(u, one->point);
    one->loose = u->loose;
    if (one->unsynced || one->quality == OTR_QUALITY_FUTURE)
        return;
    size_t at = track->by_time.count;
    while (at > 0 && u->tellings.list[track->by_time.list[at - 1]].at > one->at)
        at--;
    one->before = at > 0 ? track->by_time.list[at - 1] : SIM_MAP_NONE;
    uint32_t *added = OTR_DISK_ADD(track->by_time);
    memmove(track->by_time.list + at + 1, track->by_time.list + at,
            (size_t)(added - (track->by_time.list + at)) * sizeof *added);
    track->by_time.list[at] = number;
}

static otr_status take_record(void *context, uint64_t seq, const otr_record *record)
{
    sim *s = context;
    sim_uplink *u = s->uplink;
    if (record->kind != OTR_INPUT_READINGS)
        return OTR_OK;
    otr_str device = name_of(s, OTR_NAME_DEVICE, record->readings.device);
    for (size_t i = 0; i < record->readings.count; i++) {
        const otr_entry *entry = &record->readings.entries[i];
        uint32_t number = (uint32_t)u->tellings.count;
        sim_telling *one = OTR_DISK_ADD(u->tellings);
        *one = (sim_telling){.seq = seq,
                             .point = sim_host_point(device, name_of(s, OTR_NAME_METRIC, entry->metric)),
                             .at = entry->at,
                             .value = entry->number,
                             .quality = entry->quality,
                             .unsynced = entry->unsynced,
                             .before = SIM_MAP_NONE};
        place(u, number);
        uint32_t *open = OTR_DISK_ADD(u->open);
        *open = number;
    }
    return OTR_OK;
}

static otr_status take_erased(void *context, uint64_t seq, const otr_record *record)
{
    sim_uplink *u = ((sim *)context)->uplink;
    for (size_t i = 0; record->kind == OTR_INPUT_ERASED && i < u->tellings.count; i++)
        u->tellings.list[i].erased |= u->tellings.list[i].seq == seq;
    return OTR_OK;
}

static void read_batch(sim *s, otr_bytes batch, uint64_t first_seq,
                       otr_status (*record)(void *context, uint64_t seq, const otr_record *record))
{
    otr_journal_visitor visitor = {s, skip_turn, record};
    otr_error error;
    if (batch.size > 0 && otr_journal_read(batch, first_seq, &visitor, &error) != OTR_OK)
        sim_fail(s, "a batch does not read back: %s", error.text);
}

/* ---- what the host knows ---- */

static bool was_heard(sim_uplink *u, sim_telling *one)
{
    bool any_time = one->loose || one->quality == OTR_QUALITY_FUTURE;
    otr_time at = any_time ? OTR_TIME_NONE : one->at > 0 ? one->at / OTR_MS : 0;
    if (!one->heard)
        one->heard = sim_map_find(&u->heard, sim_host_key(one->point, one->value, at)) != SIM_MAP_NONE;
    return one->heard;
}

static bool is_lost(const sim *s, const sim_telling *one)
{
    const otr_disk *disk = s->store.disk;
    uint64_t oldest = disk->first_batch < disk->batches.count
                          ? disk->batches.list[disk->first_batch].first_seq
                          : UINT64_MAX;
    return one->erased || one->seq < oldest;
}

static bool is_known(sim *s, uint32_t number)
{
    sim_uplink *u = s->uplink;
    sim_telling *one = &u->tellings.list[number];
    double value = one->value;
    uint8_t quality = one->quality;
    if (is_lost(s, one))
        return true;
    while (!was_heard(u, one)) {
        if (one->before == SIM_MAP_NONE)
            return false;
        one = &u->tellings.list[one->before];
        if ((one->value != value || one->quality != quality) && (!is_lost(s, one) || was_heard(u, one)))
            return false;
    }
    return one->value == value && one->quality == quality;
}

static void fail_unheard(sim *s, const sim_telling *one)
{
    const sim_uplink *u = s->uplink;
    const sim_telling *before = one->before != SIM_MAP_NONE ? &u->tellings.list[one->before] : NULL;
    char time[2][OTR_TIME_TEXT_BYTES] = {"", ""};
    (void)otr_time_format(one->at, time[0]);
    if (before != NULL)
        (void)otr_time_format(before->at, time[1]);
    sim_fail(s,
             "input %llu counts as told, and no host has heard %.17g of %s in it; the one before is %.17g of "
             "%s in %llu",
             (unsigned long long)one->seq, one->value, time[0], before != NULL ? before->value : 0.0, time[1],
             (unsigned long long)(before != NULL ? before->seq : 0));
}

static bool cursor_has(const otr_telemetry_cursor *cursor, uint64_t seq)
{
    bool has = seq <= cursor->until;
    for (size_t i = 0; i < cursor->count; i++)
        has |= seq >= cursor->after[i].first && seq <= cursor->after[i].last;
    return has;
}

static void take_kept(sim *s, otr_bytes kept)
{
    sim_uplink *u = s->uplink;
    otr_reader reader = otr_reader_of(kept);
    (void)otr_reader_u8(&reader);
    (void)otr_reader_id(&reader);
    (void)otr_reader_u8(&reader);
    otr_telemetry_cursor_read(&u->kept, &reader);
    if (reader.failed)
        sim_fail(s, "what is kept of the telemetry does not read back");
    size_t left = 0;
    for (size_t i = 0; i < u->open.count && !sim_failed(s); i++) {
        uint32_t number = u->open.list[i];
        const sim_telling *one = &u->tellings.list[number];
        if (!cursor_has(&u->kept, one->seq))
            u->open.list[left++] = number;
        else if (!is_known(s, number))
            fail_unheard(s, one);
    }
    u->open.count = left;
}

void sim_telling_durable(sim *s, const otr_commit *commit)
{
    const otr_disk *disk = s->store.disk;
    if (s->uplink == NULL)
        return;
    read_batch(s, commit->batch, commit->first_seq, take_record);
    for (size_t i = disk->first_batch; commit->forgotten.size > 0 && i < disk->batches.count; i++)
        read_batch(s, (otr_bytes){disk->batches.list[i].batch.data, disk->batches.list[i].batch.size},
                   disk->batches.list[i].first_seq, take_erased);
    if (commit->uplink.size > 0)
        take_kept(s, commit->uplink);
}

void sim_telling_check(sim *s)
{
    sim_uplink *u = s->uplink;
    for (size_t i = 0; u != NULL && i < u->open.count && !sim_failed(s); i++) {
        const sim_telling *one = &u->tellings.list[u->open.list[i]];
        if (!is_lost(s, one))
            sim_fail(s, "input %llu was never told: %s", (unsigned long long)one->seq,
                     is_known(s, u->open.list[i]) ? "the host has it, and the cursor not" : "no host has it");
    }
}

void sim_telling_done(sim *s)
{
    for (size_t i = 0; i < s->uplink->tracks.count; i++)
        free(s->uplink->tracks.list[i].by_time.list);
    free(s->uplink->tracks.list);
    free(s->uplink->tellings.list);
    free(s->uplink->open.list);
}
