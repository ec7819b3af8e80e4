#include "core/notice/told.h"

#include "base/limits.h"
#include "core/case/conversation.h"
#include "core/notice/notice_tell.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the case of a thread ---- */

static otr_case *case_of(otr_core *core, const otr_notice *thread)
{
    uint32_t number =
        thread->asset < core->asset_cases_capacity ? core->asset_cases[thread->asset] - 1 : OTR_NONE;
    for (; number != OTR_NONE; number = core->cases[number].next)
        if (otr_id_equal(core->cases[number].id, thread->case_id))
            return &core->cases[number];
    return otr_desk_find(core, thread->case_id); /* of a list, or closed */
}

static bool is_missed(const otr_promise *promise)
{
    return promise->state == OTR_PROMISE_MISSED;
}

/* Whether that reader hears of the case's desk in this thread: the newest in which they were told of the
 * case, else the newest in which they are about to be. */
static bool is_chosen(const otr_core *core, uint32_t number, otr_id case_id)
{
    const otr_notice *list = core->notices.list;
    bool newer = true;
    if (!list[number].told && !list[number].waits)
        return false;
    for (uint32_t i = otr_thread_of_asset(core, list[number].asset); i != OTR_NONE;
         i = otr_thread_older(core, i)) {
        newer &= i != number;
        if (i == number || list[i].contact != list[number].contact || !otr_id_equal(list[i].case_id, case_id))
            continue;
        if (list[number].told ? list[i].told && newer : list[i].told || (list[i].waits && newer))
            return false;
    }
    return true;
}

bool otr_told_waits(otr_core *core, const otr_notice *thread)
{
    const otr_case *one = thread->told ? case_of(core, thread) : NULL;
    return one != NULL && one->state != OTR_CASE_CLOSED && one->desk.promise_count > 0 &&
           is_chosen(core, otr_thread_number(core, thread), thread->case_id);
}

/* ---- what a reader has yet to hear ---- */

/* A queue or a colleague has the ticket. */
static bool is_customer(const otr_core *core, const otr_ledger *ledger)
{
    return !ledger->role &&
           !otr_str_starts(otr_names_get(&core->labels, ledger->reference), OTR_STR("staff."));
}

void otr_told_later(otr_core *core, otr_notice *thread)
{
    otr_notices *all = &core->notices;
    if (!otr_core_grow((void **)&all->desk, &all->desk_capacity, all->desk_count + 1, sizeof *all->desk)) {
        core->failed = true;
        return;
    }
    all->desk[all->desk_count++] = thread->id;
}

static void add(otr_core *core, otr_notice *thread, const otr_told_item *item)
{
    if (thread->desk == NULL)
        thread->desk = calloc(OTR_LIMIT_NOTICE_DESK, sizeof *thread->desk);
    if (thread->desk == NULL) {
        core->failed = true;
        return;
    }
    otr_told_fold(thread->desk, &thread->desk_count, item);
    otr_told_later(core, thread);
}

static void add_to(otr_core *core, const otr_case *one, const otr_told_item *item, uint32_t except,
                   bool only_solved)
{
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE && !core->failed;
         i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (thread->contact != except && (thread->solved || !only_solved) &&
            otr_id_equal(thread->case_id, one->id) &&
            is_customer(core, &core->ledgers.list[thread->contact]) && is_chosen(core, i, one->id))
            add(core, thread, item);
    }
}

void otr_told_add(otr_core *core, const otr_case *one, const otr_told_item *item, uint32_t except)
{
    add_to(core, one, item, except, false);
}

/* Whether a resolution is among what the reader has yet to hear. */
static bool has_resolution(const otr_notice *thread)
{
    for (uint32_t i = 0; i < thread->desk_count; i++)
        if (thread->desk[i].what == OTR_NOTICE_RESOLVED)
            return true;
    return false;
}

void otr_told_reopened(otr_core *core, const otr_case *one, otr_reopening why, uint32_t except)
{
    otr_told_item item = otr_told_item_of(OTR_NOTICE_REOPENED, OTR_NONE);
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE && !core->failed;
         i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (otr_id_equal(thread->case_id, one->id) && has_resolution(thread))
            add(core, thread, &item); /* which it takes back */
        else if (otr_id_equal(thread->case_id, one->id) && thread->contact == except)
            thread->solved = false; /* knows */
    }
    add_to(core, one, &item, except, why == OTR_REOPENED_SYMPTOM);
}

/* ---- how it ended ---- */

static bool has_item(const otr_notice *thread, otr_notice_what what, uint32_t name)
{
    for (uint32_t i = 0; i < thread->desk_count; i++)
        if (thread->desk[i].what == what && thread->desk[i].name == name)
            return true;
    return false;
}

/* The reader was told of a promise, in whichever thread of the case, and it is open. */
static bool waits_for_promise(const otr_core *core, const otr_case *one, const otr_notice *thread)
{
    bool told = false;
    for (uint32_t i = otr_thread_of_contact(core, thread->contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(core, i))
        told |= core->notices.list[i].promised && otr_id_equal(core->notices.list[i].case_id, one->id);
    for (uint32_t i = 0; i < one->desk.promise_count && told; i++)
        if (!has_item(thread, OTR_NOTICE_PROMISED, one->desk.promises[i].what))
            return true;
    return false;
}

void otr_told_dismissed(otr_core *core, const otr_case *one, uint32_t code)
{
    otr_told_item settled = otr_told_item_of(OTR_NOTICE_RESOLVED, code);
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE && !core->failed;
         i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (!otr_id_equal(thread->case_id, one->id))
            continue;
        bool waits = is_customer(core, &core->ledgers.list[thread->contact]) && is_chosen(core, i, one->id) &&
                     waits_for_promise(core, one, thread);
        if (thread->desk_count > 0) {
            otr_told_fold_dismiss(thread->desk, &thread->desk_count);
            otr_told_later(core, thread);
        }
        if (waits)
            add(core, thread, &settled);
    }
}

/* The words for how it was resolved, of the pack of the thread; NULL: the agent's own. */
static const otr_catalogue_entry *words_for(otr_core *core, otr_notice *thread, uint32_t code)
{
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    if (subject.asset == NULL)
        return NULL;
    return otr_pack_find_resolution(subject.asset->plan->rules[subject.rule].pack->pack,
                                    otr_names_get(&core->labels, code));
}

void otr_told_corrected(otr_core *core, const otr_case *one, const otr_told_item *item)
{
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE && !core->failed;
         i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (!otr_id_equal(thread->case_id, one->id))
            continue;
        bool differs = thread->solved && words_for(core, thread, one->desk.resolution - 1) !=
                                             words_for(core, thread, item->name);
        if (has_resolution(thread) || (differs && is_chosen(core, i, one->id)))
            add(core, thread, item);
    }
}

void otr_told_closed(otr_core *core, const otr_case *one)
{
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE; i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (!otr_id_equal(thread->case_id, one->id))
            continue;
        if (!otr_thread_is_open(thread) && !thread->waits && thread->due == OTR_TIME_NEVER)
            otr_thread_close(core, thread);
    }
}

void otr_told_clear(otr_notice *thread, bool told)
{
    for (uint32_t i = 0; i < thread->desk_count && told; i++) {
        switch ((otr_notice_what)thread->desk[i].what) {
        case OTR_NOTICE_RESOLVED:
            thread->solved = true;
            thread->promised = false;
            break;
        case OTR_NOTICE_REOPENED:
            thread->solved = false;
            break;
        case OTR_NOTICE_PROMISED:
        case OTR_NOTICE_MOVED:
        case OTR_NOTICE_MISSED:
            thread->promised = true;
            break;
        default:
            break;
        }
    }
    free(thread->desk);
    thread->desk = NULL;
    thread->desk_count = 0;
}

/* ---- deciding ---- */

/* The reader hears of the trouble itself in this moment: that it is not solved goes without saying. */
static bool is_news_now(const otr_core *core, const otr_notice *thread)
{
    for (uint32_t i = otr_thread_of_contact(core, thread->contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(core, i)) {
        const otr_notice *other = &core->notices.list[i];
        if (other->told_at == core->now.core && otr_id_equal(other->case_id, thread->case_id))
            return true;
    }
    return false;
}

static void leave_out_reopened(otr_notice *thread)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < thread->desk_count; i++) {
        if (thread->desk[i].what == OTR_NOTICE_REOPENED)
            thread->solved = false;
        else
            thread->desk[kept++] = thread->desk[i];
    }
    thread->desk_count = kept;
}

/* What waits is the desk's, and nothing of it is true any more. */
static void drop_held(otr_core *core, otr_notice *thread)
{
    otr_notice_decision decision = {.what = (otr_notice_what)thread->what,
                                    .verdict = {.state = OTR_NOTICE_DROPPED, .reason = OTR_UNTOLD_RETRACTED}};
    otr_notice_decide(core, thread, &decision);
}

/* The budget that was kept for news is there for this; where it has to wait all the same, it comes with them.
 */
static otr_verdict judge(otr_core *core, otr_notice *thread)
{
    otr_time next_by = thread->next_by;
    int32_t day = thread->promise_day;
    otr_thread_unpromise(core, thread);
    otr_verdict verdict = otr_policy_judge(core, thread, false);
    if (verdict.state != OTR_NOTICE_HELD)
        return verdict;
    thread->next_by = next_by;
    thread->promise_day = day;
    if (day != OTR_DAY_NONE)
        otr_ledger_debit(core, &core->ledgers.list[thread->contact], thread->category, day);
    return verdict;
}

static void decide(otr_core *core, otr_notice *thread)
{
    bool held = thread->waits && otr_told_is_desk((otr_notice_what)thread->what);
    if (!thread->told && !thread->waits)
        otr_told_clear(thread, false); /* it was over before it could be told */
    if (is_news_now(core, thread))
        leave_out_reopened(thread);
    if (thread->desk_count == 0) {
        if (held)
            drop_held(core, thread);
        return;
    }
    otr_notice_what what = otr_told_lead(thread->desk, thread->desk_count);
    if (thread->waits && !held) { /* is told with that */
        otr_notice_group(core, thread, &thread->alarms[0], what, OTR_UNTOLD_GROUPED);
        return;
    }
    otr_notice_revise(core, thread, thread->alarms[0].id);
    otr_notice_decision decision = {.what = what, .verdict = judge(core, thread)};
    otr_notice_decide(core, thread, &decision);
}

void otr_told_flush(otr_core *core)
{
    otr_notices *all = &core->notices;
    for (uint32_t i = 0; i < all->desk_count && !core->failed; i++) {
        otr_notice *thread = otr_thread_find(core, all->desk[i]);
        if (thread != NULL)
            decide(core, thread);
    }
    all->desk_count = 0;
}

/* ---- what is owed ---- */

bool otr_told_owe(otr_core *core, otr_notice *thread)
{
    const otr_case *one = otr_told_waits(core, thread) ? case_of(core, thread) : NULL;
    if (one == NULL || !is_customer(core, &core->ledgers.list[thread->contact]))
        return false;
    bool owed = false;
    for (uint32_t i = 0; i < one->desk.promise_count; i++) {
        if (!is_missed(&one->desk.promises[i]))
            continue;
        otr_told_item item = otr_told_item_of(OTR_NOTICE_OWED, one->desk.promises[i].what);
        add(core, thread, &item);
        owed = true;
    }
    return owed;
}

/* A promise within a day takes the place of the planned news. One that is missed has its own, further apart
 * each time. */
bool otr_told_next(otr_core *core, otr_notice *thread)
{
    const otr_case *one = otr_told_waits(core, thread) ? case_of(core, thread) : NULL;
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_time next = OTR_TIME_NEVER;
    bool missed = false;
    if (one == NULL || !is_customer(core, &core->ledgers.list[thread->contact]))
        return false;
    for (uint32_t i = 0; i < one->desk.promise_count; i++) {
        const otr_promise *promise = &one->desk.promises[i];
        missed |= is_missed(promise);
        next = !is_missed(promise) && promise->by < next ? promise->by : next;
    }
    if (next != OTR_TIME_NEVER && next > core->now.utc && next - core->now.utc <= OTR_DAY) {
        otr_time news = thread->news;
        otr_policy_promise(core, thread, next - core->now.utc);
        thread->news = news;
        return true;
    }
    if (!missed)
        return false;
    bool again = thread->what == OTR_NOTICE_OWED || thread->what == OTR_NOTICE_UPDATED;
    otr_time span = rule != NULL && rule->notify.news_us > 0 ? rule->notify.news_us : OTR_TOLD_NEWS_US;
    otr_time twice = otr_time_add(thread->news, thread->news);
    if (again && thread->news > 0)
        span = twice < OTR_DAY ? twice : OTR_DAY;
    otr_policy_promise(core, thread, span);
    return true;
}

/* ---- what was told ---- */

otr_str otr_told_who(const otr_core *core, const otr_notice *thread)
{
    otr_str reference = otr_names_get(&core->labels, core->ledgers.list[thread->contact].reference);
    otr_str persona = otr_names_get(&core->labels, thread->persona);
    if (otr_str_starts(reference, OTR_STR("staff.")))
        return reference;
    return persona.size > 0 ? persona : OTR_STR("customer");
}

static void remark(otr_core *core, otr_case *one, otr_str who, otr_str text)
{
    otr_remark said = {.speaker = OTR_SPEAKER_GATEWAY, .what = OTR_STR("told"), .who = who, .text = text};
    otr_conversation_add(core, one, &said);
}

void otr_told_note(otr_core *core, otr_notice *thread, otr_notice_what what, otr_str brief)
{
    otr_case *one = case_of(core, thread);
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    if (one == NULL || ledger->role)
        return;
    otr_str who = otr_told_who(core, thread);
    if (!otr_told_is_desk(what))
        remark(core, one, who, brief.size > 0 ? brief : otr_notice_what_row(what));
    for (uint32_t i = 0; i < thread->desk_count; i++) {
        const otr_told_item *item = &thread->desk[i];
        otr_str word = otr_notice_what_row((otr_notice_what)item->what);
        otr_str name = item->name != OTR_NONE ? otr_names_get(&core->labels, item->name) : OTR_STR("");
        char text[160];
        int size = snprintf(text, sizeof text, "%.*s%s%.*s", OTR_STR_ARG(word), name.size > 0 ? " " : "",
                            OTR_STR_ARG(name));
        remark(core, one, who, (otr_str){text, size < (int)sizeof text ? (size_t)size : sizeof text - 1});
    }
}
