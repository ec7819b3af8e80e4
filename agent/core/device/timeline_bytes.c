/* A timeline as bytes, for the snapshot. */
#include "core/device/timeline.h"

static void write_bytes(otr_buffer *out, const otr_buffer *bytes)
{
    otr_buffer_add_str(out, otr_buffer_text(bytes));
}

void otr_timeline_write(const otr_timeline *timeline, otr_buffer *out)
{
    for (int i = 0; i < 2; i++) {
        otr_buffer_add_signed(out, timeline->base_at[i]);
        write_bytes(out, &timeline->bases[i]);
    }
    otr_buffer_add_varint(out, timeline->count);
    otr_buffer_add_varint(out, timeline->recent);
    otr_buffer_add_varint(out, timeline->recent_at);
    write_bytes(out, &timeline->instants);
    otr_buffer_add_varint(out, timeline->late_count);
    write_bytes(out, &timeline->late);
    otr_buffer_add_signed(out, timeline->late_from);
    otr_buffer_add_signed(out, timeline->late_since);
    otr_buffer_add_signed(out, timeline->settle_at);
    otr_buffer_add_signed(out, timeline->tell_at);
    otr_buffer_add_signed(out, timeline->hold_until);
}

static void read_bytes(otr_reader *in, otr_buffer *out)
{
    otr_str bytes = otr_reader_str(in);
    otr_buffer_add(out, bytes.data, bytes.size);
}

/* Exactly count steps of known metrics, with one that begins at offset. */
static bool is_steps(const otr_core *core, const otr_buffer *bytes, uint32_t count, size_t offset)
{
    otr_reader in = otr_reader_of(otr_buffer_bytes(bytes));
    otr_past step;
    bool begins = offset == bytes->size;
    for (; !in.failed; count--) {
        begins |= (size_t)(in.at - bytes->data) == offset;
        if (!otr_past_next(&in, &step))
            break;
        for (uint32_t i = 0; i < step.count; i++)
            if (step.entries[i].metric >= core->metric_names.count)
                return false;
        if (count == 0 || (step.device != OTR_NONE && step.device >= core->device_names.count))
            return false;
    }
    return !in.failed && count == 0 && begins;
}

bool otr_timeline_read(otr_core *core, otr_asset_state *asset, otr_reader *in)
{
    otr_timeline *timeline = otr_timeline_create(core);
    if (timeline == NULL)
        return true;
    asset->timeline = timeline;
    for (int i = 0; i < 2; i++) {
        timeline->base_at[i] = otr_reader_signed(in);
        read_bytes(in, &timeline->bases[i]);
    }
    timeline->count = (uint32_t)otr_reader_varint(in);
    timeline->recent = (uint32_t)otr_reader_varint(in);
    timeline->recent_at = otr_reader_varint(in);
    read_bytes(in, &timeline->instants);
    timeline->late_count = (uint32_t)otr_reader_varint(in);
    read_bytes(in, &timeline->late);
    timeline->late_from = otr_reader_signed(in);
    timeline->late_since = otr_reader_signed(in);
    timeline->settle_at = otr_reader_signed(in);
    timeline->tell_at = otr_reader_signed(in);
    timeline->hold_until = otr_reader_signed(in);
    otr_timeline_account(core, timeline, 0);
    return !in->failed && timeline->bases[0].size > 0 && timeline->recent <= timeline->count &&
           is_steps(core, &timeline->instants, timeline->count, timeline->recent_at) &&
           is_steps(core, &timeline->late, timeline->late_count, 0);
}
