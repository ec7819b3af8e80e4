#include "platform/linux/mqtt/deflate.h"

#include <zlib.h>

enum {
    WINDOW_BITS = 13, /* 8 KiB: twice a message */
    GZIP = 16,        /* added to them */
    MEMORY_LEVEL = 6, /* 32 KiB beside the window */
};

otr_status otr_deflate(otr_bytes data, bool gzip, otr_buffer *out)
{
    z_stream stream = {.next_in = (Bytef *)data.data, .avail_in = (uInt)data.size};
    if (data.size > UINT32_MAX / 2 ||
        deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS + (gzip ? GZIP : 0), MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return OTR_MEMORY;
    uLong bound = deflateBound(&stream, data.size);
    bool done = false;
    if (otr_buffer_reserve(out, bound)) {
        stream.next_out = out->data + out->size;
        stream.avail_out = (uInt)bound;
        done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        out->size += done ? stream.total_out : 0;
    }
    (void)deflateEnd(&stream);
    return done ? OTR_OK : OTR_MEMORY;
}
