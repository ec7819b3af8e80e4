#include "daemon/config/zones.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/zone.h"
#include "daemon/file.h"
#include "rules/load/words.h"

static otr_str slot_of(otr_arena *arena, otr_str name)
{
    size_t size = name.size + 6;
    char *slot = otr_arena_alloc(arena, size);
    if (slot == NULL)
        return (otr_str){NULL, 0};
    (void)snprintf(slot, size, "zone/%.*s", OTR_STR_ARG(name));
    return (otr_str){slot, size - 1};
}

otr_status otr_zone_file_read(otr_arena *arena, otr_str folder, const otr_zone_use *use, otr_str *slot,
                              otr_str *path, otr_str *bytes, otr_error *error)
{
    otr_bytes read = {NULL, 0};
    otr_zone *zone = NULL;
    otr_error why = {.status = OTR_OK};
    OTR_ASSERT(otr_word_is_zone(use->name));
    *slot = slot_of(arena, use->name);
    *path = otr_path_join(arena, folder, use->name);
    if (slot->data == NULL || path->data == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_file_read(arena, path->data, OTR_LIMIT_ZONE_BYTES, &read, &why);
    if (status == OTR_OK)
        status = otr_zone_load(read, &zone, &why);
    otr_zone_free(zone);
    if (status == OTR_MEMORY)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (status != OTR_OK)
        return otr_fail_at(error, OTR_INVALID, use->line, use->column,
                           "time zone %.*s: %s: %s (the package tzdata has all zones)",
                           OTR_STR_ARG(use->name), path->data, why.text);
    *bytes = (otr_str){(const char *)read.data, read.size};
    return OTR_OK;
}
