#include "platform/linux/mqtt/mqtt_resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PENDING = INT_MAX };

struct otr_resolve {
    atomic_int references; /* the owner and the thread */
    atomic_int answer;
    int event_fd;
    char host[];
};

static void release(otr_resolve *resolve)
{
    if (atomic_fetch_sub(&resolve->references, 1) != 1)
        return;
    close(resolve->event_fd);
    free(resolve);
}

static void *ask(void *context)
{
    otr_resolve *resolve = context;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int answer = getaddrinfo(resolve->host, NULL, &hints, &list);
    if (answer == 0)
        freeaddrinfo(list);
    atomic_store(&resolve->answer, answer);
    uint64_t one = 1;
    ssize_t written = write(resolve->event_fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
    release(resolve);
    return NULL;
}

otr_status otr_resolve_start(const char *host, int event_fd, otr_resolve **out, otr_error *error)
{
    size_t size = strlen(host) + 1;
    otr_resolve *resolve = malloc(sizeof *resolve + size);
    if (resolve == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    memcpy(resolve->host, host, size);
    atomic_init(&resolve->references, 2);
    atomic_init(&resolve->answer, PENDING);
    resolve->event_fd = fcntl(event_fd, F_DUPFD_CLOEXEC, 0);
    if (resolve->event_fd < 0) {
        otr_fail(error, OTR_IO, "duplicating a descriptor: %s", strerror(errno));
        free(resolve);
        return OTR_IO;
    }
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the loop */
    int failure = pthread_create(&thread, &attributes, ask, resolve);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure != 0) {
        atomic_store(&resolve->references, 1);
        release(resolve);
        return otr_fail(error, OTR_IO, "starting a thread: %s", strerror(failure));
    }
    *out = resolve;
    return OTR_OK;
}

bool otr_resolve_done(const otr_resolve *resolve, int *answer)
{
    int value = atomic_load(&resolve->answer);
    if (value == PENDING)
        return false;
    *answer = value;
    return true;
}

void otr_resolve_free(otr_resolve *resolve)
{
    if (resolve != NULL)
        release(resolve);
}
