/* Alarms offer what happens to them: to whom, and in which words, is settled on the spot, for the values of
 * this moment are what is said. Whether it is told is decided when the input ends. */
#include "core/notice/notice_offer.h"

#include "core/notice/card.h"

#include "core/alarm/alarm.h"
#include "core/asset/whose.h"
#include "core/notice/notice_tell.h"
#include "core/notice/notice_thread.h"

otr_offer *otr_offer_add(otr_core *core)
{
    otr_notices *all = &core->notices;
    if (!otr_core_grow((void **)&all->offers, &all->offer_capacity, all->offer_count + 1,
                       sizeof *all->offers)) {
        core->failed = true;
        return NULL;
    }
    otr_offer *offer = &all->offers[all->offer_count++];
    *offer = (otr_offer){.kind = OTR_OFFER_NEWS};
    return offer;
}

static void fill(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_offer_kind kind,
                 uint32_t contact, otr_offer *out)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    out->kind = kind;
    out->contact = contact;
    out->asset = otr_core_label(core, asset->asset->id);
    out->asset_at = alarm->asset;
    out->customer = otr_whose(core, asset->asset);
    out->pack = otr_core_label(core, bound->pack->pack->name);
    out->rule = otr_core_label(core, bound->rule->name);
    out->category = otr_core_label(core, bound->rule->category);
    out->priority = alarm->priority;
    /* a queue of the desk has each by itself, and tickets instead of news */
    bool queue = core->ledgers.list[contact].role;
    out->milestone = bound->rule->notify.once || queue;
    out->cooldown = queue ? 0 : bound->rule->notify.cooldown_us;
    out->alarm = alarm->id;
    out->case_id = alarm->case_id;
}

/* ---- whom ---- */

uint32_t otr_notice_addressee(otr_core *core, const otr_asset_state *asset, otr_str to, otr_str *persona)
{
    const otr_contact *contact = otr_asset_addressee(core->assignments, asset->asset, to, persona);
    if (contact != NULL)
        return otr_ledger_of(core, contact->reference, false);
    bool role = !otr_is_reader_outside(to) && !otr_str_starts(to, OTR_STR("staff."));
    return role ? otr_ledger_of(core, to, true) : OTR_NONE;
}

/* Whether an addressee before this one is the same person. */
static bool is_repeated(otr_core *core, const otr_asset_state *asset, const otr_notify *notify, size_t i,
                        uint32_t contact)
{
    otr_str persona;
    for (size_t before = 0; before < i; before++)
        if (otr_notice_addressee(core, asset, notify->to[before], &persona) == contact)
            return true;
    return false;
}

/* ---- news ---- */

static void offer_news(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                       otr_notice_what what)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_notify *notify = &bound->rule->notify;
    for (size_t i = 0; i < notify->to_count && !core->failed; i++) {
        otr_str persona;
        uint32_t contact = otr_notice_addressee(core, asset, notify->to[i], &persona);
        const otr_contact *wishes =
            contact != OTR_NONE ? otr_ledger_wishes(core, &core->ledgers.list[contact]) : NULL;
        if (wishes == NULL) {
            otr_notice_nobody(core, asset, alarm, notify->to[i], what, OTR_UNTOLD_NO_CONTACT);
            continue;
        }
        if (is_repeated(core, asset, notify, i, contact))
            continue;
        if (!otr_notice_has_text(bound, persona, wishes->locale, what)) {
            otr_notice_nobody(core, asset, alarm,
                              otr_names_get(&core->labels, core->ledgers.list[contact].reference), what,
                              OTR_UNTOLD_NO_TEXT);
            continue;
        }
        otr_offer *offer = otr_offer_add(core);
        if (offer == NULL)
            return;
        fill(core, asset, alarm, OTR_OFFER_NEWS, contact, offer);
        offer->what = what;
        offer->persona = otr_core_label(core, persona);
        /* in a replay too: the case's conversation has what was told, as it was in this moment */
        offer->saying = otr_notice_say(core, asset, alarm, persona, wishes, what);
    }
}

/* ---- what follows ---- */

static void follow(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_offer_kind kind,
                   uint32_t contact, uint32_t persona_label)
{
    otr_str persona = otr_names_get(&core->labels, persona_label);
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_notify *notify = &bound->rule->notify;
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[contact]);
    otr_offer *offer = otr_offer_add(core);
    if (offer == NULL)
        return;
    fill(core, asset, alarm, kind, contact, offer);
    if (wishes == NULL || kind == OTR_OFFER_WITHDRAW || kind == OTR_OFFER_REOPEN)
        return;
    otr_notice_what what = kind == OTR_OFFER_END ? OTR_NOTICE_CLEARED : OTR_NOTICE_RETRACTED;
    if (kind == OTR_OFFER_END &&
        ((notify->on & OTR_ON_CLEARED) == 0 || !otr_notice_has_text(bound, persona, wishes->locale, what)))
        return;
    offer->saying = otr_notice_say(core, asset, alarm, persona, wishes, what);
    otr_str found;
    bool past =
        bound->rule->notify.past && otr_message_find(&bound->pack->pack->messages[notify->message], persona,
                                                     wishes->locale, OTR_TELL_PAST, &found) != NULL;
    if (kind == OTR_OFFER_END && past)
        offer->alone = otr_notice_say(core, asset, alarm, persona, wishes, OTR_NOTICE_PAST);
}

/* To all who have a thread of the alarm, or are about to get one; false when that is nobody. */
static bool offer_following(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm,
                            otr_offer_kind kind)
{
    uint32_t label = otr_core_label(core, asset->asset->id);
    uint32_t pending = core->notices.offer_count;
    for (uint32_t i = 0; i < pending && !core->failed; i++) {
        const otr_offer *before = &core->notices.offers[i];
        if (before->kind == OTR_OFFER_NEWS && otr_id_equal(before->alarm, alarm->id))
            follow(core, asset, alarm, kind, before->contact, before->persona);
    }
    for (uint32_t i = otr_thread_of_asset(core, label); i != OTR_NONE && !core->failed;
         i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        bool there = false;
        for (uint32_t k = 0; k < pending && !there; k++)
            there = core->notices.offers[k].kind == OTR_OFFER_NEWS &&
                    core->notices.offers[k].contact == thread->contact &&
                    otr_id_equal(core->notices.offers[k].alarm, alarm->id);
        if (!there && otr_thread_alarm(thread, alarm->id) != NULL)
            follow(core, asset, alarm, kind, thread->contact, thread->persona);
    }
    return core->notices.offer_count > pending;
}

void otr_notice_offer(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_saying said)
{
    const otr_rule *rule = asset->plan->rules[alarm->rule].rule;
    if (!alarm->quiet && rule->notifies && rule->notify.card != UINT32_MAX && said == OTR_SAY_RAISED)
        otr_card_offer(core, asset, alarm);
    if (alarm->quiet || !rule->notifies || rule->notify.message == UINT32_MAX || rule->notify.gather_us > 0)
        return;
    switch (said) {
    case OTR_SAY_RAISED:
        if ((rule->notify.on & OTR_ON_RAISED) != 0)
            offer_news(core, asset, alarm, OTR_NOTICE_RAISED);
        break;
    case OTR_SAY_HISTORICAL:
        if (rule->notify.past)
            offer_news(core, asset, alarm, OTR_NOTICE_PAST);
        break;
    case OTR_SAY_CLEARED:
        if (rule->notify.on == OTR_ON_CLEARED) /* its end alone is news */
            offer_news(core, asset, alarm, OTR_NOTICE_CLEARED);
        else
            (void)offer_following(core, asset, alarm, OTR_OFFER_END);
        break;
    case OTR_SAY_CORRECTED:
        /* what was over when it became known, and goes on after all, is news to who was not told of it */
        if (alarm->ended == OTR_TIME_NONE && !offer_following(core, asset, alarm, OTR_OFFER_REOPEN) &&
            (rule->notify.on & OTR_ON_RAISED) != 0)
            offer_news(core, asset, alarm, OTR_NOTICE_RAISED);
        break;
    case OTR_SAY_RETRACTED:
        (void)offer_following(core, asset, alarm, OTR_OFFER_RETRACT);
        break;
    case OTR_SAY_WITHDRAWN:
        (void)offer_following(core, asset, alarm, OTR_OFFER_WITHDRAW);
        break;
    default:
        break;
    }
}
