#include "rules/load/yaml_source.h"

#include <stdlib.h>

/* Bytes of the well-formed character at p, 0 when there is none. */
static size_t character(const char *p, size_t left)
{
    if ((unsigned char)*p < 0x80)
        return 1;
    for (size_t length = 2; length <= 4 && length <= left; length++)
        if (otr_str_is_utf8((otr_str){p, length}))
            return length;
    return 0;
}

static bool is_break(const char *p, size_t length)
{
    return (length == 2 && memcmp(p, "\xC2\x85", 2) == 0) ||
           (length == 3 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 || memcmp(p, "\xE2\x80\xA9", 3) == 0));
}

otr_status otr_yaml_source_init(otr_yaml_source *source, otr_str bytes, otr_error *error)
{
    *source = (otr_yaml_source){.bytes = bytes, .cursor.line = SIZE_MAX};
    size_t lines = 1;
    for (size_t i = 0; i < source->bytes.size; i++)
        lines += source->bytes.data[i] == '\n';
    source->line_starts = malloc(lines * sizeof *source->line_starts);
    if (source->line_starts == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    source->line_starts[0] = 0;
    source->line_count = 1;
    for (size_t at = 0; at < source->bytes.size;) {
        const char *p = source->bytes.data + at;
        size_t left = source->bytes.size - at;
        size_t length = character(p, left);
        const char *wrong = NULL;
        if (length == 0)
            wrong = "the file is not UTF-8";
        else if (*p == '\r' && (left < 2 || p[1] != '\n'))
            wrong = "a carriage return without a line feed";
        else if (is_break(p, length))
            wrong = "a Unicode line break; use an ordinary one";
        else if (((unsigned char)*p < 0x20 && strchr("\t\n\r", *p) == NULL) || *p == 0x7F || *p == 0 ||
                 (length == 2 && p[0] == '\xC2' && (unsigned char)p[1] < 0xA0))
            wrong = "a control character";
        else if (length == 3 && (memcmp(p, "\xEF\xBF\xBE", 3) == 0 || memcmp(p, "\xEF\xBF\xBF", 3) == 0))
            wrong = "a code point that is no character";
        if (wrong != NULL)
            return otr_fail_at(error, OTR_INVALID, (int)source->line_count,
                               (int)(at - source->line_starts[source->line_count - 1]) + 1, "%s", wrong);
        at += length;
        if (*p == '\n')
            source->line_starts[source->line_count++] = (uint32_t)at;
    }
    return OTR_OK;
}

void otr_yaml_source_done(otr_yaml_source *source)
{
    free(source->line_starts);
    *source = (otr_yaml_source){0};
}

/* Walks from the last place on the same line, or from the line's start, to the mark. */
otr_yaml_spot otr_yaml_source_spot(otr_yaml_source *source, size_t line, size_t column)
{
    if (line >= source->line_count)
        line = source->line_count - 1;
    if (line != source->cursor.line) {
        source->cursor.line = line;
        source->cursor.column = 0;
        source->cursor.offset = source->line_starts[line];
    }
    const char *bytes = source->bytes.data;
    while (source->cursor.column > column) {
        do
            source->cursor.offset--;
        while (((unsigned char)bytes[source->cursor.offset] & 0xC0) == 0x80);
        source->cursor.column--;
    }
    while (source->cursor.column < column && source->cursor.offset < source->bytes.size) {
        do
            source->cursor.offset++;
        while (source->cursor.offset < source->bytes.size &&
               ((unsigned char)bytes[source->cursor.offset] & 0xC0) == 0x80);
        source->cursor.column++;
    }
    return (otr_yaml_spot){(int)line + 1, (int)(source->cursor.offset - source->line_starts[line]) + 1,
                           source->cursor.offset};
}

/*
 * The place of a block scalar's text is the line below its header; its column is what YAML took off as
 * indentation, seen on the first line that is not empty: leading spaces in the file there minus leading
 * spaces in the text.
 */
void otr_yaml_source_place_block(const otr_yaml_source *source, otr_yaml *node)
{
    size_t line = (size_t)node->line; /* the line after the header, from 0 */
    size_t at = 0;
    if (line >= source->line_count)
        return;
    node->line++;
    node->column = 1;
    while (at < node->text.size && node->text.data[at] == '\n') {
        line++;
        at++;
    }
    if (at == node->text.size || line >= source->line_count)
        return;
    size_t taken = source->line_starts[line];
    while (taken < source->bytes.size && source->bytes.data[taken] == ' ')
        taken++;
    taken -= source->line_starts[line];
    for (; taken > 0 && at < node->text.size && node->text.data[at] == ' '; at++)
        taken--;
    node->column = (int)taken + 1;
}

bool otr_yaml_source_exact(const otr_yaml_source *source, const otr_yaml *node, size_t from, size_t to)
{
    otr_str text = node->text;
    if (node->style == OTR_YAML_LITERAL)
        return true;
    if (node->style == OTR_YAML_FOLDED)
        return false;
    if (node->style != OTR_YAML_PLAIN) {
        from++;
        to--;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (from >= to || source->bytes.data[from] != text.data[i])
            return false;
        from += text.data[i] == '\'' && node->style == OTR_YAML_SINGLE_QUOTED ? 2 : 1;
    }
    return from == to;
}
