/*
 * A SQLite VFS for tests, over the default one, that behaves like a disk with a volatile cache: what was
 * written and not synced is seen by readers, but at a power cut each 512-byte sector of it is there or not,
 * by a seeded random. Single calls can be made to fail too. The files on the real disk are what survives;
 * locks and shared memory are the real ones.
 *
 * Written fault model: a sector is old or new, never a mixture; sectors persist in any order; creating,
 * deleting and renaming a file are durable at once; a failed sync loses a random part of what it should have
 * written, although readers see it until the file is closed. Thread-safe.
 */
#ifndef OTR_TESTS_VFS_POWERLOSS_H
#define OTR_TESTS_VFS_POWERLOSS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct otr_fault_vfs otr_fault_vfs;

enum {
    OTR_FAULT_OPEN = 1,
    OTR_FAULT_READ = 2,
    OTR_FAULT_WRITE = 4,
    OTR_FAULT_SYNC = 8,
    OTR_FAULT_TRUNCATE = 16,
    OTR_FAULT_DELETE = 32,
    OTR_FAULT_CHANGES = OTR_FAULT_WRITE | OTR_FAULT_SYNC | OTR_FAULT_TRUNCATE | OTR_FAULT_DELETE,
    OTR_FAULT_ALL = 63,
};

/* Registers it under name (which must outlive it); NULL when out of memory. */
otr_fault_vfs *otr_fault_vfs_create(const char *name, uint64_t seed);
/* Every file must be closed. */
void otr_fault_vfs_free(otr_fault_vfs *vfs);

/* Calls of these kinds so far. */
uint64_t otr_fault_vfs_calls(otr_fault_vfs *vfs, unsigned kinds);
/* From now on the nth call of these kinds fails with the SQLite code (0: a fitting I/O error), once or for
 * ever. nth 0: no call fails any more. */
void otr_fault_vfs_fail(otr_fault_vfs *vfs, unsigned kinds, uint64_t nth, bool for_ever, int code);
/* Power goes at the nth call of these kinds from now on, before that call has an effect. 0: it stays. */
void otr_fault_vfs_cut_at(otr_fault_vfs *vfs, unsigned kinds, uint64_t nth);
/* Power goes now. Every call fails from here on. */
void otr_fault_vfs_cut(otr_fault_vfs *vfs);
bool otr_fault_vfs_is_cut(otr_fault_vfs *vfs);
/* Power is back: files opened from now on work, those opened before stay dead. */
void otr_fault_vfs_power_on(otr_fault_vfs *vfs);

#endif
