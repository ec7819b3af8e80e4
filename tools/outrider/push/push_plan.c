#include "tools/outrider/push/push_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

bool otr_plan_percent_parse(otr_str text, int *out)
{
    int64_t percent;
    if (text.size > 0 && text.data[text.size - 1] == '%')
        text.size--;
    if (!otr_str_to_i64(text, &percent) || percent < 1 || percent > 100)
        return false;
    *out = (int)percent;
    return true;
}

static otr_status take_stage(otr_str word, size_t at, int *before, json_t *list, otr_error *error)
{
    int percent;
    if (!otr_plan_percent_parse(word, &percent))
        return otr_fail_at(error, OTR_INVALID, 1, (int)at + 1, "a stage is a share from 1%% to 100%%");
    if (percent <= *before)
        return otr_fail_at(error, OTR_INVALID, 1, (int)at + 1, "stages grow: %d%% comes after %d%%", percent,
                           *before);
    if (json_array_size(list) == OTR_PLAN_STAGES)
        return otr_fail_at(error, OTR_LIMIT, 1, (int)at + 1, "more than %d stages", OTR_PLAN_STAGES);
    *before = percent;
    (void)json_array_append_new(list, json_integer(percent));
    return OTR_OK;
}

otr_status otr_plan_stages_parse(otr_str text, json_t **out, otr_error *error)
{
    json_t *list = json_array();
    otr_status status = OTR_OK;
    int before = 0;
    size_t at = 0;
    while (status == OTR_OK && at <= text.size) {
        const char *comma = at < text.size ? memchr(text.data + at, ',', text.size - at) : NULL;
        size_t end = comma != NULL ? (size_t)(comma - text.data) : text.size;
        status = take_stage((otr_str){text.data + at, end - at}, at, &before, list, error);
        at = end + 1;
    }
    if (status == OTR_OK && before != 100)
        status = otr_fail_at(error, OTR_INVALID, 1, (int)text.size + 1, "the last stage is 100%%");
    if (status == OTR_OK)
        *out = list;
    else
        json_decref(list);
    return status;
}

size_t otr_plan_share(size_t count, int percent)
{
    return (count * (size_t)percent + 99) / 100;
}

typedef struct turn {
    uint64_t at;
    const char *name;
} turn;

static int by_turn(const void *left, const void *right)
{
    const turn *a = left;
    const turn *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return strcmp(a->name, b->name);
}

void otr_plan_order(const char *id, const char **names, size_t count)
{
    turn *turns = calloc(count > 0 ? count : 1, sizeof *turns);
    if (turns == NULL)
        return; /* any order will do */
    for (size_t i = 0; i < count; i++) {
        otr_id hash = otr_hash128('p', otr_hash64('p', 0, id, strlen(id)), names[i], strlen(names[i]));
        memcpy(&turns[i].at, hash.bytes, sizeof turns[i].at);
        turns[i].name = names[i];
    }
    qsort(turns, count, sizeof *turns, by_turn);
    for (size_t i = 0; i < count; i++)
        names[i] = turns[i].name;
    free(turns);
}

bool otr_plan_is_whole(const json_t *plan)
{
    static const char *const texts[] = {"id", "pack", "bundle", "gate", "state"};
    const json_t *stages = json_object_get(plan, "stages");
    const json_t *gateways = json_object_get(plan, "gateways");
    json_int_t done = json_integer_value(json_object_get(plan, "stage"));
    size_t i;
    json_t *one;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!json_is_string(json_object_get(plan, texts[i])))
            return false;
    if (json_array_size(stages) == 0 || json_array_size(gateways) == 0 || done < 0 ||
        (size_t)done > json_array_size(stages) || json_array_size(gateways) > OTR_PLAN_GATEWAYS)
        return false;
    json_array_foreach(stages, i, one) if (!json_is_integer(one)) return false;
    json_array_foreach(gateways, i, one) if (!json_is_string(one)) return false;
    return true;
}
