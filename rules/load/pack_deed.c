/* What a rule does by itself: a command to a device, how often at most, what forbids it, how long it may take
 * to help. None of it is part of the condition, so that editing it keeps the running state. */
#include "base/limits.h"
#include "base/reading.h"
#include "rules/load/pack_build.h"

static otr_status load_value(const otr_pack_build *build, const otr_yaml *node, otr_value *out)
{
    if (otr_yaml_bool(node, &out->flag, NULL) == OTR_OK) {
        out->type = OTR_TYPE_BOOL;
        return OTR_OK;
    }
    if (otr_yaml_double(node, &out->number, NULL) == OTR_OK) {
        out->type = OTR_TYPE_DOUBLE;
        return OTR_OK;
    }
    return otr_pack_fail(build, node, "expected true, false or a number");
}

static otr_status load_name(const otr_pack_build *build, const otr_yaml *node, const char *what, otr_str *out)
{
    otr_status status = otr_pack_text(build, node, out);
    if (status == OTR_OK && !otr_metric_name_ok(*out))
        return otr_pack_fail(build, node, "%s has small letters, digits and _ only, at most %d", what,
                             OTR_LIMIT_METRIC_NAME_BYTES);
    return status;
}

/* "3 per 1d". */
static otr_status load_at_most(const otr_pack_build *build, const otr_yaml *node, otr_deed *out)
{
    otr_str text;
    size_t digits = 0;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    for (; digits < text.size && digits < 4 && text.data[digits] >= '0' && text.data[digits] <= '9'; digits++)
        out->at_most = out->at_most * 10 + (uint32_t)(text.data[digits] - '0');
    otr_str rest = {text.data + digits, text.size - digits};
    static const otr_str per = {" per ", 5};
    if (digits == 0 || !otr_str_starts(rest, per) ||
        !otr_span_parse((otr_str){rest.data + per.size, rest.size - per.size}, &out->at_most_us) ||
        out->at_most_us == 0)
        return otr_pack_fail(build, node, "expected how many in how long, such as 3 per 1d");
    if (out->at_most == 0 || out->at_most > OTR_LIMIT_DEVICE_COMMANDS)
        return otr_pack_fail(build, node, "expected 1 to %d commands in a span", OTR_LIMIT_DEVICE_COMMANDS);
    return OTR_OK;
}

static otr_status load_options(const otr_pack_build *build, const otr_yaml *node, otr_deed *out)
{
    const otr_yaml *device = otr_yaml_get(node, "device");
    const otr_yaml *every = otr_yaml_get(node, "every");
    const otr_yaml *unless = otr_yaml_get(node, "unless");
    const otr_yaml *wait = otr_yaml_get(node, "wait");
    const otr_yaml *shadow = otr_yaml_get(node, "shadow");
    otr_status status = OTR_OK;
    out->shadow = true;
    if (device != NULL)
        status = load_name(build, device, "a role", &out->role);
    if (status == OTR_OK && every != NULL)
        status = otr_yaml_span(every, &out->every_us, build->error);
    if (status == OTR_OK && unless != NULL)
        status = otr_pack_expression(build, unless, OTR_SCOPE_ALL, &out->unless);
    if (status == OTR_OK && wait != NULL)
        status = otr_yaml_span(wait, &out->wait_us, build->error);
    if (status == OTR_OK && shadow != NULL)
        status = otr_yaml_bool(shadow, &out->shadow, build->error);
    return status;
}

/* What a rule with lateness decides lies in the past when it is told; a command is about now. */
static otr_status check_lateness(const otr_pack_build *build, const otr_yaml *deed, const otr_rule *rule)
{
    if (rule->lateness_us == 0)
        return OTR_OK;
    return otr_fail_at(build->error, OTR_INVALID, deed->key_line, deed->key_column,
                       "a rule with lateness has no do: what it tells lies in the past");
}

/* What every command has. */
static otr_status load_command(const otr_pack_build *build, const otr_yaml *map, const char *const *known,
                               otr_deed *out)
{
    const otr_yaml *command = NULL;
    const otr_yaml *value = NULL;
    const otr_yaml *at_most = NULL;
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = otr_yaml_only(map, known, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "command", &command, build->error);
    if (status == OTR_OK)
        status = load_name(build, command, "a command", &out->command);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "value", &value, build->error);
    if (status == OTR_OK)
        status = load_value(build, value, &out->value);
    if (status == OTR_OK)
        status = otr_yaml_need(map, "at_most", &at_most, build->error);
    return status == OTR_OK ? load_at_most(build, at_most, out) : status;
}

otr_status otr_pack_deed(otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    static const char *const known[] = {"command", "value", "device", "at_most", "every",
                                        "unless",  "wait",  "shadow", NULL};
    const otr_yaml *map = otr_yaml_get(node, "do");
    if (map == NULL)
        return OTR_OK;
    otr_deed *deed = otr_arena_alloc(&build->pack->memory, sizeof *deed);
    if (deed == NULL)
        return otr_pack_memory(build);
    otr_status status = load_command(build, map, known, deed);
    if (status == OTR_OK)
        status = load_options(build, map, deed);
    if (status == OTR_OK)
        status = check_lateness(build, map, out);
    out->deed = deed;
    return status;
}

otr_status otr_pack_remedy_deed(const otr_pack_build *build, const otr_yaml *map, const otr_deed **out)
{
    static const char *const known[] = {"command", "value", "device", "at_most", "every", NULL};
    otr_deed *deed = otr_arena_alloc(&build->pack->memory, sizeof *deed);
    if (deed == NULL)
        return otr_pack_memory(build);
    otr_status status = load_command(build, map, known, deed);
    if (status == OTR_OK)
        status = load_options(build, map, deed);
    deed->shadow = false; /* somebody asks for it */
    *out = deed;
    return status;
}
