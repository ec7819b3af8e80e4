/*
 * An upgrade from the first release: its snapshot reads back, so that what was open stays what it was, with
 * its ids; values, durations and silences go on. What does not read back is refused whole.
 */
#include "snapshot_1.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 (1700000000 * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    for: 10m\n"
                           "    labels: {priority: high, category: cold-chain}\n"
                           "    ticket: {queue: cold, evidence: [temperature], last: 6h}\n"
                           "  - {alert: Open, expr: door, for: 10m}\n"
                           "  - {alert: Silent, silent_for: 30m}\n";
static const char assets[] = "version: 1\nassets:\n"
                             "  - {asset: a, class: x, devices: [a1]}\n"
                             "  - {asset: b, class: x, devices: [b1]}\n";

/* The rows of the alarms that were open. */
static const struct {
    const char *rule;
    const char *asset;
    const char *id;
} rows[] = {
    {"Warm", "a", "4f61d8fffc69d34ef5691cc73e8a004d"},
    {"Open", "a", "cfb8a656fbda903b4247518a87810af2"},
    {"Silent", "b", "020cf847f18faf3bfa3d50df91d17beb"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* A gateway that the first release stopped at minute 35. */
static world *stopped(void)
{
    world *w = world_create(pack, assets, T0);
    w->core_time = w->utc = AT(35);
    w->next_seq = 11;
    w->next_outbox_seq = 5;
    otr_buffer_clear(&w->snapshot);
    otr_buffer_add(&w->snapshot, snapshot_1, sizeof snapshot_1);
    w->snapshot_batches = w->batch_count;
    for (size_t i = 0; i < ROWS; i++) {
        world_alarm *alarm = &w->alarms[w->alarm_count++];
        *alarm = (world_alarm){.revision = 1, .ended = OTR_TIME_NONE};
        (void)snprintf(alarm->rule, sizeof alarm->rule, "%s", rows[i].rule);
        (void)snprintf(alarm->asset, sizeof alarm->asset, "%s", rows[i].asset);
        assert_true(otr_id_parse(otr_str_of(rows[i].id), &alarm->id));
    }
    return w;
}

static void an_upgrade_keeps_what_was_open(void **state)
{
    (void)state;
    world *w = stopped();
    world_restart(w, false);
    assert_int_equal(otr_core_open_alarms(w->core), ROWS);
    world_report(w, "a1", "temperature", 5, AT(36));
    world_report(w, "b1", "temperature", 5, AT(37));
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(world_get(w, "Warm", 0)->revision, 2);
    assert_int_equal(world_get(w, "Warm", 0)->onset, AT(1));
    assert_int_equal(world_get(w, "Warm", 0)->ended, AT(36));
    assert_int_equal(world_get(w, "Open", 0)->ended, OTR_TIME_NONE);
    assert_int_equal(world_count(w, "Silent"), 1);
    assert_int_equal(world_get(w, "Silent", 0)->ended, AT(37));
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "cleared"), 2);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "withdrawn"), 0);
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "updated"), 1);
    assert_int_equal(otr_core_open_alarms(w->core), 1);
    /* and what is written now is of this version */
    world_snapshot(w);
    world_restart(w, false);
    assert_int_equal(otr_core_open_alarms(w->core), 1);
    world_free(w);
}

static void a_rule_that_is_gone_or_changed_leaves_its_alarm_to_the_operators(void **state)
{
    (void)state;
    world *w = stopped();
    w->pack = "pack: test\nversion: 2\nrules:\n"
              "  - {alert: Warm, expr: temperature > 9.0, for: 10m}\n"
              "  - {alert: Open, expr: door, for: 10m}\n";
    world_restart(w, true);
    assert_int_equal(otr_core_open_alarms(w->core), 1);
    assert_int_equal(world_events(w, OTR_SERVICE_ALARM, "withdrawn"), 2);
    world_free(w);
}

static otr_status load(world *w, const uint8_t *bytes, size_t size)
{
    otr_core_config config = {OTR_STR("group"), OTR_STR("gateway"), {{1}}, 1, 1, NULL};
    otr_error error = {0};
    otr_core *core = NULL;
    assert_int_equal(otr_core_create(&config, &core), OTR_OK);
    uint32_t next[2] = {0, 0};
    for (size_t i = 0; i < w->name_count; i++) {
        otr_row_name row = {w->names[i].space, next[w->names[i].space]++, otr_str_of(w->names[i].name)};
        assert_int_equal(otr_core_load_name(core, &row), OTR_OK);
    }
    otr_row_content contents[] = {{OTR_STR("assignments"), 0, OTR_STR("a"), otr_str_of(assets)},
                                  {OTR_STR("pack/test"), 0, OTR_STR("p"), otr_str_of(pack)}};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(otr_core_load_content(core, &contents[i], &error), OTR_OK);
    otr_status status = otr_core_load_snapshot(core, (otr_bytes){bytes, size}, &error);
    otr_core_free(core);
    return status;
}

static void what_is_cut_short_or_of_another_version_is_refused(void **state)
{
    (void)state;
    world *w = stopped();
    uint8_t other[sizeof snapshot_1];
    memcpy(other, snapshot_1, sizeof other);
    assert_int_equal(load(w, other, sizeof other), OTR_OK);
    for (size_t size = 0; size < sizeof other; size++)
        assert_int_equal(load(w, other, size), OTR_CORRUPT);
    other[0] = 2;
    assert_int_equal(load(w, other, sizeof other), OTR_CORRUPT);
    other[0] = 200;
    assert_int_equal(load(w, other, sizeof other), OTR_CORRUPT);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upgrade_keeps_what_was_open),
        cmocka_unit_test(a_rule_that_is_gone_or_changed_leaves_its_alarm_to_the_operators),
        cmocka_unit_test(what_is_cut_short_or_of_another_version_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
