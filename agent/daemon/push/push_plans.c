#include "daemon/push/push_plans.h"

#include <string.h>

#include "base/limits.h"

static const char *text(const json_t *plan, const char *name)
{
    const char *value = json_string_value(json_object_get(plan, name));
    return value != NULL ? value : "";
}

static json_t *list_of(const json_t *root)
{
    return json_object_get(root, "plans");
}

void otr_push_plans_adopt(json_t *root)
{
    json_t *one = json_object_get(root, "plan");
    if (!json_is_array(list_of(root)))
        json_object_set_new(root, "plans", json_array());
    if (json_is_object(one))
        otr_push_plans_put(root, one);
    json_object_del(root, "plan");
}

json_t *otr_push_plans_find(const json_t *root, const char *id)
{
    size_t i;
    json_t *plan;
    json_array_foreach(list_of(root), i, plan) if (strcmp(text(plan, "id"), id) == 0) return plan;
    return NULL;
}

void otr_push_plans_put(json_t *root, json_t *plan)
{
    json_t *list = list_of(root);
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        if (strcmp(text(one, "id"), text(plan, "id")) == 0) {
            json_array_remove(list, i);
            break;
        }
    }
    json_array_append(list, plan);
    while (json_array_size(list) > OTR_LIMIT_PLANS && otr_push_plans_give_up(root, NULL)) {
    }
}

static bool is_over(const json_t *plan)
{
    return strcmp(text(plan, "state"), "done") == 0 || strcmp(text(plan, "state"), "undone") == 0;
}

/* Whether a later one is of the same pack. */
static bool is_followed(const json_t *list, size_t at)
{
    const char *pack = text(json_array_get(list, at), "pack");
    for (size_t i = at + 1; i < json_array_size(list); i++)
        if (strcmp(text(json_array_get(list, i), "pack"), pack) == 0)
            return true;
    return false;
}

/* 0 goes first. */
static int worth(const json_t *list, size_t at)
{
    return (is_followed(list, at) ? 0 : 2) + (is_over(json_array_get(list, at)) ? 0 : 1);
}

bool otr_push_plans_give_up(json_t *root, bool (*may_go)(const json_t *root, const json_t *plan))
{
    json_t *list = list_of(root);
    size_t count = json_array_size(list);
    size_t goes = count;
    for (size_t i = 0; i + 1 < count; i++)
        if ((may_go == NULL || may_go(root, json_array_get(list, i))) &&
            (goes == count || worth(list, i) < worth(list, goes)))
            goes = i;
    return goes < count && json_array_remove(list, goes) == 0;
}

json_t *otr_push_plans_list(const json_t *root)
{
    const json_t *list = list_of(root);
    json_t *out = json_array();
    for (size_t i = json_array_size(list); i-- > 0;) {
        const json_t *plan = json_array_get(list, i);
        json_array_append_new(out, json_pack("{s:s, s:s, s:I, s:s, s:I, s:I}", "id", text(plan, "id"), "pack",
                                             text(plan, "pack"), "version",
                                             json_integer_value(json_object_get(plan, "version")), "state",
                                             text(plan, "state"), "stage",
                                             json_integer_value(json_object_get(plan, "stage")), "stages",
                                             (json_int_t)json_array_size(json_object_get(plan, "stages"))));
    }
    return out;
}

const json_t *otr_push_plans_of(const json_t *root, const char *bundle)
{
    const json_t *list = list_of(root);
    for (size_t i = json_array_size(list); i-- > 0;)
        if (strcmp(text(json_array_get(list, i), "bundle"), bundle) == 0)
            return json_array_get(list, i);
    return NULL;
}
