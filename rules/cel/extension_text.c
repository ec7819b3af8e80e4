/* charAt() to quote(). Positions count code points; text is valid UTF-8, and what is cut stays so. */
#include "rules/cel/extension.h"

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Byte offset of the code point with this number, also the one past the end; false when there are not so
 * many. */
static bool offset_of(otr_str text, int64_t number, size_t *out)
{
    size_t at = 0;
    if (number < 0)
        return false;
    for (; number > 0 && at < text.size; number--) {
        at++;
        while (at < text.size && is_continuation(text.data[at]))
            at++;
    }
    *out = at;
    return number == 0;
}

static int64_t number_of(otr_str text, size_t offset)
{
    int64_t number = 0;
    for (size_t i = 0; i < offset; i++)
        number += !is_continuation(text.data[i]);
    return number;
}

static otr_str part(otr_str text, size_t from, size_t to)
{
    return to > from ? (otr_str){text.data + from, to - from} : (otr_str){"", 0};
}

static otr_reason put_text(otr_str text, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_STRING, .text = text};
    return OTR_REASON_NONE;
}

static otr_reason put_int(int64_t number, otr_value *out)
{
    *out = (otr_value){.type = OTR_TYPE_INT, .integer = number};
    return OTR_REASON_NONE;
}

/* The offset of the first occurrence from an offset on; false when there is none. */
static bool find(otr_str text, otr_str wanted, size_t from, size_t *at)
{
    if (wanted.size == 0) {
        *at = from;
        return true;
    }
    const char *found =
        from < text.size ? memmem(text.data + from, text.size - from, wanted.data, wanted.size) : NULL;
    *at = found != NULL ? (size_t)(found - text.data) : 0;
    return found != NULL;
}

static otr_reason char_at(otr_str text, int64_t number, otr_value *out)
{
    size_t from = 0;
    size_t to = 0;
    if (!offset_of(text, number, &from))
        return OTR_REASON_INDEX;
    (void)offset_of(part(text, from, text.size), 1, &to);
    return put_text(part(text, from, from + to), out);
}

static otr_reason index_of(const otr_value *operands, size_t count, otr_value *out)
{
    otr_str text = operands[0].text;
    size_t from = 0;
    size_t at = 0;
    if (count == 3 && !offset_of(text, operands[2].integer, &from))
        return OTR_REASON_INDEX;
    return put_int(find(text, operands[1].text, from, &at) ? number_of(text, at) : -1, out);
}

static otr_reason last_index_of(const otr_value *operands, size_t count, otr_value *out)
{
    otr_str text = operands[0].text;
    otr_str wanted = operands[1].text;
    size_t at = text.size;
    if (count == 3 && !offset_of(text, operands[2].integer, &at))
        return OTR_REASON_INDEX;
    if (wanted.size > text.size)
        return put_int(-1, out);
    if (at > text.size - wanted.size)
        at = text.size - wanted.size;
    for (;; at--) {
        bool here = wanted.size == 0 || memcmp(text.data + at, wanted.data, wanted.size) == 0;
        if (here && (at == text.size || !is_continuation(text.data[at])))
            return put_int(number_of(text, at), out);
        if (at == 0)
            return put_int(-1, out);
    }
}

static otr_reason substring(const otr_value *operands, size_t count, otr_value *out)
{
    otr_str text = operands[0].text;
    size_t from = 0;
    size_t to = text.size;
    if (!offset_of(text, operands[1].integer, &from) ||
        (count == 3 && !offset_of(text, operands[2].integer, &to)) || from > to)
        return OTR_REASON_INDEX;
    return put_text(part(text, from, to), out);
}

static otr_reason change_case(otr_str text, char first, otr_room *room, otr_value *out)
{
    char *copy = otr_room_take(room, text.size);
    if (copy == NULL)
        return OTR_REASON_ROOM;
    for (size_t i = 0; i < text.size; i++) {
        bool other = text.data[i] >= first && text.data[i] < first + 26;
        copy[i] = (char)(other ? text.data[i] ^ 0x20 : text.data[i]);
    }
    return put_text((otr_str){copy, text.size}, out);
}

/* The length of the white space (Unicode's White_Space) that the text begins with at an offset, 0 for none.
 */
static size_t space_length(otr_str text, size_t at)
{
    static const char *const spaces[] = {
        "\t",           "\n",           "\v",           "\f",           "\r",           " ",
        "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
        "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
        "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
        "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (otr_str_starts(part(text, at, text.size), otr_str_of(spaces[i])))
            return strlen(spaces[i]);
    return 0;
}

static otr_reason trim(otr_str text, otr_value *out)
{
    size_t from = 0;
    size_t to = text.size;
    for (size_t length; from < to && (length = space_length(text, from)) > 0;)
        from += length;
    while (to > from) {
        size_t last = to - 1;
        while (last > from && is_continuation(text.data[last]))
            last--;
        if (space_length(part(text, 0, to), last) != to - last)
            break;
        to = last;
    }
    return put_text(part(text, from, to), out);
}

/* How often at the most: a limit of less than 0 is none. */
static size_t limit_of(const otr_value *operands, size_t count, size_t index)
{
    if (count <= index || operands[index].integer < 0 || (uint64_t)operands[index].integer > SIZE_MAX)
        return SIZE_MAX;
    return (size_t)operands[index].integer;
}

static otr_reason replace(const otr_value *operands, size_t limit, otr_room *room, otr_value *out)
{
    otr_str text = operands[0].text;
    otr_str old = operands[1].text;
    size_t done = 0; /* bytes of the text that are written */
    size_t from = 0;
    size_t at = 0;
    otr_text_writer writer = otr_text_begin(room);
    for (; limit > 0 && from <= text.size && !writer.full && find(text, old, from, &at); limit--) {
        otr_text_add(&writer, part(text, done, at));
        otr_text_add(&writer, operands[2].text);
        done = at + old.size;
        from = done;
        if (old.size > 0)
            continue;
        /* Nothing stands before each character, and at the end. */
        from++;
        while (from < text.size && is_continuation(text.data[from]))
            from++;
    }
    otr_text_add(&writer, part(text, done, text.size));
    return otr_text_end(&writer, out);
}

/* The end of the piece that begins at from, and where the next begins; false when it is the last. */
static bool next_piece(otr_str text, otr_str separator, size_t from, size_t *to, size_t *next)
{
    if (separator.size > 0) {
        bool found = find(text, separator, from, to);
        *next = *to + separator.size;
        return found;
    }
    size_t length = 0;
    (void)offset_of(part(text, from, text.size), 1, &length);
    *to = from + length;
    *next = *to;
    return *to < text.size;
}

static otr_reason split(otr_str text, otr_str separator, size_t limit, otr_room *room, otr_value *out)
{
    size_t count = 1;
    size_t to = 0;
    size_t from = 0;
    if (limit == 0 || (separator.size == 0 && text.size == 0)) {
        *out = (otr_value){.type = OTR_TYPE_LIST};
        return OTR_REASON_NONE;
    }
    while (count < limit && next_piece(text, separator, from, &to, &from))
        count++;
    otr_value *items = otr_room_array(room, count, sizeof *items);
    if (items == NULL)
        return OTR_REASON_ROOM;
    from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t start = from;
        to = text.size;
        if (i + 1 < count)
            (void)next_piece(text, separator, start, &to, &from);
        (void)put_text(part(text, start, to), &items[i]);
    }
    return otr_value_collect(OTR_TYPE_LIST, items, count, out);
}

static otr_reason join(const otr_value *list, otr_str separator, otr_room *room, otr_value *out)
{
    otr_text_writer writer = otr_text_begin(room);
    for (size_t i = 0; i < list->list.count; i++) {
        if (list->list.items[i].type != OTR_TYPE_STRING)
            return OTR_REASON_NO_OVERLOAD;
        if (i > 0)
            otr_text_add(&writer, separator);
        otr_text_add(&writer, list->list.items[i].text);
    }
    return otr_text_end(&writer, out);
}

static otr_reason quote(otr_str text, otr_room *room, otr_value *out)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"";
    static const char to[] = "abfnrtv\\\"";
    otr_text_writer writer = otr_text_begin(room);
    otr_text_add(&writer, OTR_STR("\""));
    for (size_t i = 0; i < text.size; i++) {
        const char *found = text.data[i] != '\0' ? strchr(from, text.data[i]) : NULL;
        if (found == NULL) {
            otr_text_add(&writer, part(text, i, i + 1));
            continue;
        }
        char escape[2] = {'\\', to[found - from]};
        otr_text_add(&writer, (otr_str){escape, 2});
    }
    otr_text_add(&writer, OTR_STR("\""));
    return otr_text_end(&writer, out);
}

otr_reason otr_extension_text(otr_call call, const otr_value *operands, size_t count, otr_room *room,
                              otr_value *out)
{
    otr_str text = operands[0].text; /* of all but JOIN */
    switch (call) {
    case OTR_CALL_CHAR_AT:
        return char_at(text, operands[1].integer, out);
    case OTR_CALL_INDEX_OF:
        return index_of(operands, count, out);
    case OTR_CALL_LAST_INDEX_OF:
        return last_index_of(operands, count, out);
    case OTR_CALL_LOWER_ASCII:
        return change_case(text, 'A', room, out);
    case OTR_CALL_UPPER_ASCII:
        return change_case(text, 'a', room, out);
    case OTR_CALL_TRIM:
        return trim(text, out);
    case OTR_CALL_REPLACE:
        return replace(operands, limit_of(operands, count, 3), room, out);
    case OTR_CALL_SPLIT:
        return split(text, operands[1].text, limit_of(operands, count, 2), room, out);
    case OTR_CALL_SUBSTRING:
        return substring(operands, count, out);
    case OTR_CALL_JOIN:
        return join(operands, count > 1 ? operands[1].text : (otr_str){"", 0}, room, out);
    default:
        return quote(text, room, out);
    }
}
