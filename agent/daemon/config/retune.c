#include "daemon/config/retune.h"
#include "daemon/config/in_force.h"

#include <stdio.h>

#include "daemon/config/config_values.h"
#include "daemon/config/tuning.h"
#include "daemon/push/push_internal.h"
#include "daemon/uplink.h"

/* The file as it was last taken: one that is being edited, or does not read, changes nothing here. */
static otr_str own_text(const otr_daemon *daemon)
{
    return daemon->tuned != NULL ? daemon->tuned->text : daemon->config->text;
}

static otr_status put_active(otr_daemon *daemon, otr_config *config, otr_error *error)
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

otr_status otr_retune_put(otr_daemon *daemon, otr_config **config, otr_error *error)
{
    otr_push *push = daemon->push;
    otr_config *plain = NULL;
    otr_status status = put_active(daemon, *config, error);
    if (status == OTR_MEMORY) /* says nothing of the tuning */
        return status;
    push->untuned[0] = '\0';
    if (status == OTR_OK)
        return OTR_OK;
    otr_refusal_format("the tuning is left out: tuning", error, push->untuned);
    otr_log(OTR_LOG_ERROR, "tuning", "result=\"left out\" reason=\"%s\"", push->untuned);
    if (daemon->driver != NULL)
        otr_driver_report(daemon->driver, OTR_STR("refused"), otr_str_of(push->untuned));
    status = otr_config_read(daemon->config_path, (*config)->text, &plain, error);
    if (status == OTR_OK) {
        otr_config_free(*config);
        *config = plain;
    }
    return status;
}

otr_status otr_retune_first(otr_daemon *daemon, otr_error *error)
{
    otr_status status = otr_retune_put(daemon, &daemon->config, error);
    if (status == OTR_OK && !daemon->level_fixed)
        otr_log_level_set((otr_log_level)daemon->config->log.level);
    return status;
}

/* Which server a form is for is said by its place: other servers have theirs after a restart. */
static otr_status keep_compress(const otr_config *config, otr_config *next, otr_error *error)
{
    const otr_config_list *list = &config->telemetry.compress;
    if (otr_config_same_lists(&config->telemetry.urls, &next->telemetry.urls))
        return OTR_OK;
    otr_config_item *items = otr_arena_array(&next->memory, list->count + 1, sizeof *items);
    for (size_t i = 0; i < list->count && items != NULL; i++)
        items[i] = (otr_config_item){otr_arena_copy(&next->memory, list->items[i].text), 0, 0};
    next->telemetry.compress = (otr_config_list){items, list->count};
    return next->memory.failed ? otr_fail(error, OTR_MEMORY, "out of memory") : OTR_OK;
}

otr_status otr_retune_take(otr_daemon *daemon, otr_config *next, otr_error *error)
{
    otr_config *config = daemon->config;
    otr_status status = keep_compress(config, next, error);
    if (status == OTR_OK && daemon->uplink != NULL)
        status = otr_uplink_tune(daemon->uplink, next, error);
    if (status != OTR_OK) {
        otr_config_free(next);
        return status;
    }
    if (!daemon->level_fixed &&
        next->log.level != config->log.level) /* else one that was raised by hand stays */
        otr_daemon_log_level((otr_log_level)next->log.level);
    otr_driver_tune(daemon->driver, (otr_time)((double)next->turn.linger * config->clock.scale),
                    (unsigned)next->coap.device_rate);
    config->log.level = next->log.level;
    config->turn.linger = next->turn.linger;
    config->coap.device_rate = next->coap.device_rate;
    config->telemetry.device_timeout = next->telemetry.device_timeout;
    /* lists of next, which is kept for them */
    config->telemetry.compress = next->telemetry.compress;
    config->telemetry.deadband = next->telemetry.deadband;
    otr_config_free(daemon->tuned);
    daemon->tuned = next;
    return OTR_OK;
}

otr_status otr_retune(otr_daemon *daemon, otr_error *error)
{
    otr_config *next = NULL;
    otr_status status = otr_config_read(daemon->config_path, own_text(daemon), &next, error);
    if (status == OTR_OK)
        status = otr_retune_put(daemon, &next, error);
    if (status == OTR_OK)
        return otr_retune_take(daemon, next, error);
    otr_config_free(next);
    return status;
}

/* The file with those bytes over it. */
static otr_status combine(otr_daemon *daemon, otr_str yaml, otr_config **out, otr_error *error)
{
    otr_status status = otr_config_read(daemon->config_path, own_text(daemon), out, error);
    if (status == OTR_OK)
        status = otr_tuning_put(*out, yaml, NULL, error);
    if (status != OTR_OK) {
        otr_config_free(*out);
        *out = NULL;
    }
    return status;
}

otr_status otr_retune_fits(otr_daemon *daemon, otr_str yaml, otr_error *error)
{
    otr_config *next = NULL;
    otr_status status = combine(daemon, yaml, &next, error);
    otr_config_free(next);
    return status;
}

json_t *otr_retune_json(const otr_daemon *daemon)
{
    const otr_option *options = otr_config_options();
    const json_t *entry = otr_push_index_pack(&daemon->push->index, OTR_TUNING);
    const json_t *active = json_object_get(entry, "active");
    json_t *values = json_object();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        char name[OTR_CONFIG_NAME_BYTES];
        otr_config_name(&options[i], name);
        if (otr_tuning_sets(&options[i]))
            json_object_set_new(values, name, otr_config_value(daemon->config, &options[i]));
    }
    json_t *out =
        json_pack("{s:b, s:o}", "trial", json_object_get(entry, "trial") != NULL, "options", values);
    json_object_set_new(out, "version",
                        active != NULL ? json_copy(json_object_get(active, "version")) : json_null());
    if (active != NULL)
        json_object_set(out, "signer", json_object_get(active, "signer"));
    if (json_object_get(entry, "fallen") != NULL)
        json_object_set(out, "fallen", json_object_get(entry, "fallen"));
    if (daemon->push->untuned[0] != '\0')
        json_object_set_new(out, "refused", json_string(daemon->push->untuned));
    return out;
}

json_t *otr_retune_changes(otr_daemon *daemon, otr_str yaml, otr_error *error)
{
    const otr_option *options = otr_config_options();
    otr_config *next = NULL;
    otr_status status = combine(daemon, yaml, &next, error);
    json_t *list = status == OTR_OK ? json_array() : NULL;
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS && list != NULL; i++) {
        char name[OTR_CONFIG_NAME_BYTES];
        if (!otr_tuning_sets(&options[i]) || otr_config_same(daemon->config, next, &options[i]))
            continue;
        otr_config_name(&options[i], name);
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "option", name, "from",
                                              otr_config_value(daemon->config, &options[i]), "to",
                                              otr_config_value(next, &options[i])));
    }
    otr_config_free(next);
    return list;
}
