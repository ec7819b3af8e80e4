#include "vfs_powerloss.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, INTERCEPTED = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL };

/* A write or, with data NULL, a truncation to offset. */
typedef struct operation {
    struct operation *next;
    sqlite3_int64 offset;
    int size;
    uint8_t data[];
} operation;

/* A file as readers see it, and what of it the disk does not have yet. */
typedef struct disk {
    struct disk *next;
    char *path;
    uint8_t *image;
    sqlite3_int64 size;
    sqlite3_int64 capacity;
    operation *pending; /* oldest first */
    operation **pending_end;
    int handles;
    bool tainted; /* a sync failed: readers see what the disk may lack */
} disk;

typedef struct handle {
    sqlite3_file base;
    otr_fault_vfs *vfs;
    disk *disk; /* NULL: not intercepted */
    unsigned epoch;
    sqlite3_file *real;
} handle;

struct otr_fault_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    pthread_mutex_t lock;
    disk *disks;
    uint64_t random;
    uint64_t calls[6];
    unsigned fail_kinds;
    uint64_t fail_nth;
    bool fail_for_ever;
    int fail_code;
    unsigned cut_kinds;
    uint64_t cut_nth;
    bool dead;
    unsigned epoch;
};

static uint64_t draw(otr_fault_vfs *vfs)
{
    vfs->random ^= vfs->random << 13;
    vfs->random ^= vfs->random >> 7;
    vfs->random ^= vfs->random << 17;
    return vfs->random;
}

/* ---- the image and what is pending ---- */

static bool resize(disk *file, sqlite3_int64 size)
{
    if (size > file->capacity) {
        sqlite3_int64 capacity = size * 2 + 65536;
        uint8_t *image = realloc(file->image, (size_t)capacity);
        if (image == NULL)
            return false;
        file->image = image;
        file->capacity = capacity;
    }
    if (size > file->size)
        memset(file->image + file->size, 0, (size_t)(size - file->size));
    file->size = size;
    return true;
}

static bool remember(disk *file, sqlite3_int64 offset, const void *data, int size)
{
    operation *op = malloc(sizeof *op + (size_t)size);
    if (op == NULL)
        return false;
    op->next = NULL;
    op->offset = offset;
    op->size = data != NULL ? size : -1;
    if (data != NULL)
        memcpy(op->data, data, (size_t)size);
    *file->pending_end = op;
    file->pending_end = &op->next;
    return true;
}

static void forget_pending(disk *file)
{
    while (file->pending != NULL) {
        operation *op = file->pending;
        file->pending = op->next;
        free(op);
    }
    file->pending_end = &file->pending;
}

static int persist(sqlite3_file *real, const operation *op)
{
    if (op->size < 0)
        return real->pMethods->xTruncate(real, op->offset);
    return real->pMethods->xWrite(real, op->data, op->size, op->offset);
}

/* Each sector of the operation reaches the disk with a chance of share in 256. */
static void persist_torn(otr_fault_vfs *vfs, sqlite3_file *real, const operation *op, unsigned share)
{
    if (op->size < 0) {
        if (draw(vfs) % 256 < share)
            (void)real->pMethods->xTruncate(real, op->offset);
        return;
    }
    for (sqlite3_int64 at = op->offset; at < op->offset + op->size;) {
        sqlite3_int64 end = (at / SECTOR + 1) * SECTOR;
        if (end > op->offset + op->size)
            end = op->offset + op->size;
        if (draw(vfs) % 256 < share)
            (void)real->pMethods->xWrite(real, op->data + (at - op->offset), (int)(end - at), at);
        at = end;
    }
}

static disk *find(otr_fault_vfs *vfs, const char *path)
{
    for (disk *file = vfs->disks; file != NULL; file = file->next)
        if (strcmp(file->path, path) == 0)
            return file;
    return NULL;
}

static void drop_disk(otr_fault_vfs *vfs, disk *file)
{
    for (disk **at = &vfs->disks; *at != NULL; at = &(*at)->next)
        if (*at == file) {
            *at = file->next;
            break;
        }
    forget_pending(file);
    free(file->image);
    free(file->path);
    free(file);
}

static disk *load(otr_fault_vfs *vfs, const char *path, sqlite3_file *real)
{
    disk *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    sqlite3_int64 size = 0;
    file->pending_end = &file->pending;
    file->path = strdup(path);
    if (file->path == NULL || real->pMethods->xFileSize(real, &size) != SQLITE_OK || !resize(file, size) ||
        (size > 0 && real->pMethods->xRead(real, file->image, (int)size, 0) != SQLITE_OK)) {
        free(file->image);
        free(file->path);
        free(file);
        return NULL;
    }
    file->next = vfs->disks;
    vfs->disks = file;
    return file;
}

/* What the cut leaves of one file: all handles of it are dead, so a handle of our own writes it. */
static void tear(otr_fault_vfs *vfs, disk *file)
{
    static const unsigned shares[] = {0, 64, 128, 192, 256};
    unsigned share = shares[draw(vfs) % 5];
    sqlite3_file *real = calloc(1, (size_t)vfs->real->szOsFile);
    if (real == NULL)
        abort();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_JOURNAL;
    if (file->pending != NULL && vfs->real->xOpen(vfs->real, file->path, real, flags, &flags) == SQLITE_OK) {
        for (operation *op = file->pending; op != NULL; op = op->next)
            persist_torn(vfs, real, op, share);
        (void)real->pMethods->xClose(real);
    }
    free(real);
}

static void cut(otr_fault_vfs *vfs)
{
    if (vfs->dead)
        return;
    vfs->dead = true;
    for (disk *file = vfs->disks; file != NULL; file = file->next) {
        tear(vfs, file);
        forget_pending(file);
    }
}

/* ---- which calls fail ---- */

static int kind_index(unsigned kind)
{
    return __builtin_ctz(kind);
}

/* Counts the call; SQLITE_OK when it may go on. */
static int admit(otr_fault_vfs *vfs, unsigned kind, unsigned epoch, int code)
{
    vfs->calls[kind_index(kind)]++;
    if ((vfs->cut_kinds & kind) != 0 && vfs->cut_nth > 0 && --vfs->cut_nth == 0)
        cut(vfs);
    if (vfs->dead || epoch != vfs->epoch)
        return code;
    if ((vfs->fail_kinds & kind) == 0 || vfs->fail_nth == 0)
        return SQLITE_OK;
    if (vfs->fail_nth > 1) {
        vfs->fail_nth--;
        return SQLITE_OK;
    }
    if (!vfs->fail_for_ever)
        vfs->fail_nth = 0;
    return vfs->fail_code != 0 ? vfs->fail_code : code;
}

/* ---- file methods ---- */

static int file_close(sqlite3_file *base)
{
    handle *file = (handle *)base;
    otr_fault_vfs *vfs = file->vfs;
    pthread_mutex_lock(&vfs->lock);
    if (file->disk != NULL && --file->disk->handles == 0 &&
        (file->disk->pending == NULL || file->disk->tainted))
        drop_disk(vfs, file->disk);
    int code = file->real->pMethods->xClose(file->real);
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

static int file_read(sqlite3_file *base, void *out, int size, sqlite3_int64 offset)
{
    handle *file = (handle *)base;
    pthread_mutex_lock(&file->vfs->lock);
    int code = admit(file->vfs, OTR_FAULT_READ, file->epoch, SQLITE_IOERR_READ);
    if (code == SQLITE_OK) {
        sqlite3_int64 have = file->disk->size - offset;
        have = have < 0 ? 0 : have > size ? size : have;
        if (have > 0)
            memcpy(out, file->disk->image + offset, (size_t)have);
        memset((uint8_t *)out + have, 0, (size_t)(size - have));
        code = have < size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    }
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_write(sqlite3_file *base, const void *data, int size, sqlite3_int64 offset)
{
    handle *file = (handle *)base;
    disk *on = file->disk;
    pthread_mutex_lock(&file->vfs->lock);
    int code = admit(file->vfs, OTR_FAULT_WRITE, file->epoch, SQLITE_IOERR_WRITE);
    if (code == SQLITE_OK) {
        sqlite3_int64 end = offset + size > on->size ? offset + size : on->size;
        if (!resize(on, end) || !remember(on, offset, data, size))
            code = SQLITE_IOERR_NOMEM;
        else
            memcpy(on->image + offset, data, (size_t)size);
    }
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    handle *file = (handle *)base;
    pthread_mutex_lock(&file->vfs->lock);
    int code = admit(file->vfs, OTR_FAULT_TRUNCATE, file->epoch, SQLITE_IOERR_TRUNCATE);
    if (code == SQLITE_OK && (!resize(file->disk, size) || !remember(file->disk, size, NULL, 0)))
        code = SQLITE_IOERR_NOMEM;
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_sync(sqlite3_file *base, int flags)
{
    handle *file = (handle *)base;
    disk *on = file->disk;
    (void)flags;
    pthread_mutex_lock(&file->vfs->lock);
    int code = admit(file->vfs, OTR_FAULT_SYNC, file->epoch, SQLITE_IOERR_FSYNC);
    bool alive = !file->vfs->dead && file->epoch == file->vfs->epoch;
    if (alive && code == SQLITE_OK)
        for (operation *op = on->pending; op != NULL && code == SQLITE_OK; op = op->next)
            code = persist(file->real, op);
    else if (alive) {
        for (operation *op = on->pending; op != NULL; op = op->next)
            persist_torn(file->vfs, file->real, op, 128);
        on->tainted = true;
    }
    if (alive)
        forget_pending(on);
    pthread_mutex_unlock(&file->vfs->lock);
    return code;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *out)
{
    handle *file = (handle *)base;
    pthread_mutex_lock(&file->vfs->lock);
    *out = file->disk->size;
    pthread_mutex_unlock(&file->vfs->lock);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int what, void *argument)
{
    handle *file = (handle *)base;
    /* These would change the real file at once. */
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE || what == SQLITE_FCNTL_MMAP_SIZE)
        return SQLITE_NOTFOUND;
    return file->real->pMethods->xFileControl(file->real, what, argument);
}

static sqlite3_file *real_of(sqlite3_file *base)
{
    return ((handle *)base)->real;
}

static int file_lock(sqlite3_file *base, int level)
{
    return real_of(base)->pMethods->xLock(real_of(base), level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    return real_of(base)->pMethods->xUnlock(real_of(base), level);
}

static int file_check_lock(sqlite3_file *base, int *out)
{
    return real_of(base)->pMethods->xCheckReservedLock(real_of(base), out);
}

static int file_sector(sqlite3_file *base)
{
    return real_of(base)->pMethods->xSectorSize(real_of(base));
}

static int file_characteristics(sqlite3_file *base)
{
    return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base));
}

static int file_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
    return real_of(base)->pMethods->xShmMap(real_of(base), region, size, extend, out);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    return real_of(base)->pMethods->xShmLock(real_of(base), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
    real_of(base)->pMethods->xShmBarrier(real_of(base));
}

static int file_shm_unmap(sqlite3_file *base, int delete)
{
    return real_of(base)->pMethods->xShmUnmap(real_of(base), delete);
}

static const sqlite3_io_methods intercepted_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- VFS methods ---- */

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *out, int flags, int *out_flags)
{
    otr_fault_vfs *vfs = base->pAppData;
    handle *file = (handle *)out;
    out->pMethods = NULL;
    if (path == NULL || (flags & INTERCEPTED) == 0)
        return vfs->real->xOpen(vfs->real, path, out, flags, out_flags);
    pthread_mutex_lock(&vfs->lock);
    *file = (handle){.vfs = vfs, .epoch = vfs->epoch, .real = (sqlite3_file *)(file + 1)};
    int code = admit(vfs, OTR_FAULT_OPEN, vfs->epoch, SQLITE_CANTOPEN);
    if (code == SQLITE_OK)
        code = vfs->real->xOpen(vfs->real, path, file->real, flags, out_flags);
    if (code == SQLITE_OK) {
        file->disk = find(vfs, path);
        if (file->disk == NULL)
            file->disk = load(vfs, path, file->real);
        if (file->disk == NULL) {
            (void)file->real->pMethods->xClose(file->real);
            code = SQLITE_IOERR_NOMEM;
        }
    }
    if (code == SQLITE_OK) {
        file->disk->handles++;
        file->base.pMethods = &intercepted_methods;
    }
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_folder)
{
    otr_fault_vfs *vfs = base->pAppData;
    pthread_mutex_lock(&vfs->lock);
    int code = admit(vfs, OTR_FAULT_DELETE, vfs->epoch, SQLITE_IOERR_DELETE);
    if (code == SQLITE_OK) {
        disk *file = find(vfs, path);
        if (file != NULL && file->handles == 0)
            drop_disk(vfs, file);
        else if (file != NULL)
            forget_pending(file);
        code = vfs->real->xDelete(vfs->real, path, sync_folder);
    }
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

otr_fault_vfs *otr_fault_vfs_create(const char *name, uint64_t seed)
{
    otr_fault_vfs *vfs = calloc(1, sizeof *vfs);
    if (vfs == NULL)
        return NULL;
    vfs->real = sqlite3_vfs_find(NULL);
    vfs->vfs = *vfs->real;
    vfs->vfs.pNext = NULL;
    vfs->vfs.zName = name;
    vfs->vfs.pAppData = vfs;
    vfs->vfs.szOsFile = (int)sizeof(handle) + vfs->real->szOsFile;
    vfs->vfs.xOpen = vfs_open;
    vfs->vfs.xDelete = vfs_delete;
    vfs->random = seed * 0x9E3779B97F4A7C15ULL + 1;
    (void)pthread_mutex_init(&vfs->lock, NULL);
    if (sqlite3_vfs_register(&vfs->vfs, 0) != SQLITE_OK) {
        free(vfs);
        return NULL;
    }
    return vfs;
}

void otr_fault_vfs_free(otr_fault_vfs *vfs)
{
    if (vfs == NULL)
        return;
    (void)sqlite3_vfs_unregister(&vfs->vfs);
    while (vfs->disks != NULL)
        drop_disk(vfs, vfs->disks);
    (void)pthread_mutex_destroy(&vfs->lock);
    free(vfs);
}

uint64_t otr_fault_vfs_calls(otr_fault_vfs *vfs, unsigned kinds)
{
    uint64_t sum = 0;
    pthread_mutex_lock(&vfs->lock);
    for (unsigned kind = OTR_FAULT_OPEN; kind <= OTR_FAULT_DELETE; kind <<= 1)
        sum += (kinds & kind) != 0 ? vfs->calls[kind_index(kind)] : 0;
    pthread_mutex_unlock(&vfs->lock);
    return sum;
}

void otr_fault_vfs_fail(otr_fault_vfs *vfs, unsigned kinds, uint64_t nth, bool for_ever, int code)
{
    pthread_mutex_lock(&vfs->lock);
    vfs->fail_kinds = kinds;
    vfs->fail_nth = nth;
    vfs->fail_for_ever = for_ever;
    vfs->fail_code = code;
    pthread_mutex_unlock(&vfs->lock);
}

void otr_fault_vfs_cut_at(otr_fault_vfs *vfs, unsigned kinds, uint64_t nth)
{
    pthread_mutex_lock(&vfs->lock);
    vfs->cut_kinds = kinds;
    vfs->cut_nth = nth;
    pthread_mutex_unlock(&vfs->lock);
}

void otr_fault_vfs_cut(otr_fault_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    cut(vfs);
    pthread_mutex_unlock(&vfs->lock);
}

bool otr_fault_vfs_is_cut(otr_fault_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    bool dead = vfs->dead;
    pthread_mutex_unlock(&vfs->lock);
    return dead;
}

void otr_fault_vfs_power_on(otr_fault_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
    vfs->dead = false;
    vfs->epoch++;
    vfs->cut_nth = 0;
    /* What a file showed before the cut is no longer there. Dead handles keep theirs until they are closed.
     */
    for (disk *file = vfs->disks, *next; file != NULL; file = next) {
        next = file->next;
        if (file->handles == 0)
            drop_disk(vfs, file);
        else
            file->path[0] = '\0';
    }
    pthread_mutex_unlock(&vfs->lock);
}
