#include "core/case/conversation.h"

#include "base/limits.h"
#include "core/asset/whose.h"
#include "core/state.h"

#include <stdlib.h>

enum { SHORT_BYTES = 512 };

bool otr_conversation_next(otr_reader *said, otr_remark *out)
{
    if (said->failed || otr_reader_left(said) == 0)
        return false;
    unsigned speaker = otr_reader_u8(said);
    out->speaker = (otr_speaker)speaker;
    out->at = otr_reader_signed(said);
    out->what = otr_reader_str(said);
    out->who = otr_reader_str(said);
    out->text = otr_reader_str(said);
    return !said->failed && speaker < OTR_SPEAKERS;
}

/* The oldest give way. */
static void make_room(otr_buffer *said)
{
    otr_reader reader = otr_reader_of(otr_buffer_bytes(said));
    otr_remark oldest;
    while (otr_reader_left(&reader) > OTR_LIMIT_CASE_SAID_BYTES && otr_conversation_next(&reader, &oldest))
        ;
    size_t left = otr_reader_left(&reader);
    memmove(said->data, said->data + (said->size - left), left);
    said->size = left;
}

/* Of most cases little is said, and there may be ten thousand. */
static void fit(otr_buffer *said)
{
    uint8_t *fitting = said->failed || said->size == 0 ? NULL : realloc(said->data, said->size);
    if (fitting == NULL)
        return;
    said->data = fitting;
    said->capacity = said->size;
}

static void put(otr_buffer *said, const otr_remark *remark, otr_time at)
{
    otr_buffer_add_u8(said, (uint8_t)remark->speaker);
    otr_buffer_add_signed(said, at);
    otr_buffer_add_str(said, remark->what);
    otr_buffer_add_str(said, remark->who);
    otr_buffer_add_str(said, remark->text);
}

static void keep_in_case(otr_core *core, otr_case *one, const otr_remark *remark)
{
    otr_buffer *said = &one->desk.said;
    put(said, remark, core->now.synced ? core->now.utc : OTR_TIME_NONE);
    core->failed |= said->failed;
    if (said->size > OTR_LIMIT_CASE_SAID_BYTES)
        make_room(said);
    if (said->size < SHORT_BYTES)
        fit(said);
}

static otr_row_remark *add_row(otr_core *core, const otr_case *one)
{
    otr_row_remark *row = core->effects->discard ? NULL : OTR_ROWS_ADD(core->effects, remarks);
    if (row != NULL)
        *row = (otr_row_remark){
            .case_id = one->id,
            .seq = core->seq,
            .utc = core->now.synced ? core->now.utc : OTR_TIME_NONE,
            .asset = otr_effects_copy(core->effects, otr_names_get(&core->labels, one->asset)),
            .customer = otr_effects_copy(core->effects, otr_whose_name(core, one->customer)),
        };
    return row;
}

void otr_conversation_add(otr_core *core, otr_case *one, const otr_remark *remark)
{
    keep_in_case(core, one, remark);
    otr_row_remark *row = add_row(core, one);
    if (row == NULL)
        return;
    row->speaker = remark->speaker;
    row->what = otr_effects_copy(core->effects, remark->what);
    row->who = otr_effects_copy(core->effects, remark->who);
    row->text = otr_effects_copy(core->effects, remark->text);
}

void otr_conversation_join(otr_core *core, otr_case *one, const otr_case *other)
{
    otr_reader readers[] = {otr_reader_of(otr_buffer_bytes(&one->desk.said)),
                            otr_reader_of(otr_buffer_bytes(&other->desk.said))};
    otr_remark next[2];
    bool has[] = {otr_conversation_next(&readers[0], &next[0]), otr_conversation_next(&readers[1], &next[1])};
    otr_buffer all = {0};
    while (has[0] || has[1]) {
        int which = !has[0] || (has[1] && next[1].at < next[0].at) ? 1 : 0;
        put(&all, &next[which], next[which].at);
        has[which] = otr_conversation_next(&readers[which], &next[which]);
    }
    core->failed |= all.failed;
    otr_buffer_done(&one->desk.said);
    one->desk.said = all;
    if (all.size > OTR_LIMIT_CASE_SAID_BYTES)
        make_room(&one->desk.said);
}

void otr_conversation_add_ticket(otr_core *core, otr_case *one, otr_str what, otr_id event, otr_str body)
{
    otr_row_remark *row = add_row(core, one);
    if (row == NULL)
        return;
    row->speaker = OTR_SPEAKER_GATEWAY;
    row->what = otr_effects_copy(core->effects, what);
    row->event = event;
    row->body = body; /* in the effects' memory already */
}
