/*
 * Every story that the tests of packs and the scenarios tell, while memory runs out at each place in turn:
 * the core says so, or the story is the same; never is something left out in silence.
 */
#include "places.h"

#include "base/hash.h"
#include "tools/outrider/test_open.h"
#include "tools/outrider/test_run.h"

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

static void judge(const otr_test_opened *opened, const otr_test_case *test)
{
    otr_test_outcome outcome;
    assert_int_equal(otr_test_run(&opened->file, &opened->setup, test, &outcome), OTR_OK);
    uint64_t whole = hash_of(&outcome);
    otr_test_outcome_done(&outcome);
    places_begin();
    otr_status status = otr_test_run(&opened->file, &opened->setup, test, &outcome);
    bool same = status == OTR_OK && hash_of(&outcome) == whole;
    if (places_ran_out() && status != OTR_MEMORY && !same)
        (void)fprintf(stderr, "%.*s: status %d, told otherwise: %d\n", OTR_STR_ARG(test->name), status,
                      !same);
    otr_test_outcome_done(&outcome);
    places_end(same || status == OTR_MEMORY);
    assert_true(same);
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
    print_message("memory ran out at %zu places\n", places_count());
    assert_int_equal(places_wrong(), 0);
    assert_true(places_count() > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_is_said_and_nothing_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
