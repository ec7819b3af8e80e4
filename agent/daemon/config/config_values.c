#include "daemon/config/config_values.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "base/limits.h"
#include "base/reading.h"

otr_status otr_config_bytes_read(const otr_yaml *node, int64_t *out, otr_error *error)
{
    static const struct {
        const char *unit;
        int shift;
    } units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"B", 0}, {"", 0}};
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit = strlen(units[i].unit);
        int64_t count = 0;
        if (text.size <= unit || memcmp(text.data + text.size - unit, units[i].unit, unit) != 0)
            continue;
        if (!otr_str_to_i64((otr_str){text.data, text.size - unit}, &count) || count < 0 ||
            count > INT64_MAX >> units[i].shift)
            break;
        *out = count << units[i].shift;
        return OTR_OK;
    }
    return otr_fail_at(error, OTR_INVALID, node->line, node->column,
                       "expected a size such as 256MiB (B, KiB, MiB or GiB), not \"%.*s\"",
                       text.size < 40 ? (int)text.size : 40, text.data);
}

void otr_config_bytes_print(int64_t bytes, char out[OTR_TIME_TEXT_BYTES])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
    int unit = 0;
    while (unit < 3 && bytes > 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(out, OTR_TIME_TEXT_BYTES, "%" PRId64 "%s", bytes, units[unit]);
}

void otr_config_span_print(otr_time span, char out[OTR_TIME_TEXT_BYTES])
{
    static const struct {
        otr_time size;
        const char *unit;
    } units[] = {{OTR_DAY, "d"},    {OTR_HOUR, "h"}, {OTR_MINUTE, "m"},
                 {OTR_SECOND, "s"}, {OTR_MS, "ms"},  {1, "us"}};
    size_t i = 0;
    while (units[i].size > 1 && (span == 0 ? units[i].size > OTR_SECOND : span % units[i].size != 0))
        i++;
    snprintf(out, OTR_TIME_TEXT_BYTES, "%" PRId64 "%s", span / units[i].size, units[i].unit);
}

bool otr_config_name_ok(otr_str text)
{
    if (text.size == 0 || text.size > 64 || !otr_str_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F || strchr("/+#", text.data[i]) != NULL)
            return false;
    return true;
}

/* Splits "host:port" and "[v6]:port"; false when it is anything else. */
static bool split_address(otr_str text, char host[64], int64_t *port)
{
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon < 2 || !otr_str_to_i64((otr_str){text.data + colon, text.size - colon}, port) || *port < 0 ||
        *port > 65535)
        return false;
    otr_str name = {text.data, colon - 1};
    bool v6 = name.size > 2 && name.data[0] == '[' && name.data[name.size - 1] == ']';
    if (v6)
        name = (otr_str){name.data + 1, name.size - 2};
    if (name.size >= 64 || (!v6 && memchr(name.data, ':', name.size) != NULL))
        return false;
    memcpy(host, name.data, name.size);
    host[name.size] = '\0';
    return true;
}

/* Endpoints are bound to a numeric address, so that a name service that is down cannot keep the agent down.
 */
static otr_status check_endpoint(const otr_config *config, const otr_str *member, otr_error *error)
{
    char host[64];
    uint8_t address[16];
    int64_t port = 0;
    if (member->size == 0)
        return OTR_OK;
    if (!split_address(*member, host, &port) ||
        (inet_pton(AF_INET, host, address) != 1 && inet_pton(AF_INET6, host, address) != 1))
        return otr_config_fail(config, member, error,
                               "expected ADDRESS:PORT such as 0.0.0.0:5684 or [::]:5684");
    return OTR_OK;
}

static otr_status check_network(const otr_config_item *item, otr_error *error)
{
    char text[64];
    uint8_t address[16];
    const char *slash = memchr(item->text.data, '/', item->text.size);
    size_t size = slash != NULL ? (size_t)(slash - item->text.data) : item->text.size;
    int64_t bits = 0;
    if (size >= sizeof text)
        return otr_fail_at(error, OTR_INVALID, item->line, item->column, "coap.udp_allow: not a network");
    memcpy(text, item->text.data, size);
    text[size] = '\0';
    int most = inet_pton(AF_INET, text, address) == 1    ? 32
               : inet_pton(AF_INET6, text, address) == 1 ? 128
                                                         : 0;
    otr_str rest = slash != NULL ? (otr_str){slash + 1, item->text.size - size - 1} : (otr_str){"", 0};
    if (most == 0 || slash == NULL || !otr_str_to_i64(rest, &bits) || bits < 0 || bits > most)
        return otr_fail_at(error, OTR_INVALID, item->line, item->column,
                           "coap.udp_allow: expected a network such as 192.168.4.0/24 or fd00::/8");
    return OTR_OK;
}

static otr_status check_coap(const otr_config *config, otr_error *error)
{
    otr_status status = check_endpoint(config, &config->coap.udp, error);
    if (status == OTR_OK)
        status = check_endpoint(config, &config->coap.dtls, error);
    for (size_t i = 0; i < config->coap.udp_allow.count && status == OTR_OK; i++)
        status = check_network(&config->coap.udp_allow.items[i], error);
    if (status != OTR_OK)
        return status;
    if (config->coap.udp_allow.count > OTR_CONFIG_NETWORKS)
        return otr_config_fail(config, &config->coap.udp_allow, error, "has %zu entries, the limit is %d",
                               config->coap.udp_allow.count, OTR_CONFIG_NETWORKS);
    if (config->coap.udp_allow.count > 0 && config->coap.udp.size == 0)
        return otr_config_fail(config, &config->coap.udp_allow, error, "is of no use without coap.udp");
    if (config->coap.device_rate > 0 && config->coap.device_rate < OTR_CONFIG_DEVICE_RATE_MIN)
        return otr_config_fail(config, &config->coap.device_rate, error, "is 0 or %d and more",
                               OTR_CONFIG_DEVICE_RATE_MIN);
    if (config->coap.dtls.size > 0 && config->coap.keys.size == 0)
        return otr_config_fail(config, &config->coap.dtls, error,
                               "needs coap.keys, the folder of the device keys");
    return OTR_OK;
}

static bool loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return strcmp(host, "localhost") == 0;
}

/* Why a broker's address is refused; NULL when it is not. */
static const char *url_trouble(const otr_config *config, otr_str url)
{
    char host[64];
    int64_t port = 0;
    bool tls = otr_str_starts(url, OTR_STR("mqtts://"));
    if (!tls && !otr_str_starts(url, OTR_STR("mqtt://")))
        return "must begin with mqtts:// (or mqtt:// to this machine)";
    size_t scheme = tls ? 8 : 7;
    otr_str rest = {url.data + scheme, url.size - scheme};
    if (memchr(rest.data, '@', rest.size) != NULL)
        return "holds credentials: use mqtt.username and mqtt.password_file";
    if (!split_address(rest, host, &port) || port == 0)
        return tls ? "expected HOST:PORT after the scheme, such as broker.example:8883"
                   : "expected HOST:PORT after the scheme, such as broker.example:1883";
    if (!tls && !loopback(host))
        return "plain mqtt:// is for this machine only: use mqtts://";
    if (tls && config->mqtt.ca.size == 0 && config->mqtt.psk_file.size == 0)
        return "mqtts:// needs mqtt.ca, the authority of the broker's certificate";
    return NULL;
}

/* key: as in messages; tls: all of them must have it, or none. */
static otr_status check_urls(const otr_config *config, const otr_config_list *urls, const char *key,
                             const bool *tls, otr_error *error)
{
    if (urls->count > OTR_CONFIG_SERVERS)
        return otr_config_fail(config, urls, error, "has %zu entries, the limit is %d", urls->count,
                               OTR_CONFIG_SERVERS);
    for (size_t i = 0; i < urls->count; i++) {
        const otr_config_item *item = &urls->items[i];
        const char *trouble = url_trouble(config, item->text);
        if (trouble == NULL && tls != NULL && otr_str_starts(item->text, OTR_STR("mqtts://")) != *tls)
            trouble = "is of the same cluster as mqtt.url: mqtts:// for both, or for neither";
        if (trouble != NULL)
            return otr_fail_at(error, OTR_INVALID, item->line, item->column, "%s: %s", key, trouble);
    }
    return OTR_OK;
}

static otr_status check_url(const otr_config *config, otr_error *error)
{
    const char *trouble = url_trouble(config, config->mqtt.url);
    bool tls = otr_str_starts(config->mqtt.url, OTR_STR("mqtts://"));
    if (trouble != NULL)
        return otr_config_fail(config, &config->mqtt.url, error, "%s", trouble);
    if (config->mqtt.psk_file.size > 0 && !tls)
        return otr_config_fail(config, &config->mqtt.psk_file, error, "a shared key needs mqtts://");
    return check_urls(config, &config->mqtt.other_urls, "mqtt.other_urls", &tls, error);
}

static otr_status check_psk(const otr_config *config, otr_error *error)
{
    const otr_str *identity = &config->mqtt.psk_identity;
    const otr_str *file = &config->mqtt.psk_file;
    if ((identity->size == 0) != (file->size == 0))
        return otr_config_fail(config, identity->size > 0 ? identity : file, error,
                               "mqtt.psk_identity and mqtt.psk_file go together");
    if (identity->size > 127)
        return otr_config_fail(config, identity, error, "is longer than 127 bytes");
    if (file->size > 0 && (config->mqtt.ca.size > 0 || config->mqtt.cert.size > 0))
        return otr_config_fail(config, file, error,
                               "is in place of mqtt.ca, mqtt.cert and mqtt.key: leave them out");
    if (config->mqtt.alpn.size > 63)
        return otr_config_fail(config, &config->mqtt.alpn, error, "is longer than 63 bytes");
    return OTR_OK;
}

bool otr_config_deadband(otr_str text, otr_str *metric, double *width)
{
    const char *equal = text.size > 0 ? memchr(text.data, '=', text.size) : NULL;
    if (equal == NULL)
        return false;
    *metric = (otr_str){text.data, (size_t)(equal - text.data)};
    otr_str rest = {equal + 1, text.size - metric->size - 1};
    return otr_metric_name_ok(*metric) && otr_str_to_double(rest, width) && *width >= 0.0 && *width < 1e300;
}

int otr_config_compression(otr_str word)
{
    static const char *const words[] = {"none", "deflate", "gzip"};
    for (int i = 0; i < 3; i++)
        if (otr_str_is(word, words[i]))
            return i;
    return -1;
}

static otr_status check_compression(const otr_config *config, otr_error *error)
{
    const otr_config_list *words = &config->telemetry.compress;
    if (words->count > config->telemetry.urls.count)
        return otr_config_fail(config, words, error, "has %zu entries, telemetry.urls has %zu", words->count,
                               config->telemetry.urls.count);
    for (size_t i = 0; i < words->count; i++)
        if (otr_config_compression(words->items[i].text) < 0)
            return otr_fail_at(error, OTR_INVALID, words->items[i].line, words->items[i].column,
                               "telemetry.compress: expected none, deflate or gzip");
    return OTR_OK;
}

static otr_status check_telemetry(const otr_config *config, otr_error *error)
{
    const otr_config_list *urls = &config->telemetry.urls;
    const otr_config_list *deadbands = &config->telemetry.deadband;
    otr_status status = check_urls(config, urls, "telemetry.urls", NULL, error);
    if (status != OTR_OK)
        return status;
    if (deadbands->count > OTR_LIMIT_TELEMETRY_DEADBANDS)
        return otr_config_fail(config, deadbands, error, "has %zu entries, the limit is %d", deadbands->count,
                               OTR_LIMIT_TELEMETRY_DEADBANDS);
    for (size_t i = 0; i < deadbands->count; i++) {
        const otr_config_item *item = &deadbands->items[i];
        otr_str metric;
        double width;
        if (!otr_config_deadband(item->text, &metric, &width))
            return otr_fail_at(error, OTR_INVALID, item->line, item->column,
                               "telemetry.deadband: expected METRIC=WIDTH such as temperature=0.2");
    }
    if (config->telemetry.primary_host.size > 0 &&
        strpbrk(config->telemetry.primary_host.data, "/+#") != NULL)
        return otr_config_fail(config, &config->telemetry.primary_host, error, "must not have / + or #");
    return check_compression(config, error);
}

static otr_status check_mqtt(otr_config *config, otr_error *error)
{
    otr_status status = check_url(config, error);
    if (status == OTR_OK)
        status = check_psk(config, error);
    if (status != OTR_OK)
        return status;
    if ((config->mqtt.cert.size == 0) != (config->mqtt.key.size == 0)) {
        const otr_str *given = config->mqtt.cert.size > 0 ? &config->mqtt.cert : &config->mqtt.key;
        return otr_config_fail(config, given, error, "mqtt.cert and mqtt.key go together");
    }
    if (config->mqtt.password_file.size > 0 && config->mqtt.username.size == 0)
        return otr_config_fail(config, &config->mqtt.password_file, error, "needs mqtt.username");
    if (config->mqtt.reconnect_min > config->mqtt.reconnect_max)
        return otr_config_fail(config, &config->mqtt.reconnect_min, error,
                               "is longer than mqtt.reconnect_max");
    if (config->mqtt.client_id.size > 0)
        return OTR_OK;
    otr_str group = config->gateway.group;
    otr_str name = config->gateway.name;
    char *id = otr_arena_alloc(&config->memory, group.size + name.size + 2);
    if (id == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    memcpy(id, group.data, group.size);
    id[group.size] = '-';
    memcpy(id + group.size + 1, name.data, name.size);
    config->mqtt.client_id = (otr_str){id, group.size + name.size + 1};
    return OTR_OK;
}

otr_status otr_config_check_values(otr_config *config, otr_error *error)
{
    otr_status status = check_coap(config, error);
    if (status == OTR_OK)
        status = check_mqtt(config, error);
    if (status == OTR_OK)
        status = check_telemetry(config, error);
    if (status != OTR_OK)
        return status;
    if (config->state.folder.size == 0)
        return otr_config_fail(config, &config->state.folder, error, "must not be empty");
    if (config->state.ballast + config->state.snapshot > config->state.quota / 2)
        return otr_config_fail(config, &config->state.quota, error,
                               "must be at least twice state.ballast and state.snapshot together");
    if (config->control.socket.size >= sizeof((struct sockaddr_un *)0)->sun_path)
        return otr_config_fail(config, &config->control.socket, error,
                               "a socket's path has at most %zu bytes",
                               sizeof((struct sockaddr_un *)0)->sun_path - 1);
    if (config->rules.packs.count > OTR_LIMIT_PACKS)
        return otr_config_fail(config, &config->rules.packs, error, "has %zu entries, the limit is %d",
                               config->rules.packs.count, OTR_LIMIT_PACKS);
    if (config->rules.knowledge.count > OTR_LIMIT_KNOWLEDGE_FILES)
        return otr_config_fail(config, &config->rules.knowledge, error, "has %zu entries, the limit is %d",
                               config->rules.knowledge.count, OTR_LIMIT_KNOWLEDGE_FILES);
    return OTR_OK;
}
