#include "codec/readings.h"

#include "base/limits.h"
#include "codec/reading_pb.h"
#include "codec/senml.h"

otr_status otr_readings_decode(otr_arena *arena, unsigned format, otr_bytes payload, otr_str identity,
                               otr_message *out, otr_error *error)
{
    *out = (otr_message){.count = 0};
    if (payload.size > OTR_LIMIT_UPLOAD_BYTES)
        return otr_fail(error, OTR_LIMIT, "%zu bytes are over the limit of %d", payload.size,
                        OTR_LIMIT_UPLOAD_BYTES);
    switch (format) {
    case OTR_FORMAT_SENML_JSON:
        return otr_senml_json_decode(arena, payload, identity, out, error);
    case OTR_FORMAT_SENML_CBOR:
        return otr_senml_cbor_decode(arena, payload, identity, out, error);
    case OTR_FORMAT_READING:
        return otr_reading_pb_decode(arena, payload, identity, out, error);
    default:
        return otr_fail(error, OTR_INVALID, "content format %u is none of %d, %d and %d", format,
                        OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR, OTR_FORMAT_READING);
    }
}

otr_status otr_readings_encode(otr_buffer *out, unsigned format, const otr_message *message, otr_error *error)
{
    if (!otr_device_name_ok(message->device))
        return otr_fail(error, OTR_INVALID, "the message has no device name");
    if (message->count == 0)
        return otr_fail(error, OTR_INVALID, "a message without readings");
    if (message->count > OTR_LIMIT_UPLOAD_READINGS)
        return otr_fail(error, OTR_LIMIT, "%zu readings are over the limit of %d", message->count,
                        OTR_LIMIT_UPLOAD_READINGS);
    size_t before = out->size;
    otr_status status = OTR_OK;
    if (format == OTR_FORMAT_READING)
        status = otr_reading_pb_encode(out, message, error);
    else if (format == OTR_FORMAT_SENML_JSON || format == OTR_FORMAT_SENML_CBOR)
        status = otr_senml_encode(out, format, message, error);
    else
        status = otr_fail(error, OTR_INVALID, "content format %u is unknown", format);
    if (status == OTR_OK && out->failed)
        status = otr_fail(error, OTR_MEMORY, "out of memory");
    if (status != OTR_OK)
        out->size = before;
    return status;
}
