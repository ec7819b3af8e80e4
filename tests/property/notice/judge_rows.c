/* Decisions that were recorded, and what leaves over the link. */
#include "judge.h"

#include "core/outbox/event.h"

#include <string.h>

/* ---- rows ---- */

static bool is_final(otr_notice_state state)
{
    return state != OTR_NOTICE_HELD;
}

static const world_event *event_of(const world *w, const world_notice *row)
{
    otr_id id = otr_event_derive('e', row->id, row->revision);
    for (size_t i = w->event_count; i > 0; i--)
        if (otr_id_equal(w->events[i - 1].event, id))
            return &w->events[i - 1];
    return NULL;
}

static const char *check_row(judge *j, const world *w, size_t number)
{
    const world_notice *row = &w->notices[number];
    for (size_t i = 0; i < number; i++)
        if (w->notices[i].revision == row->revision && otr_id_equal(w->notices[i].id, row->id) &&
            is_final(w->notices[i].state))
            return judge_say(j, "%s (%s) to %s is decided twice", row->what, row->rule, row->contact);
    bool told = row->state == OTR_NOTICE_TOLD;
    if (row->state != OTR_NOTICE_HELD && told != (event_of(w, row) != NULL))
        return judge_say(j, "%s (%s) to %s, revision %u, is told, or is said to be, but not both (%s)",
                         row->what, row->rule, row->contact, row->revision, row->reason);
    if (told == (row->reason[0] != '\0') && row->state != OTR_NOTICE_SUPERSEDED)
        return judge_say(j, "%s (%s) to %s has no reason", row->what, row->rule, row->contact);
    return NULL;
}

/* The message that a row was told within. */
static const world_event *within(const judge *j, const world *w, const world_notice *row)
{
    for (size_t i = w->event_count; i > j->events; i--)
        if (strcmp(w->events[i - 1].to, row->contact) == 0 && strcmp(w->events[i - 1].what, row->reason) == 0)
            return &w->events[i - 1];
    return NULL;
}

static const char *check_gathered(judge *j, const world *w, const world_notice *row, bool strict)
{
    int person = scene_person_find(row->contact);
    int rule = scene_rule_find(j->scene, row->rule);
    bool unwanted = strcmp(row->reason, "opted-out") == 0 || strcmp(row->reason, "shelved") == 0;
    if (row->state == OTR_NOTICE_DROPPED && unwanted) /* whether rightly so is looked at elsewhere */
        judge_thread_of(j, row->id, row->contact)->promise = OTR_TIME_NONE;
    bool many = strcmp(row->reason, "flood") == 0 || strcmp(row->reason, "digest") == 0;
    if (row->state != OTR_NOTICE_GATHERED || !many || person < 0 || rule < 0)
        return NULL;
    const world_event *event = within(j, w, row);
    judge_thread *thread = judge_thread_of(j, row->id, row->contact);
    if (event == NULL || thread == NULL)
        return judge_say(j, "%s to %s is within a message that is not there", row->rule, row->contact);
    thread->told = true;
    thread->rule = rule;
    thread->promise = j->scene->rules[rule].once ? OTR_TIME_NONE : event->next_by;
    thread->late = false;
    if (thread->alarm_count < JUDGE_ALARMS)
        thread->alarms[thread->alarm_count++] = row->alarm;
    int category = -1;
    for (int i = 0; i < SCENE_CATEGORIES; i++)
        if (strcmp(scene_category(i), j->scene->rules[rule].category) == 0)
            category = i;
    if (strict && judge_is_stopped(j, w, person, category, j->scene->rules[rule].critical))
        return judge_say(j, "%s to %s, who has stopped that, in a %s", row->rule, row->contact, row->reason);
    int asset = scene_asset_find(row->asset);
    bool news = strcmp(row->what, "raised") == 0 || strcmp(row->what, "past") == 0;
    if (j->scene->rules[rule].once && news && ++j->once[person][asset][rule] > 1)
        return judge_say(j, "%s of %s is told to %s a second time, in a %s", row->rule, row->asset,
                         row->contact, row->reason);
    return NULL;
}

/* What is raised is offered to each whom its rule tells. */
static bool is_decided(const world *w, const world_alarm *alarm, const char *contact)
{
    for (size_t i = 0; i < w->notice_count; i++)
        if (otr_id_equal(w->notices[i].alarm, alarm->id) && strcmp(w->notices[i].contact, contact) == 0)
            return true;
    return false;
}

static const char *check_offers(judge *j, const world *w)
{
    for (size_t i = j->alarms; i < w->alarm_count; i++) {
        const world_alarm *alarm = &w->alarms[i];
        int rule = scene_rule_find(j->scene, alarm->rule);
        int asset = scene_asset_find(alarm->asset);
        if (rule < 0 || !j->scene->rules[rule].raised || j->shelved[asset][rule] != 0 ||
            (!j->scene->rules[rule].past && alarm->ended != OTR_TIME_NONE))
            continue;
        const char *shipper =
            j->scene->shipper[asset] < 0 ? "shipper" : scene_person(j->scene->shipper[asset]);
        if (!is_decided(w, alarm, scene_person(j->scene->customer[asset])) ||
            (j->scene->rules[rule].shipper && !is_decided(w, alarm, shipper)))
            return judge_say(j, "%s of %s (revision %u, state %d, raised %.1f min ago) is decided for nobody",
                             alarm->rule, alarm->asset, alarm->revision, (int)alarm->state,
                             (double)(w->utc - alarm->raised) / (double)OTR_MINUTE);
    }
    return NULL;
}

const char *judge_decisions(judge *j, const world *w, bool strict)
{
    const char *wrong = NULL;
    for (size_t i = j->notices; i < w->notice_count && wrong == NULL; i++) {
        wrong = check_row(j, w, i);
        if (wrong == NULL)
            wrong = check_gathered(j, w, &w->notices[i], strict);
        j->seen[1]++;
    }
    return wrong == NULL && strict ? check_offers(j, w) : wrong;
}

/* What waits at the end is the newest of its thread. */
const char *judge_end(judge *j, const world *w)
{
    for (size_t i = 0; i < w->notice_count; i++) {
        const world_notice *row = &w->notices[i];
        bool decided = is_final(row->state) || (j->variant == SCENE_FORGOTTEN && /* and so nobody waits */
                                                strcmp(row->contact, scene_person(0)) == 0);
        for (size_t k = i + 1; k < w->notice_count && !decided; k++)
            decided = w->notices[k].revision == row->revision && otr_id_equal(w->notices[k].id, row->id);
        if (!decided)
            return judge_say(j, "%s (%s) to %s waits for ever (%s)", row->what, row->rule, row->contact,
                             row->reason);
    }
    return NULL;
}

/* ---- the link ---- */

/* Whether the person was told, after that, that it is over or was wrong. */
static bool is_corrected(const world *w, const world_event *event)
{
    for (size_t i = 0; i < w->notice_count; i++) {
        const world_notice *row = &w->notices[i];
        if (otr_id_equal(row->id, event->entity) && otr_id_equal(row->alarm, event->alarm) &&
            (strcmp(row->what, "retracted") == 0 || strcmp(row->what, "cleared") == 0) &&
            row->state == OTR_NOTICE_TOLD && row->revision > event->revision)
            return true;
    }
    return false;
}

static const char *check_sent(judge *j, const world *w, const world_event *event)
{
    bool begin = strcmp(event->what, "raised") == 0 || strcmp(event->what, "updated") == 0;
    if (scene_rule_find(j->scene, event->rule) < 0 || !begin || !is_corrected(w, event))
        return NULL;
    return judge_say(j, "%s (%s) to %s is sent though it is over, or never was", event->what, event->rule,
                     event->to);
}

static void store(judge *j, const world *w, size_t number)
{
    const world_event *event = &w->events[number];
    j->link[number].stored = event->kind == OTR_SERVICE_NOTIFICATION;
    for (size_t i = 0; i < number && !otr_id_is_zero(event->replaces); i++) {
        if (!otr_id_equal(w->events[i].event, event->replaces) || j->link[i].sent)
            continue;
        j->link[i].gone = true;
        j->link[number].alone = true;
        j->link[number].gone = event->alone[0] == '\0';
    }
}

const char *judge_link(judge *j, const world *w)
{
    const char *wrong = NULL;
    for (size_t i = j->events; i < w->event_count; i++)
        store(j, w, i);
    for (size_t i = 0; i < w->event_count && j->up && wrong == NULL; i++) {
        if (!j->link[i].stored || j->link[i].gone || j->link[i].sent)
            continue;
        j->link[i].sent = true;
        j->seen[2]++;
        wrong = check_sent(j, w, &w->events[i]);
    }
    return wrong;
}
