/* What a recovery hands over, counted by kind: two stores that hand over the same have the same sums. */
#include "real.h"

enum { NAME, CONTENT, SNAPSHOT, ALARM, CASE, BATCH, LOSS, PROOF };

static const char *const kinds[] = {"names", "contents", "the snapshot", "alarms",
                                    "cases", "batches",  "losses",       "heads of evidence"};

static void text(otr_buffer *out, otr_str value)
{
    otr_buffer_add_varint(out, value.size);
    otr_buffer_add(out, value.data, value.size);
}

/* Whatever the order of the rows. */
static void count(sim_tally *t, int kind, otr_buffer *row)
{
    OTR_ASSERT(!row->failed);
    t->sums[kind] += otr_hash64(3, (uint64_t)kind, row->data, row->size);
    t->counts[kind]++;
    otr_buffer_done(row);
}

static otr_status take_meta(void *context, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                            otr_time last_core)
{
    sim_tally *t = context;
    memset(t->sums, 0, sizeof t->sums);
    memset(t->counts, 0, sizeof t->counts);
    return t->to == NULL ? OTR_OK
                         : t->to->meta(t->to->context, incarnation, next_seq, next_outbox_seq, last_core);
}

static otr_status take_secret(void *context, const otr_digest *secret)
{
    sim_tally *t = context;
    return t->to == NULL || t->to->secret == NULL ? OTR_OK : t->to->secret(t->to->context, secret);
}

static otr_status take_name(void *context, const otr_row_name *row)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_varint(&all, (uint64_t)row->space);
    otr_buffer_add_varint(&all, row->number);
    text(&all, row->name);
    count(t, NAME, &all);
    return t->to == NULL ? OTR_OK : t->to->name(t->to->context, row);
}

static otr_status take_content(void *context, const otr_row_content *row)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_varint(&all, row->seq);
    text(&all, row->slot);
    text(&all, row->hash);
    text(&all, row->bytes);
    count(t, CONTENT, &all);
    return t->to == NULL ? OTR_OK : t->to->content(t->to->context, row);
}

static otr_status take_snapshot(void *context, otr_bytes snapshot, uint64_t last_seq)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_varint(&all, last_seq);
    otr_buffer_add(&all, snapshot.data, snapshot.size);
    count(t, SNAPSHOT, &all);
    return t->to == NULL ? OTR_OK : t->to->snapshot(t->to->context, snapshot, last_seq);
}

/* Why it was raised may have gone with the row, if that was closed while the quota pressed. */
static otr_status take_alarm(void *context, const otr_row_alarm *row)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_id(&all, row->id);
    otr_buffer_add_id(&all, row->case_id);
    otr_buffer_add_varint(&all, row->seq);
    otr_buffer_add_varint(&all, row->revision);
    otr_buffer_add_varint(&all, (uint64_t)row->state);
    otr_buffer_add_varint(&all, row->open);
    otr_buffer_add_varint(&all, row->priority);
    otr_buffer_add_signed(&all, row->onset);
    otr_buffer_add_signed(&all, row->raised);
    otr_buffer_add_signed(&all, row->detected);
    otr_buffer_add_signed(&all, row->ended);
    text(&all, row->pack);
    text(&all, row->rule);
    text(&all, row->asset);
    text(&all, row->device);
    count(t, ALARM, &all);
    return t->to == NULL ? OTR_OK : t->to->alarm(t->to->context, row);
}

/* Whose it is does not come back. */
static otr_status take_case(void *context, const otr_row_case *row)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_id(&all, row->id);
    otr_buffer_add_varint(&all, row->seq);
    otr_buffer_add_varint(&all, row->revision);
    otr_buffer_add_varint(&all, (uint64_t)row->state);
    otr_buffer_add_signed(&all, row->opened);
    otr_buffer_add_signed(&all, row->closed);
    text(&all, row->asset);
    text(&all, row->category);
    text(&all, row->body);
    count(t, CASE, &all);
    return t->to == NULL ? OTR_OK : t->to->case_row(t->to->context, row);
}

static otr_status take_batch(void *context, uint64_t first_seq, uint32_t inputs, otr_time core,
                             otr_bytes batch, bool replay)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_varint(&all, first_seq);
    otr_buffer_add_varint(&all, inputs);
    otr_buffer_add_signed(&all, core);
    otr_buffer_add_varint(&all, replay);
    if (first_seq > t->erased_seq)
        otr_buffer_add(&all, batch.data, batch.size);
    count(t, BATCH, &all);
    return t->to == NULL ? OTR_OK : t->to->batch(t->to->context, first_seq, inputs, core, batch, replay);
}

static otr_status take_loss(void *context, const otr_loss *loss)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_varint(&all, loss->first_seq);
    otr_buffer_add_varint(&all, loss->last_seq);
    otr_buffer_add_varint(&all, loss->readings);
    otr_buffer_add_signed(&all, loss->first_core);
    otr_buffer_add_signed(&all, loss->last_core);
    text(&all, loss->reason);
    count(t, LOSS, &all);
    return t->to == NULL ? OTR_OK : t->to->loss(t->to->context, loss);
}

static otr_status take_proof(void *context, const otr_row_proof_head *row)
{
    sim_tally *t = context;
    otr_buffer all = {0};
    otr_buffer_add_id(&all, row->proof);
    otr_buffer_add_varint(&all, row->next);
    otr_buffer_add(&all, row->head.bytes, sizeof row->head.bytes);
    text(&all, row->asset);
    text(&all, row->customer);
    count(t, PROOF, &all);
    return t->to == NULL || t->to->proof == NULL ? OTR_OK : t->to->proof(t->to->context, row);
}

/* Behind the mark that real.c puts in front. */
static otr_status take_uplink(void *context, otr_bytes uplink)
{
    const sim_tally *t = context;
    size_t mark = sizeof(uint64_t);
    if (t->to == NULL || t->to->uplink == NULL || uplink.size <= mark)
        return OTR_OK;
    return t->to->uplink(t->to->context, (otr_bytes){uplink.data + mark, uplink.size - mark});
}

otr_recovery sim_tally_recovery(sim_tally *tally)
{
    return (otr_recovery){.context = tally,
                          .meta = take_meta,
                          .secret = take_secret,
                          .name = take_name,
                          .content = take_content,
                          .snapshot = take_snapshot,
                          .alarm = take_alarm,
                          .case_row = take_case,
                          .batch = take_batch,
                          .loss = take_loss,
                          .proof = take_proof,
                          .uplink = take_uplink};
}

const char *sim_tally_difference(const sim_tally *a, const sim_tally *b)
{
    for (int i = 0; i < 8; i++)
        if (a->counts[i] != b->counts[i] || a->sums[i] != b->sums[i])
            return kinds[i];
    return NULL;
}
