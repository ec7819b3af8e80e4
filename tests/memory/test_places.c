/*
 * Every story that the tests of packs and the scenarios tell, while memory runs out at each place in turn:
 * the core says so, or the story is the same; never is something left out in silence. So too when a core is
 * rebuilt from what the story left in a store, which gives the state that there was.
 */
#include "places.h"

#include "rebuilt.h"

#include "base/hash.h"
#include "tools/outrider/test/test_open.h"
#include "tools/outrider/test/test_run.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t hash_of(const otr_test_outcome *outcome)
{
    uint64_t hash = (uint64_t)outcome->refused_line;
    for (size_t sort = 0; sort < OTR_TEST_SORTS; sort++)
        for (size_t i = 0; i < outcome->came[sort].count; i++) {
            const otr_test_record *record = &outcome->came[sort].list[i];
            hash = otr_hash64(hash, 1, &record->id, sizeof record->id);
            for (size_t field = 0; field < OTR_TEST_FIELDS; field++)
                hash = otr_hash64(hash, 2 + field, record->fields[field].data, record->fields[field].size);
        }
    return hash;
}

/* ---- the core of a story: what a store keeps of it, and a start from that at its end ---- */

/* That of every workbench. */
static const otr_core_config config = {
    .group = {"bench", 5}, .gateway = {"bench", 5}, .next_seq = 1, .next_outbox_seq = 1};
static size_t other_states;

otr_status __real_otr_core_step(otr_core *core, const otr_turn *turn, const otr_input *inputs, size_t count,
                                otr_effects *effects);
void __real_otr_workbench_done(otr_workbench *bench);
otr_status __wrap_otr_core_step(otr_core *core, const otr_turn *turn, const otr_input *inputs, size_t count,
                                otr_effects *effects);
void __wrap_otr_workbench_done(otr_workbench *bench);

otr_status __wrap_otr_core_step(otr_core *core, const otr_turn *turn, const otr_input *inputs, size_t count,
                                otr_effects *effects)
{
    otr_status status = __real_otr_core_step(core, turn, inputs, count, effects);
    places_pause();
    if (status == OTR_OK)
        kept_step(core, effects);
    places_resume();
    return status;
}

void __wrap_otr_workbench_done(otr_workbench *bench)
{
    bool same = true;
    if (!places_ran_out()) {
        otr_status status = kept_rebuild(&config, bench->core, &same);
        if (places_ran_out())
            places_end(status == OTR_MEMORY || (status == OTR_OK && same));
        other_states += status != OTR_OK || !same;
    }
    __real_otr_workbench_done(bench);
}

static void judge(const otr_test_opened *opened, const otr_test_case *test)
{
    otr_test_outcome outcome;
    size_t before = other_states;
    kept_begin();
    assert_int_equal(otr_test_run(&opened->file, &opened->setup, test, &outcome), OTR_OK);
    uint64_t whole = hash_of(&outcome);
    otr_test_outcome_done(&outcome);
    kept_begin();
    places_begin();
    otr_status status = otr_test_run(&opened->file, &opened->setup, test, &outcome);
    bool same = status == OTR_OK && hash_of(&outcome) == whole;
    if (places_ran_out() && status != OTR_MEMORY && !same)
        (void)fprintf(stderr, "%.*s: status %d, told otherwise: %d\n", OTR_STR_ARG(test->name), status,
                      !same);
    otr_test_outcome_done(&outcome);
    places_end(same || status == OTR_MEMORY);
    assert_true(same);
    if (other_states > before)
        print_error("%.*s: the journal gives another state\n", OTR_STR_ARG(test->name));
}

static void open_file(const char *path, otr_test_opened *opened)
{
    otr_error error = {.text = ""};
    places_begin();
    otr_status status = otr_test_open(path, opened, &error);
    if (places_ran_out() && status != OTR_OK && status != OTR_MEMORY)
        (void)fprintf(stderr, "%s: status %d: %s\n", path, status, error.text);
    places_end(status == OTR_OK || status == OTR_MEMORY);
    assert_int_equal(status, OTR_OK);
}

static void judge_files(const char *pattern)
{
    char whole[512];
    glob_t files;
    (void)snprintf(whole, sizeof whole, "%s/%s", getenv("OUTRIDER_SOURCE"), pattern);
    assert_int_equal(glob(whole, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        otr_test_opened opened = {0};
        open_file(files.gl_pathv[i], &opened);
        for (size_t j = 0; j < opened.file.case_count; j++)
            judge(&opened, &opened.file.cases[j]);
        otr_test_opened_done(&opened);
    }
    globfree(&files);
}

static void memory_that_runs_out_is_said_and_nothing_is_left_out(void **state)
{
    (void)state;
    judge_files("tests/scenario/*.test.yaml");
    judge_files("rules/packs/*.test.yaml");
    print_message("memory was asked for at %zu places\n", places_count());
    kept_begin();
    assert_int_equal(places_wrong(), 0);
    assert_int_equal(other_states, 0);
    assert_true(places_count() > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_is_said_and_nothing_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
