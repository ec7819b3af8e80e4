/* JSON as proofs have it: no whitespace, keys in the order in which they are added. */
#include "core/proof/proof_entry.h"

#include <math.h>

static void add_comma(otr_buffer *out)
{
    if (out->size > 0 && out->data[out->size - 1] != '{' && out->data[out->size - 1] != '[')
        otr_buffer_add_u8(out, ',');
}

static void add_text(otr_buffer *out, otr_str text)
{
    otr_buffer_add_u8(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < 0x20 || byte == 0x7f) {
            otr_buffer_add_format(out, "\\u%04x", byte);
            continue;
        }
        if (byte == '"' || byte == '\\')
            otr_buffer_add_u8(out, '\\');
        otr_buffer_add_u8(out, byte);
    }
    otr_buffer_add_u8(out, '"');
}

static void add_key(otr_buffer *out, const char *key)
{
    add_comma(out);
    otr_buffer_add_format(out, "\"%s\":", key);
}

void otr_proof_put_text(otr_buffer *out, const char *key, otr_str text)
{
    add_key(out, key);
    add_text(out, text);
}

void otr_proof_put_time(otr_buffer *out, const char *key, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    add_key(out, key);
    if (at == OTR_TIME_NONE || at == OTR_TIME_NEVER) {
        otr_buffer_add(out, "null", 4);
        return;
    }
    size_t size = otr_time_format(at, text);
    add_text(out, (otr_str){text, size});
}

void otr_proof_put_count(otr_buffer *out, const char *key, uint64_t count)
{
    add_key(out, key);
    otr_buffer_add_format(out, "%llu", (unsigned long long)count);
}

void otr_proof_put_number(otr_buffer *out, const char *key, double number)
{
    add_key(out, key);
    if (isfinite(number))
        otr_buffer_add_format(out, "%.10g", number);
    else
        otr_buffer_add(out, "null", 4);
}

void otr_proof_put_hex(otr_buffer *out, const char *key, const uint8_t *bytes, size_t size)
{
    add_key(out, key);
    otr_buffer_add_u8(out, '"');
    for (size_t i = 0; i < size; i++)
        otr_buffer_add_format(out, "%02x", bytes[i]);
    otr_buffer_add_u8(out, '"');
}

void otr_proof_put_begin(otr_buffer *out, const char *key, char bracket)
{
    add_key(out, key);
    otr_buffer_add_u8(out, (uint8_t)bracket);
}

void otr_proof_put_item(otr_buffer *out, otr_str text)
{
    add_comma(out);
    add_text(out, text);
}
