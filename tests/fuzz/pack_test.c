/*
 * A pack's test file from any bytes. A refusal has a reason and, when it has a place, one in the file; what
 * is taken has its steps in order of time, and if its names are known it runs and is judged.
 */
#include "tools/outrider/test/test_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { READINGS_MAX = 5000 }; /* more only take time */

static const char pack[] =
    "pack: p\nversion: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, for: 10m, clear: temperature < 7.0,\n"
    "     notify: {to: customer, message: m, on: [raised, cleared]}, ticket: {queue: q}}\n"
    "  - {alert: Open, expr: door, keep_firing_for: 1m, gap: reset}\n"
    "  - {alert: Silent, silent_for: 30m}\n"
    "messages: {m: {en: {raised: \"{{ temperature }}\", cleared: \"{{ duration }}\"}}}\n";
static const char assignments[] =
    "version: 1\n"
    "profiles: {p: {metrics: {temperature: {expected_interval: 5m}}}}\n"
    "customers: [{customer: c, persona: owner, locale: en}]\n"
    "assets: [{asset: box, class: x, devices: [d, e], profile: p, customer: c}]\n";

static otr_status load_fixed(void *context, otr_str path, otr_str *bytes, otr_error *error)
{
    (void)context;
    (void)error;
    *bytes = path.size % 2 == 0 ? OTR_STR(pack) : OTR_STR(assignments);
    return OTR_OK;
}

static void check_case(const otr_test_case *test)
{
    otr_time last = OTR_TIME_NONE;
    for (size_t i = 0; i < test->step_count; i++) {
        const otr_test_step *step = &test->steps[i];
        OTR_ASSERT(step->at >= last);
        last = step->at;
        OTR_ASSERT(step->kind != OTR_TEST_RESTART || step->off_from <= step->at);
        for (size_t r = 0; r < step->count; r++)
            OTR_ASSERT(step->readings[r].kind != OTR_KIND_ANY &&
                       otr_metric_name_ok(step->readings[r].metric));
    }
    OTR_ASSERT(test->step_count == 0 || test->until >= last);
}

/* Short enough in readings and in time: a year of a test is a year of half hours. */
static bool is_short(const otr_test_file *file, const otr_test_case *test)
{
    size_t readings = 0;
    for (size_t i = 0; i < test->step_count; i++)
        readings += test->steps[i].count + 1;
    return readings < READINGS_MAX && test->until - file->start < 400 * OTR_DAY;
}

static void run_cases(const otr_test_file *file)
{
    otr_test_loader loader = {NULL, load_fixed, NULL};
    otr_test_setup setup = {0};
    otr_error error = {0};
    if (otr_test_setup_load(file, &loader, &setup, &error) == OTR_OK)
        for (size_t i = 0; i < file->case_count && i < 4; i++) {
            otr_test_outcome outcome;
            otr_buffer report = {0};
            if (!is_short(file, &file->cases[i]))
                continue;
            OTR_ASSERT(otr_test_run(file, &setup, &file->cases[i], &outcome) == OTR_OK);
            size_t failures = otr_test_compare(&file->cases[i], &outcome, &report);
            OTR_ASSERT((failures > 0) == (report.size > 0));
            otr_test_outcome_done(&outcome);
            otr_buffer_done(&report);
        }
    else
        OTR_ASSERT(error.text[0] != '\0');
    otr_test_setup_done(&setup);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_test_file file = {0};
    otr_error error = {0};
    otr_status status = otr_test_file_load((otr_str){(const char *)data, size}, &file, &error);
    if (status == OTR_OK) {
        for (size_t i = 0; i < file.case_count; i++)
            check_case(&file.cases[i]);
        run_cases(&file);
    } else {
        OTR_ASSERT(error.status == status && error.text[0] != '\0' && error.line >= 0 && error.column >= 0);
    }
    otr_test_file_done(&file);
    return 0;
}
