/* The map `expect` of a test: alarms, notices and tickets, or none at all. */
#include "rules/load/nearest.h"
#include "tools/outrider/test/test_build.h"

#include <stdio.h>

static otr_status read_flag(otr_test_reader *reader, const otr_yaml *node, otr_str *out)
{
    bool flag;
    otr_status status = otr_yaml_bool(node, &flag, reader->error);
    if (status == OTR_OK)
        *out = flag ? OTR_STR("yes") : OTR_STR("no");
    return status;
}

static otr_status read_count(otr_test_reader *reader, const otr_yaml *node, otr_str *out)
{
    int64_t count;
    char text[32];
    otr_status status = otr_yaml_i64(node, 0, INT32_MAX, &count, reader->error);
    if (status != OTR_OK)
        return status;
    (void)snprintf(text, sizeof text, "%lld", (long long)count);
    *out = otr_arena_copy(&reader->file->memory, otr_str_of(text));
    return out->data != NULL ? OTR_OK : otr_test_no_memory(reader);
}

static otr_status read_time(otr_test_reader *reader, const otr_yaml *node, otr_str *out)
{
    otr_time at;
    otr_status status = otr_test_read_time(reader, node, &at);
    if (status != OTR_OK)
        return status;
    *out = otr_test_time_text(&reader->file->memory, reader->file->start, at);
    return out->data != NULL ? OTR_OK : otr_test_no_memory(reader);
}

static otr_status read_parts(otr_test_reader *reader, const otr_yaml *node, otr_test_record *out)
{
    otr_test_word *words = NULL;
    size_t count = 0;
    otr_status status = otr_test_read_words(reader, node, &words, &count);
    if (status == OTR_OK && count > OTR_TEST_PARTS_MAX)
        return otr_test_fail(reader, node, "more than %d texts", OTR_TEST_PARTS_MAX);
    for (size_t i = 0; status == OTR_OK && i < count; i++)
        out->parts[out->part_count++] = words[i].text;
    return status;
}

static otr_status read_field(otr_test_reader *reader, const otr_yaml *node, otr_test_type type,
                             otr_test_record *out, size_t field)
{
    otr_test_word word;
    switch (type) {
    case OTR_TEST_TIME:
        return read_time(reader, node, &out->fields[field]);
    case OTR_TEST_FLAG:
        return read_flag(reader, node, &out->fields[field]);
    case OTR_TEST_COUNT:
        return read_count(reader, node, &out->fields[field]);
    case OTR_TEST_PARTS:
        return read_parts(reader, node, out);
    default:
        break;
    }
    otr_status status = otr_test_read_word(reader, node, &word);
    out->fields[field] = word.text;
    return status;
}

/* One expected alarm, notice or ticket. */
static otr_status read_record(otr_test_reader *reader, const otr_yaml *map, otr_test_sort sort,
                              otr_test_record *out)
{
    size_t count;
    const otr_test_field *fields = otr_test_fields(sort, &count);
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, reader->error);
    out->line = map->line;
    out->column = map->column;
    for (const otr_yaml *entry = map->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_nearest nearest = {0};
        size_t field = 0;
        for (; field < count && !otr_str_is(entry->key, fields[field].name); field++)
            otr_nearest_offer(&nearest, entry->key, otr_str_of(fields[field].name));
        if (field == count)
            return otr_fail_at(reader->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "unknown key %.*s%s%.*s%s", OTR_STR_ARG(entry->key), OTR_NEAREST_ARG(nearest));
        status = read_field(reader, entry, fields[field].type, out, field);
    }
    if (status == OTR_OK && map->first == NULL)
        return otr_test_fail(reader, map, "nothing is said of this %s", otr_test_sort_text(sort));
    return status;
}

static otr_status read_records(otr_test_reader *reader, const otr_yaml *list, otr_test_sort sort,
                               otr_test_case *test)
{
    otr_status status = otr_yaml_kind_is(list, OTR_YAML_LIST, reader->error);
    if (status == OTR_OK && otr_yaml_count(list) > OTR_TEST_EXPECT_MAX)
        return otr_test_fail(reader, list, "more than %d %ss", OTR_TEST_EXPECT_MAX, otr_test_sort_text(sort));
    test->expected[sort] = true;
    for (const otr_yaml *entry = list->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_test_record *record = otr_test_records_add(&reader->file->memory, &test->expect[sort]);
        status = record != NULL ? read_record(reader, entry, sort, record) : otr_test_no_memory(reader);
    }
    return status;
}

otr_status otr_test_read_expect(otr_test_reader *reader, const otr_yaml *map, otr_test_case *test)
{
    static const char *const known[] = {"alarms", "notices", "tickets", "none", NULL};
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, reader->error);
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, reader->error);
    if (status != OTR_OK)
        return status;
    const otr_yaml *none = otr_yaml_get(map, "none");
    bool nothing = false;
    if (map->first == NULL)
        return otr_test_fail(reader, map, "expected alarms, notices or tickets, or none: true");
    if (none != NULL && (status = otr_yaml_bool(none, &nothing, reader->error)) != OTR_OK)
        return status;
    if (none != NULL && (!nothing || map->first->next != NULL))
        return otr_test_fail(reader, none, "none: true says that nothing comes at all; it stands alone");
    for (int sort = 0; sort < OTR_TEST_SORTS && status == OTR_OK; sort++) {
        const otr_yaml *list = otr_yaml_get(map, known[sort]);
        test->expected[sort] = nothing;
        if (list != NULL)
            status = read_records(reader, list, (otr_test_sort)sort, test);
    }
    return status;
}
