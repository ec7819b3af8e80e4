#include "core/case/case_merge.h"

#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/conversation.h"
#include "core/case/gather.h"
#include "core/command/device_command.h"
#include "core/desk/desk_field.h"
#include "core/desk/desk_timer.h"
#include "core/figures/service_mark.h"
#include "core/notice/notice_thread.h"
#include "core/ticket/ticket.h"

#include <stdlib.h>

/* ---- whether ---- */

static otr_promise *find_promise(otr_desk *desk, uint32_t what)
{
    for (uint32_t i = 0; i < desk->promise_count; i++)
        if (desk->promises[i].what == what)
            return &desk->promises[i];
    return NULL;
}

static bool has_room(otr_case *one, const otr_case *other)
{
    uint32_t promises = one->desk.promise_count;
    for (uint32_t i = 0; i < other->desk.promise_count; i++)
        promises += find_promise(&one->desk, other->desk.promises[i].what) == NULL;
    return promises <= OTR_LIMIT_CASE_PROMISES;
}

otr_refusal otr_case_may_merge(otr_core *core, const otr_case *one, otr_id into)
{
    otr_case *other = otr_desk_find(core, into);
    if (other == NULL)
        return OTR_REFUSAL_NO_CASE;
    if (other == one)
        return OTR_REFUSAL_SAME_CASE;
    if (other->state == OTR_CASE_CLOSED)
        return OTR_REFUSAL_CASE_CLOSED;
    if (other->asset != one->asset || other->customer != one->customer)
        return OTR_REFUSAL_NOT_OF_ONE;
    if (one->list || other->list) /* of several assets */
        return OTR_REFUSAL_NOT_OF_ONE;
    if (otr_desk_is_resolved(&one->desk) || otr_desk_is_resolved(&other->desk))
        return OTR_REFUSAL_IS_RESOLVED;
    if (other->merged_count + one->merged_count + 1 > OTR_LIMIT_CASE_MERGED)
        return OTR_REFUSAL_MERGED_FULL;
    return has_room(other, one) ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_PROMISES_FULL;
}

/* ---- what goes along ---- */

static void move_alarms(otr_core *core, const otr_case *one, const otr_case *other)
{
    for (uint32_t i = 0; i < core->alarm_capacity; i++) {
        otr_alarm *alarm = &core->alarms[i];
        if (!alarm->used || !otr_id_equal(alarm->case_id, one->id))
            continue;
        alarm->case_id = other->id;
        alarm->case_number = (uint32_t)(other - core->cases);
    }
    for (otr_standing_alarm *alarm = otr_standing_next(core, NULL); alarm != NULL;
         alarm = otr_standing_next(core, alarm))
        if (otr_id_equal(alarm->case_id, one->id))
            alarm->case_id = other->id;
    for (uint32_t i = 0; i < core->command_capacity; i++)
        if (otr_id_equal(core->commands[i].case_id, one->id))
            core->commands[i].case_id = other->id;
}

/* Who was told of both waits for the news of one. */
static bool has_news_of(const otr_core *core, uint32_t contact, otr_id case_id)
{
    for (uint32_t i = otr_thread_of_contact(core, contact); i != OTR_NONE;
         i = otr_thread_older_of_contact(core, i))
        if (otr_id_equal(core->notices.list[i].case_id, case_id) &&
            core->notices.list[i].next_by != OTR_TIME_NEVER)
            return true;
    return false;
}

static void move_readers(otr_core *core, const otr_case *one, const otr_case *other)
{
    for (uint32_t i = otr_thread_of_asset(core, one->asset); i != OTR_NONE; i = otr_thread_older(core, i)) {
        otr_notice *thread = &core->notices.list[i];
        if (!otr_id_equal(thread->case_id, one->id))
            continue;
        if (has_news_of(core, thread->contact, other->id)) {
            otr_thread_unpromise(core, thread);
            otr_thread_schedule(core, thread);
        }
        thread->case_id = other->id;
    }
}

/* Of two by one name the earlier holds. */
static void move_promises(otr_core *core, otr_desk *from, otr_desk *to)
{
    for (uint32_t i = 0; i < from->promise_count && !core->failed; i++) {
        otr_promise *same = find_promise(to, from->promises[i].what);
        if (same != NULL && same->by <= from->promises[i].by)
            continue;
        if (same == NULL && !otr_core_grow((void **)&to->promises, &to->promise_capacity,
                                           to->promise_count + 1, sizeof *to->promises)) {
            core->failed = true;
            return;
        }
        if (same == NULL)
            same = &to->promises[to->promise_count++];
        *same = from->promises[i];
    }
    from->promise_count = 0;
}

static void add_remedies(otr_core *core, const otr_desk *from, otr_desk *to)
{
    for (uint32_t i = 0; i < from->remedy_count && !core->failed; i++) {
        uint32_t at = 0;
        while (at < to->remedy_count && to->remedies[at].name != from->remedies[i].name)
            at++;
        if (!otr_core_grow((void **)&to->remedies, &to->remedy_capacity, at + 1, sizeof *to->remedies)) {
            core->failed = true;
            return;
        }
        if (at == to->remedy_count)
            to->remedies[to->remedy_count++] = (otr_remedy_use){.name = from->remedies[i].name};
        to->remedies[at].count += from->remedies[i].count;
    }
}

static void add_fields(otr_core *core, otr_str from, otr_str *to)
{
    otr_buffer all = {0};
    otr_str field;
    otr_buffer_add(&all, to->data, to->size);
    while (otr_desk_field_next(&from, &field))
        (void)otr_desk_field_add(&all, field);
    core->failed |= all.failed;
    if (core->failed) {
        otr_buffer_done(&all);
        return;
    }
    free((char *)to->data);
    *to = otr_buffer_text(&all); /* which is owned from here on */
}

static void join_desks(otr_core *core, otr_case *one, otr_case *other)
{
    otr_desk *from = &one->desk;
    otr_desk *to = &other->desk;
    move_promises(core, from, to);
    add_remedies(core, from, to);
    add_fields(core, from->asked_for, &to->asked_for);
    to->acts = (uint16_t)(to->acts + from->acts < UINT16_MAX ? to->acts + from->acts : UINT16_MAX);
    if (to->reopened < from->reopened)
        to->reopened = from->reopened;
    otr_conversation_join(core, other, one);
}

static void join(otr_core *core, otr_case *one, otr_case *other)
{
    other->open_alarms += one->open_alarms;
    other->alarm_count += one->alarm_count;
    one->open_alarms = 0;
    other->priority = one->priority > other->priority ? one->priority : other->priority;
    other->verify = one->verify > other->verify ? one->verify : other->verify;
    if (other->onset == OTR_TIME_NONE || (one->onset != OTR_TIME_NONE && one->onset < other->onset))
        other->onset = one->onset;
    for (uint32_t i = 0; i < one->merged_count; i++)
        other->merged[other->merged_count++] = one->merged[i];
    other->merged[other->merged_count++] = one->category; /* what comes of it later is that case's too */
    if (other->queue == OTR_NONE) {
        other->queue = one->queue;
        other->dossier.why = one->dossier.why;
        other->dossier.specialist = one->dossier.specialist;
    }
    if (other->title == OTR_NONE)
        other->title = one->title;
    otr_dossier_merge(core, &other->dossier, &one->dossier);
    join_desks(core, one, other);
}

/* ---- and how it goes on ---- */

void otr_case_merge(otr_core *core, otr_case *one, otr_id into)
{
    otr_case *other = otr_desk_find(core, into);
    uint32_t number = (uint32_t)(one - core->cases);
    uint32_t rest = (uint32_t)(other - core->cases);
    if (one->state == OTR_CASE_OPEN && otr_timers_get(&core->case_timers, number) != OTR_TIME_NEVER)
        otr_gather_tell(core, number); /* what waits for its list is told before the list is over */
    otr_time until = one->state == OTR_CASE_VERIFYING ? otr_timers_get(&core->case_timers, number) : 0;
    bool asked = one->asked;
    bool ticket = one->ticket || other->ticket;
    move_alarms(core, one, other);
    move_readers(core, one, other);
    join(core, one, other);
    one->merged_into = other->id;
    if (core->failed)
        return;
    otr_service_marked(core, one, OTR_MARK_MERGED);
    otr_case_end_merged(core, number);
    otr_case_go_on(core, rest, asked, until);
    other->revision++;
    if (ticket)
        otr_ticket_say(core, other, other->ticket ? "updated" : "opened", NULL, NULL);
    other->ticket = ticket;
    otr_desk_schedule(core, other);
    otr_case_keep(core, other);
}
