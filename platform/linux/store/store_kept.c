/*
 * The database as it was before a migration, under a name with its schema version. It is copied there as a
 * whole before anything is changed and stays until the new version is confirmed: store.h. Migrating without
 * it takes the way back, not migrating takes the agent: so a disk without room for a copy does without one.
 */
#include "base/log.h"
#include "platform/linux/store/store_database.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KEPT_PREFIX "outrider.db.schema-"
/* Of free room beside the copy, at the least: what the log and a first commit take. */
enum { ROOM_BYTES = 1 << 20 };

static int version_of(const char *name)
{
    char *end;
    if (strncmp(name, KEPT_PREFIX, sizeof KEPT_PREFIX - 1) != 0)
        return 0;
    long version = strtol(name + sizeof KEPT_PREFIX - 1, &end, 10);
    return *end == '\0' && version > 0 && version < INT16_MAX ? (int)version : 0;
}

static int is_kept(const struct dirent *entry)
{
    return version_of(entry->d_name) > 0;
}

int otr_store_kept_find(const otr_store_files *files, int most)
{
    struct dirent **entries;
    int found = 0;
    int count = scandir(files->folder, &entries, is_kept, NULL);
    for (int i = 0; i < count; i++) {
        int version = version_of(entries[i]->d_name);
        if (version > found && version <= most)
            found = version;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

void otr_store_kept_path(const otr_store_files *files, int version, char path[OTR_STORE_PATH_BYTES])
{
    (void)snprintf(path, OTR_STORE_PATH_BYTES, "%s/" KEPT_PREFIX "%d", files->folder, version);
}

bool otr_store_kept_drop(const otr_store_files *files)
{
    char path[OTR_STORE_PATH_BYTES];
    bool any = false;
    for (int version; (version = otr_store_kept_find(files, INT16_MAX)) > 0; any = true) {
        otr_store_kept_path(files, version, path);
        otr_store_remove_database(path);
        if (otr_store_exists(path))
            break;
        otr_log(OTR_LOG_NOTICE, "store_kept_removed", "path=\"%s\"", path);
    }
    return any;
}

static otr_status copy(otr_database *database, const char *path, otr_error *error)
{
    otr_sql to = {0};
    otr_store_remove_database(path);
    otr_status status =
        otr_sql_open(&to, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, database->vfs, error);
    if (status != OTR_OK)
        return status;
    status = otr_sql_script(&to, "PRAGMA synchronous = FULL", error, "keeping the database");
    sqlite3_backup *backup =
        status == OTR_OK ? sqlite3_backup_init(to.handle, "main", database->sql.handle, "main") : NULL;
    int code = backup != NULL ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    int finished = backup != NULL ? sqlite3_backup_finish(backup) : SQLITE_ERROR;
    if (status == OTR_OK && (code != SQLITE_DONE || finished != SQLITE_OK))
        status = otr_sql_fail(&to, error, "keeping the database");
    otr_sql_close(&to, false);
    return status;
}

static otr_status keep(otr_database *database, int version, otr_error *error)
{
    const otr_store_files *files = &database->files;
    char log[OTR_STORE_PATH_BYTES + 8];
    char half[OTR_STORE_PATH_BYTES + 16];
    char whole[OTR_STORE_PATH_BYTES];
    otr_store_kept_path(files, version, whole);
    (void)snprintf(half, sizeof half, "%s/outrider.db.keeping", files->folder);
    (void)snprintf(log, sizeof log, "%s-wal", files->database);
    otr_store_remove_database(whole); /* of an earlier migration: it would be taken for this one */
    uint64_t need = otr_store_file_bytes(files->database) + otr_store_file_bytes(log) + ROOM_BYTES;
    otr_status status = OTR_OK;
    if (otr_store_free_bytes(files) < need)
        status = otr_fail(error, OTR_FULL, "the disk has %llu bytes free, a copy needs %llu",
                          (unsigned long long)otr_store_free_bytes(files), (unsigned long long)need);
    if (status == OTR_OK)
        status = copy(database, half, error);
    if (status == OTR_OK)
        status = otr_store_move(files, half, whole, error);
    if (status != OTR_OK)
        otr_store_remove_database(half);
    return status;
}

void otr_store_keep(otr_database *database, int version)
{
    otr_error why;
    if (keep(database, version, &why) == OTR_OK) {
        (void)snprintf(database->news, sizeof database->news,
                       "the schema goes from version %d to %d; the database from before is kept", version,
                       database->schema->version);
        return;
    }
    otr_log(OTR_LOG_ERROR, "store_not_kept", "version=%d reason=\"%s\"", version, why.text);
    (void)snprintf(database->news, sizeof database->news,
                   "the schema goes from version %d to %d without a way back: %.150s", version,
                   database->schema->version, why.text);
}
