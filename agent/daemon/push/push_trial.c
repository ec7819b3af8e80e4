#include "daemon/push/push_trial.h"

#include <string.h>

#include "daemon/config/tuning.h"
#include "daemon/health.h"

static json_t *list_of(unsigned complaints)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < OTR_COMPLAINTS; i++)
        if ((complaints >> i & 1) != 0)
            json_array_append_new(list, json_string(otr_complaint_text(i)));
    return list;
}

json_t *otr_push_trial_new(const json_t *root, unsigned complaints, bool known)
{
    json_int_t order = 0;
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get(root, "packs"), pack, entry)
    {
        json_int_t other = json_integer_value(json_object_get(json_object_get(entry, "trial"), "order"));
        order = other > order ? other : order;
    }
    return json_pack("{s:i, s:I, s:o}", "starts", 0, "order", order + 1, "before",
                     known ? list_of(complaints) : json_null());
}

bool otr_push_trial_first_look(json_t *root, unsigned complaints)
{
    bool waited = false;
    const char *pack;
    json_t *entry;
    json_object_foreach(json_object_get(root, "packs"), pack, entry)
    {
        json_t *trial = json_object_get(entry, "trial");
        if (!json_is_null(json_object_get(trial, "before")))
            continue;
        waited = true;
        json_object_set_new(trial, "before", list_of(complaints));
    }
    return waited;
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
static const char *worse_than(const char *pack, const json_t *before, unsigned complaints)
{
    unsigned counts = strcmp(pack, OTR_TUNING) == 0 ? OTR_COMPLAINTS_OF_A_TUNING : OTR_COMPLAINTS_OF_A_PACK;
    if ((complaints & OTR_COMPLAINT_BIT(LINK_DOWN)) != 0)
        counts &= ~OTR_COMPLAINT_BIT(LOST); /* an outbox that nobody empties overflows with any pack */
    if (!json_is_array(before))
        return NULL;
    for (unsigned i = 0; i < OTR_COMPLAINTS; i++)
        if ((complaints >> i & 1) != 0 && (counts >> i & 1) != 0 && !was_there(before, otr_complaint_text(i)))
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
        const char *found = worse_than(pack, json_object_get(trial, "before"), complaints);
        if (found == NULL || order <= newest)
            continue;
        newest = order;
        worst = pack;
        *complaint = found;
    }
    return worst;
}
