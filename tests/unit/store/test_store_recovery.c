/* Recovery: what is handed over, in which order, from which snapshot on, and how much of the journal before
 * it. */
#include "store_fixture.h"

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

/* One input at each second; a snapshot where asked. */
static void put_batch(fixture *f, uint64_t seq, bool snapshot)
{
    static uint8_t batch[64];
    static uint8_t state[64];
    uint32_t device = (uint32_t)(seq % 3);
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 1,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .batch = fixture_fill(batch, sizeof batch, seq),
                         .devices = &device,
                         .device_count = 1};
    if (snapshot)
        commit.snapshot = fixture_fill(state, sizeof state, seq);
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

static void rows_come_in_the_order_of_the_contract(void **state)
{
    fixture *f = *state;
    otr_row_name name = {OTR_NAME_DEVICE, 0, OTR_STR("d")};
    otr_row_content content = {OTR_STR("pack/a"), 1, OTR_STR("aa"), OTR_STR("text")};
    otr_row_alarm alarm = {.id = fixture_id(1), .seq = 1, .open = true};
    otr_row_case opened = {.id = fixture_id(2), .seq = 1};
    otr_commit commit = {.names = &name,
                         .name_count = 1,
                         .contents = &content,
                         .content_count = 1,
                         .alarms = &alarm,
                         .alarm_count = 1,
                         .cases = &opened,
                         .case_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    put_batch(f, 1, true);
    put_batch(f, 2, false);
    fixture_restart(f);
    assert_string_equal(f->got.order, "mncsakb");
    assert_int_equal(f->got.meta_calls, 1);
    assert_int_equal(f->got.last_core, 2 * OTR_SECOND);
    assert_int_equal(f->got.next_seq, 3);
}

static void how_far_the_telemetry_is_stays_until_the_next_word_of_it(void **state)
{
    (void)state;
    fixture *f = fixture_create();
    otr_commit commit = {.core_time = 1, .uplink = {(const uint8_t *)"one", 3}};
    fixture_start(f);
    assert_string_equal(f->got.uplink, "");
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    put_batch(f, 1, false);
    fixture_restart(f);
    assert_string_equal(f->got.uplink, "one");
    commit.uplink = (otr_bytes){(const uint8_t *)"two+", 4};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    fixture_restart(f);
    assert_string_equal(f->got.uplink, "two+");
    fixture_free(f);
}

static void without_a_snapshot_the_whole_journal_is_replayed(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 600; seq++)
        put_batch(f, seq, false);
    fixture_restart(f);
    assert_false(f->got.has_snapshot);
    assert_int_equal(f->got.batch_count, 600);
    for (size_t i = 0; i < 600; i++) {
        assert_true(f->got.batches[i].replay);
        assert_int_equal(f->got.batches[i].first_seq, i + 1);
        assert_true(fixture_is_fill(f->got.batches[i].bytes, i + 1));
    }
}

static void before_the_snapshot_only_the_last_247_seconds_come_and_are_not_replayed(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 620; seq++)
        put_batch(f, seq, seq == 600 || seq == 300);
    fixture_restart(f);
    assert_int_equal(f->got.snapshot_seq, 600);
    assert_true(fixture_is_fill(f->got.snapshot, 600));
    assert_int_equal(f->got.batch_count, 248 + 20);
    assert_int_equal(f->got.batches[0].first_seq, 600 - 247);
    for (size_t i = 0; i < f->got.batch_count; i++)
        assert_int_equal(f->got.batches[i].replay, f->got.batches[i].first_seq > 600);
}

static void chunks_do_not_change_what_comes_back(void **state)
{
    fixture *f = *state;
    fixture_close(f);
    f->config.quota_bytes = 1 << 20; /* the smallest chunks */
    fixture_start(f);
    for (uint64_t seq = 1; seq <= 2000; seq++)
        put_batch(f, seq, seq == 1200);
    assert_true(fixture_number(f, "SELECT COUNT(*) FROM chunks") > 3);
    fixture_restart(f);
    assert_int_equal(f->got.batch_count, 248 + 800);
    assert_int_equal(f->got.batches[0].first_seq, 1200 - 247);
    assert_int_equal(f->got.batches[f->got.batch_count - 1].first_seq, 2000);
}

static void a_refused_snapshot_gives_way_to_the_older_one_and_then_to_none(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 30; seq++)
        put_batch(f, seq, seq == 10 || seq == 20);
    f->got.refuse_snapshots = 1;
    fixture_restart(f);
    assert_int_equal(f->got.meta_calls, 2);
    assert_int_equal(f->got.snapshot_seq, 10);
    size_t replayed = 0;
    for (size_t i = 0; i < f->got.batch_count; i++)
        replayed += f->got.batches[i].replay;
    assert_int_equal(replayed, 20);
    f->got.refuse_snapshots = 2;
    fixture_restart(f);
    assert_int_equal(f->got.meta_calls, 3);
    assert_false(f->got.has_snapshot);
    assert_int_equal(f->got.batch_count, 30);
    assert_null(fixture_find(f, "outrider.db.corrupt"));
}

static void a_damaged_snapshot_is_not_handed_over(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 30; seq++)
        put_batch(f, seq, seq == 10 || seq == 20);
    (void)fixture_number(f, "UPDATE snapshots SET body = x'00' WHERE last_seq = 20");
    fixture_restart(f);
    assert_int_equal(f->got.snapshot_seq, 10);
    assert_int_equal(f->got.snapshot_calls, 1);
}

static void two_snapshots_are_kept(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 30; seq++)
        put_batch(f, seq, seq % 5 == 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM snapshots"), 2);
    assert_int_equal(fixture_number(f, "SELECT MIN(last_seq) FROM snapshots"), 25);
}

static void sequences_may_jump_but_never_go_back(void **state)
{
    fixture *f = *state;
    put_batch(f, 1, false);
    put_batch(f, 9, false);
    uint8_t byte = 1;
    otr_commit commit = {.first_seq = 9, .input_count = 1, .batch = {&byte, 1}};
    assert_int_equal(fixture_commit(f, &commit), OTR_IO);
    otr_error error;
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.next_seq, 10);
    assert_int_equal(f->got.batch_count, 2);
}

static void recovery_may_be_repeated_at_any_time(void **state)
{
    fixture *f = *state;
    otr_error error;
    for (uint64_t seq = 1; seq <= 20; seq++) {
        put_batch(f, seq, seq == 7);
        assert_int_equal(fixture_recover(f, &error), OTR_OK);
        assert_int_equal(f->got.batch_count, seq);
    }
}

static void figures_tell_what_the_journal_holds(void **state)
{
    fixture *f = *state;
    for (uint64_t seq = 1; seq <= 10; seq++)
        put_batch(f, seq, false);
    assert_int_equal(f->result.figures.journal_rows, 10);
    assert_int_equal(f->result.figures.journal_bytes, 10 * 65);
    assert_int_equal(f->result.figures.oldest_seq, 1);
    assert_int_equal(f->result.figures.commits, 10);
    assert_true(f->result.figures.free_bytes > 0);
    assert_true(f->result.figures.commit_us_max > 0 &&
                f->result.figures.commit_us_total >= f->result.figures.commit_us_max);
    fixture_restart(f);
    put_batch(f, 11, false);
    assert_int_equal(f->result.figures.journal_rows, 11);
    assert_int_equal(f->result.figures.journal_bytes, 11 * 65);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(rows_come_in_the_order_of_the_contract),
        CASE(how_far_the_telemetry_is_stays_until_the_next_word_of_it),
        CASE(without_a_snapshot_the_whole_journal_is_replayed),
        CASE(before_the_snapshot_only_the_last_247_seconds_come_and_are_not_replayed),
        CASE(chunks_do_not_change_what_comes_back),
        CASE(a_refused_snapshot_gives_way_to_the_older_one_and_then_to_none),
        CASE(a_damaged_snapshot_is_not_handed_over),
        CASE(two_snapshots_are_kept),
        CASE(sequences_may_jump_but_never_go_back),
        CASE(recovery_may_be_repeated_at_any_time),
        CASE(figures_tell_what_the_journal_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
