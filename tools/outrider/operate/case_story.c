/* `outrider case`: all that was said about one case, from the gateway's store. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "core/desk/desk_act.h"
#include "core/outbox/outbox.h"
#include "platform/linux/store/store_reader.h"
#include "tools/outrider/state_flags.h"
#include "tools/outrider/verbs.h"

static const char usage[] = "usage: outrider case ID [--json] [--state FOLDER | --config FILE]\n"
                            "\n"
                            "What was said about a case, in order: tickets, what the desk and its customers "
                            "answered, what was promised.\n"
                            "ID is the begin of the id of the case or of its ticket.\n"
                            "\n"
                            "  --json           one list\n";

typedef struct story {
    json_t *list; /* NULL: for people */
    size_t count;
} story;

static const char *const speakers[OTR_SPEAKERS] = {
    [OTR_SPEAKER_GATEWAY] = "gateway",
    [OTR_SPEAKER_DESK] = "desk",
    [OTR_SPEAKER_CUSTOMER] = "customer",
    [OTR_SPEAKER_OPERATOR] = "operator",
};

static void set(json_t *object, const char *name, otr_str text)
{
    if (text.size > 0)
        json_object_set_new(object, name, json_stringn_nocheck(text.data, text.size));
}

/* What a ticket said, in a line: its title, and what changed. */
static otr_str ticket_text(otr_arena *memory, const otr_row_remark *row)
{
    otr_service_event event;
    otr_error ignored;
    if (row->body.size == 0 || otr_outbox_render(memory, row->body, row->utc, &event, &ignored) != OTR_OK)
        return (otr_str){NULL, 0};
    otr_buffer text = {0};
    otr_buffer_add_format(&text, "ticket in queue %.*s, %.*s: %.*s", OTR_STR_ARG(event.queue),
                          OTR_STR_ARG(event.priority), OTR_STR_ARG(event.title));
    if (event.cause.size > 0)
        otr_buffer_add_format(&text, " (%.*s)", OTR_STR_ARG(event.cause));
    otr_str copy = otr_arena_copy(memory, otr_buffer_text(&text));
    otr_buffer_done(&text);
    return copy;
}

static otr_status tell(void *context, const otr_row_remark *row)
{
    story *all = context;
    otr_arena memory = {0};
    char at[OTR_TIME_TEXT_BYTES] = "before the time was known";
    otr_str text = otr_id_is_zero(row->event) ? row->text : ticket_text(&memory, row);
    if (row->utc != OTR_TIME_NONE)
        (void)otr_time_format(row->utc, at);
    all->count++;
    if (all->list != NULL) {
        json_t *one = json_object();
        set(one, "at", row->utc != OTR_TIME_NONE ? otr_str_of(at) : (otr_str){NULL, 0});
        set(one, "speaker", otr_str_of(speakers[row->speaker]));
        set(one, "what", row->what);
        set(one, "who", row->who);
        set(one, "text", text);
        json_array_append_new(all->list, one);
    } else {
        printf("%-27s %-8s %.*s%s%.*s%s%.*s\n", at, speakers[row->speaker], OTR_STR_ARG(row->what),
               row->who.size == 0                    ? ""
               : row->speaker == OTR_SPEAKER_GATEWAY ? " "
                                                     : " by ",
               OTR_STR_ARG(row->who), text.size > 0 ? ": " : "", OTR_STR_ARG(text));
    }
    otr_arena_done(&memory);
    return OTR_OK;
}

static otr_status print_head(void *context, const otr_row_case *row)
{
    static const char *const states[] = {"open", "verifying", "closed"};
    story *all = context;
    char opened[OTR_TIME_TEXT_BYTES];
    char id[OTR_ID_TEXT_BYTES];
    (void)otr_time_format(row->opened, opened);
    otr_id_format(row->id, id);
    if (all->list == NULL)
        printf("case %s of %.*s (%.*s), %s, opened %s\n", id, OTR_STR_ARG(row->asset),
               OTR_STR_ARG(row->category), states[row->state], opened);
    return OTR_OK;
}

typedef struct options {
    const char *hex;
    bool json;
} options;

static int run(void *context, const char *folder)
{
    const options *asked = context;
    otr_store_reader *store = NULL;
    otr_error error = {.text = ""};
    otr_id id;
    story all = {.list = asked->json ? json_array() : NULL};
    otr_status status = otr_store_reader_open(otr_str_of(folder), &store, &error);
    if (status == OTR_OK)
        status = otr_store_reader_find_case(store, otr_str_of(asked->hex), &id, &error);
    if (status == OTR_NOT_FOUND && store != NULL)
        (void)fprintf(stderr, "outrider case: there is no case with that id\n");
    else if (status != OTR_OK)
        (void)fprintf(stderr, "%s: %s\n", folder, error.text);
    if (status == OTR_OK) {
        (void)otr_store_reader_case(store, id, &all, print_head, &error);
        status = otr_store_reader_remarks(store, id, &all, tell, &error);
    }
    if (status == OTR_OK && asked->json)
        (void)(json_dumpf(all.list, stdout, JSON_INDENT(2)) == 0 && putchar('\n'));
    else if (status == OTR_OK && all.count == 0)
        puts("nothing was said about it");
    json_decref(all.list);
    if (store != NULL)
        otr_store_reader_close(store);
    return status == OTR_OK ? 0 : 1;
}

int otr_verb_case(int argc, char **argv)
{
    static const otr_flag flags[] = {{"json", OTR_FLAG_SWITCH, offsetof(options, json)}};
    options asked = {.json = false};
    otr_state_flags state = {.state = NULL};
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &asked, NULL), otr_state_flag_group(&state),
                                     OTR_FLAG_EXIT("0 found; 1 not found, or not readable; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, 3);
    if (code >= 0)
        return code;
    if (argc - optind != 1 || argv[optind][strspn(argv[optind], "0123456789abcdef")] != '\0')
        return otr_flags_wrong("case", "expected the begin of an id: digits and a to f");
    asked.hex = argv[optind];
    return otr_state_run(&state, run, &asked);
}
