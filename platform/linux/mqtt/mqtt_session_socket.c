/* The socket of a session, which Paho does not tell. */
#include "platform/linux/mqtt/mqtt_session_internal.h"

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static bool is_broker(int fd, uint16_t port)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    int type = 0;
    socklen_t type_size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_STREAM ||
        getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
        return false;
    if (peer.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&peer)->sin_port) == port;
    if (peer.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&peer)->sin6_port) == port;
    return false;
}

int otr_mqtt_session_tune(otr_mqtt_session *session)
{
    /*
     * Paho neither sets these options nor tells its socket, so that every connection of ours to the broker's
     * port gets them. Without TCP_NODELAY Nagle's algorithm holds a message back until the broker
     * acknowledges the one before, which a delayed ACK stretches to 40 ms.
     */
    session->socket_count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return 0;
    const struct dirent *entry;
    while (session->socket_count < SOCKETS_MAX && (entry = readdir(folder)) != NULL) {
        int64_t fd = 0;
        int on = 1;
        int bytes = OTR_MQTT_SEND_BUFFER_BYTES;
        if (!otr_str_to_i64(otr_str_of(entry->d_name), &fd) ||
            !is_broker((int)fd, session->options.address.port) ||
            setsockopt((int)fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
            setsockopt((int)fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) != 0)
            continue;
        session->sockets[session->socket_count++] = (int)fd;
    }
    closedir(folder);
    return session->socket_count;
}

void otr_mqtt_session_ack_now(const otr_mqtt_session *session)
{
    for (int i = 0; i < session->socket_count; i++) {
        int on = 1;
        /* Paho may have closed it, and its number may be another socket's by now: to that one it does no
         * harm. */
        (void)setsockopt(session->sockets[i], IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
}

void otr_mqtt_session_break(otr_mqtt_session *session)
{
    if (session->socket_count == 0)
        otr_mqtt_session_tune(session);
    for (int i = 0; i < session->socket_count; i++)
        if (is_broker(session->sockets[i], session->options.address.port))
            (void)shutdown(session->sockets[i], SHUT_RDWR);
}
