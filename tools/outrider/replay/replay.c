/* `outrider replay`: what packs would have raised on recorded history. Files and what is printed; the rest is
 * in replay_*.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/asset/assigned.h"
#include "core/asset/zones.h"
#include "daemon/config/config.h"
#include "daemon/file.h"
#include "tools/outrider/feed/feed_file.h"
#include "tools/outrider/replay/quiet.h"
#include "tools/outrider/replay/replay_base.h"
#include "tools/outrider/replay/replay_input.h"
#include "tools/outrider/replay/replay_options.h"
#include "tools/outrider/replay/replay_report.h"
#include "tools/outrider/replay/replay_side.h"
#include "tools/outrider/verbs.h"

enum { HERE, THERE, SIDES, REFUSALS_SHOWN = 5 };

typedef struct replay {
    const otr_replay_options *options;
    otr_replay_side sides[SIDES];
    bool compares;
    otr_replay_pairs pairs;
    otr_replay_report report;
    otr_feed_file file;
    otr_feed_map map;
    otr_replay_journal *journal;
    bool begun; /* the journal's first turn has come */
    otr_error *error;
} replay;

/* What went wrong, with the file at fault. */
static bool complain(const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "%s\n", otr_refusal_format(file, error, text));
    return false;
}

static bool add_file(otr_replay_side *side, const char *path, bool assignments)
{
    otr_arena memory = {0};
    otr_bytes bytes;
    otr_error error = {.status = OTR_OK};
    size_t limit = assignments ? OTR_LIMIT_ASSIGNMENTS_BYTES : OTR_LIMIT_PACK_BYTES;
    otr_status status = otr_file_read(&memory, path, limit, &bytes, &error);
    if (status == OTR_OK)
        status =
            otr_replay_side_add(side, (otr_str){(const char *)bytes.data, bytes.size}, assignments, &error);
    otr_arena_done(&memory);
    return status == OTR_OK || complain(path, &error);
}

static bool add_files(otr_replay_side *side, const otr_replay_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        if (!add_file(side, paths->list[i], false))
            return false;
    return true;
}

/* ---- the state folder's own contents ---- */

static otr_status take_content(void *context, const otr_row_content *row)
{
    replay *r = context;
    otr_error error = {.status = OTR_OK};
    otr_status status = OTR_OK;
    if (row->bytes.data == NULL)
        return OTR_OK;
    if (otr_str_is(row->slot, "assignments") || otr_slot_is_assignment(row->slot))
        return OTR_OK; /* as they were then */
    if (otr_slot_is_zone(row->slot) || otr_slot_is_knowledge(row->slot)) {
        for (int side = HERE; side < SIDES && status == OTR_OK; side++)
            status = otr_replay_side_add_unbound(&r->sides[side], row->slot, row->bytes, &error);
    } else if (r->options->against.count == 0 && otr_replay_side_has(&r->sides[HERE], row->slot)) {
        status = otr_replay_side_add(&r->sides[THERE], row->bytes, false, &error);
        r->compares = true;
    }
    if (status != OTR_OK)
        (void)complain(r->options->state, &error);
    return status;
}

/* Those that the state folder did not bring along. */
static bool complete_zones(replay *r)
{
    const char *file = r->options->assignments != NULL ? r->options->assignments : r->options->state;
    for (int side = HERE; side < SIDES; side++) {
        otr_error error = {.status = OTR_OK};
        if (otr_replay_side_complete_zones(&r->sides[side], &error) != OTR_OK)
            return complain(file, &error);
    }
    return true;
}

static bool load_contents(replay *r)
{
    const otr_replay_options *options = r->options;
    otr_error error = {.status = OTR_OK};
    if (!add_files(&r->sides[HERE], &options->packs) || !add_files(&r->sides[THERE], &options->against))
        return false;
    r->compares = options->against.count > 0;
    for (int side = HERE; side < SIDES && options->assignments != NULL; side++)
        if (!add_file(&r->sides[side], options->assignments, true))
            return false;
    if (options->state == NULL)
        return complete_zones(r);
    if (otr_replay_journal_open(otr_str_of(options->state), &r->journal, &error) != OTR_OK)
        return complain(options->state, &error);
    otr_status status =
        otr_store_reader_contents(otr_replay_journal_reader(r->journal), r, take_content, &error);
    if (status != OTR_OK)
        return error.status != OTR_OK ? complain(options->state, &error) : false;
    if (options->assignments != NULL) {
        otr_replay_journal_leave_assignments(r->journal);
        return complete_zones(r);
    }
    return true;
}

/* Whose journal it is: then what is decided by the same input has the same identity here, and who answered or
 * acknowledged it is understood. */
static otr_status take_identity(replay *r, otr_error *error)
{
    const char *slash = r->options->gateway != NULL ? strchr(r->options->gateway, '/') : NULL;
    otr_core_config identity = {.next_seq = 1, .next_outbox_seq = 1};
    if (slash == NULL) {
        otr_replay_journal_name_alarms(r->journal);
        return OTR_OK;
    }
    identity.group = (otr_str){r->options->gateway, (size_t)(slash - r->options->gateway)};
    identity.gateway = otr_str_of(slash + 1);
    otr_status status =
        otr_store_reader_incarnation(otr_replay_journal_reader(r->journal), &identity.incarnation, error);
    for (int side = HERE; side < SIDES; side++)
        r->sides[side].identity = identity;
    return status;
}

/* What held where the journal's first turn comes. */
static otr_status begin_journal(replay *r, uint64_t seq)
{
    otr_status status = take_identity(r, r->error);
    r->begun = true;
    if (status != OTR_OK || r->options->assignments != NULL)
        return status;
    status = otr_replay_base(otr_replay_journal_reader(r->journal), seq, r->sides, SIDES, r->error);
    for (int side = HERE; side < SIDES && status == OTR_OK; side++)
        status = otr_replay_side_complete_zones(&r->sides[side], r->error);
    return status;
}

static bool load_recording(replay *r)
{
    otr_error error = {.status = OTR_OK};
    otr_feed_file map = {0};
    if (r->options->data == NULL)
        return true;
    otr_status status = otr_feed_file_open(r->options->map, &map, &error);
    if (status == OTR_OK)
        status = otr_feed_map_load(map.text, &r->map, &error);
    otr_feed_file_close(&map);
    if (status != OTR_OK)
        return complain(r->options->map, &error);
    if (r->map.clock == OTR_FEED_COUNT && r->map.base == OTR_TIME_NONE)
        r->map.base = 0; /* any begin will do */
    return otr_feed_file_open(r->options->data, &r->file, &error) == OTR_OK ||
           complain(r->options->data, &error);
}

/* ---- the run ---- */

static otr_status take(void *context, const otr_replay_turn *turn)
{
    replay *r = context;
    otr_status status = r->journal != NULL && !r->begun ? begin_journal(r, turn->first_seq) : OTR_OK;
    for (int side = HERE; side <= (r->compares ? THERE : HERE) && status == OTR_OK; side++)
        status = otr_replay_side_take(&r->sides[side], turn);
    for (size_t i = 0; i < turn->count; i++)
        if (turn->inputs[i].kind == OTR_INPUT_READINGS) {
            r->report.uploads++;
            r->report.readings += turn->inputs[i].upload.message.count;
        }
    if (status == OTR_OK && r->journal != NULL)
        otr_replay_past_take(&r->report.past, turn, &r->sides[HERE], r->compares ? &r->sides[THERE] : NULL);
    return status;
}

static void see_refusal(void *context, size_t line, const char *reason)
{
    replay *r = context;
    if (r->report.refused++ < REFUSALS_SHOWN)
        (void)fprintf(stderr, "%s:%zu: %s\n", r->options->data, line, reason);
}

static otr_status begin(replay *r, const otr_replay_range *range)
{
    r->report.from = range->first;
    r->report.to = range->last;
    otr_status status = otr_replay_side_begin(&r->sides[HERE], range->first, range->last);
    if (status == OTR_OK && r->compares)
        status = otr_replay_side_begin(&r->sides[THERE], range->first, range->last);
    for (unsigned side = HERE; side < SIDES && r->compares; side++) {
        r->sides[side].tally.pairs = &r->pairs;
        r->sides[side].tally.side = side;
    }
    return status;
}

static otr_status finish(replay *r)
{
    otr_status status = OTR_OK;
    for (int side = HERE; side <= (r->compares ? THERE : HERE) && status == OTR_OK; side++)
        status = otr_replay_side_finish(&r->sides[side], r->report.to);
    otr_replay_pairs_finish(&r->pairs);
    return status == OTR_OK && r->pairs.failed ? OTR_MEMORY : status;
}

static bool run(replay *r)
{
    const otr_replay_options *options = r->options;
    const char *source = options->data != NULL ? options->data : options->state;
    otr_error error = {.status = OTR_OK};
    otr_replay_range range;
    otr_replay_sink sink = {r, take};
    r->error = &error;
    otr_replay_recording recording = {&r->map, r->file.text, r, see_refusal};
    otr_status status = options->data != NULL ? otr_replay_recording_range(&recording, &range, &error)
                                              : otr_replay_journal_range(r->journal, &range, &error);
    if (status == OTR_OK && range.first == OTR_TIME_NONE)
        status = otr_fail(&error, OTR_NOT_FOUND, "there are no readings");
    if (status == OTR_OK && options->from > range.first)
        range.first = options->from;
    if (status == OTR_OK && options->to < range.last)
        range.last = options->to;
    if (status == OTR_OK && range.first > range.last)
        status = otr_fail(&error, OTR_NOT_FOUND, "there are no readings of that time");
    if (status == OTR_OK)
        status = begin(r, &range);
    if (status == OTR_OK)
        status = options->data != NULL ? otr_replay_recording_run(&recording, &sink, &error)
                                       : otr_replay_journal_run(r->journal, &range, &sink, &error);
    if (status == OTR_OK)
        status = finish(r);
    if (status == OTR_OK)
        return true;
    if (status == OTR_MEMORY)
        (void)otr_fail(&error, status, "out of memory; --memory allows more");
    else if (error.status == OTR_OK)
        (void)otr_fail(&error, status, "%s", otr_status_text(status));
    return complain(error.line > 0 && options->data != NULL ? options->map : source, &error);
}

/* ---- the report ---- */

static bool write_file(const char *path, const otr_buffer *text)
{
    FILE *out = fopen(path, "wb");
    bool complete = out != NULL && fwrite(text->data, 1, text->size, out) == text->size;
    if (out != NULL && fclose(out) != 0)
        complete = false;
    if (!complete)
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return complete;
}

static bool tell(replay *r)
{
    otr_buffer out = {0};
    bool complete = true;
    r->report.tally = &r->sides[HERE].tally;
    if (r->journal != NULL)
        r->report.past.gaps = otr_replay_journal_gaps(r->journal);
    if (r->compares) {
        r->report.against = &r->sides[THERE].tally;
        r->report.against_name = r->options->against.count > 0 ? "the other packs" : "the running packs";
        r->report.pairs = &r->pairs;
    }
    if (r->options->json)
        complete = otr_replay_report_json(&out, &r->report);
    else
        otr_replay_report_text(&out, &r->report);
    complete = complete && !out.failed && fwrite(out.data, 1, out.size, stdout) == out.size;
    if (r->options->svg != NULL) {
        otr_buffer_clear(&out);
        otr_replay_report_svg(&out, &r->report);
        complete = !out.failed && write_file(r->options->svg, &out) && complete;
    }
    otr_buffer_done(&out);
    return complete;
}

int otr_verb_replay(int argc, char **argv)
{
    otr_replay_options options;
    otr_error error = {.status = OTR_OK};
    int code = otr_replay_options_parse(argc, argv, &options);
    if (code >= 0)
        return code;
    replay *r = calloc(1, sizeof *r);
    if (r == NULL)
        return 1;
    r->options = &options;
    bool done = load_recording(r);
    if (done && otr_quiet_down(options.memory_bytes, &error) != OTR_OK)
        done = complain("outrider replay", &error);
    done = done && load_contents(r) && run(r) && tell(r);
    code = done && r->report.refused == 0 ? 0 : 1;
    for (int side = HERE; side < SIDES; side++)
        otr_replay_side_done(&r->sides[side]);
    otr_replay_pairs_done(&r->pairs);
    otr_replay_journal_close(r->journal);
    otr_feed_map_done(&r->map);
    otr_feed_file_close(&r->file);
    free(r);
    return code;
}
