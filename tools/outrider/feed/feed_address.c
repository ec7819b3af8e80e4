#include "tools/outrider/feed/feed_address.h"

#include <netdb.h>
#include <stdio.h>

static otr_status split(otr_str rest, const char *default_port, char host[256], char port[8],
                        otr_error *error)
{
    const char *end = rest.data + rest.size;
    const char *from = rest.data;
    const char *colon;
    size_t size;
    if (rest.size > 0 && rest.data[rest.size - 1] == '/')
        end--;
    if (from < end && *from == '[') {
        const char *bracket = memchr(from, ']', (size_t)(end - from));
        if (bracket == NULL)
            return otr_fail(error, OTR_INVALID, "the address has a [ without ]");
        from++;
        size = (size_t)(bracket - from);
        colon = bracket + 1 < end ? bracket + 1 : NULL;
    } else {
        colon = from < end ? memchr(from, ':', (size_t)(end - from)) : NULL;
        size = (size_t)((colon != NULL ? colon : end) - from);
    }
    size_t digits = colon != NULL ? (size_t)(end - colon) - 1 : 0;
    if (size == 0 || size >= 256 || (colon != NULL && (*colon != ':' || digits == 0 || digits > 5)) ||
        memchr(from, '/', (size_t)(end - from)) != NULL)
        return otr_fail(error, OTR_INVALID, "an address as coap://HOST:PORT expected");
    memcpy(host, from, size);
    host[size] = '\0';
    (void)snprintf(port, 8, "%.*s", colon != NULL ? (int)digits : 4,
                   colon != NULL ? colon + 1 : default_port);
    return OTR_OK;
}

otr_status otr_feed_address(otr_str uri, coap_address_t *out, bool *secure, otr_error *error)
{
    char host[256];
    char port[8];
    struct addrinfo *found = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
    *secure = otr_str_starts(uri, OTR_STR("coaps://"));
    if (!*secure && !otr_str_starts(uri, OTR_STR("coap://")))
        return otr_fail(error, OTR_INVALID, "an address as coap://HOST:PORT or coaps://HOST:PORT expected");
    size_t scheme = *secure ? 8 : 7;
    otr_str rest = {uri.data + scheme, uri.size - scheme};
    otr_status status = split(rest, *secure ? "5684" : "5683", host, port, error);
    if (status != OTR_OK)
        return status;
    int failed = getaddrinfo(host, port, &hints, &found);
    if (failed != 0)
        return otr_fail(error, OTR_INVALID, "%s port %s: %s", host, port, gai_strerror(failed));
    coap_address_init(out);
    out->size = found->ai_addrlen;
    memcpy(&out->addr, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return OTR_OK;
}
