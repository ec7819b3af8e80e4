/* The time zones that assignments name, each once and with its place: who loads a file brings their data
 * along. */
#include "core/asset/assignment_build.h"

#include "base/limits.h"
#include "rules/load/words.h"

static bool is_listed(const otr_assignment_build *build, otr_str name)
{
    for (size_t i = 0; i < build->zone_count; i++)
        if (otr_str_equal(build->zones[i].name, name))
            return true;
    return false;
}

otr_status otr_build_zone(otr_assignment_build *build, const otr_yaml *node, otr_str *out)
{
    otr_status status = otr_build_text(build, node, out);
    if (status != OTR_OK)
        return status;
    if (!otr_word_is_zone(*out))
        return otr_build_fail(build, node, "expected a time zone such as Europe/Berlin or UTC");
    if (otr_str_is(*out, "UTC") || is_listed(build, *out))
        return OTR_OK;
    if (build->zones == NULL)
        build->zones = otr_arena_array(build->memory, OTR_LIMIT_ZONES, sizeof *build->zones);
    if (build->zones == NULL)
        return otr_build_memory(build);
    if (build->zone_count == OTR_LIMIT_ZONES)
        return otr_fail_at(build->error, OTR_LIMIT, node->line, node->column, "more than %d time zones",
                           OTR_LIMIT_ZONES);
    build->zones[build->zone_count++] = (otr_zone_use){*out, node->line, node->column};
    return OTR_OK;
}
