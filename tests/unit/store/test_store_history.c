/* History of a device is what a filter over all rows would give, whatever part of it is in chunks. */
#include "store_fixture.h"

enum { ROWS = 3000, DEVICES = 40, PER_ROW = 5 };

typedef struct row {
    uint64_t seq;
    otr_time core;
    uint32_t devices[PER_ROW];
    size_t device_count;
} row;

typedef struct found {
    uint64_t seqs[ROWS];
    size_t count;
    size_t stop_after;
} found;

static row rows[ROWS];

static int setup(void **state)
{
    fixture *f = fixture_create();
    f->config.quota_bytes = 4 << 20;
    fixture_start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)((*random >> 20) % below);
}

/* Device numbers far apart, not in order; some rows have none. */
static void write_rows(fixture *f, size_t count)
{
    static uint8_t batch[600];
    uint64_t random = 4711;
    uint64_t seq = 1;
    otr_time core = 0;
    for (size_t i = 0; i < count; i++) {
        row *r = &rows[i];
        core += draw(&random, 3) * OTR_SECOND;
        *r = (row){.seq = seq, .core = core, .device_count = draw(&random, PER_ROW + 1)};
        for (size_t d = 0; d < r->device_count; d++)
            r->devices[d] = (d * DEVICES + draw(&random, DEVICES)) * 1000003U;
        uint32_t inputs = 1 + draw(&random, 9);
        otr_commit commit = {.first_seq = seq,
                             .input_count = inputs,
                             .reading_count = inputs,
                             .core_time = core,
                             .batch = fixture_fill(batch, 1 + draw(&random, 600), seq),
                             .devices = r->devices,
                             .device_count = r->device_count};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
        seq += inputs;
    }
}

static otr_status take(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    found *list = context;
    (void)core_time;
    assert_true(fixture_is_fill(batch, first_seq));
    assert_true(list->count < ROWS);
    list->seqs[list->count++] = first_seq;
    return list->count == list->stop_after ? OTR_LIMIT : OTR_OK;
}

static void compare(fixture *f, size_t count, uint32_t device, otr_time from, otr_time to)
{
    static found got;
    otr_error error = {0};
    got.count = 0;
    got.stop_after = 0;
    assert_int_equal(otr_store_history(&f->config, device, from, to, take, &got, &error), OTR_OK);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        bool has = false;
        for (size_t d = 0; d < rows[i].device_count; d++)
            has = has || rows[i].devices[d] == device;
        if (!has || rows[i].core < from || rows[i].core > to)
            continue;
        assert_true(at < got.count);
        assert_int_equal(got.seqs[at], rows[i].seq);
        at++;
    }
    assert_int_equal(at, got.count);
}

static void history_equals_a_filter_of_all_rows(void **state)
{
    fixture *f = *state;
    write_rows(f, ROWS);
    assert_true(fixture_number(f, "SELECT COUNT(*) FROM chunks") > 5);
    assert_true(
        fixture_number(f, "SELECT COUNT(*) FROM journal WHERE seq > (SELECT MAX(last_seq) FROM chunks)") > 0);
    otr_time end = rows[ROWS - 1].core;
    for (uint32_t d = 0; d < DEVICES; d += 3) {
        compare(f, ROWS, d * 1000003U, OTR_TIME_NONE, OTR_TIME_NEVER);
        compare(f, ROWS, (DEVICES + d) * 1000003U, end / 3, end / 2);
        compare(f, ROWS, (4 * DEVICES + d) * 1000003U, end - 20 * OTR_SECOND, end);
    }
    compare(f, ROWS, 5, OTR_TIME_NONE, OTR_TIME_NEVER);
    compare(f, ROWS, 0, end / 2, end / 2);
}

static void history_reads_a_store_that_is_closed(void **state)
{
    fixture *f = *state;
    write_rows(f, 300);
    fixture_close(f);
    compare(f, 300, 1000003U * 7, OTR_TIME_NONE, OTR_TIME_NEVER);
    fixture_start(f);
    compare(f, 300, 1000003U * 7, OTR_TIME_NONE, OTR_TIME_NEVER);
}

static void a_reader_may_stop_early(void **state)
{
    fixture *f = *state;
    static found got;
    otr_error error = {0};
    write_rows(f, 300);
    got.count = 0;
    got.stop_after = 3;
    uint32_t device = 0;
    for (size_t times = 0; times < 4; device += 1000003U) {
        times = 0;
        for (size_t i = 0; i < 300; i++)
            times += rows[i].device_count > 0 && rows[i].devices[0] == device + 1000003U;
    }
    assert_int_equal(otr_store_history(&f->config, device, OTR_TIME_NONE, OTR_TIME_NEVER, take, &got, &error),
                     OTR_LIMIT);
    assert_int_equal(got.count, 3);
}

static void without_a_database_there_is_no_history(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    found got = {0};
    otr_store_config elsewhere = {.folder = OTR_STR("/nonexistent/outrider")};
    (void)f;
    assert_int_equal(otr_store_history(&elsewhere, 1, 0, 1, take, &got, &error), OTR_NOT_FOUND);
}

static void a_damaged_row_is_told_and_not_handed_over(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    static found got;
    write_rows(f, 50);
    (void)fixture_number(f, "UPDATE journal SET batch = x'01' WHERE seq = (SELECT MAX(seq) FROM journal"
                            " WHERE length(devices) > 0)");
    uint32_t device = 0;
    for (size_t i = 50; i-- > 0 && device == 0;)
        if (rows[i].device_count > 0)
            device = rows[i].devices[rows[i].device_count - 1];
    assert_int_equal(otr_store_history(&f->config, device, OTR_TIME_NONE, OTR_TIME_NEVER, take, &got, &error),
                     OTR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(history_equals_a_filter_of_all_rows),
        CASE(history_reads_a_store_that_is_closed),
        CASE(a_reader_may_stop_early),
        CASE(without_a_database_there_is_no_history),
        CASE(a_damaged_row_is_told_and_not_handed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
