#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *judge_say(judge *j, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(j->wrong, sizeof j->wrong, format, arguments);
    va_end(arguments);
    return j->wrong;
}

void judge_begin(judge *j, const scene *s)
{
    *j = (judge){.scene = s, .up = true};
}

const world_alarm *judge_alarm(const world *w, otr_id id)
{
    for (size_t i = 0; i < w->alarm_count; i++)
        if (otr_id_equal(w->alarms[i].id, id))
            return &w->alarms[i];
    return NULL;
}

judge_thread *judge_thread_of(judge *j, otr_id id, const char *to)
{
    for (size_t i = 0; i < j->thread_count; i++)
        if (otr_id_equal(j->threads[i].id, id))
            return &j->threads[i];
    if (j->thread_count == JUDGE_THREADS)
        return NULL;
    judge_thread *thread = &j->threads[j->thread_count++];
    *thread = (judge_thread){.id = id, .promise = OTR_TIME_NONE, .rule = -1};
    (void)snprintf(thread->to, sizeof thread->to, "%s", to);
    return thread;
}

/* ---- wishes ---- */

static const scene_wishes *wishes_of(const judge *j, int person)
{
    return &j->scene->wishes[j->variant][person];
}

bool judge_is_quiet(const judge *j, int person, otr_time utc)
{
    const scene_wishes *wishes = wishes_of(j, person);
    unsigned minute = (unsigned)wall_minute(wishes->place, utc);
    if (wishes->quiet_from == wishes->quiet_to)
        return false;
    if (wishes->quiet_from < wishes->quiet_to)
        return minute >= wishes->quiet_from && minute < wishes->quiet_to;
    return minute >= wishes->quiet_from || minute < wishes->quiet_to;
}

bool judge_is_stopped(const judge *j, const world *w, int person, int category, bool critical)
{
    if (wishes_of(j, person)->opted_out == (unsigned)category)
        return true;
    for (size_t i = 0; i < j->stop_count; i++) {
        bool on = j->stops[i].until == OTR_TIME_NEVER || (w->synced && w->utc < j->stops[i].until);
        bool same = j->stops[i].category == category || (j->stops[i].category < 0 && !critical);
        if (on && same && j->stops[i].person == person)
            return true;
    }
    return false;
}

/* The newest word counts: a stop of the same category is that one. */
void judge_stop(judge *j, int person, int category, otr_time until)
{
    size_t kept = 0;
    for (size_t i = 0; i < j->stop_count; i++)
        if (j->stops[i].person != person || j->stops[i].category != category)
            j->stops[kept++] = j->stops[i];
    j->stop_count = kept;
    if (kept == JUDGE_STOPS)
        return;
    j->stops[kept].person = person;
    j->stops[kept].category = category;
    j->stops[j->stop_count++].until = until;
}

void judge_resume(judge *j, int person, int category)
{
    size_t kept = 0;
    for (size_t i = 0; i < j->stop_count; i++)
        if (j->stops[i].person != person || (category >= 0 && j->stops[i].category != category))
            j->stops[kept++] = j->stops[i];
    j->stop_count = kept;
}

void judge_displace(judge *j, const world *w)
{
    (void)w;
    for (size_t i = 0; i < j->thread_count; i++)
        j->threads[i].late |= j->threads[i].promise != OTR_TIME_NONE;
}

/* ---- budgets ---- */

static unsigned count_between(const judge *j, int person, bool cold, long first, long last)
{
    unsigned count = 0;
    for (size_t i = 0; i < j->told_count; i++)
        count += j->told[i].person == person && j->told[i].day >= first && j->told[i].day <= last &&
                 (!cold || j->told[i].cold);
    return count;
}

static bool breaks(const judge *j, int person, bool cold, long day, unsigned per_day, unsigned per_week)
{
    if (per_day != SCENE_NONE && count_between(j, person, cold, day, day) > per_day)
        return true;
    for (long last = day; per_week != SCENE_NONE && last < day + 7; last++)
        if (count_between(j, person, cold, last - 6, last) > per_week)
            return true;
    return false;
}

/* What waited has its words from before. */
static otr_time told_at(const world *w, const world_event *event)
{
    for (size_t i = w->notice_count; i > 0; i--) {
        const world_notice *row = &w->notices[i - 1];
        if (row->state == OTR_NOTICE_TOLD && row->revision == event->revision &&
            otr_id_equal(row->id, event->entity))
            return row->decided;
    }
    return event->decided;
}

static const char *check_budget(judge *j, const world *w, const world_event *event, int person, int category,
                                bool strict)
{
    const scene_wishes *wishes = wishes_of(j, person);
    long day = wall_day(wishes->place, told_at(w, event));
    if (j->told_count == JUDGE_TOLD)
        return judge_say(j, "too much is told to look at");
    j->told[j->told_count++] = (judge_told){person, day, category == 0};
    if (!strict)
        return NULL;
    if (breaks(j, person, false, day, wishes->per_day, wishes->per_week))
        return judge_say(j, "%s (%s) to %s breaks the budget", event->what, event->rule, event->to);
    if (category == 0 && breaks(j, person, true, day, wishes->cold_per_day, wishes->cold_per_week))
        return judge_say(j, "%s (%s) to %s breaks the budget of its category", event->what, event->rule,
                         event->to);
    return NULL;
}

/* ---- one message ---- */

static int category_of(const judge *j, int rule)
{
    for (int i = 0; rule >= 0 && i < SCENE_CATEGORIES; i++)
        if (strcmp(scene_category(i), j->scene->rules[rule].category) == 0)
            return i;
    return -2;
}

static bool is_word(const char *what, const char *words)
{
    const char *found = strstr(words, what);
    return found != NULL && strlen(what) > 3;
}

static const char *check_once(judge *j, const world *w, const world_event *event, int person, int rule)
{
    const world_alarm *alarm = judge_alarm(w, event->alarm);
    int asset = alarm != NULL ? scene_asset_find(alarm->asset) : -1;
    if (asset < 0 || !j->scene->rules[rule].once)
        return NULL;
    if (strcmp(event->what, "retracted") == 0)
        j->once[person][asset][rule] = 0;
    if (is_word(event->what, "raised historical") && ++j->once[person][asset][rule] > 1)
        return judge_say(j, "%s of %s is told to %s a second time", event->rule, alarm->asset, event->to);
    return NULL;
}

/* Over since before this step. */
static bool is_over(const judge *j, const world *w, otr_id id)
{
    for (size_t i = 0; i < j->alarms; i++)
        if (otr_id_equal(w->alarms[i].id, id))
            return j->over[i] && w->alarms[i].ended != OTR_TIME_NONE;
    return false;
}

static bool is_desk(const char *what)
{
    static const char *const words[] = {"kept",     "remedy",   "promised", "moved",
                                        "resolved", "reopened", "owed",     "missed"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(what, words[i]) == 0)
            return true;
    return false;
}

/* What the desk does is told to who knows of the trouble, and what it misses in one message with all else. */
static const char *check_desk(judge *j, const world *w, const world_event *event)
{
    judge_thread *thread = judge_thread_of(j, event->entity, event->to);
    if (thread == NULL)
        return judge_say(j, "too many threads to look at");
    if (!thread->told)
        return judge_say(j, "%s hears of the desk, and not of the trouble", event->to);
    for (const world_event *other = w->events; is_word(event->what, "missed owed") && other < event; other++)
        if (other->kind == OTR_SERVICE_NOTIFICATION && other->decided == event->decided &&
            strcmp(other->what, "answer") != 0 && otr_id_equal(other->case_id, event->case_id) &&
            strcmp(other->to, event->to) == 0)
            return judge_say(j, "%s and %s to %s come in one moment", other->what, event->what, event->to);
    thread->promise = event->next_by;
    thread->late = false;
    return NULL;
}

static const char *check_thread(judge *j, const world *w, const world_event *event, int rule)
{
    judge_thread *thread = judge_thread_of(j, event->entity, event->to);
    if (thread == NULL)
        return judge_say(j, "too many threads to look at");
    bool known = false;
    if (is_word(event->what, "raised updated repeated escalated") && is_over(j, w, event->alarm))
        return judge_say(j, "%s (%s) to %s is told of what is over", event->what, event->rule, event->to);
    for (int i = 0; i < thread->alarm_count; i++)
        known |= otr_id_equal(thread->alarms[i], event->alarm);
    bool own_end = strcmp(event->what, "cleared") == 0 && !j->scene->rules[rule].raised;
    bool follows = is_word(event->what, "cleared retracted") && !own_end;
    if (follows && !known)
        return judge_say(j, "%s (%s) follows what %s was never told", event->what, event->rule, event->to);
    if (is_word(event->what, "updated repeated") && !thread->told)
        return judge_say(j, "%s (%s) to %s, who was not told", event->what, event->rule, event->to);
    thread->told = true;
    if (!known && thread->alarm_count < JUDGE_ALARMS)
        thread->alarms[thread->alarm_count++] = event->alarm;
    thread->rule = rule;
    thread->promise = event->next_by;
    thread->late = false;
    return NULL;
}

static const char *check_event(judge *j, const world *w, const world_event *event, bool strict)
{
    int person = scene_person_find(event->to);
    int rule = scene_rule_find(j->scene, event->rule);
    bool many = is_word(event->what, "flood digest");
    if (strcmp(event->what, "answer") == 0 || strcmp(event->what, "asked") == 0 || (rule < 0 && !many))
        return NULL; /* questions have a judge of their own */
    bool critical = rule >= 0 && j->scene->rules[rule].critical;
    int category = category_of(j, rule);
    const char *wrong = many                   ? NULL
                        : is_desk(event->what) ? check_desk(j, w, event)
                                               : check_thread(j, w, event, rule);
    if (person < 0 || wrong != NULL)
        return wrong; /* a desk has no wishes */
    if (strcmp(event->what, "flood") == 0)
        j->flood[person] = w->core_time + OTR_HOUR;
    if (!w->synced && !critical)
        return judge_say(j, "%s (%s) is told without a clock", event->what, event->rule);
    if (strict && !critical && judge_is_quiet(j, person, told_at(w, event)))
        return judge_say(j, "%s (%s) to %s in quiet hours", event->what, event->rule, event->to);
    if (strict && rule >= 0 && judge_is_stopped(j, w, person, category, critical))
        return judge_say(j, "%s (%s) to %s, who has stopped that", event->what, event->rule, event->to);
    if (rule >= 0)
        wrong = check_once(j, w, event, person, rule);
    return wrong == NULL && !critical ? check_budget(j, w, event, person, category, strict) : wrong;
}

/* ---- promises ---- */

/* What went on when something critical was promised, and goes on without it, has no budget for that. */
static bool is_without_critical(const judge *j, const world *w, const judge_thread *thread)
{
    bool had = false;
    bool has = false;
    for (int i = 0; i < thread->alarm_count; i++) {
        const world_alarm *alarm = judge_alarm(w, thread->alarms[i]);
        int rule = alarm != NULL ? scene_rule_find(j->scene, alarm->rule) : -1;
        bool critical = rule >= 0 && j->scene->rules[rule].critical;
        had |= critical;
        has |= critical && alarm->ended == OTR_TIME_NONE;
    }
    return had && !has;
}

static bool is_owed(const judge *j, const world *w, const judge_thread *thread)
{
    for (int i = 0; i < thread->alarm_count; i++) {
        const world_alarm *alarm = judge_alarm(w, thread->alarms[i]);
        int rule = alarm != NULL ? scene_rule_find(j->scene, alarm->rule) : -1;
        int asset = alarm != NULL ? scene_asset_find(alarm->asset) : -1;
        if (rule < 0 || asset < 0 || alarm->ended != OTR_TIME_NONE)
            continue;
        if (j->shelved[asset][rule] == 0)
            return true;
    }
    return false;
}

static const char *check_promises(judge *j, const world *w)
{
    for (size_t i = 0; w->synced && i < j->thread_count; i++) {
        judge_thread *thread = &j->threads[i];
        int person = scene_person_find(thread->to);
        if (person < 0 || thread->promise == OTR_TIME_NONE || thread->promise > w->utc)
            continue;
        bool critical = j->scene->rules[thread->rule].critical;
        if (!is_owed(j, w, thread) || is_without_critical(j, w, thread) ||
            judge_is_stopped(j, w, person, category_of(j, thread->rule), critical)) {
            thread->promise = OTR_TIME_NONE; /* nobody waits for it */
            continue;
        }
        if (j->flood[person] > w->core_time || thread->late)
            continue;
        j->seen[3]++;
        return judge_say(j, "%s hears no more of %s, as was promised %.0f min ago", thread->to,
                         j->scene->rules[thread->rule].name,
                         (double)(w->utc - thread->promise) / (double)OTR_MINUTE);
    }
    return NULL;
}

const char *judge_look(judge *j, const world *w, bool strict)
{
    const char *wrong = NULL;
    for (size_t i = j->events; i < w->event_count && wrong == NULL; i++)
        if (w->events[i].kind == OTR_SERVICE_NOTIFICATION) {
            wrong = check_event(j, w, &w->events[i], strict);
            j->seen[0]++;
        }
    if (wrong == NULL)
        wrong = judge_decisions(j, w, strict);
    if (wrong == NULL)
        wrong = judge_link(j, w);
    if (wrong == NULL)
        wrong = check_promises(j, w);
    j->events = w->event_count;
    j->notices = w->notice_count;
    j->alarms = w->alarm_count;
    for (size_t i = 0; i < w->alarm_count; i++)
        j->over[i] = w->alarms[i].ended != OTR_TIME_NONE;
    return wrong;
}
