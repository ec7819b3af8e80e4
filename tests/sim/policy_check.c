/* Nothing is told out of policy: not in quiet hours, not beyond a budget, nothing that somebody wants no
 * more. */
#include "people.h"

/* As contents.c says of them, whatever version of the assignments counts. */
static const struct wishes {
    const char *contact;
    unsigned per_day;
    int quiet_from; /* hours of UTC */
    int quiet_to;
    const char *opted_out;
} all_wishes[] = {
    {"ann", 6, 0, 0, ""},
    {"bob", 8, 22, 7, ""},
    {"cleo", 2, 0, 0, ""},
    {"sam", 8, 12, 13, "drop"},
};
enum { CONTACTS = sizeof all_wishes / sizeof all_wishes[0] };

static const struct wishes *wishes_of(otr_str contact)
{
    for (size_t i = 0; i < CONTACTS; i++)
        if (otr_str_is(contact, all_wishes[i].contact))
            return &all_wishes[i];
    return NULL; /* staff */
}

/* What is critical passes, and with it all that is said of the same trouble. */
static bool is_critical(const otr_disk *disk, const otr_row_notice *of)
{
    for (size_t i = 0; i < disk->notices.count; i++)
        if (otr_str_is(disk->notices.list[i].rule, "Hot") && otr_id_equal(disk->notices.list[i].id, of->id))
            return true;
    return false;
}

/* A message of its own accord that is not critical. Answers come because somebody asked. */
static bool is_bound(const otr_disk *disk, const otr_row_notice *row)
{
    return row->state == OTR_NOTICE_TOLD && !otr_str_is(row->what, "answer") &&
           !otr_str_is(row->what, "asked") && !is_critical(disk, row);
}

static bool is_quiet(const struct wishes *wishes, otr_time utc)
{
    int hour = (int)(utc % OTR_DAY / OTR_HOUR);
    if (wishes->quiet_from <= wishes->quiet_to)
        return hour >= wishes->quiet_from && hour < wishes->quiet_to;
    return hour >= wishes->quiet_from || hour < wishes->quiet_to;
}

static unsigned told_that_day(const otr_disk *disk, const otr_row_notice *of)
{
    unsigned count = 0;
    for (size_t i = 0; i < disk->notices.count; i++) {
        const otr_row_notice *row = &disk->notices.list[i];
        count += otr_str_equal(row->contact, of->contact) &&
                 row->decided / OTR_DAY == of->decided / OTR_DAY && is_bound(disk, row);
    }
    return count;
}

/* The gateway had answered before then that it stops. Of who also resumed nobody knows here which was taken
 * last: a command that was durable when the process died is answered later. */
static bool has_stopped(const sim *s, const otr_row_notice *row)
{
    const sim_people *p = s->people;
    bool stopped = false;
    for (size_t i = 0; i < p->asks.count; i++) {
        const sim_ask *ask = &p->asks.list[i];
        if (!otr_str_equal(ask->contact, row->contact))
            continue;
        if (otr_str_is(ask->action, "resume"))
            return false;
        stopped |= otr_str_is(ask->action, "stop") && ask->answered && ask->refusal == OTR_REFUSAL_ACCEPTED &&
                   ask->answered_at < row->decided;
    }
    return stopped;
}

void sim_policy_check(sim *s)
{
    const otr_disk *disk = s->store.disk;
    for (size_t i = 0; i < disk->notices.count && !sim_failed(s); i++) {
        const otr_row_notice *row = &disk->notices.list[i];
        const struct wishes *wishes = wishes_of(row->contact);
        if (wishes == NULL || !is_bound(disk, row))
            continue;
        if (is_quiet(wishes, row->decided))
            sim_fail(s, "%.*s (%.*s) is told to %s in quiet hours", OTR_STR_ARG(row->what),
                     OTR_STR_ARG(row->rule), wishes->contact);
        if (wishes->opted_out[0] != '\0' && otr_str_is(row->category, wishes->opted_out))
            sim_fail(s, "%.*s (%.*s) is told to %s, who wants nothing of that", OTR_STR_ARG(row->what),
                     OTR_STR_ARG(row->rule), wishes->contact);
        if (s->has[SIM_CLOCK])
            continue; /* a day may come twice */
        if (told_that_day(disk, row) > wishes->per_day)
            sim_fail(s, "%s is told more than %u times a day", wishes->contact, wishes->per_day);
        if (has_stopped(s, row))
            sim_fail(s, "%.*s (%.*s) is told to %s, who has stopped all", OTR_STR_ARG(row->what),
                     OTR_STR_ARG(row->rule), wishes->contact);
    }
}
