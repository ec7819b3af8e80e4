/* core/command: what is well formed, and that each form goes through the journal and back, and nothing else
 * does; a journal without commands reads as it always did. */
#include "base/limits.h"
#include "core/journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NAMED .rule = OTR_STR("cold/Warm"), .asset = OTR_STR("box 1")

static const otr_command good[] = {
    {.id = {{1}}, .kind = OTR_COMMAND_ACKNOWLEDGE, .alarm = {{2}}, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_RESET, NAMED, .until = OTR_TIME_NONE, .who = {"op", 2}},
    {.id = {{1}}, .kind = OTR_COMMAND_SHELVE, NAMED, .until = 1700000000 * OTR_SECOND, .reason = {"x", 1}},
    {.id = {{1}}, .kind = OTR_COMMAND_SHELVE, .alarm = {{2}}, .until = OTR_TIME_NONE, .span = OTR_HOUR},
    {.id = {{1}}, .kind = OTR_COMMAND_UNSHELVE, NAMED, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_OUT_OF_SERVICE, NAMED, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_IN_SERVICE, NAMED, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_REPLACE, NAMED, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_ASSIGNED, .asset = {"box", 3}, .until = OTR_TIME_NONE},
    {.id = {{1}}, .kind = OTR_COMMAND_FORGET, .alarm = {{2}}, .until = OTR_TIME_NONE},
    {.id = {{1}},
     .kind = OTR_COMMAND_ORDER,
     .until = OTR_TIME_NONE,
     .order = {.key = {{2}},
               .order = {{3}},
               .counter = 1714557600000001,
               .role = OTR_ROLE_DESK,
               .who = {"kim", 3},
               .verb = {"desk", 4},
               .about = {"action=note", 11},
               .command = {{4}},
               .ok = true,
               .answer = {"{}", 2},
               .more = 7}},
    {.id = {{1}}, .kind = OTR_COMMAND_ORDER, .until = OTR_TIME_NONE, .order = {.refused = {"forged", 6}}},
};

typedef struct seen {
    const otr_command *wanted;
    int count;
} seen;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    seen *s = context;
    const otr_command *a = s->wanted;
    const otr_command *b = &record->command;
    assert_int_equal(seq, 9);
    assert_int_equal(record->kind, OTR_INPUT_COMMAND);
    assert_int_equal(a->kind, b->kind);
    assert_true(otr_id_equal(a->id, b->id) && otr_id_equal(a->alarm, b->alarm));
    assert_true(otr_str_equal(a->rule, b->rule) && otr_str_equal(a->asset, b->asset));
    assert_true(otr_str_equal(a->who, b->who) && otr_str_equal(a->reason, b->reason));
    assert_true(a->until == b->until && a->span == b->span);
    assert_true(otr_id_equal(a->order.key, b->order.key) && otr_id_equal(a->order.order, b->order.order));
    assert_true(otr_id_equal(a->order.command, b->order.command) && a->order.counter == b->order.counter);
    assert_true(a->order.role == b->order.role && a->order.ok == b->order.ok &&
                a->order.more == b->order.more);
    assert_true(otr_str_equal(a->order.who, b->order.who) && otr_str_equal(a->order.verb, b->order.verb));
    assert_true(otr_str_equal(a->order.about, b->order.about) &&
                otr_str_equal(a->order.answer, b->order.answer) &&
                otr_str_equal(a->order.refused, b->order.refused));
    s->count++;
    return OTR_OK;
}

static void write_one(otr_buffer *batch, const otr_command *command)
{
    otr_record record = {.kind = OTR_INPUT_COMMAND, .command = *command};
    otr_journal_begin(batch);
    otr_journal_turn(batch, &(otr_turn){5, 6, true});
    otr_journal_add(batch, &record);
}

static void each_form_goes_through_the_journal_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        otr_buffer batch = {0};
        otr_error error;
        seen s = {&good[i], 0};
        otr_journal_visitor visitor = {&s, see_turn, see_record};
        assert_int_equal(otr_command_check(&good[i], NULL), OTR_OK);
        write_one(&batch, &good[i]);
        if (otr_journal_read(otr_buffer_bytes(&batch), 9, &visitor, &error) != OTR_OK)
            fail_msg("case %zu: %s", i, error.text);
        assert_int_equal(s.count, 1);
        /* cut short it is refused, but where only the turn is left */
        for (size_t size = 7; size < batch.size; size++) {
            uint8_t *exact = malloc(size);
            memcpy(exact, batch.data, size);
            assert_int_equal(otr_journal_read((otr_bytes){exact, size}, 9, &visitor, &error), OTR_CORRUPT);
            free(exact);
        }
        assert_int_equal(s.count, 1);
        otr_buffer_done(&batch);
    }
}

static void what_is_not_well_formed_is_refused_with_its_reason(void **state)
{
    static char long_text[201];
    (void)state;
    memset(long_text, 'a', sizeof long_text);
    const struct {
        otr_command command;
        const char *reason;
    } cases[] = {
        {{.kind = OTR_COMMAND_RESET, NAMED, .until = OTR_TIME_NONE}, "no id of the command"},
        {{.id = {{1}}, .kind = (otr_command_kind)77, NAMED, .until = OTR_TIME_NONE}, "no kind"},
        {{.id = {{1}}, .kind = OTR_COMMAND_RESET, .until = OTR_TIME_NONE}, "a rule and an asset"},
        {{.id = {{1}}, .kind = OTR_COMMAND_RESET, .rule = OTR_STR("R"), .until = OTR_TIME_NONE}, "an asset"},
        {{.id = {{1}}, .kind = OTR_COMMAND_RESET, NAMED, .alarm = {{2}}, .until = OTR_TIME_NONE},
         "the id of"},
        {{.id = {{1}}, .kind = OTR_COMMAND_RESET, NAMED, .until = 5}, "a shelf, and nothing else"},
        {{.id = {{1}}, .kind = OTR_COMMAND_SHELVE, NAMED, .until = OTR_TIME_NONE}, "for a span or until"},
        {{.id = {{1}}, .kind = OTR_COMMAND_SHELVE, NAMED, .until = 5, .span = 5}, "for a span or until"},
        {{.id = {{1}}, .kind = OTR_COMMAND_SHELVE, NAMED, .until = OTR_TIME_NONE, .span = -5}, "for a span"},
        {{.id = {{1}}, .kind = OTR_COMMAND_ORDER, .until = OTR_TIME_NONE, .order = {.key = {{1}}}},
         "a key, an id and a counter"},
        {{.id = {{1}}, .kind = OTR_COMMAND_RESET, NAMED, .until = OTR_TIME_NONE, .who = {"\xff", 1}},
         "UTF-8"},
        {{.id = {{1}},
          .kind = OTR_COMMAND_RESET,
          NAMED,
          .until = OTR_TIME_NONE,
          .reason = {long_text, OTR_LIMIT_COMMAND_TEXT_BYTES + 1}},
         "more than 200 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        otr_error error = {.text = ""};
        otr_buffer batch = {0};
        otr_journal_visitor visitor = {NULL, see_turn, see_record};
        assert_int_not_equal(otr_command_check(&cases[i].command, &error), OTR_OK);
        if (strstr(error.text, cases[i].reason) == NULL)
            fail_msg("case %zu: %s", i, error.text);
        write_one(&batch, &cases[i].command); /* a disk may hold anything but two targets */
        if (otr_id_is_zero(cases[i].command.alarm))
            assert_int_equal(otr_journal_read(otr_buffer_bytes(&batch), 9, &visitor, NULL), OTR_CORRUPT);
        otr_buffer_done(&batch);
    }
}

static void the_words_are_those_of_the_control_socket(void **state)
{
    otr_command_kind kind;
    (void)state;
    assert_true(otr_command_kind_parse(OTR_STR("out-of-service"), &kind));
    assert_int_equal(kind, OTR_COMMAND_OUT_OF_SERVICE);
    assert_true(otr_command_kind_parse(OTR_STR("ack"), &kind));
    assert_int_equal(kind, OTR_COMMAND_ACKNOWLEDGE);
    assert_false(otr_command_kind_parse(OTR_STR("acknowledge"), &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_goes_through_the_journal_and_back),
        cmocka_unit_test(what_is_not_well_formed_is_refused_with_its_reason),
        cmocka_unit_test(the_words_are_those_of_the_control_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
