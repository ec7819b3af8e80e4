/*
 * Readings on their way into a proof. All that the journal has of an asset are in it: as bytes in a running
 * digest, so that whoever has the readings can make it again, and as counts and extremes for people.
 *
 *   reading := time:i64le quality:u8 kind:u8 device:str metric:str value
 *   value   := number as IEEE 754 in 8 bytes, little endian; two of them for a place; 1 or 0 as one; or str
 *   str     := length:varint bytes
 */
#include "core/proof/proof_entry.h"

#include <math.h>

/* 83.144 kJ/mol over the gas constant, as the rules' mkt() has it. */
static const double activation_kelvin = 83144.0 / 8.3144;
static const double zero_celsius = 273.15;

/* ---- the digest ---- */

static void close_block(otr_core *core, otr_proof_gathered *so_far)
{
    uint8_t bytes[OTR_DIGEST_BYTES + OTR_PROOF_BLOCK_BYTES];
    if (so_far->block_size == 0)
        return;
    memcpy(bytes, so_far->digest.bytes, OTR_DIGEST_BYTES);
    memcpy(bytes + OTR_DIGEST_BYTES, so_far->block, so_far->block_size);
    core->failed |=
        !core->config.sha256(bytes, (size_t)OTR_DIGEST_BYTES + so_far->block_size, &so_far->digest);
    so_far->block_size = 0;
}

static size_t put_u64(uint8_t *to, uint64_t value)
{
    for (size_t i = 0; i < sizeof value; i++)
        to[i] = (uint8_t)(value >> (8 * i));
    return sizeof value;
}

static size_t put_double(uint8_t *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_u64(to, bits);
}

static size_t put_str(uint8_t *to, otr_str text)
{
    size_t size = 0;
    size_t rest = text.size;
    for (; rest >= 0x80; rest >>= 7)
        to[size++] = (uint8_t)(rest | 0x80);
    to[size++] = (uint8_t)rest;
    if (text.size > 0)
        memcpy(to + size, text.data, text.size);
    return size + text.size;
}

enum {
    READING_BYTES = 10 + 2 + OTR_LIMIT_DEVICE_NAME_BYTES + 2 + OTR_LIMIT_METRIC_NAME_BYTES + 2 +
                    OTR_LIMIT_TEXT_VALUE_BYTES
};

static size_t put_reading(uint8_t *to, otr_str device, otr_str metric, const otr_entry *entry)
{
    size_t size = put_u64(to, (uint64_t)entry->at);
    to[size++] = entry->quality;
    to[size++] = entry->kind;
    size += put_str(to + size, device);
    size += put_str(to + size, metric);
    if (entry->kind == OTR_KIND_TEXT)
        return size + put_str(to + size, entry->text);
    if (entry->kind == OTR_KIND_LOCATION) {
        size += put_double(to + size, entry->location.latitude);
        return size + put_double(to + size, entry->location.longitude);
    }
    return size + put_double(to + size, entry->kind == OTR_KIND_BOOL ? (double)entry->flag : entry->number);
}

static void digest_reading(otr_core *core, otr_proof_gathered *so_far, uint32_t device,
                           const otr_entry *entry)
{
    otr_str name = otr_names_get(&core->device_names, device);
    otr_str metric = otr_names_get(&core->metric_names, entry->metric);
    OTR_ASSERT(name.size <= OTR_LIMIT_DEVICE_NAME_BYTES && metric.size <= OTR_LIMIT_METRIC_NAME_BYTES);
    OTR_ASSERT(entry->kind != OTR_KIND_TEXT || entry->text.size <= OTR_LIMIT_TEXT_VALUE_BYTES);
    if (so_far->block_size + READING_BYTES > OTR_PROOF_BLOCK_BYTES)
        close_block(core, so_far);
    so_far->block_size += (uint16_t)put_reading(so_far->block + so_far->block_size, name, metric, entry);
}

/* ---- counts ---- */

static otr_proof_metric *metric_of(otr_proof *proof, uint32_t metric)
{
    for (uint16_t i = 0; i < proof->metric_count; i++)
        if (proof->metrics[i].metric == metric)
            return &proof->metrics[i];
    if (proof->metric_count == OTR_LIMIT_PROOF_METRICS)
        return NULL; /* counted, and in the digest */
    otr_proof_metric *one = &proof->metrics[proof->metric_count++];
    *one = (otr_proof_metric){.metric = metric, .bad_at = OTR_TIME_NONE};
    return one;
}

static void count(otr_proof *proof, const otr_entry *entry, bool bad, bool late)
{
    otr_proof_gathered *so_far = &proof->gathered;
    otr_proof_metric *one = metric_of(proof, entry->metric);
    so_far->readings++;
    so_far->bad += bad;
    if (!bad) { /* a bad one may be dated anywhere */
        so_far->first =
            so_far->first == OTR_TIME_NONE || entry->at < so_far->first ? entry->at : so_far->first;
        so_far->last = entry->at > so_far->last ? entry->at : so_far->last;
    }
    so_far->late += late && !bad;
    if (one == NULL)
        return;
    if (bad) {
        one->bad++;
        one->bad_at = entry->at > one->bad_at ? entry->at : one->bad_at;
    } else if (entry->kind == OTR_KIND_NUMBER) {
        one->min = one->good == 0 || entry->number < one->min ? entry->number : one->min;
        one->max = one->good == 0 || entry->number > one->max ? entry->number : one->max;
        one->sum = one->good == 0 ? entry->number : one->sum + entry->number;
        one->good++;
    }
}

/* ---- stability ---- */

static bool limit_of(const otr_asset *asset, const char *path, double *out)
{
    const otr_value *value = otr_asset_field(asset, otr_str_of(path));
    if (value == NULL || (value->type != OTR_TYPE_DOUBLE && value->type != OTR_TYPE_INT))
        return false;
    *out = value->type == OTR_TYPE_DOUBLE ? value->number : (double)value->integer;
    return true;
}

static uint32_t place_of(const otr_asset_state *asset, uint32_t device)
{
    uint32_t place = 0;
    while (place < asset->device_count && asset->devices[place] != device)
        place++;
    return place;
}

static double harm_of(double celsius)
{
    double kelvin = celsius + zero_celsius;
    return kelvin > 0 ? exp(-activation_kelvin / kelvin) : 0;
}

/* Of several devices the first in the assignment's order that reports temperatures. */
static void use_stability(otr_core *core, otr_asset_state *asset, uint32_t device, const otr_entry *entry)
{
    otr_proof_stability *used = &asset->proof->stability;
    otr_str metric = otr_names_get(&core->metric_names, entry->metric);
    double limit;
    if (entry->kind != OTR_KIND_NUMBER || !otr_str_is(metric, "temperature"))
        return;
    if (used->device != device) {
        if (used->device != OTR_NONE && place_of(asset, device) > place_of(asset, used->device))
            return;
        used->device = device;
        used->at = OTR_TIME_NONE;
    }
    otr_time end = entry->at < used->until ? entry->at : used->until;
    if (used->at != OTR_TIME_NONE && end > used->at) {
        used->covered += end - used->at;
        used->harm += harm_of(used->celsius) * ((double)(end - used->at) / OTR_SECOND);
        if (limit_of(asset->asset, "limit.temperature_max", &limit) && used->celsius > limit)
            used->above += end - used->at;
    }
    const otr_profile_metric *profile =
        asset->asset->profile != NULL ? otr_profile_find(asset->asset->profile, metric) : NULL;
    used->celsius = entry->number;
    used->at = entry->at;
    used->until = profile != NULL && profile->valid_for > 0 ? otr_time_add(entry->at, profile->valid_for)
                                                            : OTR_TIME_NEVER;
}

void otr_proof_add_stability(const otr_asset_state *asset, otr_buffer *out)
{
    const otr_proof_stability *used = &asset->proof->stability;
    double minutes;
    double mkt_max;
    double limit;
    bool above = limit_of(asset->asset, "limit.minutes_above_max", &minutes) &&
                 limit_of(asset->asset, "limit.temperature_max", &limit);
    bool mkt = limit_of(asset->asset, "limit.mkt_max", &mkt_max);
    if (!above && !mkt)
        return;
    otr_proof_put_begin(out, "stability", '{');
    otr_proof_put_number(out, "covered_s", (double)used->covered / OTR_SECOND);
    if (above) {
        double spent = (double)used->above / OTR_SECOND;
        otr_proof_put_number(out, "limit", limit);
        otr_proof_put_number(out, "above_s", spent);
        otr_proof_put_number(out, "allowed_s", minutes * 60);
        otr_proof_put_number(out, "left_s", minutes * 60 - spent);
    }
    if (mkt) {
        double seconds = (double)used->covered / OTR_SECOND;
        double now = activation_kelvin / -log(used->harm / seconds) - zero_celsius; /* none: no number */
        otr_proof_put_number(out, "mkt", now);
        otr_proof_put_number(out, "mkt_max", mkt_max);
        otr_proof_put_number(out, "mkt_left", mkt_max - now);
    }
    otr_buffer_add_u8(out, '}');
}

/* ---- entries ---- */

static void add_metrics(otr_core *core, const otr_proof *proof, otr_buffer *out)
{
    otr_proof_put_begin(out, "metrics", '{');
    for (uint16_t i = 0; i < proof->metric_count; i++) {
        const otr_proof_metric *one = &proof->metrics[i];
        char name[OTR_LIMIT_METRIC_NAME_BYTES + 1];
        otr_str metric = otr_names_get(&core->metric_names, one->metric);
        if (one->good + one->bad == 0 || metric.size == 0)
            continue;
        memcpy(name, metric.data, metric.size);
        name[metric.size] = '\0';
        otr_proof_put_begin(out, name, '{');
        if (one->good > 0) {
            otr_proof_put_count(out, "count", one->good);
            otr_proof_put_number(out, "min", one->min);
            otr_proof_put_number(out, "max", one->max);
            otr_proof_put_number(out, "mean", one->sum / (double)one->good);
        }
        if (one->bad > 0)
            otr_proof_put_count(out, "bad", one->bad);
        otr_buffer_add_u8(out, '}');
    }
    otr_buffer_add_u8(out, '}');
}

void otr_proof_close_gathered(otr_core *core, otr_asset_state *asset)
{
    otr_proof *proof = asset->proof;
    otr_proof_gathered *so_far = &proof->gathered;
    otr_buffer content = {0};
    otr_proof_entry entry = {.kind = "readings", .event = so_far->last};
    if (so_far->readings == 0)
        return;
    close_block(core, so_far);
    otr_buffer_add_u8(&content, '{');
    otr_proof_put_count(&content, "readings", so_far->readings);
    otr_proof_put_time(&content, "first", so_far->first);
    otr_proof_put_time(&content, "last", so_far->last);
    if (so_far->late > 0)
        otr_proof_put_count(&content, "late", so_far->late);
    if (so_far->bad > 0)
        otr_proof_put_count(&content, "bad", so_far->bad);
    otr_proof_put_hex(&content, "digest", so_far->digest.bytes, sizeof so_far->digest.bytes);
    add_metrics(core, proof, &content);
    otr_proof_add_stability(asset, &content);
    otr_buffer_add_u8(&content, '}');
    *so_far = (otr_proof_gathered){.first = OTR_TIME_NONE, .last = OTR_TIME_NONE};
    for (uint16_t i = 0; i < proof->metric_count; i++)
        proof->metrics[i] =
            (otr_proof_metric){.metric = proof->metrics[i].metric, .bad_at = proof->metrics[i].bad_at};
    otr_proof_enter(core, asset, &entry, &content);
    otr_buffer_done(&content);
}

static otr_time hour_of(otr_time at)
{
    return at / OTR_HOUR - (at < 0);
}

void otr_proof_reading(otr_core *core, otr_asset_state *asset, uint32_t device, const otr_entry *entry,
                       bool bad)
{
    otr_proof *proof = asset->proof;
    if (proof == NULL || core->config.sha256 == NULL)
        return;
    bad = bad || entry->quality != OTR_QUALITY_GOOD;
    bool late = asset->clock != OTR_TIME_NONE && entry->at < asset->clock;
    if (!bad && !late && proof->gathered.last != OTR_TIME_NONE &&
        hour_of(entry->at) > hour_of(proof->gathered.last))
        otr_proof_close_gathered(core, asset);
    digest_reading(core, &proof->gathered, device, entry);
    count(proof, entry, bad, late);
    if (!bad && !late)
        use_stability(core, asset, device, entry);
}
