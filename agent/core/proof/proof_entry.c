#include "core/proof/proof_entry.h"

static void digest(otr_core *core, const otr_buffer *bytes, otr_digest *out)
{
    core->failed |= bytes->failed || !core->config.sha256(bytes->data, bytes->size, out);
}

/* Nobody guesses what an erased entry said, for the salt went with it, and the key that it comes from. */
static otr_id salt_of(otr_core *core, const otr_proof *proof)
{
    otr_buffer text = {0};
    otr_digest made = {0};
    otr_id salt;
    otr_buffer_add(&text, "salt", 4);
    otr_buffer_add(&text, proof->key.bytes, sizeof proof->key.bytes);
    otr_buffer_add_varint(&text, proof->next);
    digest(core, &text, &made);
    otr_buffer_done(&text);
    memcpy(salt.bytes, made.bytes, sizeof salt.bytes);
    return salt;
}

static void keep(otr_core *core, const otr_asset_state *asset, otr_row_proof *entry, const otr_buffer *header,
                 otr_str content)
{
    const otr_proof *proof = asset->proof;
    otr_row_proof *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, proofs);
    if (row == NULL)
        return;
    *row = *entry;
    row->proof = proof->id;
    row->number = proof->next;
    row->asset = otr_effects_copy(core->effects, asset->asset->id);
    row->customer = otr_effects_copy(core->effects, proof->customer);
    row->header = otr_effects_copy(core->effects, otr_buffer_text(header));
    row->content = otr_effects_copy(core->effects, content);
    row->head = proof->head;
}

void otr_proof_open(otr_core *core, otr_asset_state *asset)
{
    otr_buffer header = {0};
    otr_row_proof row = {.number = 0};
    otr_buffer_add_u8(&header, '{');
    otr_proof_put_text(&header, "outrider", OTR_STR("evidence"));
    otr_proof_put_count(&header, "version", 1);
    otr_proof_put_text(&header, "group", core->config.group);
    otr_proof_put_text(&header, "gateway", core->config.gateway);
    otr_proof_put_hex(&header, "chain", asset->proof->id.bytes, sizeof asset->proof->id.bytes);
    digest(core, &header, &asset->proof->head);
    if (!core->failed)
        keep(core, asset, &row, &header, (otr_str){"", 0});
    asset->proof->next = 1;
    otr_buffer_done(&header);
}

static void append(otr_core *core, otr_asset_state *asset, const otr_proof_entry *entry,
                   const otr_buffer *content)
{
    otr_proof *proof = asset->proof;
    otr_buffer header = {0};
    otr_buffer text = {0};
    otr_row_proof row = {.salt = salt_of(core, proof), .sign = entry->sign, .ends = entry->ends};
    otr_buffer_add_u8(&header, '{');
    otr_proof_put_count(&header, "entry", proof->next);
    otr_proof_put_text(&header, "kind", otr_str_of(entry->kind));
    otr_proof_put_time(&header, "event", entry->event);
    otr_proof_put_time(&header, "received", core->now.synced ? core->now.utc : OTR_TIME_NONE);
    otr_buffer_add_format(&header, ",\"core\":%lld", (long long)core->now.core);
    otr_buffer_add_id(&text, row.salt);
    otr_buffer_add(&text, content->data, content->size);
    digest(core, &text, &row.sealed);
    otr_buffer_clear(&text);
    otr_buffer_add(&text, proof->head.bytes, sizeof proof->head.bytes);
    otr_buffer_add(&text, header.data, header.size);
    otr_buffer_add(&text, row.sealed.bytes, sizeof row.sealed.bytes);
    digest(core, &text, &proof->head);
    core->failed |= header.failed || content->failed;
    if (!core->failed)
        keep(core, asset, &row, &header, otr_buffer_text(content));
    proof->next++;
    otr_buffer_done(&text);
    otr_buffer_done(&header);
}

/* Rows that the state knew nothing of came before: what was gathered may be in them, or may be lost. */
static void tell_rebuilt(otr_core *core, otr_asset_state *asset)
{
    static const otr_proof_entry rebuilt = {.kind = "rebuilt", .event = OTR_TIME_NONE};
    otr_buffer content = {0};
    asset->proof->rebuilt = false;
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_text(&content, "reason", OTR_STR("state of the agent"));
    otr_buffer_add_u8(&content, '}');
    append(core, asset, &rebuilt, &content);
    otr_buffer_done(&content);
}

static bool is_full(const otr_proof *proof)
{
    return proof->next >= OTR_LIMIT_PROOF_ENTRIES - 2; /* "rebuilt" and "ended" fit still */
}

void otr_proof_enter(otr_core *core, otr_asset_state *asset, const otr_proof_entry *entry,
                     const otr_buffer *content)
{
    if (asset->proof->rebuilt && !core->effects->discard)
        tell_rebuilt(core, asset);
    otr_proof_close_gathered(core, asset);
    if (!entry->ends && is_full(asset->proof))
        otr_proof_go_on(core, asset);
    append(core, asset, entry, content);
}
