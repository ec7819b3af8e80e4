#include "platform/linux/mqtt/mqtt_address.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return strcmp(host, "localhost") == 0;
}

static bool is_ipv6(const char *host)
{
    struct in6_addr v6;
    return inet_pton(AF_INET6, host, &v6) == 1;
}

static bool host_ok(otr_str host)
{
    if (host.size == 0 || host.size >= OTR_MQTT_HOST_BYTES)
        return false;
    for (size_t i = 0; i < host.size; i++) {
        char c = host.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != '-' && c != '_' && c != ':')
            return false;
    }
    return true;
}

/* Splits "[v6]:port", "host:port" or "host"; *port keeps its default when there is none. */
static bool split(otr_str rest, otr_str *host, int64_t *port)
{
    otr_str digits = {NULL, 0};
    const char *end = rest.data + rest.size;
    if (rest.size > 0 && rest.data[0] == '[') {
        const char *close = memchr(rest.data, ']', rest.size);
        if (close == NULL || (close + 1 != end && close[1] != ':'))
            return false;
        *host = (otr_str){rest.data + 1, (size_t)(close - rest.data) - 1};
        if (close + 1 == end)
            return true;
        digits = (otr_str){close + 2, (size_t)(end - close) - 2};
    } else {
        const char *colon = rest.size > 0 ? memchr(rest.data, ':', rest.size) : NULL;
        *host = (otr_str){rest.data, colon != NULL ? (size_t)(colon - rest.data) : rest.size};
        if (colon == NULL)
            return true;
        digits = (otr_str){colon + 1, (size_t)(end - colon) - 1};
    }
    if (digits.size == 0 || digits.size > 5)
        return false;
    for (size_t i = 0; i < digits.size; i++)
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
    return otr_str_to_i64(digits, port) && *port > 0 && *port <= UINT16_MAX;
}

otr_status otr_mqtt_address_parse(otr_str url, otr_mqtt_address *out, otr_error *error)
{
    *out = (otr_mqtt_address){.tls = otr_str_starts(url, OTR_STR("mqtts://"))};
    size_t scheme = out->tls ? strlen("mqtts://") : strlen("mqtt://");
    if (!out->tls && !otr_str_starts(url, OTR_STR("mqtt://")))
        return otr_fail(error, OTR_INVALID, "broker \"%.*s\": give mqtts://HOST:PORT", OTR_STR_ARG(url));
    otr_str rest = {url.data + scheme, url.size - scheme};
    if (rest.size > 0 && rest.data[rest.size - 1] == '/')
        rest.size--;
    otr_str host = {NULL, 0};
    int64_t port = out->tls ? 8883 : 1883;
    if (!split(rest, &host, &port) || !host_ok(host))
        return otr_fail(error, OTR_INVALID,
                        "broker \"%.*s\": not a host name or address with a port 1..65535", OTR_STR_ARG(url));
    memcpy(out->host, host.data, host.size);
    out->port = (uint16_t)port;
    if (!out->tls && !is_loopback(out->host))
        return otr_fail(error, OTR_INVALID,
                        "broker \"%.*s\": mqtt:// is not encrypted and only for this machine; use mqtts://",
                        OTR_STR_ARG(url));
    bool v6 = is_ipv6(out->host);
    if (!v6 && strchr(out->host, ':') != NULL)
        return otr_fail(error, OTR_INVALID, "broker \"%.*s\": not an IPv6 address", OTR_STR_ARG(url));
    if (v6 && out->tls) /* Paho hands "[::1" to the certificate check, which can never match */
        return otr_fail(
            error, OTR_INVALID,
            "broker \"%.*s\": a certificate can't be checked against an IPv6 address here; use a name",
            OTR_STR_ARG(url));
    snprintf(out->uri, sizeof out->uri, "%s://%s%s%s:%u", out->tls ? "ssl" : "tcp", v6 ? "[" : "", out->host,
             v6 ? "]" : "", out->port);
    return OTR_OK;
}
