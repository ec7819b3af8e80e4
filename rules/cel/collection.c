/* Lists, maps and types as values. A map is its pairs in the order written; a key is found by going through
 * them. */
#include "rules/cel/operate.h"

const otr_value *otr_map_find(const otr_value *map, const otr_value *key)
{
    for (size_t i = 0; i < map->list.count; i++)
        if (otr_operate_equal(&map->list.items[2 * i], key))
            return &map->list.items[2 * i + 1];
    return NULL;
}

uint32_t otr_value_nodes(const otr_value *value)
{
    if (value->type != OTR_TYPE_LIST && value->type != OTR_TYPE_MAP)
        return 1;
    size_t own = value->list.count * (value->type == OTR_TYPE_MAP ? 2 : 1);
    if (own < value->nodes)
        own = value->nodes;
    return own < OTR_VALUE_NODES_MAX ? (uint32_t)own + 1 : OTR_VALUE_NODES_MAX + 1;
}

otr_reason otr_value_collect(otr_type type, const otr_value *items, size_t count, otr_value *out)
{
    size_t values = count * (type == OTR_TYPE_MAP ? 2 : 1);
    uint32_t nodes = 0;
    for (size_t i = 0; i < values && nodes <= OTR_VALUE_NODES_MAX; i++)
        nodes += otr_value_nodes(&items[i]);
    if (nodes > OTR_VALUE_NODES_MAX)
        return OTR_REASON_SIZE;
    *out = (otr_value){.type = type, .nodes = nodes, .list = {items, count}};
    return OTR_REASON_NONE;
}

static bool is_key(otr_type type)
{
    return type == OTR_TYPE_BOOL || type == OTR_TYPE_INT || type == OTR_TYPE_UINT || type == OTR_TYPE_STRING;
}

otr_reason otr_map_check(const otr_value *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_key(pairs[2 * i].type))
            return OTR_REASON_KEY_TYPE;
        otr_value before = {.type = OTR_TYPE_MAP, .list = {pairs, i}};
        if (otr_map_find(&before, &pairs[2 * i]) != NULL)
            return OTR_REASON_REPEATED_KEY;
    }
    return OTR_REASON_NONE;
}

/* A whole number of any numeric type as an index of a list. */
static otr_reason list_index(const otr_value *key, size_t count, size_t *out)
{
    uint64_t index = 0;
    if (key->type == OTR_TYPE_INT && key->integer >= 0) {
        index = (uint64_t)key->integer;
    } else if (key->type == OTR_TYPE_UINT) {
        index = key->natural;
    } else if (key->type == OTR_TYPE_DOUBLE && key->number >= 0 && key->number < 0x1p53) {
        index = (uint64_t)key->number;
        if ((double)index != key->number)
            return OTR_REASON_INDEX;
    } else {
        return otr_type_is_numeric(key->type) ? OTR_REASON_INDEX : OTR_REASON_NO_OVERLOAD;
    }
    *out = (size_t)index;
    return index < count ? OTR_REASON_NONE : OTR_REASON_INDEX;
}

otr_reason otr_operate_index(const otr_value *object, const otr_value *key, otr_value *out)
{
    if (object->type == OTR_TYPE_LIST) {
        size_t index = 0;
        otr_reason reason = list_index(key, object->list.count, &index);
        if (reason == OTR_REASON_NONE)
            *out = object->list.items[index];
        return reason;
    }
    if (object->type != OTR_TYPE_MAP)
        return OTR_REASON_NO_OVERLOAD;
    const otr_value *found = otr_map_find(object, key);
    if (found == NULL)
        return OTR_REASON_NO_KEY;
    *out = *found;
    return OTR_REASON_NONE;
}

otr_reason otr_operate_select(const otr_value *object, otr_str field, otr_value *out)
{
    otr_value key = {.type = OTR_TYPE_STRING, .text = field};
    if (object->type == OTR_TYPE_MAP)
        return otr_operate_index(object, &key, out);
    bool latitude = otr_str_is(field, "latitude");
    if (object->type != OTR_TYPE_LOCATION || (!latitude && !otr_str_is(field, "longitude")))
        return OTR_REASON_NO_FIELD;
    double number = latitude ? object->location.latitude : object->location.longitude;
    *out = (otr_value){.type = OTR_TYPE_DOUBLE, .number = number};
    return OTR_REASON_NONE;
}

otr_reason otr_operate_has(const otr_value *object, otr_str field, bool *out)
{
    otr_value ignored;
    otr_reason reason = otr_operate_select(object, field, &ignored);
    *out = reason == OTR_REASON_NONE;
    return *out || reason == OTR_REASON_NO_KEY ? OTR_REASON_NONE : reason;
}

otr_reason otr_operate_in(const otr_value *key, const otr_value *object, bool *out)
{
    *out = false;
    if (object->type == OTR_TYPE_MAP) {
        *out = otr_map_find(object, key) != NULL;
        return OTR_REASON_NONE;
    }
    if (object->type != OTR_TYPE_LIST)
        return OTR_REASON_NO_OVERLOAD;
    for (size_t i = 0; i < object->list.count && !*out; i++)
        *out = otr_operate_equal(key, &object->list.items[i]);
    return OTR_REASON_NONE;
}

static const struct {
    const char *name;
    otr_type type;
} names[] = {
    {"null_type", OTR_TYPE_NULL},
    {"bool", OTR_TYPE_BOOL},
    {"int", OTR_TYPE_INT},
    {"uint", OTR_TYPE_UINT},
    {"double", OTR_TYPE_DOUBLE},
    {"string", OTR_TYPE_STRING},
    {"bytes", OTR_TYPE_BYTES},
    {"google.protobuf.Timestamp", OTR_TYPE_TIMESTAMP},
    {"google.protobuf.Duration", OTR_TYPE_DURATION},
    {"list", OTR_TYPE_LIST},
    {"map", OTR_TYPE_MAP},
    {"type", OTR_TYPE_TYPE},
    {"location", OTR_TYPE_LOCATION},
};

otr_value otr_operate_type(const otr_value *of)
{
    otr_value type = {.type = OTR_TYPE_TYPE};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == of->type)
            type.text = otr_str_of(names[i].name);
    return type;
}

bool otr_type_named(otr_str name, otr_value *out)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!otr_str_is(name, names[i].name) || names[i].type == OTR_TYPE_LOCATION)
            continue;
        *out = (otr_value){.type = OTR_TYPE_TYPE, .text = otr_str_of(names[i].name)};
        return true;
    }
    return false;
}
