/* The dossiers of the cases in a snapshot, by the cases' numbers, which the snapshot has already; then what
 * is kept of those that are over, and the evidence of assets. */
#include "core/case/dossier.h"

#include "core/ticket/evidence.h"

#include <stdlib.h>

static bool is_empty(const otr_dossier *dossier)
{
    return dossier->alike == 0 && dossier->why == 0 && dossier->alarm_count == 0;
}

static void write_label(const otr_core *core, uint32_t label, otr_buffer *out)
{
    otr_buffer_add_u8(out, label > 0 ? 1 : 0);
    if (label > 0)
        otr_label_write(core, label - 1, out);
}

static void write_one(const otr_core *core, const otr_dossier *dossier, otr_buffer *out)
{
    otr_buffer_add_str(out, dossier->codes);
    otr_buffer_add_u8(out, (uint8_t)dossier->trouble_count);
    for (uint32_t i = 0; i < dossier->trouble_count; i++)
        otr_label_write(core, dossier->troubles[i], out);
    write_label(core, dossier->why, out);
    write_label(core, dossier->specialist, out);
    otr_buffer_add_u64(out, dossier->alike);
    otr_buffer_add_u64(out, dossier->product);
    otr_buffer_add_u8(out, (uint8_t)dossier->alarm_count);
    for (uint32_t i = 0; i < dossier->alarm_count; i++) {
        const otr_dossier_alarm *alarm = &dossier->alarms[i];
        otr_buffer_add_id(out, alarm->id);
        otr_label_write(core, alarm->pack, out);
        otr_label_write(core, alarm->rule, out);
        otr_buffer_add_u8(out, alarm->priority);
        otr_buffer_add_varint(out, (uint64_t)alarm->device + 1);
        otr_buffer_add_signed(out, alarm->onset);
        otr_buffer_add_signed(out, alarm->raised);
        otr_buffer_add_signed(out, alarm->detected);
        otr_buffer_add_signed(out, alarm->ended);
    }
}

void otr_dossiers_write(const otr_core *core, otr_buffer *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < core->case_capacity; i++)
        count += core->cases[i].used && !is_empty(&core->cases[i].dossier);
    otr_buffer_add_varint(out, count);
    for (uint32_t i = 0; i < core->case_capacity; i++) {
        if (!core->cases[i].used || is_empty(&core->cases[i].dossier))
            continue;
        otr_buffer_add_varint(out, i);
        write_one(core, &core->cases[i].dossier, out);
    }
    otr_precedents_write(core, out);
    otr_evidence_write(core, out);
}

static uint32_t read_label(otr_core *core, otr_reader *reader)
{
    uint32_t label = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) : OTR_NONE;
    return label == OTR_NONE ? 0 : label + 1;
}

static void read_codes(otr_core *core, otr_reader *reader, otr_dossier *dossier)
{
    otr_str codes = otr_reader_str(reader);
    reader->failed |= codes.size > OTR_LIMIT_CASE_CODES * (OTR_LIMIT_CODE_BYTES + 1);
    if (reader->failed || codes.size == 0)
        return;
    char *copy = malloc(codes.size);
    if (copy == NULL) {
        core->failed = true;
        return;
    }
    memcpy(copy, codes.data, codes.size);
    dossier->codes = (otr_str){copy, codes.size};
}

static void read_alarms(otr_core *core, otr_reader *reader, otr_dossier *dossier)
{
    uint8_t count = otr_reader_u8(reader);
    reader->failed |= count > OTR_LIMIT_CASE_ALARMS;
    if (reader->failed || count == 0)
        return;
    dossier->alarms = calloc(count, sizeof *dossier->alarms);
    core->failed |= dossier->alarms == NULL;
    dossier->alarm_capacity = core->failed ? 0 : count;
    for (uint8_t i = 0; i < count && !reader->failed && !core->failed; i++) {
        otr_dossier_alarm *alarm = &dossier->alarms[dossier->alarm_count++];
        alarm->id = otr_reader_id(reader);
        alarm->pack = otr_label_read(core, reader);
        alarm->rule = otr_label_read(core, reader);
        alarm->priority = otr_reader_u8(reader);
        alarm->device = (uint32_t)(otr_reader_varint(reader) - 1);
        alarm->onset = otr_reader_signed(reader);
        alarm->raised = otr_reader_signed(reader);
        alarm->detected = otr_reader_signed(reader);
        alarm->ended = otr_reader_signed(reader);
        reader->failed |= alarm->priority > OTR_PRIORITY_CRITICAL;
    }
}

static void read_one(otr_core *core, otr_reader *reader, otr_dossier *dossier)
{
    read_codes(core, reader, dossier);
    uint8_t troubles = otr_reader_u8(reader);
    reader->failed |= troubles > OTR_LIMIT_CASE_TROUBLES;
    for (uint8_t i = 0; i < troubles && !reader->failed && !core->failed; i++)
        dossier->troubles[dossier->trouble_count++] = otr_label_read(core, reader);
    dossier->why = read_label(core, reader);
    dossier->specialist = read_label(core, reader);
    dossier->alike = otr_reader_u64(reader);
    dossier->product = otr_reader_u64(reader);
    if (!reader->failed && !core->failed)
        read_alarms(core, reader, dossier);
}

void otr_dossiers_read(otr_core *core, otr_reader *reader)
{
    for (uint64_t count = otr_reader_varint(reader); count > 0 && !reader->failed && !core->failed; count--) {
        uint64_t number = otr_reader_varint(reader);
        if (number >= core->case_capacity || !core->cases[number].used ||
            !is_empty(&core->cases[number].dossier)) {
            reader->failed = true;
            return;
        }
        read_one(core, reader, &core->cases[number].dossier);
    }
    if (!reader->failed && !core->failed)
        otr_precedents_read(core, reader);
    if (!reader->failed && !core->failed)
        otr_evidence_read(core, reader);
}
