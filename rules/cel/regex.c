/* Patterns to steps. A part of a pattern is a run of steps with relative jumps, so that it can be moved and
 * repeated. */
#include "rules/cel/regex_steps.h"

enum { END_OF_PATTERN = -1 };

typedef struct flags {
    bool fold;     /* (?i), ASCII letters only */
    bool lines;    /* (?m) */
    bool dot_line; /* (?s) */
} flags;

typedef struct builder {
    otr_str pattern;
    size_t at;
    const char *why; /* the first failure */
    flags now;
    int depth;
    uint32_t count;
    uint32_t range_count;
    otr_regex_step steps[OTR_REGEX_STEPS_MAX];
    otr_regex_range ranges[OTR_REGEX_RANGES_MAX];
} builder;

static bool parse_alternatives(builder *b);

static bool fail(builder *b, const char *why)
{
    if (b->why == NULL)
        b->why = why;
    return false;
}

static int32_t peek(const builder *b)
{
    size_t at = b->at;
    return at < b->pattern.size ? otr_regex_decode(b->pattern, &at) : END_OF_PATTERN;
}

static int32_t take(builder *b)
{
    return b->at < b->pattern.size ? otr_regex_decode(b->pattern, &b->at) : END_OF_PATTERN;
}

static bool take_if(builder *b, char wanted)
{
    if (b->at >= b->pattern.size || b->pattern.data[b->at] != wanted)
        return false;
    b->at++;
    return true;
}

static bool insert(builder *b, uint32_t at, otr_regex_step step)
{
    if (b->count >= OTR_REGEX_STEPS_MAX)
        return fail(b, "too long");
    memmove(&b->steps[at + 1], &b->steps[at], (b->count - at) * sizeof b->steps[0]);
    b->steps[at] = step;
    b->count++;
    return true;
}

static bool append(builder *b, otr_regex_step step)
{
    return insert(b, b->count, step);
}

static bool add_range(builder *b, uint32_t low, uint32_t high)
{
    if (b->range_count >= OTR_REGEX_RANGES_MAX)
        return fail(b, "too many ranges");
    b->ranges[b->range_count++] = (otr_regex_range){low, high};
    return true;
}

/* The letters that a letter is equal to when case does not matter. */
static bool add_folded(builder *b, uint32_t low, uint32_t high)
{
    if (!add_range(b, low, high) || !b->now.fold)
        return b->why == NULL;
    for (uint32_t c = 'A'; c <= 'Z'; c++) {
        bool upper = c >= low && c <= high;
        bool lower = c + 32 >= low && c + 32 <= high;
        if ((upper && !lower && !add_range(b, c + 32, c + 32)) || (lower && !upper && !add_range(b, c, c)))
            return false;
    }
    return true;
}

static const struct {
    char name;
    const char *ranges; /* pairs */
} short_classes[] = {{'d', "09"}, {'w', "09AZ__az"}, {'s', "\t\n\f\r  "}};

/* \d \w \s and their opposites: adds the ranges. */
static bool add_short_class(builder *b, int32_t name)
{
    int32_t lower = name | 32;
    for (size_t i = 0; i < sizeof short_classes / sizeof short_classes[0]; i++) {
        if (short_classes[i].name != lower)
            continue;
        const char *r = short_classes[i].ranges;
        if (name == lower) {
            for (; *r != '\0'; r += 2)
                if (!add_range(b, (uint8_t)r[0], (uint8_t)r[1]))
                    return false;
            return true;
        }
        uint32_t low = 0;
        for (; *r != '\0'; r += 2) {
            if ((uint8_t)r[0] > low && !add_range(b, low, (uint8_t)r[0] - 1U))
                return false;
            low = (uint8_t)r[1] + 1U;
        }
        return add_range(b, low, 0x10FFFF);
    }
    return false;
}

static bool is_short_class(int32_t c)
{
    return c == 'd' || c == 'w' || c == 's' || c == 'D' || c == 'W' || c == 'S';
}

static int hex_digit(int32_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    int32_t lower = c | 32;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool hex_escape(builder *b, int32_t *out)
{
    bool braces = take_if(b, '{');
    int32_t value = 0;
    int digits = 0;
    while ((braces || digits < 2) && hex_digit(peek(b)) >= 0 && value <= 0x10FFFF) {
        value = value * 16 + hex_digit(take(b));
        digits++;
    }
    if (digits == 0 || (!braces && digits < 2) || value > 0x10FFFF || (braces && !take_if(b, '}')))
        return fail(b, "\\x is followed by two hex digits or {hex}");
    *out = value;
    return true;
}

/* After a backslash: a character that stands for itself or for a control character. */
static bool escape(builder *b, int32_t *out)
{
    static const char from[] = "afnrtv";
    static const char to[] = "\a\f\n\r\t\v";
    int32_t c = take(b);
    if (c == 'x')
        return hex_escape(b, out);
    for (size_t i = 0; i + 1 < sizeof from; i++) {
        if (c == from[i]) {
            *out = (unsigned char)to[i];
            return true;
        }
    }
    bool word = c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
    if (c < 0 || c >= 0x80 || word)
        return fail(b, "this escape has no meaning");
    *out = c;
    return true;
}

/* [:alpha:] inside a class. */
static bool named_class(builder *b)
{
    static const struct {
        const char *name;
        const char *ranges;
    } known[] = {{"alnum", "09AZaz"},   {"alpha", "AZaz"},   {"blank", "\t\t  "}, {"cntrl", "\1\x1f\x7f\x7f"},
                 {"digit", "09"},       {"graph", "!~"},     {"lower", "az"},     {"print", " ~"},
                 {"punct", "!/:@[`{~"}, {"space", "\t\r  "}, {"upper", "AZ"},     {"word", "09AZ__az"},
                 {"xdigit", "09AFaf"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        otr_str name = otr_str_of(known[i].name);
        otr_str rest = {b->pattern.data + b->at, b->pattern.size - b->at};
        if (rest.size < name.size + 4 || !otr_str_equal((otr_str){rest.data + 2, name.size}, name) ||
            rest.data[name.size + 2] != ':' || rest.data[name.size + 3] != ']')
            continue;
        b->at += name.size + 4;
        for (const char *r = known[i].ranges; *r != '\0'; r += 2)
            if (!add_folded(b, (uint8_t)r[0], (uint8_t)r[1]))
                return false;
        return true;
    }
    return fail(b, "there is no such [:class:]");
}

static bool class_character(builder *b, int32_t *out)
{
    *out = take(b);
    return *out != '\\' || escape(b, out);
}

static bool class_item(builder *b)
{
    if (peek(b) == '[' && b->at + 1 < b->pattern.size && b->pattern.data[b->at + 1] == ':')
        return named_class(b);
    if (peek(b) == '\\' && b->at + 1 < b->pattern.size && is_short_class(b->pattern.data[b->at + 1])) {
        b->at++;
        return add_short_class(b, take(b));
    }
    int32_t low = 0;
    if (!class_character(b, &low))
        return false;
    int32_t high = low;
    if (peek(b) == '-' && b->at + 1 < b->pattern.size && b->pattern.data[b->at + 1] != ']') {
        b->at++;
        if (!class_character(b, &high))
            return false;
    }
    if (high < low)
        return fail(b, "the range ends before it begins");
    return add_folded(b, (uint32_t)low, (uint32_t)high);
}

static bool parse_class(builder *b)
{
    uint32_t first = b->range_count;
    bool negated = take_if(b, '^');
    for (bool any = false; !any || peek(b) != ']'; any = true) {
        if (peek(b) == END_OF_PATTERN)
            return fail(b, "[ is not closed");
        if (!class_item(b))
            return false;
    }
    b->at++;
    return append(b, (otr_regex_step){.code = OTR_REGEX_CLASS,
                                      .negated = negated,
                                      .x = (int16_t)first,
                                      .y = (int16_t)(b->range_count - first)});
}

static bool add_character(builder *b, int32_t c)
{
    if (!b->now.fold || (c | 32) < 'a' || (c | 32) > 'z')
        return append(b, (otr_regex_step){.code = OTR_REGEX_CHARACTER, .point = (uint32_t)c});
    uint32_t first = b->range_count;
    return add_folded(b, (uint32_t)c, (uint32_t)c) &&
           append(b, (otr_regex_step){.code = OTR_REGEX_CLASS,
                                      .x = (int16_t)first,
                                      .y = (int16_t)(b->range_count - first)});
}

static bool parse_escape(builder *b)
{
    int32_t c = peek(b);
    if (is_short_class(c)) {
        uint32_t first = b->range_count;
        b->at++;
        return add_short_class(b, c) && append(b, (otr_regex_step){.code = OTR_REGEX_CLASS,
                                                                   .x = (int16_t)first,
                                                                   .y = (int16_t)(b->range_count - first)});
    }
    static const struct {
        char name;
        otr_regex_code code;
    } places[] = {{'A', OTR_REGEX_TEXT_START},
                  {'z', OTR_REGEX_TEXT_END},
                  {'b', OTR_REGEX_WORD},
                  {'B', OTR_REGEX_NO_WORD}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (c != places[i].name)
            continue;
        b->at++;
        return append(b, (otr_regex_step){.code = (uint8_t)places[i].code});
    }
    return escape(b, &c) && add_character(b, c);
}

/* (?i) (?s-m: ...) (?:...) (?P<name>...); *group is false when only flags were set. */
static bool parse_group_kind(builder *b, bool *group)
{
    *group = true;
    if (!take_if(b, '?'))
        return true;
    (void)take_if(b, 'P');
    if (take_if(b, '<')) {
        while (peek(b) != END_OF_PATTERN && peek(b) != '>')
            (void)take(b);
        return take_if(b, '>') || fail(b, "the group's name is not closed");
    }
    for (bool on = true;;) {
        int32_t c = take(b);
        if (c == 'i')
            b->now.fold = on;
        else if (c == 'm')
            b->now.lines = on;
        else if (c == 's')
            b->now.dot_line = on;
        else if (c == '-' && on)
            on = false;
        else if (c == ':')
            return true;
        else if (c == ')')
            return !(*group = false);
        else if (c != 'U')
            return fail(b, "there is no such kind of group");
    }
}

static bool parse_group(builder *b)
{
    flags outer = b->now;
    bool group = true;
    if (++b->depth > OTR_REGEX_DEPTH_MAX)
        return fail(b, "too many groups in each other");
    if (!parse_group_kind(b, &group))
        return false;
    b->depth--;
    if (!group)
        return true;
    b->depth++;
    if (!parse_alternatives(b))
        return false;
    if (!take_if(b, ')'))
        return fail(b, "( is not closed");
    b->depth--;
    b->now = outer;
    return true;
}

static bool parse_atom(builder *b)
{
    int32_t c = take(b);
    switch (c) {
    case '(':
        return parse_group(b);
    case '[':
        return parse_class(b);
    case '\\':
        return parse_escape(b);
    case '.':
        return append(b, (otr_regex_step){.code = b->now.dot_line ? OTR_REGEX_ANY : OTR_REGEX_ANY_BUT_LINE});
    case '^':
        return append(b,
                      (otr_regex_step){.code = b->now.lines ? OTR_REGEX_LINE_START : OTR_REGEX_TEXT_START});
    case '$':
        return append(b, (otr_regex_step){.code = b->now.lines ? OTR_REGEX_LINE_END : OTR_REGEX_TEXT_END});
    case '*':
    case '+':
    case '?':
        return fail(b, "there is nothing to repeat");
    default:
        return add_character(b, c);
    }
}

/* The steps from start on once more. */
static bool repeat(builder *b, uint32_t start, uint32_t length)
{
    if (b->count + length > OTR_REGEX_STEPS_MAX)
        return fail(b, "too long");
    memmove(&b->steps[b->count], &b->steps[start], length * sizeof b->steps[0]);
    b->count += length;
    return true;
}

static bool make_optional(builder *b, uint32_t start)
{
    int16_t length = (int16_t)(b->count - start);
    return insert(b, start, (otr_regex_step){.code = OTR_REGEX_SPLIT, .x = 1, .y = (int16_t)(length + 1)});
}

static bool make_star(builder *b, uint32_t start)
{
    int16_t length = (int16_t)(b->count - start);
    return insert(b, start, (otr_regex_step){.code = OTR_REGEX_SPLIT, .x = 1, .y = (int16_t)(length + 2)}) &&
           append(b, (otr_regex_step){.code = OTR_REGEX_JUMP, .x = (int16_t)(-length - 1)});
}

/* x{low,high}, high < 0 for no end: low times x, then x? for each that may follow, or x* at the end. */
static bool make_repeats(builder *b, uint32_t start, int32_t low, int32_t high)
{
    uint32_t length = b->count - start;
    if (high == 0) {
        b->count = start;
        return true;
    }
    for (int32_t i = 1; i < low; i++)
        if (!repeat(b, start, length))
            return false;
    if (high < 0 && low == 0)
        return make_star(b, start);
    if (high < 0) {
        uint32_t last = b->count;
        return repeat(b, start, length) && make_star(b, last);
    }
    if (low == 0 && !make_optional(b, start))
        return false;
    uint32_t whole = low == 0 ? length + 1 : length;
    for (int32_t i = low == 0 ? 1 : low; i < high; i++) {
        uint32_t next = b->count;
        if (!repeat(b, start, whole) || (low != 0 && !make_optional(b, next)))
            return false;
    }
    return true;
}

static bool take_number(builder *b, int32_t *out)
{
    int digits = 0;
    *out = 0;
    while (peek(b) >= '0' && peek(b) <= '9' && *out <= OTR_REGEX_REPEAT_MAX) {
        *out = *out * 10 + (take(b) - '0');
        digits++;
    }
    return digits > 0;
}

/* {n} {n,} {n,m}; anything else in braces is text. */
static bool take_braces(builder *b, int32_t *low, int32_t *high)
{
    size_t at = b->at;
    if (take_if(b, '{') && take_number(b, low)) {
        *high = *low;
        if (take_if(b, ',') && !take_number(b, high))
            *high = -1;
        if (take_if(b, '}'))
            return true;
    }
    b->at = at;
    return false;
}

static bool parse_repeated(builder *b)
{
    uint32_t start = b->count;
    int32_t low = 0;
    int32_t high = 0;
    if (!parse_atom(b))
        return false;
    for (;;) {
        bool ok = true;
        if (take_if(b, '*')) {
            ok = make_star(b, start);
        } else if (take_if(b, '+')) {
            ok = append(b, (otr_regex_step){.code = OTR_REGEX_SPLIT,
                                            .x = (int16_t)((int32_t)start - (int32_t)b->count),
                                            .y = 1});
        } else if (take_if(b, '?')) {
            ok = make_optional(b, start);
        } else if (take_braces(b, &low, &high)) {
            if (low > OTR_REGEX_REPEAT_MAX || high > OTR_REGEX_REPEAT_MAX || (high >= 0 && high < low))
                return fail(b, "the numbers in braces are too large or the wrong way round");
            ok = make_repeats(b, start, low, high);
        } else {
            return true;
        }
        if (!ok)
            return false;
        (void)take_if(b, '?'); /* which match is found first does not matter here */
    }
}

static bool parse_sequence(builder *b)
{
    while (b->at < b->pattern.size && peek(b) != '|' && peek(b) != ')')
        if (!parse_repeated(b))
            return false;
    return true;
}

static bool parse_alternatives(builder *b)
{
    uint32_t start = b->count;
    if (!parse_sequence(b))
        return false;
    if (!take_if(b, '|'))
        return true;
    int32_t left = (int32_t)(b->count - start);
    if (!insert(b, start, (otr_regex_step){.code = OTR_REGEX_SPLIT, .x = 1, .y = (int16_t)(left + 2)}) ||
        !append(b, (otr_regex_step){.code = OTR_REGEX_JUMP}))
        return false;
    uint32_t jump = b->count - 1;
    /* a|b|c is a|(b|c); the nesting of a long one is bounded as that of groups is. */
    if (++b->depth > OTR_REGEX_STEPS_MAX / 8)
        return fail(b, "too many alternatives");
    if (!parse_alternatives(b))
        return false;
    b->depth--;
    b->steps[jump].x = (int16_t)(b->count - jump);
    return true;
}

static bool build(builder *b, otr_str pattern)
{
    *b = (builder){.pattern = pattern};
    if (!parse_alternatives(b))
        return false;
    if (b->at < pattern.size)
        return fail(b, "there is no ( for this )");
    return append(b, (otr_regex_step){.code = OTR_REGEX_MATCH});
}

static size_t bytes_of(const builder *b)
{
    return sizeof(otr_regex) + b->count * sizeof b->steps[0] + b->range_count * sizeof b->ranges[0];
}

static const otr_regex *finish(const builder *b, void *memory)
{
    if (memory == NULL)
        return NULL;
    otr_regex *regex = memory;
    otr_regex_step *steps = (otr_regex_step *)(regex + 1);
    otr_regex_range *ranges = (otr_regex_range *)(steps + b->count);
    memcpy(steps, b->steps, b->count * sizeof *steps);
    memcpy(ranges, b->ranges, b->range_count * sizeof *ranges);
    *regex = (otr_regex){.steps = steps, .ranges = ranges, .count = b->count};
    return regex;
}

bool otr_regex_check(otr_str pattern, const char **why, size_t *at)
{
    builder b;
    if (build(&b, pattern))
        return true;
    *why = b.why;
    *at = b.at;
    return false;
}

const otr_regex *otr_regex_create(otr_arena *arena, otr_str pattern)
{
    builder b;
    return build(&b, pattern) ? finish(&b, otr_arena_alloc(arena, bytes_of(&b))) : NULL;
}

const otr_regex *otr_regex_make(otr_room *room, otr_str pattern)
{
    builder b;
    return build(&b, pattern) ? finish(&b, otr_room_take(room, bytes_of(&b))) : NULL;
}

size_t otr_regex_size(const otr_regex *regex)
{
    return regex->count;
}
