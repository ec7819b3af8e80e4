/* Limits of the core that nobody outside is told of: what is remembered, counted or left out beyond them. */
#include "world.h"

#include "base/limits.h"
#include "core/command/seen.h"
#include "core/desk/desk_field.h"
#include "core/notice/contact.h"
#include "core/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (1700000000 * OTR_SECOND)
#define AT(minute) (START + (minute)*OTR_MINUTE)

static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "- {alert: Warm, expr: t > 8.0, notify: {to: customer, message: m, on: [raised]}, "
                           "ticket: {queue: q, evidence: [t], last: 1h}}\n"
                           "messages: {m: {en: {raised: warm}}}\n";
static const char box[] = "version: 1\ncustomers: [{customer: c, locale: en}]\n"
                          "assets: [{asset: box, class: x, devices: [d], customer: c}]\n";

static otr_id id_of(int number)
{
    otr_id id = {{1}};
    memcpy(id.bytes + 4, &number, sizeof number);
    return id;
}

static void a_command_is_known_until_so_many_others_came(void **state)
{
    (void)state;
    otr_seen *seen = calloc(1, sizeof *seen);
    for (int i = 0; i < OTR_LIMIT_COMMANDS_SEEN; i++)
        otr_seen_add(seen, &(otr_command_result){.id = id_of(i)});
    assert_non_null(otr_seen_find(seen, id_of(0)));
    otr_seen_add(seen, &(otr_command_result){.id = id_of(OTR_LIMIT_COMMANDS_SEEN), .alarms = 1});
    assert_null(otr_seen_find(seen, id_of(0)));
    assert_non_null(otr_seen_find(seen, id_of(1)));
    otr_seen_add(seen, &(otr_command_result){.id = id_of(5), .alarms = 2});
    assert_int_equal(otr_seen_find(seen, id_of(5))->alarms, 2); /* the newest of one id counts */
    free(seen);
}

static void a_case_keeps_so_many_fields_that_the_desk_had_to_ask_for(void **state)
{
    otr_buffer all = {0};
    char name[16];
    (void)state;
    for (int i = 0; i <= OTR_LIMIT_CASE_FIELDS; i++) {
        (void)snprintf(name, sizeof name, "field%d", i);
        assert_int_equal(otr_desk_field_add(&all, otr_str_of(name)), i < OTR_LIMIT_CASE_FIELDS);
    }
    otr_buffer_done(&all);
}

static void who_stops_more_things_than_can_be_listed_wants_none(void **state)
{
    (void)state;
    char name[16];
    world *w = world_create(pack, box, START);
    world_report(w, "d", "t", 9, AT(1));
    otr_ledger *ledger = &w->core->ledgers.list[0];
    for (int i = 0; i <= OTR_LIMIT_CONTACT_STOPS; i++) {
        (void)snprintf(name, sizeof name, "kind%d", i);
        otr_ledger_stop(w->core, ledger, otr_core_label(w->core, otr_str_of(name)), OTR_TIME_NEVER);
    }
    assert_int_equal(ledger->stop_count, OTR_LIMIT_CONTACT_STOPS);
    assert_int_equal(ledger->stops[0].category, OTR_NONE);
    world_free(w);
}

static void of_what_is_told_once_the_oldest_goes(void **state)
{
    (void)state;
    world *w = world_create(pack, box, START);
    world_report(w, "d", "t", 9, AT(1));
    otr_ledger *ledger = &w->core->ledgers.list[0];
    uint32_t before = ledger->once_count;
    for (uint64_t hash = 1; hash <= OTR_LIMIT_CONTACT_ONCE + 1 - before; hash++)
        otr_ledger_add_once(w->core, ledger, hash);
    assert_int_equal(ledger->once_count, OTR_LIMIT_CONTACT_ONCE);
    assert_true(otr_ledger_has_once(ledger, OTR_LIMIT_CONTACT_ONCE + 1 - before));
    assert_int_equal(otr_ledger_has_once(ledger, 1), before > 0);
    world_free(w);
}

static void a_ticket_has_series_of_so_many_metrics_and_a_notice_so_many_alarms(void **state)
{
    enum { METRICS = OTR_LIMIT_ASSET_SERIES + 1, RULES = OTR_LIMIT_NOTICE_ALARMS + 1 };
    char yaml[4096];
    int size =
        snprintf(yaml, sizeof yaml, "pack: test\nversion: 1\nmessages: {m: {en: {raised: x}}}\nrules:\n");
    (void)state;
    for (int i = 0; i < RULES; i++)
        size += snprintf(yaml + size, sizeof yaml - (size_t)size,
                         "- {alert: R%d, expr: m0 > %d.0, notify: {to: customer, message: m, on: [raised]}, "
                         "ticket: {queue: q, evidence: [m0, m1, m2, m3, m4, m5, m6, m7, m8], last: 1h}}\n",
                         i, i + 1);
    world *w = world_create(yaml, box, START);
    otr_reading all[METRICS];
    char names[METRICS][8];
    for (int i = 0; i < METRICS; i++) {
        (void)snprintf(names[i], sizeof names[i], "m%d", i);
        all[i] = world_number(names[i], 100, AT(1));
    }
    world_upload(w, "d", all, METRICS);
    assert_int_equal(w->core->assets[0].series_count, OTR_LIMIT_ASSET_SERIES);
    assert_int_equal(w->core->notices.list[0].alarm_count, OTR_LIMIT_NOTICE_ALARMS);
    assert_int_equal(w->core->notices.list[0].alarm_more, 1);
    assert_null(world_replay(w));
    world_free(w);
}

static void a_reading_from_further_ahead_than_clocks_differ_moves_nothing(void **state)
{
    (void)state;
    world *w = world_create(pack, box, START);
    otr_reading one = world_number("t", 9, w->utc + OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND + 1);
    world_upload(w, "d", &one, 1);
    assert_int_equal(world_count(w, "Warm"), 0);
    assert_int_equal(w->core->stats.readings_bad, 1);
    one = world_number("t", 9, w->utc + OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND);
    world_upload(w, "d", &one, 1);
    assert_int_equal(world_count(w, "Warm"), 1);
    assert_int_equal(w->core->stats.readings_bad, 1);
    world_free(w);
}

static void so_many_points_are_shelved_at_once_and_one_more_is_refused(void **state)
{
    (void)state;
    otr_buffer yaml = {0};
    char name[16];
    otr_buffer_add_format(&yaml, "version: 1\nassets:\n");
    for (int i = 0; i <= OTR_LIMIT_POINTS; i++)
        otr_buffer_add_format(&yaml, "- {asset: a%d, class: x}\n", i);
    otr_buffer_add_u8(&yaml, '\0');
    world *w = world_create(pack, (const char *)yaml.data, START);
    for (int i = 0; i <= OTR_LIMIT_POINTS; i++) {
        (void)snprintf(name, sizeof name, "a%d", i);
        otr_command shelve = {.kind = OTR_COMMAND_SHELVE,
                              .rule = OTR_STR("Warm"),
                              .asset = otr_str_of(name),
                              .until = OTR_TIME_NONE,
                              .span = OTR_HOUR};
        assert_int_equal(world_command(w, shelve).refusal,
                         i < OTR_LIMIT_POINTS ? OTR_REFUSAL_ACCEPTED : OTR_REFUSAL_FULL);
        w->event_count = 0;
    }
    world_free(w);
    otr_buffer_done(&yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_known_until_so_many_others_came),
        cmocka_unit_test(a_case_keeps_so_many_fields_that_the_desk_had_to_ask_for),
        cmocka_unit_test(who_stops_more_things_than_can_be_listed_wants_none),
        cmocka_unit_test(of_what_is_told_once_the_oldest_goes),
        cmocka_unit_test(a_ticket_has_series_of_so_many_metrics_and_a_notice_so_many_alarms),
        cmocka_unit_test(a_reading_from_further_ahead_than_clocks_differ_moves_nothing),
        cmocka_unit_test(so_many_points_are_shelved_at_once_and_one_more_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
