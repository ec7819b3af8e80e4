#include "real.h"

#include "guests.h"

#include "platform/linux/store/store_database.h"
#include "vfs_powerloss.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum { FATES = 512, READ_ROWS = 100 };
#define VFS_NAME "sim"

struct sim_real {
    sim *s;
    otr_fault_vfs *vfs;
    otr_database database;
    char folder[64];
    otr_dice dice;
    uint64_t mark; /* of the last commit that was tried: kept in front of its uplink, it tells whether it is
                      there */
    otr_outbox_fate fates[FATES];
};
typedef struct sim_real real;

/* ---- what is random in the store is so by the seed ---- */

static otr_dice chance;

ssize_t getrandom(void *out, size_t size, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)out)[i] = (uint8_t)otr_dice_roll(&chance, 256);
    return (ssize_t)size;
}

/* ---- whether a commit is there ---- */

/* Looks with a connection of its own, which leaves the log as it is. */
static uint64_t mark_there(const real *r)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *row = NULL;
    uint64_t mark = 0;
    if (sqlite3_open_v2(r->database.files.database, &handle, SQLITE_OPEN_READWRITE, VFS_NAME) == SQLITE_OK &&
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(handle, "SELECT value FROM meta WHERE key = 'uplink'", -1, &row, NULL) ==
            SQLITE_OK) {
        int code = sqlite3_step(row);
        if (code == SQLITE_ROW && sqlite3_column_bytes(row, 0) >= (int)sizeof mark)
            memcpy(&mark, sqlite3_column_blob(row, 0), sizeof mark);
        else if (code != SQLITE_DONE)
            sim_fail(r->s, "the database does not read back: %s", sqlite3_errmsg(handle));
    } else {
        sim_fail(r->s, "the database does not open: %s", sqlite3_errmsg(handle));
    }
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
    return mark;
}

static bool is_there(real *r, uint64_t before)
{
    uint64_t mark = mark_there(r);
    if (mark != r->mark && mark != before)
        sim_fail(r->s, "commit %llu of the store is lost: it has %llu", (unsigned long long)before,
                 (unsigned long long)mark);
    return mark == r->mark;
}

static size_t fate_count(const otr_commit *commit)
{
    size_t count = 0;
    for (size_t i = 0; i < commit->outbox_count; i++)
        count += !commit->outbox[i].again && !otr_id_is_zero(commit->outbox[i].replaces);
    OTR_ASSERT(count <= FATES);
    return count;
}

/* What the quota took of conversations is not said again. */
static void drop_unsaid(real *r, const otr_commit *commit)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *row = NULL;
    if (sqlite3_open_v2(r->database.files.database, &handle, SQLITE_OPEN_READWRITE, VFS_NAME) != SQLITE_OK ||
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "SELECT 1 FROM remarks WHERE event = ?", -1, &row, NULL) != SQLITE_OK)
        sim_fail(r->s, "the database does not open: %s", sqlite3_errmsg(handle));
    otr_disk *disk = r->s->store.disk;
    for (size_t i = 0; i < commit->outbox_count && !sim_failed(r->s); i++) {
        otr_id event = commit->outbox[i].event;
        (void)sqlite3_reset(row);
        (void)sqlite3_bind_blob(row, 1, event.bytes, sizeof event.bytes, SQLITE_TRANSIENT);
        if (!commit->outbox[i].again || sqlite3_step(row) == SQLITE_ROW)
            continue;
        for (size_t k = 0; k < disk->said.count; k++)
            if (otr_id_equal(disk->said.list[k].event, event))
                disk->said.list[k].event = (otr_id){{0}};
    }
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
}

static bool says_again(const otr_commit *commit)
{
    bool again = false;
    for (size_t i = 0; i < commit->outbox_count; i++)
        again |= commit->outbox[i].again;
    return again;
}

static otr_status put(real *r, const otr_commit *commit, otr_loss *loss)
{
    otr_error error;
    otr_commit marked = *commit;
    otr_buffer uplink = {0};
    const otr_blob *before = &r->s->store.disk->uplink;
    r->mark++;
    otr_buffer_add(&uplink, &r->mark, sizeof r->mark);
    if (commit->uplink.size > 0)
        otr_buffer_add(&uplink, commit->uplink.data, commit->uplink.size);
    else
        otr_buffer_add(&uplink, before->data, before->size);
    marked.uplink = otr_buffer_bytes(&uplink);
    otr_status status = otr_database_commit(&r->database, &marked, loss, &error);
    otr_buffer_done(&uplink);
    if (fate_count(commit) > 0)
        memcpy(r->fates, commit->fates, fate_count(commit) * sizeof *r->fates);
    return status;
}

/* ---- the port behind ---- */

static void commit_real(void *self, const otr_commit *commit, otr_sim_fate *fate, otr_loss *loss)
{
    real *r = self;
    uint64_t before = r->mark;
    if (fate->status == OTR_FULL)
        otr_fault_vfs_fail(r->vfs, OTR_FAULT_WRITE, 1 + otr_dice_roll(&r->dice, 8), true, SQLITE_FULL);
    else if (fate->status != OTR_OK && !fate->there)
        otr_fault_vfs_fail(r->vfs, OTR_FAULT_CHANGES, 1 + otr_dice_roll(&r->dice, 30), false, 0);
    otr_status status = put(r, commit, loss);
    otr_fault_vfs_fail(r->vfs, 0, 0, false, 0);
    if (status == OTR_OK && fate->status != OTR_OK && fate->there) {
        status = fate->status; /* as if its last call had failed */
        otr_database_abandon(&r->database);
    }
    fate->status = status;
    fate->there = status == OTR_OK || is_there(r, before);
    if (fate->there && r->s->has[SIM_QUOTA] && says_again(commit))
        drop_unsaid(r, commit);
    if (fate->there && status != OTR_OK)
        *loss = r->database.loss;
    else if (!fate->there)
        r->mark = before;
    if (status == OTR_OK)
        otr_database_checkpoint(&r->database);
}

/* The process is gone in the midst of a checkpoint, perhaps. */
static void interrupt_checkpoint(real *r, otr_sim_end how)
{
    uint64_t nth = 1 + otr_dice_roll(&r->dice, 20);
    if (r->database.sql.handle == NULL || otr_dice_one_in(&r->dice, 2))
        return;
    if (how == OTR_SIM_POWER_CUT)
        otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_CHANGES, nth);
    else
        otr_fault_vfs_fail(r->vfs, OTR_FAULT_WRITE | OTR_FAULT_TRUNCATE, nth, true, 0);
    r->database.log_pages = INT_MAX / OTR_STORE_PAGE_BYTES;
    otr_database_checkpoint(&r->database);
}

static void interrupt_commit(real *r, const otr_commit *commit, otr_sim_end how, bool wished, otr_loss *loss)
{
    uint64_t nth = 1 + otr_dice_roll(&r->dice, 40);
    if (wished)
        nth = 0;
    else if (how == OTR_SIM_POWER_CUT)
        otr_fault_vfs_cut_at(r->vfs, OTR_FAULT_CHANGES, nth);
    else
        otr_fault_vfs_fail(r->vfs, OTR_FAULT_WRITE | OTR_FAULT_TRUNCATE, nth, true, 0);
    (void)put(r, commit, loss);
}

static bool end_real(void *self, const otr_commit *commit, otr_sim_end how, bool wished, otr_loss *loss)
{
    real *r = self;
    uint64_t before = r->mark;
    if (how == OTR_SIM_STOPPED) {
        otr_database_close(&r->database);
        return false;
    }
    if (commit != NULL)
        interrupt_commit(r, commit, how, wished, loss);
    else
        interrupt_checkpoint(r, how);
    if (how == OTR_SIM_POWER_CUT)
        otr_fault_vfs_cut(r->vfs);
    otr_fault_vfs_cut_at(r->vfs, 0, 0);
    otr_database_abandon(&r->database);
    otr_fault_vfs_fail(r->vfs, 0, 0, false, 0);
    if (how == OTR_SIM_POWER_CUT)
        otr_fault_vfs_power_on(r->vfs);
    bool there = is_there(r, before) && commit != NULL;
    if (there && r->s->has[SIM_QUOTA] && says_again(commit))
        drop_unsaid(r, commit);
    if (there)
        *loss = r->database.loss;
    else
        r->mark = before;
    return there;
}

static int by_seq(const void *a, const void *b)
{
    const otr_row_outbox *left = a;
    const otr_row_outbox *right = b;
    return (left->seq > right->seq) - (left->seq < right->seq);
}

static otr_status read_real(void *self, otr_outbox_class class, uint64_t after, size_t limit,
                            otr_arena *memory, otr_row_outbox **rows, size_t *count)
{
    real *r = self;
    otr_error error;
    otr_row_outbox entry;
    otr_status status;
    *count = 0;
    *rows = otr_arena_array(memory, limit + 1, sizeof **rows);
    OTR_ASSERT(*rows != NULL);
    if (r->database.sql.handle == NULL)
        return OTR_IO;
    sqlite3_stmt *row =
        otr_sql_start(&r->database.sql, OTR_SQL_OUTBOX_READ, "iii", otr_store_outbox_key(class, after),
                      otr_store_outbox_key((otr_outbox_class)(class + 1), 0), (int64_t)limit);
    while ((status = otr_sql_next(&r->database.sql, row, &error)) == OTR_OK) {
        status = otr_store_outbox_of(row, &entry, &error);
        if (status != OTR_OK)
            break;
        entry.body = otr_arena_copy(memory, entry.body);
        (*rows)[(*count)++] = entry;
    }
    if (status != OTR_NOT_FOUND)
        sim_fail(r->s, "the outbox does not read back: %s", error.text);
    qsort(*rows, *count, sizeof **rows, by_seq);
    return OTR_OK;
}

/* ---- it holds what the model holds ---- */

static uint64_t ask(real *r, const char *question)
{
    sqlite3_stmt *row = NULL;
    uint64_t answer = UINT64_MAX;
    if (sqlite3_prepare_v2(r->database.sql.handle, question, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        answer = (uint64_t)sqlite3_column_int64(row, 0);
    (void)sqlite3_finalize(row);
    return answer;
}

static void compare_entry(real *r, const otr_row_outbox *is)
{
    const otr_disk *disk = r->s->store.disk;
    for (size_t i = disk->first_entry; i < disk->entries.count; i++) {
        const otr_disk_entry *meant = &disk->entries.list[i];
        if (meant->left || meant->seq != is->seq)
            continue;
        otr_str body = {(const char *)meant->body.data, meant->body.size};
        if (meant->class != is->class || !otr_id_equal(meant->event, is->event) ||
            meant->handed != is->handed || meant->retain != is->retain || !otr_str_equal(body, is->body))
            sim_fail(r->s, "entry %llu of the outbox is another one in the store",
                     (unsigned long long)is->seq);
        return;
    }
    sim_fail(r->s, "the store has entry %llu of the outbox, which left", (unsigned long long)is->seq);
}

static void compare_outbox(real *r)
{
    size_t found = 0;
    for (int class = 0; class < OTR_OUTBOX_CLASSES && !sim_failed(r->s); class ++) {
        uint64_t after = 0;
        size_t count = READ_ROWS;
        while (count == READ_ROWS && !sim_failed(r->s)) {
            otr_arena memory = {0};
            otr_row_outbox *rows;
            (void)read_real(r, (otr_outbox_class) class, after, READ_ROWS, &memory, &rows, &count);
            for (size_t i = 0; i < count && !sim_failed(r->s); i++)
                compare_entry(r, &rows[i]);
            after = count > 0 ? rows[count - 1].seq : after;
            found += count;
            otr_arena_done(&memory);
        }
    }
    if (found != r->s->store.disk->outbox_rows)
        sim_fail(r->s, "the outbox has %zu entries in the store, and should have %zu", found,
                 r->s->store.disk->outbox_rows);
}

static void compare_counters(real *r)
{
    const otr_store_state *is = &r->database.state;
    const otr_disk *meant = r->s->store.disk;
    if (is->next_seq != meant->next_seq)
        sim_fail(r->s, "the store goes on at input %llu, and should at %llu",
                 (unsigned long long)is->next_seq, (unsigned long long)meant->next_seq);
    if (is->outbox_rows != meant->outbox_rows || is->rows != meant->batches.count - meant->first_batch)
        sim_fail(r->s, "the store counts %llu entries and %llu batches, and should %zu and %zu",
                 (unsigned long long)is->outbox_rows, (unsigned long long)is->rows, meant->outbox_rows,
                 meant->batches.count - meant->first_batch);
}

/* Entries that name who is forgotten by an id alone have left as well. */
static void leave_forgotten(real *r)
{
    otr_disk *disk = r->s->store.disk;
    for (size_t i = disk->first_entry; i < disk->entries.count && r->database.sql.handle != NULL; i++) {
        otr_disk_entry *entry = &disk->entries.list[i];
        char question[100];
        (void)snprintf(question, sizeof question, "SELECT COUNT(*) FROM outbox WHERE key = %lld",
                       (long long)otr_store_outbox_key(entry->class, entry->seq));
        if (!entry->left && ask(r, question) == 0)
            otr_disk_leave(disk, entry, OTR_LEFT_FORGOTTEN);
    }
}

void sim_real_durable(sim *s, const otr_commit *commit)
{
    real *r = s->store.behind.self;
    if (r == NULL)
        return;
    if (commit->forgotten.size > 0)
        leave_forgotten(r);
    for (size_t i = 0; i < fate_count(commit); i++) {
        const otr_outbox_fate *is = &r->fates[i];
        const otr_outbox_fate *meant = &commit->fates[i];
        if (is->alone != meant->alone || is->kept != meant->kept || is->replaced != meant->replaced)
            sim_fail(s, "the store decides otherwise about entry %zu that takes the place of another", i);
    }
    if (r->database.sql.handle != NULL)
        compare_counters(r);
}

static otr_status recover_real(void *self, const otr_recovery *recovery, otr_error *error)
{
    real *r = self;
    sim_tally meant = {0};
    sim_tally is = {.to = recovery};
    meant.erased_seq = is.erased_seq = r->s->guests->gone_seq;
    otr_recovery count = sim_tally_recovery(&meant);
    otr_recovery hand_on = sim_tally_recovery(&is);
    OTR_ASSERT(otr_disk_recover(r->s->store.disk, &count, 0) == OTR_OK);
    otr_status status = otr_database_open_or_replace(&r->database, error);
    if (status == OTR_OK)
        status = otr_database_read_back(&r->database, &hand_on, error);
    if (status != OTR_OK || r->database.corrupt) {
        sim_fail(r->s, "the store does not read back: %s", error->text);
        return status;
    }
    const char *difference = sim_tally_difference(&is, &meant);
    if (difference != NULL)
        sim_fail(r->s, "the store has other %s than were committed", difference);
    compare_counters(r);
    compare_outbox(r);
    if (r->database.state.next_outbox_seq != r->s->store.disk->next_outbox_seq)
        sim_fail(r->s, "the outbox goes on at entry %llu, and should at %llu",
                 (unsigned long long)r->database.state.next_outbox_seq,
                 (unsigned long long)r->s->store.disk->next_outbox_seq);
    return OTR_OK;
}

void sim_real_check(sim *s)
{
    real *r = s->store.behind.self;
    const otr_disk *disk = s->store.disk;
    uint64_t lost = 0;
    uint64_t kept = 0;
    if (r == NULL)
        return;
    for (size_t i = 0; i < disk->losses.count; i++)
        lost += disk->losses.list[i].loss.readings;
    for (size_t i = disk->first_batch; i < disk->batches.count; i++)
        kept += disk->batches.list[i].readings;
    uint64_t is_lost = ask(r, "SELECT COALESCE(SUM(readings), 0) FROM losses WHERE reason = 'quota'");
    uint64_t is_kept = ask(r, "SELECT COALESCE(SUM(readings), 0) FROM journal");
    if (is_lost != lost || is_kept != kept)
        sim_fail(s, "the store keeps %llu readings and recorded %llu as lost, and should %llu and %llu",
                 (unsigned long long)is_kept, (unsigned long long)is_lost, (unsigned long long)kept,
                 (unsigned long long)lost);
}

static void look_into(sim *s, const char *path)
{
    otr_buffer all = {0};
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    size_t got;
    if (file == NULL)
        return;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        otr_buffer_add(&all, bytes, got);
    (void)fclose(file);
    const char *mark = sim_guests_within(s, otr_buffer_bytes(&all));
    if (mark != NULL)
        sim_fail(s, "%s of who is forgotten is in a file of the store", mark);
    otr_buffer_done(&all);
}

/* As a start would, it rewrites the files if a crash kept it from that. */
void sim_real_check_forgotten(sim *s)
{
    real *r = s->store.behind.self;
    otr_error error;
    char log[OTR_STORE_PATH_BYTES + 8];
    if (r == NULL || s->guests->gone == 0)
        return;
    otr_database_close(&r->database);
    if (otr_database_open(&r->database, &error) != OTR_OK)
        sim_fail(s, "the store does not open: %s", error.text);
    otr_database_close(&r->database);
    (void)snprintf(log, sizeof log, "%s-wal", r->database.files.database);
    look_into(s, r->database.files.database);
    look_into(s, log);
}

/* ---- life ---- */

static otr_status new_meta(void *context, otr_id incarnation, uint64_t next_seq, uint64_t next_outbox_seq,
                           otr_time last_core)
{
    otr_disk *disk = context;
    disk->incarnation = incarnation;
    OTR_ASSERT(next_seq == disk->next_seq && next_outbox_seq == disk->next_outbox_seq && last_core == 0);
    return OTR_OK;
}

static otr_status new_secret(void *context, const otr_digest *secret)
{
    ((otr_disk *)context)->secret = *secret;
    return OTR_OK;
}

void sim_real_init(sim *s)
{
    otr_error error;
    real *r = calloc(1, sizeof *r);
    OTR_ASSERT(r != NULL);
    r->s = s;
    r->dice = otr_dice_of(s->plan.seed, "real", 0);
    chance = otr_dice_of(s->plan.seed, "chance", 0);
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(s->plan.seed & 0x7fffffff) + 1, NULL);
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(r->folder, sizeof r->folder, "%.40s/outrider-sim-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    OTR_ASSERT(mkdtemp(r->folder) != NULL);
    r->vfs = otr_fault_vfs_create(VFS_NAME, s->plan.seed);
    otr_store_config config = {.folder = otr_str_of(r->folder), .quota_bytes = 16 << 20, .vfs = VFS_NAME};
    OTR_ASSERT(r->vfs != NULL && otr_database_init(&r->database, &config, &error) == OTR_OK);
    if (s->has[SIM_QUOTA])
        r->database.data_bytes =
            (uint64_t)((s->plan.span > 6 * OTR_HOUR ? 850 : 400) + otr_dice_roll(&r->dice, 200)) << 10;
    r->database.reserve_bytes = r->database.data_bytes / 16;
    r->database.chunk_bytes = 2048U << otr_dice_roll(&r->dice, 4);
    r->database.log_bytes = 16384U << otr_dice_roll(&r->dice, 3);
    otr_recovery recovery = {.context = s->store.disk, .meta = new_meta, .secret = new_secret};
    otr_status status = otr_database_open_or_replace(&r->database, &error);
    if (status == OTR_OK) /* a new one has no rows */
        status = otr_database_read_back(&r->database, &recovery, &error);
    OTR_ASSERT(status == OTR_OK);
    otr_database_close(&r->database);
    s->store.behind = (otr_sim_behind){r, recover_real, commit_real, read_real, end_real};
}

void sim_real_done(sim *s)
{
    real *r = s->store.behind.self;
    char command[100];
    if (r == NULL)
        return;
    otr_database_done(&r->database);
    otr_fault_vfs_free(r->vfs);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
    if (system(command) != 0)
        sim_fail(s, "the store's folder cannot be removed");
    free(r);
    s->store.behind = (otr_sim_behind){0};
}
