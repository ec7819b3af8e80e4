/* core/beyond: by how much a value was beyond its limit, however the limit is written; kept over a restart,
 * and counted when a reader says what the message was worth. */
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1714521600) * OTR_SECOND)

static const char assignments[] =
    "version: 1\n"
    "customers:\n"
    "  - {customer: eve, persona: consignee, locale: en}\n"
    "assets:\n"
    "  - {asset: box, class: x, devices: [d], customer: eve, limit: {max: 8.0}}\n";

static const otr_alarm *only_alarm(const world *w)
{
    const otr_alarm *found = NULL;
    for (uint32_t i = 0; i < w->core->alarm_capacity; i++)
        if (w->core->alarms[i].used) {
            assert_null(found);
            found = &w->core->alarms[i];
        }
    assert_non_null(found);
    return found;
}

/* In thousandths; -1: none. */
static int beyond(const char *expr, const char *metric, double value)
{
    char pack[400];
    (void)snprintf(pack, sizeof pack, "pack: p\nversion: 1\nrules:\n  - alert: R\n    expr: %s\n", expr);
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", metric, value, START + OTR_MINUTE);
    int found = (int)only_alarm(w)->beyond - 1;
    world_free(w);
    return found;
}

static void a_limit_is_found_however_it_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *expr;
        const char *metric;
        double value;
        int expected;
    } rows[] = {
        {"temperature > 8.0", "temperature", 8.8, 100},
        {"temperature >= 8", "temperature", 12.0, 500},
        {"8.0 < temperature", "temperature", 8.08, 10},
        {"temperature > asset.limit.max", "temperature", 10.0, 250},
        {"temperature > asset.limit.max - 0.5", "temperature", 9.0, 200},
        {"temperature < -18.0", "temperature", -27.0, 500},
        {"temperature < 2.0", "temperature", 1.0, 500},
        {"temperature > 2.0 && temperature < 8.0", "temperature", 7.6, 50},         /* the nearer end */
        {"temperature > 0.0", "temperature", 1.0, -1},                              /* no share of nothing */
        {"temperature > 8.0 || humidity > 90.0", "temperature", 9.0, -1},           /* two metrics */
        {"temperature.max(\"1h\") > 8.0", "temperature", 9.0, -1},                  /* the past */
        {"temperature > -1000000.0 || temperature <= 0.0", "temperature", 9.0, -1}, /* always */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int found = beyond(rows[i].expr, rows[i].metric, rows[i].value);
        if (found != rows[i].expected)
            fail_msg("%s at %g: %d instead of %d", rows[i].expr, rows[i].value, found, rows[i].expected);
    }
}

static uint32_t counted(const world *w, otr_bucket_spread spread, uint64_t *sum)
{
    const otr_bucket_cell *cell = otr_bucket_find(&w->core->figures.bucket, OTR_BY_RULE, OTR_STR("p/R"));
    uint32_t count = 0;
    for (int bin = 0; cell != NULL && bin < OTR_BUCKET_BINS; bin++)
        count += cell->spreads[spread].bins[bin];
    *sum = cell != NULL ? cell->spreads[spread].sum : 0;
    return count;
}

static void say(world *w, otr_customer_action action)
{
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE};
    command.customer.action = action;
    command.customer.notification = world_notice_get(w, OTR_NOTICE_TOLD, "R", NULL)->id;
    command.customer.from = OTR_TIME_NONE;
    command.customer.to = OTR_TIME_NONE;
    assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
}

static void an_opinion_counts_it_also_after_a_restart(void **state)
{
    (void)state;
    static const char pack[] = "pack: p\nversion: 1\nrules:\n"
                               "  - alert: R\n    expr: temperature > 8.0\n"
                               "    notify: {to: customer, message: hot, on: [raised]}\n"
                               "messages: {hot: {en: {raised: It is hot.}}}\n";
    uint64_t sum;
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 8.4, START + OTR_MINUTE);
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(only_alarm(w)->beyond, 51);
    assert_int_equal(counted(w, OTR_SPREAD_BEYOND_WRONG, &sum), 0);
    say(w, OTR_CUSTOMER_WRONG);
    assert_int_equal(counted(w, OTR_SPREAD_BEYOND_WRONG, &sum), 1);
    assert_int_equal(sum, 50);
    assert_int_equal(counted(w, OTR_SPREAD_BEYOND_USEFUL, &sum), 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_is_found_however_it_is_written),
        cmocka_unit_test(an_opinion_counts_it_also_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
