/*
 * The paths are those of the options' table. A file may be replaced by another of its name, as renewed
 * certificates are, so that the right is to the folder that it lies in, and where it is a link, to the folder
 * that it leads to.
 */
#include "daemon/confine.h"

#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/file.h"
#include "platform/linux/system/sandbox.h"

enum { PATHS_MAX = 512 }; /* packs and knowledge by name, three rights each, and the system's */

typedef struct rights {
    otr_arena memory;
    otr_sandbox_path paths[PATHS_MAX];
    size_t count;
    bool failed;
} rights;

/* What libraries read: the C library, its resolver and zones, OpenSSL. */
static const otr_sandbox_path of_the_system[] = {
    {"/usr", OTR_SANDBOX_READ},
    {"/lib", OTR_SANDBOX_READ},
    {"/lib64", OTR_SANDBOX_READ},
    {"/etc", OTR_SANDBOX_READ},
    {"/proc", OTR_SANDBOX_READ},
    {"/sys/devices/system/cpu", OTR_SANDBOX_READ},
    {"/dev/null", OTR_SANDBOX_READ | OTR_SANDBOX_WRITE},
    {"/dev/random", OTR_SANDBOX_READ},
    {"/dev/urandom", OTR_SANDBOX_READ},
    {"/run/systemd/resolve", OTR_SANDBOX_READ},
    {"/run/NetworkManager", OTR_SANDBOX_READ},
    {"/run/resolvconf", OTR_SANDBOX_READ},
};

static void add(rights *to, otr_str path, unsigned may)
{
    if (path.size == 0 || otr_str_is(path, "/")) /* the whole machine is no right */
        return;
    otr_str kept = otr_arena_copy(&to->memory, path);
    to->failed |= kept.data == NULL || to->count == PATHS_MAX;
    if (!to->failed)
        to->paths[to->count++] = (otr_sandbox_path){kept.data, may};
}

static void add_named(rights *to, otr_str path)
{
    char real[PATH_MAX];
    if (path.size == 0)
        return;
    add(to, path, OTR_SANDBOX_READ);
    add(to, otr_path_folder(path), OTR_SANDBOX_READ);
    if (realpath(path.data, real) != NULL)
        add(to, otr_path_folder(otr_str_of(real)), OTR_SANDBOX_READ);
}

static void add_configured(rights *to, const otr_config *config)
{
    const otr_option *options = otr_config_options();
    for (size_t i = 0; i < OTR_CONFIG_OPTIONS; i++) {
        const void *member = (const char *)config + options[i].offset;
        const otr_config_list *list = member;
        const otr_str *path = member;
        if (path == &config->state.folder)
            add(to, *path, OTR_SANDBOX_READ | OTR_SANDBOX_WRITE);
        else if (path == &config->control.socket && path->size > 0)
            add(to, otr_path_folder(*path), OTR_SANDBOX_READ | OTR_SANDBOX_SOCKET);
        else if (options[i].kind == OTR_OPTION_PATH)
            add_named(to, *path);
        for (size_t k = 0; options[i].kind == OTR_OPTION_PATHS && k < list->count; k++)
            add_named(to, list->items[k].text);
    }
    add_named(to, config->file);
}

/* The program that loads us, as it would the toolbox. */
static int add_loader(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_INTERP)
            add(context, otr_str_of((const char *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr)),
                OTR_SANDBOX_RUN);
    return 1; /* the first object is the program itself */
}

/* The toolbox beside us rehearses packs (daemon/push/rehearse.c): nothing else is ever started. */
static void add_toolbox(rights *to)
{
    char path[PATH_MAX + sizeof "/outrider"];
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX);
    if (size <= 0)
        return;
    path[size] = '\0';
    otr_str folder = otr_path_folder(otr_str_of(path));
    add(to, folder, OTR_SANDBOX_READ);
    path[folder.size] = '\0';
    (void)snprintf(path + folder.size, sizeof path - folder.size, "/outrider");
    add(to, otr_str_of(path), OTR_SANDBOX_RUN);
    dl_iterate_phdr(add_loader, to);
}

static otr_status enter(const otr_config *config, otr_sandbox *out, otr_error *error)
{
    rights *all = calloc(1, sizeof *all);
    if (all == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    for (size_t i = 0; i < sizeof of_the_system / sizeof *of_the_system; i++)
        all->paths[all->count++] = of_the_system[i];
    add_configured(all, config);
    add_toolbox(all);
    const char *openssl = getenv("OPENSSL_CONF");
    if (openssl != NULL)
        add_named(all, otr_str_of(openssl));
    otr_status status = all->failed ? otr_fail(error, OTR_LIMIT, "over %d paths, or out of memory", PATHS_MAX)
                                    : otr_sandbox_enter(all->paths, all->count, out, error);
    otr_arena_done(&all->memory);
    free(all);
    return status;
}

otr_status otr_confine(const otr_config *config, otr_error *error)
{
    otr_sandbox in_force = {0};
    bool required = config->sandbox.mode == OTR_CONFINE_REQUIRE;
    if (config->sandbox.mode == OTR_CONFINE_OFF)
        return OTR_OK;
    otr_status status = enter(config, &in_force, error);
    if (status == OTR_OK && required && (in_force.landlock == 0 || !in_force.calls))
        status = otr_fail(error, OTR_DENIED, "sandbox.mode is require, and this kernel lacks %s",
                          in_force.landlock == 0 ? "Landlock" : "the filter of system calls");
    if (status != OTR_OK && required)
        return status;
    otr_log(status == OTR_OK && in_force.landlock > 0 && in_force.calls ? OTR_LOG_INFO : OTR_LOG_WARNING,
            "sandbox", "files=%s calls=%s%s%s%s", in_force.landlock > 0 ? "confined" : "open",
            in_force.calls ? "filtered" : "open", status != OTR_OK ? " reason=\"" : "",
            status != OTR_OK ? error->text : "", status != OTR_OK ? "\"" : "");
    return OTR_OK;
}
