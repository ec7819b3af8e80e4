#include "daemon/push/push_chain.h"

#include <string.h>

#include "base/limits.h"

bool otr_push_same_bundle(const json_t *one, const char *bundle)
{
    const char *has = json_string_value(json_object_get(one, "bundle"));
    return has != NULL && bundle != NULL && strcmp(has, bundle) == 0;
}

void otr_push_chain_put(json_t *entry, json_t *one)
{
    json_t *active = json_object_get(entry, "active");
    json_t *previous = json_object_get(entry, "previous");
    json_t *earlier = json_object_get(entry, "earlier");
    if (previous != NULL && earlier == NULL) {
        earlier = json_array();
        json_object_set_new(entry, "earlier", earlier);
    }
    if (previous != NULL)
        json_array_append(earlier, previous);
    if (json_array_size(earlier) > OTR_LIMIT_EARLIER) {
        json_array_remove(earlier, 0);
        json_object_set_new(entry, "cut", json_true());
    }
    json_object_del(entry, "previous");
    if (active != NULL)
        json_object_set(entry, "previous", active);
    json_object_set(entry, "active", one);
}

void otr_push_chain_back(json_t *entry)
{
    json_t *earlier = json_object_get(entry, "earlier");
    size_t count = json_array_size(earlier);
    json_object_del(entry, "active");
    if (json_object_get(entry, "previous") != NULL)
        json_object_set(entry, "active", json_object_get(entry, "previous"));
    json_object_del(entry, "previous");
    if (count > 0) {
        json_object_set(entry, "previous", json_array_get(earlier, count - 1));
        json_array_remove(earlier, count - 1);
    }
    if (count <= 1)
        json_object_del(entry, "earlier");
    if (json_object_get(entry, "active") == NULL)
        json_object_del(entry, "cut");
}

bool otr_push_chain_has(const json_t *entry, const char *bundle)
{
    size_t i;
    json_t *one;
    if (otr_push_same_bundle(json_object_get(entry, "previous"), bundle))
        return true;
    json_array_foreach(json_object_get(entry, "earlier"), i,
                       one) if (otr_push_same_bundle(one, bundle)) return true;
    return false;
}

bool otr_push_chain_is_cut(const json_t *entry)
{
    return json_object_get(entry, "previous") == NULL && json_is_true(json_object_get(entry, "cut"));
}
