/* What late readings, stored assignments and forgetting do to notices: what was wrong is corrected to who was
 * told, and nobody hears of what was wrong before it was told; who is forgotten leaves nothing. */
#include "notice_fixture.h"

#include "core/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char slow_pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Slow, expr: temperature > 8.0, for: 10m, labels: {priority: medium},\n"
    "     notify: {to: customer, message: slow, on: [raised, cleared]}}\n"
    "messages:\n"
    "  slow: {en: {raised: \"warm\", cleared: \"cold\", retracted: \"never warm\"}}\n";

static world *slow_start(otr_time at)
{
    world *w = world_create(slow_pack, notice_assets, at);
    world_zone(w, "Europe/Berlin");
    world_snapshot(w);
    return w;
}

/* Warm at 0 and 11: an alarm at 10. A reading of minute 5 comes late and is cold. */
static void warm(world *w, otr_time at)
{
    world_report(w, "t1", "temperature", 9, at);
    world_report(w, "t1", "temperature", 9, at + 11 * OTR_MINUTE);
}

static void cold_in_between(world *w, otr_time at)
{
    otr_reading late = world_number("temperature", 5, at + 5 * OTR_MINUTE);
    world_upload(w, "t1", &late, 1);
    world_sleep(w, 2 * OTR_MINUTE);
}

static void what_was_wrong_is_corrected_to_who_was_told(void **state)
{
    (void)state;
    world *w = slow_start(T0);
    warm(w, AT(1));
    assert_int_equal(notice_told(w, "raised"), 1);
    cold_in_between(w, AT(1));
    assert_int_equal(notice_told(w, "retracted"), 1);
    const world_event *event = notice_get(w, "retracted", 0);
    world_begins(event->text, "never warm");
    assert_true(otr_id_equal(event->replaces, notice_get(w, "raised", 0)->event));
    assert_string_equal(event->alone, ""); /* where it was never sent, nothing is */
    assert_true(otr_id_equal(event->entity, notice_get(w, "raised", 0)->entity));
    world_free(w);
}

static void what_was_wrong_before_it_was_told_is_never_told(void **state)
{
    (void)state;
    otr_time night = AT(900);
    world *w = slow_start(night - OTR_HOUR);
    warm(w, night);
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Slow", "quiet"), 1);
    cold_in_between(w, night);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Slow", "retracted"), 1);
    world_report(w, "t1", "temperature", 5, night + 14 * OTR_MINUTE);
    world_sleep(w, 12 * OTR_HOUR);
    assert_int_equal(notice_told(w, "raised") + notice_told(w, "retracted"), 0);
    world_free(w);
}

static void what_is_withdrawn_ends_without_a_word(void **state)
{
    (void)state;
    otr_time night = AT(900);
    world *w = slow_start(night - OTR_HOUR);
    warm(w, night);
    world_activate(w, "pack/test",
                   "pack: test\nversion: 2\nrules: [{alert: Other, expr: temperature > 90.0}]\n");
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Slow", "withdrawn"), 1);
    world_sleep(w, 12 * OTR_HOUR);
    assert_int_equal(notice_told(w, "raised"), 0);
    world_free(w);
}

static void what_is_shelved_while_it_waits_is_not_told(void **state)
{
    (void)state;
    otr_time night = AT(900);
    world *w = slow_start(night - OTR_HOUR);
    warm(w, night);
    otr_command shelve = {
        .kind = OTR_COMMAND_SHELVE, .asset = OTR_STR("box"), .rule = OTR_STR("Slow"), .span = OTR_DAY};
    assert_int_equal(world_command(w, shelve).refusal, OTR_REFUSAL_ACCEPTED);
    world_sleep(w, 12 * OTR_HOUR);
    assert_int_equal(notice_told(w, "raised"), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_DROPPED, "Slow", "shelved"), 1);
    world_free(w);
}

static void who_is_forgotten_leaves_nothing(void **state)
{
    (void)state;
    world *w = slow_start(T0);
    warm(w, AT(1));
    assert_int_equal(w->core->notices.count, 1);
    otr_contact_forget(w->core, OTR_STR("c"));
    assert_int_equal(w->core->notices.count, 0);
    assert_int_equal(otr_ledger_find(w->core, OTR_STR("c")), OTR_NONE);
    world_snapshot(w);
    assert_true(otr_notice_next_due(w->core) == OTR_TIME_NEVER);
    world_free(w);
}

static void a_thread_is_kept_a_week_for_answers(void **state)
{
    (void)state;
    world *w = slow_start(T0);
    warm(w, AT(1));
    world_report(w, "t1", "temperature", 5, AT(20));
    world_sleep(w, 6 * OTR_DAY);
    assert_int_equal(w->core->notices.count, 1);
    world_sleep(w, 2 * OTR_DAY);
    assert_int_equal(w->core->notices.count, 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_wrong_is_corrected_to_who_was_told),
        cmocka_unit_test(what_was_wrong_before_it_was_told_is_never_told),
        cmocka_unit_test(what_is_withdrawn_ends_without_a_word),
        cmocka_unit_test(what_is_shelved_while_it_waits_is_not_told),
        cmocka_unit_test(who_is_forgotten_leaves_nothing),
        cmocka_unit_test(a_thread_is_kept_a_week_for_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
