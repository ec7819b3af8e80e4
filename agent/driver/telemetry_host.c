/* What hosts say: whether they are there, that all births are to be told again, and commands to devices. */
#include "base/log.h"
#include "core/view/last_values.h"
#include "driver/telemetry_inside.h"

#include <stdio.h>

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

/* The name that the metric was born with; empty: it never was. */
static otr_str name_of(const otr_telemetry *telemetry, uint32_t number, const otr_sparkplug_metric *metric)
{
    if (metric->name.size > 0 || !metric->has_alias || number >= telemetry->device_count)
        return metric->name;
    const otr_telemetry_device *device = &telemetry->devices[number];
    for (uint16_t i = 0; i < device->count; i++)
        if (device->points[i].alias == metric->alias && device->points[i].born != OTR_KIND_ANY)
            return otr_core_metric_name(telemetry->core, device->points[i].metric);
    return metric->name;
}

/* In a host's words; false when it is none of ours. */
static bool value_of(const otr_sparkplug_metric *metric, char out[32])
{
    if (metric->is_null)
        return false;
    if (metric->type == OTR_SPARKPLUG_BOOLEAN)
        (void)snprintf(out, 32, "%s", metric->flag ? "true" : "false");
    else if (metric->type == OTR_SPARKPLUG_DOUBLE)
        (void)snprintf(out, 32, "%.17g", metric->number);
    else if (metric->type == OTR_SPARKPLUG_INT64)
        (void)snprintf(out, 32, "%lld", (long long)metric->integer);
    else
        return false;
    return true;
}

static bool may_set(otr_telemetry *telemetry)
{
    if (telemetry->now.mono - telemetry->sets_since >= OTR_SECOND) {
        telemetry->sets_since = telemetry->now.mono;
        telemetry->sets_now = 0;
    }
    return telemetry->sets_now++ < OTR_LIMIT_TELEMETRY_SETS_PER_S;
}

static void take_device_command(otr_telemetry *telemetry, otr_str device, otr_bytes bytes,
                                const otr_sparkplug_payload *payload)
{
    uint32_t number = telemetry->core != NULL ? otr_core_device_number(telemetry->core, device) : UINT32_MAX;
    uint64_t whose =
        otr_hash64((uint64_t)payload->at, payload->at == OTR_TIME_NONE ? (uint64_t)telemetry->now.mono : 0,
                   device.data, device.size);
    for (size_t i = 0; i < payload->count; i++) {
        char value[32];
        otr_str name = name_of(telemetry, number, &payload->metrics[i]);
        if (name.size == 0 || !value_of(&payload->metrics[i], value))
            continue;
        telemetry->counters.sets++;
        if (!may_set(telemetry)) {
            otr_log(OTR_LOG_WARNING, "telemetry_command",
                    "result=refused reason=\"more than %d in a second\"", OTR_LIMIT_TELEMETRY_SETS_PER_S);
            return;
        }
        otr_id id = otr_hash128(whose, i, bytes.data, bytes.size);
        telemetry->port.set(telemetry->port.self, id, device, name, otr_str_of(value));
    }
}

void otr_telemetry_received(otr_telemetry *telemetry, otr_str topic, otr_bytes bytes, bool retained)
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
    } else if (retained) {
        otr_log(OTR_LOG_WARNING, "telemetry_command", "result=refused reason=\"the broker had retained it\"");
    } else if (to_node || (otr_sparkplug_topic_is(topic, group, "DCMD", node, &device) && device.size > 0)) {
        otr_status status = otr_sparkplug_decode(&memory, bytes, &payload, &error);
        if (status == OTR_OK && to_node)
            take_node_command(telemetry, &payload);
        else if (status == OTR_OK)
            take_device_command(telemetry, device, bytes, &payload);
        else
            otr_log(OTR_LOG_WARNING, "telemetry_command", "result=refused reason=\"%s\"", error.text);
    }
    otr_arena_done(&memory);
}
