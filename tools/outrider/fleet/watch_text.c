/*
 * One event for people:
 *   2026-03-01 08:00:05Z  gw-1  ALARM    raised   high      Vaccine box 7: above 8 °C since 07:50, now 9.1 °C
 *   2026-03-01 08:00:05Z  gw-1  MESSAGE  raised   to cust-12 (en)
 *       Your vaccines are warmer than agreed. ...
 *   2026-03-01 08:00:05Z  gw-1  TICKET   opened   cold-chain  Vaccine box 7 too warm
 *       temperature 9.1 Cel at 08:00:03Z
 *   2026-03-01 08:00:05Z  gw-1  VIEW     updated  Vaccine box 7 (kept)
 *       place: Hamm
 */
#include "codec/bucket.h"
#include "tools/outrider/fleet/watch.h"

#define RESET "\033[0m"
#define INDENT "    "

static const char *colour_of(const otr_service_event *event)
{
    static const char *const good[] = {"cleared", "closed", "online", "acknowledged", "reset"};
    static const char *const quiet[] = {"lapsed", "shelved", "unshelved", "out-of-service", "in-service"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (otr_str_is(event->what, good[i]))
            return "\033[32m";
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (otr_str_is(event->what, quiet[i]))
            return "\033[2m";
    switch (event->kind) {
    case OTR_SERVICE_ALARM:
        return otr_str_is(event->priority, "low") ? "\033[33m" : "\033[1;31m";
    case OTR_SERVICE_NOTIFICATION:
        return "\033[36m";
    case OTR_SERVICE_TICKET:
        return "\033[35m";
    default:
        return "\033[2m";
    }
}

static const char *word_of(otr_service_kind kind)
{
    switch (kind) {
    case OTR_SERVICE_ALARM:
        return "ALARM";
    case OTR_SERVICE_NOTIFICATION:
        return "MESSAGE";
    case OTR_SERVICE_TICKET:
        return "TICKET";
    case OTR_SERVICE_VIEW:
        return "VIEW";
    case OTR_SERVICE_CUSTOMER:
        return "CUSTOMER";
    case OTR_SERVICE_FIGURES:
        return "FIGURES";
    default:
        return "STATUS";
    }
}

/* "2026-03-01 08:00:05Z": seconds are enough for people, and UTC needs no asking whose clock it is. */
static void add_time(otr_buffer *out, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at == OTR_TIME_NONE || at == OTR_TIME_NEVER || otr_time_format(at, text) < 20) {
        otr_buffer_add_format(out, "%-20s", "-");
        return;
    }
    otr_buffer_add_format(out, "%.10s %.8sZ", text, text + 11);
}

/* Text that may have lines of its own: each below the other, indented. */
static void add_block(otr_buffer *out, otr_str text)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.size; i++) {
        if (i < text.size && text.data[i] != '\n')
            continue;
        if (i > start) {
            otr_buffer_add_format(out, INDENT);
            otr_watch_add_safe(out, (otr_str){text.data + start, i - start});
            otr_buffer_add_u8(out, '\n');
        }
        start = i + 1;
    }
}

static otr_str asset_of(const otr_service_event *event)
{
    return event->asset_name.size > 0 ? event->asset_name : event->asset;
}

/* "Vaccine box 7: above 8 °C", or the one of both that there is. */
static void add_subject(otr_buffer *out, otr_str who, otr_str what)
{
    otr_watch_add_safe(out, who);
    if (who.size > 0 && what.size > 0)
        otr_buffer_add_format(out, ": ");
    otr_watch_add_safe(out, what);
}

/* The text and blanks up to width, at least one. */
static void add_column(otr_buffer *out, otr_str text, size_t width)
{
    size_t before = out->size;
    otr_watch_add_safe(out, text);
    size_t used = out->size - before;
    otr_buffer_add_format(out, "%*s", used < width ? (int)(width - used) : 1, "");
}

static void add_alarm(otr_buffer *out, const otr_service_event *event)
{
    add_column(out, event->priority, 10);
    add_subject(out, asset_of(event), event->cause.size > 0 ? event->cause : event->rule);
}

static void add_ticket(otr_buffer *out, const otr_service_event *event)
{
    otr_str who = asset_of(event);
    otr_str what = event->title.size > 0 ? event->title : event->cause;
    bool named = otr_str_starts(what, who) && what.size > who.size && what.data[who.size] == ':';
    otr_watch_add_safe(out, event->queue);
    otr_buffer_add_format(out, "%s", event->queue.size > 0 ? "  " : "");
    add_subject(out, named ? (otr_str){NULL, 0} : who, what);
    if (event->alarm_count > 1)
        otr_buffer_add_format(out, " (%u alarms)", event->alarm_count);
}

static void add_facts(otr_buffer *out, const otr_service_event *event)
{
    for (size_t i = 0; i < event->fact_count; i++) {
        otr_buffer_add_format(out, INDENT);
        add_subject(out, event->facts[i].name, event->facts[i].value);
        otr_buffer_add_u8(out, '\n');
    }
    for (size_t i = 0; i < event->evidence_count; i++) {
        const otr_evidence *evidence = &event->evidence[i];
        otr_buffer_add_format(out, INDENT);
        otr_watch_add_safe(out, evidence->metric);
        otr_buffer_add_u8(out, ' ');
        otr_watch_add_safe(out, evidence->value);
        otr_buffer_add_u8(out, ' ');
        otr_watch_add_safe(out, evidence->unit);
        otr_buffer_add_format(out, " at ");
        add_time(out, evidence->at);
        otr_buffer_add_u8(out, '\n');
    }
}

static void add_named(otr_buffer *out, const char *name, otr_str value)
{
    if (value.size == 0)
        return;
    otr_buffer_add_format(out, INDENT);
    add_subject(out, otr_str_of(name), value);
    otr_buffer_add_u8(out, '\n');
}

static void add_next(otr_buffer *out, const otr_service_event *event)
{
    if (event->next_by == OTR_TIME_NONE)
        return;
    otr_buffer_add_format(out, INDENT "more by ");
    add_time(out, event->next_by);
    otr_buffer_add_u8(out, '\n');
}

/* What a message says besides its text, and the words that answer it: `outrider act WORD ENTITY TOKEN`. */
static void add_lengths(otr_buffer *out, const otr_service_event *event)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(event->entity, id);
    add_named(out, "line", event->line);
    add_named(out, "brief", event->brief);
    add_named(out, "why", event->why);
    add_named(out, "fault", event->fault);
    add_named(out, "persona", event->persona);
    add_named(out, "channels", event->channels);
    for (size_t i = 0; i < event->action_count; i++) {
        otr_buffer_add_format(out, INDENT "act ");
        otr_watch_add_safe(out, event->actions[i].name);
        otr_buffer_add_format(out, " %s ", id);
        otr_watch_add_safe(out, event->actions[i].token);
        otr_buffer_add_u8(out, '\n');
    }
}

static void add_head(otr_buffer *out, const otr_watch_item *item, const char *word, otr_str what)
{
    add_time(out, item->has_event ? item->event.decided : OTR_TIME_NONE);
    otr_buffer_add_format(out, "  ");
    otr_watch_add_safe(out, item->topic.gateway);
    otr_buffer_add_format(out, "  %-8s ", word);
    add_column(out, what, 9);
}

/* The day, and how much of it there is; `outrider stats` has the rest. */
static void add_figures(otr_buffer *out, const otr_service_event *event)
{
    otr_bucket bucket;
    if (event->figures.size == 0)
        return;
    if (otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, event->figures, &bucket, NULL) == OTR_OK) {
        const otr_bucket_cell *total = otr_bucket_find(&bucket, OTR_BY_TOTAL, OTR_STR(""));
        otr_date date = otr_date_of(bucket.day);
        otr_buffer_add_format(out, "%04d-%02d-%02d, %s: alarms %llu, told %llu, tickets %llu", (int)date.year,
                              date.month, date.day, bucket.closed ? "closed" : "so far",
                              total != NULL ? (unsigned long long)total->counts[OTR_COUNT_ALARMS] : 0,
                              total != NULL ? (unsigned long long)total->counts[OTR_COUNT_TOLD] : 0,
                              total != NULL ? (unsigned long long)total->counts[OTR_COUNT_OPENED] : 0);
    }
    otr_bucket_done(&bucket);
}

/* What the broker had kept was said before. */
static void add_kept(otr_buffer *out, const otr_watch_item *item)
{
    otr_buffer_add_format(out, "%s", item->retained ? " (kept)" : "");
}

static void add_event(otr_buffer *out, const otr_watch_item *item)
{
    const otr_service_event *event = &item->event;
    add_head(out, item, word_of(event->kind), event->what);
    switch (event->kind) {
    case OTR_SERVICE_ALARM:
        add_alarm(out, event);
        break;
    case OTR_SERVICE_NOTIFICATION:
        otr_buffer_add_format(out, "to ");
        otr_watch_add_safe(out, event->to);
        otr_buffer_add_format(out, " (");
        otr_watch_add_safe(out, event->locale);
        otr_buffer_add_u8(out, ')');
        break;
    case OTR_SERVICE_TICKET:
        add_ticket(out, event);
        break;
    case OTR_SERVICE_VIEW:
        add_subject(out, asset_of(event), (otr_str){NULL, 0});
        break;
    case OTR_SERVICE_CUSTOMER:
        add_subject(out, event->to, event->text);
        break;
    case OTR_SERVICE_FIGURES:
        add_figures(out, event);
        break;
    default:
        add_subject(out, asset_of(event), event->text.size > 0 ? event->text : event->cause);
        break;
    }
    add_kept(out, item);
}

void otr_watch_text(otr_buffer *out, const otr_watch_item *item, bool colour, bool lengths)
{
    if (!item->has_event) {
        add_head(out, item, "?", item->topic.kind);
        otr_watch_add_safe(out, otr_str_of(item->error.text));
        add_kept(out, item);
        otr_buffer_add_u8(out, '\n');
        return;
    }
    const otr_service_event *event = &item->event;
    if (colour)
        otr_buffer_add_format(out, "%s", colour_of(event));
    add_event(out, item);
    if (colour)
        otr_buffer_add_format(out, RESET);
    otr_buffer_add_u8(out, '\n');
    if (event->kind == OTR_SERVICE_NOTIFICATION)
        add_block(out, event->text);
    if (event->kind == OTR_SERVICE_NOTIFICATION && lengths)
        add_lengths(out, event);
    if (event->kind == OTR_SERVICE_TICKET || event->kind == OTR_SERVICE_STATUS ||
        event->kind == OTR_SERVICE_VIEW || event->kind == OTR_SERVICE_CUSTOMER)
        add_facts(out, event);
    if (event->kind == OTR_SERVICE_VIEW || (event->kind == OTR_SERVICE_NOTIFICATION && lengths))
        add_next(out, event);
}
