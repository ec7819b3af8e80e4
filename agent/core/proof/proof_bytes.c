/* Proofs in the snapshot, by asset. */
#include "core/proof/proof_entry.h"

#include <stdlib.h>

static void add_digest(otr_buffer *out, const otr_digest *digest)
{
    otr_buffer_add(out, digest->bytes, sizeof digest->bytes);
}

static void read_digest(otr_reader *reader, otr_digest *digest)
{
    const uint8_t *bytes = otr_reader_raw(reader, sizeof digest->bytes);
    if (bytes != NULL)
        memcpy(digest->bytes, bytes, sizeof digest->bytes);
}

static void add_gathered(const otr_proof *proof, otr_buffer *out)
{
    const otr_proof_gathered *so_far = &proof->gathered;
    otr_buffer_add_varint(out, so_far->readings);
    otr_buffer_add_varint(out, so_far->late);
    otr_buffer_add_varint(out, so_far->bad);
    otr_buffer_add_signed(out, so_far->first);
    otr_buffer_add_signed(out, so_far->last);
    add_digest(out, &so_far->digest);
    otr_buffer_add_str(out, (otr_str){(const char *)so_far->block, so_far->block_size});
    otr_buffer_add_varint(out, proof->metric_count);
    for (uint16_t i = 0; i < proof->metric_count; i++) {
        const otr_proof_metric *one = &proof->metrics[i];
        otr_buffer_add_varint(out, one->metric);
        otr_buffer_add_varint(out, one->good);
        otr_buffer_add_varint(out, one->bad);
        otr_buffer_add_double(out, one->min);
        otr_buffer_add_double(out, one->max);
        otr_buffer_add_double(out, one->sum);
        otr_buffer_add_signed(out, one->bad_at);
    }
}

static void read_gathered(const otr_core *core, otr_proof *proof, otr_reader *reader)
{
    otr_proof_gathered *so_far = &proof->gathered;
    so_far->readings = otr_reader_varint(reader);
    so_far->late = otr_reader_varint(reader);
    so_far->bad = otr_reader_varint(reader);
    so_far->first = otr_reader_signed(reader);
    so_far->last = otr_reader_signed(reader);
    read_digest(reader, &so_far->digest);
    otr_str block = otr_reader_str(reader);
    uint64_t count = otr_reader_varint(reader);
    if (block.size > OTR_PROOF_BLOCK_BYTES || count > OTR_LIMIT_PROOF_METRICS)
        reader->failed = true;
    if (reader->failed)
        return;
    if (block.size > 0)
        memcpy(so_far->block, block.data, block.size);
    so_far->block_size = (uint16_t)block.size;
    for (; proof->metric_count < count && !reader->failed; proof->metric_count++) {
        otr_proof_metric *one = &proof->metrics[proof->metric_count];
        one->metric = (uint32_t)otr_reader_varint(reader);
        one->good = otr_reader_varint(reader);
        one->bad = otr_reader_varint(reader);
        one->min = otr_reader_double(reader);
        one->max = otr_reader_double(reader);
        one->sum = otr_reader_double(reader);
        one->bad_at = otr_reader_signed(reader);
        if (one->metric >= core->metric_names.count)
            reader->failed = true;
    }
}

static void add_stability(const otr_proof_stability *used, otr_buffer *out)
{
    otr_buffer_add_varint(out, used->device == OTR_NONE ? 0 : (uint64_t)used->device + 1);
    otr_buffer_add_double(out, used->celsius);
    otr_buffer_add_signed(out, used->at);
    otr_buffer_add_signed(out, used->until);
    otr_buffer_add_signed(out, used->above);
    otr_buffer_add_signed(out, used->covered);
    otr_buffer_add_double(out, used->harm);
}

static void read_stability(otr_proof_stability *used, otr_reader *reader)
{
    uint64_t device = otr_reader_varint(reader);
    used->device = device == 0 ? OTR_NONE : (uint32_t)(device - 1);
    used->celsius = otr_reader_double(reader);
    used->at = otr_reader_signed(reader);
    used->until = otr_reader_signed(reader);
    used->above = otr_reader_signed(reader);
    used->covered = otr_reader_signed(reader);
    used->harm = otr_reader_double(reader);
}

void otr_proofs_write(const otr_core *core, otr_buffer *out)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < core->asset_count; i++)
        count += core->assets[i].proof != NULL;
    add_digest(out, &core->proofs.secret);
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_proof *proof = core->assets[i].proof;
        if (proof == NULL)
            continue;
        otr_buffer_add_str(out, core->assets[i].asset->id);
        otr_buffer_add_str(out, proof->customer);
        otr_buffer_add_id(out, proof->id);
        add_digest(out, &proof->key);
        add_digest(out, &proof->head);
        otr_buffer_add_varint(out, proof->next);
        otr_buffer_add_varint(out, proof->since);
        otr_buffer_add_u8(out, proof->rebuilt ? 1 : 0);
        add_gathered(proof, out);
        add_stability(&proof->stability, out);
    }
}

static otr_proof *read_proof(otr_core *core, otr_reader *reader)
{
    otr_proof *proof = calloc(1, sizeof *proof);
    otr_str customer = otr_reader_str(reader);
    char *copy = proof != NULL ? malloc(customer.size + 1) : NULL;
    if (copy == NULL) {
        free(proof);
        core->failed = true;
        return NULL;
    }
    if (customer.size > 0)
        memcpy(copy, customer.data, customer.size);
    proof->customer = (otr_str){copy, customer.size};
    proof->id = otr_reader_id(reader);
    read_digest(reader, &proof->key);
    read_digest(reader, &proof->head);
    proof->next = otr_reader_varint(reader);
    proof->since = otr_reader_varint(reader);
    proof->rebuilt = otr_reader_u8(reader) != 0;
    read_gathered(core, proof, reader);
    read_stability(&proof->stability, reader);
    return proof;
}

void otr_proofs_read(otr_core *core, otr_reader *reader)
{
    read_digest(reader, &core->proofs.secret);
    for (uint64_t count = otr_reader_varint(reader); count > 0 && !reader->failed && !core->failed; count--) {
        otr_asset_state *asset = otr_proof_asset(core, otr_reader_str(reader));
        otr_proof *proof = read_proof(core, reader);
        if (asset == NULL || asset->proof != NULL || reader->failed || core->failed) {
            otr_proof_free(proof);
            continue; /* its content no longer loads */
        }
        asset->proof = proof;
    }
}
