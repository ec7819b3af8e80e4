/* What comes of the answers to questions. */
#include "core/case/conversation.h"
#include "question_fixture.h"

static void a_good_answer_is_thanked_for_once(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    uint8_t most = scale_of(w, id).most;
    assert_int_equal(answer(w, id, most, OTR_QUESTION_NO_REASON), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(answer(w, id, 1, OTR_QUESTION_NO_REASON), OTR_REFUSAL_ACCEPTED);
    otr_customer_act again = {.action = OTR_CUSTOMER_SCORE, .notification = id, .scored = true, .score = 1};
    assert_int_equal(otr_question_take(w->core, otr_question_find(w->core, id), &again),
                     OTR_REFUSAL_ACCEPTED); /* so long after that the first one is not remembered */
    assert_int_equal(notice_told(w, "answer"), 1);
    assert_int_equal(asked(w), 1);
    world_begins(notice_get(w, "answer", 0)->text, "Thank you for your answer.");
    assert_int_equal(counts(w, id).asked, 1);
    assert_int_equal(counts(w, id).answered, 1);
    assert_int_equal(counts(w, id).sum, most);
    assert_int_equal(counts(w, id).squares, most * most);
    assert_int_equal(counts(w, id).scores[most], 1);
    world_sleep(w, 10 * OTR_DAY);
    assert_null(kept(w, id));
    assert_int_equal(w->core->questions.counts[0].expired + w->core->questions.counts[1].expired, 0);
    world_free(w);
}

static void only_after_a_poor_answer_the_reason_is_asked_for(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    uint8_t poor = scale_of(w, id).poor;
    assert_int_equal(answer(w, id, poor, OTR_QUESTION_NO_REASON), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(notice_told(w, "answer"), 0);
    assert_int_equal(asked(w), 2);
    const world_event *why = question(w, 1);
    assert_false(otr_id_equal(why->entity, id));
    world_begins(why->text, "f1: we are sorry that it was not better. What went wrong?");
    assert_non_null(strstr(why->text, "too late; hard to understand; not solved; I had to say things twice; "
                                      "too many messages."));
    assert_int_equal(answer(w, why->entity, -1, OTR_QUESTION_REASON_TOO_MANY), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(notice_told(w, "answer"), 1);
    assert_int_equal(counts(w, id).asked_why, 1);
    assert_int_equal(counts(w, id).reasons[OTR_QUESTION_REASON_TOO_MANY], 1);
    assert_int_equal(counts(w, id).answered, 1);
    world_free(w);
}

static void a_reason_that_comes_along_is_not_asked_for(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    assert_int_equal(answer(w, id, scale_of(w, id).poor, OTR_QUESTION_REASON_LATE), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(asked(w), 1);
    assert_int_equal(notice_told(w, "answer"), 1);
    assert_int_equal(counts(w, id).reasons[OTR_QUESTION_REASON_LATE], 1);
    world_free(w);
}

static void what_is_on_record_is_no_choice(void **state)
{
    (void)state;
    world *w = start();
    world_report(w, "f1", "temperature", 9, AT(0));
    world_report(w, "f1", "temperature", 3, AT(10));
    otr_command late = {.kind = OTR_COMMAND_CUSTOMER,
                        .customer = {.action = OTR_CUSTOMER_LATE,
                                     .notification = notice_get(w, "cleared", 0)->entity,
                                     .from = OTR_TIME_NONE,
                                     .to = OTR_TIME_NONE}};
    (void)world_command(w, late);
    world_sleep(w, 2 * OTR_HOUR);
    otr_id id = question(w, 0)->entity;
    (void)answer(w, id, scale_of(w, id).poor, OTR_QUESTION_NO_REASON);
    assert_null(strstr(question(w, 1)->text, "too late"));
    assert_non_null(strstr(question(w, 1)->text, "hard to understand"));
    world_free(w);
}

static void what_was_not_asked_for_is_refused_and_may_be_mended(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    otr_question_scale scale = scale_of(w, id);
    assert_int_equal(answer(w, id, scale.most + 1, OTR_QUESTION_NO_REASON), OTR_REFUSAL_NO_ANSWER);
    assert_int_equal(answer(w, id, scale.most, OTR_QUESTION_REASON_LATE), OTR_REFUSAL_NO_ANSWER);
    assert_int_equal(answer(w, id, -1, OTR_QUESTION_REASON_LATE), OTR_REFUSAL_NO_ANSWER);
    assert_int_equal(answer(w, notice_get(w, "raised", 0)->entity, 3, OTR_QUESTION_NO_REASON),
                     OTR_REFUSAL_NO_NOTIFICATION);
    assert_int_equal(counts(w, id).answered, 0);
    assert_int_equal(answer(w, id, scale.least, OTR_QUESTION_NO_REASON), OTR_REFUSAL_ACCEPTED);
    otr_id why = question(w, 1)->entity;
    assert_int_equal(answer(w, why, 3, OTR_QUESTION_NO_REASON), OTR_REFUSAL_NO_ANSWER);
    assert_int_equal(answer(w, why, -1, OTR_QUESTION_REASON_UNCLEAR), OTR_REFUSAL_ACCEPTED);
    world_free(w);
}

static bool next_score(otr_reader *said, otr_remark *out)
{
    while (otr_conversation_next(said, out))
        if (otr_str_is(out->what, "score"))
            return true;
    return false;
}

static void an_answer_is_in_the_record_of_its_case(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    const otr_case *one = otr_desk_find(w->core, question(w, 0)->case_id);
    otr_question_kind kind = (otr_question_kind)kept(w, id)->kind;
    char expected[64];
    (void)answer(w, id, 1, OTR_QUESTION_NO_REASON);
    (void)answer(w, question(w, 1)->entity, -1, OTR_QUESTION_REASON_NOT_SOLVED);
    otr_reader said = otr_reader_of(otr_buffer_bytes(&one->desk.said));
    otr_remark remark;
    (void)snprintf(expected, sizeof expected, "%s 1 of %u", otr_question_kind_text(kind),
                   otr_question_scale_of(kind).most);
    assert_true(next_score(&said, &remark));
    assert_int_equal(remark.speaker, OTR_SPEAKER_CUSTOMER);
    assert_true(otr_str_is(remark.text, expected));
    assert_true(next_score(&said, &remark));
    assert_true(otr_str_is(remark.text, "not-solved"));
    assert_false(next_score(&said, &remark));
    world_free(w);
}

static void a_question_lapses(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    uint8_t kind = kept(w, id)->kind;
    world_sleep(w, 6 * OTR_DAY);
    assert_null(kept(w, id));
    assert_int_equal(answer(w, id, 3, OTR_QUESTION_NO_REASON), OTR_REFUSAL_NO_NOTIFICATION);
    assert_int_equal(w->core->questions.counts[kind].expired, 1);
    otr_question_figures figures = otr_questions_figures(w->core, (otr_question_kind)kind);
    assert_int_equal(figures.response.n, 1);
    assert_true(figures.response.value == 0 && figures.score.n == 0);
    world_free(w);
}

static void a_question_can_be_the_last_one(void **state)
{
    (void)state;
    world *w = start();
    trouble(w, "f1");
    otr_id id = question(w, 0)->entity;
    assert_int_equal(answer(w, id, scale_of(w, id).most, OTR_QUESTION_NO_REASON), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(stop(w, id, "cold"), OTR_REFUSAL_NO_CATEGORY);
    assert_int_equal(stop(w, id, ""), OTR_REFUSAL_ACCEPTED);
    world_begins(notice_get(w, "answer", 1)->text, "You will get no more messages about “our questions”");
    world_sleep(w, 8 * OTR_DAY);
    trouble(w, "f2");
    assert_int_equal(asked(w), 1);
    assert_int_equal(dropped(w, "opted-out"), 1);
    assert_int_equal(notice_told(w, "raised"), 2); /* of all else they hear */
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_answer_is_thanked_for_once),
        cmocka_unit_test(only_after_a_poor_answer_the_reason_is_asked_for),
        cmocka_unit_test(a_reason_that_comes_along_is_not_asked_for),
        cmocka_unit_test(what_is_on_record_is_no_choice),
        cmocka_unit_test(what_was_not_asked_for_is_refused_and_may_be_mended),
        cmocka_unit_test(an_answer_is_in_the_record_of_its_case),
        cmocka_unit_test(a_question_lapses),
        cmocka_unit_test(a_question_can_be_the_last_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
