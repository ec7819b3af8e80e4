#include "recount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* Keys of an event; NULL or empty: it has none. */
typedef struct about {
    const char *rule;
    const char *product;
    const char *lot;
    const char *cause;
    const char *queue;
} about;

static recount_cell *cell(recount *r, int32_t day, otr_bucket_dimension dimension, const char *key)
{
    recount_cell *found = (recount_cell *)recount_find(r, day, dimension, key);
    if (found != NULL)
        return found;
    assert_true(r->count < RECOUNT_CELLS);
    found = &r->cells[r->count++];
    *found = (recount_cell){.day = day, .dimension = dimension};
    (void)snprintf(found->key, sizeof found->key, "%s", key);
    return found;
}

const recount_cell *recount_find(const recount *r, int32_t day, otr_bucket_dimension dimension,
                                 const char *key)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->cells[i].day == day && r->cells[i].dimension == dimension && strcmp(r->cells[i].key, key) == 0)
            return &r->cells[i];
    return NULL;
}

static void add(recount *r, otr_time utc, const about *of, otr_bucket_count what)
{
    int32_t day = (int32_t)(utc / OTR_DAY);
    const struct {
        otr_bucket_dimension dimension;
        const char *key;
    } keys[] = {{OTR_BY_RULE, of->rule},
                {OTR_BY_PRODUCT, of->product},
                {OTR_BY_LOT, of->lot},
                {OTR_BY_CAUSE, of->cause},
                {OTR_BY_QUEUE, of->queue}};
    cell(r, day, OTR_BY_TOTAL, "")->counts[what]++;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].key != NULL && keys[i].key[0] != '\0')
            cell(r, day, keys[i].dimension, keys[i].key)->counts[what]++;
}

/* ---- what a thing is about ---- */

static about about_rule(const char *asset, const char *rule)
{
    static char key[80];
    about of = {.rule = key};
    (void)snprintf(key, sizeof key, "p/%s", rule);
    for (int i = 0; i < HISTORY_ASSETS; i++)
        if (strcmp(history_assets[i].id, asset) == 0) {
            of.product = history_assets[i].product;
            of.lot = history_assets[i].lot;
        }
    for (int i = 0; i < HISTORY_RULES; i++)
        if (strcmp(history_rules[i].name, rule) == 0) {
            of.cause = history_rules[i].category;
            of.queue = history_rules[i].queue;
        }
    if (strcmp(rule, "Backlog") == 0) {
        of.product = "desk";
        of.cause = "p";
        of.queue = "managers";
    }
    return of;
}

/* A case is about the alarm that began it. */
static about about_case(const world *w, otr_id case_id)
{
    for (size_t i = 0; i < w->event_count; i++) {
        const world_event *one = &w->events[i];
        if (one->kind == OTR_SERVICE_ALARM && otr_id_equal(one->case_id, case_id)) {
            about of = about_rule(one->asset, one->rule);
            of.queue = NULL;
            return of;
        }
    }
    return (about){.rule = NULL};
}

static bool is_own(const world_event *one)
{
    return strcmp(one->asset, "desk") == 0;
}

static bool is_first_of_case(const world *w, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (w->events[i].kind == OTR_SERVICE_ALARM &&
            otr_id_equal(w->events[i].case_id, w->events[index].case_id))
            return false;
    return true;
}

/* ---- what was put out ---- */

static void recount_alarm(recount *r, const world *w, size_t index)
{
    const world_event *one = &w->events[index];
    about of = about_rule(one->asset, one->rule);
    bool past = strcmp(one->what, "historical") == 0;
    if (past || strcmp(one->what, "raised") == 0)
        add(r, one->decided, &of, OTR_COUNT_ALARMS);
    if (past)
        add(r, one->decided, &of, OTR_COUNT_HISTORICAL);
    if (strcmp(one->what, "retracted") == 0)
        add(r, one->decided, &of, OTR_COUNT_RETRACTED);
    if (!otr_id_is_zero(one->case_id) && is_first_of_case(w, index) && !is_own(one))
        add(r, one->decided, &of, OTR_COUNT_CASES);
}

static void recount_ticket(recount *r, const world *w, const world_event *one)
{
    static const struct {
        const char *what;
        otr_bucket_count count;
    } marks[] = {{"opened", OTR_COUNT_OPENED},
                 {"closed", OTR_COUNT_CLOSED},
                 {"transferred", OTR_COUNT_TRANSFERRED},
                 {"escalated", OTR_COUNT_PROMISE_MISSED}};
    about of = about_case(w, one->case_id);
    of.queue = one->queue;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && !is_own(one); i++)
        if (strcmp(one->what, marks[i].what) == 0)
            add(r, one->decided, &of, marks[i].count);
}

static otr_bucket_count count_of(const world_notice *row)
{
    static const struct {
        const char *reason;
        otr_bucket_count held;
        otr_bucket_count dropped;
    } reasons[] = {{"quiet", OTR_COUNT_HELD_QUIET, OTR_COUNT_DROPPED_QUIET},
                   {"budget-day", OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
                   {"budget-week", OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
                   {"budget-category", OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
                   {"cooldown", OTR_COUNT_HELD_BUDGET, OTR_COUNT_DROPPED_BUDGET},
                   {"grouped", OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
                   {"flood", OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
                   {"digest", OTR_COUNT_HELD_GROUPED, OTR_COUNT_DROPPED_GROUPED},
                   {"once", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_REPEATED},
                   {"duplicate", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_REPEATED},
                   {"stale", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
                   {"expired", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
                   {"retracted", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
                   {"withdrawn", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STALE},
                   {"opted-out", OTR_COUNT_HELD_OTHER, OTR_COUNT_DROPPED_STOPPED}};
    if (row->state == OTR_NOTICE_TOLD)
        return OTR_COUNT_TOLD;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(row->reason, reasons[i].reason) == 0)
            return row->state == OTR_NOTICE_HELD ? reasons[i].held : reasons[i].dropped;
    return row->state == OTR_NOTICE_HELD ? OTR_COUNT_HELD_OTHER : OTR_COUNT_DROPPED_OTHER;
}

/* Messages of no thread, as digests and answers, are about no rule. */
static bool is_of_thread(const world_notice *row)
{
    static const char *const whats[] = {"raised",   "updated",   "cleared",  "past",   "retracted",
                                        "repeated", "escalated", "kept",     "remedy", "promised",
                                        "moved",    "resolved",  "reopened", "owed",   "missed"};
    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++)
        if (strcmp(row->what, whats[i]) == 0)
            return true;
    return false;
}

static void recount_notice(recount *r, const world_notice *row)
{
    about of = {.rule = NULL};
    if (row->state == OTR_NOTICE_SUPERSEDED)
        return;
    if (strcmp(row->what, "asked") == 0 && row->state != OTR_NOTICE_TOLD)
        return; /* a question that is not put is nothing that somebody is not told */
    if (is_of_thread(row))
        of = about_rule(row->asset, row->rule);
    of.queue = NULL;
    add(r, row->decided, &of, count_of(row));
}

/* ---- what was done ---- */

/* The alarm that leads the notification: that of its first row. */
static about about_notification(const world *w, otr_id id)
{
    for (size_t i = 0; i < w->notice_count; i++)
        if (otr_id_equal(w->notices[i].id, id) && w->notices[i].state != OTR_NOTICE_GATHERED) {
            about of = about_rule(w->notices[i].asset, w->notices[i].rule);
            of.queue = NULL;
            return of;
        }
    return (about){.rule = NULL};
}

/* Where the ticket was, as far as anybody was told. */
static const char *queue_of(const world *w, const history_deed *deed)
{
    const char *queue = NULL;
    for (size_t i = 0; i < deed->before; i++)
        if (w->events[i].kind == OTR_SERVICE_TICKET && otr_id_equal(w->events[i].case_id, deed->case_id))
            queue = w->events[i].queue;
    return queue;
}

static bool ends(const history_deed *deed)
{
    return deed->act == OTR_DESK_RESOLVED || deed->act == OTR_DESK_NOT_NEEDED;
}

static bool is_of_promise(const history_deed *deed)
{
    return ends(deed) || deed->act == OTR_DESK_PROMISED || deed->act == OTR_DESK_KEPT;
}

static bool asked(const history_deed *deed)
{
    return deed->act == OTR_DESK_HAD_TO_ASK;
}

/* The last before it of the same case; NULL. */
static const history_deed *last_before(const history *h, const history_deed *deed,
                                       bool (*is)(const history_deed *))
{
    for (const history_deed *one = deed; one-- > h->deeds;)
        if (one->desk && otr_id_equal(one->case_id, deed->case_id) && is(one))
            return one;
    return NULL;
}

static bool was_said(const world *w, const history_deed *since, const history_deed *until, const char *what)
{
    for (size_t i = since->before; i < until->before; i++)
        if (w->events[i].kind == OTR_SERVICE_TICKET && strcmp(w->events[i].what, what) == 0 &&
            otr_id_equal(w->events[i].case_id, until->case_id))
            return true;
    return false;
}

/* A second resolution corrects the first; a promise that is open and in time ends with either. */
static void recount_end(recount *r, const history *h, const history_deed *deed, const about *of)
{
    const history_deed *before = last_before(h, deed, ends);
    if (before == NULL || was_said(h->world, before, deed, "reopened"))
        add(r, deed->utc, of, deed->act == OTR_DESK_RESOLVED ? OTR_COUNT_RESOLVED : OTR_COUNT_NOT_NEEDED);
    const history_deed *promise = last_before(h, deed, is_of_promise);
    if (promise != NULL && promise->act == OTR_DESK_PROMISED &&
        !was_said(h->world, promise, deed, "escalated"))
        add(r, deed->utc, of, OTR_COUNT_PROMISE_DROPPED);
}

/* Each field once a case. */
static void recount_asked(recount *r, const history *h, const history_deed *deed, const about *of)
{
    static const char *const fields[] = {"serial", "lot"};
    if (last_before(h, deed, asked) == NULL)
        add(r, deed->utc, of, OTR_COUNT_INCOMPLETE);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        bool fresh = strstr(deed->fields.data, fields[i]) != NULL;
        for (const history_deed *one = last_before(h, deed, asked); one != NULL;
             one = last_before(h, one, asked))
            fresh &= strstr(one->fields.data, fields[i]) == NULL;
        if (fresh)
            add(r, deed->utc, of, OTR_COUNT_HAD_TO_ASK);
    }
}

static void recount_deed(recount *r, const history *h, const history_deed *deed)
{
    const world *w = h->world;
    static const struct {
        otr_customer_action action;
        otr_bucket_count count;
    } signs[] = {{OTR_CUSTOMER_USEFUL, OTR_COUNT_USEFUL},     {OTR_CUSTOMER_WRONG, OTR_COUNT_WRONG},
                 {OTR_CUSTOMER_KNOWN, OTR_COUNT_KNOWN},       {OTR_CUSTOMER_LATE, OTR_COUNT_LATE},
                 {OTR_CUSTOMER_HELP, OTR_COUNT_ACTED},        {OTR_CUSTOMER_NOT_SOLVED, OTR_COUNT_ACTED},
                 {OTR_CUSTOMER_STATUS, OTR_COUNT_ASKED_AGAIN}};
    about of = deed->desk ? about_case(w, deed->case_id) : about_notification(w, deed->notification);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0] && !deed->desk; i++)
        if (signs[i].action == deed->action)
            add(r, deed->utc, &of, signs[i].count);
    if (!deed->desk)
        return;
    of.queue = queue_of(w, deed);
    if (ends(deed))
        recount_end(r, h, deed, &of);
    else if (asked(deed))
        recount_asked(r, h, deed, &of);
    else if (deed->act == OTR_DESK_PROMISED)
        add(r, deed->utc, &of, OTR_COUNT_PROMISED);
}

void recount_history(recount *r, const history *h)
{
    const world *w = h->world;
    r->count = 0;
    for (size_t i = 0; i < w->event_count; i++) {
        if (w->events[i].kind == OTR_SERVICE_ALARM)
            recount_alarm(r, w, i);
        else if (w->events[i].kind == OTR_SERVICE_TICKET)
            recount_ticket(r, w, &w->events[i]);
    }
    for (size_t i = 0; i < w->notice_count; i++)
        recount_notice(r, &w->notices[i]);
    for (size_t i = 0; i < h->deed_count; i++)
        recount_deed(r, h, &h->deeds[i]);
}

bool recount_has(otr_bucket_count count, otr_bucket_dimension dimension)
{
    static const otr_bucket_count all[] = {OTR_COUNT_ALARMS,
                                           OTR_COUNT_RETRACTED,
                                           OTR_COUNT_HISTORICAL,
                                           OTR_COUNT_CASES,
                                           OTR_COUNT_TOLD,
                                           OTR_COUNT_HELD_QUIET,
                                           OTR_COUNT_HELD_BUDGET,
                                           OTR_COUNT_HELD_GROUPED,
                                           OTR_COUNT_HELD_OTHER,
                                           OTR_COUNT_DROPPED_QUIET,
                                           OTR_COUNT_DROPPED_BUDGET,
                                           OTR_COUNT_DROPPED_GROUPED,
                                           OTR_COUNT_DROPPED_REPEATED,
                                           OTR_COUNT_DROPPED_STALE,
                                           OTR_COUNT_DROPPED_STOPPED,
                                           OTR_COUNT_DROPPED_OTHER,
                                           OTR_COUNT_USEFUL,
                                           OTR_COUNT_KNOWN,
                                           OTR_COUNT_WRONG,
                                           OTR_COUNT_LATE,
                                           OTR_COUNT_ACTED,
                                           OTR_COUNT_ASKED_AGAIN,
                                           OTR_COUNT_OPENED,
                                           OTR_COUNT_CLOSED,
                                           OTR_COUNT_TRANSFERRED,
                                           OTR_COUNT_PROMISE_MISSED,
                                           OTR_COUNT_PROMISED,
                                           OTR_COUNT_RESOLVED,
                                           OTR_COUNT_NOT_NEEDED,
                                           OTR_COUNT_HAD_TO_ASK,
                                           OTR_COUNT_INCOMPLETE,
                                           OTR_COUNT_PROMISE_DROPPED};
    static const otr_bucket_dimension dimensions[] = {OTR_BY_TOTAL, OTR_BY_RULE,  OTR_BY_PRODUCT,
                                                      OTR_BY_LOT,   OTR_BY_CAUSE, OTR_BY_QUEUE};
    bool known = false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        known |= all[i] == count;
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++)
        if (dimensions[i] == dimension)
            return known;
    return false;
}
