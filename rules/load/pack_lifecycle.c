/*
 * What a rule says of its alarm's lifecycle: latch, suppress, inhibited_by. None of it is part of the
 * condition, so that editing it keeps the running state. Rules come into the order in which they are judged:
 * who inhibits before who is inhibited, otherwise as they are written.
 */
#include "rules/load/nearest.h"
#include "rules/load/pack_build.h"

otr_status otr_pack_lifecycle(otr_pack_build *build, const otr_yaml *node, otr_rule *out)
{
    const otr_yaml *latch = otr_yaml_get(node, "latch");
    const otr_yaml *suppress = otr_yaml_get(node, "suppress");
    otr_status status = OTR_OK;
    if (latch != NULL)
        status = otr_yaml_bool(latch, &out->latch, build->error);
    if (status == OTR_OK && suppress != NULL)
        status = otr_pack_expression(build, suppress, OTR_SCOPE_ALL, &out->suppress);
    return status;
}

static otr_status find_inhibitor(const otr_pack_build *build, const otr_yaml *entry, const otr_rule *rule,
                                 uint32_t *out)
{
    const otr_pack *pack = build->pack;
    otr_str wanted;
    otr_nearest nearest = {0};
    otr_status status = otr_yaml_text(entry, &wanted, build->error);
    if (status != OTR_OK)
        return status;
    if (otr_str_equal(wanted, rule->name))
        return otr_pack_fail(build, entry, "a rule cannot be inhibited by itself");
    for (*out = 0; *out < pack->rule_count; (*out)++) {
        if (otr_str_equal(pack->rules[*out].name, wanted))
            return OTR_OK;
        otr_nearest_offer(&nearest, wanted, pack->rules[*out].name);
    }
    return otr_pack_fail(build, entry, "this pack has no rule %.*s%s%.*s%s", OTR_STR_ARG(wanted),
                         OTR_NEAREST_ARG(nearest));
}

static otr_status load_inhibitors(const otr_pack_build *build, const otr_yaml *list, otr_rule *rule)
{
    otr_status status = otr_yaml_kind_is(list, OTR_YAML_LIST, build->error);
    if (status != OTR_OK)
        return status;
    uint32_t *found =
        otr_arena_array(&build->pack->memory, otr_yaml_count(list) + 1, sizeof *rule->inhibited_by);
    if (found == NULL)
        return otr_pack_memory(build);
    rule->inhibited_by = found;
    for (const otr_yaml *entry = list->first; entry != NULL; entry = entry->next) {
        uint32_t *one = &found[rule->inhibited_by_count];
        status = find_inhibitor(build, entry, rule, one);
        if (status != OTR_OK)
            return status;
        for (size_t i = 0; i < rule->inhibited_by_count; i++)
            if (found[i] == *one)
                return otr_pack_fail(build, entry, "%.*s is here twice",
                                     OTR_STR_ARG(build->pack->rules[*one].name));
        rule->inhibited_by_count++;
    }
    return OTR_OK;
}

/* The first inhibitor that has no place yet; UINT32_MAX: all have one. */
static uint32_t first_waiting(const otr_rule *rule, const uint32_t *place)
{
    for (size_t i = 0; i < rule->inhibited_by_count; i++)
        if (place[rule->inhibited_by[i]] == UINT32_MAX)
            return rule->inhibited_by[i];
    return UINT32_MAX;
}

/* Everything that has no place waits for something that has none: going from one to the next ends in the
 * circle. */
static otr_status fail_circle(const otr_pack_build *build, const otr_yaml *rules, const uint32_t *place)
{
    const otr_pack *pack = build->pack;
    uint32_t at = 0;
    while (place[at] != UINT32_MAX)
        at++;
    for (size_t steps = 0; steps < pack->rule_count; steps++)
        at = first_waiting(&pack->rules[at], place);
    const otr_yaml *node = rules->first;
    for (uint32_t i = 0; i < at && node->next != NULL; i++)
        node = node->next;
    return otr_pack_fail(build, otr_yaml_get(node, "inhibited_by"),
                         "%.*s and %.*s inhibit each other, perhaps through others",
                         OTR_STR_ARG(pack->rules[at].name),
                         OTR_STR_ARG(pack->rules[first_waiting(&pack->rules[at], place)].name));
}

/* A pass over the rules places each that waits for none; a pass takes at most OTR_LIMIT_RULES_PER_PACK steps,
 * and there are as many passes as the longest chain has rules. */
static otr_status order(const otr_pack_build *build, const otr_yaml *rules)
{
    otr_pack *pack = build->pack;
    uint32_t *place = otr_arena_array(build->scratch, pack->rule_count, sizeof *place);
    otr_rule *sorted = otr_arena_array(&pack->memory, pack->rule_count, sizeof *sorted);
    if (place == NULL || sorted == NULL)
        return otr_pack_memory(build);
    for (size_t i = 0; i < pack->rule_count; i++)
        place[i] = UINT32_MAX;
    uint32_t count = 0;
    for (uint32_t before = UINT32_MAX; count < pack->rule_count && count != before;) {
        before = count;
        for (size_t i = 0; i < pack->rule_count; i++)
            if (place[i] == UINT32_MAX && first_waiting(&pack->rules[i], place) == UINT32_MAX) {
                sorted[count] = pack->rules[i];
                place[i] = count++;
            }
    }
    if (count < pack->rule_count)
        return fail_circle(build, rules, place);
    for (size_t i = 0; i < pack->rule_count; i++)
        for (size_t j = 0; j < sorted[i].inhibited_by_count; j++)
            ((uint32_t *)sorted[i].inhibited_by)[j] = place[sorted[i].inhibited_by[j]];
    pack->rules = sorted;
    return OTR_OK;
}

otr_status otr_pack_inhibitors(otr_pack_build *build, const otr_yaml *rules)
{
    bool any = false;
    size_t index = 0;
    for (const otr_yaml *entry = rules->first; entry != NULL; entry = entry->next, index++) {
        const otr_yaml *list = otr_yaml_get(entry, "inhibited_by");
        if (list == NULL)
            continue;
        any = true;
        otr_status status = load_inhibitors(build, list, &build->pack->rules[index]);
        if (status != OTR_OK)
            return status;
    }
    return any ? order(build, rules) : OTR_OK;
}
