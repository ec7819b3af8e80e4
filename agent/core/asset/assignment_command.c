/* The commands that devices of a profile take, and in which range: what is not here is never sent. */
#include "base/limits.h"
#include "base/metric.h"
#include "base/reading.h"
#include "core/asset/assignment_build.h"

enum { UNIT_BYTES = 16 };

static otr_status read_kind(const otr_assignment_build *build, const otr_yaml *node, otr_profile_command *out)
{
    const otr_yaml *kind;
    otr_str text;
    otr_status status = otr_yaml_need(node, "kind", &kind, build->error);
    if (status == OTR_OK)
        status = otr_yaml_text(kind, &text, build->error);
    if (status != OTR_OK)
        return status;
    bool number = otr_str_is(text, "number");
    if (!number && !otr_str_is(text, "bool"))
        return otr_build_fail(build, kind, "expected bool or number");
    out->type = number ? OTR_TYPE_DOUBLE : OTR_TYPE_BOOL;
    const otr_metric *known = otr_metric_find(node->key);
    if (known != NULL && known->kind != (number ? OTR_KIND_NUMBER : OTR_KIND_BOOL))
        return otr_build_fail(build, kind, "the metric %.*s is of another kind", OTR_STR_ARG(node->key));
    return OTR_OK;
}

/* As in RFC 8428: "Cel", "%RH", "m/s2". */
static bool is_unit(otr_str text)
{
    if (text.size == 0 || text.size > UNIT_BYTES)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '"' || text.data[i] == '\\')
            return false;
    return true;
}

static otr_status read_unit(const otr_assignment_build *build, const otr_yaml *node, otr_profile_command *out)
{
    const otr_yaml *unit = otr_yaml_get(node, "unit");
    const otr_metric *known = otr_metric_find(node->key);
    if (unit == NULL)
        return OTR_OK;
    otr_status status = otr_build_text(build, unit, &out->unit);
    if (status == OTR_OK && !is_unit(out->unit))
        return otr_build_fail(build, unit, "expected a unit such as Cel, at most %d bytes", UNIT_BYTES);
    if (status == OTR_OK && known != NULL && !otr_str_is(out->unit, known->unit))
        return otr_build_fail(build, unit, "%.*s is in %s", OTR_STR_ARG(node->key), known->unit);
    return status;
}

/* A number has both ends of its range: "anything" is no allow-list. */
static otr_status read_range(const otr_assignment_build *build, const otr_yaml *node,
                             otr_profile_command *out)
{
    const otr_yaml *low;
    const otr_yaml *high = NULL;
    otr_status status = otr_yaml_need(node, "min", &low, build->error);
    if (status == OTR_OK)
        status = otr_yaml_double(low, &out->low, build->error);
    if (status == OTR_OK)
        status = otr_yaml_need(node, "max", &high, build->error);
    if (status == OTR_OK)
        status = otr_yaml_double(high, &out->high, build->error);
    if (status == OTR_OK && out->low > out->high)
        return otr_build_fail(build, high, "max must not be below min");
    return status;
}

static otr_status read_command(const otr_assignment_build *build, const otr_yaml *node,
                               otr_profile_command *out)
{
    static const char *const of_number[] = {"kind", "min", "max", "unit", NULL};
    static const char *const of_bool[] = {"kind", NULL};
    if (!otr_metric_name_ok(node->key))
        return otr_fail_at(build->error, OTR_INVALID, node->key_line, node->key_column,
                           "a command has small letters, digits and _ only, at most %d",
                           OTR_LIMIT_METRIC_NAME_BYTES);
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status == OTR_OK)
        status = read_kind(build, node, out);
    bool number = out->type == OTR_TYPE_DOUBLE;
    if (status == OTR_OK)
        status = otr_yaml_only(node, number ? of_number : of_bool, build->error);
    if (status == OTR_OK && number)
        status = read_range(build, node, out);
    if (status == OTR_OK && number)
        status = read_unit(build, node, out);
    if (status != OTR_OK)
        return status;
    out->name = otr_arena_copy(build->memory, node->key);
    return out->name.data != NULL ? OTR_OK : otr_build_memory(build);
}

/* Keeps the list sorted by name while it grows: there are few, and no key comes twice. */
static void insert_command(otr_profile_command *list, size_t count, otr_profile_command command)
{
    size_t at = count;
    while (at > 0 && otr_str_compare(list[at - 1].name, command.name) > 0) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = command;
}

otr_status otr_build_commands(const otr_assignment_build *build, const otr_yaml *node, otr_profile *out)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, build->error);
    if (status != OTR_OK)
        return status;
    size_t count = otr_yaml_count(node);
    if (count > OTR_LIMIT_PROFILE_COMMANDS)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column,
                           "a profile has at most %d commands", OTR_LIMIT_PROFILE_COMMANDS);
    otr_profile_command *list = otr_arena_array(build->memory, count, sizeof *list);
    if (list == NULL)
        return otr_build_memory(build);
    out->commands = list;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next) {
        otr_profile_command command = {0};
        status = read_command(build, entry, &command);
        if (status != OTR_OK)
            return status;
        insert_command(list, out->command_count++, command);
    }
    return OTR_OK;
}
