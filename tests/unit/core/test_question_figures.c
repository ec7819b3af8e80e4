/* What answers say, with how many there are and how sure that is. */
#include "core/question/question.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near(double is, double should, double tolerance)
{
    if (!(fabs(is - should) <= tolerance))
        fail_msg("%.12g should be %.12g", is, should);
}

static void add(otr_question_counts *counts, unsigned score, uint64_t times)
{
    counts->answered += times;
    counts->sum += score * times;
    counts->squares += (uint64_t)score * score * times;
    counts->scores[score] += times;
}

static void satisfaction_is_a_mean_and_a_share_of_good_ones(void **state)
{
    (void)state;
    otr_question_counts counts = {.asked = 30, .expired = 10};
    add(&counts, 5, 6);
    add(&counts, 4, 4);
    add(&counts, 3, 6);
    add(&counts, 1, 4);
    otr_question_figures figures = otr_question_figures_of(&counts, OTR_QUESTION_SATISFACTION);
    assert_int_equal(figures.score.n, 20);
    near(figures.score.value, 3.4, 1e-12);
    near(figures.good.value, 0.5, 1e-12);
    near(figures.good.low, 0.2993, 5e-5); /* Wilson's of 10 in 20 */
    near(figures.good.high, 0.7007, 5e-5);
    near(figures.poor.value, 0.2, 1e-12);
    near(figures.response.value, 2.0 / 3, 1e-12);
    assert_int_equal(figures.response.n, 30);
}

static void recommending_is_a_balance_of_points(void **state)
{
    (void)state;
    otr_question_counts counts = {.asked = 100};
    add(&counts, 10, 30);
    add(&counts, 9, 20);
    add(&counts, 8, 20);
    add(&counts, 7, 10);
    add(&counts, 6, 15);
    add(&counts, 0, 5);
    otr_question_figures figures = otr_question_figures_of(&counts, OTR_QUESTION_NPS);
    near(figures.score.value, 30, 1e-12);
    near(figures.score.error, 7.8102, 5e-5);
    near(figures.good.value, 0.5, 1e-12);
    near(figures.poor.value, 0.2, 1e-12);
}

static void without_answers_nothing_is_claimed(void **state)
{
    (void)state;
    for (int kind = 0; kind < OTR_QUESTION_KINDS; kind++) {
        otr_question_counts counts = {.asked = 3};
        otr_question_figures figures = otr_question_figures_of(&counts, (otr_question_kind)kind);
        assert_true(isnan(figures.score.value) && isnan(figures.response.value));
        assert_int_equal(figures.score.n, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(satisfaction_is_a_mean_and_a_share_of_good_ones),
        cmocka_unit_test(recommending_is_a_balance_of_points),
        cmocka_unit_test(without_answers_nothing_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
