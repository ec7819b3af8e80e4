/* What a device reported over time, from the database of a gateway: buckets with their extremes, what is
 * refused, and the same again from its JSON. */
#include "../driver/gateway.h"

#include "base/limits.h"
#include "daemon/control/history_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { UPLOADS = 6, PER_UPLOAD = 10 };
#define FIRST (GATEWAY_UTC - OTR_HOUR)

static gateway g;
static otr_history out;

/* One reading a minute for an hour, each upload a row of the journal: 0, 1, ... with one peak. */
static int set_up(void **state)
{
    (void)state;
    gateway_open(&g);
    for (int upload = 0; upload < UPLOADS; upload++) {
        char senml[1024] = "[";
        size_t size = 1;
        for (int i = 0; i < PER_UPLOAD; i++) {
            int n = upload * PER_UPLOAD + i;
            size += (size_t)snprintf(senml + size, sizeof senml - size,
                                     "%s{\"n\":\"shock\",\"v\":%d,\"t\":%lld}", i > 0 ? "," : "",
                                     n == 33 ? 500 : n, (long long)((FIRST + n * OTR_MINUTE) / OTR_SECOND));
        }
        (void)snprintf(senml + size, sizeof senml - size, "]");
        assert_int_equal(gateway_upload(&g, "d1", upload, senml, (uint64_t)upload + 1), OTR_OK);
        gateway_rest(&g);
        assert_int_equal(gateway_send(&g, "d2", upload, 0.1, 0), OTR_OK); /* another device's are not read */
        gateway_rest(&g);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    otr_history_done(&out);
    gateway_close(&g);
    return 0;
}

static otr_history_asked asked_for(const char *device, const char *metric)
{
    return (otr_history_asked){.device = otr_str_of(device),
                               .metric = otr_str_of(metric),
                               .from = FIRST,
                               .to = FIRST + OTR_HOUR,
                               .every = 10 * OTR_MINUTE};
}

static otr_status read_it(const otr_history_asked *asked, otr_error *error)
{
    otr_history_done(&out);
    return otr_history_read(otr_str_of(g.folder), asked, &out, error);
}

static void buckets_keep_count_extremes_and_their_times(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_history_asked asked = asked_for("d1", "shock");
    assert_int_equal(read_it(&asked, &error), OTR_OK);
    assert_int_equal(out.count, 6);
    assert_int_equal(out.readings, UPLOADS * PER_UPLOAD);
    for (size_t i = 0; i < out.count; i++) {
        const otr_history_bucket *bucket = &out.buckets[i];
        double first = 10.0 * (double)i;
        assert_int_equal(bucket->count, 10);
        assert_true(bucket->min == first);
        assert_true(bucket->max == (i == 3 ? 500 : first + 9));
        assert_true(bucket->max_at == FIRST + (i == 3 ? 33 : (otr_time)i * 10 + 9) * OTR_MINUTE);
    }
    asked.from += 30 * OTR_MINUTE; /* its own end, and no row before it */
    asked.to -= 20 * OTR_MINUTE;
    assert_int_equal(read_it(&asked, &error), OTR_OK);
    assert_int_equal(out.readings, 10);
}

static void what_cannot_be_answered_says_why(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_history_asked asked = asked_for("d3", "shock");
    assert_int_equal(read_it(&asked, &error), OTR_NOT_FOUND);
    asked = asked_for("d1", "tilt");
    assert_int_equal(read_it(&asked, &error), OTR_NOT_FOUND);
    asked = asked_for("d1", "shock");
    asked.to = asked.from;
    assert_int_equal(read_it(&asked, &error), OTR_INVALID);
    asked = asked_for("d1", "shock");
    asked.every = 1;
    assert_int_equal(read_it(&asked, &error), OTR_INVALID);
}

/* A gateway asked by many stops at OTR_LIMIT_HISTORY_ROWS, which takes minutes to fill. */
static void more_rows_than_are_granted_end_it(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_history_asked asked = asked_for("d1", "shock");
    asked.rows_max = UPLOADS;
    assert_int_equal(read_it(&asked, &error), OTR_OK);
    asked.rows_max = UPLOADS - 1;
    assert_int_equal(read_it(&asked, &error), OTR_FULL);
    assert_non_null(strstr(error.text, "more than 5 rows"));
    atomic_bool stop = true;
    asked.rows_max = OTR_LIMIT_HISTORY_ROWS;
    asked.stop = &stop;
    assert_int_equal(read_it(&asked, &error), OTR_FULL);
}

static void json_gives_the_same_back(void **state)
{
    (void)state;
    otr_error error = {.text = ""};
    otr_history_asked asked = asked_for("d1", "shock");
    assert_int_equal(read_it(&asked, &error), OTR_OK);
    json_t *object = otr_history_json(&asked, &out, 1.0);
    otr_history again = {.count = 0};
    assert_true(otr_history_of_json(object, &again));
    assert_int_equal(again.count, out.count);
    assert_int_equal(again.readings, out.readings);
    for (size_t i = 0; i < out.count; i++) {
        assert_int_equal(again.buckets[i].count, out.buckets[i].count);
        assert_true(again.buckets[i].max == out.buckets[i].max);
        assert_true(again.buckets[i].max_at == out.buckets[i].max_at);
    }
    otr_history_done(&again);
    json_object_set_new(object, "every_s", json_integer(0));
    assert_false(otr_history_of_json(object, &again));
    otr_history_done(&again);
    json_decref(object);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        CASE(buckets_keep_count_extremes_and_their_times),
        CASE(what_cannot_be_answered_says_why),
        CASE(more_rows_than_are_granted_end_it),
        CASE(json_gives_the_same_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
