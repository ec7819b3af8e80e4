/* Forgetting a customer: no byte of theirs is left in any file of the store, everybody else's rows are as
 * they were, and a crash before the files are rewritten changes nothing of that. */
#include "core/journal/journal.h"
#include "platform/linux/store/store_database.h"
#include "store_fixture.h"

#include <dirent.h>
#include <stdio.h>

enum { THEIRS = 3, OTHER = 4 };

static const char *const markers[] = {"cust-9", "box-7", "MARKER"};

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

static bool file_has(fixture *f, const char *name, const char *marker)
{
    FILE *file = fopen(fixture_path(f, name), "rb");
    if (file == NULL)
        return false;
    static char bytes[8 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return memmem(bytes, size, marker, strlen(marker)) != NULL;
}

/* The first file of the folder that holds the marker, or NULL. */
static const char *where(fixture *f, const char *marker)
{
    static char name[256];
    const char *found = NULL;
    DIR *folder = opendir(f->folder);
    assert_non_null(folder);
    for (struct dirent *entry; found == NULL && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' && file_has(f, entry->d_name, marker))
            found = strcpy(name, entry->d_name);
    (void)closedir(folder);
    return found;
}

static void assert_nothing_left(fixture *f)
{
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        const char *file = where(f, markers[i]);
        if (file != NULL)
            fail_msg("%s is still in %s", markers[i], file);
    }
}

static void put_readings(fixture *f, uint64_t seq, uint32_t device, const char *text)
{
    otr_buffer batch = {0};
    otr_entry entry = {.metric = 1, .kind = OTR_KIND_TEXT, .at = 1000, .text = otr_str_of(text)};
    otr_record record = {.kind = OTR_INPUT_READINGS, .readings = {device, 7, &entry, 1}};
    otr_journal_begin(&batch);
    otr_journal_turn(&batch, &(otr_turn){(otr_time)seq, 9, true});
    otr_journal_add(&batch, &record);
    otr_commit commit = {.first_seq = seq,
                         .input_count = 1,
                         .reading_count = 1,
                         .core_time = (otr_time)seq,
                         .batch = otr_buffer_bytes(&batch),
                         .devices = &device,
                         .device_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_buffer_done(&batch);
}

/* Rows of theirs and of somebody else: inputs 1 to 40 take turns. */
static void fill(fixture *f)
{
    static uint8_t body[3000];
    memset(body, 'x', sizeof body);
    memcpy(body + 2000, "MARKER in a snapshot", 20);
    otr_row_served served[] = {{OTR_STR("box-7"), OTR_STR("cust-9"), THEIRS, 1, UINT64_MAX},
                               {OTR_STR("box-8"), OTR_STR("cust-8"), OTHER, 1, UINT64_MAX}};
    otr_row_content contents[] = {
        {OTR_STR("assignment/box-7"), 0, OTR_STR("h7"), OTR_STR("asset: box-7 MARKER")},
        {OTR_STR("assignment/box-7"), 2, OTR_STR(""), OTR_STR("")},
        {OTR_STR("assignment/box-8"), 0, OTR_STR("h8"), OTR_STR("asset: box-8 KEPT")}};
    otr_row_alarm alarms[] = {{.id = fixture_id(1),
                               .seq = 1,
                               .state = OTR_ALARM_ACKNOWLEDGED,
                               .open = true,
                               .asset = OTR_STR("box-7"),
                               .body = OTR_STR("MARKER")},
                              {.id = fixture_id(2),
                               .seq = 2,
                               .state = OTR_ALARM_ACKNOWLEDGED,
                               .open = true,
                               .asset = OTR_STR("box-8"),
                               .body = OTR_STR("KEPT")}};
    otr_row_case cases[] = {
        {.id = fixture_id(3), .seq = 1, .asset = OTR_STR("box-7"), .body = OTR_STR("MARKER")},
        {.id = fixture_id(4), .seq = 1, .asset = OTR_STR("box-8")}};
    otr_row_outbox outbox[] = {
        {.seq = 1, .class = OTR_OUTBOX_URGENT, .event = fixture_id(5), .body = OTR_STR("to cust-9: MARKER")},
        {.seq = 2, .class = OTR_OUTBOX_NORMAL, .event = fixture_id(6), .body = OTR_STR("to cust-8: KEPT")},
        {.seq = 3, .class = OTR_OUTBOX_BULK, .event = fixture_id(7), .body = OTR_STR("of box-7")}};
    otr_commit commit = {.served = served,
                         .served_count = 2,
                         .contents = contents,
                         .content_count = 3,
                         .alarms = alarms,
                         .alarm_count = 2,
                         .cases = cases,
                         .case_count = 2,
                         .outbox = outbox,
                         .outbox_count = 3,
                         .snapshot = {body, sizeof body}};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    for (uint64_t seq = 1; seq <= 40; seq++)
        put_readings(f, seq, seq % 2 == 1 ? THEIRS : OTHER, seq % 2 == 1 ? "MARKER" : "KEPT");
}

/* As core/outbox/outbox.h: an end becomes one without names, that a view is cleared remains as it is. */
static otr_status remains(otr_str body, otr_buffer *out, otr_id *event, otr_error *error)
{
    (void)error;
    if (otr_str_starts(body, OTR_STR("cleared")))
        otr_buffer_add(out, body.data, body.size);
    if (otr_str_starts(body, OTR_STR("end of"))) {
        otr_buffer_add(out, "withdrawn", 9);
        *event = fixture_id(77);
    }
    return OTR_OK;
}

static otr_status forget(fixture *f)
{
    otr_commit commit = {.forgotten = OTR_STR("cust-9"),
                         .erase = otr_journal_erase,
                         .remains = remains,
                         .snapshot = {(const uint8_t *)"after", 5}};
    return fixture_commit(f, &commit);
}

/* Else the broker would show for ever where their things were. */
static void that_a_view_is_cleared_is_still_sent(void **state)
{
    fixture *f = *state;
    otr_row_outbox before = {.seq = 4,
                             .class = OTR_OUTBOX_BULK,
                             .event = fixture_id(8),
                             .body = OTR_STR("box-7 is at MARKER"),
                             .retain = true};
    otr_row_outbox clears = {.seq = 5,
                             .class = OTR_OUTBOX_BULK,
                             .event = fixture_id(9),
                             .body = OTR_STR("cleared box-7"),
                             .retain = true,
                             .replaces = fixture_id(8),
                             .body_alone = OTR_STR("cleared box-7"),
                             .replaced_as = OTR_LEFT_SUPERSEDED};
    otr_outbox_fate fate;
    fill(f);
    otr_commit shown = {.outbox = &before, .outbox_count = 1};
    assert_int_equal(fixture_commit(f, &shown), OTR_OK);
    otr_commit commit = {.forgotten = OTR_STR("cust-9"),
                         .erase = otr_journal_erase,
                         .remains = remains,
                         .snapshot = {(const uint8_t *)"after", 5},
                         .outbox = &clears,
                         .outbox_count = 1,
                         .fates = &fate};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), 2); /* with that of cust-8 */
    assert_null(where(f, "MARKER"));
    assert_null(where(f, "cust-9"));
}

/* An alarm's end that waits from before becomes one that names nobody; a view that was cleared before waits
 * on. */
static void what_the_broker_must_hear_waits_on_without_a_name(void **state)
{
    fixture *f = *state;
    otr_row_outbox waits[] = {{.seq = 4,
                               .class = OTR_OUTBOX_URGENT,
                               .event = fixture_id(8),
                               .body = OTR_STR("end of MARKER at box-7")},
                              {.seq = 5,
                               .class = OTR_OUTBOX_BULK,
                               .event = fixture_id(9),
                               .body = OTR_STR("cleared box-7"),
                               .retain = true}};
    fill(f);
    otr_commit before = {.outbox = waits, .outbox_count = 2};
    assert_int_equal(fixture_commit(f, &before), OTR_OK);
    assert_int_equal(forget(f), OTR_OK);
    assert_null(where(f, "MARKER"));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox WHERE retain = 1"), 2);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox WHERE body = x'77697468647261776e'"), 1);
    assert_non_null(where(f, "cleared box-7"));
    /* somebody else is forgotten meanwhile: the files are rewritten once more all the same */
    otr_commit other = {.forgotten = OTR_STR("cust-90"),
                        .erase = otr_journal_erase,
                        .remains = remains,
                        .snapshot = {(const uint8_t *)"after", 5}};
    assert_int_equal(fixture_commit(f, &other), OTR_OK);
    otr_outbox_left left[] = {{4, OTR_LEFT_ACCEPTED, OTR_TIME_NONE}, {5, OTR_LEFT_ACCEPTED, OTR_TIME_NONE}};
    otr_commit sent = {.left = left, .left_count = 2};
    assert_int_equal(fixture_commit(f, &sent), OTR_OK);
    assert_null(where(f, "cleared box-7"));
}

static void no_byte_is_left_in_any_file(void **state)
{
    fixture *f = *state;
    fill(f);
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++)
        assert_non_null(where(f, markers[i]));
    assert_int_equal(forget(f), OTR_OK);
    assert_nothing_left(f);
    fixture_restart(f);
    assert_nothing_left(f);
}

static void what_was_deleted_long_before_is_gone_as_well(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_outbox_left left = {1, OTR_LEFT_ACCEPTED, OTR_TIME_NONE};
    otr_commit commit = {.left = &left, .left_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(forget(f), OTR_OK);
    assert_nothing_left(f);
}

static void everybody_else_keeps_everything(void **state)
{
    fixture *f = *state;
    fill(f);
    assert_int_equal(forget(f), OTR_OK);
    assert_non_null(where(f, "KEPT"));
    fixture_restart(f);
    assert_int_equal(f->got.alarm_count, 1);
    assert_true(otr_str_is(f->got.alarms[0].asset, "box-8"));
    assert_int_equal(f->got.case_count, 1);
    assert_int_equal(f->got.content_count, 1);
    assert_true(f->got.has_snapshot);
    assert_true(f->got.snapshot.size == 5 && memcmp(f->got.snapshot.data, "after", 5) == 0);
    assert_int_equal(f->got.next_seq, 41);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_NORMAL, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 1);
    assert_int_equal(fixture_read(f, OTR_OUTBOX_URGENT, 0, 10), OTR_OK);
    assert_int_equal(f->row_count, 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM journal"), 40);
    assert_int_equal(fixture_number(f, "SELECT SUM(inputs) FROM journal"), 40);
    assert_int_equal(fixture_number(f, "SELECT reason FROM outbox_left WHERE seq = 1"), OTR_LEFT_FORGOTTEN);
    assert_int_equal(fixture_number(f, "SELECT reason FROM outbox_left WHERE seq = 3"), OTR_LEFT_FORGOTTEN);
}

static void a_crash_before_the_files_are_rewritten_is_made_good_at_the_next_start(void **state)
{
    fixture *f = *state;
    fill(f);
    /* as the transaction leaves it when the power goes right after */
    assert_int_equal(forget(f), OTR_OK);
    fixture_close(f);
    static const char *const copies[] = {"outrider.db.corrupt-20260101T000000.000001Z",
                                         "outrider.db.newer-20260101T000000.000001Z", "outrider.db.schema-2"};
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        FILE *copy = fopen(fixture_path(f, copies[i]), "wb");
        assert_non_null(copy);
        (void)fputs("MARKER", copy);
        (void)fclose(copy);
    }
    (void)fixture_number(f, "INSERT INTO meta (key, value) VALUES ('wipe', 1) RETURNING 1");
    assert_non_null(where(f, "MARKER"));
    fixture_start(f);
    assert_nothing_left(f);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM meta WHERE key = 'wipe'"), 0);
}

static void nobody_is_forgotten_without_a_snapshot(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_commit commit = {.forgotten = OTR_STR("cust-9"), .erase = otr_journal_erase, .remains = remains};
    assert_int_not_equal(fixture_commit(f, &commit), OTR_OK);
    fixture_restart(f);
    assert_non_null(where(f, "MARKER"));
}

static void another_one_is_forgotten_alone(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_content dropped = {.slot = OTR_STR("assignment/box-8"), .seq = 41};
    otr_commit commit = {.contents = &dropped,
                         .content_count = 1,
                         .forgotten = OTR_STR("cust-8"),
                         .erase = otr_journal_erase,
                         .remains = remains,
                         .snapshot = {(const uint8_t *)"after", 5}};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_null(where(f, "cust-8"));
    assert_null(where(f, "box-8"));
    assert_null(where(f, "KEPT"));
    assert_non_null(where(f, "cust-9"));
}

/* One case of each, with an alarm, a remark and what staff were told of it. */
static void put_case(fixture *f, uint8_t number, uint64_t seq, const char *asset, const char *customer,
                     const char *marker)
{
    otr_str name = otr_str_of(asset);
    otr_str text = otr_str_of(marker);
    otr_id id = fixture_id(number);
    otr_row_alarm alarm = {.id = id,
                           .case_id = id,
                           .seq = seq,
                           .state = OTR_ALARM_ACKNOWLEDGED,
                           .open = true,
                           .asset = name,
                           .body = text};
    otr_row_case one = {.id = id, .seq = seq, .asset = name, .customer = otr_str_of(customer), .body = text};
    otr_row_remark remark = {
        .case_id = id, .seq = seq, .asset = name, .customer = otr_str_of(customer), .text = text};
    otr_row_notice notice = {.id = id,
                             .revision = 1,
                             .seq = seq,
                             .contact = OTR_STR("staff.duty"),
                             .asset = name,
                             .case_id = id,
                             .body = text};
    otr_commit commit = {.alarms = &alarm,
                         .alarm_count = 1,
                         .cases = &one,
                         .case_count = 1,
                         .remarks = &remark,
                         .remark_count = 1,
                         .notices = &notice,
                         .notice_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
}

/* box-7 was another customer's since input 20, and a note to the old case was written after that. */
static void an_asset_that_others_have_now_is_theirs_alone(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_served served[] = {{OTR_STR("box-7"), OTR_STR("cust-9"), THEIRS, 1, 20},
                               {OTR_STR("box-7"), OTR_STR("cust-8"), THEIRS, 20, UINT64_MAX}};
    otr_row_content content = {OTR_STR("assignment/box-7"), 20, OTR_STR("h7b"), OTR_STR("asset: KEPT-NOW")};
    otr_commit commit = {.served = served, .served_count = 2, .contents = &content, .content_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    put_case(f, 21, 20, "box-7", "cust-9", "MARKER-OLD");
    put_case(f, 22, 20, "box-7", "cust-8", "KEPT-NEW");
    otr_row_remark note = {.case_id = fixture_id(21),
                           .seq = 30,
                           .asset = OTR_STR("box-7"),
                           .customer = OTR_STR("cust-9"),
                           .text = OTR_STR("MARKER-NOTE")};
    otr_row_case closed = {
        .id = fixture_id(21), .seq = 20, .state = OTR_CASE_CLOSED, .asset = OTR_STR("box-7")};
    otr_row_outbox entry = {
        .seq = 9, .class = OTR_OUTBOX_BULK, .event = fixture_id(40), .body = OTR_STR("box-7 is well")};
    otr_commit later = {.remarks = &note,
                        .remark_count = 1,
                        .cases = &closed,
                        .case_count = 1,
                        .outbox = &entry,
                        .outbox_count = 1};
    assert_int_equal(fixture_commit(f, &later), OTR_OK);
    assert_int_equal(forget(f), OTR_OK);
    assert_null(where(f, "cust-9"));
    assert_null(where(f, "MARKER-OLD"));
    assert_null(where(f, "MARKER-NOTE"));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM cases WHERE asset = 'box-7'"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM alarms WHERE asset = 'box-7'"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM remarks WHERE asset = 'box-7'"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM notices WHERE asset = 'box-7'"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM activations WHERE slot = 'assignment/box-7'"),
                     1);
    assert_int_equal(
        fixture_number(f, "SELECT COUNT(*) FROM outbox WHERE body = CAST('box-7 is well' AS BLOB)"), 1);
    assert_non_null(where(f, "KEPT-NOW"));
    fixture_restart(f);
    assert_int_equal(f->got.content_count, 2);
}

/* With names, and as versions before names wrote them. */
static void lists_are_their_customer_s(void **state)
{
    static const char *const assets[] = {"cust-9",      "cust-9/kitchen",  "cust-9",
                                         "cust-9/hall", "cust-90/kitchen", "cust-8"};
    static const char *const names[] = {"cust-9", "cust-9", "", "", "cust-90", "cust-8"};
    fixture *f = *state;
    fill(f);
    for (uint8_t i = 0; i < 6; i++)
        put_case(f, (uint8_t)(30 + i), 50, assets[i], names[i], i < 4 ? "MARKER-LIST" : "KEPT-LIST");
    assert_int_equal(forget(f), OTR_OK);
    assert_null(where(f, "MARKER-LIST"));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM cases WHERE asset LIKE 'cust-%'"), 2);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM remarks"), 2);
}

/* One that was to begin later: nothing was ever reported for it. */
static void an_assignment_that_never_began_is_gone(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_content contents[] = {
        {OTR_STR("assignment/box-7-later"), 41, OTR_STR("hl"), OTR_STR("asset: MARKER-LATER")},
        {OTR_STR("assignment/box-7-later"), 42, OTR_STR(""), OTR_STR("")}};
    otr_commit before = {.contents = contents, .content_count = 1};
    assert_int_equal(fixture_commit(f, &before), OTR_OK);
    otr_commit commit = {.contents = &contents[1],
                         .content_count = 1,
                         .forgotten = OTR_STR("cust-9"),
                         .erase = otr_journal_erase,
                         .remains = remains,
                         .snapshot = {(const uint8_t *)"after", 5}};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_null(where(f, "box-7-later"));
    assert_null(where(f, "MARKER-LATER"));
}

static void put_command(fixture *f, uint64_t seq, const otr_command *command)
{
    otr_buffer batch = {0};
    otr_record record = {.kind = OTR_INPUT_COMMAND, .command = *command};
    otr_journal_begin(&batch);
    otr_journal_turn(&batch, &(otr_turn){(otr_time)seq, 9, true});
    otr_journal_add(&batch, &record);
    otr_commit commit = {
        .first_seq = seq, .input_count = 1, .core_time = (otr_time)seq, .batch = otr_buffer_bytes(&batch)};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_buffer_done(&batch);
}

/* Commits that have no reading of the device. */
static void what_their_device_was_set_to_is_gone(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_name names[] = {{OTR_NAME_DEVICE, THEIRS, OTR_STR("d-3")},
                            {OTR_NAME_DEVICE, OTHER, OTR_STR("d-4")}};
    otr_commit named = {.names = names, .name_count = 2};
    assert_int_equal(fixture_commit(f, &named), OTR_OK);
    otr_command command = {.id = {{1}},
                           .kind = OTR_COMMAND_SET,
                           .rule = OTR_STR("setpoint"),
                           .asset = OTR_STR("d-3"),
                           .until = OTR_TIME_NONE,
                           .reason = OTR_STR("MARKER-SET")};
    put_command(f, 41, &command);
    command.asset = OTR_STR("d-4");
    command.reason = OTR_STR("KEPT-SET");
    put_command(f, 42, &command);
    assert_int_equal(forget(f), OTR_OK);
    assert_null(where(f, "MARKER-SET"));
    assert_non_null(where(f, "KEPT-SET"));
}

static void put_order(fixture *f, uint64_t seq, const char *about, const char *outcome)
{
    otr_row_order row = {.seq = seq,
                         .utc = OTR_TIME_NONE,
                         .who = OTR_STR("kim"),
                         .verb = OTR_STR("desk"),
                         .about = otr_str_of(about),
                         .outcome = otr_str_of(outcome)};
    otr_commit commit = {.orders = &row, .order_count = 1};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    otr_command command = {.id = {{2}},
                           .kind = OTR_COMMAND_ORDER,
                           .until = OTR_TIME_NONE,
                           .order = {.key = {{1}},
                                     .order = {{(uint8_t)seq}},
                                     .counter = seq,
                                     .who = row.who,
                                     .verb = row.verb,
                                     .about = row.about,
                                     .refused = row.outcome}};
    put_command(f, seq, &command);
}

/* Who ordered when is told all the same. */
static void of_what_was_ordered_about_them_only_that_it_was_is_kept(void **state)
{
    fixture *f = *state;
    char id[OTR_ID_TEXT_BYTES];
    char about[100];
    fill(f);
    put_case(f, 21, 5, "box-7", "cust-9", "MARKER");
    put_case(f, 22, 6, "box-8", "cust-8", "KEPT");
    otr_id_format(fixture_id(1), id); /* of no case */
    (void)snprintf(about, sizeof about, "alarm=%s for=MARKER-A", id);
    put_order(f, 41, about, "");
    otr_id_format(otr_ticket_of(fixture_id(21)), id);
    (void)snprintf(about, sizeof about, "ticket=%s what=MARKER-T", id);
    put_order(f, 42, about, "");
    put_order(f, 43, "what=MARKER-C of cust-9", "");
    put_order(f, 44, "", "invalid: MARKER-R of box-7");
    otr_id_format(otr_ticket_of(fixture_id(22)), id);
    (void)snprintf(about, sizeof about, "ticket=%s what=KEPT-T", id);
    put_order(f, 45, about, "invalid: KEPT-R of box-77");
    assert_int_equal(forget(f), OTR_OK);
    static const char *const gone[] = {"MARKER-A", "MARKER-T", "MARKER-C", "MARKER-R", "cust-9"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        if (where(f, gone[i]) != NULL)
            fail_msg("%s is still in %s", gone[i], where(f, gone[i]));
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM orders WHERE who = 'kim'"), 5);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM orders WHERE about = ''"), 4);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM orders WHERE outcome = 'refused'"), 1);
    assert_int_equal(fixture_number(f,
                                    "SELECT COUNT(*) FROM orders WHERE about LIKE '%KEPT-T' AND outcome LIKE "
                                    "'%KEPT-R of box-77'"),
                     1);
}

static void what_names_a_longer_name_is_of_others(void **state)
{
    fixture *f = *state;
    fill(f);
    otr_row_outbox outbox[] = {
        {.seq = 9, .class = OTR_OUTBOX_BULK, .event = fixture_id(40), .body = OTR_STR("\006box-77")},
        {.seq = 10, .class = OTR_OUTBOX_BULK, .event = fixture_id(41), .body = OTR_STR("to cust-90: warm")},
        {.seq = 11, .class = OTR_OUTBOX_BULK, .event = fixture_id(42), .body = OTR_STR("\005box-7box-8")}};
    otr_commit commit = {.outbox = outbox, .outbox_count = 3};
    assert_int_equal(fixture_commit(f, &commit), OTR_OK);
    assert_int_equal(forget(f), OTR_OK);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM outbox"), 3); /* with that of cust-8 */
    assert_int_equal(fixture_number(f, "SELECT reason FROM outbox_left WHERE seq = 11"), OTR_LEFT_FORGOTTEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(that_a_view_is_cleared_is_still_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_broker_must_hear_waits_on_without_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(no_byte_is_left_in_any_file, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_deleted_long_before_is_gone_as_well, setup, teardown),
        cmocka_unit_test_setup_teardown(everybody_else_keeps_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(a_crash_before_the_files_are_rewritten_is_made_good_at_the_next_start,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_is_forgotten_without_a_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(another_one_is_forgotten_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(an_asset_that_others_have_now_is_theirs_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_are_their_customer_s, setup, teardown),
        cmocka_unit_test_setup_teardown(an_assignment_that_never_began_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_their_device_was_set_to_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(of_what_was_ordered_about_them_only_that_it_was_is_kept, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_names_a_longer_name_is_of_others, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
