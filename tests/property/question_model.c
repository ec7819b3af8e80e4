#include "question_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char complaint[400];

static const char *say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(complaint, sizeof complaint, format, arguments);
    va_end(arguments);
    return complaint;
}

void model_begin(model *m, const scene *s)
{
    size_t drawn[2] = {m->drawn[0], m->drawn[1]};
    size_t verdicts[8];
    memcpy(verdicts, m->verdicts, sizeof verdicts);
    memset(m, 0, sizeof *m);
    memcpy(m->verdicts, verdicts, sizeof verdicts);
    m->drawn[0] = drawn[0];
    m->drawn[1] = drawn[1];
    m->scene = s;
    m->synced = true;
}

/* ---- what is known of a case ---- */

static bool is_dismissed(const model *m, otr_id id)
{
    for (size_t i = 0; i < m->dismissed_count; i++)
        if (otr_id_equal(m->dismissed[i], id))
            return true;
    return false;
}

static bool was_told(const world *w, otr_id id, const char *person, otr_time at)
{
    for (size_t i = 0; i < w->event_count; i++) {
        const world_event *event = &w->events[i];
        if (event->kind == OTR_SERVICE_NOTIFICATION && otr_id_equal(event->case_id, id) &&
            strcmp(event->to, person) == 0 && strcmp(event->what, "raised") == 0 && event->decided <= at)
            return true;
    }
    return false;
}

/* Until an hour after its symptom has gone, but for a case that needed nothing. */
static bool is_open(const model *m, const world_alarm *alarm, otr_time at)
{
    if (alarm->raised > at)
        return false;
    if (alarm->ended == OTR_TIME_NONE || alarm->ended > at)
        return true;
    return alarm->ended + (is_dismissed(m, alarm->case_id) ? OTR_SECOND : OTR_HOUR) > at;
}

static bool has_open(const model *m, const world *w, int person, otr_time at)
{
    for (size_t i = 0; i < w->alarm_count; i++) {
        int box = scene_number(w->alarms[i].asset, 'b');
        if ((scene_customer(box) == person || scene_shipper(box) == person) && is_open(m, &w->alarms[i], at))
            return true;
    }
    return false;
}

static bool is_quiet(const scene_wishes *wishes, otr_time at)
{
    int hour = (int)(at / OTR_HOUR % 24);
    int from = wishes->quiet_from;
    int to = wishes->quiet_to;
    return from < to ? hour >= from && hour < to : from > to && (hour >= from || hour < to);
}

/* ---- decisions ---- */

static bool is_held_before(const world *w, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (otr_id_equal(w->notices[i].id, w->notices[number].id))
            return true;
    return false;
}

/* The word of the reason; empty: they are asked. */
static const char *expected(const model *m, const world *w, const world_notice *row, int person, bool first)
{
    const scene_wishes *wishes = &m->scene->wishes[m->variant][person];
    otr_time at = row->decided;
    if (first && !was_told(w, row->case_id, row->contact, at))
        return "unheard";
    if (first && (is_dismissed(m, row->case_id) || strcmp(row->rule, "Here") == 0))
        return "not-needed";
    if (wishes->days == 0 || wishes->opted_out || m->stopped[person])
        return "opted-out";
    if (m->of[person][scene_number(row->asset, 'b')])
        return "asked-before";
    bool drawn_out = strcmp(row->reason, "not-drawn") == 0;
    if (wishes->share == 0 || (wishes->share == 50 && drawn_out))
        return "not-drawn";
    if (!m->synced)
        return "unsynced";
    if (m->last[person] != 0 && at < m->last[person] + wishes->days * OTR_DAY)
        return "question-budget";
    if (has_open(m, w, person, at))
        return "case-open";
    return is_quiet(wishes, at) ? "quiet" : "";
}

/* An hour after the last of its alarms. */
static bool is_in_time(const model *m, const world *w, const world_notice *row)
{
    otr_time last = 0;
    for (size_t i = 0; i < w->alarm_count; i++)
        if (otr_id_equal(w->alarms[i].case_id, row->case_id) && w->alarms[i].ended > last)
            last = w->alarms[i].ended;
    return !m->synced || is_dismissed(m, row->case_id) || row->decided == last + OTR_HOUR;
}

static size_t verdict_of(const char *reason)
{
    static const char *const reasons[] = {
        "", "unheard", "not-needed", "opted-out", "asked-before", "question-budget", "case-open", "quiet"};
    for (size_t i = 0; i < 8; i++)
        if (strcmp(reasons[i], reason) == 0)
            return i;
    return 3;
}

static const char *look_at_decision(model *m, const world *w, size_t number)
{
    const world_notice *row = &w->notices[number];
    int person = scene_number(row->contact, 'p');
    bool first = !is_held_before(w, number);
    if (person < 0)
        return say("%s is asked", row->contact);
    for (size_t i = 0; i < m->asked_count; i++) /* a second question, or the row of one that was asked */
        if (otr_id_equal(m->asked[i].second, row->id))
            return NULL;
    const char *should = expected(m, w, row, person, first);
    if (strcmp(should, row->reason) != 0)
        return say("of %s (%s) to %s: \"%s\", and it should be \"%s\"", row->asset, row->rule, row->contact,
                   row->reason, should);
    if (first && !is_in_time(m, w, row))
        return say("of %s (%s) to %s: not when the case has closed", row->asset, row->rule, row->contact);
    m->verdicts[verdict_of(should)]++;
    if (should[0] == '\0') { /* from this moment on; what else is due in it comes after */
        m->last[person] = row->decided;
        m->of[person][scene_number(row->asset, 'b')] = true;
    }
    if (first && strcmp(should, "unheard") != 0 && strcmp(should, "not-needed") != 0)
        m->heard[person]++;
    const scene_wishes *wishes = &m->scene->wishes[m->variant][person];
    if (first && wishes->share == 50 && strcmp(should, "unheard") != 0 && strcmp(should, "not-needed") != 0 &&
        strcmp(should, "opted-out") != 0 && strcmp(should, "asked-before") != 0)
        m->drawn[strcmp(should, "not-drawn") != 0]++;
    return NULL;
}

/* ---- questions ---- */

static otr_question_kind kind_of(const world_event *event)
{
    return strstr(event->text, "recommend") != NULL  ? OTR_QUESTION_NPS
           : strstr(event->text, "how easy") != NULL ? OTR_QUESTION_EFFORT
                                                     : OTR_QUESTION_SATISFACTION;
}

static const char *look_at_second(model *m, const world_event *event)
{
    for (size_t i = 0; i < m->asked_count; i++)
        if (otr_id_equal(m->asked[i].second, event->entity))
            return say("why is asked twice");
    for (size_t i = 0; i < m->asked_count; i++) {
        model_asked *one = &m->asked[i];
        if (one->poor && !one->done && otr_id_is_zero(one->second) &&
            strcmp(event->to, (char[]){'p', (char)('0' + one->person), '\0'}) == 0) {
            one->second = event->entity;
            return NULL;
        }
    }
    return say("%s is asked why, and has given no poor answer", event->to);
}

static const char *look_at_question(model *m, const world *w, const world_event *event)
{
    int person = scene_number(event->to, 'p');
    if (strstr(event->text, "What went wrong?") != NULL)
        return look_at_second(m, event);
    if (m->asked_count == MODEL_ASKED)
        return say("more questions than there is room for");
    const world_notice *row = NULL;
    for (size_t i = 0; i < w->notice_count; i++)
        if (otr_id_equal(w->notices[i].id, event->entity) && w->notices[i].state == OTR_NOTICE_TOLD)
            row = &w->notices[i];
    if (row == NULL || person < 0)
        return say("a question to %s has no row", event->to);
    otr_question_kind kind = kind_of(event);
    if (kind == OTR_QUESTION_NPS) {
        if (m->heard[person] < 2)
            return say("who had one case is asked whether they recommend us");
        if (m->nps[person] != 0 && event->decided < m->nps[person] + 180 * OTR_DAY)
            return say("they are asked twice in 180 days whether they recommend us");
        m->nps[person] = event->decided;
    }
    m->asked[m->asked_count++] = (model_asked){
        .id = event->entity, .person = person, .kind = kind, .until = event->decided + 6 * OTR_DAY};
    return NULL;
}

static const char *look_at_events(model *m, const world *w, otr_time up_to)
{
    const char *wrong = NULL;
    for (; m->events < w->event_count && wrong == NULL; m->events++) {
        const world_event *event = &w->events[m->events];
        bool notification = event->kind == OTR_SERVICE_NOTIFICATION;
        if (event->decided > up_to)
            break;
        if (notification && strcmp(event->what, "asked") == 0)
            wrong = look_at_question(m, w, event);
        m->thanked += notification && strstr(event->text, "Thank you for your answer") != NULL;
    }
    return wrong;
}

const char *model_look(model *m, const world *w)
{
    const char *wrong = NULL;
    for (; m->notices < w->notice_count && wrong == NULL; m->notices++) {
        const world_notice *row = &w->notices[m->notices];
        if (strcmp(row->what, "asked") != 0)
            continue;
        wrong = look_at_events(m, w, row->decided - 1);
        bool why = false; /* the second has its row when it is asked: then it is known as such */
        for (size_t i = 0; i < w->event_count; i++)
            why |=
                otr_id_equal(w->events[i].entity, row->id) && strstr(w->events[i].text, "What went") != NULL;
        if (wrong == NULL && !why)
            wrong = look_at_decision(m, w, m->notices);
    }
    wrong = wrong == NULL ? look_at_events(m, w, OTR_TIME_NEVER) : wrong;
    for (size_t i = 0; i < m->asked_count; i++)
        m->asked[i].lapsed |= m->synced && w->utc >= m->asked[i].until;
    return wrong;
}

/* ---- answers ---- */

model_asked *model_pick(model *m, unsigned pick, bool *second, otr_id *notification)
{
    if (m->asked_count == 0)
        return NULL;
    model_asked *one = &m->asked[m->asked_count - 1 - pick / 2 % m->asked_count];
    *second = pick % 2 == 1 && !otr_id_is_zero(one->second);
    *notification = *second ? one->second : one->id;
    return one;
}

otr_refusal model_answer(const world *w, model_asked *one, bool second, const scene_step *step)
{
    static const int scales[][3] = {{1, 5, 2}, {1, 7, 3}, {0, 10, 6}};
    const int *scale = scales[one->kind];
    if (second ? one->done : one->answered)
        return OTR_REFUSAL_ACCEPTED;
    if (one->lapsed)
        return OTR_REFUSAL_NO_NOTIFICATION;
    if (second) {
        if (step->score >= 0 || step->reason == 0)
            return OTR_REFUSAL_NO_ANSWER;
        one->done = true;
        return OTR_REFUSAL_ACCEPTED;
    }
    if (step->score < scale[0] || step->score > scale[1] || (step->reason != 0 && step->score > scale[2]))
        return OTR_REFUSAL_NO_ANSWER;
    one->answered = true;
    one->score = (unsigned)step->score;
    one->poor = step->score <= scale[2];
    one->done = !one->poor || step->reason != 0;
    if (!one->done)
        one->until = w->utc + 6 * OTR_DAY;
    return OTR_REFUSAL_ACCEPTED;
}

otr_refusal model_stop(model *m, model_asked *one)
{
    if (one->lapsed)
        return OTR_REFUSAL_NO_NOTIFICATION;
    m->stopped[one->person] = true;
    return OTR_REFUSAL_ACCEPTED;
}

/* ---- the end ---- */

static const char *look_at_figures(const model *m, const world *w, otr_question_kind kind)
{
    uint64_t asked = 0;
    uint64_t answered = 0;
    uint64_t sum = 0;
    uint64_t squares = 0;
    for (size_t i = 0; i < m->asked_count; i++) {
        const model_asked *one = &m->asked[i];
        if (one->kind != kind)
            continue;
        asked++;
        answered += one->answered;
        sum += one->answered ? one->score : 0;
        squares += one->answered ? (uint64_t)one->score * one->score : 0;
    }
    otr_question_counts counts = otr_questions_figures(w->core, kind).counts;
    if (counts.asked != asked || counts.answered != answered || counts.sum != sum ||
        counts.squares != squares || counts.expired != asked - answered)
        return say("the figures of %s are not those of the answers", otr_question_kind_text(kind));
    return NULL;
}

static bool is_decided(const world *w, const world_notice *told)
{
    bool decided = false;
    for (size_t i = 0; i < w->notice_count; i++) {
        const world_notice *row = &w->notices[i];
        if (strcmp(row->what, "asked") == 0 && otr_id_equal(row->case_id, told->case_id) &&
            strcmp(row->contact, told->contact) == 0)
            decided = row->state != OTR_NOTICE_HELD;
    }
    return decided;
}

const char *model_end(model *m, const world *w)
{
    size_t done = 0;
    for (size_t i = 0; i < m->asked_count; i++)
        done += m->asked[i].done;
    if (m->thanked != done)
        return say("%zu were thanked, and %zu have answered", m->thanked, done);
    for (size_t i = 0; i < w->notice_count; i++)
        if (strcmp(w->notices[i].what, "raised") == 0 && w->notices[i].state == OTR_NOTICE_TOLD &&
            scene_number(w->notices[i].contact, 'p') >= 0 && !is_decided(w, &w->notices[i]))
            return say("of a case of %s nothing is decided for %s", w->notices[i].asset,
                       w->notices[i].contact);
    const char *wrong = NULL;
    for (int kind = 0; kind < OTR_QUESTION_KINDS && wrong == NULL; kind++)
        wrong = look_at_figures(m, w, (otr_question_kind)kind);
    return wrong;
}
