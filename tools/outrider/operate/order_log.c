/* `outrider log`: who ordered what of a gateway, and what was refused. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/watch.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/table.h"
#include "tools/outrider/verbs.h"

enum { COUNT_MAX = 200 };

static const char usage[] =
    "usage: outrider log [COUNT] [--json]\n"
    "\n"
    "Lists what was ordered of a gateway, over MQTT and on the machine itself (local), the newest first: "
    "when, "
    "by\n"
    "whom, what, about what, and whether it was done or why not. COUNT: so many of them, 200 at the most; "
    "default "
    "50.\n"
    "\n"
    "  --socket PATH, --config FILE    the daemon of this machine; default /etc/outrider/outrider.yaml\n";

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* A line each, and below it why it was refused: whole, for that is what one looks for. */
static void print(const json_t *orders)
{
    otr_buffer out = {0};
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)orders, i, one)
    {
        otr_buffer line = {0};
        const char *outcome = text_of(one, "outcome");
        long long more = json_integer_value(json_object_get(one, "more"));
        bool ok = strcmp(outcome, "ok") == 0;
        otr_buffer_add_format(&line, "%s  %s%s%s%s  %s%s%s%s", text_of(one, "at"),
                              text_of(one, "who")[0] != '\0' ? text_of(one, "who") : "unknown",
                              text_of(one, "role")[0] != '\0' ? " (" : "", text_of(one, "role"),
                              text_of(one, "role")[0] != '\0' ? ")" : "", text_of(one, "do"),
                              text_of(one, "about")[0] != '\0' ? " " : "", text_of(one, "about"),
                              ok ? "  ok" : "");
        otr_watch_add_safe(&out, otr_buffer_text(&line));
        otr_buffer_add_u8(&out, '\n');
        if (!ok)
            otr_table_wrap(&out, otr_str_of(outcome), 4);
        if (more > 0)
            otr_buffer_add_format(&out, "    and %lld more were refused before it\n", more);
        otr_buffer_done(&line);
    }
    (void)fwrite(out.data, 1, out.size, stdout);
    otr_buffer_done(&out);
}

int otr_verb_log(int argc, char **argv)
{
    otr_operate_options given;
    int64_t count = 50;
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    bool counted = argc - optind == 1 && otr_str_to_i64(otr_str_of(argv[optind]), &count);
    if ((argc != optind && !counted) || count < 1 || count > COUNT_MAX)
        return otr_flags_wrong("log", "expected how many orders are shown, from 1 to 200");
    json_t *request = json_pack("{s:s, s:I}", "do", "log", "count", (json_int_t)count);
    json_t *answer = otr_operate_list(&given, request);
    const json_t *orders = json_object_get(answer, "orders");
    code = answer != NULL ? 0 : 1;
    if (answer != NULL && given.json)
        code = json_dumpf(answer, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? 0 : 1;
    else if (answer != NULL && json_array_size(orders) == 0)
        puts("no order came");
    else if (answer != NULL)
        print(orders);
    json_decref(request);
    json_decref(answer);
    return code;
}
