/* The state folder and the database, for `outrider doctor`. The database is only read. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "daemon/lock.h"
#include "tools/outrider/doctor/doctor.h"

enum { CHECK_S = 10 }; /* a large database on a slow card would take minutes */

static void add_files(otr_buffer *out, const char *folder)
{
    struct statvfs system;
    DIR *files = opendir(folder);
    otr_buffer_add_format(out, "folder: %s\n", folder);
    if (files == NULL) {
        otr_buffer_add_format(out, "cannot be opened: %s\n", strerror(errno));
        return;
    }
    for (struct dirent *entry = readdir(files); entry != NULL; entry = readdir(files)) {
        struct stat info;
        char changed[32];
        struct tm utc;
        if (entry->d_name[0] == '.' || fstatat(dirfd(files), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        (void)strftime(changed, sizeof changed, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&info.st_mtime, &utc));
        otr_buffer_add_format(out, "%04o %12lld %s %s\n", (unsigned)(info.st_mode & 07777),
                              (long long)info.st_size, changed, entry->d_name);
    }
    closedir(files);
    if (statvfs(folder, &system) == 0)
        otr_buffer_add_format(out, "disk: %llu MiB free of %llu MiB, %llu inodes free\n",
                              (unsigned long long)system.f_bavail * system.f_frsize >> 20,
                              (unsigned long long)system.f_blocks * system.f_frsize >> 20,
                              (unsigned long long)system.f_favail);
    long owner = otr_lock_owner(folder);
    if (owner > 0)
        otr_buffer_add_format(out, "locked by process %ld\n", owner);
    else
        otr_buffer_add_format(out, "locked by nobody: the daemon is down\n");
}

static int over_time(void *until)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec >= *(const time_t *)until;
}

/* One statement's rows, a line each. */
static void add_rows(otr_buffer *out, sqlite3 *database, const char *label, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        otr_buffer_add_format(out, "%s:", label);
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            otr_buffer_add_format(out, " %s", text != NULL ? text : "-");
        }
        otr_buffer_add_u8(out, '\n');
    }
    if (code == SQLITE_INTERRUPT)
        otr_buffer_add_format(out, "%s: not finished within %d s\n", label, CHECK_S);
    else if (code != SQLITE_DONE)
        otr_buffer_add_format(out, "%s: %s\n", label, sqlite3_errmsg(database));
    sqlite3_finalize(statement);
}

static void add_tables(otr_buffer *out, sqlite3 *database)
{
    sqlite3_stmt *tables = NULL;
    if (sqlite3_prepare_v2(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1,
                           &tables, NULL) != SQLITE_OK)
        return;
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        char *sql = sqlite3_mprintf("SELECT COUNT(*) FROM \"%w\"", name);
        char label[80];
        (void)snprintf(label, sizeof label, "rows of %s", name);
        if (sql != NULL)
            add_rows(out, database, label, sql);
        sqlite3_free(sql);
    }
    sqlite3_finalize(tables);
}

static void add_database(otr_buffer *out, const char *folder)
{
    char path[4096];
    sqlite3 *database = NULL;
    struct timespec now;
    (void)snprintf(path, sizeof path, "%s/outrider.db", folder);
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        otr_buffer_add_format(out, "%s: %s\n", path,
                              database != NULL ? sqlite3_errmsg(database) : "out of memory");
        sqlite3_close(database);
        return;
    }
    sqlite3_busy_timeout(database, 2000);
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t until = now.tv_sec + CHECK_S;
    sqlite3_progress_handler(database, 10000, over_time, &until);
    add_rows(out, database, "schema version", "PRAGMA user_version");
    add_rows(out, database, "pages", "PRAGMA page_count");
    add_rows(out, database, "free pages", "PRAGMA freelist_count");
    add_tables(out, database);
    add_rows(out, database, "losses",
             "SELECT reason, COUNT(*), 'rows', SUM(readings), 'readings' FROM losses GROUP BY reason");
    add_rows(out, database, "quick check", "PRAGMA quick_check(20)");
    sqlite3_close(database);
}

void otr_doctor_state(otr_buffer *out, const char *folder)
{
    otr_doctor_heading(out, "state folder");
    add_files(out, folder);
    otr_doctor_heading(out, "database");
    add_database(out, folder);
}
