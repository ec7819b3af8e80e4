/* The store's own limits: what is kept of the past, and how many remarks. */
#include "base/limits.h"
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

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

/* With each version of the content an input and a snapshot. */
static void put_version(fixture *f, uint64_t seq, otr_str bytes)
{
    char hash[16];
    uint8_t batch[40];
    (void)snprintf(hash, sizeof hash, "h%llu", (unsigned long long)seq);
    otr_row_content content = {OTR_STR("pack/p"), seq, otr_str_of(hash), bytes};
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .utc = OTR_TIME_NONE,
                         .batch = fixture_fill(batch, sizeof batch, seq),
                         .contents = &content,
                         .content_count = 1,
                         .snapshot = {(const uint8_t *)"state", 5}};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

/* Those that ran before are kept for who asks about the past, while the journal has what came under them. */
static void of_contents_that_ran_before_so_many_bytes_are_kept(void **state)
{
    enum { PART = 4, OWN = 100 /* of the row itself */, SIZE = OTR_LIMIT_CONTENT_PAST_BYTES / PART - OWN };
    static char bytes[SIZE];
    fixture *f = *state;
    memset(bytes, 'x', sizeof bytes);
    for (uint64_t seq = 1; seq <= 3 * PART; seq++) {
        put_version(f, seq, (otr_str){bytes, sizeof bytes});
        int64_t past = fixture_number(
            f, "SELECT COUNT(*) FROM activations WHERE seq < (SELECT MAX(seq) FROM activations)");
        assert_int_equal(past, seq <= PART ? seq - 1 : PART);
    }
    assert_int_equal(fixture_number(f, "SELECT MIN(seq) FROM activations"), 3 * PART - PART);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM contents"), PART + 1);
    put_version(f, 3 * PART + 1, (otr_str){bytes, 10});
    put_version(f, 3 * PART + 2, (otr_str){bytes, sizeof bytes});
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM contents"), PART + 1);
}

static void of_remarks_the_newest_are_kept(void **state)
{
    enum { MORE = 7, COUNT = OTR_LIMIT_REMARK_ROWS + MORE };
    fixture *f = *state;
    otr_row_remark *all = calloc(COUNT, sizeof *all);
    assert_non_null(all);
    for (uint64_t i = 0; i < COUNT; i++)
        all[i] = (otr_row_remark){.case_id = fixture_id(i / 10 + 1),
                                  .seq = i + 1,
                                  .utc = OTR_TIME_NONE,
                                  .asset = OTR_STR("box"),
                                  .what = OTR_STR("note"),
                                  .text = OTR_STR("it is so")};
    otr_commit commit = {.remarks = all, .remark_count = OTR_LIMIT_REMARK_ROWS};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT MIN(seq) FROM remarks"), 1);
    commit = (otr_commit){.remarks = all + OTR_LIMIT_REMARK_ROWS, .remark_count = MORE};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM remarks"), OTR_LIMIT_REMARK_ROWS);
    assert_int_equal(fixture_number(f, "SELECT MIN(seq) FROM remarks"), MORE + 1);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_contents_that_ran_before_so_many_bytes_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(of_remarks_the_newest_are_kept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
