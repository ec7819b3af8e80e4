#include "core/state.h"

#include "base/limits.h"

#include <stdlib.h>

bool otr_core_grow(void **list, uint32_t *capacity, uint32_t count, size_t size)
{
    if (count <= *capacity)
        return true;
    uint32_t wanted = *capacity < 8 ? 16 : *capacity + *capacity / 2; /* twice would waste up to half */
    if (wanted < count)
        wanted = count;
    void *larger = realloc(*list, wanted * size);
    if (larger == NULL)
        return false;
    memset((char *)larger + *capacity * size, 0, (wanted - *capacity) * size);
    *list = larger;
    *capacity = wanted;
    return true;
}

uint32_t otr_plan_find(const otr_plan *plan, uint64_t key)
{
    for (uint32_t i = 0; i < plan->rule_count; i++)
        if (plan->rules[i].key == key)
            return i;
    return OTR_NONE;
}

bool otr_core_need_entries(otr_core *core, size_t count)
{
    if (count <= core->entry_capacity)
        return true;
    otr_entry *entries = realloc(core->entries, count * sizeof *entries);
    if (entries == NULL) {
        core->failed = true;
        return false;
    }
    core->entries = entries;
    core->entry_capacity = count;
    return true;
}

bool otr_time_is_ahead(otr_time at, otr_time utc)
{
    return at > otr_time_add(utc, OTR_LIMIT_FUTURE_SKEW_S * OTR_SECOND);
}

uint32_t otr_core_label(otr_core *core, otr_str text)
{
    uint32_t number = otr_names_put(&core->labels, text, NULL);
    core->failed |= number == OTR_NAME_NONE;
    return number;
}

void otr_label_write(const otr_core *core, uint32_t label, otr_buffer *out)
{
    otr_buffer_add_str(out, otr_names_get(&core->labels, label));
}

uint32_t otr_label_read(otr_core *core, otr_reader *reader)
{
    otr_str text = otr_reader_str(reader);
    return reader->failed ? OTR_NONE : otr_core_label(core, text);
}
