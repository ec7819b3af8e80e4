#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

void otr_buffer_done(otr_buffer *buffer)
{
    free(buffer->data);
    *buffer = (otr_buffer){0};
}

bool otr_buffer_reserve(otr_buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (buffer->capacity - buffer->size >= size)
        return true;
    size_t need;
    if (__builtin_add_overflow(buffer->size, size, &need)) {
        buffer->failed = true;
        return false;
    }
    size_t capacity = buffer->capacity < 32 ? 64 : buffer->capacity * 2;
    if (capacity < need)
        capacity = need;
    uint8_t *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void otr_buffer_add(otr_buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0 || !otr_buffer_reserve(buffer, size))
        return;
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
}

void otr_buffer_add_u8(otr_buffer *buffer, uint8_t value)
{
    if (otr_buffer_reserve(buffer, 1))
        buffer->data[buffer->size++] = value;
}

void otr_buffer_add_varint(otr_buffer *buffer, uint64_t value)
{
    if (!otr_buffer_reserve(buffer, 10))
        return;
    while (value >= 0x80) {
        buffer->data[buffer->size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    buffer->data[buffer->size++] = (uint8_t)value;
}

void otr_buffer_add_signed(otr_buffer *buffer, int64_t value)
{
    otr_buffer_add_varint(buffer, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

void otr_buffer_add_u64(otr_buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    otr_buffer_add(buffer, bytes, sizeof bytes);
}

void otr_buffer_add_double(otr_buffer *buffer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    otr_buffer_add_u64(buffer, bits);
}

void otr_buffer_add_id(otr_buffer *buffer, otr_id id)
{
    otr_buffer_add(buffer, id.bytes, sizeof id.bytes);
}

void otr_buffer_add_str(otr_buffer *buffer, otr_str text)
{
    otr_buffer_add_varint(buffer, text.size);
    otr_buffer_add(buffer, text.data, text.size);
}

void otr_buffer_add_format(otr_buffer *buffer, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size < 0 || !otr_buffer_reserve(buffer, (size_t)size + 1))
        return;
    va_start(list, format);
    (void)vsnprintf((char *)buffer->data + buffer->size, (size_t)size + 1, format, list);
    va_end(list);
    buffer->size += (size_t)size;
}

const uint8_t *otr_reader_raw(otr_reader *reader, size_t size)
{
    if (reader->failed || otr_reader_left(reader) < size) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *bytes = reader->at;
    reader->at += size;
    return bytes;
}

uint8_t otr_reader_u8(otr_reader *reader)
{
    const uint8_t *byte = otr_reader_raw(reader, 1);
    return byte != NULL ? *byte : 0;
}

uint64_t otr_reader_varint(otr_reader *reader)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (reader->failed || reader->at == reader->end)
            break;
        uint8_t byte = *reader->at++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    reader->failed = true;
    return 0;
}

int64_t otr_reader_signed(otr_reader *reader)
{
    uint64_t value = otr_reader_varint(reader);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

uint64_t otr_reader_u64(otr_reader *reader)
{
    const uint8_t *bytes = otr_reader_raw(reader, 8);
    uint64_t value = 0;
    for (int i = 0; bytes != NULL && i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

double otr_reader_double(otr_reader *reader)
{
    uint64_t bits = otr_reader_u64(reader);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

otr_id otr_reader_id(otr_reader *reader)
{
    otr_id id = {{0}};
    const uint8_t *bytes = otr_reader_raw(reader, sizeof id.bytes);
    if (bytes != NULL)
        memcpy(id.bytes, bytes, sizeof id.bytes);
    return id;
}

otr_str otr_reader_str(otr_reader *reader)
{
    uint64_t size = otr_reader_varint(reader);
    if (size > otr_reader_left(reader)) {
        reader->failed = true;
        return (otr_str){NULL, 0};
    }
    return (otr_str){(const char *)otr_reader_raw(reader, (size_t)size), (size_t)size};
}
