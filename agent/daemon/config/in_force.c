#include "daemon/config/in_force.h"

#include <string.h>

#include "base/log.h"
#include "daemon/config/config_values.h"
#include "daemon/config/tuning.h"
#include "daemon/push/push_internal.h"

/* What a reload takes is that of the file as it was last taken, all else that of the start. */
static const otr_config *holder_of(const otr_daemon *daemon, const otr_option *option)
{
    return option->reloads && daemon->tuned != NULL ? daemon->tuned : daemon->config;
}

static void put_origin(const otr_daemon *daemon, const otr_config *config, size_t number, json_t *out)
{
    const json_t *active = otr_push_index_one(&daemon->push->index, OTR_TUNING, "active");
    if (config->places[number].tuned) {
        json_object_set_new(out, "from", json_string("tuning"));
        json_object_set(out, "version", json_object_get(active, "version"));
    } else if (config->places[number].line > 0) {
        json_object_set_new(out, "from", json_string("file"));
        json_object_set_new(out, "line", json_integer(config->places[number].line));
    } else {
        json_object_set_new(out, "from", json_string("default"));
    }
}

json_t *otr_config_value(const otr_config *config, const otr_option *option)
{
    otr_buffer text = {0};
    otr_config_print_option(config, option, &text);
    json_t *out = text.failed || text.size == 0 ? json_string("")
                                                : json_stringn_nocheck((const char *)text.data, text.size);
    otr_buffer_done(&text);
    return out;
}

static json_t *describe(const otr_daemon *daemon, const otr_option *option, size_t number)
{
    const otr_config *config = holder_of(daemon, option);
    char name[OTR_CONFIG_NAME_BYTES];
    json_t *out = json_object();
    otr_config_name(option, name);
    json_object_set_new(out, "option", json_string(name));
    bool level = strcmp(name, "log.level") == 0;
    if (level && otr_log_level_get() != (otr_log_level)config->log.level) {
        json_object_set_new(out, "value", json_string(otr_log_level_text(otr_log_level_get())));
        json_object_set_new(out, "from", json_string("command"));
        return out;
    }
    json_object_set_new(out, "value", otr_config_value(config, option));
    put_origin(daemon, config, number, out);
    return out;
}

json_t *otr_config_in_force(const otr_daemon *daemon)
{
    const otr_option *options = otr_config_options();
    json_t *list = json_array();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        json_array_append_new(list, describe(daemon, &options[i], i));
    return json_pack("{s:b, s:o}", "ok", 1, "options", list);
}
