/* `outrider fleet`, `tickets`, `assets`, and `alarms --fleet`: what the broker keeps of all gateways. */
#include "tools/outrider/fleet/fleet.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/outrider/fleet/board_say.h"
#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/verbs.h"

static const char usage_fleet[] =
    "usage: outrider fleet [options]\n"
    "\n"
    "All gateways, those in trouble first: whether they are there, version, devices, alarms (unacknowledged "
    "/\n"
    "all) and tickets that stand, hours of readings that fit their store, days of their certificate, when "
    "they\n"
    "last said how they are (each quarter of an hour), and what is wrong.\n";
static const char usage_tickets[] =
    "usage: outrider tickets [options]\n"
    "\n"
    "Tickets that are open on all gateways: those that nobody has first, then the most urgent, then the "
    "oldest.\n";
static const char usage_assets[] =
    "usage: outrider assets [options]\n"
    "\n"
    "What is known now of each asset that somebody looks at: those with an open case first.\n";
static const char usage_alarms[] = "usage: outrider alarms --fleet [options]\n"
                                   "\n"
                                   "Alarms that stand on all gateways: unacknowledged ones first, the most "
                                   "urgent first. At the end what is\n"
                                   "shelved or out of service.\n";
static const char usage_rest[] = "\n"
                                 "  --limit N       at most N lines\n"
                                 "  --quiet S       the broker is done when it sends nothing for S seconds; "
                                 "default 0.5\n"
                                 "  --timeout S     give up after S seconds; default 30\n"
                                 "  --json          one JSON object\n";

typedef struct options {
    otr_broker broker;
    int limit;
    double quiet_s;
    double timeout_s;
    bool json;
    bool fleet;
} options;

typedef struct gathered {
    otr_board board;
    bool failed;
} gathered;

static void take(void *context, const otr_mqtt_message *message)
{
    gathered *all = context;
    if (otr_board_take(&all->board, message->topic, message->content_type, message->payload) != OTR_OK)
        all->failed = true;
}

static int print(const otr_board *board, const options *asked, otr_board_part part)
{
    if (asked->json) {
        json_t *root = otr_board_json(board, part, (size_t)asked->limit);
        bool ok = json_dumpf(root, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
        json_decref(root);
        return ok ? 0 : 1;
    }
    otr_buffer text = {0};
    otr_board_say(board, part, (size_t)asked->limit, (otr_time)time(NULL) * OTR_SECOND, &text);
    bool ok = !text.failed && fwrite(text.data, 1, text.size, stdout) == text.size;
    otr_buffer_done(&text);
    return ok ? 0 : 1;
}

static int gather(const char *verb, const options *asked, otr_board_part part)
{
    /* the fleet counts alarms and tickets too */
    static const char *const kinds[] = {"status/#", "alarm/+", "ticket/+"};
    static const char *const assets[] = {"view/+"};
    static const char *const alarms[] = {"alarm/+"};
    static const char *const tickets[] = {"ticket/+"};
    const char *const *wanted = part == OTR_BOARD_FLEET    ? kinds
                                : part == OTR_BOARD_ASSETS ? assets
                                : part == OTR_BOARD_ALARMS ? alarms
                                                           : tickets;
    gathered all = {.failed = false};
    otr_listen listen = {.broker = &asked->broker,
                         .verb = verb,
                         .kinds = wanted,
                         .count = part == OTR_BOARD_FLEET ? 3 : 1,
                         .take = take,
                         .context = &all};
    int code = otr_listen_all(&listen, asked->quiet_s, asked->timeout_s);
    if (code == 0 && all.failed) {
        (void)fprintf(stderr, "outrider %s: out of memory\n", verb);
        code = 1;
    }
    if (code == 0)
        code = print(&all.board, asked, part);
    if (all.board.refused > 0) {
        (void)fprintf(stderr, "outrider %s: %u messages were not understood\n", verb, all.board.refused);
        code = 1;
    }
    otr_board_done(&all.board);
    return code;
}

static int run(int argc, char **argv, const char *usage, otr_board_part part)
{
    static const otr_flag flags[] = {
        {"limit", OTR_FLAG_COUNT, offsetof(options, limit)},
        {"quiet", OTR_FLAG_SECONDS, offsetof(options, quiet_s)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(options, timeout_s)},
        {"json", OTR_FLAG_SWITCH, offsetof(options, json)},
        {"fleet", OTR_FLAG_SWITCH, offsetof(options, fleet)},
    };
    options asked = {.quiet_s = 0.5, .timeout_s = 30};
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, &asked, usage_rest), otr_broker_flag_group(&asked.broker),
        OTR_FLAG_EXIT("0 done; 1 no connection, or something was not understood; 2 wrong usage")};
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code < 0 && optind < argc)
        code = otr_flags_wrong(argv[0], "too many words");
    if (code < 0)
        code = otr_broker_settle(argv[0], &asked.broker);
    if (code < 0)
        code = gather(argv[0], &asked, part);
    otr_broker_done(&asked.broker);
    return code;
}

int otr_verb_fleet(int argc, char **argv)
{
    return run(argc, argv, usage_fleet, OTR_BOARD_FLEET);
}

int otr_verb_tickets(int argc, char **argv)
{
    return run(argc, argv, usage_tickets, OTR_BOARD_TICKETS);
}

int otr_verb_assets(int argc, char **argv)
{
    return run(argc, argv, usage_assets, OTR_BOARD_ASSETS);
}

bool otr_fleet_is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--fleet") == 0)
            return true;
    return false;
}

int otr_fleet_alarms(int argc, char **argv)
{
    return run(argc, argv, usage_alarms, OTR_BOARD_ALARMS);
}
