/* `outrider context`: which brokers are known by name, and which one is in use. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "platform/linux/mqtt/mqtt_address.h"
#include "platform/linux/mqtt/mqtt_files.h"
#include "platform/linux/system/certificate.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/fleet/context.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider context [list] [--json]\n"
    "       outrider context use NAME\n"
    "       outrider context show [NAME] [--json]\n"
    "\n"
    "Brokers with the credentials for them, by name, for all verbs that speak to a broker. They stand in\n"
    "$XDG_CONFIG_HOME/outrider/contexts.yaml, or ~/.config/outrider/contexts.yaml, which nobody else may "
    "write:\n"
    "\n"
    "    contexts:\n"
    "      plant:\n"
    "        broker: mqtts://broker.example\n"
    "        ca: plant/ca.pem             # files: beside this one, or absolute\n"
    "        cert: plant/console.pem\n"
    "        key: plant/console.key       # mode 0600\n"
    "        operator_key: plant/me.key   # signs commands; mode 0600\n"
    "        group: depot                 # and gateway: only these, unless asked otherwise\n"
    "\n"
    "`show` also tells whether the files can be used, and ends with 1 when they cannot.\n"
    "--context NAME and OUTRIDER_CONTEXT choose another one for a single command.\n"
    "\n"
    "  --json  one JSON value\n"
    "\n"
    "exit: 0 done; 1 not readable, or `show` found fault; 2 wrong usage, or no such context\n";

static int refuse(const otr_context_error *error, otr_status status)
{
    char text[OTR_CONTEXT_REFUSAL_BYTES];
    (void)fprintf(stderr, "outrider context: %s\n", otr_context_refusal(error, text));
    return status == OTR_NOT_FOUND ? 2 : 1;
}

static json_t *context_json(const otr_context *context)
{
    return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "name", context->name, "broker",
                     context->broker, "ca", context->ca, "cert", context->cert, "key", context->key, "group",
                     context->group, "gateway", context->gateway, "operator_key", context->operator_key);
}

static int print_json(json_t *value)
{
    int code = json_dumpf(value, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? 0 : 1;
    json_decref(value);
    return code;
}

static int list(const otr_contexts *all, bool json)
{
    json_t *array = json ? json_array() : NULL;
    for (size_t i = 0; i < all->count; i++) {
        bool in_use = all->in_use != NULL && strcmp(all->list[i].name, all->in_use) == 0;
        if (array == NULL) {
            printf("%c %-20s %s%s%s\n", in_use ? '*' : ' ', all->list[i].name, all->list[i].broker,
                   all->list[i].group != NULL ? "  group " : "",
                   all->list[i].group != NULL ? all->list[i].group : "");
            continue;
        }
        json_t *one = context_json(&all->list[i]);
        json_object_set_new(one, "in_use", json_boolean(in_use));
        json_array_append_new(array, one);
    }
    return array != NULL ? print_json(array) : 0;
}

/* Whether its broker and files can be used; the reason. */
static bool check(const otr_context *context, otr_error *error)
{
    otr_mqtt_address address;
    otr_status status = otr_mqtt_address_parse(otr_str_of(context->broker), &address, error);
    if (status == OTR_OK && address.tls)
        status = otr_mqtt_files_check(context->ca, context->cert, context->key, error);
    if (status == OTR_OK && context->operator_key != NULL)
        status = otr_mqtt_private_check("operator key", context->operator_key, error);
    return status == OTR_OK;
}

static void print_field(const char *name, const char *value)
{
    if (value != NULL)
        printf("%-13s %s\n", name, value);
}

static int show(const otr_context *context, bool json)
{
    otr_error error = {.text = ""};
    otr_certificate certificate = {.days_left = 0};
    bool usable = check(context, &error);
    bool has_days =
        context->cert != NULL && otr_certificate_read(context->cert, &certificate, NULL) == OTR_OK;
    if (json) {
        json_t *one = context_json(context);
        json_object_set_new(one, "usable", json_boolean(usable));
        if (!usable)
            json_object_set_new(one, "reason", json_string(error.text));
        if (has_days)
            json_object_set_new(one, "certificate_days", json_integer(certificate.days_left));
        return print_json(one) != 0 || !usable;
    }
    print_field("name", context->name);
    print_field("broker", context->broker);
    print_field("ca", context->ca);
    print_field("cert", context->cert);
    print_field("key", context->key);
    print_field("operator_key", context->operator_key);
    print_field("group", context->group);
    print_field("gateway", context->gateway);
    if (has_days)
        printf("%-13s %d days left\n", "certificate", certificate.days_left);
    if (!usable)
        (void)fprintf(stderr, "outrider context: %s: %s\n", context->name, error.text);
    return usable ? 0 : 1;
}

static int run(const otr_contexts *all, int count, char **words, bool json)
{
    otr_context_error error = {.file = ""};
    const char *verb = count > 0 ? words[0] : "list";
    const char *name = count > 1 ? words[1] : all->in_use;
    if (strcmp(verb, "list") == 0 && count <= 1)
        return list(all, json);
    bool uses = strcmp(verb, "use") == 0;
    if ((!uses && strcmp(verb, "show") != 0) || count > 2 || (uses && count != 2))
        return otr_flags_wrong("context", "expected list, use NAME or show [NAME]");
    if (name == NULL)
        return otr_flags_wrong("context", "no context is in use");
    const otr_context *found = otr_contexts_get(all, name);
    (void)snprintf(error.file, sizeof error.file, "%s", all->file);
    if (found == NULL)
        return refuse(&error, otr_fail(&error.error, OTR_NOT_FOUND, "there is no context \"%s\"", name));
    if (!uses)
        return show(found, json);
    otr_status status = otr_context_use(all, name, &error);
    return status == OTR_OK ? 0 : refuse(&error, status);
}

typedef struct options {
    bool json;
} options;

int otr_verb_context(int argc, char **argv)
{
    static const otr_flag flags[] = {{"json", OTR_FLAG_SWITCH, offsetof(options, json)}};
    options asked = {.json = false};
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &asked, NULL)};
    int code = otr_flags_parse(argc, argv, usage, groups, 1);
    if (code >= 0)
        return code;
    otr_contexts all;
    otr_context_error error = {.file = ""};
    otr_status status = otr_contexts_read(&all, &error);
    code = status == OTR_OK ? run(&all, argc - optind, argv + optind, asked.json) : refuse(&error, status);
    otr_contexts_done(&all);
    return code;
}
