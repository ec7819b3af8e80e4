/* The store: every kind of row reads back as it was written, the newest revision counts, and the outbox
 * pages. */
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

static otr_row_alarm sample_alarm(uint64_t seq, bool open)
{
    return (otr_row_alarm){
        .id = fixture_id(seq),
        .case_id = fixture_id(seq + 1000),
        .seq = seq,
        .revision = 3,
        .state = open ? OTR_ALARM_ACKNOWLEDGED : OTR_ALARM_NORMAL,
        .open = open,
        .pack = OTR_STR("cold-chain"),
        .rule = OTR_STR("TemperatureExcursion"),
        .asset = OTR_STR("parcel-7"),
        .device = OTR_STR("tracker:7"),
        .priority = 2,
        .onset = -5 * OTR_SECOND,
        .raised = 6 * OTR_SECOND,
        .detected = 7 * OTR_SECOND,
        .ended = open ? OTR_TIME_NONE : 9 * OTR_SECOND,
        .body = OTR_STR("body\0with a zero"),
    };
}

static void assert_same_text(otr_str a, otr_str b)
{
    assert_true(otr_str_equal(a, b));
}

static void assert_same_alarm(const otr_row_alarm *a, const otr_row_alarm *b)
{
    assert_true(otr_id_equal(a->id, b->id) && otr_id_equal(a->case_id, b->case_id));
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->revision, b->revision);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->open, b->open);
    assert_same_text(a->pack, b->pack);
    assert_same_text(a->rule, b->rule);
    assert_same_text(a->asset, b->asset);
    assert_same_text(a->device, b->device);
    assert_int_equal(a->priority, b->priority);
    assert_true(a->onset == b->onset && a->raised == b->raised && a->detected == b->detected &&
                a->ended == b->ended);
    assert_same_text(a->body, b->body);
}

static void a_new_database_is_empty_and_has_an_incarnation(void **state)
{
    fixture *f = *state;
    assert_false(otr_id_is_zero(f->got.incarnation));
    assert_int_equal(f->got.next_seq, 1);
    assert_int_equal(f->got.next_outbox_seq, 1);
    assert_string_equal(f->got.order, "m");
    otr_id incarnation = f->got.incarnation;
    fixture_restart(f);
    assert_true(otr_id_equal(incarnation, f->got.incarnation));
}

static void names_and_contents_read_back(void **state)
{
    fixture *f = *state;
    otr_row_name names[] = {{OTR_NAME_METRIC, 0, OTR_STR("temperature")},
                            {OTR_NAME_DEVICE, 4000000000U, OTR_STR("tracker:7")},
                            {OTR_NAME_DEVICE, 1, OTR_STR("probe")}};
    otr_row_content contents[] = {{OTR_STR("pack/a"), 1, OTR_STR("aa"), OTR_STR("old")},
                                  {OTR_STR("assignments"), 2, OTR_STR("bb"), OTR_STR("who\0what")},
                                  {OTR_STR("pack/a"), 3, OTR_STR("cc"), OTR_STR("new")},
                                  {OTR_STR("pack/b"), 4, OTR_STR("dd"), OTR_STR("gone soon")},
                                  {OTR_STR("pack/b"), 5, OTR_STR(""), OTR_STR("")}};
    otr_commit commit = {.names = names, .name_count = 3, .contents = contents, .content_count = 5};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.name_count, 3);
    assert_int_equal(f->got.names[1].number, 4000000000U);
    assert_same_text(f->got.names[1].name, OTR_STR("tracker:7"));
    assert_same_text(f->got.names[2].name, OTR_STR("temperature"));
    assert_int_equal(f->got.content_count, 3);
    assert_same_text(f->got.contents[0].bytes, OTR_STR("who\0what"));
    assert_same_text(f->got.contents[1].slot, OTR_STR("pack/a"));
    assert_same_text(f->got.contents[1].bytes, OTR_STR("new"));
    assert_same_text(f->got.contents[2].slot, OTR_STR("pack/b"));
    assert_int_equal(f->got.contents[2].hash.size, 0);
    /* a snapshot makes superfluous what no slot has any more, once nothing of the journal came under it */
    otr_commit snapshot = {.first_seq = 1,
                           .input_count = 5,
                           .batch = {(const uint8_t *)"b", 1},
                           .snapshot = {(const uint8_t *)"s", 1}};
    assert_int_equal(fixture_commit(f, &snapshot), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.content_count, 3);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM contents"), 4);
    (void)fixture_number(f, "DELETE FROM journal RETURNING 1");
    snapshot.first_seq = 6;
    for (int i = 0; i < 2; i++, snapshot.first_seq += 5)
        assert_int_equal(fixture_commit(f, &snapshot), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM contents"), 2);
}

static void an_alarm_keeps_its_newest_revision_and_only_open_ones_come_back(void **state)
{
    fixture *f = *state;
    otr_row_alarm alarms[] = {sample_alarm(9, true), sample_alarm(3, true), sample_alarm(5, false)};
    otr_commit commit = {.alarms = alarms, .alarm_count = 3};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    alarms[0].revision = 4;
    alarms[0].body = OTR_STR("later");
    otr_commit again = {.alarms = alarms, .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &again), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.alarm_count, 2);
    otr_row_alarm first = sample_alarm(3, true);
    assert_same_alarm(&f->got.alarms[0], &first);
    assert_same_alarm(&f->got.alarms[1], &alarms[0]);
    alarms[0].open = false;
    assert_int_equal(fixture_commit(f, &again), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.alarm_count, 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM alarms"), 3);
}

static void cases_come_back_until_they_are_closed(void **state)
{
    fixture *f = *state;
    otr_row_case cases[] = {
        {.id = fixture_id(1),
         .seq = 8,
         .revision = 2,
         .state = OTR_CASE_VERIFYING,
         .asset = OTR_STR("parcel"),
         .category = OTR_STR("cold-chain"),
         .opened = 5,
         .closed = OTR_TIME_NONE,
         .body = OTR_STR("x")},
        {.id = fixture_id(2), .seq = 4, .state = OTR_CASE_OPEN, .closed = OTR_TIME_NONE},
        {.id = fixture_id(3), .seq = 5, .state = OTR_CASE_CLOSED, .closed = 77},
    };
    otr_commit commit = {.cases = cases, .case_count = 3};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.case_count, 2);
    assert_int_equal(f->got.cases[0].seq, 4);
    assert_int_equal(f->got.cases[1].state, OTR_CASE_VERIFYING);
    assert_same_text(f->got.cases[1].category, OTR_STR("cold-chain"));
    assert_true(f->got.cases[1].closed == OTR_TIME_NONE && f->got.cases[1].opened == 5);
}

static void put_outbox(fixture *f, uint64_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        otr_row_outbox row = {.seq = first + i,
                              .class = (otr_outbox_class)((first + i) % OTR_OUTBOX_CLASSES),
                              .event = fixture_id(first + i),
                              .body = OTR_STR("event")};
        otr_commit commit = {.outbox = &row, .outbox_count = 1};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    }
}

static void the_outbox_pages_by_class_in_order(void **state)
{
    fixture *f = *state;
    put_outbox(f, 1, 30);
    uint64_t after = 0;
    size_t seen = 0;
    for (;;) {
        assert_int_equal(fixture_read(f, OTR_OUTBOX_NORMAL, after, 4), OTR_OK);
        for (size_t i = 0; i < f->row_count; i++) {
            assert_int_equal(f->rows[i].class, OTR_OUTBOX_NORMAL);
            assert_int_equal(f->rows[i].seq % 3, 1);
            assert_true(f->rows[i].seq > after);
            assert_true(otr_id_equal(f->rows[i].event, fixture_id(f->rows[i].seq)));
            assert_same_text(f->rows[i].body, OTR_STR("event"));
            after = f->rows[i].seq;
            seen++;
        }
        if (f->row_count < 4)
            break;
    }
    assert_int_equal(seen, 10);
    assert_int_equal(f->result.figures.outbox_rows, 30);
    fixture_restart(f);
    assert_int_equal(f->got.next_outbox_seq, 31);
}

static void an_entry_leaves_for_one_recorded_reason_and_its_number_is_never_used_again(void **state)
{
    fixture *f = *state;
    put_outbox(f, 1, 3);
    otr_outbox_left left[] = {{3, OTR_LEFT_ACCEPTED, OTR_TIME_NONE},
                              {1, OTR_LEFT_EXPIRED, OTR_TIME_NONE},
                              {2, OTR_LEFT_RETRACTED, OTR_TIME_NONE}};
    otr_commit commit = {.left = left, .left_count = 3, .core_time = 4};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(f->result.figures.outbox_rows, 0);
    otr_outbox_left again = {3, OTR_LEFT_EXPIRED, OTR_TIME_NONE};
    otr_commit second = {.left = &again, .left_count = 1};
    assert_int_equal(fixture_commit(f, &second), OTR_OK);
    fixture_restart(f);
    assert_int_equal(f->got.next_outbox_seq, 4);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox_left"), 3);
    assert_int_equal(fixture_number(f, "SELECT reason FROM outbox_left WHERE seq = 3"), OTR_LEFT_ACCEPTED);
}

static void check_bytes(fixture *f, size_t rows, size_t bodies)
{
    assert_int_equal(f->result.figures.outbox_rows, rows);
    assert_int_equal(f->result.figures.outbox_bytes, bodies + 64 * rows);
}

static void the_bytes_of_the_outbox_are_known_at_any_time(void **state)
{
    fixture *f = *state;
    put_outbox(f, 1, 3); /* "event" */
    check_bytes(f, 3, 15);
    static char text[5000];
    memset(text, 'x', sizeof text);
    otr_row_outbox rows[2] = {
        {.seq = 4, .class = OTR_OUTBOX_NORMAL, .event = fixture_id(4), .body = {text, sizeof text}},
        {.seq = 5, .class = OTR_OUTBOX_BULK, .event = fixture_id(5), .body = {text, 700}},
    };
    /* one that is there, one that comes with it, one that never was */
    otr_outbox_left left[] = {{2, OTR_LEFT_ACCEPTED, OTR_TIME_NONE},
                              {5, OTR_LEFT_EVICTED, OTR_TIME_NONE},
                              {77, OTR_LEFT_ACCEPTED, OTR_TIME_NONE}};
    otr_commit commit = {.outbox = rows, .outbox_count = 2, .left = left, .left_count = 3};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    check_bytes(f, 3, 5010);
    otr_outbox_left again[] = {{2, OTR_LEFT_EXPIRED, OTR_TIME_NONE},
                               {1, OTR_LEFT_ACCEPTED, OTR_TIME_NONE},
                               {1, OTR_LEFT_ACCEPTED, OTR_TIME_NONE}};
    otr_commit second = {.left = again, .left_count = 3};
    assert_int_equal(fixture_commit(f, &second), OTR_OK);
    check_bytes(f, 2, 5005);
    fixture_restart(f);
    otr_commit nothing = {.core_time = 1};
    assert_int_equal(fixture_commit(f, &nothing), OTR_OK);
    check_bytes(f, 2, 5005);
    assert_int_equal(f->result.figures.quota_bytes, f->config.quota_bytes);
}

static void devices_are_listed_in_their_order_and_take_a_byte_each(void **state)
{
    fixture *f = *state;
    enum { COUNT = 500 };
    uint32_t devices[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        devices[i] = i * 7 % COUNT * 2;
    otr_commit commit = {.first_seq = 1,
                         .input_count = 1,
                         .reading_count = COUNT,
                         .batch = {(const uint8_t *)"b", 1},
                         .devices = devices,
                         .device_count = COUNT};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT length(devices) FROM journal"), COUNT);
    assert_int_equal(fixture_number(f, "SELECT hex(substr(devices, 1, 2)) = '0004' FROM journal"), 1);
    assert_int_equal(devices[1], 14); /* the driver's list stays as it is */
}

static void reasons_are_kept_for_the_newest_ten_thousand(void **state)
{
    fixture *f = *state;
    enum { COUNT = 10600 };
    otr_row_outbox *rows = calloc(COUNT, sizeof *rows);
    otr_outbox_left *left = calloc(COUNT, sizeof *left);
    for (size_t i = 0; i < COUNT; i++) {
        rows[i] = (otr_row_outbox){.seq = i + 1, .class = OTR_OUTBOX_BULK, .event = fixture_id(i)};
        left[i] = (otr_outbox_left){i + 1, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
    }
    otr_commit commit = {.outbox = rows, .outbox_count = COUNT, .left = left, .left_count = COUNT};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    fixture_close(f);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox_left"), 10000);
    assert_int_equal(fixture_number(f, "SELECT MAX(seq) FROM outbox_left"), COUNT);
    free(rows);
    free(left);
}

static void a_failed_read_after_recovery_is_still_answered(void **state)
{
    fixture *f = *state;
    put_outbox(f, 1, 2);
    f->rows_answered = false;
    f->port.read_outbox(f->port.self, OTR_OUTBOX_NORMAL, 0, 10);
    otr_error error;
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    otr_store_process(f->store);
    assert_true(f->rows_answered);
    assert_int_equal(f->rows_status, OTR_IO);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_NORMAL, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1);
}

static void progress_stands_still_only_while_work_is_under_way(void **state)
{
    fixture *f = *state;
    bool busy;
    put_outbox(f, 1, 1);
    int64_t first = otr_store_progress_us(f->store, &busy);
    put_outbox(f, 2, 1);
    assert_true(otr_store_progress_us(f->store, &busy) > first);
    otr_error error;
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    (void)otr_store_progress_us(f->store, &busy);
    assert_false(busy);
}

static void an_injected_delay_is_part_of_the_commit(void **state)
{
    fixture *f = *state;
    fixture_close(f);
    f->config.fsync_delay_ms = 30;
    fixture_start(f);
    put_outbox(f, 1, 1);
    assert_true(f->result.figures.commit_us_max >= 30000);
    assert_int_equal(f->result.figures.commits, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(a_new_database_is_empty_and_has_an_incarnation),
        CASE(names_and_contents_read_back),
        CASE(an_alarm_keeps_its_newest_revision_and_only_open_ones_come_back),
        CASE(cases_come_back_until_they_are_closed),
        CASE(the_outbox_pages_by_class_in_order),
        CASE(an_entry_leaves_for_one_recorded_reason_and_its_number_is_never_used_again),
        CASE(the_bytes_of_the_outbox_are_known_at_any_time),
        CASE(devices_are_listed_in_their_order_and_take_a_byte_each),
        CASE(reasons_are_kept_for_the_newest_ten_thousand),
        CASE(a_failed_read_after_recovery_is_still_answered),
        CASE(progress_stands_still_only_while_work_is_under_way),
        CASE(an_injected_delay_is_part_of_the_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
