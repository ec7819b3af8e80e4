/* What is proposed from what readers said, and that a pack is changed by that and by nothing else. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "rules/load/pack.h"
#include "tools/outrider/figures/voice.h"

#include <stdio.h>

static otr_bucket_cell *rule_of(otr_bucket *sum, const char *key)
{
    return otr_bucket_at(sum, OTR_BY_RULE, otr_str_of(key));
}

/* Opinions, and alarms that lasted so long. */
static void complain(otr_bucket_cell *cell, unsigned useful, int64_t useful_s, unsigned wrong,
                     int64_t wrong_s)
{
    otr_bucket_add_count(cell, OTR_COUNT_USEFUL, useful);
    otr_bucket_add_count(cell, OTR_COUNT_WRONG, wrong);
    for (unsigned i = 0; i < useful; i++)
        otr_bucket_add_value(cell, OTR_SPREAD_LASTED_USEFUL, useful_s);
    for (unsigned i = 0; i < wrong; i++)
        otr_bucket_add_value(cell, OTR_SPREAD_LASTED_WRONG, wrong_s);
}

static void short_alarms_that_are_wrong_want_a_longer_delay(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    complain(rule_of(&sum, "p/R"), 20, 7200, 20, 100);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].kind, OTR_PROPOSE_LONGER);
    assert_int_equal(list[0].amount, 120); /* the end of the bin that has 100 s */
    assert_true(list[0].removed.value == 1 && list[0].removed.n == 20);
    assert_true(list[0].lost.value == 0 && list[0].lost.n == 20);
    otr_bucket_done(&sum);
}

static void what_lasts_alike_has_no_delay_that_helps(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    complain(rule_of(&sum, "p/R"), 20, 100, 20, 100);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].kind, OTR_PROPOSE_LOOK);
    otr_bucket_done(&sum);
}

static void a_delay_that_would_cost_useful_alarms_is_not_proposed(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    otr_bucket_cell *cell = rule_of(&sum, "p/R");
    complain(cell, 14, 7200, 20, 100);
    complain(cell, 6, 100, 0, 0);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].kind, OTR_PROPOSE_LOOK);
    otr_bucket_done(&sum);
}

static void values_close_to_the_limit_want_another_limit(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    otr_bucket_cell *cell = rule_of(&sum, "p/R");
    complain(cell, 20, 100, 20, 100);
    for (int i = 0; i < 20; i++) {
        otr_bucket_add_value(cell, OTR_SPREAD_BEYOND_USEFUL, 400);
        otr_bucket_add_value(cell, OTR_SPREAD_BEYOND_WRONG, 30);
    }
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].kind, OTR_PROPOSE_LIMIT);
    assert_int_equal(list[0].amount, 32);
    otr_bucket_done(&sum);
}

static void what_is_late_wants_a_shorter_delay(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    otr_bucket_cell *cell = rule_of(&sum, "p/R");
    otr_bucket_add_count(cell, OTR_COUNT_LATE, 15);
    otr_bucket_add_count(cell, OTR_COUNT_USEFUL, 5);
    for (int i = 0; i < 15; i++)
        otr_bucket_add_value(cell, OTR_SPREAD_LASTED_LATE, 1800);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].kind, OTR_PROPOSE_SHORTER);
    assert_int_equal(list[0].amount, 960); /* the bin of 1,800 s begins there */
    otr_bucket_done(&sum);
}

static void few_opinions_or_few_complaints_propose_nothing(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    complain(rule_of(&sum, "p/Few"), 0, 0, 9, 100);
    complain(rule_of(&sum, "p/Good"), 40, 7200, 5, 100);
    otr_bucket_add_count(otr_bucket_at(&sum, OTR_BY_PRODUCT, OTR_STR("p/R")), OTR_COUNT_WRONG, 100);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 0);
    otr_bucket_done(&sum);
}

static void what_readers_stop_is_looked_at(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_proposal list[4];
    otr_bucket_cell *cell = rule_of(&sum, "p/R");
    otr_bucket_add_count(cell, OTR_COUNT_TOLD, 40);
    otr_bucket_add_count(cell, OTR_COUNT_MUTED, 12);
    assert_int_equal(otr_voice_propose(&sum, list, 4), 1);
    assert_int_equal(list[0].because, OTR_COUNT_MUTED);
    assert_int_equal(list[0].kind, OTR_PROPOSE_LOOK);
    assert_int_equal(otr_voice_propose(&sum, list, 0), 0);
    otr_bucket_done(&sum);
}

/* ---- packs ---- */

#define PACK                                                                                                 \
    "# a comment stays\n"                                                                                    \
    "pack: p\n"                                                                                              \
    "version: 7   # of the pack\n"                                                                           \
    "rules:\n"                                                                                               \
    "  - alert: Warm\n"                                                                                      \
    "    expr: temperature > 8.0   # the limit\n"                                                            \
    "    for: 10m   # long\n"                                                                                \
    "\n"                                                                                                     \
    "  - alert: Cold\n"                                                                                      \
    "    expr: temperature < -18.0\n"                                                                        \
    "  - alert: Both\n"                                                                                      \
    "    expr: temperature > 8.0 && humidity > 50.0\n"                                                       \
    "    for: 90s\n"                                                                                         \
    "  - alert: Kept\n"                                                                                      \
    "    expr: temperature > 9.0\n"                                                                          \
    "    keep_firing_for: 5m\n"                                                                              \
    "  - alert: Silent\n"                                                                                    \
    "    silent_for: 1h\n"

static otr_status patch(const char *rule, otr_proposal_kind kind, int64_t amount, otr_buffer *out)
{
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_error error = {.text = ""};
    otr_proposal proposal = {.cell = rule_of(&sum, rule), .kind = kind, .amount = amount};
    otr_buffer_clear(out);
    otr_status status = otr_voice_patch(OTR_STR(PACK), &proposal, out, &error);
    assert_true(status == OTR_OK || error.text[0] != '\0');
    otr_bucket_done(&sum);
    return status;
}

static void assert_lines(const otr_buffer *text, const char *one, const char *other)
{
    otr_buffer copy = {0};
    otr_buffer_add(&copy, text->data, text->size);
    otr_buffer_add_u8(&copy, '\0');
    if (strstr((const char *)copy.data, one) == NULL || strstr((const char *)copy.data, other) == NULL ||
        strstr((const char *)copy.data, "version: 8   # of the pack\n") == NULL)
        fail_msg("%s", (const char *)copy.data);
    otr_buffer_done(&copy);
}

static void a_delay_and_a_limit_are_changed_where_they_stand(void **state)
{
    (void)state;
    otr_buffer out = {0};
    assert_int_equal(patch("p/Warm", OTR_PROPOSE_LONGER, 840, &out), OTR_OK);
    assert_lines(&out, "    for: 14m   # long\n", "temperature > 8.0   # the limit\n");
    assert_int_equal(patch("p/Warm", OTR_PROPOSE_SHORTER, 90, &out), OTR_OK);
    assert_lines(&out, "    for: 90s   # long\n", "# a comment stays\n");
    assert_int_equal(patch("p/Warm", OTR_PROPOSE_LIMIT, 32, &out), OTR_OK);
    assert_lines(&out, "temperature > 8.256   # the limit\n", "for: 10m   # long\n");
    assert_int_equal(patch("p/Cold", OTR_PROPOSE_LIMIT, 32, &out), OTR_OK);
    assert_lines(&out, "temperature < -18.576\n", "temperature > 8.0   # the limit\n");
    assert_int_equal(patch("p/Cold", OTR_PROPOSE_LONGER, 3600, &out), OTR_OK);
    assert_lines(&out, "  - alert: Cold\n    for: 1h\n    expr:", "for: 10m   # long\n");
    assert_int_equal(patch("p/Kept", OTR_PROPOSE_LONGER, 480, &out), OTR_OK);
    assert_lines(&out, "  - alert: Kept\n    for: 3m\n    expr:", "for: 10m   # long\n");
    otr_buffer_done(&out);
}

static void what_cannot_be_changed_is_refused_and_gives_no_text(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        otr_proposal_kind kind;
        int64_t amount;
        otr_status status;
    } rows[] = {
        {"p/Both", OTR_PROPOSE_LIMIT, 32, OTR_NOT_FOUND},
        {"p/Silent", OTR_PROPOSE_LONGER, 60, OTR_NOT_FOUND},
        {"p/Warm", OTR_PROPOSE_SHORTER, 600, OTR_NOT_FOUND},
        {"p/Warm", OTR_PROPOSE_LONGER, 600, OTR_NOT_FOUND},
        {"p/Kept", OTR_PROPOSE_LONGER, 300, OTR_NOT_FOUND},
        {"p/Warm", OTR_PROPOSE_LOOK, 0, OTR_NOT_FOUND},
        {"p/Gone", OTR_PROPOSE_LONGER, 60, OTR_NOT_FOUND},
        {"q/Warm", OTR_PROPOSE_LONGER, 60, OTR_DENIED},
        {"no rule", OTR_PROPOSE_LONGER, 60, OTR_DENIED},
    };
    otr_buffer out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (patch(rows[i].rule, rows[i].kind, rows[i].amount, &out) != rows[i].status || out.size != 0)
            fail_msg("row %zu", i);
    }
    otr_buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_alarms_that_are_wrong_want_a_longer_delay),
        cmocka_unit_test(what_lasts_alike_has_no_delay_that_helps),
        cmocka_unit_test(a_delay_that_would_cost_useful_alarms_is_not_proposed),
        cmocka_unit_test(values_close_to_the_limit_want_another_limit),
        cmocka_unit_test(what_is_late_wants_a_shorter_delay),
        cmocka_unit_test(few_opinions_or_few_complaints_propose_nothing),
        cmocka_unit_test(what_readers_stop_is_looked_at),
        cmocka_unit_test(a_delay_and_a_limit_are_changed_where_they_stand),
        cmocka_unit_test(what_cannot_be_changed_is_refused_and_gives_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
