/*
 * The entries of `given`: what devices report and when it arrives, restarts, and contents that are replaced.
 * Series are written out here, so that what runs the test sees steps by time only.
 */
#include "base/limits.h"
#include "tools/outrider/test/test_build.h"

#include <stdlib.h>

/* When the readings of an entry were taken. */
typedef struct instants {
    otr_time first;
    otr_time every; /* 0: only one */
    size_t count;   /* 0: as many as the series have */
} instants;

static otr_test_step *add_step(otr_test_reader *reader, otr_test_case *test, size_t *capacity)
{
    if (test->step_count == *capacity) {
        size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
        otr_test_step *steps = otr_arena_array(&reader->file->memory, wanted, sizeof *steps);
        if (steps == NULL)
            return NULL;
        if (test->step_count > 0)
            memcpy(steps, test->steps, test->step_count * sizeof *steps);
        test->steps = steps;
        *capacity = wanted;
    }
    otr_test_step *step = &test->steps[test->step_count];
    *step = (otr_test_step){.order = test->step_count++};
    return step;
}

static otr_status read_instants(otr_test_reader *reader, const otr_yaml *map, instants *out)
{
    const otr_yaml *at = otr_yaml_get(map, "at");
    const otr_yaml *from = otr_yaml_get(map, "from");
    const otr_yaml *to = otr_yaml_get(map, "to");
    const otr_yaml *every = otr_yaml_get(map, "every");
    *out = (instants){.count = 1};
    if (at != NULL && (from != NULL || to != NULL || every != NULL))
        return otr_test_fail(reader, at,
                             "at is one moment; from, to and every are many: use one or the other");
    if (at != NULL)
        return otr_test_read_time(reader, at, &out->first);
    if (from == NULL || every == NULL)
        return otr_test_fail(reader, map,
                             "when was it? at: TIME, or from: TIME and every: SPAN, and perhaps to: TIME");
    otr_status status = otr_test_read_time(reader, from, &out->first);
    if (status == OTR_OK)
        status = otr_yaml_span(every, &out->every, reader->error);
    if (status != OTR_OK)
        return status;
    if (out->every <= 0)
        return otr_test_fail(reader, every, "expected a span of more than nothing");
    out->count = 0;
    if (to == NULL)
        return OTR_OK;
    otr_time last;
    status = otr_test_read_time(reader, to, &last);
    if (status == OTR_OK && last < out->first)
        return otr_test_fail(reader, to, "this is before from");
    if (status == OTR_OK && (last - out->first) / out->every >= OTR_TEST_READINGS_MAX)
        return otr_test_fail(reader, to, "more than %d readings", OTR_TEST_READINGS_MAX);
    if (status == OTR_OK)
        out->count = (size_t)((last - out->first) / out->every) + 1;
    return status;
}

/* Every series must have a value, or _, for each instant. */
static otr_status fit(otr_test_reader *reader, const otr_yaml *reports, const otr_test_values *values,
                      size_t metrics, instants *when)
{
    bool given = when->count > 0;
    size_t longest = 0;
    for (size_t i = 0; i < metrics; i++)
        if (!values[i].constant && values[i].count > longest)
            longest = values[i].count;
    if (!given && longest == 0)
        return otr_test_fail(reader, reports, "until when? give to: TIME, or a series of values");
    if (!given)
        when->count = longest;
    size_t at = 0;
    for (const otr_yaml *entry = reports->first; entry != NULL; entry = entry->next, at++)
        if (!values[at].constant && values[at].count != when->count)
            return otr_test_fail(
                reader, entry, "%zu values, but %s %zu; write _ where there is none", values[at].count,
                given ? "the times from, to and every make" : "another metric has", when->count);
    return OTR_OK;
}

/* The readings of one entry, instant by instant. */
static otr_status read_reports(otr_test_reader *reader, const otr_yaml *map, otr_reading **out, size_t *count)
{
    instants when;
    const otr_yaml *reports = NULL;
    otr_status status = read_instants(reader, map, &when);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "reports", &reports, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_kind_is(reports, OTR_YAML_MAP, reader->error);
    if (status != OTR_OK)
        return status;
    size_t metrics = otr_yaml_count(reports);
    if (metrics == 0 || metrics > OTR_LIMIT_METRICS_PER_DEVICE)
        return otr_test_fail(reader, reports, "expected 1 to %d metrics", OTR_LIMIT_METRICS_PER_DEVICE);
    otr_test_values *values = otr_arena_array(&reader->file->memory, metrics, sizeof *values);
    if (values == NULL)
        return otr_test_no_memory(reader);
    size_t at = 0;
    for (const otr_yaml *entry = reports->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = otr_test_read_values(reader, entry, when.every > 0, &values[at++]);
    if (status == OTR_OK)
        status = fit(reader, reports, values, metrics, &when);
    if (status != OTR_OK)
        return status;
    if (when.count > (OTR_TEST_READINGS_MAX - reader->readings) / metrics)
        return otr_test_fail(reader, map, "more than %d readings in this file", OTR_TEST_READINGS_MAX);
    reader->readings += when.count * metrics;
    otr_reading *list = otr_arena_array(&reader->file->memory, when.count * metrics, sizeof *list);
    if (list == NULL)
        return otr_test_no_memory(reader);
    *count = 0;
    for (size_t i = 0; i < when.count; i++)
        for (size_t m = 0; m < metrics; m++) {
            const otr_reading *value = &values[m].list[values[m].constant ? 0 : i];
            if (value->kind == OTR_KIND_ANY)
                continue;
            list[*count] = *value;
            list[*count].metric = values[m].metric;
            list[*count].stamp = OTR_STAMP_ABSOLUTE;
            list[*count].at_us = otr_time_add(when.first, when.every * (otr_time)i);
            (*count)++;
        }
    *out = list;
    return OTR_OK;
}

/* One step for each instant: it arrives as it is taken. */
static otr_status add_live(otr_test_reader *reader, otr_test_case *test, size_t *capacity,
                           otr_test_word device, otr_reading *readings, size_t count)
{
    for (size_t i = 0; i < count;) {
        otr_test_step *step = add_step(reader, test, capacity);
        if (step == NULL)
            return otr_test_no_memory(reader);
        step->at = readings[i].at_us;
        step->word = device;
        step->readings = readings + i;
        while (i < count && readings[i].at_us == step->at)
            i++;
        step->count = (size_t)(readings + i - step->readings);
    }
    return OTR_OK;
}

/* `readings`: what was taken at several times, in the order in which it is sent. */
static otr_status read_parts(otr_test_reader *reader, const otr_yaml *list, otr_test_step *step)
{
    static const char *const known[] = {"at", "from", "to", "every", "reports", NULL};
    otr_status status = otr_yaml_kind_is(list, OTR_YAML_LIST, reader->error);
    if (status == OTR_OK && list->first == NULL)
        return otr_test_fail(reader, list, "expected at least one entry");
    for (const otr_yaml *entry = list->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_reading *part = NULL;
        size_t count = 0;
        status = otr_yaml_kind_is(entry, OTR_YAML_MAP, reader->error);
        if (status == OTR_OK)
            status = otr_yaml_only(entry, known, reader->error);
        if (status == OTR_OK)
            status = read_reports(reader, entry, &part, &count);
        if (status != OTR_OK || count == 0)
            continue;
        otr_reading *all = otr_arena_array(&reader->file->memory, step->count + count, sizeof *all);
        if (all == NULL)
            return otr_test_no_memory(reader);
        if (step->count > 0)
            memcpy(all, step->readings, step->count * sizeof *all);
        memcpy(all + step->count, part, count * sizeof *all);
        step->readings = all;
        step->count += count;
        if (step->count > OTR_LIMIT_UPLOAD_READINGS)
            return otr_test_fail(reader, list, "more than %d readings in one upload",
                                 OTR_LIMIT_UPLOAD_READINGS);
    }
    return status;
}

static otr_status read_upload(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                              size_t *capacity)
{
    static const char *const known[] = {"device",  "at",       "from",     "to", "every",
                                        "reports", "received", "readings", NULL};
    static const char *const gathered[] = {"device", "received", "readings", NULL};
    const otr_yaml *received = otr_yaml_get(map, "received");
    const otr_yaml *parts = otr_yaml_get(map, "readings");
    const otr_yaml *name = NULL;
    otr_test_word device;
    otr_status status = otr_yaml_only(map, parts != NULL ? gathered : known, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "device", &name, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, name, &device);
    if (status != OTR_OK)
        return status;
    if (!otr_device_name_ok(device.text))
        return otr_test_fail(reader, name, "a device is named with letters, digits and : . _ -");
    if (received == NULL && parts != NULL)
        return otr_test_fail(reader, map, "when was it received? received: TIME");
    otr_reading *readings = NULL;
    size_t count = 0;
    if (parts == NULL)
        status = read_reports(reader, map, &readings, &count);
    if (status != OTR_OK)
        return status;
    if (received == NULL)
        return add_live(reader, test, capacity, device, readings, count);
    if (count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_test_fail(reader, map, "more than %d readings in one upload", OTR_LIMIT_UPLOAD_READINGS);
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->word = device;
    step->readings = readings;
    step->count = count;
    status = otr_test_read_time(reader, received, &step->at);
    return status == OTR_OK && parts != NULL ? read_parts(reader, parts, step) : status;
}

static otr_status read_restart(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                               size_t *capacity)
{
    static const char *const known[] = {"restart", "off_for", NULL};
    const otr_yaml *at = otr_yaml_get(map, "restart");
    const otr_yaml *off_for = otr_yaml_get(map, "off_for");
    otr_time span = 0;
    otr_status status = otr_yaml_only(map, known, reader->error);
    otr_test_step *step = status == OTR_OK ? add_step(reader, test, capacity) : NULL;
    if (status == OTR_OK && step == NULL)
        return otr_test_no_memory(reader);
    if (status == OTR_OK)
        status = otr_test_read_time(reader, at, &step->off_from);
    if (status == OTR_OK && off_for != NULL)
        status = otr_yaml_span(off_for, &span, reader->error);
    if (status != OTR_OK)
        return status;
    step->kind = OTR_TEST_RESTART;
    step->word = (otr_test_word){.line = map->line, .column = map->column};
    step->at = otr_time_add(step->off_from, span);
    return OTR_OK;
}

static otr_status read_activation(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                                  size_t *capacity)
{
    static const char *const known[] = {"activate", "assign", "assignment", "at", NULL};
    const otr_yaml *at = NULL;
    const otr_yaml *what = NULL;
    size_t given = 0;
    otr_status status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at", &at, reader->error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < 3; i++) {
        const otr_yaml *one = otr_yaml_get(map, known[i]);
        given += one != NULL;
        what = one != NULL ? one : what;
    }
    if (given > 1)
        return otr_test_fail(reader, map, "activate, assign and assignment are entries of their own");
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->kind = OTR_TEST_ACTIVATE;
    step->assignments = !otr_str_is(what->key, "activate");
    step->by_command = otr_str_is(what->key, "assignment");
    status = otr_test_read_word(reader, what, &step->word);
    return status == OTR_OK ? otr_test_read_time(reader, at, &step->at) : status;
}

static otr_status read_command(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                               size_t *capacity)
{
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->kind = OTR_TEST_COMMAND;
    return otr_test_read_command(reader, map, step);
}

static otr_status read_act(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                           size_t *capacity)
{
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->kind = OTR_TEST_ACT;
    return otr_test_read_act(reader, map, step);
}

static otr_status read_desk(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                            size_t *capacity)
{
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->kind = OTR_TEST_DESK;
    return otr_test_read_desk(reader, map, step);
}

static otr_status read_assigned(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                                size_t *capacity)
{
    otr_test_step *step = add_step(reader, test, capacity);
    if (step == NULL)
        return otr_test_no_memory(reader);
    step->kind = OTR_TEST_ASSIGNED;
    return otr_test_read_assigned(reader, map, step);
}

static otr_status read_uplink(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test,
                              size_t *capacity)
{
    static const char *const known[] = {"uplink", "at", NULL};
    const otr_yaml *word = otr_yaml_get(map, "uplink");
    const otr_yaml *at = NULL;
    otr_status status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at", &at, reader->error);
    otr_test_step *step = status == OTR_OK ? add_step(reader, test, capacity) : NULL;
    if (status == OTR_OK && step == NULL)
        return otr_test_no_memory(reader);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, word, &step->word);
    if (status != OTR_OK)
        return status;
    step->kind = OTR_TEST_UPLINK;
    step->down = otr_str_is(step->word.text, "down");
    if (!step->down && !otr_str_is(step->word.text, "up"))
        return otr_test_fail(reader, word, "expected down or up");
    return otr_test_read_time(reader, at, &step->at);
}

static int by_time(const void *a, const void *b)
{
    const otr_test_step *left = a;
    const otr_test_step *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

/* Nothing reaches an agent that is off, and it starts once at a time. */
static otr_status check_order(otr_test_reader *reader, const otr_test_case *test)
{
    for (size_t i = 0; i < test->step_count; i++) {
        const otr_test_step *step = &test->steps[i];
        if (step->at < reader->file->start)
            return otr_fail_at(reader->error, OTR_INVALID, step->word.line, step->word.column,
                               "this is before the start");
        if (step->kind == OTR_TEST_RESTART && i > 0 && test->steps[i - 1].at > step->off_from)
            return otr_fail_at(reader->error, OTR_INVALID, test->steps[i - 1].word.line,
                               test->steps[i - 1].word.column, "the agent is off then (line %d)",
                               step->word.line);
    }
    return OTR_OK;
}

otr_status otr_test_read_steps(otr_test_reader *reader, const otr_yaml *list, otr_test_case *test)
{
    size_t capacity = 0;
    otr_status status = otr_yaml_kind_is(list, OTR_YAML_LIST, reader->error);
    for (const otr_yaml *entry = list->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        status = otr_yaml_kind_is(entry, OTR_YAML_MAP, reader->error);
        if (status != OTR_OK)
            break;
        if (otr_yaml_get(entry, "restart") != NULL)
            status = read_restart(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "command") != NULL)
            status = read_command(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "uplink") != NULL)
            status = read_uplink(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "act") != NULL)
            status = read_act(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "desk") != NULL)
            status = read_desk(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "unassign") != NULL || otr_yaml_get(entry, "replace") != NULL)
            status = read_assigned(reader, entry, test, &capacity);
        else if (otr_yaml_get(entry, "activate") != NULL || otr_yaml_get(entry, "assign") != NULL ||
                 otr_yaml_get(entry, "assignment") != NULL)
            status = read_activation(reader, entry, test, &capacity);
        else
            status = read_upload(reader, entry, test, &capacity);
    }
    if (status != OTR_OK)
        return status;
    if (test->step_count > 1)
        qsort(test->steps, test->step_count, sizeof *test->steps, by_time);
    return check_order(reader, test);
}
