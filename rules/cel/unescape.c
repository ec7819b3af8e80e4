/* Escapes of CEL's string and bytes literals. */
#include "rules/cel/lex.h"

static int digit_of(char c, int base)
{
    int digit = -1;
    if (c >= '0' && c <= '9')
        digit = c - '0';
    else if (c >= 'a' && c <= 'f')
        digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        digit = c - 'A' + 10;
    return digit < base ? digit : -1;
}

static size_t put_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | (point >> 6));
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | (point >> 12));
        out[1] = (char)(0x80 | ((point >> 6) & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (point >> 18));
    out[1] = (char)(0x80 | ((point >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((point >> 6) & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

/* The one-letter escapes; -1 for any other. */
static int simple_escape(char c)
{
    static const char from[] = "abfnrtv\\?\"'`";
    static const char to[] = "\a\b\f\n\r\t\v\\?\"'`";
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    return found != NULL ? to[found - from] : -1;
}

/* Exactly count digits from at on; false when they are not there. */
static bool number_escape(otr_str body, size_t at, size_t count, int base, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = at + i < body.size ? digit_of(body.data[at + i], base) : -1;
        if (digit < 0)
            return false;
        *out = *out * (uint32_t)base + (uint32_t)digit;
    }
    return true;
}

/* One escape at body[*at], which is a backslash; writes what it means. False when it is not one. */
static bool take_escape(otr_str body, size_t *at, bool bytes, char *out, size_t *written)
{
    char kind = '\0';
    if (*at + 1 < body.size)
        kind = body.data[*at + 1];
    int simple = simple_escape(kind);
    if (simple >= 0) {
        out[0] = (char)simple;
        *written = 1;
        *at += 2;
        return true;
    }
    uint32_t value = 0;
    size_t skip = 2;
    size_t count = 0;
    int base = 16;
    if (kind == 'x' || kind == 'X') {
        count = 2;
    } else if (kind == 'u' && !bytes) {
        count = 4;
    } else if (kind == 'U' && !bytes) {
        count = 8;
    } else if (kind >= '0' && kind <= '3') {
        count = 3;
        base = 8;
        skip = 1;
    }
    if (count == 0 || !number_escape(body, *at + skip, count, base, &value))
        return false;
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return false;
    *at += skip + count;
    if (bytes) {
        out[0] = (char)value;
        *written = 1;
    } else {
        *written = put_utf8(out, value);
    }
    return true;
}

bool otr_lex_unescape(otr_lexer *lexer, otr_str body, uint32_t at, bool bytes, otr_str *out)
{
    *out = body;
    if (body.size == 0 || memchr(body.data, '\\', body.size) == NULL)
        return true;
    char *text = otr_arena_alloc(lexer->arena, body.size);
    if (text == NULL) {
        (void)otr_source_memory(lexer->source);
        return false;
    }
    size_t size = 0;
    for (size_t i = 0; i < body.size;) {
        if (body.data[i] != '\\') {
            text[size++] = body.data[i++];
            continue;
        }
        size_t written = 0;
        if (!take_escape(body, &i, bytes, text + size, &written)) {
            (void)otr_source_fail(lexer->source, OTR_INVALID, at + (uint32_t)i,
                                  "this escape is not one of CEL's%s; a backslash itself is written \\\\",
                                  bytes ? " for bytes" : "");
            return false;
        }
        size += written;
    }
    *out = (otr_str){text, size};
    return true;
}
