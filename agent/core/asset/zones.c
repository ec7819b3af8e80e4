#include "core/asset/zones.h"

#include "core/state.h"
#include "rules/load/words.h"

static const otr_str prefix = {"zone/", 5};

static otr_str name_of(otr_str slot)
{
    return (otr_str){slot.data + prefix.size, slot.size - prefix.size};
}

static bool is_utc(otr_str name)
{
    return name.size == 0 || otr_str_is(name, "UTC");
}

bool otr_slot_is_zone(otr_str slot)
{
    return otr_str_starts(slot, prefix) && !is_utc(name_of(slot)) && otr_word_is_zone(name_of(slot));
}

const otr_zone *otr_core_zone(const otr_core *core, otr_str name)
{
    for (size_t i = 0; i < core->content_count; i++) {
        const otr_content *content = &core->contents[i];
        if (content->zone != NULL && otr_str_equal(name_of(content->slot), name))
            return content->zone;
    }
    return NULL;
}

bool otr_core_has_zone(const otr_core *core, otr_str name)
{
    return is_utc(name) || otr_core_zone(core, name) != NULL;
}
