/* Regular expressions: which texts a pattern is found in, which patterns are refused, and that time stays
 * linear. */
#include "cmocka_all.h"
#include "evaluate.h"

#include "rules/cel/regex.h"

#include <stdlib.h>
#include <time.h>

typedef struct sample {
    const char *pattern;
    const char *found;
    const char *missed; /* NULL: found everywhere */
} sample;

static void patterns_are_found_where_they_should_be(void **state)
{
    (void)state;
    static const sample samples[] = {
        {"", "abc", NULL},
        {"b", "abc", "ac"},
        {"^b", "bc", "abc"},
        {"c$", "abc", "cab"},
        {"^$", "", "a"},
        {"a.c", "abc", "a\nc"},
        {"(?s)a.c", "a\nc", "ac"},
        {"gr(a|e)y", "grey", "griy"},
        {"cat|dog|", "bird", NULL},
        {"^(cat|dog|cow)$", "cow", "cowdog"},
        {"^a*$", "aaaa", "aab"},
        {"^a+$", "a", ""},
        {"^ab?c$", "ac", "abbc"},
        {"^a{3}$", "aaa", "aa"},
        {"^a{2,}$", "aaaa", "a"},
        {"^a{2,4}$", "aaa", "aaaaa"},
        {"^a{0,2}$", "", "aaa"},
        {"^(ab){2}$", "abab", "ab"},
        {"^(a{0,1}){0,2}b{0}$", "aa", "aaa"},
        {"a{,2}", "a{,2}", "aa"},
        {"x{", "x{", "x"},
        {"^a+?b*?$", "aabb", "ba"},
        {"^[a-c]+$", "abc", "abd"},
        {"^[^a-c]+$", "xyz", "xaz"},
        {"^[]a]+$", "]a", "b"},
        {"^[a-]+$", "-a", "b"},
        {"^[\\d\\s]+$", "1 2", "a"},
        {"^[[:alpha:]_]+$", "ab_", "a1"},
        {"^\\d+\\.\\d*$", "12.", "12"},
        {"^\\D\\W\\S$", "a-b", "1-b"},
        {"\\bcat\\b", "a cat!", "concat"},
        {"\\Bcat", "concat", "cat"},
        {"\\x41\\x{1F431}", "A\xF0\x9F\x90\xB1", "A"},
        {"^\xC3\xA4.$", "\xC3\xA4\xE2\x82\xAC", "\xC3\xA4"},
        {"^[\xC3\xA0-\xC3\xBF]$", "\xC3\xA4", "a"},
        {"(?i)^straSSe[k-m]$", "STRASSEL", "strasse1"},
        {"(?i:a)b", "Ab", "AB"},
        {"(?m)^b$", "a\nb\nc", "ab"},
        {"a(?:b)(?P<name>c)(?<other>d)", "abcd", "abc"},
        {"\\Aab\\z", "ab", "ab\n"},
        {"(a*)*b", "aaab", "aaac"},
        {"(a|aa)+$", "aaaa", "b"},
        {"(|a)+b", "b", "a"},
        {"^(([^.]+)\\.)*x$", "a.b.x", "a..x"},
    };
    otr_arena arena = {0};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const otr_regex *regex = otr_regex_create(&arena, otr_str_of(samples[i].pattern));
        if (regex == NULL)
            fail_msg("%s is not read", samples[i].pattern);
        if (!otr_regex_search(regex, otr_str_of(samples[i].found)))
            fail_msg("%s is not found in %s", samples[i].pattern, samples[i].found);
        if (samples[i].missed != NULL && otr_regex_search(regex, otr_str_of(samples[i].missed)))
            fail_msg("%s is found in %s", samples[i].pattern, samples[i].missed);
    }
    otr_arena_done(&arena);
}

static void what_is_no_pattern_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *why;
        size_t at;
    } rows[] = {
        {"a(b", "( is not closed", 3},
        {"a)b", "there is no ( for this )", 1},
        {"[a", "[ is not closed", 2},
        {"*a", "there is nothing to repeat", 1},
        {"a|+", "there is nothing to repeat", 3},
        {"[b-a]", "the range ends before it begins", 4},
        {"[[:letter:]]", "there is no such [:class:]", 1},
        {"\\q", "this escape has no meaning", 2},
        {"\\1", "this escape has no meaning", 2},
        {"\\", "this escape has no meaning", 1},
        {"\\x4", "\\x is followed by two hex digits or {hex}", 3},
        {"a{3,2}", "the numbers in braces are too large or the wrong way round", 6},
        {"a{1001}", "the numbers in braces are too large or the wrong way round", 7},
        {"(a{100}){100}", "too long", 13},
        {"(?=a)", "there is no such kind of group", 3},
        {"(?P<a", "the group's name is not closed", 5},
        {"((((((((((((((((((((((((((((((((((a", "too many groups in each other", 33},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *why = "";
        size_t at = 0;
        if (otr_regex_check(otr_str_of(rows[i].pattern), &why, &at))
            fail_msg("%s is taken", rows[i].pattern);
        if (strcmp(why, rows[i].why) != 0 || at != rows[i].at)
            fail_msg("%s: %s at %zu", rows[i].pattern, why, at);
    }
}

static void a_megabyte_is_read_in_one_go_by_the_worst_of_patterns(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a*)*b", "(a|a)*b", "(a*)*(a*)*(a*)*b", "^(a?){20}a{20}b"};
    const size_t size = 1 << 20;
    char *text = malloc(size);
    otr_arena arena = {0};
    assert_non_null(text);
    memset(text, 'a', size);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        const otr_regex *regex = otr_regex_create(&arena, otr_str_of(patterns[i]));
        assert_non_null(regex);
        clock_t start = clock();
        assert_false(otr_regex_search(regex, (otr_str){text, size}));
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        print_message("%s: %.3f s\n", patterns[i], seconds);
        /* With backtracking it would not end; a slow machine with a sanitizer has all the time it needs. */
        assert_true(seconds < 60);
    }
    free(text);
    otr_arena_done(&arena);
}

static void expressions_match_constant_and_computed_patterns(void **state)
{
    (void)state;
    static const row rows[] = {
        {"fault.matches('^E[0-9]+$')", "bool true"},
        {"matches(fault, '2$')", "bool true"},
        {"fault.matches('^E' + '13')", "bool false"},
        {"fault.matches(asset.class)", "bool false"},
        {"fault.matches('(' + fault)", "error 1:7 the regular expression cannot be read"},
        {"fault.matches('E(')",
         "refused 1:15 the regular expression cannot be read at byte 3: ( is not closed"},
        {"axles.matches('3')", "error 1:7 no matching overload for an int"},
        {"fault.matches(3)", "refused 1:15 matches() takes strings, this is an int"},
    };
    EXPECT_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_found_where_they_should_be),
        cmocka_unit_test(what_is_no_pattern_is_refused_with_its_place),
        cmocka_unit_test(a_megabyte_is_read_in_one_go_by_the_worst_of_patterns),
        cmocka_unit_test(expressions_match_constant_and_computed_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
