#include "rules/cel/source.h"

#include <stdio.h>

void otr_source_place(const otr_source *source, uint32_t at, int *line, int *column)
{
    const otr_origin *origin = &source->origin;
    *line = origin->first_line;
    *column = origin->first_column;
    for (uint32_t i = 0; i < at && i < source->text.size; i++) {
        char byte = source->text.data[i];
        if (byte == '\n') {
            *line += 1;
            *column = origin->next_column;
        } else {
            *column += byte == '\'' && origin->quoted ? 2 : 1;
        }
    }
}

otr_status otr_source_fail(otr_source *source, otr_status status, uint32_t at, const char *format, ...)
{
    if (source->status != OTR_OK)
        return source->status;
    source->status = status;
    char text[sizeof source->error->text];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int line;
    int column;
    otr_source_place(source, at, &line, &column);
    return otr_fail_at(source->error, status, line, column, "%s", text);
}

otr_status otr_source_memory(otr_source *source)
{
    if (source->status != OTR_OK)
        return source->status;
    source->status = OTR_MEMORY;
    return otr_fail(source->error, OTR_MEMORY, "out of memory while compiling an expression");
}
