#include "base/str.h"

#include <errno.h>
#include <stdlib.h>

int otr_str_compare(otr_str a, otr_str b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

bool otr_str_starts(otr_str text, otr_str prefix)
{
    return text.size >= prefix.size && (prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0);
}

/* Copies into a terminated buffer; numbers longer than any that carries information are refused. */
static bool terminated(otr_str text, char buffer[64])
{
    if (text.size == 0 || text.size >= 64 || strchr(" \t\n\v\f\r", text.data[0]) != NULL)
        return false;
    memcpy(buffer, text.data, text.size);
    buffer[text.size] = '\0';
    return strlen(buffer) == text.size;
}

bool otr_str_to_double(otr_str text, double *out)
{
    char buffer[64];
    char *end = NULL;
    if (!terminated(text, buffer))
        return false;
    errno = 0;
    double value = strtod(buffer, &end);
    if (*end != '\0' || (errno == ERANGE && (value > 1.0 || value < -1.0)))
        return false;
    *out = value;
    return true;
}

bool otr_str_to_i64(otr_str text, int64_t *out)
{
    char buffer[64];
    char *end = NULL;
    if (!terminated(text, buffer))
        return false;
    errno = 0;
    long long value = strtoll(buffer, &end, 10);
    if (*end != '\0' || errno == ERANGE)
        return false;
    *out = value;
    return true;
}

/* Length of the sequence that starts at p, or 0 when it is not well formed (Unicode 15, table 3-7). */
static size_t sequence_length(const uint8_t *p, size_t left)
{
    uint8_t lead = p[0];
    if (lead == 0)
        return 0;
    if (lead < 0x80)
        return 1;
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || length > left)
        return 0;
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool otr_str_is_utf8(otr_str text)
{
    const uint8_t *p = (const uint8_t *)text.data;
    size_t at = 0;
    while (at < text.size) {
        size_t length = sequence_length(p + at, text.size - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
