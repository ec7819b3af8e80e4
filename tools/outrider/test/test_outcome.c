/* What a bench decides, as records: one for each alarm, each notice and each ticket, however often it
 * changes. */
#include "codec/ticket.h"
#include "core/alarm/lifecycle.h"
#include "tools/outrider/test/test_run.h"

#include <stdio.h>

static void set(otr_test_outcome *outcome, otr_test_record *record, size_t field, otr_str text)
{
    record->fields[field] = otr_arena_copy(&outcome->memory, text);
    outcome->failed |= record->fields[field].data == NULL;
}

static void set_time(otr_test_outcome *outcome, otr_test_record *record, size_t field, otr_time at)
{
    record->fields[field] = otr_test_time_text(&outcome->memory, outcome->start, at);
    outcome->failed |= record->fields[field].data == NULL;
}

static void set_flag(otr_test_record *record, size_t field, bool flag)
{
    record->fields[field] = flag ? OTR_STR("yes") : OTR_STR("no");
}

static void set_count(otr_test_outcome *outcome, otr_test_record *record, size_t field, int64_t count)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)count);
    set(outcome, record, field, otr_str_of(text));
}

static otr_test_record *find(otr_test_outcome *outcome, otr_test_sort sort, otr_id id)
{
    otr_test_records *records = &outcome->came[sort];
    for (size_t i = records->count; i > 0; i--)
        if (otr_id_equal(records->list[i - 1].id, id))
            return &records->list[i - 1];
    return NULL;
}

/* The record of an id, or a new one; NULL when memory is out. */
static otr_test_record *record_of(otr_test_outcome *outcome, otr_test_sort sort, otr_id id, bool *fresh)
{
    otr_test_record *record = find(outcome, sort, id);
    *fresh = record == NULL;
    if (record != NULL)
        return record;
    record = otr_test_records_add(&outcome->memory, &outcome->came[sort]);
    outcome->failed |= record == NULL;
    if (record != NULL)
        record->id = id;
    return record;
}

static void see_row(void *context, const otr_row_alarm *row)
{
    otr_test_outcome *outcome = context;
    bool fresh;
    otr_test_record *record = record_of(outcome, OTR_TEST_ALARM, row->id, &fresh);
    if (record == NULL)
        return;
    if (fresh) {
        set_flag(record, OTR_ALARM_HISTORICAL, false);
        set_flag(record, OTR_ALARM_IS_CORRECTED, false);
        set_flag(record, OTR_ALARM_IS_RETRACTED, false);
        set_flag(record, OTR_ALARM_IS_WITHDRAWN, false);
    }
    /* It was over before anybody could know of it. What late readings say of its end does not change that. */
    bool ends = !row->open && !otr_str_is(record->fields[OTR_ALARM_OPEN], "no");
    if (ends && row->ended <= row->detected)
        set_flag(record, OTR_ALARM_HISTORICAL, true);
    set(outcome, record, OTR_ALARM_RULE, row->rule);
    set(outcome, record, OTR_ALARM_ASSET, row->asset);
    set(outcome, record, OTR_ALARM_DEVICE, row->device);
    set_time(outcome, record, OTR_ALARM_ONSET, row->onset);
    set_time(outcome, record, OTR_ALARM_AT_RAISED, row->raised);
    set_time(outcome, record, OTR_ALARM_DETECTED, row->detected);
    set_time(outcome, record, OTR_ALARM_ENDED, row->ended);
    set_flag(record, OTR_ALARM_OPEN, row->open);
    set(outcome, record, OTR_ALARM_STATE, otr_str_of(otr_alarm_state_text(row->state)));
}

static void see_alarm(otr_test_outcome *outcome, const otr_service_event *event)
{
    static const struct {
        const char *what;
        size_t field;
    } marks[] = {{"historical", OTR_ALARM_HISTORICAL},
                 {"corrected", OTR_ALARM_IS_CORRECTED},
                 {"retracted", OTR_ALARM_IS_RETRACTED},
                 {"withdrawn", OTR_ALARM_IS_WITHDRAWN}};
    otr_test_record *record = find(outcome, OTR_TEST_ALARM, event->entity);
    if (record == NULL)
        return; /* of a shelf, not of an alarm */
    set(outcome, record, OTR_ALARM_PRIORITY, event->priority);
    set_count(outcome, record, OTR_ALARM_COVERAGE, event->coverage_percent);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (otr_str_is(event->what, marks[i].what))
            set_flag(record, marks[i].field, true);
    if (record->fields[OTR_ALARM_CAUSE].data == NULL)
        set(outcome, record, OTR_ALARM_CAUSE, event->cause);
}

static void see_notice(otr_test_outcome *outcome, const otr_service_event *event)
{
    otr_test_record *record = otr_test_records_add(&outcome->memory, &outcome->came[OTR_TEST_NOTICE]);
    outcome->failed |= record == NULL;
    if (record == NULL)
        return;
    record->id = event->entity;
    set(outcome, record, OTR_NOTICE_RULE, event->rule);
    set(outcome, record, OTR_NOTICE_ASSET, event->asset);
    set(outcome, record, OTR_NOTICE_ON, event->what);
    set(outcome, record, OTR_NOTICE_TO, event->to);
    set(outcome, record, OTR_NOTICE_LOCALE, event->locale);
    set_time(outcome, record, OTR_NOTICE_AT, event->decided);
    set(outcome, record, OTR_NOTICE_TEXT, event->text);
    set(outcome, record, OTR_NOTICE_LINE, event->line);
    set(outcome, record, OTR_NOTICE_BRIEF, event->brief);
    set_time(outcome, record, OTR_NOTICE_NEXT, event->next_by);
    set(outcome, record, OTR_NOTICE_WHAT, event->what);
}

/* What was decided and is not told, or not yet. */
static void see_decision(void *context, const otr_row_notice *row)
{
    otr_test_outcome *outcome = context;
    if (row->state == OTR_NOTICE_TOLD || row->state == OTR_NOTICE_SUPERSEDED)
        return;
    otr_test_record *record = otr_test_records_add(&outcome->memory, &outcome->came[OTR_TEST_NOTICE]);
    outcome->failed |= record == NULL;
    if (record == NULL)
        return;
    record->aside = true;
    set(outcome, record, OTR_NOTICE_RULE, row->rule);
    set(outcome, record, OTR_NOTICE_ASSET, row->asset);
    set(outcome, record, OTR_NOTICE_ON, row->what);
    set(outcome, record, OTR_NOTICE_WHAT, row->what);
    set(outcome, record, OTR_NOTICE_TO, row->contact);
    set_time(outcome, record, OTR_NOTICE_AT, row->decided);
    set_time(outcome, record, OTR_NOTICE_NEXT, row->due);
    set(outcome, record, row->state == OTR_NOTICE_HELD ? OTR_NOTICE_IS_HELD : OTR_NOTICE_IS_DROPPED,
        row->reason);
}

/* "opened updated closed": each revision by its word. */
static void add_said(otr_test_outcome *outcome, otr_test_record *record, otr_str what)
{
    otr_buffer said = {0};
    otr_str before = record->fields[OTR_TICKET_SAID];
    otr_buffer_add(&said, before.data, before.size);
    otr_buffer_add_format(&said, "%s%.*s", before.size > 0 ? " " : "", OTR_STR_ARG(what));
    outcome->failed |= said.failed;
    set(outcome, record, OTR_TICKET_SAID, otr_buffer_text(&said));
    otr_buffer_done(&said);
}

static otr_str fact_of(const otr_service_event *event, const char *name)
{
    for (size_t i = 0; i < event->fact_count; i++)
        if (otr_str_is(event->facts[i].name, name))
            return event->facts[i].value;
    return (otr_str){"", 0};
}

static int64_t similar_to(const otr_service_event *event)
{
    otr_arena memory = {0};
    otr_ticket ticket;
    otr_status status = otr_ticket_decode(&memory, event->ticket, &ticket, NULL);
    int64_t count = status == OTR_OK ? (int64_t)ticket.similar_count : -1;
    otr_arena_done(&memory);
    return count;
}

static void see_ticket(otr_test_outcome *outcome, const otr_service_event *event)
{
    bool fresh;
    int64_t updates = 0;
    otr_test_record *record = record_of(outcome, OTR_TEST_TICKET, event->entity, &fresh);
    if (record == NULL)
        return;
    if (fresh) { /* the rule that opened it, and what its desk is told first */
        set(outcome, record, OTR_TICKET_RULE, event->rule);
        set(outcome, record, OTR_TICKET_ASSET, event->asset);
        set(outcome, record, OTR_TICKET_CATEGORY, event->category);
        set_time(outcome, record, OTR_TICKET_OPENED, event->decided);
        set_count(outcome, record, OTR_TICKET_UPDATES, 0);
        set(outcome, record, OTR_TICKET_SAID, (otr_str){"", 0});
    }
    set_time(outcome, record, OTR_TICKET_CLOSED, OTR_TIME_NONE);
    set_flag(record, OTR_TICKET_IS_OPEN, true);
    add_said(outcome, record, event->what);
    set(outcome, record, OTR_TICKET_QUEUE, event->queue);
    set(outcome, record, OTR_TICKET_PRIORITY, event->priority);
    set(outcome, record, OTR_TICKET_TITLE, event->title);
    set(outcome, record, OTR_TICKET_DESCRIPTION, event->description);
    set(outcome, record, OTR_TICKET_SPECIALIST, event->specialist);
    set(outcome, record, OTR_TICKET_WHY, fact_of(event, "queue.why"));
    set_count(outcome, record, OTR_TICKET_SIMILAR, similar_to(event));
    if (otr_str_is(event->what, "updated") && otr_str_to_i64(record->fields[OTR_TICKET_UPDATES], &updates))
        set_count(outcome, record, OTR_TICKET_UPDATES, updates + 1);
    if (otr_str_is(event->what, "closed") || otr_str_is(event->what, "merged")) {
        set_time(outcome, record, OTR_TICKET_CLOSED, event->decided);
        set_flag(record, OTR_TICKET_IS_OPEN, false);
    }
}

static void see_event(void *context, const otr_service_event *event)
{
    switch (event->kind) {
    case OTR_SERVICE_ALARM:
        see_alarm(context, event);
        break;
    case OTR_SERVICE_NOTIFICATION:
        see_notice(context, event);
        break;
    case OTR_SERVICE_TICKET:
        see_ticket(context, event);
        break;
    default:
        break; /* about the gateway, not about assets */
    }
}

otr_workbench_listener otr_test_outcome_listener(otr_test_outcome *outcome)
{
    return (otr_workbench_listener){outcome, see_row, see_event, see_decision, NULL};
}

void otr_test_outcome_done(otr_test_outcome *outcome)
{
    otr_arena_done(&outcome->memory);
    *outcome = (otr_test_outcome){0};
}
