#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

otr_status otr_file_read(otr_arena *arena, const char *path, size_t limit, otr_bytes *out, otr_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0)
        return otr_fail(error, OTR_IO, "cannot be opened: %s", strerror(errno));
    struct stat info;
    otr_status status = OTR_OK;
    size_t size = 0;
    uint8_t *bytes = NULL;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        status = otr_fail(error, OTR_IO, "is not a regular file");
    else if ((uint64_t)info.st_size > limit) /* a size_t may be shorter */
        status =
            otr_fail(error, OTR_LIMIT, "has %lld bytes, the limit is %zu", (long long)info.st_size, limit);
    else if ((bytes = otr_arena_alloc(arena, (size_t)info.st_size + 1)) == NULL)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    while (status == OTR_OK && size < (size_t)info.st_size) {
        ssize_t got = read(fd, bytes + size, (size_t)info.st_size - size);
        if (got < 0 && errno != EINTR)
            status = otr_fail(error, OTR_IO, "cannot be read: %s", strerror(errno));
        if (got == 0)
            break; /* it shrank meanwhile */
        size += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *out = (otr_bytes){bytes, size};
    return status;
}

otr_str otr_path_folder(otr_str path)
{
    size_t size = path.size;
    while (size > 0 && path.data[size - 1] != '/')
        size--;
    if (size == 0)
        return OTR_STR(".");
    return (otr_str){path.data, size > 1 ? size - 1 : 1};
}

otr_str otr_path_join(otr_arena *arena, otr_str folder, otr_str path)
{
    if (path.size == 0 || path.data[0] == '/' || otr_str_is(folder, "."))
        return otr_arena_copy(arena, path);
    size_t size = folder.size + 1 + path.size;
    char *joined = otr_arena_alloc(arena, size + 1);
    if (joined == NULL)
        return (otr_str){NULL, 0};
    memcpy(joined, folder.data, folder.size);
    joined[folder.size] = '/';
    memcpy(joined + folder.size + 1, path.data, path.size);
    return (otr_str){joined, size};
}
