/* What anybody may send as a command: an envelope, and an order inside. What is read is written in both forms
 * and read again as the same. */
#include "codec/order.h"

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_order(const otr_order *order, bool json)
{
    otr_arena arena = {0};
    otr_buffer text = {0};
    otr_order again;
    otr_error error = {.text = ""};
    OTR_ASSERT(otr_order_write(&text, order, json, &error) == OTR_OK);
    if (text.size <= OTR_LIMIT_ENVELOPE_BYTES) { /* JSON may be longer than what it came from */
        otr_status status = otr_order_read(&arena, otr_buffer_bytes(&text), &again, &error);
        /* one that was as deep as may be is deeper inside another object */
        OTR_ASSERT(status == OTR_OK || (json && status == OTR_LIMIT));
        if (status == OTR_OK)
            OTR_ASSERT(again.counter == order->counter && again.until == order->until &&
                       otr_str_equal(again.id, order->id) && otr_str_equal(again.to, order->to) &&
                       otr_str_equal(again.reply_to, order->reply_to) &&
                       otr_str_equal(again.correlation, order->correlation));
    }
    otr_buffer_done(&text);
    otr_arena_done(&arena);
}

static void same_envelope(const otr_envelope *envelope, bool json)
{
    otr_arena arena = {0};
    otr_buffer text = {0};
    otr_envelope again;
    otr_error error = {.text = ""};
    otr_envelope_write(&text, envelope, json);
    OTR_ASSERT(!text.failed && otr_envelope_is(otr_buffer_bytes(&text)));
    if (text.size <= OTR_LIMIT_ENVELOPE_BYTES) {
        OTR_ASSERT(otr_envelope_read(&arena, otr_buffer_bytes(&text), &again, &error) == OTR_OK);
        OTR_ASSERT(otr_id_equal(again.key, envelope->key) && again.content.size == envelope->content.size &&
                   memcmp(again.content.data, envelope->content.data, again.content.size) == 0 &&
                   memcmp(again.signature.data, envelope->signature.data, OTR_ORDER_SIGNATURE_BYTES) == 0);
    }
    otr_buffer_done(&text);
    otr_arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_arena arena = {0};
    otr_envelope envelope;
    otr_order order;
    otr_error error = {.text = ""};
    otr_bytes content = {data, size};
    if (otr_envelope_read(&arena, content, &envelope, &error) == OTR_OK) {
        same_envelope(&envelope, true);
        same_envelope(&envelope, false);
        content = envelope.content;
    } else {
        OTR_ASSERT(error.text[0] != '\0');
    }
    if (otr_order_read(&arena, content, &order, &error) == OTR_OK) {
        same_order(&order, true);
        same_order(&order, false);
    } else {
        OTR_ASSERT(error.text[0] != '\0');
    }
    otr_arena_done(&arena);
    return 0;
}
