#include "core/journal/journal_erase.h"

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

static bool has(const otr_id *ids, size_t count, otr_id id)
{
    bool has = false;
    for (size_t i = 0; i < count && !has; i++)
        has = otr_id_equal(ids[i], id);
    return has;
}

/* What a device is to be set to is of whom it serves. */
static bool sets(const otr_forgotten *forgotten, uint64_t seq, const otr_command *command)
{
    if (command->kind != OTR_COMMAND_SET)
        return false;
    for (size_t i = 0; i < forgotten->span_count; i++) {
        const otr_service_span *span = &forgotten->spans[i];
        if (span->from_seq <= seq && seq <= span->to_seq && otr_str_equal(span->device_name, command->asset))
            return true;
    }
    return false;
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

static bool concerns_command(const otr_forgotten *forgotten, uint64_t seq, const otr_command *command)
{
    const otr_str texts[] = {command->asset,        command->who,         command->reason,
                             command->desk.text,    command->order.about, command->order.answer,
                             command->order.refused};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (otr_forgotten_named(forgotten, seq, texts[i]))
            return true;
    return sets(forgotten, seq, command) ||
           has(forgotten->tickets, forgotten->ticket_count, command->desk.ticket) ||
           has(forgotten->tickets, forgotten->ticket_count, command->desk.into) ||
           has(forgotten->alarms, forgotten->alarm_count, command->alarm);
}

static bool concerns(const otr_forgotten *forgotten, uint64_t seq, const otr_record *record)
{
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
        return otr_forgotten_named(forgotten, seq, record->report.text);
    case OTR_INPUT_COMMAND:
        return concerns_command(forgotten, seq, &record->command);
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
