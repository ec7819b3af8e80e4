#include "core/notice/card.h"

#include "core/notice/notice_tell.h"
#include "core/notice/policy.h"
#include "core/outbox/event.h"

#include <stdio.h>

/* One card and one reader. */
static uint64_t once_of(const otr_core *core, const otr_bound_rule *bound, const otr_ledger *ledger)
{
    const otr_pack *pack = bound->pack->pack;
    otr_str card = pack->cards[bound->rule->notify.card].name;
    otr_str reader = otr_names_get(&core->labels, ledger->reference);
    uint64_t hash = otr_hash64('c', 0, pack->name.data, pack->name.size);
    hash = otr_hash64(hash, 0, card.data, card.size);
    return otr_hash64(hash, 1, reader.data, reader.size);
}

static void add_link(otr_core *core, const otr_card *card, otr_service_event *event)
{
    char seconds[16];
    otr_fact *facts = otr_arena_array(&core->effects->memory, 2, sizeof *facts);
    event->facts = facts;
    event->fact_count = 0;
    if (facts == NULL || card->link.size == 0)
        return;
    (void)snprintf(seconds, sizeof seconds, "%u", card->link_seconds);
    facts[event->fact_count++] = (otr_fact){OTR_STR("link"), card->link};
    if (card->link_seconds > 0)
        facts[event->fact_count++] =
            (otr_fact){OTR_STR("link.seconds"), otr_effects_copy(core->effects, otr_str_of(seconds))};
}

/* Of whom the rule tells, a card may be for some only. */
static bool is_for(const otr_card *card, otr_str to)
{
    bool found = card->to_count == 0;
    for (size_t i = 0; i < card->to_count && !found; i++)
        found = otr_str_equal(card->to[i], to);
    return found;
}

static void offer(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, uint32_t contact,
                  otr_str persona)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_card *card = &bound->pack->pack->cards[bound->rule->notify.card];
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[contact]);
    otr_offer *one = otr_offer_add(core);
    if (one == NULL)
        return;
    one->kind = OTR_OFFER_CARD;
    one->done = true;
    one->contact = contact;
    one->thread = otr_hash128('k', once_of(core, bound, &core->ledgers.list[contact]), alarm->id.bytes,
                              sizeof alarm->id.bytes);
    one->saying = (otr_notice_saying){.made = true};
    if (core->effects->discard)
        return;
    one->saying = otr_notice_say_card(core, asset, alarm, persona, wishes, card);
    add_link(core, card, &one->saying.event);
    one->saying.event.persona = persona;
}

void otr_card_tell(otr_core *core, otr_offer *card)
{
    (void)otr_notice_message(core, card->contact, card->thread, OTR_PRIORITY_LOW, &card->saying,
                             OTR_TIME_NEVER);
}

void otr_card_offer(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_notify *notify = &bound->rule->notify;
    const otr_card *card = &bound->pack->pack->cards[notify->card];
    uint32_t advice = otr_core_label(core, OTR_STR("advice"));
    for (size_t i = 0; i < notify->to_count && !core->failed; i++) {
        otr_str persona;
        uint32_t contact = otr_notice_addressee(core, asset, notify->to[i], &persona);
        if (contact == OTR_NONE || !is_for(card, notify->to[i]))
            continue; /* who is not there needs no advice */
        otr_ledger *ledger = &core->ledgers.list[contact];
        uint64_t once = once_of(core, bound, ledger);
        if (ledger->role || otr_ledger_has_once(ledger, once))
            continue;
        otr_verdict verdict = otr_policy_judge_message(core, ledger, advice, false);
        if (verdict.state != OTR_NOTICE_TOLD) {
            otr_notice_nobody(core, asset, alarm, otr_names_get(&core->labels, ledger->reference),
                              OTR_NOTICE_RAISED, verdict.reason);
            continue;
        }
        otr_ledger_add_once(core, ledger, once);
        otr_ledger_debit(core, ledger, advice,
                         otr_contact_day(core, otr_ledger_wishes(core, ledger), core->now.utc));
        offer(core, asset, alarm, contact, persona);
    }
}
