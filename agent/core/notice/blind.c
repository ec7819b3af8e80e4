#include "core/notice/blind.h"

#include "core/notice/notice_offer.h"
#include "core/notice/notice_tell.h"
#include "core/notice/policy.h"

enum { NAMED = 3 }; /* of a reader's assets; of the others it says how many */

/* The reader's assets that were heard before, by name; false: there are none. */
static bool name_assets(otr_core *core, const otr_contact *reader, otr_buffer *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_asset_state *asset = &core->assets[i];
        bool theirs = asset->asset->customer == reader;
        for (size_t k = 0; k < asset->asset->contact_count && !theirs; k++)
            theirs = asset->asset->contacts[k].contact == reader;
        if (!theirs || asset->plan->rule_count == 0 || asset->clock == OTR_TIME_NONE)
            continue;
        if (count++ >= NAMED)
            continue;
        otr_buffer_add(out, ", ", count > 1 ? 2 : 0);
        otr_buffer_add(out, asset->asset->name.data, asset->asset->name.size);
    }
    if (count > NAMED)
        otr_buffer_add_format(out, ", +%zu", count - NAMED);
    return count > 0;
}

static void tell(otr_core *core, const otr_contact *reader, otr_phrase phrase, otr_time from, otr_time to)
{
    otr_buffer assets = {0};
    uint32_t service = otr_core_label(core, OTR_STR("service"));
    uint32_t contact = otr_ledger_of(core, reader->reference, false);
    if (core->failed || !name_assets(core, reader, &assets)) {
        otr_buffer_done(&assets);
        return;
    }
    otr_ledger *ledger = &core->ledgers.list[contact];
    if (otr_policy_judge_message(core, ledger, service, false).state == OTR_NOTICE_TOLD) {
        otr_ledger_debit(core, ledger, service, otr_contact_day(core, reader, core->now.utc));
        otr_notice_saying saying =
            otr_notice_say_blind(core, reader, phrase, from, to, otr_buffer_text(&assets));
        otr_id id = otr_hash128('b', core->seq, reader->reference.data, reader->reference.size);
        (void)otr_notice_message(core, contact, id, OTR_PRIORITY_LOW, &saying, OTR_TIME_NEVER);
    }
    core->failed |= assets.failed;
    otr_buffer_done(&assets);
}

static void tell_all(otr_core *core, otr_phrase phrase, otr_time from, otr_time to)
{
    const otr_assignments *all = core->assignments;
    for (size_t i = 0; all != NULL && i < all->customer_count && !core->failed; i++)
        tell(core, &all->customers[i], phrase, from, to);
}

void otr_blind_down(otr_core *core)
{
    if (core->down_to == OTR_TIME_NONE || core->down_to - core->down_from < OTR_BLIND_SPAN_US)
        return;
    tell_all(core, OTR_PHRASE_BLIND_DOWN, core->down_from, core->down_to);
}

void otr_blind_lost(otr_core *core, const otr_loss *loss)
{
    /* what the quota takes was judged long ago */
    if (!otr_str_is(loss->reason, "corrupt") || loss->first_core == OTR_TIME_NONE || !core->now.synced)
        return;
    otr_time shift = core->now.utc - core->now.core;
    tell_all(core, OTR_PHRASE_BLIND_LOST, loss->first_core + shift, loss->last_core + shift);
}
