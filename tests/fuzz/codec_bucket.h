/* Any bytes are refused as a bucket with a reason, or are one that comes back the same. */
#ifndef OTR_TESTS_FUZZ_CODEC_BUCKET_H
#define OTR_TESTS_FUZZ_CODEC_BUCKET_H

#include "codec/bucket.h"

void fuzz_bucket(otr_payload payload, otr_bytes bytes);

#endif
