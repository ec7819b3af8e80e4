/*
 * protobuf-c over our arena and buffer. What is unpacked lives in the arena and is never freed by itself. The
 * caller checks the size first; no message of ours contains itself, so depth needs no check.
 */
#ifndef OTR_CODEC_PROTOBUF_H
#define OTR_CODEC_PROTOBUF_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"

#include <protobuf-c/protobuf-c.h>

/* MEMORY, or INVALID when the bytes are no such message. */
otr_status otr_protobuf_unpack(otr_arena *arena, const ProtobufCMessageDescriptor *type, otr_bytes payload,
                               ProtobufCMessage **out, otr_error *error);
/* Appends; MEMORY when the buffer cannot grow. */
otr_status otr_protobuf_pack(otr_buffer *out, const ProtobufCMessage *message, otr_error *error);
/* A NUL-terminated copy for a string field; of an empty text the field's default. NULL when memory is out. */
char *otr_protobuf_text(otr_arena *arena, otr_str text);
/* A string field that was read; INVALID when it is not UTF-8. */
otr_status otr_protobuf_take_text(const char *from, const char *name, otr_str *to, otr_error *error);
/* An id as bytes; none is the zero id. INVALID with any other size. */
otr_status otr_protobuf_take_id(const ProtobufCBinaryData *from, const char *name, otr_id *to,
                                otr_error *error);

#endif
