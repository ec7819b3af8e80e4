#include "tests/unit/codec/support.h"

#include <stdlib.h>

void upload_decode(upload *u, unsigned format, otr_bytes payload, const char *identity)
{
    *u = (upload){.status = OTR_OK};
    u->copy = malloc(payload.size > 0 ? payload.size : 1);
    assert_non_null(u->copy);
    if (payload.size > 0)
        memcpy(u->copy, payload.data, payload.size);
    u->status = otr_readings_decode(&u->arena, format, (otr_bytes){u->copy, payload.size},
                                    otr_str_of(identity), &u->message, &u->error);
    if (u->status != OTR_OK)
        assert_int_equal(u->error.status, u->status);
}

void upload_json(upload *u, const char *text, const char *identity)
{
    upload_decode(u, OTR_FORMAT_SENML_JSON, (otr_bytes){(const uint8_t *)text, strlen(text)}, identity);
}

void upload_cbor(upload *u, const char *hex, const char *identity)
{
    uint8_t bytes[2048];
    size_t size = 0;
    for (const char *at = hex; *at != '\0';) {
        if (*at == ' ') {
            at++;
            continue;
        }
        char digits[3] = {at[0], at[1], '\0'};
        bytes[size++] = (uint8_t)strtoul(digits, NULL, 16);
        at += 2;
    }
    upload_decode(u, OTR_FORMAT_SENML_CBOR, (otr_bytes){bytes, size}, identity);
}

void upload_done(upload *u)
{
    otr_arena_done(&u->arena);
    free(u->copy);
}

static void expect_str(otr_str got, const char *wanted)
{
    if (!otr_str_is(got, wanted))
        fail_msg("got \"%.*s\", wanted \"%s\"", OTR_STR_ARG(got), wanted);
}

void expect_number(const upload *u, size_t index, const char *metric, const char *unit, double number)
{
    if (u->status != OTR_OK)
        fail_msg("refused: %s", u->error.text);
    assert_true(index < u->message.count);
    const otr_reading *r = &u->message.readings[index];
    expect_str(r->metric, metric);
    expect_str(r->unit, unit);
    assert_int_equal(r->kind, OTR_KIND_NUMBER);
    if (r->number != number)
        fail_msg("got %.17g, wanted %.17g", r->number, number);
}

void expect_time(const upload *u, size_t index, otr_stamp stamp, otr_time at_us)
{
    if (u->status != OTR_OK)
        fail_msg("refused: %s", u->error.text);
    assert_true(index < u->message.count);
    assert_int_equal(u->message.readings[index].stamp, stamp);
    assert_int_equal(u->message.readings[index].at_us, at_us);
}

void expect_refused(const upload *u, otr_status status, const char *text)
{
    if (u->status != status || strcmp(u->error.text, text) != 0)
        fail_msg("got %s \"%s\", wanted %s \"%s\"", otr_status_text(u->status),
                 u->status != OTR_OK ? u->error.text : "", otr_status_text(status), text);
}

void json_refused(const char *text, const char *identity, otr_status status, const char *reason)
{
    upload u;
    upload_json(&u, text, identity);
    expect_refused(&u, status, reason);
    upload_done(&u);
}

void cbor_refused(const char *hex, const char *identity, otr_status status, const char *reason)
{
    upload u;
    upload_cbor(&u, hex, identity);
    expect_refused(&u, status, reason);
    upload_done(&u);
}
