/* Reading values out of a YAML tree: every failure names its place and what was expected. */
#include "rules/load/nearest.h"
#include "rules/load/yaml.h"

#include <math.h>

const otr_yaml *otr_yaml_get(const otr_yaml *map, const char *key)
{
    if (map->kind != OTR_YAML_MAP)
        return NULL;
    for (const otr_yaml *entry = map->first; entry != NULL; entry = entry->next)
        if (otr_str_is(entry->key, key))
            return entry;
    return NULL;
}

otr_status otr_yaml_need(const otr_yaml *map, const char *key, const otr_yaml **out, otr_error *error)
{
    otr_status status = otr_yaml_kind_is(map, OTR_YAML_MAP, error);
    if (status != OTR_OK)
        return status;
    *out = otr_yaml_get(map, key);
    if (*out == NULL)
        return otr_fail_at(error, OTR_INVALID, map->line, map->column, "the key %s is missing", key);
    return OTR_OK;
}

size_t otr_yaml_count(const otr_yaml *node)
{
    size_t count = 0;
    for (const otr_yaml *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    return count;
}

otr_status otr_yaml_only(const otr_yaml *map, const char *const *known, otr_error *error)
{
    for (const otr_yaml *entry = map->first; entry != NULL; entry = entry->next) {
        otr_nearest nearest = {0};
        bool found = false;
        for (const char *const *name = known; *name != NULL && !found; name++)
            found = otr_str_is(entry->key, *name);
        if (found)
            continue;
        for (const char *const *name = known; *name != NULL; name++)
            otr_nearest_offer(&nearest, entry->key, otr_str_of(*name));
        return otr_fail_at(error, OTR_INVALID, entry->key_line, entry->key_column, "unknown key %.*s%s%.*s%s",
                           OTR_STR_ARG(entry->key), OTR_NEAREST_ARG(nearest));
    }
    return OTR_OK;
}

void otr_yaml_place(const otr_yaml *node, size_t offset, int *line, int *column)
{
    *line = node->line;
    *column = node->column;
    if (!node->exact)
        return;
    if (node->style == OTR_YAML_SINGLE_QUOTED || node->style == OTR_YAML_DOUBLE_QUOTED)
        (*column)++;
    for (size_t i = 0; i < offset && i < node->text.size; i++) {
        char c = node->text.data[i];
        if (c == '\n') {
            (*line)++;
            *column = node->column;
        } else {
            *column += c == '\'' && node->style == OTR_YAML_SINGLE_QUOTED ? 2 : 1;
        }
    }
}

static otr_status expected(const otr_yaml *node, otr_error *error, const char *what)
{
    if (node->kind != OTR_YAML_SCALAR)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column, "expected %s, found a %s", what,
                           node->kind == OTR_YAML_LIST ? "list" : "map");
    if (node->text.size == 0)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column, "expected %s, found nothing", what);
    int shown = node->text.size > 40 ? 40 : (int)node->text.size;
    while (shown > 0 && shown < (int)node->text.size &&
           ((unsigned char)node->text.data[shown] & 0xC0) == 0x80)
        shown--;
    const char *quote = node->style == OTR_YAML_SINGLE_QUOTED   ? "'"
                        : node->style == OTR_YAML_DOUBLE_QUOTED ? "\""
                                                                : "";
    return otr_fail_at(error, OTR_INVALID, node->line, node->column, "expected %s, found %s%.*s%s", what,
                       quote, shown, node->text.data, quote);
}

static bool is_plain(const otr_yaml *node)
{
    return node->kind == OTR_YAML_SCALAR && node->style == OTR_YAML_PLAIN;
}

otr_status otr_yaml_kind_is(const otr_yaml *node, otr_yaml_kind kind, otr_error *error)
{
    static const char *const names[] = {"text", "a list", "a map"};
    return node->kind == kind ? OTR_OK : expected(node, error, names[kind]);
}

otr_status otr_yaml_text(const otr_yaml *node, otr_str *out, otr_error *error)
{
    bool nothing = is_plain(node) &&
                   (node->text.size == 0 || otr_str_is(node->text, "~") || otr_str_is(node->text, "null"));
    if (node->kind != OTR_YAML_SCALAR || nothing)
        return expected(node, error, "text");
    *out = node->text;
    return OTR_OK;
}

otr_status otr_yaml_bool(const otr_yaml *node, bool *out, otr_error *error)
{
    bool yes = is_plain(node) && otr_str_is(node->text, "true");
    if (!yes && !(is_plain(node) && otr_str_is(node->text, "false")))
        return expected(node, error, "true or false");
    *out = yes;
    return OTR_OK;
}

/* strtod also takes hexadecimal, inf and nan, which nobody means in a limit. */
static bool decimal(otr_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (strchr("0123456789+-.eE", text.data[i]) == NULL)
            return false;
    return text.size > 0;
}

otr_status otr_yaml_double(const otr_yaml *node, double *out, otr_error *error)
{
    double value;
    if (!is_plain(node) || !decimal(node->text) || !otr_str_to_double(node->text, &value) || !isfinite(value))
        return expected(node, error, "a number");
    *out = value;
    return OTR_OK;
}

otr_status otr_yaml_copy_text(otr_arena *memory, const otr_yaml *map, const char *key, size_t most,
                              otr_str *out, otr_error *error)
{
    const otr_yaml *node = otr_yaml_get(map, key);
    otr_str text;
    if (node == NULL)
        return OTR_OK;
    otr_status status = otr_yaml_text(node, &text, error);
    if (status != OTR_OK)
        return status;
    while (text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    if (text.size == 0)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column, "expected a text");
    if (text.size > most)
        return otr_fail_at(error, OTR_LIMIT, node->line, node->column,
                           "a text of %zu bytes is over the limit of %zu", text.size, most);
    *out = otr_arena_copy(memory, text);
    return out->data != NULL ? OTR_OK : otr_fail(error, OTR_MEMORY, "out of memory");
}

otr_status otr_yaml_i64(const otr_yaml *node, int64_t low, int64_t high, int64_t *out, otr_error *error)
{
    int64_t value;
    if (!is_plain(node) || !otr_str_to_i64(node->text, &value))
        return expected(node, error, "a whole number");
    if (value < low || value > high)
        return otr_fail_at(error, OTR_INVALID, node->line, node->column,
                           "%lld is out of range, expected %lld to %lld", (long long)value, (long long)low,
                           (long long)high);
    *out = value;
    return OTR_OK;
}

otr_status otr_yaml_span(const otr_yaml *node, otr_time *out, otr_error *error)
{
    if (node->kind != OTR_YAML_SCALAR || !otr_span_parse(node->text, out))
        return expected(node, error, "a duration such as 90s, 10m or 1h30m");
    return OTR_OK;
}
