/* Customers' actions through the driver: with its token one is journaled and answered after the commit;
 * forged, foreign, malformed and too many ones change nothing, and each is told why. */
#include "driver/token.h"
#include "gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"

/* As tests/unit/driver/gateway.c has it. */
static otr_status mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    otr_id id = otr_hash128(1, self == NULL ? 2 : 3, message.data, message.size);
    memcpy(out, id.bytes, sizeof id.bytes);
    return OTR_OK;
}

static otr_status no_mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    (void)self, (void)message, (void)out;
    return OTR_NOT_FOUND;
}

static const otr_signature_port key = {NULL, mac, NULL};
static const otr_id notification = {{0xab, 1}};

static const char *token_of(otr_id id, const char *action)
{
    static char text[OTR_TOKEN_TEXT_BYTES];
    assert_int_equal(otr_token_make(&key, id, otr_str_of(action), text), OTR_OK);
    return text;
}

static const char *request(unsigned id, const char *action, const char *token)
{
    static char text[512];
    char hex[OTR_ID_TEXT_BYTES];
    otr_id_format(notification, hex);
    (void)snprintf(text, sizeof text,
                   "{\"id\":\"%032x\",\"action\":\"%s\",\"notification\":\"%s\",\"token\":\"%s\"}", id,
                   action, hex, token);
    return text;
}

static otr_status send(gateway *g, const char *text, uint64_t handle, otr_error *error)
{
    otr_act act;
    return otr_driver_act(g->driver, (otr_bytes){(const uint8_t *)text, strlen(text)}, handle, &act, error);
}

static uint64_t acted(const gateway *g)
{
    return otr_driver_counters(g->driver)->customer_actions;
}

static void an_action_with_its_token_is_answered_after_the_commit(void **state)
{
    (void)state;
    gateway g;
    otr_error error;
    gateway_open(&g);
    assert_int_equal(send(&g, request(1, "useful", token_of(notification, "useful")), 7, &error), OTR_OK);
    gateway_turn(&g, 0);
    assert_int_equal(g.command_count, 0);
    assert_true(gateway_commit(&g, GATEWAY_DONE));
    assert_int_equal(g.command_count, 1);
    assert_int_equal(g.commands[0].handle, 7);
    assert_int_equal(g.commands[0].result.refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(acted(&g), 1);
    gateway_close(&g);
}

static void the_same_again_is_answered_the_same_also_after_a_restart(void **state)
{
    (void)state;
    gateway g;
    otr_error error;
    gateway_open(&g);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(send(&g, request(1, "useful", token_of(notification, "useful")), 7, &error), OTR_OK);
        gateway_rest(&g);
    }
    assert_int_equal(g.command_count, 2);
    assert_int_equal(g.commands[1].result.refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(acted(&g), 1);
    gateway_restart(&g);
    assert_int_equal(send(&g, request(1, "useful", token_of(notification, "useful")), 8, &error), OTR_OK);
    assert_int_equal(send(&g, request(2, "useful", token_of(notification, "useful")), 9, &error), OTR_OK);
    uint64_t before = acted(&g);
    gateway_rest(&g);
    assert_int_equal(g.commands[g.command_count - 1].result.refusal, OTR_REFUSAL_ACCEPTED);
    assert_int_equal(acted(&g), before);
    gateway_close(&g);
}

static void a_token_of_anything_else_is_refused_and_journals_nothing(void **state)
{
    (void)state;
    gateway g;
    otr_error error;
    otr_id other = {{0xab, 2}};
    char spoilt[OTR_TOKEN_TEXT_BYTES];
    gateway_open(&g);
    gateway_rest(&g);
    (void)snprintf(spoilt, sizeof spoilt, "%s", token_of(notification, "stop"));
    spoilt[21] = spoilt[21] == 'A' ? 'Q' : 'A';
    const char *tokens[] = {"", "AAAAAAAAAAAAAAAAAAAAAA", spoilt, "x"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        assert_int_equal(send(&g, request(1, "stop", tokens[i]), 7, &error), OTR_DENIED);
    assert_string_equal(error.text, "the token is not of this action on this notification");
    assert_int_equal(send(&g, request(1, "stop", token_of(other, "stop")), 7, &error), OTR_DENIED);
    assert_int_equal(send(&g, request(1, "stop", token_of(notification, "useful")), 7, &error), OTR_DENIED);
    assert_int_equal(otr_driver_counters(g.driver)->customer_refused, 6);
    uint64_t commits = otr_driver_counters(g.driver)->commits;
    gateway_rest(&g);
    assert_int_equal(otr_driver_counters(g.driver)->commits, commits);
    assert_int_equal(g.command_count, 0);
    gateway_close(&g);
}

#define SCORE                                                                                                \
    "{\"id\":\"000000000000000000000000000000ab\",\"action\":\"score\","                                     \
    "\"notification\":\"ab000000000000000000000000000000\",\"token\":\"x\""

static void a_score_and_its_reason_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool scored;
        unsigned score;
        otr_question_reason reason;
    } rows[] = {
        {SCORE ",\"score\":0}", true, 0, OTR_QUESTION_NO_REASON},
        {SCORE ",\"score\":10.0}", true, 10, OTR_QUESTION_NO_REASON},
        {SCORE ",\"score\":2,\"reason\":\"late\"}", true, 2, OTR_QUESTION_REASON_LATE},
        {SCORE ",\"reason\":\"too-many-messages\"}", false, 0, OTR_QUESTION_REASON_TOO_MANY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_act act;
        otr_error error = {.text = ""};
        otr_bytes bytes = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};
        assert_int_equal(otr_act_parse(&arena, bytes, &act, &error), OTR_OK);
        assert_int_equal(act.customer.scored, rows[i].scored);
        assert_int_equal(act.customer.score, rows[i].score);
        assert_int_equal(act.customer.reason, rows[i].reason);
        otr_arena_done(&arena);
    }
}

static void one_that_is_malformed_is_told_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {"", "no JSON"},
        {"[]", "an action is an object"},
        {"{}", "\"id\" is missing"},
        {"{\"id\":7}", "\"id\" is no string"},
        {"{\"id\":\"AB\"}", "\"id\" is an id of 32 lower-case hex digits"},
        {"{\"id\":\"00000000000000000000000000000000\"}", "\"id\" is an id of"},
        {"{\"id\":\"1\",\"id\":\"2\"}", "duplicate object key"},
        {"{\"id\":\"000000000000000000000000000000ab\",\"command\":\"ack\"}", "operators' commands"},
        {"{\"id\":\"000000000000000000000000000000ab\",\"action\":\"dance\"}", "no such action"},
        {"{\"id\":\"000000000000000000000000000000ab\",\"action\":\"stop\","
         "\"notification\":\"ab000000000000000000000000000000\",\"token\":\"x\",\"from\":\"soon\"}",
         "\"from\" is an RFC 3339 time"},
        {"{\"id\":\"000000000000000000000000000000ab\",\"action\":\"help\","
         "\"notification\":\"ab000000000000000000000000000000\",\"token\":\"x\",\"category\":\"a\"}",
         "help takes no category"},
        {SCORE "}", "score needs a score or a reason"},
        {SCORE ",\"score\":11}", "\"score\" is a whole number from 0 to 10"},
        {SCORE ",\"score\":2.5}", "\"score\" is a whole number"},
        {SCORE ",\"score\":-1}", "\"score\" is a whole number"},
        {SCORE ",\"score\":\"4\"}", "\"score\" is a whole number"},
        {SCORE ",\"reason\":\"rain\"}", "there is no such \"reason\""},
        {"{\"id\":\"000000000000000000000000000000ab\",\"action\":\"help\","
         "\"notification\":\"ab000000000000000000000000000000\",\"token\":\"x\",\"score\":3}",
         "help takes no score and no reason"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_act act;
        otr_error error = {.text = ""};
        otr_bytes bytes = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};
        assert_int_not_equal(otr_act_parse(&arena, bytes, &act, &error), OTR_OK);
        if (strstr(error.text, rows[i].reason) == NULL)
            fail_msg("%s: %s", rows[i].text, error.text);
        otr_arena_done(&arena);
    }
}

static void one_that_is_too_large_or_too_deep_is_refused(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_act act;
    otr_error error;
    char text[OTR_LIMIT_CUSTOMER_BYTES + 1];
    memset(text, ' ', sizeof text);
    assert_int_equal(otr_act_parse(&arena, (otr_bytes){(const uint8_t *)text, sizeof text}, &act, &error),
                     OTR_LIMIT);
    memset(text, '[', sizeof text);
    assert_int_equal(otr_act_parse(&arena, (otr_bytes){(const uint8_t *)text, sizeof text - 1}, &act, &error),
                     OTR_LIMIT);
    assert_non_null(strstr(error.text, "nested"));
    otr_arena_done(&arena);
}

static void so_many_are_looked_at_in_a_second_and_no_more(void **state)
{
    (void)state;
    gateway g;
    gateway_open(&g);
    g.mono += 5 * OTR_SECOND;
    for (int i = 0; i < OTR_LIMIT_CUSTOMERS_PER_S; i++)
        assert_true(otr_driver_may_act(g.driver));
    assert_false(otr_driver_may_act(g.driver));
    assert_int_equal(otr_driver_counters(g.driver)->customer_dropped, 1);
    g.mono += OTR_SECOND;
    assert_true(otr_driver_may_act(g.driver));
    gateway_close(&g);
}

static void customers_leave_room_for_operators(void **state)
{
    (void)state;
    gateway g;
    otr_error error;
    gateway_open(&g);
    const char *token = token_of(notification, "stop");
    for (unsigned i = 1; i <= OTR_LIMIT_CUSTOMERS_WAITING; i++)
        assert_int_equal(send(&g, request(i, "stop", token), i, &error), OTR_OK);
    assert_int_equal(send(&g, request(99, "stop", token), 99, &error), OTR_FULL);
    otr_command command = {.id = {{1}},
                           .kind = OTR_COMMAND_OUT_OF_SERVICE,
                           .rule = OTR_STR("Drop"),
                           .asset = OTR_STR("a1"),
                           .until = OTR_TIME_NONE};
    assert_int_equal(otr_driver_command(g.driver, &command, 100, &error), OTR_OK);
    gateway_close(&g);
}

static void a_token_is_a_word_of_22_letters_and_no_bit_of_it_may_differ(void **state)
{
    (void)state;
    const char *text = token_of(notification, "help");
    assert_int_equal(strlen(text), 22);
    assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 22);
    assert_int_equal(otr_token_check(&key, notification, OTR_STR("help"), otr_str_of(text)), OTR_OK);
    for (size_t i = 0; i < 22 * 7; i++) {
        char other[OTR_TOKEN_TEXT_BYTES];
        memcpy(other, text, sizeof other);
        other[i / 7] = (char)(other[i / 7] ^ 1 << i % 7);
        assert_int_equal(otr_token_check(&key, notification, OTR_STR("help"), otr_str_of(other)), OTR_DENIED);
    }
}

static otr_status other_mac(void *self, otr_bytes message, uint8_t out[OTR_MAC_BYTES])
{
    (void)self;
    return mac(out, message, out);
}

static void a_token_under_the_key_before_counts_until_that_is_gone(void **state)
{
    (void)state;
    otr_str old = otr_str_of(token_of(notification, "help"));
    otr_signature_port rotated = {NULL, other_mac, mac};
    assert_int_equal(otr_token_check(&rotated, notification, OTR_STR("help"), old), OTR_OK);
    assert_int_equal(otr_token_check(&rotated, notification, OTR_STR("stop"), old), OTR_DENIED);
    rotated.mac_before = no_mac;
    assert_int_equal(otr_token_check(&rotated, notification, OTR_STR("help"), old), OTR_DENIED);
}

static void a_notification_gets_a_token_for_each_of_its_actions(void **state)
{
    (void)state;
    static const otr_action actions[] = {{.name = {"help", 4}}, {.name = {"stop", 4}}};
    otr_arena arena = {0};
    otr_service_event event = {
        .kind = OTR_SERVICE_NOTIFICATION, .entity = notification, .actions = actions, .action_count = 2};
    otr_signature_port none = {NULL, NULL, NULL};
    assert_int_equal(otr_token_add(&none, &arena, &event), OTR_OK);
    assert_int_equal(event.actions[0].token.size, 0);
    assert_int_equal(otr_token_add(&key, &arena, &event), OTR_OK);
    assert_int_equal(event.action_count, 2);
    assert_true(otr_str_is(event.actions[0].token, token_of(notification, "help")));
    assert_true(otr_str_is(event.actions[1].token, token_of(notification, "stop")));
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_with_its_token_is_answered_after_the_commit),
        cmocka_unit_test(the_same_again_is_answered_the_same_also_after_a_restart),
        cmocka_unit_test(a_token_of_anything_else_is_refused_and_journals_nothing),
        cmocka_unit_test(a_score_and_its_reason_are_read),
        cmocka_unit_test(one_that_is_malformed_is_told_what_is_wrong),
        cmocka_unit_test(one_that_is_too_large_or_too_deep_is_refused),
        cmocka_unit_test(so_many_are_looked_at_in_a_second_and_no_more),
        cmocka_unit_test(customers_leave_room_for_operators),
        cmocka_unit_test(a_token_is_a_word_of_22_letters_and_no_bit_of_it_may_differ),
        cmocka_unit_test(a_token_under_the_key_before_counts_until_that_is_gone),
        cmocka_unit_test(a_notification_gets_a_token_for_each_of_its_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
