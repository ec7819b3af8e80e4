/*
 * Every allocation of decoding and encoding fails once, in turn. The call then says so, or did without; it
 * never crashes and never leaks (the address sanitizer watches). The linker hands our calls of malloc and
 * realloc to the counters here; Jansson's go through its own hook.
 */
#include "tests/unit/codec/support.h"

#include "codec/service_fields.h"
#include "tests/unit/codec/random_message.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *memory, size_t size);

static long allocations_left = -1; /* negative: any number */

static bool refuse(void)
{
    if (allocations_left < 0)
        return false;
    if (allocations_left == 0) {
        errno = ENOMEM;
        return true;
    }
    allocations_left--;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return refuse() ? NULL : __real_realloc(memory, size);
}

static const unsigned formats[] = {OTR_FORMAT_SENML_JSON, OTR_FORMAT_SENML_CBOR, OTR_FORMAT_READING};

static void decoding_survives_each_failure(void **state)
{
    (void)state;
    for (size_t f = 0; f < 3; f++) {
        otr_arena source = {0};
        otr_buffer bytes = {0};
        otr_error error;
        uint64_t seed = 5 << 10;
        otr_message message = random_message(&source, &seed, true);
        assert_int_equal(otr_readings_encode(&bytes, formats[f], &message, &error), OTR_OK);
        otr_status status = OTR_MEMORY;
        long failures = 0;
        for (; status != OTR_OK; failures++) {
            otr_arena arena = {0};
            otr_message out;
            allocations_left = failures;
            status = otr_readings_decode(&arena, formats[f], otr_buffer_bytes(&bytes), message.device, &out,
                                         &error);
            allocations_left = -1;
            if (status != OTR_OK && status != OTR_MEMORY)
                fail_msg("format %u, failure %ld: %s, %s", formats[f], failures, otr_status_text(status),
                         error.text);
            otr_arena_done(&arena);
        }
        assert_true(failures > 1);
        otr_buffer_done(&bytes);
        otr_arena_done(&source);
    }
}

static void encoding_survives_each_failure(void **state)
{
    (void)state;
    for (size_t f = 0; f < 3; f++) {
        otr_arena source = {0};
        otr_error error;
        uint64_t seed = 6 << 10;
        otr_message message = random_message(&source, &seed, true);
        otr_status status = OTR_MEMORY;
        long failures = 0;
        for (; status != OTR_OK; failures++) {
            otr_buffer bytes = {0};
            allocations_left = failures;
            status = otr_readings_encode(&bytes, formats[f], &message, &error);
            allocations_left = -1;
            assert_true(status == OTR_OK || (status == OTR_MEMORY && bytes.size == 0));
            otr_buffer_done(&bytes);
        }
        assert_true(failures > 1);
        otr_arena_done(&source);
    }
}

static void service_events_survive_each_failure(void **state)
{
    (void)state;
    static const otr_payload payloads[] = {OTR_PAYLOAD_PROTOBUF, OTR_PAYLOAD_JSON};
    const otr_fact fact = {OTR_STR("name"), OTR_STR("value")};
    const otr_evidence one = {OTR_STR("light"), OTR_STR("lx"), OTR_STR("7"), 1714521600000000};
    otr_service_event event = otr_service_event_empty();
    event.what = OTR_STR("raised");
    event.cause = OTR_STR("why");
    event.event.bytes[0] = 1;
    event.onset = 1714521600000000;
    event.facts = &fact;
    event.fact_count = 1;
    event.evidence = &one;
    event.evidence_count = 1;
    for (size_t p = 0; p < 2; p++) {
        otr_buffer kept = {0};
        otr_error error;
        otr_status status = OTR_MEMORY;
        for (long failures = 0; status != OTR_OK; failures++) {
            otr_buffer bytes = {0};
            allocations_left = failures;
            status = otr_service_encode(&bytes, payloads[p], &event, &error);
            allocations_left = -1;
            assert_true(status == OTR_OK || status == OTR_MEMORY);
            otr_buffer_add(&kept, bytes.data, status == OTR_OK ? bytes.size : 0);
            otr_buffer_done(&bytes);
        }
        otr_str type = otr_str_of(otr_service_content_type(payloads[p]));
        status = OTR_MEMORY;
        for (long failures = 0; status != OTR_OK; failures++) {
            otr_arena arena = {0};
            otr_service_event back;
            allocations_left = failures;
            status = otr_service_decode(&arena, type, otr_buffer_bytes(&kept), &back, &error);
            allocations_left = -1;
            if (status != OTR_OK && status != OTR_MEMORY)
                fail_msg("%s: %s", type.data, error.text);
            otr_arena_done(&arena);
        }
        otr_buffer_done(&kept);
    }
}

static void attributes_and_topics_say_when_memory_is_out(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_attribute list[OTR_ATTRIBUTES_MAX];
    otr_service_event event = otr_service_event_empty();
    allocations_left = 0;
    assert_int_equal(otr_service_attributes(&arena, &event, OTR_STR("a"), OTR_STR("b"), list), 0);
    assert_null(otr_topic_build(&arena, OTR_STR("a"), OTR_STR("b"), OTR_STR("alarm")).data);
    allocations_left = -1;
    otr_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding_survives_each_failure),
        cmocka_unit_test(encoding_survives_each_failure),
        cmocka_unit_test(service_events_survive_each_failure),
        cmocka_unit_test(attributes_and_topics_say_when_memory_is_out),
    };
    json_set_alloc_funcs(__wrap_malloc, free);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
