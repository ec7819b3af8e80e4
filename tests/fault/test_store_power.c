/*
 * Power goes at any instant: every commit that was answered OK is there as a whole, the one under way wholly
 * or not at all, and nothing is ever taken for corrupt. OUTRIDER_ROUNDS multiplies the seeds.
 */
#include "platform/linux/store/store_database.h"
#include "store_model.h"
#include "vfs_powerloss.h"

#include <sqlite3.h>
#include <stdio.h>

static unsigned rounds(unsigned usual)
{
    const char *factor = getenv("OUTRIDER_ROUNDS");
    return usual * (factor != NULL ? (unsigned)atoi(factor) : 1);
}

/* Powers on and recovers until it succeeds; power may go while recovering too. */
static void come_back(fixture *f, otr_fault_vfs *vfs, const char *text)
{
    otr_error error = {0};
    fixture_close(f);
    otr_fault_vfs_power_on(vfs);
    if (fixture_open(f, &error) != OTR_OK || fixture_recover(f, &error) != OTR_OK)
        fail_msg("%s: recovery: %s", text, error.text);
}

/* One life of the agent: commits until the power goes or `most` are made. The model is where the store is
 * then. */
static void live(fixture *f, otr_fault_vfs *vfs, model *m, unsigned most, const char *text)
{
    static model_commit commit;
    model before = *m;
    for (unsigned i = 0; i < most; i++) {
        before = *m;
        model_next(m, &commit);
        otr_status status = fixture_commit(f, &commit.commit);
        if (status == OTR_OK && !otr_fault_vfs_is_cut(vfs))
            continue;
        /* Answered OK counts even when the power went right after it. */
        if (status == OTR_OK)
            before = *m;
        break;
    }
    if (!otr_fault_vfs_is_cut(vfs)) {
        otr_fault_vfs_cut(vfs);
        before = *m;
    }
    come_back(f, vfs, text);
    model_settle(m, &before, f, text);
}

static void any_seed_survives_many_cuts(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= rounds(40); seed++) {
        char text[64];
        (void)snprintf(text, sizeof text, "seed %u", seed);
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", seed);
        fixture *f = fixture_create();
        f->config.vfs = "power";
        /* small quotas so that eviction and checkpoints are cut too */
        f->config.quota_bytes = seed % 2 == 0 ? 1 << 20 : 64 << 20;
        model m;
        model_init(&m, seed);
        fixture_start(f);
        m.incarnation = f->got.incarnation;
        for (unsigned life = 0; life < 6; life++) {
            otr_fault_vfs_cut_at(vfs, OTR_FAULT_CHANGES, 1 + (seed * 7919 + life * 104729) % 900);
            live(f, vfs, &m, 200, text);
        }
        fixture_free(f);
        otr_fault_vfs_free(vfs);
    }
}

static void a_cut_at_each_sync_loses_nothing_answered(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        char text[64];
        (void)snprintf(text, sizeof text, "sync %u", n);
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", n);
        fixture *f = fixture_create();
        f->config.vfs = "power";
        f->config.quota_bytes = 1 << 20;
        model m;
        model_init(&m, 5);
        fixture_start(f);
        m.incarnation = f->got.incarnation;
        otr_fault_vfs_cut_at(vfs, OTR_FAULT_SYNC, n);
        live(f, vfs, &m, 120, text);
        bool all = m.commits == 120;
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (all && n > 120)
            break;
    }
}

static void a_cut_at_each_call_of_the_first_start_leaves_a_database_that_starts(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", n);
        fixture *f = fixture_create();
        otr_error error;
        f->config.vfs = "power";
        assert_int_equal(fixture_open(f, &error), OTR_OK);
        otr_fault_vfs_cut_at(vfs, OTR_FAULT_CHANGES | OTR_FAULT_OPEN, n);
        otr_status status = fixture_recover(f, &error);
        bool cut = otr_fault_vfs_is_cut(vfs);
        if (cut) {
            come_back(f, vfs, "first start");
            assert_int_equal(f->got.next_seq, 1);
            assert_int_equal(f->got.loss_count, 0);
            assert_null(fixture_find(f, "outrider.db.corrupt"));
        } else {
            assert_int_equal(status, OTR_OK);
        }
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (!cut) {
            assert_true(n > 10);
            break;
        }
    }
}

static void a_cut_at_each_call_while_a_corrupt_database_is_replaced_ends_with_one_recorded_loss(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", n);
        fixture *f = fixture_create();
        otr_error error;
        f->config.vfs = "power";
        FILE *file = fopen(fixture_path(f, "outrider.db"), "w");
        assert_non_null(file);
        for (int i = 0; i < 4000; i++)
            (void)fputs("no database ", file);
        (void)fclose(file);
        assert_int_equal(fixture_open(f, &error), OTR_OK);
        otr_fault_vfs_cut_at(vfs, OTR_FAULT_CHANGES | OTR_FAULT_OPEN, n);
        (void)fixture_recover(f, &error);
        bool cut = otr_fault_vfs_is_cut(vfs);
        if (cut)
            come_back(f, vfs, "replacing");
        assert_int_equal(f->got.loss_count, 1);
        assert_true(otr_str_is(f->got.losses[0].reason, "corrupt"));
        assert_non_null(fixture_find(f, "outrider.db.corrupt-"));
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (!cut) {
            assert_true(n > 10);
            break;
        }
    }
}

static void begin_with_version_1(fixture *f)
{
    static char text[65536];
    char path[1024];
    sqlite3 *handle;
    const char *source = getenv("OUTRIDER_SOURCE");
    assert_non_null(source);
    (void)snprintf(path, sizeof path, "%s/tests/unit/store/fixtures/version_1.sql", source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    assert_int_equal(sqlite3_open_v2(fixture_path(f, "outrider.db"), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, f->config.vfs),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(handle, "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL", NULL, NULL, NULL),
        SQLITE_OK);
    if (sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(handle));
    (void)sqlite3_close(handle);
}

/* Of the database that version 1 left. */
static int64_t kept_number(fixture *f, const char *query)
{
    sqlite3 *handle;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db.schema-1"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, query, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(row, 0);
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
    return number;
}

/* Recovers with the power cut at the n-th call that changes or opens something; false: there were not so
 * many. */
static bool recover_cut_at(fixture *f, otr_fault_vfs *vfs, unsigned n, const char *what)
{
    otr_error error;
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    otr_fault_vfs_cut_at(vfs, OTR_FAULT_CHANGES | OTR_FAULT_OPEN, n);
    (void)fixture_recover(f, &error);
    bool cut = otr_fault_vfs_is_cut(vfs);
    otr_fault_vfs_cut_at(vfs, OTR_FAULT_ALL, 0);
    if (cut)
        come_back(f, vfs, what);
    return cut;
}

static void a_cut_at_each_call_of_a_migration_loses_nothing(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", n);
        fixture *f = fixture_create();
        f->config.vfs = "power";
        begin_with_version_1(f);
        bool cut = recover_cut_at(f, vfs, n, "migration");
        assert_null(fixture_find(f, "outrider.db.corrupt"));
        assert_int_equal(f->got.next_seq, 8);
        assert_int_equal(f->got.next_outbox_seq, 5);
        assert_int_equal(f->got.batch_count, 3);
        assert_int_equal(f->got.alarm_count, 1);
        assert_int_equal(f->got.case_count, 1);
        assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
        assert_int_equal(f->row_count, 1);
        assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM notices"), 0);
        /* and the way back is there */
        assert_int_equal(otr_store_kept(f->store), 1);
        assert_null(fixture_find(f, "outrider.db.keeping"));
        assert_int_equal(kept_number(f, "PRAGMA user_version"), 1);
        assert_int_equal(kept_number(f, "SELECT COUNT(*) FROM journal"), 3);
        assert_int_equal(kept_number(f, "SELECT COUNT(*) FROM outbox"), 2);
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (!cut) {
            assert_true(n > 10);
            break;
        }
    }
}

static const otr_migration next_steps[] = {
    {OTR_STORE_VERSION + 1, "CREATE TABLE extra (a INTEGER) STRICT"},
};
static const otr_store_schema next_schema = {OTR_STORE_VERSION + 1, next_steps, 1};

/* A version that is taken back after it has lived: model is where the newer database stands. */
static void live_under_the_next_version(fixture *f, model *m)
{
    static model_commit commit;
    fixture_start(f);
    model_init(m, 7);
    m->incarnation = f->got.incarnation;
    for (int i = 0; i < 24; i++) {
        if (i == 12) {
            fixture_close(f);
            f->config.schema = &next_schema;
            fixture_start(f);
        }
        model_next(m, &commit);
        assert_int_equal(fixture_commit(f, &commit.commit), OTR_OK);
    }
    fixture_close(f);
    f->config.schema = NULL;
}

static void a_cut_at_each_call_of_a_way_back_ends_with_one_recorded_loss(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", n);
        fixture *f = fixture_create();
        model m;
        f->config.vfs = "power";
        live_under_the_next_version(f, &m);
        bool cut = recover_cut_at(f, vfs, n, "way back");
        assert_null(fixture_find(f, "outrider.db.corrupt"));
        assert_non_null(fixture_find(f, "outrider.db.newer-"));
        assert_int_equal(f->got.loss_count, 1);
        assert_true(otr_str_is(f->got.losses[0].reason, "rollback"));
        assert_int_equal(f->got.losses[0].last_seq, m.next_seq - 1);
        assert_int_equal(f->got.next_seq, m.next_seq);
        assert_int_equal(f->got.next_outbox_seq, m.next_outbox);
        unsigned held = 0;
        for (unsigned seq = 0; seq < MODEL_OUTBOX; seq++)
            held += m.outbox[seq] != 0;
        assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox"), held);
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (!cut) {
            assert_true(n > 10);
            break;
        }
    }
}

/* The disk model itself must be able to lose something: else the tests above prove nothing. */
static void what_was_not_synced_can_be_lost(void **state)
{
    (void)state;
    unsigned lost = 0;
    for (unsigned seed = 1; seed <= 20; seed++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("power", seed);
        fixture *f = fixture_create();
        f->config.vfs = "power";
        fixture_start(f);
        model m;
        static model_commit commit;
        model_init(&m, seed);
        uint64_t synced = 0;
        for (int i = 0; i < 5; i++) {
            synced = m.next_seq;
            model_next(&m, &commit);
            if (i == 4)
                otr_fault_vfs_cut_at(vfs, OTR_FAULT_SYNC, 1);
            (void)fixture_commit(f, &commit.commit);
        }
        come_back(f, vfs, "losing");
        lost += f->got.next_seq == synced;
        fixture_free(f);
        otr_fault_vfs_free(vfs);
    }
    assert_true(lost > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_synced_can_be_lost),
        cmocka_unit_test(any_seed_survives_many_cuts),
        cmocka_unit_test(a_cut_at_each_call_of_a_migration_loses_nothing),
        cmocka_unit_test(a_cut_at_each_call_of_a_way_back_ends_with_one_recorded_loss),
        cmocka_unit_test(a_cut_at_each_sync_loses_nothing_answered),
        cmocka_unit_test(a_cut_at_each_call_of_the_first_start_leaves_a_database_that_starts),
        cmocka_unit_test(a_cut_at_each_call_while_a_corrupt_database_is_replaced_ends_with_one_recorded_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
