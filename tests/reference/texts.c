/* Functions of texts. All of them work on code points, one array element each. */
#include "evaluate.h"

#include <string.h>

/* One code point at *at; false when the octets are not UTF-8. */
static bool take_point(otr_str text, size_t *at, uint32_t *point)
{
    unsigned char lead = (unsigned char)text.data[*at];
    int more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if ((lead >= 0x80 && lead < 0xC0) || lead >= 0xF8 || *at + (size_t)more >= text.size)
        return false;
    *point = more == 0 ? lead : lead & (0x3FU >> more);
    for (int i = 1; i <= more; i++) {
        unsigned char c = (unsigned char)text.data[*at + (size_t)i];
        if ((c & 0xC0) != 0x80)
            return false;
        *point = *point << 6 | (c & 0x3F);
    }
    *at += (size_t)more + 1;
    return *point >= least[more] && *point <= 0x10FFFF && !(*point >= 0xD800 && *point <= 0xDFFF);
}

bool ref_points(evaluation *e, otr_str text, uint32_t **points, int *count)
{
    *points = otr_arena_array(e->arena, text.size + 1, sizeof **points);
    *count = 0;
    for (size_t at = 0; at < text.size;)
        if (!take_point(text, &at, &(*points)[(*count)++]))
            return false;
    return true;
}

otr_str ref_text_of_points(evaluation *e, const uint32_t *points, int count)
{
    char *text = otr_arena_alloc(e->arena, 4 * (size_t)count + 1);
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        uint32_t c = points[i];
        if (c < 0x80) {
            text[size++] = (char)c;
            continue;
        }
        int more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
        static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
        text[size++] = (char)(leads[more] | (c >> (6 * more)));
        while (more-- > 0)
            text[size++] = (char)(0x80 | ((c >> (6 * more)) & 0x3F));
    }
    return (otr_str){text, size};
}

/* A text as its code points. */
typedef struct spelled {
    uint32_t *at;
    int count;
} spelled;

static spelled points_of(evaluation *e, const otr_value *text)
{
    spelled s;
    if (ref_points(e, text->text, &s.at, &s.count))
        return s;
    /* Strings are UTF-8, unless a planted bug cut one in the middle. */
    for (s.count = 0; s.count < (int)text->text.size; s.count++)
        s.at[s.count] = (unsigned char)text->text.data[s.count];
    return s;
}

/* Whether what is found at the position. */
static bool is_at(spelled text, int position, spelled what)
{
    if (position < 0 || position + what.count > text.count)
        return false;
    for (int i = 0; i < what.count; i++)
        if (text.at[position + i] != what.at[i])
            return false;
    return true;
}

static outcome cut(evaluation *e, spelled text, int64_t from, int64_t to)
{
    if (from < 0 || to < from || to > text.count)
        return ref_invalid();
    return ref_string(ref_text_of_points(e, text.at + from, (int)(to - from)));
}

static outcome substring(evaluation *e, const otr_value *operands, int count)
{
    otr_str octets = operands[0].text;
    spelled text = points_of(e, operands);
    int64_t from = operands[1].integer;
    int64_t to = count == 3 ? operands[2].integer : text.count;
    if (e->bug != REF_BUG_POSITIONS_IN_BYTES)
        return cut(e, text, from, to);
    if (from < 0 || from > (int64_t)octets.size)
        return ref_invalid();
    if (count < 3)
        to = (int64_t)octets.size;
    return to < from || to > (int64_t)octets.size
               ? ref_invalid()
               : ref_string((otr_str){octets.data + from, (size_t)(to - from)});
}

static outcome index_of(evaluation *e, const otr_value *operands, int count, bool last)
{
    spelled text = points_of(e, operands);
    spelled what = points_of(e, operands + 1);
    int64_t from = count == 3 ? operands[2].integer : last ? text.count : 0;
    if (from < 0 || from > text.count)
        return ref_invalid();
    for (int i = (int)from; i >= 0 && i <= text.count; i += last ? -1 : 1)
        if (is_at(text, i, what))
            return ref_int(i);
    return ref_int(-1);
}

static outcome replace(evaluation *e, const otr_value *operands, int count)
{
    spelled text = points_of(e, operands);
    spelled old = points_of(e, operands + 1);
    spelled new = points_of(e, operands + 2);
    int64_t left = count == 4 && operands[3].integer >= 0 && e->bug != REF_BUG_REPLACE_ALL
                       ? operands[3].integer
                       : INT64_MAX;
    uint32_t *made =
        otr_arena_array(e->arena, (size_t)(text.count + 1) * (size_t)(new.count + 1) + 1, sizeof *made);
    int size = 0;
    for (int i = 0; i <= text.count;) {
        bool here = left > 0 && is_at(text, i, old);
        if (here) {
            left--;
            for (int k = 0; k < new.count; k++)
                made[size++] = new.at[k];
            i += old.count;
        }
        if (!here || old.count == 0) {
            if (i < text.count)
                made[size++] = text.at[i];
            i++;
        }
    }
    return ref_string(ref_text_of_points(e, made, size));
}

static outcome split(evaluation *e, const otr_value *operands, int count)
{
    spelled text = points_of(e, operands);
    spelled separator = points_of(e, operands + 1);
    int64_t left = count == 3 && operands[2].integer >= 0 ? operands[2].integer : INT64_MAX;
    otr_value *pieces = otr_arena_array(e->arena, (size_t)text.count + 2, sizeof *pieces);
    int made = 0;
    int start = 0;
    if (left == 0 || (text.count == 0 && separator.count == 0))
        return ref_list(e, pieces, 0);
    if (e->bug == REF_BUG_SPLIT_LIMIT && count == 3 && left < INT64_MAX)
        left++;
    for (int i = separator.count == 0; i < text.count && left > 1;) {
        if (!is_at(text, i, separator)) {
            i++;
            continue;
        }
        pieces[made++] = cut(e, text, start, i).value;
        start = i + separator.count;
        i = separator.count == 0 ? i + 1 : start;
        left--;
    }
    pieces[made++] = cut(e, text, start, text.count).value;
    return ref_list(e, pieces, made);
}

static bool is_space(const evaluation *e, uint32_t c)
{
    bool ascii = (c >= 9 && c <= 13) || c == ' ';
    if (e->bug == REF_BUG_TRIM_ASCII)
        return ascii;
    return ascii || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static outcome trim(evaluation *e, const otr_value *operand)
{
    spelled text = points_of(e, operand);
    int from = 0;
    int to = text.count;
    while (from < to && is_space(e, text.at[from]))
        from++;
    while (to > from && is_space(e, text.at[to - 1]))
        to--;
    return cut(e, text, from, to);
}

static outcome change_case(evaluation *e, const otr_value *operand, bool lower)
{
    spelled text = points_of(e, operand);
    for (int i = 0; i < text.count; i++) {
        uint32_t c = text.at[i];
        if (lower && c >= 'A' && c <= 'Z')
            text.at[i] = c - 'A' + 'a';
        else if (!lower && c >= 'a' && c <= 'z')
            text.at[i] = c - 'a' + 'A';
    }
    return cut(e, text, 0, text.count);
}

static outcome join(evaluation *e, const otr_value *list, const otr_value *separator)
{
    outcome made = ref_string(OTR_STR(""));
    for (size_t i = 0; i < list->list.count; i++) {
        if (list->list.items[i].type != OTR_TYPE_STRING)
            return ref_invalid();
        if (i > 0 && separator != NULL)
            made = ref_apply(e, "+", (const otr_value[]){made.value, *separator}, 2);
        made = ref_apply(e, "+", (const otr_value[]){made.value, list->list.items[i]}, 2);
    }
    return made;
}

static outcome quote(evaluation *e, const otr_value *operand)
{
    static const char escaped[] = "\a\b\f\n\r\t\v\\\"";
    static const char letters[] = "abfnrtv\\\"";
    spelled text = points_of(e, operand);
    uint32_t *made = otr_arena_array(e->arena, 2 * (size_t)text.count + 2, sizeof *made);
    int size = 0;
    made[size++] = '"';
    for (int i = 0; i < text.count; i++) {
        uint32_t c = text.at[i];
        const char *found = c != 0 && c < 128 ? strchr(escaped, (int)c) : NULL;
        if (found != NULL)
            made[size++] = '\\';
        made[size++] = found != NULL ? (uint32_t)letters[found - escaped] : c;
    }
    made[size++] = '"';
    return ref_string(ref_text_of_points(e, made, size));
}

static outcome size_of(evaluation *e, const otr_value *a)
{
    if (a->type == OTR_TYPE_STRING && e->bug != REF_BUG_SIZE_IN_BYTES)
        return ref_int(points_of(e, a).count);
    if (a->type == OTR_TYPE_BYTES || a->type == OTR_TYPE_STRING)
        return ref_int((int64_t)a->text.size);
    return a->type == OTR_TYPE_LIST || a->type == OTR_TYPE_MAP ? ref_int((int64_t)a->list.count)
                                                               : ref_invalid();
}

static outcome find(evaluation *e, const char *name, const otr_value *operands)
{
    spelled text = points_of(e, operands);
    spelled what = points_of(e, operands + 1);
    bool found = false;
    if (name[0] == 'm')
        return ref_matches(e, operands[0].text, operands[1].text, &found) ? ref_bool(found) : ref_invalid();
    if (name[0] == 's')
        return ref_bool(is_at(text, 0, what));
    if (name[0] == 'e')
        return ref_bool(is_at(text, text.count - what.count, what));
    for (int i = 0; i <= text.count; i++)
        found = found || is_at(text, i, what);
    return ref_bool(found);
}

/* What the operands must be: s string, i int, l list. */
static bool fits(const char *letters, const otr_value *operands, int count)
{
    for (int i = 0; i < count; i++) {
        otr_type wanted = letters[i] == 's'   ? OTR_TYPE_STRING
                          : letters[i] == 'i' ? OTR_TYPE_INT
                                              : OTR_TYPE_LIST;
        if (operands[i].type != wanted)
            return false;
    }
    return true;
}

static const struct {
    const char *name;
    const char *takes;
} functions[] = {{"startsWith", "ss"}, {"endsWith", "ss"},   {"contains", "ss"}, {"matches", "ss"},
                 {"charAt", "si"},     {"substring", "sii"}, {"indexOf", "ssi"}, {"lastIndexOf", "ssi"},
                 {"lowerAscii", "s"},  {"upperAscii", "s"},  {"trim", "s"},      {"replace", "sssi"},
                 {"split", "ssi"},     {"join", "ls"},       {"format", "sl"},   {"strings.quote", "s"}};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

bool ref_text(evaluation *e, const char *name, const otr_value *operands, int count, outcome *out)
{
    otr_str made;
    int which = 0;
    if (strcmp(name, "size") == 0) {
        *out = size_of(e, operands);
        return true;
    }
    while (which < FUNCTIONS && strcmp(functions[which].name, name) != 0)
        which++;
    if (which == FUNCTIONS)
        return false;
    *out = ref_invalid();
    if (!fits(functions[which].takes, operands, count))
        return true;
    if (which < 4)
        *out = find(e, name, operands);
    else if (strcmp(name, "charAt") == 0 && operands[1].integer == points_of(e, operands).count)
        *out = ref_string(OTR_STR("")); /* one past the end */
    else if (strcmp(name, "charAt") == 0)
        *out = operands[1].integer == INT64_MAX
                   ? ref_invalid()
                   : cut(e, points_of(e, operands), operands[1].integer, operands[1].integer + 1);
    else if (strcmp(name, "substring") == 0)
        *out = substring(e, operands, count);
    else if (strcmp(name, "indexOf") == 0 || strcmp(name, "lastIndexOf") == 0)
        *out = index_of(e, operands, count, name[0] == 'l');
    else if (strcmp(name, "lowerAscii") == 0 || strcmp(name, "upperAscii") == 0)
        *out = change_case(e, operands, name[0] == 'l');
    else if (strcmp(name, "trim") == 0)
        *out = trim(e, operands);
    else if (strcmp(name, "replace") == 0)
        *out = replace(e, operands, count);
    else if (strcmp(name, "split") == 0)
        *out = split(e, operands, count);
    else if (strcmp(name, "join") == 0)
        *out = join(e, operands, count > 1 ? operands + 1 : NULL);
    else if (strcmp(name, "format") == 0)
        *out = ref_format(e, operands[0].text, operands + 1, &made) ? ref_string(made) : ref_invalid();
    else
        *out = quote(e, operands);
    return true;
}
