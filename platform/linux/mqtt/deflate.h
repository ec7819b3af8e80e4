/* Compression by zlib, in one go and with little memory: for messages of some kilobytes. Thread-safe. */
#ifndef OTR_PLATFORM_DEFLATE_H
#define OTR_PLATFORM_DEFLATE_H

#include "base/buffer.h"
#include "base/status.h"

/* Appends data in zlib's form (RFC 1950), or in gzip's (RFC 1952). MEMORY: nothing was appended. */
otr_status otr_deflate(otr_bytes data, bool gzip, otr_buffer *out);

#endif
