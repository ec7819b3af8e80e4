#include "daemon/config/tuning.h"

#include <stdint.h>
#include <stdio.h>

#include "daemon/config/config_values.h"

bool otr_tuning_sets(const otr_option *option)
{
    return option->reloads && option->kind != OTR_OPTION_PATH && option->kind != OTR_OPTION_PATHS;
}

bool otr_tuning_is(otr_str yaml)
{
    otr_arena tree = {0};
    otr_yaml *root = NULL;
    bool is = otr_yaml_parse(&tree, yaml, &root, NULL) == OTR_OK && root->kind == OTR_YAML_MAP &&
              otr_yaml_get(root, OTR_TUNING) != NULL;
    otr_arena_done(&tree);
    return is;
}

/* "turn.linger, log.level, ..." */
static void list_settable(char *text, size_t room)
{
    size_t size = 0;
    const otr_option *options = otr_config_options();
    text[0] = '\0';
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS && size < room; i++)
        if (otr_tuning_sets(&options[i]))
            size += (size_t)snprintf(text + size, room - size, "%s%s.%s", size > 0 ? ", " : "",
                                     options[i].section, options[i].key);
}

static otr_status refuse(const otr_yaml *key, const char *section, otr_error *error)
{
    char text[200];
    list_settable(text, sizeof text);
    return otr_fail_at(error, OTR_INVALID, key->key_line, key->key_column,
                       "%s%s%.*s is not for a tuning to set, which has %s", section,
                       section[0] != '\0' ? "." : "", OTR_STR_ARG(key->key), text);
}

static otr_status refuse_empty(const otr_yaml *root, otr_error *error)
{
    char text[200];
    list_settable(text, sizeof text);
    return otr_fail_at(error, OTR_INVALID, root->line, root->column,
                       "it sets nothing; a tuning sets some of %s", text);
}

static const otr_option *find(otr_str section, otr_str key)
{
    const otr_option *options = otr_config_options();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (otr_str_is(section, options[i].section) && otr_str_is(key, options[i].key))
            return &options[i];
    return NULL;
}

/* sets: counts the options. */
static otr_status put_section(otr_config *config, const otr_yaml *section, size_t *sets, otr_error *error)
{
    char name[OTR_CONFIG_SECTION_BYTES];
    (void)snprintf(name, sizeof name, "%.*s", OTR_STR_ARG(section->key));
    otr_status status = otr_yaml_kind_is(section, OTR_YAML_MAP, error);
    for (const otr_yaml *entry = section->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        const otr_option *option = find(section->key, entry->key);
        if (option == NULL || !otr_tuning_sets(option))
            return refuse(entry, name, error);
        size_t number = (size_t)(option - otr_config_options());
        config->places[number].line = entry->line;
        config->places[number].column = entry->column;
        config->places[number].tuned = true;
        status = otr_config_option_read(config, entry, option, error);
        (*sets)++;
    }
    return status;
}

static bool has_section(otr_str name)
{
    const otr_option *options = otr_config_options();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (otr_tuning_sets(&options[i]) && otr_str_is(name, options[i].section))
            return true;
    return false;
}

static otr_status put(otr_config *config, const otr_yaml *root, int64_t *version, otr_error *error)
{
    const otr_yaml *number = NULL;
    size_t sets = 0;
    int64_t read = 0;
    otr_status status = otr_yaml_kind_is(root, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = otr_yaml_need(root, OTR_TUNING, &number, error);
    if (status == OTR_OK)
        status = otr_yaml_i64(number, 1, INT32_MAX, &read, error);
    for (const otr_yaml *entry = status == OTR_OK ? root->first : NULL; entry != NULL && status == OTR_OK;
         entry = entry->next) {
        bool empty = entry->kind == OTR_YAML_SCALAR && entry->text.size == 0; /* all of it is commented out */
        if (entry == number)
            continue;
        if (!has_section(entry->key))
            status = refuse(entry, "", error);
        else if (!empty)
            status = put_section(config, entry, &sets, error);
    }
    if (status == OTR_OK && sets == 0)
        status = refuse_empty(root, error);
    if (version != NULL)
        *version = read;
    return status == OTR_OK ? otr_config_check_values(config, error) : status;
}

otr_status otr_tuning_put(otr_config *config, otr_str yaml, int64_t *version, otr_error *error)
{
    otr_arena tree = {0};
    otr_yaml *root = NULL;
    otr_status status = otr_yaml_parse(&tree, yaml, &root, error);
    if (status == OTR_OK)
        status = put(config, root, version, error);
    otr_arena_done(&tree);
    return status;
}

otr_status otr_tuning_check(otr_str yaml, int64_t *version, otr_error *error)
{
    otr_config *config = NULL;
    otr_buffer any = {0};
    otr_buffer_add_format(&any, "gateway: {group: g, name: n}\nmqtt: {url: 'mqtt://localhost:1883'}\n"
                                "telemetry:\n  urls:\n");
    for (int i = 0; i < OTR_CONFIG_SERVERS; i++)
        otr_buffer_add_format(&any, "    - mqtt://localhost:1883\n");
    otr_status status = any.failed ? otr_fail(error, OTR_MEMORY, "out of memory")
                                   : otr_config_read("outrider.yaml", otr_buffer_text(&any), &config, error);
    otr_buffer_done(&any);
    if (status == OTR_OK)
        status = otr_tuning_put(config, yaml, version, error);
    otr_config_free(config);
    return status;
}
