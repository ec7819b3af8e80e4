/* core/numbers: against a list of flags that is searched from its start, and at the edges of its words. */
#include "core/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_lowest_free_number_comes_first(void **state)
{
    (void)state;
    enum { MOST = 300, STEPS = 20000 };
    otr_numbers numbers = {0};
    bool used[MOST] = {false};
    unsigned random = 1;
    unsigned count = 0;
    for (int step = 0; step < STEPS; step++) {
        random = random * 1103515245U + 12345U;
        unsigned number = (random >> 8) % MOST;
        if (used[number]) {
            otr_numbers_give(&numbers, number);
            used[number] = false;
            count--;
        } else if (count < MOST - 1) {
            uint32_t expected = 0;
            while (used[expected])
                expected++;
            assert_int_equal(otr_numbers_take(&numbers), expected);
            used[expected] = true;
            count++;
        }
    }
    otr_numbers_done(&numbers);
}

static void a_marked_number_is_not_given_out(void **state)
{
    (void)state;
    otr_numbers numbers = {0};
    assert_true(otr_numbers_mark(&numbers, 200));
    assert_true(otr_numbers_mark(&numbers, 1));
    for (uint32_t i = 0; i < 300; i++)
        if (i != 1 && i != 200)
            assert_int_equal(otr_numbers_take(&numbers), i);
    otr_numbers_give(&numbers, 63);
    otr_numbers_give(&numbers, 64);
    assert_int_equal(otr_numbers_take(&numbers), 63);
    assert_int_equal(otr_numbers_take(&numbers), 64);
    assert_int_equal(otr_numbers_take(&numbers), 300);
    otr_numbers_done(&numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_free_number_comes_first),
        cmocka_unit_test(a_marked_number_is_not_given_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
