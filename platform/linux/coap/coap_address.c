#include "platform/linux/coap/coap_internal.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/*
 * The kernel's default of about 200 KiB holds some 250 small datagrams. While the loop waits for a turn of 10
 * ms at 40,000 requests a second, 400 arrive, and each one dropped costs its device a retransmission after 2
 * s.
 */
enum { RECEIVE_BUFFER_BYTES = 4 << 20, SEND_BUFFER_BYTES = 1 << 20, DESCRIPTORS_MAX = 4096 };

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* The number in text, or -1. */
static long number(otr_str text, long max)
{
    int64_t value = 0;
    if (text.size == 0 || text.data[0] < '0' || text.data[0] > '9' || !otr_str_to_i64(text, &value) ||
        value > max)
        return -1;
    return (long)value;
}

static bool host_bytes(otr_str host, int *family, uint8_t out[16])
{
    char text[INET6_ADDRSTRLEN];
    if (host.size == 0 || host.size >= sizeof text || memchr(host.data, 0, host.size) != NULL)
        return false;
    memcpy(text, host.data, host.size);
    text[host.size] = '\0';
    *family = memchr(host.data, ':', host.size) != NULL ? AF_INET6 : AF_INET;
    return inet_pton(*family, text, out) == 1;
}

otr_status otr_coap_address_parse(otr_str text, coap_address_t *out, otr_error *error)
{
    const char *colon = text.size > 0 ? memrchr(text.data, ':', text.size) : NULL;
    uint8_t bytes[16];
    int family = AF_INET;
    if (colon != NULL) {
        otr_str host = {text.data, (size_t)(colon - text.data)};
        otr_str port_text = {colon + 1, text.size - host.size - 1};
        bool brackets = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
        if (brackets)
            host = (otr_str){host.data + 1, host.size - 2};
        long port = number(port_text, 65535);
        if (port >= 0 && host_bytes(host, &family, bytes) && brackets == (family == AF_INET6)) {
            coap_address_init(out);
            if (family == AF_INET) {
                out->size = sizeof out->addr.sin;
                out->addr.sin.sin_family = AF_INET;
                out->addr.sin.sin_port = htons((uint16_t)port);
                memcpy(&out->addr.sin.sin_addr, bytes, 4);
            } else {
                out->size = sizeof out->addr.sin6;
                out->addr.sin6.sin6_family = AF_INET6;
                out->addr.sin6.sin6_port = htons((uint16_t)port);
                memcpy(&out->addr.sin6.sin6_addr, bytes, 16);
            }
            return OTR_OK;
        }
    }
    return otr_fail(error, OTR_INVALID, "\"%.*s\" is not ADDRESS:PORT, such as 127.0.0.1:5683 or [::]:5684",
                    OTR_STR_ARG(text));
}

otr_status otr_coap_network_parse(otr_str text, otr_coap_network *out, otr_error *error)
{
    const char *slash = text.size > 0 ? memchr(text.data, '/', text.size) : NULL;
    otr_str host = {text.data, slash != NULL ? (size_t)(slash - text.data) : text.size};
    uint8_t bytes[16];
    int family = AF_INET;
    if (host_bytes(host, &family, bytes)) {
        long full = family == AF_INET ? 32 : 128;
        otr_str bits_text = {slash != NULL ? slash + 1 : NULL, slash != NULL ? text.size - host.size - 1 : 0};
        long bits = slash != NULL ? number(bits_text, full) : full;
        if (bits >= 0) {
            memcpy(out->prefix, mapped, sizeof mapped);
            memcpy(out->prefix + (family == AF_INET ? 12 : 0), bytes, family == AF_INET ? 4 : 16);
            out->bits = (unsigned)bits + (family == AF_INET ? 96 : 0);
            return OTR_OK;
        }
    }
    return otr_fail(error, OTR_INVALID, "\"%.*s\" is not a network, such as 10.0.0.0/8 or fd00::/8",
                    OTR_STR_ARG(text));
}

const char *otr_coap_address_text(const coap_address_t *address, char out[OTR_COAP_ADDRESS_TEXT_BYTES])
{
    uint8_t bytes[16];
    char host[INET6_ADDRSTRLEN] = "";
    otr_coap_address_bytes(address, bytes);
    bool is_v4 = memcmp(bytes, mapped, sizeof mapped) == 0;
    (void)inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? bytes + sizeof mapped : bytes, host, sizeof host);
    (void)snprintf(out, OTR_COAP_ADDRESS_TEXT_BYTES, is_v4 ? "%s:%u" : "[%s]:%u", host,
                   otr_coap_address_port(address));
    return out;
}

void otr_coap_address_bytes(const coap_address_t *address, uint8_t out[16])
{
    if (address->addr.sa.sa_family == AF_INET6) {
        memcpy(out, &address->addr.sin6.sin6_addr, 16);
        return;
    }
    memcpy(out, mapped, sizeof mapped);
    memcpy(out + 12, &address->addr.sin.sin_addr, 4);
}

uint16_t otr_coap_address_port(const coap_address_t *address)
{
    return ntohs(address->addr.sa.sa_family == AF_INET6 ? address->addr.sin6.sin6_port
                                                        : address->addr.sin.sin_port);
}

bool otr_coap_network_has(const otr_coap_network *network, const uint8_t address[16])
{
    unsigned whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (memcmp(network->prefix, address, whole) != 0)
        return false;
    return rest == 0 || ((network->prefix[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

bool otr_coap_address_is_loopback(const uint8_t address[16])
{
    static const otr_coap_network four = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, 104};
    static const otr_coap_network six = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128};
    return otr_coap_network_has(&four, address) || otr_coap_network_has(&six, address);
}

/* One bit for each descriptor that is a datagram socket now. */
static void datagram_sockets(uint8_t set[DESCRIPTORS_MAX / 8])
{
    memset(set, 0, DESCRIPTORS_MAX / 8);
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int type = 0;
        socklen_t size = sizeof type;
        long fd = number(otr_str_of(entry->d_name), DESCRIPTORS_MAX - 1);
        if (fd >= 0 && getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM)
            set[fd / 8] |= (uint8_t)(1U << (fd % 8));
    }
    (void)closedir(folder);
}

/* The first socket that is new since before was taken and bound as wanted says (any port for port 0). */
static int new_socket(const uint8_t before[DESCRIPTORS_MAX / 8], const coap_address_t *wanted, uint16_t *port)
{
    uint8_t now[DESCRIPTORS_MAX / 8];
    datagram_sockets(now);
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
        coap_address_t bound;
        if ((now[fd / 8] & ~before[fd / 8] & (1U << (fd % 8))) == 0)
            continue;
        coap_address_init(&bound);
        bound.size = sizeof bound.addr;
        if (getsockname(fd, &bound.addr.sa, &bound.size) != 0 ||
            bound.addr.sa.sa_family != wanted->addr.sa.sa_family)
            continue;
        *port = otr_coap_address_port(&bound);
        if (*port != 0 && (otr_coap_address_port(wanted) == 0 || otr_coap_address_port(wanted) == *port))
            return fd;
    }
    return -1;
}

otr_status otr_coap_endpoint(coap_context_t *context, coap_address_t *address, coap_proto_t protocol,
                             uint16_t *port, int *socket, otr_error *error)
{
    uint8_t before[DESCRIPTORS_MAX / 8];
    /* libcoap tells neither its socket nor the port it got, and sets no buffer sizes: look what opened. */
    datagram_sockets(before);
    coap_endpoint_t *endpoint = coap_new_endpoint(context, address, protocol);
    if (endpoint == NULL)
        return otr_fail(error, OTR_IO, "cannot listen on port %u: %s", otr_coap_address_port(address),
                        strerror(errno));
    /* Plain datagrams up to what libcoap's receive buffer holds; over DTLS its default keeps handshakes
     * unfragmented. */
    if (protocol == COAP_PROTO_UDP)
        coap_endpoint_set_default_mtu(endpoint, 1472);
    *socket = new_socket(before, address, port);
    if (*socket < 0) {
        *port = otr_coap_address_port(address);
        return OTR_OK;
    }
    int receive = RECEIVE_BUFFER_BYTES;
    int send = SEND_BUFFER_BYTES;
    /* FORCE needs CAP_NET_ADMIN; the plain option is capped by net.core.rmem_max. A smaller buffer still
     * works. */
    if (setsockopt(*socket, SOL_SOCKET, SO_RCVBUFFORCE, &receive, sizeof receive) != 0)
        (void)setsockopt(*socket, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
    (void)setsockopt(*socket, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
    return OTR_OK;
}
