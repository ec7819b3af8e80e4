/* A pack's test file: the document, and each test's own keys. */
#include "tools/outrider/test/test_build.h"

#include <stdio.h>

otr_status otr_test_fail(otr_test_reader *reader, const otr_yaml *node, const char *format, ...)
{
    char text[sizeof reader->error->text];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return otr_fail_at(reader->error, OTR_INVALID, node->line, node->column, "%s", text);
}

otr_status otr_test_no_memory(otr_test_reader *reader)
{
    return otr_fail(reader->error, OTR_MEMORY, "out of memory");
}

otr_status otr_test_read_word(otr_test_reader *reader, const otr_yaml *node, otr_test_word *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, reader->error);
    if (status != OTR_OK)
        return status;
    if (text.size == 0)
        return otr_test_fail(reader, node, "expected a word, found nothing");
    *out = (otr_test_word){otr_arena_copy(&reader->file->memory, text), node->line, node->column};
    return out->text.data != NULL ? OTR_OK : otr_test_no_memory(reader);
}

otr_status otr_test_read_words(otr_test_reader *reader, const otr_yaml *node, otr_test_word **out,
                               size_t *count)
{
    bool list = node->kind == OTR_YAML_LIST;
    size_t words = list ? otr_yaml_count(node) : 1;
    *count = 0;
    *out = otr_arena_array(&reader->file->memory, words + 1, sizeof **out);
    if (*out == NULL)
        return otr_test_no_memory(reader);
    if (words == 0)
        return otr_test_fail(reader, node, "expected at least one word");
    otr_status status = OTR_OK;
    for (const otr_yaml *entry = list ? node->first : node; entry != NULL && status == OTR_OK;
         entry = list ? entry->next : NULL) {
        status = otr_test_read_word(reader, entry, &(*out)[*count]);
        (*count)++;
    }
    return status;
}

otr_status otr_test_read_time(otr_test_reader *reader, const otr_yaml *node, otr_time *out)
{
    otr_time span = 0;
    bool text = node->kind == OTR_YAML_SCALAR;
    if (text && (otr_str_is(node->text, "0") || otr_span_parse(node->text, &span))) {
        *out = otr_time_add(reader->file->start, span);
        return OTR_OK;
    }
    if (text && otr_time_parse(node->text, out))
        return OTR_OK;
    return otr_test_fail(
        reader, node,
        "expected a time: a span after the start such as 10m or 1h30m, or 2026-03-01T08:10:00Z");
}

/* The tests' own keys come first in a file; a case that has none of them is found by its name's place. */
static otr_status read_case(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test)
{
    static const char *const known[] = {"name", "rules", "given", "until", "expect", NULL};
    const otr_yaml *name = NULL;
    const otr_yaml *given = NULL;
    const otr_yaml *expect = NULL;
    otr_test_word word;
    otr_status status = otr_yaml_need(map, "name", &name, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_word(reader, name, &word);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "given", &given, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "expect", &expect, reader->error);
    if (status != OTR_OK)
        return status;
    test->name = word.text;
    test->line = name->key_line;
    const otr_yaml *rules = otr_yaml_get(map, "rules");
    otr_test_word *words = NULL;
    if (rules != NULL && (status = otr_test_read_words(reader, rules, &words, &test->rule_count)) != OTR_OK)
        return status;
    test->rules = words;
    status = otr_test_read_steps(reader, given, test);
    if (status == OTR_OK)
        status = otr_test_read_expect(reader, expect, test);
    test->until = test->step_count > 0 ? test->steps[test->step_count - 1].at : reader->file->start;
    const otr_yaml *until = otr_yaml_get(map, "until");
    if (status != OTR_OK || until == NULL)
        return status;
    otr_time last = test->until;
    status = otr_test_read_time(reader, until, &test->until);
    if (status == OTR_OK && test->until < last)
        return otr_test_fail(reader, until, "something is given after this time");
    return status;
}

static otr_status read_cases(otr_test_reader *reader, const otr_yaml *list)
{
    otr_test_file *file = reader->file;
    otr_status status = otr_yaml_kind_is(list, OTR_YAML_LIST, reader->error);
    if (status != OTR_OK)
        return status;
    if (list->first == NULL)
        return otr_test_fail(reader, list, "expected at least one test");
    file->cases = otr_arena_array(&file->memory, otr_yaml_count(list), sizeof *file->cases);
    if (file->cases == NULL)
        return otr_test_no_memory(reader);
    for (const otr_yaml *entry = list->first; entry != NULL && status == OTR_OK; entry = entry->next)
        status = read_case(reader, entry, &file->cases[file->case_count++]);
    return status;
}

/* The offset at which a line begins; the size when there are fewer lines. */
static size_t line_start(otr_str text, int line)
{
    size_t at = 0;
    for (int i = 1; i < line && at < text.size; i++) {
        const char *end = memchr(text.data + at, '\n', text.size - at);
        at = end != NULL ? (size_t)(end - text.data) + 1 : text.size;
    }
    return at;
}

/*
 * Assignments that stand in the test file, as a document of their own: all around them is blanked, line ends
 * stay. So what the loader of assignments refuses has its place in this file.
 */
static otr_status cut_assignments(otr_test_reader *reader, otr_str yaml, const otr_yaml *map)
{
    otr_test_file *file = reader->file;
    size_t from = line_start(yaml, map->line) + (size_t)map->column - 1;
    size_t to = map->next != NULL ? line_start(yaml, map->next->key_line) : yaml.size;
    if (to <= from)
        return otr_test_fail(reader, map, "expected the assignments on lines of their own, or a file's name");
    char *copy = otr_arena_alloc(&file->memory, to + 1);
    if (copy == NULL)
        return otr_test_no_memory(reader);
    memcpy(copy, yaml.data, to);
    for (size_t i = 0; i < from; i++)
        if (copy[i] != '\n' && copy[i] != '\r')
            copy[i] = ' ';
    file->assignments = (otr_str){copy, to};
    return OTR_OK;
}

static otr_status read_contents(otr_test_reader *reader, otr_str yaml, const otr_yaml *root)
{
    otr_test_file *file = reader->file;
    const otr_yaml *packs = NULL;
    const otr_yaml *assignments = NULL;
    otr_test_word *words = NULL;
    otr_status status = otr_yaml_need(root, "packs", &packs, reader->error);
    if (status == OTR_OK)
        status = otr_test_read_words(reader, packs, &words, &file->pack_count);
    if (status != OTR_OK)
        return status;
    if (file->pack_count > OTR_TEST_PACKS_MAX) {
        file->pack_count = 0;
        return otr_test_fail(reader, packs, "more than %d packs", OTR_TEST_PACKS_MAX);
    }
    memcpy(file->packs, words, file->pack_count * sizeof *words);
    status = otr_yaml_need(root, "assignments", &assignments, reader->error);
    if (status != OTR_OK)
        return status;
    if (assignments->kind == OTR_YAML_MAP)
        return cut_assignments(reader, yaml, assignments);
    return otr_test_read_word(reader, assignments, &file->assignments_file);
}

static otr_status read_start(otr_test_reader *reader, const otr_yaml *root)
{
    const otr_yaml *start = NULL;
    otr_status status = otr_yaml_need(root, "start", &start, reader->error);
    if (status != OTR_OK)
        return status;
    /* Year 2200: far enough from where times end that spans can be added. */
    if (start->kind != OTR_YAML_SCALAR || !otr_time_parse(start->text, &reader->file->start) ||
        reader->file->start < 0 || reader->file->start > INT64_C(7258118400) * OTR_SECOND)
        return otr_test_fail(reader, start, "expected an instant in UTC such as 2026-03-01T08:00:00Z");
    return OTR_OK;
}

otr_status otr_test_file_load(otr_str yaml, otr_test_file *out, otr_error *error)
{
    static const char *const known[] = {"packs", "assignments", "start", "tests", NULL};
    otr_error unwanted;
    otr_test_reader reader = {.file = out, .error = error != NULL ? error : &unwanted};
    otr_arena tree = {0};
    otr_yaml *root = NULL;
    const otr_yaml *tests = NULL;
    if (otr_str_starts(yaml, OTR_STR("\xEF\xBB\xBF")))
        yaml = (otr_str){yaml.data + 3, yaml.size - 3};
    otr_status status =
        otr_yaml_parse_within(&tree, yaml, OTR_TEST_FILE_BYTES, OTR_TEST_FILE_NODES, &root, reader.error);
    if (status == OTR_OK)
        status = otr_yaml_only(root, known, reader.error);
    if (status == OTR_OK)
        status = read_start(&reader, root);
    if (status == OTR_OK)
        status = read_contents(&reader, yaml, root);
    if (status == OTR_OK)
        status = otr_yaml_need(root, "tests", &tests, reader.error);
    if (status == OTR_OK)
        status = read_cases(&reader, tests);
    out->metrics = reader.metrics;
    out->metric_count = reader.metric_count;
    otr_arena_done(&tree);
    return status;
}

void otr_test_file_done(otr_test_file *file)
{
    otr_arena_done(&file->memory);
    *file = (otr_test_file){0};
}
