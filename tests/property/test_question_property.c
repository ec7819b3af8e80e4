/*
 * Questions with restraint, whatever happens: none out of budget, none while anything of the customer's is
 * open, none twice about one box, none in quiet hours or to who wants none; thanked once; each decision as a
 * model of the promises has it, figures as the answers say, and a new start at any step decides the same. The
 * first seed that fails is played again with fewer steps and printed. OUTRIDER_SEED begins at another one,
 * OUTRIDER_LONG plays more of them.
 */
#include "question_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SCENES = 60, SCENES_LONG = 2000 };

static uint64_t first_seed(void)
{
    const char *text = getenv("OUTRIDER_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

static uint64_t end_seed(void)
{
    return first_seed() + (getenv("OUTRIDER_LONG") != NULL ? SCENES_LONG : SCENES);
}

/* ---- steps ---- */

static void report(world *w, const scene_step *step, double temperature, double humidity)
{
    char device[8];
    (void)snprintf(device, sizeof device, "d%d", step->box);
    otr_reading reading =
        world_number(step->wet ? "humidity" : "temperature", step->wet ? humidity : temperature, w->utc);
    world_upload(w, device, &reading, 1);
}

static void milestone(world *w, const scene_step *step, bool here)
{
    char device[8];
    (void)snprintf(device, sizeof device, "d%d", step->box);
    otr_reading reading = world_number("door", 0, w->utc);
    reading.kind = OTR_KIND_BOOL;
    reading.flag = here;
    world_upload(w, device, &reading, 1);
}

/* The newest ticket that was opened. */
static void dismiss(world *w, model *m)
{
    const world_event *ticket = NULL;
    for (size_t i = 0; i < w->event_count; i++)
        if (w->events[i].kind == OTR_SERVICE_TICKET && strcmp(w->events[i].what, "opened") == 0)
            ticket = &w->events[i];
    if (ticket == NULL)
        return;
    otr_command act = {
        .kind = OTR_COMMAND_DESK,
        .until = OTR_TIME_NONE,
        .desk = {.action = OTR_DESK_NOT_NEEDED, .ticket = ticket->entity, .by = OTR_TIME_NONE}};
    if (world_command(w, act).refusal == OTR_REFUSAL_ACCEPTED && m != NULL &&
        m->dismissed_count < MODEL_DISMISSED)
        m->dismissed[m->dismissed_count++] = ticket->case_id;
}

static otr_refusal send(world *w, otr_customer_action action, otr_id notification, const scene_step *step)
{
    bool scores = action == OTR_CUSTOMER_SCORE;
    otr_command command = {
        .kind = OTR_COMMAND_CUSTOMER,
        .customer = {.action = action,
                     .notification = notification,
                     .from = OTR_TIME_NONE,
                     .to = OTR_TIME_NONE,
                     .scored = scores && step->score >= 0,
                     .score = (uint8_t)(scores && step->score >= 0 ? step->score : 0),
                     .reason = scores ? (otr_question_reason)step->reason : OTR_QUESTION_NO_REASON}};
    return world_command(w, command).refusal;
}

/* Which question is answered is the model's to say: without one all is as with one. */
static const char *answer(world *w, const scene_step *step, model *m)
{
    bool second = false;
    otr_id notification;
    model_asked *one = model_pick(m, step->pick, &second, &notification);
    if (one == NULL || (step->kind == STEP_ANSWER && step->score < 0 && step->reason == 0))
        return NULL;
    bool stops = step->kind == STEP_STOP;
    otr_refusal should = stops ? model_stop(m, one) : model_answer(w, one, second, step);
    otr_refusal is = send(w, stops ? OTR_CUSTOMER_STOP : OTR_CUSTOMER_SCORE, notification, step);
    return is == should ? NULL : "an answer is not taken as it should be";
}

static const char *take(world *w, const scene *s, const scene_step *step, model *m)
{
    switch (step->kind) {
    case STEP_TROUBLE:
    case STEP_DISMISSED:
        report(w, step, 9, 95);
        world_sleep(w, step->span / 2);
        if (step->kind == STEP_DISMISSED && !step->wet)
            dismiss(w, m);
        world_sleep(w, step->span / 2);
        report(w, step, 3, 40);
        return NULL;
    case STEP_BEGINS:
        report(w, step, 9, 95);
        return NULL;
    case STEP_ENDS:
        for (int box = 0; box < BOXES; box++) { /* no two in one moment */
            world_sleep(w, 7 * OTR_SECOND);
            report(w, &(scene_step){.box = box, .wet = step->wet}, 3, 40);
        }
        return NULL;
    case STEP_MILESTONE:
        milestone(w, step, true);
        world_sleep(w, step->span);
        milestone(w, step, false);
        return NULL;
    case STEP_ANSWER:
    case STEP_STOP:
        return answer(w, step, m);
    case STEP_CLOCK:
        w->synced = m->synced = !m->synced;
        world_step(w, NULL, 0);
        return NULL;
    case STEP_WISHES:
        m->variant = (m->variant + 1) % VARIANTS;
        world_activate(w, "assignments", s->assignments[m->variant]);
        return NULL;
    case STEP_KINDS:
        break;
    }
    return NULL;
}

static const char *play_on(world *w, const scene *s, model *m, bool restarts)
{
    for (size_t i = 0; i < s->count; i++) {
        world_sleep(w, s->steps[i].sleep);
        const char *wrong = model_look(m, w);
        if (wrong == NULL)
            wrong = take(w, s, &s->steps[i], m);
        if (wrong == NULL)
            wrong = model_look(m, w);
        if (wrong != NULL)
            return wrong;
        if (!restarts)
            continue;
        if (i % 5 == 0)
            world_snapshot(w);
        world_restart(w, false);
        world_step(w, NULL, 0);
    }
    w->synced = m->synced = true;
    world_step(w, NULL, 0);
    for (int wet = 0; wet < 2; wet++)
        (void)take(w, s, &(scene_step){.kind = STEP_ENDS, .wet = wet != 0}, m);
    world_sleep(w, 20 * OTR_DAY); /* whatever waits is decided */
    const char *wrong = model_look(m, w);
    return wrong == NULL ? model_end(m, w) : wrong;
}

static model the_model;

static world *play(const scene *s, bool restarts, const char **wrong)
{
    world *w = world_create(scene_pack, s->assignments[0], SCENE_START);
    world_snapshot(w);
    model_begin(&the_model, s);
    *wrong = play_on(w, s, &the_model, restarts);
    return w;
}

/* ---- properties ---- */

static void fail_at(scene *s, uint64_t seed)
{
    const char *wrong = NULL;
    size_t good = 0;
    while (s->count - good > 1) { /* as few steps as show it */
        size_t bad = s->count;
        s->count = good + (bad - good) / 2;
        world_free(play(s, false, &wrong));
        if (wrong != NULL)
            continue;
        good = s->count;
        s->count = bad;
    }
    world_free(play(s, false, &wrong));
    scene_print(s);
    fail_msg("seed %llu, %zu steps: %s", (unsigned long long)seed, s->count, wrong);
}

static void customers_are_asked_with_restraint(void **state)
{
    (void)state;
    static scene s;
    memset(&the_model, 0, sizeof the_model);
    uint64_t kinds[OTR_QUESTION_KINDS] = {0};
    for (uint64_t seed = first_seed(); seed < end_seed(); seed++) {
        const char *wrong;
        scene_make(&s, seed);
        world *w = play(&s, false, &wrong);
        for (int k = 0; k < OTR_QUESTION_KINDS; k++)
            kinds[k] += otr_questions_figures(w->core, (otr_question_kind)k).counts.asked;
        world_free(w);
        if (wrong != NULL)
            fail_at(&s, seed);
    }
    if (getenv("OUTRIDER_SEED") != NULL)
        return;
    size_t scenes = (size_t)(end_seed() - first_seed()); /* or there is nothing to see */
    for (int k = 0; k < OTR_QUESTION_KINDS; k++)
        assert_true(kinds[k] > scenes / 4);
    for (int i = 0; i < 8; i++)
        if (the_model.verdicts[i] < scenes / 4)
            fail_msg("decision %d came %zu times", i, the_model.verdicts[i]);
    size_t drawn = the_model.drawn[0] + the_model.drawn[1];
    assert_true(drawn > scenes);
    assert_in_range(the_model.drawn[1] * 100 / drawn, 35, 65);
}

static void a_new_start_at_any_step_decides_the_same(void **state)
{
    (void)state;
    static scene s;
    for (uint64_t seed = first_seed(); seed < end_seed(); seed += 3) {
        const char *wrong;
        scene_make(&s, seed);
        world *live = play(&s, false, &wrong);
        world *other = play(&s, true, &wrong);
        if (wrong != NULL)
            fail_msg("seed %llu, with new starts: %s", (unsigned long long)seed, wrong);
        assert_int_equal(live->notice_count, other->notice_count);
        for (size_t i = 0; i < live->notice_count; i++) {
            const world_notice *a = &live->notices[i];
            const world_notice *b = &other->notices[i];
            if (!otr_id_equal(a->id, b->id) || a->decided != b->decided || strcmp(a->reason, b->reason) != 0)
                fail_msg("seed %llu: %s of %s: \"%s\" and \"%s\"", (unsigned long long)seed, a->what,
                         a->asset, a->reason, b->reason);
        }
        for (size_t i = 0; i < live->event_count && i < other->event_count; i++)
            assert_string_equal(live->events[i].text, other->events[i].text);
        const char *differs = world_replay(live);
        if (differs != NULL)
            fail_msg("seed %llu: %s", (unsigned long long)seed, differs);
        world_free(live);
        world_free(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(customers_are_asked_with_restraint),
        cmocka_unit_test(a_new_start_at_any_step_decides_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
