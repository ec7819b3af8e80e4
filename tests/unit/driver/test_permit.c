/* driver/permit: each reason for which an order is refused, in the order in which it is looked for, and who
 * may what, cell by cell. The signature here is a toy: that of OpenSSL is checked where OpenSSL is. */
#include "base/limits.h"
#include "driver/permit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (INT64_C(1714557600) * OTR_SECOND)

/* The first 64 bytes of the message and of the key, mixed. */
static void toy_sign(const uint8_t key[32], otr_bytes message, uint8_t out[64])
{
    for (size_t i = 0; i < 64; i++)
        out[i] = (uint8_t)(key[i % 32] ^ (otr_hash64(i, 1, message.data, message.size) & 255));
}

static bool toy_verify(const uint8_t key[32], otr_bytes message, const uint8_t signature[64])
{
    uint8_t wanted[64];
    toy_sign(key, message, wanted);
    return memcmp(wanted, signature, sizeof wanted) == 0;
}

static bool toy_digest(const void *data, size_t size, otr_digest *out)
{
    for (size_t i = 0; i < sizeof out->bytes; i++)
        out->bytes[i] = (uint8_t)otr_hash64(i, 2, data, size);
    return true;
}

static const otr_operator operators[] = {
    {.key = {{1}}, .open = {11}, .name = {"kim", 3}, .role = OTR_ROLE_OPERATOR},
    {.key = {{2}}, .open = {22}, .name = {"lee", 3}, .role = OTR_ROLE_VIEWER},
    {.key = {{3}}, .open = {33}, .name = {"old", 3}, .role = OTR_ROLE_ENGINEER, .revoked = true},
};

static const otr_permit_rules usual = {
    .operators = operators,
    .operator_count = 3,
    .group = {"depot", 5},
    .gateway = {"gw", 2},
    .utc = NOW,
    .synced = true,
    .verify = toy_verify,
    .sha256 = toy_digest,
};

static otr_order ack(void)
{
    return (otr_order){.id = OTR_STR("1"),
                       .to = OTR_STR("depot/gw"),
                       .counter = 5,
                       .until = NOW + OTR_MINUTE,
                       .request = OTR_STR("{\"do\":\"ack\",\"rule\":\"R\",\"asset\":\"a\"}")};
}

static otr_order_refusal judge_signed(const otr_order *order, const otr_operator *by,
                                      const otr_permit_rules *rules, const char *spoil)
{
    otr_arena arena = {0};
    otr_buffer content = {0};
    otr_buffer message = {0};
    otr_buffer payload = {0};
    otr_error error;
    uint8_t signature[64];
    otr_permit permit;
    assert_int_equal(otr_order_write(&content, order, true, &error), OTR_OK);
    otr_order_message(&message, otr_buffer_bytes(&content));
    toy_sign(by->open, otr_buffer_bytes(&message), signature);
    if (spoil != NULL)
        memcpy(content.data + content.size - 2, spoil, 1);
    otr_envelope envelope = {otr_buffer_bytes(&content), by->key, {signature, sizeof signature}};
    otr_envelope_write(&payload, &envelope, false);
    otr_permit_judge(&arena, otr_buffer_bytes(&payload), rules, &permit);
    if (permit.refusal == OTR_ORDER_REFUSED_NONE) {
        assert_ptr_equal(permit.operator, by);
        assert_int_equal(permit.order.counter, order->counter);
        assert_non_null(permit.request);
        assert_false(otr_id_is_zero(permit.id));
    }
    otr_order_refusal refusal = permit.refusal;
    if (refusal == OTR_ORDER_REFUSED_FORGED)
        assert_null(permit.operator);
    json_decref(permit.request);
    otr_buffer_done(&content);
    otr_buffer_done(&message);
    otr_buffer_done(&payload);
    otr_arena_done(&arena);
    return refusal;
}

static void an_order_that_is_all_right_is_taken(void **state)
{
    (void)state;
    otr_order order = ack();
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_NONE);
}

static void each_reason_has_its_word(void **state)
{
    (void)state;
    static const otr_operator stranger = {.key = {{9}}, .open = {99}};
    const otr_operator pretender = {.key = {{1}}, .open = {22}};
    otr_permit_rules unsynced = usual;
    unsynced.synced = false;
    otr_order order = ack();
    assert_int_equal(judge_signed(&order, &stranger, &usual, NULL), OTR_ORDER_REFUSED_UNKNOWN_KEY);
    assert_int_equal(judge_signed(&order, &pretender, &usual, NULL), OTR_ORDER_REFUSED_FORGED);
    assert_int_equal(judge_signed(&order, &operators[0], &usual, " "), OTR_ORDER_REFUSED_FORGED);
    assert_int_equal(judge_signed(&order, &operators[2], &usual, NULL), OTR_ORDER_REFUSED_REVOKED);
    assert_int_equal(judge_signed(&order, &operators[2], &usual, " "), OTR_ORDER_REFUSED_FORGED);
    assert_int_equal(judge_signed(&order, &operators[1], &usual, NULL), OTR_ORDER_REFUSED_ROLE);
    assert_int_equal(judge_signed(&order, &operators[0], &unsynced, NULL), OTR_ORDER_REFUSED_NO_CLOCK);
    order.until = NOW - 1;
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_LATE);
    assert_int_equal(judge_signed(&order, &operators[0], &unsynced, NULL), OTR_ORDER_REFUSED_LATE);
    order.until = NOW;
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_NONE);
    order.until = NOW + OTR_LIMIT_ORDER_DAYS * OTR_DAY;
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_NONE);
    order.until++;
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_EARLY);
    static const char *const elsewhere[] = {"depot/gw2", "depot/g", "depot",   "depot/",
                                            "/gw",       "depotgw", "depo/tgw"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        order = ack();
        order.to = otr_str_of(elsewhere[i]);
        assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_ELSEWHERE);
    }
    order = ack();
    order.request = OTR_STR("{\"do\":\"dance\"}");
    assert_int_equal(judge_signed(&order, &operators[0], &usual, NULL), OTR_ORDER_REFUSED_NO_VERB);
}

static void what_is_no_order_is_refused_by_its_form(void **state)
{
    (void)state;
    static char large[70000];
    memset(large, ' ', sizeof large);
    large[0] = '{';
    const struct {
        otr_bytes payload;
        otr_order_refusal refusal;
    } rows[] = {
        {{(const uint8_t *)"\xff\xff", 2}, OTR_ORDER_REFUSED_MALFORMED},
        {{(const uint8_t *)"{\"signed\":1}", 12}, OTR_ORDER_REFUSED_MALFORMED},
        {{(const uint8_t *)"{\"signed\":[[[[[[[[[[1]]]]]]]]]]}", 31}, OTR_ORDER_REFUSED_NESTED},
        {{(const uint8_t *)large, sizeof large}, OTR_ORDER_REFUSED_OVERSIZED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_permit permit;
        otr_permit_judge(&arena, rows[i].payload, &usual, &permit);
        assert_int_equal(permit.refusal, rows[i].refusal);
        assert_true(permit.error.text[0] != '\0');
        otr_arena_done(&arena);
    }
}

/* As it is meant to be, written down once more: a cell that is changed is changed on purpose. */
static void each_role_may_what_the_table_says(void **state)
{
    (void)state;
    static const struct {
        const char *verb;
        const char *may; /* o operator, v viewer, e engineer, d desk, r relay, in this order */
    } rows[] = {
        {"status", "ovedr"},
        {"alarms", "oved-"},
        {"devices", "oved-"},
        {"history", "oved-"},
        {"cases", "oved-"},
        {"assignments", "oved-"},
        {"log", "o-e--"},
        {"recent-log", "--e--"},
        {"config", "--e--"},
        {"ack", "o-e--"},
        {"reset", "o-e--"},
        {"shelve", "o-e--"},
        {"unshelve", "o-e--"},
        {"out-of-service", "--e--"},
        {"in-service", "--e--"},
        {"assign", "o-e--"},
        {"assigned", "o-e--"},
        {"unassign", "o-e--"},
        {"replace", "o-e--"},
        {"known", "--e-r"},
        {"forget", "--e-r"},
        {"desk", "o-ed-"},
        {"act", "----r"},
        {"voice", "o-edr"},
        {"resend", "--e--"},
        {"reload", "--e--"},
        {"log-level", "--e--"},
        {"packs", "oved-"},
        {"bundle", "--e--"},
        {"stage", "--e--"},
        {"rehearse", "--e--"},
        {"shadow", "--e--"},
        {"activate", "--e--"},
        {"rollback", "--e--"},
        {"plan", "--e--"},
    };
    size_t count = 0;
#define X(word, may, asks) count++;
    OTR_VERBS(X)
#undef X
    assert_int_equal(count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < count; i++) {
        const otr_verb *verb = otr_verb_find(otr_str_of(rows[i].verb));
        if (verb == NULL)
            fail_msg("%s is missing", rows[i].verb);
        for (int role = 0; role < OTR_ROLE_COUNT; role++)
            if (otr_verb_may(verb, (otr_role)role) != (rows[i].may[role] != '-'))
                fail_msg("%s: role %d", rows[i].verb, role);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_that_is_all_right_is_taken),
        cmocka_unit_test(each_reason_has_its_word),
        cmocka_unit_test(what_is_no_order_is_refused_by_its_form),
        cmocka_unit_test(each_role_may_what_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
