/* proto/reading.proto; see codec/readings.h for the contract. */
#ifndef OTR_CODEC_READING_PB_H
#define OTR_CODEC_READING_PB_H

#include "codec/readings.h"

/* Either way of 1970; any further is no time. */
#define OTR_READING_PB_TIME_MAX ((otr_time)4000000000000 * OTR_SECOND)

otr_status otr_reading_pb_decode(otr_arena *arena, otr_bytes payload, otr_str identity, otr_message *out,
                                 otr_error *error);
otr_status otr_reading_pb_encode(otr_buffer *out, const otr_message *message, otr_error *error);

#endif
