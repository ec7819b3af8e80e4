/*
 * A growing byte buffer to write records into, and a bounded reader over bytes. Both remember their first
 * failure, so that a record is written or read in full and checked once at its end.
 */
#ifndef OTR_BASE_BUFFER_H
#define OTR_BASE_BUFFER_H

#include "base/hash.h"
#include "base/status.h"
#include "base/str.h"

/* Zero-initialise to use. After a failed growth data keeps what was written before and failed stays set. */
typedef struct otr_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool failed;
} otr_buffer;

void otr_buffer_done(otr_buffer *buffer);
/* Empty, capacity kept. */
static inline void otr_buffer_clear(otr_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}
/* Room for size more bytes; false (and failed set) when memory is out. */
bool otr_buffer_reserve(otr_buffer *buffer, size_t size);
void otr_buffer_add(otr_buffer *buffer, const void *bytes, size_t size);
void otr_buffer_add_u8(otr_buffer *buffer, uint8_t value);
/* LEB128, 1 to 10 bytes. */
void otr_buffer_add_varint(otr_buffer *buffer, uint64_t value);
/* Zigzag, then varint. */
void otr_buffer_add_signed(otr_buffer *buffer, int64_t value);
/* 8 bytes, little endian. */
void otr_buffer_add_u64(otr_buffer *buffer, uint64_t value);
void otr_buffer_add_double(otr_buffer *buffer, double value);
/* Its 16 bytes. */
void otr_buffer_add_id(otr_buffer *buffer, otr_id id);
/* Varint length, then the bytes. */
void otr_buffer_add_str(otr_buffer *buffer, otr_str text);
void otr_buffer_add_format(otr_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline otr_bytes otr_buffer_bytes(const otr_buffer *buffer)
{
    return (otr_bytes){buffer->data, buffer->size};
}
static inline otr_str otr_buffer_text(const otr_buffer *buffer)
{
    return (otr_str){(const char *)buffer->data, buffer->size};
}

/* Reads from bytes that outlive it. After the first failure every read returns 0 and failed stays set. */
typedef struct otr_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
} otr_reader;

static inline otr_reader otr_reader_of(otr_bytes bytes)
{
    /* nothing may be at NULL, to which not even 0 may be added */
    return (otr_reader){bytes.data, bytes.size > 0 ? bytes.data + bytes.size : bytes.data, false};
}
static inline size_t otr_reader_left(const otr_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}
uint8_t otr_reader_u8(otr_reader *reader);
uint64_t otr_reader_varint(otr_reader *reader);
int64_t otr_reader_signed(otr_reader *reader);
uint64_t otr_reader_u64(otr_reader *reader);
double otr_reader_double(otr_reader *reader);
otr_id otr_reader_id(otr_reader *reader);
/* Views into the bytes read. */
otr_str otr_reader_str(otr_reader *reader);
const uint8_t *otr_reader_raw(otr_reader *reader, size_t size);

#endif
