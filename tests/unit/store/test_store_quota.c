/*
 * The quota: the files stay within it, the oldest rows that a snapshot covers go first and each loss is
 * recorded; alarms go last; an outbox that fills it drains again; a full disk is answered FULL, and the
 * ballast gives the room to go on.
 */
#include "store_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MB (INT64_C(1) << 20)

static int setup(void **state)
{
    *state = fixture_create();
    return 0;
}

static int teardown(void **state)
{
    fixture_close(*state);
    (void)umount(((fixture *)*state)->folder); /* where a case mounted one */
    fixture_free(*state);
    return 0;
}

/* One batch of size bytes with 10 readings. */
static otr_status put(fixture *f, uint64_t seq, size_t size, bool snapshot)
{
    static uint8_t batch[200000];
    static uint8_t state[4000];
    uint32_t devices[4] = {(uint32_t)seq % 100, (uint32_t)seq % 100 + 200, (uint32_t)seq % 7 + 500, 1000};
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 10,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .batch = fixture_fill(batch, size, seq),
                         .devices = devices,
                         .device_count = 4};
    if (snapshot)
        commit.snapshot = fixture_fill(state, sizeof state, seq);
    return fixture_commit(f, &commit);
}

static void check_totals(fixture *f, uint64_t written)
{
    uint64_t told = 0;
    for (size_t i = 0; i < f->lost_count; i++) {
        assert_true(otr_str_is(f->lost[i].reason, "quota"));
        told += f->lost[i].readings;
    }
    assert_int_equal(fixture_number(f, "SELECT TOTAL(readings) FROM losses"), told);
    assert_int_equal((uint64_t)fixture_number(f, "SELECT TOTAL(readings) FROM journal") + told, written * 10);
    assert_int_equal(f->result.figures.evicted_readings, told);
}

static void files_stay_within_the_quota_and_each_reading_is_kept_or_lost_on_record(void **state)
{
    fixture *f = *state;
    static const uint64_t quotas[] = {1 * MB, 5 * MB};
    for (size_t i = 0; i < 2; i++) {
        f->config.quota_bytes = quotas[i];
        fixture_start(f);
        uint64_t random = 99 + i;
        uint64_t seq = 1;
        uint64_t bytes = 0;
        for (; bytes < 3 * quotas[i]; seq++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            size_t size = (random >> 33) % 10 == 0 ? (random >> 40) % 20000 : 50 + (random >> 40) % 400;
            assert_int_equal(put(f, seq, size, seq % 50 == 0), OTR_OK);
            assert_true(fixture_bytes(f) <= quotas[i]);
            bytes += size;
        }
        assert_true(f->lost_count > 3);
        /* lost from the oldest on, without a hole */
        uint64_t next = 1;
        for (size_t k = 0; k < f->lost_count; k++) {
            assert_int_equal(f->lost[k].first_seq, next);
            assert_int_equal(f->lost[k].first_core, (otr_time)next * OTR_SECOND);
            next = f->lost[k].last_seq + 1;
            assert_int_equal(f->lost[k].last_core, (otr_time)(next - 1) * OTR_SECOND);
        }
        assert_int_equal(f->result.figures.oldest_seq, next);
        assert_int_equal(fixture_number(f, "SELECT MIN(seq) FROM journal"), next);
        check_totals(f, seq - 1);
        /* what fills the quota is mostly readings */
        assert_true(f->result.figures.journal_bytes > quotas[i] / 2);
        fixture_restart(f);
        assert_int_equal(f->got.next_seq, seq);
        f->lost_count = 0;
        fixture_free(f);
        f = *state = fixture_create();
    }
}

static void adjoining_losses_of_a_day_become_one_row(void **state)
{
    fixture *f = *state;
    f->config.quota_bytes = 1 * MB;
    fixture_start(f);
    for (uint64_t seq = 1; seq <= 4000; seq++)
        assert_int_equal(put(f, seq, 500, seq % 50 == 0), OTR_OK);
    assert_true(f->lost_count > 3);
    assert_true(fixture_number(f, "SELECT COUNT(*) FROM losses") <= 2);
    fixture_restart(f);
    assert_true(f->got.loss_count <= 1);
}

static void nothing_newer_than_the_snapshot_is_evicted(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    f->config.quota_bytes = 1 * MB;
    fixture_start(f);
    assert_int_equal(put(f, 1, 500, true), OTR_OK);
    uint64_t seq = 2;
    while (put(f, seq, 500, false) == OTR_OK)
        seq++;
    assert_int_equal(f->result.status, OTR_FULL);
    assert_non_null(strstr(f->result.error.text, "quota"));
    assert_true(fixture_bytes(f) <= 1 * MB);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.next_seq, seq);
    /* the reserve is for alarms, and a snapshot makes room */
    otr_row_alarm alarm = {.id = fixture_id(1), .seq = 1, .open = true};
    otr_commit decision = {.alarms = &alarm, .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &decision), OTR_OK);
    otr_commit snapshot = {.snapshot = {(const uint8_t *)"s", 1}, .core_time = (otr_time)seq * OTR_SECOND};
    assert_int_equal(fixture_commit(f, &snapshot), OTR_OK);
    assert_int_equal(put(f, seq, 500, false), OTR_OK);
    assert_true(f->lost_count > 0);
    fixture_restart(f);
    assert_int_equal(f->got.alarm_count, 1);
    assert_int_equal(f->got.next_seq, seq + 1);
}

/* A fleet that is large for its quota: two states of it do not fit beside each other. */
static void a_snapshot_takes_the_place_of_the_one_before_when_both_do_not_fit(void **state)
{
    static uint8_t bytes[3 * MB / 2];
    fixture *f = *state;
    f->config.quota_bytes = 4 * MB;
    fixture_start(f);
    for (uint64_t seq = 1; seq <= 12; seq++) {
        assert_int_equal(put(f, seq, 500, false), OTR_OK);
        otr_commit snapshot = {.snapshot = fixture_fill(bytes, sizeof bytes, seq),
                               .core_time = (otr_time)seq * OTR_SECOND};
        assert_int_equal(fixture_commit(f, &snapshot), OTR_OK);
        assert_true(fixture_bytes(f) <= 4 * MB);
    }
    fixture_restart(f);
    assert_true(f->got.has_snapshot);
    assert_int_equal(f->got.snapshot_seq, 12);
}

static void closed_alarms_go_when_no_reading_is_left_and_open_ones_never(void **state)
{
    fixture *f = *state;
    f->config.quota_bytes = 1 * MB;
    fixture_start(f);
    static char body[1000];
    memset(body, 'x', sizeof body);
    otr_row_alarm open = {.id = fixture_id(0), .seq = 1, .open = true, .body = {body, sizeof body}};
    otr_commit commit = {.alarms = &open, .alarm_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    for (uint64_t i = 1; i <= 2000; i++) {
        otr_row_alarm closed = {
            .id = fixture_id(i), .seq = i + 1, .body = {body, sizeof body}, .state = OTR_ALARM_NORMAL};
        commit.alarms = &closed;
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
        assert_true(fixture_bytes(f) <= 1 * MB);
    }
    int64_t left = fixture_number(f, "SELECT COUNT(*) FROM alarms WHERE open = 0");
    assert_true(left > 100 && left < 2000);
    assert_int_equal(fixture_number(f, "SELECT MAX(seq) FROM alarms"), 2001);
    assert_int_equal(
        fixture_number(f, "SELECT TOTAL(readings) FROM losses WHERE reason = 'quota: closed alarms'"),
        2000 - left);
    assert_int_equal(f->lost_count, 0); /* no reading was lost */
    fixture_restart(f);
    assert_int_equal(f->got.alarm_count, 1);
}

/* A flood of readings within minutes costs readings, and not what happened before. */
static void a_flood_of_young_readings_takes_no_closed_alarm(void **state)
{
    fixture *f = *state;
    static char body[1000];
    memset(body, 'x', sizeof body);
    f->config.quota_bytes = 1 * MB;
    fixture_start(f);
    for (uint64_t i = 1; i <= 100; i++) {
        otr_row_alarm closed = {
            .id = fixture_id(i), .seq = i, .body = {body, sizeof body}, .state = OTR_ALARM_NORMAL};
        otr_commit commit = {.alarms = &closed, .alarm_count = 1};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    }
    for (uint64_t seq = 1; seq <= 4000; seq++)
        assert_int_equal(put(f, seq, 500, seq % 100 == 0), OTR_OK);
    assert_true(f->lost_count > 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM alarms"), 100);
}

/* A start learns from it which uploads may come once more. */
static void the_journal_of_the_last_minutes_goes_after_what_is_closed(void **state)
{
    fixture *f = *state;
    static char body[1000];
    memset(body, 'x', sizeof body);
    f->config.quota_bytes = 1 * MB;
    fixture_start(f);
    for (uint64_t seq = 1; seq <= 200; seq++)
        assert_int_equal(put(f, seq, 500, seq == 200), OTR_OK);
    for (uint64_t i = 1; i <= 2000; i++) {
        otr_row_alarm closed = {
            .id = fixture_id(i), .seq = i + 1, .body = {body, sizeof body}, .state = OTR_ALARM_NORMAL};
        otr_commit commit = {.alarms = &closed, .alarm_count = 1};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    }
    assert_true(fixture_number(f, "SELECT COUNT(*) FROM alarms") < 2000);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM journal"), 200);
    assert_int_equal(f->lost_count, 0);
}

static void a_lowered_quota_evicts_and_gives_the_room_back(void **state)
{
    fixture *f = *state;
    f->config.quota_bytes = 16 * MB;
    fixture_start(f);
    for (uint64_t seq = 1; seq <= 600; seq++)
        assert_int_equal(put(f, seq, 15000, seq % 50 == 0), OTR_OK);
    assert_true(fixture_bytes(f) > 8 * MB);
    fixture_close(f);
    f->config.quota_bytes = 3 * MB;
    fixture_start(f);
    assert_true(fixture_bytes(f) <= 3 * MB);
    assert_int_equal(f->got.loss_count, 1);
    assert_int_equal(f->got.losses[0].first_seq, 1);
    assert_true(f->got.losses[0].readings > 3000);
    assert_int_equal(f->got.next_seq, 601);
    assert_int_equal(put(f, 601, 15000, false), OTR_OK);
    assert_int_equal((uint64_t)fixture_number(f, "SELECT TOTAL(readings) FROM journal") +
                         f->got.losses[0].readings + (f->lost_count > 0 ? f->lost[0].readings : 0),
                     6010);
}

/* ---- an outbox that fills the quota ---- */

enum { ENTRY_BYTES = 900 };

static char entry_body[ENTRY_BYTES];

/* A turn with one input, entries first..first+count-1 and leaving entries. */
static otr_status turn(fixture *f, uint64_t seq, uint64_t first, size_t count, const otr_outbox_left *left,
                       size_t left_count, bool snapshot)
{
    static uint8_t batch[200];
    static uint8_t state[20000];
    otr_row_outbox rows[4];
    for (size_t i = 0; i < count; i++)
        rows[i] = (otr_row_outbox){.seq = first + i,
                                   .class = OTR_OUTBOX_URGENT,
                                   .event = fixture_id(first + i),
                                   .body = {entry_body, ENTRY_BYTES}};
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 10,
                         .core_time = (otr_time)seq * OTR_SECOND,
                         .batch = fixture_fill(batch, sizeof batch, seq),
                         .outbox = rows,
                         .outbox_count = count,
                         .left = left,
                         .left_count = left_count};
    if (snapshot)
        commit.snapshot = fixture_fill(state, sizeof state, seq);
    return fixture_commit(f, &commit);
}

typedef struct position {
    uint64_t seq;
    uint64_t entry;
} position;

/* Turns without a broker until not even one with a snapshot finds room. */
static position fill_with_entries(fixture *f)
{
    otr_error error = {0};
    position at = {1, 1};
    bool snapshot = false;
    memset(entry_body, 'o', sizeof entry_body);
    f->config.quota_bytes = 2 * MB;
    fixture_start(f);
    for (;;) {
        otr_status status = turn(f, at.seq, at.entry, 3, NULL, 0, snapshot);
        if (status == OTR_OK) {
            at.seq++;
            at.entry += 3;
            snapshot = at.seq % 100 == 0;
            continue;
        }
        assert_int_equal(status, OTR_FULL);
        assert_int_equal(fixture_recover(f, &error), OTR_OK);
        if (snapshot)
            return at;
        snapshot = true;
    }
}

static void what_leaves_makes_room_for_what_comes_in_the_same_commit(void **state)
{
    fixture *f = *state;
    position at = fill_with_entries(f);
    assert_true(at.entry > 1000);
    /* the broker is back, and each turn brings an entry more: all the same it drains */
    uint64_t gone = 1;
    while (at.entry - gone > 1) {
        otr_outbox_left left[64];
        size_t count = 0;
        for (; count < 64 && gone + count < at.entry; count++)
            left[count] = (otr_outbox_left){gone + count, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
        if (turn(f, at.seq, at.entry, 1, left, count, at.seq % 100 == 0) != OTR_OK)
            fail_msg("%llu of %llu entries gone: %s", (unsigned long long)gone - 1,
                     (unsigned long long)at.entry - 1, f->result.error.text);
        assert_true(fixture_bytes(f) <= 2 * MB);
        gone += count;
        at.seq++;
        at.entry++;
    }
    assert_int_equal(f->result.figures.outbox_rows, 1);
    assert_int_equal(put(f, at.seq, 500, false), OTR_OK);
}

static void what_a_commit_frees_and_takes_is_measured_when_the_estimate_finds_no_room(void **state)
{
    fixture *f = *state;
    position at = fill_with_entries(f);
    /* ten pages are freed; the estimate asks for sixty */
    otr_outbox_left left[20];
    for (size_t i = 0; i < 20; i++)
        left[i] = (otr_outbox_left){1 + i, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
    assert_int_equal(turn(f, at.seq, at.entry, 3, left, 20, true), OTR_OK);
    assert_true(fixture_bytes(f) <= 2 * MB);
    fixture_restart(f);
    assert_true(f->got.has_snapshot);
    assert_int_equal(f->got.next_seq, at.seq + 1);
}

static void an_entry_alone_leaves_however_full_it_is(void **state)
{
    fixture *f = *state;
    position at = fill_with_entries(f);
    for (uint64_t i = 1; i < at.entry; i++) {
        otr_outbox_left left = {i, OTR_LEFT_EVICTED, OTR_TIME_NONE};
        otr_commit commit = {.left = &left, .left_count = 1};
        assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    }
    assert_int_equal(f->result.figures.outbox_rows, 0);
    assert_int_equal(f->result.figures.outbox_bytes, 0);
    assert_true(fixture_bytes(f) <= 2 * MB);
}

static void a_commit_without_room_changes_no_figure(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    position at = fill_with_entries(f);
    otr_outbox_left one = {1, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
    otr_commit leaving = {.left = &one, .left_count = 1};
    assert_int_equal(fixture_commit(f, &leaving), OTR_OK);
    otr_store_figures before = f->result.figures;
    assert_int_equal(before.quota_bytes, 2 * MB);
    assert_int_equal(before.outbox_rows, at.entry - 2);
    assert_int_equal(before.outbox_bytes,
                     (uint64_t)fixture_number(f, "SELECT TOTAL(length(body)) FROM outbox") +
                         64 * before.outbox_rows);
    otr_outbox_left second = {2, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
    assert_int_equal(turn(f, at.seq, at.entry, 4, &second, 1, false), OTR_FULL);
    assert_non_null(strstr(f->result.error.text, "quota"));
    assert_int_equal(f->result.figures.outbox_rows, before.outbox_rows);
    assert_int_equal(f->result.figures.outbox_bytes, before.outbox_bytes);
    assert_int_equal(f->result.figures.journal_rows, before.journal_rows);
    assert_int_equal(f->result.figures.journal_bytes, before.journal_bytes);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.next_seq, at.seq);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox WHERE key = 2"), 1);
}

/* ---- a disk that is really full: a small tmpfs, which only root can make ---- */

static bool mount_small(fixture *f, unsigned kilobytes)
{
    char options[64];
    (void)snprintf(options, sizeof options, "size=%uk", kilobytes);
    return mount("none", f->folder, "tmpfs", 0, options) == 0;
}

static void occupy(fixture *f, bool on)
{
    FILE *file = on ? fopen(fixture_path(f, "strangers.log"), "w") : NULL;
    static char block[4096];
    while (file != NULL && fwrite(block, 1, sizeof block, file) == sizeof block && fflush(file) == 0)
        continue;
    if (file != NULL)
        (void)fclose(file);
    else
        (void)unlink(fixture_path(f, "strangers.log"));
}

static void a_full_disk_costs_the_ballast_then_old_readings_and_alarms_are_still_kept(void **state)
{
    fixture *f = *state;
    if (!mount_small(f, 16384)) {
        print_message("no tmpfs can be mounted here\n");
        skip();
    }
    f->config.quota_bytes = 64 * MB;
    f->config.ballast_bytes = 2 * MB;
    fixture_start(f);
    struct stat about;
    assert_int_equal(stat(fixture_path(f, "ballast"), &about), 0);
    assert_true(about.st_blocks * 512 >= 2 * MB);
    uint64_t seq = 1;
    for (; seq <= 300; seq++)
        assert_int_equal(put(f, seq, 10000, seq % 20 == 0), OTR_OK);
    occupy(f, true);
    /* a stranger fills the disk: readings and alarms are still taken, the oldest readings go */
    for (; seq <= 900; seq++) {
        assert_int_equal(put(f, seq, 10000, seq % 20 == 0), OTR_OK);
        otr_row_alarm alarm = {.id = fixture_id(seq % 50), .seq = 1, .revision = (uint32_t)seq, .open = true};
        otr_commit decision = {.alarms = &alarm, .alarm_count = 1};
        assert_int_equal(fixture_commit(f, &decision), OTR_OK);
    }
    assert_int_not_equal(stat(fixture_path(f, "ballast"), &about), 0);
    assert_true(f->lost_count > 0);
    uint64_t told = 0;
    for (size_t i = 0; i < f->lost_count; i++)
        told += f->lost[i].readings;
    assert_int_equal((uint64_t)fixture_number(f, "SELECT TOTAL(readings) FROM journal") + told,
                     (seq - 1) * 10);
    /* without a new snapshot the room ends: FULL, and nothing breaks */
    otr_error error = {0};
    uint64_t before = seq;
    while (seq < before + 2000 && put(f, seq, 10000, false) == OTR_OK)
        seq++;
    if (f->result.status != OTR_FULL)
        fail_msg("%s", f->result.error.text);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.next_seq, seq);
    assert_int_equal(f->got.alarm_count, 50);
    /* the stranger goes: all is as before, the ballast too */
    occupy(f, false);
    assert_int_equal(put(f, seq, 10000, true), OTR_OK);
    fixture_restart(f);
    assert_int_equal(stat(fixture_path(f, "ballast"), &about), 0);
}

static void a_disk_full_from_the_start_says_so_and_a_later_start_works(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    if (!mount_small(f, 512))
        skip();
    occupy(f, true);
    f->config.ballast_bytes = 1 * MB;
    assert_int_equal(fixture_open(f, &error), OTR_OK);
    assert_int_equal(fixture_recover(f, &error), OTR_FULL);
    occupy(f, false);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.loss_count, 0);
    assert_int_equal(put(f, 1, 100, true), OTR_OK);
}

/* The kernel's own refusal of a write (EFBIG) is no full disk but still no commit. */
static void a_file_size_limit_fails_the_commit_and_not_the_store(void **state)
{
    fixture *f = *state;
    otr_error error = {0};
    struct rlimit usual;
    fixture_start(f);
    assert_int_equal(put(f, 1, 1000, true), OTR_OK);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    struct rlimit small = {.rlim_cur = 300000, .rlim_max = usual.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    uint64_t seq = 2;
    while (put(f, seq, 20000, false) == OTR_OK)
        seq++;
    assert_true(f->result.status == OTR_IO || f->result.status == OTR_FULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
    assert_int_equal(fixture_recover(f, &error), OTR_OK);
    assert_int_equal(f->got.next_seq, seq);
    assert_int_equal(put(f, seq, 20000, false), OTR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(files_stay_within_the_quota_and_each_reading_is_kept_or_lost_on_record),
        CASE(adjoining_losses_of_a_day_become_one_row),
        CASE(nothing_newer_than_the_snapshot_is_evicted),
        CASE(a_snapshot_takes_the_place_of_the_one_before_when_both_do_not_fit),
        CASE(closed_alarms_go_when_no_reading_is_left_and_open_ones_never),
        CASE(the_journal_of_the_last_minutes_goes_after_what_is_closed),
        CASE(a_flood_of_young_readings_takes_no_closed_alarm),
        CASE(a_lowered_quota_evicts_and_gives_the_room_back),
        CASE(what_leaves_makes_room_for_what_comes_in_the_same_commit),
        CASE(what_a_commit_frees_and_takes_is_measured_when_the_estimate_finds_no_room),
        CASE(an_entry_alone_leaves_however_full_it_is),
        CASE(a_commit_without_room_changes_no_figure),
        CASE(a_full_disk_costs_the_ballast_then_old_readings_and_alarms_are_still_kept),
        CASE(a_disk_full_from_the_start_says_so_and_a_later_start_works),
        CASE(a_file_size_limit_fails_the_commit_and_not_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
