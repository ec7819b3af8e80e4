#include "text/fit.h"

#define ELLIPSIS "…"

typedef struct span_of_points {
    uint32_t from;
    uint32_t to;
} span_of_points;

/* Combining marks, joiners, variation selectors, skin tones. */
static const span_of_points silent[] = {
    {0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},   {0x2060, 0x2060},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

/* Scripts written without spaces, and their full-width signs. */
static const span_of_points unspaced[] = {
    {0x2E80, 0x9FFF},
    {0xF900, 0xFAFF},
    {0xFF00, 0xFFEF},
    {0x20000, 0x3FFFF},
};

static bool among(uint32_t point, const span_of_points *spans, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (point >= spans[i].from && point <= spans[i].to)
            return true;
    return false;
}

static bool is_silent(uint32_t point)
{
    return among(point, silent, sizeof silent / sizeof silent[0]);
}

static bool is_unspaced(uint32_t point)
{
    return among(point, unspaced, sizeof unspaced / sizeof unspaced[0]);
}

static bool is_space(uint32_t point)
{
    return point == ' ' || point == '\n' || point == '\t' || point == '\r' || point == 0x3000;
}

/* What would look odd before an ellipsis. */
static bool is_loose(uint32_t point)
{
    static const uint32_t signs[] = {',',    ';',    ':',    '-',    '(',    '.',    0xA0,   0x2009, 0x2013,
                                     0x202F, 0x3001, 0x3002, 0xFF08, 0xFF0C, 0xFF1A, 0xFF1B, 0x2014};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (point == signs[i])
            return true;
    return is_space(point);
}

/* The code point at a place, and its bytes; a byte that begins none stands for itself. */
static uint32_t point_at(otr_str text, size_t at, size_t *size)
{
    const uint8_t *bytes = (const uint8_t *)text.data + at;
    size_t need = bytes[0] < 0x80    ? 1
                  : bytes[0] >= 0xF0 ? 4
                  : bytes[0] >= 0xE0 ? 3
                  : bytes[0] >= 0xC0 ? 2
                                     : 0;
    *size = 1;
    if (need <= 1 || need > text.size - at)
        return bytes[0];
    uint32_t point = bytes[0] & (0xFFU >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return bytes[0];
        point = point << 6 | (bytes[i] & 0x3FU);
    }
    *size = need;
    return point;
}

/* The character at a place: a code point and the silent ones behind it, joined ones too. */
static size_t character_size(otr_str text, size_t at)
{
    size_t size;
    size_t whole = 0;
    (void)point_at(text, at, &size);
    whole += size;
    while (at + whole < text.size && is_silent(point_at(text, at + whole, &size)))
        whole += size;
    return whole;
}

size_t otr_text_length(otr_str utf8)
{
    size_t count = 0;
    size_t size;
    for (size_t at = 0; at < utf8.size; at += size)
        if (!is_silent(point_at(utf8, at, &size)))
            count++;
    return count;
}

/* Where the text may end when something follows at that place. */
static bool may_end(otr_str text, size_t at, uint32_t before)
{
    size_t size;
    uint32_t next = point_at(text, at, &size);
    return is_space(next) || is_unspaced(next) || is_unspaced(before);
}

/* Without loose signs at its end. */
static size_t trim(otr_str text, size_t end)
{
    while (end > 0) {
        size_t at = end - 1;
        size_t size;
        while (at > 0 && end - at < 4 && ((uint8_t)text.data[at] & 0xC0) == 0x80)
            at--;
        if (!is_loose(point_at(text, at, &size)) || at + size != end)
            return end;
        end = at;
    }
    return 0;
}

void otr_text_fit(otr_str utf8, size_t characters, otr_buffer *buffer)
{
    if (otr_text_length(utf8) <= characters) {
        otr_buffer_add(buffer, utf8.data, utf8.size);
        return;
    }
    if (characters == 0)
        return;
    size_t room = 0;  /* bytes of the characters that fit beside the ellipsis */
    size_t words = 0; /* bytes of the whole words among them */
    for (size_t count = 0; count + 1 < characters; count++) {
        size_t size;
        uint32_t point = point_at(utf8, room, &size);
        room += character_size(utf8, room);
        if (may_end(utf8, room, point) && trim(utf8, room) > 0)
            words = room;
    }
    otr_buffer_add(buffer, utf8.data, trim(utf8, words > 0 ? words : room));
    otr_buffer_add(buffer, ELLIPSIS, strlen(ELLIPSIS));
}
