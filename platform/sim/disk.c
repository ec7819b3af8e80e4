#include "platform/sim/disk.h"

#include <stdlib.h>

void *otr_disk_grow(void **list, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        *capacity = *capacity == 0 ? 16 : *capacity * 2;
        *list = realloc(*list, *capacity * size);
        OTR_ASSERT(*list != NULL);
    }
    void *added = (char *)*list + (*count)++ * size;
    memset(added, 0, size);
    return added;
}

otr_blob otr_blob_of(otr_bytes bytes)
{
    otr_blob blob = {malloc(bytes.size + 1), bytes.size};
    OTR_ASSERT(blob.data != NULL);
    if (bytes.size > 0)
        memcpy(blob.data, bytes.data, bytes.size);
    blob.data[bytes.size] = 0;
    return blob;
}

otr_disk *otr_disk_create(uint64_t seed)
{
    otr_disk *disk = calloc(1, sizeof *disk);
    OTR_ASSERT(disk != NULL);
    otr_id id[2] = {otr_hash128(seed, 1, "disk", 4), otr_hash128(seed, 2, "disk", 4)};
    disk->incarnation = id[0];
    memcpy(disk->secret.bytes, id, sizeof disk->secret.bytes);
    disk->next_seq = 1;
    disk->next_outbox_seq = 1;
    return disk;
}

void otr_disk_free(otr_disk *disk)
{
    if (disk == NULL)
        return;
    for (size_t i = 0; i < disk->batches.count; i++)
        free(disk->batches.list[i].batch.data);
    for (size_t i = 0; i < disk->snapshots.count; i++)
        free(disk->snapshots.list[i].body.data);
    for (size_t i = 0; i < disk->entries.count; i++)
        free(disk->entries.list[i].body.data);
    for (size_t i = 0; i < disk->said.count; i++)
        free(disk->said.list[i].body.data);
    free(disk->names.list);
    free(disk->contents.list);
    free(disk->batches.list);
    free(disk->snapshots.list);
    free(disk->alarms.list);
    free(disk->cases.list);
    free(disk->entries.list);
    free(disk->said.list);
    free(disk->notices.list);
    free(disk->proofs.list);
    free(disk->losses.list);
    free(disk->served.list);
    free(disk->uplink.data);
    otr_arena_done(&disk->texts);
    free(disk);
}

/* ---- recovery ---- */

static otr_status hand_state(const otr_disk *disk, const otr_recovery *to, const otr_disk_snapshot *snapshot)
{
    otr_status status =
        to->meta(to->context, disk->incarnation, disk->next_seq, disk->next_outbox_seq, disk->last_core);
    if (status == OTR_OK && to->secret != NULL)
        status = to->secret(to->context, &disk->secret);
    if (status == OTR_OK && to->uplink != NULL && disk->uplink.size > 0)
        status = to->uplink(to->context, (otr_bytes){disk->uplink.data, disk->uplink.size});
    for (size_t i = 0; status == OTR_OK && i < disk->names.count; i++)
        status = to->name(to->context, &disk->names.list[i]);
    for (size_t i = 0; status == OTR_OK && i < disk->contents.count; i++)
        if (disk->contents.list[i].active)
            status = to->content(to->context, &disk->contents.list[i].row);
    if (status == OTR_OK && snapshot != NULL)
        status = to->snapshot(to->context, (otr_bytes){snapshot->body.data, snapshot->body.size},
                              snapshot->last_seq);
    return status;
}

static otr_status hand_batches(const otr_disk *disk, const otr_recovery *to,
                               const otr_disk_snapshot *snapshot)
{
    otr_status status = OTR_OK;
    for (size_t i = disk->first_batch; status == OTR_OK && i < disk->batches.count; i++) {
        const otr_disk_batch *row = &disk->batches.list[i];
        bool replay = snapshot == NULL || row->first_seq > snapshot->last_seq;
        if (replay || row->core >= snapshot->core - 247 * OTR_SECOND)
            status = to->batch(to->context, row->first_seq, row->inputs, row->core,
                               (otr_bytes){row->batch.data, row->batch.size}, replay);
    }
    return status;
}

otr_status otr_disk_recover(const otr_disk *disk, const otr_recovery *to, size_t skip)
{
    const otr_disk_snapshot *snapshot = NULL;
    otr_status status;
    for (;; skip++) {
        snapshot =
            skip < disk->snapshots.count ? &disk->snapshots.list[disk->snapshots.count - 1 - skip] : NULL;
        status = hand_state(disk, to, snapshot);
        if (snapshot == NULL || (status != OTR_CORRUPT && status != OTR_INVALID))
            break;
    }
    for (size_t i = 0; status == OTR_OK && i < disk->alarms.count; i++)
        if (disk->alarms.list[i].open)
            status = to->alarm(to->context, &disk->alarms.list[i]);
    for (size_t i = 0; status == OTR_OK && i < disk->cases.count; i++)
        if (disk->cases.list[i].state != OTR_CASE_CLOSED)
            status = to->case_row(to->context, &disk->cases.list[i]);
    if (status == OTR_OK)
        status = hand_batches(disk, to, snapshot);
    for (size_t i = 0; status == OTR_OK && to->proof != NULL && i < disk->proofs.count; i++)
        if (disk->proofs.list[i].next > 0)
            status = to->proof(to->context, &disk->proofs.list[i]);
    for (size_t i = 0; status == OTR_OK && i < disk->losses.count; i++)
        if (!disk->losses.list[i].reported)
            status = to->loss(to->context, &disk->losses.list[i].loss);
    return status;
}

otr_status otr_disk_read_batches(const otr_disk *disk, uint64_t first, uint64_t last, size_t most,
                                 void *context,
                                 otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                                    otr_bytes batch))
{
    otr_status status = OTR_NOT_FOUND;
    for (size_t i = disk->first_batch; i < disk->batches.count && most > 0; i++) {
        const otr_disk_batch *row = &disk->batches.list[i];
        if (row->first_seq + row->inputs <= first)
            continue;
        if (row->first_seq > last)
            break;
        status = each(context, row->first_seq, row->core, (otr_bytes){row->batch.data, row->batch.size});
        if (status != OTR_OK)
            break;
        most--;
    }
    return status;
}
