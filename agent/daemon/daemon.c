#include "daemon/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/service.h"
#include "daemon/config/retune.h"
#include "daemon/confine.h"
#include "daemon/control/act.h"
#include "daemon/control/history.h"
#include "daemon/control/order.h"
#include "daemon/kept.h"
#include "daemon/lock.h"
#include "daemon/push/push.h"
#include "daemon/uplink.h"
#include "driver/presence.h"
#include "driver/structured.h"
#include "platform/linux/system/notify.h"

#ifndef OTR_BUILD_UTC_S
#error "OTR_BUILD_UTC_S: the build's date in seconds, from CMakeLists.txt"
#endif

enum { FAREWELL_MS = 2000 };
/* In keep-alives: a broker waits one and a half for a connection that is silent. */
#define PRESENCE_AGAIN 2.0
/* A refused publication is handed back up to a minute later: its silence is no hang. */
#define LINK_PAUSE (2 * OTR_MINUTE)

/* ---- the ports pass through the daemon ---- */

static void pass_answer(void *self, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    otr_daemon *daemon = self;
    daemon->answered = true;
    daemon->source.answer(daemon->source.self, handle, kind, max_age_s);
}

static void pass_deliver(void *self, uint64_t handle, unsigned format, otr_bytes commands)
{
    otr_daemon *daemon = self;
    daemon->answered = true;
    daemon->source.deliver(daemon->source.self, handle, format, commands);
}

otr_status otr_daemon_publish(otr_daemon *daemon, const otr_publication *publication)
{
    otr_status status = daemon->link.publish(daemon->link.self, publication);
    if (status == OTR_OK)
        atomic_fetch_add(&daemon->in_flight, 1);
    return status;
}

static otr_status pass_publish(void *self, const otr_publication *publication)
{
    return otr_daemon_publish(self, publication);
}

static otr_status on_upload(void *context, const otr_upload *upload, otr_error *error)
{
    return otr_driver_upload(((otr_daemon *)context)->driver, upload, error);
}

static otr_status on_fetch(void *context, const otr_device_request *request, otr_error *error)
{
    return otr_driver_fetch(((otr_daemon *)context)->driver, request, error);
}

static otr_status on_confirm(void *context, const otr_device_request *request, otr_error *error)
{
    return otr_driver_confirm(((otr_daemon *)context)->driver, request, error);
}

static otr_clock_quality on_utc(void *context, otr_time *out)
{
    return otr_driver_utc(((otr_daemon *)context)->driver, out);
}

static void on_committed(void *context, const otr_commit_result *result)
{
    otr_driver_committed(((otr_daemon *)context)->driver, result);
}

static void on_outbox_read(void *context, otr_status status, const otr_row_outbox *rows, size_t count)
{
    otr_driver_outbox_read(((otr_daemon *)context)->driver, status, rows, count);
}

static void on_link_up(void *context, unsigned window)
{
    otr_daemon *daemon = context;
    atomic_fetch_add(&daemon->link_news, 1);
    daemon->link_is_up = true;
    daemon->health.due = true;
    daemon->window = window;
    otr_driver_link_up(daemon->driver, window);
}

static void on_link_down(void *context)
{
    otr_daemon *daemon = context;
    atomic_fetch_add(&daemon->link_news, 1);
    daemon->link_is_up = false;
    otr_driver_link_down(daemon->driver);
}

static void on_published(void *context, uint64_t token, otr_status status)
{
    otr_daemon *daemon = context;
    atomic_fetch_add(&daemon->link_news, 1);
    atomic_fetch_sub(&daemon->in_flight, 1);
    otr_driver_published(daemon->driver, token, status);
}

void otr_daemon_received(void *context, const otr_mqtt_message *message)
{
    if (otr_envelope_is(message->payload))
        otr_order_received(context, message);
    else
        otr_act_received(context, message);
}

/* ---- the parts ---- */

static otr_status open_store(otr_daemon *daemon, otr_error *error)
{
    const otr_config *config = daemon->config;
    otr_store_config store = {
        .folder = config->state.folder,
        .quota_bytes = (uint64_t)config->state.quota,
        .ballast_bytes = (uint64_t)config->state.ballast,
        .sign = otr_evidence_key_sign,
        .signer = daemon->evidence_key,
        .fsync_delay_ms = (unsigned)(config->test.fsync_delay / OTR_MS),
    };
    otr_store_owner owner = {daemon, on_committed, on_outbox_read};
    return otr_store_open(&store, &owner, &daemon->store, error);
}

static otr_status open_coap(otr_daemon *daemon, otr_error *error)
{
    const otr_config *config = daemon->config;
    otr_str networks[OTR_CONFIG_NETWORKS];
    size_t count = config->coap.udp_allow.count;
    for (size_t i = 0; i < count; i++)
        networks[i] = config->coap.udp_allow.items[i].text;
    otr_coap_config coap = {
        .udp_address = config->coap.udp,
        .dtls_address = config->coap.dtls,
        .udp_allow = networks,
        .udp_allow_count = count,
        .keys_folder = config->coap.keys,
        .sessions_max = (unsigned)config->coap.sessions_max,
    };
    otr_coap_owner owner = {daemon, on_upload, on_utc, on_fetch, on_confirm};
    if (config->coap.udp.size == 0 && config->coap.dtls.size == 0)
        otr_log(OTR_LOG_WARNING, "coap",
                "reason=\"no device can report: neither coap.udp nor coap.dtls is set\"");
    return otr_coap_open(&coap, &owner, &daemon->coap, error);
}

/* The retained status that the broker publishes when we vanish, and that we publish when we leave. */
static otr_status build_offline(void *context, otr_arena *arena, otr_publication *out)
{
    otr_daemon *daemon = context;
    otr_presence presence = {
        .group = daemon->config->gateway.group,
        .gateway = daemon->config->gateway.name,
        .json_payload = daemon->config->mqtt.payload != 0,
        .what = OTR_STR("offline"),
        .nonce = (uint64_t)getpid() << 32 | daemon->offlines++,
    };
    otr_clock_sample now;
    otr_clock_port clock = otr_clock_port_of(&daemon->clock);
    clock.read(clock.self, &now);
    presence.utc = now.utc;
    return otr_presence_build(arena, &presence, out);
}

otr_mqtt_config otr_daemon_mqtt(const otr_config *config)
{
    return (otr_mqtt_config){
        .url = config->mqtt.url,
        .client_id = config->mqtt.client_id,
        .ca_file = config->mqtt.ca,
        .cert_file = config->mqtt.cert,
        .key_file = config->mqtt.key,
        .psk_identity = config->mqtt.psk_identity,
        .psk_file = config->mqtt.psk_file,
        .alpn = config->mqtt.alpn,
        .username = config->mqtt.username,
        .password_file = config->mqtt.password_file,
        .keepalive_s = (unsigned)(config->mqtt.keepalive / OTR_SECOND),
        .session_expiry_s = (unsigned)(config->mqtt.session_expiry / OTR_SECOND),
        .speaks = (otr_mqtt_speaks)config->mqtt.version,
        .reconnect_min_ms = (unsigned)(config->mqtt.reconnect_min / OTR_MS),
        .reconnect_max_ms = (unsigned)(config->mqtt.reconnect_max / OTR_MS),
    };
}

static otr_status open_mqtt(otr_daemon *daemon, otr_error *error)
{
    const otr_config *config = daemon->config;
    otr_mqtt_config mqtt = otr_daemon_mqtt(config);
    otr_mqtt_owner owner = {daemon,        on_link_up,          on_link_down,        on_published,
                            build_offline, otr_daemon_received, otr_structured_build};
    otr_arena arena = {0};
    otr_str others[OTR_CONFIG_SERVERS];
    mqtt.other_urls = others;
    for (; mqtt.other_count < config->mqtt.other_urls.count; mqtt.other_count++)
        others[mqtt.other_count] = config->mqtt.other_urls.items[mqtt.other_count].text;
    mqtt.filter = otr_topic_build(&arena, config->gateway.group, config->gateway.name, OTR_STR("command"));
    otr_status status = mqtt.filter.data != NULL ? otr_mqtt_open(&mqtt, &owner, &daemon->mqtt, error)
                                                 : otr_fail(error, OTR_MEMORY, "out of memory");
    otr_arena_done(&arena);
    return status;
}

static otr_status open_driver(otr_daemon *daemon, otr_error *error)
{
    const otr_config *config = daemon->config;
    otr_driver_config driver = {
        .group = config->gateway.group,
        .gateway = config->gateway.name,
        .json_payload = config->mqtt.payload != 0,
        /* the driver measures on our clock, which may run faster; people wait in real time */
        .device_rate = (unsigned)config->coap.device_rate,
        .linger_us = (otr_time)((double)config->turn.linger * config->clock.scale),
        .presence_again_us =
            config->mqtt.other_urls.count > 0
                ? (otr_time)(PRESENCE_AGAIN * (double)config->mqtt.keepalive * config->clock.scale)
                : 0,
        .snapshot_bytes = (uint64_t)config->state.snapshot,
        .build_time = OTR_BUILD_UTC_S * OTR_SECOND,
        .sha256 = otr_sha256,
        .instead = otr_push_instead,
        .instead_context = daemon,
    };
    daemon->source = otr_coap_port(daemon->coap);
    daemon->link = otr_mqtt_port(daemon->mqtt);
    otr_driver_ports ports = {
        .clock = otr_clock_port_of(&daemon->clock),
        .store = otr_store_port_of(daemon->store),
        .source = {daemon, pass_answer, pass_deliver},
        .link = {daemon, pass_publish},
        .operators = {daemon, otr_daemon_commanded},
        .signature = otr_action_keys_port(daemon->keys),
    };
    otr_status status = otr_driver_create(&driver, &ports, &daemon->driver, error);
    if (status == OTR_OK && daemon->uplink != NULL)
        otr_driver_follow(daemon->driver, otr_uplink_telemetry(daemon->uplink));
    return status == OTR_OK ? otr_driver_recover(daemon->driver, error) : status;
}

/*
 * At the start a gateway in the field goes on with the contents that it had, when those on disk do not read:
 * a device that nobody watches is worse than an old rule. Only one that never had any refuses to start.
 */
static otr_status first_contents(otr_daemon *daemon, otr_error *error)
{
    otr_contents contents = {0};
    char text[OTR_REFUSAL_BYTES];
    otr_status status = otr_contents_load(daemon->config, &contents, error);
    if (status == OTR_OK)
        status = otr_push_add(daemon, &contents, error);
    if (status == OTR_OK)
        status = otr_daemon_activate(daemon, &contents, error);
    const char *file = contents.refused.data != NULL ? contents.refused.data : daemon->config_path;
    if (status != OTR_OK && otr_daemon_active_count(daemon) > 0) {
        otr_refusal_format(file, error, text);
        otr_log(OTR_LOG_ERROR, "contents", "result=refused action=\"the last good ones stay\" reason=\"%s\"",
                text);
        otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(text));
        status = OTR_OK;
    } else if (status != OTR_OK) {
        snprintf(daemon->refused, sizeof daemon->refused, "%s", file);
    }
    otr_contents_done(&contents);
    return status;
}

/* A gateway in the field goes on judging when a key does not read; nobody gives it orders meanwhile. */
static void first_operators(otr_daemon *daemon)
{
    otr_error error;
    char text[OTR_REFUSAL_BYTES];
    if (otr_operators_load(daemon->config->operators.keys, &daemon->operators, &error) == OTR_OK)
        return;
    otr_refusal_format(daemon->operators.refused.data, &error, text);
    otr_log(OTR_LOG_ERROR, "operators", "result=refused action=\"nobody may give orders\" reason=\"%s\"",
            text);
    otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(text));
    otr_operators_done(&daemon->operators);
}

otr_status otr_daemon_open(otr_daemon *daemon, otr_error *error)
{
    const otr_config *config = daemon->config;
    otr_clock_sample now;
    daemon->lock = -1;
    otr_clock_init(&daemon->clock, config->clock.scale, config->clock.trust == OTR_TRUST_ALWAYS);
    otr_clock_port clock = otr_clock_port_of(&daemon->clock);
    clock.read(clock.self, &now);
    daemon->started = now.utc;
    otr_status status = otr_config_check_files(config, error);
    if (status != OTR_OK) {
        snprintf(daemon->refused, sizeof daemon->refused, "%s", config->file.data);
        return status;
    }
    status = otr_lock_take(config->state.folder.data, &daemon->lock, error);
    if (status == OTR_OK)
        status = otr_push_open(daemon, error);
    if (status == OTR_OK)
        status = otr_retune_first(daemon, error);
    if (status != OTR_OK)
        return status;
    config = daemon->config;
    status = otr_confine(config, error); /* the last moment with one thread */
    if (status == OTR_OK)
        status = otr_action_keys_open(config->state.folder, &daemon->keys, error);
    if (status == OTR_OK)
        status = otr_evidence_key_open(config->state.folder, true, &daemon->evidence_key, error);
    if (status == OTR_OK)
        status = open_store(daemon, error);
    if (status == OTR_OK)
        status = open_mqtt(daemon, error);
    if (status == OTR_OK && config->telemetry.urls.count > 0)
        status = otr_uplink_open(daemon, &daemon->uplink, error);
    if (status == OTR_OK)
        status = open_coap(daemon, error);
    if (status != OTR_OK) {
        otr_push_stopped(daemon); /* disk, port or broker: nothing that was pushed is to blame */
        return status;
    }
    status = open_driver(daemon, error);
    if (status == OTR_OK) {
        otr_push_report(daemon);
        otr_kept_report(daemon);
    }
    if (status == OTR_OK)
        first_operators(daemon);
    return status == OTR_OK ? first_contents(daemon, error) : status;
}

void otr_daemon_close(otr_daemon *daemon)
{
    otr_watchdog_stop(daemon->watchdog); /* first: it looks into the others */
    daemon->watchdog = NULL;
    otr_uplink_leave(daemon->uplink);
    if (daemon->mqtt != NULL) {
        otr_arena arena = {0};
        otr_publication farewell;
        bool told = daemon->link_is_up && build_offline(daemon, &arena, &farewell) == OTR_OK;
        otr_mqtt_close(daemon->mqtt, told ? &farewell : NULL, FAREWELL_MS);
        otr_arena_done(&arena);
    }
    if (daemon->coap != NULL)
        otr_coap_close(daemon->coap);
    if (daemon->store != NULL)
        otr_store_close(daemon->store);
    if (daemon->driver != NULL)
        otr_driver_free(daemon->driver);
    otr_uplink_close(daemon->uplink);
    otr_action_keys_close(daemon->keys);
    otr_evidence_key_close(daemon->evidence_key);
    while (daemon->act_askers != NULL) {
        otr_act_asker *asker = daemon->act_askers;
        daemon->act_askers = asker->next;
        free(asker);
    }
    otr_order_done(daemon);
    otr_history_close(daemon);
    otr_push_close(daemon);
    otr_operators_done(&daemon->operators);
    otr_config_free(daemon->tuned);
    otr_config_free(daemon->config);
    if (daemon->lock >= 0)
        close(daemon->lock);
}

/* ---- the watchdog's view ---- */

static int64_t loop_progress(void *context, bool *busy)
{
    *busy = true; /* it turns at least every quarter of the limit */
    return atomic_load(&((otr_daemon *)context)->turns);
}

static int64_t store_progress(void *context, bool *busy)
{
    return otr_store_progress_us(((otr_daemon *)context)->store, busy);
}

/* A broker that is slow is ended by the keep-alive, which is news; no news for longer means that Paho hangs.
 */
static int64_t link_progress(void *context, bool *busy)
{
    otr_daemon *daemon = context;
    *busy = atomic_load(&daemon->in_flight) > 0;
    return atomic_load(&daemon->link_news);
}

otr_status otr_daemon_watch(otr_daemon *daemon, otr_error *error)
{
    otr_time limit = daemon->config->watchdog.limit;
    otr_time link_limit = 3 * daemon->config->mqtt.keepalive + LINK_PAUSE;
    const otr_watch watches[] = {
        {.name = "loop", .progress = loop_progress, .context = daemon, .limit_us = limit},
        {.name = "store", .progress = store_progress, .context = daemon, .limit_us = limit},
        {.name = "mqtt",
         .progress = link_progress,
         .context = daemon,
         .limit_us = link_limit > limit ? link_limit : limit},
    };
    return otr_watchdog_start(watches, sizeof watches / sizeof *watches, otr_notify_watchdog_us(), NULL, NULL,
                              &daemon->watchdog, error);
}
