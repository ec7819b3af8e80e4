/* What was added to a buffer, compared with what should have been. */
#ifndef TESTS_UNIT_TEXT_SAID_H
#define TESTS_UNIT_TEXT_SAID_H

#include "text/locale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static inline const otr_locale *locale_of(const char *tag)
{
    return otr_locale_find(otr_str_of(tag));
}

/* Fails with the row; frees the buffer. */
static inline void assert_said(otr_buffer *buffer, const char *expected, const char *locale, size_t row)
{
    otr_str text = otr_buffer_text(buffer);
    if (buffer->failed || !otr_str_is(text, expected))
        fail_msg("row %zu, %s: said \"%.*s\", expected \"%s\"", row, locale, OTR_STR_ARG(text), expected);
    otr_buffer_done(buffer);
}

#endif
