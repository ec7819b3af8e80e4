#include "platform/sim/store.h"

#include <stdlib.h>

static otr_status recover(void *self, const otr_recovery *recovery, otr_error *error)
{
    otr_sim_store *store = self;
    size_t skip = 0;
    otr_status status = store->owner.recover_fate(store->owner.context, &skip);
    if (status != OTR_OK)
        return otr_fail(error, status, "the disk does not read back now");
    status = store->behind.self != NULL ? store->behind.recover(store->behind.self, recovery, error)
                                        : otr_disk_recover(store->disk, recovery, skip);
    store->broken = status != OTR_OK;
    return status == OTR_OK ? OTR_OK : otr_fail(error, status, "recovery was refused: %s", error->text);
}

static void submit(void *self, const otr_commit *commit)
{
    otr_sim_store *store = self;
    OTR_ASSERT(store->commit == NULL);
    store->commit = commit;
    store->commits++;
    store->commit_fate = store->owner.commit_fate(store->owner.context);
    if (store->broken)
        store->commit_fate = (otr_sim_fate){.delay = OTR_MS, .status = OTR_IO};
    store->commit_at = store->clock->now + store->commit_fate.delay;
}

static void read_outbox(void *self, otr_outbox_class class, uint64_t after, size_t limit)
{
    otr_sim_store *store = self;
    OTR_ASSERT(!store->reading);
    store->reading = true;
    store->read_class = class;
    store->read_after = after;
    store->read_limit = limit;
    store->read_fate = store->owner.read_fate(store->owner.context);
    store->read_at = store->clock->now + store->read_fate.delay;
}

otr_store_port otr_sim_store_port(otr_sim_store *store)
{
    return (otr_store_port){store, recover, submit, read_outbox};
}

/* A read waits behind a commit under way. */
otr_time otr_sim_store_next(const otr_sim_store *store)
{
    if (store->commit != NULL)
        return store->commit_at;
    return store->reading ? store->read_at : OTR_TIME_NEVER;
}

static void fill_figures(const otr_sim_store *store, otr_store_figures *out)
{
    const otr_disk *disk = store->disk;
    *out = (otr_store_figures){.journal_rows = disk->batches.count - disk->first_batch,
                               .outbox_rows = disk->outbox_rows,
                               .outbox_bytes = disk->outbox_bytes,
                               .commits = store->commits};
}

/* What the store behind has evicted is lost to the model too. */
static bool lose(otr_sim_store *store, const otr_loss *loss)
{
    if (loss->reason.size > 0)
        otr_disk_lose(store->disk, loss);
    return loss->reason.size > 0;
}

static void end_commit(otr_sim_store *store)
{
    const otr_commit *commit = store->commit;
    otr_sim_fate *fate = &store->commit_fate;
    otr_loss loss = {0};
    bool evicted = false;
    store->commit = NULL;
    if (store->behind.self != NULL && !store->broken)
        store->behind.commit(store->behind.self, commit, fate, &loss);
    otr_commit_result result = {.status = fate->status};
    if (fate->status == OTR_OK || fate->there) {
        otr_disk_put(store->disk, commit);
        evicted = store->behind.self == NULL
                      ? fate->evict_to > 0 && otr_disk_evict(store->disk, fate->evict_to, &loss)
                      : lose(store, &loss);
        if (evicted) {
            result.losses = &loss;
            result.loss_count = fate->status == OTR_OK ? 1 : 0;
        }
        store->owner.durable(store->owner.context, commit);
    }
    if (fate->status != OTR_OK) {
        store->broken = true;
        (void)otr_fail(&result.error, fate->status, "the disk failed");
    }
    fill_figures(store, &result.figures);
    store->owner.committed(store->owner.context, &result);
}

static int by_seq(const void *a, const void *b)
{
    const otr_row_outbox *left = a;
    const otr_row_outbox *right = b;
    return (left->seq > right->seq) - (left->seq < right->seq);
}

static void read_behind(otr_sim_store *store)
{
    otr_arena memory = {0};
    otr_row_outbox *rows = NULL;
    size_t count = 0;
    otr_status status = store->behind.read(store->behind.self, store->read_class, store->read_after,
                                           store->read_limit, &memory, &rows, &count);
    store->owner.outbox_read(store->owner.context, status, rows, count);
    otr_arena_done(&memory);
}

static void end_read(otr_sim_store *store)
{
    const otr_disk *disk = store->disk;
    size_t count = 0;
    store->reading = false;
    if (store->read_fate.status != OTR_OK || store->broken) {
        store->owner.outbox_read(store->owner.context, OTR_IO, NULL, 0);
        return;
    }
    if (store->behind.self != NULL) {
        read_behind(store);
        return;
    }
    otr_row_outbox *rows = calloc(disk->outbox_rows + 1, sizeof *rows);
    OTR_ASSERT(rows != NULL);
    for (size_t i = disk->first_entry; i < disk->entries.count; i++) {
        const otr_disk_entry *entry = &disk->entries.list[i];
        if (!entry->left && entry->class == store->read_class && entry->seq > store->read_after)
            rows[count++] = (otr_row_outbox){.seq = entry->seq,
                                             .class = entry->class,
                                             .event = entry->event,
                                             .handed = entry->handed,
                                             .retain = entry->retain,
                                             .body = {(const char *)entry->body.data, entry->body.size}};
    }
    qsort(rows, count, sizeof *rows, by_seq);
    store->owner.outbox_read(store->owner.context, OTR_OK, rows,
                             count < store->read_limit ? count : store->read_limit);
    free(rows);
}

void otr_sim_store_run(otr_sim_store *store)
{
    if (store->commit != NULL && store->commit_at <= store->clock->now)
        end_commit(store);
    else if (store->commit == NULL && store->reading && store->read_at <= store->clock->now)
        end_read(store);
}

void otr_sim_store_cut(otr_sim_store *store, otr_sim_end how, bool there)
{
    const otr_commit *commit = store->commit;
    otr_loss loss = {0};
    if (store->behind.self != NULL)
        there = store->behind.end(store->behind.self, store->broken ? NULL : commit, how, there, &loss);
    else
        there = there && !store->broken;
    store->commit = NULL;
    store->reading = false;
    store->broken = true;
    if (commit == NULL || !there)
        return;
    otr_disk_put(store->disk, commit);
    (void)lose(store, &loss);
    store->owner.durable(store->owner.context, commit);
}
