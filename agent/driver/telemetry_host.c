/* What hosts say: whether they are there, that all births are to be told again, and commands to devices. */
#include "base/log.h"
#include "driver/telemetry_inside.h"

static void take_state(otr_telemetry *telemetry, otr_bytes payload)
{
    bool online;
    otr_time at;
    otr_error error;
    if (otr_sparkplug_state(payload, &online, &at, &error) != OTR_OK) {
        otr_log(OTR_LOG_WARNING, "telemetry_state", "result=refused reason=\"%s\"", error.text);
        return;
    }
    if (telemetry->host_known && at < telemetry->host_at)
        return; /* of an earlier session of the host */
    telemetry->host_known = true;
    telemetry->host_online = online;
    telemetry->host_at = at;
    switch (telemetry->phase) {
    case OTR_TELEMETRY_HOST:
        if (online) {
            telemetry->online_at = telemetry->now.mono;
            otr_telemetry_births_begin(telemetry);
        } else if (telemetry->config.servers > 1) {
            otr_telemetry_leave(telemetry);
        }
        break;
    case OTR_TELEMETRY_BIRTH:
    case OTR_TELEMETRY_ONLINE:
        if (!online)
            otr_telemetry_leave(telemetry);
        break;
    case OTR_TELEMETRY_AWAY:
    case OTR_TELEMETRY_SAVING:
    case OTR_TELEMETRY_CALLING:
    case OTR_TELEMETRY_LEAVING:
        break;
    }
}

static void take_node_command(otr_telemetry *telemetry, const otr_sparkplug_payload *payload)
{
    for (size_t i = 0; i < payload->count; i++) {
        const otr_sparkplug_metric *metric = &payload->metrics[i];
        if (otr_str_is(metric->name, "Node Control/Rebirth") && metric->type == OTR_SPARKPLUG_BOOLEAN &&
            !metric->is_null && metric->flag)
            telemetry->rebirth_asked = true;
    }
}

void otr_telemetry_received(otr_telemetry *telemetry, otr_str topic, otr_bytes bytes)
{
    otr_arena memory = {0};
    otr_sparkplug_payload payload;
    otr_error error;
    otr_str device;
    otr_str group = telemetry->config.group;
    otr_str node = telemetry->config.gateway;
    otr_telemetry_read_clock(telemetry);
    otr_str state = otr_sparkplug_state_topic(&memory, telemetry->config.primary_host);
    bool to_node = otr_sparkplug_topic_is(topic, group, "NCMD", node, &device) && device.size == 0;
    if (telemetry->config.primary_host.size > 0 && otr_str_equal(topic, state)) {
        take_state(telemetry, bytes);
    } else if (to_node) {
        if (otr_sparkplug_decode(&memory, bytes, &payload, &error) == OTR_OK)
            take_node_command(telemetry, &payload);
        else
            otr_log(OTR_LOG_WARNING, "telemetry_command", "result=refused reason=\"%s\"", error.text);
    }
    otr_arena_done(&memory);
}
