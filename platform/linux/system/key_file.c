#include "platform/linux/system/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_BYTES = 4096 };

otr_status otr_key_file_read(int folder, const char *name, uint8_t key[OTR_KEY_FILE_BYTES], otr_error *error)
{
    struct stat about;
    uint8_t bytes[OTR_KEY_FILE_BYTES + 1];
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%s: %s", name, strerror(errno));
    otr_status status = OTR_OK;
    if (fstat(file, &about) != 0)
        status = otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
    else if (!S_ISREG(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 077) != 0)
        status = otr_fail(error, OTR_DENIED, "%s: mode %04o, owner %ld: it must be ours alone; chmod 600 it",
                          name, (unsigned)(about.st_mode & 07777), (long)about.st_uid);
    if (status == OTR_OK) {
        ssize_t size = read(file, bytes, sizeof bytes);
        if (size == OTR_KEY_FILE_BYTES)
            memcpy(key, bytes, OTR_KEY_FILE_BYTES);
        else
            status = otr_fail(error, size < 0 ? OTR_IO : OTR_CORRUPT,
                              "%s: not %d bytes; remove it for a new one", name, OTR_KEY_FILE_BYTES);
        OPENSSL_cleanse(bytes, sizeof bytes);
    }
    close(file);
    return status;
}

/* Whole or not at all, also when the power fails: under another name first. */
otr_status otr_key_file_make(int folder, const char *name, uint8_t key[OTR_KEY_FILE_BYTES], otr_error *error)
{
    char fresh[64];
    (void)snprintf(fresh, sizeof fresh, "%s.new", name);
    if (RAND_priv_bytes(key, OTR_KEY_FILE_BYTES) != 1)
        return otr_fail(error, OTR_IO, "no random numbers for %s", name);
    if (unlinkat(folder, fresh, 0) != 0 && errno != ENOENT)
        return otr_fail(error, OTR_IO, "%s: %s", fresh, strerror(errno));
    int file = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = file >= 0 && fchmod(file, 0600) == 0 &&
              write(file, key, OTR_KEY_FILE_BYTES) == OTR_KEY_FILE_BYTES && fsync(file) == 0;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    if (!ok || renameat(folder, fresh, folder, name) != 0 || fsync(folder) != 0)
        return otr_fail(error, OTR_IO, "%s cannot be written: %s", name, strerror(errno));
    return OTR_OK;
}

otr_status otr_key_folder_open(otr_str folder, int *out, otr_error *error)
{
    char path[FOLDER_BYTES];
    if (folder.size >= sizeof path)
        return otr_fail(error, OTR_INVALID, "the path of the state folder is too long");
    (void)snprintf(path, sizeof path, "%.*s", OTR_STR_ARG(folder));
    *out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *out >= 0 ? OTR_OK : otr_fail(error, OTR_IO, "%s: %s", path, strerror(errno));
}
