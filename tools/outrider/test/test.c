/* `outrider test`: runs the tests of rule packs. Files, the clock on the wall and what is printed; the rest
 * is in test_*.c. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "daemon/config/config.h"
#include "tools/outrider/test/test_junit.h"
#include "tools/outrider/test/test_open.h"
#include "tools/outrider/test/test_run.h"
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

static void run_cases(run *r, const char *path, const otr_test_opened *opened)
{
    size_t passed = 0;
    size_t count = opened->file.case_count;
    for (size_t i = 0; i < count; i++)
        passed += run_case(r, path, &opened->file, &opened->setup, &opened->file.cases[i]);
    if (passed == count)
        printf("%s: %zu test%s ok\n", path, passed, passed == 1 ? "" : "s");
    else
        printf("%s: %zu of %zu tests failed\n", path, count - passed, count);
}

static void run_file(run *r, const char *path)
{
    otr_test_opened opened = {.refused = NULL};
    otr_error error = {.status = OTR_OK};
    r->files++;
    otr_test_junit_suite(&r->junit, path);
    if (otr_test_open(path, &opened, &error) == OTR_OK)
        run_cases(r, path, &opened);
    else
        refused(r, opened.refused, &error);
    otr_test_junit_end_suite(&r->junit);
    otr_test_opened_done(&opened);
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
