/* Limits of what the core keeps of cases, readers, questions, proofs and late readings: each is reached here.
 */
#include "late_fixture.h"

#include "base/limits.h"
#include "core/case/case.h"
#include "core/case/case_merge.h"
#include "core/command/order_book.h"
#include "core/device/timeline.h"
#include "core/figures/day_figures.h"
#include "core/notice/policy.h"
#include "core/question/question_memory.h"
#include "core/state.h"
#include "rules/load/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char pack[] =
    "pack: p\nversion: 1\nrules:\n"
    "  - {alert: Hot, expr: temperature > 8.0, labels: {category: cold},\n"
    "     notify: {to: customer, message: m, on: [raised], cooldown: 0s, news: 4h}, ticket: {queue: cold}}\n"
    "  - {alert: Moist, expr: humidity > 80.0, labels: {category: air}, ticket: {queue: air}}\n"
    "messages: {m: {en: {raised: hot}}}\n";
static const char box[] = "version: 1\ncustomers: [{customer: c, locale: en, zone: UTC, budget: {day: 1}}]\n"
                          "assets: [{asset: box, class: x, devices: [d], customer: c}]\n";

/* The box is warm, then moist: two cases. */
static world *two_cases(void)
{
    world *w = world_create(pack, box, T0);
    world_report(w, "d", "temperature", 9, AT(1));
    world_report(w, "d", "humidity", 90, AT(2));
    assert_int_equal(world_events(w, OTR_SERVICE_TICKET, "opened"), 2);
    return w;
}

static size_t codes_of(const otr_dossier *dossier)
{
    otr_str codes = dossier->codes;
    otr_str one;
    size_t count = 0;
    while (otr_fault_code_next(&codes, &one))
        count++;
    return count;
}

static void a_case_keeps_its_first_codes_and_troubles(void **state)
{
    (void)state;
    world *w = two_cases();
    otr_dossier more = {0};
    char codes[OTR_LIMIT_CASE_CODES * 8];
    size_t size = 0;
    for (int i = 0; i <= OTR_LIMIT_CASE_CODES; i++)
        size += (size_t)snprintf(codes + size, sizeof codes - size, "%sP%04d", i > 0 ? " " : "", i);
    more.codes = (otr_str){codes, size};
    otr_dossier *dossier = &w->core->cases[0].dossier;
    otr_dossier_merge(w->core, dossier, &more);
    assert_int_equal(codes_of(dossier), OTR_LIMIT_CASE_CODES);
    assert_memory_equal(dossier->codes.data, "P0000 P0001", 11);
    for (int i = 0; i <= OTR_LIMIT_CASE_TROUBLES; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "trouble-%d", i);
        otr_dossier other = {.troubles = {otr_core_label(w->core, otr_str_of(name))}, .trouble_count = 1};
        otr_dossier_merge(w->core, dossier, &other);
        assert_int_equal(dossier->trouble_count,
                         i < OTR_LIMIT_CASE_TROUBLES ? i + 1 : OTR_LIMIT_CASE_TROUBLES);
    }
    assert_false(w->core->failed);
    world_free(w);
}

static void so_many_cases_become_one(void **state)
{
    (void)state;
    world *w = two_cases();
    otr_case *hot = &w->core->cases[0];
    otr_case *moist = &w->core->cases[1];
    hot->merged_count = OTR_LIMIT_CASE_MERGED - 1;
    assert_int_equal(otr_case_may_merge(w->core, moist, hot->id), OTR_REFUSAL_ACCEPTED);
    moist->merged_count = 1; /* itself and the one in it */
    assert_int_equal(otr_case_may_merge(w->core, moist, hot->id), OTR_REFUSAL_MERGED_FULL);
    hot->merged_count = moist->merged_count = 0;
    world_free(w);
}

static void of_alarms_that_a_reader_has_an_opinion_of_the_oldest_gives_way(void **state)
{
    (void)state;
    world *w = two_cases();
    otr_day_figures *figures = &w->core->figures;
    const otr_notice *thread = &w->core->notices.list[0];
    assert_int_equal(figures->wait_count, 0);
    figures->wait_count = OTR_LIMIT_FIGURES_WAITS;
    for (int i = 0; i < OTR_LIMIT_FIGURES_WAITS; i++)
        figures->waits[i] = (otr_figure_wait){.alarm = {{(uint8_t)(i % 251), (uint8_t)(i / 251), 1}}};
    otr_id second = figures->waits[1].alarm;
    otr_day_figures_sign(w->core, thread, OTR_COUNT_USEFUL);
    assert_int_equal(figures->wait_count, OTR_LIMIT_FIGURES_WAITS);
    assert_true(otr_id_equal(figures->waits[0].alarm, second));
    assert_true(otr_id_equal(figures->waits[OTR_LIMIT_FIGURES_WAITS - 1].alarm, world_get(w, "Hot", 0)->id));
    world_free(w);
}

static void of_the_assets_that_somebody_was_asked_about_the_oldest_is_forgotten(void **state)
{
    (void)state;
    world *w = two_cases();
    otr_questioned *person = otr_questioned_of(w->core, otr_core_label(w->core, OTR_STR("c")));
    assert_non_null(person);
    for (uint64_t asset = 1; asset <= OTR_LIMIT_QUESTIONED_ASSETS + 1; asset++)
        otr_questioned_add(w->core, person, asset);
    assert_int_equal(person->asset_count, OTR_LIMIT_QUESTIONED_ASSETS);
    assert_false(otr_questioned_has(person, 1));
    assert_true(otr_questioned_has(person, 2));
    assert_true(otr_questioned_has(person, OTR_LIMIT_QUESTIONED_ASSETS + 1));
    world_free(w);
}

static void news_is_promised_for_a_day_with_budget_within_so_many(void **state)
{
    (void)state;
    world *w = two_cases();
    otr_notice *thread = &w->core->notices.list[0];
    otr_ledger *ledger = &w->core->ledgers.list[thread->contact];
    otr_thread_unpromise(w->core, thread);
    int32_t today = (int32_t)(w->utc / OTR_DAY);
    for (int32_t day = 1; day < OTR_LIMIT_PROMISE_DAYS - 1; day++)
        otr_ledger_debit(w->core, ledger, thread->category, today + day);
    otr_policy_promise(w->core, thread, OTR_HOUR);
    assert_int_equal(thread->promise_day, today + OTR_LIMIT_PROMISE_DAYS - 1);
    otr_thread_unpromise(w->core, thread);
    otr_ledger_debit(w->core, ledger, thread->category, today + OTR_LIMIT_PROMISE_DAYS - 1);
    otr_policy_promise(w->core, thread, OTR_HOUR);
    assert_true(thread->next_by == OTR_TIME_NEVER);
    world_free(w);
}

static void an_answer_to_an_order_has_so_many_bytes(void **state)
{
    (void)state;
    char text[OTR_LIMIT_ORDER_ANSWER_BYTES + 1];
    otr_error error = {.text = ""};
    memset(text, 'x', sizeof text);
    otr_order_note note = {.key = {{1}},
                           .order = {{2}},
                           .counter = 1,
                           .answer = {text, OTR_LIMIT_ORDER_ANSWER_BYTES},
                           .refused = {NULL, 0}};
    assert_int_equal(otr_order_note_check(&note, &error), OTR_OK);
    note.answer.size++;
    assert_int_equal(otr_order_note_check(&note, &error), OTR_LIMIT);
    note.answer.size = 0;
    note.refused = (otr_str){text, OTR_LIMIT_ORDER_ANSWER_BYTES + 1};
    assert_int_equal(otr_order_note_check(&note, &error), OTR_LIMIT);
}

static void readings_before_the_first_sync_wait_up_to_a_number(void **state)
{
    enum { PACK = 4096 };
    (void)state;
    world *w = world_create(pack, box, T0);
    w->synced = false;
    otr_reading *all = calloc(PACK, sizeof *all);
    assert_non_null(all);
    for (int i = 0; i < PACK; i++) {
        all[i] = world_number("temperature", 5, 0);
        all[i].stamp = OTR_STAMP_RELATIVE;
    }
    uint64_t bad = w->core->stats.readings_bad;
    for (int i = 0; i < OTR_LIMIT_PENDING_UNSYNCED / PACK; i++)
        world_upload(w, "d", all, PACK);
    assert_int_equal(w->core->waiting_count, OTR_LIMIT_PENDING_UNSYNCED);
    assert_int_equal(w->core->stats.readings_bad, bad);
    world_upload(w, "d", all, 1);
    assert_int_equal(w->core->waiting_count, OTR_LIMIT_PENDING_UNSYNCED);
    assert_int_equal(w->core->stats.readings_bad, bad + 1); /* told, and in the journal */
    free(all);
    world_free(w);
}

/* One of two devices is silent a while: what the other reports may be joined by what that one had. */
static void late_readings_may_join_so_many_instants_of_an_asset(void **state)
{
    (void)state;
    world *w = world_create(late_pack(""), late_assignments("t1, t2"), T0);
    world_report(w, "t1", "temperature", 5, AT(1));
    world_report(w, "t2", "temperature", 5, AT(1));
    uint32_t most = 0;
    for (int i = 1; i <= OTR_LIMIT_UNSETTLED_INSTANTS + 100; i++) {
        world_report(w, "t1", "temperature", 5, AT(1) + i * OTR_SECOND);
        const otr_timeline *timeline = w->core->assets[0].timeline;
        uint32_t count = timeline->count + timeline->late_count;
        most = count > most ? count : most;
    }
    assert_int_equal(most, OTR_LIMIT_UNSETTLED_INSTANTS - 1); /* at the limit the oldest settle */
    world_free(w);
}

/* What other assets keep is beyond what all may: of each only the last few instants wait. */
static void late_readings_may_join_so_many_bytes_of_all_assets(void **state)
{
    enum { FEW = 40 };
    (void)state;
    world *w = world_create(late_pack(""), late_assignments("t1, t2"), T0);
    world_report(w, "t1", "temperature", 5, AT(1));
    world_report(w, "t2", "temperature", 5, AT(1));
    for (int i = 1; i <= 20 * FEW; i++) {
        if (i == 10 * FEW)
            w->core->unsettled_bytes += OTR_LIMIT_UNSETTLED_BYTES;
        world_report(w, "t1", "temperature", 5, AT(1) + i * OTR_SECOND);
        uint32_t count = w->core->assets[0].timeline->count;
        if (i < 10 * FEW)
            assert_true(count >= (uint32_t)i);
        else if (i > 11 * FEW)
            assert_true(count < FEW);
    }
    w->core->unsettled_bytes -= OTR_LIMIT_UNSETTLED_BYTES;
    world_free(w);
}

/* What was said within a trial bore revisions up to as many: after a way back none of them comes again. */
static void after_a_way_back_revisions_go_on_so_much_further(void **state)
{
    (void)state;
    world *w = two_cases();
    const world_alarm *hot = world_get(w, "Hot", 0);
    uint32_t before = hot->revision;
    otr_input loss = {.kind = OTR_INPUT_LOSS, .loss = {.reason = OTR_STR("rollback"), .readings = 1}};
    world_step(w, &loss, 1);
    world_report(w, "d", "temperature", 5, AT(5));
    assert_true(hot->ended != OTR_TIME_NONE);
    assert_int_equal(hot->revision, before + OTR_LIMIT_TRIAL_REVISIONS + 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_keeps_its_first_codes_and_troubles),
        cmocka_unit_test(so_many_cases_become_one),
        cmocka_unit_test(of_alarms_that_a_reader_has_an_opinion_of_the_oldest_gives_way),
        cmocka_unit_test(of_the_assets_that_somebody_was_asked_about_the_oldest_is_forgotten),
        cmocka_unit_test(news_is_promised_for_a_day_with_budget_within_so_many),
        cmocka_unit_test(an_answer_to_an_order_has_so_many_bytes),
        cmocka_unit_test(readings_before_the_first_sync_wait_up_to_a_number),
        cmocka_unit_test(late_readings_may_join_so_many_instants_of_an_asset),
        cmocka_unit_test(late_readings_may_join_so_many_bytes_of_all_assets),
        cmocka_unit_test(after_a_way_back_revisions_go_on_so_much_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
