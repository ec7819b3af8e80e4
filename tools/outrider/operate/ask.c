#include "tools/outrider/operate/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_BYTES_MAX = 1 << 20 };

int otr_ask_open(const char *path, int wait_s, otr_buffer *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = wait_s};
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    otr_buffer_add_format(why, "the daemon does not answer at %s: %s\n", path, strerror(errno));
    close(fd);
    return -1;
}

json_t *otr_ask(int fd, const char *request, otr_buffer *why)
{
    otr_buffer answer = {0};
    ssize_t size = send(fd, request, strlen(request), MSG_NOSIGNAL);
    bool whole = false;
    while (size > 0 && !whole && answer.size < ANSWER_BYTES_MAX && otr_buffer_reserve(&answer, 4096)) {
        size = recv(fd, answer.data + answer.size, 4096, 0);
        answer.size += size > 0 ? (size_t)size : 0;
        whole = answer.size > 0 && answer.data[answer.size - 1] == '\n';
    }
    json_t *found = whole ? json_loadb((const char *)answer.data, answer.size, 0, NULL) : NULL;
    if (found == NULL)
        otr_buffer_add_format(why, "no answer to %.*s\n", (int)strcspn(request, "\n"), request);
    otr_buffer_done(&answer);
    return found;
}
