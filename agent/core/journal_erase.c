#include "core/journal_erase.h"

typedef struct eraser {
    const otr_forgotten *forgotten;
    otr_buffer *out;
    size_t erased;
} eraser;

static bool served(const otr_forgotten *forgotten, uint32_t device, uint64_t seq)
{
    for (size_t i = 0; i < forgotten->span_count; i++) {
        const otr_service_span *span = &forgotten->spans[i];
        if (span->device == device && span->from_seq <= seq && seq <= span->to_seq)
            return true;
    }
    return false;
}

static bool has_ticket(const otr_forgotten *forgotten, otr_id ticket)
{
    bool has = false;
    for (size_t i = 0; i < forgotten->ticket_count && !has; i++)
        has = otr_id_equal(forgotten->tickets[i], ticket);
    return has;
}

/* "assignment/ASSET" of one of theirs; another's name may begin with it. */
static bool is_slot_of(const otr_forgotten *forgotten, otr_str slot)
{
    if (!otr_str_starts(slot, OTR_STR("assignment/")))
        return false;
    otr_str asset = {slot.data + sizeof "assignment", slot.size - sizeof "assignment"};
    for (size_t i = 0; i < forgotten->asset_count; i++)
        if (otr_str_equal(forgotten->assets[i], asset))
            return true;
    return false;
}

/* The customer, or an asset that was theirs then. */
static bool named(const otr_forgotten *forgotten, uint64_t seq, otr_str text)
{
    if (text.size == 0 || otr_forgotten_named(forgotten, text))
        return text.size > 0;
    for (size_t i = 0; i < forgotten->span_count; i++) {
        const otr_service_span *span = &forgotten->spans[i];
        if (span->asset.size > 0 && span->from_seq <= seq && seq <= span->to_seq &&
            memmem(text.data, text.size, span->asset.data, span->asset.size) != NULL)
            return true;
    }
    return false;
}

static bool concerns(const otr_forgotten *forgotten, uint64_t seq, const otr_record *record)
{
    const otr_command *command = &record->command;
    switch (record->kind) {
    case OTR_INPUT_READINGS:
        return served(forgotten, record->readings.device, seq);
    case OTR_INPUT_DEVICE_FETCH:
        return served(forgotten, record->fetch.device, seq);
    case OTR_INPUT_DEVICE_CONFIRM:
        return served(forgotten, record->confirm.device, seq);
    case OTR_INPUT_CONTENT:
        return is_slot_of(forgotten, record->content.slot);
    case OTR_INPUT_REPORT:
        return named(forgotten, seq, record->report.text);
    case OTR_INPUT_COMMAND:
        return named(forgotten, seq, command->asset) || named(forgotten, seq, command->who) ||
               named(forgotten, seq, command->reason) || named(forgotten, seq, command->desk.text) ||
               named(forgotten, seq, command->order.answer) || named(forgotten, seq, command->order.refused) ||
               has_ticket(forgotten, command->desk.ticket);
    case OTR_INPUT_LOSS:
    case OTR_INPUT_BOOT:
    case OTR_INPUT_TICK:
    case OTR_INPUT_ERASED:
        return false;
    }
    return false;
}

static otr_status copy_turn(void *context, const otr_turn *turn)
{
    otr_journal_turn(((eraser *)context)->out, turn);
    return OTR_OK;
}

static otr_status copy_record(void *context, uint64_t seq, const otr_record *record)
{
    static const otr_record nothing = {.kind = OTR_INPUT_ERASED};
    eraser *all = context;
    bool erase = concerns(all->forgotten, seq, record);
    all->erased += erase;
    otr_journal_add(all->out, erase ? &nothing : record);
    return OTR_OK;
}

otr_status otr_journal_erase(otr_bytes batch, uint64_t first_seq, const otr_forgotten *forgotten,
                             otr_buffer *out, size_t *erased, otr_error *error)
{
    OTR_ASSERT(forgotten->reference.size > 0);
    eraser all = {.forgotten = forgotten, .out = out};
    otr_journal_visitor visitor = {&all, copy_turn, copy_record};
    otr_journal_begin(out);
    otr_status status = otr_journal_read(batch, first_seq, &visitor, error);
    if (status == OTR_OK && out->failed)
        status = otr_fail(error, OTR_MEMORY, "no memory to erase in the journal");
    if (status != OTR_OK || all.erased == 0)
        otr_buffer_clear(out);
    *erased = status == OTR_OK ? all.erased : 0;
    return status;
}
