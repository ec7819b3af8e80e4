/* Orders as they came: rows in their order, read from the newest, and the oldest go when there are too many.
 */
#include "store_fixture.h"

#include "base/limits.h"
#include "platform/linux/store/store_reader.h"

#include <stdio.h>

#define UTC (1700000000 * OTR_SECOND)

static int setup(void **state)
{
    fixture *f = fixture_create();
    fixture_start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

typedef struct seen {
    uint64_t counters[512];
    uint64_t numbers[512];
    size_t count;
    otr_row_order last;
    char texts[4][64];
} seen;

static void copy(char out[64], otr_str text)
{
    (void)snprintf(out, 64, "%.*s", OTR_STR_ARG(text));
}

static otr_status see(void *context, uint64_t number, const otr_row_order *row)
{
    seen *s = context;
    s->numbers[s->count] = number;
    s->counters[s->count++] = row->counter;
    s->last = *row;
    copy(s->texts[0], row->who);
    copy(s->texts[1], row->verb);
    copy(s->texts[2], row->about);
    copy(s->texts[3], row->outcome);
    return OTR_OK;
}

static seen read_back(const fixture *f, uint64_t before, size_t limit)
{
    seen s = {.count = 0};
    otr_store_reader *reader = NULL;
    otr_error error;
    assert_int_equal(otr_store_reader_open(f->config.folder, &reader, &error), OTR_OK);
    assert_int_equal(otr_store_reader_orders(reader, before, limit, &s, see, &error), OTR_OK);
    otr_store_reader_close(reader);
    return s;
}

static void put(fixture *f, const otr_row_order *rows, size_t count)
{
    otr_commit commit = {.orders = rows, .order_count = count, .core_time = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

static void a_row_comes_back_as_it_was(void **state)
{
    fixture *f = *state;
    const otr_row_order row = {.seq = 7,
                               .utc = UTC,
                               .key = {{1, 2}},
                               .counter = 1714557600000001,
                               .role = OTR_ROLE_DESK,
                               .taken = true,
                               .more = 9,
                               .who = OTR_STR("kim"),
                               .verb = OTR_STR("desk"),
                               .about = OTR_STR("action=note"),
                               .outcome = OTR_STR("ok")};
    put(f, &row, 1);
    seen s = read_back(f, UINT64_MAX, 10);
    assert_int_equal(s.count, 1);
    assert_true(s.last.seq == 7 && s.last.utc == UTC && s.last.counter == row.counter && s.last.more == 9);
    assert_true(s.last.role == OTR_ROLE_DESK && s.last.taken && otr_id_equal(s.last.key, row.key));
    assert_string_equal(s.texts[0], "kim");
    assert_string_equal(s.texts[1], "desk");
    assert_string_equal(s.texts[2], "action=note");
    assert_string_equal(s.texts[3], "ok");
}

static void they_are_read_from_the_newest_and_the_oldest_go(void **state)
{
    enum { MORE = 30 };
    fixture *f = *state;
    static otr_row_order rows[OTR_LIMIT_ORDER_ROWS + MORE];
    for (size_t i = 0; i < OTR_LIMIT_ORDER_ROWS + MORE; i++)
        rows[i] = (otr_row_order){.counter = i + 1, .utc = OTR_TIME_NONE, .outcome = OTR_STR("forged")};
    put(f, rows, OTR_LIMIT_ORDER_ROWS + MORE);
    seen s = read_back(f, UINT64_MAX, 3);
    assert_int_equal(s.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(s.counters[i], OTR_LIMIT_ORDER_ROWS + MORE - i);
    s = read_back(f, s.numbers[2], 2);
    assert_int_equal(s.counters[0], OTR_LIMIT_ORDER_ROWS + MORE - 3);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM orders"), OTR_LIMIT_ORDER_ROWS);
    assert_int_equal(fixture_number(f, "SELECT MIN(counter) FROM orders"), MORE + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_comes_back_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(they_are_read_from_the_newest_and_the_oldest_go, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
