#include "tools/outrider/feed/feed_file.h"

#include "base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static otr_status read_stream(int fd, otr_feed_file *out, otr_error *error)
{
    otr_buffer buffer = {0};
    ssize_t size = 1;
    while (size != 0 && otr_buffer_reserve(&buffer, 65536)) {
        size = read(fd, buffer.data + buffer.size, 65536);
        if (size < 0 && errno != EINTR) {
            int reason = errno;
            otr_buffer_done(&buffer);
            return otr_fail(error, OTR_IO, "%s", strerror(reason));
        }
        buffer.size += size > 0 ? (size_t)size : 0;
    }
    if (buffer.failed) {
        otr_buffer_done(&buffer);
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    *out = (otr_feed_file){.text = otr_buffer_text(&buffer), .owned = buffer.data};
    return OTR_OK;
}

static otr_status map_file(int fd, off_t bytes, otr_feed_file *out, otr_error *error)
{
    size_t size = (size_t)bytes;
    *out = (otr_feed_file){.text = {"", 0}};
    if (bytes == 0)
        return OTR_OK;
    if ((uint64_t)bytes > SIZE_MAX)
        return otr_fail(error, OTR_LIMIT, "%s", strerror(EFBIG));
    void *mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED)
        return otr_fail(error, OTR_IO, "%s", strerror(errno));
    *out = (otr_feed_file){.text = {mapped, size}, .mapped = mapped};
    return OTR_OK;
}

otr_status otr_feed_file_open(const char *path, otr_feed_file *out, otr_error *error)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        int reason = errno;
        if (fd >= 0)
            (void)close(fd);
        return otr_fail(error, OTR_IO, "%s", strerror(reason));
    }
    otr_status status =
        S_ISREG(about.st_mode) ? map_file(fd, about.st_size, out, error) : read_stream(fd, out, error);
    (void)close(fd);
    return status;
}

void otr_feed_file_close(otr_feed_file *file)
{
    if (file->mapped != NULL)
        (void)munmap(file->mapped, file->text.size);
    free(file->owned);
    *file = (otr_feed_file){0};
}
