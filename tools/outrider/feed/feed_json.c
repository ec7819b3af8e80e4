/*
 * JSON recordings: objects one a line, in arrays, or in arrays run together ("][") as message brokers store
 * them. A scan for the brackets finds each object with its line, Jansson parses it: a broken one is refused
 * alone.
 */
#include "tools/outrider/feed/feed_source.h"

#include <jansson.h>
#include <stdio.h>

/* The bytes from { to its }, or 0 when the object does not end: a line break stands in a text, the file ends,
 * or the limit is reached. */
static size_t object_size(otr_str bytes)
{
    size_t depth = 0;
    bool text = false;
    for (size_t i = 0; i < bytes.size && i < OTR_FEED_ROW_BYTES; i++) {
        char c = bytes.data[i];
        if (text && c == '\n')
            return 0;
        if (text && c == '\\')
            i++;
        else if (c == '"')
            text = !text;
        else if (!text && c == '{')
            depth++;
        else if (!text && c == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

static void advance(otr_feed_source *source, size_t size)
{
    for (size_t end = source->at + size; source->at < end; source->at++)
        source->line += source->bytes.data[source->at] == '\n';
}

static void skip_line(otr_feed_source *source)
{
    const char *from = source->bytes.data + source->at;
    const char *end = memchr(from, '\n', source->bytes.size - source->at);
    source->at = end != NULL ? (size_t)(end - source->bytes.data) + 1 : source->bytes.size;
    source->line++;
}

static void skip_to_bracket(otr_feed_source *source)
{
    while (source->at < source->bytes.size && strchr("[{\n", source->bytes.data[source->at]) == NULL)
        source->at++;
}

/* The value at a key, or along a path a.b; NULL when it is not there. */
static const json_t *value_at(const json_t *object, otr_str name)
{
    char key[256];
    (void)snprintf(key, sizeof key, "%.*s", OTR_STR_ARG(name));
    const json_t *value = json_object_get(object, key);
    for (char *from = key; value == NULL && object != NULL;) {
        char *dot = strchr(from, '.');
        if (dot == NULL)
            return json_object_get(object, from);
        *dot = '\0';
        object = json_object_get(object, from);
        from = dot + 1;
    }
    return value;
}

static otr_status fill(otr_feed_source *source, const otr_feed_column *column, const json_t *value,
                       otr_feed_cell *cell, otr_error *error)
{
    char digits[32];
    *cell = (otr_feed_cell){.kind = OTR_FEED_CELL_MISSING};
    if (value == NULL || json_is_null(value))
        return OTR_OK;
    if (json_is_boolean(value)) {
        *cell = (otr_feed_cell){.kind = OTR_FEED_CELL_BOOL, .flag = json_is_true(value)};
        return OTR_OK;
    }
    otr_str text = {json_string_value(value), json_string_length(value)};
    cell->kind = json_is_string(value) ? OTR_FEED_CELL_TEXT : OTR_FEED_CELL_NUMBER;
    cell->number = json_number_value(value);
    if (json_is_integer(value)) {
        int size = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
        text = (otr_str){digits, (size_t)size};
    } else if (!json_is_string(value) && !json_is_real(value)) {
        return otr_fail(error, OTR_INVALID, "%.*s is not a single value", OTR_STR_ARG(column->name));
    }
    if (text.size == 0)
        return OTR_OK;
    cell->text = otr_arena_copy(&source->memory, text);
    return cell->text.data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

static otr_feed_step parse(otr_feed_source *source, otr_str bytes, otr_feed_cell *cells, otr_error *error)
{
    json_error_t reason;
    json_t *object = json_loadb(bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &reason);
    if (object == NULL) {
        (void)otr_fail(error, OTR_INVALID, "not JSON: %s", reason.text);
        return OTR_FEED_REFUSED;
    }
    otr_status status = OTR_OK;
    for (size_t i = 0; i < source->map->column_count && status == OTR_OK; i++) {
        const otr_feed_column *column = &source->map->columns[i];
        status = fill(source, column, value_at(object, column->name), &cells[i], error);
    }
    json_decref(object);
    if (status == OTR_OK)
        return OTR_FEED_ROW;
    return status == OTR_MEMORY ? OTR_FEED_FAILED : OTR_FEED_REFUSED;
}

static otr_feed_step object(otr_feed_source *source, otr_feed_cell *cells, otr_error *error)
{
    otr_str rest = {source->bytes.data + source->at, source->bytes.size - source->at};
    size_t size = object_size(rest);
    source->record++;
    if (size == 0) {
        skip_line(source);
        (void)otr_fail(error, OTR_INVALID, "the object is not closed");
        return OTR_FEED_REFUSED;
    }
    advance(source, size);
    return parse(source, (otr_str){rest.data, size}, cells, error);
}

otr_feed_step otr_feed_json_next(otr_feed_source *source, otr_feed_cell *cells, size_t *line,
                                 otr_error *error)
{
    while (source->at < source->bytes.size) {
        char c = source->bytes.data[source->at];
        *line = source->line;
        if (c == '{')
            return object(source, cells, error);
        source->at++;
        if (c == '\n')
            source->line++;
        if (strchr(" \t\r\n,", c) != NULL && c != '\0')
            continue;
        if (c == ']' && source->open_line > 0) {
            source->open_line = 0;
            continue;
        }
        size_t left_open = source->open_line;
        if (c == '[')
            source->open_line = source->line;
        if (c == '[' && left_open == 0)
            continue;
        if (c == '[') {
            (void)otr_fail(error, OTR_INVALID, "an array begins before that of line %zu is closed",
                           left_open);
            return OTR_FEED_REFUSED;
        }
        skip_to_bracket(source);
        (void)otr_fail(error, OTR_INVALID, "an object expected");
        return OTR_FEED_REFUSED;
    }
    *line = source->line;
    if (source->open_line == 0)
        return OTR_FEED_END;
    (void)otr_fail(error, OTR_INVALID, "the file ends in the array of line %zu", source->open_line);
    source->open_line = 0;
    return OTR_FEED_REFUSED;
}
