/* What a ticket encloses: there and back in both payloads, and what is refused. */
#include "codec/service_fields.h"
#include "codec/ticket.h"
#include "tests/unit/codec/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const otr_payload payloads[] = {OTR_PAYLOAD_PROTOBUF, OTR_PAYLOAD_JSON};

static void what_a_ticket_encloses_comes_back_in_both_payloads(void **state)
{
    (void)state;
    static const otr_time times[] = {1714521600250000, 1714521700000001};
    static const double values[] = {-0.1, 9.25};
    static const otr_ticket_alarm alarms[] = {
        {{{7}}, {"p", 1}, {"Warm", 4}, {"high", 4}, 1714521600000000, OTR_TIME_NONE}};
    static const otr_ticket_known known[] = {
        {{"P0301", 5}, {"T", 1}, {"C", 1}, {"", 0}, {"", 0}, {"tow", 3}}};
    static const otr_ticket_remark said[] = {
        {{"desk", 4}, OTR_TIME_NONE, {"note", 4}, {"kim", 3}, {"x\n", 2}}};
    static const otr_ticket_similar similar[] = {{{{9}}, {"Warm", 4}, {"done", 4}, 0, 1714521600000000}};
    otr_ticket_series series = {.metric = OTR_STR("temperature"),
                                .from = OTR_TIME_NONE,
                                .to = times[1],
                                .readings = 2,
                                .low = -INFINITY,
                                .high = 8,
                                .min = -0.1,
                                .min_at = times[0],
                                .max = 9.25,
                                .max_at = times[1],
                                .mean = 1.0 / 3,
                                .mkt = NAN,
                                .outside_s = 0,
                                .coverage_percent = 12.5,
                                .times = times,
                                .values = values,
                                .count = 2};
    const otr_ticket ticket = {alarms, 1, known, 1, said, 1, similar, 1, &series, 1};
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        otr_arena arena = {0};
        otr_buffer bytes = {0};
        otr_buffer payload = {0};
        otr_error error;
        otr_service_event event = otr_service_event_empty();
        event.kind = OTR_SERVICE_TICKET;
        event.description = OTR_STR("warm");
        event.specialist = OTR_STR("anna");
        otr_service_event back;
        otr_ticket out;
        assert_int_equal(otr_ticket_encode(&bytes, &ticket, &error), OTR_OK);
        event.ticket = otr_buffer_bytes(&bytes);
        assert_int_equal(otr_service_encode(&payload, payloads[i], &event, &error), OTR_OK);
        otr_str type = otr_str_of(otr_service_content_type(payloads[i]));
        assert_int_equal(otr_service_decode(&arena, type, otr_buffer_bytes(&payload), &back, &error), OTR_OK);
        assert_null(different_field(&event, &back));
        assert_int_equal(otr_ticket_decode(&arena, back.ticket, &out, &error), OTR_OK);
        assert_true(out.alarms[0].ended == OTR_TIME_NONE && otr_str_is(out.known[0].remedies, "tow"));
        assert_true(otr_str_is(out.said[0].text, "x\n") && out.said[0].at == OTR_TIME_NONE);
        assert_true(out.similar[0].opened == 0 && otr_id_equal(out.similar[0].ticket, similar[0].ticket));
        assert_true(isnan(out.series[0].low) && out.series[0].high == 8 && isnan(out.series[0].mkt));
        assert_true(out.series[0].outside_s == 0 && out.series[0].mean == 1.0 / 3);
        assert_true(out.series[0].values[0] == -0.1 && out.series[0].times[1] == times[1]);
        otr_buffer_done(&payload);
        otr_buffer_done(&bytes);
        otr_arena_done(&arena);
    }
}

static void a_ticket_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "[]",
        "{\"alarms\": {}}",
        "{\"alarms\": [1]}",
        "{\"alarms\": [{\"alarm\": \"xyz\"}]}",
        "{\"known\": [{\"title\": 1}]}",
        "{\"said\": [{\"at\": \"yesterday\"}]}",
        "{\"series\": [{\"min\": \"1\"}]}",
        "{\"series\": [{\"readings\": 1.5}]}",
        "{\"series\": [{\"points\": [[\"2024-05-01T02:10:00Z\"]]}]}",
        "{\"series\": [{\"points\": [[\"2024-05-01T02:10:00Z\", 1, 2]]}]}",
        "{\"series\": [{\"points\": 1}]}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[256];
        otr_arena arena = {0};
        otr_service_event event;
        otr_error error = {.status = OTR_OK};
        int size = snprintf(text, sizeof text, "{\"kind\": \"ticket\", \"ticket\": %s}", wrong[i]);
        otr_str type = otr_str_of(otr_service_content_type(OTR_PAYLOAD_JSON));
        if (otr_service_decode(&arena, type, (otr_bytes){(const uint8_t *)text, (size_t)size}, &event,
                               &error) != OTR_INVALID ||
            error.text[0] == '\0')
            fail_msg("%s", wrong[i]);
        otr_arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_ticket_encloses_comes_back_in_both_payloads),
        cmocka_unit_test(a_ticket_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
