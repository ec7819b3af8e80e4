/*
 * CSV by RFC 4180: quotes, doubled quotes, line breaks inside quotes. Blanks around a cell do not belong to
 * it. A row with a broken quote is given up at the end of its first line, so that one stray quote does not
 * swallow the file.
 */
#include "tools/outrider/feed/feed_source.h"

typedef struct csv_record {
    size_t first; /* byte where it begins */
    size_t line;
    size_t count; /* of cells */
} csv_record;

static bool at_end(const otr_feed_source *source)
{
    return source->at >= source->bytes.size;
}

static char peek(const otr_feed_source *source)
{
    return source->bytes.data[source->at];
}

static bool is_blank(const otr_feed_source *source, char c)
{
    return (c == ' ' || c == '\t') && (c != source->map->separator || c == ' ');
}

/* True also for the CR of CR LF and for the end of the file. */
static bool at_line_end(const otr_feed_source *source)
{
    if (at_end(source) || peek(source) == '\n')
        return true;
    return peek(source) == '\r' &&
           (source->at + 1 == source->bytes.size || source->bytes.data[source->at + 1] == '\n');
}

static void take_line_end(otr_feed_source *source)
{
    if (!at_end(source) && peek(source) == '\r')
        source->at++;
    if (!at_end(source))
        source->at++;
    source->line++;
}

static void skip_blanks(otr_feed_source *source)
{
    while (!at_end(source) && is_blank(source, peek(source)))
        source->at++;
}

static void skip_line(otr_feed_source *source)
{
    const char *from = source->bytes.data + source->at;
    const char *end = memchr(from, '\n', source->bytes.size - source->at);
    source->at = end != NULL ? (size_t)(end - source->bytes.data) + 1 : source->bytes.size;
    source->line++;
}

/* After the opening quote. Doubled quotes make a copy necessary. */
static otr_status quoted_cell(otr_feed_source *source, const csv_record *record, otr_str *out,
                              otr_error *error)
{
    const char *data = source->bytes.data;
    size_t first = source->at;
    size_t doubled = 0;
    for (;; source->at++) {
        if (at_end(source) || source->at - record->first > OTR_FEED_ROW_BYTES)
            return otr_fail(error, OTR_INVALID, "a quote is opened and not closed");
        if (peek(source) == '\n')
            source->line++;
        if (peek(source) != '"')
            continue;
        if (source->at + 1 == source->bytes.size || data[source->at + 1] != '"')
            break;
        source->at++;
        doubled++;
    }
    size_t size = source->at++ - first;
    *out = (otr_str){data + first, size};
    if (doubled == 0)
        return OTR_OK;
    char *copy = otr_arena_alloc(&source->memory, size);
    if (copy == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        copy[length++] = data[first + i];
        i += data[first + i] == '"';
    }
    *out = (otr_str){copy, length};
    return OTR_OK;
}

static otr_status plain_cell(otr_feed_source *source, const csv_record *record, otr_str *out,
                             otr_error *error)
{
    char separator = source->map->separator;
    size_t first = source->at;
    while (!at_line_end(source) && peek(source) != separator && !(separator == ' ' && peek(source) == '\t')) {
        if (peek(source) == '"')
            return otr_fail(error, OTR_INVALID, "a quote inside a cell that does not begin with one");
        if (++source->at - record->first > OTR_FEED_ROW_BYTES)
            return otr_fail(error, OTR_INVALID, "longer than %d bytes", OTR_FEED_ROW_BYTES);
    }
    size_t end = source->at;
    while (end > first && is_blank(source, source->bytes.data[end - 1]))
        end--;
    *out = (otr_str){source->bytes.data + first, end - first};
    return OTR_OK;
}

/* One record into source->cells, its line end taken. */
static otr_status read_cells(otr_feed_source *source, csv_record *record, otr_error *error)
{
    bool runs = source->map->separator == ' ';
    for (;;) {
        skip_blanks(source);
        if (runs && at_line_end(source))
            break;
        if (record->count == OTR_FEED_CELLS)
            return otr_fail(error, OTR_INVALID, "more than %d cells", OTR_FEED_CELLS);
        otr_str *cell = &source->cells[record->count];
        otr_status status;
        if (!at_end(source) && peek(source) == '"') {
            source->at++;
            status = quoted_cell(source, record, cell, error);
            skip_blanks(source);
            bool over = at_line_end(source) || peek(source) == source->map->separator ||
                        (runs && source->bytes.data[source->at - 1] != '"');
            if (status == OTR_OK && !over)
                status = otr_fail(error, OTR_INVALID, "text after the closing quote");
        } else {
            status = plain_cell(source, record, cell, error);
        }
        if (status != OTR_OK)
            return status;
        record->count++;
        if (at_line_end(source))
            break;
        if (!runs)
            source->at++;
    }
    take_line_end(source);
    return OTR_OK;
}

/* The next record that is neither blank nor a comment; END when there is none. */
static otr_feed_step next_record(otr_feed_source *source, csv_record *out, otr_error *error)
{
    while (!at_end(source)) {
        *out = (csv_record){.first = source->at, .line = source->line};
        if (source->map->comment != 0 && peek(source) == source->map->comment) {
            skip_line(source);
            continue;
        }
        skip_blanks(source);
        if (at_line_end(source)) {
            take_line_end(source);
            continue;
        }
        otr_status status = read_cells(source, out, error);
        if (status == OTR_OK)
            return OTR_FEED_ROW;
        source->at = out->first;
        source->line = out->line;
        skip_line(source);
        return status == OTR_MEMORY ? OTR_FEED_FAILED : OTR_FEED_REFUSED;
    }
    return OTR_FEED_END;
}

static otr_status find_column(otr_feed_source *source, const otr_feed_column *column, size_t *out,
                              otr_error *error)
{
    if (column->name.size == 0) {
        *out = column->number - 1;
        if (column->number <= source->cell_count)
            return OTR_OK;
        return otr_fail_at(error, OTR_INVALID, column->line, column->column,
                           "a row has %zu cells, there is no column %zu", source->cell_count, column->number);
    }
    size_t found = 0;
    for (size_t i = 0; i < source->cell_count; i++) {
        if (!otr_str_equal(source->cells[i], column->name))
            continue;
        *out = i;
        found++;
    }
    if (found == 1)
        return OTR_OK;
    return otr_fail_at(error, OTR_INVALID, column->line, column->column,
                       found == 0 ? "the recording has no column \"%.*s\""
                                  : "the recording has more than one column \"%.*s\": give its number",
                       OTR_STR_ARG(column->name));
}

static otr_feed_step start(otr_feed_source *source, otr_error *error)
{
    const otr_feed_map *map = source->map;
    source->started = true;
    if (otr_str_starts(source->bytes, OTR_STR("\xEF\xBB\xBF")))
        source->at = 3;
    for (size_t i = 0; i < map->skip && !at_end(source); i++)
        skip_line(source);
    source->cell_count = map->cells;
    if (map->header) {
        csv_record header;
        otr_feed_step step = next_record(source, &header, error);
        if (step == OTR_FEED_END)
            (void)otr_fail(error, OTR_INVALID, "the recording has no header");
        if (step != OTR_FEED_ROW)
            return OTR_FEED_FAILED;
        source->cell_count = header.count;
        if (map->trailing && header.count > 1 && source->cells[header.count - 1].size == 0)
            source->cell_count--;
    }
    for (size_t i = 0; i < map->column_count; i++)
        if (find_column(source, &map->columns[i], &source->cell_of[i], error) != OTR_OK)
            return OTR_FEED_FAILED;
    return OTR_FEED_ROW;
}

otr_feed_step otr_feed_csv_next(otr_feed_source *source, otr_feed_cell *cells, size_t *line, otr_error *error)
{
    const otr_feed_map *map = source->map;
    csv_record row;
    if (!source->started) {
        otr_feed_step step = start(source, error);
        if (step != OTR_FEED_ROW)
            return step;
    }
    otr_feed_step step = next_record(source, &row, error);
    if (step == OTR_FEED_END)
        return step;
    *line = row.line;
    source->record++;
    if (step != OTR_FEED_ROW)
        return step;
    if (map->trailing && row.count == source->cell_count + 1 && source->cells[row.count - 1].size == 0)
        row.count--;
    if (row.count != source->cell_count) {
        (void)otr_fail(error, OTR_INVALID, "%zu cells, expected %zu", row.count, source->cell_count);
        return OTR_FEED_REFUSED;
    }
    for (size_t i = 0; i < map->column_count; i++)
        cells[i] = (otr_feed_cell){.kind = OTR_FEED_CELL_TEXT, .text = source->cells[source->cell_of[i]]};
    return OTR_FEED_ROW;
}
