#include "tests/fuzz/codec_bucket.h"

static void check_payload(otr_payload payload, const otr_bucket *bucket)
{
    otr_buffer bytes = {0};
    otr_error error;
    otr_bucket again;
    otr_status status = otr_bucket_encode(&bytes, payload, bucket, &error);
    if (status == OTR_OK) {
        OTR_ASSERT(otr_bucket_decode(payload, otr_buffer_bytes(&bytes), &again, &error) == OTR_OK);
        OTR_ASSERT(!otr_bucket_replaces(bucket, &again) && !otr_bucket_replaces(&again, bucket));
        otr_bucket_done(&again);
    } else {
        OTR_ASSERT(error.text[0] != '\0' && bytes.size == 0);
    }
    otr_buffer_done(&bytes);
}

void fuzz_bucket(otr_payload payload, otr_bytes bytes)
{
    otr_error error = {.status = OTR_OK};
    otr_bucket bucket;
    otr_status status = otr_bucket_decode(payload, bytes, &bucket, &error);
    OTR_ASSERT(status == error.status);
    if (status == OTR_OK) {
        otr_buffer fitted = {0};
        check_payload(OTR_PAYLOAD_PROTOBUF, &bucket);
        check_payload(OTR_PAYLOAD_JSON, &bucket);
        if (otr_bucket_merge(&bucket, &bucket, &error) == OTR_OK)
            (void)otr_bucket_encode_fit(&fitted, &bucket, &error);
        otr_buffer_done(&fitted);
    } else {
        OTR_ASSERT(error.text[0] != '\0');
    }
    otr_bucket_done(&bucket);
}
