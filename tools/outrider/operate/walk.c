/* `outrider walk`: what one contact saw of one asset, in order, with every wait; and beside it the steps of a
 * journey map, when each happened, was known and was told, and whether its goal was met. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "core/notice/notice_reason.h"
#include "core/outbox/outbox.h"
#include "daemon/config/contents.h"
#include "daemon/file.h"
#include "platform/linux/store/store_reader.h"
#include "rules/load/journey_map.h"
#include "text/fit.h"
#include "tools/outrider/explain/explain_notice.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

enum { WIDTH = 72, ALARMS_MAX = 20000, STEPS_MAX = 256 };

static const char usage[] =
    "usage: outrider walk ASSET [--contact REF] [--journey FILE] [--state FOLDER | --config FILE]\n"
    "\n"
    "Shows exactly what one contact saw of the asset: each message as it read when it left, the waits "
    "between\n"
    "them, and what was not told and why. With a journey map: of each step when it happened, when that was\n"
    "known, when it was told, and whether that was within its goal.\n"
    "\n"
    "  --contact REF   whose; default: whoever was told of the asset first\n"
    "  --journey FILE  a map, such as rules/journeys/parcel.yaml\n";

/* When an alarm of a step's rule began and was known, and when it was told. */
typedef struct step {
    bool happened;
    otr_time onset;
    otr_time detected;
    otr_time told; /* NONE: not */
    otr_str reason;
} step;

typedef struct walk {
    const char *asset;
    const char *wanted;  /* contact; NULL: whoever was told first */
    const char *journey; /* file; NULL: none */
    otr_str contact;
    bool contact_found;
    otr_time last;    /* when the contact heard last; NONE */
    otr_time next_by; /* what was promised then; NONE */
    otr_time longest; /* silence between two messages */
    size_t told;
    size_t withheld;
    const otr_journey_map *map;
    step steps[STEPS_MAX];
    otr_arena memory;
} walk;

/* ---- the timeline ---- */

static void print_time(otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES] = "not known";
    if (at != OTR_TIME_NONE && otr_time_format(at, text) > 16)
        text[10] = ' ';
    printf("%.16s", text);
}

/* Between words, indented. */
static void print_wrapped(otr_str text)
{
    while (text.size > 0) {
        size_t size = text.size;
        if (otr_text_length(text) > WIDTH) {
            size = 0;
            for (size_t i = 0; i < text.size && otr_text_length((otr_str){text.data, i}) <= WIDTH; i++)
                if (text.data[i] == ' ')
                    size = i;
            size = size > 0 ? size : text.size;
        }
        printf("      %.*s\n", (int)size, text.data);
        text.data += size;
        text.size -= size;
        while (text.size > 0 && *text.data == ' ') {
            text.data++;
            text.size--;
        }
    }
}

static void print_wait(const walk *w, otr_time at)
{
    char span[OTR_TIME_TEXT_BYTES];
    if (w->last == OTR_TIME_NONE || at <= w->last)
        return;
    otr_time wait = at - w->last;
    (void)otr_span_format(wait - wait % OTR_SECOND, span);
    bool late = w->next_by != OTR_TIME_NONE && at > w->next_by;
    printf("   |  %s%s\n", wait < OTR_SECOND ? "at once" : span, late ? ", longer than was promised" : "");
}

static otr_time told_at(const otr_notice_found *notice)
{
    return notice->left_utc != OTR_TIME_NONE ? notice->left_utc : notice->row.decided;
}

static bool is_told(const otr_notice_found *notice)
{
    otr_notice_fate fate = otr_notice_fate_of(notice);
    return notice->row.state == OTR_NOTICE_TOLD && fate != OTR_FATE_SUPERSEDED &&
           fate != OTR_FATE_RETRACTED && fate != OTR_FATE_EXPIRED && fate != OTR_FATE_EVICTED;
}

static void print_told(walk *w, const otr_notice_found *notice)
{
    otr_arena memory = {0};
    otr_service_event event;
    otr_error ignored;
    otr_time at = told_at(notice);
    print_wait(w, at);
    print_time(at);
    printf("  %.*s%s\n", OTR_STR_ARG(notice->row.what),
           otr_notice_fate_of(notice) == OTR_FATE_WAITING ? ", waits for the uplink" : "");
    if (notice->row.body.size > 0 &&
        otr_outbox_render(&memory, notice->row.body, at, &event, &ignored) == OTR_OK)
        print_wrapped(event.text);
    otr_arena_done(&memory);
    if (w->last != OTR_TIME_NONE && at - w->last > w->longest)
        w->longest = at - w->last;
    w->last = at;
    w->next_by = notice->row.due;
    w->told++;
}

static void print_withheld(walk *w, const otr_notice_found *notice)
{
    otr_str sentence = otr_notice_reason_sentence(otr_notice_reason_parse(notice->row.reason));
    print_time(notice->row.decided);
    printf("  (%.*s: %s%s%.*s)\n", OTR_STR_ARG(notice->row.what),
           otr_notice_fate_text(otr_notice_fate_of(notice)), sentence.size > 0 ? ", because " : "",
           OTR_STR_ARG(sentence));
    w->withheld++;
}

/* ---- the steps ---- */

static step *step_of(walk *w, otr_str rule)
{
    const otr_journey_step *found = w->map != NULL ? otr_journey_step_of(w->map, rule) : NULL;
    size_t at = found != NULL ? (size_t)(found - w->map->steps) : STEPS_MAX;
    return at < STEPS_MAX ? &w->steps[at] : NULL;
}

static otr_status see_alarm(void *context, const otr_row_alarm *row)
{
    walk *w = context;
    step *one = otr_str_is(row->asset, w->asset) ? step_of(w, row->rule) : NULL;
    if (one != NULL) { /* the newest comes first: the first that happened stays */
        *one = (step){true, row->onset, row->detected, OTR_TIME_NONE, {NULL, 0}};
    }
    return OTR_OK;
}

static void print_steps(const walk *w)
{
    printf("\n%-22s %-16s  %-16s  %-16s  %s\n", "STEP", "HAPPENED", "KNOWN", "TOLD", "GOAL");
    for (size_t i = 0; i < w->map->step_count && i < STEPS_MAX; i++) {
        const otr_journey_step *meant = &w->map->steps[i];
        const step *one = &w->steps[i];
        printf("%-22.*s ", OTR_STR_ARG(meant->name.text));
        if (!one->happened) {
            puts("-");
            continue;
        }
        print_time(one->onset);
        printf("  ");
        print_time(one->detected);
        printf("  ");
        if (one->told == OTR_TIME_NONE) {
            printf("%-16.*s\n", OTR_STR_ARG(one->reason.size > 0 ? one->reason : OTR_STR("not told")));
            continue;
        }
        print_time(one->told);
        bool met = meant->told_within > 0 && one->told - one->onset <= meant->told_within;
        printf("  %s %.*s\n",
               meant->told_within == 0 ? "none"
               : met                   ? "met"
                                       : "missed",
               OTR_STR_ARG(meant->told.text));
    }
}

/* ---- all of it ---- */

static otr_status see_notice(void *context, const otr_notice_found *notice)
{
    walk *w = context;
    if (!w->contact_found) {
        w->contact = otr_arena_copy(&w->memory, notice->row.contact);
        w->contact_found = true;
        printf("%s, as %.*s saw it; times in UTC\n\n", w->asset, OTR_STR_ARG(w->contact));
    }
    if (!otr_str_equal(notice->row.contact, w->contact))
        return OTR_OK;
    step *one = step_of(w, notice->row.rule);
    if (one != NULL && one->told == OTR_TIME_NONE) {
        if (is_told(notice))
            one->told = told_at(notice);
        else
            one->reason = otr_arena_copy(&w->memory, notice->row.reason);
    }
    if (is_told(notice))
        print_told(w, notice);
    else
        print_withheld(w, notice);
    return OTR_OK;
}

static int show(void *context, const char *folder)
{
    walk *w = context;
    otr_store_reader *store;
    otr_error error;
    otr_status status = otr_store_reader_open(otr_str_of(folder), &store, &error);
    if (status != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", folder, error.text);
        return 1;
    }
    if (w->map != NULL)
        status = otr_store_reader_alarms(store, OTR_STR(""), ALARMS_MAX, w, see_alarm, &error);
    if (status == OTR_OK)
        status = otr_store_reader_notices(store, otr_str_of(w->asset), OTR_TIME_NONE, OTR_TIME_NEVER, w,
                                          see_notice, &error);
    otr_store_reader_close(store);
    if (status != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", folder, error.text);
        return 1;
    }
    if (w->told + w->withheld == 0) {
        (void)fprintf(stderr, "outrider walk: nobody was to be told anything of %s\n", w->asset);
        return 1;
    }
    char span[OTR_TIME_TEXT_BYTES];
    (void)otr_span_format(w->longest, span);
    printf("\n%zu told, %zu not; the longest silence between two messages: %s\n", w->told, w->withheld, span);
    if (w->map != NULL)
        print_steps(w);
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
    static const otr_flag flags[] = {{"contact", OTR_FLAG_TEXT, offsetof(walk, wanted)},
                                     {"journey", OTR_FLAG_TEXT, offsetof(walk, journey)}};
    static walk w;
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &w, NULL), otr_state_flag_group(&state),
        OTR_FLAG_EXIT("0 shown; 1 nothing is known of it, or not readable; 2 wrong usage")};
    w = (walk){.last = OTR_TIME_NONE, .next_by = OTR_TIME_NONE};
    int code = otr_flags_parse(argc, argv, usage, groups, 3);
    if (code >= 0)
        return code;
    if (argc - optind != 1)
        return otr_flags_wrong("walk", "expected one asset");
    w.asset = argv[optind];
    w.contact_found = w.wanted != NULL;
    w.contact = otr_str_of(w.wanted != NULL ? w.wanted : "");
    otr_journey_map *map = w.journey != NULL ? load_map(w.journey) : NULL;
    w.map = map;
    for (size_t i = 0; i < STEPS_MAX; i++)
        w.steps[i].told = OTR_TIME_NONE;
    code = w.journey != NULL && map == NULL ? 1 : otr_state_run(&state, show, &w);
    otr_journey_free(map);
    otr_arena_done(&w.memory);
    return code;
}
