/*
 * Plain UDP. Against a loopback address all devices share one socket and differ by their source address in
 * 127.0.0.0/8, so that one system call carries many of them; the server sees one peer for each. Elsewhere
 * each device has a connected socket of its own.
 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for the address of our side of a datagram. */
typedef union side {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
} side;

typedef struct carrier {
    bool shared;
    int poll;
    int *sockets; /* one, or one for each device */
    unsigned socket_count;
    struct mmsghdr out[LOAD_BATCH];
    struct iovec out_parts[LOAD_BATCH];
    side out_sides[LOAD_BATCH];
    unsigned out_count;
    uint8_t out_bytes[LOAD_BATCH][LOAD_PACKET_BYTES];
    struct mmsghdr in[LOAD_BATCH];
    struct iovec in_parts[LOAD_BATCH];
    side in_sides[LOAD_BATCH];
    uint8_t in_bytes[LOAD_BATCH][LOAD_REPLY_BYTES];
} carrier;

static int open_socket(load *run, bool connected)
{
    int size = 4 << 20;
    int on = 1;
    int fd = socket(run->options.server.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (!connected) {
        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
            (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
        if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
            bind(fd, (struct sockaddr *)&any, sizeof any) == 0)
            return fd;
    } else if (connect(fd, (struct sockaddr *)&run->options.server, run->options.server_size) == 0) {
        return fd;
    }
    (void)close(fd);
    return -1;
}

static void udp_close(load *run)
{
    carrier *self = run->carrier_state;
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->socket_count; i++)
        (void)close(self->sockets[i]);
    if (self->poll >= 0)
        (void)close(self->poll);
    free(self->sockets);
    free(self);
    run->carrier_state = NULL;
}

static otr_status udp_open(load *run, otr_error *error)
{
    carrier *self = calloc(1, sizeof *self);
    const struct sockaddr_in *server = (const struct sockaddr_in *)&run->options.server;
    if (self == NULL)
        return otr_fail(error, OTR_MEMORY, "no memory");
    run->carrier_state = self;
    self->poll = epoll_create1(EPOLL_CLOEXEC);
    self->shared = server->sin_family == AF_INET && ntohl(server->sin_addr.s_addr) >> 24 == 127;
    unsigned wanted = self->shared ? 1 : run->options.devices;
    self->sockets = calloc(wanted, sizeof *self->sockets);
    if (self->sockets == NULL || self->poll < 0)
        return otr_fail(error, OTR_MEMORY, "no memory");
    for (; self->socket_count < wanted; self->socket_count++) {
        int fd = open_socket(run, !self->shared);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = self->socket_count};
        if (fd < 0)
            return otr_fail(error, OTR_IO, "cannot open socket %u: %s", self->socket_count, strerror(errno));
        self->sockets[self->socket_count] = fd;
        (void)epoll_ctl(self->poll, EPOLL_CTL_ADD, fd, &event);
    }
    for (unsigned i = 0; i < LOAD_BATCH; i++) {
        self->in_parts[i] = (struct iovec){self->in_bytes[i], LOAD_REPLY_BYTES};
        self->in[i].msg_hdr = (struct msghdr){.msg_iov = &self->in_parts[i], .msg_iovlen = 1};
    }
    return OTR_OK;
}

static void udp_flush(load *run)
{
    carrier *self = run->carrier_state;
    unsigned done = 0;
    while (done < self->out_count) {
        int sent = sendmmsg(self->sockets[0], self->out + done, self->out_count - done, 0);
        if (sent <= 0)
            break; /* as a datagram that is lost: retransmission follows */
        done += (unsigned)sent;
    }
    self->out_count = 0;
}

/* The address of a device: 127.64.0.0 and on. Linux takes all of 127.0.0.0/8 for its own. */
static const uint32_t first_address = 0x7f400000U;

static void udp_send(load *run, load_device *device, const uint8_t *bytes, size_t size)
{
    carrier *self = run->carrier_state;
    if (!self->shared) {
        (void)send(self->sockets[device->number - run->options.first], bytes, size, 0);
        return;
    }
    if (self->out_count == LOAD_BATCH)
        udp_flush(run);
    unsigned at = self->out_count++;
    struct cmsghdr *head = &self->out_sides[at].head;
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(first_address + device->number)};
    memcpy(self->out_bytes[at], bytes, size);
    self->out_parts[at] = (struct iovec){self->out_bytes[at], size};
    head->cmsg_level = IPPROTO_IP;
    head->cmsg_type = IP_PKTINFO;
    head->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(head), &info, sizeof info);
    self->out[at].msg_hdr = (struct msghdr){
        .msg_name = &run->options.server,
        .msg_namelen = run->options.server_size,
        .msg_iov = &self->out_parts[at],
        .msg_iovlen = 1,
        .msg_control = self->out_sides[at].bytes,
        .msg_controllen = sizeof self->out_sides[at].bytes,
    };
}

/* Whom a datagram on the shared socket is for, NULL for nobody. */
static load_device *receiver(load *run, struct msghdr *message)
{
    struct in_pktinfo info;
    const struct cmsghdr *head = CMSG_FIRSTHDR(message);
    if (head == NULL || head->cmsg_level != IPPROTO_IP || head->cmsg_type != IP_PKTINFO)
        return NULL;
    memcpy(&info, CMSG_DATA(head), sizeof info);
    uint32_t index = ntohl(info.ipi_addr.s_addr) - first_address - run->options.first;
    return index < run->options.devices ? &run->devices[index] : NULL;
}

static void read_socket(load *run, carrier *self, unsigned index)
{
    for (;;) {
        for (unsigned i = 0; i < LOAD_BATCH; i++) {
            self->in[i].msg_hdr.msg_control = self->in_sides[i].bytes;
            self->in[i].msg_hdr.msg_controllen = sizeof self->in_sides[i].bytes;
        }
        int count = recvmmsg(self->sockets[index], self->in, LOAD_BATCH, 0, NULL);
        for (int i = 0; i < count; i++) {
            load_device *device = self->shared ? receiver(run, &self->in[i].msg_hdr) : &run->devices[index];
            if (device != NULL)
                load_received(run, device, self->in_bytes[i], self->in[i].msg_len);
        }
        if (count < LOAD_BATCH)
            return;
    }
}

static void udp_receive(load *run, int timeout_ms)
{
    carrier *self = run->carrier_state;
    struct epoll_event events[LOAD_BATCH];
    int count = epoll_wait(self->poll, events, LOAD_BATCH, timeout_ms);
    run->now_us = load_clock_us();
    for (int i = 0; i < count; i++)
        read_socket(run, self, events[i].data.u32);
}

const load_carrier load_udp = {udp_open, udp_send, udp_flush, udp_receive, udp_close};
