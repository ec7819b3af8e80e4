/* What a host sends: a payload or STATE, whatever the bytes. What was read is written and reads the same. */
#include "codec/sparkplug.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void check_same(const otr_sparkplug_metric *a, const otr_sparkplug_metric *b)
{
    OTR_ASSERT(otr_str_equal(a->name, b->name));
    OTR_ASSERT(a->has_alias == b->has_alias && a->alias == b->alias);
    OTR_ASSERT(a->at == b->at && a->is_null == b->is_null && a->is_historical == b->is_historical);
    if (a->is_null)
        return;
    OTR_ASSERT(a->type == b->type);
    OTR_ASSERT(a->type != OTR_SPARKPLUG_INT64 || a->integer == b->integer);
    OTR_ASSERT(a->type != OTR_SPARKPLUG_DOUBLE || same_number(a->number, b->number));
    OTR_ASSERT(a->type != OTR_SPARKPLUG_BOOLEAN || a->flag == b->flag);
    OTR_ASSERT(a->type != OTR_SPARKPLUG_STRING || otr_str_equal(a->text, b->text));
}

static void read_again(otr_arena *arena, const otr_sparkplug_payload *first)
{
    otr_buffer out = {0};
    otr_sparkplug_payload second;
    otr_error error = {0};
    otr_sparkplug_begin(&out, first->at);
    for (size_t i = 0; i < first->count; i++)
        otr_sparkplug_add(&out, &first->metrics[i]);
    otr_status status = otr_sparkplug_decode(arena, otr_buffer_bytes(&out), &second, &error);
    OTR_ASSERT(out.size > OTR_LIMIT_SPARKPLUG_BYTES || status == OTR_OK);
    if (status == OTR_OK) {
        OTR_ASSERT(first->at == second.at && first->count == second.count);
        for (size_t i = 0; i < first->count; i++)
            check_same(&first->metrics[i], &second.metrics[i]);
    }
    otr_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_arena arena = {0};
    otr_sparkplug_payload payload;
    otr_error error = {0};
    bool online;
    otr_time at;
    if (otr_sparkplug_decode(&arena, (otr_bytes){data, size}, &payload, &error) == OTR_OK)
        read_again(&arena, &payload);
    else
        OTR_ASSERT(error.text[0] != '\0');
    if (otr_sparkplug_state((otr_bytes){data, size}, &online, &at, &error) == OTR_OK)
        OTR_ASSERT(at >= 0);
    otr_arena_done(&arena);
    return 0;
}
