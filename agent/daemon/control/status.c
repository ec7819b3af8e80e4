/* What the control socket answers: JSON objects, one a line. */
#include <inttypes.h>
#include <jansson.h>
#include <unistd.h>

#include "daemon/config/in_force.h"
#include "daemon/config/retune.h"
#include "daemon/control/act.h"
#include "daemon/control/assign.h"
#include "daemon/control/desk.h"
#include "daemon/control/devices.h"
#include "daemon/control/history.h"
#include "daemon/control/operate.h"
#include "daemon/control/order.h"
#include "daemon/control/question.h"
#include "daemon/control/voice.h"
#include "daemon/push/push.h"
#include "daemon/uplink.h"

static json_t *text_json(otr_str text)
{
    return json_stringn_nocheck(text.data != NULL ? text.data : "", text.size);
}

static json_t *time_json(otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    otr_time_format(at, text);
    return json_string(text);
}

static void put(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *driver_json(const otr_driver *driver)
{
    const otr_counters *counters = otr_driver_counters(driver);
    json_t *out = json_object();
#define X(name) put(out, #name, counters->name);
    OTR_COUNTER_LIST(X)
#undef X
    return out;
}

static json_t *store_json(const otr_daemon *daemon)
{
    const otr_store_figures *figures = otr_driver_store_figures(daemon->driver);
    json_t *out = json_object();
    put(out, "journal_bytes", figures->journal_bytes);
    put(out, "journal_rows", figures->journal_rows);
    put(out, "oldest_seq", figures->oldest_seq);
    put(out, "outbox_rows", figures->outbox_rows);
    put(out, "free_bytes", figures->free_bytes);
    put(out, "evicted_readings", figures->evicted_readings);
    put(out, "kept_schema", (uint64_t)otr_store_kept(daemon->store));
    put(out, "commits", figures->commits);
    put(out, "commit_us_mean", figures->commits > 0 ? figures->commit_us_total / figures->commits : 0);
    put(out, "commit_us_max", figures->commit_us_max);
    return out;
}

static json_t *coap_json(const otr_daemon *daemon)
{
    const otr_coap_counters *counters = otr_coap_counters_get(daemon->coap);
    json_t *out = json_object();
#define X(name) put(out, #name, counters->name);
    OTR_COAP_COUNTER_LIST(X)
#undef X
    put(out, "sessions", counters->sessions);
    put(out, "udp_port", otr_coap_udp_port(daemon->coap));
    put(out, "dtls_port", otr_coap_dtls_port(daemon->coap));
    return out;
}

static json_t *link_json(otr_daemon *daemon)
{
    const otr_mqtt_counters *counters = otr_mqtt_counters_get(daemon->mqtt);
    json_t *out = json_object();
    json_object_set_new(out, "up", json_boolean(daemon->link_is_up));
    put(out, "window", daemon->window);
    put(out, "in_flight", (uint64_t)atomic_load(&daemon->in_flight));
#define X(name) put(out, #name, counters->name);
    OTR_MQTT_COUNTER_LIST(X)
#undef X
    return out;
}

static json_t *clock_json(otr_daemon *daemon)
{
    json_t *out = json_object();
    otr_time utc = OTR_TIME_NONE;
    otr_clock_quality quality = otr_driver_utc(daemon->driver, &utc);
    json_object_set_new(out, "utc", time_json(utc));
    json_object_set_new(out, "synced", json_boolean(quality == OTR_CLOCK_SYNCED));
    json_object_set_new(out, "drifting", json_boolean(otr_clock_is_drifting(&daemon->clock)));
    json_object_set_new(out, "scale", json_real(daemon->clock.scale));
    return out;
}

static json_t *reload_json(const otr_reload *reload)
{
    if (!reload->done)
        return json_null();
    json_t *out = json_object();
    json_object_set_new(out, "at", time_json(reload->at));
    json_object_set_new(out, "result", json_string(reload->refused ? "refused" : "ok"));
    json_object_set_new(out, "text", text_json(otr_str_of(reload->text)));
    return out;
}

static void add_active(void *list, otr_str slot, otr_str hash)
{
    json_t *entry = json_object();
    json_object_set_new(entry, "slot", text_json(slot));
    json_object_set_new(entry, "hash", text_json(hash));
    json_array_append_new(list, entry);
}

static json_t *status_json(otr_daemon *daemon)
{
    json_t *out = json_object();
    otr_clock_sample now;
    otr_clock_port clock = otr_clock_port_of(&daemon->clock);
    clock.read(clock.self, &now);
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "version", json_string(OTR_VERSION));
    put(out, "pid", (uint64_t)getpid());
    json_object_set_new(out, "config", json_string(daemon->config_path));
    json_object_set_new(out, "group", text_json(daemon->config->gateway.group));
    json_object_set_new(out, "gateway", text_json(daemon->config->gateway.name));
    json_object_set_new(out, "started", time_json(daemon->started));
    put(out, "uptime_s", (uint64_t)(otr_clock_real_us(&daemon->clock, now.mono) / OTR_SECOND));
    json_object_set_new(out, "log_level", json_string(otr_log_level_text(otr_log_level_get())));
    json_object_set_new(out, "clock", clock_json(daemon));
    put(out, "devices", otr_driver_device_count(daemon->driver));
    put(out, "open_alarms", otr_driver_open_alarms(daemon->driver));
    put(out, "open_commands", otr_driver_open_commands(daemon->driver));
    put(out, "tickets_unreceived", otr_driver_unreceived_tickets(daemon->driver));
    json_object_set_new(out, "alarms", otr_operate_figures(daemon));
    json_object_set_new(out, "questions", otr_question_json(daemon->driver));
    put(out, "outbox", otr_driver_outbox_depth(daemon->driver));
    json_object_set_new(out, "link", link_json(daemon));
    json_object_set_new(out, "telemetry", otr_uplink_json(daemon->uplink));
    json_object_set_new(out, "tuning", otr_retune_json(daemon));
    json_object_set_new(out, "reload", reload_json(&daemon->reload));
    json_t *active = json_array();
    otr_driver_active(daemon->driver, add_active, active);
    json_object_set_new(out, "active", active);
    json_object_set_new(out, "driver", driver_json(daemon->driver));
    json_object_set_new(out, "store", store_json(daemon));
    json_object_set_new(out, "coap", coap_json(daemon));
    return out;
}

static json_t *log_level_json(const json_t *request)
{
    const char *text = json_string_value(json_object_get(request, "level"));
    otr_log_level level;
    if (text == NULL || !otr_log_level_parse(otr_str_of(text), &level))
        return otr_operate_refusal("level must be one of error, warning, notice, info, debug");
    otr_daemon_log_level(level);
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "log_level", json_string(otr_log_level_text(level)));
    return out;
}

static json_t *recent_log_json(void)
{
    char text[OTR_LOG_RECENT_BYTES];
    json_t *out = json_object();
    size_t size = otr_log_recent(text, sizeof text);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?'; /* the ring may begin inside a character */
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "log", json_stringn(text, size));
    return out;
}

static json_t *reload_now_json(otr_daemon *daemon)
{
    otr_daemon_reload(daemon);
    json_t *out = daemon->reload.refused ? otr_operate_refusal(daemon->reload.text) : json_object();
    if (!daemon->reload.refused) {
        json_object_set_new(out, "ok", json_true());
        json_object_set_new(out, "text", text_json(otr_str_of(daemon->reload.text)));
    }
    return out;
}

json_t *otr_daemon_do(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    const char *what = json_string_value(json_object_get(request, "do"));
    if (what == NULL)
        return otr_operate_refusal("expected an object with \"do\"");
    if (strcmp(what, "status") == 0)
        return status_json(daemon);
    if (strcmp(what, "log-level") == 0)
        return log_level_json(request);
    if (strcmp(what, "recent-log") == 0)
        return recent_log_json();
    if (strcmp(what, "config") == 0)
        return otr_config_in_force(daemon);
    if (strcmp(what, "log") == 0)
        return otr_order_log(daemon, request);
    if (strcmp(what, "reload") == 0)
        return reload_now_json(daemon);
    if (strcmp(what, "alarms") == 0)
        return otr_operate_alarms(daemon);
    if (strcmp(what, "history") == 0)
        return otr_history_asked_for(daemon, token, request);
    if (strcmp(what, "devices") == 0)
        return otr_devices_asked(daemon, request);
    if (strcmp(what, "assign") == 0)
        return otr_assign_asked(daemon, token, request);
    if (strcmp(what, "known") == 0)
        return otr_assign_known(daemon, request);
    if (strcmp(what, "assignments") == 0)
        return otr_assign_list(daemon);
    if (strcmp(what, "act") == 0)
        return otr_act_asked(daemon, token, request);
    if (strcmp(what, "cases") == 0)
        return otr_desk_cases(daemon);
    if (strcmp(what, "desk") == 0)
        return otr_desk_asked(daemon, token, request);
    if (strcmp(what, "resend") == 0)
        return otr_uplink_resend(daemon->uplink, request);
    if (strcmp(what, "voice") == 0)
        return otr_voice_asked(daemon, token, request);
    if (otr_push_knows(what))
        return otr_push_asked(daemon, request);
    if (otr_operate_knows(what))
        return otr_operate_command(daemon, token, request);
    return otr_operate_refusal(
        "\"do\" must be one of status, log-level, log, recent-log, config, reload, alarms, devices, history, "
        "ack, "
        "reset, shelve, unshelve, out-of-service, in-service, assign, unassign, assigned, assignments, "
        "replace, known, forget, act, cases, desk, resend, voice, stage, bundle, rehearse, activate, "
        "rollback, shadow, "
        "packs, plan");
}

/* NULL: a command was taken, and is answered when it is committed. */
static json_t *answer(otr_daemon *daemon, uint64_t token, otr_str line)
{
    json_error_t problem;
    json_t *request = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &problem);
    unsigned uid = otr_control_uid(daemon->control, token);
    json_t *out =
        request != NULL ? otr_order_local(daemon, token, request, uid) : otr_operate_refusal(problem.text);
    json_decref(request);
    return out;
}

bool otr_daemon_command(void *daemon, uint64_t token, otr_str line, otr_buffer *reply)
{
    json_t *out = answer(daemon, token, line);
    if (out != NULL)
        otr_operate_dump(out, reply);
    json_decref(out);
    return out != NULL;
}

/* Said at the more talkative of both levels, so that it is seen once when the log falls silent, too. */
void otr_daemon_log_level(otr_log_level level)
{
    otr_log_level before = otr_log_level_get();
    otr_log_level_set(level > before ? level : before);
    otr_log(OTR_LOG_NOTICE, "log_level", "now=%s before=%s", otr_log_level_text(level),
            otr_log_level_text(before));
    otr_log_level_set(level);
}
