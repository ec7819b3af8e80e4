#include "daemon/control/desk.h"

#include "daemon/control/operate.h"
#include "daemon/control/put.h"
#include "driver/act_desk.h"
#include "rules/load/pack.h"

#include <string.h>

enum { CASES_MAX = 1000 }; /* in one answer: the rest is only counted */

typedef struct listing {
    json_t *cases;
    size_t left_out;
} listing;

static json_t *promises_of(const otr_case_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->promise_count; i++) {
        json_t *one = json_object();
        otr_put_text(one, "what", view->promises[i].what);
        otr_put_time(one, "by", view->promises[i].by);
        json_object_set_new(one, "missed", json_boolean(view->promises[i].missed));
        json_array_append_new(list, one);
    }
    return list;
}

static void list_case(void *context, const otr_case_view *view)
{
    listing *list = context;
    if (json_array_size(list->cases) == CASES_MAX) {
        list->left_out++;
        return;
    }
    json_t *one = json_object();
    otr_put_id(one, "case", view->id);
    otr_put_id(one, "ticket", view->ticket);
    json_object_set_new(one, "state", json_string(view->state == OTR_CASE_OPEN ? "open" : "verifying"));
    json_object_set_new(one, "stage", json_string(otr_desk_stage_text(view->stage)));
    json_object_set_new(one, "priority", json_string(otr_priority_text(view->priority)));
    otr_put_text(one, "asset", view->asset);
    otr_put_text(one, "category", view->category);
    otr_put_text(one, "title", view->title);
    otr_put_text(one, "queue", view->queue);
    otr_put_text(one, "assignee", view->assignee);
    otr_put_text(one, "resolution", view->resolution);
    otr_put_text(one, "problem", view->problem);
    otr_put_time(one, "opened", view->opened);
    otr_put_time(one, "onset", view->onset);
    if (view->promise_count > 0) { /* what is due next */
        otr_put_text(one, "promised", view->promises[0].what);
        otr_put_time(one, "by", view->promises[0].by);
    }
    json_object_set_new(one, "missed", json_boolean(view->missed));
    json_object_set_new(one, "promises", promises_of(view));
    json_object_set_new(one, "received", json_boolean(view->received));
    json_object_set_new(one, "asked", json_boolean(view->asked));
    otr_put_count(one, "open_alarms", view->open_alarms);
    otr_put_count(one, "alarms", view->alarm_count);
    otr_put_count(one, "transfers", view->transfers);
    otr_put_count(one, "reopened", view->reopened);
    json_array_append_new(list->cases, one);
}

json_t *otr_desk_cases(otr_daemon *daemon)
{
    listing list = {json_array(), 0};
    json_t *out = json_object();
    otr_driver_cases(daemon->driver, list_case, &list);
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "cases", list.cases);
    otr_put_count(out, "left_out", list.left_out);
    return out;
}

json_t *otr_desk_asked(otr_daemon *daemon, uint64_t token, const json_t *request)
{
    otr_arena memory = {0};
    otr_error error = {.text = ""};
    otr_command command = {
        .id = otr_operate_id(daemon, request), .kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE};
    otr_status status = otr_act_parse_desk(&memory, request, &command.desk, &command.who, &error);
    if (status == OTR_OK)
        status = otr_driver_command(daemon->driver, &command, token, &error);
    otr_arena_done(&memory);
    return status == OTR_OK ? NULL : otr_operate_refusal(error.text);
}
