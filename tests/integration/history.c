/* history FOLDER NUMBER...: the readings of devices, by number, from a store that nobody has open: "NUMBER
 * MICROSECONDS VALUE" a line, in the order of the journal. For the tests beside it. */
#include "core/journal/journal.h"
#include "platform/linux/store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static otr_status see_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    uint32_t device = *(const uint32_t *)context;
    (void)seq;
    if (record->kind != OTR_INPUT_READINGS || record->readings.device != device)
        return OTR_OK;
    for (size_t i = 0; i < record->readings.count; i++)
        printf("%" PRIu32 " %" PRId64 " %.17g\n", device, record->readings.entries[i].at,
               record->readings.entries[i].number);
    return OTR_OK;
}

static otr_status see_batch(void *context, uint64_t first_seq, otr_time core_time, otr_bytes batch)
{
    otr_journal_visitor visitor = {context, see_turn, see_record};
    (void)core_time;
    return otr_journal_read(batch, first_seq, &visitor, NULL);
}

int main(int count, char **words)
{
    if (count < 3)
        return 2;
    otr_store_config config = {.folder = otr_str_of(words[1]), .quota_bytes = 64 << 20};
    for (int i = 2; i < count; i++) {
        otr_error error;
        uint32_t device = (uint32_t)strtoul(words[i], NULL, 10);
        if (otr_store_history(&config, device, 0, OTR_TIME_NEVER - 1, see_batch, &device, &error) != OTR_OK) {
            fprintf(stderr, "history: %s\n", error.text);
            return 1;
        }
    }
    return 0;
}
