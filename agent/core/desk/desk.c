/* What the desk does with a case. */
#include "core/desk/desk.h"

#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/case_merge.h"
#include "core/case/conversation.h"
#include "core/case/gather.h"
#include "core/desk/code.h"
#include "core/desk/desk_field.h"
#include "core/desk/desk_timer.h"
#include "core/desk/remedy.h"
#include "core/figures/service_mark.h"
#include "core/notice/told.h"
#include "core/outbox/event.h"
#include "core/ticket/ticket.h"

#include <stdlib.h>

const char *otr_desk_stage_text(otr_desk_stage stage)
{
    static const char *const words[] = {
#define X(number, name, word) [number] = word,
        OTR_DESK_STAGES(X)
#undef X
    };
    return words[stage];
}

otr_case *otr_desk_find(otr_core *core, otr_id id)
{
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        otr_case *one = &core->cases[i];
        if (one->used && (otr_id_equal(one->id, id) || otr_id_equal(otr_ticket_of(one->id), id)))
            return one;
    }
    return NULL;
}

static bool copy_text(otr_core *core, otr_str *to, otr_str text)
{
    char *copy = text.size > 0 ? malloc(text.size) : NULL;
    if (text.size > 0 && copy == NULL) {
        core->failed = true;
        return false;
    }
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    free((char *)to->data);
    *to = (otr_str){copy, text.size};
    return true;
}

/* The ticket says it: a further revision of it. */
static void say(otr_core *core, otr_case *one, const char *what)
{
    if (!one->ticket)
        return;
    one->revision++;
    otr_ticket_say(core, one, what, NULL, NULL);
}

static void come_to(otr_core *core, otr_case *one, otr_desk_stage stage, otr_service_mark mark)
{
    if (one->desk.stage >= stage)
        return;
    one->desk.stage = (uint8_t)stage;
    otr_service_marked(core, one, mark);
}

/* ---- promises ---- */

static uint32_t find_promise(const otr_case *one, uint32_t what)
{
    uint32_t at = 0;
    while (at < one->desk.promise_count && one->desk.promises[at].what != what)
        at++;
    return at;
}

/* One that was missed was counted then. */
static void end_promise(otr_core *core, otr_case *one, uint32_t at, otr_service_mark mark)
{
    otr_desk *desk = &one->desk;
    if (desk->promises[at].state != OTR_PROMISE_MISSED)
        otr_service_marked(core, one, mark);
    desk->promise_count--;
    memmove(&desk->promises[at], &desk->promises[at + 1],
            (desk->promise_count - at) * sizeof *desk->promises);
}

/* The case is over, and nobody has said that they were kept. */
static void drop_promises(otr_core *core, otr_case *one)
{
    while (one->desk.promise_count > 0)
        end_promise(core, one, 0, OTR_MARK_PROMISE_DROPPED);
}

/* Half of what is left, but half an hour where there is more. */
static otr_time reminder(const otr_core *core, otr_time by)
{
    otr_time half = core->now.synced ? (by - core->now.utc) / 2 : 30 * OTR_MINUTE;
    return by - (half < 30 * OTR_MINUTE ? half : 30 * OTR_MINUTE);
}

static otr_refusal promise(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    if (core->now.synced && act->by <= core->now.utc)
        return OTR_REFUSAL_PAST;
    if (!otr_desk_may_promise(core, one, act->what))
        return OTR_REFUSAL_NO_WORDS;
    uint32_t what = otr_core_label(core, act->what);
    uint32_t at = find_promise(one, what);
    otr_desk *desk = &one->desk;
    if (at == OTR_LIMIT_CASE_PROMISES)
        return OTR_REFUSAL_PROMISES_FULL;
    if (core->failed ||
        !otr_core_grow((void **)&desk->promises, &desk->promise_capacity, at + 1, sizeof *desk->promises)) {
        core->failed = true;
        return OTR_REFUSAL_ACCEPTED;
    }
    otr_told_item item = {.what = OTR_NOTICE_PROMISED, .name = what, .by = act->by, .before = OTR_TIME_NONE};
    if (at == desk->promise_count) {
        desk->promise_count++;
    } else if (desk->promises[at].state != OTR_PROMISE_MISSED) {
        item.what = OTR_NOTICE_MOVED;
        item.before = desk->promises[at].by;
    }
    desk->promises[at] = (otr_promise){.what = what, .by = act->by, .remind = reminder(core, act->by)};
    otr_service_marked(core, one, OTR_MARK_PROMISED);
    if (item.by != item.before)
        otr_told_add(core, one, &item, OTR_NONE);
    return OTR_REFUSAL_ACCEPTED;
}

static otr_refusal keep(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    uint32_t what = otr_names_find(&core->labels, act->what);
    uint32_t at = what != OTR_NAME_NONE ? find_promise(one, what) : one->desk.promise_count;
    if (at == one->desk.promise_count)
        return OTR_REFUSAL_NO_PROMISE;
    bool late = one->desk.promises[at].state == OTR_PROMISE_MISSED;
    otr_time by = one->desk.promises[at].by;
    end_promise(core, one, at, OTR_MARK_PROMISE_KEPT);
    uint32_t number = (uint32_t)(one - core->cases);
    if (one->state == OTR_CASE_VERIFYING && one->desk.promise_count == 0 &&
        otr_timers_get(&core->case_timers, number) == OTR_TIME_NEVER)
        otr_case_verify(core, number); /* it waited for that alone */
    otr_told_item item = otr_told_item_of(OTR_NOTICE_KEPT, what);
    item.by = late ? by : OTR_TIME_NONE;
    otr_told_add(core, one, &item, OTR_NONE);
    return OTR_REFUSAL_ACCEPTED;
}

/* ---- where the ticket is ---- */

void otr_desk_hand_on(otr_desk *desk)
{
    if (!otr_desk_is_resolved(desk))
        desk->stage = OTR_STAGE_NEW;
}

static otr_refusal move_to(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    uint32_t queue = otr_core_label(core, act->queue);
    if (queue == one->queue)
        return OTR_REFUSAL_SAME_QUEUE;
    if (core->failed || !copy_text(core, &one->desk.assignee, act->to))
        return OTR_REFUSAL_ACCEPTED;
    one->queue = queue;
    one->dossier.why = otr_core_label(core, OTR_STR("transferred")) + 1;
    one->dossier.specialist = 0;
    otr_desk_hand_on(&one->desk);
    if (one->desk.transfers < UINT8_MAX)
        one->desk.transfers++;
    otr_service_marked(core, one, OTR_MARK_TRANSFERRED);
    return OTR_REFUSAL_ACCEPTED;
}

static otr_refusal wrong_queue(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    if (one->state == OTR_CASE_CLOSED && act->queue.size > 0)
        return OTR_REFUSAL_CASE_CLOSED; /* it can be said of it, but it goes nowhere */
    otr_refusal refusal = act->queue.size > 0 ? move_to(core, one, act) : OTR_REFUSAL_ACCEPTED;
    if (refusal == OTR_REFUSAL_ACCEPTED && !one->desk.rated_wrong) {
        one->desk.rated_wrong = true;
        otr_service_marked(core, one, OTR_MARK_WRONG_QUEUE);
    }
    return refusal;
}

/* ---- how it ends ---- */

/* Whoever hears of it: those to whom it is news, or a correction of what they were told. */
static void tell_resolved(otr_core *core, otr_case *one, uint32_t label, bool corrects)
{
    otr_told_item item = otr_told_item_of(OTR_NOTICE_RESOLVED, label);
    if (corrects)
        otr_told_corrected(core, one, &item);
    else
        otr_told_add(core, one, &item, OTR_NONE);
}

/* The same again is refused. Another code corrects the one that holds, and is not counted anew. */
static otr_refusal resolve(otr_core *core, otr_case *one, otr_str code, otr_service_mark mark)
{
    uint32_t number = (uint32_t)(one - core->cases);
    uint32_t label = otr_core_label(core, code);
    bool first = !otr_desk_is_resolved(&one->desk);
    bool was_dismissed = otr_case_is_dismissed(core, one);
    bool dismisses = mark == OTR_MARK_NOT_NEEDED;
    if (core->failed)
        return OTR_REFUSAL_ACCEPTED;
    if (one->desk.resolution == label + 1)
        return OTR_REFUSAL_SAME_RESOLUTION;
    /* what waits for its list is told before the list is over */
    if (one->state == OTR_CASE_OPEN && otr_timers_get(&core->case_timers, number) != OTR_TIME_NEVER)
        otr_gather_tell(core, number);
    if (dismisses)
        otr_told_dismissed(core, one, label);
    else
        tell_resolved(core, one, label, !first && !was_dismissed);
    drop_promises(core, one);
    one->desk.stage = OTR_STAGE_RESOLVED;
    one->desk.resolution = label + 1;
    one->asked = false;
    if (first) {
        one->desk.resolved = core->now.core;
        otr_service_marked(core, one, mark);
    }
    if (first || was_dismissed != dismisses)
        otr_case_verify(core, number);
    return OTR_REFUSAL_ACCEPTED;
}

/* Each field once a case, and the case once. */
static void had_to_ask(otr_core *core, otr_case *one, otr_str fields)
{
    otr_desk *desk = &one->desk;
    bool first = desk->asked_for.size == 0;
    otr_buffer all = {0};
    otr_str field;
    otr_buffer_add(&all, desk->asked_for.data, desk->asked_for.size);
    while (otr_desk_field_next(&fields, &field))
        if (otr_desk_field_add(&all, field))
            otr_service_marked(core, one, OTR_MARK_HAD_TO_ASK);
    core->failed |= all.failed;
    if (!core->failed && copy_text(core, &desk->asked_for, otr_buffer_text(&all)) && first)
        otr_service_marked(core, one, OTR_MARK_INCOMPLETE);
    otr_buffer_done(&all);
}

/* ---- acts ---- */

static otr_refusal act_on(otr_core *core, otr_case *one, const otr_desk_act *act)
{
    switch (act->action) {
    case OTR_DESK_RECEIVED:
    case OTR_DESK_NOTE:
        return OTR_REFUSAL_ACCEPTED;
    case OTR_DESK_ACKNOWLEDGED:
        come_to(core, one, OTR_STAGE_ACKNOWLEDGED, OTR_MARK_ACKNOWLEDGED);
        return OTR_REFUSAL_ACCEPTED;
    case OTR_DESK_ASSIGNED:
        if (copy_text(core, &one->desk.assignee, act->to))
            come_to(core, one, OTR_STAGE_ASSIGNED, OTR_MARK_ASSIGNED);
        return OTR_REFUSAL_ACCEPTED;
    case OTR_DESK_TRANSFERRED:
        return move_to(core, one, act);
    case OTR_DESK_PROMISED:
        return promise(core, one, act);
    case OTR_DESK_KEPT:
        return keep(core, one, act);
    case OTR_DESK_RESOLVED:
        if (!otr_desk_may_resolve(core, one, act->what))
            return OTR_REFUSAL_NO_CODE;
        return resolve(core, one, act->what, OTR_MARK_RESOLVED);
    case OTR_DESK_HAD_TO_ASK:
        had_to_ask(core, one, act->fields);
        return OTR_REFUSAL_ACCEPTED;
    case OTR_DESK_WRONG_QUEUE:
        return wrong_queue(core, one, act);
    case OTR_DESK_NOT_NEEDED:
        return resolve(core, one, otr_str_of(OTR_RESOLUTION_NOT_NEEDED), OTR_MARK_NOT_NEEDED);
    case OTR_DESK_REMEDY:
        return otr_remedy_do(core, one, act);
    case OTR_DESK_MERGED:
        return otr_case_may_merge(core, one, act->into);
    }
    return OTR_REFUSAL_NOT_SERVED;
}

/* What is closed can be spoken of, but not worked on. */
static bool may_follow(otr_desk_action action)
{
    return action == OTR_DESK_RECEIVED || action == OTR_DESK_NOTE || action == OTR_DESK_HAD_TO_ASK ||
           action == OTR_DESK_WRONG_QUEUE;
}

/* For people, in the order in which one would say it. */
static otr_str describe(otr_core *core, const otr_desk_act *act)
{
    const struct {
        const char *before;
        otr_str text;
    } parts[] = {{"", act->what}, {"to ", act->to}, {"to queue ", act->queue}, {"", act->fields}};
    otr_buffer text = {0};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].text.size > 0)
            otr_buffer_add_format(&text, "%s%s%.*s", text.size > 0 ? " " : "", parts[i].before,
                                  OTR_STR_ARG(parts[i].text));
    if (!otr_id_is_zero(act->into)) {
        otr_case *other = otr_desk_find(core, act->into);
        char into[OTR_ID_TEXT_BYTES];
        otr_id_format(other != NULL ? otr_ticket_of(other->id) : act->into, into);
        otr_buffer_add_format(&text, "into %s", into);
    }
    if (act->by != OTR_TIME_NONE) {
        char by[OTR_TIME_TEXT_BYTES];
        (void)otr_time_format(act->by, by);
        otr_buffer_add_format(&text, " by %s", by);
    }
    if (act->text.size > 0)
        otr_buffer_add_format(&text, "%s%.*s", text.size > 0 ? ": " : "", OTR_STR_ARG(act->text));
    core->failed |= text.failed;
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return copy;
}

/* Into the conversation, and to whoever watches. */
static void record(otr_core *core, otr_case *one, const otr_command *command)
{
    const otr_desk_act *act = &command->desk;
    otr_str what = otr_str_of(otr_desk_action_text(act->action));
    otr_str text = describe(core, act);
    otr_remark remark = {
        .speaker = act->role == OTR_ROLE_DESK ? OTR_SPEAKER_DESK : OTR_SPEAKER_OPERATOR,
        .what = what,
        .who = command->who,
        .text = text,
    };
    otr_conversation_add(core, one, &remark);
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(otr_ticket_of(one->id), id);
    otr_fact facts[] = {{OTR_STR("ticket"), otr_str_of(id)},
                        {OTR_STR("act"), what},
                        {OTR_STR("role"), otr_str_of(otr_role_text(act->role))},
                        {OTR_STR("who"), command->who}};
    otr_event_status_of(core, OTR_STR("desk"), text, otr_names_get(&core->labels, one->asset), facts,
                        sizeof facts / sizeof facts[0] - (command->who.size == 0));
}

static void receive(otr_case *one, uint32_t revision)
{
    otr_desk *desk = &one->desk;
    revision = revision == 0 || revision > desk->sent ? desk->sent : revision;
    desk->received = revision > desk->received ? revision : desk->received;
    if (desk->stage == OTR_STAGE_NEW)
        desk->stage = OTR_STAGE_RECEIVED;
}

otr_refusal otr_desk_take(otr_core *core, const otr_command *command)
{
    const otr_desk_act *act = &command->desk;
    otr_case *one = otr_desk_find(core, act->ticket);
    if (act->role == OTR_ROLE_VIEWER)
        return OTR_REFUSAL_NOT_THEIRS;
    if (one == NULL)
        return OTR_REFUSAL_NO_CASE;
    if (one->state == OTR_CASE_CLOSED && !may_follow(act->action))
        return OTR_REFUSAL_CASE_CLOSED;
    uint32_t queue = one->queue;
    receive(one, act->action == OTR_DESK_RECEIVED ? act->revision : 0);
    otr_refusal refusal = act_on(core, one, act);
    if (refusal == OTR_REFUSAL_ACCEPTED && act->action != OTR_DESK_RECEIVED && !core->failed) {
        if (one->desk.acted == 0) {
            one->desk.acted = core->now.core;
            otr_service_answered(core, one);
        }
        if (one->desk.acts < UINT16_MAX)
            one->desk.acts++;
        record(core, one, command);
        if (act->action == OTR_DESK_REMEDY)
            otr_remedy_say(core, one, one->queue != queue);
        else if (act->action == OTR_DESK_MERGED)
            otr_case_merge(core, one, act->into);
        else if (one->queue != queue)
            say(core, one, "transferred");
        if (one->state != OTR_CASE_CLOSED)
            otr_case_keep(core, one);
    }
    otr_desk_schedule(core, one);
    return refusal;
}

/* ---- what happens to the case ---- */

void otr_desk_sent(otr_core *core, otr_case *one, otr_str what, otr_id event, otr_str body)
{
    if (one->desk.sent == 0) {
        one->desk.first_sent = core->now.utc;
        otr_service_marked(core, one, OTR_MARK_OPENED);
    }
    one->desk.sent = one->revision;
    if (one->desk.received > 0 || one->state == OTR_CASE_CLOSED)
        one->desk.resends = 0; /* who has never had it has still to be found */
    one->desk.resend = otr_time_add(core->now.core, otr_desk_resend_after(&one->desk));
    otr_conversation_add_ticket(core, one, what, event, body);
    otr_desk_schedule(core, one);
}

void otr_desk_reopen(otr_core *core, otr_case *one, otr_reopening why)
{
    static const char *const reasons[] = {"the symptom is back", "the customer says that it is not solved"};
    one->desk.stage = one->desk.assignee.size > 0 ? OTR_STAGE_ASSIGNED : OTR_STAGE_RECEIVED;
    one->desk.resolution = 0;
    one->desk.confirmed = false;
    if (one->desk.reopened < UINT8_MAX)
        one->desk.reopened++;
    otr_service_marked(core, one,
                       why == OTR_REOPENED_SYMPTOM ? OTR_MARK_REOPENED_SYMPTOM : OTR_MARK_REOPENED_CUSTOMER);
    one->desk.first_contact = 0; /* taken back with that */
    otr_remark remark = {
        .speaker = OTR_SPEAKER_GATEWAY, .what = OTR_STR("reopened"), .text = otr_str_of(reasons[why])};
    otr_conversation_add(core, one, &remark);
    if (why == OTR_REOPENED_SYMPTOM)
        otr_told_reopened(core, one, why, OTR_NONE);
    otr_desk_schedule(core, one);
}

void otr_desk_closed(otr_core *core, otr_case *one)
{
    drop_promises(core, one);
    otr_service_marked(core, one, OTR_MARK_CLOSED);
    bool counts = otr_service_is_first_contact(one) && !otr_desk_device_owns(core, one);
    one->desk.first_contact = counts ? core->desk_device.rates.closed : 0;
    otr_desk_schedule(core, one);
}

void otr_desk_done(otr_desk *desk)
{
    free((char *)desk->assignee.data);
    free((char *)desk->asked_for.data);
    free(desk->promises);
    free(desk->remedies);
    otr_buffer_done(&desk->said);
    *desk = (otr_desk){0};
}

void otr_desk_forget(otr_core *core, otr_case *one)
{
    core->tickets_unreceived -= one->desk.unreceived;
    otr_desk_done(&one->desk);
    otr_desk_schedule(core, one);
}
