/* Views of text and bytes that somebody else owns. Not NUL-terminated; data may be NULL when size is 0. */
#ifndef OTR_BASE_STR_H
#define OTR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct otr_str {
    const char *data;
    size_t size;
} otr_str;

typedef struct otr_bytes {
    const uint8_t *data;
    size_t size;
} otr_bytes;

/* A string literal as a view. */
#define OTR_STR(literal) ((otr_str){(literal), sizeof(literal) - 1})
/* For printf's "%.*s". */
#define OTR_STR_ARG(s) (int)(s).size, (s).data != NULL ? (s).data : ""

static inline otr_str otr_str_of(const char *text)
{
    return (otr_str){text, text != NULL ? strlen(text) : 0};
}

static inline bool otr_str_equal(otr_str a, otr_str b)
{
    return a.size == b.size && (a.size == 0 || a.data == b.data || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool otr_str_is(otr_str a, const char *text)
{
    return otr_str_equal(a, otr_str_of(text));
}

/* Byte order, shorter first when one is a prefix of the other: negative, 0 or positive as memcmp. */
int otr_str_compare(otr_str a, otr_str b);
bool otr_str_starts(otr_str text, otr_str prefix);
/* The whole text as a number in C notation; false when anything else stands in it or it overflows. */
bool otr_str_to_double(otr_str text, double *out);
bool otr_str_to_i64(otr_str text, int64_t *out);
/* Valid UTF-8 without surrogates, overlong forms or NUL. */
bool otr_str_is_utf8(otr_str text);

#endif
