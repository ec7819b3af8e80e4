/* What both spellings of a bucket share: the checks of what came from outside. */
#ifndef OTR_CODEC_BUCKET_BYTES_H
#define OTR_CODEC_BUCKET_BYTES_H

#include "codec/bucket.h"
#include "codec/json.h"

enum { OTR_BUCKET_LAST_DAY = 2932896 }; /* 9999-12-31 */

otr_status otr_bucket_take_head(otr_bucket *bucket, otr_str group, otr_str gateway, int64_t day,
                                uint64_t revision, otr_error *error);
otr_status otr_bucket_take_oldest(otr_bucket *bucket, otr_time oldest, otr_error *error);
/* status, and where it is no OK, the cell's dimension and key before the reason. */
otr_status otr_bucket_place(otr_status status, const otr_bucket_cell *cell, otr_error *error);
/* A new cell, each dimension and key once; *out is NULL for a dimension that this build does not know. */
otr_status otr_bucket_take_cell(otr_bucket *bucket, int64_t dimension, otr_str key, otr_bucket_cell **out,
                                otr_error *error);

otr_status otr_bucket_pb_encode(otr_buffer *out, const otr_bucket *bucket, otr_error *error);
otr_status otr_bucket_pb_decode(otr_bytes bytes, otr_bucket *out, otr_error *error);
otr_status otr_bucket_json_encode(otr_buffer *out, const otr_bucket *bucket, otr_error *error);
otr_status otr_bucket_json_decode(otr_bytes bytes, otr_bucket *out, otr_error *error);

/* NULL when memory is out. The caller gives it back. */
json_t *otr_bucket_json_build(const otr_bucket *bucket);
otr_status otr_bucket_json_take(const json_t *root, otr_bucket *out, otr_error *error);

#endif
