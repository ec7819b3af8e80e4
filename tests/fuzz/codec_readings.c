#include "tests/fuzz/codec_readings.h"

#include "base/limits.h"
#include "codec/names.h"
#include "codec/readings.h"
#include "tests/unit/codec/compare.h"

#include <math.h>

static void check_reading(const otr_reading *r)
{
    OTR_ASSERT(otr_metric_name_ok(r->metric));
    OTR_ASSERT(r->kind >= OTR_KIND_NUMBER && r->kind <= OTR_KIND_LOCATION);
    OTR_ASSERT(r->kind != OTR_KIND_NUMBER || isfinite(r->number));
    OTR_ASSERT(r->kind != OTR_KIND_TEXT ||
               (r->text.size <= OTR_LIMIT_TEXT_VALUE_BYTES && otr_str_is_utf8(r->text)));
    OTR_ASSERT(r->kind != OTR_KIND_LOCATION ||
               (fabs(r->location.latitude) <= 90 && fabs(r->location.longitude) <= 180));
}

static void check_format(unsigned format, const otr_message *message, otr_str identity, bool must)
{
    otr_buffer bytes = {0};
    otr_arena arena = {0};
    otr_error error;
    otr_message again;
    size_t at = 0;
    otr_status status = otr_readings_encode(&bytes, format, message, &error);
    OTR_ASSERT(status == OTR_OK || !must);
    if (status == OTR_OK && bytes.size <= OTR_LIMIT_UPLOAD_BYTES) {
        status = otr_readings_decode(&arena, format, otr_buffer_bytes(&bytes), identity, &again, &error);
        OTR_ASSERT(status == OTR_OK);
        OTR_ASSERT(same_message(message, &again, &at));
    }
    otr_arena_done(&arena);
    otr_buffer_done(&bytes);
}

static void run(unsigned format, otr_bytes payload, otr_str identity)
{
    static const unsigned formats[] = {OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR, OTR_FORMAT_READING};
    otr_arena arena = {0};
    otr_error error = {.status = OTR_OK};
    otr_message message;
    otr_status status = otr_readings_decode(&arena, format, payload, identity, &message, &error);
    OTR_ASSERT(status == error.status);
    if (status == OTR_OK) {
        OTR_ASSERT(otr_device_name_ok(message.device));
        OTR_ASSERT(message.count > 0 && message.count <= OTR_LIMIT_UPLOAD_READINGS);
        for (size_t i = 0; i < message.count; i++)
            check_reading(&message.readings[i]);
        for (size_t i = 0; i < 3; i++)
            check_format(formats[i], &message, identity, formats[i] == format);
    } else {
        OTR_ASSERT(message.count == 0 && error.text[0] != '\0');
    }
    otr_arena_done(&arena);
}

void fuzz_readings(unsigned format, otr_bytes payload)
{
    run(format, payload, OTR_STR("probe-7"));
    run(format, payload, OTR_STR(""));
}
