#include "daemon/control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

typedef struct client {
    struct otr_control *control;
    struct client *next;
    uv_pipe_t pipe;
    uv_timer_t idle;
    uv_write_t write;
    unsigned handles; /* open: pipe and timer */
    bool writing;
    bool waiting; /* for the answer to the line with this token */
    uint64_t token;
    unsigned uid;
    char line[OTR_CONTROL_LINE_BYTES];
    size_t used;
    otr_buffer reply;
} client;

struct otr_control {
    uv_pipe_t listener;
    client *clients;
    size_t client_count;
    uint64_t tokens; /* given so far */
    bool closing;
    bool listener_closed;
    otr_control_answer *answer;
    void *context;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

static void answer_next_line(client *c);

static void free_when_last(otr_control *control)
{
    if (control->closing && control->listener_closed && control->clients == NULL)
        free(control);
}

static void client_closed(uv_handle_t *handle)
{
    client *c = handle->data;
    if (--c->handles > 0)
        return;
    otr_control *control = c->control;
    client **link = &control->clients;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    control->client_count--;
    otr_buffer_done(&c->reply);
    free(c);
    free_when_last(control);
}

static void drop(client *c)
{
    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    uv_close((uv_handle_t *)&c->pipe, client_closed);
    uv_close((uv_handle_t *)&c->idle, client_closed);
}

static void idle_over(uv_timer_t *timer)
{
    drop(timer->data);
}

static void alive(client *c)
{
    uv_timer_start(&c->idle, idle_over, OTR_CONTROL_IDLE_MS, 0);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    client *c = handle->data;
    (void)suggested;
    *out = uv_buf_init(c->line + c->used, (unsigned)(sizeof c->line - c->used));
}

static void received(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    client *c = stream->data;
    (void)buffer;
    if (size < 0) {
        if (size == UV_ENOBUFS)
            otr_log(OTR_LOG_WARNING, "control", "result=dropped reason=\"a line over %d bytes\"",
                    OTR_CONTROL_LINE_BYTES);
        drop(c);
        return;
    }
    c->used += (size_t)size;
    answer_next_line(c);
}

static void written(uv_write_t *request, int status)
{
    client *c = request->data;
    c->writing = false;
    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    if (status != 0 || uv_read_start((uv_stream_t *)&c->pipe, give_room, received) != 0) {
        drop(c);
        return;
    }
    alive(c);
    answer_next_line(c);
}

static void send_reply(client *c)
{
    otr_buffer_add_u8(&c->reply, '\n');
    if (c->reply.failed) {
        drop(c);
        return;
    }
    uv_buf_t out = uv_buf_init((char *)c->reply.data, (unsigned)c->reply.size);
    c->write.data = c;
    c->writing = true;
    if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &out, 1, written) != 0)
        drop(c);
}

/* While an answer is on its way nothing more is read: a client that does not read its answers waits for
 * itself. */
static void answer_next_line(client *c)
{
    char *end = memchr(c->line, '\n', c->used);
    if (c->writing || c->waiting || end == NULL)
        return;
    size_t size = (size_t)(end - c->line);
    otr_buffer_clear(&c->reply);
    c->token = ++c->control->tokens;
    bool answered = c->control->answer(c->control->context, c->token, (otr_str){c->line, size}, &c->reply);
    c->used -= size + 1;
    memmove(c->line, end + 1, c->used);
    uv_read_stop((uv_stream_t *)&c->pipe);
    c->waiting = !answered;
    if (answered)
        send_reply(c);
}

unsigned otr_control_uid(const otr_control *control, uint64_t token)
{
    for (const client *c = control != NULL ? control->clients : NULL; c != NULL; c = c->next)
        if (c->token == token)
            return c->uid;
    return UINT_MAX;
}

static unsigned peer_of(const uv_pipe_t *pipe)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int fd = -1;
    bool known = uv_fileno((const uv_handle_t *)pipe, &fd) == 0 &&
                 getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    return known ? peer.uid : UINT_MAX;
}

void otr_control_reply(otr_control *control, uint64_t token, otr_str text)
{
    for (client *c = control->clients; c != NULL; c = c->next) {
        if (!c->waiting || c->token != token || uv_is_closing((uv_handle_t *)&c->pipe))
            continue;
        c->waiting = false;
        otr_buffer_add(&c->reply, text.data, text.size);
        send_reply(c);
        return;
    }
}

static void refuse_one(otr_control *control)
{
    int fd = -1;
    if (uv_fileno((uv_handle_t *)&control->listener, &fd) == 0)
        fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
}

static void connected(uv_stream_t *listener, int status)
{
    otr_control *control = listener->data;
    if (status != 0)
        return;
    client *c = calloc(1, sizeof *c);
    if (c == NULL) {
        refuse_one(control);
        return;
    }
    c->control = control;
    uv_pipe_init(listener->loop, &c->pipe, 0);
    uv_timer_init(listener->loop, &c->idle);
    c->pipe.data = c;
    c->idle.data = c;
    c->handles = 2;
    c->next = control->clients;
    control->clients = c;
    control->client_count++;
    if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0 || control->client_count > OTR_CONTROL_CLIENTS ||
        uv_read_start((uv_stream_t *)&c->pipe, give_room, received) != 0) {
        drop(c);
        return;
    }
    c->uid = peer_of(&c->pipe);
    alive(c);
}

/* A socket left behind by a process that was killed is removed; one that answers is not ours to take. */
static otr_status bind_socket(const char *path, int *out, otr_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return otr_fail(error, OTR_INVALID, "the path of the control socket is too long");
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return otr_fail(error, OTR_IO, "no control socket: %s", strerror(errno));
    int probe = connect(fd, (struct sockaddr *)&address, sizeof address);
    if (probe == 0 || errno == EAGAIN) {
        close(fd);
        return otr_fail(error, OTR_DENIED, "another process listens on %s", path);
    }
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode))
        (void)unlink(path);
    /* the mode given before the bind is the mode that the file is made with: it is never open to others */
    if (fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        otr_status status = otr_fail(error, OTR_IO, "%s: %s", path, strerror(errno));
        close(fd);
        return status;
    }
    *out = fd;
    return OTR_OK;
}

static void make_folder(const char *path)
{
    char folder[sizeof((struct sockaddr_un *)0)->sun_path];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof folder)
        return;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    (void)mkdir(folder, 0755); /* when this fails, so does the bind, with its reason */
}

static void listener_closed(uv_handle_t *handle)
{
    otr_control *control = handle->data;
    control->listener_closed = true;
    free_when_last(control);
}

otr_status otr_control_open(uv_loop_t *loop, const char *path, otr_control_answer *answer, void *context,
                            otr_control **out, otr_error *error)
{
    int fd = -1;
    *out = NULL;
    make_folder(path);
    otr_status status = bind_socket(path, &fd, error);
    if (status != OTR_OK)
        return status;
    otr_control *control = calloc(1, sizeof *control);
    if (control == NULL) {
        close(fd);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    snprintf(control->path, sizeof control->path, "%s", path);
    control->answer = answer;
    control->context = context;
    uv_pipe_init(loop, &control->listener, 0);
    control->listener.data = control;
    int failed = uv_pipe_open(&control->listener, fd);
    if (failed != 0)
        close(fd);
    else
        failed = uv_listen((uv_stream_t *)&control->listener, OTR_CONTROL_CLIENTS, connected);
    if (failed != 0) {
        otr_control_close(control);
        return otr_fail(error, OTR_IO, "%s: %s", path, uv_strerror(failed));
    }
    *out = control;
    return OTR_OK;
}

void otr_control_close(otr_control *control)
{
    if (control == NULL)
        return;
    control->closing = true;
    (void)unlink(control->path);
    for (client *c = control->clients; c != NULL; c = c->next)
        drop(c);
    uv_close((uv_handle_t *)&control->listener, listener_closed);
}
