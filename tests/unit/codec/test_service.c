/* Service events: both payloads there and back, what is refused, CloudEvents attributes and topics. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "base/limits.h"
#include "codec/bucket.h"
#include "codec/service_fields.h"
#include "tests/unit/codec/compare.h"
#include "tests/unit/codec/random_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const otr_payload payloads[] = {OTR_PAYLOAD_PROTOBUF, OTR_PAYLOAD_JSON};

static otr_id id_of(uint8_t first)
{
    otr_id id = {{first, 0xab, 0, 1}};
    return id;
}

static const otr_fact facts[] = {{{"asset.name", 10}, {"Vaccines \"A\" \xe2\x84\x83", 16}},
                                 {{"door", 4}, {"", 0}}};
static const otr_evidence evidence[] = {{{"temperature", 11}, {"Cel", 3}, {"9.1", 3}, 1714521600250000},
                                        {{"location", 8}, {"", 0}, {"52.5, 4.25", 10}, OTR_TIME_NONE}};

static const otr_action actions[] = {{{"help", 4}, {"q83vASNFZ4mrze8BI0VniQ", 22}}, {{"stop", 4}, {"", 0}}};

static otr_service_event full_event(void)
{
    otr_service_event e = otr_service_event_empty();
    e.kind = OTR_SERVICE_TICKET;
    e.what = OTR_STR("opened");
    e.event = id_of(1);
    e.entity = id_of(2);
    e.revision = 3;
    e.alarm = id_of(4);
    e.case_id = id_of(5);
    e.decided = 1714521601000001;
    e.onset = 0;
    e.raised = 1714521600000000;
    e.ended = 1714521700123000;
    e.pack = OTR_STR("cold-chain");
    e.rule = OTR_STR("TemperatureExcursion");
    e.priority = OTR_STR("high");
    e.category = OTR_STR("cold-chain");
    e.asset = OTR_STR("shipment/42");
    e.asset_name = OTR_STR("Impfstoffe f\xc3\xbcr K\xc3\xb6ln");
    e.asset_class = OTR_STR("cold-chain");
    e.device = OTR_STR("probe-7");
    e.cause = OTR_STR("above 8 \xc2\xb0"
                      "C\nsince 02:10");
    e.coverage_percent = 97;
    e.to = OTR_STR("customer");
    e.locale = OTR_STR("de");
    e.text = OTR_STR("warm");
    e.expires = OTR_TIME_NEVER;
    e.line = OTR_STR("Too warm");
    e.brief = OTR_STR("Your vaccines are too warm");
    e.next_by = 1714525200000000;
    e.why = OTR_STR("you are the recipient");
    e.fault = OTR_STR("carrier");
    e.persona = OTR_STR("recipient");
    e.channels = OTR_STR("push,sms");
    e.actions = actions;
    e.action_count = 2;
    e.queue = OTR_STR("desk");
    e.title = OTR_STR("t");
    e.evidence = evidence;
    e.evidence_count = 2;
    e.alarm_count = UINT32_MAX;
    e.description = OTR_STR("warm since 02:10");
    e.assignee = OTR_STR("kim");
    e.specialist = OTR_STR("anna");
    e.facts = facts;
    e.fact_count = 2;
    return e;
}

static void expect_round_trip(otr_payload payload, const otr_service_event *event)
{
    otr_buffer bytes = {0};
    otr_arena arena = {0};
    otr_error error;
    otr_service_event back;
    if (otr_service_encode(&bytes, payload, event, &error) != OTR_OK)
        fail_msg("%s", error.text);
    otr_str type = otr_str_of(otr_service_content_type(payload));
    const otr_str types[] = {type, OTR_STR("")}; /* and as a subscriber with MQTT 3.1.1 gets it */
    for (size_t i = 0; i < (bytes.size > 0 ? 2 : 1); i++) {
        if (otr_service_decode(&arena, types[i], otr_buffer_bytes(&bytes), &back, &error) != OTR_OK)
            fail_msg("%s", error.text);
        const char *field = different_field(event, &back);
        if (field != NULL)
            fail_msg("%s differs in %s", field, otr_service_content_type(payload));
    }
    otr_arena_done(&arena);
    otr_buffer_done(&bytes);
}

static void a_full_event_and_an_empty_one_come_back_the_same(void **state)
{
    (void)state;
    otr_service_event full = full_event();
    otr_service_event empty = otr_service_event_empty();
    for (size_t p = 0; p < 2; p++) {
        expect_round_trip(payloads[p], &full);
        expect_round_trip(payloads[p], &empty);
        full.coverage_percent = 0;
        expect_round_trip(payloads[p], &full);
    }
}

static void every_field_is_carried(void **state)
{
    (void)state;
    const otr_service_event full = full_event();
    for (size_t p = 0; p < 2; p++) {
        /* One field at a time, so that no two can be mixed up. */
#define EACH(name, ...)                                                                                      \
    {                                                                                                        \
        otr_service_event one = otr_service_event_empty();                                                   \
        one.name = full.name;                                                                                \
        expect_round_trip(payloads[p], &one);                                                                \
    }
        OTR_SERVICE_FIELDS(EACH, EACH, EACH, EACH)
#undef EACH
    }
}

static otr_str random_str(otr_arena *arena, uint64_t *seed)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%llx", (unsigned long long)random_next(seed));
    return random_next(seed) % 3 == 0 ? OTR_STR("") : otr_arena_copy(arena, (otr_str){text, (size_t)size});
}

static void random_events_come_back_the_same(void **state)
{
    (void)state;
    const char *given = getenv("OUTRIDER_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) << 20;
    printf("OUTRIDER_SEED=%llu\n", (unsigned long long)seed);
    for (int round = 0; round < 200; round++) {
        otr_arena arena = {0};
        otr_service_event e = otr_service_event_empty();
        e.kind = (otr_service_kind)(random_next(&seed) % OTR_SERVICE_KINDS);
        e.coverage_percent = (int)(random_next(&seed) % 102) - 1;
#define TEXT(name) e.name = random_str(&arena, &seed);
#define ID(name) e.name = id_of((uint8_t)random_next(&seed));
#define COUNT(name) e.name = (uint32_t)random_next(&seed);
#define TIME(name, NAME) e.name = (otr_time)(random_next(&seed) % 253402300800000000);
        OTR_SERVICE_FIELDS(TEXT, ID, COUNT, TIME)
#undef TEXT
#undef ID
#undef COUNT
#undef TIME
        otr_fact list[5];
        e.facts = list;
        e.fact_count = random_next(&seed) % 6;
        for (size_t i = 0; i < e.fact_count; i++)
            list[i] = (otr_fact){random_str(&arena, &seed), random_str(&arena, &seed)};
        for (size_t p = 0; p < 2; p++)
            expect_round_trip(payloads[p], &e);
        otr_arena_done(&arena);
    }
}

static void the_json_form_is_the_documented_one(void **state)
{
    (void)state;
    otr_service_event e = otr_service_event_empty();
    otr_buffer bytes = {0};
    otr_error error;
    e.kind = OTR_SERVICE_ALARM;
    e.what = OTR_STR("raised");
    e.event = id_of(1);
    e.revision = 1;
    e.onset = 1714521600250000;
    e.expires = OTR_TIME_NEVER;
    e.coverage_percent = 80;
    e.facts = facts;
    e.fact_count = 1;
    e.evidence = evidence;
    e.evidence_count = 1;
    assert_int_equal(otr_service_encode(&bytes, OTR_PAYLOAD_JSON, &e, &error), OTR_OK);
    otr_buffer_add_u8(&bytes, 0);
    assert_string_equal(
        (const char *)bytes.data,
        "{\"kind\":\"alarm\",\"what\":\"raised\",\"event\":\"01ab0001000000000000000000000000\","
        "\"revision\":1,\"onset\":\"2024-05-01T00:00:00.250Z\",\"expires\":\"never\","
        "\"coverage_percent\":80,"
        "\"evidence\":[{\"metric\":\"temperature\",\"unit\":\"Cel\",\"value\":\"9.1\","
        "\"at\":\"2024-05-01T00:00:00.250Z\"}],"
        "\"facts\":[{\"name\":\"asset.name\",\"value\":\"Vaccines \\\"A\\\" \xe2\x84\x83\"}]}");
    otr_buffer_done(&bytes);
}

static void texts_that_are_not_utf8_are_refused(void **state)
{
    (void)state;
    static const otr_str bad[] = {{"\xff", 1}, {"a\0b", 3}, {"\xed\xa0\x80", 3}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t p = 0; p < 2; p++) {
            otr_buffer bytes = {0};
            otr_error error;
            otr_service_event e = otr_service_event_empty();
            e.cause = bad[i];
            assert_int_equal(otr_service_encode(&bytes, payloads[p], &e, &error), OTR_INVALID);
            assert_string_equal(error.text, "cause is not UTF-8 without NUL");
            otr_fact fact = {OTR_STR("x"), bad[i]};
            e.cause = OTR_STR("");
            e.facts = &fact;
            e.fact_count = 1;
            assert_int_equal(otr_service_encode(&bytes, payloads[p], &e, &error), OTR_INVALID);
            otr_evidence one = {bad[i], OTR_STR(""), OTR_STR(""), 0};
            e.fact_count = 0;
            e.evidence = &one;
            e.evidence_count = 1;
            assert_int_equal(otr_service_encode(&bytes, payloads[p], &e, &error), OTR_INVALID);
            assert_int_equal(bytes.size, 0);
            otr_buffer_done(&bytes);
        }
    }
}

static void a_payload_over_the_limit_is_refused_both_ways(void **state)
{
    (void)state;
    static char text[OTR_LIMIT_OUTBOX_PAYLOAD_BYTES + 1];
    memset(text, ' ', sizeof text);
    for (size_t p = 0; p < 2; p++) {
        otr_buffer bytes = {0};
        otr_arena arena = {0};
        otr_error error;
        otr_service_event e = otr_service_event_empty();
        e.cause = (otr_str){text, OTR_LIMIT_OUTBOX_PAYLOAD_BYTES};
        otr_buffer_add(&bytes, "kept", 4);
        assert_int_equal(otr_service_encode(&bytes, payloads[p], &e, &error), OTR_LIMIT);
        assert_int_equal(bytes.size, 4);
        otr_str type = otr_str_of(otr_service_content_type(payloads[p]));
        assert_int_equal(
            otr_service_decode(&arena, type, (otr_bytes){(const uint8_t *)text, sizeof text}, &e, &error),
            OTR_LIMIT);
        otr_arena_done(&arena);
        otr_buffer_done(&bytes);
    }
}

static void times_that_json_cannot_tell_are_refused(void **state)
{
    (void)state;
    otr_buffer bytes = {0};
    otr_error error;
    otr_service_event e = otr_service_event_empty();
    e.ended = OTR_TIME_NEVER - 1;
    assert_int_equal(otr_service_encode(&bytes, OTR_PAYLOAD_JSON, &e, &error), OTR_INVALID);
    assert_string_equal(error.text, "ended is outside the years 1 to 9999");
    otr_buffer_done(&bytes);
}

static void json_of_others_is_read_and_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *reason; /* NULL: accepted */
    } rows[] = {
        {"{\"kind\":\"status\",\"new\":{\"a\":[1]},\"onset\":\"2024-05-01 02:00:00+02:00\"}", NULL},
        {"{\"kind\":\"status\",\"case_id\":\"01AB\"}", "case_id is an id of 32 lower-case hex digits"},
        {"{\"kind\":\"party\"}", "kind is alarm, notification, ticket, status, view, customer or figures"},
        {"{}", "kind is alarm, notification, ticket, status, view, customer or figures"},
        {"[]", "a service event is an object"},
        {"{\"kind\":\"alarm\",\"onset\":5}", "onset is an RFC 3339 time"},
        {"{\"kind\":\"alarm\",\"onset\":\"today\"}", "onset is an RFC 3339 time"},
        {"{\"kind\":\"alarm\",\"cause\":5}", "cause is a string"},
        {"{\"kind\":\"alarm\",\"revision\":-1}", "revision is a whole number of 0 to 4294967295"},
        {"{\"kind\":\"alarm\",\"revision\":1.5}", "revision is a whole number of 0 to 4294967295"},
        {"{\"kind\":\"alarm\",\"revision\":\"1\"}", "revision is a whole number of 0 to 4294967295"},
        {"{\"kind\":\"alarm\",\"coverage_percent\":101}", "coverage_percent is a whole number of 0 to 100"},
        {"{\"kind\":\"alarm\",\"facts\":{}}", "facts is a list"},
        {"{\"kind\":\"alarm\",\"facts\":[1]}", "facts is a list of objects"},
        {"{\"kind\":\"alarm\",\"evidence\":[{\"at\":1}]}", "at is an RFC 3339 time"},
        {"{\"kind\":\"alarm\",\"actions\":[\"stop\"]}", "actions is a list of objects"},
        {"{\"kind\":\"alarm\",\"actions\":[{\"name\":1}]}", "name is a string"},
        {"{\"kind\":\"alarm\",\"next_by\":\"soon\"}", "next_by is an RFC 3339 time"},
        {"{\"kind\":\"alarm\",\"kind\":\"alarm\"}",
         "line 1, column 22: duplicate object key near '\"kind\"'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_error error = {.status = OTR_OK};
        otr_service_event e;
        otr_bytes bytes = {(const uint8_t *)rows[i].text, strlen(rows[i].text)};
        otr_status status =
            otr_service_decode(&arena, OTR_STR("application/json; charset=utf-8"), bytes, &e, &error);
        if (rows[i].reason == NULL) {
            assert_int_equal(status, OTR_OK);
            assert_int_equal(e.onset, 1714521600000000);
        } else {
            assert_int_equal(status, OTR_INVALID);
            assert_string_equal(error.text, rows[i].reason);
        }
        otr_arena_done(&arena);
    }
}

static void protobuf_of_others_is_checked(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[8];
        size_t size;
        const char *reason;
    } rows[] = {
        {{0x08, 0x09}, 2, "kind 9 is unknown"},
        {{0x1a, 0x02, 0x01, 0x02}, 4, "event is an id of 2 bytes, not 16"},
        {{0x12, 0x01, 0xff}, 3, "what is not UTF-8"},
        {{0xa8, 0x01, 0x65}, 3, "coverage_percent is 101"},
        {{0x12, 0x7f}, 2, "not a protobuf ServiceEvent"},
        {{0xf2, 0x01, 0x03, 0x0a, 0x01, 0xff}, 6, "a fact's name is not UTF-8"},
        {{0xba, 0x02, 0x03, 0x12, 0x01, 0xff}, 6, "an action's token is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_arena arena = {0};
        otr_error error;
        otr_service_event e;
        assert_int_equal(otr_service_decode(&arena, OTR_STR("application/protobuf"),
                                            (otr_bytes){rows[i].bytes, rows[i].size}, &e, &error),
                         OTR_INVALID);
        assert_string_equal(error.text, rows[i].reason);
        otr_arena_done(&arena);
    }
}

static void another_content_type_is_refused(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_error error;
    otr_service_event e;
    assert_int_equal(otr_service_decode(&arena, OTR_STR("text/plain"), (otr_bytes){NULL, 0}, &e, &error),
                     OTR_INVALID);
    assert_int_equal(otr_service_decode(&arena, OTR_STR(""), (otr_bytes){NULL, 0}, &e, &error), OTR_INVALID);
    otr_arena_done(&arena);
}

static void expect_attributes(const otr_service_event *e, const char *const (*wanted)[2], size_t count)
{
    otr_arena arena = {0};
    otr_attribute got[OTR_ATTRIBUTES_MAX];
    assert_int_equal(otr_service_attributes(&arena, e, OTR_STR("k\xc3\xb6ln 1"), OTR_STR("gw-1"), got),
                     count);
    for (size_t i = 0; i < count; i++) {
        if (!otr_str_is(got[i].name, wanted[i][0]) || !otr_str_is(got[i].value, wanted[i][1]))
            fail_msg("%zu: %.*s is %.*s", i, OTR_STR_ARG(got[i].name), OTR_STR_ARG(got[i].value));
        assert_true(got[i].value.data[got[i].value.size] == '\0');
        assert_true(got[i].name.size <= 20);
        for (size_t c = 0; c < got[i].name.size; c++)
            assert_true(got[i].name.data[c] >= 'a' && got[i].name.data[c] <= 'z');
    }
    otr_arena_done(&arena);
}

static void an_event_has_cloudevents_attributes(void **state)
{
    (void)state;
    static const char *const full[][2] = {
        {"specversion", "1.0"},
        {"id", "01ab0001000000000000000000000000"},
        {"source", "/outrider/k%C3%B6ln%201/gw-1"},
        {"type", "io.outrider.ticket.opened"},
        {"subject", "shipment/42"},
        {"time", "2024-05-01T00:00:01.000001Z"},
        {"dataschema", "outrider:service/v1"},
        {"severitytext", "ERROR"},
        {"severitynumber", "17"},
        {"correlationid", "05ab0001000000000000000000000000"},
    };
    otr_service_event e = full_event();
    expect_attributes(&e, full, 10);
}

static void attributes_without_a_value_are_left_out(void **state)
{
    (void)state;
    static const char *const few[][2] = {{"specversion", "1.0"},
                                         {"id", "01ab0001000000000000000000000000"},
                                         {"source", "/outrider/k%C3%B6ln%201/gw-1"},
                                         {"type", "io.outrider.status.online"},
                                         {"subject", "probe-7"},
                                         {"dataschema", "outrider:service/v1"}};
    static const char *const less[][2] = {{"specversion", "1.0"},
                                          {"id", "01ab0001000000000000000000000000"},
                                          {"source", "/outrider/k%C3%B6ln%201/gw-1"},
                                          {"type", "io.outrider.status.online"},
                                          {"dataschema", "outrider:service/v1"}};
    otr_service_event e = otr_service_event_empty();
    e.kind = OTR_SERVICE_STATUS;
    e.what = OTR_STR("online");
    e.event = id_of(1);
    e.device = OTR_STR("probe-7");
    e.priority = OTR_STR("whatever");
    expect_attributes(&e, few, 6);
    e.asset = OTR_STR("a\nb"); /* no attribute may hold a control character */
    expect_attributes(&e, less, 5);
}

static void topics_are_built_and_parsed(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_topic topic;
    otr_str text = otr_topic_build(&arena, OTR_STR("fleet 1"), OTR_STR("gw-1"), OTR_STR("alarm"));
    assert_string_equal(text.data, "outrider/v1/fleet 1/gw-1/alarm");
    assert_int_equal(text.size, strlen(text.data));
    assert_true(otr_topic_parse(text, &topic));
    assert_true(otr_str_is(topic.group, "fleet 1") && otr_str_is(topic.gateway, "gw-1") &&
                otr_str_is(topic.kind, "alarm"));
    static const char *const bad[] = {"",
                                      "outrider",
                                      "outrider/v1/a/b",
                                      "outrider/v1/a/b/",
                                      "outrider/v1/a/b/alarm/x",
                                      "outrider/v1/a//alarm",
                                      "outrider/v2/a/b/alarm",
                                      "Outrider/v1/a/b/alarm",
                                      "outrider/v1/+/b/alarm",
                                      "/outrider/v1/a/b/alarm"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (otr_topic_parse(otr_str_of(bad[i]), &topic))
            fail_msg("%s was parsed", bad[i]);
    otr_arena_done(&arena);
}

static void the_topic_of_a_view_ends_with_its_asset(void **state)
{
    (void)state;
    otr_arena arena = {0};
    static const struct {
        const char *asset, *end;
    } rows[] = {
        {"box-7", "box-7"},     {"a/b", "a%2Fb"},     {"a%2Fb", "a%252Fb"},
        {"+#", "%2B%23"},       {"kühl 1", "kühl 1"}, {"\xC2\x80\xC2\xA0", "%C2%80\xC2\xA0"},
        {"\x01\x7F", "%01%7F"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_str topic =
            otr_topic_tail(&arena, OTR_STR("g"), OTR_STR("w"), OTR_STR("view"), otr_str_of(rows[i].asset));
        assert_memory_equal(topic.data, "outrider/v1/g/w/view/", 21);
        assert_string_equal(topic.data + 21, rows[i].end);
        assert_int_equal(topic.size, strlen(topic.data));
    }
    otr_arena_done(&arena);
}

static void the_topic_of_an_event_says_what_is_kept(void **state)
{
    (void)state;
    static const struct {
        otr_service_kind kind;
        const char *topic;
    } rows[] = {
        {OTR_SERVICE_TICKET, "outrider/v1/g/w/ticket"},
        {OTR_SERVICE_VIEW, "outrider/v1/g/w/view/shipment%2F42"},
        {OTR_SERVICE_CUSTOMER, "outrider/v1/g/w/customer/cust%2B1"},
        {OTR_SERVICE_FIGURES, "outrider/v1/g/w/figures/2024-05-01"},
    };
    otr_arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        otr_service_event e = full_event();
        e.kind = rows[i].kind;
        e.to = OTR_STR("cust+1");
        e.onset = 1714521600000000;
        assert_string_equal(otr_topic_event(&arena, OTR_STR("g"), OTR_STR("w"), &e).data, rows[i].topic);
        assert_int_equal(otr_service_kind_retained(e.kind), e.kind != OTR_SERVICE_TICKET);
    }
    otr_arena_done(&arena);
}

static void figures_are_a_bucket_in_both_spellings(void **state)
{
    (void)state;
    otr_bucket bucket = {.day = 19844, .revision = 2, .oldest = OTR_TIME_NEVER};
    otr_buffer bytes = {0};
    otr_error error;
    assert_true(otr_bucket_name(&bucket, OTR_STR("g"), OTR_STR("w")));
    otr_bucket_add_count(otr_bucket_at(&bucket, OTR_BY_TOTAL, OTR_STR("")), OTR_COUNT_ALARMS, 3);
    assert_int_equal(otr_bucket_encode(&bytes, OTR_PAYLOAD_PROTOBUF, &bucket, &error), OTR_OK);
    otr_service_event e = otr_service_event_empty();
    e.kind = OTR_SERVICE_FIGURES;
    e.figures = otr_buffer_bytes(&bytes);
    for (size_t p = 0; p < 2; p++)
        expect_round_trip(payloads[p], &e);
    otr_buffer json = {0};
    assert_int_equal(otr_service_encode(&json, OTR_PAYLOAD_JSON, &e, &error), OTR_OK);
    otr_buffer_add_u8(&json, 0);
    assert_non_null(strstr((const char *)json.data, "\"figures\":{\"group\":\"g\",\"gateway\":\"w\","));
    bytes.data[0] ^= 0x40; /* no bucket any more */
    otr_arena arena = {0};
    otr_buffer_clear(&json);
    otr_service_event again;
    assert_int_equal(otr_service_encode(&json, OTR_PAYLOAD_PROTOBUF, &e, &error), OTR_OK);
    assert_int_equal(
        otr_service_decode(&arena, OTR_STR("application/protobuf"), otr_buffer_bytes(&json), &again, &error),
        OTR_INVALID);
    otr_arena_done(&arena);
    otr_buffer_done(&json);
    otr_buffer_done(&bytes);
    otr_bucket_done(&bucket);
}

static void names_in_topics_are_checked(void **state)
{
    (void)state;
    char long_name[66];
    memset(long_name, 'x', 65);
    long_name[65] = '\0';
    assert_false(otr_topic_name_ok(otr_str_of(long_name)));
    long_name[64] = '\0';
    assert_true(otr_topic_name_ok(otr_str_of(long_name)));
    static const char *const bad[] = {"", "a/b", "a+", "#", "a\nb", "\x7f", "\xff", "\xc2\x85"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(otr_topic_name_ok(otr_str_of(bad[i])));
    static const char *const good[] = {"a", "K\xc3\xb6ln 1", "\xc2\xa0", "$x"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(otr_topic_name_ok(otr_str_of(good[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_event_and_an_empty_one_come_back_the_same),
        cmocka_unit_test(every_field_is_carried),
        cmocka_unit_test(random_events_come_back_the_same),
        cmocka_unit_test(the_json_form_is_the_documented_one),
        cmocka_unit_test(texts_that_are_not_utf8_are_refused),
        cmocka_unit_test(a_payload_over_the_limit_is_refused_both_ways),
        cmocka_unit_test(times_that_json_cannot_tell_are_refused),
        cmocka_unit_test(json_of_others_is_read_and_checked),
        cmocka_unit_test(protobuf_of_others_is_checked),
        cmocka_unit_test(another_content_type_is_refused),
        cmocka_unit_test(an_event_has_cloudevents_attributes),
        cmocka_unit_test(attributes_without_a_value_are_left_out),
        cmocka_unit_test(the_topic_of_a_view_ends_with_its_asset),
        cmocka_unit_test(topics_are_built_and_parsed),
        cmocka_unit_test(the_topic_of_an_event_says_what_is_kept),
        cmocka_unit_test(figures_are_a_bucket_in_both_spellings),
        cmocka_unit_test(names_in_topics_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
