/* What a commit changes on the disk. */
#include "platform/sim/disk.h"

#include <stdlib.h>

static otr_str own(otr_disk *disk, otr_str text)
{
    return text.size == 0 ? (otr_str){"", 0} : otr_arena_copy(&disk->texts, text);
}

/* ---- rows that are replaced by id ---- */

static void put_alarm(otr_disk *disk, const otr_row_alarm *row)
{
    size_t at = disk->alarms.count;
    while (at > 0 && !otr_id_equal(disk->alarms.list[at - 1].id, row->id))
        at--;
    otr_row_alarm *kept = at > 0 ? &disk->alarms.list[at - 1] : OTR_DISK_ADD(disk->alarms);
    otr_str body = row->body.size > 0 ? own(disk, row->body) : kept->body;
    *kept = *row;
    kept->pack = own(disk, row->pack);
    kept->rule = own(disk, row->rule);
    kept->asset = own(disk, row->asset);
    kept->device = own(disk, row->device);
    kept->body = body;
}

static void put_case(otr_disk *disk, const otr_row_case *row)
{
    size_t at = disk->cases.count;
    while (at > 0 && !otr_id_equal(disk->cases.list[at - 1].id, row->id))
        at--;
    otr_row_case *kept = at > 0 ? &disk->cases.list[at - 1] : OTR_DISK_ADD(disk->cases);
    otr_str customer = row->customer.size > 0 ? own(disk, row->customer) : kept->customer;
    *kept = *row;
    kept->asset = own(disk, row->asset);
    kept->category = own(disk, row->category);
    kept->body = own(disk, row->body);
    kept->customer = customer;
}

static void put_notice(otr_disk *disk, const otr_row_notice *row)
{
    size_t at = disk->notices.count;
    while (at > 0 && !(otr_id_equal(disk->notices.list[at - 1].id, row->id) &&
                       disk->notices.list[at - 1].revision == row->revision))
        at--;
    otr_row_notice *kept = at > 0 ? &disk->notices.list[at - 1] : OTR_DISK_ADD(disk->notices);
    *kept = *row;
    kept->contact = own(disk, row->contact);
    kept->asset = own(disk, row->asset);
    kept->pack = own(disk, row->pack);
    kept->rule = own(disk, row->rule);
    kept->category = own(disk, row->category);
    kept->what = own(disk, row->what);
    kept->reason = own(disk, row->reason);
    kept->body = (otr_str){"", 0};
}

static void put_proof(otr_disk *disk, const otr_row_proof *row)
{
    size_t at = disk->proofs.count;
    while (at > 0 && !otr_id_equal(disk->proofs.list[at - 1].proof, row->proof))
        at--;
    otr_row_proof_head *head = at > 0 ? &disk->proofs.list[at - 1] : OTR_DISK_ADD(disk->proofs);
    *head = (otr_row_proof_head){row->proof, row->ends ? 0 : row->number + 1, own(disk, row->asset),
                                 own(disk, row->customer), row->head};
}

static void put_content(otr_disk *disk, const otr_row_content *row)
{
    for (size_t i = 0; i < disk->contents.count; i++)
        if (otr_str_equal(disk->contents.list[i].row.slot, row->slot))
            disk->contents.list[i].active = false;
    otr_disk_content *content = OTR_DISK_ADD(disk->contents);
    content->row =
        (otr_row_content){own(disk, row->slot), row->seq, own(disk, row->hash), own(disk, row->bytes)};
    content->active = row->hash.size > 0;
}

/* ---- the outbox ---- */

static otr_disk_entry *find_seq(const otr_disk *disk, uint64_t seq)
{
    for (size_t i = disk->entries.count; i > disk->first_entry; i--)
        if (disk->entries.list[i - 1].seq == seq && !disk->entries.list[i - 1].left)
            return &disk->entries.list[i - 1];
    return NULL;
}

/* The newest of that event, there or not. */
static otr_disk_entry *find_event(const otr_disk *disk, otr_id event)
{
    for (size_t i = disk->entries.count; i > 0; i--)
        if (otr_id_equal(disk->entries.list[i - 1].event, event))
            return &disk->entries.list[i - 1];
    return NULL;
}

void otr_disk_leave(otr_disk *disk, otr_disk_entry *entry, otr_outbox_reason reason)
{
    if (entry == NULL)
        return;
    entry->left = true;
    entry->reason = reason;
    disk->outbox_rows--;
    disk->outbox_bytes -= entry->body.size;
    while (disk->first_entry < disk->entries.count && disk->entries.list[disk->first_entry].left)
        disk->first_entry++;
}

static otr_disk_entry *add(otr_disk *disk, const otr_row_outbox *row, otr_str body)
{
    otr_disk_entry *entry = OTR_DISK_ADD(disk->entries);
    *entry = (otr_disk_entry){.seq = row->seq,
                              .class = row->class,
                              .decided = row->event,
                              .event = row->event,
                              .body = otr_blob_of((otr_bytes){(const uint8_t *)body.data, body.size}),
                              .handed = row->handed,
                              .retain = row->retain};
    disk->outbox_rows++;
    disk->outbox_bytes += body.size;
    return entry;
}

static void put_replacing(otr_disk *disk, const otr_row_outbox *row, otr_outbox_fate *fate)
{
    otr_disk_entry *before = find_event(disk, row->replaces);
    bool waits = before != NULL && !before->left;
    bool told =
        before == NULL || (waits ? before->handed : before->retain || before->reason == OTR_LEFT_ACCEPTED);
    *fate = (otr_outbox_fate){.kept = true};
    if (told) {
        (void)add(disk, row, row->body);
        return;
    }
    fate->alone = true;
    fate->kept = row->body_alone.size > 0;
    if (waits) {
        fate->replaced = before->seq;
        otr_disk_leave(disk, before, row->replaced_as);
    }
    otr_disk_entry *added = add(disk, row, row->body_alone);
    if (!fate->kept)
        otr_disk_leave(disk, added, row->replaced_as);
}

/* False: nothing comes, and its number is free. */
static bool put_again(otr_disk *disk, const otr_row_outbox *row)
{
    const otr_disk_entry *entry = find_event(disk, row->event);
    if (entry != NULL && !entry->left)
        return false;
    for (size_t i = disk->said.count; i > 0; i--)
        if (otr_id_equal(disk->said.list[i - 1].event, row->event)) {
            const otr_blob *body = &disk->said.list[i - 1].body;
            (void)add(disk, row, (otr_str){(const char *)body->data, body->size});
            return true;
        }
    return false;
}

static void take_left(otr_disk *disk, const otr_commit *commit)
{
    for (size_t i = 0; i < commit->left_count; i++)
        otr_disk_leave(disk, find_seq(disk, commit->left[i].seq), commit->left[i].reason);
}

static void put_outbox(otr_disk *disk, const otr_commit *commit)
{
    otr_outbox_fate *fate = commit->fates;
    take_left(disk, commit);
    for (size_t i = 0; i < commit->handed_count; i++) {
        otr_disk_entry *entry = find_seq(disk, commit->handed[i]);
        if (entry != NULL)
            entry->handed = true;
    }
    for (size_t i = 0; i < commit->outbox_count; i++) {
        const otr_row_outbox *row = &commit->outbox[i];
        bool comes = true;
        if (row->again)
            comes = put_again(disk, row);
        else if (otr_id_is_zero(row->replaces))
            (void)add(disk, row, row->body);
        else
            put_replacing(disk, row, fate++);
        if (comes && row->seq >= disk->next_outbox_seq)
            disk->next_outbox_seq = row->seq + 1;
    }
    take_left(disk, commit); /* one may come and leave at once */
}

/* ---- the whole ---- */

static void put_journal(otr_disk *disk, const otr_commit *commit)
{
    if (commit->core_time > disk->last_core)
        disk->last_core = commit->core_time;
    if (commit->batch.size == 0)
        return;
    otr_disk_batch *row = OTR_DISK_ADD(disk->batches);
    *row = (otr_disk_batch){.first_seq = commit->first_seq,
                            .inputs = commit->input_count,
                            .readings = commit->reading_count,
                            .core = commit->core_time,
                            .batch = otr_blob_of(commit->batch)};
    disk->next_seq = commit->first_seq + commit->input_count;
}

static void put_snapshot(otr_disk *disk, const otr_commit *commit)
{
    if (commit->snapshot.size == 0)
        return;
    if (disk->snapshots.count == 2) {
        free(disk->snapshots.list[0].body.data);
        disk->snapshots.list[0] = disk->snapshots.list[1];
        disk->snapshots.count = 1;
    }
    otr_disk_snapshot *row = OTR_DISK_ADD(disk->snapshots);
    *row = (otr_disk_snapshot){disk->next_seq - 1, commit->core_time, otr_blob_of(commit->snapshot)};
}

static void settle_losses(otr_disk *disk)
{
    for (size_t i = 0; i < disk->losses.count; i++)
        if (disk->losses.list[i].commit < disk->commits)
            disk->losses.list[i].reported = true;
}

/* Nothing waits that names who is forgotten, or what was theirs, but what remains of it. */
static void forget_entries(otr_disk *disk, const otr_commit *commit)
{
    for (size_t i = disk->first_entry; i < disk->entries.count; i++) {
        otr_disk_entry *entry = &disk->entries.list[i];
        otr_bytes body = {entry->body.data, entry->body.size};
        bool theirs = otr_mentions_within(body, commit->forgotten);
        for (size_t k = 0; k < disk->served.count && !theirs; k++)
            theirs = otr_str_equal(disk->served.list[k].customer, commit->forgotten) &&
                     otr_mentions_within(body, disk->served.list[k].asset);
        if (!theirs || entry->left)
            continue;
        otr_buffer remains = {0};
        otr_error error;
        if (commit->remains((otr_str){(const char *)body.data, body.size}, &remains, &entry->event, &error) ==
                OTR_OK &&
            remains.size > 0) {
            free(entry->body.data);
            entry->body = otr_blob_of(otr_buffer_bytes(&remains));
            entry->retain = true;
        } else {
            otr_disk_leave(disk, entry, OTR_LEFT_FORGOTTEN);
        }
        otr_buffer_done(&remains);
    }
}

void otr_disk_put(otr_disk *disk, const otr_commit *commit)
{
    disk->commits++;
    settle_losses(disk);
    for (size_t i = 0; i < commit->name_count; i++) {
        otr_row_name *name = OTR_DISK_ADD(disk->names);
        *name = commit->names[i];
        name->name = own(disk, name->name);
    }
    for (size_t i = 0; i < commit->content_count; i++)
        put_content(disk, &commit->contents[i]);
    put_journal(disk, commit);
    for (size_t i = 0; i < commit->alarm_count; i++)
        put_alarm(disk, &commit->alarms[i]);
    for (size_t i = 0; i < commit->case_count; i++)
        put_case(disk, &commit->cases[i]);
    for (size_t i = 0; i < commit->remark_count; i++) {
        const otr_row_remark *remark = &commit->remarks[i];
        if (otr_id_is_zero(remark->event))
            continue;
        otr_disk_said *said = OTR_DISK_ADD(disk->said);
        *said = (otr_disk_said){
            remark->event, otr_blob_of((otr_bytes){(const uint8_t *)remark->body.data, remark->body.size})};
    }
    put_outbox(disk, commit);
    for (size_t i = 0; i < commit->notice_count; i++)
        put_notice(disk, &commit->notices[i]);
    for (size_t i = 0; i < commit->proof_count; i++)
        put_proof(disk, &commit->proofs[i]);
    for (size_t i = 0; i < commit->served_count; i++) {
        otr_row_served *row = OTR_DISK_ADD(disk->served);
        *row = (otr_row_served){.asset = own(disk, commit->served[i].asset),
                                .customer = own(disk, commit->served[i].customer)};
    }
    if (commit->forgotten.size > 0)
        forget_entries(disk, commit);
    if (commit->uplink.size > 0) {
        free(disk->uplink.data);
        disk->uplink = otr_blob_of(commit->uplink);
    }
    put_snapshot(disk, commit);
}

bool otr_disk_evict(otr_disk *disk, size_t keep, otr_loss *loss)
{
    uint64_t covered =
        disk->snapshots.count > 0 ? disk->snapshots.list[disk->snapshots.count - 1].last_seq : 0;
    *loss = (otr_loss){.reason = OTR_STR("quota")};
    if (disk->batches.count - disk->first_batch <= 2 * keep)
        return false;
    while (disk->batches.count - disk->first_batch > keep) {
        otr_disk_batch *row = &disk->batches.list[disk->first_batch];
        if (row->first_seq + row->inputs - 1 > covered)
            break;
        if (loss->first_seq == 0) {
            loss->first_seq = row->first_seq;
            loss->first_core = row->core;
        }
        loss->last_seq = row->first_seq + row->inputs - 1;
        loss->last_core = row->core;
        loss->readings += row->readings;
        row->evicted = true;
        disk->first_batch++;
    }
    if (loss->first_seq == 0)
        return false;
    otr_disk_loss *record = OTR_DISK_ADD(disk->losses);
    *record = (otr_disk_loss){*loss, disk->commits, false};
    return true;
}

void otr_disk_lose(otr_disk *disk, const otr_loss *loss)
{
    while (disk->first_batch < disk->batches.count &&
           disk->batches.list[disk->first_batch].first_seq <= loss->last_seq)
        disk->batches.list[disk->first_batch++].evicted = true;
    otr_disk_loss *record = OTR_DISK_ADD(disk->losses);
    *record = (otr_disk_loss){*loss, disk->commits, false};
    record->loss.reason = own(disk, loss->reason);
}
