/* What the core tells of its cases. */
#include "core/state.h"
#include "core/ticket/problem.h"
#include "core/view/view.h"

#include <stdlib.h>

/* By time; of one time as they were given. */
static void view_promises(const otr_core *core, const otr_desk *desk, otr_case_view *view)
{
    OTR_ASSERT(desk->promise_count <= OTR_LIMIT_CASE_PROMISES);
    for (uint32_t i = 0; i < desk->promise_count; i++) {
        const otr_promise *promise = &desk->promises[i];
        size_t at = view->promise_count++;
        for (; at > 0 && view->promises[at - 1].by > promise->by; at--)
            view->promises[at] = view->promises[at - 1];
        view->promises[at].what = otr_names_get(&core->labels, promise->what);
        view->promises[at].by = promise->by;
        view->promises[at].missed = promise->state == OTR_PROMISE_MISSED;
        view->missed |= promise->state == OTR_PROMISE_MISSED;
    }
}

static otr_case_view view_of(const otr_core *core, const otr_case *one)
{
    const otr_desk *desk = &one->desk;
    otr_case_view view = {
        .id = one->id,
        .state = (otr_case_state)one->state,
        .stage = (otr_desk_stage)desk->stage,
        .priority = one->priority,
        .asset = otr_names_get(&core->labels, one->asset),
        .category = otr_names_get(&core->labels, one->category),
        .title = otr_names_get(&core->labels, one->title),
        .queue = otr_names_get(&core->labels, one->queue),
        .assignee = desk->assignee,
        .opened = one->opened,
        .onset = one->onset,
        .received = desk->received == desk->sent,
        .asked = one->asked,
        .open_alarms = one->open_alarms,
        .alarm_count = one->alarm_count,
        .transfers = desk->transfers,
        .reopened = desk->reopened,
    };
    const otr_problem *problem = otr_problem_of(core, one);
    if (problem != NULL)
        view.problem = problem->id;
    if (one->ticket)
        view.ticket = otr_ticket_of(one->id);
    if (desk->resolution > 0)
        view.resolution = otr_names_get(&core->labels, desk->resolution - 1);
    view_promises(core, desk, &view);
    return view;
}

static int by_seq(const void *a, const void *b)
{
    const otr_case *const *left = a;
    const otr_case *const *right = b;
    if ((*left)->seq != (*right)->seq)
        return (*left)->seq < (*right)->seq ? -1 : 1;
    return *left < *right ? -1 : *left > *right;
}

void otr_core_cases(const otr_core *core, void (*each)(void *context, const otr_case_view *one),
                    void *context)
{
    const otr_case **list = malloc((core->case_capacity + 1) * sizeof *list);
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->case_capacity && list != NULL; i++)
        if (core->cases[i].used && core->cases[i].state != OTR_CASE_CLOSED)
            list[count++] = &core->cases[i];
    if (count > 1)
        qsort(list, count, sizeof *list, by_seq);
    for (uint32_t i = 0; i < count; i++) {
        otr_case_view view = view_of(core, list[i]);
        each(context, &view);
    }
    free(list);
}
