/* Landlock by its system calls: the headers of Debian 12 know less than kernels do. */
#include "platform/linux/system/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALL_CREATE = 444, CALL_ADD = 445, CALL_ENTER = 446 }; /* of every processor */
enum { ASK_VERSION = 1, BELOW_A_PATH = 1 };

/* Bits of the kernel's interface, with the version that brought them. */
enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_DIR = 1 << 7,
    FS_MAKE_REG = 1 << 8,
    FS_MAKE_SOCK = 1 << 9,
    FS_FIRST = (1 << 13) - 1,
    FS_REFER = 1 << 13,    /* 2: into another folder */
    FS_TRUNCATE = 1 << 14, /* 3 */
    NET_BIND_TCP = 1 << 0, /* 4 */
    SCOPE_SIGNAL = 1 << 1, /* 6 */
};

/* What may be allowed on a file; the other bits are about folders. */
enum { OF_FILES = FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE };

typedef struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
} ruleset;

typedef struct below {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed)) below;

static uint64_t bits_of(unsigned may)
{
    uint64_t bits = 0;
    if ((may & OTR_SANDBOX_READ) != 0)
        bits |= FS_READ_FILE | FS_READ_DIR;
    if ((may & OTR_SANDBOX_WRITE) != 0)
        bits |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_REFER |
                FS_TRUNCATE;
    if ((may & OTR_SANDBOX_RUN) != 0)
        bits |= FS_EXECUTE | FS_READ_FILE;
    if ((may & OTR_SANDBOX_SOCKET) != 0)
        bits |= FS_MAKE_SOCK | FS_REMOVE_FILE;
    return bits;
}

static otr_status allow(int rules, uint64_t known, const otr_sandbox_path *path, otr_error *error)
{
    struct stat about;
    int at = open(path->path, O_PATH | O_CLOEXEC);
    if (at < 0)
        return OTR_OK;
    below rule = {.allowed = bits_of(path->may) & known, .folder = at};
    if (fstat(at, &about) == 0 && !S_ISDIR(about.st_mode))
        rule.allowed &= OF_FILES;
    int failed = rule.allowed != 0 ? (int)syscall(CALL_ADD, rules, BELOW_A_PATH, &rule, 0) : 0;
    int reason = errno;
    close(at);
    return failed == 0 ? OTR_OK
                       : otr_fail(error, OTR_IO, "Landlock refuses %s: %s", path->path, strerror(reason));
}

static otr_status enter_landlock(const otr_sandbox_path *paths, size_t count, int version, otr_error *error)
{
    ruleset handled = {.files = FS_FIRST};
    size_t size = sizeof handled.files;
    if (version >= 2)
        handled.files |= FS_REFER;
    if (version >= 3)
        handled.files |= FS_TRUNCATE;
    if (version >= 4) {
        handled.network = NET_BIND_TCP;
        size += sizeof handled.network;
    }
    if (version >= 6) {
        handled.scopes = SCOPE_SIGNAL;
        size += sizeof handled.scopes;
    }
    int rules = (int)syscall(CALL_CREATE, &handled, size, 0);
    if (rules < 0)
        return otr_fail(error, OTR_IO, "Landlock takes no rules: %s", strerror(errno));
    otr_status status = OTR_OK;
    for (size_t i = 0; i < count && status == OTR_OK; i++)
        status = allow(rules, handled.files, &paths[i], error);
    if (status == OTR_OK && syscall(CALL_ENTER, rules, 0) != 0)
        status = otr_fail(error, OTR_IO, "Landlock is not entered: %s", strerror(errno));
    close(rules);
    return status;
}

otr_status otr_sandbox_enter(const otr_sandbox_path *paths, size_t count, otr_sandbox *out, otr_error *error)
{
    *out = (otr_sandbox){0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return otr_fail(error, OTR_IO, "privileges cannot be given up: %s", strerror(errno));
    long version = syscall(CALL_CREATE, NULL, 0, ASK_VERSION);
    otr_status status = version > 0 ? enter_landlock(paths, count, (int)version, error) : OTR_OK;
    if (status == OTR_OK && version > 0)
        out->landlock = (int)version;
    return status == OTR_OK ? otr_sandbox_calls(&out->calls, error) : status;
}
