/* Whether two messages or two service events say the same; for tests and fuzzers. Both stay with the caller.
 */
#ifndef OTR_TESTS_CODEC_COMPARE_H
#define OTR_TESTS_CODEC_COMPARE_H

#include "codec/readings.h"
#include "codec/service.h"

bool same_reading(const otr_reading *a, const otr_reading *b);
/* The first reading that differs goes to *at; messages of different size or device differ at SIZE_MAX. */
bool same_message(const otr_message *a, const otr_message *b, size_t *at);
/* The name of the first field that differs, or NULL. */
const char *different_field(const otr_service_event *a, const otr_service_event *b);

#endif
