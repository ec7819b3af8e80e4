/* One decoded upload and what to say about it. */
#ifndef OTR_TESTS_CODEC_SUPPORT_H
#define OTR_TESTS_CODEC_SUPPORT_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "codec/readings.h"
#include "tests/unit/codec/compare.h"

typedef struct upload {
    otr_arena arena;
    otr_status status;
    otr_error error;
    otr_message message;
    uint8_t *copy; /* of the payload, exact, so that a sanitizer sees a read past its end */
} upload;

/* identity may be "". Ends with upload_done. */
void upload_decode(upload *u, unsigned format, otr_bytes payload, const char *identity);
void upload_json(upload *u, const char *text, const char *identity);
/* hex with spaces, as in "81 a2 00 ..." */
void upload_cbor(upload *u, const char *hex, const char *identity);
void upload_done(upload *u);

/* The upload was accepted; the reading at index is that number of that metric and unit. */
void expect_number(const upload *u, size_t index, const char *metric, const char *unit, double number);
void expect_time(const upload *u, size_t index, otr_stamp stamp, otr_time at_us);
/* The upload was refused for this reason. */
void expect_refused(const upload *u, otr_status status, const char *text);

/* Decodes JSON and expects that reason; for rules in tables. */
void json_refused(const char *text, const char *identity, otr_status status, const char *reason);
void cbor_refused(const char *hex, const char *identity, otr_status status, const char *reason);

#endif
