/* `outrider devices`: what a gateway knows of its devices now. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/board_say.h"
#include "tools/outrider/operate/operate.h"
#include "tools/outrider/table.h"
#include "tools/outrider/verbs.h"

enum { READINGS_SHOWN = 3 };

static const char usage[] =
    "usage: outrider devices [DEVICE | --asset ASSET] [--json]\n"
    "\n"
    "The devices of a gateway: which asset each serves, how long ago it measured last, whether it is silent "
    "(a rule "
    "says\n"
    "so, or nothing that its profile expects counts any more), its battery, and its newest readings. Places "
    "are "
    "rounded\n"
    "to 100 m.\n"
    "\n"
    "  --asset ASSET                   those of that asset\n"
    "  --socket PATH, --config FILE    the daemon of this machine; default /etc/outrider/outrider.yaml\n";

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void add_value(otr_buffer *out, const json_t *value)
{
    if (json_is_number(value))
        otr_buffer_add_format(out, "%.6g", json_number_value(value));
    else if (json_is_boolean(value))
        otr_buffer_add_format(out, "%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_string(value))
        otr_buffer_add_format(out, "%s", json_string_value(value));
    else
        otr_buffer_add_format(out, "%.3f,%.3f", json_number_value(json_object_get(value, "latitude")),
                              json_number_value(json_object_get(value, "longitude")));
}

static void add_readings(otr_table *table, const json_t *readings)
{
    otr_buffer text = {0};
    size_t shown = 0;
    const char *name;
    json_t *one;
    json_object_foreach((json_t *)readings, name, one)
    {
        if (strcmp(name, "battery") == 0 || shown++ >= READINGS_SHOWN)
            continue;
        otr_buffer_add_format(&text, "%s%s ", text.size > 0 ? ", " : "", name);
        add_value(&text, json_object_get(one, "value"));
        if (json_is_true(json_object_get(one, "stale")))
            otr_buffer_add_format(&text, " (old)");
    }
    otr_table_text(table, text.failed || text.size == 0 ? OTR_STR("-") : otr_buffer_text(&text));
    otr_buffer_done(&text);
}

static void add_device(otr_table *table, const json_t *one, otr_time now)
{
    char ago[16];
    otr_time last;
    const json_t *readings = json_object_get(one, "readings");
    const json_t *battery = json_object_get(json_object_get(readings, "battery"), "value");
    if (!otr_time_parse(otr_str_of(text_of(one, "last")), &last))
        last = OTR_TIME_NONE;
    otr_board_ago(last, now, ago);
    otr_table_text(table, otr_str_of(text_of(one, "device")));
    otr_table_text(table, otr_str_of(text_of(one, "asset")[0] != '\0' ? text_of(one, "asset") : "-"));
    otr_table_add(table, "%s", last == OTR_TIME_NONE ? "never" : ago);
    otr_table_add(table, "%s", json_is_true(json_object_get(one, "silent")) ? "silent" : "-");
    if (json_is_number(battery))
        otr_table_add(table, "%.4g", json_number_value(battery));
    else
        otr_table_add(table, "-");
    add_readings(table, readings);
}

static int print(const json_t *devices)
{
    otr_table table = {.columns = 0};
    otr_buffer out = {0};
    otr_time now = (otr_time)time(NULL) * OTR_SECOND;
    size_t i;
    json_t *one;
    if (json_array_size(devices) == 0) {
        puts("no device");
        return 0;
    }
    otr_table_head(&table, "DEVICE|ASSET|>LAST|STATE|>BATTERY|READINGS");
    json_array_foreach((json_t *)devices, i, one) add_device(&table, one, now);
    otr_table_print(&table, &out);
    bool ok = !out.failed && fwrite(out.data, 1, out.size, stdout) == out.size;
    otr_buffer_done(&out);
    otr_table_done(&table);
    return ok ? 0 : 1;
}

/* All pages; NULL when one of them was refused, which is told. */
static json_t *ask_all(const otr_operate_options *given, const char *device)
{
    json_t *all = json_array();
    json_t *request =
        json_pack("{s:s, s:s*, s:s*}", "do", "devices", "device", device, "asset", given->asset);
    for (bool more = true; more;) {
        json_t *answer = otr_operate_list(given, request);
        json_t *next = json_object_get(answer, "next");
        more = next != NULL;
        if (answer == NULL) {
            json_decref(all);
            all = NULL;
        } else {
            (void)json_array_extend(all, json_object_get(answer, "devices"));
            if (more)
                json_object_set(request, "from", next);
        }
        json_decref(answer);
    }
    json_decref(request);
    return all;
}

int otr_verb_devices(int argc, char **argv)
{
    otr_operate_options given;
    int code = otr_operate_parse(argc, argv, usage, &given);
    if (code >= 0)
        return code;
    if (argc - optind > 1 || (argc - optind == 1 && given.asset != NULL))
        return otr_flags_wrong("devices", "expected one device, or --asset, or neither");
    json_t *devices = ask_all(&given, argc - optind == 1 ? argv[optind] : NULL);
    if (devices == NULL)
        return 1;
    json_t *root = json_pack("{s:O}", "devices", devices);
    code = given.json ? json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 &&
                                putchar('\n') != EOF
                            ? 0
                            : 1
                      : print(devices);
    json_decref(root);
    json_decref(devices);
    return code;
}
