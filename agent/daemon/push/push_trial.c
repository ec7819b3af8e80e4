#include "daemon/push/push_trial.h"

#include <string.h>

#include "daemon/health.h"

json_t *otr_push_trial_new(const json_t *root, unsigned complaints)
{
    json_t *before = json_array();
    json_int_t order = 0;
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get(root, "packs"), pack, entry)
    {
        json_int_t other = json_integer_value(json_object_get(json_object_get(entry, "trial"), "order"));
        order = other > order ? other : order;
    }
    for (unsigned i = 0; i < OTR_COMPLAINTS; i++)
        if ((complaints >> i & 1) != 0)
            json_array_append_new(before, json_string(otr_complaint_text(i)));
    return json_pack("{s:i, s:I, s:o}", "starts", 0, "order", order + 1, "before", before);
}

static bool was_there(const json_t *before, const char *text)
{
    size_t i;
    json_t *one;
    json_array_foreach(before, i,
                       one) if (json_is_string(one) && strcmp(json_string_value(one), text) == 0) return true;
    return false;
}

/* The first that was not there before; NULL: nothing is worse, or it is not known how it was. */
static const char *worse_than(const json_t *before, unsigned complaints)
{
    if (!json_is_array(before))
        return NULL;
    for (unsigned i = 0; i < OTR_COMPLAINTS; i++)
        if ((complaints >> i & 1) != 0 && (OTR_COMPLAINTS_OF_A_TRIAL >> i & 1) != 0 &&
            !was_there(before, otr_complaint_text(i)))
            return otr_complaint_text(i);
    return NULL;
}

const char *otr_push_trial_worse(const json_t *root, unsigned complaints, const char **complaint)
{
    const char *worst = NULL;
    json_int_t newest = -1;
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get((json_t *)root, "packs"), pack, entry)
    {
        const json_t *trial = json_object_get(entry, "trial");
        json_int_t order = json_integer_value(json_object_get(trial, "order"));
        const char *found = worse_than(json_object_get(trial, "before"), complaints);
        if (found == NULL || order <= newest)
            continue;
        newest = order;
        worst = pack;
        *complaint = found;
    }
    return worst;
}
