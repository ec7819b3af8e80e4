/* Buckets to bytes and back: limits, and the choice between the spellings. */
#include "codec/bucket_bytes.h"

otr_status otr_bucket_take_head(otr_bucket *bucket, otr_str group, otr_str gateway, int64_t day,
                                uint64_t revision, otr_error *error)
{
    if (!otr_bucket_name(bucket, group, gateway))
        return otr_fail(error, OTR_INVALID, "a bucket without a group and a gateway");
    if (day < 0 || day > OTR_BUCKET_LAST_DAY)
        return otr_fail(error, OTR_INVALID, "day %lld is none from 1970 to 9999", (long long)day);
    if (revision == 0 || revision > UINT32_MAX)
        return otr_fail(error, OTR_INVALID, "revision %llu", (unsigned long long)revision);
    bucket->day = (int32_t)day;
    bucket->revision = (uint32_t)revision;
    return OTR_OK;
}

otr_status otr_bucket_take_oldest(otr_bucket *bucket, otr_time oldest, otr_error *error)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (oldest == OTR_TIME_NEVER || otr_time_format(oldest, text) < 2)
        return otr_fail(error, OTR_INVALID, "oldest is outside the years 1 to 9999");
    bucket->oldest = oldest;
    return OTR_OK;
}

otr_status otr_bucket_place(otr_status status, const otr_bucket_cell *cell, otr_error *error)
{
    if (status == OTR_OK || error == NULL)
        return status;
    const otr_error reason = *error;
    return otr_fail(error, status, "%s \"%.*s\": %s", otr_bucket_dimension_text(cell->dimension),
                    OTR_STR_ARG(otr_bucket_key(cell)), reason.text);
}

otr_status otr_bucket_encode(otr_buffer *out, otr_payload payload, const otr_bucket *bucket, otr_error *error)
{
    size_t before = out->size;
    otr_status status = OTR_OK;
    if (bucket->gateway[0] == '\0' || bucket->revision == 0)
        status = otr_fail(error, OTR_INVALID, "a bucket without a gateway or a revision");
    if (status == OTR_OK)
        status = payload == OTR_PAYLOAD_JSON ? otr_bucket_json_encode(out, bucket, error)
                                             : otr_bucket_pb_encode(out, bucket, error);
    if (status == OTR_OK && out->failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    if (status == OTR_OK && out->size - before > OTR_LIMIT_OUTBOX_PAYLOAD_BYTES)
        status = otr_fail(error, OTR_LIMIT, "a bucket of %zu bytes is over the limit of %d",
                          out->size - before, OTR_LIMIT_OUTBOX_PAYLOAD_BYTES);
    if (status != OTR_OK)
        out->size = before;
    return status;
}

/* OK when it fits, FULL when it does not. */
static otr_status fits(otr_payload payload, const otr_bucket *bucket, otr_error *error)
{
    otr_buffer bytes = {0};
    otr_status status = otr_bucket_encode(&bytes, payload, bucket, error);
    if (status == OTR_LIMIT || (status == OTR_OK && bytes.size > OTR_LIMIT_BUCKET_BYTES))
        status = OTR_FULL;
    otr_buffer_done(&bytes);
    return status;
}

otr_status otr_bucket_encode_fit(otr_buffer *out, otr_bucket *bucket, otr_error *error)
{
    uint32_t keys = OTR_LIMIT_BUCKET_KEYS;
    for (;;) {
        otr_status status = fits(OTR_PAYLOAD_JSON, bucket, error);
        if (status == OTR_OK)
            status = fits(OTR_PAYLOAD_PROTOBUF, bucket, error);
        if (status == OTR_OK)
            return otr_bucket_encode(out, OTR_PAYLOAD_PROTOBUF, bucket, error);
        if (status != OTR_FULL || keys == 0)
            return status == OTR_FULL ? OTR_LIMIT : status;
        keys -= keys > 8 ? 8 : 1;
        if (otr_bucket_fold(bucket, keys) != OTR_OK)
            return otr_fail(error, OTR_MEMORY, "out of memory");
    }
}

otr_status otr_bucket_decode(otr_payload payload, otr_bytes bytes, otr_bucket *out, otr_error *error)
{
    *out = (otr_bucket){.oldest = OTR_TIME_NEVER};
    if (bytes.size > OTR_LIMIT_OUTBOX_PAYLOAD_BYTES)
        return otr_fail(error, OTR_LIMIT, "a bucket of %zu bytes is over the limit of %d", bytes.size,
                        OTR_LIMIT_OUTBOX_PAYLOAD_BYTES);
    return payload == OTR_PAYLOAD_JSON ? otr_bucket_json_decode(bytes, out, error)
                                       : otr_bucket_pb_decode(bytes, out, error);
}
