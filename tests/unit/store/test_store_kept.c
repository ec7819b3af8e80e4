/* The database from before a migration is kept, and the version before goes on from it with what stands in
 * the newer one's rows; what is lost by it is recorded once. */
#include "platform/linux/store/store_database.h"
#include "store_fixture.h"

#include <stdio.h>
#include <unistd.h>

static const otr_migration next_steps[] = {
    {OTR_STORE_VERSION + 1, "CREATE TABLE extra (a INTEGER) STRICT; ALTER TABLE cases ADD COLUMN queue TEXT"},
};
static const otr_store_schema next_schema = {OTR_STORE_VERSION + 1, next_steps, 1};

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

static const char *kept_path(fixture *f)
{
    static char name[64];
    (void)snprintf(name, sizeof name, "outrider.db.schema-%d", OTR_STORE_VERSION);
    return fixture_path(f, name);
}

/* One input with its reading, an outbox entry, and an alarm that is open or not. */
static void live(fixture *f, uint64_t seq, uint64_t entry, uint32_t alarm, bool open)
{
    uint8_t bytes[40];
    otr_row_outbox outbox = {
        .seq = entry, .event = fixture_id(entry), .body = OTR_STR("body"), .retain = true};
    otr_row_alarm row = {.id = fixture_id(1000 + alarm),
                         .seq = seq,
                         .revision = open ? 1 : 2,
                         .open = open,
                         .pack = OTR_STR("p"),
                         .rule = OTR_STR("R"),
                         .asset = OTR_STR("a"),
                         .device = OTR_STR("d"),
                         .ended = OTR_TIME_NONE};
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 3,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .utc = OTR_TIME_NONE,
                         .batch = fixture_fill(bytes, sizeof bytes, seq),
                         .outbox = &outbox,
                         .outbox_count = 1,
                         .alarms = &row,
                         .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

static void update(fixture *f)
{
    fixture_close(f);
    f->config.schema = &next_schema;
    fixture_start(f);
}

static void take_back(fixture *f)
{
    fixture_close(f);
    f->config.schema = NULL;
    fixture_start(f);
}

static void a_migration_keeps_what_was_there_until_it_is_confirmed(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    assert_int_equal(otr_store_kept(f->store), 0);
    assert_int_equal(otr_store_news(f->store).size, 0);
    update(f);
    assert_int_equal(otr_store_kept(f->store), OTR_STORE_VERSION);
    assert_non_null(strstr(otr_store_news(f->store).data, "is kept"));
    assert_int_equal(f->got.next_seq, 2);
    fixture_restart(f);
    assert_int_equal(otr_store_kept(f->store), OTR_STORE_VERSION);
    assert_int_equal(otr_store_news(f->store).size, 0);
    otr_store_confirm(f->store);
    assert_int_equal(otr_store_kept(f->store), 0);
    assert_null(fixture_find(f, "outrider.db.schema"));
    assert_null(fixture_find(f, "outrider.db.keeping"));
}

static void the_version_before_goes_on(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    live(f, 2, 2, 2, true);
    update(f);
    otr_id incarnation = f->got.incarnation;
    live(f, 3, 3, 1, false); /* the first one ends */
    live(f, 4, 4, 3, true);  /* another comes */
    otr_outbox_left left = {.seq = 1, .reason = OTR_LEFT_ACCEPTED};
    otr_commit commit = {.left = &left, .left_count = 1, .core_time = 9 * OTR_SECOND, .utc = OTR_TIME_NONE};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    take_back(f);
    assert_true(otr_id_equal(f->got.incarnation, incarnation));
    assert_int_equal(f->got.next_seq, 5); /* never the same number twice */
    assert_int_equal(f->got.next_outbox_seq, 5);
    assert_true(f->got.last_core >= 4 * OTR_SECOND);
    assert_int_equal(f->got.batch_count, 2); /* what the journal had when it was kept */
    assert_int_equal(f->got.loss_count, 1);
    assert_true(otr_str_is(f->got.losses[0].reason, "rollback"));
    assert_int_equal(f->got.losses[0].first_seq, 3);
    assert_int_equal(f->got.losses[0].last_seq, 4);
    assert_int_equal(f->got.losses[0].readings, 6);
    assert_int_equal(f->got.losses[0].first_core, 3 * OTR_SECOND);
    assert_int_equal(f->got.alarm_count, 2);
    assert_true(otr_id_equal(f->got.alarms[0].id, fixture_id(1002)));
    assert_true(otr_id_equal(f->got.alarms[1].id, fixture_id(1003)));
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 3); /* the first one was told */
    assert_int_equal(f->rows[0].seq, 2);
    assert_int_equal(f->rows[2].seq, 4);
    assert_true(f->rows[2].retain);
    assert_non_null(strstr(otr_store_news(f->store).data, "2 inputs with 6 readings"));
    assert_non_null(fixture_find(f, "outrider.db.newer-"));
    assert_null(fixture_find(f, "outrider.db.schema"));
    live(f, 5, 5, 2, false);
    fixture_restart(f);
    assert_int_equal(f->got.loss_count, 0); /* told once */
    assert_int_equal(f->got.next_seq, 6);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM losses WHERE reason = 'rollback'"), 1);
}

static void the_next_version_may_come_again(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    update(f);
    live(f, 2, 2, 2, true);
    take_back(f);
    live(f, 3, 3, 3, true);
    update(f);
    assert_int_equal(f->got.next_seq, 4);
    assert_int_equal(f->got.batch_count, 2);
    assert_int_equal(otr_store_kept(f->store), OTR_STORE_VERSION);
    take_back(f);
    assert_int_equal(f->got.next_seq, 4);
    assert_int_equal(f->got.batch_count, 2);
}

/* Nothing of the newer one can be read: numbers jump, so that none is given twice. */
static void a_newer_one_that_does_not_read_costs_its_rows(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    update(f);
    live(f, 2, 2, 2, true);
    fixture_close(f);
    (void)fixture_number(f, "DROP TABLE journal");
    (void)fixture_number(f, "DROP TABLE outbox");
    take_back(f);
    assert_true(f->got.next_seq > 1u << 31);
    assert_true(f->got.next_outbox_seq > 1u << 31);
    assert_int_equal(f->got.alarm_count, 2);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1); /* as when it was kept */
    assert_int_equal(f->got.loss_count, 1);
}

static void without_one_kept_the_newer_one_is_left_alone(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    live(f, 1, 1, 1, true);
    update(f);
    live(f, 2, 2, 2, true);
    otr_store_confirm(f->store);
    fixture_close(f);
    f->config.schema = NULL;
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    assert_int_equal(fixture_recover(f, &error), OTR_INVALID);
    assert_non_null(strstr(error.text, "none from before it is kept"));
    assert_null(fixture_find(f, "outrider.db.newer-"));
    fixture_close(f);
    f->config.schema = &next_schema;
    fixture_start(f);
    assert_int_equal(f->got.next_seq, 3);
}

/* Renames were cut: what was kept bears the name of the database to be, and the newer one is still there. */
static void a_way_back_that_was_cut_goes_on(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    update(f);
    live(f, 2, 2, 2, true);
    take_back(f);
    fixture_close(f);
    char newer[512];
    (void)snprintf(newer, sizeof newer, "%s", fixture_path(f, fixture_find(f, "outrider.db.newer-")));
    char *name = strrchr(newer, '/');    /* a folder's name may have a Z of its own */
    name[strcspn(name, "Z") + 1] = '\0'; /* without -wal */
    char database[512];
    (void)snprintf(database, sizeof database, "%s", fixture_path(f, "outrider.db"));
    assert_int_equal(rename(database, fixture_path(f, "outrider.db.new")), 0);
    fixture_start(f); /* the newer one was set aside already */
    assert_int_equal(f->got.loss_count, 1);
    fixture_close(f);
    assert_int_equal(rename(database, fixture_path(f, "outrider.db.new")), 0);
    assert_int_equal(rename(newer, database), 0);
    fixture_start(f); /* it was not yet */
    assert_int_equal(f->got.loss_count, 1);
    assert_int_equal(f->got.alarm_count, 2);
    assert_non_null(fixture_find(f, "outrider.db.newer-"));
    /* when the newer version is put back instead, what was prepared is of no use */
    fixture_close(f);
    FILE *stale = fopen(fixture_path(f, "outrider.db.new"), "w");
    assert_non_null(stale);
    (void)fclose(stale);
    update(f);
    assert_int_not_equal(access(fixture_path(f, "outrider.db.new"), F_OK), 0);
}

static void a_copy_of_an_earlier_migration_is_not_taken_for_this_one(void **state)
{
    fixture *f = *state;
    live(f, 1, 1, 1, true);
    fixture_close(f);
    FILE *stale = fopen(kept_path(f), "w");
    assert_non_null(stale);
    (void)fputs("stale", stale);
    (void)fclose(stale);
    update(f);
    live(f, 2, 2, 2, true);
    take_back(f);
    assert_int_equal(f->got.batch_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(a_migration_keeps_what_was_there_until_it_is_confirmed),
        CASE(the_version_before_goes_on),
        CASE(the_next_version_may_come_again),
        CASE(a_newer_one_that_does_not_read_costs_its_rows),
        CASE(without_one_kept_the_newer_one_is_left_alone),
        CASE(a_way_back_that_was_cut_goes_on),
        CASE(a_copy_of_an_earlier_migration_is_not_taken_for_this_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
