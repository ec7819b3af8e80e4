/* Base64 of RFC 4648 with its padding: one spelling for each sequence of bytes. */
#ifndef OTR_CODEC_BASE64_H
#define OTR_CODEC_BASE64_H

#include "base/arena.h"
#include "base/buffer.h"

/* Appends the letters. */
void otr_base64_write(otr_buffer *out, otr_bytes bytes);
/* INVALID for anything that otr_base64_write does not write; MEMORY. */
otr_status otr_base64_read(otr_arena *arena, otr_str text, otr_bytes *out, otr_error *error);

#endif
