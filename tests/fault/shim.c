/*
 * Preloaded into a real program, it makes one of its calls to the outside fail: the nth of a kind, once or
 * for ever.
 *
 *   OUTRIDER_FAULT=KIND:N[:ever]   memory: an allocation of the program's own code; sqlite: of SQLite's;
 * disk: a call that changes a file (EIO); full: the same, when it needs room (ENOSPC); send: a call that
 * sends (ENETUNREACH, ECONNRESET); kill: the power of the process goes before such a call of disk; stall:
 * each sync takes N ms OUTRIDER_FAULT_WHILE=FILE      only calls while that file is there count
 *   OUTRIDER_FAULT_LOG=FILE        gets a line when a call was made to fail, and at the end how many there
 * were
 *
 * Whose code calls is told by the return address. Not for sanitizers, which have allocators of their own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

typedef enum kind { NONE, MEMORY, SQLITE, DISK, DISK_FULL, SEND, KILL, STALL, KINDS } kind;
static const char *const names[KINDS] = {"none", "memory", "sqlite", "disk", "full", "send", "kill", "stall"};

typedef struct range {
    uintptr_t from;
    uintptr_t to;
} range;

static kind what;
static uint64_t nth;
static bool for_ever;
static const char *gate;
static int log_file = -1; /* opened at the start: later the daemon opens nothing outside its sandbox */
static range own;
static range sqlite;
static atomic_bool ready;
static atomic_uint_fast64_t calls;

static void say(const char *text, uint64_t number)
{
    char line[96];
    if (log_file < 0)
        return;
    int saved = errno;
    int size = snprintf(line, sizeof line, "%s %s %llu\n", names[what], text, (unsigned long long)number);
    (void)syscall(SYS_write, log_file, line, (size_t)size);
    errno = saved;
}

static int find_code(struct dl_phdr_info *info, size_t size, void *context)
{
    int *index = context;
    (void)size;
    range *out = (*index)++ == 0 ? &own : strstr(info->dlpi_name, "libsqlite3") != NULL ? &sqlite : NULL;
    for (int i = 0; out != NULL && i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
            out->from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            out->to = out->from + info->dlpi_phdr[i].p_memsz;
        }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *fault = getenv("OUTRIDER_FAULT");
    int index = 0;
    char *rest;
    if (fault == NULL)
        return;
    gate = getenv("OUTRIDER_FAULT_WHILE");
    const char *path = getenv("OUTRIDER_FAULT_LOG");
    if (path != NULL)
        log_file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (int i = 1; i < KINDS; i++)
        if (strncmp(fault, names[i], strlen(names[i])) == 0 && fault[strlen(names[i])] == ':') {
            what = (kind)i;
            nth = strtoull(fault + strlen(names[i]) + 1, &rest, 10);
            for_ever = strcmp(rest, ":ever") == 0;
        }
    (void)dl_iterate_phdr(find_code, &index);
    (void)unsetenv("LD_PRELOAD"); /* not into its children */
    atomic_store(&ready, true);
}

__attribute__((destructor)) static void end(void)
{
    if (atomic_load(&ready))
        say("calls", atomic_load(&calls));
}

/* True when the call at hand is to fail. */
static bool strikes(void)
{
    if (gate != NULL && syscall(SYS_faccessat, AT_FDCWD, gate, F_OK) != 0)
        return false;
    uint64_t number = atomic_fetch_add(&calls, 1) + 1;
    bool hit = nth > 0 && (for_ever ? number >= nth : number == nth);
    if (hit && number == nth)
        say("hit", number);
    return hit;
}

/* ---- memory ---- */

static bool no_memory(void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    if (!atomic_load_explicit(&ready, memory_order_relaxed) || (what != MEMORY && what != SQLITE))
        return false;
    const range *of = what == MEMORY ? &own : &sqlite;
    if (at < of->from || at >= of->to || !strikes())
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return no_memory(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

/* ---- files ---- */

/* One that changes a file; room: it needs some. */
static bool disk_fails(bool room)
{
    if (!atomic_load(&ready) || (what != DISK && what != KILL && (what != DISK_FULL || !room)))
        return false;
    if (!strikes())
        return false;
    if (what == KILL)
        (void)kill(getpid(), SIGKILL);
    errno = what == DISK_FULL ? ENOSPC : EIO;
    return true;
}

static bool is_file(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && fd > 2;
}

static void stall(void)
{
    if (!atomic_load(&ready) || what != STALL || (gate != NULL && access(gate, F_OK) != 0))
        return;
    say("hit", nth);
    struct timespec span = {(time_t)(nth / 1000), (long)(nth % 1000) * 1000000};
    (void)nanosleep(&span, NULL);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return disk_fails(true) ? -1 : syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return disk_fails(true) ? -1 : syscall(SYS_pwrite64, fd, data, size, at);
}

int fsync(int fd)
{
    stall();
    return disk_fails(false) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    stall();
    return disk_fails(false) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
    return disk_fails(false) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off64_t size)
{
    return disk_fails(false) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int rename(const char *from, const char *to)
{
    return disk_fails(true) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    return disk_fails(false) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* ---- sockets ---- */

static bool send_fails(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    struct sockaddr address;
    socklen_t address_size = sizeof address;
    if (!atomic_load(&ready) || what != SEND || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
        return false;
    if (getsockname(fd, &address, &address_size) != 0 || address.sa_family == AF_UNIX || !strikes())
        return false;
    errno = type == SOCK_DGRAM ? ENETUNREACH : ECONNRESET;
    return true;
}

ssize_t write(int fd, const void *data, size_t size)
{
    if (send_fails(fd))
        return -1;
    if (atomic_load(&ready) && (what == DISK || what == DISK_FULL || what == KILL) && is_file(fd) &&
        disk_fails(true))
        return -1;
    return syscall(SYS_write, fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return send_fails(fd) ? -1 : syscall(SYS_writev, fd, parts, count);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    return send_fails(fd) ? -1 : syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t to_size)
{
    return send_fails(fd) ? -1 : syscall(SYS_sendto, fd, data, size, flags, to, to_size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return send_fails(fd) ? -1 : syscall(SYS_sendmsg, fd, message, flags);
}
