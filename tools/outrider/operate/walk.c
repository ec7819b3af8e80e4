/* `outrider walk`: what one contact saw of one asset, in order, with every wait; and beside it the steps of a
 * journey map, when each happened, was known and was told, and whether its goal was met. */
#include "tools/outrider/operate/walk.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "daemon/config/contents.h"
#include "daemon/file.h"
#include "platform/linux/store/store_reader.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

enum { ALARMS_MAX = 20000 };

static const char usage[] =
    "usage: outrider walk ASSET [--contact REF] [--journey FILE] [--json] [--state FOLDER | --config FILE]\n"
    "\n"
    "Shows exactly what one contact saw of the asset: each message as it read when it left, the waits "
    "between\n"
    "them, and what was not told and why. With a journey map: of each step when it happened, when that was\n"
    "known, when it was told, and whether that was within its goal.\n"
    "\n"
    "  --contact REF   whose; default: whoever was told most of the asset\n"
    "  --journey FILE  a map, such as rules/journeys/parcel.yaml\n"
    "  --json          one object: the contact, all contacts and how much each was told, the messages, the "
    "steps\n";

bool otr_walk_is_told(const otr_notice_found *notice)
{
    otr_notice_fate fate = otr_notice_fate_of(notice);
    return notice->row.state == OTR_NOTICE_TOLD && fate != OTR_FATE_SUPERSEDED &&
           fate != OTR_FATE_RETRACTED && fate != OTR_FATE_EXPIRED && fate != OTR_FATE_EVICTED;
}

otr_time otr_walk_told_at(const otr_notice_found *notice)
{
    return notice->left_utc != OTR_TIME_NONE ? notice->left_utc : notice->row.decided;
}

size_t otr_walk_others(const otr_walk *w)
{
    size_t others = 0;
    for (size_t i = 0; i < w->contact_count; i++)
        others += !otr_str_equal(w->contacts[i].name, w->contact);
    return others;
}

/* ---- who ---- */

static otr_status see_contact(void *context, const otr_notice_found *notice)
{
    otr_walk *w = context;
    size_t at = 0;
    while (at < w->contact_count && !otr_str_equal(w->contacts[at].name, notice->row.contact))
        at++;
    if (at == w->contact_count) {
        otr_walk_contact *list = realloc(w->contacts, (at + 1) * sizeof *list);
        if (list == NULL)
            return OTR_MEMORY;
        w->contacts = list;
        list[w->contact_count++] =
            (otr_walk_contact){.name = otr_arena_copy(&w->memory, notice->row.contact)};
    }
    w->contacts[at].told += otr_walk_is_told(notice);
    return OTR_OK;
}

/* Whoever was told most; of equals the first. */
static void choose(otr_walk *w)
{
    const otr_walk_contact *best = w->contacts;
    for (size_t i = 1; i < w->contact_count; i++)
        if (w->contacts[i].told > best->told)
            best = &w->contacts[i];
    w->contact = w->wanted != NULL ? otr_str_of(w->wanted) : best->name;
}

/* ---- the steps ---- */

static otr_walk_step *step_of(otr_walk *w, otr_str rule)
{
    const otr_journey_step *found = w->map != NULL ? otr_journey_step_of(w->map, rule) : NULL;
    size_t at = found != NULL ? (size_t)(found - w->map->steps) : OTR_WALK_STEPS_MAX;
    return at < OTR_WALK_STEPS_MAX ? &w->steps[at] : NULL;
}

static otr_status see_alarm(void *context, const otr_row_alarm *row)
{
    otr_walk *w = context;
    otr_walk_step *one = otr_str_is(row->asset, w->asset) ? step_of(w, row->rule) : NULL;
    if (one != NULL) /* the newest comes first: the first that happened stays */
        *one = (otr_walk_step){true, row->onset, row->detected, OTR_TIME_NONE, {NULL, 0}};
    return OTR_OK;
}

/* ---- the timeline ---- */

static void count_told(otr_walk *w, const otr_notice_found *notice)
{
    otr_time at = otr_walk_told_at(notice);
    if (w->last != OTR_TIME_NONE && at - w->last > w->longest)
        w->longest = at - w->last;
    w->last = at;
    w->next_by = notice->row.due;
    w->told++;
}

static otr_status see_notice(void *context, const otr_notice_found *notice)
{
    otr_walk *w = context;
    bool told = otr_walk_is_told(notice);
    if (!otr_str_equal(notice->row.contact, w->contact))
        return OTR_OK;
    otr_walk_step *one = step_of(w, notice->row.rule);
    if (one != NULL && one->told == OTR_TIME_NONE) {
        if (told)
            one->told = otr_walk_told_at(notice);
        else
            one->reason = otr_arena_copy(&w->memory, notice->row.reason);
    }
    if (w->as_json)
        otr_walk_json_add(w, notice);
    else if (told)
        otr_walk_say_told(w, notice);
    else
        otr_walk_say_withheld(notice);
    if (told)
        count_told(w, notice);
    else
        w->withheld++;
    return OTR_OK;
}

/* ---- all of it ---- */

static otr_status read_notices(otr_walk *w, otr_store_reader *store, otr_notice_each see, otr_error *error)
{
    return otr_store_reader_notices(store, otr_str_of(w->asset), OTR_TIME_NONE, OTR_TIME_NEVER, w, see,
                                    error);
}

static otr_status read_all(otr_walk *w, otr_store_reader *store, otr_error *error)
{
    otr_status status = read_notices(w, store, see_contact, error);
    if (status == OTR_OK && w->map != NULL)
        status = otr_store_reader_alarms(store, OTR_STR(""), ALARMS_MAX, w, see_alarm, error);
    if (status != OTR_OK || w->contact_count == 0)
        return status;
    choose(w);
    if (!w->as_json)
        otr_walk_say_begin(w);
    return read_notices(w, store, see_notice, error);
}

static int show(void *context, const char *folder)
{
    otr_walk *w = context;
    otr_store_reader *store;
    otr_error error = {.text = ""};
    otr_status status = otr_store_reader_open(otr_str_of(folder), &store, &error);
    if (status == OTR_OK) {
        status = read_all(w, store, &error);
        otr_store_reader_close(store);
    }
    if (status != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", folder, error.text);
        return 1;
    }
    if (w->told + w->withheld == 0) {
        (void)fprintf(stderr, "outrider walk: nobody%s%s was to be told anything of %s\n",
                      w->wanted != NULL ? " of the name " : "", w->wanted != NULL ? w->wanted : "", w->asset);
        return 1;
    }
    if (w->as_json)
        return otr_walk_json_end(w) ? 0 : 1;
    otr_walk_say_end(w);
    return 0;
}

static otr_journey_map *load_map(const char *path)
{
    otr_arena memory = {0};
    otr_bytes bytes;
    otr_error error;
    char reason[OTR_REFUSAL_BYTES];
    otr_journey_map *map = NULL;
    otr_status status = otr_file_read(&memory, path, OTR_LIMIT_PACK_BYTES, &bytes, &error);
    if (status == OTR_OK)
        status = otr_journey_load((otr_str){(const char *)bytes.data, bytes.size}, &map, &error);
    if (status != OTR_OK)
        (void)fprintf(stderr, "%s\n", otr_refusal_format(path, &error, reason));
    otr_arena_done(&memory);
    return map;
}

int otr_verb_walk(int argc, char **argv)
{
    static const otr_flag flags[] = {{"contact", OTR_FLAG_TEXT, offsetof(otr_walk, wanted)},
                                     {"journey", OTR_FLAG_TEXT, offsetof(otr_walk, journey)},
                                     {"json", OTR_FLAG_SWITCH, offsetof(otr_walk, as_json)}};
    static otr_walk w;
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &w, NULL), otr_state_flag_group(&state),
        OTR_FLAG_EXIT("0 shown; 1 nothing is known of it, or not readable; 2 wrong usage")};
    w = (otr_walk){.last = OTR_TIME_NONE, .next_by = OTR_TIME_NONE};
    int code = otr_flags_parse(argc, argv, usage, groups, 3);
    if (code >= 0)
        return code;
    if (argc - optind != 1)
        return otr_flags_wrong("walk", "expected one asset");
    w.asset = argv[optind];
    otr_journey_map *map = w.journey != NULL ? load_map(w.journey) : NULL;
    w.map = map;
    w.notices = w.as_json ? json_array() : NULL;
    for (size_t i = 0; i < OTR_WALK_STEPS_MAX; i++)
        w.steps[i].told = OTR_TIME_NONE;
    code = w.journey != NULL && map == NULL ? 1 : otr_state_run(&state, show, &w);
    otr_journey_free(map);
    json_decref(w.notices);
    free(w.contacts);
    otr_arena_done(&w.memory);
    return code;
}
