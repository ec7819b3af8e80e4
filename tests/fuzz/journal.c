/* Journal batches and outbox bodies: bytes of our own that a failing disk may have changed. */
#include "core/journal/journal.h"
#include "core/outbox/outbox.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static otr_status see_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

/* What was read can be written again, and then reads the same: the count of bytes is enough to notice a
 * difference. */
static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    (void)seq;
    otr_journal_add(context, record);
    return OTR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_buffer written = {0};
    otr_buffer again = {0};
    otr_journal_begin(&written);
    otr_journal_turn(&written, &(otr_turn){0, 0, false});
    otr_journal_begin(&again);
    otr_journal_turn(&again, &(otr_turn){0, 0, false});
    otr_journal_visitor first = {&written, see_turn, see_record};
    otr_journal_visitor second = {&again, see_turn, see_record};
    if (otr_journal_read((otr_bytes){data, size}, 1, &first, NULL) == OTR_OK) {
        if (otr_journal_read(otr_buffer_bytes(&written), 1, &second, NULL) != OTR_OK ||
            written.size != again.size || memcmp(written.data, again.data, written.size) != 0)
            abort();
    }
    otr_buffer_done(&written);
    otr_buffer_done(&again);

    otr_arena memory = {0};
    otr_service_event event;
    (void)otr_outbox_render(&memory, (otr_str){(const char *)data, size}, OTR_DAY, &event, NULL);
    otr_arena_done(&memory);
    return 0;
}
