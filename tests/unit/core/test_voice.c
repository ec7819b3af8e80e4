/* core/voice: a sign from elsewhere counts once by its id, also after a restart, and drives no other command
 * out of memory. */
#include "core/journal/journal.h"
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1714521600) * OTR_SECOND)

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n";
static const char assignments[] = "version: 1\n"
                                  "assets:\n"
                                  "  - {asset: box, class: x, devices: [d], model: CX-200, lot: A7}\n";

static otr_command sign_of(uint32_t number, otr_voice_sign sign)
{
    otr_command command = {
        .kind = OTR_COMMAND_VOICE,
        .id = otr_hash128('u', 0, &number, sizeof number),
        .until = OTR_TIME_NONE,
        .rule = OTR_STR("p/Warm"),
        .asset = OTR_STR("box"),
        .voice = {.sign = sign,
                  .at = START - OTR_HOUR,
                  .source = OTR_STR("reviews"),
                  .product = OTR_STR("CX-200")},
    };
    return command;
}

/* Whether it was counted now. */
static bool counts(world *w, uint32_t number, otr_voice_sign sign)
{
    otr_command_result result = world_command(w, sign_of(number, sign));
    assert_int_equal(result.refusal, OTR_REFUSAL_ACCEPTED);
    return result.alarms == 1;
}

static void each_sign_counts_once(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    assert_true(counts(w, 1, OTR_VOICE_COMPLAINT));
    assert_false(counts(w, 1, OTR_VOICE_COMPLAINT));
    assert_true(counts(w, 2, OTR_VOICE_PRAISE));
    assert_int_equal(w->core->voice.counts[OTR_VOICE_COMPLAINT], 1);
    assert_int_equal(w->core->voice.counts[OTR_VOICE_PRAISE], 1);
    world_free(w);
}

static uint64_t figure(const world *w, otr_bucket_dimension by, const char *key, otr_bucket_count count)
{
    const otr_bucket_cell *cell = otr_bucket_find(&w->core->figures.bucket, by, otr_str_of(key));
    return cell != NULL ? cell->counts[count] : 0;
}

static void it_is_in_the_days_figures_by_what_it_is_about(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    otr_command about_asset = sign_of(2, OTR_VOICE_RETURN);
    about_asset.rule = about_asset.voice.product = (otr_str){NULL, 0};
    assert_true(counts(w, 1, OTR_VOICE_COMPLAINT));
    assert_int_equal(world_command(w, about_asset).alarms, 1);
    assert_int_equal(figure(w, OTR_BY_TOTAL, "", OTR_COUNT_COMPLAINT), 1);
    assert_int_equal(figure(w, OTR_BY_RULE, "p/Warm", OTR_COUNT_COMPLAINT), 1);
    assert_int_equal(figure(w, OTR_BY_RULE, "p/Warm", OTR_COUNT_RETURN), 0);
    assert_int_equal(figure(w, OTR_BY_PRODUCT, "CX-200", OTR_COUNT_COMPLAINT), 1);
    assert_int_equal(figure(w, OTR_BY_PRODUCT, "CX-200", OTR_COUNT_RETURN), 1);
    assert_int_equal(figure(w, OTR_BY_LOT, "A7", OTR_COUNT_RETURN), 1);
    world_free(w);
}

static void a_restart_forgets_none(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    assert_true(counts(w, 1, OTR_VOICE_COMPLAINT));
    world_snapshot(w);
    assert_true(counts(w, 2, OTR_VOICE_RETURN));
    world_restart(w, true); /* one from the snapshot, one from the journal */
    assert_false(counts(w, 1, OTR_VOICE_COMPLAINT));
    assert_false(counts(w, 2, OTR_VOICE_RETURN));
    assert_int_equal(w->core->voice.counts[OTR_VOICE_COMPLAINT], 1);
    assert_int_equal(w->core->voice.counts[OTR_VOICE_RETURN], 1);
    world_free(w);
}

static void the_oldest_of_too_many_are_forgotten_and_no_other_command(void **state)
{
    (void)state;
    world *w = world_create(pack, assignments, START);
    otr_command shelve = {.kind = OTR_COMMAND_SHELVE,
                          .id = {{9}},
                          .until = OTR_TIME_NONE,
                          .span = OTR_HOUR,
                          .rule = OTR_STR("p/Warm"),
                          .asset = OTR_STR("box")};
    assert_int_equal(world_command(w, shelve).refusal, OTR_REFUSAL_ACCEPTED);
    for (uint32_t i = 0; i <= OTR_LIMIT_VOICE_SEEN; i++)
        assert_true(counts(w, i, OTR_VOICE_QUESTION));
    assert_false(counts(w, 1, OTR_VOICE_QUESTION));
    assert_true(counts(w, 0, OTR_VOICE_QUESTION)); /* the very first is the one too many */
    assert_non_null(otr_seen_find(&w->core->seen, shelve.id));
    world_free(w);
}

static void it_goes_through_the_journal_and_back(void **state)
{
    (void)state;
    otr_command command = sign_of(7, OTR_VOICE_RETURN);
    otr_command back;
    otr_buffer bytes = {0};
    command.who = OTR_STR("op");
    otr_command_encode(&bytes, &command);
    for (size_t size = 0; size <= bytes.size; size++) {
        otr_reader reader = otr_reader_of((otr_bytes){bytes.data, size});
        assert_int_equal(otr_command_decode(&reader, &back), size == bytes.size);
    }
    assert_true(otr_id_equal(back.id, command.id) && otr_str_equal(back.who, command.who));
    assert_true(otr_str_equal(back.rule, command.rule) && otr_str_equal(back.asset, command.asset));
    assert_true(back.voice.sign == OTR_VOICE_RETURN && back.voice.at == command.voice.at);
    assert_true(otr_str_is(back.voice.source, "reviews") && otr_str_is(back.voice.product, "CX-200"));
    otr_buffer_done(&bytes);
}

static void what_is_not_well_formed_is_refused(void **state)
{
    (void)state;
    otr_command rows[6];
    for (int i = 0; i < 6; i++)
        rows[i] = sign_of(1, OTR_VOICE_PRAISE);
    rows[0].voice.sign = (otr_voice_sign)9;
    rows[1].voice.at = OTR_TIME_NONE;
    rows[2].voice.source = OTR_STR("A b");
    rows[3].rule = OTR_STR("Warm");
    rows[4].rule = rows[4].asset = rows[4].voice.product = (otr_str){NULL, 0};
    rows[5].voice.product = OTR_STR("\xff");
    for (int i = 0; i < 6; i++) {
        otr_error error = {.text = ""};
        if (otr_command_check(&rows[i], &error) == OTR_OK || error.text[0] == '\0')
            fail_msg("row %d", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sign_counts_once),
        cmocka_unit_test(it_is_in_the_days_figures_by_what_it_is_about),
        cmocka_unit_test(a_restart_forgets_none),
        cmocka_unit_test(the_oldest_of_too_many_are_forgotten_and_no_other_command),
        cmocka_unit_test(it_goes_through_the_journal_and_back),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
