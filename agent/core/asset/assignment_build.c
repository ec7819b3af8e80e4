#include "core/asset/assignment_build.h"

#include "base/reading.h"
#include "rules/load/nearest.h"

#include <stdlib.h>

otr_status otr_build_memory(const otr_assignment_build *build)
{
    return otr_fail(build->error, OTR_MEMORY, "out of memory");
}

otr_status otr_build_text(const otr_assignment_build *build, const otr_yaml *node, otr_str *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    *out = otr_arena_copy(build->memory, text);
    return out->data != NULL ? OTR_OK : otr_build_memory(build);
}

otr_status otr_build_name(const otr_assignment_build *build, const otr_yaml *node, otr_str *out)
{
    otr_str text;
    otr_status status = otr_yaml_text(node, &text, build->error);
    if (status != OTR_OK)
        return status;
    if (!otr_device_name_ok(text))
        return otr_build_fail(build, node, "a name has letters, digits and : . _ - only, at most 64");
    return otr_build_text(build, node, out);
}

static int by_name_and_number(const void *left, const void *right)
{
    const otr_named *a = left;
    const otr_named *b = right;
    int order = otr_str_compare(a->name, b->name);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

otr_status otr_named_sort(const otr_assignment_build *build, otr_named *list, size_t count, const char *what)
{
    if (count == 0)
        return OTR_OK;
    qsort(list, count, sizeof *list, by_name_and_number);
    const otr_named *repeated = NULL;
    for (size_t i = 1; i < count; i++)
        if (otr_str_equal(list[i - 1].name, list[i].name) &&
            (repeated == NULL || list[i].number < repeated->number))
            repeated = &list[i];
    if (repeated == NULL)
        return OTR_OK;
    const otr_yaml *first = repeated[-1].node;
    return otr_build_fail(build, repeated->node, "the %s %.*s is here twice, first at %d:%d", what,
                          OTR_STR_ARG(repeated->name), first->line, first->column);
}

otr_status otr_named_find(const otr_assignment_build *build, const otr_named *list, size_t count,
                          const otr_yaml *node, const char *what, uint32_t *number)
{
    otr_str wanted;
    otr_status status = otr_yaml_text(node, &wanted, build->error);
    if (status != OTR_OK)
        return status;
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = otr_str_compare(list[middle].name, wanted);
        if (order == 0) {
            *number = list[middle].number;
            return OTR_OK;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    otr_nearest nearest = {0};
    for (size_t i = 0; i < count; i++)
        otr_nearest_offer(&nearest, wanted, list[i].name);
    return otr_build_fail(build, node, "there is no %s %.*s%s%.*s%s", what, OTR_STR_ARG(wanted),
                          OTR_NEAREST_ARG(nearest));
}
