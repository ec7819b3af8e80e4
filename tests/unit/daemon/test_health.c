/* What the gateway complains of before it is too late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "daemon/health.h"

static void names_run_out_at_seven_of_eight(void **state)
{
    enum { MANY = OTR_LIMIT_DEVICES / 8 * 7 };
    size_t room;
    (void)state;
    assert_false(otr_health_names_run_out(0, &room));
    assert_int_equal(room, OTR_LIMIT_DEVICES);
    assert_false(otr_health_names_run_out(MANY - 1, &room));
    assert_true(otr_health_names_run_out(MANY, &room));
    assert_int_equal(room, OTR_LIMIT_DEVICES / 8);
    assert_true(otr_health_names_run_out(OTR_LIMIT_DEVICES, &room));
    assert_int_equal(room, 0);
    assert_true(
        otr_health_names_run_out(OTR_LIMIT_DEVICES_KEYED, &room)); /* assignments and keys go beyond */
    assert_int_equal(room, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_run_out_at_seven_of_eight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
