#include "core/notice/notice_tell.h"

#include "core/notice/told.h"
#include "core/outbox/event.h"
#include "core/outbox/outbox.h"

#include <stdlib.h>

/* ---- rows ---- */

static otr_time civil_of(const otr_core *core, const otr_verdict *verdict)
{
    if (verdict->due_civil != OTR_TIME_NEVER)
        return verdict->due_civil;
    if (verdict->due == OTR_TIME_NEVER || !core->now.synced)
        return OTR_TIME_NONE;
    return otr_time_add(core->now.utc, verdict->due - core->now.core);
}

static otr_str name_of(const otr_core *core, uint32_t label)
{
    return otr_names_get(&core->labels, label);
}

/* NULL when rows are not made. */
static otr_row_notice *add_row(otr_core *core, const otr_notice *thread, const otr_notice_alarm *alarm)
{
    otr_row_notice *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, notices);
    if (row != NULL)
        *row = (otr_row_notice){
            .id = thread->id,
            .revision = thread->revision,
            .seq = core->seq,
            .contact = name_of(core, core->ledgers.list[thread->contact].reference),
            .asset = name_of(core, thread->asset),
            .pack = name_of(core, alarm->pack),
            .rule = name_of(core, alarm->rule),
            .alarm = alarm->id,
            .case_id = thread->case_id,
            .category = name_of(core, thread->category),
            .what = otr_notice_what_row((otr_notice_what)thread->what),
            .decided = core->now.utc,
            .due = OTR_TIME_NONE,
        };
    return row;
}

void otr_notice_group(otr_core *core, otr_notice *thread, const otr_notice_alarm *alarm, otr_notice_what what,
                      otr_notice_reason reason)
{
    uint32_t revision = ++thread->revisions;
    otr_day_figures_notice(core, thread, alarm, OTR_NOTICE_GATHERED, reason);
    otr_row_notice *row = add_row(core, thread, alarm);
    if (row == NULL)
        return;
    row->revision = revision;
    row->what = otr_notice_what_row(what);
    row->state = OTR_NOTICE_GATHERED;
    row->reason = otr_notice_reason_text(reason);
}

void otr_notice_nobody(otr_core *core, const otr_asset_state *asset, const otr_alarm *alarm, otr_str to,
                       otr_notice_what what, otr_notice_reason reason)
{
    const otr_bound_rule *bound = &asset->plan->rules[alarm->rule];
    otr_day_figures_nobody(core, asset, alarm, reason);
    otr_row_notice *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, notices);
    if (row == NULL)
        return;
    *row = (otr_row_notice){
        .id = otr_hash128('n', otr_hash64(0, 0, to.data, to.size), alarm->id.bytes, sizeof alarm->id.bytes),
        .revision = 1,
        .seq = core->seq,
        .contact = otr_effects_copy(core->effects, to),
        .asset = otr_effects_copy(core->effects, asset->asset->id),
        .pack = otr_effects_copy(core->effects, bound->pack->pack->name),
        .rule = otr_effects_copy(core->effects, bound->rule->name),
        .alarm = alarm->id,
        .case_id = alarm->case_id,
        .category = otr_effects_copy(core->effects, bound->rule->category),
        .what = otr_notice_what_row(what),
        .state = OTR_NOTICE_DROPPED,
        .reason = otr_notice_reason_text(reason),
        .decided = core->now.utc,
        .due = OTR_TIME_NONE,
    };
}

/* ---- bodies ---- */

static otr_str channels_text(otr_core *core, const otr_contact *wishes)
{
    otr_buffer out = {0};
    for (size_t i = 0; i < wishes->channel_count; i++) {
        otr_buffer_add(&out, ",", i > 0);
        otr_buffer_add(&out, wishes->channels[i].data, wishes->channels[i].size);
    }
    core->failed |= out.failed;
    otr_str text = otr_effects_copy(core->effects, otr_buffer_text(&out));
    otr_buffer_done(&out);
    return text;
}

static void address(otr_core *core, const otr_ledger *ledger, otr_service_event *event)
{
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    event->kind = OTR_SERVICE_NOTIFICATION;
    event->event = otr_event_derive('e', event->entity, event->revision);
    event->to = name_of(core, ledger->reference);
    if (wishes == NULL)
        return;
    if (event->persona.data == NULL)
        event->persona = wishes->persona;
    event->channels = wishes->channel_count > 0 ? channels_text(core, wishes) : OTR_STR("");
}

/* What the desk does is news for a day at least, whatever its rule says of alarms. */
static otr_time expires_after(otr_notice_what what, const otr_rule *rule)
{
    otr_time span = rule != NULL ? rule->notify.expires_us : OTR_DAY;
    return otr_told_is_desk(what) && span < OTR_DAY ? OTR_DAY : span;
}

/* The saying as the revision at hand of the thread; the buffer is the caller's. *brief, which may be NULL, is
 * what it says in short. */
static otr_buffer encode(otr_core *core, const otr_notice *thread, otr_notice_what what,
                         const otr_notice_saying *saying, otr_str *brief)
{
    otr_buffer body = {0};
    const otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_rule *rule = otr_policy_rule(core, (otr_notice *)thread);
    otr_notice_saying whole = *saying;
    otr_str persona = otr_names_get(&core->labels, thread->persona);
    whole.event.next_by = thread->next_by != OTR_TIME_NEVER ? thread->next_by : OTR_TIME_NONE;
    otr_notice_complete(core, &whole, otr_ledger_wishes(core, ledger), persona);
    otr_service_event event = whole.event;
    event.persona = otr_names_get(&core->labels, thread->persona);
    event.entity = thread->id;
    event.revision = thread->revision;
    event.alarm_count = thread->alarm_count + thread->alarm_more;
    event.action_count = otr_notice_answers(what, &event.actions);
    /* without a clock there is no saying when it will be old */
    if (core->now.synced && (rule != NULL || otr_told_is_desk(what)))
        event.expires = otr_time_add(core->now.utc, expires_after(what, rule));
    address(core, ledger, &event);
    otr_outbox_encode(&body, &event, whole.text);
    core->failed |= body.failed;
    if (brief != NULL)
        *brief = event.brief;
    return body;
}

static otr_str own(otr_core *core, otr_buffer *body)
{
    otr_str copy = {NULL, 0};
    char *bytes = malloc(body->size + 1);
    if (bytes == NULL) {
        core->failed = true;
    } else {
        memcpy(bytes, body->data, body->size);
        copy = (otr_str){bytes, body->size};
    }
    otr_buffer_done(body);
    return copy;
}

static otr_str lend(otr_core *core, otr_buffer *body)
{
    otr_str copy = otr_effects_copy(core->effects, otr_buffer_text(body));
    otr_buffer_done(body);
    return copy;
}

/* ---- telling ---- */

/* What is said of an alarm takes the place of what was said of it before, but a begin is no correction. */
static bool replaces(otr_notice_what what)
{
    return what == OTR_NOTICE_UPDATED || what == OTR_NOTICE_CLEARED || what == OTR_NOTICE_RETRACTED ||
           what == OTR_NOTICE_REPEATED;
}

static bool ends(otr_notice_what what)
{
    return what == OTR_NOTICE_CLEARED || what == OTR_NOTICE_RETRACTED;
}

static void put(otr_core *core, const otr_notice *thread, const otr_notice_alarm *alarm, otr_notice_what what,
                otr_str body, otr_str alone, otr_row_notice *row)
{
    uint64_t seq = core->next_outbox_seq++;
    core->stats.notifications++;
    otr_row_outbox *entry = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, outbox);
    if (entry == NULL)
        return;
    *entry = (otr_row_outbox){.seq = seq,
                              .class = otr_event_class(thread->alarms[0].priority),
                              .event = otr_event_derive('e', thread->id, thread->revision),
                              .body = body,
                              .replaced_as =
                                  what == OTR_NOTICE_RETRACTED ? OTR_LEFT_RETRACTED : OTR_LEFT_SUPERSEDED};
    if (replaces(what) && alarm != NULL && !otr_id_is_zero(alarm->said)) {
        entry->replaces = alarm->said;
        entry->body_alone = ends(what) ? alone : body;
    }
    if (row != NULL) {
        row->outbox_seq = seq;
        row->body = body;
    }
}

/* The alarm that the revision at hand is of. */
static otr_notice_alarm *subject_of(otr_notice *thread)
{
    otr_notice_alarm *alarm = otr_thread_alarm(thread, thread->subject);
    return alarm != NULL ? alarm : &thread->alarms[0];
}

static void debit(otr_core *core, otr_notice *thread)
{
    otr_ledger *ledger = &core->ledgers.list[thread->contact];
    const otr_contact *wishes = otr_ledger_wishes(core, ledger);
    if (wishes != NULL && core->now.synced && !otr_policy_is_critical(thread))
        otr_ledger_debit(core, ledger, thread->category, otr_contact_day(core, wishes, core->now.utc));
}

/* What is owed after it was told. */
static void owe(otr_core *core, otr_notice *thread, otr_notice_what what, const otr_rule *rule)
{
    bool news = what == OTR_NOTICE_RAISED || what == OTR_NOTICE_PAST || what == OTR_NOTICE_ESCALATED;
    thread->told = true;
    if (news)
        thread->told_at = core->now.core;
    if (news && rule != NULL && rule->notify.once)
        otr_ledger_add_once(core, &core->ledgers.list[thread->contact], otr_policy_once(core, thread));
    bool promised = otr_told_next(core, thread);
    if (rule == NULL || !otr_thread_is_open(thread))
        return;
    /* what is told once is a milestone: it has no news */
    if (!promised && !rule->notify.once && (news || what == OTR_NOTICE_UPDATED || otr_told_is_desk(what))) {
        otr_time twice = otr_time_add(thread->news, thread->news);
        otr_time span = what != OTR_NOTICE_UPDATED || thread->news == 0 ? rule->notify.news_us
                        : twice < OTR_DAY                               ? twice
                                                                        : OTR_DAY;
        otr_policy_promise(core, thread, span);
    }
    if (news && !thread->known) {
        if (rule->notify.repeat_us > 0)
            thread->repeat_at = otr_time_add(core->now.core, rule->notify.repeat_us);
        if (rule->notify.escalate_us > 0 && what != OTR_NOTICE_ESCALATED)
            thread->escalate_at = otr_time_add(core->now.core, rule->notify.escalate_us);
    }
}

bool otr_notice_can_say(otr_core *core, otr_notice *thread, otr_notice_what what)
{
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    return subject.alarm != NULL && wishes != NULL &&
           otr_notice_has_text(&subject.asset->plan->rules[subject.rule],
                               otr_names_get(&core->labels, thread->persona), wishes->locale, what);
}

static otr_notice_saying say_now(otr_core *core, otr_notice *thread, otr_notice_what what)
{
    if (otr_told_is_desk(what))
        return thread->desk_count > 0 ? otr_told_say(core, thread) : (otr_notice_saying){.made = false};
    if (!otr_notice_can_say(core, thread, what))
        return (otr_notice_saying){.made = false};
    otr_thread_subject subject = otr_thread_subject_of(core, thread);
    const otr_contact *wishes = otr_ledger_wishes(core, &core->ledgers.list[thread->contact]);
    return otr_notice_say(core, subject.asset, subject.alarm, otr_names_get(&core->labels, thread->persona),
                          wishes, what);
}

static void tell(otr_core *core, otr_notice *thread, const otr_notice_decision *decision)
{
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_notice_alarm *alarm = subject_of(thread);
    otr_row_notice *row = add_row(core, thread, alarm);
    otr_str body = {NULL, 0};
    otr_str alone = {NULL, 0};
    otr_day_figures_notice(core, thread, alarm, OTR_NOTICE_TOLD, OTR_UNTOLD_NONE);
    debit(core, thread);
    owe(core, thread, decision->what, rule);
    otr_str brief = {NULL, 0};
    if (thread->body.data != NULL) {
        otr_service_event held;
        body = otr_told_join(core, thread, otr_effects_copy(core->effects, thread->body));
        alone = otr_effects_copy(core->effects, thread->alone);
        if (otr_outbox_render(&core->effects->memory, body, core->now.utc, &held, NULL) == OTR_OK)
            brief = held.brief;
    } else {
        otr_notice_saying made;
        const otr_notice_saying *saying = decision->saying;
        if (saying == NULL || !saying->made) {
            made = say_now(core, thread, decision->what);
            saying = &made;
        }
        if (saying->made) {
            otr_notice_saying whole = otr_told_with(core, thread, decision->what, saying);
            otr_buffer bytes = encode(core, thread, decision->what, &whole, &brief);
            body = lend(core, &bytes);
        }
        if (!core->effects->discard && decision->alone != NULL && decision->alone->made) {
            otr_buffer bytes = encode(core, thread, OTR_NOTICE_PAST, decision->alone, NULL);
            alone = lend(core, &bytes);
        }
    }
    if (row != NULL) {
        row->state = OTR_NOTICE_TOLD;
        row->due = thread->next_by != OTR_TIME_NEVER ? thread->next_by : OTR_TIME_NONE;
    }
    put(core, thread, alarm, decision->what, body, alone, row);
    if (!otr_told_is_desk(decision->what)) { /* which says nothing of the alarm */
        alarm->said = otr_event_derive('e', thread->id, thread->revision);
        alarm->told = true;
    }
    otr_told_note(core, thread, decision->what, brief);
    otr_told_clear(thread, true);
    thread->gathered = false;
    otr_thread_release(thread);
}

static void hold(otr_core *core, otr_notice *thread, const otr_notice_decision *decision)
{
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_row_notice *row = add_row(core, thread, subject_of(thread));
    const otr_verdict *verdict = &decision->verdict;
    otr_day_figures_notice(core, thread, subject_of(thread), OTR_NOTICE_HELD, verdict->reason);
    /* what goes on is said anew; but who ends the assignment takes its asset along */
    bool may_be_gone = decision->what != OTR_NOTICE_RAISED && decision->what != OTR_NOTICE_UPDATED &&
                       !otr_told_is_desk(decision->what);
    may_be_gone |= rule != NULL && rule->ends_assignment;
    if (thread->body.data == NULL && decision->saying != NULL && decision->saying->made && may_be_gone) {
        otr_buffer bytes = encode(core, thread, decision->what, decision->saying, NULL);
        thread->body = own(core, &bytes);
        if (decision->alone != NULL && decision->alone->made) {
            bytes = encode(core, thread, OTR_NOTICE_PAST, decision->alone, NULL);
            thread->alone = own(core, &bytes);
        }
    }
    thread->waits = true;
    thread->wait = (uint8_t)verdict->reason;
    thread->due = verdict->due;
    thread->due_civil = verdict->due_civil;
    otr_time old =
        rule != NULL ? otr_time_add(thread->held_since, expires_after(decision->what, rule)) : OTR_TIME_NEVER;
    thread->due = old < thread->due && old > core->now.core ? old : thread->due;
    if (otr_policy_waits_for_digest(verdict->reason)) {
        otr_ledger *ledger = &core->ledgers.list[thread->contact];
        const otr_contact *wishes = otr_ledger_wishes(core, ledger);
        if (wishes != NULL && core->now.synced && ledger->digest == OTR_TIME_NEVER)
            otr_policy_plan_digest(core, thread->contact, otr_contact_morning(core, wishes, core->now.utc));
    }
    if (row != NULL) {
        row->state = OTR_NOTICE_HELD;
        row->reason = otr_notice_reason_text(verdict->reason);
        row->due = otr_policy_waits_for_digest(verdict->reason) &&
                           core->ledgers.list[thread->contact].digest != OTR_TIME_NEVER
                       ? core->ledgers.list[thread->contact].digest
                       : civil_of(core, verdict);
    }
}

static void drop(otr_core *core, otr_notice *thread, const otr_notice_decision *decision)
{
    otr_day_figures_notice(core, thread, subject_of(thread), OTR_NOTICE_DROPPED, decision->verdict.reason);
    otr_row_notice *row = add_row(core, thread, subject_of(thread));
    if (row != NULL) {
        row->state = OTR_NOTICE_DROPPED;
        row->reason = otr_notice_reason_text(decision->verdict.reason);
    }
    otr_thread_release(thread);
    if (otr_told_is_desk(decision->what))
        otr_told_clear(thread, false);
    else if (thread->desk_count > 0)
        otr_told_later(core, thread); /* it was to be told with that */
}

void otr_notice_revise(otr_core *core, otr_notice *thread, otr_id subject)
{
    otr_row_notice *row = thread->waits ? add_row(core, thread, subject_of(thread)) : NULL;
    if (row != NULL)
        row->state = OTR_NOTICE_SUPERSEDED;
    otr_thread_release(thread);
    thread->revision = ++thread->revisions;
    thread->subject = subject;
    thread->held_since = core->now.core;
}

void otr_notice_decide(otr_core *core, otr_notice *thread, const otr_notice_decision *decision)
{
    thread->what = (uint8_t)decision->what;
    if (decision->verdict.state == OTR_NOTICE_TOLD)
        tell(core, thread, decision);
    else if (decision->verdict.state == OTR_NOTICE_HELD)
        hold(core, thread, decision);
    else
        drop(core, thread, decision);
    bool silenced = decision->verdict.reason == OTR_UNTOLD_OPTED_OUT;
    const otr_rule *rule = otr_policy_rule(core, thread);
    if (thread->told && !thread->waits && !thread->gathered && !silenced && otr_thread_is_open(thread) &&
        thread->next_by == OTR_TIME_NEVER && rule != NULL && !rule->notify.once)
        otr_policy_promise(core, thread, rule->notify.news_us); /* who was told of it hears more */
    bool over = !thread->waits && (!otr_thread_is_open(thread) || !thread->told);
    if (over && !(thread->next_by != OTR_TIME_NEVER && otr_told_waits(core, thread)))
        otr_thread_close(core, thread);
    else
        otr_thread_schedule(core, thread);
}

void otr_notice_gathered(otr_core *core, otr_notice *thread, otr_notice_reason reason, uint64_t outbox_seq)
{
    const otr_rule *rule = otr_policy_rule(core, thread);
    otr_day_figures_notice(core, thread, subject_of(thread), OTR_NOTICE_GATHERED, reason);
    otr_row_notice *row = add_row(core, thread, subject_of(thread));
    if (row != NULL) {
        row->state = OTR_NOTICE_GATHERED;
        row->reason = otr_notice_reason_text(reason);
        row->outbox_seq = outbox_seq;
    }
    thread->told = true;
    otr_told_note(core, thread, (otr_notice_what)thread->what, OTR_STR(""));
    otr_told_clear(thread, true);
    if (thread->what == OTR_NOTICE_RAISED || thread->what == OTR_NOTICE_PAST) {
        thread->told_at = core->now.core;
        if (rule != NULL && rule->notify.once)
            otr_ledger_add_once(core, &core->ledgers.list[thread->contact], otr_policy_once(core, thread));
    }
    thread->gathered = otr_thread_is_open(thread) && !thread->milestone; /* which has no news */
    thread->alarms[0].told = true;
    thread->alarms[0].said = (otr_id){0};
    otr_thread_unpromise(core, thread);
    otr_thread_release(thread);
    if (thread->gathered)
        otr_thread_schedule(core, thread);
    else
        otr_thread_close(core, thread);
}

uint64_t otr_notice_message(otr_core *core, uint32_t contact, otr_id id, unsigned priority,
                            otr_notice_saying *saying, otr_time next_by)
{
    const otr_ledger *ledger = &core->ledgers.list[contact];
    otr_day_figures_notice(core, NULL, NULL, OTR_NOTICE_TOLD, OTR_UNTOLD_NONE);
    uint64_t seq = core->next_outbox_seq++;
    core->stats.notifications++;
    otr_row_outbox *entry = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, outbox);
    if (entry == NULL)
        return seq;
    otr_buffer body = {0};
    otr_service_event *event = &saying->event;
    event->entity = id;
    event->revision = 1;
    event->next_by = next_by != OTR_TIME_NEVER ? next_by : OTR_TIME_NONE;
    if (core->now.synced && event->expires == OTR_TIME_NEVER)
        event->expires = otr_time_add(core->now.utc, OTR_DAY);
    if (event->action_count == 0)
        event->action_count = otr_notice_answers(OTR_NOTICE_WHATS, &event->actions);
    otr_notice_complete(core, saying, otr_ledger_wishes(core, ledger), event->persona);
    address(core, ledger, event);
    otr_outbox_encode(&body, event, saying->text);
    core->failed |= body.failed;
    *entry = (otr_row_outbox){.seq = seq, .class = otr_event_class(priority), .event = event->event};
    entry->body = lend(core, &body);
    otr_row_notice *row = OTR_ROWS_ADD(core->effects, notices);
    if (row != NULL)
        *row = (otr_row_notice){.id = id,
                                .revision = 1,
                                .seq = core->seq,
                                .contact = name_of(core, ledger->reference),
                                .asset = otr_effects_copy(core->effects, event->asset),
                                .pack = otr_effects_copy(core->effects, event->pack),
                                .rule = otr_effects_copy(core->effects, event->rule),
                                .alarm = event->alarm,
                                .case_id = event->case_id,
                                .category = otr_effects_copy(core->effects, event->category),
                                .what = event->what,
                                .state = OTR_NOTICE_TOLD,
                                .decided = core->now.utc,
                                .due = event->next_by,
                                .outbox_seq = seq,
                                .body = entry->body};
    return seq;
}
