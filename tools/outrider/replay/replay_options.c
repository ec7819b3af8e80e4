#include "tools/outrider/replay/replay_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { MEMORY_MIB = 256, MEMORY_MIB_MAX = 1 << 20 };

static const char usage[] =
    "usage: outrider replay --pack PACK... --data FILE --map MAP --assignments FILE [options]\n"
    "       outrider replay --pack PACK... --state FOLDER [options]\n"
    "\n"
    "What packs would have raised on recorded history: alarms, how long they lasted, who would have been "
    "told.\n"
    "On a gateway it only reads, at the lowest priority, while the daemon runs.\n"
    "\n"
    "  --pack PACK...      the packs to try\n"
    "  --data FILE         a recording (CSV or JSON), with --map as for outrider feed\n"
    "  --state FOLDER      a daemon's state folder: its journal, and its assignments and packs\n"
    "  --as GROUP/GATEWAY  whose state folder it is: then commands of then that name an alarm, a "
    "notification or\n"
    "                      a ticket by its id are understood; without it, those of operators alone\n"
    "  --from T --to T     of the journal, UTC: 2026-03-01T08:00:00Z\n"
    "  --assignments FILE  which device watches what; default: those active in the state folder\n"
    "  --against PACK...   compare with these; default: the packs of the same names in the state folder\n"
    "  --svg FILE          the time lines as a picture\n"
    "  --json              the report as one JSON object\n"
    "  --memory MIB        take no more memory; default 256\n"
    "\n"
    "exit: 0 done; 1 something failed or rows were refused; 2 wrong usage\n";

static int wrong(const char *text)
{
    (void)fprintf(stderr, "outrider replay: %s\n%s", text, usage);
    return 2;
}

static bool add_path(otr_replay_paths *paths, const char *path)
{
    if (paths == NULL || paths->count == OTR_LIMIT_PACKS)
        return false;
    paths->list[paths->count++] = path;
    return true;
}

static bool parse_memory(const char *text, uint64_t *out)
{
    int64_t mib;
    if (!otr_str_to_i64(otr_str_of(text), &mib) || mib < 1 || mib > MEMORY_MIB_MAX)
        return false;
    *out = (uint64_t)mib << 20;
    return true;
}

static int check(const otr_replay_options *options)
{
    if (options->packs.count == 0)
        return wrong("--pack is missing");
    if ((options->data != NULL) == (options->state != NULL))
        return wrong("--data FILE or --state FOLDER, one of them");
    if (options->data != NULL && options->map == NULL)
        return wrong("--map is missing: it says what the columns of the recording are");
    if (options->data != NULL && options->assignments == NULL)
        return wrong("--assignments is missing: it says which device watches what");
    if (options->data != NULL && (options->from != OTR_TIME_NONE || options->to != OTR_TIME_NEVER))
        return wrong("--from and --to are of a journal");
    return -1;
}

int otr_replay_options_parse(int argc, char **argv, otr_replay_options *out)
{
    enum { PACK = 2, AGAINST, ASSIGNMENTS, DATA, MAP, STATE, FROM, TO, SVG, JSON, MEMORY, AS, HELP };
    static const struct option known[] = {
        {"pack", required_argument, NULL, PACK},
        {"against", required_argument, NULL, AGAINST},
        {"assignments", required_argument, NULL, ASSIGNMENTS},
        {"data", required_argument, NULL, DATA},
        {"map", required_argument, NULL, MAP},
        {"state", required_argument, NULL, STATE},
        {"as", required_argument, NULL, AS},
        {"from", required_argument, NULL, FROM},
        {"to", required_argument, NULL, TO},
        {"svg", required_argument, NULL, SVG},
        {"json", no_argument, NULL, JSON},
        {"memory", required_argument, NULL, MEMORY},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    otr_replay_paths *gathered = NULL; /* what a word that follows belongs to */
    *out = (otr_replay_options){
        .from = OTR_TIME_NONE, .to = OTR_TIME_NEVER, .memory_bytes = (uint64_t)MEMORY_MIB << 20};
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "-", known, NULL)) != -1;) {
        bool ok = true;
        if (option == PACK)
            gathered = &out->packs;
        else if (option == AGAINST)
            gathered = &out->against;
        switch (option) {
        case 1: /* a word */
        case PACK:
        case AGAINST:
            ok = add_path(gathered, optarg);
            break;
        case ASSIGNMENTS:
            out->assignments = optarg;
            break;
        case DATA:
            out->data = optarg;
            break;
        case MAP:
            out->map = optarg;
            break;
        case STATE:
            out->state = optarg;
            break;
        case AS:
            out->gateway = optarg;
            ok = strchr(optarg, '/') != NULL;
            break;
        case FROM:
            ok = otr_time_parse(otr_str_of(optarg), &out->from);
            break;
        case TO:
            ok = otr_time_parse(otr_str_of(optarg), &out->to);
            break;
        case SVG:
            out->svg = optarg;
            break;
        case JSON:
            out->json = true;
            break;
        case MEMORY:
            ok = parse_memory(optarg, &out->memory_bytes);
            break;
        case HELP:
            (void)fputs(usage, stdout);
            return 0;
        default:
            return wrong("see the options below");
        }
        if (option != 1 && option != PACK && option != AGAINST)
            gathered = NULL;
        if (!ok)
            return wrong("an option has a value that it does not take");
    }
    return check(out);
}
