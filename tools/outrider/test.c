/* `outrider test`: runs the tests of rule packs. Files, the clock on the wall and what is printed; the rest
 * is in test_*.c. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "base/limits.h"
#include "daemon/config.h"
#include "daemon/file.h"
#include "tools/outrider/test_junit.h"
#include "tools/outrider/test_run.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider test [--junit FILE] FILE.test.yaml...\n"
    "\n"
    "Runs the tests of rule packs: given these readings, these alarms, notices and tickets must come,\n"
    "and no others. Time is the test's own, so days pass in milliseconds. tools/outrider/README.md\n"
    "describes the files; rules/packs/*.test.yaml are examples.\n"
    "\n"
    "  --junit FILE   the results also as JUnit XML\n"
    "\n"
    "exit: 0 all is as expected; 1 something is not, or a file is refused (FILE:LINE:COL: reason); 2 wrong "
    "usage\n";

typedef struct run {
    otr_test_junit junit;
    size_t files;
    size_t tests;
    size_t failed;
    size_t refused; /* files */
} run;

/* Where a test file stands: what it names is beside it. */
typedef struct place {
    otr_arena memory;
    otr_str folder;
} place;

static otr_status load_beside(void *context, otr_str path, otr_str *bytes, otr_error *error)
{
    place *here = context;
    otr_bytes read;
    otr_str joined = otr_path_join(&here->memory, here->folder, path);
    if (joined.data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_file_read(&here->memory, joined.data, OTR_LIMIT_ASSIGNMENTS_BYTES, &read, error);
    if (status == OTR_OK)
        *bytes = (otr_str){(const char *)read.data, read.size};
    return status;
}

static void refused(run *r, const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)otr_refusal_format(file, error, text);
    (void)fprintf(stderr, "%s\n", text);
    otr_test_junit_error(&r->junit, otr_str_of(text));
    r->refused++;
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Whether it passed. */
static bool run_case(run *r, const char *path, const otr_test_file *file, const otr_test_setup *setup,
                     const otr_test_case *test)
{
    otr_test_outcome outcome;
    otr_buffer report = {0};
    double begin = now_s();
    otr_status status = otr_test_run(file, setup, test, &outcome);
    size_t failures = 1;
    if (status == OTR_OK)
        failures = otr_test_compare(test, &outcome, &report);
    else
        otr_buffer_add_format(&report, "  it could not be run: %s\n", otr_status_text(status));
    otr_test_outcome_done(&outcome);
    otr_test_junit_case(&r->junit, test->name, now_s() - begin,
                        failures > 0 ? otr_buffer_text(&report) : (otr_str){NULL, 0});
    r->tests++;
    r->failed += failures > 0;
    if (failures > 0)
        printf("%s:%d: FAILED: %.*s\n%.*s", path, test->line, OTR_STR_ARG(test->name),
               OTR_STR_ARG(otr_buffer_text(&report)));
    otr_buffer_done(&report);
    return failures == 0;
}

static void run_loaded(run *r, const char *path, const otr_test_file *file, place *here)
{
    otr_test_setup setup = {0};
    otr_error error = {.status = OTR_OK};
    otr_test_loader loader = {here, load_beside};
    if (otr_test_setup_load(file, &loader, &setup, &error) != OTR_OK) {
        otr_str culprit = setup.refused.size > 0 ? otr_path_join(&here->memory, here->folder, setup.refused)
                                                 : otr_str_of(path);
        refused(r, culprit.data != NULL ? culprit.data : path, &error);
    } else {
        size_t passed = 0;
        for (size_t i = 0; i < file->case_count; i++)
            passed += run_case(r, path, file, &setup, &file->cases[i]);
        if (passed == file->case_count)
            printf("%s: %zu test%s ok\n", path, passed, passed == 1 ? "" : "s");
        else
            printf("%s: %zu of %zu tests failed\n", path, file->case_count - passed, file->case_count);
    }
    otr_test_setup_done(&setup);
}

static void run_file(run *r, const char *path)
{
    otr_test_file file = {0};
    place here = {.folder = otr_path_folder(otr_str_of(path))};
    otr_bytes bytes = {NULL, 0};
    otr_error error = {.status = OTR_OK};
    r->files++;
    otr_test_junit_suite(&r->junit, path);
    otr_status status = otr_file_read(&here.memory, path, OTR_TEST_FILE_BYTES, &bytes, &error);
    if (status == OTR_OK)
        status = otr_test_file_load((otr_str){(const char *)bytes.data, bytes.size}, &file, &error);
    if (status == OTR_OK)
        run_loaded(r, path, &file, &here);
    else
        refused(r, path, &error);
    otr_test_junit_end_suite(&r->junit);
    otr_test_file_done(&file);
    otr_arena_done(&here.memory);
}

/* Whether the whole document is on disk. */
static bool write_junit(const run *r, const char *path)
{
    otr_buffer document = {0};
    bool complete = false;
    otr_status status = otr_test_junit_write(&r->junit, &document);
    FILE *out = status == OTR_OK ? fopen(path, "wb") : NULL;
    if (out != NULL) {
        complete = fwrite(document.data, 1, document.size, out) == document.size;
        complete = fclose(out) == 0 && complete;
    }
    if (!complete)
        (void)fprintf(stderr, "%s: %s\n", path, status != OTR_OK ? otr_status_text(status) : strerror(errno));
    otr_buffer_done(&document);
    return complete;
}

int otr_verb_test(int argc, char **argv)
{
    static const struct option known[] = {
        {"junit", required_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *junit = NULL;
    run r = {.files = 0};
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (option == 'j') {
            junit = optarg;
        } else {
            (void)fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (optind == argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    for (int i = optind; i < argc; i++)
        run_file(&r, argv[i]);
    if (r.files > 1)
        printf("%zu files, %zu refused; %zu tests, %zu failed\n", r.files, r.refused, r.tests, r.failed);
    bool written = junit == NULL || write_junit(&r, junit);
    otr_test_junit_done(&r.junit);
    return r.failed == 0 && r.refused == 0 && written ? 0 : 1;
}
