/*
 * A database that does not read back is set aside whole, its loss recorded and handed over, what still reads
 * of outbox, alarms and cases taken over; a start always ends with a working store.
 */
#include "store_fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
    *state = fixture_create();
    fixture_start(*state);
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static otr_status try_put(fixture *f, uint64_t seq)
{
    static uint8_t batch[700];
    uint32_t device = (uint32_t)(seq % 9);
    otr_row_outbox told = {
        .seq = seq, .class = OTR_OUTBOX_NORMAL, .event = fixture_id(seq), .body = OTR_STR("told")};
    otr_row_alarm alarm = {.id = fixture_id(seq % 4),
                           .seq = seq % 4 + 1,
                           .revision = (uint32_t)seq,
                           .open = true,
                           .ended = OTR_TIME_NONE};
    otr_row_case opened = {.id = fixture_id(seq % 2), .seq = seq % 2 + 1, .closed = OTR_TIME_NONE};
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 2,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .batch = fixture_fill(batch, sizeof batch, seq),
                         .devices = &device,
                         .device_count = 1,
                         .outbox = &told,
                         .outbox_count = 1,
                         .alarms = &alarm,
                         .alarm_count = 1,
                         .cases = &opened,
                         .case_count = 1};
    return fixture_commit(f, &commit);
}

static void put(fixture *f, uint64_t seq)
{
    assert_int_equal(try_put(f, seq), OTR_OK);
}

static uint64_t next_number(const fixture *f)
{
    return f->got.next_seq > f->got.next_outbox_seq ? f->got.next_seq : f->got.next_outbox_seq;
}

static void fill(fixture *f)
{
    for (uint64_t seq = 1; seq <= 200; seq++)
        put(f, seq);
    fixture_close(f);
}

static void overwrite(fixture *f, off_t at, size_t size)
{
    int fd = open(fixture_path(f, "outrider.db"), O_WRONLY);
    assert_true(fd >= 0);
    uint8_t garbage[4096];
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (uint8_t)(i * 151 + 17);
    for (size_t done = 0; done < size; done += sizeof garbage) {
        size_t piece = size - done < sizeof garbage ? size - done : sizeof garbage;
        assert_int_equal(pwrite(fd, garbage, piece, at + (off_t)done), (ssize_t)piece);
    }
    (void)close(fd);
}

/* It starts, tells one loss, has another incarnation, and works. */
static void assert_replaced(fixture *f, otr_id before)
{
    fixture_start(f);
    assert_non_null(fixture_find(f, "outrider.db.corrupt-"));
    assert_false(otr_id_equal(before, f->got.incarnation));
    assert_int_equal(f->got.loss_count, 1);
    assert_true(otr_str_is(f->got.losses[0].reason, "corrupt"));
    put(f, next_number(f));
    fixture_restart(f);
    assert_int_equal(f->got.loss_count, 0); /* the commit reported it */
    assert_int_equal(f->got.batch_count, 1);
}

static void a_garbled_header_is_replaced(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    overwrite(f, 0, 100);
    assert_replaced(f, before);
}

static void an_empty_file_is_a_loss_and_not_a_first_start(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    assert_int_equal(truncate(fixture_path(f, "outrider.db"), 0), 0);
    assert_replaced(f, before);
}

static void a_truncated_file_is_replaced_and_what_reads_is_saved(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    struct stat about;
    assert_int_equal(stat(fixture_path(f, "outrider.db"), &about), 0);
    assert_int_equal(truncate(fixture_path(f, "outrider.db"), about.st_size / 2 / 2048 * 2048), 0);
    assert_replaced(f, before);
}

static void garbage_anywhere_ends_with_a_working_store(void **state)
{
    fixture *f = *state;
    fill(f);
    struct stat about;
    assert_int_equal(stat(fixture_path(f, "outrider.db"), &about), 0);
    unsigned at_start = 0;
    unsigned later = 0;
    for (off_t at = 2048; at < about.st_size; at += 10240) {
        fixture *other = fixture_create();
        otr_error error = {0};
        fixture_start(other);
        fill(other);
        overwrite(other, at, 2048);
        fixture_start(other);
        bool aside = fixture_find(other, "outrider.db.corrupt-") != NULL;
        at_start += aside;
        /* Pages that a start does not read are found by the commit that meets them, or by nobody. */
        if (!aside)
            assert_int_equal(other->got.batch_count, 200);
        if (try_put(other, next_number(other)) != OTR_OK) {
            assert_false(aside);
            assert_int_equal(fixture_recover(other, &error), OTR_OK);
            aside = true;
            later++;
            put(other, next_number(other));
        }
        assert_int_equal(other->got.loss_count, aside ? 1 : 0);
        fixture_free(other);
    }
    assert_true(at_start > 5 && later > 0);
}

static void a_flipped_bit_in_a_batch_is_found(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    (void)fixture_number(f, "UPDATE journal SET batch = zeroblob(700) WHERE seq = 100");
    fixture_start(f);
    assert_false(otr_id_equal(before, f->got.incarnation));
    assert_int_equal(f->got.loss_count, 1);
    assert_int_equal(f->got.losses[0].readings, 400);
    assert_int_equal(f->got.losses[0].first_seq, 1);
    assert_int_equal(f->got.losses[0].last_seq, 200);
    assert_int_equal(f->got.losses[0].first_core, OTR_SECOND);
    assert_int_equal(f->got.losses[0].last_core, 200 * OTR_SECOND);
    /* what decides about people is taken over, and the numbers go on */
    assert_int_equal(f->got.alarm_count, 4);
    assert_int_equal(f->got.case_count, 2);
    assert_int_equal(f->got.next_seq, 201);
    assert_int_equal(f->got.next_outbox_seq, 201);
    assert_int_equal(f->got.last_core, 200 * OTR_SECOND);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_NORMAL, 0, 500), OTR_OK);
    assert_int_equal(f->row_count, 200);
}

static void another_programs_database_is_set_aside_untouched(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fixture_close(f);
    (void)unlink(fixture_path(f, "outrider.db"));
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle,
                                  "PRAGMA application_id = 7; CREATE TABLE t (a); INSERT INTO t VALUES (42)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(handle);
    assert_replaced(f, before);
    assert_int_equal(sqlite3_open(fixture_path(f, fixture_find(f, "outrider.db.corrupt-")), &handle),
                     SQLITE_OK);
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(handle, "SELECT a FROM t", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 42);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(handle);
}

static void a_missing_table_is_corruption(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    (void)fixture_number(f, "DROP TABLE cases");
    assert_replaced(f, before);
}

static void a_lost_database_with_a_log_left_is_a_loss(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    assert_int_equal(unlink(fixture_path(f, "outrider.db")), 0);
    FILE *log = fopen(fixture_path(f, "outrider.db-wal"), "w");
    assert_non_null(log);
    (void)fputs("a log", log);
    (void)fclose(log);
    assert_replaced(f, before);
}

static void an_empty_or_foreign_log_does_no_harm(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    for (int garbage = 0; garbage < 2; garbage++) {
        FILE *log = fopen(fixture_path(f, "outrider.db-wal"), "w");
        assert_non_null(log);
        for (int i = 0; i < garbage * 5000; i++)
            (void)fputc(i * 31 % 251, log);
        (void)fclose(log);
        fixture_start(f);
        assert_true(otr_id_equal(before, f->got.incarnation));
        assert_int_equal(f->got.batch_count, 200);
        fixture_close(f);
    }
}

static void a_row_that_the_driver_calls_corrupt_cannot_stop_every_start(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    fill(f);
    f->got.refuse_alarms = OTR_CORRUPT;
    fixture_start(f);
    assert_false(otr_id_equal(before, f->got.incarnation));
    assert_int_equal(f->got.alarm_count, 0);
    assert_true(f->got.loss_count > 0);
    assert_int_equal(f->got.meta_calls, 3); /* as it was, with what was saved, without */
}

static void any_other_refusal_ends_the_recovery_and_harms_nothing(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    otr_error error = {0};
    fill(f);
    f->got.refuse_alarms = OTR_MEMORY;
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    assert_int_equal(fixture_recover(f, &error), OTR_MEMORY);
    f->got.refuse_alarms = OTR_OK;
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_true(otr_id_equal(before, f->got.incarnation));
    assert_null(fixture_find(f, "outrider.db.corrupt"));
}

static void a_new_database_left_by_a_crash_is_taken_and_half_of_one_is_not(void **state)
{
    fixture *f = *state;
    otr_id before = f->got.incarnation;
    char path[512];
    fixture_close(f);
    (void)snprintf(path, sizeof path, "%s", fixture_path(f, "outrider.db"));
    assert_int_equal(rename(path, fixture_path(f, "outrider.db.new")), 0);
    fixture_start(f);
    assert_true(otr_id_equal(before, f->got.incarnation));
    fixture_close(f);
    assert_int_equal(rename(path, fixture_path(f, "outrider.db.new")), 0);
    assert_int_equal(truncate(fixture_path(f, "outrider.db.new"), 3000), 0);
    fixture_start(f);
    assert_false(otr_id_equal(before, f->got.incarnation));
    assert_null(fixture_find(f, "outrider.db.new"));
}

static void only_the_newest_two_are_kept_aside(void **state)
{
    fixture *f = *state;
    fixture_close(f);
    for (int i = 0; i < 4; i++) {
        overwrite(f, 0, 100);
        fixture_start(f);
        fixture_close(f);
    }
    unsigned count = 0;
    const char *name;
    while ((name = fixture_find(f, "outrider.db.corrupt-")) != NULL) {
        (void)unlink(fixture_path(f, name));
        count++;
    }
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(a_garbled_header_is_replaced),
        CASE(an_empty_file_is_a_loss_and_not_a_first_start),
        CASE(a_truncated_file_is_replaced_and_what_reads_is_saved),
        CASE(garbage_anywhere_ends_with_a_working_store),
        CASE(a_flipped_bit_in_a_batch_is_found),
        CASE(another_programs_database_is_set_aside_untouched),
        CASE(a_missing_table_is_corruption),
        CASE(a_lost_database_with_a_log_left_is_a_loss),
        CASE(an_empty_or_foreign_log_does_no_harm),
        CASE(a_row_that_the_driver_calls_corrupt_cannot_stop_every_start),
        CASE(any_other_refusal_ends_the_recovery_and_harms_nothing),
        CASE(a_new_database_left_by_a_crash_is_taken_and_half_of_one_is_not),
        CASE(only_the_newest_two_are_kept_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
