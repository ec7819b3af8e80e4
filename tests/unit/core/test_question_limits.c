/* Limits of questions: how many wait, of how many people something is remembered, how long one is of use, and
 * how seldom the rare one is asked. */
#include "question_fixture.h"

#include "core/question/question_memory.h"

static uint32_t label_of(world *w, const char *name)
{
    return otr_core_label(w->core, otr_str_of(name));
}

static void so_many_questions_wait_and_no_more(void **state)
{
    (void)state;
    world *w = start();
    otr_question *last = NULL;
    while (w->core->questions.count < OTR_LIMIT_QUESTIONS) {
        last = otr_question_make(w->core);
        assert_non_null(last);
        *last = (otr_question){.used = true,
                               .state = OTR_QUESTION_ASKED,
                               .customer = label_of(w, "c"),
                               .asset = label_of(w, "c1"),
                               .closed = OTR_TIME_NONE,
                               .due = OTR_TIME_NEVER};
    }
    trouble(w, "f1");
    assert_int_equal(asked(w), 0);
    assert_int_equal(dropped(w, "questions-full"), 1);
    otr_question_drop(w->core, last);
    trouble(w, "f2");
    assert_int_equal(asked(w), 1);
    assert_int_equal(w->core->questions.count, OTR_LIMIT_QUESTIONS);
    world_free(w);
}

/* Who still is somebody's customer, or was asked lately, keeps their place. */
static void of_so_many_people_something_is_remembered(void **state)
{
    (void)state;
    world *w = start();
    otr_questions *all = &w->core->questions;
    uint32_t f = label_of(w, "f");
    uint32_t c = label_of(w, "c");
    assert_true(otr_core_grow((void **)&all->people, &all->people_capacity, OTR_LIMIT_QUESTIONED,
                              sizeof *all->people));
    while (all->people_count < OTR_LIMIT_QUESTIONED)
        all->people[all->people_count++] =
            (otr_questioned){.customer = c, .asked = OTR_TIME_NONE, .nps = OTR_TIME_NONE};
    assert_null(otr_questioned_of(w->core, f));
    assert_false(w->core->failed);
    trouble(w, "f1");
    assert_int_equal(asked(w), 0);
    otr_questioned *gone = &all->people[5];
    gone->customer = label_of(w, "gone");
    gone->asked = w->core->now.utc - OTR_LIMIT_QUESTION_BUDGET_DAYS * OTR_DAY + OTR_MINUTE;
    assert_null(otr_questioned_of(w->core, f));
    world_report(w, "f2", "humidity", 40, w->utc + OTR_MINUTE);
    assert_non_null(otr_questioned_of(w->core, f));
    assert_int_equal(all->people_count, OTR_LIMIT_QUESTIONED);
    assert_null(otr_questioned_find(w->core, label_of(w, "gone")));
    world_free(w);
}

/* It is quiet when the case closes, and the clock is away until the question is of that age. */
static world *of_age(otr_time age)
{
    world *w = start();
    world_sleep(w, 13 * OTR_HOUR); /* 21:00 */
    trouble(w, "c1");
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "quiet"), 1);
    otr_time closed = w->core->questions.list[0].closed;
    w->synced = false;
    world_sleep(w, closed + age - w->utc);
    assert_int_equal(asked(w) + dropped(w, "expired"), 0);
    w->synced = true;
    world_report(w, "f2", "humidity", 40, w->utc);
    return w;
}

static void a_question_is_of_use_for_so_many_days(void **state)
{
    (void)state;
    world *w = of_age(OTR_LIMIT_QUESTION_HELD_DAYS * OTR_DAY - OTR_MINUTE);
    assert_int_equal(dropped(w, "expired"), 0);
    assert_int_equal(world_notices(w, OTR_NOTICE_HELD, "Warm", "quiet"), 2);
    world_free(w);
    w = of_age(OTR_LIMIT_QUESTION_HELD_DAYS * OTR_DAY);
    assert_int_equal(dropped(w, "expired"), 1);
    assert_int_equal(asked(w), 0);
    world_free(w);
}

enum { MANY = 40 };

/* How many of them are asked the rare question, so long after they last were. */
static uint32_t asked_again(otr_time since)
{
    static char text[MANY * 128];
    size_t size = (size_t)snprintf(text, sizeof text, "version: 1\ncustomers:\n");
    for (int i = 0; i < MANY; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "  - {customer: m%d}\n", i);
    size += (size_t)snprintf(text + size, sizeof text - size, "assets:\n");
    for (int i = 0; i < MANY; i++)
        size += (size_t)snprintf(text + size, sizeof text - size,
                                 "  - {asset: m%d, class: x, devices: [m%d], customer: m%d}\n", i, i, i);
    world *w = world_create(notice_pack, text, T0);
    for (int i = 0; i < MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "m%d", i);
        otr_questioned *person = otr_questioned_of(w->core, label_of(w, name));
        assert_non_null(person);
        person->cases = 9;
        person->nps = AT(60) - since; /* their cases close from a minute after that on, within an hour */
        world_report(w, name, "temperature", 9, w->utc);
        world_report(w, name, "temperature", 3, w->utc + OTR_MINUTE);
    }
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(asked(w), MANY);
    uint32_t count = w->core->questions.counts[OTR_QUESTION_NPS].asked;
    world_free(w);
    return count;
}

static void the_rare_question_is_asked_once_in_so_many_days(void **state)
{
    (void)state;
    assert_true(asked_again(OTR_LIMIT_QUESTION_NPS_DAYS * OTR_DAY) > 1);
    assert_int_equal(asked_again(OTR_LIMIT_QUESTION_NPS_DAYS * OTR_DAY - OTR_HOUR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_questions_wait_and_no_more),
        cmocka_unit_test(of_so_many_people_something_is_remembered),
        cmocka_unit_test(a_question_is_of_use_for_so_many_days),
        cmocka_unit_test(the_rare_question_is_asked_once_in_so_many_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
