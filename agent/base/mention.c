#include "base/mention.h"

#include <string.h>

enum { ID_DIGITS = OTR_ID_TEXT_BYTES - 1 };

static bool goes_on(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Where the name begins, at or after from; text.size: nowhere. */
static size_t find(otr_str text, size_t from, otr_str name)
{
    const char *at =
        from < text.size ? memmem(text.data + from, text.size - from, name.data, name.size) : NULL;
    return at != NULL ? (size_t)(at - text.data) : text.size;
}

bool otr_mentions(otr_str text, otr_str name)
{
    for (size_t at = find(text, 0, name); at < text.size; at = find(text, at + 1, name)) {
        size_t end = at + name.size;
        if ((at == 0 || !goes_on(text.data[at - 1])) && (end == text.size || !goes_on(text.data[end])))
            return true;
    }
    return false;
}

static bool is_text(char c)
{
    return (unsigned char)c >= ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool are_text(otr_str bytes, size_t from, size_t size)
{
    size_t i = 0;
    while (i < size && is_text(bytes.data[from + i]))
        i++;
    return i == size;
}

/* Whether what stands right before a text of that size may be its length. */
static bool may_measure(otr_str bytes, size_t begin, size_t size)
{
    if (begin == 0)
        return false;
    size_t last = (unsigned char)bytes.data[begin - 1];
    size_t before = begin > 1 ? (unsigned char)bytes.data[begin - 2] : 0;
    return last == size || (before >= 0x80 && ((before & 0x7F) | last << 7) == size);
}

static bool may_begin(otr_str bytes, size_t at)
{
    if (at == 0 || !goes_on(bytes.data[at - 1]))
        return true;
    size_t size = (unsigned char)bytes.data[at - 1];
    bool longer = at > 1 && (unsigned char)bytes.data[at - 2] >= 0x80; /* of a long text: its length's end */
    return longer || (size <= bytes.size - at && are_text(bytes, at, size));
}

static bool may_end(otr_str bytes, size_t at, size_t end)
{
    if (end == bytes.size || !goes_on(bytes.data[end]))
        return true;
    size_t begin = at;
    while (begin > 0 && !may_measure(bytes, begin, end - begin) && is_text(bytes.data[begin - 1]))
        begin--;
    return may_measure(bytes, begin, end - begin);
}

bool otr_mentions_within(otr_bytes bytes, otr_str name)
{
    otr_str text = {(const char *)bytes.data, bytes.size};
    for (size_t at = find(text, 0, name); at < text.size; at = find(text, at + 1, name))
        if (may_begin(text, at) && may_end(text, at, at + name.size))
            return true;
    return false;
}

bool otr_bytes_hold(otr_bytes bytes, const void *what, size_t size)
{
    return size > 0 && bytes.size > 0 && memmem(bytes.data, bytes.size, what, size) != NULL;
}

bool otr_mentions_id(otr_str text, const otr_id *ids, size_t count)
{
    for (size_t at = 0; at + ID_DIGITS <= text.size; at++) {
        otr_id id;
        if (!otr_id_parse((otr_str){text.data + at, ID_DIGITS}, &id))
            continue;
        for (size_t i = 0; i < count; i++)
            if (otr_id_equal(ids[i], id))
                return true;
    }
    return false;
}
