/* Text from the wire never reaches the terminal unseen. */
#include "tools/outrider/fleet/watch.h"

/* The character at text (valid UTF-8) and its bytes. */
static size_t decode(const char *text, uint32_t *out)
{
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80) {
        *out = at[0];
        return 1;
    }
    if (at[0] < 0xe0) {
        *out = (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
        return 2;
    }
    if (at[0] < 0xf0) {
        *out = (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
        return 3;
    }
    *out = (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 | (uint32_t)(at[2] & 0x3f) << 6 |
           (at[3] & 0x3f);
    return 4;
}

/* Unicode 15: Cc, line and paragraph separator, and the bidirectional formatting characters. */
static bool acts(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void otr_watch_add_safe(otr_buffer *out, otr_str text)
{
    bool utf8 = otr_str_is_utf8(text);
    for (size_t i = 0; i < text.size;) {
        uint32_t c = (uint8_t)text.data[i];
        size_t size = utf8 ? decode(text.data + i, &c) : 1;
        if (acts(c) && c > 0xff)
            otr_buffer_add_format(out, "\\u%04x", (unsigned)c);
        else if (acts(c) || (!utf8 && c >= 0x80))
            otr_buffer_add_format(out, "\\x%02x", (unsigned)c);
        else
            otr_buffer_add(out, text.data + i, size);
        i += size;
    }
}

void otr_watch_add_string(otr_buffer *out, otr_str text)
{
    bool utf8 = otr_str_is_utf8(text);
    otr_buffer_add_u8(out, '"');
    for (size_t i = 0; i < text.size;) {
        uint32_t c = (uint8_t)text.data[i];
        size_t size = utf8 ? decode(text.data + i, &c) : 1;
        if (c == '"' || c == '\\')
            otr_buffer_add_format(out, "\\%c", (int)c);
        else if (!utf8 && c >= 0x80)
            otr_buffer_add_format(out, "\\ufffd");
        else if (acts(c))
            otr_buffer_add_format(out, "\\u%04x", (unsigned)c);
        else
            otr_buffer_add(out, text.data + i, size);
        i += size;
    }
    otr_buffer_add_u8(out, '"');
}

void otr_watch_add_json(otr_buffer *out, otr_str json)
{
    for (size_t i = 0; i < json.size;) {
        uint32_t c = 0;
        size_t size = decode(json.data + i, &c);
        if (acts(c))
            otr_buffer_add_format(out, "\\u%04x", (unsigned)c);
        else
            otr_buffer_add(out, json.data + i, size);
        i += size;
    }
}
