/* What a reader answers to a notification: it is counted, it ends the calling, or it asks for people. */
#include "core/asset/zones.h"
#include "core/case/case.h"
#include "core/case/conversation.h"
#include "core/forget.h"
#include "core/notice/notice_tell.h"
#include "core/notice/told.h"
#include "core/outbox/event.h"
#include "core/question/question_memory.h"
#include "core/ticket/ticket.h"

/* ---- opinions ---- */

static const otr_customer_action opinions[OTR_OPINIONS] = {OTR_CUSTOMER_USEFUL, OTR_CUSTOMER_KNOWN,
                                                           OTR_CUSTOMER_WRONG, OTR_CUSTOMER_LATE};

static bool is_opinion(otr_customer_action action)
{
    for (int i = 0; i < OTR_OPINIONS; i++)
        if (opinions[i] == action)
            return true;
    return false;
}

static void count_opinion(otr_core *core, const otr_notice_alarm *alarm, otr_customer_action action)
{
    otr_notices *all = &core->notices;
    uint32_t at = 0;
    while (at < all->opinion_count &&
           (all->opinions[at].pack != alarm->pack || all->opinions[at].rule != alarm->rule))
        at++;
    if (!otr_core_grow((void **)&all->opinions, &all->opinion_capacity, at + 1, sizeof *all->opinions)) {
        core->failed = true;
        return;
    }
    if (at == all->opinion_count) {
        all->opinion_count++;
        all->opinions[at] = (struct otr_opinion){.pack = alarm->pack, .rule = alarm->rule};
    }
    for (int i = 0; i < OTR_OPINIONS; i++)
        all->opinions[at].counts[i] += opinions[i] == action;
}

/* Staff and roles are no customers. */
static void worry(otr_core *core, const otr_ledger *ledger)
{
    if (!ledger->role && !otr_str_starts(otr_names_get(&core->labels, ledger->reference), OTR_STR("staff.")))
        otr_fare_unheard(core, ledger->reference);
}

/* What it says of the rule that its reader does this. */
static void count_sign(otr_core *core, otr_notice *thread, otr_customer_action action)
{
    static const struct {
        otr_customer_action action;
        otr_bucket_count sign;
    } signs[] = {
        {OTR_CUSTOMER_USEFUL, OTR_COUNT_USEFUL},    {OTR_CUSTOMER_KNOWN, OTR_COUNT_KNOWN},
        {OTR_CUSTOMER_WRONG, OTR_COUNT_WRONG},      {OTR_CUSTOMER_LATE, OTR_COUNT_LATE},
        {OTR_CUSTOMER_HELP, OTR_COUNT_ACTED},       {OTR_CUSTOMER_CALL_ME, OTR_COUNT_ACTED},
        {OTR_CUSTOMER_NOT_SOLVED, OTR_COUNT_ACTED}, {OTR_CUSTOMER_SOLVED, OTR_COUNT_ACTED},
        {OTR_CUSTOMER_STOP, OTR_COUNT_MUTED},       {OTR_CUSTOMER_STATUS, OTR_COUNT_ASKED_AGAIN},
    };
    if (thread != NULL)
        thread->answered = true;
    if (thread != NULL && (action == OTR_CUSTOMER_NOT_SOLVED || action == OTR_CUSTOMER_WRONG))
        worry(core, &core->ledgers.list[thread->contact]);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i].action == action)
            otr_day_figures_sign(core, thread, signs[i].sign);
}

/* ---- people are asked for ---- */

/* "from 2026-03-02 14:00 CET": a time as the clock shows it where the reader is. */
static void add_time(otr_buffer *out, const char *word, const otr_zone *zone, otr_time at)
{
    const char *abbreviation;
    if (at == OTR_TIME_NONE)
        return;
    otr_civil civil = otr_civil_at(zone, at);
    (void)otr_zone_offset(zone, at, &abbreviation);
    otr_buffer_add_format(out, "%s%s %04d-%02d-%02d %02d:%02d %s", out->size > 0 ? " " : "", word, civil.year,
                          civil.month, civil.day, civil.hour, civil.minute, abbreviation);
}

/* The case's conversation has it. from and to: when to call, UTC, or NONE. */
static void answered(otr_core *core, otr_case *one, const otr_notice *thread, otr_customer_action action,
                     otr_time from, otr_time to)
{
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    const otr_zone *zone = wishes != NULL ? otr_core_zone(core, wishes->zone) : NULL;
    otr_buffer when = {0};
    add_time(&when, "from", zone, from);
    add_time(&when, "to", zone, to);
    otr_remark remark = {.speaker = OTR_SPEAKER_CUSTOMER,
                         .what = otr_str_of(otr_customer_action_text(action)),
                         .who = otr_told_who(core, thread),
                         .text = otr_buffer_text(&when)};
    core->failed |= when.failed;
    if (one != NULL && !core->failed)
        otr_conversation_add(core, one, &remark);
    otr_buffer_done(&when);
}

/* The desk's resolution holds for a customer as well. */
static void confirm_solved(otr_core *core, const otr_notice *thread)
{
    otr_case *one = otr_desk_find(core, thread->case_id);
    answered(core, one, thread, OTR_CUSTOMER_SOLVED, OTR_TIME_NONE, OTR_TIME_NONE);
    if (one == NULL || one->desk.resolution == 0 || one->desk.confirmed)
        return;
    one->desk.confirmed = true;
    otr_service_marked(core, one, OTR_MARK_CONFIRMED);
}

static void ask_people(otr_core *core, otr_notice *thread, otr_customer_action action, otr_time from,
                       otr_time to)
{
    otr_case *one = otr_case_ask(core, thread->case_id, thread->asset, thread->category, thread->customer);
    uint32_t queue = otr_core_label(core, OTR_STR("customers"));
    if (core->failed || one == NULL)
        return;
    thread->case_id =
        one->id; /* a new one, where the old is forgotten: the reader hears what becomes of it */
    if (one->queue == OTR_NONE) {
        one->queue = queue;
        one->dossier.why = otr_core_label(core, OTR_STR("a customer asks")) + 1;
    }
    if (one->title == OTR_NONE)
        one->title = thread->alarms[0].rule;
    if (action != OTR_CUSTOMER_NOT_SOLVED && one->priority < OTR_PRIORITY_HIGH)
        one->priority = OTR_PRIORITY_HIGH;
    answered(core, one, thread, action, from, to);
    if (one->again)
        otr_told_reopened(core, one, OTR_REOPENED_CUSTOMER, thread->contact);
    const char *what = one->again ? "reopened" : "updated";
    one->again = false;
    one->revision++;
    otr_ticket_say(core, one, one->ticket ? what : "opened", NULL, NULL);
    one->ticket = true;
    otr_case_keep(core, one);
}

/* ---- answers ---- */

static void acknowledge(otr_core *core, otr_notice *thread)
{
    thread->known = true;
    thread->repeat_at = OTR_TIME_NEVER;
    thread->escalate_at = OTR_TIME_NEVER;
    otr_thread_schedule(core, thread);
}

/* The reader asked, so it comes at once and takes nothing from the budget. */
static void confirm(otr_core *core, const otr_notice *thread, otr_customer_action action, otr_str category,
                    otr_time from, otr_time to)
{
    otr_notice_saying saying =
        otr_notice_say_answer(core, otr_ledger_wishes(core, &core->ledgers.list[thread->contact]), thread,
                              action, category, from, to);
    otr_id id = otr_hash128('w', core->seq, thread->id.bytes, sizeof thread->id.bytes);
    if (!saying.made)
        return;
    saying.event.asset = otr_names_get(&core->labels, thread->asset);
    saying.event.case_id = thread->case_id;
    (void)otr_notice_message(core, thread->contact, id, OTR_PRIORITY_HIGH, &saying, OTR_TIME_NEVER);
}

static uint32_t label_or_all(otr_core *core, otr_str category)
{
    return category.size > 0 ? otr_core_label(core, category) : OTR_NONE;
}

/* Readers write what they like, and what is stopped is kept: it is a word of the rules. */
static bool is_category(const otr_core *core, const otr_notice *thread, otr_str category)
{
    if (otr_str_equal(otr_names_get(&core->labels, thread->category), category) ||
        otr_str_is(category, OTR_QUESTION_CATEGORY))
        return true;
    for (size_t i = 0; i < core->content_count; i++) {
        const otr_loaded_pack *loaded = core->contents[i].loaded;
        for (size_t k = 0; loaded != NULL && k < loaded->pack->rule_count; k++)
            if (otr_str_equal(loaded->pack->rules[k].category, category))
                return true;
    }
    return false;
}

/* A category without a label was never stopped: what readers write must not stay for ever. */
static void resume(otr_core *core, otr_ledger *ledger, otr_str category)
{
    uint32_t label = category.size > 0 ? otr_names_find(&core->labels, category) : OTR_NONE;
    if (category.size == 0 || label != OTR_NAME_NONE)
        otr_ledger_resume(ledger, label);
}

uint64_t otr_notice_round(otr_core *core, otr_id notification)
{
    const otr_notice *thread = otr_thread_find(core, notification);
    const otr_case *one = thread != NULL ? otr_desk_find(core, thread->case_id) : NULL;
    return one != NULL ? (uint64_t)one->desk.resolved : 0;
}

otr_refusal otr_notice_action(otr_core *core, otr_id notification, otr_customer_action action,
                              otr_str category, otr_time from, otr_time to)
{
    otr_notice *thread = otr_thread_find(core, notification);
    if (thread == NULL && is_opinion(action)) {
        count_sign(core, NULL, action);
        core->stats.customer_actions++; /* of a digest, or of what is forgotten: its token is proof enough */
        return OTR_REFUSAL_ACCEPTED;
    }
    if (thread == NULL)
        return OTR_REFUSAL_NO_NOTIFICATION;
    otr_ledger *ledger = &core->ledgers.list[thread->contact];
    switch (action) {
    case OTR_CUSTOMER_STATUS:
    case OTR_CUSTOMER_MY_DATA:
        acknowledge(core, thread);
        break;
    case OTR_CUSTOMER_HELP:
    case OTR_CUSTOMER_CALL_ME:
        acknowledge(core, thread);
        ask_people(core, thread, action, from, to);
        break;
    case OTR_CUSTOMER_NOT_SOLVED:
        ask_people(core, thread, action, OTR_TIME_NONE, OTR_TIME_NONE);
        break;
    case OTR_CUSTOMER_SOLVED:
        confirm_solved(core, thread);
        break;
    case OTR_CUSTOMER_USEFUL:
    case OTR_CUSTOMER_KNOWN:
    case OTR_CUSTOMER_WRONG:
    case OTR_CUSTOMER_LATE:
        acknowledge(core, thread);
        answered(core, otr_desk_find(core, thread->case_id), thread, action, OTR_TIME_NONE, OTR_TIME_NONE);
        count_opinion(core, &thread->alarms[0], action);
        break;
    case OTR_CUSTOMER_STOP:
        if (category.size > 0 && !is_category(core, thread, category))
            return OTR_REFUSAL_NO_CATEGORY;
        otr_ledger_stop(core, ledger, label_or_all(core, category),
                        to != OTR_TIME_NONE ? to : OTR_TIME_NEVER);
        break;
    case OTR_CUSTOMER_RESUME:
        resume(core, ledger, category);
        break;
    case OTR_CUSTOMER_FORGET_ME: {
        otr_command forget = {.kind = OTR_COMMAND_FORGET,
                              .asset = otr_names_get(&core->labels, ledger->reference)};
        return otr_forget_customer(core, &forget); /* nobody is left to be answered */
    }
    default:
        return OTR_REFUSAL_NOT_SERVED;
    }
    count_sign(core, thread, action);
    core->stats.customer_actions++;
    confirm(core, thread, action, category, from, to);
    return OTR_REFUSAL_ACCEPTED;
}
