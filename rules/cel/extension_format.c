/* format(): %s %d %f %e %b %o %x %X, with a precision for %f and %e. */
#include "rules/cel/extension.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { PRECISION_DEFAULT = 6, PRECISION_MAX = 60, NUMBER_BYTES = 400 };

/* Names of what is no number; NULL for a number. */
static const char *special(double number)
{
    if (isnan(number))
        return "NaN";
    return isinf(number) ? number > 0 ? "Infinity" : "-Infinity" : NULL;
}

static otr_reason add_value(otr_text_writer *writer, const otr_value *value);

static otr_reason add_scalar(otr_text_writer *writer, const otr_value *value)
{
    uint8_t bytes[128];
    otr_room room = {.bytes = bytes, .size = sizeof bytes};
    otr_str text = {NULL, 0};
    if (value->type == OTR_TYPE_NULL)
        text = OTR_STR("null");
    else if (value->type == OTR_TYPE_DOUBLE && special(value->number) != NULL)
        text = otr_str_of(special(value->number));
    else if (otr_text_of(value, &room, &text) != OTR_REASON_NONE)
        return OTR_REASON_CLAUSE;
    otr_text_add(writer, text);
    return OTR_REASON_NONE;
}

static otr_reason add_list(otr_text_writer *writer, const otr_value *list)
{
    otr_reason reason = OTR_REASON_NONE;
    otr_text_add(writer, OTR_STR("["));
    for (size_t i = 0; i < list->list.count && reason == OTR_REASON_NONE; i++) {
        otr_text_add(writer, i > 0 ? OTR_STR(", ") : OTR_STR(""));
        reason = add_value(writer, &list->list.items[i]);
    }
    otr_text_add(writer, OTR_STR("]"));
    return reason;
}

/* How two keys stand to each other as texts, then by place so that none is left out. */
static int compare_keys(const otr_value *items, size_t a, size_t b)
{
    uint8_t bytes[2][32];
    otr_room rooms[2] = {{.bytes = bytes[0], .size = 32}, {.bytes = bytes[1], .size = 32}};
    otr_str texts[2] = {{NULL, 0}, {NULL, 0}};
    (void)otr_text_of(&items[2 * a], &rooms[0], &texts[0]);
    (void)otr_text_of(&items[2 * b], &rooms[1], &texts[1]);
    int order = otr_str_compare(texts[0], texts[1]);
    return order != 0 ? order : (a > b) - (a < b);
}

/* By the text of the keys: the next larger one is looked for again and again, without memory for an order. */
static otr_reason add_map(otr_text_writer *writer, const otr_value *map)
{
    const otr_value *items = map->list.items;
    size_t count = map->list.count;
    size_t last = SIZE_MAX;
    otr_reason reason = OTR_REASON_NONE;
    otr_text_add(writer, OTR_STR("{"));
    for (size_t done = 0; done < count && reason == OTR_REASON_NONE; done++) {
        size_t next = SIZE_MAX;
        for (size_t i = 0; i < count; i++)
            if ((last == SIZE_MAX || compare_keys(items, i, last) > 0) &&
                (next == SIZE_MAX || compare_keys(items, i, next) < 0))
                next = i;
        last = next;
        otr_text_add(writer, done > 0 ? OTR_STR(", ") : OTR_STR(""));
        reason = add_value(writer, &items[2 * next]);
        otr_text_add(writer, OTR_STR(": "));
        if (reason == OTR_REASON_NONE)
            reason = add_value(writer, &items[2 * next + 1]);
    }
    otr_text_add(writer, OTR_STR("}"));
    return reason;
}

static otr_reason add_value(otr_text_writer *writer, const otr_value *value)
{
    if (value->type == OTR_TYPE_LIST)
        return add_list(writer, value);
    return value->type == OTR_TYPE_MAP ? add_map(writer, value) : add_scalar(writer, value);
}

static otr_reason add_decimal(otr_text_writer *writer, const otr_value *value)
{
    bool whole = value->type == OTR_TYPE_INT || value->type == OTR_TYPE_UINT;
    bool named = value->type == OTR_TYPE_DOUBLE && special(value->number) != NULL;
    return whole || named ? add_scalar(writer, value) : OTR_REASON_CLAUSE;
}

static otr_reason add_real(otr_text_writer *writer, char clause, int precision, const otr_value *value)
{
    char text[NUMBER_BYTES];
    otr_value number;
    if (!otr_type_is_numeric(value->type) ||
        otr_operate_convert(OTR_TYPE_DOUBLE, value, NULL, &number) != OTR_REASON_NONE)
        return OTR_REASON_CLAUSE;
    if (special(number.number) != NULL)
        return add_scalar(writer, &number);
    int size = snprintf(text, sizeof text, clause == 'f' ? "%.*f" : "%.*e", precision, number.number);
    otr_text_add(writer, (otr_str){text, (size_t)size});
    return OTR_REASON_NONE;
}

/* Hex digits of each byte. */
static void add_bytes(otr_text_writer *writer, char clause, otr_str bytes)
{
    const char *digits = clause == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.size && !writer->full; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        char pair[2] = {digits[c >> 4], digits[c & 15]};
        otr_text_add(writer, (otr_str){pair, 2});
    }
}

static otr_reason add_based(otr_text_writer *writer, char clause, const otr_value *value)
{
    const char *digits = clause == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned shift = clause == 'b' ? 1 : clause == 'o' ? 3 : 4;
    char text[66];
    size_t at = sizeof text;
    uint64_t rest = value->natural;
    bool negative = value->type == OTR_TYPE_INT && value->integer < 0;
    if (clause == 'b' && value->type == OTR_TYPE_BOOL) {
        rest = value->flag;
    } else if (shift == 4 && (value->type == OTR_TYPE_STRING || value->type == OTR_TYPE_BYTES)) {
        add_bytes(writer, clause, value->text);
        return OTR_REASON_NONE;
    } else if (value->type != OTR_TYPE_INT && value->type != OTR_TYPE_UINT) {
        return OTR_REASON_CLAUSE;
    }
    if (negative)
        rest = 0 - rest;
    do {
        text[--at] = digits[rest & ((1U << shift) - 1)];
        rest >>= shift;
    } while (rest > 0);
    if (negative)
        text[--at] = '-';
    otr_text_add(writer, (otr_str){text + at, sizeof text - at});
    return OTR_REASON_NONE;
}

static otr_reason add_clause(otr_text_writer *writer, char clause, int precision, const otr_value *value)
{
    switch (clause) {
    case 's':
        return add_value(writer, value);
    case 'd':
        return add_decimal(writer, value);
    case 'f':
    case 'e':
        return add_real(writer, clause, precision, value);
    case 'b':
    case 'o':
    case 'x':
    case 'X':
        return add_based(writer, clause, value);
    default:
        return OTR_REASON_CLAUSE;
    }
}

/* The precision after a %, when there is one. */
static bool take_precision(otr_str format, size_t *at, int *precision)
{
    *precision = PRECISION_DEFAULT;
    if (*at >= format.size || format.data[*at] != '.')
        return true;
    *precision = 0;
    for ((*at)++; *at < format.size && format.data[*at] >= '0' && format.data[*at] <= '9'; (*at)++) {
        *precision = *precision * 10 + (format.data[*at] - '0');
        if (*precision > PRECISION_MAX)
            return false;
    }
    return true;
}

otr_reason otr_extension_format(otr_str format, const otr_value *list, otr_room *room, otr_value *out)
{
    otr_text_writer writer = otr_text_begin(room);
    size_t used = 0;
    for (size_t at = 0; at < format.size;) {
        const char *percent = memchr(format.data + at, '%', format.size - at);
        size_t end = percent != NULL ? (size_t)(percent - format.data) : format.size;
        otr_text_add(&writer, (otr_str){format.data + at, end - at});
        at = end + 1;
        if (at >= format.size) {
            if (end < format.size)
                return OTR_REASON_CLAUSE;
            break;
        }
        int precision = 0;
        if (format.data[at] == '%') {
            otr_text_add(&writer, OTR_STR("%"));
            at++;
            continue;
        }
        if (!take_precision(format, &at, &precision) || at >= format.size)
            return OTR_REASON_CLAUSE;
        if (used >= list->list.count)
            return OTR_REASON_ARGUMENT;
        otr_reason reason = add_clause(&writer, format.data[at++], precision, &list->list.items[used++]);
        if (reason != OTR_REASON_NONE)
            return reason;
    }
    return otr_text_end(&writer, out);
}
