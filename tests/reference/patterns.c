/*
 * Regular expressions as sets: from every place where a match may have come so far, the places that the next
 * piece leads to. A piece is read anew each time it is applied. Texts of at most 63 code points, and of the
 * grammar what the patterns in literals.c use; of anything else the evaluation says that it cannot tell.
 */
#include "evaluate.h"

typedef struct reader {
    const uint32_t *text;
    int count;
    const uint32_t *at; /* of the pattern, which ends with 0 */
    bool bad;
    const evaluation *e;
} reader;

typedef uint64_t places; /* bit n: before code point n */

static places alternatives(reader *r, places from);

/* The places after one code point that fits. */
static places advance(const reader *r, places from,
                      bool (*fits)(const uint32_t *, const uint32_t *, uint32_t), const uint32_t *start,
                      const uint32_t *end)
{
    places to = 0;
    for (int i = 0; i < r->count; i++)
        if ((from >> i & 1) && fits(start, end, r->text[i]))
            to |= (places)1 << (i + 1);
    return to;
}

static bool fits_class(const uint32_t *at, const uint32_t *end, uint32_t c)
{
    bool negated = *at == '^';
    bool inside = false;
    for (at += negated; at < end; at++) {
        if (at + 2 < end && at[1] == '-') {
            inside = inside || (c >= at[0] && c <= at[2]);
            at += 2;
        } else {
            inside = inside || c == *at;
        }
    }
    return inside != negated;
}

static bool fits_any(const uint32_t *at, const uint32_t *end, uint32_t c)
{
    (void)at;
    (void)end;
    return c != '\n';
}

static bool fits_digit(const uint32_t *at, const uint32_t *end, uint32_t c)
{
    (void)at;
    (void)end;
    return c >= '0' && c <= '9';
}

static bool fits_one(const uint32_t *at, const uint32_t *end, uint32_t c)
{
    (void)end;
    return c == *at;
}

/* One atom; r->at is behind it afterwards, wherever it leads. */
static places atom(reader *r, places from)
{
    const uint32_t *start = r->at++;
    switch (*start) {
    case '(': {
        places to = alternatives(r, from);
        if (*r->at != ')')
            r->bad = true;
        else
            r->at++;
        return to;
    }
    case '[': {
        const uint32_t *end = r->at;
        while (*end != 0 && *end != ']')
            end++;
        if (*end == 0) {
            r->bad = true;
            return 0;
        }
        r->at = end + 1;
        return advance(r, from, fits_class, start + 1, end);
    }
    case '.':
        return advance(r, from, fits_any, NULL, NULL);
    case '\\':
        if (*r->at++ == 0) {
            r->bad = true;
            return 0;
        }
        return advance(r, from, start[1] == 'd' ? fits_digit : fits_one, start + 1, NULL);
    case '^':
        return from & 1;
    case '$':
        return from & ((places)1 << r->count);
    case '*':
    case '+':
    case '?':
        r->bad = true;
        return 0;
    default:
        return advance(r, from, fits_one, start, NULL);
    }
}

static int digit(const uint32_t **at)
{
    return (int)*(*at)++ - '0';
}

/* An atom as often as what follows it says. */
static places repeated(reader *r, places from)
{
    const uint32_t *start = r->at;
    (void)atom(r, from);
    const uint32_t *end = r->at;
    int least = 1;
    int most = 1;
    if (*end == '*' || *end == '+' || *end == '?') {
        least = *end == '+' || (*end == '*' && r->e->bug == REF_BUG_STAR_ONCE);
        most = *end == '?' ? 1 : 64;
        end++;
    } else if (*end == '{') {
        end++;
        least = digit(&end);
        most = *end == ',' ? (end++, digit(&end)) : least;
        end++;
    }
    places all = least == 0 ? from : 0;
    places reached = from;
    for (int round = 1; round <= most && !r->bad; round++) {
        r->at = start;
        reached = atom(r, reached);
        if (round >= least)
            all |= reached;
    }
    r->at = end;
    return all;
}

static places alternatives(reader *r, places from)
{
    places to = 0;
    for (;;) {
        places here = from;
        while (*r->at != 0 && *r->at != '|' && *r->at != ')' && !r->bad)
            here = repeated(r, here);
        to |= here;
        if (*r->at != '|' || r->bad)
            return to;
        r->at++;
    }
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* {2} or {1,2}; the pattern ends with 0. */
static bool is_count(const uint32_t *at)
{
    if (!is_digit(at[1]))
        return false;
    return at[2] == '}' || (at[2] == ',' && is_digit(at[3]) && at[4] == '}');
}

/* Whether all of it is of the grammar that is known here, or wrong in a way that is. */
static bool is_plain(const uint32_t *pattern, int count)
{
    for (int i = 0; i < count; i++) {
        uint32_t c = pattern[i];
        uint32_t after = pattern[i + 1];
        bool digits = is_digit(after);
        bool letters = (after >= 'a' && after <= 'z' && after != 'd') || (after >= 'A' && after <= 'Z');
        if (c == 0 || (c == '{' && !is_count(pattern + i)) || (c == '(' && after == '?') ||
            (c == '\\' && (digits || letters)))
            return false;
        if (c != '[')
            continue;
        for (i++; i < count && pattern[i] != ']'; i++)
            if (pattern[i] == '[' || pattern[i] == '\\')
                return false;
        if (i > 0 && i < count && pattern[i - 1] == '[')
            return false;
    }
    return true;
}

bool ref_matches(evaluation *e, otr_str text, otr_str pattern, bool *found)
{
    uint32_t *points;
    uint32_t *steps;
    int count;
    int size;
    *found = false;
    bool fits = ref_points(e, text, &points, &count) && count <= 63;
    if (!ref_points(e, pattern, &steps, &size) || !is_plain(steps, size) || !fits) {
        e->beyond = true;
        return false;
    }
    reader r = {.text = points, .count = count, .e = e, .at = steps};
    *found = alternatives(&r, (places)-1 >> (63 - count)) != 0;
    return !r.bad && *r.at == 0;
}
