#include "platform/linux/mqtt/mqtt_credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/linux/mqtt/mqtt_files.h"

void otr_mqtt_credentials_init(otr_mqtt_credentials *credentials, const char *ca, const char *cert,
                               const char *key)
{
    *credentials = (otr_mqtt_credentials){.files = {ca, cert, key}, .copies = {-1, -1, -1}};
}

/* Whether one of the files is another than when it was last looked at. */
static bool changed(otr_mqtt_credentials *credentials)
{
    bool any = !credentials->looked;
    for (int i = 0; i < OTR_MQTT_CREDENTIALS; i++) {
        struct stat now = {0};
        if (credentials->files[i] != NULL)
            (void)stat(credentials->files[i], &now); /* one that is away is nothing */
        const struct stat *seen = &credentials->seen[i];
        any |= now.st_dev != seen->st_dev || now.st_ino != seen->st_ino || now.st_size != seen->st_size ||
               now.st_mode != seen->st_mode || now.st_mtim.tv_sec != seen->st_mtim.tv_sec ||
               now.st_mtim.tv_nsec != seen->st_mtim.tv_nsec;
        credentials->seen[i] = now;
    }
    credentials->looked = true;
    return any;
}

static otr_status copy_bytes(int from, int to, const char *name, otr_error *error)
{
    char block[4096];
    size_t total = 0;
    ssize_t size;
    while ((size = read(from, block, sizeof block)) > 0) {
        total += (size_t)size;
        if (total > OTR_MQTT_CREDENTIAL_BYTES_MAX)
            return otr_fail(error, OTR_LIMIT, "%s: is larger than %d bytes", name,
                            OTR_MQTT_CREDENTIAL_BYTES_MAX);
        if (write(to, block, (size_t)size) != size)
            return otr_fail(error, OTR_MEMORY, "no room for a copy of %s", name);
    }
    explicit_bzero(block, sizeof block);
    return size == 0 ? OTR_OK : otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
}

static otr_status copy_file(const char *name, int *out, char path[32], otr_error *error)
{
    int from = open(name, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return otr_fail(error, OTR_IO, "%s: %s", name, strerror(errno));
    *out = memfd_create("outrider-tls", MFD_CLOEXEC);
    otr_status status =
        *out >= 0 && fchmod(*out, 0600) == 0
            ? copy_bytes(from, *out, name, error)
            : otr_fail(error, OTR_MEMORY, "no memory for a copy of %s: %s", name, strerror(errno));
    close(from);
    snprintf(path, 32, "/proc/self/fd/%d", *out);
    return status;
}

static const char *path_or_null(const char *file, const char *path)
{
    return file != NULL ? path : NULL;
}

static void close_copies(int copies[OTR_MQTT_CREDENTIALS])
{
    for (int i = 0; i < OTR_MQTT_CREDENTIALS; i++)
        if (copies[i] >= 0)
            close(copies[i]);
}

/* The files are checked by their own names, for the sake of the reason; the copies again, because a file may
 * have been replaced in between. */
static otr_status load(otr_mqtt_credentials *credentials, otr_error *error)
{
    const char *const *files = credentials->files;
    int copies[OTR_MQTT_CREDENTIALS] = {-1, -1, -1};
    char paths[OTR_MQTT_CREDENTIALS][32] = {"", "", ""};
    otr_status status = otr_mqtt_files_check(files[0], files[1], files[2], error);
    for (int i = 0; i < OTR_MQTT_CREDENTIALS && status == OTR_OK; i++)
        if (files[i] != NULL)
            status = copy_file(files[i], &copies[i], paths[i], error);
    if (status == OTR_OK)
        status = otr_mqtt_files_check(path_or_null(files[0], paths[0]), path_or_null(files[1], paths[1]),
                                      path_or_null(files[2], paths[2]), error);
    if (status != OTR_OK) {
        close_copies(copies);
        return status;
    }
    close_copies(credentials->copies);
    memcpy(credentials->copies, copies, sizeof copies);
    memcpy(credentials->paths, paths, sizeof paths);
    credentials->good = true;
    return OTR_OK;
}

otr_mqtt_renewal otr_mqtt_credentials_renew(otr_mqtt_credentials *credentials, otr_error *error)
{
    bool had = credentials->good;
    if (!changed(credentials) && had)
        return OTR_MQTT_UNCHANGED;
    if (load(credentials, error) == OTR_OK)
        return OTR_MQTT_RENEWED;
    bool passes =
        error->status == OTR_MEMORY; /* as when descriptors are out: nothing is wrong with the files */
    credentials->looked = !passes;
    return had ? OTR_MQTT_KEPT : OTR_MQTT_NONE;
}

const char *otr_mqtt_credentials_path(const otr_mqtt_credentials *credentials, int which)
{
    return path_or_null(credentials->files[which], credentials->paths[which]);
}

void otr_mqtt_credentials_done(otr_mqtt_credentials *credentials)
{
    close_copies(credentials->copies);
    *credentials = (otr_mqtt_credentials){.copies = {-1, -1, -1}};
}
