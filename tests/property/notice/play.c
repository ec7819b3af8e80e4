#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static otr_reading reading_of(const scene_step *step, int value, otr_time at)
{
    otr_reading reading = world_number(scene_metric(step->metric), step->values[value], at);
    if (strcmp(scene_metric(step->metric), "door") == 0) {
        reading.kind = OTR_KIND_BOOL;
        reading.flag = step->values[value] > 0;
    }
    return reading;
}

static void backlog(world *w, const scene_step *step)
{
    otr_reading readings[SCENE_BURST];
    for (int i = 0; i < step->count; i++)
        readings[i] = reading_of(step, i, w->utc - step->age - (step->count - 1 - i) * 15 * OTR_MINUTE);
    world_upload(w, scene_device(step->device), readings, (size_t)step->count);
}

/* Many devices at once, as after an outage. */
static void burst(world *w, const scene_step *step, bool apart)
{
    otr_reading readings[SCENE_BURST];
    otr_input inputs[SCENE_BURST];
    for (int i = 0; i < step->count; i++) {
        readings[i] = reading_of(step, step->pick % 2 == 0 ? 0 : i, w->utc - (otr_time)i);
        inputs[i] = (otr_input){.kind = OTR_INPUT_READINGS,
                                .upload = {{otr_str_of(scene_device(i)), &readings[i], 1}, 0}};
    }
    for (int i = 0; apart && i < step->count; i++)
        world_step(w, &inputs[i], 1);
    if (!apart)
        world_step(w, inputs, (size_t)step->count);
}

static void shelve(world *w, const scene *s, const scene_step *step, judge *j)
{
    otr_command command = {.kind = OTR_COMMAND_SHELVE,
                           .asset = otr_str_of(scene_asset(step->device)),
                           .rule = otr_str_of(s->rules[step->rule].name),
                           .span = (1 + step->pick % 8) * OTR_HOUR};
    otr_command_result result = world_command(w, command);
    if (j != NULL && result.refusal == OTR_REFUSAL_ACCEPTED)
        j->shelved[step->device][step->rule] = w->core_time + command.span;
}

static void acknowledge(world *w, const scene *s, const scene_step *step)
{
    otr_command command = {.kind = OTR_COMMAND_ACKNOWLEDGE,
                           .asset = otr_str_of(scene_asset(step->device)),
                           .rule = otr_str_of(s->rules[step->rule].name)};
    (void)world_command(w, command);
}

static const world_event *told(const world *w, unsigned pick)
{
    size_t count = 0;
    for (size_t i = 0; i < w->event_count; i++)
        count += w->events[i].kind == OTR_SERVICE_NOTIFICATION;
    for (size_t i = 0, at = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_NOTIFICATION && at++ == pick % count)
            return &w->events[i];
    return NULL;
}

static void answer(world *w, const scene_step *step, judge *j)
{
    static const otr_customer_action actions[] = {
        OTR_CUSTOMER_STOP, OTR_CUSTOMER_RESUME, OTR_CUSTOMER_RESUME,     OTR_CUSTOMER_KNOWN,
        OTR_CUSTOMER_HELP, OTR_CUSTOMER_STATUS, OTR_CUSTOMER_NOT_SOLVED, OTR_CUSTOMER_SOLVED};
    const world_event *event = told(w, step->pick);
    if (event == NULL)
        return;
    int person = scene_person_find(event->to);
    int category = step->count == SCENE_BURST ? -1 : step->rule % SCENE_CATEGORIES;
    otr_command command = {.kind = OTR_COMMAND_CUSTOMER,
                           .customer = {.action = actions[step->device],
                                        .notification = event->entity,
                                        .from = OTR_TIME_NONE,
                                        .to = OTR_TIME_NONE}};
    bool stops = command.customer.action == OTR_CUSTOMER_STOP;
    bool resumes = command.customer.action == OTR_CUSTOMER_RESUME;
    if ((stops || resumes) && category >= 0)
        command.customer.category = otr_str_of(scene_category(category));
    if (stops && step->pick % 3 == 0 && w->synced)
        command.customer.to = w->utc + OTR_DAY;
    otr_command_result result = world_command(w, command);
    if (j == NULL || person < 0 || result.refusal != OTR_REFUSAL_ACCEPTED)
        return;
    if (stops)
        judge_stop(j, person, category,
                   command.customer.to == OTR_TIME_NONE ? OTR_TIME_NEVER : command.customer.to);
    if (resumes)
        judge_resume(j, person, category);
}

/* What the desk does; refused or not. */
static void serve(world *w, const scene_step *step)
{
    static const otr_desk_action actions[] = {OTR_DESK_PROMISED, OTR_DESK_PROMISED, OTR_DESK_PROMISED,
                                              OTR_DESK_KEPT,     OTR_DESK_RESOLVED, OTR_DESK_NOT_NEEDED,
                                              OTR_DESK_REMEDY,   OTR_DESK_RESOLVED};
    static const char *const promises[] = {"callback", "refund"};
    static const otr_time spans[] = {OTR_HOUR, 5 * OTR_HOUR, 20 * OTR_HOUR, 40 * OTR_HOUR};
    const world_event *event = told(w, step->pick);
    otr_desk_action action = actions[step->device];
    otr_desk_act act = {.action = action, .role = OTR_ROLE_DESK, .by = OTR_TIME_NONE};
    if (event == NULL || otr_id_is_zero(event->case_id))
        return;
    act.ticket = event->case_id;
    if (action == OTR_DESK_PROMISED || action == OTR_DESK_KEPT)
        act.what = otr_str_of(promises[step->rule % 2]);
    if (action == OTR_DESK_PROMISED)
        act.by = w->utc + spans[step->count % 4];
    if (action == OTR_DESK_RESOLVED)
        act.what = step->rule % 2 == 0 ? OTR_STR("mended") : OTR_STR("other");
    if (action == OTR_DESK_REMEDY)
        act.what = OTR_STR("gift");
    otr_command command = {.kind = OTR_COMMAND_DESK, .until = OTR_TIME_NONE, .desk = act};
    (void)world_command(w, command);
}

/* Nothing of the person is in what is written from now on. */
static const char *forget(world *w, const scene *s, judge *j)
{
    world_activate(w, "assignments", s->assignments[SCENE_FORGOTTEN]);
    otr_command command = {.kind = OTR_COMMAND_FORGET, .asset = otr_str_of(scene_person(0))};
    otr_refusal refusal = world_command(w, command).refusal;
    world_snapshot(w);
    if (j == NULL)
        return NULL;
    if (refusal != OTR_REFUSAL_ACCEPTED)
        return judge_say(j, "somebody is not forgotten");
    if (memmem(w->snapshot.data, w->snapshot.size, scene_person(0), strlen(scene_person(0))) != NULL)
        return judge_say(j, "a snapshot names who was forgotten");
    return NULL;
}

static const char *check_forgotten(judge *j, const world *w)
{
    for (size_t i = j->events; i < w->event_count; i++)
        if (strcmp(w->events[i].to, scene_person(0)) == 0)
            return judge_say(j, "who was forgotten is told");
    for (size_t i = j->notices; i < w->notice_count; i++)
        if (strcmp(w->notices[i].contact, scene_person(0)) == 0)
            return judge_say(j, "a decision is about who was forgotten");
    return NULL;
}

static const char *take(world *w, const scene *s, const scene_step *step, play_manner manner, judge *j)
{
    otr_reading reading = reading_of(step, 0, w->utc - step->age);
    switch (step->kind) {
    case SCENE_REPORT:
        world_upload(w, scene_device(step->device), &reading, 1);
        break;
    case SCENE_BACKLOG:
        backlog(w, step);
        break;
    case SCENE_BURST_OF:
        burst(w, step, manner == PLAY_APART);
        break;
    case SCENE_SHELVE:
        shelve(w, s, step, j);
        break;
    case SCENE_ACK:
        acknowledge(w, s, step);
        break;
    case SCENE_ANSWER:
        answer(w, step, j);
        break;
    case SCENE_DESK:
        serve(w, step);
        break;
    case SCENE_BOOT:
        w->synced = false;
        world_step(w, &(otr_input){.kind = OTR_INPUT_BOOT}, 1);
        break;
    case SCENE_SYNC:
        w->synced = true;
        w->utc += (otr_time)step->pick * OTR_MINUTE; /* how long it was off */
        world_step(w, NULL, 0);
        break;
    case SCENE_CLOCK:
        w->utc += step->span;
        world_step(w, NULL, 0);
        break;
    case SCENE_WISHES:
        world_activate(w, "assignments", s->assignments[step->variant]);
        break;
    case SCENE_FORGET:
        return forget(w, s, j);
    default:
        break;
    }
    return NULL;
}

/* What the judge must know beforehand. */
static bool prepare(judge *j, const world *w, const scene_step *step)
{
    bool moves = step->kind == SCENE_WISHES || step->kind == SCENE_FORGET || step->kind == SCENE_CLOCK ||
                 step->kind == SCENE_SYNC;
    if (step->kind == SCENE_LINK)
        j->up = step->up;
    if (step->kind == SCENE_WISHES)
        j->variant = step->variant;
    if (step->kind == SCENE_FORGET)
        j->variant = SCENE_FORGOTTEN;
    if (moves)
        judge_displace(j, w);
    return step->kind != SCENE_WISHES && step->kind != SCENE_FORGET;
}

static void end_shelves(judge *j, const world *w)
{
    for (int i = 0; i < SCENE_ASSETS; i++)
        for (int k = 0; k < SCENE_RULES; k++)
            if (j->shelved[i][k] <= w->core_time)
                j->shelved[i][k] = 0;
}

static const char *step_judged(world *w, const scene *s, const scene_step *step, play_manner manner, judge *j,
                               bool *forgotten)
{
    world_sleep(w, step->kind == SCENE_CLOCK ? OTR_MINUTE : step->span);
    const char *wrong = judge_look(j, w, true);
    if (wrong != NULL)
        return wrong;
    end_shelves(j, w);
    bool strict = prepare(j, w, step);
    wrong = take(w, s, step, manner, j);
    if (*forgotten && wrong == NULL)
        wrong = check_forgotten(j, w);
    *forgotten |= step->kind == SCENE_FORGET;
    return wrong == NULL ? judge_look(j, w, strict) : wrong;
}

world *play_scene(const scene *s, play_manner manner, judge *j, const char **wrong)
{
    world *w = world_create(s->pack, s->assignments[0], s->start);
    bool forgotten = false;
    const char *found = NULL;
    for (int i = 1; i < WALL_PLACES; i++)
        world_zone(w, wall_name((wall_place)i));
    world_snapshot(w);
    if (j != NULL)
        judge_begin(j, s);
    for (size_t i = 0; i < s->count && found == NULL; i++) {
        const scene_step *step = &s->steps[i];
        if (j != NULL) {
            found = step_judged(w, s, step, manner, j, &forgotten);
        } else {
            world_sleep(w, step->kind == SCENE_CLOCK ? OTR_MINUTE : step->span);
            (void)take(w, s, step, manner, NULL);
        }
        if (manner == PLAY_RESTARTS) {
            if (step->pick % 5 == 0)
                world_snapshot(w);
            world_restart(w, false);
            world_step(w, NULL, 0); /* its first turn, by which it knows the clock again */
        }
    }
    if (found == NULL && j != NULL && w->synced) {
        world_sleep(w, 100 * OTR_DAY); /* whatever waits is decided */
        found = judge_end(j, w);
    }
    if (wrong != NULL)
        *wrong = found;
    return w;
}

const char *play_difference(const world *a, const world *b)
{
    static char text[600];
    for (size_t i = 0; i < a->notice_count && i < b->notice_count; i++) {
        const world_notice *x = &a->notices[i];
        const world_notice *y = &b->notices[i];
        if (otr_id_equal(x->id, y->id) && x->revision == y->revision && x->state == y->state &&
            x->decided == y->decided && x->due == y->due && strcmp(x->reason, y->reason) == 0)
            continue;
        (void)snprintf(
            text, sizeof text,
            "decision %zu: %s (%s) to %s, revision %u, state %d %s, and %s (%s) to %s, revision %u, "
            "state %d %s; %.1f min apart, due %.1f",
            i, x->what, x->rule, x->contact, x->revision, (int)x->state, x->reason, y->what, y->rule,
            y->contact, y->revision, (int)y->state, y->reason,
            (double)(y->decided - x->decided) / (double)OTR_MINUTE,
            (double)(y->due - x->due) / (double)OTR_MINUTE);
        return text;
    }
    if (a->notice_count != b->notice_count)
        return "one has more decisions";
    for (size_t i = 0; i < a->event_count && i < b->event_count; i++) {
        const world_event *x = &a->events[i];
        const world_event *y = &b->events[i];
        if (otr_id_equal(x->event, y->event) && strcmp(x->text, y->text) == 0 &&
            strcmp(x->alone, y->alone) == 0 && otr_id_equal(x->replaces, y->replaces) &&
            x->next_by == y->next_by)
            continue;
        (void)snprintf(text, sizeof text, "event %zu: %s (%s) to %s, and %s (%s) to %s", i, x->what, x->rule,
                       x->to, y->what, y->rule, y->to);
        return text;
    }
    return a->event_count != b->event_count ? "one has told more" : NULL;
}
