#include "platform/linux/store/store_files.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static const char *const aside_prefixes[] = {
    [OTR_ASIDE_CORRUPT] = "outrider.db.corrupt-",
    [OTR_ASIDE_NEWER] = "outrider.db.newer-",
};

otr_status otr_store_files_init(otr_store_files *files, otr_str folder, uint64_t ballast_bytes,
                                otr_error *error)
{
    *files = (otr_store_files){.ballast_bytes = ballast_bytes};
    if (folder.size == 0 || folder.size >= sizeof files->folder)
        return otr_fail(error, OTR_INVALID, "the store's folder must have 1 to %zu bytes",
                        sizeof files->folder - 1);
    memcpy(files->folder, folder.data, folder.size);
    (void)snprintf(files->database, sizeof files->database, "%s/outrider.db", files->folder);
    (void)snprintf(files->fresh, sizeof files->fresh, "%s/outrider.db.new", files->folder);
    (void)snprintf(files->ballast, sizeof files->ballast, "%s/ballast", files->folder);
    files->ballast_held = otr_store_exists(files->ballast);
    return OTR_OK;
}

otr_status otr_store_folder_make(const otr_store_files *files, otr_error *error)
{
    if (mkdir(files->folder, 0700) == 0 || errno == EEXIST)
        return OTR_OK;
    return otr_fail(error, OTR_IO, "cannot make %s: %s", files->folder, strerror(errno));
}

bool otr_store_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

uint64_t otr_store_file_bytes(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
}

uint64_t otr_store_free_bytes(const otr_store_files *files)
{
    struct statvfs about;
    if (statvfs(files->folder, &about) != 0)
        return 0;
    return (uint64_t)about.f_bavail * about.f_frsize;
}

void otr_store_ballast_make(otr_store_files *files)
{
    uint64_t have = otr_store_file_bytes(files->ballast);
    files->ballast_held = have > 0 && have == files->ballast_bytes;
    if (files->ballast_held || files->ballast_bytes == 0)
        return;
    (void)unlink(files->ballast);
    if (otr_store_free_bytes(files) < 2 * files->ballast_bytes)
        return;
    int fd = open(files->ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    files->ballast_held = posix_fallocate(fd, 0, (off_t)files->ballast_bytes) == 0;
    (void)close(fd);
    if (!files->ballast_held)
        (void)unlink(files->ballast);
}

bool otr_store_ballast_drop(otr_store_files *files)
{
    files->ballast_held = false;
    return unlink(files->ballast) == 0;
}

static void forget(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    (void)close(fd);
}

void otr_store_forget_cache(const otr_store_files *files)
{
    char log[OTR_STORE_PATH_BYTES + 8];
    (void)snprintf(log, sizeof log, "%s-wal", files->database);
    forget(files->database);
    forget(log);
}

static otr_status sync_folder(const otr_store_files *files, otr_error *error)
{
    int fd = open(files->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    if (failed == 0)
        return OTR_OK;
    return otr_fail(error, OTR_IO, "cannot sync %s: %s", files->folder, strerror(failed));
}

static int is_aside(const struct dirent *entry, otr_aside why)
{
    return strncmp(entry->d_name, aside_prefixes[why], strlen(aside_prefixes[why])) == 0 &&
           strstr(entry->d_name, "-wal") == NULL;
}

static int is_corrupt(const struct dirent *entry)
{
    return is_aside(entry, OTR_ASIDE_CORRUPT);
}

static int is_newer(const struct dirent *entry)
{
    return is_aside(entry, OTR_ASIDE_NEWER);
}

/* All but the newest few. */
static void remove_aside(const otr_store_files *files, otr_aside why, int kept)
{
    struct dirent **entries;
    int count = scandir(files->folder, &entries, why == OTR_ASIDE_NEWER ? is_newer : is_corrupt, alphasort);
    for (int i = 0; i < count; i++) {
        if (i < count - kept) {
            char path[OTR_STORE_PATH_BYTES + 264];
            (void)snprintf(path, sizeof path, "%s/%s", files->folder, entries[i]->d_name);
            otr_log(OTR_LOG_NOTICE, "store_aside_removed", "path=\"%s\"", path);
            otr_store_remove_database(path);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static otr_status move(const char *from, const char *to, otr_error *error)
{
    if (rename(from, to) == 0 || errno == ENOENT)
        return OTR_OK;
    return otr_fail(error, OTR_IO, "cannot rename %s: %s", from, strerror(errno));
}

otr_status otr_store_set_aside(const otr_store_files *files, otr_aside why, otr_error *error)
{
    char to[OTR_STORE_PATH_BYTES + 64];
    char from_log[OTR_STORE_PATH_BYTES + 8];
    char to_log[OTR_STORE_PATH_BYTES + 72];
    struct timespec now;
    struct tm utc;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc);
    /* Microseconds, so that two in one second keep apart and in order. */
    (void)snprintf(to, sizeof to, "%s/%s%s.%06ldZ", files->folder, aside_prefixes[why], stamp,
                   now.tv_nsec / 1000);
    (void)snprintf(to_log, sizeof to_log, "%s-wal", to);
    (void)snprintf(from_log, sizeof from_log, "%s-wal", files->database);
    otr_status status = move(files->database, to, error);
    if (status == OTR_OK)
        status = move(from_log, to_log, error);
    if (status != OTR_OK)
        return status;
    char shared[OTR_STORE_PATH_BYTES + 8];
    (void)snprintf(shared, sizeof shared, "%s-shm", files->database);
    (void)unlink(shared);
    otr_log(OTR_LOG_ERROR, "store_set_aside", "path=\"%s\"", to);
    remove_aside(files, why, OTR_STORE_ASIDE_KEPT);
    return sync_folder(files, error);
}

void otr_store_remove_aside(const otr_store_files *files)
{
    remove_aside(files, OTR_ASIDE_CORRUPT, 0);
    remove_aside(files, OTR_ASIDE_NEWER, 0);
}

void otr_store_remove_database(const char *database)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[OTR_STORE_PATH_BYTES + 280];
        (void)snprintf(path, sizeof path, "%s%s", database, endings[i]);
        (void)unlink(path);
    }
}

otr_status otr_store_move(const otr_store_files *files, const char *from, const char *to, otr_error *error)
{
    if (rename(from, to) != 0)
        return otr_fail(error, OTR_IO, "cannot rename %s: %s", from, strerror(errno));
    return sync_folder(files, error);
}

otr_status otr_store_adopt_fresh(const otr_store_files *files, otr_error *error)
{
    return otr_store_move(files, files->fresh, files->database, error);
}

void otr_store_remove_fresh(const otr_store_files *files)
{
    otr_store_remove_database(files->fresh);
}
