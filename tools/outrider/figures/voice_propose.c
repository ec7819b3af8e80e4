/*
 * A delay or a limit is proposed where it would have parted most alarms that readers complain of from those
 * that they found useful; both are read from the bins of what was counted, so that it is always the end of
 * one.
 */
#include <math.h>
#include <stdio.h>

#include "tools/outrider/figures/figures_say.h"
#include "tools/outrider/figures/voice.h"

static const double complains = 0.2; /* of the readers at least, at the interval's lower end */
static const double removes = 0.5;   /* of the alarms complained of at least */
static const double loses = 0.05;    /* of the useful ones at most */

uint64_t otr_voice_opinions(const otr_bucket_cell *cell)
{
    return cell->counts[OTR_COUNT_USEFUL] + cell->counts[OTR_COUNT_KNOWN] + cell->counts[OTR_COUNT_WRONG] +
           cell->counts[OTR_COUNT_LATE];
}

otr_estimate otr_voice_useful(const otr_bucket_cell *cell)
{
    return otr_estimate_share(cell->counts[OTR_COUNT_USEFUL], otr_voice_opinions(cell));
}

otr_estimate otr_voice_precision(const otr_bucket_cell *cell)
{
    uint64_t opinions = otr_voice_opinions(cell);
    return otr_estimate_share(opinions - cell->counts[OTR_COUNT_WRONG], opinions);
}

static uint64_t values_of(const otr_bucket_cell *cell, otr_bucket_spread spread, int bins)
{
    uint64_t count = 0;
    for (int bin = 0; bin < bins; bin++)
        count += cell->spreads[spread].bins[bin];
    return count;
}

/* The bin whose end parts the two best; false when none parts them well enough. The last bin has no end. */
static bool part(const otr_bucket_cell *cell, otr_bucket_spread useful, otr_bucket_spread wrong,
                 otr_proposal *out)
{
    uint64_t all_wrong = values_of(cell, wrong, OTR_BUCKET_BINS);
    uint64_t all_useful = values_of(cell, useful, OTR_BUCKET_BINS);
    double best = 0;
    if (all_wrong < OTR_VOICE_SPREAD_LEAST)
        return false;
    for (int bin = 0; bin < OTR_BUCKET_BINS - 1; bin++) {
        otr_estimate removed = otr_estimate_share(values_of(cell, wrong, bin + 1), all_wrong);
        otr_estimate lost = otr_estimate_share(values_of(cell, useful, bin + 1), all_useful);
        double loss = lost.n > 0 ? lost.value : 0;
        if (removed.value < removes || loss > loses || removed.value - loss <= best)
            continue;
        best = removed.value - loss;
        out->amount = otr_bucket_bin_end(wrong, bin);
        out->removed = removed;
        out->lost = lost;
    }
    return best > 0;
}

/* What would keep most of the alarms away that readers call wrong, or knew of. */
static void propose_against_noise(const otr_bucket_cell *cell, otr_proposal *out)
{
    otr_proposal limit = *out;
    bool by_delay = part(cell, OTR_SPREAD_LASTED_USEFUL, OTR_SPREAD_LASTED_WRONG, out);
    bool by_limit = part(cell, OTR_SPREAD_BEYOND_USEFUL, OTR_SPREAD_BEYOND_WRONG, &limit);
    if (by_limit && (!by_delay || limit.removed.value > out->removed.value)) {
        *out = limit;
        out->kind = OTR_PROPOSE_LIMIT;
    } else {
        out->kind = by_delay ? OTR_PROPOSE_LONGER : OTR_PROPOSE_LOOK;
    }
}

/* The delay that nine of ten alarms called late had at least: the begin of the bin in which a tenth lies. */
static void propose_against_late(const otr_bucket_cell *cell, otr_proposal *out)
{
    uint64_t all = values_of(cell, OTR_SPREAD_LASTED_LATE, OTR_BUCKET_BINS);
    int bin = 0;
    out->kind = OTR_PROPOSE_LOOK;
    if (all < OTR_VOICE_SPREAD_LEAST)
        return;
    while (values_of(cell, OTR_SPREAD_LASTED_LATE, bin + 1) * 10 < all)
        bin++;
    if (bin == 0)
        return;
    out->kind = OTR_PROPOSE_SHORTER;
    out->amount = otr_bucket_bin_end(OTR_SPREAD_LASTED_LATE, bin - 1);
}

size_t otr_voice_propose(const otr_bucket *sum, otr_proposal *list, size_t room)
{
    size_t count = 0;
    for (uint32_t i = 0; i < sum->count; i++) {
        const otr_bucket_cell *cell = sum->cells[i];
        uint64_t opinions =
            cell->dimension == OTR_BY_RULE && cell->key_size > 0 ? otr_voice_opinions(cell) : 0;
        uint64_t told = cell->counts[OTR_COUNT_TOLD];
        if (opinions >= OTR_VOICE_OPINIONS_LEAST) {
            otr_proposal one = {.cell = cell, .because = OTR_COUNT_WRONG};
            one.share =
                otr_estimate_share(cell->counts[OTR_COUNT_WRONG] + cell->counts[OTR_COUNT_KNOWN], opinions);
            if (count < room && one.share.low > complains) {
                propose_against_noise(cell, &one);
                list[count++] = one;
            }
            one = (otr_proposal){.cell = cell, .because = OTR_COUNT_LATE};
            one.share = otr_estimate_share(cell->counts[OTR_COUNT_LATE], opinions);
            if (count < room && one.share.low > complains) {
                propose_against_late(cell, &one);
                list[count++] = one;
            }
        }
        uint64_t muted = cell->counts[OTR_COUNT_MUTED];
        if (cell->dimension == OTR_BY_RULE && cell->key_size > 0 && told >= OTR_VOICE_OPINIONS_LEAST &&
            muted <= told && count < room) {
            otr_estimate share = otr_estimate_share(muted, told);
            if (share.low > complains / 2) /* a reader who mutes it will not hear the next one */
                list[count++] = (otr_proposal){
                    .cell = cell, .because = OTR_COUNT_MUTED, .share = share, .kind = OTR_PROPOSE_LOOK};
        }
    }
    return count;
}

const char *otr_proposal_kind_text(otr_proposal_kind kind)
{
    static const char *const words[OTR_PROPOSALS] = {"longer", "shorter", "limit", "look"};
    OTR_ASSERT(kind >= 0 && kind < OTR_PROPOSALS);
    return words[kind];
}

static void say_effect(const otr_proposal *proposal, otr_buffer *out)
{
    char removed[OTR_SAY_BYTES];
    char lost[OTR_SAY_BYTES];
    otr_buffer_add_format(out, ": keeps away %s of the %llu complained of",
                          otr_say_share(&proposal->removed, removed),
                          (unsigned long long)proposal->removed.n);
    if (proposal->lost.n > 0)
        otr_buffer_add_format(out, ", and %s of the %llu useful ones", otr_say_share(&proposal->lost, lost),
                              (unsigned long long)proposal->lost.n);
}

void otr_proposal_say(const otr_proposal *proposal, otr_buffer *out)
{
    char share[OTR_SAY_BYTES];
    char span[OTR_SAY_BYTES];
    (void)otr_say_share(&proposal->share, share);
    if (proposal->because == OTR_COUNT_WRONG)
        otr_buffer_add_format(out, "%s of %llu opinions call it wrong or known", share,
                              (unsigned long long)proposal->share.n);
    else if (proposal->because == OTR_COUNT_LATE)
        otr_buffer_add_format(out, "%s of %llu opinions call it late", share,
                              (unsigned long long)proposal->share.n);
    else
        otr_buffer_add_format(out, "%s of %llu that were told it stopped it", share,
                              (unsigned long long)proposal->share.n);
    otr_buffer_add_format(out, "; ");
    switch (proposal->kind) {
    case OTR_PROPOSE_LONGER:
        otr_buffer_add_format(out, "a `for` of %s", otr_say_span((double)proposal->amount, span));
        say_effect(proposal, out);
        break;
    case OTR_PROPOSE_SHORTER:
        otr_buffer_add_format(out, "a `for` of at most %s: nine of ten of these were later than that",
                              otr_say_span((double)proposal->amount, span));
        break;
    case OTR_PROPOSE_LIMIT:
        otr_buffer_add_format(out, "a limit further out by %.1f %%", (double)proposal->amount / 10);
        say_effect(proposal, out);
        break;
    default:
        otr_buffer_add_format(
            out, "no delay and no limit parts these from the useful ones: look at its condition, "
                 "and at whom it is told");
        break;
    }
}

json_t *otr_proposal_put(const otr_proposal *proposal)
{
    otr_buffer text = {0};
    json_t *out = json_object();
    otr_proposal_say(proposal, &text);
    json_object_set_new(out, "rule", json_stringn(proposal->cell->key, proposal->cell->key_size));
    json_object_set_new(out, "change", json_string(otr_proposal_kind_text(proposal->kind)));
    json_object_set_new(out, "because", json_string(otr_bucket_count_text(proposal->because)));
    json_object_set_new(out, "share", otr_put_estimate(&proposal->share));
    if (proposal->kind == OTR_PROPOSE_LONGER)
        json_object_set_new(out, "for_at_least_s", json_integer(proposal->amount));
    if (proposal->kind == OTR_PROPOSE_SHORTER)
        json_object_set_new(out, "for_at_most_s", json_integer(proposal->amount));
    if (proposal->kind == OTR_PROPOSE_LIMIT)
        json_object_set_new(out, "limit_by_percent", json_real((double)proposal->amount / 10));
    if (proposal->removed.n > 0) {
        json_object_set_new(out, "removed", otr_put_estimate(&proposal->removed));
        json_object_set_new(out, "lost", otr_put_estimate(&proposal->lost));
    }
    json_object_set_new(out, "text", json_stringn((const char *)text.data, text.size));
    otr_buffer_done(&text);
    return out;
}
