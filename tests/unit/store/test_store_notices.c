/* What was decided about telling somebody: each thing said is a row of its own, with what became of it; the
 * oldest go first, before alarms and cases. */
#include "store_fixture.h"

#include "base/limits.h"
#include "platform/linux/store/store_database.h"
#include "platform/linux/store/store_reader.h"

#include <stdio.h>

#define UTC (1700000000 * OTR_SECOND)

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

static otr_row_notice notice(uint64_t id, uint32_t revision, otr_time decided)
{
    return (otr_row_notice){
        .id = fixture_id(id),
        .revision = revision,
        .seq = 7,
        .contact = OTR_STR("cust-1"),
        .asset = OTR_STR("box"),
        .pack = OTR_STR("cold"),
        .rule = OTR_STR("TooWarm"),
        .alarm = fixture_id(90),
        .case_id = fixture_id(91),
        .category = OTR_STR("cold-chain"),
        .what = OTR_STR("raised"),
        .state = OTR_NOTICE_HELD,
        .reason = OTR_STR("quiet"),
        .decided = UTC + decided,
        .due = OTR_TIME_NONE,
    };
}

static void put(fixture *f, const otr_row_notice *rows, size_t count)
{
    otr_commit commit = {.notices = rows, .notice_count = count};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

typedef struct seen {
    otr_arena memory;
    otr_notice_found list[64];
    size_t count;
} seen;

static otr_status see(void *context, const otr_notice_found *found)
{
    seen *all = context;
    assert_true(all->count < 64);
    otr_notice_found *copy = &all->list[all->count++];
    *copy = *found;
    copy->row.contact = otr_arena_copy(&all->memory, found->row.contact);
    copy->row.asset = otr_arena_copy(&all->memory, found->row.asset);
    copy->row.pack = otr_arena_copy(&all->memory, found->row.pack);
    copy->row.rule = otr_arena_copy(&all->memory, found->row.rule);
    copy->row.category = otr_arena_copy(&all->memory, found->row.category);
    copy->row.what = otr_arena_copy(&all->memory, found->row.what);
    copy->row.reason = otr_arena_copy(&all->memory, found->row.reason);
    copy->row.body = otr_arena_copy(&all->memory, found->row.body);
    return OTR_OK;
}

typedef enum question { OF_ASSET, OF_CONTACT, BY_ID } question;

static void ask(fixture *f, question what, const char *name, size_t limit, seen *all)
{
    otr_store_reader *reader;
    otr_error error = {0};
    otr_arena_done(&all->memory);
    *all = (seen){.count = 0};
    assert_int_equal(otr_store_reader_open(f->config.folder, &reader, &error), OTR_OK);
    otr_status status;
    if (what == OF_ASSET)
        status = otr_store_reader_notices(reader, otr_str_of(name), UTC, UTC + OTR_DAY, all, see, &error);
    else if (what == OF_CONTACT)
        status = otr_store_reader_contact(reader, otr_str_of(name), limit, all, see, &error);
    else
        status = otr_store_reader_notice(reader, otr_str_of(name), limit, all, see, &error);
    if (status != OTR_OK)
        fail_msg("%s", error.text);
    otr_store_reader_close(reader);
}

static void everything_reads_back(void **state)
{
    fixture *f = *state;
    otr_row_notice row = notice(1, 3, 5);
    row.due = UTC + OTR_HOUR;
    row.outbox_seq = 12;
    row.body = OTR_STR("said");
    put(f, &row, 1);
    seen all = {.count = 0};
    ask(f, OF_ASSET, "box", 0, &all);
    assert_int_equal(all.count, 1);
    const otr_row_notice *got = &all.list[0].row;
    assert_true(otr_id_equal(got->id, row.id) && otr_id_equal(got->alarm, row.alarm));
    assert_true(otr_id_equal(got->case_id, row.case_id));
    assert_int_equal(got->revision, 3);
    assert_int_equal(got->seq, 7);
    assert_true(otr_str_is(got->contact, "cust-1") && otr_str_is(got->asset, "box"));
    assert_true(otr_str_is(got->pack, "cold") && otr_str_is(got->rule, "TooWarm"));
    assert_true(otr_str_is(got->category, "cold-chain") && otr_str_is(got->what, "raised"));
    assert_int_equal(got->state, OTR_NOTICE_HELD);
    assert_true(otr_str_is(got->reason, "quiet") && otr_str_is(got->body, "said"));
    assert_int_equal(got->decided, row.decided);
    assert_int_equal(got->due, row.due);
    assert_int_equal(got->outbox_seq, 12);
    assert_false(all.list[0].left || all.list[0].waiting);
    otr_arena_done(&all.memory);
}

static void a_later_decision_about_the_same_replaces_it_and_keeps_what_was_said(void **state)
{
    fixture *f = *state;
    otr_row_notice rows[2] = {notice(1, 1, 5), notice(1, 2, 6)};
    rows[0].body = OTR_STR("first");
    put(f, rows, 2);
    otr_row_notice told = notice(1, 1, 9);
    told.state = OTR_NOTICE_TOLD;
    told.reason = OTR_STR("");
    put(f, &told, 1);
    seen all = {.count = 0};
    ask(f, BY_ID, "", 10, &all);
    assert_int_equal(all.count, 2);
    assert_int_equal(all.list[0].row.state, OTR_NOTICE_TOLD);
    assert_int_equal(all.list[0].row.reason.size, 0);
    assert_true(otr_str_is(all.list[0].row.body, "first"));
    assert_int_equal(all.list[1].row.state, OTR_NOTICE_HELD);
    otr_arena_done(&all.memory);
}

static void what_became_of_the_entry_is_told_with_it(void **state)
{
    fixture *f = *state;
    otr_row_outbox entries[3];
    otr_row_notice rows[4];
    for (size_t i = 0; i < 4; i++) {
        rows[i] = notice(10 + i, 1, (otr_time)i);
        rows[i].outbox_seq = i < 3 ? i + 1 : 0;
        if (i < 3)
            entries[i] =
                (otr_row_outbox){.seq = i + 1, .class = OTR_OUTBOX_NORMAL, .event = fixture_id(20 + i)};
    }
    otr_outbox_left left[] = {{1, OTR_LEFT_ACCEPTED, UTC + 50}, {2, OTR_LEFT_EXPIRED, OTR_TIME_NONE}};
    otr_commit commit = {.outbox = entries,
                         .outbox_count = 3,
                         .notices = rows,
                         .notice_count = 4,
                         .left = left,
                         .left_count = 2};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    seen all = {.count = 0};
    ask(f, OF_ASSET, "box", 0, &all);
    assert_int_equal(all.count, 4);
    assert_true(all.list[0].left && all.list[0].left_as == OTR_LEFT_ACCEPTED);
    assert_int_equal(all.list[0].left_utc, UTC + 50);
    assert_true(all.list[1].left && all.list[1].left_as == OTR_LEFT_EXPIRED);
    assert_int_equal(all.list[1].left_utc, OTR_TIME_NONE);
    assert_true(all.list[2].waiting && !all.list[2].left);
    assert_true(!all.list[3].waiting && !all.list[3].left);
    otr_arena_done(&all.memory);
}

static void it_keeps_what_is_told_alone(void **state)
{
    fixture *f = *state;
    otr_row_outbox entries[2] = {
        {.seq = 1, .event = fixture_id(20), .body = OTR_STR("raised")},
        {.seq = 2,
         .event = fixture_id(21),
         .body = OTR_STR("cleared"),
         .body_alone = OTR_STR("past"),
         .replaces = fixture_id(20),
         .replaced_as = OTR_LEFT_SUPERSEDED},
    };
    otr_outbox_fate fate;
    otr_row_notice rows[2] = {notice(1, 1, 5), notice(1, 2, 6)};
    for (size_t i = 0; i < 2; i++) {
        rows[i].state = OTR_NOTICE_TOLD;
        rows[i].outbox_seq = i + 1;
        rows[i].body = entries[i].body;
    }
    otr_commit commit = {.outbox = entries,
                         .outbox_count = 2,
                         .fates = &fate,
                         .notices = rows,
                         .notice_count = 2,
                         .utc = UTC + 7};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    seen all = {.count = 0};
    ask(f, BY_ID, "", 10, &all);
    assert_int_equal(all.count, 2);
    assert_true(all.list[0].left && all.list[0].left_as == OTR_LEFT_SUPERSEDED);
    assert_int_equal(all.list[0].left_utc, UTC + 7);
    assert_true(otr_str_is(all.list[0].row.body, "raised"));
    assert_true(all.list[1].waiting);
    assert_true(otr_str_is(all.list[1].row.body, "past"));
    otr_arena_done(&all.memory);
}

static void
they_are_found_by_asset_in_order_by_contact_the_newest_first_and_by_the_begin_of_the_id(void **state)
{
    fixture *f = *state;
    otr_row_notice rows[6];
    for (size_t i = 0; i < 6; i++) {
        rows[i] = notice(1 + i, 1, (otr_time)(6 - i) * OTR_SECOND);
        rows[i].asset = otr_str_of(i % 2 == 0 ? "box" : "crate");
        rows[i].contact = otr_str_of(i < 3 ? "cust-1" : "cust-2");
    }
    put(f, rows, 6);
    seen all = {.count = 0};
    ask(f, OF_ASSET, "box", 0, &all);
    assert_int_equal(all.count, 3);
    for (size_t i = 1; i < 3; i++)
        assert_true(all.list[i - 1].row.decided < all.list[i].row.decided);
    ask(f, OF_CONTACT, "cust-1", 2, &all);
    assert_int_equal(all.count, 2);
    assert_true(otr_id_equal(all.list[0].row.id, fixture_id(1)));
    assert_true(otr_id_equal(all.list[1].row.id, fixture_id(2)));
    char hex[OTR_ID_TEXT_BYTES];
    otr_id_format(fixture_id(4), hex);
    hex[8] = '\0';
    ask(f, BY_ID, hex, 10, &all);
    assert_int_equal(all.count, 1);
    assert_true(otr_id_equal(all.list[0].row.id, fixture_id(4)));
    ask(f, OF_ASSET, "nothing", 0, &all);
    assert_int_equal(all.count, 0);
    otr_arena_done(&all.memory);
}

static void the_oldest_go_when_there_are_too_many(void **state)
{
    fixture *f = *state;
    enum { MORE = 30, COUNT = OTR_LIMIT_NOTICE_ROWS + MORE };
    otr_row_notice *rows = calloc(COUNT, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < COUNT; i++)
        rows[i] = notice(i + 1, 1, (otr_time)i);
    put(f, rows, COUNT - 1);
    put(f, rows + COUNT - 1, 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM notices"), OTR_LIMIT_NOTICE_ROWS);
    assert_int_equal(fixture_number(f, "SELECT MIN(decided) FROM notices"), UTC + MORE);
    free(rows);
}

static void they_go_before_alarms_and_cases_when_the_quota_presses(void **state)
{
    fixture *f = *state;
    static char body[4000];
    memset(body, 'b', sizeof body);
    fixture_close(f);
    f->config.quota_bytes = 2 << 20;
    fixture_start(f);
    otr_row_alarm over = {.id = fixture_id(1), .seq = 1, .ended = UTC};
    otr_commit alarm = {.alarms = &over, .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &alarm), OTR_OK);
    for (uint64_t i = 0; i < 1000; i++) {
        otr_row_notice row = notice(i + 1, 1, (otr_time)i);
        row.body = (otr_str){body, sizeof body};
        put(f, &row, 1);
    }
    assert_in_range(fixture_number(f, "SELECT COUNT(*) FROM notices"), 100, 900);
    assert_int_equal(fixture_number(f, "SELECT MAX(decided) FROM notices"), UTC + 999);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM alarms"), 1);
    assert_true(fixture_number(f, "SELECT TOTAL(readings) FROM losses WHERE reason = 'quota: notices'") > 0);
}

static void a_row_that_does_not_read_back_is_said(void **state)
{
    fixture *f = *state;
    otr_row_notice row = notice(1, 1, 5);
    otr_store_reader *reader;
    otr_error error = {0};
    put(f, &row, 1);
    (void)fixture_number(f, "UPDATE notices SET state = 77");
    assert_int_equal(otr_store_reader_open(f->config.folder, &reader, &error), OTR_OK);
    seen all = {.count = 0};
    assert_int_equal(otr_store_reader_notice(reader, OTR_STR(""), 1, &all, see, &error), OTR_CORRUPT);
    otr_store_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(everything_reads_back),
        CASE(a_later_decision_about_the_same_replaces_it_and_keeps_what_was_said),
        CASE(what_became_of_the_entry_is_told_with_it),
        CASE(it_keeps_what_is_told_alone),
        CASE(they_are_found_by_asset_in_order_by_contact_the_newest_first_and_by_the_begin_of_the_id),
        CASE(the_oldest_go_when_there_are_too_many),
        CASE(they_go_before_alarms_and_cases_when_the_quota_presses),
        CASE(a_row_that_does_not_read_back_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
