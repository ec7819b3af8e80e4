/* Customers' actions in the core: what is well formed, that each has its effect once by its id and once for
 * its notification, also after a restart, and that none is taken for an operator's command. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)

static const char pack[] = "pack: test\nversion: 1\nrules:\n  - {alert: Drop, expr: shock > 3.0}\n";
static const char assets[] = "version: 1\nassets:\n  - {asset: a1, class: x, devices: [d1]}\n";

static otr_command act(uint8_t id, otr_customer_action action, uint8_t notification)
{
    return (otr_command){
        .id = {{id}},
        .kind = OTR_COMMAND_CUSTOMER,
        .until = OTR_TIME_NONE,
        .customer = {
            .action = action, .notification = {{notification}}, .from = OTR_TIME_NONE, .to = OTR_TIME_NONE}};
}

static uint64_t acted(const world *w)
{
    return otr_core_stats(w->core)->customer_actions;
}

static void an_action_counts_once_by_its_id_and_once_for_its_notification(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    assert_int_equal(world_command(w, act(1, OTR_CUSTOMER_USEFUL, 9)).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(acted(w), 1);
    assert_int_equal(world_command(w, act(1, OTR_CUSTOMER_USEFUL, 9)).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_command(w, act(2, OTR_CUSTOMER_USEFUL, 9)).refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(acted(w), 1);
    (void)world_command(w, act(3, OTR_CUSTOMER_LATE, 9));
    (void)world_command(w, act(4, OTR_CUSTOMER_USEFUL, 8));
    assert_int_equal(acted(w), 3);
    world_free(w);
}

static void an_id_that_came_with_another_action_gets_its_first_answer(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    assert_int_equal(world_command(w, act(1, OTR_CUSTOMER_FORGET_ME, 9)).refusal,
                     OTR_REFUSAL_NO_NOTIFICATION);
    assert_int_equal(world_command(w, act(1, OTR_CUSTOMER_USEFUL, 9)).refusal, OTR_REFUSAL_NO_NOTIFICATION);
    assert_int_equal(acted(w), 0);
    world_free(w);
}

static void a_refused_action_may_be_tried_again(void **state)
{
    (void)state;
    world *w = world_create(pack, assets, T0);
    for (uint8_t id = 1; id <= 2; id++)
        assert_int_equal(world_command(w, act(id, OTR_CUSTOMER_HELP, 9)).refusal,
                         OTR_REFUSAL_NO_NOTIFICATION);
    world_free(w);
}

static void fields_that_an_action_does_not_have_are_refused(void **state)
{
    (void)state;
    otr_error error;
    otr_command one = act(1, OTR_CUSTOMER_STOP, 9);
    one.customer.category = OTR_STR("journey");
    one.customer.from = 5;
    one.customer.to = 6;
    assert_int_equal(otr_command_check(&one, &error), OTR_OK);
    one.customer.to = 5;
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one = act(1, OTR_CUSTOMER_USEFUL, 9);
    one.customer.category = OTR_STR("journey");
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    assert_string_equal(error.text, "useful takes no category");
    one = act(1, OTR_CUSTOMER_RESUME, 9);
    one.customer.to = 6;
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one = act(1, OTR_CUSTOMER_USEFUL, 0);
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one = act(0, OTR_CUSTOMER_USEFUL, 9);
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one.customer.scored = true;
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one = act(1, OTR_CUSTOMER_SCORE, 9);
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one.customer.scored = true;
    one.customer.score = OTR_QUESTION_SCORES;
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one.customer.score = 0;
    one.customer.reason = OTR_QUESTION_REASON_COUNT;
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
    one = act(1, (otr_customer_action)200, 9);
    assert_int_equal(otr_command_check(&one, &error), OTR_INVALID);
}

static void every_action_is_read_from_the_journal_as_it_was_written(void **state)
{
    (void)state;
    static const char *const words[] = {"status",  "help",      "call-me", "not-solved", "useful",
                                        "known",   "wrong",     "late",    "stop",       "resume",
                                        "my-data", "forget-me", "solved",  "score"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        otr_customer_action action;
        assert_true(otr_customer_action_parse(otr_str_of(words[i]), &action));
        assert_string_equal(otr_customer_action_text(action), words[i]);
        otr_command one = act(3, action, 9);
        if (action == OTR_CUSTOMER_STOP) {
            one.customer.category = OTR_STR("journey");
            one.customer.to = 77;
        }
        if (action == OTR_CUSTOMER_SCORE) {
            one.customer.scored = true;
            one.customer.score = 2;
            one.customer.reason = OTR_QUESTION_REASON_UNCLEAR;
        }
        otr_buffer bytes = {0};
        otr_command back;
        otr_command_encode(&bytes, &one);
        otr_reader reader = otr_reader_of(otr_buffer_bytes(&bytes));
        assert_true(otr_command_decode(&reader, &back));
        assert_int_equal(otr_reader_left(&reader), 0);
        assert_int_equal(back.kind, OTR_COMMAND_CUSTOMER);
        assert_int_equal(back.customer.action, action);
        assert_true(otr_id_equal(back.id, one.id));
        assert_true(otr_id_equal(back.customer.notification, one.customer.notification));
        assert_true(otr_str_equal(back.customer.category, one.customer.category));
        assert_true(back.customer.scored == one.customer.scored && back.customer.score == one.customer.score);
        assert_int_equal(back.customer.reason, one.customer.reason);
        assert_true(back.customer.from == one.customer.from && back.customer.to == one.customer.to);
        for (size_t size = 0; size < bytes.size; size++) {
            reader = otr_reader_of((otr_bytes){bytes.data, size});
            assert_false(otr_command_decode(&reader, &back));
        }
        otr_buffer_done(&bytes);
    }
}

static void no_word_of_the_control_socket_is_a_customers_action(void **state)
{
    (void)state;
    otr_command_kind kind;
    assert_false(otr_command_kind_parse(OTR_STR("act"), &kind));
    assert_false(otr_command_kind_parse(OTR_STR("stop"), &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_counts_once_by_its_id_and_once_for_its_notification),
        cmocka_unit_test(an_id_that_came_with_another_action_gets_its_first_answer),
        cmocka_unit_test(a_refused_action_may_be_tried_again),
        cmocka_unit_test(fields_that_an_action_does_not_have_are_refused),
        cmocka_unit_test(every_action_is_read_from_the_journal_as_it_was_written),
        cmocka_unit_test(no_word_of_the_control_socket_is_a_customers_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
