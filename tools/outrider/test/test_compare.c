/*
 * Each expectation takes one of what came, and no two the same: a matching by augmenting paths, so that an
 * expectation that says little never takes what one that says more needs. O(expected * came * expected), both
 * few.
 */
#include "tools/outrider/test/test_run.h"

#include <stdlib.h>

enum { NOBODY = SIZE_MAX };

typedef struct matching {
    otr_test_sort sort;
    const otr_test_records *expected;
    otr_test_record *came; /* those that the test is about */
    size_t came_count;
    size_t *taken_by; /* by came: the expectation, or NOBODY */
    bool *tried;      /* by came, in the search at hand */
    bool *shown;      /* by came: as the nearest of an expectation */
} matching;

static bool is_question(otr_test_sort sort, const otr_test_record *record)
{
    return sort == OTR_TEST_NOTICE && otr_str_is(record->fields[OTR_NOTICE_ON], "asked");
}

/* Questions once a case is closed are no matter of most tests: they count in those that expect one. */
static bool counts_questions(const otr_test_case *test)
{
    const otr_test_records *expected = &test->expect[OTR_TEST_NOTICE];
    for (size_t i = 0; i < expected->count; i++)
        if (is_question(OTR_TEST_NOTICE, &expected->list[i]))
            return true;
    return false;
}

static bool about(const otr_test_case *test, otr_test_sort sort, const otr_test_record *record)
{
    if (is_question(sort, record) && !counts_questions(test))
        return false;
    for (size_t i = 0; i < test->rule_count; i++)
        if (otr_str_equal(test->rules[i].text, record->fields[0]))
            return true;
    return test->rule_count == 0;
}

/* Whether the expectation finds one, if need be by sending another to look further. Recursion is as deep as
 * there are expectations at most. */
static bool find(matching *m, size_t expectation)
{
    for (size_t i = 0; i < m->came_count; i++) {
        if (m->tried[i] || otr_test_misfits(m->sort, &m->expected->list[expectation], &m->came[i]) > 0)
            continue;
        m->tried[i] = true;
        if (m->taken_by[i] == NOBODY || find(m, m->taken_by[i])) {
            m->taken_by[i] = expectation;
            return true;
        }
    }
    return false;
}

static bool is_taken(const matching *m, size_t expectation)
{
    for (size_t i = 0; i < m->came_count; i++)
        if (m->taken_by[i] == expectation)
            return true;
    return false;
}

/* ---- the report ---- */

static bool is_told(const otr_test_record *expected, size_t field)
{
    return expected == NULL || expected->fields[field].data != NULL;
}

/* One line: the fields of it, or only those that the expectation names. */
static void add_record(otr_buffer *report, char sign, otr_test_sort sort, const otr_test_record *record,
                       const otr_test_record *named)
{
    size_t count;
    const otr_test_field *fields = otr_test_fields(sort, &count);
    otr_buffer_add_format(report, "    %c", sign);
    for (size_t i = 0; i < count; i++) {
        otr_str text = record->fields[i];
        bool no = fields[i].type == OTR_TEST_FLAG && otr_str_is(text, "no");
        if (fields[i].type == OTR_TEST_PARTS || text.size == 0 ||
            (named == NULL && no && record->line == 0) || !is_told(named, i))
            continue;
        otr_buffer_add_format(report, " %s: %.*s", fields[i].name, OTR_STR_ARG(text));
        otr_buffer_add_u8(report, ',');
    }
    for (size_t i = 0; i < record->part_count; i++)
        otr_buffer_add_format(report, " contains: \"%.*s\",", OTR_STR_ARG(record->parts[i]));
    if (!report->failed && report->data[report->size - 1] == ',')
        report->size--;
    otr_buffer_add_u8(report, '\n');
}

static void add_differences(otr_buffer *report, otr_test_sort sort, const otr_test_record *expected,
                            const otr_test_record *came)
{
    size_t count;
    const otr_test_field *fields = otr_test_fields(sort, &count);
    for (size_t i = 0; i < count; i++) {
        if (otr_test_field_fits(sort, i, expected, came))
            continue;
        if (fields[i].type == OTR_TEST_PARTS)
            otr_buffer_add_format(report, "      %s does not contain that; it is \"%.*s\"\n",
                                  fields[i - 1].name, OTR_STR_ARG(came->fields[i - 1]));
        else
            otr_buffer_add_format(report, "      %s: expected %.*s, came %.*s\n", fields[i].name,
                                  OTR_STR_ARG(expected->fields[i]), OTR_STR_ARG(came->fields[i]));
    }
}

/* The free one that misses by the fewest fields, NOBODY when there is none; of another rule none is near. */
static size_t nearest(const matching *m, const otr_test_record *expected)
{
    size_t best = NOBODY;
    size_t best_misfits = SIZE_MAX;
    for (size_t i = 0; i < m->came_count; i++) {
        if (m->taken_by[i] != NOBODY || m->shown[i] ||
            !otr_test_field_fits(m->sort, 0, expected, &m->came[i]))
            continue;
        size_t misfits = otr_test_misfits(m->sort, expected, &m->came[i]);
        if (misfits < best_misfits) {
            best = i;
            best_misfits = misfits;
        }
    }
    return best;
}

static size_t explain(const matching *m, otr_buffer *report)
{
    const char *sort = otr_test_sort_text(m->sort);
    size_t failures = 0;
    for (size_t i = 0; i < m->expected->count; i++) {
        const otr_test_record *expected = &m->expected->list[i];
        if (is_taken(m, i))
            continue;
        failures++;
        otr_buffer_add_format(report, "  line %d: expected this %s, and it did not come:\n", expected->line,
                              sort);
        add_record(report, '-', m->sort, expected, NULL);
        size_t near = nearest(m, expected);
        if (near != NOBODY) {
            m->shown[near] = true;
            const otr_test_record *came = &m->came[near];
            otr_buffer_add_format(report, "    the nearest that %s:\n", came->aside ? "was decided" : "came");
            add_record(report, '+', m->sort, came, came->aside ? NULL : expected);
            if (!came->aside)
                add_differences(report, m->sort, expected, came);
        }
    }
    for (size_t i = 0; i < m->came_count; i++) {
        if (m->taken_by[i] != NOBODY || m->shown[i] || m->came[i].aside)
            continue;
        failures++;
        otr_buffer_add_format(report, "  this %s came, and was not expected:\n", sort);
        add_record(report, '+', m->sort, &m->came[i], NULL);
    }
    return failures;
}

static size_t compare(const otr_test_case *test, otr_test_sort sort, const otr_test_records *came,
                      otr_buffer *report)
{
    size_t room = came->count + 1;
    size_t failures = 0;
    matching m = {.sort = sort, .expected = &test->expect[sort]};
    m.came = calloc(room, sizeof *m.came);
    m.taken_by = calloc(room, sizeof *m.taken_by);
    m.tried = calloc(room, sizeof *m.tried);
    m.shown = calloc(room, sizeof *m.shown);
    if (m.came == NULL || m.taken_by == NULL || m.tried == NULL || m.shown == NULL) {
        otr_buffer_add_format(report, "  out of memory\n");
        failures = 1;
    } else {
        for (size_t i = 0; i < came->count; i++)
            if (about(test, sort, &came->list[i]))
                m.came[m.came_count++] = came->list[i];
        for (size_t i = 0; i < m.came_count; i++)
            m.taken_by[i] = NOBODY;
        for (size_t i = 0; i < m.expected->count; i++) {
            memset(m.tried, 0, room * sizeof *m.tried);
            (void)find(&m, i);
        }
        failures = explain(&m, report);
    }
    free(m.came);
    free(m.taken_by);
    free(m.tried);
    free(m.shown);
    return failures;
}

size_t otr_test_compare(const otr_test_case *test, const otr_test_outcome *outcome, otr_buffer *report)
{
    size_t failures = outcome->refused_line > 0;
    if (failures > 0)
        otr_buffer_add_format(report, "  line %d: the command was refused: %s\n", outcome->refused_line,
                              outcome->refused_why);
    for (int sort = 0; sort < OTR_TEST_SORTS; sort++)
        if (test->expected[sort])
            failures += compare(test, (otr_test_sort)sort, &outcome->came[sort], report);
    return failures;
}
