#include "core/desk/desk_device.h"

#include "core/cost.h"
#include "core/desk/desk_metric.h"
#include "core/desk/desk_timer.h"
#include "core/device/arrival.h"
#include "core/device/device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* No two reports closer than this, but of a missed promise. */
#define REPORT_US OTR_MINUTE
/* What grows older by itself need not be exact. */
#define AGE_US (5 * OTR_MINUTE)

#define DESK "desk"

/* ---- the asset ---- */

static const otr_field desk_fields[] = {
    {{"class", 5}, {.type = OTR_TYPE_STRING, .text = {DESK, 4}}},
    {{"id", 2}, {.type = OTR_TYPE_STRING, .text = {DESK, 4}}},
    {{"name", 4}, {.type = OTR_TYPE_STRING, .text = {"Service desk", 12}}},
};
static const otr_str desk_device = {DESK, 4};
static const otr_str desk_class = {DESK, 4};
static const otr_str no_role = {"", 0};

const otr_asset *otr_desk_asset(void)
{
    static const otr_asset asset = {
        .id = {DESK, 4},
        .class = {DESK, 4},
        .name = {"Service desk", 12},
        .fields = desk_fields,
        .field_count = sizeof desk_fields / sizeof desk_fields[0],
        .devices = &desk_device,
        .roles = &no_role,
        .device_count = 1,
    };
    return &asset;
}

bool otr_rule_is_for_desk(const otr_pack *pack, const otr_rule *rule)
{
    return otr_rule_matches(otr_desk_asset(), pack, rule);
}

bool otr_desk_device_wanted(const otr_core *core)
{
    if (otr_assignments_asset(core->assignments, otr_str_of(DESK)) != NULL ||
        (core->assignments != NULL && otr_assignments_find(core->assignments, otr_str_of(DESK)) != NULL))
        return false;
    for (size_t i = 0; i < core->content_count; i++) {
        const otr_loaded_pack *loaded = core->contents[i].loaded;
        for (size_t k = 0; loaded != NULL && k < loaded->pack->rule_count; k++)
            if (otr_rule_watches(otr_desk_asset(), loaded->pack, &loaded->pack->rules[k]))
                return true;
    }
    return false;
}

void otr_desk_device_rebound(otr_core *core)
{
    otr_desk_device *desk = &core->desk_device;
    bool was_there = desk->device > 0;
    uint32_t device = otr_names_find(&core->device_names, desk_device);
    uint32_t asset =
        device != OTR_NAME_NONE && device < core->device_capacity ? core->devices[device].asset : OTR_NONE;
    bool is_desk = asset != OTR_NONE && otr_str_equal(core->assets[asset].asset->class, desk_class) &&
                   core->assets[asset].plan->rule_count > 0;
    desk->device = is_desk ? device + 1 : 0;
    desk->asset = asset;
    if (desk->device == 0)
        desk->due = OTR_TIME_NEVER;
    else if (!was_there)
        desk->due = core->now.core;
}

bool otr_desk_device_owns(const otr_core *core, const otr_case *one)
{
    return core->desk_device.device > 0 && one != NULL &&
           otr_str_equal(otr_names_get(&core->labels, one->asset),
                         core->assets[core->desk_device.asset].asset->id);
}

/* ---- what happens ---- */

void otr_desk_device_touch(otr_core *core)
{
    otr_desk_device *desk = &core->desk_device;
    otr_time soon = otr_time_add(core->now.core, REPORT_US);
    if (desk->device > 0 && soon < desk->due)
        desk->due = soon;
}

/* The one whose time was over last. */
static const otr_promise *missed_promise(const otr_case *one)
{
    const otr_promise *last = NULL;
    for (uint32_t i = 0; i < one->desk.promise_count; i++)
        if (one->desk.promises[i].state == OTR_PROMISE_MISSED &&
            (last == NULL || one->desk.promises[i].by >= last->by))
            last = &one->desk.promises[i];
    return last;
}

/* Into what the next report says, which is made in this turn. What has no room is counted all the same. */
static void miss(otr_core *core, const otr_case *one)
{
    otr_desk_device *desk = &core->desk_device;
    const otr_promise *promise = missed_promise(one);
    char ticket[OTR_ID_TEXT_BYTES];
    char by[OTR_TIME_TEXT_BYTES];
    if (desk->device == 0 || promise == NULL)
        return;
    otr_id_format(otr_ticket_of(one->id), ticket);
    (void)otr_time_format(promise->by, by);
    otr_str what = otr_names_get(&core->labels, promise->what);
    size_t room = sizeof desk->missed - desk->missed_size;
    int size = snprintf(desk->missed + desk->missed_size, room, "%s%.*s by %s of ticket %s",
                        desk->missed_size > 0 ? "; " : "", OTR_STR_ARG(what), by, ticket);
    if (size > 0 && (size_t)size < room)
        desk->missed_size += (uint32_t)size;
    desk->due = core->now.core;
}

static void count(otr_core *core, const otr_case *one, otr_service_mark mark)
{
    static const struct {
        otr_service_mark mark;
        otr_desk_rate rate;
    } rates[] = {
        {OTR_MARK_OPENED, OTR_RATE_OPENED},
        {OTR_MARK_RESOLVED, OTR_RATE_RESOLVED},
        {OTR_MARK_NOT_NEEDED, OTR_RATE_RESOLVED},
        {OTR_MARK_REOPENED_SYMPTOM, OTR_RATE_REOPENED},
        {OTR_MARK_REOPENED_CUSTOMER, OTR_RATE_REOPENED},
        {OTR_MARK_PROMISE_MISSED, OTR_RATE_MISSED},
        {OTR_MARK_WRONG_QUEUE, OTR_RATE_WRONG_QUEUE},
        {OTR_MARK_HAD_TO_ASK, OTR_RATE_HAD_TO_ASK},
    };
    otr_desk_rates *all = &core->desk_device.rates;
    if (mark == OTR_MARK_RESOLVED || mark == OTR_MARK_NOT_NEEDED)
        otr_desk_spans_add(&all->to_resolve, core->now.utc - one->desk.first_sent);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (rates[i].mark == mark)
            otr_desk_rates_add(all, core->now.core, rates[i].rate);
    if ((mark == OTR_MARK_REOPENED_CUSTOMER || mark == OTR_MARK_REOPENED_SYMPTOM) &&
        one->desk.first_contact > 0)
        otr_desk_rates_reopened(all, one->desk.first_contact);
    if (mark != OTR_MARK_CLOSED)
        return;
    otr_desk_rates_add(all, core->now.core, one->desk.confirmed ? OTR_RATE_CONFIRMED : OTR_RATE_DESK_CLOSED);
    otr_desk_rates_closed(all, otr_service_is_first_contact(one));
}

void otr_desk_device_marked(otr_core *core, const otr_case *one, otr_service_mark mark)
{
    if (otr_desk_device_owns(core, one))
        return;
    count(core, one, mark);
    otr_desk_device_touch(core);
    if (mark == OTR_MARK_PROMISE_MISSED)
        miss(core, one);
}

void otr_desk_device_answered(otr_core *core, const otr_case *one)
{
    if (otr_desk_device_owns(core, one))
        return;
    otr_desk_spans_add(&core->desk_device.rates.to_acknowledge, core->now.utc - one->desk.first_sent);
    otr_desk_device_touch(core);
}

void otr_desk_device_notice(otr_core *core, otr_bucket_count count)
{
    otr_desk_rate rate = count == OTR_COUNT_TOLD
                             ? OTR_RATE_TOLD
                             : (otr_desk_rate)(OTR_RATE_UNTOLD_QUIET + (count - OTR_COUNT_DROPPED_QUIET));
    if (count != OTR_COUNT_TOLD && (count < OTR_COUNT_DROPPED_QUIET || count > OTR_COUNT_DROPPED_OTHER))
        return;
    otr_desk_rates_add(&core->desk_device.rates, core->now.core, rate);
    otr_desk_device_touch(core);
}

/* ---- values ---- */

bool otr_desk_device_waits(const otr_core *core, const otr_case *one)
{
    bool open =
        one->state == OTR_CASE_OPEN || (one->state == OTR_CASE_VERIFYING && one->desk.promise_count > 0);
    return one->used && one->ticket && open && !otr_desk_is_resolved(&one->desk) &&
           !otr_desk_device_owns(core, one);
}

static void count_assignee(otr_core *core, otr_names *names, uint32_t **loads, uint32_t *capacity,
                           const otr_case *one, double *most)
{
    uint32_t number = otr_names_put(names, one->desk.assignee, NULL);
    if (number == OTR_NAME_NONE || !otr_core_grow((void **)loads, capacity, number + 1, sizeof **loads)) {
        core->failed = true;
        return;
    }
    (*loads)[number]++;
    *most = (*loads)[number] > *most ? (*loads)[number] : *most;
}

static void look_at_cases(otr_core *core, double *values)
{
    otr_names names = {0};
    uint32_t *loads = NULL;
    uint32_t capacity = 0;
    static const otr_desk_metric zeroes[] = {
        OTR_DESK_METRIC_BACKLOG,           OTR_DESK_METRIC_OLDEST_AGE,
        OTR_DESK_METRIC_UNANSWERED_AGE,    OTR_DESK_METRIC_PROMISES_DUE,
        OTR_DESK_METRIC_PROMISES_OVERDUE,  OTR_DESK_METRIC_CASES_PER_ASSIGNEE,
        OTR_DESK_METRIC_TICKETS_UNRECEIVED};
    for (size_t i = 0; i < sizeof zeroes / sizeof zeroes[0]; i++)
        values[zeroes[i]] = 0;
    for (uint32_t i = 0; i < core->case_capacity && !core->failed; i++) {
        const otr_case *one = &core->cases[i];
        if (otr_desk_is_unreceived(one) && !otr_desk_device_owns(core, one))
            values[OTR_DESK_METRIC_TICKETS_UNRECEIVED]++;
        if (!otr_desk_device_waits(core, one))
            continue;
        double age = (double)((core->now.utc - one->desk.first_sent) / OTR_SECOND);
        values[OTR_DESK_METRIC_BACKLOG]++;
        values[OTR_DESK_METRIC_OLDEST_AGE] = fmax(values[OTR_DESK_METRIC_OLDEST_AGE], age);
        if (one->desk.acts == 0)
            values[OTR_DESK_METRIC_UNANSWERED_AGE] = fmax(values[OTR_DESK_METRIC_UNANSWERED_AGE], age);
        if (one->desk.assignee.size > 0)
            count_assignee(core, &names, &loads, &capacity, one, &values[OTR_DESK_METRIC_CASES_PER_ASSIGNEE]);
        for (uint32_t p = 0; p < one->desk.promise_count; p++)
            values[one->desk.promises[p].state == OTR_PROMISE_MISSED ? OTR_DESK_METRIC_PROMISES_OVERDUE
                                                                     : OTR_DESK_METRIC_PROMISES_DUE]++;
    }
    free(loads);
    otr_names_done(&names);
}

static double sum(const otr_core *core, otr_desk_rate rate)
{
    return (double)otr_desk_rates_sum(&core->desk_device.rates, rate);
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static void look_at_rates(const otr_core *core, double *values)
{
    const otr_desk_rates *rates = &core->desk_device.rates;
    values[OTR_DESK_METRIC_TICKETS_OPENED] = sum(core, OTR_RATE_OPENED);
    values[OTR_DESK_METRIC_TICKETS_RESOLVED] = sum(core, OTR_RATE_RESOLVED);
    values[OTR_DESK_METRIC_TICKETS_REOPENED] = sum(core, OTR_RATE_REOPENED);
    values[OTR_DESK_METRIC_PROMISES_MISSED] = sum(core, OTR_RATE_MISSED);
    values[OTR_DESK_METRIC_DESK_CLOSED] = sum(core, OTR_RATE_DESK_CLOSED);
    values[OTR_DESK_METRIC_CUSTOMER_CONFIRMED] = sum(core, OTR_RATE_CONFIRMED);
    values[OTR_DESK_METRIC_HAD_TO_ASK] = sum(core, OTR_RATE_HAD_TO_ASK);
    values[OTR_DESK_METRIC_MISROUTED] = share(sum(core, OTR_RATE_WRONG_QUEUE), sum(core, OTR_RATE_OPENED));
    values[OTR_DESK_METRIC_FIRST_CONTACT] = otr_desk_rates_first_contact(rates);
    values[OTR_DESK_METRIC_TO_ACKNOWLEDGE] = otr_desk_spans_mean(&rates->to_acknowledge);
    values[OTR_DESK_METRIC_TO_ACKNOWLEDGE_P90] = otr_desk_spans_p90(&rates->to_acknowledge);
    values[OTR_DESK_METRIC_TO_RESOLVE] = otr_desk_spans_mean(&rates->to_resolve);
    values[OTR_DESK_METRIC_TO_RESOLVE_P90] = otr_desk_spans_p90(&rates->to_resolve);
}

static void look_at_scores(const otr_core *core, double *values)
{
    static const otr_desk_metric first[OTR_SCORE_COUNT] = {
        [OTR_SCORE_SATISFACTION] = OTR_DESK_METRIC_SATISFACTION,
        [OTR_SCORE_EFFORT] = OTR_DESK_METRIC_EFFORT,
        [OTR_SCORE_NPS] = OTR_DESK_METRIC_NPS,
    };
    for (int i = 0; i < OTR_SCORE_COUNT; i++) {
        otr_estimate score = otr_desk_rates_score(&core->desk_device.rates, (otr_bucket_score)i);
        if (score.n == 0)
            continue;
        values[first[i]] = score.value;
        values[first[i] + 1] = score.low;
        values[first[i] + 2] = score.high;
        values[first[i] + 3] = (double)score.n;
    }
}

static void look_at_notices(const otr_core *core, double *values)
{
    double told = sum(core, OTR_RATE_TOLD);
    double untold = 0;
    for (int i = OTR_RATE_UNTOLD_QUIET; i <= OTR_RATE_UNTOLD_OTHER; i++)
        untold += sum(core, (otr_desk_rate)i);
    size_t customers = core->assignments != NULL ? core->assignments->customer_count : 0;
    values[OTR_DESK_METRIC_NOTICES_PER_CUSTOMER] = share(told, (double)customers);
    values[OTR_DESK_METRIC_SHARE_SUPPRESSED] = share(untold, told + untold);
    for (int i = OTR_RATE_UNTOLD_QUIET; i <= OTR_RATE_UNTOLD_OTHER; i++)
        values[OTR_DESK_METRIC_SUPPRESSED_QUIET + i - OTR_RATE_UNTOLD_QUIET] =
            share(sum(core, (otr_desk_rate)i), told + untold);
}

/* ---- reports ---- */

static void add(otr_core *core, otr_entry *entries, size_t *count, const char *metric, otr_time at,
                double value)
{
    uint32_t number = isnan(value) ? OTR_NAME_NONE : otr_core_metric(core, otr_str_of(metric));
    if (number != OTR_NAME_NONE)
        entries[(*count)++] =
            (otr_entry){.metric = number, .kind = OTR_KIND_NUMBER, .at = at, .number = value};
}

static void plan(otr_core *core, const double *values)
{
    otr_desk_device *desk = &core->desk_device;
    desk->reported = core->now.core;
    desk->due = OTR_TIME_NEVER;
    if (otr_desk_rates_any(&desk->rates))
        desk->due = otr_time_add((core->now.core / OTR_HOUR) * OTR_HOUR, OTR_HOUR);
    if (values[OTR_DESK_METRIC_BACKLOG] > 0)
        desk->due = otr_time_add(core->now.core, AGE_US);
    if (desk->missed_size > 0)
        desk->due = otr_time_add(core->now.core, REPORT_US); /* takes it back */
    desk->missed_size = 0;
}

otr_time otr_desk_device_next_due(const otr_core *core)
{
    return core->now.synced ? core->desk_device.due : OTR_TIME_NEVER;
}

void otr_desk_device_report(otr_core *core)
{
    static const char *const names[] = {
#define X(number, name, ...) #name,
        OTR_DESK_METRICS(X)
#undef X
    };
    otr_desk_device *desk = &core->desk_device;
    uint32_t number = desk->device - 1;
    otr_time newest = core->devices[number].newest;
    /* UTC may have gone back a little: that is no late reading */
    otr_time at =
        newest > core->now.utc && !otr_time_is_ahead(newest, core->now.utc) ? newest : core->now.utc;
    double values[OTR_DESK_METRIC_COUNT];
    otr_entry entries[OTR_DESK_METRIC_COUNT + 1];
    size_t count = 0;
    for (int i = 0; i < OTR_DESK_METRIC_COUNT; i++)
        values[i] = NAN;
    otr_desk_rates_advance(&desk->rates, core->now.core);
    look_at_cases(core, values);
    look_at_rates(core, values);
    look_at_scores(core, values);
    look_at_notices(core, values);
    for (int i = 0; i < OTR_DESK_METRIC_COUNT; i++)
        add(core, entries, &count, names[i], at, values[i]);
    uint32_t missed = otr_names_find(&core->metric_names, otr_str_of(OTR_DESK_METRIC_MISSED));
    if (missed != OTR_NAME_NONE)
        entries[count++] = (otr_entry){
            .metric = missed, .kind = OTR_KIND_TEXT, .at = at, .text = {desk->missed, desk->missed_size}};
    plan(core, values);
    if (core->failed || count == 0)
        return;
    otr_arrival_take(core, number, entries, count);
    core->stats.readings -= count; /* nobody sent them */
}

/* ---- snapshot ---- */

void otr_desk_device_write(const otr_core *core, otr_buffer *out)
{
    const otr_desk_device *desk = &core->desk_device;
    otr_buffer_add_signed(out, desk->due);
    otr_buffer_add_signed(out, desk->reported);
    otr_buffer_add_str(out, (otr_str){desk->missed, desk->missed_size});
    otr_desk_rates_write(&desk->rates, out);
}

void otr_desk_device_read(otr_core *core, otr_reader *reader)
{
    otr_desk_device *desk = &core->desk_device;
    otr_time due = otr_reader_signed(reader);
    desk->reported = otr_reader_signed(reader);
    otr_str missed = otr_reader_str(reader);
    if (reader->failed || missed.size > sizeof desk->missed) {
        reader->failed = true;
        return;
    }
    desk->due = desk->device > 0 ? due : OTR_TIME_NEVER;
    memcpy(desk->missed, missed.data, missed.size);
    desk->missed_size = (uint32_t)missed.size;
    otr_desk_rates_read(&desk->rates, reader);
}
