#include "codec/sparkplug.h"

static otr_str join(otr_arena *arena, const otr_str *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += parts[i].size + 1;
    char *topic = otr_arena_alloc(arena, size);
    if (topic == NULL)
        return (otr_str){NULL, 0};
    char *at = topic;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *at++ = '/';
        if (parts[i].size > 0)
            memcpy(at, parts[i].data, parts[i].size);
        at += parts[i].size;
    }
    *at = '\0';
    return (otr_str){topic, (size_t)(at - topic)};
}

otr_str otr_sparkplug_topic(otr_arena *arena, otr_str group, const char *kind, otr_str node, otr_str device)
{
    otr_str parts[] = {OTR_STR("spBv1.0"), group, otr_str_of(kind), node, device};
    return join(arena, parts, device.size > 0 ? 5 : 4);
}

otr_str otr_sparkplug_state_topic(otr_arena *arena, otr_str host)
{
    otr_str parts[] = {OTR_STR("spBv1.0"), OTR_STR("STATE"), host};
    return join(arena, parts, 3);
}

/* Takes part and the '/' or the end behind it off the front. */
static bool take(otr_str *rest, otr_str part)
{
    if (!otr_str_starts(*rest, part) || (rest->size > part.size && rest->data[part.size] != '/'))
        return false;
    size_t size = part.size < rest->size ? part.size + 1 : part.size;
    *rest = (otr_str){rest->data + size, rest->size - size};
    return true;
}

bool otr_sparkplug_topic_is(otr_str topic, otr_str group, const char *kind, otr_str node, otr_str *device)
{
    *device = topic;
    return take(device, OTR_STR("spBv1.0")) && take(device, group) && take(device, otr_str_of(kind)) &&
           take(device, node) && (device->size == 0 || memchr(device->data, '/', device->size) == NULL);
}
