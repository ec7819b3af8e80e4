/*
 * The files of the store besides SQLite's own handling of them: their paths, the ballast, databases set
 * aside. Private to the store; one thread at a time.
 */
#ifndef OTR_PLATFORM_STORE_FILES_H
#define OTR_PLATFORM_STORE_FILES_H

#include "base/status.h"
#include "base/str.h"

enum { OTR_STORE_PATH_BYTES = 1024, OTR_STORE_ASIDE_KEPT = 2 };

typedef struct otr_store_files {
    char folder[OTR_STORE_PATH_BYTES - 64];
    char database[OTR_STORE_PATH_BYTES];
    char fresh[OTR_STORE_PATH_BYTES]; /* a database being prepared; takes the other's place by a rename */
    char ballast[OTR_STORE_PATH_BYTES];
    uint64_t ballast_bytes;
    bool ballast_held;
} otr_store_files;

otr_status otr_store_files_init(otr_store_files *files, otr_str folder, uint64_t ballast_bytes,
                                otr_error *error);
/* Makes the folder when it is missing; its parent must exist. */
otr_status otr_store_folder_make(const otr_store_files *files, otr_error *error);
bool otr_store_exists(const char *path);
uint64_t otr_store_file_bytes(const char *path); /* 0 when missing */
uint64_t otr_store_free_bytes(const otr_store_files *files);

/* Real blocks, made only while the file system would keep as much again free. */
void otr_store_ballast_make(otr_store_files *files);
/* True when there was one to give up. */
bool otr_store_ballast_drop(otr_store_files *files);

/* Drops what the kernel caches of the database and its log: after a failed fsync it shows data the disk
 * lacks. */
void otr_store_forget_cache(const otr_store_files *files);
typedef enum otr_aside {
    OTR_ASIDE_CORRUPT, /* outrider.db.corrupt-UTC */
    OTR_ASIDE_NEWER,   /* outrider.db.newer-UTC: of a version that was taken back */
} otr_aside;
/* Renames database and log and removes the oldest such files. */
otr_status otr_store_set_aside(const otr_store_files *files, otr_aside why, otr_error *error);
/* Removes all of them. */
void otr_store_remove_aside(const otr_store_files *files);
/* Renames one file durably. */
otr_status otr_store_move(const otr_store_files *files, const char *from, const char *to, otr_error *error);
/* A database with whatever SQLite put beside it. */
void otr_store_remove_database(const char *path);
/* fresh becomes the database, durably. */
otr_status otr_store_adopt_fresh(const otr_store_files *files, otr_error *error);
void otr_store_remove_fresh(const otr_store_files *files);

#endif
