#include "core/notice/notice_flood.h"

#include "core/notice/notice_follow.h"
#include "core/notice/told.h"
#include "core/outbox/event.h"
#include "core/outbox/outbox.h"

#include <stdlib.h>

/* ---- lines ---- */

static void add_item(otr_buffer *items, const otr_contact *wishes, otr_str line)
{
    otr_str between = otr_phrase_semicolon(otr_locale_find(wishes->locale));
    if (items->size > 0)
        otr_buffer_add(items, between.data, between.size);
    otr_buffer_add(items, line.data, line.size);
}

/* What the thread says now; not made: nothing that could be said. */
static otr_notice_saying say(otr_core *core, otr_notice *thread)
{
    otr_notice_saying none = {.made = false};
    if (otr_told_is_desk((otr_notice_what)thread->what) && thread->waits && thread->desk_count > 0)
        return otr_told_say(core, thread);
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    otr_notice_what what = thread->gathered ? OTR_NOTICE_UPDATED : (otr_notice_what)thread->what;
    if (subject.alarm == NULL || wishes == NULL ||
        !otr_notice_has_text(&subject.asset->plan->rules[subject.rule],
                             otr_names_get(&core->labels, thread->persona), wishes->locale, what))
        return none;
    return otr_notice_say(core, subject.asset, subject.alarm, otr_names_get(&core->labels, thread->persona),
                          wishes, what);
}

static void add_held(otr_core *core, otr_buffer *items, const otr_contact *wishes, otr_notice *thread)
{
    otr_service_event event;
    if (thread->body.data == NULL) {
        otr_notice_saying saying = say(core, thread);
        if (saying.made)
            add_item(items, wishes, otr_notice_line(core, &saying));
    } else if (otr_outbox_render(&core->effects->memory, thread->body, core->now.utc, &event, NULL) ==
               OTR_OK) {
        add_item(items, wishes, otr_compose_item(event.line.size > 0 ? event.line : event.text));
    }
}

static otr_str text_of(otr_core *core, otr_buffer *items)
{
    core->failed |= items->failed;
    otr_str text = otr_effects_copy(core->effects, otr_buffer_text(items));
    otr_buffer_done(items);
    return text;
}

/* UTC at which the trouble was first to be told. */
static otr_time since_of(const otr_core *core, const otr_notice *thread)
{
    return core->now.utc - (core->now.core - thread->offered);
}

static void debit(otr_core *core, otr_ledger *ledger, const otr_contact *wishes)
{
    otr_ledger_debit(core, ledger, otr_core_label(core, OTR_STR("digest")),
                     otr_contact_day(core, wishes, core->now.utc));
}

/* Of the contact and the input at hand. */
static otr_id message_id(const otr_core *core, uint32_t contact, char kind)
{
    otr_str reference = otr_names_get(&core->labels, core->ledgers.list[contact].reference);
    otr_id own = otr_hash128((uint64_t)kind, core->seq, reference.data, reference.size);
    return otr_hash128((uint64_t)core->now.core, core->seq, own.bytes, sizeof own.bytes);
}

/* ---- floods ---- */

static bool is_one_of(const otr_core *core, uint32_t contact, const otr_candidate *one)
{
    const otr_notice *thread = &core->notices.list[one->number];
    return thread->used && otr_id_equal(thread->id, one->thread) && thread->contact == contact &&
           one->verdict.state == OTR_NOTICE_TOLD && one->priority < OTR_PRIORITY_CRITICAL && !thread->told;
}

typedef struct asset_set {
    uint32_t list[OTR_LIMIT_FLOOD_ASSETS + 1];
    unsigned count;
} asset_set;

static void add_asset(asset_set *set, uint32_t asset)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->list[i] == asset)
            return;
    if (set->count <= OTR_LIMIT_FLOOD_ASSETS)
        set->list[set->count++] = asset;
}

/* Whether more of the contact's things than one cause leaves apart have something to tell, or had lately. */
static bool is_flood(const otr_core *core, uint32_t contact, const otr_candidate *list, size_t count)
{
    asset_set set = {.count = 0};
    otr_time since = core->now.core - OTR_LIMIT_FLOOD_MINUTES * OTR_MINUTE;
    for (size_t i = 0; i < count; i++)
        if (is_one_of(core, contact, &list[i]))
            add_asset(&set, core->notices.list[list[i].number].asset);
    if (set.count == 0)
        return false;
    for (uint32_t i = otr_thread_of_contact(core, contact);
         i != OTR_NONE && set.count <= OTR_LIMIT_FLOOD_ASSETS; i = otr_thread_older_of_contact(core, i)) {
        const otr_notice *thread = &core->notices.list[i];
        if (thread->offered > since || thread->told_at > since)
            add_asset(&set, thread->asset);
    }
    return set.count > OTR_LIMIT_FLOOD_ASSETS;
}

static bool same_rule(const otr_notice *a, const otr_notice *b)
{
    return a->alarms[0].pack == b->alarms[0].pack && a->alarms[0].rule == b->alarms[0].rule;
}

/* What came to one contact lately that is like one thing. */
typedef struct wave {
    size_t count;
    otr_time since; /* UTC of the first */
    bool is_over;   /* nothing of it goes on */
    bool is_all;    /* nothing else came */
} wave;

/* since: core time. */
static wave wave_of(const otr_core *core, uint32_t contact, const otr_notice *like, otr_time since)
{
    wave out = {.since = OTR_TIME_NEVER, .is_over = true, .is_all = true};
    for (uint32_t i = otr_thread_of_contact(core, contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(core, i)) {
        const otr_notice *thread = &core->notices.list[i];
        if (thread->offered <= since)
            continue;
        if (!same_rule(thread, like)) {
            out.is_all = false;
            continue;
        }
        out.count++;
        out.is_over &= !otr_thread_is_open(thread);
        out.since = since_of(core, thread) < out.since ? since_of(core, thread) : out.since;
    }
    return out;
}

/* One message of all that the same rule says; what else there is waits for the digest. */
static void tell_flood(otr_core *core, uint32_t contact, otr_candidate *list, size_t count, size_t lead)
{
    otr_ledger *ledger = &core->ledgers.list[contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    const otr_notice *first = &core->notices.list[list[lead].number];
    otr_buffer items = {0};
    size_t told = 0;
    debit(core, ledger, wishes);
    ledger->flood_ends = otr_time_add(core->now.core, OTR_LIMIT_FLOOD_DIGEST_MINUTES * OTR_MINUTE);
    otr_policy_plan_digest(core, contact,
                           otr_time_add(core->now.utc, OTR_LIMIT_FLOOD_DIGEST_MINUTES * OTR_MINUTE));
    for (size_t i = lead; i < count; i++) {
        otr_notice *thread = &core->notices.list[list[i].number];
        if (!is_one_of(core, contact, &list[i]) || !same_rule(thread, first))
            continue;
        told++;
        if (core->effects->discard)
            continue;
        otr_notice_saying saying = list[i].saying.made ? list[i].saying : say(core, thread);
        if (saying.made)
            add_item(&items, wishes, otr_notice_line(core, &saying));
    }
    wave all = wave_of(core, contact, first, core->now.core - OTR_LIMIT_FLOOD_MINUTES * OTR_MINUTE);
    otr_notice_saying saying = otr_notice_say_digest(core, wishes, OTR_MANY_FLOOD, text_of(core, &items),
                                                     all.count, all.since, ledger->digest);
    saying.event.alarm_count = (uint32_t)told;
    uint64_t seq = otr_notice_message(core, contact, message_id(core, contact, 'f'), list[lead].priority,
                                      &saying, ledger->digest);
    for (size_t i = lead; i < count; i++) {
        otr_notice *thread = &core->notices.list[list[i].number];
        if (i != lead && (!is_one_of(core, contact, &list[i]) || !same_rule(thread, first)))
            continue;
        list[i].verdict.state = OTR_NOTICE_GATHERED;
        otr_notice_gathered(core, thread, OTR_UNTOLD_FLOOD, seq);
    }
}

void otr_flood_check(otr_core *core, uint32_t contact, otr_candidate *list, size_t count)
{
    if (core->ledgers.list[contact].role || !is_flood(core, contact, list, count))
        return; /* who has no part in a single asset wants each by itself */
    for (size_t i = 0; i < count; i++) {
        if (!is_one_of(core, contact, &list[i]))
            continue;
        tell_flood(core, contact, list, count, i);
        return;
    }
}

/* ---- digests ---- */

static bool is_in_digest(const otr_notice *thread)
{
    return (thread->waits && otr_policy_waits_for_digest((otr_notice_reason)thread->wait)) ||
           (thread->gathered && !thread->waits && otr_thread_is_open(thread));
}

/* Why it is not for the reader any more: stopped meanwhile, or told once already, if by the list itself. */
static otr_notice_reason unwanted(otr_core *core, otr_notice *thread, const uint32_t *before, size_t count)
{
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    const otr_rule *rule = otr_policy_rule(core, thread);
    if (wishes != NULL &&
        otr_ledger_is_stopped(core, ledger, wishes, thread->category, otr_policy_is_critical(thread)))
        return OTR_UNTOLD_OPTED_OUT;
    if (rule == NULL || !rule->notify.once || thread->told)
        return OTR_UNTOLD_NONE;
    uint64_t once = otr_policy_once(core, thread);
    bool told = otr_ledger_has_once(ledger, once);
    for (size_t i = 0; i < count && !told; i++)
        told = otr_policy_once(core, &core->notices.list[before[i]]) == once;
    return told ? OTR_UNTOLD_ONCE : OTR_UNTOLD_NONE;
}

static size_t leave_out_unwanted(otr_core *core, uint32_t *numbers, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && !core->failed; i++) {
        otr_notice *thread = &core->notices.list[numbers[i]];
        otr_notice_reason reason = unwanted(core, thread, numbers, kept);
        otr_notice_decision decision = {.what = (otr_notice_what)thread->what,
                                        .verdict = {.state = OTR_NOTICE_DROPPED, .reason = reason}};
        if (reason == OTR_UNTOLD_NONE)
            numbers[kept++] = numbers[i];
        else if (thread->waits)
            otr_notice_decide(core, thread, &decision);
    }
    return kept;
}

/* What has become untrue is dropped on the way. Returns how many are left. */
static size_t collect(otr_core *core, uint32_t contact, uint32_t *numbers)
{
    size_t count = 0;
    for (uint32_t i = otr_thread_of_contact(core, contact); i != OTR_NONE && !core->failed;
         i = otr_thread_older_of_contact(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (is_in_digest(thread) && (!thread->waits || otr_notice_still_holds(core, thread)))
            numbers[count++] = i;
    }
    /* the oldest first, then by priority */
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t one = numbers[i];
        numbers[i] = numbers[count - 1 - i];
        numbers[count - 1 - i] = one;
    }
    for (size_t i = 1; i < count; i++) {
        uint32_t one = numbers[i];
        unsigned priority = otr_thread_priority(&core->notices.list[one]);
        size_t at = i;
        for (; at > 0 && otr_thread_priority(&core->notices.list[numbers[at - 1]]) < priority; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = one;
    }
    return leave_out_unwanted(core, numbers, count);
}

/* One alone is told as itself, where its category has budget. */
static bool tell_alone(otr_core *core, uint32_t number)
{
    otr_notice *thread = &core->notices.list[number];
    if (!thread->waits)
        return false;
    otr_notice_decision decision = {.what = (otr_notice_what)thread->what};
    decision.verdict = otr_policy_judge(core, thread, false);
    if (decision.verdict.state != OTR_NOTICE_TOLD)
        return false;
    otr_notice_decide(core, thread, &decision);
    return true;
}

/* flood_ends: core time, NONE: it is no summary of a flood. */
static otr_notice_saying say_all(otr_core *core, uint32_t contact, const otr_notice *first, otr_str items,
                                 size_t count, otr_time since, otr_time flood_ends)
{
    enum { REACH_MINUTES = OTR_LIMIT_FLOOD_DIGEST_MINUTES + OTR_LIMIT_FLOOD_MINUTES };
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[contact]);
    if (flood_ends != OTR_TIME_NONE) {
        wave all = wave_of(core, contact, first, flood_ends - REACH_MINUTES * OTR_MINUTE);
        if (all.is_over && all.is_all)
            return otr_notice_say_digest(core, wishes, OTR_MANY_FLOOD_OVER, items, all.count, all.since,
                                         OTR_TIME_NONE);
    }
    return otr_notice_say_digest(core, wishes, OTR_MANY_DIGEST, items, count, since, OTR_TIME_NONE);
}

static void tell_all(otr_core *core, uint32_t contact, const uint32_t *numbers, size_t count,
                     otr_time flood_ends)
{
    otr_ledger *ledger = &core->ledgers.list[contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    otr_buffer items = {0};
    unsigned priority = 0;
    bool goes_on = false;
    otr_time since = OTR_TIME_NEVER;
    debit(core, ledger, wishes);
    for (size_t i = 0; i < count; i++) {
        otr_notice *thread = &core->notices.list[numbers[i]];
        priority = otr_thread_priority(thread) > priority ? otr_thread_priority(thread) : priority;
        goes_on |= otr_thread_is_open(thread);
        since = since_of(core, thread) < since ? since_of(core, thread) : since;
        if (!core->effects->discard)
            add_held(core, &items, wishes, thread);
    }
    /* what goes on is told again in the next one */
    if (goes_on)
        otr_policy_plan_digest(core, contact, otr_contact_morning(core, wishes, core->now.utc));
    otr_notice_saying saying = say_all(core, contact, &core->notices.list[numbers[0]], text_of(core, &items),
                                       count, since, flood_ends);
    saying.event.alarm_count = (uint32_t)count;
    uint64_t seq =
        otr_notice_message(core, contact, message_id(core, contact, 'g'), priority, &saying, ledger->digest);
    for (size_t i = 0; i < count; i++) {
        otr_notice *thread = &core->notices.list[numbers[i]];
        if (!thread->waits) {
            otr_notice_revise(core, thread, thread->alarms[0].id);
            thread->what = OTR_NOTICE_UPDATED;
        }
        otr_notice_gathered(core, thread, OTR_UNTOLD_DIGEST, seq);
    }
}

static void tell(otr_core *core, uint32_t contact, const uint32_t *numbers, size_t count, otr_time flood_ends)
{
    otr_ledger *ledger = &core->ledgers.list[contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    uint32_t category = otr_core_label(core, OTR_STR("digest"));
    int32_t day = otr_contact_day(core, wishes, core->now.utc);
    if (count == 0)
        return;
    if (otr_contact_is_quiet(core, wishes, core->now.utc) ||
        otr_ledger_fits(core, ledger, wishes, category, day) != OTR_UNTOLD_NONE) {
        otr_policy_plan_digest(core, contact, core->now.utc); /* its wishes have changed */
        return;
    }
    if (count > 1 || !tell_alone(core, numbers[0]))
        tell_all(core, contact, numbers, count, flood_ends);
}

void otr_digest_tell(otr_core *core, uint32_t contact)
{
    otr_ledger *ledger = &core->ledgers.list[contact];
    if (ledger->digest_day != OTR_DAY_NONE)
        otr_ledger_release(ledger, otr_core_label(core, OTR_STR("digest")), ledger->digest_day);
    ledger->digest = OTR_TIME_NEVER;
    ledger->digest_day = OTR_DAY_NONE;
    otr_time flood_ends = ledger->flood_ends;
    ledger->flood_ends = OTR_TIME_NONE;
    (void)otr_timers_set(&core->notices.digests, contact, OTR_TIME_NEVER);
    if (core->notices.count == 0)
        return;
    uint32_t *numbers = malloc(core->notices.count * sizeof *numbers);
    if (numbers == NULL) {
        core->failed = true;
        return;
    }
    size_t count = collect(core, contact, numbers);
    if (otr_ledger_wishes(core, ledger) != NULL && !core->failed)
        tell(core, contact, numbers, count, flood_ends);
    free(numbers);
}
