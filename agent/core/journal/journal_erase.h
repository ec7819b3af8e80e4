/*
 * Forgetting in the journal: every input that concerns a customer gives way to an ERASED one, which keeps its
 * sequence number and says nothing. All others stay bit for bit. Pure: the store reads a row's batch, erases,
 * and writes it back.
 */
#ifndef OTR_CORE_JOURNAL_ERASE_H
#define OTR_CORE_JOURNAL_ERASE_H

#include "base/mention.h"
#include "core/journal/journal.h"

/* A device reported for an asset of the customer's from one input to another, both included. */
typedef struct otr_service_span {
    otr_str asset;
    uint32_t device;
    otr_str device_name;
    uint64_t from_seq;
    uint64_t to_seq;
} otr_service_span;

/* Who is forgotten. Views. */
typedef struct otr_forgotten {
    otr_str reference;     /* of the customer; not empty */
    const otr_str *assets; /* that were nobody else's: what names one, whenever, is about the customer */
    size_t asset_count;
    const otr_service_span *spans;
    size_t span_count;
    const otr_id *tickets; /* of the assets: of their cases, and the cases' own ids */
    size_t ticket_count;
    const otr_id *alarms; /* theirs */
    size_t alarm_count;
} otr_forgotten;

/*
 * *out becomes the batch without what concerns the forgotten: readings, fetches, confirmations and settings
 * of the devices in their spans; contents of their assets' slots; what was done with their tickets and
 * alarms; commands, orders and reports that name them, or within its spans an asset that others had as well.
 * *erased is how many inputs that were; 0: *out is empty. CORRUPT when the bytes are not a batch, MEMORY.
 */
otr_status otr_journal_erase(otr_bytes batch, uint64_t first_seq, const otr_forgotten *forgotten,
                             otr_buffer *out, size_t *erased, otr_error *error);

/* Whether a text of that input names the customer, one of the assets, tickets or alarms, or an asset that was
 * theirs then. */
static inline bool otr_forgotten_named(const otr_forgotten *forgotten, uint64_t seq, otr_str text)
{
    bool named = otr_mentions(text, forgotten->reference);
    for (size_t i = 0; i < forgotten->asset_count && !named; i++)
        named = otr_mentions(text, forgotten->assets[i]);
    for (size_t i = 0; i < forgotten->span_count && !named; i++) {
        const otr_service_span *span = &forgotten->spans[i];
        named = span->asset.size > 0 && span->from_seq <= seq && seq <= span->to_seq &&
                otr_mentions(text, span->asset);
    }
    return named || otr_mentions_id(text, forgotten->tickets, forgotten->ticket_count) ||
           otr_mentions_id(text, forgotten->alarms, forgotten->alarm_count);
}

/* Whether an entry's body holds the customer, or one of the assets or tickets. */
static inline bool otr_forgotten_within(const otr_forgotten *forgotten, otr_bytes body)
{
    bool named = otr_mentions_within(body, forgotten->reference);
    for (size_t i = 0; i < forgotten->asset_count && !named; i++)
        named = otr_mentions_within(body, forgotten->assets[i]);
    for (size_t i = 0; i < forgotten->ticket_count && !named; i++)
        named = otr_bytes_hold(body, forgotten->tickets[i].bytes, sizeof forgotten->tickets[i].bytes);
    return named;
}

#endif
