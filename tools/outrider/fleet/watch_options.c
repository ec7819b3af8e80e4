#include "tools/outrider/fleet/watch.h"

#include <getopt.h>
#include <unistd.h>

static const char usage[] =
    "usage: outrider watch [options]\n"
    "\n"
    "Follows gateways over MQTT and prints alarms, messages to customers, tickets and status as they "
    "arrive.\n"
    "Colour only on a terminal, and not with NO_COLOR set. Reconnects by itself once it has been connected.\n"
    "\n"
    "  --kind LIST     of alarm,notification,ticket,status,view,customer,figures\n"
    "  --share NAME    share the work with all who give this name: each event comes to one of them, none\n"
    "                  that the broker had kept; it may come to another one again under its id\n"
    "  --long          messages at all three lengths, and what may be answered with `outrider act`\n"
    "  --json          one JSON object a line\n"
    "  --all           also events that came before: without it a repeated event is shown once\n"
    "  --count N       end after N events, with exit 0\n"
    "  --timeout S     end after S seconds, with exit 1\n";

static bool parse_kinds(const char *list, bool kinds[OTR_SERVICE_KINDS])
{
    memset(kinds, 0, OTR_SERVICE_KINDS * sizeof kinds[0]);
    for (const char *at = list;; at++) {
        size_t size = strcspn(at, ",");
        bool known = false;
        for (int i = 0; i < OTR_SERVICE_KINDS; i++)
            if (otr_str_is((otr_str){at, size}, otr_service_kind_text((otr_service_kind)i)))
                known = kinds[i] = true;
        if (!known)
            return false;
        at += size;
        if (*at == '\0')
            return true;
    }
}

/* As MQTT has it, and short. */
static bool is_share(const char *name)
{
    return name[0] != '\0' && strlen(name) <= 64 && strpbrk(name, "/+#") == NULL;
}

int otr_watch_parse(int argc, char **argv, otr_watch_options *out)
{
    static const otr_flag flags[] = {
        {"kind", OTR_FLAG_TEXT, offsetof(otr_watch_options, kind_list)},
        {"share", OTR_FLAG_TEXT, offsetof(otr_watch_options, share)},
        {"long", OTR_FLAG_SWITCH, offsetof(otr_watch_options, lengths)},
        {"json", OTR_FLAG_SWITCH, offsetof(otr_watch_options, json)},
        {"all", OTR_FLAG_SWITCH, offsetof(otr_watch_options, duplicates)},
        {"count", OTR_FLAG_COUNT, offsetof(otr_watch_options, count)},
        {"timeout", OTR_FLAG_SECONDS, offsetof(otr_watch_options, timeout_s)},
    };
    const otr_flag_group groups[] = {
        OTR_FLAG_GROUP(flags, out, NULL), otr_broker_flag_group(&out->broker),
        OTR_FLAG_EXIT("0 after --count events or Ctrl-C, 1 timeout or no connection, 2 wrong usage")};
    *out = (otr_watch_options){
        .kinds = {true, true, true, true, true, true, true},
        .colour = isatty(STDOUT_FILENO) == 1 && otr_flag_environment("NO_COLOR") == NULL,
    };
    int code = otr_flags_parse(argc, argv, usage, groups, sizeof groups / sizeof *groups);
    if (code >= 0)
        return code;
    if (out->kind_list != NULL && !parse_kinds(out->kind_list, out->kinds))
        return otr_flags_wrong(argv[0],
                               "--kind is of alarm,notification,ticket,status,view,customer,figures");
    if (out->share != NULL && !is_share(out->share))
        return otr_flags_wrong(argv[0], "--share is a name of up to 64 bytes without / + and #");
    if (optind < argc)
        return otr_flags_wrong(argv[0], "too many words");
    return otr_broker_settle(argv[0], &out->broker);
}
