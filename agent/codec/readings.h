/*
 * Uploads of devices: bytes to otr_message and back, no I/O. A pack is decoded whole or refused whole; the
 * reason names the record ("record 3: ...", counting from 0 as in the pack).
 */
#ifndef OTR_CODEC_READINGS_H
#define OTR_CODEC_READINGS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/reading.h"

/* CoAP Content-Formats. */
enum {
    OTR_FORMAT_SENML_JSON = 110, /* RFC 8428 section 12.4 */
    OTR_FORMAT_SENML_CBOR = 112,
    OTR_FORMAT_READING = 65001, /* proto/reading.proto; from the experimental range, RFC 7252 section 12.3 */
};

/*
 * identity: the authenticated device, or empty when the transport knows none; then the pack must name its
 * device. A pack that names another device than identity is DENIED; one that names two devices is INVALID.
 * Units are converted to SenML primary units, foreign names (IPSO object/resource) to the catalogue of
 * metrics, a lat record and a lon record of one instant to one location reading. Views in *out point into
 * payload or the arena: both must outlive it.
 */
otr_status otr_readings_decode(otr_arena *arena, unsigned format, otr_bytes payload, otr_str identity,
                               otr_message *out, otr_error *error);

/* Appends one pack to out; absolute times, or relative ones where a reading's stamp says so. Precise to the
 * microsecond in every format. */
otr_status otr_readings_encode(otr_buffer *out, unsigned format, const otr_message *message,
                               otr_error *error);

#endif
