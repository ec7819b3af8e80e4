#include "codec/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void otr_base64_write(otr_buffer *out, otr_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t bits = (uint32_t)bytes.data[i] << 16 | (left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
                        (left > 2 ? (uint32_t)bytes.data[i + 2] : 0);
        otr_buffer_add_u8(out, (uint8_t)letters[bits >> 18]);
        otr_buffer_add_u8(out, (uint8_t)letters[bits >> 12 & 63]);
        otr_buffer_add_u8(out, (uint8_t)(left > 1 ? letters[bits >> 6 & 63] : '='));
        otr_buffer_add_u8(out, (uint8_t)(left > 2 ? letters[bits & 63] : '='));
    }
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Four letters as 24 bits; *bytes is how many of their three bytes are meant. False when they are no group.
 */
static bool read_group(const char *from, bool last, uint32_t *bits, size_t *bytes)
{
    *bytes = 3;
    if (last && from[3] == '=')
        *bytes = from[2] == '=' ? 1 : 2;
    *bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i <= *bytes ? value_of(from[i]) : 0;
        if (value < 0)
            return false;
        *bits = *bits << 6 | (uint32_t)value;
    }
    return (*bits & ((UINT32_C(1) << (8 * (3 - *bytes))) - 1)) == 0; /* what is not meant is zero */
}

otr_status otr_base64_read(otr_arena *arena, otr_str text, otr_bytes *out, otr_error *error)
{
    uint8_t *to = otr_arena_alloc(arena, text.size / 4 * 3 + 1);
    size_t size = 0;
    if (to == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    bool ok = text.size % 4 == 0;
    for (size_t i = 0; ok && i < text.size; i += 4) {
        uint32_t bits;
        size_t bytes;
        ok = read_group(text.data + i, i + 4 == text.size, &bits, &bytes);
        for (size_t b = 0; ok && b < bytes; b++)
            to[size++] = (uint8_t)(bits >> (16 - 8 * b));
    }
    *out = (otr_bytes){to, ok ? size : 0};
    return ok ? OTR_OK : otr_fail(error, OTR_INVALID, "no base64");
}
