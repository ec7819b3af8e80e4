/*
 * What every upload format promises about any bytes: refused with a reason, or a message within the limits
 * that encodes and decodes to itself in its own format and, where that can tell it, in the others.
 */
#ifndef OTR_TESTS_FUZZ_CODEC_READINGS_H
#define OTR_TESTS_FUZZ_CODEC_READINGS_H

#include "base/str.h"

void fuzz_readings(unsigned format, otr_bytes payload);

#endif
