#include "rules/load/words.h"

enum { WORD_BYTES_MAX = 64, SUBTAG_BYTES_MAX = 8, ZONE_PARTS_MAX = 3 };

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool otr_word_is_slug(otr_str text)
{
    if (text.size == 0 || text.size > WORD_BYTES_MAX || !(is_lower(text.data[0]) || is_digit(text.data[0])))
        return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = text.data[i];
        if (!is_lower(c) && !is_digit(c) && c != '_' && c != '-')
            return false;
    }
    return true;
}

bool otr_word_is_identifier(otr_str text)
{
    if (text.size == 0 || text.size > WORD_BYTES_MAX || !is_letter(text.data[0]))
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && text.data[i] != '_')
            return false;
    return true;
}

bool otr_word_is_locale(otr_str text)
{
    size_t part = 0;
    bool language = true;
    if (text.size > WORD_BYTES_MAX)
        return false;
    for (size_t i = 0; i <= text.size; i++) {
        if (i == text.size || text.data[i] == '-') {
            if (part == 0 || part > SUBTAG_BYTES_MAX || (language && (part < 2 || part > 3)))
                return false;
            language = false;
            part = 0;
        } else if (is_letter(text.data[i]) || (!language && is_digit(text.data[i]))) {
            part++;
        } else {
            return false;
        }
    }
    return true;
}

bool otr_word_is_zone(otr_str text)
{
    int parts = 1;
    bool first = true;
    if (text.size == 0 || text.size > WORD_BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (first ? !is_letter(c) : !is_letter(c) && !is_digit(c) && strchr("/_+-", c) == NULL)
            return false;
        first = c == '/';
        parts += first;
    }
    return !first && parts <= ZONE_PARTS_MAX;
}
