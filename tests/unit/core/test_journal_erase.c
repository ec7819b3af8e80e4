/* Erasing in a journal's batch: what concerns the customer is gone to the last byte, each input keeps its
 * sequence number, and everything else stays bit for bit. */
#include "core/journal/journal_erase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THEIRS = 3, OTHER = 4, FIRST = 100 };

static const otr_str assets[] = {{"box-7", 5}};
/* inputs 100 to 103 of the device were theirs; later it served somebody else */
static const otr_service_span spans[] = {{{"van-1", 5}, THEIRS, {"d-3", 3}, 90, 103}};
static const otr_id tickets[] = {{{7, 7}}};
static const otr_id alarms[] = {{{8, 8}}};
static const otr_forgotten who = {{"cust-9", 6}, assets, 1, spans, 1, tickets, 1, alarms, 1};

static void add_reading(otr_buffer *batch, uint32_t device, const char *text)
{
    otr_entry entry = {.metric = 1, .kind = OTR_KIND_TEXT, .at = 1000, .text = otr_str_of(text)};
    otr_journal_add(batch, &(otr_record){.kind = OTR_INPUT_READINGS, .readings = {device, 7, &entry, 1}});
}

static void add_report(otr_buffer *batch, const char *text)
{
    otr_journal_add(
        batch, &(otr_record){.kind = OTR_INPUT_REPORT, .report = {OTR_STR("refused"), otr_str_of(text)}});
}

static void add_command(otr_buffer *batch, const char *asset, const char *reason)
{
    otr_command command = {.id = {{1}},
                           .kind = OTR_COMMAND_ACKNOWLEDGE,
                           .rule = OTR_STR("Warm"),
                           .asset = otr_str_of(asset),
                           .until = OTR_TIME_NONE,
                           .reason = otr_str_of(reason)};
    otr_journal_add(batch, &(otr_record){.kind = OTR_INPUT_COMMAND, .command = command});
}

static void begin(otr_buffer *batch)
{
    otr_journal_begin(batch);
    otr_journal_turn(batch, &(otr_turn){5, 9, true});
}

typedef struct seen {
    char kinds[64]; /* one letter an input, T for a turn */
    size_t count;
    uint64_t next;
} seen;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    seen *all = context;
    assert_int_equal(turn->core, 5);
    assert_int_equal(turn->utc, 9);
    all->kinds[all->count++] = 'T';
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    seen *all = context;
    static const char letters[] = "?bkrclpofde";
    assert_int_equal(seq, all->next++);
    all->kinds[all->count++] = record->kind == OTR_INPUT_ERASED ? '-' : letters[record->kind];
    return OTR_OK;
}

static const char *kinds_of(const otr_buffer *batch)
{
    static seen all;
    otr_journal_visitor visitor = {&all, see_turn, see_record};
    all = (seen){.next = FIRST};
    assert_int_equal(otr_journal_read(otr_buffer_bytes(batch), FIRST, &visitor, NULL), OTR_OK);
    return all.kinds;
}

static size_t erase(const otr_buffer *batch, otr_buffer *out)
{
    size_t erased;
    otr_error error;
    assert_int_equal(otr_journal_erase(otr_buffer_bytes(batch), FIRST, &who, out, &erased, &error), OTR_OK);
    return erased;
}

static bool has(const otr_buffer *batch, const char *text)
{
    return memmem(batch->data, batch->size, text, strlen(text)) != NULL;
}

static void what_concerns_the_customer_is_gone_and_the_rest_stays(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    add_reading(&batch, THEIRS, "MARKER-A");
    add_reading(&batch, OTHER, "KEPT-A");
    add_report(&batch, "line 3: cust-9 MARKER-B");
    add_report(&batch, "line 4: cust-8 KEPT-B");
    otr_journal_turn(&batch, &(otr_turn){5, 9, true});
    add_reading(&batch, THEIRS, "KEPT-C"); /* input 104: it serves somebody else by now */
    add_command(&batch, "box-7", "MARKER-C");
    add_command(&batch, "box-8", "KEPT-D");
    add_command(&batch, "box-8", "MARKER-D for cust-9");
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_CONTENT,
                                          .content = {OTR_STR("assignment/box-7"), OTR_STR("MARKER-E")}});
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_CONTENT,
                                          .content = {OTR_STR("pack/cold-chain"), OTR_STR("KEPT-E")}});
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_DEVICE_FETCH, .fetch = {OTHER}});
    assert_int_equal(erase(&batch, &out), 5);
    assert_string_equal(kinds_of(&out), "T-r-pTr-o--cf");
    static const char *const gone[] = {"MARKER", "cust-9", "box-7"};
    static const char *const kept[] = {"KEPT-A", "KEPT-B", "KEPT-C", "KEPT-D", "KEPT-E", "cust-8", "box-8"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        assert_false(has(&out, gone[i]));
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_true(has(&out, kept[i]));
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void the_span_counts_by_sequence_number_with_both_ends(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    for (int i = 0; i < 6; i++)
        add_reading(&batch, THEIRS, "x");
    assert_int_equal(erase(&batch, &out), 4);
    assert_string_equal(kinds_of(&out), "T----rr");
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

/* van-1 was theirs up to input 103, and is another customer's now. */
static void what_names_an_asset_of_others_is_theirs_for_its_time(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    add_command(&batch, "van-1", "MARKER-A");
    add_report(&batch, "van-1: MARKER-B");
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_CONTENT,
                                          .content = {OTR_STR("assignment/van-1"), OTR_STR("KEPT-A")}});
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_CONTENT,
                                          .content = {OTR_STR("assignment/box-77"), OTR_STR("KEPT-B")}});
    add_command(&batch, "van-1", "KEPT-C"); /* input 104 */
    assert_int_equal(erase(&batch, &out), 2);
    assert_string_equal(kinds_of(&out), "T--cco");
    assert_false(has(&out, "MARKER"));
    assert_true(has(&out, "KEPT-A") && has(&out, "KEPT-B") && has(&out, "KEPT-C"));
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void add_set(otr_buffer *batch, const char *device, const char *value)
{
    otr_command command = {.id = {{1}},
                           .kind = OTR_COMMAND_SET,
                           .rule = OTR_STR("setpoint"),
                           .asset = otr_str_of(device),
                           .until = OTR_TIME_NONE,
                           .reason = otr_str_of(value)};
    otr_journal_add(batch, &(otr_record){.kind = OTR_INPUT_COMMAND, .command = command});
}

static void what_their_device_was_set_to_is_theirs_for_its_time(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    add_set(&batch, "d-3", "MARKER");
    add_set(&batch, "d-33", "KEPT-A");
    add_set(&batch, "d-4", "KEPT-B");
    add_set(&batch, "d-3", "MARKER");
    add_set(&batch, "d-3", "KEPT-C"); /* input 104: it serves somebody else by now */
    assert_int_equal(erase(&batch, &out), 2);
    assert_string_equal(kinds_of(&out), "T-oo-o");
    assert_false(has(&out, "MARKER"));
    assert_true(has(&out, "KEPT-A") && has(&out, "KEPT-B") && has(&out, "KEPT-C"));
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void add_order(otr_buffer *batch, const char *about, const char *refused)
{
    otr_order_note note = {.key = {{1}},
                           .order = {{2}},
                           .counter = 1,
                           .who = OTR_STR("kim"),
                           .verb = OTR_STR("desk"),
                           .about = otr_str_of(about),
                           .refused = otr_str_of(refused)};
    otr_command command = {.id = {{1}}, .kind = OTR_COMMAND_ORDER, .until = OTR_TIME_NONE, .order = note};
    otr_journal_add(batch, &(otr_record){.kind = OTR_INPUT_COMMAND, .command = command});
}

static void what_was_ordered_about_them_is_gone(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    otr_command ack = {.id = {{1}},
                       .kind = OTR_COMMAND_ACKNOWLEDGE,
                       .alarm = {{8, 8}},
                       .until = OTR_TIME_NONE,
                       .reason = OTR_STR("MARKER")};
    begin(&batch);
    add_order(&batch, "ticket=07070000000000000000000000000000 what=MARKER", "");
    add_order(&batch, "alarm=08080000000000000000000000000000 for=1h", "");
    add_order(&batch, "what=cust-9", "");
    add_order(&batch, "", "invalid: MARKER of box-7");
    add_order(&batch, "ticket=07070000000000000000000000000001 what=KEPT-A", "");
    add_order(&batch, "what=box-77", "invalid: KEPT-B");
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_COMMAND, .command = ack});
    assert_int_equal(erase(&batch, &out), 5);
    assert_string_equal(kinds_of(&out), "T----oo-");
    assert_false(has(&out, "MARKER") || has(&out, "0808") || has(&out, "cust-9"));
    assert_true(has(&out, "KEPT-A") && has(&out, "KEPT-B"));
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void longer_names_are_of_others(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    add_command(&batch, "box-77", "KEPT");
    add_command(&batch, "mybox-7", "KEPT");
    add_report(&batch, "cust-90 has van-12");
    assert_int_equal(erase(&batch, &out), 0);
    add_report(&batch, "van-12, box-77 and van-1");
    assert_int_equal(erase(&batch, &out), 1);
    assert_string_equal(kinds_of(&out), "Toop-");
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void a_batch_without_them_is_told_to_be_left_alone(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    begin(&batch);
    add_reading(&batch, OTHER, "KEPT");
    otr_journal_add(&batch, &(otr_record){.kind = OTR_INPUT_BOOT});
    assert_int_equal(erase(&batch, &out), 0);
    assert_int_equal(out.size, 0);
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

static void erasing_again_changes_nothing(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer once = {0};
    otr_buffer twice = {0};
    begin(&batch);
    add_reading(&batch, THEIRS, "MARKER");
    add_reading(&batch, OTHER, "KEPT");
    assert_int_equal(erase(&batch, &once), 1);
    assert_int_equal(erase(&once, &twice), 0);
    otr_buffer_done(&batch);
    otr_buffer_done(&once);
    otr_buffer_done(&twice);
}

static void bytes_that_are_no_batch_are_refused_and_leave_nothing(void **state)
{
    (void)state;
    otr_buffer batch = {0};
    otr_buffer out = {0};
    size_t erased = 9;
    begin(&batch);
    add_reading(&batch, THEIRS, "MARKER");
    otr_bytes cut = {batch.data, batch.size - 1};
    assert_int_equal(otr_journal_erase(cut, FIRST, &who, &out, &erased, NULL), OTR_CORRUPT);
    assert_int_equal(erased, 0);
    assert_int_equal(out.size, 0);
    otr_buffer_done(&batch);
    otr_buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_concerns_the_customer_is_gone_and_the_rest_stays),
        cmocka_unit_test(the_span_counts_by_sequence_number_with_both_ends),
        cmocka_unit_test(what_names_an_asset_of_others_is_theirs_for_its_time),
        cmocka_unit_test(what_their_device_was_set_to_is_theirs_for_its_time),
        cmocka_unit_test(what_was_ordered_about_them_is_gone),
        cmocka_unit_test(longer_names_are_of_others),
        cmocka_unit_test(a_batch_without_them_is_told_to_be_left_alone),
        cmocka_unit_test(erasing_again_changes_nothing),
        cmocka_unit_test(bytes_that_are_no_batch_are_refused_and_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
