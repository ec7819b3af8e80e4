#include "core/case/gather.h"

#include "core/alarm/point.h"
#include "core/asset/whose.h"
#include "core/case/case.h"
#include "core/notice/notice_offer.h"
#include "core/notice/notice_tell.h"
#include "core/outbox/event.h"
#include "core/outbox/outbox.h"
#include "core/ticket/ticket.h"
#include "core/ticket/ticket_parts.h"

#include <stdio.h>

enum {
    ITEMS_MAX = 50,     /* named in one list; of the rest it says how many */
    EVIDENCE_MAX = 250, /* values in one ticket */
};

/* The list while it is made: of each asset the alarm that was raised first, in the order of the assets. */
typedef struct list {
    const otr_asset_state *assets[ITEMS_MAX];
    const otr_alarm *alarms[ITEMS_MAX];
    size_t count;
    size_t more; /* beyond ITEMS_MAX */
} list;

static const otr_rule *rule_of(const otr_asset_state *asset, const otr_alarm *alarm)
{
    return asset->plan->rules[alarm->rule].rule;
}

/* open: those that go on and are not on a shelf; else all that is still known of. */
static const otr_alarm *find_in(otr_core *core, const otr_asset_state *asset, otr_id case_id, bool open)
{
    const otr_alarm *found = NULL;
    for (uint32_t number = asset->alarms; number != OTR_NONE; number = core->alarms[number].next) {
        const otr_alarm *alarm = &core->alarms[number];
        bool goes_on = alarm->ended == OTR_TIME_NONE &&
                       otr_point_silence_at(core, asset, alarm->rule, asset->clock) == OTR_ALARM_NORMAL;
        if (otr_id_equal(alarm->case_id, case_id) && rule_of(asset, alarm)->notify.gather_us > 0 &&
            (goes_on || !open))
            found = alarm; /* the newest is first */
    }
    return found;
}

static void gather(otr_core *core, otr_id case_id, bool open, list *out)
{
    for (uint32_t i = 0; i < core->asset_count; i++) {
        const otr_alarm *alarm = find_in(core, &core->assets[i], case_id, open);
        if (alarm == NULL)
            continue;
        if (out->count == ITEMS_MAX) {
            out->more++;
            continue;
        }
        out->assets[out->count] = &core->assets[i];
        out->alarms[out->count++] = alarm;
    }
}

/* "Milk (2 left), Coffee (1 left), +3"; wishes NULL: for staff */
static otr_str items_text(otr_core *core, const list *items, otr_str persona, const otr_contact *wishes)
{
    otr_buffer out = {0};
    otr_str comma = otr_phrase_comma(otr_locale_find(wishes != NULL ? wishes->locale : OTR_STR("en")));
    for (size_t i = 0; i < items->count; i++) {
        otr_str text = otr_notice_item(core, items->assets[i], items->alarms[i], persona, wishes);
        otr_buffer_add(&out, comma.data, i > 0 ? comma.size : 0);
        otr_buffer_add(&out, text.data, text.size);
    }
    if (items->more > 0)
        otr_buffer_add_format(&out, "%.*s+%zu", OTR_STR_ARG(comma), items->more);
    return otr_compose_keep(core, &out);
}

/* The contact's ledger, OTR_NONE where nobody is to be told. */
static uint32_t reader_of(otr_core *core, const list *items, otr_str *persona)
{
    const otr_rule *rule = rule_of(items->assets[0], items->alarms[0]);
    uint32_t contact = otr_notice_addressee(core, items->assets[0], rule->notify.to[0], persona);
    return contact != OTR_NONE && otr_ledger_wishes(core, &core->ledgers.list[contact]) != NULL ? contact
                                                                                                : OTR_NONE;
}

/* Core time at which a list that must not be told now is made anew. */
static otr_time postponed(otr_core *core, uint32_t contact, const otr_verdict *verdict)
{
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[contact]);
    if (!core->now.synced)
        return otr_time_add(core->now.core, 10 * OTR_MINUTE);
    otr_time utc = verdict->due_civil != OTR_TIME_NEVER ? verdict->due_civil
                                                        : otr_contact_morning(core, wishes, core->now.utc);
    return otr_time_add(core->now.core, utc - core->now.utc);
}

/* The reader's thread of the list, each of whose revisions is told anew: what becomes of its case is told
 * there. */
static otr_notice *thread_of(otr_core *core, const otr_case *one, uint32_t contact)
{
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE; i = otr_thread_older(core, i))
        if (core->notices.list[i].contact == contact && otr_id_equal(core->notices.list[i].case_id, one->id))
            return &core->notices.list[i];
    otr_notice *made = otr_thread_make(core, one->id, contact, one->asset);
    if (made == NULL)
        return NULL;
    made->list = true;
    made->category = one->category;
    made->customer = one->customer;
    made->case_id = one->id;
    return made;
}

static void notify(otr_core *core, const otr_case *one, const list *items, uint32_t contact, otr_str persona)
{
    const otr_asset_state *asset = items->assets[0];
    const otr_alarm *alarm = items->alarms[0];
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[contact]);
    otr_notice *thread = thread_of(core, one, contact);
    if (thread == NULL)
        return;
    thread->persona = otr_core_label(core, persona);
    thread->asset_at = alarm->asset;
    thread->alarm_count = 1;
    thread->alarm_more = (uint32_t)(items->count + items->more - 1);
    /* not open: the next list tells what goes on */
    thread->alarms[0] = (otr_notice_alarm){.id = alarm->id,
                                           .pack = otr_core_label(core, bound->pack->pack->name),
                                           .rule = otr_core_label(core, bound->rule->name),
                                           .priority = one->priority};
    otr_notice_saying saying =
        otr_notice_say_list(core, asset, alarm, persona, wishes, items_text(core, items, persona, wishes),
                            items->count + items->more);
    saying.event.asset = otr_names_get(&core->labels, one->asset);
    otr_notice_decision decision = {
        .what = OTR_NOTICE_RAISED, .verdict = {.state = OTR_NOTICE_TOLD}, .saying = &saying};
    otr_notice_revise(core, thread, alarm->id);
    otr_notice_decide(core, thread, &decision);
}

/* "milk.stock" and so on, of each item. */
static void add_evidence(otr_core *core, const list *items, otr_service_event *event)
{
    otr_evidence *all = otr_arena_array(&core->effects->memory, EVIDENCE_MAX + 32, sizeof *all);
    event->evidence = all;
    core->failed |= all == NULL;
    for (size_t i = 0; all != NULL && i < items->count; i++) {
        const otr_rule *rule = rule_of(items->assets[i], items->alarms[i]);
        if (event->evidence_count + rule->evidence_count > EVIDENCE_MAX)
            return;
        otr_evidence *own = &all[event->evidence_count];
        size_t count = otr_ticket_evidence(core, items->assets[i], rule, own);
        for (size_t k = 0; k < count; k++) {
            char name[160];
            (void)snprintf(name, sizeof name, "%.*s.%.*s", OTR_STR_ARG(items->assets[i]->asset->id),
                           OTR_STR_ARG(own[k].metric));
            own[k].metric = otr_effects_copy(core->effects, otr_str_of(name));
        }
        event->evidence_count += count;
    }
}

/* Each of them by itself, for the desk: "milk": "Milk, model M1, at home". */
static void add_members(otr_core *core, const otr_case *one, const list *items, otr_service_event *event)
{
    otr_fact *facts = otr_arena_array(&core->effects->memory, items->count + 2, sizeof *facts);
    event->facts = facts;
    event->fact_count = 0;
    core->failed |= facts == NULL;
    if (facts != NULL && one->customer > 0)
        facts[event->fact_count++] = (otr_fact){OTR_STR("customer"), otr_whose_name(core, one->customer)};
    for (size_t i = 0; facts != NULL && i < items->count; i++)
        facts[event->fact_count++] =
            (otr_fact){items->assets[i]->asset->id, otr_ticket_member(core, items->assets[i])};
}

void otr_gather_say(otr_core *core, otr_case *one, const char *what)
{
    list items = {.count = 0};
    otr_fact facts[OTR_EVENT_FACTS_MAX];
    otr_service_event event = otr_event_blank(core->now.utc, OTR_STR(""));
    event.onset = one->onset;
    event.ended = core->now.utc;
    gather(core, one->id, true, &items);
    if (items.count == 0)
        gather(core, one->id, false, &items);
    if (!core->effects->discard && items.count > 0) {
        event = otr_event_facts(core, items.assets[0], items.alarms[0], facts, NULL);
        event.cause = items_text(core, &items, OTR_STR(""), NULL);
        add_evidence(core, &items, &event);
    }
    if (!core->effects->discard)
        add_members(core, one, &items, &event);
    otr_ticket_put(core, one, what, items.count > 0 ? items.assets[0] : NULL,
                   items.count > 0 ? items.alarms[0] : NULL, &event);
}

static void put_ticket(otr_core *core, otr_case *one, const list *items)
{
    bool first = !one->ticket;
    const char *what = one->again ? "reopened" : "updated";
    if (first && !rule_of(items->assets[0], items->alarms[0])->ticket)
        return;
    one->ticket = true;
    one->again = false;
    otr_gather_say(core, one, first ? "opened" : what);
}

otr_str otr_gather_name(otr_core *core, const otr_notice *thread)
{
    enum { NAMED = 3 };
    list items = {.count = 0};
    otr_buffer out = {0};
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    otr_str comma = otr_phrase_comma(otr_locale_find(wishes != NULL ? wishes->locale : OTR_STR("en")));
    gather(core, thread->case_id, true, &items);
    if (items.count == 0)
        gather(core, thread->case_id, false, &items);
    for (size_t i = 0; i < items.count && i < NAMED; i++)
        otr_buffer_add_format(&out, "%.*s%.*s", i > 0 ? (int)comma.size : 0, comma.data,
                              OTR_STR_ARG(items.assets[i]->asset->name));
    if (items.count + items.more > NAMED)
        otr_buffer_add_format(&out, "%.*s+%zu", OTR_STR_ARG(comma), items.count + items.more - NAMED);
    otr_str whole = otr_names_get(&core->labels, thread->asset);
    size_t size = otr_whose_name(core, thread->customer).size;
    if (out.size == 0 && whole.size > size + 1) /* all is over, and forgotten: its group, else what it is */
        otr_buffer_add(&out, whole.data + size + 1, whole.size - size - 1);
    if (out.size == 0) {
        otr_str category = otr_names_get(&core->labels, thread->category);
        otr_buffer_add(&out, category.data, category.size);
    }
    return otr_compose_keep(core, &out);
}

void otr_gather_tell(otr_core *core, uint32_t case_number)
{
    otr_case *one = &core->cases[case_number];
    list items = {.count = 0};
    gather(core, one->id, true, &items);
    if (items.count == 0)
        return; /* all of it is over, or on a shelf */
    otr_str persona = {NULL, 0};
    uint32_t contact = reader_of(core, &items, &persona);
    if (contact != OTR_NONE) {
        otr_verdict verdict = otr_policy_judge_message(core, &core->ledgers.list[contact], one->category,
                                                       one->priority == OTR_PRIORITY_CRITICAL);
        if (verdict.state == OTR_NOTICE_HELD &&
            otr_timers_set(&core->case_timers, case_number, postponed(core, contact, &verdict)))
            return; /* made anew then, with what is open then */
        if (verdict.state != OTR_NOTICE_TOLD)
            contact = OTR_NONE;
    }
    one->revision++;
    if (contact != OTR_NONE)
        notify(core, one, &items, contact, persona);
    put_ticket(core, one, &items);
    otr_case_keep(core, one);
}
