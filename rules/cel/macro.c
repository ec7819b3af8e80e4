#include "rules/cel/macro.h"

otr_reason otr_make_list(otr_room *room, const otr_value *items, size_t count, otr_value *out)
{
    otr_value *copy = otr_room_array(room, count, sizeof *copy);
    if (copy == NULL)
        return OTR_REASON_ROOM;
    memcpy(copy, items, count * sizeof *copy);
    return otr_value_collect(OTR_TYPE_LIST, copy, count, out);
}

otr_reason otr_make_map(otr_room *room, const otr_value *pairs, size_t count, otr_value *out)
{
    otr_reason reason = otr_map_check(pairs, count);
    if (reason != OTR_REASON_NONE)
        return reason;
    reason = otr_make_list(room, pairs, 2 * count, out);
    if (reason == OTR_REASON_NONE)
        *out = (otr_value){.type = OTR_TYPE_MAP, .nodes = out->nodes, .list = {out->list.items, count}};
    return reason;
}

otr_reason otr_macro_start(otr_call call, otr_room *room, otr_value *slots)
{
    if (slots[0].type != OTR_TYPE_LIST && slots[0].type != OTR_TYPE_MAP)
        return OTR_REASON_NO_OVERLOAD;
    slots[1] = (otr_value){.type = OTR_TYPE_INT, .integer = 0};
    slots[2] = slots[1];
    if (call == OTR_CALL_ALL || call == OTR_CALL_EXISTS) {
        slots[2] = (otr_value){.type = OTR_TYPE_BOOL, .flag = call == OTR_CALL_ALL};
    } else if (call != OTR_CALL_EXISTS_ONE) {
        /* No more comes out than goes in. */
        bool map = call == OTR_CALL_TRANSFORM_MAP;
        otr_value *items = otr_room_array(room, slots[0].list.count * (map ? 2 : 1), sizeof *items);
        if (items == NULL)
            return OTR_REASON_ROOM;
        slots[2] = (otr_value){.type = map ? OTR_TYPE_MAP : OTR_TYPE_LIST, .list = {items, 0}};
    }
    return OTR_REASON_NONE;
}

bool otr_macro_step(otr_value *slots, uint32_t variables)
{
    size_t at = (size_t)slots[1].integer;
    if (at >= slots[0].list.count)
        return false;
    bool map = slots[0].type == OTR_TYPE_MAP;
    const otr_value *items = slots[0].list.items;
    slots[1].integer++;
    if (variables == 1) {
        slots[3] = items[map ? 2 * at : at];
    } else {
        slots[3] = map ? items[2 * at] : (otr_value){.type = OTR_TYPE_INT, .integer = (int64_t)at};
        slots[4] = items[map ? 2 * at + 1 : at];
    }
    return true;
}

/* The memory behind a list or map that is still being made belongs to the machine, so that it may write
 * there. */
static otr_reason append(otr_value *list, const otr_value *key, const otr_value *item)
{
    otr_value *items = (otr_value *)list->list.items;
    size_t at = list->list.count * (key != NULL ? 2 : 1);
    if (key != NULL)
        items[at++] = *key;
    items[at] = *item;
    list->list.count++;
    list->nodes += otr_value_nodes(item) + (key != NULL);
    return list->nodes <= OTR_VALUE_NODES_MAX ? OTR_REASON_NONE : OTR_REASON_SIZE;
}

otr_reason otr_macro_gather(otr_call call, otr_value *slots, uint32_t variables, const otr_value *said)
{
    if ((call == OTR_CALL_EXISTS_ONE || call == OTR_CALL_FILTER) && said->type != OTR_TYPE_BOOL)
        return OTR_REASON_NO_OVERLOAD;
    if (call == OTR_CALL_EXISTS_ONE) {
        slots[2].integer += said->flag;
    } else if (call == OTR_CALL_FILTER) {
        return said->flag ? append(&slots[2], NULL, &slots[2 + variables]) : OTR_REASON_NONE;
    } else {
        return append(&slots[2], call == OTR_CALL_TRANSFORM_MAP ? &slots[3] : NULL, said);
    }
    return OTR_REASON_NONE;
}

otr_reason otr_macro_matches(const otr_regex *regex, const otr_value *text, const otr_value *pattern,
                             otr_room *room, uint32_t *steps, bool *out)
{
    if (text->type != OTR_TYPE_STRING || (pattern != NULL && pattern->type != OTR_TYPE_STRING))
        return OTR_REASON_NO_OVERLOAD;
    if (regex == NULL) {
        OTR_ASSERT(pattern != NULL);
        const char *why;
        size_t at;
        if (!otr_regex_check(pattern->text, &why, &at))
            return OTR_REASON_PATTERN;
        regex = otr_regex_make(room, pattern->text);
        if (regex == NULL)
            return OTR_REASON_ROOM;
    }
    size_t cost = 1 + otr_regex_size(regex) * text->text.size / 4096;
    if (cost > *steps)
        return OTR_REASON_STEPS;
    *steps -= (uint32_t)cost;
    *out = otr_regex_search(regex, text->text);
    return OTR_REASON_NONE;
}
