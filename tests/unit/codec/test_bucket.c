/* Buckets: counting, both spellings there and back, folding, and what is refused. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "codec/bucket_set.h"

#include <math.h>
#include <stdio.h>

static const otr_payload payloads[] = {OTR_PAYLOAD_PROTOBUF, OTR_PAYLOAD_JSON};

static otr_bucket bucket_of(const char *gateway, int32_t day, uint32_t revision)
{
    otr_bucket bucket = {.day = day, .revision = revision, .oldest = OTR_TIME_NEVER};
    assert_true(otr_bucket_name(&bucket, OTR_STR("depot"), otr_str_of(gateway)));
    return bucket;
}

static void fill(otr_bucket *bucket)
{
    otr_bucket_cell *total = otr_bucket_at(bucket, OTR_BY_TOTAL, OTR_STR(""));
    otr_bucket_add_count(total, OTR_COUNT_ALARMS, 7);
    otr_bucket_add_count(total, OTR_COUNT_BACKLOG, 2);
    otr_bucket_cell *rule = otr_bucket_at(bucket, OTR_BY_RULE, OTR_STR("cold-chain/TemperatureExcursion"));
    otr_bucket_add_count(rule, OTR_COUNT_WRONG, 3);
    otr_bucket_add_score(rule, OTR_SCORE_NPS, 0);
    otr_bucket_add_score(rule, OTR_SCORE_NPS, 10);
    otr_bucket_add_score(rule, OTR_SCORE_SATISFACTION, 5);
    otr_bucket_add_value(rule, OTR_SPREAD_TO_RESOLVE, 900);
    otr_bucket_add_value(rule, OTR_SPREAD_BEYOND_WRONG, INT64_C(1) << 53);
    otr_bucket_add_count(otr_bucket_at(bucket, OTR_BY_LANE, OTR_STR("K\xc3\xb6ln>Lyon")), OTR_COUNT_CASES, 1);
    bucket->oldest = 1714521600250000;
    bucket->closed = true;
}

static void assert_same(const otr_bucket *a, const otr_bucket *b)
{
    assert_string_equal(a->group, b->group);
    assert_string_equal(a->gateway, b->gateway);
    assert_int_equal(a->day, b->day);
    assert_int_equal(a->revision, b->revision);
    assert_int_equal(a->closed, b->closed);
    assert_true(a->oldest == b->oldest);
    assert_int_equal(a->count, b->count);
    assert_false(otr_bucket_replaces(a, b));
    assert_false(otr_bucket_replaces(b, a));
}

static void both_spellings_come_back_the_same(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 19844, 3);
    fill(&bucket);
    for (int i = 0; i < 2; i++) {
        otr_buffer bytes = {0};
        otr_error error;
        otr_bucket again;
        assert_int_equal(otr_bucket_encode(&bytes, payloads[i], &bucket, &error), OTR_OK);
        assert_int_equal(otr_bucket_decode(payloads[i], otr_buffer_bytes(&bytes), &again, &error), OTR_OK);
        assert_same(&bucket, &again);
        otr_bucket_done(&again);
        otr_buffer_done(&bytes);
    }
    otr_bucket_done(&bucket);
}

static void json_reads_as_the_page_says(void **state)
{
    (void)state;
    static const char text[] =
        "{\"group\":\"depot\",\"gateway\":\"gw-1\",\"day\":\"2024-05-01\",\"revision\":2,\"closed\":true,"
        "\"oldest\":\"2024-04-30T10:00:00Z\",\"cells\":[{\"by\":\"rule\",\"key\":\"cold-chain/DoorOpen\","
        "\"counts\":{\"wrong\":4,\"invented\":5},\"scores\":{\"nps\":{\"9\":2}},"
        "\"spreads\":{\"to_resolve\":{\"sum\":40,\"bins\":[1,1]}}},{\"by\":\"colour\",\"key\":\"red\"}]}";
    otr_bucket bucket;
    otr_error error;
    otr_status status = otr_bucket_decode(
        OTR_PAYLOAD_JSON, (otr_bytes){(const uint8_t *)text, sizeof text - 1}, &bucket, &error);
    assert_int_equal(status, OTR_OK);
    assert_int_equal(bucket.count, 1);
    const otr_bucket_cell *cell = otr_bucket_find(&bucket, OTR_BY_RULE, OTR_STR("cold-chain/DoorOpen"));
    assert_non_null(cell);
    assert_int_equal(cell->counts[OTR_COUNT_WRONG], 4);
    assert_int_equal(cell->scores[OTR_SCORE_NPS][9], 2);
    assert_int_equal(cell->spreads[OTR_SPREAD_TO_RESOLVE].sum, 40);
    otr_bucket_done(&bucket);
}

static void what_is_wrong_is_refused_with_a_reason(void **state)
{
    (void)state;
#define HEAD "{\"group\":\"g\",\"gateway\":\"w\",\"day\":\"2024-05-01\",\"revision\":1"
    static const struct {
        const char *text;
        const char *reason;
    } rows[] = {
        {"[]", "object"},
        {"{\"group\":\"a/b\",\"gateway\":\"w\",\"day\":\"2024-05-01\",\"revision\":1}", "group"},
        {"{\"group\":\"g\",\"gateway\":\"w\",\"day\":\"2024-13-01\",\"revision\":1}", "day"},
        {"{\"group\":\"g\",\"gateway\":\"w\",\"day\":\"1969-12-31\",\"revision\":1}", "day"},
        {"{\"group\":\"g\",\"gateway\":\"w\",\"day\":\"2024-05-01\"}", "revision"},
        {HEAD ",\"oldest\":3}", "oldest"},
        {HEAD ",\"cells\":3}", "cells"},
        {HEAD ",\"cells\":[{\"by\":3}]}", "by"},
        {HEAD ",\"cells\":[{\"by\":\"total\",\"key\":\"x\"}]}", "total"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\"},{\"by\":\"lot\",\"key\":\"x\"}]}", "twice"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"counts\":{\"wrong\":-1}}]}", "wrong"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"counts\":{\"wrong\":1.5}}]}", "wrong"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"counts\":{\"wrong\":9007199254740994}}]}",
         "lot \"x\": wrong is a whole number from 0 to 9007199254740992"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"counts\":[]}]}", "counts"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"scores\":{\"nps\":{\"11\":1}}}]}",
         "nps has no 11"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"scores\":{\"effort\":{\"0\":1}}}]}", "effort"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"scores\":{\"nps\":{\"1\":1,\"01\":1}}}]}",
         "twice"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"spreads\":{\"to_resolve\":{\"sum\":1}}}]}",
         "bins"},
        {HEAD ",\"cells\":[{\"by\":\"lot\",\"key\":\"x\",\"spreads\":{\"to_resolve\":"
              "{\"sum\":1,\"bins\":[0]}}}]}",
         "nothing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_bucket bucket;
        otr_error error = {0};
        otr_str text = otr_str_of(rows[i].text);
        otr_status status = otr_bucket_decode(
            OTR_PAYLOAD_JSON, (otr_bytes){(const uint8_t *)text.data, text.size}, &bucket, &error);
        if (status != OTR_INVALID || strstr(error.text, rows[i].reason) == NULL)
            fail_msg("%s: \"%s\"", rows[i].text, error.text);
        otr_bucket_done(&bucket);
    }
}

/* In protobuf numbers have more room than sums do. */
static void a_number_too_large_is_refused_with_its_place(void **state)
{
    (void)state;
    for (int row = 0; row < 3; row++) {
        otr_bucket bucket = bucket_of("gw-1", 1, 1);
        otr_bucket again;
        otr_buffer bytes = {0};
        otr_error error = {0};
        otr_bucket_cell *cell = otr_bucket_at(&bucket, OTR_BY_LOT, OTR_STR("L7"));
        cell->spreads[OTR_SPREAD_TO_RESOLVE].bins[3] = 1;
        if (row == 1)
            cell->counts[OTR_COUNT_WRONG] = OTR_BUCKET_SUM_MAX + 1;
        if (row == 2)
            cell->spreads[OTR_SPREAD_TO_RESOLVE].sum = UINT64_MAX;
        assert_int_equal(otr_bucket_encode(&bytes, OTR_PAYLOAD_PROTOBUF, &bucket, &error), OTR_OK);
        otr_status status = otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, otr_buffer_bytes(&bytes), &again, &error);
        static const char *const reasons[] = {
            "", "lot \"L7\": wrong is more than 9007199254740992",
            "lot \"L7\": the sum of to_resolve is more than 9007199254740992"};
        assert_int_equal(status, row == 0 ? OTR_OK : OTR_INVALID);
        assert_string_equal(error.text, reasons[row]);
        otr_bucket_done(&again);
        otr_bucket_done(&bucket);
        otr_buffer_done(&bytes);
    }
}

static void what_comes_late_and_often_has_its_place(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    for (int i = 0; i < 3 * OTR_LIMIT_BUCKET_KEYS; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "lot-%03d", i);
        otr_bucket_add_count(otr_bucket_at(&bucket, OTR_BY_LOT, otr_str_of(key)), OTR_COUNT_ALARMS, 1);
        if (i >= 2 * OTR_LIMIT_BUCKET_KEYS)
            otr_bucket_add_count(otr_bucket_at(&bucket, OTR_BY_LOT, OTR_STR("late")), OTR_COUNT_ALARMS, 1);
    }
    const otr_bucket_cell *late = otr_bucket_find(&bucket, OTR_BY_LOT, OTR_STR("late"));
    const otr_bucket_cell *rest = otr_bucket_find(&bucket, OTR_BY_LOT, OTR_STR(""));
    assert_non_null(late);
    assert_int_equal(late->counts[OTR_COUNT_ALARMS], OTR_LIMIT_BUCKET_KEYS);
    assert_int_equal(bucket.count, OTR_LIMIT_BUCKET_KEYS + 1);
    assert_int_equal(rest->counts[OTR_COUNT_ALARMS], 2 * OTR_LIMIT_BUCKET_KEYS + 1);
    otr_bucket_done(&bucket);
}

static void the_rest_has_what_found_no_room(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    for (int i = 0; i < OTR_LIMIT_BUCKET_KEYS + 6; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "lot-%03d", i);
        otr_bucket_add_count(otr_bucket_at(&bucket, OTR_BY_LOT, otr_str_of(key)), OTR_COUNT_ALARMS, 1);
    }
    const otr_bucket_cell *rest = otr_bucket_find(&bucket, OTR_BY_LOT, OTR_STR(""));
    assert_int_equal(bucket.count, OTR_LIMIT_BUCKET_KEYS + 1);
    assert_int_equal(rest->counts[OTR_COUNT_ALARMS], 6);
    otr_bucket_done(&bucket);
}

static void folding_keeps_the_heaviest_and_the_sum(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    for (int i = 0; i < 20; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "lot-%02d", i);
        otr_bucket_add_count(otr_bucket_at(&bucket, OTR_BY_LOT, otr_str_of(key)), OTR_COUNT_ALARMS,
                             (uint64_t)(i * 7 % 20) + 1);
    }
    assert_int_equal(otr_bucket_fold(&bucket, 3), OTR_OK);
    assert_int_equal(bucket.count, 4);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < bucket.count; i++) {
        sum += bucket.cells[i]->counts[OTR_COUNT_ALARMS];
        if (bucket.cells[i]->key_size > 0)
            assert_true(bucket.cells[i]->counts[OTR_COUNT_ALARMS] >= 18);
    }
    assert_int_equal(sum, 210);
    otr_bucket_done(&bucket);
}

static void a_full_bucket_folds_until_it_fits(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    uint64_t alarms = 0;
    for (int dimension = 1; dimension < OTR_BY_COUNT; dimension++) {
        for (int i = 0; i < OTR_LIMIT_BUCKET_KEYS; i++) {
            char key[OTR_LIMIT_BUCKET_KEY_BYTES + 1];
            (void)snprintf(key, sizeof key, "%090d", i);
            otr_bucket_cell *cell = otr_bucket_at(&bucket, (otr_bucket_dimension)dimension, otr_str_of(key));
            for (int n = 0; n < OTR_COUNT_COUNT; n++)
                if (otr_bucket_count_text((otr_bucket_count)n) != NULL)
                    otr_bucket_add_count(cell, (otr_bucket_count)n, 1000000);
            alarms += cell->counts[OTR_COUNT_ALARMS];
        }
    }
    otr_buffer bytes = {0};
    otr_error error;
    assert_int_equal(otr_bucket_encode(&bytes, OTR_PAYLOAD_JSON, &bucket, &error), OTR_LIMIT);
    assert_int_equal(bytes.size, 0);
    assert_int_equal(otr_bucket_encode_fit(&bytes, &bucket, &error), OTR_OK);
    otr_buffer json = {0};
    assert_int_equal(otr_bucket_encode(&json, OTR_PAYLOAD_JSON, &bucket, &error), OTR_OK);
    assert_true(json.size <= OTR_LIMIT_BUCKET_BYTES && bytes.size <= OTR_LIMIT_BUCKET_BYTES);
    assert_true(json.size > OTR_LIMIT_BUCKET_BYTES / 2); /* and no more was given up than had to be */
    otr_buffer_done(&json);
    otr_bucket again;
    assert_int_equal(otr_bucket_decode(OTR_PAYLOAD_PROTOBUF, otr_buffer_bytes(&bytes), &again, &error),
                     OTR_OK);
    uint64_t left = 0;
    for (uint32_t i = 0; i < again.count; i++)
        left += again.cells[i]->counts[OTR_COUNT_ALARMS];
    assert_true(left == alarms);
    assert_true(again.count > OTR_BY_COUNT);
    otr_bucket_done(&again);
    otr_bucket_done(&bucket);
    otr_buffer_done(&bytes);
}

static void a_sum_has_so_many_figures(void **state)
{
    (void)state;
    otr_bucket sum = {.oldest = OTR_TIME_NEVER};
    otr_error error = {.text = ""};
    uint32_t lots = 0;
    for (otr_status status = OTR_OK; status == OTR_OK;) {
        otr_bucket more = bucket_of("gw-1", 1, 1);
        for (int i = 0; i < OTR_LIMIT_BUCKET_KEYS; i++) {
            char key[16];
            (void)snprintf(key, sizeof key, "%08u", lots++);
            (void)otr_bucket_at(&more, OTR_BY_LOT, otr_str_of(key));
        }
        status = otr_bucket_merge(&sum, &more, &error);
        assert_int_equal(status, sum.count < lots ? OTR_LIMIT : OTR_OK);
        otr_bucket_done(&more);
    }
    assert_int_equal(sum.count, OTR_LIMIT_BUCKET_SUM_CELLS);
    assert_string_equal(error.text, "a sum of more than 65536 figures");
    otr_bucket_done(&sum);
}

static void a_set_has_so_many_days_of_gateways(void **state)
{
    (void)state;
    otr_bucket_set set = {0};
    otr_error error = {.text = ""};
    otr_bucket day = bucket_of("gw-1", 0, 1);
    while (set.count < OTR_LIMIT_BUCKETS) {
        assert_int_equal(otr_bucket_set_take(&set, &day, &error), OTR_OK);
        day.day++;
    }
    assert_int_equal(otr_bucket_set_take(&set, &day, &error), OTR_LIMIT);
    assert_string_equal(error.text, "more than 131072 gateways' days");
    day.day--;
    day.revision++;
    assert_int_equal(otr_bucket_set_take(&set, &day, &error), OTR_OK); /* one that is there may change */
    assert_int_equal(set.count, OTR_LIMIT_BUCKETS);
    assert_int_equal(set.list[set.count - 1].revision, 2);
    otr_bucket_set_done(&set);
}

static void long_keys_are_cut_and_stay_apart(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    char one[200];
    memset(one, 'x', sizeof one);
    memcpy(&one[85], "\xc3\xb6\xc3\xb6", 4); /* the cut would fall into a character */
    otr_bucket_at(&bucket, OTR_BY_LANE, (otr_str){one, sizeof one});
    one[199] = 'y';
    otr_bucket_at(&bucket, OTR_BY_LANE, (otr_str){one, sizeof one});
    assert_int_equal(bucket.count, 2);
    assert_non_null(otr_bucket_find(&bucket, OTR_BY_LANE, (otr_str){one, sizeof one}));
    for (uint32_t i = 0; i < 2; i++)
        assert_true(otr_str_is_utf8(otr_bucket_key(bucket.cells[i])));
    otr_bucket_done(&bucket);
}

static void sums_stop_at_the_greatest_number(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    otr_bucket_cell *cell = otr_bucket_at(&bucket, OTR_BY_TOTAL, OTR_STR(""));
    otr_bucket_add_count(cell, OTR_COUNT_ALARMS, UINT64_MAX);
    otr_bucket_add_count(cell, OTR_COUNT_ALARMS, 5);
    otr_bucket_add_count(cell, OTR_COUNT_CASES, OTR_BUCKET_SUM_MAX);
    cell->scores[OTR_SCORE_NPS][3] = UINT32_MAX;
    otr_bucket_add_score(cell, OTR_SCORE_NPS, 3);
    cell->spreads[OTR_SPREAD_TO_RESOLVE].sum = OTR_BUCKET_SUM_MAX - 8;
    otr_bucket_add_value(cell, OTR_SPREAD_TO_RESOLVE, 9);
    assert_true(cell->counts[OTR_COUNT_ALARMS] == OTR_BUCKET_SUM_MAX);
    assert_true(cell->counts[OTR_COUNT_CASES] == OTR_BUCKET_SUM_MAX);
    assert_true(cell->scores[OTR_SCORE_NPS][3] == UINT32_MAX);
    assert_true(cell->spreads[OTR_SPREAD_TO_RESOLVE].sum == OTR_BUCKET_SUM_MAX);
    otr_error error;
    assert_int_equal(otr_bucket_merge(&bucket, &bucket, &error), OTR_OK);
    assert_true(cell->counts[OTR_COUNT_ALARMS] == OTR_BUCKET_SUM_MAX);
    otr_bucket_done(&bucket);
}

static void moments_and_shares_are_those_of_the_values(void **state)
{
    (void)state;
    otr_bucket bucket = bucket_of("gw-1", 1, 1);
    otr_bucket_cell *cell = otr_bucket_at(&bucket, OTR_BY_TOTAL, OTR_STR(""));
    otr_bucket_moments none = otr_bucket_score_moments(cell, OTR_SCORE_EFFORT);
    assert_true(none.n == 0);
    assert_int_equal(otr_bucket_spread_share(cell, OTR_SPREAD_TO_RESOLVE, 0.5), -1);
    static const int given[] = {2, 4, 4, 4, 5, 5, 7, 7};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        otr_bucket_add_score(cell, OTR_SCORE_EFFORT, given[i]);
    otr_bucket_add_score(cell, OTR_SCORE_EFFORT, 8);
    otr_bucket_add_score(cell, OTR_SCORE_EFFORT, -1);
    otr_bucket_moments effort = otr_bucket_score_moments(cell, OTR_SCORE_EFFORT);
    assert_true(effort.n == 8);
    assert_true(fabs(effort.mean - 4.75) < 1e-12);
    assert_true(fabs(effort.deviation - sqrt(19.5 / 7)) < 1e-12);
    otr_bucket_add_value(cell, OTR_SPREAD_TO_ACKNOWLEDGE, 15);
    assert_int_equal(cell->spreads[OTR_SPREAD_TO_ACKNOWLEDGE].bins[0], 1);
    otr_bucket_add_value(cell, OTR_SPREAD_TO_ACKNOWLEDGE, 16);
    assert_int_equal(cell->spreads[OTR_SPREAD_TO_ACKNOWLEDGE].bins[1], 1);
    for (int i = 1; i <= 100; i++)
        otr_bucket_add_value(cell, OTR_SPREAD_TO_RESOLVE, i * 60);
    assert_true(otr_bucket_spread_moments(cell, OTR_SPREAD_TO_RESOLVE).n == 100);
    assert_true(fabs(otr_bucket_spread_moments(cell, OTR_SPREAD_TO_RESOLVE).mean - 3030) < 1e-9);
    assert_int_equal(otr_bucket_spread_share(cell, OTR_SPREAD_TO_RESOLVE, 0.5), 15 << 8); /* 50 in 64 min */
    assert_int_equal(otr_bucket_spread_share(cell, OTR_SPREAD_TO_RESOLVE, 0.9), 15 << 9);
    otr_bucket_done(&bucket);
}

static void the_newer_revision_counts(void **state)
{
    (void)state;
    otr_bucket old = bucket_of("gw-1", 1, 1);
    otr_bucket new = bucket_of("gw-1", 1, 2);
    fill(&old);
    assert_true(otr_bucket_replaces(&new, &old));
    assert_false(otr_bucket_replaces(&old, &new));
    new.revision = 1;
    assert_true(otr_bucket_replaces(&old, &new)); /* it is closed */
    old.closed = false;
    assert_true(otr_bucket_replaces(&old, &new) != otr_bucket_replaces(&new, &old));
    otr_bucket_done(&old);
    otr_bucket_done(&new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_come_back_the_same),
        cmocka_unit_test(json_reads_as_the_page_says),
        cmocka_unit_test(what_is_wrong_is_refused_with_a_reason),
        cmocka_unit_test(a_number_too_large_is_refused_with_its_place),
        cmocka_unit_test(what_comes_late_and_often_has_its_place),
        cmocka_unit_test(the_rest_has_what_found_no_room),
        cmocka_unit_test(folding_keeps_the_heaviest_and_the_sum),
        cmocka_unit_test(a_full_bucket_folds_until_it_fits),
        cmocka_unit_test(a_sum_has_so_many_figures),
        cmocka_unit_test(a_set_has_so_many_days_of_gateways),
        cmocka_unit_test(long_keys_are_cut_and_stay_apart),
        cmocka_unit_test(sums_stop_at_the_greatest_number),
        cmocka_unit_test(moments_and_shares_are_those_of_the_values),
        cmocka_unit_test(the_newer_revision_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
