#include "daemon/config/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "daemon/config/config_values.h"
#include "daemon/config/zones.h"
#include "daemon/file.h"
#include "rules/load/yaml.h"

static const char *const versions[] = {"auto", "5", "3.1.1", NULL}; /* as otr_mqtt_speaks */
static const char *const payloads[] = {"protobuf", "json", NULL};
static const char *const trusts[] = {"auto", "always", NULL};
static const char *const confinements[] = {"auto", "require", "off", NULL};
static const char *const levels[] = {"error", "warning", "notice", "info", "debug", NULL};

#define AT(member) offsetof(otr_config, member)
#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* clang-format off */
static const otr_option options[] = {
    {"gateway", "group", AT(gateway.group), NULL, 0, 0, NULL, OTR_OPTION_NAME, false},
    {"gateway", "name", AT(gateway.name), NULL, 0, 0, NULL, OTR_OPTION_NAME, false},

    {"state", "folder", AT(state.folder), "/var/lib/outrider", 0, 0, NULL, OTR_OPTION_PATH, false},
    /* below 16 MiB the WAL of one full turn would not fit beside its data */
    {"state", "quota", AT(state.quota), "256MiB", 16 * MIB, 1024 * GIB, NULL, OTR_OPTION_BYTES, false},
    {"state", "ballast", AT(state.ballast), "4MiB", 0, GIB, NULL, OTR_OPTION_BYTES, false},
    {"state", "snapshot", AT(state.snapshot), "8MiB", 64 * KIB, GIB, NULL, OTR_OPTION_BYTES, false},
    {"state", "trial", AT(state.trial), "10m", 0, 30 * OTR_DAY, NULL, OTR_OPTION_SPAN, false},

    {"coap", "udp", AT(coap.udp), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"coap", "udp_allow", AT(coap.udp_allow), "", 0, 0, NULL, OTR_OPTION_TEXTS, false},
    {"coap", "dtls", AT(coap.dtls), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"coap", "keys", AT(coap.keys), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"coap", "device_rate", AT(coap.device_rate), "30000", 0, 1000000, NULL, OTR_OPTION_COUNT, true},
    {"coap", "sessions_max", AT(coap.sessions_max), "2000", 1, OTR_LIMIT_DEVICES, NULL, OTR_OPTION_COUNT, false},

    {"mqtt", "url", AT(mqtt.url), NULL, 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"mqtt", "other_urls", AT(mqtt.other_urls), "", 0, 0, NULL, OTR_OPTION_TEXTS, false},
    {"mqtt", "ca", AT(mqtt.ca), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"mqtt", "cert", AT(mqtt.cert), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"mqtt", "key", AT(mqtt.key), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"mqtt", "psk_identity", AT(mqtt.psk_identity), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"mqtt", "psk_file", AT(mqtt.psk_file), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"mqtt", "alpn", AT(mqtt.alpn), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"mqtt", "version", AT(mqtt.version), "auto", 0, 0, versions, OTR_OPTION_CHOICE, false},
    {"mqtt", "client_id", AT(mqtt.client_id), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"mqtt", "keepalive", AT(mqtt.keepalive), "30s", 5 * OTR_SECOND, 65535 * OTR_SECOND, NULL, OTR_OPTION_SPAN, false},
    {"mqtt", "session_expiry", AT(mqtt.session_expiry), "7d", 0, 365 * OTR_DAY, NULL, OTR_OPTION_SPAN, false},
    {"mqtt", "reconnect_min", AT(mqtt.reconnect_min), "1s", 10 * OTR_MS, OTR_HOUR, NULL, OTR_OPTION_SPAN, false},
    {"mqtt", "reconnect_max", AT(mqtt.reconnect_max), "2m", 10 * OTR_MS, OTR_DAY, NULL, OTR_OPTION_SPAN, false},
    {"mqtt", "username", AT(mqtt.username), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"mqtt", "password_file", AT(mqtt.password_file), "", 0, 0, NULL, OTR_OPTION_PATH, false},
    {"mqtt", "payload", AT(mqtt.payload), "protobuf", 0, 0, payloads, OTR_OPTION_CHOICE, false},

    {"telemetry", "urls", AT(telemetry.urls), "", 0, 0, NULL, OTR_OPTION_TEXTS, false},
    {"telemetry", "compress", AT(telemetry.compress), "", 0, 0, NULL, OTR_OPTION_TEXTS, true},
    {"telemetry", "primary_host", AT(telemetry.primary_host), "", 0, 0, NULL, OTR_OPTION_TEXT, false},
    {"telemetry", "deadband", AT(telemetry.deadband), "", 0, 0, NULL, OTR_OPTION_TEXTS, true},
    {"telemetry", "device_timeout", AT(telemetry.device_timeout), "0s", 0, 365 * OTR_DAY, NULL, OTR_OPTION_SPAN, true},

    {"rules", "packs", AT(rules.packs), "", 0, 0, NULL, OTR_OPTION_PATHS, true},
    {"rules", "knowledge", AT(rules.knowledge), "", 0, 0, NULL, OTR_OPTION_PATHS, true},
    {"rules", "assignments", AT(rules.assignments), "", 0, 0, NULL, OTR_OPTION_PATH, true},
    {"rules", "signers", AT(rules.signers), "", 0, 0, NULL, OTR_OPTION_PATH, false},

    {"clock", "trust", AT(clock.trust), "auto", 0, 0, trusts, OTR_OPTION_CHOICE, false},
    {"clock", "scale", AT(clock.scale), "1", 1, 100000, NULL, OTR_OPTION_FACTOR, false},
    {"clock", "zones", AT(clock.zones), OTR_ZONES_FOLDER, 0, 0, NULL, OTR_OPTION_PATH, true},

    {"turn", "linger", AT(turn.linger), "500ms", 0, OTR_LIMIT_LINGER_MS * OTR_MS, NULL, OTR_OPTION_SPAN, true},

    {"log", "level", AT(log.level), "notice", 0, 0, levels, OTR_OPTION_CHOICE, true},

    /* a slow card may take ten seconds for one fsync; a limit below that would end a healthy daemon */
    {"watchdog", "limit", AT(watchdog.limit), "60s", 10 * OTR_SECOND, OTR_HOUR, NULL, OTR_OPTION_SPAN, false},

    {"control", "socket", AT(control.socket), "/run/outrider/control.sock", 0, 0, NULL, OTR_OPTION_PATH, false},

    {"operators", "keys", AT(operators.keys), "", 0, 0, NULL, OTR_OPTION_PATH, true},

    {"sandbox", "mode", AT(sandbox.mode), "auto", 0, 0, confinements, OTR_OPTION_CHOICE, false},

    {"test", "fsync_delay", AT(test.fsync_delay), "0ms", 0, 10 * OTR_SECOND, NULL, OTR_OPTION_SPAN, false},
};
/* clang-format on */
_Static_assert(sizeof options / sizeof *options == OTR_CONFIG_OPTIONS, "count of options");

const otr_option *otr_config_options(void)
{
    return options;
}

static otr_status out_of_memory(otr_error *error)
{
    return otr_fail(error, OTR_MEMORY, "out of memory");
}

/* A scalar of its own or a list of them; an empty one is an empty list. */
static otr_status read_list(otr_config *config, const otr_yaml *node, bool paths, otr_config_list *out,
                            otr_error *error)
{
    *out = (otr_config_list){0};
    if (node->kind == OTR_YAML_SCALAR && node->text.size == 0)
        return OTR_OK;
    bool single = node->kind == OTR_YAML_SCALAR;
    otr_status status = single ? OTR_OK : otr_yaml_kind_is(node, OTR_YAML_LIST, error);
    if (status != OTR_OK)
        return status;
    size_t count = single ? 1 : 0;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    out->items = otr_arena_array(&config->memory, count > 0 ? count : 1, sizeof *out->items);
    if (out->items == NULL)
        return out_of_memory(error);
    for (const otr_yaml *entry = single ? node : node->first; entry != NULL;
         entry = single ? NULL : entry->next) {
        otr_str text;
        status = otr_yaml_text(entry, &text, error);
        if (status != OTR_OK)
            return status;
        if (text.size == 0)
            return otr_fail_at(error, OTR_INVALID, entry->line, entry->column, "an entry is empty");
        if (paths)
            text = otr_path_join(&config->memory, otr_path_folder(config->file), text);
        else
            text = otr_arena_copy(&config->memory, text);
        if (text.data == NULL)
            return out_of_memory(error);
        out->items[out->count++] = (otr_config_item){text, entry->line, entry->column};
    }
    return OTR_OK;
}

static otr_status read_choice(const otr_yaml *node, const otr_option *option, int64_t *out, otr_error *error)
{
    char known[100] = "";
    size_t size = 0;
    for (int64_t i = 0; option->words[i] != NULL; i++) {
        if (node->kind == OTR_YAML_SCALAR && otr_str_is(node->text, option->words[i])) {
            *out = i;
            return OTR_OK;
        }
        size +=
            (size_t)snprintf(known + size, sizeof known - size, "%s%s", i > 0 ? ", " : "", option->words[i]);
    }
    return otr_fail_at(error, OTR_INVALID, node->line, node->column, "%s.%s must be one of %s",
                       option->section, option->key, known);
}

static otr_status read_text(otr_config *config, const otr_yaml *node, const otr_option *option, otr_str *out,
                            otr_error *error)
{
    otr_status status = otr_yaml_text(node, out, error);
    if (status != OTR_OK)
        return status;
    if (option->kind == OTR_OPTION_PATH)
        *out = otr_path_join(&config->memory, otr_path_folder(config->file), *out);
    else
        *out = otr_arena_copy(&config->memory, *out);
    if (out->data == NULL)
        return out_of_memory(error);
    if (option->fallback == NULL && out->size == 0)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column, "%s.%s must not be empty",
                           option->section, option->key);
    if (option->kind == OTR_OPTION_NAME && !otr_config_name_ok(*out))
        return otr_fail_at(
            error, OTR_INVALID, node->line, node->column,
            "%s.%s becomes part of a topic: 1 to 64 bytes without / + # and control characters",
            option->section, option->key);
    return OTR_OK;
}

/* Reads a span or a size and holds it to its range, which is told in the file's own units. */
static otr_status read_ranged(const otr_yaml *node, const otr_option *option, int64_t *out, otr_error *error)
{
    char low[OTR_TIME_TEXT_BYTES];
    char high[OTR_TIME_TEXT_BYTES];
    otr_status status = option->kind == OTR_OPTION_SPAN ? otr_yaml_span(node, out, error)
                                                        : otr_config_bytes_read(node, out, error);
    if (status != OTR_OK || (*out >= option->low && *out <= option->high))
        return status;
    if (option->kind == OTR_OPTION_SPAN) {
        otr_config_span_print(option->low, low);
        otr_config_span_print(option->high, high);
    } else {
        otr_config_bytes_print(option->low, low);
        otr_config_bytes_print(option->high, high);
    }
    return otr_fail_at(error, OTR_INVALID, node->line, node->column, "%s.%s must be between %s and %s",
                       option->section, option->key, low, high);
}

otr_status otr_config_option_read(otr_config *config, const otr_yaml *node, const otr_option *option,
                                  otr_error *error)
{
    void *member = (char *)config + option->offset;
    double *factor = member;
    otr_status status = OTR_OK;
    switch (option->kind) {
    case OTR_OPTION_TEXT:
    case OTR_OPTION_NAME:
    case OTR_OPTION_PATH:
        return read_text(config, node, option, member, error);
    case OTR_OPTION_PATHS:
    case OTR_OPTION_TEXTS:
        return read_list(config, node, option->kind == OTR_OPTION_PATHS, member, error);
    case OTR_OPTION_COUNT:
        return otr_yaml_i64(node, option->low, option->high, member, error);
    case OTR_OPTION_BYTES:
    case OTR_OPTION_SPAN:
        return read_ranged(node, option, member, error);
    case OTR_OPTION_CHOICE:
        return read_choice(node, option, member, error);
    case OTR_OPTION_FACTOR:
        status = otr_yaml_double(node, factor, error);
        if (status == OTR_OK && !(*factor >= (double)option->low && *factor <= (double)option->high))
            return otr_fail_at(error, OTR_INVALID, node->line, node->column,
                               "%s.%s must be between %" PRId64 " and %" PRId64, option->section, option->key,
                               option->low, option->high);
        return status;
    }
    return status;
}

/* Keys that the table does not know, first among the sections, then in each. */
static otr_status check_keys(const otr_yaml *root, otr_error *error)
{
    const char *sections[OTR_CONFIG_OPTIONS + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (count == 0 || strcmp(sections[count - 1], options[i].section) != 0)
            sections[count++] = options[i].section;
    otr_status status = otr_yaml_only(root, sections, error);
    for (size_t s = 0; s < count && status == OTR_OK; s++) {
        const otr_yaml *section = otr_yaml_get(root, sections[s]);
        if (section == NULL || (section->kind == OTR_YAML_SCALAR && section->text.size == 0))
            continue; /* a section of which everything is commented out */
        status = otr_yaml_kind_is(section, OTR_YAML_MAP, error);
        const char *keys[OTR_CONFIG_OPTIONS + 1] = {NULL};
        size_t key_count = 0;
        for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
            if (strcmp(options[i].section, sections[s]) == 0)
                keys[key_count++] = options[i].key;
        if (status == OTR_OK)
            status = otr_yaml_only(section, keys, error);
    }
    return status;
}

static otr_status read_all(otr_config *config, const otr_yaml *root, otr_error *error)
{
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        const otr_option *option = &options[i];
        const otr_yaml *section = otr_yaml_get(root, option->section);
        bool map = section != NULL && section->kind == OTR_YAML_MAP;
        const otr_yaml *node = map ? otr_yaml_get(section, option->key) : NULL;
        otr_yaml fallback = {.kind = OTR_YAML_SCALAR};
        if (node != NULL) {
            config->places[i].line = node->line;
            config->places[i].column = node->column;
        } else if (option->fallback == NULL) {
            return otr_fail_at(error, OTR_INVALID, section != NULL ? section->key_line : 1,
                               section != NULL ? section->key_column : 1, "%s.%s is missing", option->section,
                               option->key);
        } else {
            fallback.text = otr_str_of(option->fallback);
            fallback.style = fallback.text.size > 0 ? OTR_YAML_PLAIN : OTR_YAML_DOUBLE_QUOTED;
            node = &fallback;
        }
        otr_status status = otr_config_option_read(config, node, option, error);
        if (status != OTR_OK)
            return status;
    }
    return OTR_OK;
}

static otr_status read_text_of(otr_config *config, const char *path, otr_str text, otr_error *error)
{
    otr_arena tree = {0};
    otr_yaml *root = NULL;
    config->file = otr_arena_copy(&config->memory, otr_str_of(path));
    config->text = otr_arena_copy(&config->memory, text);
    if (config->file.data == NULL || config->text.data == NULL)
        return out_of_memory(error);
    otr_status status = otr_yaml_parse(&tree, text, &root, error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(root, OTR_YAML_MAP, error);
    if (status == OTR_OK)
        status = check_keys(root, error);
    if (status == OTR_OK)
        status = read_all(config, root, error);
    otr_arena_done(&tree);
    return status == OTR_OK ? otr_config_check_values(config, error) : status;
}

otr_status otr_config_read(const char *path, otr_str text, otr_config **out, otr_error *error)
{
    *out = NULL;
    if (error != NULL)
        *error = (otr_error){.status = OTR_OK};
    otr_config *config = calloc(1, sizeof *config);
    if (config == NULL)
        return out_of_memory(error);
    otr_status status = read_text_of(config, path, text, error);
    if (status == OTR_OK)
        *out = config;
    else
        otr_config_free(config);
    return status;
}

otr_status otr_config_load(const char *path, otr_config **out, otr_error *error)
{
    otr_arena memory = {0};
    otr_bytes bytes;
    *out = NULL;
    if (error != NULL)
        *error = (otr_error){.status = OTR_OK};
    otr_status status = otr_file_read(&memory, path, OTR_LIMIT_PACK_BYTES, &bytes, error);
    if (status == OTR_OK)
        status = otr_config_read(path, (otr_str){(const char *)bytes.data, bytes.size}, out, error);
    otr_arena_done(&memory);
    return status;
}

void otr_config_free(otr_config *config)
{
    if (config == NULL)
        return;
    otr_arena memory = config->memory;
    free(config);
    otr_arena_done(&memory);
}

otr_status otr_config_fail(const otr_config *config, const void *member, otr_error *error, const char *format,
                           ...)
{
    char text[sizeof error->text];
    size_t offset = (size_t)((const char *)member - (const char *)config);
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++)
        if (options[i].offset == offset)
            return otr_fail_at(error, OTR_INVALID, config->places[i].line, config->places[i].column,
                               "%s.%s: %s", options[i].section, options[i].key, text);
    OTR_ASSERT(false);
    return OTR_INVALID;
}

const char *otr_refusal_format(const char *file, const otr_error *error, char out[OTR_REFUSAL_BYTES])
{
    if (error->line > 0)
        snprintf(out, OTR_REFUSAL_BYTES, "%s:%d:%d: %s", file, error->line, error->column, error->text);
    else
        snprintf(out, OTR_REFUSAL_BYTES, "%s: %s", file, error->text);
    return out;
}
