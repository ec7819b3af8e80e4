/* Shared by the tests of the readers of recordings: a map and a recording given as text, and the rows that
 * come out. */
#ifndef OTR_TESTS_FEED_FIXTURE_H
#define OTR_TESTS_FEED_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/outrider/feed/feed_source.h"

typedef struct otr_recording {
    otr_feed_map map;
    otr_feed_source source;
    otr_feed_row row;
    otr_error error;
} otr_recording;

/* Fails the test when the map is refused. */
static inline void open_recording(otr_recording *recording, const char *map, const char *bytes)
{
    otr_error error = {0};
    if (otr_feed_map_load(otr_str_of(map), &recording->map, &error) != OTR_OK)
        fail_msg("map %d:%d: %s", error.line, error.column, error.text);
    otr_feed_source_start(&recording->source, &recording->map, otr_str_of(bytes));
}

static inline void close_recording(otr_recording *recording)
{
    otr_feed_source_done(&recording->source);
    otr_feed_map_done(&recording->map);
}

static inline otr_feed_step next(otr_recording *recording)
{
    recording->error = (otr_error){0};
    return otr_feed_source_next(&recording->source, &recording->row, &recording->error);
}

/* The next row must be there, with one number as its first reading. */
static inline void expect_number(otr_recording *recording, size_t line, double number)
{
    if (next(recording) != OTR_FEED_ROW)
        fail_msg("line %zu: %s", recording->row.line, recording->error.text);
    assert_int_equal(recording->row.line, line);
    assert_true(recording->row.count >= 1);
    assert_float_equal(recording->row.readings[0].number, number, 1e-9);
}

/* The next row must be refused in that line, with text in the reason. */
static inline void expect_refused(otr_recording *recording, size_t line, const char *text)
{
    assert_int_equal(next(recording), OTR_FEED_REFUSED);
    assert_int_equal(recording->row.line, line);
    if (strstr(recording->error.text, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", recording->error.text, text);
}

static inline void expect_end(otr_recording *recording)
{
    assert_int_equal(next(recording), OTR_FEED_END);
}

#endif
