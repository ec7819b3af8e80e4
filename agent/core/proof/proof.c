#include "core/proof/proof.h"

#include "core/asset/assigned_merge.h"
#include "core/proof/proof_entry.h"

#include <stdlib.h>

bool otr_proof_is_wanted(const otr_asset *asset)
{
    static const char *const shipments[] = {"shipment", "cargo", "parcel"};
    const otr_value *asked = otr_asset_field(asset, OTR_STR("evidence"));
    if (asked != NULL)
        return asked->type == OTR_TYPE_BOOL && asked->flag;
    for (size_t i = 0; i < sizeof shipments / sizeof shipments[0]; i++) {
        otr_str end = otr_str_of(shipments[i]);
        otr_str class = asset->class;
        if (class.size < end.size || memcmp(class.data + class.size - end.size, end.data, end.size) != 0)
            continue;
        if (class.size == end.size || class.data[class.size - end.size - 1] == '-')
            return true;
    }
    return false;
}

void otr_proof_free(otr_proof *proof)
{
    if (proof == NULL)
        return;
    free((char *)proof->customer.data);
    free(proof);
}

/* ---- texts that outlive what they came from ---- */

static otr_str own(otr_core *core, otr_str text)
{
    char *copy = malloc(text.size + 1);
    core->failed |= copy == NULL;
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return (otr_str){copy, copy != NULL ? text.size : 0};
}

static otr_str customer_of(const otr_asset *asset)
{
    return asset->customer != NULL ? asset->customer->reference : (otr_str){"", 0};
}

/* ---- heads of rows ---- */

static void drop_kept(otr_core *core, size_t at)
{
    otr_proofs *all = &core->proofs;
    free((char *)all->kept[at].head.asset.data);
    free((char *)all->kept[at].head.customer.data);
    all->kept[at] = all->kept[--all->kept_count];
}

void otr_proofs_done(otr_core *core)
{
    for (size_t i = 0; i < core->proofs.kept_count; i++) {
        free((char *)core->proofs.kept[i].head.asset.data);
        free((char *)core->proofs.kept[i].head.customer.data);
    }
    free(core->proofs.kept);
}

static void follow(otr_proof *proof, const otr_row_proof_head *row)
{
    bool same = otr_id_equal(proof->id, row->proof) && proof->next == row->next &&
                memcmp(proof->head.bytes, row->head.bytes, sizeof row->head.bytes) == 0;
    proof->rebuilt |= !same;
    proof->id = row->proof;
    proof->next = row->next;
    proof->head = row->head;
}

otr_asset_state *otr_proof_asset(otr_core *core, otr_str id)
{
    for (uint32_t i = 1; i <= core->asset_count; i++) {
        uint32_t number = (core->proofs.looked + i) % core->asset_count;
        if (!otr_str_equal(core->assets[number].asset->id, id))
            continue;
        core->proofs.looked = number;
        return &core->assets[number];
    }
    return NULL;
}

otr_status otr_core_keep_proof(otr_core *core, const otr_row_proof_head *row)
{
    otr_proofs *all = &core->proofs;
    otr_asset_state *asset = otr_proof_asset(core, row->asset);
    if (asset != NULL && asset->proof != NULL && otr_str_equal(asset->proof->customer, row->customer)) {
        follow(asset->proof, row);
        return OTR_OK;
    }
    struct otr_proof_kept *kept = realloc(all->kept, (all->kept_count + 1) * sizeof *kept);
    if (kept == NULL)
        return OTR_MEMORY;
    all->kept = kept;
    kept[all->kept_count].head = *row;
    kept[all->kept_count].head.asset = own(core, row->asset);
    kept[all->kept_count++].head.customer = own(core, row->customer);
    return core->failed ? OTR_MEMORY : OTR_OK;
}

/* Goes on where rows left off that the state knew nothing of. */
static bool resume(otr_core *core, const otr_asset_state *asset)
{
    for (size_t i = 0; i < core->proofs.kept_count; i++) {
        const otr_row_proof_head *head = &core->proofs.kept[i].head;
        if (!otr_str_equal(head->asset, asset->asset->id) ||
            !otr_str_equal(head->customer, asset->proof->customer))
            continue;
        follow(asset->proof, head);
        drop_kept(core, i);
        return true;
    }
    return false;
}

/* ---- begin ---- */

void otr_core_load_secret(otr_core *core, otr_digest secret)
{
    core->proofs.secret = secret;
}

static otr_digest digest_of(otr_core *core, const char *what, const otr_digest *from, uint64_t number,
                            otr_str name)
{
    otr_buffer text = {0};
    otr_digest made = {0};
    otr_buffer_add(&text, what, strlen(what));
    otr_buffer_add(&text, from->bytes, sizeof from->bytes);
    otr_buffer_add_id(&text, core->config.incarnation);
    otr_buffer_add_varint(&text, number);
    otr_buffer_add_str(&text, name);
    core->failed |= text.failed || !core->config.sha256(text.data, text.size, &made);
    otr_buffer_done(&text);
    return made;
}

static void add_limits(const otr_asset *asset, otr_buffer *out)
{
    otr_str prefix = OTR_STR("limit.");
    otr_proof_put_begin(out, "limits", '{');
    for (size_t i = 0; i < asset->field_count; i++) {
        const otr_field *field = &asset->fields[i];
        char name[OTR_LIMIT_METRIC_NAME_BYTES + 1];
        size_t size = field->path.size - prefix.size;
        if (!otr_str_starts(field->path, prefix) || field->value.type != OTR_TYPE_DOUBLE ||
            size > OTR_LIMIT_METRIC_NAME_BYTES)
            continue;
        memcpy(name, field->path.data + prefix.size, size);
        name[size] = '\0';
        otr_proof_put_number(out, name, field->value.number);
    }
    otr_buffer_add_u8(out, '}');
}

static void add_devices(const otr_asset *asset, otr_buffer *out)
{
    otr_proof_put_begin(out, "devices", '[');
    for (size_t i = 0; i < asset->device_count; i++)
        otr_proof_put_item(out, asset->devices[i]);
    otr_buffer_add_u8(out, ']');
}

/* before: the chain that this one goes on from; NULL. */
static void enter_assignment(otr_core *core, otr_asset_state *asset, const char *kind, const otr_id *before)
{
    const otr_proof_entry entry = {.kind = kind, .event = core->now.utc, .sign = true};
    const otr_asset *what = asset->asset;
    otr_buffer content = {0};
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_text(&content, "asset", what->id);
    otr_proof_put_text(&content, "class", what->class);
    otr_proof_put_text(&content, "name", what->name);
    otr_proof_put_text(&content, "customer", asset->proof->customer);
    add_devices(what, &content);
    add_limits(what, &content);
    if (before != NULL)
        otr_proof_put_hex(&content, "goes_on_from", before->bytes, sizeof before->bytes);
    otr_buffer_add_u8(&content, '}');
    otr_proof_enter(core, asset, &entry, &content);
    otr_buffer_done(&content);
}

static void name_chain(otr_core *core, const otr_asset_state *asset)
{
    otr_proof *proof = asset->proof;
    proof->next = 0;
    proof->since = core->seq;
    proof->key = digest_of(core, "key", &core->proofs.secret, core->seq, asset->asset->id);
    otr_digest id = digest_of(core, "id", &proof->key, 0, OTR_STR(""));
    memcpy(proof->id.bytes, id.bytes, sizeof proof->id.bytes);
}

static void begin(otr_core *core, otr_asset_state *asset)
{
    otr_proof *proof = calloc(1, sizeof *proof);
    if (proof == NULL) {
        core->failed = true;
        return;
    }
    asset->proof = proof;
    proof->customer = own(core, customer_of(asset->asset));
    proof->gathered.first = OTR_TIME_NONE;
    proof->gathered.last = OTR_TIME_NONE;
    proof->stability = (otr_proof_stability){.device = OTR_NONE, .at = OTR_TIME_NONE};
    name_chain(core, asset);
    if (core->failed || resume(core, asset))
        return;
    otr_proof_open(core, asset);
    enter_assignment(core, asset, "assigned", NULL);
}

void otr_proof_start(otr_core *core)
{
    for (uint32_t i = 0; i < core->asset_count && core->config.sha256 != NULL && !core->failed; i++)
        if (core->assets[i].proof == NULL && otr_proof_is_wanted(core->assets[i].asset))
            begin(core, &core->assets[i]);
}

/* ---- end ---- */

/* What has been silent for too long stays so. */
static void enter_silence(otr_core *core, otr_asset_state *asset)
{
    for (uint32_t d = 0; d < asset->device_count && !core->failed; d++) {
        const otr_device *device = &core->devices[asset->devices[d]];
        uint32_t metrics[OTR_LIMIT_METRICS_PER_DEVICE];
        size_t count = 0;
        otr_time from = OTR_TIME_NEVER;
        for (uint32_t i = 0; i < device->slot_count; i++) {
            const otr_slot *slot = &device->slots[i];
            bool limited = slot->profile != NULL && slot->profile->valid_for > 0;
            if (!limited || slot->kind == OTR_KIND_ANY ||
                otr_time_add(slot->at, slot->profile->valid_for) >= core->now.utc)
                continue;
            metrics[count++] = slot->metric;
            from = slot->at < from ? slot->at : from;
        }
        if (count > 0 && core->now.synced)
            otr_proof_gap(core, asset, asset->devices[d], metrics, count, from, OTR_TIME_NONE);
    }
}

static void enter_end(otr_core *core, otr_asset_state *asset, otr_str reason)
{
    const otr_proof_entry entry = {.kind = "ended", .event = core->now.utc, .sign = true, .ends = true};
    otr_buffer content = {0};
    otr_proof_close_gathered(core, asset);
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_text(&content, "reason", reason);
    otr_proof_add_stability(asset, &content);
    otr_buffer_add_u8(&content, '}');
    otr_proof_enter(core, asset, &entry, &content);
    otr_buffer_done(&content);
}

void otr_proof_end(otr_core *core, otr_asset_state *asset, otr_str reason)
{
    if (asset->proof == NULL)
        return;
    if (core->config.sha256 != NULL) {
        enter_silence(core, asset);
        enter_end(core, asset, reason);
    }
    otr_proof_free(asset->proof);
    asset->proof = NULL;
}

void otr_proof_go_on(otr_core *core, otr_asset_state *asset)
{
    otr_id before = asset->proof->id;
    enter_end(core, asset, OTR_STR("goes on in another one"));
    name_chain(core, asset);
    otr_proof_open(core, asset);
    enter_assignment(core, asset, "assigned", &before);
}

void otr_proof_forgotten(otr_core *core)
{
    if (core->config.sha256 != NULL)
        core->proofs.secret = digest_of(core, "secret", &core->proofs.secret, 0, OTR_STR(""));
}

/* ---- bound anew ---- */

static void enter_devices(otr_core *core, const otr_asset *old, otr_asset_state *fresh)
{
    const otr_proof_entry entry = {.kind = "devices", .event = core->now.utc, .sign = true};
    otr_buffer content = {0};
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_begin(&content, "before", '[');
    for (size_t i = 0; i < old->device_count; i++)
        otr_proof_put_item(&content, old->devices[i]);
    otr_buffer_add_u8(&content, ']');
    add_devices(fresh->asset, &content);
    otr_buffer_add_u8(&content, '}');
    otr_proof_enter(core, fresh, &entry, &content);
    otr_buffer_done(&content);
}

static bool same_devices(const otr_asset *a, const otr_asset *b)
{
    bool same = a->device_count == b->device_count;
    for (size_t i = 0; i < a->device_count && same; i++)
        same = otr_str_equal(a->devices[i], b->devices[i]);
    return same;
}

static void move(otr_core *core, otr_asset_state *old, otr_asset_state *fresh)
{
    fresh->proof = old->proof;
    old->proof = NULL;
    if (core->config.sha256 == NULL)
        return;
    if (!same_devices(old->asset, fresh->asset))
        enter_devices(core, old->asset, fresh);
    else if (!otr_asset_same(old->asset, fresh->asset))
        enter_assignment(core, fresh, "changed", NULL);
}

static otr_str end_of(const otr_core *core, otr_str asset)
{
    const otr_assigned *one = otr_assigned_find(&core->assigned, asset);
    bool told = one != NULL && one->state == OTR_ASSIGNED_ENDED && one->reason != OTR_NONE;
    return told ? otr_names_get(&core->labels, one->reason) : OTR_STR("withdrawn");
}

static void go_on_or_begin(otr_core *core, otr_asset_state *old, otr_asset_state *fresh)
{
    bool wanted = otr_proof_is_wanted(fresh->asset);
    if (old != NULL && old->proof != NULL && wanted &&
        otr_str_equal(old->proof->customer, customer_of(fresh->asset))) {
        move(core, old, fresh);
        return;
    }
    if (old != NULL)
        otr_proof_end(core, old, wanted ? OTR_STR("another customer") : end_of(core, old->asset->id));
    if (wanted && core->config.sha256 != NULL)
        begin(core, fresh);
}

void otr_proof_rebound(otr_core *core, otr_asset_state *made, uint32_t count)
{
    otr_names by_id = {0};
    if (core->seq == 0) /* loading: the snapshot knows of proofs, or the start begins them */
        return;
    for (uint32_t i = 0; i < core->asset_count; i++)
        (void)otr_names_put(&by_id, core->assets[i].asset->id, NULL);
    for (uint32_t i = 0; i < count && !core->failed; i++) {
        uint32_t number = otr_names_find(&by_id, made[i].asset->id);
        bool known = number != OTR_NAME_NONE && number < core->asset_count;
        go_on_or_begin(core, known ? &core->assets[number] : NULL, &made[i]);
    }
    for (uint32_t i = 0; i < core->asset_count && !core->failed; i++)
        otr_proof_end(core, &core->assets[i], end_of(core, core->assets[i].asset->id));
    otr_names_done(&by_id);
}
