/* Rows without an owner are kept while the core is rebuilt, and memory may run out at any of them: the core
 * can be released all the same, and nothing is lost (the address sanitizer watches). */
#include "core/orphan.h"

#include "tests/unit/pack/failing_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 20 };

static otr_status keep_rows(otr_core *core)
{
    otr_status status = OTR_OK;
    for (unsigned char i = 0; status == OTR_OK && i < ROWS; i++) {
        otr_row_alarm alarm = {.id = {{1, i}},
                               .pack = OTR_STR("test"),
                               .rule = OTR_STR("Warm"),
                               .asset = OTR_STR("box"),
                               .device = OTR_STR("t1")};
        otr_row_case one = {.id = {{2, i}}, .asset = OTR_STR("box"), .category = OTR_STR("climate")};
        status = otr_orphan_keep_alarm(core, &alarm);
        if (status == OTR_OK)
            status = otr_orphan_keep_case(core, &one);
    }
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    otr_status status = OTR_MEMORY;
    long failures = 1;
    for (; status != OTR_OK; failures++) {
        otr_core *core = calloc(1, sizeof *core);
        assert_non_null(core);
        failing_memory_after(failures);
        status = keep_rows(core);
        failing_memory_after(0);
        assert_true(status == OTR_OK || status == OTR_MEMORY);
        assert_true(status != OTR_OK || otr_orphan_has_alarm(core, (otr_id){{1, ROWS - 1}}));
        otr_orphan_done(core);
        free(core);
    }
    assert_true(failures > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
