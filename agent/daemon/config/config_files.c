/* The files that a configuration names: present, of the right kind, and secret where they must be. */
#include "daemon/config/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static otr_status check_file(const otr_config *config, const otr_str *path, bool secret, otr_error *error)
{
    struct stat info;
    if (path->size == 0)
        return OTR_OK;
    if (stat(path->data, &info) != 0)
        return otr_config_fail(config, path, error, "%s: %s", path->data, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return otr_config_fail(config, path, error, "%s is not a regular file", path->data);
    if (access(path->data, R_OK) != 0)
        return otr_config_fail(config, path, error, "%s cannot be read by this user", path->data);
    if (secret && (info.st_mode & 077) != 0)
        return otr_config_fail(config, path, error, "%s is open to other users (mode %04o): chmod 600 it",
                               path->data, (unsigned)(info.st_mode & 07777));
    return OTR_OK;
}

static bool key_file(const char *name)
{
    size_t size = strlen(name);
    return size > 4 && name[0] != '.' && strcmp(name + size - 4, ".psk") == 0;
}

static otr_status check_keys(const otr_config *config, otr_error *error)
{
    const otr_str *path = &config->coap.keys;
    struct stat info;
    otr_status status = OTR_OK;
    if (path->size == 0)
        return OTR_OK;
    DIR *folder = opendir(path->data);
    if (folder == NULL)
        return otr_config_fail(config, path, error, "%s: %s", path->data, strerror(errno));
    if (fstat(dirfd(folder), &info) == 0 && (info.st_mode & 022) != 0)
        status =
            otr_config_fail(config, path, error, "%s can be written by other users (mode %04o): chmod 700 it",
                            path->data, (unsigned)(info.st_mode & 07777));
    for (struct dirent *entry = readdir(folder); entry != NULL && status == OTR_OK; entry = readdir(folder)) {
        if (!key_file(entry->d_name) || fstatat(dirfd(folder), entry->d_name, &info, 0) != 0)
            continue;
        if ((info.st_mode & 077) != 0)
            status =
                otr_config_fail(config, path, error, "%s is open to other users (mode %04o): chmod 600 it",
                                entry->d_name, (unsigned)(info.st_mode & 07777));
    }
    closedir(folder);
    return status;
}

otr_status otr_config_check_files(const otr_config *config, otr_error *error)
{
    const struct {
        const otr_str *path;
        bool secret;
    } files[] = {{&config->mqtt.ca, false},
                 {&config->mqtt.cert, false},
                 {&config->mqtt.key, true},
                 {&config->mqtt.psk_file, true},
                 {&config->mqtt.password_file, true}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        otr_status status = check_file(config, files[i].path, files[i].secret, error);
        if (status != OTR_OK)
            return status;
    }
    return check_keys(config, error);
}
