/*
 * What the process gives up for good, and with it whatever it starts: files outside a list (Landlock), and
 * system calls that a gateway agent has no use for (seccomp). An older kernel has one or neither: the result
 * says what is in force. To be entered while there is one thread: Landlock binds the thread that calls and
 * those that it makes afterwards.
 */
#ifndef OTR_PLATFORM_SANDBOX_H
#define OTR_PLATFORM_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef enum otr_sandbox_may {
    OTR_SANDBOX_READ = 1 << 0,   /* files and lists of what is below a path */
    OTR_SANDBOX_WRITE = 1 << 1,  /* make, change, rename and remove files below it too */
    OTR_SANDBOX_RUN = 1 << 2,    /* start it, or what is below it, as a program */
    OTR_SANDBOX_SOCKET = 1 << 3, /* make and remove local sockets right below it */
} otr_sandbox_may;

typedef struct otr_sandbox_path {
    const char *path; /* one that is not there is passed over */
    unsigned may;     /* bits of otr_sandbox_may */
} otr_sandbox_path;

typedef struct otr_sandbox {
    int landlock; /* version of the kernel's interface; 0: files are as open as before */
    bool calls;   /* the filter of system calls is in force */
} otr_sandbox;

/* OTR_OK also where the kernel has neither: *out says what is in force. Afterwards no privilege can be gained
 * (no setuid), no TCP port listened on (from version 4), no process outside signalled (from version 6). IO:
 * the kernel has it, but refuses. */
otr_status otr_sandbox_enter(const otr_sandbox_path *paths, size_t count, otr_sandbox *out, otr_error *error);
/* The filter of system calls alone; *on is false where the kernel has none. */
otr_status otr_sandbox_calls(bool *on, otr_error *error);

#endif
