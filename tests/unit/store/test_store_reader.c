/* The read-only reader beside a writer: what it hands over is what was committed, and it keeps nobody
 * waiting. */
#include "store_fixture.h"

#include "platform/linux/store/store_reader.h"

#include <sqlite3.h>
#include <stdio.h>

enum { ROWS = 2000 };

typedef struct seen {
    fixture *f;
    uint64_t seqs[ROWS];
    size_t count;
    size_t stop_after;
    otr_arena memory;
    otr_str texts[16];
    size_t text_count;
    bool checkpoint; /* try one while a batch is at hand */
    int busy;        /* of the checkpoints */
} seen;

static int setup(void **state)
{
    fixture *f = fixture_create();
    f->config.quota_bytes = 64 << 20;
    fixture_start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

/* Two inputs a row, so that sequences have steps. */
static void write_rows(fixture *f, uint64_t first, size_t count)
{
    static uint8_t batch[3000];
    for (size_t i = 0; i < count; i++) {
        uint64_t seq = first + 2 * i;
        otr_commit commit = {.first_seq = seq,
                             .input_count = 2,
                             .core_time = (otr_time)seq * OTR_SECOND,
                             .batch = fixture_fill(batch, 100 + seq % 2000, seq)};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    }
}

/* A checkpoint that needs every reader to be out of the log; 1 when one is in it. */
static int truncate_log(fixture *f)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(fixture_path(f, "outrider.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int busy = sqlite3_column_int(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(handle);
    return busy;
}

static otr_status see_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    seen *list = context;
    assert_true(fixture_is_fill(batch, first_seq));
    assert_int_equal(core_time, (otr_time)first_seq * OTR_SECOND);
    assert_true(list->count < ROWS);
    list->seqs[list->count++] = first_seq;
    if (list->checkpoint && list->count % 100 == 1)
        list->busy += truncate_log(list->f);
    return list->count == list->stop_after ? OTR_LIMIT : OTR_OK;
}

static otr_store_reader *open_reader(fixture *f)
{
    otr_store_reader *reader;
    otr_error error = {0};
    if (otr_store_reader_open(f->config.folder, &reader, &error) != OTR_OK)
        fail_msg("%s", error.text);
    return reader;
}

static void all_batches_come_in_order_up_to_what_was_there_at_first(void **state)
{
    fixture *f = *state;
    static seen list;
    list = (seen){.f = f};
    write_rows(f, 1, ROWS / 2);
    otr_store_reader *reader = open_reader(f);
    uint64_t last;
    uint64_t after = 0;
    otr_error error = {0};
    assert_int_equal(otr_store_reader_last(reader, &last, &error), OTR_OK);
    assert_int_equal(last, ROWS - 1);
    write_rows(f, ROWS + 1, 10);
    otr_status status;
    unsigned calls = 0;
    while ((status = otr_store_reader_batches(reader, &after, last, &list, see_batch, &error)) == OTR_OK)
        calls++;
    assert_int_equal(status, OTR_NOT_FOUND);
    assert_true(calls >= 2); /* in pieces */
    assert_int_equal(list.count, ROWS / 2);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.seqs[i], 1 + 2 * i);
    otr_store_reader_close(reader);
}

static void a_reader_at_work_does_not_hold_the_log(void **state)
{
    fixture *f = *state;
    static seen list;
    list = (seen){.f = f, .checkpoint = true};
    write_rows(f, 1, 600);
    otr_store_reader *reader = open_reader(f);
    uint64_t after = 0;
    while (otr_store_reader_batches(reader, &after, INT64_MAX, &list, see_batch, NULL) == OTR_OK)
        ;
    assert_int_equal(list.count, 600);
    assert_int_equal(list.busy, 0);
    write_rows(f, 1201, 1); /* and the writer goes on */
    otr_store_reader_close(reader);
}

static void a_caller_that_stops_is_told_its_own_status(void **state)
{
    fixture *f = *state;
    static seen list;
    list = (seen){.f = f, .stop_after = 3};
    write_rows(f, 1, 10);
    otr_store_reader *reader = open_reader(f);
    uint64_t after = 0;
    assert_int_equal(otr_store_reader_batches(reader, &after, INT64_MAX, &list, see_batch, NULL), OTR_LIMIT);
    assert_int_equal(after, 5); /* the last that was handed over */
    list.stop_after = 0;
    assert_int_equal(otr_store_reader_batches(reader, &after, INT64_MAX, &list, see_batch, NULL), OTR_OK);
    assert_int_equal(list.count, 10);
    otr_store_reader_close(reader);
}

static otr_status see_name(void *context, const otr_row_name *row)
{
    seen *list = context;
    list->texts[list->text_count++] = otr_arena_copy(&list->memory, row->name);
    return OTR_OK;
}

static otr_status see_content(void *context, const otr_row_content *row)
{
    seen *list = context;
    list->texts[list->text_count++] = otr_arena_copy(&list->memory, row->slot);
    list->texts[list->text_count++] = otr_arena_copy(&list->memory, row->bytes);
    return OTR_OK;
}

static otr_status see_alarm(void *context, const otr_row_alarm *row)
{
    seen *list = context;
    list->seqs[list->count++] = row->seq;
    list->texts[list->text_count++] = otr_arena_copy(&list->memory, row->rule);
    return OTR_OK;
}

static otr_status see_case(void *context, const otr_row_case *row)
{
    seen *list = context;
    list->texts[list->text_count++] = otr_arena_copy(&list->memory, row->category);
    return OTR_OK;
}

static void assert_texts(seen *list, const char *const *texts)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        assert_true(i < list->text_count && otr_str_is(list->texts[i], texts[i]));
    otr_arena_done(&list->memory);
    *list = (seen){.f = list->f};
}

static void names_contents_alarms_and_cases_are_found(void **state)
{
    fixture *f = *state;
    static seen list;
    list = (seen){.f = f};
    otr_row_name names[] = {{OTR_NAME_DEVICE, 0, OTR_STR("d")}, {OTR_NAME_METRIC, 0, OTR_STR("shock")}};
    otr_row_content contents[] = {{OTR_STR("pack/a"), 1, OTR_STR("aa"), OTR_STR("old")},
                                  {OTR_STR("pack/a"), 3, OTR_STR("cc"), OTR_STR("new")},
                                  {OTR_STR("pack/b"), 4, OTR_STR("dd"), OTR_STR("gone")},
                                  {OTR_STR("pack/b"), 5, OTR_STR(""), OTR_STR("")}};
    otr_row_alarm alarms[] = {
        {.id = {{0xAB, 0xCD}}, .seq = 7, .rule = OTR_STR("First"), .ended = OTR_TIME_NONE},
        {.id = {{0xAB, 0x12}}, .seq = 9, .rule = OTR_STR("Second"), .ended = OTR_TIME_NONE}};
    otr_row_case cases[] = {{.id = {{0x77}}, .seq = 7, .asset = OTR_STR("x"), .category = OTR_STR("cold")}};
    otr_commit commit = {.names = names,
                         .name_count = 2,
                         .contents = contents,
                         .content_count = 4,
                         .alarms = alarms,
                         .alarm_count = 2,
                         .cases = cases,
                         .case_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_store_reader *reader = open_reader(f);
    assert_int_equal(otr_store_reader_names(reader, &list, see_name, NULL), OTR_OK);
    assert_texts(&list, (const char *const[]){"d", "shock", NULL});
    assert_int_equal(otr_store_reader_contents(reader, &list, see_content, NULL), OTR_OK);
    assert_int_equal(list.text_count, 2);
    assert_texts(&list, (const char *const[]){"pack/a", "new", NULL});
    assert_int_equal(otr_store_reader_content(reader, OTR_STR("pack/a"), 2, &list, see_content, NULL),
                     OTR_OK);
    assert_texts(&list, (const char *const[]){"pack/a", "old", NULL});
    assert_int_equal(otr_store_reader_content(reader, OTR_STR("pack/c"), 9, &list, see_content, NULL),
                     OTR_NOT_FOUND);
    assert_int_equal(otr_store_reader_alarms(reader, OTR_STR(""), 20, &list, see_alarm, NULL), OTR_OK);
    assert_texts(&list, (const char *const[]){"Second", "First", NULL});
    assert_int_equal(otr_store_reader_alarms(reader, OTR_STR("abc"), 20, &list, see_alarm, NULL), OTR_OK);
    assert_int_equal(list.text_count, 1);
    assert_texts(&list, (const char *const[]){"First", NULL});
    assert_int_equal(otr_store_reader_alarms(reader, OTR_STR(""), 1, &list, see_alarm, NULL), OTR_OK);
    assert_int_equal(list.text_count, 1);
    assert_texts(&list, (const char *const[]){"Second", NULL});
    assert_int_equal(otr_store_reader_case(reader, cases[0].id, &list, see_case, NULL), OTR_OK);
    assert_texts(&list, (const char *const[]){"cold", NULL});
    assert_int_equal(otr_store_reader_case(reader, alarms[0].id, &list, see_case, NULL), OTR_NOT_FOUND);
    otr_store_reader_close(reader);
}

static void what_is_no_store_is_refused(void **state)
{
    fixture *f = *state;
    otr_store_reader *reader;
    otr_error error = {0};
    assert_int_equal(otr_store_reader_open(OTR_STR("/nowhere"), &reader, &error), OTR_NOT_FOUND);
    assert_null(reader);
    assert_non_null(strstr(error.text, "does not exist"));
    fixture_close(f);
    char back[64];
    (void)snprintf(back, sizeof back, "PRAGMA user_version = %d",
                   (int)fixture_number(f, "PRAGMA user_version"));
    (void)fixture_number(f, "PRAGMA user_version = 99");
    assert_int_equal(otr_store_reader_open(f->config.folder, &reader, &error), OTR_INVALID);
    (void)fixture_number(f, back);
}

static void a_row_that_was_altered_is_corrupt(void **state)
{
    fixture *f = *state;
    static seen list;
    list = (seen){.f = f};
    write_rows(f, 1, 3);
    fixture_close(f);
    (void)fixture_number(f, "UPDATE journal SET checksum = checksum + 1 WHERE seq = 3 RETURNING 1");
    otr_store_reader *reader = open_reader(f);
    uint64_t after = 0;
    otr_error error = {0};
    assert_int_equal(otr_store_reader_batches(reader, &after, INT64_MAX, &list, see_batch, &error),
                     OTR_CORRUPT);
    assert_non_null(strstr(error.text, "checksum"));
    otr_store_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_batches_come_in_order_up_to_what_was_there_at_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_reader_at_work_does_not_hold_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(a_caller_that_stops_is_told_its_own_status, setup, teardown),
        cmocka_unit_test_setup_teardown(names_contents_alarms_and_cases_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_store_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_that_was_altered_is_corrupt, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
