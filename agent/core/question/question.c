/* Whether those who heard of a case are asked about it, once it has closed; and what. */
#include "core/question/question_tell.h"

#include "base/limits.h"
#include "core/asset/whose.h"
#include "core/desk/desk_timer.h"
#include "core/notice/notice_thread.h"
#include "core/notice/policy.h"

/* Of twenty that are drawn; one who may not be asked the rare one is asked the first. */
enum { DRAWS = 20, DRAWS_NPS = 3, DRAWS_EFFORT = 8, NPS_CASES = 2 };

/* ---- what is drawn ---- */

/* Of the customer and the case alone: a replay draws the same. */
static uint64_t draw(const otr_core *core, const otr_question *question)
{
    otr_str customer = otr_names_get(&core->labels, question->customer);
    return otr_hash64(otr_hash64('q', 1, customer.data, customer.size), 2, question->case_id.bytes,
                      sizeof question->case_id.bytes);
}

static otr_question_kind draw_kind(const otr_core *core, const otr_question *question,
                                   const otr_questioned *person)
{
    uint64_t drawn = draw(core, question) / 100 % DRAWS;
    otr_time again = otr_time_add(person->nps, OTR_LIMIT_QUESTION_NPS_DAYS * OTR_DAY);
    bool rare = person->cases >= NPS_CASES && (person->nps == OTR_TIME_NONE || core->now.utc >= again);
    if (drawn < DRAWS_NPS && rare)
        return OTR_QUESTION_NPS;
    return drawn >= DRAWS_NPS && drawn < DRAWS_NPS + DRAWS_EFFORT ? OTR_QUESTION_EFFORT
                                                                  : OTR_QUESTION_SATISFACTION;
}

/* ---- what else of the customer's is not over ---- */

static bool is_their_case(const otr_core *core, uint32_t number, otr_id id)
{
    while (number != OTR_NONE && !otr_id_equal(core->cases[number].id, id))
        number = core->cases[number].next;
    return number != OTR_NONE;
}

static uint32_t first_case(const otr_core *core, uint32_t asset)
{
    return asset < core->asset_cases_capacity ? core->asset_cases[asset] - 1 : OTR_NONE;
}

/* One that they have heard of, or are yet to hear of. */
static bool has_thread_open(const otr_core *core, uint32_t contact)
{
    for (uint32_t i = otr_thread_of_contact(core, contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(core, i)) {
        const otr_notice *thread = &core->notices.list[i];
        if (otr_thread_is_open(thread) ||
            is_their_case(core, first_case(core, thread->asset), thread->case_id))
            return true;
    }
    return false;
}

static bool has_to_do_with(const otr_asset *asset, otr_str customer)
{
    if (asset->customer != NULL && otr_str_equal(asset->customer->reference, customer))
        return true;
    for (size_t i = 0; i < asset->contact_count; i++)
        if (otr_str_equal(asset->contacts[i].contact->reference, customer))
            return true;
    return false;
}

/* Not one of before it was its customer's. */
static bool has_open_case(const otr_core *core, const otr_asset *asset)
{
    otr_str customer = asset->customer != NULL ? asset->customer->reference : (otr_str){NULL, 0};
    for (uint32_t i = first_case(core, otr_names_find(&core->labels, asset->id)); i != OTR_NONE;
         i = core->cases[i].next)
        if (core->cases[i].customer == 0 ||
            otr_str_equal(otr_whose_name(core, core->cases[i].customer), customer))
            return true;
    return false;
}

/* One of what is theirs, of which the desk alone may know. */
static bool has_asset_open(const otr_core *core, otr_str customer)
{
    const otr_assignments *all = core->assignments;
    for (size_t i = 0; all != NULL && i < all->asset_count; i++)
        if (has_to_do_with(&all->assets[i], customer) && has_open_case(core, &all->assets[i]))
            return true;
    return false;
}

/* A list of theirs: it is named by them, and by the group if there is one. */
static bool has_list_open(const otr_core *core, otr_str customer)
{
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        if (!core->cases[i].used || core->cases[i].state == OTR_CASE_CLOSED)
            continue;
        otr_str name = otr_names_get(&core->labels, core->cases[i].asset);
        bool longer = name.size > customer.size;
        if (otr_str_equal(longer ? (otr_str){name.data, customer.size} : name, customer) &&
            (!longer || name.data[customer.size] == '/'))
            return true;
    }
    return false;
}

static bool has_case_open(const otr_core *core, otr_str customer)
{
    uint32_t contact = otr_ledger_find(core, customer);
    return (contact != OTR_NONE && has_thread_open(core, contact)) || has_asset_open(core, customer) ||
           has_list_open(core, customer);
}

/* ---- whether they are asked now ---- */

static otr_verdict never(otr_notice_reason reason)
{
    return (otr_verdict){OTR_NOTICE_DROPPED, reason, OTR_TIME_NEVER, OTR_TIME_NEVER};
}

static otr_verdict later(otr_notice_reason reason, otr_time utc)
{
    return (otr_verdict){OTR_NOTICE_HELD, reason, OTR_TIME_NEVER, utc};
}

static bool is_stopped(otr_core *core, otr_str customer, const otr_contact *wishes)
{
    static const otr_ledger nothing_stopped;
    uint32_t contact = otr_ledger_find(core, customer);
    const otr_ledger *ledger = contact != OTR_NONE ? &core->ledgers.list[contact] : &nothing_stopped;
    uint32_t category = otr_core_label(core, OTR_STR(OTR_QUESTION_CATEGORY));
    return wishes->question_days == 0 || core->failed ||
           otr_ledger_is_stopped(core, ledger, wishes, category, false);
}

/* Where a wrong clock was far ahead when they were asked, nobody knows when that was: it counts as now. */
static void mend(otr_core *core, otr_questioned *person)
{
    if (otr_time_is_ahead(person->asked, core->now.utc))
        person->asked = core->now.utc;
    if (otr_time_is_ahead(person->nps, core->now.utc))
        person->nps = core->now.utc;
}

/* In the order of the answers' weight, as core/notice/policy.h has it. */
static otr_verdict judge(otr_core *core, const otr_question *question, otr_questioned *person)
{
    otr_str customer = otr_names_get(&core->labels, question->customer);
    const otr_contact *wishes = otr_assignments_contact(core->assignments, customer);
    if (wishes == NULL)
        return never(OTR_UNTOLD_NO_CONTACT);
    if (is_stopped(core, customer, wishes))
        return never(OTR_UNTOLD_OPTED_OUT);
    if (otr_questioned_has(person, otr_question_asset(core, question->asset)))
        return never(OTR_UNTOLD_ASKED_BEFORE);
    if (draw(core, question) % 100 >= wishes->question_share)
        return never(OTR_UNTOLD_NOT_DRAWN);
    if (!core->now.synced)
        return later(OTR_UNTOLD_UNSYNCED, core->now.utc);
    mend(core, person);
    if (person->asked != OTR_TIME_NONE &&
        core->now.utc < otr_time_add(person->asked, wishes->question_days * OTR_DAY))
        return never(OTR_UNTOLD_QUESTION_BUDGET);
    if (has_case_open(core, customer))
        return never(OTR_UNTOLD_CASE_OPEN);
    if (question->closed != OTR_TIME_NONE &&
        core->now.utc >= otr_time_add(question->closed, OTR_LIMIT_QUESTION_HELD_DAYS * OTR_DAY))
        return never(OTR_UNTOLD_EXPIRED);
    if (otr_contact_is_quiet(core, wishes, core->now.utc))
        return later(OTR_UNTOLD_QUIET, otr_contact_quiet_end(core, wishes, core->now.utc));
    return (otr_verdict){OTR_NOTICE_TOLD, OTR_UNTOLD_NONE, OTR_TIME_NEVER, OTR_TIME_NEVER};
}

/* ---- what comes of it ---- */

static void ask(otr_core *core, otr_question *question, otr_questioned *person)
{
    question->kind = (uint8_t)draw_kind(core, question, person);
    question->state = OTR_QUESTION_ASKED;
    question->due = otr_time_add(core->now.utc, OTR_LIMIT_QUESTION_DAYS * OTR_DAY);
    person->asked = core->now.utc;
    if (question->kind == OTR_QUESTION_NPS)
        person->nps = core->now.utc;
    otr_questioned_add(core, person, otr_question_asset(core, question->asset));
    core->questions.counts[question->kind].asked++;
    otr_question_schedule(core, question);
    otr_question_tell(core, question, otr_question_wishes(core, question));
    otr_question_answered(core, question, otr_question_case(core, question), OTR_QUESTION_STEP_ASKED, 0,
                          OTR_QUESTION_NO_REASON);
}

/* A question that has a place. */
static void decide(otr_core *core, otr_question *question, otr_questioned *person, otr_verdict verdict)
{
    if (verdict.state == OTR_NOTICE_TOLD) {
        ask(core, question, person);
        return;
    }
    question->due = verdict.due_civil;
    otr_question_row(core, question, verdict.state, verdict.reason);
    if (verdict.state == OTR_NOTICE_HELD)
        otr_question_schedule(core, question);
    else
        otr_question_drop(core, question);
}

/* A question that has none yet. */
static void decide_first(otr_core *core, const otr_question *question, otr_questioned *person,
                         otr_verdict verdict)
{
    if (verdict.state != OTR_NOTICE_DROPPED && core->questions.count >= OTR_LIMIT_QUESTIONS)
        verdict = never(OTR_UNTOLD_QUESTIONS_FULL);
    if (verdict.state == OTR_NOTICE_DROPPED) {
        otr_question_row(core, question, verdict.state, verdict.reason);
        return;
    }
    otr_question *kept = otr_question_make(core);
    if (kept == NULL)
        return;
    *kept = *question;
    decide(core, kept, person, verdict);
}

/* ---- a case has closed ---- */

/* The threads of a case: those of its asset, and where there are none, of a list, among all. */
static uint32_t next_thread(const otr_core *core, const otr_case *one, uint32_t at)
{
    bool listed = otr_thread_of_asset(core, one->asset) != OTR_NONE;
    for (;;) {
        if (listed)
            at = at == OTR_NONE ? otr_thread_of_asset(core, one->asset) : otr_thread_older(core, at);
        else
            at = at + 1 < core->notices.capacity ? at + 1 : OTR_NONE; /* NONE + 1 is 0 */
        if (at == OTR_NONE ||
            (core->notices.list[at].used && otr_id_equal(core->notices.list[at].case_id, one->id)))
            return at;
    }
}

/* Those who work with messages are asked nothing. */
static bool is_customer(const otr_core *core, const otr_ledger *ledger)
{
    static const otr_str staff = {"staff.", 6};
    otr_str name = otr_names_get(&core->labels, ledger->reference);
    return !ledger->role && !(name.size > staff.size && memcmp(name.data, staff.data, staff.size) == 0);
}

static otr_id identity(const otr_core *core, const otr_case *one, uint32_t customer)
{
    otr_str name = otr_names_get(&core->labels, customer);
    uint64_t key = otr_hash64('q', one->revision, name.data, name.size);
    return otr_hash128('q', key, one->id.bytes, sizeof one->id.bytes);
}

static otr_question question_of(otr_core *core, const otr_case *one, const otr_notice *thread)
{
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    bool nameless = otr_names_get(&core->labels, thread->persona).size == 0;
    return (otr_question){
        .used = true,
        .state = OTR_QUESTION_HELD,
        .known = otr_question_known(core, one, thread),
        .id = identity(core, one, ledger->reference),
        .case_id = one->id,
        .customer = ledger->reference,
        .persona = nameless && wishes != NULL ? otr_core_label(core, wishes->persona) : thread->persona,
        .asset = thread->asset,
        .category = one->category,
        .pack = thread->alarms[0].pack,
        .rule = thread->alarms[0].rule,
        .closed = core->now.synced ? core->now.utc : OTR_TIME_NONE,
        .due = OTR_TIME_NONE,
    };
}

static bool is_dismissed(const otr_core *core, const otr_case *one)
{
    return one->desk.resolution > 0 &&
           otr_str_is(otr_names_get(&core->labels, one->desk.resolution - 1), OTR_RESOLUTION_NOT_NEEDED);
}

/* Something was the matter, as far as they know: it was neither good news nor a mistake of ours. */
static bool was_trouble(const otr_core *core, const otr_case *one, const otr_notice *thread)
{
    return !is_dismissed(core, one) && !thread->milestone && thread->what != OTR_NOTICE_RETRACTED;
}

static void offer(otr_core *core, const otr_case *one, const otr_notice *thread)
{
    bool trouble = was_trouble(core, one, thread);
    otr_question question = question_of(core, one, thread);
    otr_questioned *person = otr_questioned_of(core, question.customer);
    if (core->failed)
        return;
    otr_verdict verdict = never(OTR_UNTOLD_QUESTIONS_FULL);
    if (person != NULL && thread->told && trouble && person->cases < UINT32_MAX)
        person->cases++;
    if (!thread->told)
        verdict = never(OTR_UNTOLD_UNHEARD);
    else if (!trouble)
        verdict = never(OTR_UNTOLD_NOT_NEEDED);
    else if (person != NULL)
        verdict = judge(core, &question, person);
    decide_first(core, &question, person, verdict);
}

/* What one may be asked about comes before what was told, and that before what was not. */
static int rank(const otr_core *core, const otr_case *one, const otr_notice *thread)
{
    return thread->told ? 1 + was_trouble(core, one, thread) : 0;
}

/* Of each customer the newest thread of the highest rank. */
static void choose_threads(otr_core *core, const otr_case *one, uint64_t mark)
{
    for (uint32_t i = next_thread(core, one, OTR_NONE); i != OTR_NONE; i = next_thread(core, one, i)) {
        const otr_notice *thread = &core->notices.list[i];
        const otr_ledger *ledger = &core->ledgers.list[thread->contact];
        otr_questioned *person =
            is_customer(core, ledger) ? otr_questioned_of(core, ledger->reference) : NULL;
        if (person == NULL)
            continue;
        bool better = person->mark != mark ||
                      rank(core, one, thread) > rank(core, one, &core->notices.list[person->thread]);
        person->mark = mark;
        person->thread = better ? i : person->thread;
    }
}

void otr_question_offer(otr_core *core, const otr_case *one)
{
    uint64_t mark = ++core->questions.mark;
    if (otr_desk_device_owns(core, one) || one->list) /* which has no name to ask by */
        return;
    choose_threads(core, one, mark);
    for (uint32_t i = next_thread(core, one, OTR_NONE); i != OTR_NONE && !core->failed;
         i = next_thread(core, one, i)) {
        const otr_notice *thread = &core->notices.list[i];
        const otr_ledger *ledger = &core->ledgers.list[thread->contact];
        const otr_questioned *person =
            is_customer(core, ledger) ? otr_questioned_find(core, ledger->reference) : NULL;
        if (person != NULL && person->mark == mark && person->thread == i)
            offer(core, one, thread);
    }
}

/* ---- time ---- */

otr_time otr_question_next_due(const otr_core *core)
{
    otr_time at = otr_timers_next(&core->questions.civil);
    return at == OTR_TIME_NEVER || !core->now.synced ? OTR_TIME_NEVER
                                                     : otr_time_add(core->now.core, at - core->now.utc);
}

otr_time otr_question_next_civil(const otr_core *core)
{
    return otr_timers_next(&core->questions.civil);
}

bool otr_question_due_one(otr_core *core)
{
    uint32_t number;
    if (!core->now.synced || !otr_timers_take(&core->questions.civil, core->now.utc, &number))
        return false;
    otr_question *question = &core->questions.list[number];
    if (question->state == OTR_QUESTION_HELD) {
        otr_questioned *person = otr_questioned_of(core, question->customer);
        if (core->failed)
            return true;
        decide(core, question, person,
               person != NULL ? judge(core, question, person) : never(OTR_UNTOLD_QUESTIONS_FULL));
        return true;
    }
    if (question->state == OTR_QUESTION_ASKED) {
        core->questions.counts[question->kind].expired++;
        otr_question_answered(core, question, otr_question_case(core, question), OTR_QUESTION_STEP_EXPIRED, 0,
                              OTR_QUESTION_NO_REASON);
    }
    otr_question_drop(core, question);
    return true;
}
