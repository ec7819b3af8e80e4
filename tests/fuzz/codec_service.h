/* Any bytes are refused as a service event with a reason, or are one that comes back the same. */
#ifndef OTR_TESTS_FUZZ_CODEC_SERVICE_H
#define OTR_TESTS_FUZZ_CODEC_SERVICE_H

#include "codec/service.h"

void fuzz_service(otr_payload payload, otr_bytes bytes);

#endif
