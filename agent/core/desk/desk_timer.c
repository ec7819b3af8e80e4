/* Deadlines of the desk: tickets that nobody has received, and what was promised. */
#include "core/desk/desk_timer.h"

#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/conversation.h"
#include "core/figures/service_mark.h"
#include "core/notice/told.h"
#include "core/outbox/event.h"
#include "core/ticket/ticket.h"

#include <stdio.h>

static otr_time promise_due(const otr_promise *promise)
{
    switch ((otr_promise_state)promise->state) {
    case OTR_PROMISE_OPEN:
        return promise->remind;
    case OTR_PROMISE_REMINDED:
        return promise->by;
    case OTR_PROMISE_MISSED:
        break;
    }
    return OTR_TIME_NEVER;
}

static otr_promise *next_promise(otr_desk *desk)
{
    otr_promise *next = NULL;
    for (uint32_t i = 0; i < desk->promise_count; i++)
        if (promise_due(&desk->promises[i]) < (next != NULL ? promise_due(next) : OTR_TIME_NEVER))
            next = &desk->promises[i];
    return next;
}

bool otr_desk_is_unreceived(const otr_case *one)
{
    return one->used && one->state != OTR_CASE_CLOSED && one->desk.received < one->desk.sent &&
           one->desk.resends > 0;
}

static void count_unreceived(otr_core *core, otr_case *one)
{
    bool is = otr_desk_is_unreceived(one);
    if (is == one->desk.unreceived)
        return;
    one->desk.unreceived = is;
    core->tickets_unreceived += is ? 1 : UINT32_MAX;
    otr_desk_device_touch(core);
}

otr_time otr_desk_resend_after(const otr_desk *desk)
{
    otr_time wait = OTR_TICKET_RESEND_US << desk->resends;
    if (desk->resends >= OTR_LIMIT_TICKET_RESENDS)
        return OTR_DAY;
    return wait < 6 * OTR_HOUR ? wait : 6 * OTR_HOUR;
}

void otr_desk_schedule(otr_core *core, otr_case *one)
{
    uint32_t number = (uint32_t)(one - core->cases);
    const otr_promise *promise = next_promise(&one->desk);
    bool tries = one->desk.resends < OTR_LIMIT_TICKET_RESENDS || one->state != OTR_CASE_CLOSED;
    bool waits = one->used && one->desk.received < one->desk.sent && tries;
    count_unreceived(core, one);
    if (!otr_timers_set(&core->desk_timers, number, waits ? one->desk.resend : OTR_TIME_NEVER) ||
        !otr_timers_set(&core->desk_civil, number, promise != NULL ? promise_due(promise) : OTR_TIME_NEVER))
        core->failed = true;
}

static void resend(otr_core *core, otr_case *one)
{
    one->desk.resends += one->desk.resends < OTR_LIMIT_TICKET_RESENDS;
    one->desk.resend = otr_time_add(core->now.core, otr_desk_resend_after(&one->desk));
    otr_id ticket = otr_ticket_of(one->id);
    otr_event_again(core, otr_ticket_class(one), otr_event_derive('e', ticket, one->desk.sent));
    otr_service_marked(core, one, OTR_MARK_RESENT);
    otr_desk_schedule(core, one);
}

static void remark(otr_core *core, otr_case *one, const char *what, const otr_promise *promise)
{
    char text[160];
    char by[OTR_TIME_TEXT_BYTES];
    otr_str name = otr_names_get(&core->labels, promise->what);
    (void)otr_time_format(promise->by, by);
    (void)snprintf(text, sizeof text, "%.*s by %s", OTR_STR_ARG(name), by);
    otr_remark said = {.speaker = OTR_SPEAKER_GATEWAY, .what = otr_str_of(what), .text = otr_str_of(text)};
    otr_conversation_add(core, one, &said);
}

/* Whoever has the ticket is told; nobody has to be asked first. */
static void remind(otr_core *core, otr_case *one, otr_promise *promise)
{
    promise->state = OTR_PROMISE_REMINDED;
    remark(core, one, "reminded", promise);
    if (one->ticket) {
        one->revision++;
        otr_ticket_say(core, one, "reminded", NULL, NULL);
    }
}

/* It goes up: what waits for a person who promised it waits for somebody above. */
static void escalate(otr_core *core, otr_case *one, otr_promise *promise)
{
    promise->state = OTR_PROMISE_MISSED;
    remark(core, one, "promise_missed", promise);
    otr_told_item item = {
        .what = OTR_NOTICE_MISSED, .name = promise->what, .by = promise->by, .before = OTR_TIME_NONE};
    otr_told_add(core, one, &item, OTR_NONE);
    otr_service_marked(core, one, OTR_MARK_PROMISE_MISSED);
    if (one->priority < OTR_PRIORITY_HIGH)
        one->priority = OTR_PRIORITY_HIGH;
    if (one->ticket) {
        one->revision++;
        otr_ticket_say(core, one, "escalated", NULL, NULL);
    }
}

static void promise_is_due(otr_core *core, otr_case *one)
{
    otr_promise *promise = next_promise(&one->desk);
    if (promise == NULL)
        return;
    if (promise->by <= core->now.utc)
        escalate(core, one, promise);
    else
        remind(core, one, promise);
    otr_case_keep(core, one);
    otr_desk_schedule(core, one);
}

otr_time otr_desk_next_due(const otr_core *core)
{
    otr_time civil = otr_timers_next(&core->desk_civil);
    otr_time next = otr_timers_next(&core->desk_timers);
    if (civil == OTR_TIME_NEVER || !core->now.synced)
        return next;
    civil = otr_time_add(core->now.core, civil - core->now.utc);
    return civil < next ? civil : next;
}

otr_time otr_desk_next_civil(const otr_core *core)
{
    return otr_timers_next(&core->desk_civil);
}

bool otr_desk_due_one(otr_core *core)
{
    uint32_t number;
    if (otr_timers_take(&core->desk_timers, core->now.core, &number)) {
        resend(core, &core->cases[number]);
        return true;
    }
    if (!core->now.synced || !otr_timers_take(&core->desk_civil, core->now.utc, &number))
        return false;
    promise_is_due(core, &core->cases[number]);
    return true;
}
