#include "loading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "failing_memory.h"

void test_refusals(const test_loader *loader, const test_refusal *rows, size_t count)
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        void *made = NULL;
        otr_error error = {0};
        otr_status status = loader->load(otr_str_of(rows[i].yaml), &made, &error);
        bool as_expected = status != OTR_OK && status != OTR_MEMORY && made == NULL &&
                           error.line == rows[i].line && error.column == rows[i].column &&
                           strstr(error.text, rows[i].reason) != NULL;
        if (!as_expected) {
            print_error("row %zu (%s): %s at %d:%d: %s\n", i, rows[i].reason, otr_status_text(status),
                        error.line, error.column, error.text);
            wrong++;
        }
        loader->release(made);
    }
    assert_int_equal(wrong, 0);
}

void test_failing_allocations(const test_loader *loader, otr_str yaml, long least)
{
    for (long nth = 1;; nth++) {
        void *made = NULL;
        otr_error error = {0};
        failing_memory_after(nth);
        otr_status status = loader->load(yaml, &made, &error);
        bool hit = failing_memory_hit();
        failing_memory_after(0);
        loader->release(made);
        if (!hit) {
            assert_int_equal(status, OTR_OK);
            assert_true(nth > least);
            return;
        }
        if (status != OTR_MEMORY || made != NULL)
            fail_msg("allocation %ld failed: %s, %s", nth, otr_status_text(status), error.text);
    }
}
