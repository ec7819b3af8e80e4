/* Versions of the schema: an old one is migrated as a whole or not at all, a newer one is refused and left
 * alone. */
#include "platform/linux/store/store_database.h"
#include "store_fixture.h"

#include <stdio.h>

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

static void open_database(fixture *f, otr_sql *sql)
{
    otr_error error = {0};
    fixture_close(f);
    *sql = (otr_sql){0};
    assert_int_equal(otr_sql_open(sql, fixture_path(f, "outrider.db"), SQLITE_OPEN_READWRITE, NULL, &error),
                     OTR_OK);
}

static void each_step_runs_once_and_in_order(void **state)
{
    fixture *f = *state;
    otr_sql sql;
    otr_error error = {0};
    static const otr_migration steps[] = {
        {OTR_STORE_VERSION + 1, "CREATE TABLE extra (a INTEGER) STRICT; INSERT INTO extra VALUES (2);"},
        {OTR_STORE_VERSION + 2,
         "INSERT INTO extra SELECT a + 1 FROM extra; ALTER TABLE cases ADD COLUMN queue TEXT NOT NULL "
         "DEFAULT ''"},
        {0, NULL},
    };
    open_database(f, &sql);
    assert_int_equal(otr_store_migrate(&sql, steps, 3, OTR_STORE_VERSION + 2, &error), OTR_OK);
    assert_int_equal(otr_store_migrate(&sql, steps, 3, OTR_STORE_VERSION + 2, &error), OTR_OK);
    otr_sql_close(&sql, false);
    assert_int_equal(fixture_number(f, "PRAGMA user_version"), OTR_STORE_VERSION + 2);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) * 100 + SUM(a) FROM extra"), 205);
}

static void a_step_that_fails_changes_nothing(void **state)
{
    fixture *f = *state;
    otr_sql sql;
    otr_error error = {0};
    static const otr_migration steps[] = {
        {OTR_STORE_VERSION + 1, "CREATE TABLE extra (a INTEGER) STRICT"},
        {OTR_STORE_VERSION + 2, "INSERT INTO nowhere VALUES (1)"},
    };
    open_database(f, &sql);
    assert_int_not_equal(otr_store_migrate(&sql, steps, 2, OTR_STORE_VERSION + 2, &error), OTR_OK);
    assert_non_null(strstr(error.text, "nowhere"));
    otr_sql_close(&sql, false);
    assert_int_equal(fixture_number(f, "PRAGMA user_version"), OTR_STORE_VERSION);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'extra'"), 0);
}

static void a_version_without_a_way_to_ours_is_refused(void **state)
{
    fixture *f = *state;
    otr_sql sql;
    otr_error error = {0};
    static const otr_migration steps[] = {{OTR_STORE_VERSION + 2, "SELECT 1"}};
    open_database(f, &sql);
    assert_int_equal(otr_store_migrate(&sql, steps, 1, OTR_STORE_VERSION + 2, &error), OTR_INVALID);
    otr_sql_close(&sql, false);
}

static void a_newer_database_is_refused_and_left_alone(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    otr_id before = f->got.incarnation;
    fixture_close(f);
    (void)fixture_number(f, "PRAGMA user_version = 99");
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    assert_int_equal(fixture_recover(f, &error), OTR_INVALID);
    assert_non_null(strstr(error.text, "99"));
    assert_null(fixture_find(f, "outrider.db.corrupt"));
    fixture_close(f);
    (void)fixture_number(f, "PRAGMA user_version = 3");
    fixture_start(f);
    assert_true(otr_id_equal(before, f->got.incarnation));
}

static void begin_with_version_1(fixture *f)
{
    char command[1024];
    fixture_close(f);
    (void)remove(fixture_path(f, "outrider.db"));
    const char *source = getenv("OUTRIDER_SOURCE");
    assert_non_null(source);
    (void)snprintf(command, sizeof command, "%s/tests/unit/store/fixtures/version_1.sql", source);
    FILE *file = fopen(command, "r");
    assert_non_null(file);
    static char text[65536];
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db"), &handle), SQLITE_OK);
    if (sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(handle));
    (void)sqlite3_close(handle);
}

/* A database as version 1 wrote it: each later version must bring all of it back. */
static void a_database_of_version_1_reads_back(void **state)
{
    fixture *f = *state;
    begin_with_version_1(f);
    fixture_start(f);
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(f->got.incarnation, id);
    assert_string_equal(id, "00112233445566778899aabbccddeeff");
    assert_int_equal(f->got.next_seq, 8);
    assert_int_equal(f->got.next_outbox_seq, 5);
    assert_int_equal(f->got.last_core, 1700000060000000);
    assert_int_equal(f->got.name_count, 2);
    assert_true(otr_str_is(f->got.names[0].name, "tracker:1"));
    assert_int_equal(f->got.content_count, 1);
    assert_true(otr_str_is(f->got.contents[0].bytes, "pack: a"));
    assert_int_equal(f->got.snapshot_seq, 5);
    assert_int_equal(f->got.snapshot.size, 3);
    assert_int_equal(f->got.alarm_count, 1);
    assert_true(otr_str_is(f->got.alarms[0].rule, "TooWarm"));
    assert_int_equal(f->got.case_count, 1);
    assert_int_equal(f->got.batch_count, 3);
    assert_true(f->got.batches[2].replay && !f->got.batches[1].replay);
    assert_int_equal(f->got.loss_count, 1);
    assert_int_equal(f->got.losses[0].readings, 12);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1);
    assert_int_equal(f->rows[0].seq, 4);
    assert_false(f->rows[0].handed);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox_left WHERE utc = 1 << 63"), 2);
}

/* Columns and indexes of all tables; how they came to be makes no difference. */
static const char shape[] =
    "SELECT group_concat(line, char(10)) FROM (SELECT t.name || ' ' || c.cid || ' ' || c.name || ' ' || "
    "c.type || ' ' ||"
    " c.\"notnull\" || ' ' || COALESCE(c.dflt_value, '-') || ' ' || c.pk AS line FROM sqlite_schema AS t,"
    " pragma_table_info(t.name) AS c WHERE t.type = 'table' UNION ALL"
    " SELECT i.tbl_name || ' ' || i.name || ' ' || COALESCE(i.sql, '-') FROM sqlite_schema AS i"
    " WHERE i.type = 'index' ORDER BY 1)";

static char *shape_of(fixture *f)
{
    sqlite3 *handle;
    sqlite3_stmt *row;
    fixture_close(f);
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, shape, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    char *text = strdup((const char *)sqlite3_column_text(row, 0));
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(handle);
    return text;
}

static void a_migrated_database_is_the_same_as_a_new_one(void **state)
{
    fixture *f = *state;
    char *fresh = shape_of(f);
    begin_with_version_1(f);
    fixture_start(f);
    char *migrated = shape_of(f);
    assert_string_equal(fresh, migrated);
    assert_non_null(strstr(fresh, "notices_contact"));
    free(fresh);
    free(migrated);
}

/* What was in the outbox before it may be replaced after it. */
static void an_entry_of_version_1_can_be_replaced(void **state)
{
    fixture *f = *state;
    begin_with_version_1(f);
    fixture_start(f);
    otr_id old;
    memset(old.bytes, 3, sizeof old.bytes);
    otr_outbox_fate fate;
    otr_row_outbox row = {.seq = 5,
                          .event = fixture_id(5),
                          .body = OTR_STR("b"),
                          .body_alone = OTR_STR("alone"),
                          .replaces = old,
                          .replaced_as = OTR_LEFT_SUPERSEDED};
    otr_commit commit = {.outbox = &row, .outbox_count = 1, .fates = &fate, .utc = 9};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_true(fate.alone && fate.kept);
    assert_int_equal(fate.replaced, 4);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1);
    assert_true(otr_str_is(f->rows[0].body, "alone"));
}

static void of_a_corrupt_database_of_version_1_the_outbox_is_saved(void **state)
{
    fixture *f = *state;
    begin_with_version_1(f);
    (void)fixture_number(f, "DROP TABLE losses");
    fixture_start(f);
    assert_non_null(fixture_find(f, "outrider.db.corrupt"));
    assert_int_equal(f->got.alarm_count, 1);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1);
    assert_int_equal(f->rows[0].seq, 4);
    assert_int_equal(f->got.next_outbox_seq, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(each_step_runs_once_and_in_order),
        CASE(a_step_that_fails_changes_nothing),
        CASE(a_version_without_a_way_to_ours_is_refused),
        CASE(a_newer_database_is_refused_and_left_alone),
        CASE(a_database_of_version_1_reads_back),
        CASE(a_migrated_database_is_the_same_as_a_new_one),
        CASE(an_entry_of_version_1_can_be_replaced),
        CASE(of_a_corrupt_database_of_version_1_the_outbox_is_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
