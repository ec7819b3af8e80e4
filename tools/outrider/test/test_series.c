#include "tools/outrider/test/test_series.h"

#include <math.h>

typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && is_blank(*c->at))
        c->at++;
}

static bool is_digit(const cursor *c, size_t ahead)
{
    return c->at + ahead < c->end && c->at[ahead] >= '0' && c->at[ahead] <= '9';
}

/* Digits with a point and an exponent, a sign before them. */
static bool take_number(cursor *c, double *out)
{
    cursor from = *c;
    if (c->at < c->end && (*c->at == '-' || *c->at == '+'))
        c->at++;
    while (is_digit(c, 0) || (c->at < c->end && *c->at == '.'))
        c->at++;
    bool exponent = c->at < c->end && (*c->at == 'e' || *c->at == 'E');
    if (exponent && is_digit(c, 1))
        c->at += 1;
    else if (exponent && c->at + 1 < c->end && (c->at[1] == '-' || c->at[1] == '+') && is_digit(c, 2))
        c->at += 2;
    while (is_digit(c, 0))
        c->at++;
    return otr_str_to_double((otr_str){from.at, (size_t)(c->at - from.at)}, out) && isfinite(*out);
}

/* What follows an x: how many more. */
static bool take_times(cursor *c, int64_t *out)
{
    const char *from = ++c->at;
    while (is_digit(c, 0))
        c->at++;
    return otr_str_to_i64((otr_str){from, (size_t)(c->at - from)}, out);
}

/* The step of a ramp: a sign that touches the value before it, or stands between blanks. */
static bool at_step(cursor *c)
{
    cursor ahead = *c;
    skip_blanks(&ahead);
    bool touches = ahead.at == c->at;
    if (ahead.at == ahead.end || (*ahead.at != '+' && *ahead.at != '-'))
        return false;
    bool alone = ahead.at + 1 < ahead.end && is_blank(ahead.at[1]);
    if (!touches && !alone)
        return false;
    *c = ahead;
    return true;
}

static bool take_step(cursor *c, double *out)
{
    double sign = *c->at == '-' ? -1 : 1;
    c->at++;
    skip_blanks(c);
    if (c->at < c->end && (*c->at == '-' || *c->at == '+'))
        return false;
    if (!take_number(c, out))
        return false;
    *out *= sign;
    return c->at < c->end && *c->at == 'x';
}

static otr_status refuse(otr_error *error, const cursor *from)
{
    size_t size = (size_t)(from->end - from->at);
    size_t shown = 0;
    while (shown < size && shown < 24 && (unsigned char)from->at[shown] < 0x80)
        shown++;
    return otr_fail(error, OTR_INVALID,
                    "expected numbers such as 9.5, 9.5x3, 9 + 0.5x20 or _ for none, found %.*s", (int)shown,
                    from->at);
}

static bool ends_item(const cursor *c)
{
    return c->at == c->end || is_blank(*c->at);
}

static otr_status add(otr_arena *arena, otr_test_series *out, double value, double step, int64_t more,
                      otr_error *error)
{
    if (more < 0 || more >= OTR_TEST_SERIES_MAX - (int64_t)out->count)
        return otr_fail(error, OTR_LIMIT, "more than %d values", OTR_TEST_SERIES_MAX);
    size_t count = out->count + (size_t)more + 1;
    if (count > out->capacity) {
        double *values = otr_arena_array(arena, count * 2, sizeof *values);
        if (values == NULL)
            return otr_fail(error, OTR_MEMORY, "out of memory");
        if (out->count > 0)
            memcpy(values, out->values, out->count * sizeof *values);
        out->values = values;
        out->capacity = count * 2;
    }
    for (int64_t i = 0; i <= more; i++) /* not by adding up: the last one is as exact as the first */
        out->values[out->count + (size_t)i] = value + step * (double)i;
    out->count = count;
    return OTR_OK;
}

otr_status otr_test_series_parse(otr_arena *arena, otr_str text, otr_test_series *out, otr_error *error)
{
    cursor c = {text.data, text.data + text.size};
    *out = (otr_test_series){0};
    skip_blanks(&c);
    if (c.at == c.end)
        return refuse(error, &c);
    while (c.at < c.end) {
        cursor from = c;
        double value = NAN;
        double step = 0;
        int64_t more = 0;
        bool ramp = false;
        if (*c.at == '_')
            c.at++;
        else if (!take_number(&c, &value))
            return refuse(error, &from);
        else if (at_step(&c))
            ramp = true;
        if (ramp && !take_step(&c, &step))
            return refuse(error, &from);
        if (c.at < c.end && *c.at == 'x' && !take_times(&c, &more))
            return refuse(error, &from);
        if (!ends_item(&c))
            return refuse(error, &from);
        otr_status status = add(arena, out, value, step, more, error);
        if (status != OTR_OK)
            return status;
        skip_blanks(&c);
    }
    return OTR_OK;
}
