#include "daemon/uplink.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/control/operate.h"
#include "platform/linux/mqtt/deflate.h"
#include "platform/linux/mqtt/mqtt_link.h"
#include "platform/linux/store/store_reader.h"

enum { FAREWELL_MS = 2000 };

struct otr_uplink {
    otr_daemon *daemon;
    otr_mqtt_link *link;
    otr_telemetry *telemetry;
    otr_store_reader *reader; /* NULL: opened with the next read */
    otr_str folder;           /* of the daemon's configuration */
};

/* ---- the telemetry's port ---- */

static otr_status do_connect(void *self, unsigned server, const otr_publication *will, const otr_str *filters,
                             size_t count, otr_error *error)
{
    return otr_mqtt_link_connect(((otr_uplink *)self)->link, server, will, filters, count, error);
}

static void do_leave(void *self)
{
    otr_mqtt_link_leave(((otr_uplink *)self)->link);
}

static otr_status do_publish(void *self, const otr_publication *publication)
{
    otr_uplink *uplink = self;
    return uplink->link != NULL ? otr_mqtt_link_publish(uplink->link, publication) : OTR_IO;
}

/* A database that was set aside meanwhile is another file: after any failure the reader is opened anew. */
static void drop_reader(otr_uplink *uplink)
{
    otr_store_reader_close(uplink->reader);
    uplink->reader = NULL;
}

static otr_status need_reader(otr_uplink *uplink, otr_error *error)
{
    return uplink->reader != NULL ? OTR_OK : otr_store_reader_open(uplink->folder, &uplink->reader, error);
}

static otr_status do_read(void *self, uint64_t first, uint64_t last, void *context,
                          otr_status (*each)(void *context, uint64_t first_seq, otr_time core_time,
                                             otr_bytes batch),
                          otr_error *error)
{
    otr_uplink *uplink = self;
    otr_status status = need_reader(uplink, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_IO : status;
    status = otr_store_reader_batches_at(uplink->reader, first, last, OTR_LIMIT_TELEMETRY_PART / 4, context,
                                         each, error);
    if (status != OTR_OK && status != OTR_NOT_FOUND && status != OTR_FULL)
        drop_reader(uplink);
    return status;
}

static void do_set(void *self, otr_id id, otr_str device, otr_str metric, otr_str value)
{
    const otr_uplink *uplink = self;
    otr_error error;
    otr_command command = {.id = id,
                           .kind = OTR_COMMAND_SET,
                           .rule = metric,
                           .asset = device,
                           .until = OTR_TIME_NONE,
                           .who = OTR_STR("Sparkplug host"),
                           .reason = value};
    if (otr_driver_command(uplink->daemon->driver, &command, OTR_UPLINK_HANDLE, &error) != OTR_OK)
        otr_log(OTR_LOG_WARNING, "telemetry_command", "result=refused reason=\"%s\"", error.text);
}

void otr_uplink_answered(const otr_command_result *result)
{
    if (result->refusal != OTR_REFUSAL_ACCEPTED)
        otr_log(OTR_LOG_WARNING, "telemetry_command", "result=refused reason=\"%s\"",
                otr_refusal_text(result->refusal));
}

static otr_status do_seek(void *self, otr_time core_time, uint64_t *seq, otr_error *error)
{
    otr_uplink *uplink = self;
    otr_status status = need_reader(uplink, error);
    if (status != OTR_OK)
        return status == OTR_NOT_FOUND ? OTR_IO : status;
    status = otr_store_reader_seq_at(uplink->reader, core_time, seq, error);
    if (status != OTR_OK && status != OTR_NOT_FOUND)
        drop_reader(uplink);
    return status;
}

static otr_status do_compress(void *self, otr_sparkplug_compression how, otr_bytes data, otr_buffer *out)
{
    (void)self;
    return otr_deflate(data, how == OTR_SPARKPLUG_GZIP, out);
}

/* ---- the link's owner ---- */

static void on_up(void *context)
{
    otr_telemetry_up(((otr_uplink *)context)->telemetry);
}

static void on_down(void *context, bool again)
{
    otr_telemetry_down(((otr_uplink *)context)->telemetry, again);
}

static void on_published(void *context, uint64_t token, otr_status status)
{
    otr_telemetry_published(((otr_uplink *)context)->telemetry, token, status);
}

static void on_received(void *context, otr_str topic, otr_bytes payload, bool retained)
{
    otr_telemetry_received(((otr_uplink *)context)->telemetry, topic, payload, retained);
}

/* ---- opening and closing ---- */

static otr_status open_link(otr_uplink *uplink, const otr_config *config, otr_error *error)
{
    otr_str urls[OTR_CONFIG_SERVERS];
    char id[256];
    size_t count = config->telemetry.urls.count;
    for (size_t i = 0; i < count; i++)
        urls[i] = config->telemetry.urls.items[i].text;
    (void)snprintf(id, sizeof id, "%.*s-telemetry", OTR_STR_ARG(config->mqtt.client_id));
    otr_mqtt_link_config link = {.urls = urls, .url_count = count, .mqtt = otr_daemon_mqtt(config)};
    link.mqtt.client_id = otr_str_of(id);
    otr_mqtt_link_owner owner = {uplink, on_up, on_down, on_published, on_received};
    return otr_mqtt_link_open(&link, &owner, &uplink->link, error);
}

/* What of the telemetry's configuration is not in the daemon's as it is wanted. */
typedef struct derived {
    otr_deadband deadbands[OTR_LIMIT_TELEMETRY_DEADBANDS];
    otr_sparkplug_compression compressions[OTR_CONFIG_SERVERS];
} derived;

static otr_telemetry_config telemetry_config(const otr_config *config, derived *out)
{
    const otr_config_list *list = &config->telemetry.deadband;
    *out = (derived){.compressions = {OTR_SPARKPLUG_PLAIN}};
    for (size_t i = 0; i < list->count; i++)
        OTR_ASSERT(
            otr_config_deadband(list->items[i].text, &out->deadbands[i].metric, &out->deadbands[i].width));
    for (size_t i = 0; i < config->telemetry.compress.count; i++)
        out->compressions[i] =
            (otr_sparkplug_compression)otr_config_compression(config->telemetry.compress.items[i].text);
    return (otr_telemetry_config){
        .group = config->gateway.group,
        .gateway = config->gateway.name,
        .primary_host = config->telemetry.primary_host,
        .servers = (unsigned)config->telemetry.urls.count,
        .reconnect_min = config->mqtt.reconnect_min,
        .reconnect_max = config->mqtt.reconnect_max,
        .device_timeout = config->telemetry.device_timeout,
        .compressions = out->compressions,
        .deadbands = out->deadbands,
        .deadband_count = list->count,
    };
}

otr_status otr_uplink_tune(otr_uplink *uplink, const otr_config *config, otr_error *error)
{
    derived memory;
    otr_telemetry_config telemetry = telemetry_config(config, &memory);
    return otr_telemetry_tune(uplink->telemetry, &telemetry, error);
}

static otr_status create_telemetry(otr_uplink *uplink, otr_daemon *daemon, otr_error *error)
{
    derived memory;
    otr_telemetry_config telemetry = telemetry_config(daemon->config, &memory);
    otr_telemetry_port port = {otr_clock_port_of(&daemon->clock),
                               uplink,
                               do_connect,
                               do_leave,
                               do_publish,
                               do_read,
                               do_set,
                               do_seek,
                               do_compress};
    return otr_telemetry_create(&telemetry, &port, &uplink->telemetry, error);
}

otr_status otr_uplink_open(otr_daemon *daemon, otr_uplink **out, otr_error *error)
{
    otr_uplink *uplink = calloc(1, sizeof *uplink);
    if (uplink == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory for the telemetry");
    uplink->daemon = daemon;
    uplink->folder = daemon->config->state.folder;
    otr_status status = create_telemetry(uplink, daemon, error);
    if (status == OTR_OK)
        status = open_link(uplink, daemon->config, error);
    if (status == OTR_OK)
        *out = uplink;
    else
        otr_uplink_close(uplink);
    return status;
}

void otr_uplink_leave(otr_uplink *uplink)
{
    if (uplink == NULL || uplink->link == NULL)
        return;
    otr_arena memory = {0};
    otr_publication farewell;
    bool told = otr_telemetry_farewell(uplink->telemetry, &memory, &farewell);
    otr_mqtt_link_close(uplink->link, told ? &farewell : NULL, FAREWELL_MS);
    uplink->link = NULL;
    otr_arena_done(&memory);
}

void otr_uplink_close(otr_uplink *uplink)
{
    if (uplink == NULL)
        return;
    otr_uplink_leave(uplink);
    drop_reader(uplink);
    otr_telemetry_free(uplink->telemetry);
    free(uplink);
}

otr_telemetry *otr_uplink_telemetry(otr_uplink *uplink)
{
    return uplink->telemetry;
}

int otr_uplink_fd(const otr_uplink *uplink)
{
    return otr_mqtt_link_fd(uplink->link);
}

void otr_uplink_process(otr_uplink *uplink)
{
    otr_mqtt_link_process(uplink->link);
}

int64_t otr_uplink_wait_us(const otr_uplink *uplink)
{
    return otr_mqtt_link_wait_us(uplink->link);
}

/* ---- for people ---- */

json_t *otr_uplink_json(const otr_uplink *uplink)
{
    if (uplink == NULL)
        return json_null();
    otr_telemetry_view view = otr_telemetry_look(uplink->telemetry);
    const otr_telemetry_counters *counters = otr_telemetry_counted(uplink->telemetry);
    json_t *out = json_object();
    json_object_set_new(out, "online", json_boolean(view.online));
    json_object_set_new(out, "phase", json_string(view.phase));
    json_object_set_new(out, "server", json_integer((json_int_t)view.server));
    json_object_set_new(out, "backlog", json_integer((json_int_t)view.backlog));
    json_object_set_new(out, "unproven_bytes", json_integer((json_int_t)view.unproven));
    json_object_set_new(out, "bytes_per_s", json_integer((json_int_t)view.rate));
#define X(name) json_object_set_new(out, #name, json_integer((json_int_t)counters->name));
    OTR_TELEMETRY_COUNTER_LIST(X)
#undef X
    return out;
}

json_t *otr_uplink_resend(otr_uplink *uplink, const json_t *request)
{
    const char *from = json_string_value(json_object_get(request, "from"));
    const char *to = json_string_value(json_object_get(request, "to"));
    otr_time begin;
    otr_time end;
    uint64_t count;
    otr_error error;
    if (uplink == NULL)
        return otr_operate_refusal("no telemetry is configured: telemetry.urls");
    if (from == NULL || to == NULL || !otr_time_parse(otr_str_of(from), &begin) ||
        !otr_time_parse(otr_str_of(to), &end))
        return otr_operate_refusal("from and to must be times such as 2024-05-01T12:00:00Z");
    if (otr_telemetry_resend(uplink->telemetry, begin, end, &count, &error) != OTR_OK)
        return otr_operate_refusal(error.text);
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "inputs", json_integer((json_int_t)count));
    return out;
}
