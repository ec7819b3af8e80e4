#include "tools/outrider/replay/quiet.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/ioprio.h is not everywhere. */
enum { IOPRIO_WHO_THIS_PROCESS = 1, IOPRIO_IDLE_CLASS = 3, IOPRIO_CLASS_BITS = 13 };

/* Pages that are mapped now: the program, its libraries, a recording. */
static uint64_t mapped_bytes(void)
{
    unsigned long long pages = 0;
    FILE *figures = fopen("/proc/self/statm", "r");
    if (figures != NULL) {
        if (fscanf(figures, "%llu", &pages) != 1)
            pages = 0;
        (void)fclose(figures);
    }
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Sanitizers map terabytes beside what a program asks for. */
static bool counts_address_space(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return true;
#endif
}

otr_status otr_quiet_down(uint64_t memory_bytes, otr_error *error)
{
    (void)setpriority(PRIO_PROCESS, 0, 19);
#ifdef SCHED_IDLE /* who wakes takes the processor at once, and not when a share is used up */
    (void)sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){.sched_priority = 0});
#endif
    (void)syscall(SYS_ioprio_set, IOPRIO_WHO_THIS_PROCESS, 0, IOPRIO_IDLE_CLASS << IOPRIO_CLASS_BITS);
    struct rlimit limit = {.rlim_cur = mapped_bytes() + memory_bytes, .rlim_max = RLIM_INFINITY};
    if (!counts_address_space())
        return OTR_OK;
    limit.rlim_max = limit.rlim_cur;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        return otr_fail(error, OTR_IO, "the limit of memory cannot be set: %s", strerror(errno));
    return OTR_OK;
}
