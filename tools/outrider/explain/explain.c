/* `outrider explain`: why an alarm was raised: times, the rule as it was, the values that it saw. Notices are
 * in explain_notice.c. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alarm/lifecycle.h"
#include "platform/linux/store/store_reader.h"
#include "rules/load/pack.h"
#include "tools/outrider/explain/explain_find.h"
#include "tools/outrider/explain/explain_print.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

enum { LISTED = 20, FOUND_MAX = 2, SHORT_ID = 8 };

static const char usage[] =
    "usage: outrider explain [ID | --last | --notices ASSET | --contact REF] [--for customer | --json]\n"
    "                        [--state FOLDER | --config FILE]\n"
    "\n"
    "Why an alarm was raised: its times, the rule as it was then, and the values that it saw. Or what was\n"
    "decided about telling somebody: when, why not or why later, when it left and how, and what it said. ID "
    "is\n"
    "the begin of an alarm's or a notification's id; without one the newest 20 alarms are listed.\n"
    "\n"
    "  --last           the newest alarm\n"
    "  --notices ASSET  the notices about an asset, in order\n"
    "  --contact REF    the newest 50 notices for a contact\n"
    "  --for customer   notices in plain words, for the person concerned\n"
    "  --json           notices for programs\n";

typedef struct explain {
    otr_store_reader *store;
    otr_error error;
    size_t found;
    otr_arena memory; /* of the alarm that was found */
    otr_row_alarm alarm;
} explain;

/* ---- the list ---- */

static otr_status list_alarm(void *context, const otr_row_alarm *row)
{
    explain *e = context;
    char id[OTR_ID_TEXT_BYTES];
    char onset[OTR_TIME_TEXT_BYTES];
    char span[OTR_TIME_TEXT_BYTES] = "";
    otr_id_format(row->id, id);
    (void)otr_time_format(row->onset, onset);
    if (!row->open)
        (void)otr_span_format(row->ended - row->onset, span);
    printf("%.*s  %-24s %-10s %.*s %.*s\n", SHORT_ID, id, onset, row->open ? "open" : span,
           OTR_STR_ARG(row->rule), OTR_STR_ARG(row->asset));
    e->found++;
    return OTR_OK;
}

static int list(explain *e, const char *folder)
{
    if (otr_store_reader_alarms(e->store, (otr_str){"", 0}, LISTED, e, list_alarm, &e->error) != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", folder, e->error.text);
        return 1;
    }
    if (e->found == 0)
        puts("no alarms");
    return 0;
}

/* ---- one alarm ---- */

static otr_status keep_alarm(void *context, const otr_row_alarm *row)
{
    explain *e = context;
    if (e->found++ > 0)
        return OTR_OK;
    e->alarm = *row;
    otr_str *texts[] = {&e->alarm.pack, &e->alarm.rule, &e->alarm.asset, &e->alarm.device, &e->alarm.body};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = otr_arena_copy(&e->memory, *texts[i]);
        if (texts[i]->data == NULL)
            return otr_fail(&e->error, OTR_MEMORY, "out of memory");
    }
    return OTR_OK;
}

/* about: how long after `from`; empty: nothing is said of that. */
static void print_time(const char *name, otr_time at, otr_time from, const char *about)
{
    char text[OTR_TIME_TEXT_BYTES];
    char span[OTR_TIME_TEXT_BYTES] = "";
    if (at == OTR_TIME_NONE)
        return;
    (void)otr_time_format(at, text);
    if (about[0] != '\0')
        (void)otr_span_format(at - from, span);
    printf("  %-9s %s%s%s%s\n", name, text, about[0] != '\0' ? ", " : "", span, about);
}

static otr_status print_case(void *context, const otr_row_case *row)
{
    static const char *const names[] = {"open", "verifying", "closed"};
    char id[OTR_ID_TEXT_BYTES];
    (void)context;
    otr_id_format(row->id, id);
    printf("  case      %.*s, %.*s, %s\n", SHORT_ID, id, OTR_STR_ARG(row->category), names[row->state]);
    return OTR_OK;
}

/* The blanks at the begin of a line; the whole of an empty one counts as more than any. */
static size_t indent_of(otr_str line)
{
    size_t blanks = 0;
    while (blanks < line.size && line.data[blanks] == ' ')
        blanks++;
    return blanks == line.size ? SIZE_MAX : blanks;
}

static otr_str next_line(otr_str *rest)
{
    const char *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
    otr_str line = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->size};
    size_t taken = line.size + (end != NULL ? 1 : 0);
    *rest = (otr_str){rest->data + taken, rest->size - taken};
    return line;
}

/* The rule as it stands in its pack: its first line, and those below that stand further to the right. */
static void print_rule(otr_str yaml, int line_number)
{
    otr_str line = {NULL, 0};
    otr_str rest = yaml;
    size_t empty = 0;
    for (int i = 0; i < line_number; i++)
        line = next_line(&rest);
    size_t indent = indent_of(line);
    do {
        for (; empty > 0; empty--)
            puts("");
        printf("    %.*s\n", OTR_STR_ARG(line));
        line = next_line(&rest);
        while (rest.size > 0 && indent_of(line) == SIZE_MAX) {
            empty++;
            line = next_line(&rest);
        }
    } while (line.size > 0 && indent_of(line) > indent && indent_of(line) != SIZE_MAX);
}

static otr_status print_content(void *context, const otr_row_content *row)
{
    explain *e = context;
    otr_pack *pack = NULL;
    otr_status status = otr_pack_load(row->bytes, &pack, &e->error);
    if (status != OTR_OK)
        return status;
    for (size_t i = 0; i < pack->rule_count; i++) {
        if (!otr_str_equal(pack->rules[i].name, e->alarm.rule))
            continue;
        printf("\n  the rule, in version %lld of %.*s:\n", (long long)pack->version, OTR_STR_ARG(pack->name));
        print_rule(row->bytes, pack->rules[i].line);
        e->found++;
    }
    otr_pack_free(pack);
    return OTR_OK;
}

static void print_rule_of(explain *e)
{
    char *slot = otr_arena_alloc(&e->memory, e->alarm.pack.size + 6);
    if (slot == NULL)
        return;
    int size = snprintf(slot, e->alarm.pack.size + 6, "pack/%.*s", OTR_STR_ARG(e->alarm.pack));
    e->found = 0;
    otr_status status = otr_store_reader_content(e->store, (otr_str){slot, (size_t)size}, e->alarm.seq, e,
                                                 print_content, &e->error);
    if (status != OTR_OK || e->found == 0)
        printf("\n  the rule is no longer there: its version of %.*s is gone\n", OTR_STR_ARG(e->alarm.pack));
}

static void print_alarm(explain *e)
{
    const otr_row_alarm *alarm = &e->alarm;
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(alarm->id, id);
    printf("%s\n  %.*s on %.*s", id, OTR_STR_ARG(alarm->rule), OTR_STR_ARG(alarm->asset));
    if (alarm->device.size > 0)
        printf(", device %.*s", OTR_STR_ARG(alarm->device));
    printf("\n  priority  %s\n  state     %s\n",
           otr_priority_text(alarm->priority % (OTR_PRIORITY_CRITICAL + 1)),
           otr_alarm_state_text(alarm->state));
    print_time("onset", alarm->onset, alarm->onset, "");
    print_time("raised", alarm->raised, alarm->onset, " after the onset");
    print_time("detected", alarm->detected, alarm->raised, " after that");
    print_time("ended", alarm->ended, alarm->onset, " after the onset");
    (void)otr_store_reader_case(e->store, alarm->case_id, e, print_case, &e->error);
    print_rule_of(e);
    printf("\n  what it saw when it was raised:\n");
    otr_explanation_print(stdout, alarm->body);
}

static int explain_one(explain *e, const otr_explain_options *options)
{
    const char *folder = options->folder;
    otr_str hex = otr_str_of(options->id);
    otr_status status =
        otr_store_reader_alarms(e->store, hex, hex.size > 0 ? FOUND_MAX : 1, e, keep_alarm, &e->error);
    if (status == OTR_OK && hex.size > 0 && (e->found == 0 || options->plain || options->json))
        return otr_explain_notice(e->store, options);
    if (status != OTR_OK)
        (void)fprintf(stderr, "%s: %s\n", folder, e->error.text);
    else if (e->found == 0)
        (void)fprintf(stderr, "outrider explain: there is no alarm\n");
    else if (e->found > 1)
        (void)fprintf(stderr, "outrider explain: several alarms begin with %.*s; give more of it\n",
                      OTR_STR_ARG(hex));
    if (status != OTR_OK || e->found != 1)
        return 1;
    print_alarm(e);
    return 0;
}

static int run(void *context, const char *folder)
{
    otr_explain_options *options = context;
    options->folder = folder;
    explain e = {.found = 0};
    int code;
    if (otr_store_reader_open(otr_str_of(folder), &e.store, &e.error) != OTR_OK) {
        (void)fprintf(stderr, "%s: %s\n", folder, e.error.text);
        return 1;
    }
    if (options->asset != NULL || options->contact != NULL)
        code = otr_explain_notices(e.store, options);
    else if (options->id != NULL || options->last)
        code = explain_one(&e, options);
    else
        code = list(&e, folder);
    otr_store_reader_close(e.store);
    otr_arena_done(&e.memory);
    return code;
}

static bool is_id(const char *text)
{
    size_t digits = strspn(text, "0123456789abcdefABCDEF");
    return digits > 0 && digits < OTR_ID_TEXT_BYTES && text[digits] == '\0';
}

/* Exactly one question, and a form that its answer has. */
static bool makes_sense(const otr_explain_options *options)
{
    int asked = (options->id != NULL) + options->last + (options->asset != NULL) + (options->contact != NULL);
    bool notices = options->id != NULL || options->asset != NULL || options->contact != NULL;
    bool formed = options->reader != NULL || options->json;
    bool known = options->reader == NULL || strcmp(options->reader, "customer") == 0;
    return known && asked <= 1 && (!formed || notices) && !(options->reader != NULL && options->json);
}

int otr_verb_explain(int argc, char **argv)
{
    static const otr_flag flags[] = {
        {"last", OTR_FLAG_SWITCH, offsetof(otr_explain_options, last)},
        {"notices", OTR_FLAG_TEXT, offsetof(otr_explain_options, asset)},
        {"contact", OTR_FLAG_TEXT, offsetof(otr_explain_options, contact)},
        {"for", OTR_FLAG_TEXT, offsetof(otr_explain_options, reader)},
        {"json", OTR_FLAG_SWITCH, offsetof(otr_explain_options, json)},
    };
    otr_explain_options options = {.id = NULL};
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &options, NULL), otr_state_flag_group(&state),
                                     OTR_FLAG_EXIT("0 found; 1 not found, or not readable; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, 3);
    if (code >= 0)
        return code;
    options.id = optind < argc ? argv[optind] : NULL;
    options.plain = options.reader != NULL;
    if (options.id != NULL && !is_id(options.id)) {
        char wrong[160];
        (void)snprintf(wrong, sizeof wrong, "%.80s is not the begin of an id; it has digits and a to f",
                       options.id);
        return otr_flags_wrong("explain", wrong);
    }
    if (optind + 1 < argc || !makes_sense(&options))
        return otr_flags_wrong(
            "explain",
            "expected one of ID, --last, --notices and --contact; --for customer and --json are of messages");
    return otr_state_run(&state, run, &options);
}
