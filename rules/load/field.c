#include "rules/load/field.h"

#include "rules/load/nearest.h"
#include "rules/load/words.h"

#include <stdio.h>
#include <stdlib.h>

/* Keys that are not free: a slip in one of them would silently leave an asset without its device or limits.
 */
static const char *const fixed_keys[] = {"asset",   "class",    "name",     "limit", "places", "devices",
                                         "profile", "customer", "contacts", "route", NULL};

size_t otr_fields_count(const otr_yaml *map)
{
    size_t count = 0;
    for (const otr_yaml *entry = map->first; entry != NULL; entry = entry->next)
        count += entry->kind == OTR_YAML_MAP ? otr_yaml_count(entry) : 1;
    return count;
}

bool otr_fields_key_is_fixed(otr_str key)
{
    for (const char *const *fixed = fixed_keys; *fixed != NULL; fixed++)
        if (otr_str_is(key, *fixed))
            return true;
    return false;
}

static otr_status fail_at_key(const otr_field_list *fields, const otr_yaml *entry, const char *why)
{
    return otr_fail_at(fields->error, OTR_INVALID, entry->key_line, entry->key_column, "%s", why);
}

static otr_status check_identifier(const otr_field_list *fields, const otr_yaml *entry)
{
    if (otr_word_is_identifier(entry->key))
        return OTR_OK;
    return fail_at_key(fields, entry, "a key has letters, digits and _ only, at most 64");
}

/* Other keys are the user's own, but not those one slip away from ours. */
otr_status otr_fields_check_key(const otr_field_list *fields, const otr_yaml *entry)
{
    if (otr_fields_key_is_fixed(entry->key))
        return OTR_OK;
    otr_status status = check_identifier(fields, entry);
    if (status != OTR_OK)
        return status;
    for (const char *const *fixed = fixed_keys; *fixed != NULL; fixed++)
        if (otr_edit_distance(entry->key, otr_str_of(*fixed), 1) <= 1)
            return otr_fail_at(fields->error, OTR_INVALID, entry->key_line, entry->key_column,
                               "unknown key %.*s; did you mean %s?", OTR_STR_ARG(entry->key), *fixed);
    if (otr_str_is(entry->key, "id"))
        return fail_at_key(fields, entry, "asset.id comes from the key asset");
    return OTR_OK;
}

static otr_status read_text(const otr_field_list *fields, const otr_yaml *node, otr_value *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, fields->error);
    if (status != OTR_OK)
        return status;
    out->type = OTR_TYPE_STRING;
    out->text = otr_arena_copy(fields->memory, text);
    return out->text.data != NULL ? OTR_OK : otr_fail(fields->error, OTR_MEMORY, "out of memory");
}

static otr_status read_value(const otr_field_list *fields, const otr_yaml *node, otr_value *out)
{
    if (otr_yaml_bool(node, &out->flag, NULL) == OTR_OK) {
        out->type = OTR_TYPE_BOOL;
        return OTR_OK;
    }
    if (otr_yaml_double(node, &out->number, NULL) == OTR_OK) {
        out->type = OTR_TYPE_DOUBLE;
        return OTR_OK;
    }
    if (node->kind == OTR_YAML_SCALAR && node->style == OTR_YAML_PLAIN && otr_str_is(node->text, "none")) {
        out->type = OTR_TYPE_NULL;
        return OTR_OK;
    }
    return read_text(fields, node, out);
}

static otr_status add(otr_field_list *fields, otr_str group, otr_str key, otr_value value)
{
    char path[160];
    int size = group.size == 0
                   ? snprintf(path, sizeof path, "%.*s", OTR_STR_ARG(key))
                   : snprintf(path, sizeof path, "%.*s.%.*s", OTR_STR_ARG(group), OTR_STR_ARG(key));
    otr_field *field = &fields->list[fields->count++];
    field->path = otr_arena_copy(fields->memory, (otr_str){path, (size_t)size});
    field->value = value;
    return field->path.data != NULL ? OTR_OK : otr_fail(fields->error, OTR_MEMORY, "out of memory");
}

otr_status otr_fields_add_number(otr_field_list *fields, const char *group, const char *key, double number)
{
    return add(fields, otr_str_of(group), otr_str_of(key),
               (otr_value){.type = OTR_TYPE_DOUBLE, .number = number});
}

void otr_fields_add_text(otr_field_list *fields, const char *key, otr_str text)
{
    fields->list[fields->count++] = (otr_field){otr_str_of(key), {.type = OTR_TYPE_STRING, .text = text}};
}

/* A text would never compare with a number. */
static otr_status add_group(otr_field_list *fields, const otr_yaml *node, bool numbers)
{
    otr_status status = otr_yaml_kind_is(node, OTR_YAML_MAP, fields->error);
    for (const otr_yaml *entry = node->first; entry != NULL && status == OTR_OK; entry = entry->next) {
        otr_value value = {0};
        status = check_identifier(fields, entry);
        if (status == OTR_OK)
            status = read_value(fields, entry, &value);
        if (status == OTR_OK && numbers && value.type == OTR_TYPE_STRING)
            return otr_fail_at(fields->error, OTR_INVALID, entry->line, entry->column,
                               "a limit is a number, true, false or none");
        if (status == OTR_OK)
            status = add(fields, node->key, entry->key, value);
    }
    return status;
}

/* What is printed on a label, and a group, is text, also where it looks like a number. */
static bool is_text_only(otr_str key)
{
    return otr_str_is(key, "model") || otr_str_is(key, "serial") || otr_str_is(key, "lot") ||
           otr_str_is(key, "group");
}

otr_status otr_fields_add(otr_field_list *fields, const otr_yaml *entry, bool numbers)
{
    otr_value value = {0};
    if (numbers || entry->kind == OTR_YAML_MAP)
        return add_group(fields, entry, numbers);
    otr_status status =
        is_text_only(entry->key) ? read_text(fields, entry, &value) : read_value(fields, entry, &value);
    return status == OTR_OK ? add(fields, OTR_STR(""), entry->key, value) : status;
}

static int by_path(const void *left, const void *right)
{
    return otr_str_compare(((const otr_field *)left)->path, ((const otr_field *)right)->path);
}

void otr_fields_sort(otr_field_list *fields)
{
    qsort(fields->list, fields->count, sizeof *fields->list, by_path);
}

static int path_of(const void *path, const void *field)
{
    return otr_str_compare(*(const otr_str *)path, ((const otr_field *)field)->path);
}

const otr_value *otr_field_find(const otr_field *list, size_t count, otr_str path)
{
    const otr_field *found = count > 0 ? bsearch(&path, list, count, sizeof *list, path_of) : NULL;
    return found != NULL ? &found->value : NULL;
}
