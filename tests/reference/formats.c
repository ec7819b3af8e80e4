/* format(): one clause after the other. */
#include "evaluate.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static otr_str joined(evaluation *e, otr_str a, otr_str b)
{
    return ref_apply(e, "+",
                     (const otr_value[]){{.type = OTR_TYPE_STRING, .text = a},
                                         {.type = OTR_TYPE_STRING, .text = b}},
                     2)
        .value.text;
}

static bool whole_value(evaluation *e, const otr_value *value, otr_str *out);

typedef struct entry {
    otr_str key;
    otr_str value;
} entry;

static int by_key(const void *a, const void *b)
{
    return otr_str_compare(((const entry *)a)->key, ((const entry *)b)->key);
}

static bool whole_map(evaluation *e, const otr_value *map, otr_str *out)
{
    entry *entries = otr_arena_array(e->arena, map->list.count + 1, sizeof *entries);
    for (size_t i = 0; i < map->list.count; i++)
        if (!whole_value(e, &map->list.items[2 * i], &entries[i].key) ||
            !whole_value(e, &map->list.items[2 * i + 1], &entries[i].value))
            return false;
    qsort(entries, map->list.count, sizeof *entries, by_key);
    *out = OTR_STR("{");
    for (size_t i = 0; i < map->list.count; i++) {
        *out = joined(e, *out, i > 0 ? OTR_STR(", ") : OTR_STR(""));
        *out = joined(e, joined(e, *out, entries[i].key), joined(e, OTR_STR(": "), entries[i].value));
    }
    *out = joined(e, *out, OTR_STR("}"));
    return true;
}

/* %s. */
static bool whole_value(evaluation *e, const otr_value *value, otr_str *out)
{
    if (value->type == OTR_TYPE_NULL) {
        *out = OTR_STR("null");
        return true;
    }
    if (value->type == OTR_TYPE_DOUBLE && isinf(value->number)) {
        *out = value->number > 0 ? OTR_STR("Infinity") : OTR_STR("-Infinity");
        return true;
    }
    if (value->type == OTR_TYPE_MAP)
        return whole_map(e, value, out);
    if (value->type != OTR_TYPE_LIST)
        return ref_to_text(e, value, out);
    *out = OTR_STR("[");
    for (size_t i = 0; i < value->list.count; i++) {
        otr_str item;
        if (!whole_value(e, &value->list.items[i], &item))
            return false;
        *out = joined(e, joined(e, *out, i > 0 ? OTR_STR(", ") : OTR_STR("")), item);
    }
    *out = joined(e, *out, OTR_STR("]"));
    return true;
}

static bool based(evaluation *e, char clause, const otr_value *value, otr_str *out)
{
    unsigned base = clause == 'b' ? 2 : clause == 'o' ? 8 : 16;
    bool text = value->type == OTR_TYPE_STRING || value->type == OTR_TYPE_BYTES;
    *out = OTR_STR("");
    if (clause == 'b' && value->type == OTR_TYPE_BOOL) {
        *out = value->flag ? OTR_STR("1") : OTR_STR("0");
        return true;
    }
    if (base == 16 && text) {
        for (size_t i = 0; i < value->text.size; i++)
            *out = joined(e, *out,
                          ref_print(e, clause == 'x' ? "%02x" : "%02X", (unsigned char)value->text.data[i]));
        return true;
    }
    if (value->type != OTR_TYPE_INT && value->type != OTR_TYPE_UINT)
        return false;
    bool negative = value->type == OTR_TYPE_INT && value->integer < 0;
    uint64_t rest = negative ? 0 - (uint64_t)value->integer : value->natural;
    do {
        char digit = "0123456789abcdef"[rest % base];
        if (clause == 'X')
            digit = (char)toupper((unsigned char)digit);
        *out = joined(e, (otr_str){&digit, 1}, *out);
        rest /= base;
    } while (rest > 0);
    *out = joined(e, negative ? OTR_STR("-") : OTR_STR(""), *out);
    return true;
}

static bool clause_of(evaluation *e, char clause, int precision, const otr_value *value, otr_str *out)
{
    bool odd = value->type == OTR_TYPE_DOUBLE && !isfinite(value->number);
    if (clause == 's' || (odd && strchr("dfe", clause) != NULL))
        return whole_value(e, value, out);
    if (clause == 'd')
        return (value->type == OTR_TYPE_INT || value->type == OTR_TYPE_UINT) && ref_to_text(e, value, out);
    if ((clause == 'f' || clause == 'e') && ref_is_number(value)) {
        double number = ref_apply(e, "double", value, 1).value.number;
        *out =
            clause == 'f' ? ref_print(e, "%.*f", precision, number) : ref_print(e, "%.*e", precision, number);
        return true;
    }
    return strchr("boxX", clause) != NULL && based(e, clause, value, out);
}

bool ref_format(evaluation *e, otr_str format, const otr_value *list, otr_str *out)
{
    size_t used = 0;
    *out = OTR_STR("");
    for (size_t i = 0; i < format.size; i++) {
        otr_str piece = {format.data + i, 1};
        int precision = 6;
        if (format.data[i] != '%') {
            *out = joined(e, *out, piece);
            continue;
        }
        if (++i < format.size && format.data[i] == '%') {
            *out = joined(e, *out, OTR_STR("%"));
            continue;
        }
        if (i < format.size && format.data[i] == '.')
            for (i++, precision = 0; i < format.size && isdigit((unsigned char)format.data[i]); i++)
                precision = precision * 10 + (format.data[i] - '0');
        if (i >= format.size || used >= list->list.count || format.data[i] == '\0' ||
            !clause_of(e, format.data[i], precision, &list->list.items[used++], &piece))
            return false;
        *out = joined(e, *out, piece);
    }
    return true;
}
