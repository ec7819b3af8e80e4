#include "platform/linux/coap/keys.h"

#include "base/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_BYTES = 4096,
    FILE_NAME_BYTES = 128,
    TEXT_BYTES = 2 * OTR_KEY_BYTES_MAX + 2, /* hex digits, a newline, and one to see that there is more */
};

/* The folder's descriptor, or -1 with errno. */
static int open_folder(otr_str folder)
{
    char path[FOLDER_BYTES];
    if (folder.size == 0 || folder.size >= sizeof path) {
        errno = ENOENT;
        return -1;
    }
    memcpy(path, folder.data, folder.size);
    path[folder.size] = '\0';
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The name becomes part of a path: only the letters of a device name, so neither '/' nor a leading '.'. */
static otr_status file_name(otr_str device, char out[FILE_NAME_BYTES], otr_error *error)
{
    if (!otr_device_name_ok(device))
        return otr_fail(error, OTR_INVALID,
                        "\"%.*s\" cannot name a device: letters, digits and : . _ - only, at most 64",
                        (int)(device.size < 80 ? device.size : 80), device.data != NULL ? device.data : "");
    (void)snprintf(out, FILE_NAME_BYTES, "%.*s.psk", OTR_STR_ARG(device));
    return OTR_OK;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse(const char *text, size_t size, otr_key *out)
{
    if (size > 0 && text[size - 1] == '\n')
        size--;
    if (size < (size_t)2 * OTR_KEY_BYTES || size > (size_t)2 * OTR_KEY_BYTES_MAX || size % 2 != 0)
        return false;
    for (size_t i = 0; i < size / 2; i++) {
        int high = nibble(text[2 * i]);
        int low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (uint8_t)(high << 4 | low);
    }
    out->size = size / 2;
    return true;
}

/* Reads the open key file. */
static otr_status read_key(int file, const char *name, otr_key *out, otr_error *error)
{
    char text[TEXT_BYTES];
    struct stat about;
    if (fstat(file, &about) != 0)
        return otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
    if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0)
        return otr_fail(error, OTR_DENIED, "%s: mode %04o lets others at the key; chmod 600 it", name,
                        (unsigned)(about.st_mode & 07777));
    ssize_t size = read(file, text, sizeof text);
    otr_status status = OTR_OK;
    if (size < 0)
        status = otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
    else if (!parse(text, (size_t)size, out))
        status = otr_fail(error, OTR_INVALID, "%s: 32 to 64 hex digits and a newline are needed", name);
    OPENSSL_cleanse(text, sizeof text);
    if (status != OTR_OK)
        otr_key_wipe(out);
    return status;
}

otr_status otr_key_load(otr_str folder, otr_str device, otr_key *out, otr_error *error)
{
    char name[FILE_NAME_BYTES];
    *out = (otr_key){0};
    otr_status status = file_name(device, name, error);
    if (status != OTR_OK)
        return status;
    int at = open_folder(folder);
    if (at < 0)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "keys folder %.*s: %s",
                        OTR_STR_ARG(folder), strerror(errno));
    int file = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        status = errno == ENOENT ? otr_fail(error, OTR_NOT_FOUND, "no key for this device")
                                 : otr_fail(error, errno == EACCES || errno == ELOOP ? OTR_DENIED : OTR_IO,
                                            "%s: %s", name, strerror(errno));
    } else {
        status = read_key(file, name, out, error);
        (void)close(file);
    }
    (void)close(at);
    return status;
}

/* Writes the key into a new file and makes it durable. */
static otr_status write_file(int folder, const char *name, const otr_key *key, otr_error *error)
{
    char text[TEXT_BYTES];
    struct stat about;
    size_t size = 0;
    for (size_t i = 0; i < key->size; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%02x", key->bytes[i]);
    text[size++] = '\n';
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = file >= 0;
    ok = ok && write(file, text, size) == (ssize_t)size;
    /* Enrolled by root, read by the daemon's user, to whom the folder belongs. */
    if (ok && geteuid() == 0)
        ok = fstat(folder, &about) == 0 && fchown(file, about.st_uid, about.st_gid) == 0;
    ok = ok && fchmod(file, 0600) == 0 && fsync(file) == 0;
    int reason = errno;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    OPENSSL_cleanse(text, sizeof text);
    return ok ? OTR_OK : otr_fail(error, OTR_IO, "cannot write the key: %s", strerror(reason));
}

static otr_status create_in(int folder, const char *name, bool replace, const otr_key *key, otr_error *error)
{
    uint8_t suffix[8];
    char temporary[FILE_NAME_BYTES];
    if (RAND_bytes(suffix, sizeof suffix) != 1)
        return otr_fail(error, OTR_IO, "no random numbers");
    /* No device name begins with a dot, so this one can never be taken for a key. */
    (void)snprintf(temporary, sizeof temporary, ".new-%02x%02x%02x%02x%02x%02x%02x%02x", suffix[0], suffix[1],
                   suffix[2], suffix[3], suffix[4], suffix[5], suffix[6], suffix[7]);
    otr_status status = write_file(folder, temporary, key, error);
    if (status == OTR_OK && renameat2(folder, temporary, folder, name, replace ? 0 : RENAME_NOREPLACE) != 0)
        status = errno == EEXIST
                     ? otr_fail(error, OTR_INVALID, "the device has a key already")
                     : otr_fail(error, OTR_IO, "cannot put the key in place: %s", strerror(errno));
    if (status != OTR_OK) {
        (void)unlinkat(folder, temporary, 0);
        return status;
    }
    if (fsync(folder) != 0)
        return otr_fail(error, OTR_IO, "cannot sync the keys folder: %s", strerror(errno));
    return OTR_OK;
}

otr_status otr_key_create(otr_str folder, otr_str device, bool replace, otr_key *out, otr_error *error)
{
    char name[FILE_NAME_BYTES];
    *out = (otr_key){.size = OTR_KEY_BYTES};
    otr_status status = file_name(device, name, error);
    if (status != OTR_OK)
        return status;
    if (RAND_priv_bytes(out->bytes, OTR_KEY_BYTES) != 1)
        return otr_fail(error, OTR_IO, "no random numbers for a key");
    int at = open_folder(folder);
    if (at < 0) {
        status = otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "keys folder %.*s: %s",
                          OTR_STR_ARG(folder), strerror(errno));
    } else {
        status = create_in(at, name, replace, out, error);
        (void)close(at);
    }
    if (status != OTR_OK)
        otr_key_wipe(out);
    return status;
}

void otr_key_wipe(otr_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}
