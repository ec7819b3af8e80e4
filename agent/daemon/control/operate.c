#include "daemon/control/operate.h"

#include "daemon/control/act.h"
#include "daemon/control/order.h"
#include "daemon/control/put.h"
#include "daemon/uplink.h"
#include "rules/load/pack.h"

#include <string.h>
#include <unistd.h>
enum { ALARMS_MAX = 1000 }; /* in one answer: the rest is only counted */

json_t *otr_operate_refusal(const char *reason)
{
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_false());
    json_object_set_new(out, "reason", json_string(reason));
    return out;
}

json_t *otr_operate_refused(const otr_command_result *result)
{
    otr_buffer text = {0};
    otr_command_say_refusal(result, &text);
    json_t *out = otr_operate_refusal(otr_refusal_text(result->refusal));
    if (!text.failed)
        json_object_set_new(out, "reason", json_stringn((const char *)text.data, text.size));
    otr_buffer_done(&text);
    return out;
}

static int append(const char *bytes, size_t size, void *out)
{
    otr_buffer_add(out, bytes, size);
    return ((otr_buffer *)out)->failed ? -1 : 0;
}

void otr_operate_dump(const json_t *object, otr_buffer *out)
{
    if (json_dump_callback(object, append, out, JSON_COMPACT) != 0)
        out->failed = true;
}

/* ---- what there is ---- */

typedef struct listing {
    json_t *alarms;
    json_t *points;
    size_t left_out;
} listing;

static void list_alarm(void *context, const otr_alarm_view *alarm)
{
    listing *list = context;
    char id[OTR_ID_TEXT_BYTES];
    if (json_array_size(list->alarms) == ALARMS_MAX) {
        list->left_out++;
        return;
    }
    json_t *one = json_object();
    otr_id_format(alarm->id, id);
    json_object_set_new(one, "alarm", json_string(id));
    json_object_set_new(one, "state", json_string(otr_alarm_state_text(alarm->state)));
    json_object_set_new(one, "priority", json_string(otr_priority_text(alarm->priority)));
    otr_put_text(one, "pack", alarm->pack);
    otr_put_text(one, "rule", alarm->rule);
    otr_put_text(one, "asset", alarm->asset);
    otr_put_text(one, "device", alarm->device);
    otr_put_time(one, "onset", alarm->onset);
    otr_put_time(one, "raised", alarm->raised);
    otr_put_time(one, "ended", alarm->ended);
    json_array_append_new(list->alarms, one);
}

static void list_point(void *context, const otr_point_view *point)
{
    listing *list = context;
    json_t *one = json_object();
    json_object_set_new(one, "state", json_string(otr_point_state_text(point->state)));
    otr_put_text(one, "pack", point->pack);
    otr_put_text(one, "rule", point->rule);
    otr_put_text(one, "asset", point->asset);
    otr_put_time(one, "since", point->since);
    otr_put_time(one, "until", point->until);
    otr_put_text(one, "who", point->who);
    otr_put_text(one, "reason", point->reason);
    json_array_append_new(list->points, one);
}

json_t *otr_operate_alarms(otr_daemon *daemon)
{
    listing list = {json_array(), json_array(), 0};
    json_t *out = json_object();
    otr_driver_alarms(daemon->driver, list_alarm, &list);
    otr_driver_points(daemon->driver, list_point, &list);
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "alarms", list.alarms);
    json_object_set_new(out, "points", list.points);
    otr_put_count(out, "left_out", list.left_out);
    return out;
}

json_t *otr_operate_figures(otr_daemon *daemon)
{
    otr_alarm_figures figures = otr_driver_alarm_figures(daemon->driver);
    json_t *out = json_object();
    json_t *top = json_array();
    otr_put_count(out, "open", figures.open);
    otr_put_count(out, "withheld", figures.withheld);
    otr_put_count(out, "stale", figures.stale);
    otr_put_count(out, "standing", figures.standing);
    otr_put_count(out, "shelved", figures.shelved);
    otr_put_count(out, "out_of_service", figures.out_of_service);
    otr_put_count(out, "per_10_minutes", figures.kpi.per_10_minutes);
    otr_put_count(out, "per_day", figures.kpi.per_day);
    json_object_set_new(out, "flood", json_boolean(figures.kpi.flood));
    otr_put_count(out, "floods", figures.kpi.floods);
    otr_put_count(out, "chattering", figures.kpi.chattering);
    for (uint32_t i = 0; i < figures.kpi.top_count; i++) {
        otr_point_view source;
        json_t *one = json_object();
        otr_driver_source(daemon->driver, figures.kpi.top[i].key, &source);
        otr_put_text(one, "pack", source.pack);
        otr_put_text(one, "rule", source.rule);
        otr_put_text(one, "asset", source.asset);
        otr_put_count(one, "alarms", figures.kpi.top[i].count);
        json_array_append_new(top, one);
    }
    json_object_set_new(out, "top", top);
    return out;
}

/* ---- commands ---- */

bool otr_operate_knows(const char *what)
{
    otr_command_kind kind;
    return otr_command_kind_parse(otr_str_of(what), &kind);
}

static otr_str text_of(const json_t *request, const char *name)
{
    const json_t *value = json_object_get(request, name);
    if (!json_is_string(value))
        return (otr_str){NULL, 0};
    return (otr_str){json_string_value(value), json_string_length(value)};
}

/* The sender's id of the command, any text, or one of our own: a sender that gives none cannot send it again.
 */
static otr_id id_of(otr_daemon *daemon, otr_str text)
{
    if (text.size > 0)
        return otr_hash128('u', 0, text.data, text.size);
    uint64_t parts[] = {(uint64_t)getpid(), (uint64_t)daemon->started, daemon->commands++};
    return otr_hash128('d', 0, parts, sizeof parts);
}

otr_id otr_operate_id(otr_daemon *daemon, const json_t *request)
{
    return id_of(daemon, text_of(request, "id"));
}

enum { ID_BEGIN_LEAST = 6 }; /* digits: of a thousand alarms two begin alike once in thirty times */

typedef struct beginning {
    otr_str digits;
    otr_id found;
    size_t count;
} beginning;

static void match_alarm(void *context, const otr_alarm_view *alarm)
{
    beginning *wanted = context;
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(alarm->id, id);
    if (otr_str_starts(otr_str_of(id), wanted->digits)) {
        wanted->found = alarm->id;
        wanted->count++;
    }
}

/* NULL, or what is wrong with it. */
static const char *read_alarm(otr_daemon *daemon, otr_str text, otr_id *out)
{
    beginning wanted = {.digits = text};
    if (otr_id_parse(text, out))
        return NULL;
    if (text.size < ID_BEGIN_LEAST || text.size >= OTR_ID_TEXT_BYTES)
        return "\"alarm\" is the id of an alarm, 32 hex digits, or at least the first 6 of them";
    otr_driver_alarms(daemon->driver, match_alarm, &wanted);
    *out = wanted.found;
    return wanted.count == 1  ? NULL
           : wanted.count > 1 ? "several alarms begin so: give more of the id"
                              : "no alarm begins so";
}

/* NULL, or what is wrong with the request. */
static const char *read_request(otr_daemon *daemon, const json_t *request, otr_command *out)
{
    otr_str alarm = text_of(request, "alarm");
    otr_str span = text_of(request, "for");
    otr_str until = text_of(request, "until");
    *out = (otr_command){
        .id = id_of(daemon, text_of(request, "id")),
        .rule = text_of(request, "rule"),
        .asset = text_of(request, "asset"),
        .until = OTR_TIME_NONE,
        .who = text_of(request, "who"),
        .reason = text_of(request, "reason"),
    };
    (void)otr_command_kind_parse(text_of(request, "do"), &out->kind);
    if (out->kind == OTR_COMMAND_REPLACE) {
        out->rule = text_of(request, "old");
        out->asset = text_of(request, "new");
    } else if (out->kind == OTR_COMMAND_FORGET) {
        out->asset = text_of(request, "customer");
    }
    const char *wrong = alarm.size > 0 ? read_alarm(daemon, alarm, &out->alarm) : NULL;
    if (wrong != NULL)
        return wrong;
    if (span.size > 0 && (!otr_span_parse(span, &out->span) || out->span <= 0))
        return "\"for\" is a span such as 30m, 2h or 1d";
    if (until.size > 0 && !otr_time_parse(until, &out->until))
        return "\"until\" is a time such as 2024-05-01T12:00:00Z";
    return NULL;
}

json_t *otr_operate_command(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    otr_command command;
    otr_error error = {.text = ""};
    const char *wrong = read_request(daemon, request, &command);
    if (wrong != NULL)
        return otr_operate_refusal(wrong);
    if (otr_driver_command(daemon->driver, &command, token, &error) != OTR_OK)
        return otr_operate_refusal(error.text);
    return NULL;
}

void otr_daemon_answer(otr_daemon *daemon, uint64_t token, json_t *answer)
{
    otr_buffer text = {0};
    if (otr_order_finish(daemon, token, answer))
        return;
    otr_operate_dump(answer, &text);
    if (!text.failed && daemon->control != NULL)
        otr_control_reply(daemon->control, token, otr_buffer_text(&text));
    json_decref(answer);
    otr_buffer_done(&text);
}

void otr_daemon_commanded(void *opaque, uint64_t token, const otr_command_result *result)
{
    otr_daemon *daemon = opaque;
    otr_buffer text = {0};
    if (token == OTR_UPLINK_HANDLE) {
        otr_uplink_answered(result);
        return;
    }
    if (otr_act_answered(daemon, token, result) || otr_order_answered(daemon, token, result) ||
        daemon->control == NULL)
        return;
    json_t *out = result->refusal == OTR_REFUSAL_ACCEPTED ? json_object() : otr_operate_refused(result);
    if (result->refusal == OTR_REFUSAL_ACCEPTED) {
        json_object_set_new(out, "ok", json_true());
        otr_put_count(out, "alarms", result->alarms);
    }
    otr_operate_dump(out, &text);
    if (!text.failed)
        otr_control_reply(daemon->control, token, otr_buffer_text(&text));
    json_decref(out);
    otr_buffer_done(&text);
}
