/*
 * Call n fails, for all n, once and for ever: the commit it hits is answered as failed, recovery brings back
 * a whole state, and when the fault has gone every commit that is sent again is there once.
 */
#include "platform/linux/store/store_database.h"
#include "store_model.h"
#include "vfs_powerloss.h"

#include <sqlite3.h>
#include <stdio.h>

enum { COMMITS = 60 };

typedef struct fault {
    const char *name;
    unsigned kinds;
    int code;
    unsigned step; /* of n: 1 visits every call */
} fault;

static void recover_through(fixture *f, otr_fault_vfs *vfs, bool for_ever, const char *text)
{
    otr_error error = {0};
    otr_status status = fixture_recover(f, &error);
    if (status == OTR_OK)
        return;
    /* A fault that stays may keep the store closed; it must say so and open when the fault has gone. */
    if (!for_ever)
        status = fixture_recover(f, &error);
    if (status != OTR_OK) {
        assert_true(status == OTR_IO || status == OTR_FULL);
        otr_fault_vfs_fail(vfs, 0, 0, false, 0);
        status = fixture_recover(f, &error);
    }
    if (status != OTR_OK)
        fail_msg("%s: recovery: %s", text, error.text);
}

/* True when the nth call was reached. */
static bool round_with(const fault *kind, unsigned n, bool for_ever)
{
    static model_commit commit;
    char text[96];
    (void)snprintf(text, sizeof text, "%s %u %s", kind->name, n, for_ever ? "for ever" : "once");
    otr_fault_vfs *vfs = otr_fault_vfs_create("failing", n);
    fixture *f = fixture_create();
    f->config.vfs = "failing";
    f->config.quota_bytes = 1 << 20;
    fixture_start(f);
    model m;
    model_init(&m, 3);
    m.incarnation = f->got.incarnation;
    bool hit = false;
    uint64_t start = otr_fault_vfs_calls(vfs, kind->kinds);
    otr_fault_vfs_fail(vfs, kind->kinds, n, for_ever, kind->code);
    while (m.commits < COMMITS) {
        model before = m;
        model_next(&m, &commit);
        otr_status status = fixture_commit(f, &commit.commit);
        if (status == OTR_OK)
            continue;
        hit = true;
        assert_true(status == OTR_IO || status == OTR_FULL);
        recover_through(f, vfs, for_ever, text);
        model_settle(&m, &before, f, text);
        otr_fault_vfs_fail(vfs, 0, 0, false, 0);
    }
    hit = hit || otr_fault_vfs_calls(vfs, kind->kinds) - start >= n;
    otr_fault_vfs_fail(vfs, 0, 0, false, 0);
    fixture_restart(f);
    model same = m;
    model_settle(&m, &same, f, text);
    assert_int_equal(m.commits, COMMITS);
    fixture_free(f);
    otr_fault_vfs_free(vfs);
    return hit;
}

static void every_call(const fault *kind)
{
    unsigned n = 1;
    while (round_with(kind, n, false) && round_with(kind, n, true))
        n += kind->step;
    print_message("%s: %u calls\n", kind->name, n - 1);
    assert_true(n > 1);
}

static void every_sync_fails_once(void **state)
{
    (void)state;
    every_call(&(fault){"sync", OTR_FAULT_SYNC, 0, 1});
}

static void every_write_fails_once(void **state)
{
    (void)state;
    every_call(&(fault){"write", OTR_FAULT_WRITE, 0, 7});
}

static void every_write_finds_the_disk_full_once(void **state)
{
    (void)state;
    every_call(&(fault){"full", OTR_FAULT_WRITE, SQLITE_FULL, 7});
}

static void every_read_fails_once(void **state)
{
    (void)state;
    every_call(&(fault){"read", OTR_FAULT_READ, 0, 1});
}

static void every_call_of_the_first_start_may_fail(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        otr_fault_vfs *vfs = otr_fault_vfs_create("failing", n);
        fixture *f = fixture_create();
        otr_error error = {0};
        f->config.vfs = "failing";
        assert_int_equal(fixture_open(f, &error), OTR_OK);
        uint64_t start = otr_fault_vfs_calls(vfs, OTR_FAULT_ALL);
        otr_fault_vfs_fail(vfs, OTR_FAULT_ALL, n, false, 0);
        otr_status status = fixture_recover(f, &error);
        bool hit = otr_fault_vfs_calls(vfs, OTR_FAULT_ALL) - start >= n;
        otr_fault_vfs_fail(vfs, 0, 0, false, 0);
        if (status != OTR_OK) {
            assert_true(status == OTR_IO || status == OTR_FULL);
            assert_int_equal(fixture_recover(f, &error), OTR_OK);
        }
        assert_int_equal(f->got.next_seq, 1);
        assert_int_equal(f->got.loss_count, 0);
        assert_null(fixture_find(f, "outrider.db.corrupt"));
        fixture_free(f);
        otr_fault_vfs_free(vfs);
        if (!hit) {
            assert_true(n > 10);
            break;
        }
    }
}

static const otr_migration next_steps[] = {
    {OTR_STORE_VERSION + 1, "CREATE TABLE extra (a INTEGER) STRICT"},
};
static const otr_store_schema next_schema = {OTR_STORE_VERSION + 1, next_steps, 1};

static void start_as(fixture *f, otr_fault_vfs *vfs, const otr_store_schema *schema, const fault *kind,
                     unsigned n, bool for_ever)
{
    otr_error error = {0};
    fixture_close(f);
    f->config.schema = schema;
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    otr_fault_vfs_fail(vfs, kind->kinds, n, for_ever, kind->code);
    otr_status status = fixture_recover(f, &error);
    otr_fault_vfs_fail(vfs, 0, 0, false, 0);
    if (status == OTR_OK)
        return;
    assert_true(status == OTR_IO || status == OTR_FULL);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
}

/* Upwards the way back may be missing then, but never the agent; downwards nothing may be missing. */
static void every_call_of_a_new_version_and_of_its_way_back_may_fail(void **state)
{
    (void)state;
    static const fault kinds[] = {{"all", OTR_FAULT_ALL, 0, 1}, {"full", OTR_FAULT_WRITE, SQLITE_FULL, 1}};
    for (unsigned round = 0; round < 4; round++) {
        const fault *kind = &kinds[round % 2];
        unsigned kept = 0;
        for (unsigned n = 1;; n += getenv("OUTRIDER_LONG") != NULL ? 1 : 4) {
            static model_commit commit;
            otr_fault_vfs *vfs = otr_fault_vfs_create("failing", n);
            fixture *f = fixture_create();
            model m;
            f->config.vfs = "failing";
            fixture_start(f);
            model_init(&m, 5);
            m.incarnation = f->got.incarnation;
            model_next(&m, &commit);
            assert_int_equal(fixture_commit(f, &commit.commit), OTR_OK);
            uint64_t start = otr_fault_vfs_calls(vfs, kind->kinds);
            start_as(f, vfs, &next_schema, kind, n, round >= 2);
            bool hit = otr_fault_vfs_calls(vfs, kind->kinds) - start >= n;
            model same = m;
            model_settle(&m, &same, f, "new version");
            bool is_kept = otr_store_kept(f->store) != 0;
            kept += is_kept;
            if (!is_kept) {
                fixture_free(f);
                otr_fault_vfs_free(vfs);
                continue;
            }
            model_next(&m, &commit);
            assert_int_equal(fixture_commit(f, &commit.commit), OTR_OK);
            start = otr_fault_vfs_calls(vfs, kind->kinds);
            start_as(f, vfs, NULL, kind, n, round >= 2);
            hit = hit || otr_fault_vfs_calls(vfs, kind->kinds) - start >= n;
            assert_int_equal(f->got.loss_count, 1);
            assert_true(otr_str_is(f->got.losses[0].reason, "rollback"));
            assert_int_equal(f->got.next_seq, m.next_seq);
            fixture_free(f);
            otr_fault_vfs_free(vfs);
            if (!hit) {
                print_message("%s %s: %u calls, of %u the way back was there\n", kind->name,
                              round < 2 ? "once" : "for ever", n - 1, kept);
                assert_true(n > 5 && kept > 0);
                break;
            }
        }
    }
}

static void a_commit_without_recovery_after_a_failure_fails_too(void **state)
{
    (void)state;
    static model_commit commit;
    otr_fault_vfs *vfs = otr_fault_vfs_create("failing", 1);
    fixture *f = fixture_create();
    f->config.vfs = "failing";
    fixture_start(f);
    model m;
    model_init(&m, 1);
    model_next(&m, &commit);
    otr_fault_vfs_fail(vfs, OTR_FAULT_SYNC, 1, false, 0);
    assert_int_equal(fixture_commit(f, &commit.commit), OTR_IO);
    assert_int_equal(fixture_commit(f, &commit.commit), OTR_IO);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 5), OTR_IO);
    fixture_free(f);
    otr_fault_vfs_free(vfs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sync_fails_once),
        cmocka_unit_test(every_write_fails_once),
        cmocka_unit_test(every_write_finds_the_disk_full_once),
        cmocka_unit_test(every_read_fails_once),
        cmocka_unit_test(every_call_of_the_first_start_may_fail),
        cmocka_unit_test(every_call_of_a_new_version_and_of_its_way_back_may_fail),
        cmocka_unit_test(a_commit_without_recovery_after_a_failure_fails_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
