#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

const char *otr_status_text(otr_status status)
{
    switch (status) {
#define X(name, text)                                                                                        \
    case OTR_##name:                                                                                         \
        return text;
        OTR_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}

static otr_status fill(otr_error *error, otr_status status, int line, int column, const char *format,
                       va_list list)
{
    if (error != NULL) {
        error->status = status;
        error->line = line;
        error->column = column;
        if (vsnprintf(error->text, sizeof error->text, format, list) < 0)
            error->text[0] = '\0';
    }
    return status;
}

otr_status otr_fail(otr_error *error, otr_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fill(error, status, 0, 0, format, list);
    va_end(list);
    return status;
}

otr_status otr_fail_at(otr_error *error, otr_status status, int line, int column, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fill(error, status, line, column, format, list);
    va_end(list);
    return status;
}

void otr_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "level=critical msg=\"invariant broken\" condition=\"%s\" at=%s:%d\n", condition,
                  file, line);
    abort();
}
