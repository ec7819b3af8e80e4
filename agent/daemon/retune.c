#include "daemon/retune.h"

#include <stdio.h>

#include "daemon/push_internal.h"
#include "daemon/tuning.h"
#include "daemon/uplink.h"

otr_status otr_retune_put(otr_daemon *daemon, otr_config *config, otr_error *error)
{
    const json_t *active = otr_push_index_one(&daemon->push->index, OTR_TUNING, "active");
    const char *bundle = json_string_value(json_object_get(active, "bundle"));
    otr_arena memory = {0};
    otr_bytes kept;
    if (bundle == NULL)
        return OTR_OK;
    otr_status status = otr_push_index_read(&daemon->push->index, bundle, &memory, &kept, error);
    if (status == OTR_OK)
        status = otr_tuning_put(config, otr_push_index_yaml(kept), NULL, error);
    otr_arena_done(&memory);
    return status;
}

static otr_status load(otr_daemon *daemon, otr_config **out, otr_error *error)
{
    otr_status status = otr_config_load(daemon->config_path, out, error);
    if (status == OTR_OK)
        status = otr_retune_put(daemon, *out, error);
    if (status != OTR_OK) {
        otr_config_free(*out);
        *out = NULL;
    }
    return status;
}

void otr_retune_first(otr_daemon *daemon)
{
    otr_config *next = NULL;
    otr_error error = {.text = ""};
    otr_push *push = daemon->push;
    if (otr_push_index_one(&push->index, OTR_TUNING, "active") == NULL)
        return;
    if (load(daemon, &next, &error) == OTR_OK) {
        otr_config_free(daemon->config);
        daemon->config = next;
        if (!daemon->level_fixed)
            otr_log_level_set((otr_log_level)next->log.level);
        return;
    }
    otr_log(OTR_LOG_ERROR, "tuning", "result=\"left out\" reason=\"%s\"", error.text);
    if (push->fallen[0] == '\0')
        (void)snprintf(push->fallen, sizeof push->fallen, "the tuning is left out: %s", error.text);
}

otr_status otr_retune_take(otr_daemon *daemon, otr_config *next, otr_error *error)
{
    otr_config *config = daemon->config;
    otr_status status = OTR_OK;
    if (daemon->uplink != NULL)
        status = otr_uplink_tune(daemon->uplink, next, error);
    if (status != OTR_OK) {
        otr_config_free(next);
        return status;
    }
    if (!daemon->level_fixed && next->log.level != (int64_t)otr_log_level_get())
        otr_daemon_log_level((otr_log_level)next->log.level);
    otr_driver_tune(daemon->driver, (otr_time)((double)next->turn.linger * config->clock.scale),
                    (unsigned)next->coap.device_rate);
    config->log.level = next->log.level;
    config->turn.linger = next->turn.linger;
    config->coap.device_rate = next->coap.device_rate;
    config->telemetry.device_timeout = next->telemetry.device_timeout;
    config->telemetry.deadband = next->telemetry.deadband; /* of next, which is kept for it */
    otr_config_free(daemon->tuned);
    daemon->tuned = next;
    return OTR_OK;
}

otr_status otr_retune(otr_daemon *daemon, otr_error *error)
{
    otr_config *next = NULL;
    otr_status status = load(daemon, &next, error);
    return status == OTR_OK ? otr_retune_take(daemon, next, error) : status;
}

static json_t *value_of(const otr_config *config, const otr_option *option)
{
    otr_buffer text = {0};
    otr_config_print_option(config, option, &text);
    json_t *out = json_stringn((const char *)text.data, text.size);
    if (text.size == 0)
        out = json_string("");
    otr_buffer_done(&text);
    return out;
}

json_t *otr_retune_changes(otr_daemon *daemon, otr_str yaml, otr_error *error)
{
    const otr_option *options = otr_config_options();
    otr_config *next = NULL;
    otr_status status = otr_config_load(daemon->config_path, &next, error);
    if (status == OTR_OK)
        status = otr_tuning_put(next, yaml, NULL, error);
    json_t *list = status == OTR_OK ? json_array() : NULL;
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS && list != NULL; i++) {
        char name[2 * OTR_CONFIG_SECTION_BYTES];
        if (!otr_tuning_sets(&options[i]) || otr_config_same(daemon->config, next, &options[i]))
            continue;
        (void)snprintf(name, sizeof name, "%s.%s", options[i].section, options[i].key);
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "option", name, "from",
                                              value_of(daemon->config, &options[i]), "to",
                                              value_of(next, &options[i])));
    }
    otr_config_free(next);
    return list;
}
