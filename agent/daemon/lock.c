#include "daemon/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long read_owner(int fd)
{
    char text[24] = "";
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    return size > 0 ? strtol(text, NULL, 10) : 0;
}

static otr_status write_owner(int fd, const char *folder, otr_error *error)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size) {
        /* on a full disk the lock still holds: only its owner's name is missing */
        if (errno != ENOSPC)
            return otr_fail(error, OTR_IO, "%s/lock cannot be written: %s", folder, strerror(errno));
    }
    return OTR_OK;
}

otr_status otr_lock_take(const char *folder, int *fd, otr_error *error)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/lock", folder) >= (int)sizeof path)
        return otr_fail(error, OTR_INVALID, "the path of the state folder is too long");
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return otr_fail(error, OTR_IO, "the state folder %s cannot be made: %s", folder, strerror(errno));
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return otr_fail(error, OTR_IO, "%s cannot be opened: %s", path, strerror(errno));
    otr_status status = OTR_OK;
    if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        status = errno == EWOULDBLOCK
                     ? otr_fail(error, OTR_DENIED, "the state folder %s is in use by process %ld", folder,
                                read_owner(lock))
                     : otr_fail(error, OTR_IO, "%s cannot be locked: %s", path, strerror(errno));
    else
        status = write_owner(lock, folder, error);
    if (status != OTR_OK) {
        close(lock);
        return status;
    }
    *fd = lock;
    return OTR_OK;
}

long otr_lock_owner(const char *folder)
{
    char path[PATH_MAX];
    long owner = 0;
    if (snprintf(path, sizeof path, "%s/lock", folder) >= (int)sizeof path)
        return 0;
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock < 0)
        return 0;
    if (flock(lock, LOCK_SH | LOCK_NB) != 0)
        owner = read_owner(lock);
    close(lock); /* drops a lock that we got */
    return owner;
}
