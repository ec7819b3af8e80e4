#include "tools/outrider/push/provision.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool otr_provision_failed(const char *what, const otr_error *error)
{
    (void)fprintf(stderr, "outrider provision: %s: %s\n", what,
                  error != NULL ? error->text : strerror(errno));
    return false;
}

bool otr_provision_path(const otr_provision *in, char out[OTR_PROVISION_PATH_BYTES], const char *format, ...)
{
    char name[OTR_PROVISION_PATH_BYTES];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(name, sizeof name, format, list);
    va_end(list);
    if (size > 0 && (size_t)size < sizeof name) {
        size = snprintf(out, OTR_PROVISION_PATH_BYTES, "%s/%s", in->folder, name);
        if (size > 0 && size < OTR_PROVISION_PATH_BYTES)
            return true;
    }
    errno = ENAMETOOLONG;
    return otr_provision_failed(in->folder, NULL);
}

bool otr_provision_folder(const char *path, mode_t mode)
{
    return mkdir(path, mode) == 0 || errno == EEXIST || otr_provision_failed(path, NULL);
}

bool otr_provision_is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static bool fresh_of(const char *path, char out[OTR_PROVISION_PATH_BYTES + 8])
{
    int size = snprintf(out, OTR_PROVISION_PATH_BYTES + 8, "%s.new", path);
    return size > 0 && size < OTR_PROVISION_PATH_BYTES + 8;
}

FILE *otr_provision_begin(const char *path, mode_t mode)
{
    char fresh[OTR_PROVISION_PATH_BYTES + 8];
    int file = -1;
    if (fresh_of(path, fresh)) {
        (void)unlink(fresh);
        file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    }
    FILE *stream = file >= 0 && fchmod(file, mode) == 0 ? fdopen(file, "w") : NULL;
    if (stream == NULL) {
        (void)otr_provision_failed(path, NULL);
        if (file >= 0)
            close(file);
    }
    return stream;
}

bool otr_provision_end(FILE *file, const char *path)
{
    char fresh[OTR_PROVISION_PATH_BYTES + 8];
    if (file == NULL || !fresh_of(path, fresh))
        return false;
    bool ok = fflush(file) == 0 && fsync(fileno(file)) == 0;
    ok = (fclose(file) == 0) & ok;
    if (ok && rename(fresh, path) == 0)
        return true;
    (void)otr_provision_failed(path, NULL);
    (void)unlink(fresh);
    return false;
}

bool otr_provision_copy(const char *from, const char *to, mode_t mode)
{
    char bytes[4096];
    FILE *source = fopen(from, "re");
    if (source == NULL)
        return otr_provision_failed(from, NULL);
    FILE *target = otr_provision_begin(to, mode);
    for (size_t size = 1; target != NULL && size > 0;) {
        size = fread(bytes, 1, sizeof bytes, source);
        if (fwrite(bytes, 1, size, target) != size)
            break; /* otr_provision_end finds it */
    }
    (void)fclose(source);
    return otr_provision_end(target, to);
}

/* ---- what depends on all that there is ---- */

static int is_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".new") == NULL;
}

/* The entries of a folder in order; -1 with the reason on stderr. */
static int list(const char *path, struct dirent ***out)
{
    int count = scandir(path, out, is_name, alphasort);
    if (count < 0)
        (void)otr_provision_failed(path, NULL);
    return count;
}

static void free_list(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* NAME of NAME.yaml. */
static int stem(const char *name)
{
    size_t size = strlen(name);
    return size > 5 && strcmp(name + size - 5, ".yaml") == 0 ? (int)size - 5 : -1;
}

bool otr_provision_write_acl(const otr_provision *in)
{
    char gateways[OTR_PROVISION_PATH_BYTES];
    char operators[OTR_PROVISION_PATH_BYTES];
    char hosts[OTR_PROVISION_PATH_BYTES];
    char path[OTR_PROVISION_PATH_BYTES];
    struct dirent **names = NULL;
    if (!otr_provision_path(in, gateways, "gateways") || !otr_provision_path(in, operators, "operators") ||
        !otr_provision_path(in, hosts, "hosts") || !otr_provision_path(in, path, "broker/acl"))
        return false;
    FILE *acl = otr_provision_begin(path, 0644);
    if (acl == NULL)
        return false;
    (void)fputs("# Written by `outrider provision`: users are the common names of certificates.\n", acl);
    int count = list(gateways, &names);
    for (int i = 0; i < count; i++)
        (void)fprintf(acl,
                      "\nuser %s\ntopic readwrite outrider/v1/%s/%s/#\n"
                      "topic readwrite spBv1.0/%s/+/%s/#\ntopic readwrite spBv1.0/%s/+/%s\n"
                      "topic read spBv1.0/STATE/#\n",
                      names[i]->d_name, in->group, names[i]->d_name, in->group, names[i]->d_name, in->group,
                      names[i]->d_name);
    free_list(names, count);
    int people = list(operators, &names);
    for (int i = 0; i < people; i++)
        if (stem(names[i]->d_name) > 0)
            (void)fprintf(acl,
                          "\nuser %.*s\ntopic read outrider/v1/%s/#\ntopic write outrider/v1/%s/+/command\n",
                          stem(names[i]->d_name), names[i]->d_name, in->group, in->group);
    free_list(names, people);
    int listeners = list(hosts, &names);
    for (int i = 0; i < listeners; i++)
        (void)fprintf(acl,
                      "\nuser %s\ntopic read spBv1.0/%s/#\ntopic write spBv1.0/%s/NCMD/#\n"
                      "topic write spBv1.0/%s/DCMD/#\ntopic readwrite spBv1.0/STATE/%s\n",
                      names[i]->d_name, in->group, in->group, in->group, names[i]->d_name);
    free_list(names, listeners);
    return otr_provision_end(acl, path) && count >= 0 && people >= 0 && listeners >= 0;
}

static bool spread_one(const otr_provision *in, const char *gateway, struct dirent **names, int count)
{
    char from[OTR_PROVISION_PATH_BYTES];
    char to[OTR_PROVISION_PATH_BYTES];
    bool ok = true;
    for (int i = 0; i < count && ok; i++)
        ok = stem(names[i]->d_name) < 0 ||
             (otr_provision_path(in, from, "operators/%s", names[i]->d_name) &&
              otr_provision_path(in, to, "gateways/%s/operators/%s", gateway, names[i]->d_name) &&
              otr_provision_copy(from, to, 0644));
    return ok;
}

bool otr_provision_spread_contexts(const otr_provision *in)
{
    char path[OTR_PROVISION_PATH_BYTES];
    struct dirent **names = NULL;
    if (!otr_provision_path(in, path, "people"))
        return false;
    int count = list(path, &names);
    bool ok = count >= 0;
    for (int i = 0; i < count && ok; i++)
        ok = otr_provision_path(in, path, "people/%s/operator.pem", names[i]->d_name) &&
             (!otr_provision_is_there(path) || otr_provision_write_contexts(in, names[i]->d_name));
    free_list(names, count);
    return ok;
}

bool otr_provision_spread_operators(const otr_provision *in)
{
    char gateways[OTR_PROVISION_PATH_BYTES];
    char operators[OTR_PROVISION_PATH_BYTES];
    struct dirent **all = NULL;
    struct dirent **names = NULL;
    if (!otr_provision_path(in, gateways, "gateways") || !otr_provision_path(in, operators, "operators"))
        return false;
    int count = list(operators, &names);
    int gateway_count = count >= 0 ? list(gateways, &all) : -1;
    bool ok = gateway_count >= 0;
    for (int i = 0; i < gateway_count && ok; i++)
        ok = spread_one(in, all[i]->d_name, names, count);
    free_list(all, gateway_count);
    free_list(names, count);
    return ok;
}
