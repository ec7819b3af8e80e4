/* A customer's action as anybody may send it: what is taken is well formed, comes through the journal the
 * same, and what is not is told why. */
#include "driver/act.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_arena arena = {0};
    otr_act act;
    otr_error error = {.text = ""};
    otr_status status = otr_act_parse(&arena, (otr_bytes){data, size}, &act, &error);
    if (status == OTR_OK && act.of_desk) {
        OTR_ASSERT(act.desk.role == OTR_ROLE_DESK && act.token.data != NULL);
    } else if (status == OTR_OK) {
        otr_command command = {
            .id = act.id, .kind = OTR_COMMAND_CUSTOMER, .until = OTR_TIME_NONE, .customer = act.customer};
        otr_command back;
        otr_buffer bytes = {0};
        OTR_ASSERT(size <= OTR_LIMIT_CUSTOMER_BYTES && !otr_id_is_zero(act.id) && act.token.data != NULL);
        OTR_ASSERT(otr_str_is(act.action, otr_customer_action_text(act.customer.action)));
        OTR_ASSERT(otr_command_check(&command, &error) == OTR_OK);
        otr_command_encode(&bytes, &command);
        otr_reader reader = otr_reader_of(otr_buffer_bytes(&bytes));
        OTR_ASSERT(otr_command_decode(&reader, &back) && otr_reader_left(&reader) == 0);
        OTR_ASSERT(otr_str_equal(back.customer.category, act.customer.category));
        OTR_ASSERT(back.customer.from == act.customer.from && back.customer.to == act.customer.to);
        OTR_ASSERT(back.customer.scored == act.customer.scored && back.customer.score == act.customer.score);
        OTR_ASSERT(back.customer.reason == act.customer.reason && act.customer.score < OTR_QUESTION_SCORES);
        otr_buffer_done(&bytes);
    } else {
        OTR_ASSERT(error.text[0] != '\0');
    }
    otr_arena_done(&arena);
    return 0;
}
