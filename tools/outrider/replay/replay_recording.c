/* A recording as a replay's input: each row is an upload of its own, received when it was taken. */
#include "tools/outrider/feed/feed_source.h"
#include "tools/outrider/replay/replay_input.h"

#include <stdlib.h>

static otr_status each_row(const otr_replay_recording *recording, bool tell, void *context,
                           otr_status (*row)(void *context, const otr_feed_row *row), otr_error *error)
{
    otr_feed_source *source = calloc(1, sizeof *source);
    otr_status status = OTR_OK;
    if (source == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_feed_source_start(source, recording->map, recording->bytes);
    source->any_time = true;
    while (status == OTR_OK) {
        otr_feed_row read;
        otr_feed_step step = otr_feed_source_next(source, &read, error);
        if (step == OTR_FEED_END)
            break;
        if (step == OTR_FEED_FAILED)
            status = OTR_INVALID;
        else if (step == OTR_FEED_ROW && read.count > 0)
            status = row(context, &read);
        else if (step == OTR_FEED_REFUSED && tell)
            recording->refused(recording->context, read.line, error->text);
    }
    otr_feed_source_done(source);
    free(source);
    return status;
}

static otr_status widen(void *context, const otr_feed_row *row)
{
    otr_replay_range *range = context;
    if (range->first == OTR_TIME_NONE || row->at_us < range->first)
        range->first = row->at_us;
    if (row->at_us > range->last)
        range->last = row->at_us;
    return OTR_OK;
}

otr_status otr_replay_recording_range(const otr_replay_recording *recording, otr_replay_range *out,
                                      otr_error *error)
{
    *out = (otr_replay_range){OTR_TIME_NONE, OTR_TIME_NONE};
    return each_row(recording, false, out, widen, error);
}

typedef struct delivery {
    const otr_replay_sink *sink;
    otr_time now;
} delivery;

static otr_status deliver(void *context, const otr_feed_row *row)
{
    delivery *to = context;
    if (row->at_us > to->now)
        to->now = row->at_us;
    otr_turn turn = {.core = to->now, .utc = to->now, .synced = true};
    otr_input input = {.kind = OTR_INPUT_READINGS,
                       .upload = {.message = {row->device, row->readings, row->count}}};
    otr_replay_turn all = {.at = turn, .inputs = &input, .count = 1};
    return to->sink->take(to->sink->context, &all);
}

otr_status otr_replay_recording_run(const otr_replay_recording *recording, const otr_replay_sink *sink,
                                    otr_error *error)
{
    delivery to = {sink, OTR_TIME_NONE};
    return each_row(recording, true, &to, deliver, error);
}
