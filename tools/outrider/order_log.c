/* `outrider log`: who ordered what of a gateway, and what was refused. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "tools/outrider/operate.h"
#include "tools/outrider/table.h"
#include "tools/outrider/verbs.h"

enum { COUNT_MAX = 200 };

static const char usage[] =
    "usage: outrider log [COUNT] [--json]\n"
    "\n"
    "Lists the orders that came to a gateway over MQTT, the newest first: who gave them, what was done, and "
    "why\n"
    "others were refused. COUNT: so many of them, 200 at the most; default 50.\n"
    "\n"
    "  --socket PATH, --config FILE    the daemon of this machine; default /etc/outrider/outrider.yaml\n";

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void print(const json_t *orders)
{
    otr_table table = {.columns = 0};
    otr_buffer out = {0};
    size_t i;
    json_t *one;
    otr_table_head(&table, "outcome|at|who|role|what|about");
    json_array_foreach((json_t *)orders, i, one)
    {
        long long more = json_integer_value(json_object_get(one, "more"));
        char outcome[512];
        (void)snprintf(outcome, sizeof outcome, more > 0 ? "%s (and %lld refused before it)" : "%s",
                       text_of(one, "outcome"), more);
        otr_table_text(&table, otr_str_of(outcome));
        otr_table_text(&table, otr_str_of(text_of(one, "at")));
        otr_table_text(&table, otr_str_of(text_of(one, "who")));
        otr_table_text(&table, otr_str_of(text_of(one, "role")));
        otr_table_text(&table, otr_str_of(text_of(one, "do")));
        otr_table_text(&table, otr_str_of(text_of(one, "about")));
    }
    otr_table_print(&table, &out);
    (void)fwrite(out.data, 1, out.size, stdout);
    otr_buffer_done(&out);
    otr_table_done(&table);
}

int otr_verb_log(int argc, char **argv)
{
    otr_operate_options given;
    int64_t count = 50;
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    bool counted = argc - optind == 1 && otr_str_to_i64(otr_str_of(argv[optind]), &count);
    if ((argc != optind && !counted) || count < 1 || count > COUNT_MAX) {
        (void)fputs(usage, stderr);
        return 2;
    }
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
