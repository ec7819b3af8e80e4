/* What happens when memory runs out at any moment: the buffer says so, and nothing else goes wrong. */
#include "said.h"
#include "text/fit.h"
#include "text/phrases.h"

static int allocations_left = -1; /* -1: as many as wanted */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __real_realloc(memory, size);
}

static void say_all(otr_buffer *buffer)
{
    const otr_locale *locale = locale_of("fr");
    otr_civil at = {2025, 3, 5, 14, 30, 0, 3};
    otr_civil now = {2026, 3, 5, 14, 30, 0, 4};
    otr_str items[] = {OTR_STR("one"), OTR_STR("two"), OTR_STR("three")};
    for (int i = 0; i < 20; i++) {
        otr_locale_number(locale, buffer, 1e9, 2);
        otr_locale_quantity(locale, buffer, 9.5, OTR_STR("Cel"), OTR_MEASURES_US);
        otr_locale_interval(locale, buffer, at, now, now);
        otr_locale_span(locale, buffer, OTR_HOUR + OTR_MINUTE);
        otr_locale_list(locale, buffer, items, 3);
        otr_phrase_say(locale, buffer, OTR_PHRASE_BLIND_DOWN, OTR_PHRASE_FULL, NULL, 0);
        otr_text_fit(OTR_STR("a text that is too long"), 10, buffer);
    }
}

static void a_buffer_without_memory_says_so(void **state)
{
    (void)state;
    int failures = 0;
    for (int allowed = 0; allowed < 20; allowed++) {
        otr_buffer buffer = {0};
        allocations_left = allowed;
        say_all(&buffer);
        allocations_left = -1;
        failures += buffer.failed;
        if (!buffer.failed) {
            otr_buffer_done(&buffer);
            break;
        }
        otr_buffer_done(&buffer);
    }
    assert_in_range(failures, 2, 19);
}

static void a_text_as_long_as_memory_allows_is_cut_in_one_pass(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    char *long_text = malloc(SIZE);
    assert_non_null(long_text);
    memset(long_text, 'x', SIZE);
    otr_buffer buffer = {0};
    otr_text_fit((otr_str){long_text, SIZE}, 160, &buffer);
    assert_int_equal(otr_text_length(otr_buffer_text(&buffer)), 160);
    free(long_text);
    otr_buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_without_memory_says_so),
        cmocka_unit_test(a_text_as_long_as_memory_allows_is_cut_in_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
