/* rules/yaml: positions of every style of scalar, everything that is refused with its exact place, the
 * readers. */
#include "base/limits.h"
#include "failing_memory.h"
#include "rules/load/nearest.h"
#include "rules/load/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    otr_arena arena;
    otr_error error;
    otr_yaml *root;
} fixture;

static otr_status parse(fixture *f, const char *yaml)
{
    *f = (fixture){0};
    return otr_yaml_parse(&f->arena, otr_str_of(yaml), &f->root, &f->error);
}

static const otr_yaml *load(fixture *f, const char *yaml)
{
    otr_status status = parse(f, yaml);
    if (status != OTR_OK)
        fail_msg("%d:%d: %s", f->error.line, f->error.column, f->error.text);
    return f->root;
}

static void expect_at(const otr_yaml *node, size_t offset, int line, int column)
{
    int found_line;
    int found_column;
    otr_yaml_place(node, offset, &found_line, &found_column);
    if (found_line != line || found_column != column)
        fail_msg("offset %zu stands at %d:%d, expected %d:%d", offset, found_line, found_column, line,
                 column);
}

static void scalars_know_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        otr_yaml_style style;
        const char *text;
        int line, column;
        bool exact;
        unsigned offset;
        int at_line, at_column;
    } rows[] = {
        {"k: abc\n", OTR_YAML_PLAIN, "abc", 1, 4, true, 2, 1, 6},
        {"k:   abc # x\n", OTR_YAML_PLAIN, "abc", 1, 6, true, 0, 1, 6},
        {"# c\n\nk:\n  abc\n", OTR_YAML_PLAIN, "abc", 4, 3, true, 1, 4, 4},
        {"k: a\n  b\n", OTR_YAML_PLAIN, "a b", 1, 4, false, 2, 1, 4},
        {"k: 'a''b c'\n", OTR_YAML_SINGLE_QUOTED, "a'b c", 1, 4, true, 2, 1, 8},
        {"k: 'a''b c'\n", OTR_YAML_SINGLE_QUOTED, "a'b c", 1, 4, true, 1, 1, 6},
        {"k: 'a\n  b'\n", OTR_YAML_SINGLE_QUOTED, "a b", 1, 4, false, 2, 1, 4},
        {"k: \"a b\"\n", OTR_YAML_DOUBLE_QUOTED, "a b", 1, 4, true, 2, 1, 7},
        {"k: \"a\\tb\"\n", OTR_YAML_DOUBLE_QUOTED, "a\tb", 1, 4, false, 2, 1, 4},
        {"k: \"\\x61\"\n", OTR_YAML_DOUBLE_QUOTED, "a", 1, 4, false, 0, 1, 4},
        {"k: |\n  ab\n  cd\n", OTR_YAML_LITERAL, "ab\ncd\n", 2, 3, true, 4, 3, 4},
        {"k: |-\n     ab\n     cd\n", OTR_YAML_LITERAL, "ab\ncd", 2, 6, true, 3, 3, 6},
        {"k: |2 # note\n    ab\n", OTR_YAML_LITERAL, "  ab\n", 2, 3, true, 2, 2, 5},
        {"k: |\n\n   ab\n", OTR_YAML_LITERAL, "\nab\n", 2, 4, true, 1, 3, 4},
        {"k: |\r\n  ab\r\n  cd\r\n", OTR_YAML_LITERAL, "ab\ncd\n", 2, 3, true, 3, 3, 3},
        {"k: |2-\n    ", OTR_YAML_LITERAL, "  ", 2, 3, true, 1, 2, 4},
        {"k: |+\n\n\n", OTR_YAML_LITERAL, "\n\n", 2, 1, true, 1, 3, 1},
        {"k: >\n  ab\n  cd\n", OTR_YAML_FOLDED, "ab cd\n", 2, 3, false, 3, 2, 3},
        {"k: ''\n", OTR_YAML_SINGLE_QUOTED, "", 1, 4, true, 0, 1, 5},
        {"k:\n", OTR_YAML_PLAIN, "", 1, 3, true, 0, 1, 3},
        {"{\"käse °\": abc, k: xyz}\n", OTR_YAML_PLAIN, "xyz", 1, 22, true, 1, 1, 23},
        {"\xEF\xBB\xBFk: abc\n", OTR_YAML_PLAIN, "abc", 1, 4, true, 0, 1, 4},
        {"- 1\n- k: 'é' \n", OTR_YAML_SINGLE_QUOTED, "é", 2, 6, true, 2, 2, 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture f;
        const otr_yaml *node = load(&f, rows[i].yaml);
        if (node->kind == OTR_YAML_LIST)
            node = node->first->next;
        node = otr_yaml_get(node, "k");
        assert_non_null(node);
        bool same = node->kind == OTR_YAML_SCALAR && node->style == rows[i].style &&
                    otr_str_is(node->text, rows[i].text) && node->line == rows[i].line &&
                    node->column == rows[i].column && node->exact == rows[i].exact;
        if (!same)
            fail_msg("row %zu: style %d text \"%.*s\" at %d:%d exact %d", i, node->style,
                     OTR_STR_ARG(node->text), node->line, node->column, node->exact);
        expect_at(node, rows[i].offset, rows[i].at_line, rows[i].at_column);
        otr_arena_done(&f.arena);
    }
}

static void trees_keep_order_and_key_places(void **state)
{
    (void)state;
    fixture f;
    const otr_yaml *root = load(&f, "---\nb: [1, {x: y}]\na:\n  - p: 1\n    q: 2\n...\n");
    assert_int_equal(root->kind, OTR_YAML_MAP);
    assert_int_equal(otr_yaml_count(root), 2);
    const otr_yaml *b = root->first;
    assert_true(otr_str_is(b->key, "b"));
    assert_int_equal(b->key_line, 2);
    assert_int_equal(b->key_column, 1);
    assert_int_equal(b->kind, OTR_YAML_LIST);
    assert_int_equal(b->column, 4);
    assert_true(otr_str_is(otr_yaml_get(b->first->next, "x")->text, "y"));
    const otr_yaml *q = otr_yaml_get(b->next->first, "q");
    assert_int_equal(q->key_line, 5);
    assert_int_equal(q->key_column, 5);
    assert_null(otr_yaml_get(root, "c"));
    assert_null(otr_yaml_get(b, "x"));
    otr_arena_done(&f.arena);
}

static void an_empty_document_is_an_empty_map(void **state)
{
    (void)state;
    static const char *const documents[] = {"",      "\n\n",       "# only a comment\n",
                                            "---\n", "---\n...\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        fixture f;
        const otr_yaml *root = load(&f, documents[i]);
        assert_int_equal(root->kind, OTR_YAML_MAP);
        assert_null(root->first);
        otr_arena_done(&f.arena);
    }
    fixture f = {0};
    assert_int_equal(otr_yaml_parse(&f.arena, (otr_str){NULL, 0}, &f.root, &f.error), OTR_OK);
    otr_arena_done(&f.arena);
}

static void what_is_refused_names_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        int line, column;
        const char *reason;
    } rows[] = {
        {"a: &x 1\n", 1, 4, "anchors"},
        {"&x a: 1\n", 1, 1, "anchors"},
        {"a: &x\n  b: 1\n", 1, 4, "anchors"},
        {"a: 1\nb: *a\n", 2, 4, "aliases"},
        {"*a : 1\n", 1, 1, "aliases"},
        {"a: !!str 1\n", 1, 4, "tags"},
        {"a: ! x\n", 1, 4, "tags"},
        {"a: ! 'x'\n", 1, 4, "tags"},
        {"a: !local [1]\n", 1, 4, "tags"},
        {"%TAG ! tag:x,1:\n---\na: 1\n", 1, 1, "tags"},
        {"a: 1\nb: 2\na: 3\n", 3, 1, "key a stands here twice, first at 1:1"},
        {"é: 1\nb: {\"é\": 1, é: 2}\n", 2, 14, "first at 2:5"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"a: 1\n...\n---\n", 3, 1, "second document"},
        {"? [1]\n: 2\n", 1, 3, "a key must be text"},
        {"? {a: 1}\n: 2\n", 1, 3, "a key must be text"},
        {"?\n: 2\n", 1, 2, "a key must be text"},
        {"'': 2\n", 1, 1, "a key must be text"},
        {"a:\n\t- 1\n", 2, 1, "tab"},
        {"a: [1, 2\n", 2, 1, "expected ',' or ']'"},
        {"a: b: c\n", 1, 5, "mapping values are not allowed"},
        {"a: 'x\n", 2, 1, "end of stream"},
        {"a: 1\n b: 2\n", 2, 3, "mapping values"},
        {"é: \"\\q\"\n", 1, 6, "unknown escape"},
        {"a: \"\\0\"\n", 1, 4, "control character"},
        {"a: \"\\e[31m\"\n", 1, 4, "control character"},
        {"\"\\a\": 1\n", 1, 1, "control character"},
        {"a: 1\nb: \x01\n", 2, 4, "control character"},
        {"a: \x7f\n", 1, 4, "control character"},
        {"a: \xC2\x9B\n", 1, 4, "control character"},
        {"a: \xEF\xBF\xBE\n", 1, 4, "no character"},
        {"a: 1\nbc: \xFF\n", 2, 5, "not UTF-8"},
        {"a: \xE2\x82", 1, 4, "not UTF-8"},
        {"a: \xED\xA0\x80\n", 1, 4, "not UTF-8"},
        {"a: 1\rb: 2\n", 1, 5, "carriage return"},
        {"a: 1\xE2\x80\xA8", 1, 5, "Unicode line break"},
        {"a: 1\xC2\x85", 1, 5, "Unicode line break"},
        {"@a\n", 1, 1, "cannot start any token"},
        {"%YAML 3.0\n---\na: 1\n", 1, 1, "incompatible"},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture f;
        otr_status status = parse(&f, rows[i].yaml);
        bool as_expected = status == OTR_INVALID && f.error.line == rows[i].line &&
                           f.error.column == rows[i].column && strstr(f.error.text, rows[i].reason) != NULL;
        if (!as_expected) {
            print_error("row %zu: %s at %d:%d: %s\n", i, otr_status_text(status), f.error.line,
                        f.error.column, f.error.text);
            wrong++;
        }
        assert_null(f.root);
        otr_arena_done(&f.arena);
    }
    assert_int_equal(wrong, 0);
}

static void size_depth_and_count_are_bounded(void **state)
{
    (void)state;
    fixture f = {0};
    char *text = calloc(1, OTR_LIMIT_PACK_BYTES + 2);
    assert_non_null(text);
    memset(text, '#', OTR_LIMIT_PACK_BYTES + 1);
    assert_int_equal(parse(&f, text), OTR_LIMIT);
    otr_arena_done(&f.arena);
    text[OTR_LIMIT_PACK_BYTES] = '\0';
    assert_int_equal(parse(&f, text), OTR_OK);
    otr_arena_done(&f.arena);
    free(text);

    char deep[OTR_LIMIT_YAML_DEPTH * 2 + 3] = {0};
    memset(deep, '[', OTR_LIMIT_YAML_DEPTH);
    memset(deep + OTR_LIMIT_YAML_DEPTH, ']', OTR_LIMIT_YAML_DEPTH);
    assert_int_equal(parse(&f, deep), OTR_OK);
    otr_arena_done(&f.arena);
    memset(deep, '[', OTR_LIMIT_YAML_DEPTH + 1);
    memset(deep + OTR_LIMIT_YAML_DEPTH + 1, ']', OTR_LIMIT_YAML_DEPTH + 1);
    assert_int_equal(parse(&f, deep), OTR_LIMIT);
    assert_int_equal(f.error.column, OTR_LIMIT_YAML_DEPTH + 1);
    otr_arena_done(&f.arena);

    f = (fixture){0};
    assert_int_equal(otr_yaml_parse_within(&f.arena, OTR_STR("[a, b, c]"), 100, 3, &f.root, &f.error),
                     OTR_OK);
    assert_int_equal(otr_yaml_parse_within(&f.arena, OTR_STR("[a, b, c]"), 100, 2, &f.root, &f.error),
                     OTR_LIMIT);
    assert_int_equal(f.error.column, 8);
    otr_arena_done(&f.arena);
}

/* A map with every key the file can hold, and a line as long as the file: both take linear time or ctest
 * kills us. */
static void large_files_load_in_linear_time(void **state)
{
    (void)state;
    fixture f = {0};
    char *text = malloc(OTR_LIMIT_PACK_BYTES);
    assert_non_null(text);
    size_t size = 0;
    text[size++] = '{';
    for (int i = 0; i < 80000; i++)
        size += (size_t)snprintf(text + size, 32, "é%05d: 1,", i);
    text[size++] = '}';
    assert_int_equal(otr_yaml_parse(&f.arena, (otr_str){text, size}, &f.root, &f.error), OTR_OK);
    assert_int_equal(otr_yaml_count(f.root), 80000);
    otr_arena_done(&f.arena);
    memset(text, '[', OTR_LIMIT_PACK_BYTES);
    assert_int_equal(otr_yaml_parse(&f.arena, (otr_str){text, OTR_LIMIT_PACK_BYTES}, &f.root, &f.error),
                     OTR_LIMIT);
    otr_arena_done(&f.arena);
    free(text);
}

static void readers_take_what_they_name_and_nothing_else(void **state)
{
    (void)state;
    fixture f;
    const otr_yaml *root =
        load(&f, "yes: true\nno: false\nquoted: 'true'\nn: -2.5\ni: 42\nqn: '42'\nhex: 0x10\nnan: nan\n"
                 "inf: 1e999\nnull: ~\nempty:\nspan: 1h30m\nlist: [1]\nmap: {a: 1}\nlong: "
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéaaaaa\n");
    otr_error e;
    bool flag = false;
    double number = 0;
    int64_t integer = 0;
    otr_time span = 0;
    otr_str text;
    assert_int_equal(otr_yaml_bool(otr_yaml_get(root, "yes"), &flag, &e), OTR_OK);
    assert_true(flag);
    assert_int_equal(otr_yaml_bool(otr_yaml_get(root, "no"), &flag, &e), OTR_OK);
    assert_false(flag);
    assert_int_equal(otr_yaml_bool(otr_yaml_get(root, "quoted"), &flag, &e), OTR_INVALID);
    assert_string_equal(e.text, "expected true or false, found 'true'");
    assert_int_equal(e.line, 3);
    assert_int_equal(e.column, 9);
    assert_int_equal(otr_yaml_double(otr_yaml_get(root, "n"), &number, &e), OTR_OK);
    assert_true(number == -2.5);
    static const char *const no_numbers[] = {"qn",    "hex",  "nan", "inf", "null",
                                             "empty", "list", "map", "yes"};
    for (size_t i = 0; i < sizeof no_numbers / sizeof no_numbers[0]; i++)
        assert_int_equal(otr_yaml_double(otr_yaml_get(root, no_numbers[i]), &number, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_i64(otr_yaml_get(root, "i"), 0, 42, &integer, &e), OTR_OK);
    assert_int_equal(integer, 42);
    assert_int_equal(otr_yaml_i64(otr_yaml_get(root, "i"), 43, 50, &integer, &e), OTR_INVALID);
    assert_string_equal(e.text, "42 is out of range, expected 43 to 50");
    assert_int_equal(otr_yaml_i64(otr_yaml_get(root, "n"), -9, 9, &integer, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_i64(otr_yaml_get(root, "qn"), 0, 99, &integer, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_span(otr_yaml_get(root, "span"), &span, &e), OTR_OK);
    assert_true(span == 90 * OTR_MINUTE);
    assert_int_equal(otr_yaml_span(otr_yaml_get(root, "i"), &span, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_span(otr_yaml_get(root, "list"), &span, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_text(otr_yaml_get(root, "qn"), &text, &e), OTR_OK);
    assert_true(otr_str_is(text, "42"));
    assert_int_equal(otr_yaml_text(otr_yaml_get(root, "i"), &text, &e), OTR_OK);
    assert_int_equal(otr_yaml_text(otr_yaml_get(root, "null"), &text, &e), OTR_INVALID);
    assert_int_equal(otr_yaml_text(otr_yaml_get(root, "empty"), &text, &e), OTR_INVALID);
    assert_string_equal(e.text, "expected text, found nothing");
    assert_int_equal(otr_yaml_text(otr_yaml_get(root, "map"), &text, &e), OTR_INVALID);
    assert_string_equal(e.text, "expected text, found a map");
    assert_int_equal(otr_yaml_double(otr_yaml_get(root, "long"), &number, &e), OTR_INVALID);
    assert_true(otr_str_is_utf8(otr_str_of(e.text)));
    assert_int_equal(otr_yaml_kind_is(otr_yaml_get(root, "list"), OTR_YAML_MAP, &e), OTR_INVALID);
    assert_string_equal(e.text, "expected a map, found a list");
    const otr_yaml *found;
    assert_int_equal(otr_yaml_need(root, "i", &found, &e), OTR_OK);
    assert_int_equal(otr_yaml_need(root, "absent", &found, &e), OTR_INVALID);
    assert_string_equal(e.text, "the key absent is missing");
    assert_int_equal(otr_yaml_need(otr_yaml_get(root, "list"), "x", &found, &e), OTR_INVALID);
    otr_arena_done(&f.arena);
}

static void an_unknown_key_is_told_with_the_nearest_known_one(void **state)
{
    (void)state;
    static const char *const known[] = {"keep_firing_for", "expr", "for", NULL};
    fixture f;
    assert_int_equal(otr_yaml_only(load(&f, "for: 1\nexpr: 2\n"), known, &f.error), OTR_OK);
    otr_arena_done(&f.arena);
    assert_int_equal(otr_yaml_only(load(&f, "for: 1\nkeep_fireing_for: 2\n"), known, &f.error), OTR_INVALID);
    assert_string_equal(f.error.text, "unknown key keep_fireing_for; did you mean keep_firing_for?");
    assert_int_equal(f.error.line, 2);
    assert_int_equal(f.error.column, 1);
    otr_arena_done(&f.arena);
    assert_int_equal(otr_yaml_only(load(&f, "colour: 1\n"), known, &f.error), OTR_INVALID);
    assert_string_equal(f.error.text, "unknown key colour");
    otr_arena_done(&f.arena);
}

static void edits_are_counted_as_people_make_them(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {{"", "", 0},
                {"abc", "abc", 0},
                {"abc", "ab", 1},
                {"abc", "abd", 1},
                {"exrp", "expr", 1},
                {"ca", "abc", 3},
                {"kitten", "sitting", 3},
                {"", "abcd", 4},
                {"silentfor", "silent_for", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(otr_edit_distance(otr_str_of(rows[i].a), otr_str_of(rows[i].b), 9),
                         rows[i].distance);
        assert_int_equal(otr_edit_distance(otr_str_of(rows[i].b), otr_str_of(rows[i].a), 9),
                         rows[i].distance);
    }
    assert_int_equal(otr_edit_distance(OTR_STR("kitten"), OTR_STR("sitting"), 2), 3);
    char far[64];
    memset(far, 'a', sizeof far);
    assert_int_equal(otr_edit_distance((otr_str){far, sizeof far}, (otr_str){far, sizeof far}, 2), 3);
}

static void every_failed_allocation_is_told_as_such(void **state)
{
    (void)state;
    static const char yaml[] = "a: [1, {b: 'c'}]\nd: |\n  text\n";
    long nth = 1;
    for (;; nth++) {
        fixture f;
        failing_memory_after(nth);
        otr_status status = parse(&f, yaml);
        bool hit = failing_memory_hit();
        failing_memory_after(0);
        otr_arena_done(&f.arena);
        if (!hit) {
            assert_int_equal(status, OTR_OK);
            break;
        }
        if (status != OTR_MEMORY)
            fail_msg("allocation %ld failed: %s, %s", nth, otr_status_text(status), f.error.text);
    }
    assert_true(nth > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_know_their_place),
        cmocka_unit_test(trees_keep_order_and_key_places),
        cmocka_unit_test(an_empty_document_is_an_empty_map),
        cmocka_unit_test(what_is_refused_names_its_place),
        cmocka_unit_test(size_depth_and_count_are_bounded),
        cmocka_unit_test(large_files_load_in_linear_time),
        cmocka_unit_test(readers_take_what_they_name_and_nothing_else),
        cmocka_unit_test(an_unknown_key_is_told_with_the_nearest_known_one),
        cmocka_unit_test(edits_are_counted_as_people_make_them),
        cmocka_unit_test(every_failed_allocation_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
